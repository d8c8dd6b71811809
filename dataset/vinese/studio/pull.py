"""Fetch the work of a layer into one file, without personal data, the same bytes as long as nobody works.

The file is a JSON list of the tasks that hold work (an annotation, skipped ones included, or a draft), by article id,
keys sorted, one value a line, so that a diff shows what people did and nothing else. What `vinese.studio.pseudonyms`
lists is kept; a task of an adjudication also says how each item was decided. Drafts and skipped tasks are kept and
reported. An article with an error - work that an earlier pull had and the server lacks, a label that the ontology
lacks - stays as the file has it, until somebody accepts the error; the other articles are written
(`vinese.studio.layer_writer`).
"""

from __future__ import annotations

import mmap
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from vinese.core.errors import ServerError, UsageError
from vinese.core.files import problem
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.generate.label_config import controls
from vinese.model.ontology_file import load_ontology
from vinese.studio.connection import Studio, connect
from vinese.studio.folder import StudioFolder
from vinese.studio.gold import settler
from vinese.studio.layer_file import read_earlier
from vinese.studio.layer_writer import Accept, LayerWriter, Source
from vinese.studio.project import checked_layer, require
from vinese.studio.pseudonyms import names_of, scrubbed


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
    progress: Progress = silent,
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
    known = controls(load_ontology(project))
    with connect(folder, url) as studio:
        target = require(studio, layer)
        if target.changed_by_hand:
            issues.append(issue("studio-config-changed", layer=layer, url=studio.project_url(target.id)))
        with snapshot(studio, target.id, folder, progress) as tasks:
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
            writer = LayerWriter(source, path, accepted, issues, progress)
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


_TITLE = "vinese pull"
_FULL = {
    "annotations__completed_by": {"only_id": True},
    "drafts": {"only_id": False},
    "predictions": {"only_id": False},
    "include_annotation_history": False,
}


@contextmanager
def snapshot(studio: Studio, project: int, folder: StudioFolder, progress: Progress) -> Iterator[list[msgspec.Raw]]:
    """Give the project's tasks, each still undecoded; they live in a nameless file that is gone after the block.

    The server's form of it holds e-mail addresses, so it never gets a name on this disk. Raise `ServerError` if the
    server fails to make it or if it arrives cut.
    """
    folder.make()
    try:
        with tempfile.TemporaryFile(dir=folder.path) as file:
            _download(studio, project, file, progress)
            yield _decoded(file, studio.url)
    except OSError as error:
        raise problem(folder.path, error, "write") from error


def tidy(folder: StudioFolder, project: int) -> None:
    """Delete the snapshot files of a project that vinese's own server keeps, one a pull, even when told to delete."""
    for left in (folder.data / "media" / "export" / str(project)).glob(f"project-{project}-at-*.json"):
        left.unlink(missing_ok=True)


def _decoded(file: IO[bytes], url: str) -> list[msgspec.Raw]:
    """Return the tasks in `file`; the map that they are views of is closed when the last of them goes."""
    try:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return msgspec.json.decode(content, type=list[msgspec.Raw])
    except (
        ValueError,
        UnicodeDecodeError,
    ) as error:  # an empty file cannot be mapped; broken JSON is a ValueError too
        raise ServerError(
            f"What Label Studio at {url} sent is not whole: {error}.", "Nothing was changed; run the command again."
        ) from error


def _download(studio: Studio, project: int, file: IO[bytes], progress: Progress) -> None:
    exports = studio.api.projects.exports
    progress("Making a snapshot", 0, None)
    made = exports.create(id=project, title=_TITLE, serialization_options=cast("Any", _FULL))
    key = int(made.id or 0)
    status = made.status
    while status not in {"completed", "failed"}:
        time.sleep(0.5)
        status = exports.get(id=project, export_pk=key).status
    if status == "failed":
        raise ServerError(f"Label Studio at {studio.url} could not make a snapshot.", "See its log, then run again.")
    size = 0
    for chunk in exports.download(id=project, export_pk=key, export_type="JSON"):
        file.write(chunk)
        size += len(chunk)
        progress("Downloading (kB)", size // 1024, None)
    file.flush()
    for old in exports.list(id=project):  # this one, and those that cut downloads left behind
        if old.title == _TITLE:
            exports.delete(id=project, export_pk=int(old.id or 0))
