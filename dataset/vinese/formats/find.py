"""Find the article that a person means, and its document in a layer."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.core.printable import listed
from vinese.core.project import Project
from vinese.corpus.articles import article_files
from vinese.corpus.layers import choose_layer, layer_exports, load_layers
from vinese.formats.registry import format_of
from vinese.formats.tasks import read_item, reader_for
from vinese.formats.validate import read_documents
from vinese.model.records import Document

_FEW = 10


class FoundDocument(NamedTuple):
    """An article's document in a layer, or None where nothing of it is sound, and its issues."""

    article_id: str
    layer: str
    document: Document | None
    issues: tuple[Issue, ...]


def find_document(project: Project, article: str, layer: str | None = None) -> FoundDocument:
    """Return the document of `article`, an id or the start of one, in `layer`, or else gold, or else the only layer.

    `layer` may be the path of an export, of documents or of predictions, `.json` or `.jsonl`.

    Raise `UsageError` if no article or layer fits, if more than one does, or if the layer lacks the article.
    """
    article_id = _article(project, article)
    if layer is not None and layer.endswith((".json", ".jsonl")):
        return _in_file(Path(layer).expanduser(), article_id, project)
    layers = layer_exports(project)
    chosen = choose_layer(layers, layer, load_layers(project).default)
    documents, issues, seen = [], [], False
    reader, file = reader_for(project, chosen), str(layers[chosen])
    for item in format_of(layers[chosen]).items(layers[chosen]):
        if isinstance(item, Issue):
            issues.append(item)
        elif article_id.encode() in item.raw:
            for result in read_item(item, reader, file):
                seen = seen or _of(result) == article_id
                if isinstance(result, Issue):
                    issues.append(result)
                elif result.id == article_id:
                    documents.append(result)
    if not seen and not issues:
        raise _lacking(article_id, chosen, layers)
    kept = tuple(issue for issue in issues if issue.article_id in {None, article_id})
    return FoundDocument(article_id, chosen, documents[0] if documents else None, kept)


def _in_file(path: Path, article_id: str, project: Project) -> FoundDocument:
    read = [record for record in read_documents(path, project) if _of(record) in {None, article_id}]
    issues = tuple(record for record in read if isinstance(record, Issue))
    document = next((record for record in read if isinstance(record, Document)), None)
    if not read:
        raise UsageError(f"{path} does not annotate {article_id}.", "Name another file with --layer.")
    return FoundDocument(article_id, path.stem, document, issues)


def _of(record: Document | Issue) -> str | None:
    return record.article_id if isinstance(record, Issue) else record.id


def _article(project: Project, article: str) -> str:
    """Return the id that `article` is, or that alone starts with it."""
    known = [path.stem for path in article_files(project.articles)]
    if article in known:
        return article
    fitting = [name for name in known if article and name.startswith(article)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = listed(fitting, _FEW, ", ")
        raise UsageError(f"Several articles start with {article!r}.", f"Say more of the id: {names}.")
    names = listed(known, _FEW, ", ") or "none yet"
    raise UsageError(f"There is no article {article!r} in {project.articles}.", f"Articles there: {names}.")


def _lacking(article_id: str, layer: str, layers: dict[str, Path]) -> UsageError:
    others = ", ".join(name for name in layers if name != layer)
    todo = (
        f"Name another with --layer: {others}." if others else "vinese studio pull brings what was annotated since."
    )
    return UsageError(f"The layer {layer!r} does not annotate {article_id}.", todo)
