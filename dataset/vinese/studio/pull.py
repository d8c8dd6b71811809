"""Fetch the work of a layer into one file, without personal data, the same bytes as long as nobody works.

The file is a JSON list of the tasks that hold work (an annotation, skipped ones included, or a draft), by article id,
keys sorted, one value a line, so that a diff shows what people did and nothing else. What `vinese.studio.scrub`
lists is kept; a task of an adjudication also says how each item was decided. Drafts and skipped tasks are kept and
reported. If anything is wrong at level error - work that an earlier pull had and the server lacks, a label that the
ontology lacks, a task of no article - the file stays as it was, unless the caller accepts it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from vinese.files import replacing
from vinese.issues import has_errors, issue
from vinese.studio.annotators import UNKNOWN, read_register, write_register
from vinese.studio.connection import connect
from vinese.studio.gold import settler
from vinese.studio.inspect_work import Counts, look
from vinese.studio.layer_file import pseudonyms_in, read_earlier
from vinese.studio.progress import Report, silent
from vinese.studio.project import checked_layer, require
from vinese.studio.screen import screen, vocabulary
from vinese.studio.scrub import draft_user, scrubbed
from vinese.studio.snapshot import snapshot, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.issues import Issue
    from vinese.resources import Project
    from vinese.studio.connection import Studio
    from vinese.studio.folder import StudioFolder
    from vinese.studio.gold import Settle
    from vinese.studio.layer_file import Earlier

OWN = "own"


@dataclass(frozen=True, slots=True)
class Pulled:
    """Say what a pull found; `written` is whether the file changed."""

    layer: str
    file: str
    on_server: int
    tasks: int
    annotations: int
    cancelled: int
    drafts: int
    annotators: int
    written: bool


@dataclass(frozen=True, slots=True)
class _Work:
    """Place one task with work in the file: its article, its number, and where it is in the snapshot."""

    article: str
    task: int
    index: int


class _Refused(Exception):  # noqa: N818
    """End the writing of a file that must not take its place."""


def pull(
    layer: str,
    issues: list[Issue],
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    out: Path | None = None,
    accept: bool = False,
    report: Report = silent,
) -> Pulled:
    """Write the work of `layer` to `out`, by default `annotations/exports/<layer>.json`; append issues to `issues`.

    With issues of level error the file stays as it was unless `accept`. Raise a `StudioError` if the server cannot
    be used or the layer's project is gone.
    """
    checked_layer(layer)
    if out is None:
        project.must_be_own()
    path = out or project.exports / f"{layer}.json"
    earlier = read_earlier(path, layer)
    known = vocabulary(screen(project, stage="all", lang="vi").config)
    with connect(folder, url) as studio:
        target = require(studio, layer)
        if target.changed_by_hand:
            issues.append(issue("studio-config-changed", layer=layer, url=studio.project_url(target.id)))
        with snapshot(studio, target.id, folder, report) as tasks:
            if url is None:
                tidy(folder, target.id)
            work = _work(tasks, layer, earlier, issues)
            users = _users(tasks, work)
            names = _names(studio, OWN if url is None else studio.url, folder, users, path.parent)
            settle = settler(target.adjudicates, project)
            writer = _Writer(tasks, work, names, known, layer, studio.version, settle)
            written = writer.write(path, issues, accept=accept, report=report)
            counts = writer.counts
            return Pulled(
                layer=layer,
                file=str(path),
                on_server=len(tasks),
                tasks=len(work),
                annotations=counts.annotations,
                cancelled=counts.cancelled,
                drafts=counts.drafts,
                annotators=len(counts.annotators),
                written=written,
            )


def _work(tasks: list[msgspec.Raw], layer: str, earlier: Earlier | None, issues: list[Issue]) -> list[_Work]:
    """Return the tasks that hold work, by article; report foreign ones, doubles, and work that is gone."""
    work: list[_Work] = []
    first: dict[str, int] = {}
    for index, raw in enumerate(tasks):
        task = msgspec.json.decode(raw)
        article = task["data"].get("article_id")
        if not isinstance(article, str):
            issues.append(issue("studio-foreign-task", task=task["id"], layer=layer))
            continue
        if article in first:
            issues.append(
                issue(
                    "studio-duplicate-task", article_id=article, first=first[article], second=task["id"], layer=layer
                )
            )
        first.setdefault(article, task["id"])
        if task["annotations"] or task["drafts"]:
            work.append(_Work(article, task["id"], index))
    annotated = {one.article for one in work}
    for article in sorted((earlier.articles if earlier else frozenset()) - annotated):
        what = "its annotations" if article in first else "its task"
        issues.append(issue("studio-work-gone", article_id=article, what=what, layer=layer))
    return sorted(work, key=lambda one: (one.article, one.task))


def _users(tasks: list[msgspec.Raw], work: list[_Work]) -> dict[int, list[str]]:
    """Return every user at work with the unique ids of their annotations."""
    found: dict[int, list[str]] = {}
    for one in work:
        task = msgspec.json.decode(tasks[one.index])
        for annotation in task["annotations"]:
            if annotation["completed_by"] is not None:
                found.setdefault(annotation["completed_by"], []).append(annotation["unique_id"])
        for user in filter(None, map(draft_user, task["drafts"])):
            found.setdefault(user, [])
    return found


def _names(
    studio: Studio, server: str, folder: StudioFolder, users: dict[int, list[str]], exports: Path
) -> dict[int, str]:
    """Return the pseudonym of every user, new ones given and remembered."""
    register = read_register(folder)
    unknown = users.keys() - register.pseudonyms(server).keys()
    if unknown:
        used = pseudonyms_in(exports)
        earlier = {user: used[key] for user in unknown for key in users[user] if key in used}
        names = {person.id: person.email for person in studio.api.users.list()}
        register.add(server, unknown, names=names, earlier=earlier, used=set(used.values()))
        write_register(folder, register)
    return register.pseudonyms(server)


@dataclass(slots=True)
class _Writer:
    """Write the tasks with work, and look at each on the way."""

    tasks: list[msgspec.Raw]
    work: list[_Work]
    names: dict[int, str]
    known: dict[str, frozenset[str]]
    layer: str
    version: str
    settle: Settle | None
    counts: Counts = field(default_factory=Counts)

    def write(self, path: Path, issues: list[Issue], *, accept: bool, report: Report) -> bool:
        """Write the file unless there are errors; return whether that changed it."""
        before = hashlib.sha256(path.read_bytes()).digest() if path.exists() else None
        digest = hashlib.sha256()
        try:
            with replacing(path) as file:
                for piece in self._pieces(str(path), issues, report):
                    file.write(piece)
                    digest.update(piece)
                if digest.digest() == before or (has_errors(issues) and not accept):
                    raise _Refused  # noqa: TRY301  # so that the temporary file goes
        except _Refused:
            return False
        return True

    def _pieces(self, file: str, issues: list[Issue], report: Report) -> Iterator[bytes]:
        """Yield the file's content, one task at a time."""
        yield b"["
        for position, one in enumerate(self.work):
            task = scrubbed(msgspec.json.decode(self.tasks[one.index]), self._name, self.layer, self.version)
            if self.settle is not None:
                issues.extend(self.settle(task, f"/{position}", file))
            issues.extend(look(task, pointer=f"/{position}", file=file, known=self.known, counts=self.counts))
            yield b"\n" if position == 0 else b",\n"
            yield msgspec.json.format(msgspec.json.encode(task, order="sorted"), indent=2)
            report("Writing tasks", position + 1, len(self.work))
        yield b"\n]\n"

    def _name(self, user: int | None) -> str:
        return self.names.get(user, UNKNOWN) if user is not None else UNKNOWN
