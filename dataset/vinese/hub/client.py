"""The Hub through its own client: every failure becomes one of our errors, and no message shows a token.

Nothing else here imports `huggingface_hub`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, HfFileSystem, get_token, utils
from huggingface_hub.errors import HfHubHTTPError, HTTPError, RepositoryNotFoundError  # type: ignore[attr-defined]
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from vinese.core.errors import AccessError, ChangedError, ConflictError, HubError, PublishError, UsageError
from vinese.core.workplace import work_folder
from vinese.hub.records import Change, HubFile, Remote
from vinese.package.folder import CHECKSUMS, Built, parse_sums, read_build

AGAIN = "Run the same command again: it looks at what is there and goes on from that."


class Hub:
    """One dataset repository on the Hub. The login is the client's own, or `HF_TOKEN`."""

    def __init__(self, repo: str) -> None:
        try:
            validate_repo_id(repo)
        except ValueError as error:
            raise UsageError(f"{repo!r} cannot be the name of a repository.", "Give ORG/NAME.") from error
        if repo.count("/") != 1:
            raise UsageError(f"{repo!r} does not name an owner and a dataset.", "Give ORG/NAME.")
        self.repo = repo
        self._api = HfApi(library_name="vinese")
        self._place: dict[str, Any] = {"repo_id": repo, "repo_type": "dataset"}

    @property
    def url(self) -> str:
        """Return where people find the dataset."""
        return f"{self._api.endpoint}/datasets/{self.repo}"

    def need_login(self) -> None:
        """Raise `AccessError` if there is no token to write with."""
        if get_token() is None:
            raise AccessError("Nobody is logged in to the Hub.", "Log in with `hf auth login`, or set HF_TOKEN.")

    def look(self) -> Remote:
        """Return the repository as it is now."""
        with speaking(f"look at {self.repo}"):
            try:
                info = self._api.dataset_info(self.repo)
            except RepositoryNotFoundError:
                return Remote()
            refs = self._api.list_repo_refs(**self._place)
            head = next((ref.target_commit for ref in refs.branches if ref.name == "main"), str(info.sha))
        tags = {ref.name: ref.target_commit for ref in refs.tags}
        return Remote(head=head, private=bool(info.private), files=self.files(head), tags=tags)

    def files(self, revision: str) -> dict[str, HubFile]:
        """Return the files of a revision by path."""
        with speaking(f"list the files of {self.repo}"):
            tree = self._api.list_repo_tree(**self._place, revision=revision, recursive=True)
            files = [file for file in tree if isinstance(file, RepoFile)]
        return {
            file.path: HubFile(size=file.size, blob=file.blob_id, sha256=file.lfs.sha256 if file.lfs else None)
            for file in files
        }

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a small file; nothing of it stays in the client's cache."""
        with work_folder() as cache, speaking(f"read {path} of {self.repo}"):
            return Path(
                self._api.hf_hub_download(**self._place, filename=path, revision=revision, cache_dir=cache)
            ).read_bytes()

    def stated_digests(self, files: dict[str, HubFile], revision: str) -> dict[str, str]:
        """Return the digests that a release states of its files, by path; empty if the revision states none."""
        return parse_sums(self.read(CHECKSUMS, revision)) if CHECKSUMS in files else {}

    @contextmanager
    def opened(self, path: str, revision: str) -> Iterator[Any]:
        """Open a file of which only a part is to be read."""
        with speaking(f"read {path} of {self.repo}"):
            system = HfFileSystem(endpoint=self._api.endpoint, skip_instance_cache=True)
            with system.open(f"datasets/{self.repo}@{revision}/{path}", "rb", block_size=1 << 16) as file:
                yield file

    def requests(self) -> Iterator[tuple[str, str]]:
        """Yield the address and the commit of every open pull request."""
        with speaking(f"list the pull requests of {self.repo}"):
            refs = self._api.list_repo_refs(**self._place, include_pull_requests=True).pull_requests or []
            commits = {ref.ref: ref.target_commit for ref in refs}
            for request in self._api.get_repo_discussions(
                **self._place, discussion_type="pull_request", discussion_status="open"
            ):
                ref = f"refs/pr/{request.num}"
                yield request.url, commits.get(ref, ref)

    def create(self, private: bool) -> None:
        """Make the repository, unless it is there."""
        with speaking(f"make {self.repo}"):
            self._api.create_repo(**self._place, private=private, exist_ok=True)

    def commit(
        self, built: Built, changes: tuple[Change, ...], parent: str, title: str, *, request: bool
    ) -> tuple[str, str | None]:
        """Send all changes as one commit on `parent`, or as a pull request; return its id and the request's address.

        Raise `ConflictError` if `main` has moved on from `parent`, `ChangedError` if the build is not as it was
        checked.
        """
        with speaking(f"publish to {self.repo}"), quiet():
            todo = operations(built, changes)
            added = [operation for operation in todo if isinstance(operation, CommitOperationAdd)]
            self._api.preupload_lfs_files(**self._place, additions=added, create_pr=request, free_memory=False)
            check_uploaded(built, added)
            done = self._api.create_commit(
                **self._place,
                operations=todo,
                commit_message=title,
                parent_commit=parent,
                create_pr=request,
            )
        return done.oid, done.pr_url

    def tag(self, name: str, commit: str) -> None:
        """Tag a commit; raise `ConflictError` if the tag exists."""
        with speaking(f"tag {self.repo}"):
            self._api.create_tag(**self._place, tag=name, revision=commit)


@contextmanager
def quiet() -> Iterator[None]:
    """Hide the client's own progress bars, and restore its switch afterwards."""
    switch: Any = utils
    shown = not switch.are_progress_bars_disabled()
    switch.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            switch.enable_progress_bars()


@contextmanager
def speaking(what: str) -> Iterator[None]:
    """Raise one of our errors for whatever the client raises while it does `what`."""
    try:
        yield
    except HfHubHTTPError as error:
        raise _refused(what, error) from None
    except (HTTPError, OSError, RuntimeError, ValueError) as error:
        raise _failed(what, error) from None


def _refused(what: str, error: Any) -> PublishError:
    """Return what the answer of the Hub means."""
    status = getattr(error.response, "status_code", 0)
    message = _plain(error.server_message or "")
    answer = f"Cannot {what}: the Hub answered {status}{f' ({message})' if message else ''}."
    if status == 401 or (status in {403, 404} and type(error).__name__ != "RemoteEntryNotFoundError"):
        return AccessError(
            answer, "Check the name, and that this login may write there: hf auth whoami, hf auth login, or HF_TOKEN."
        )
    if status in {409, 412}:
        return ConflictError(answer, AGAIN)
    if status >= 500 or status == 429:
        return HubError(answer, f"Wait a little. {AGAIN}")
    return PublishError(answer, AGAIN)


def _failed(what: str, error: Exception) -> PublishError:
    """Return what a failure without an answer means; an upload's own error hides the one that says why."""
    root: BaseException = error
    while root.__cause__ is not None and not isinstance(root, HfHubHTTPError):
        root = root.__cause__
    if isinstance(root, HfHubHTTPError):
        return _refused(what, root)
    reason = _plain(str(root)) or type(root).__name__
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return PublishError(f"Cannot {what}: {reason}.", AGAIN)
    return HubError(f"Cannot {what}: {reason}.", f"Check the network, HF_ENDPOINT and HF_HUB_OFFLINE. {AGAIN}")


def _plain(text: str) -> str:
    """Return a foreign message as one short line without the token."""
    token = get_token()
    line = " ".join(text.split()).rstrip(".")
    return (line.replace(token, "***") if token else line)[:300]


# The Hub holds no larger file than this in git itself.
SMALL = 10 << 20
LARGE = ".parquet"


def operations(built: Built, changes: Iterable[Change]) -> list[Any]:
    """Return the client's operations for changes; raise `ChangedError` if a small file is not as it was checked."""
    return [
        CommitOperationDelete(path_in_repo=change.path)
        if change.after is None
        else CommitOperationAdd(path_in_repo=change.path, path_or_fileobj=_content(built, change.path))
        for change in changes
    ]


def check_uploaded(built: Built, done: Iterable[Any]) -> None:
    """Raise `ChangedError` if a large file was uploaded with other content than was checked."""
    for operation in done:
        path = getattr(operation, "path_in_repo", None)
        if path in built.files and not isinstance(operation.path_or_fileobj, bytes):
            _compare(built, path, operation.upload_info.sha256.hex())


def check_same(built: Built) -> None:
    """Raise `ChangedError` if the folder does not hold the same files any more."""
    now, before = read_build(built.folder).files, built.local_files
    for path in sorted(now.keys() | before.keys()):
        if now.get(path) != before.get(path):
            raise changed(built, path)


def written(built: Built, out: Path) -> Path:
    """Return a folder with the files of a build as they are to be sent: `out`, or its own if nothing was made."""
    if not built.made:
        return built.folder
    for path in built.files:
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in built.made:
            target.write_bytes(read_checked(built, path) if path in built.replaced else built.made[path])
        else:
            _same(built.folder / path, target)
    return out


def _same(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another device, or a system without
        shutil.copyfile(source, target)


def _content(built: Built, path: str) -> bytes | Path:
    """Return the content of a small file, so that it cannot change any more, and the place of a large one."""
    if path not in built.made and (path.endswith(LARGE) or built.files[path].size > SMALL):
        return built.folder / path
    return read_checked(built, path)


def read_checked(built: Built, path: str) -> bytes:
    """Return the content of a file as it is to be sent; raise `ChangedError` if it is not as it was checked."""
    try:
        content = (built.folder / path).read_bytes()
    except OSError as error:
        raise changed(built, path) from error
    _compare(built, path, hashlib.sha256(content).hexdigest())
    return built.made.get(path, content)


def _compare(built: Built, path: str, digest: str) -> None:
    if digest != built.local_files[path].sha256:
        raise changed(built, path)


def changed(built: Built, path: str) -> ChangedError:
    """Return the error for a file that is not as it was checked."""
    return ChangedError(
        f"{path} in {built.folder} changed after it was checked. Nothing was published; main is as it was, "
        "and no tag was made.",
        "Build again, and run the same command again.",
    )
