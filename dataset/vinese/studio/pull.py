"""Fetch the work of a layer into one file, without personal data, the same bytes as long as nobody works.

The file is a JSON list of the tasks that hold work (an annotation, skipped ones included, or a draft), by article id,
keys sorted, one value a line, so that a diff shows what annotators did and nothing else. What
`vinese.studio.pseudonyms` lists is kept; a task of an adjudication also says how each item was decided. Drafts and
skipped tasks are kept and reported. An article with an error - work that an earlier pull had and the server lacks, a
label that the ontology lacks - stays as the file has it, until somebody accepts the error; the other articles are
written (`vinese.studio.layer_writer`).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue, issues_in
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.formats.read import read_export
from vinese.generate.label_config import controls
from vinese.model.links import rules_of
from vinese.model.ontology_file import load_ontology
from vinese.studio.connection import connect
from vinese.studio.folder import StudioFolder, remember
from vinese.studio.gold import settler
from vinese.studio.layer_file import read_earlier
from vinese.studio.layer_writer import Accept, LayerWriter, Source
from vinese.studio.losses import Changed
from vinese.studio.mend import mark, messages
from vinese.studio.project import checked_layer, require
from vinese.studio.pseudonyms import pseudonyms_of, scrubbed
from vinese.studio.snapshot import snapshot, tidy
from vinese.studio.tasks import given


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull found on the server; `written` is whether the file changed.

    `kept` names the articles that are in the file as an earlier pull left them, or not at all, because of errors.
    `changes` has what changed of annotations that it had, in words. `to_mend` counts the articles whose work has
    issues by `vinese validate`; on the server, at `url`, the tab "to mend" lists them with the messages.
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
    changes: tuple[Changed, ...]
    to_mend: int
    url: str
    records: int
    written: bool
    issues: tuple[Issue, ...]


def pull(
    layer: str,
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    out: Path | None = None,
    accept: bool | Collection[str] = False,
    accept_labels: bool = False,
    progress: Progress = silent,
) -> Pulled:
    """Write the work of a layer to a file, without personal data; unchanged work is unchanged bytes.

    Parameters
    ----------
    layer
        The layer's name.
    project
        Where the ontology and the exports are.
    folder
        Where vinese keeps its own Label Studio, and who is behind each pseudonym.
    url
        The address of another Label Studio; its token is in the variable VINESE_STUDIO_TOKEN.
    out
        The file; by default `annotations/exports/<layer>.json`.
    accept
        Articles whose errors are only warnings, or true for all. Otherwise an article with errors stays in the file
        as it was.
    accept_labels
        Accept labels that the ontology lacks, which `accept` does not.
    progress
        Called with what is being done, how much of it is done, and of how much.

    Returns
    -------
    Pulled
        What the server had, and the issues.

    Raises
    ------
    UsageError
        If no layer can have this name, or `accept` has what is no article of the layer.
    StudioError
        If the server cannot be used or the layer's project is gone.
    """
    checked_layer(layer)
    if out is None:
        project.must_be_own()
    path = out or project.export(layer)
    earlier = read_earlier(path, layer)
    offered = controls(load_ontology(project))
    with connect(folder, url) as studio:
        target = require(studio, layer)
        remember(folder, project, layer, studio.project_url(target.id))
        with snapshot(studio, target.id, folder, progress) as tasks:
            if url is None:
                tidy(folder, target.id)
            places, issues = _places(tasks, layer)
            if target.changed_by_hand:
                issues.insert(0, issue("studio-config-changed", layer=layer, url=studio.project_url(target.id)))
            accepted = _accept(accept, accept_labels, places.keys() | earlier.records.keys(), layer)
            worked_on = {name: listed for name in places if (listed := _worked_on(tasks, places[name]))}
            used = (tasks[index] for index in sorted(itertools.chain.from_iterable(worked_on.values())))
            pseudonyms = pseudonyms_of(studio, url, folder, used, earlier=earlier, exports=path.parent)
            source = Source(
                layer=layer,
                tasks=tasks,
                articles=worked_on,
                listed_ids=frozenset(places),
                earlier=earlier,
                scrub=lambda task: scrubbed(task, pseudonyms, layer, studio.version),
                settle=settler(target.adjudicates, project),
                offered=offered,
                rules=rules_of(load_ontology(project)),
                address=lambda task: f"{studio.project_url(target.id)}?task={task}",
                given=given(project, target.stage),
            )
            writer = LayerWriter(source, path, accepted, progress)
            written = writer.write()
            counts = writer.counts
            progress("Checking", 0, None)
            with issues_in(target.lang):
                checked = _checked(path, project, layer)
                wrong = messages(issue for issue in checked if issue.article_id not in writer.held)
            mark(studio, target.id, tasks, wrong, held=writer.held, progress=progress)
            return Pulled(
                layer=layer,
                file=str(path),
                on_server=len(tasks),
                tasks=sum(map(len, worked_on.values())),
                annotations=counts.annotations,
                cancelled=counts.cancelled,
                drafts=counts.drafts,
                annotators=len(counts.annotators),
                kept=tuple(writer.held),
                changes=tuple(writer.changes),
                to_mend=len(wrong),
                url=studio.project_url(target.id),
                records=writer.records,
                written=written,
                issues=(*issues, *writer.issues),
            )


def _checked(path: Path, project: Project, layer: str) -> Iterator[Issue]:
    """Yield the issues of the file of a layer, none if there is none."""
    if path.exists():
        yield from (found for found in read_export(path, project, layer=layer) if isinstance(found, Issue))


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


def _places(tasks: list[msgspec.Raw], layer: str) -> tuple[dict[str, list[int]], list[Issue]]:
    """Return the places of each article's tasks in the snapshot, oldest first, and foreign tasks and doubles."""
    listed: dict[str, list[tuple[int, int]]] = {}
    issues: list[Issue] = []
    for index, raw in enumerate(tasks):
        task = msgspec.json.decode(raw)
        article = task["data"].get("article_id")
        if isinstance(article, str):
            listed.setdefault(article, []).append((task["id"], index))
        else:
            issues.append(issue("studio-foreign-task", task=task["id"], layer=layer))
    for article, numbered in listed.items():
        numbered.sort()
        first = numbered[0][0]
        issues += [
            issue("studio-duplicate-task", article_id=article, first=first, second=second, layer=layer)
            for second, _ in numbered[1:]
        ]
    return {article: [index for _, index in numbered] for article, numbered in listed.items()}, issues


def _worked_on(tasks: list[msgspec.Raw], places: list[int]) -> list[int]:
    """Return the places of the tasks that hold work."""
    decoded = ((index, msgspec.json.decode(tasks[index])) for index in places)
    return [index for index, task in decoded if task["annotations"] or task["drafts"]]
