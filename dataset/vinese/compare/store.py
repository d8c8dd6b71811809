"""Read layers one document at a time, and keep them on disk so that articles can be compared in any order.

Two layers need not list their articles in the same order. Each layer is read once; its documents go to an unnamed
temporary file, and memory holds an id, a place and a hash for each article.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec

from vinese.checks.document import check_document
from vinese.compare.records import AdjudicationRate, Decisions
from vinese.core.errors import UsageError
from vinese.core.files import files_in, problem
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.project import Project
from vinese.formats.read import read_export
from vinese.formats.validate import file_kind, read_documents
from vinese.model import records
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document

_DOCUMENTS = ".jsonl"
_NAMED = 3  # ids that a message lists


class _Place(NamedTuple):
    offset: int
    size: int
    text_hash: bytes


class Shelf:
    """The documents of one layer on disk, by article id; close it when done."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts = dict.fromkeys(("entities", "events", "arguments", "stances"), 0)
        self.decided = Decided()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._places: dict[str, _Place] = {}
        self._decoder = msgspec.msgpack.Decoder(Document)

    def close(self) -> None:
        """Free the disk space."""
        self._file.close()

    def ids(self) -> set[str]:
        """Return the ids of the articles on the shelf."""
        return set(self._places)

    def put(self, document: Document) -> None:
        """Add a document."""
        content = msgspec.msgpack.encode(document)
        text_hash = hashlib.sha256(document.text.encode()).digest()
        self._places[document.id] = _Place(self._file.seek(0, 2), len(content), text_hash)
        self._file.write(content)
        self.decided.add(document)
        self.counts["entities"] += len(document.entities)
        self.counts["events"] += len(document.events)
        self.counts["arguments"] += sum(len(event.arguments) for event in document.events)
        self.counts["stances"] += len(document.stances)

    def get(self, article_id: str) -> Document:
        """Return a document of the shelf."""
        place = self._places[article_id]
        self._file.seek(place.offset)
        return self._decoder.decode(self._file.read(place.size))

    def text_hash(self, article_id: str) -> bytes:
        """Return the hash of an article's text as this layer has it."""
        return self._places[article_id].text_hash


def layer_file(layer: str, project: Project) -> tuple[str, Path]:
    """Return name and file of a layer: an export of the project, or the path of an export, documents or predictions.

    Raise `UsageError`, with the layers that exist, for anything else.
    """
    path = Path(layer).expanduser()
    if path.suffix in {".json", _DOCUMENTS}:
        return path.stem, path
    if "/" in layer or not project.export(layer).is_file():
        layer_names = ", ".join(file.stem for file in files_in(project.exports, ".json")) or "none yet"
        raise UsageError(
            f"There is no layer {layer!r} in {project.exports}.",
            f"Layers there: {layer_names}. Fetch it: vinese studio pull --layer NAME. "
            "A file of documents is named by its path, and ends in .jsonl.",
        )
    return layer, project.export(layer)


def read_layer(name: str, file: Path, project: Project) -> tuple[Shelf, list[Issue]]:
    """Return a shelf with the sound documents of a layer, and all issues of its file."""
    shelf, issues = Shelf(name), []
    try:
        for read in _read(file, project):
            if isinstance(read, Issue):
                issues.append(read)
            elif read.id in shelf.ids():
                issues.append(issue("agree-article-twice", article_id=read.id, file=str(file), layer=name))
            else:
                shelf.put(read)
    except BaseException:
        shelf.close()
        raise
    return shelf, issues


def _read(file: Path, project: Project) -> Iterator[Document | Issue]:
    """Yield the sound documents and the issues of an export, of predictions, or of documents."""
    if file_kind(file) == "prediction":
        return read_documents(file, project)
    return _documents(file, project) if file.suffix == _DOCUMENTS else read_export(file, project)


def _documents(file: Path, project: Project) -> Iterator[Document | Issue]:
    """Yield the issues of each document of a JSON Lines file, and the document itself if none is an error."""
    decoder, ontology = msgspec.json.Decoder(Document), load_ontology(project)
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    document = decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    yield issue("agree-document-unreadable", file=str(file), line=number, reason=str(error))
                    continue
                issues = [
                    msgspec.structs.replace(defect, file=str(file)) for defect in check_document(document, ontology)
                ]
                yield from issues
                if not has_errors(issues):
                    yield document
    except OSError as error:
        raise problem(file, error, "read") from error


def common_articles(shelves: Sequence[Shelf]) -> tuple[list[tuple[str, tuple[Shelf, ...]]], list[Issue]]:
    """Return the articles that at least two layers have, with those layers, by id; and what cannot be compared."""
    common: list[tuple[str, tuple[Shelf, ...]]] = []
    issues: list[Issue] = []
    partly: dict[tuple[str, ...], list[str]] = {}
    for article_id, holders in _holders(shelves):
        names = tuple(shelf.name for shelf in holders)
        if len(holders) < len(shelves):
            partly.setdefault(names, []).append(article_id)
        if len({shelf.text_hash(article_id) for shelf in holders}) > 1:
            issues.append(issue("agree-text-differs", article_id=article_id, layers=", ".join(names)))
        elif len(holders) > 1:
            common.append((article_id, holders))
    for names, ids in sorted(partly.items()):
        lack = ", ".join(shelf.name for shelf in shelves if shelf.name not in names)
        first = ", ".join(ids[:_NAMED]) + (" ..." if len(ids) > _NAMED else "")
        issues.append(issue("agree-article-missing", count=len(ids), ids=first, have=", ".join(names), lack=lack))
    if not common:
        issues.append(issue("agree-nothing-common", layers=", ".join(shelf.name for shelf in shelves)))
    return common, issues


def single_articles(shelves: Sequence[Shelf]) -> list[tuple[str, tuple[Shelf, ...]]]:
    """Return the articles that one layer alone has, with that layer, by id."""
    return [(article_id, holders) for article_id, holders in _holders(shelves) if len(holders) == 1]


def _holders(shelves: Sequence[Shelf]) -> list[tuple[str, tuple[Shelf, ...]]]:
    """Return every article with the layers that have it, by id."""
    holders: dict[str, tuple[Shelf, ...]] = {}
    for shelf in shelves:
        for article_id in shelf.ids():
            holders[article_id] = (*holders.get(article_id, ()), shelf)
    return sorted(holders.items())


def named(layers: Sequence[str], project: Project) -> dict[str, Path]:
    """Return the files of layers by name; raise `UsageError` for one that does not exist or is named twice."""
    files: dict[str, Path] = {}
    for layer in layers:
        name, file = layer_file(layer, project)
        if file.resolve() in [other.resolve() for other in files.values()]:
            raise UsageError(f"The layer {layer} is named twice.", "Name each layer once.")
        files[name if name not in files else str(file)] = file
    return files


ALL = "all"
KINDS = (*get_args(records.Decided), ALL)


class Decided:
    """Counts of the decisions that the documents of one layer carry."""

    def __init__(self) -> None:
        self.layers: dict[str, None] = {}
        self.articles = self.single = self.open = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, document: Document) -> None:
        """Count the decisions of one document, if it carries any."""
        adjudication = document.provenance.adjudication
        if adjudication is None:
            return
        self.articles += 1
        self.single += len(adjudication.layers) == 1
        self.open += len(adjudication.open)
        self.layers.update(dict.fromkeys(adjudication.layers))
        for decision in adjudication.decisions:
            for kind in (decision.kind, ALL):
                self._counts[kind, decision.how, ""] += 1
                if decision.how == "chosen":
                    self._counts.update((kind, decision.how, layer) for layer in decision.layers)

    def rate(self, layer: str) -> AdjudicationRate | None:
        """Return the counts of `layer` with their shares, None if it was not adjudicated."""
        if not self.articles:
            return None
        kinds = tuple(self._decisions(kind) for kind in KINDS)
        return AdjudicationRate(
            layer=layer,
            layers=tuple(self.layers),
            articles=self.articles,
            kinds=kinds,
            single=self.single,
            open=self.open,
        )

    def _decisions(self, kind: str) -> Decisions:
        agreed, chosen, new = (self._counts[kind, how, ""] for how in ("agreed", "chosen", "new"))
        items = agreed + chosen + new
        by_layer = {layer: self._counts[kind, "chosen", layer] for layer in self.layers}

        def share(count: int) -> float | None:
            return count / items if items else None

        return Decisions(
            kind=kind,
            items=items,
            agreed=agreed,
            chosen=by_layer,
            new=new,
            agreed_share=share(agreed),
            chosen_share={layer: share(count) for layer, count in by_layer.items()},
            new_share=share(new),
            single=self._counts[kind, "single", ""],
        )
