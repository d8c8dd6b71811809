"""Carry out a plan, so that a lost answer or a second run never does anything twice."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from vinese.core.errors import ChangedError, ConflictError, HubError, PublishError
from vinese.core.printable import counted
from vinese.core.progress import Progress
from vinese.hub.client import AGAIN, Hub
from vinese.hub.records import Remote, changes, holds, is_release
from vinese.hub.rules import Situation, check_place


class Sent(NamedTuple):
    """Which commit holds the release, where its pull request is, and whether the repository is private."""

    commit: str | None
    request: str | None
    private: bool | None


def push(at: Situation, tag: str, private: bool, progress: Progress) -> Sent:
    """Send one commit if anything differs, tag it.

    Raise `PublishError` if that cannot be finished; what it says holds of the repository, and the same call goes on
    from there.
    """
    commit, now = at.remote.head, at.remote
    if at.changes:
        progress("sending one commit", 0, None)
        commit = _commit(at, f"Publish {tag}")
        progress("looking at what came of it", 0, None)
        now = _seen(at, commit)
        _compare(at, now, tag, private)
    assert commit is not None
    progress(f"tagging {tag}", 0, None)
    return Sent(_tag(at, tag, commit), None, now.private)


def make(hub: Hub, private: bool, progress: Progress) -> Remote:
    """Make the repository, and return what is there then.

    That is somebody else's, public or with files of its own, where they made it meanwhile.
    """
    progress(f"making {hub.repo}", 0, None)
    lost: PublishError | None = None
    try:
        hub.create(private)
    except PublishError as error:
        lost = error
    remote = hub.look()
    if remote.head is None:
        raise lost or HubError(f"{hub.repo} was made, but the Hub does not show it yet.", AGAIN)
    return remote


def _commit(at: Situation, title: str) -> str:
    """Send the commit; after an error look whether it landed all the same."""
    assert at.remote.head is not None
    try:
        return at.hub.commit(at.built, at.changes, at.remote.head, title, request=False)[0]
    except ChangedError:
        raise
    except PublishError as error:
        now = _look_after(at, error)
        if now.head is not None and not changes(at.built, now, at.hub.stated_digests(now.files, now.head)):
            return now.head
        raise _nothing_sent(at.remote, now, error) from error


def _seen(at: Situation, commit: str) -> Remote:
    """Return the repository as it is now, with the files of `commit` as those of `main`."""
    try:
        now = at.hub.look()
        files = now.files if now.head == commit else at.hub.files(commit)
    except PublishError as error:
        raise type(error)(f"{error.message} {_untagged(commit)}", AGAIN) from error
    return msgspec.structs.replace(now, head=commit, files=files)


def _compare(at: Situation, now: Remote, tag: str, private: bool) -> None:
    """Raise `ConflictError` if the commit does not hold the build, or would not load as the build does."""
    untagged = _untagged(str(now.head))
    for path, file in at.built.files.items():
        if path not in now.files or not now.files[path].holds(file):
            raise ConflictError(
                f"{path} in {at.hub.repo} is not what was checked and sent. {untagged}",
                f"Delete {path} on the Hub, build again, and run the same command again.",
            )
    for problem in check_place(at._replace(remote=now, earlier={}, changes=()), private):
        raise ConflictError(f"{problem.message} {untagged}", problem.todo)
    others = sorted(now.tags.keys() - at.remote.tags.keys() - {tag})
    if others:
        raise ConflictError(f"Somebody made the tag {others[0]} meanwhile. {untagged}", AGAIN)


def _untagged(commit: str) -> str:
    return f"The commit {commit[:7]} is on main; no tag was made."


def _look_after(at: Situation, error: PublishError) -> Remote:
    """Return the repository after an error, or say that nobody knows."""
    try:
        return at.hub.look()
    except PublishError as second:
        raise type(error)(f"{error.message} What is there now cannot be seen: {second.message}", AGAIN) from error


def _nothing_sent(before: Remote, now: Remote, error: PublishError) -> PublishError:
    if now.head != before.head:
        return ConflictError(
            f"Nothing was published: main moved from {str(before.head)[:7]} to {str(now.head)[:7]} meanwhile.", AGAIN
        )
    return type(error)(f"{error.message} Nothing was published.", error.todo)


def _tag(at: Situation, tag: str, commit: str) -> str:
    """Tag the commit, and return what the tag names; after an error look whether it is there. It is never moved."""
    try:
        at.hub.tag(tag, commit)
    except PublishError as error:
        now = _look_after(at, error)
        if tag not in now.tags:
            raise type(error)(f"{error.message} The commit {commit[:7]} is there, its tag is not.", AGAIN) from error
        tagged = now.tags[tag]
        if tagged != commit and not is_release(at.built, at.hub.files(tagged)):
            raise ConflictError(
                f"Somebody else made {tag} with other content meanwhile; {commit[:7]} is on main without a tag.",
                "Publish it under a higher version.",
            ) from error
        return tagged
    return commit


def request(at: Situation, tag: str, progress: Progress) -> Sent:
    """Open a pull request with the changes, unless one with the same content is open."""
    assert at.remote.head is not None
    gone = frozenset(change.path for change in at.changes if change.after is None)
    address = _open(at, gone)
    if address is None:
        progress("opening a pull request", 0, None)
        try:
            _, address = at.hub.commit(at.built, at.changes, at.remote.head, f"Publish {tag}", request=True)
        except ChangedError:
            raise
        except PublishError as error:
            address = _open(at, gone)
            if address is None:
                raise type(error)(f"{error.message} No pull request was opened.", error.todo) from error
    return Sent(None, address, at.remote.private)


def _open(at: Situation, gone: frozenset[str]) -> str | None:
    """Return the address of an open pull request that holds the build, if there is one."""
    return next((url for url, revision in at.hub.requests() if holds(at.built, at.hub.files(revision), gone)), None)


def steps(at: Situation, tag: str, private: bool, made: bool) -> tuple[str, ...]:
    """Return what a push does, or did if it `made` the repository, one step each."""
    kind = "private" if private else "public"
    first = (f"make the {kind} repository {at.hub.repo}",) if made or at.remote.head is None else ()
    count = len(at.changes)
    commit = (f"send one commit with {counted(count, 'changed file')}",) if count else ()
    return (*first, *commit, f"tag it {tag}")
