"""Fetch the work of a layer into one file, without personal data, the same bytes as long as nobody works.

The file is a JSON list of the tasks that hold work (an annotation, skipped ones included, or a draft), by article id,
keys sorted, one value a line, so that a diff shows what people did and nothing else. What `vinese.studio.scrub`
lists is kept; a task of an adjudication also says how each item was decided. Drafts and skipped tasks are kept and
reported. An article with an error - work that an earlier pull had and the server lacks, a label that the ontology
lacks - stays as the file has it, until somebody accepts the error; the other articles are written
(`vinese.studio.layer_writer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from vinese.errors import UsageError
from vinese.issues import issue
from vinese.studio.connection import connect
from vinese.studio.gold import settler
from vinese.studio.layer_file import read_earlier
from vinese.studio.layer_writer import Accept, LayerWriter, Source
from vinese.studio.names import names_of
from vinese.studio.progress import Report, silent
from vinese.studio.project import checked_layer, require
from vinese.studio.screen import screen, vocabulary
from vinese.studio.scrub import scrubbed
from vinese.studio.snapshot import snapshot, tidy

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from vinese.issues import Issue
    from vinese.resources import Project
    from vinese.studio.folder import StudioFolder


@dataclass(frozen=True, slots=True)
class Pulled:
    """Say what a pull found on the server; `written` is whether the file changed.

    `kept` names the articles that are in the file as an earlier pull left them, or not at all, because of errors.
    """

    layer: str
    file: str
    on_server: int
    tasks: int
    annotations: int
    cancelled: int
    drafts: int
    annotators: int
    kept: tuple[str, ...]
    records: int
    written: bool


def pull(
    layer: str,
    issues: list[Issue],
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    out: Path | None = None,
    accept: bool | Collection[str] = False,
    accept_labels: bool = False,
    report: Report = silent,
) -> Pulled:
    """Write the work of `layer` to `out`, by default `annotations/exports/<layer>.json`; append issues to `issues`.

    An article with issues of level error stays as it was, unless `accept` has it (or is true): then they are
    warnings. Labels that the ontology lacks are accepted by `accept_labels` alone. Raise a `StudioError` if the
    server cannot be used or the layer's project is gone, `UsageError` if `accept` has what is no article there.
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
            there = _articles(tasks, layer, issues)
            work = {name: found for name, listed in there.items() if (found := _worked_on(tasks, listed))}
            accepted = _accept(accept, accept_labels, there.keys() | earlier.records.keys(), layer)
            places = sorted(index for listed in work.values() for index in listed)
            used = (tasks[index] for index in places)
            names = names_of(studio, url, folder, used, earlier=earlier, exports=path.parent)
            source = Source(
                layer=layer,
                tasks=tasks,
                articles=work,
                there=frozenset(there),
                earlier=earlier,
                scrub=lambda task: scrubbed(task, names, layer, studio.version),
                settle=settler(target.adjudicates, project),
                known=known,
                address=lambda task: f"{studio.project_url(target.id)}?task={task}",
            )
            writer = LayerWriter(source, path, accepted, issues, report)
            written = writer.write()
            return _pulled(writer, written=written)


def _pulled(writer: LayerWriter, *, written: bool) -> Pulled:
    source, counts = writer.source, writer.counts
    return Pulled(
        layer=source.layer,
        file=str(writer.path),
        on_server=len(source.tasks),
        tasks=sum(map(len, source.articles.values())),
        annotations=counts.annotations,
        cancelled=counts.cancelled,
        drafts=counts.drafts,
        annotators=len(counts.annotators),
        kept=tuple(writer.held),
        records=writer.records,
        written=written,
    )


def _accept(accept: bool | Collection[str], labels: bool, articles: Collection[str], layer: str) -> Accept:
    """Return what is accepted; raise `UsageError` for an article that neither the server nor the file has."""
    if isinstance(accept, bool):
        return Accept(everything=accept, labels=labels)
    strange = sorted(set(accept) - set(articles))
    if strange:
        raise UsageError(
            f"Layer {layer} has no article {strange[0]}, so there is nothing to accept.", "Check the article's id."
        )
    return Accept(articles=frozenset(accept), labels=labels)


def _articles(tasks: list[msgspec.Raw], layer: str, issues: list[Issue]) -> dict[str, list[int]]:
    """Return the places of each article's tasks in the snapshot, oldest first; report foreign tasks and doubles."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, raw in enumerate(tasks):
        task = msgspec.json.decode(raw)
        article = task["data"].get("article_id")
        if not isinstance(article, str):
            issues.append(issue("studio-foreign-task", task=task["id"], layer=layer))
            continue
        found.setdefault(article, []).append((task["id"], index))
    for article, listed in found.items():
        listed.sort()
        for second, _ in listed[1:]:
            first = listed[0][0]
            issues.append(issue("studio-duplicate-task", article_id=article, first=first, second=second, layer=layer))
    return {article: [index for _, index in listed] for article, listed in found.items()}


def _worked_on(tasks: list[msgspec.Raw], listed: list[int]) -> list[int]:
    """Return the places of the tasks that hold work."""
    decoded = ((index, msgspec.json.decode(tasks[index])) for index in listed)
    return [index for index, task in decoded if task["annotations"] or task["drafts"]]
