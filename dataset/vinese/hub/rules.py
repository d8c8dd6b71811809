"""Why a build may not be published where it is to go: one issue for each reason."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import pyarrow.parquet as pq
from packaging.version import Version

from vinese.card.corpus import Release, load_about
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.core.workplace import work_folder
from vinese.hub.client import Hub, changed, read_checked
from vinese.hub.records import Change, Remote, loaded_too
from vinese.hub.standoff import CROISSANT, FULL
from vinese.hub.versions import Step, compare, next_version, read_release, tag_of
from vinese.package.folder import CARD, CHECKSUMS, Built, read_build
from vinese.release.build import FreshBuild, build
from vinese.release.recorded import check_checksums, check_folder
from vinese.release.rendered import check_card


class Situation(NamedTuple):
    """The build, the repository, the digests that `main` states of its own files, and what would change."""

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
    checksums = at.earlier or dict.fromkeys({CARD} & at.remote.files.keys(), "")
    for path, digest in sorted(checksums.items()):
        remote_file, ours = at.remote.files.get(path), at.built.files.get(path)
        if remote_file is None or (ours is not None and remote_file.holds(ours)):
            continue
        current = remote_file.sha256 or hashlib.sha256(at.hub.read(path, at.remote.head)).hexdigest()
        if current != digest:
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
    release = read_release(at.hub, at.remote.tags[tag_of(last)])
    step, why = compare(at.hub, at.built, release, str(last))
    facts = {"version": str(version), "last": str(last)}
    if version <= last:
        issues = [issue("publish-version-behind", file=at.hub.repo, **facts)]
    elif step is None:
        issues = [issue("publish-nothing-new", file=at.hub.repo, **facts)]
    elif version < next_version(last, step):
        least = str(next_version(last, step))
        issues = [issue("publish-version-small", file=at.hub.repo, **facts, step=step, why=why, least=least)]
    else:
        issues = []
    return step, why, issues


def addressed(project: Project, built: Built, release: Release) -> Built:
    """Return the build with card and descriptions that say what it is published as, where the project does not.

    What it says already stands, and so does the address of another place on the Hub, which `check_address` refuses.
    """
    about = load_about(project)
    if about.hub not in {None, release.repo} or (about.hub is not None and about.version is not None):
        return built
    with work_folder() as work:
        folder = work / "built"
        build(project, folder, layer_of(built), release=release)
        fresh = read_build(folder)
        differ = {path for path, file in fresh.files.items() if built.files.get(path) != file}
        gone = built.files.keys() - fresh.files.keys()
        if other := min({path for path in differ if path.endswith(".parquet")} | gone, default=None):
            raise changed(built, other)
        made = {path: (folder / path).read_bytes() for path in differ}
    return msgspec.structs.replace(
        built, files=fresh.files, card=fresh.card, made=made,
        replaced={path: built.files[path] for path in differ if path in built.files},
        given_version="" if about.version else release.version,
    )  # fmt: skip


def check_load(built: Built, repo: str, tag: str) -> Iterator[Issue]:
    """Yield an issue if no line of Python on the card loads this release from where it is published."""
    card = read_checked(built, CARD).decode("utf-8", "replace") if CARD in built.files else ""
    codes = re.findall(r"^```python\n(.*?)^```$", card, re.DOTALL | re.MULTILINE)
    line = re.compile(rf"load_dataset\(\s*\"{re.escape(repo)}\"[^)]*\brevision=\"{re.escape(tag)}\"")
    if not any(line.search(code) for code in codes):
        yield issue("publish-load-line", file=CARD, repo=repo, tag=tag)


LAYER = "provenance.layer"


def check_origin(project: Project, built: Built, progress: Progress) -> list[Issue]:
    """Validate and build the project anew, and return what is wrong with it, its record, its card or the folder.

    The new build is made from the layer that the rows name.
    """
    with FreshBuild(project, layer_of(built), progress) as fresh:
        found = [*check_folder(built.folder, fresh), *check_checksums(project, fresh, progress)]
    issues = list(dict.fromkeys(found))
    return issues if has_errors(issues) else [*issues, *check_card(project, built.folder)]


def layer_of(built: Built) -> str | None:
    """Return the layer that a build was made from, as the statistics of its Parquet name it; None if none does."""
    for path in built.files:
        if path.startswith("data/articles/") and path.endswith(".parquet"):
            metadata = pq.read_metadata(built.folder / path)
            columns = (metadata.row_group(0).column(number) for number in range(metadata.num_columns))
            statistics = next(
                (column.statistics for column in columns if column.path_in_schema == LAYER and column.statistics),
                None,
            )
            return str(statistics.max) if statistics is not None else None
    return None


HUB = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})


def check_stated(built: Built, version: Version) -> Iterator[Issue]:
    """Yield an issue for every place where the build says that it is another version."""
    for path, pointer, stated in dict.fromkeys(_versions(built)):
        if stated != str(version):
            yield issue(
                "publish-version-stated", file=path, pointer=pointer, path=path, stated=stated, version=str(version)
            )


def _versions(built: Built) -> Iterator[tuple[str, str, str]]:
    """Yield file, pointer and version wherever the build states its version: Croissant, BibTeX, references."""
    about = _croissant(built)
    if "version" in about:
        yield CROISSANT, "/version", str(about["version"])
    entry = re.compile(rf"@\w+\{{{re.escape(str(about.get('name', '')))},\s[^@]*?\bversion = \{{([^}}]*)\}}")
    yield from ((CROISSANT, "/citeAs", match[1]) for match in entry.finditer(str(about.get("citeAs", ""))))
    title = re.escape(str(built.card.get("pretty_name", "")))
    pattern = re.compile(rf"{entry.pattern}|\*{title}\* \(Version ([^)]*)\) \[Data set\]|^- Version: ([^,\n]+)", re.M)
    for path in (path for path in built.files if path.endswith(".md") and "/" not in path):
        text = read_checked(built, path).decode("utf-8", "replace")
        for match in pattern.finditer(text):
            yield path, "", str(match[match.lastindex or 0]).strip()


def check_address(built: Built, address: str) -> Iterator[Issue]:
    """Yield an issue if the build does not say where it is published, or says that it is elsewhere on the Hub.

    `address` is where it will be. What is no place on the Hub, a page of its makers' own, may stand.
    """
    stated = str(_croissant(built).get("url") or "")
    stated_url, real = urlsplit(stated), urlsplit(address)
    if not stated_url.netloc:
        yield issue("publish-address-missing", file=CROISSANT, pointer="/url", address=address)
    elif stated_url.netloc.lower() in {*HUB, real.netloc.lower()} and _names(stated_url.path) != _names(real.path):
        yield issue("publish-address-stated", file=CROISSANT, pointer="/url", stated=stated, address=address)


def _names(path: str) -> list[str]:
    """Return the first parts of a path, which name a repository: `datasets`, its owner, itself."""
    return path.strip("/").split("/")[:3]


def _croissant(built: Built) -> dict[str, Any]:
    if CROISSANT not in built.files:
        return {}
    content = json.loads(read_checked(built, CROISSANT))
    return content if isinstance(content, dict) else {}
