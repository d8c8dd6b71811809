"""Publish a build on the Hub: look, compare, refuse or plan; and only if asked, one commit and one tag."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from packaging.version import Version

from vinese.card.corpus import Release
from vinese.core.errors import UsageError
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.core.workplace import work_folder
from vinese.hub.client import Hub, check_same, written
from vinese.hub.records import Edit, HubFile, PublishReport, Remote, changes, is_release, planned, same
from vinese.hub.rules import (
    Situation,
    addressed,
    check_address,
    check_load,
    check_origin,
    check_place,
    check_private,
    check_stated,
    check_text,
    check_version,
)
from vinese.hub.send import make, steps
from vinese.hub.send import push as send_push
from vinese.hub.send import request as send_request
from vinese.hub.standoff import standoff as make_standoff
from vinese.hub.versions import latest, parse_version, tag_of
from vinese.package.folder import Built, check_build, read_build

TEXTS = (".md", ".json", ".txt", ".cff", ".svg", ".yaml", ".yml", ".csv")
LARGEST, LINES = 1 << 18, 20


class _Job(NamedTuple):
    """What is to be published, where, and how."""

    hub: Hub
    version: Version
    push: bool
    request: bool
    private: bool
    standoff: bool
    progress: Progress

    def report(self, **facts: object) -> PublishReport:
        """Return a report with what is known of the job."""
        target = {
            "repo": self.hub.repo,
            "version": str(self.version),
            "tag": tag_of(self.version),
            "url": self.hub.url,
        }
        return msgspec.convert({**target, "standoff": self.standoff, **facts}, PublishReport, strict=True)


def publish(
    project: Project,
    repo: str,
    version: str,
    *,
    build: str | Path = "build/vinese",
    push: bool = False,
    request: bool = False,
    private: bool = False,
    standoff: bool = False,
    progress: Progress = silent,
) -> PublishReport:
    """Publish the folder `build`, which was built from `project`, as `repo` (`ORG/NAME`) on the Hub.

    Nothing is changed there unless `push` (one commit on `main` and the tag `v<version>`) or `request` (a pull
    request, untagged) is given. `private` is for a repository that is made. `standoff` leaves out the article text.
    `progress` is called as each step begins.

    Whatever forbids to publish is among the issues of the report; then nothing is sent. Raise `UsageError` for a
    version, name or folder that is none, `PublishError` if the Hub refuses or cannot be reached: nothing is then half
    published, and the same call finishes.

    Examples
    --------
    >>> import vinese
    >>> report = vinese.publish(vinese.Project(), "org/vinese", "0.1.0")  # doctest: +SKIP
    >>> report.outcome  # doctest: +SKIP
    'planned'
    """
    job = _Job(Hub(repo), parse_version(version), push, request, private, standoff, progress)
    folder = Path(build)
    built = read_build(folder)
    if push or request:
        job.hub.need_login()
    job.progress(f"checking {folder}", 0, None)
    issues = list(check_build(built)) or check_origin(project, built, job.progress)
    if has_errors(issues):
        return job.report(outcome="refused", issues=tuple(issues))
    job.progress("writing the address into the card", 0, None)
    built = addressed(project, built, Release(job.hub.repo, job.hub.url, str(job.version)))
    if not standoff:
        return _publish(job, built, issues)
    with work_folder() as work:
        job.progress("leaving out the text", 0, None)
        whole, bare = written(built, work / "whole"), work / "standoff"
        left = make_standoff(whole, bare)
        if left:
            return job.report(outcome="refused", issues=(*issues, *left))
        check_same(built)
        return _publish(job, read_build(bare), issues)


def _publish(job: _Job, built: Built, issues: list[Issue], made: Remote | None = None) -> PublishReport:
    """Compare with the Hub, and go on if nothing forbids it; `issues` are of the build, and no errors.

    `made` is a repository that was just made: what is there may not be what was to be made, and is judged anew.
    """
    job.progress(f"looking at {job.hub.repo}", 0, None)
    remote = job.hub.look() if made is None else made
    last = latest(remote.tags)
    current = str(last) if last else None
    facts: dict[str, object] = {"exists": remote.head is not None, "private": remote.private, "current": current}
    earlier = job.hub.stated_digests(remote.files, remote.head) if remote.head else {}
    at = Situation(job.hub, built, remote, earlier, changes(built, remote, earlier))
    seen = tuple(edits(job.hub, remote, built))
    facts |= {"edits": seen, "configs": planned(built), "texts": _texts(job, remote)}
    build_issues, issues = issues, [*issues, *check_text(at)]
    if tag_of(job.version) in remote.tags:
        late = [issue("publish-main-edited", file=f"{job.hub.repo}/{edit.path}", **told_of(edit)) for edit in seen]
        return _tagged(job, at, {**facts, "issues": (*issues, *check_private(at, job.private), *late)})
    step, why, wrong = check_version(at, job.version, last)
    stated = [*check_stated(built, job.version), *check_address(built, job.hub.url)]
    issues = [*issues, *stated, *check_place(at, job.private), *wrong]
    issues += check_load(built, job.hub.repo, tag_of(job.version)) if not stated else ()
    facts |= {
        "needed": step,
        "why": why,
        "changes": at.changes,
        "unchanged": same(built, remote.files),
        "issues": tuple(issues),
    }
    if has_errors(issues):
        return job.report(outcome="refused", **facts)
    if job.push and remote.head is None:
        return _publish(job, built, build_issues, make(job.hub, job.private, job.progress))
    return _act(job, at, facts, made is not None)


def _texts(job: _Job, remote: Remote) -> str:
    """Return who will read the articles' words, empty if they are left out."""
    if job.standoff:
        return ""
    hidden = remote.private or (remote.head is None and job.private)
    whom = "to whoever may see this private repository" if hidden else "to everybody"
    return f"This shows the articles' words, which remain their publishers', {whom}; --standoff leaves them out."


def told_of(edit: Edit) -> dict[str, str]:
    """Return what an issue says of an edit."""
    return {"path": edit.path, "tag": edit.tag, "action": f"{edit.action.removesuffix('e')}ed"}


def _tagged(job: _Job, at: Situation, facts: dict[str, Any]) -> PublishReport:
    """Return the report on a version that exists: it is this one, or it stays what it is."""
    tag, built, remote = tag_of(job.version), at.built, at.remote
    if is_release(built, job.hub.files(remote.tags[tag])):
        return job.report(
            outcome="already-published", commit=remote.tags[tag],
            unchanged=len(built.files), **facts,
        )  # fmt: skip
    taken = issue("publish-tag-taken", file=job.hub.repo, tag=tag)
    return job.report(outcome="refused", **{**facts, "issues": (*facts["issues"], taken)})


def _act(job: _Job, at: Situation, facts: dict[str, object], made: bool) -> PublishReport:
    """Push, open a pull request, or say what a push would do; `made` tells that the repository was just made."""
    tag = tag_of(job.version)
    if job.request:
        if at.remote.head is None:
            raise UsageError(f"There is no {job.hub.repo} to open a pull request in.", "Publish it with --push.")
        if not at.changes:
            raise UsageError(f"main of {job.hub.repo} holds this build already.", f"Tag it {tag} with --push.")
        sent = send_request(at, tag, job.progress)
        return job.report(outcome="pull-request", pull_request=sent.request, **facts)
    facts["steps"] = steps(at, tag, job.private, made)
    if not job.push:
        return job.report(outcome="planned", **facts)
    sent = send_push(at, tag, job.private, job.progress)
    return job.report(outcome="published", commit=sent.commit, **{**facts, "private": sent.private})


def edits(hub: Hub, remote: Remote, built: Built) -> Iterator[Edit]:
    """Yield every file of `main` that is not as the tag of the highest version has it, nor as the build does.

    Hidden files are the Hub's own.
    """
    last = latest(remote.tags)
    if last is None or remote.head is None or remote.tags[tag_of(last)] == remote.head:
        return
    tag = tag_of(last)
    tagged = hub.files(remote.tags[tag])
    for path in sorted(tagged.keys() | remote.files.keys()):
        before, now, ours = tagged.get(path), remote.files.get(path), built.files.get(path)
        hidden = any(part.startswith(".") for part in path.split("/"))
        if hidden or before == now or (ours is not None and now is not None and now.holds(ours)):
            continue
        action: Literal["add", "change", "remove"] = "change"
        if before is None or now is None:
            action = "add" if before is None else "remove"
        lines = _lines(hub, path, (before, remote.tags[tag]), (now, remote.head))
        yield Edit(path=path, tag=tag, action=action, lines=tuple(lines))


def _lines(hub: Hub, path: str, *sides: tuple[HubFile | None, str]) -> list[str]:
    """Return the first lines that differ, with a sign before each; none of what is large or no text."""
    if not path.endswith(TEXTS) or any(file is not None and file.size > LARGEST for file, _ in sides):
        return []
    before, now = (
        hub.read(path, revision).decode("utf-8", "replace").splitlines() if file is not None else []
        for file, revision in sides
    )
    changed = [line for line in list(unified_diff(before, now, lineterm="", n=0))[2:] if not line.startswith("@@")]
    return [*changed[:LINES], *([f"... {len(changed) - LINES} more lines"] if len(changed) > LINES else [])]
