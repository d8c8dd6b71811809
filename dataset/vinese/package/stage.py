"""Put what the loader reads into one folder: documents in article order, all layers', words, scheme and splits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from vinese.compare.records import AdjudicationRate
from vinese.compare.store import Decided
from vinese.core.files import file_digest, problem
from vinese.core.issues import Issue, issue
from vinese.core.project import Project, packaged
from vinese.corpus.articles import find_article, iter_articles
from vinese.corpus.layers import is_name, shown_form
from vinese.corpus.splits import Audit, corpus_digest, load_audit, load_splits, within
from vinese.corpus.words import read_words
from vinese.formats.convert import convert_layer
from vinese.model.ontology import Ontology, ids
from vinese.model.records import JUDGEMENTS, RELATIONS, Document, Metadata
from vinese.package.configs import scheme

DOCUMENTS, LAYERS, SCHEME, SPLITS = "documents.jsonl", "layers.jsonl", "scheme.json", "splits.json"
WORDS_CONFIG = "entities_words"


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """Say what was staged: the layer, all layers' counts, how many articles there are, and a digest of it all.

    `reviewed` counts the articles of the layer whose zones a person looked over, `without` names those that it lacks,
    and `elsewhere` those of them that another layer in the data has. `audit` is of the articles in the data alone.
    `left_out` names the configs that cannot be built of it; `audit` is null where nobody looked for near-duplicates.
    """

    layer: str
    passes: tuple[Pass, ...]
    articles: int
    reviewed: int
    without: tuple[str, ...]
    elsewhere: tuple[str, ...]
    left_out: tuple[str, ...]
    audit: Audit | None
    segmenters: tuple[str, ...]
    issues: tuple[Issue, ...]
    digest: str

    @property
    def chosen(self) -> Pass:
        """Return the counts of the layer that was staged."""
        return next(one for one in self.passes if one.layer == self.layer)


def stage(project: Project, layers: dict[str, Path], layer: str, folder: Path) -> Staged:
    """Validate every layer and write `layer` to `folder`; what is wrong is among the issues of the result."""
    issues: list[Issue] = []
    known = {one.id: (one.zoning, one.text_sha256) for one in iter_articles(project.articles, issues)}
    articles = sorted(known)
    shelf, every, passes = Shelf(folder / DOCUMENTS, project), Shelf(folder / LAYERS, project), []
    try:
        for name, path in layers.items():
            passes.append(_read(name, path, project, issues, (shelf, every) if name == layer else (every,)))
        places = load_splits(project, articles, issues)
        audit = load_audit(project, corpus_digest({one: sha for one, (_, sha) in known.items()}, places), issues)
        without = tuple(one for one in articles if one not in shelf.articles)
        issues += [issue("article-without-layer", article_id=one, layer=layer) for one in without]
        if not shelf.places and is_name(layer):
            issues.append(issue("layer-empty", file=str(layers[layer]), layer=layer))
        shelf.write()
        every.write()
    except OSError as error:
        raise problem(folder, error, "write") from error
    finally:
        shelf.close()
        every.close()
    staged = {one: places[one] for one in sorted(shelf.articles | every.articles) if one in places}
    (folder / SPLITS).write_bytes(msgspec.json.encode(staged))
    left_out = (WORDS_CONFIG,) if shelf.wordless else ()
    (folder / SCHEME).write_bytes(msgspec.json.encode(scheme(project, left_out)))
    issues += _wordless(shelf)
    return Staged(
        layer=layer,
        passes=tuple(passes),
        articles=len(articles),
        reviewed=sum(known[one][0] == "reviewed" for one in shelf.articles if one in known),
        without=without,
        elsewhere=tuple(one for one in without if one in every.articles),
        left_out=left_out,
        audit=within(audit, set(staged), places) if audit is not None else None,
        segmenters=tuple(sorted(shelf.segmenters)),
        issues=tuple(issues),
        digest=_digest(folder),
    )


def _wordless(shelf: Shelf) -> list[Issue]:
    """Return the issue that says which config cannot be built without words, if any lack."""
    lack = shelf.wordless
    return [issue("config-left-out", config=WORDS_CONFIG, count=len(lack), article=lack[0])] if lack else []


def _read(name: str, path: Path, project: Project, issues: list[Issue], shelves: tuple[Shelf, ...]) -> Pass:
    """Count the documents of a layer, collect its issues, and keep each document on the shelves that are for it."""
    counted, decided = Pass(layer=name), Decided()
    if not is_name(name):
        issues.append(issue("layer-name", file=str(path), name=path.name, form=shown_form()))
        return counted
    for found in convert_layer(path, project):
        if isinstance(found, Issue):
            issues.append(found)
        else:
            counted.add(found)
            decided.add(found)
            for shelf in shelves:
                shelf.put(found)
    counted.adjudication = decided.rate(name)
    return counted


class Shelf:
    """Keep documents on disk as they come, and write them in the order of their ids, then their layers.

    The shelf of all layers takes those that were made from articles alone, not decided from other layers.
    """

    def __init__(self, path: Path, project: Project) -> None:
        self.places: dict[tuple[str, str], tuple[int, int]] = {}
        self.wordless: list[str] = []
        self.segmenters: set[str] = set()
        self._path = path
        self._project = project
        self._loose: BinaryIO = path.with_suffix(".loose").open("w+b")

    @property
    def articles(self) -> set[str]:
        """Return the ids of the documents."""
        return {article for article, _ in self.places}

    def put(self, document: Document) -> None:
        """Add a document as a line of JSON, with its words, and what its article says of the page as `metadata`."""
        line = msgspec.to_builtins(document)
        if self._path.name == DOCUMENTS:
            line |= self._more(document)
        elif document.provenance.adjudication is not None:
            return
        content = msgspec.json.encode(line) + b"\n"
        self.places[document.id, document.provenance.layer] = (self._loose.tell(), len(content))
        self._loose.write(content)

    def _more(self, document: Document) -> dict[str, object]:
        article = find_article(self._project.articles, document.id)
        metadata = article.metadata if article is not None else Metadata()
        words = read_words(self._project, document.id, document.text, document.text_sha256)
        if isinstance(words, Issue):
            self.wordless.append(document.id)
            return {"metadata": msgspec.to_builtins(metadata), "words": []}
        self.segmenters.add(words.segmenter)
        return {"metadata": msgspec.to_builtins(metadata), "words": words.stretches}

    def write(self) -> None:
        """Write the documents in order."""
        with self._path.open("wb") as file:
            for _, (start, size) in sorted(self.places.items()):
                self._loose.seek(start)
                file.write(self._loose.read(size))

    def close(self) -> None:
        """Remove the unordered file."""
        self._loose.close()
        self._path.with_suffix(".loose").unlink()


def _digest(folder: Path) -> str:
    """Return a digest of all that decides the rows: what is staged, and the loader's own code."""
    total = hashlib.sha256(packaged("loader.py").read_bytes())
    for name in (DOCUMENTS, LAYERS, SCHEME, SPLITS):
        total.update(bytes.fromhex(file_digest(folder / name)))
    return total.hexdigest()


COUNTED = (
    "entity_type",
    "event_type",
    "modality",
    "role",
    "relation",
    "polarity",
    "attribution",
    "holder_kind",
    "topic",
    "article_stance_judgement",
    "article_stance_value",
)


class Pass(msgspec.Struct, kw_only=True):
    """Count one layer: documents, annotations, who made them, where they came from, how often each label occurs.

    `annotators` maps a pseudonym to `person`, `model` or null; `labels` has the names of `COUNTED`, lists of
    `Ontology.lists`, beside `outlet_stance` and `overall_leaning`. `adjudication` is null for a layer that was not
    decided from others.
    """

    layer: str
    documents: int = 0
    counts: dict[str, int] = msgspec.field(
        default_factory=lambda: dict.fromkeys(("entities", "events", "arguments", "stances"), 0)
    )
    annotators: dict[str, str | None] = msgspec.field(default_factory=dict)
    origins: dict[str, int] = msgspec.field(default_factory=dict)
    labels: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    adjudication: AdjudicationRate | None = None

    def add(self, document: Document) -> None:
        """Count a document."""
        self.documents += 1
        self.annotators[document.provenance.annotator] = document.provenance.annotator_kind
        for name in ("entities", "events", "stances"):
            items = getattr(document, name)
            self.counts[name] += len(items)
            for item in items:
                _count(self.origins, item.origin or "not stated")
        self.counts["arguments"] += sum(len(event.arguments) for event in document.events)
        for name, label in _labels(document):
            _count(self.labels.setdefault(name, {}), label)


def unused(ontology: Ontology, counted: Pass) -> dict[str, tuple[str, ...]]:
    """Return the labels of the ontology that a layer never uses, by list; lists that are used up are left out."""
    lists = ontology.lists() | {"relation": ontology.relations}
    found = {
        name: tuple(one for one in ids(lists[name]) if one not in counted.labels.get(name, {})) for name in COUNTED
    }
    if not counted.counts["stances"]:
        found["stance_expression"] = (ontology.stance.expression.id,)
    return {name: labels for name, labels in found.items() if labels}


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _labels(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every label of a document with the name of its list."""
    for entity in document.entities:
        yield "entity_type", entity.type
    for event in document.events:
        yield "event_type", event.type
        yield "modality", event.modality
    for stance in document.stances:
        yield "polarity", stance.polarity
        yield "attribution", stance.attribution
        yield "holder_kind", stance.holder_kind
        if stance.target.topic is not None:
            yield "topic", stance.target.topic
    for link in document.links():
        yield "relation" if link.label in RELATIONS else "role", link.label
    if document.article_stance is not None:
        for name in JUDGEMENTS:
            value = getattr(document.article_stance, name)
            yield from ((name, value), ("article_stance_judgement", name), ("article_stance_value", value))
