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

from vinese.compare.records import AdjudicationRate, Decisions
from vinese.core.errors import UsageError
from vinese.core.files import problem
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.formats.convert import convert_layer
from vinese.model import records
from vinese.model.records import Document, Entity, Span

_DOCUMENTS = ".jsonl"


class _Place(NamedTuple):
    offset: int
    size: int
    text_hash: bytes


class Shelf:
    """Hold the documents of one layer on disk, by article id; close it when done."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts = dict.fromkeys(("entities", "events", "arguments", "stances"), 0)
        self.decided = Decided()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._places: dict[str, _Place] = {}
        self._decoder = msgspec.msgpack.Decoder(Document)

    def close(self) -> None:
        """Give the disk space back."""
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
    """Return name and file of a layer: an export of the project, or the path of an export or of documents (.jsonl).

    Raise `UsageError`, with the layers that exist, for anything else.
    """
    path = Path(layer).expanduser()
    if path.suffix in {".json", _DOCUMENTS}:
        return path.stem, path
    export = project.exports / f"{layer}.json"
    if "/" in layer or not export.is_file():
        known = ", ".join(sorted(file.stem for file in project.exports.glob("*.json"))) or "none yet"
        raise UsageError(
            f"There is no layer {layer!r} in {project.exports}.",
            f"Layers there: {known}. A file of documents is named by its path, and ends in .jsonl.",
        )
    return layer, export


def read_layer(name: str, file: Path, project: Project) -> tuple[Shelf, list[Issue]]:
    """Return a layer's sound documents on a shelf, and the issues of all others."""
    shelf, issues = Shelf(name), []
    try:
        for found in _documents(file) if file.suffix == _DOCUMENTS else _converted(file, project):
            if isinstance(found, Issue):
                issues.append(found)
            elif (trouble := _trouble(found, shelf, file)) is not None:
                issues.append(trouble)
            else:
                shelf.put(found)
    except BaseException:
        shelf.close()
        raise
    return shelf, issues


def _converted(file: Path, project: Project) -> Iterator[Document | Issue]:

    yield from convert_layer(file, project)


def _documents(file: Path) -> Iterator[Document | Issue]:
    decoder = msgspec.json.Decoder(Document)
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    yield issue("agree-document-unreadable", file=str(file), line=number, reason=str(error))
    except OSError as error:
        raise problem(file, error, "read") from error


def _trouble(document: Document, shelf: Shelf, file: Path) -> Issue | None:
    """Return why a document cannot be compared; None where it can."""
    if document.id in shelf.ids():
        return issue("agree-article-twice", article_id=document.id, file=str(file), layer=shelf.name)
    for pointer, reason in _faults(document):
        return issue("agree-document-unsound", article_id=document.id, file=str(file), pointer=pointer, reason=reason)
    return None


def _faults(document: Document) -> Iterator[tuple[str, str]]:
    """Yield what in a document contradicts its own text or ids."""
    for pointer, span in _spans(document):
        if not 0 <= span.start < span.end <= len(document.text) or document.text[span.start : span.end] != span.text:
            yield pointer, f"{span.text!r} is not text[{span.start}:{span.end}]"
    entities, events = {e.id for e in document.entities}, {e.id for e in document.events}
    for pointer, key in _references(document):
        if key not in entities and key not in events:
            yield pointer, f"there is no entity or event {key!r}"


def _spans(document: Document) -> Iterator[tuple[str, Span | Entity]]:
    yield from ((f"/entities/{i}", entity) for i, entity in enumerate(document.entities))
    yield from ((f"/events/{i}/trigger", event.trigger) for i, event in enumerate(document.events))
    yield from ((f"/stances/{i}/expression", stance.expression) for i, stance in enumerate(document.stances))


def _references(document: Document) -> Iterator[tuple[str, str | None]]:
    for i, entity in enumerate(document.entities):
        yield from ((f"/entities/{i}/refers_to/{j}", key) for j, key in enumerate(entity.refers_to))
    for i, event in enumerate(document.events):
        for j, argument in enumerate(event.arguments):
            key = argument.entity if argument.entity is not None else argument.event
            yield f"/events/{i}/arguments/{j}", key
    for i, stance in enumerate(document.stances):
        yield from ((f"/stances/{i}/holders/{j}", key) for j, key in enumerate(stance.holders))
        if stance.target.mention is not None:
            yield f"/stances/{i}/target/mention", stance.target.mention
        if stance.source is not None:
            yield f"/stances/{i}/source", stance.source


def common_articles(shelves: Sequence[Shelf]) -> tuple[list[tuple[str, tuple[Shelf, ...]]], list[Issue]]:
    """Return the articles that at least two layers have, with those layers, by id; and what cannot be compared."""
    common: list[tuple[str, tuple[Shelf, ...]]] = []
    issues: list[Issue] = []
    have = {shelf.name: shelf.ids() for shelf in shelves}
    for article_id in sorted(set().union(*have.values())):
        holders = tuple(shelf for shelf in shelves if article_id in have[shelf.name])
        names = ", ".join(shelf.name for shelf in holders)
        if len(holders) < len(shelves):
            lack = ", ".join(shelf.name for shelf in shelves if shelf not in holders)
            issues.append(issue("agree-article-missing", article_id=article_id, have=names, lack=lack))
        if len({shelf.text_hash(article_id) for shelf in holders}) > 1:
            issues.append(issue("agree-text-differs", article_id=article_id, layers=names))
        elif len(holders) > 1:
            common.append((article_id, holders))
    if not common:
        issues.append(issue("agree-nothing-common", layers=", ".join(have)))
    return common, issues


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
    """Count the decisions that the documents of one layer carry."""

    def __init__(self) -> None:
        self.layers: dict[str, None] = {}
        self.articles = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, document: Document) -> None:
        """Count the decisions of one document, if it carries any."""
        found = document.provenance.adjudication
        if found is None:
            return
        self.articles += 1
        self.layers.update(dict.fromkeys(found.layers))
        for one in found.decisions:
            for kind in (one.kind, ALL):
                self._counts[kind, one.how, ""] += 1
                if one.how == "chosen":
                    self._counts.update((kind, one.how, layer) for layer in one.layers)

    def rate(self, layer: str) -> AdjudicationRate | None:
        """Return the counts of `layer` with their shares, None if it was not adjudicated."""
        if not self.articles:
            return None
        kinds = tuple(self._decisions(kind) for kind in KINDS)
        return AdjudicationRate(layer=layer, layers=tuple(self.layers), articles=self.articles, kinds=kinds)

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
        )
