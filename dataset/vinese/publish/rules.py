"""Say why a build may not be published where it is to go: one issue for each reason."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from vinese.build import CARD
from vinese.build.sums import CHECKSUMS
from vinese.issues import issue
from vinese.publish.plan import loaded_too
from vinese.publish.release import compare, read_release
from vinese.publish.standoff import FULL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vinese.issues import Issue
    from vinese.publish.hub import Hub
    from vinese.publish.records import Built, Change, Remote
    from vinese.publish.version import Step, Version


class Situation(NamedTuple):
    """Hold the build, the repository, the digests that `main` states of its own files, and what would change."""

    hub: Hub
    built: Built
    remote: Remote
    earlier: dict[str, str]
    changes: tuple[Change, ...]


def check_private(at: Situation, private: bool) -> Iterator[Issue]:
    """Yield an issue if a private repository was asked for and this one is not."""
    if private and at.remote.private is False:
        yield issue("publish-not-private", file=at.hub.repo)


def check_place(at: Situation, private: bool) -> Iterator[Issue]:
    """Yield what is wrong with the repository itself."""
    script = f"{at.hub.repo.rpartition('/')[2]}.py"
    if script in at.remote.files or script in at.built.files:
        yield issue("publish-script", file=at.hub.repo, script=script)
    yield from check_private(at, private)
    for path, config in loaded_too(at.built, at.remote.files):
        if path not in at.earlier:
            yield issue("publish-foreign-file", file=f"{at.hub.repo}/{path}", path=path, config=config)
    yield from _edited(at)


def _edited(at: Situation) -> Iterator[Issue]:
    """Yield an issue for every file on `main` that is not as a release brought it, and not as the build has it.

    The checksums on `main` came with the last commit of ours, tagged or not, so they tell what somebody did after it.
    """
    if at.remote.head is None or not at.changes:
        return
    said = at.earlier or dict.fromkeys({CARD} & at.remote.files.keys(), "")
    for path, digest in sorted(said.items()):
        there, ours = at.remote.files.get(path), at.built.files.get(path)
        if there is None or (ours is not None and there.holds(ours)):
            continue
        found = there.sha256 or hashlib.sha256(at.hub.read(path, at.remote.head)).hexdigest()
        if found != digest:
            yield issue("publish-hub-edited", file=f"{at.hub.repo}/{path}", path=path)


def check_text(at: Situation) -> Iterator[Issue]:
    """Yield an issue if `main` or the tag of a version has the articles' words and the build has not, or the reverse.

    What is without them has the digests of the files with them; whatever else has Parquet or checksums is with them.
    """
    bare = FULL in at.built.files
    where = [name for name, files in _releases(at) if _is_release(files) and (FULL in files) != bare]
    if where:
        yield issue("publish-keeps-text" if bare else "publish-adds-text", file=at.hub.repo, where=", ".join(where))


def _releases(at: Situation) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the name and the paths of `main` and of every tag that may be a version's."""
    listed: dict[str | None, Iterable[str]] = {at.remote.head: at.remote.files}
    yield "main", at.remote.files
    for tag, commit in sorted(at.remote.tags.items()):
        if tag.startswith("v"):
            yield tag, listed[commit] if commit in listed else listed.setdefault(commit, at.hub.files(commit))


def _is_release(files: Iterable[str]) -> bool:
    return any(path == CHECKSUMS or path.endswith(".parquet") for path in files)


def check_version(
    at: Situation, version: Version, last: Version | None
) -> tuple[Step | None, str | None, list[Issue]]:
    """Return the step that the changes since the version `last` ask for, what asks for it, and what is wrong."""
    if last is None:
        return None, None, []
    release = read_release(at.hub, at.remote.tags[last.tag])
    step, why = compare(at.hub, at.built, release)
    facts = {"version": str(version), "last": str(last)}
    if version <= last:
        found = [issue("publish-version-behind", file=at.hub.repo, **facts)]
    elif step is None:
        found = [issue("publish-nothing-new", file=at.hub.repo, **facts)]
    elif version < last.after(step):
        least = str(last.after(step))
        found = [issue("publish-version-small", file=at.hub.repo, **facts, step=step, why=why, least=least)]
    else:
        found = []
    return step, why, found
