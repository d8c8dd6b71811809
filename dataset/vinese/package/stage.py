"""Stage what the loader reads in one folder: documents in article order, all layers', words, scheme and splits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec

from vinese.compare.store import Decided
from vinese.core.files import file_digest, problem
from vinese.core.issues import Issue, issue
from vinese.core.project import LOADER, Project
from vinese.core.shards import Shards
from vinese.corpus.articles import Articles
from vinese.corpus.layers import NAME, is_name
from vinese.corpus.splits import Audit, corpus_digest, leaks, load_audit, load_splits, unplaced, within
from vinese.corpus.words import LANGUAGE, Words, read_words
from vinese.formats.read import read_spread
from vinese.model.records import Document, Metadata
from vinese.package.configs import scheme
from vinese.package.counts import LayerCounts

DOCUMENTS, LAYERS, SCHEME, SPLITS = "documents.jsonl", "layers.jsonl", "scheme.json", "splits.json"
WORDS_CONFIG = "entities_words"


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """What was staged: the layer, all layers' counts, how many articles there are, and a digest of it all.

    `reviewed` counts the articles of the layer whose zones a person looked over, `without` names those that it lacks,
    and `elsewhere` those of them that another layer in the data has. `left_out` names the configs that cannot be
    built of it. `audit` is of the articles in the data alone; null where nobody looked for near-duplicates.
    """

    layer: str
    layers: tuple[LayerCounts, ...]
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
    def chosen(self) -> LayerCounts:
        """Return the counts of the layer that was staged."""
        return next(counts for counts in self.layers if counts.layer == self.layer)


def stage(
    project: Project, layers: dict[str, Path], layer: str, folder: Path, *, spread: Shards | None = None
) -> Staged:
    """Validate every layer and write `layer` to `folder`; what is wrong is among the issues of the result.

    Every article is read and checked once, and handed on to the reading of layers and to the rows; large layers are
    read by workers where the work is `spread`.
    """
    issues: list[Issue] = []
    articles = Articles(project.articles)
    zonings: dict[str, str] = {}
    digests: dict[str, str] = {}
    for article in articles.read():
        if isinstance(article, Issue):
            issues.append(article)
        else:
            zonings[article.id], digests[article.id] = article.zoning, article.text_sha256
    try:
        with DocumentFile(folder / DOCUMENTS) as chosen, DocumentFile(folder / LAYERS) as every:
            rows = _Rows(project, articles, chosen)
            counts = []
            for name, path in layers.items():
                layer_counts, decided = LayerCounts(layer=name), Decided()
                for document in _documents(name, path, project, articles, spread):
                    if isinstance(document, Issue):
                        issues.append(document)
                        continue
                    layer_counts.add(document)
                    decided.add(document)
                    if name == layer:
                        rows.put(document)
                    if document.provenance.adjudication is None:
                        every.put(document)
                layer_counts.adjudication = decided.rate(name)
                counts.append(layer_counts)
            places = load_splits(project, sorted(digests))
            issues += unplaced(project, sorted(digests), places)
            audit = load_audit(project, corpus_digest(digests, places))
            issues += [audit] if isinstance(audit, Issue) else leaks(audit)
            without = tuple(article_id for article_id in sorted(digests) if article_id not in chosen.articles)
            issues += [issue("article-without-layer", article_id=article_id, layer=layer) for article_id in without]
            if not chosen.articles and is_name(layer):
                issues.append(issue("layer-empty", file=str(layers[layer]), layer=layer))
    except OSError as error:
        raise problem(folder, error, "write") from error
    staged = {name: places[name] for name in sorted(chosen.articles | every.articles) if name in places}
    (folder / SPLITS).write_bytes(msgspec.json.encode(staged))
    left_out = (WORDS_CONFIG,) if rows.wordless else ()
    (folder / SCHEME).write_bytes(msgspec.json.encode(scheme(project, left_out)))
    lacking = [name for name, language in rows.wordless.items() if language == LANGUAGE]
    if lacking:
        count, first = len(lacking), lacking[0]
        issues.append(issue("config-left-out", config=WORDS_CONFIG, count=count, article=first))
    return Staged(
        layer=layer,
        layers=tuple(counts),
        articles=len(digests),
        reviewed=sum(zonings.get(article_id) == "reviewed" for article_id in chosen.articles),
        without=without,
        elsewhere=tuple(article_id for article_id in without if article_id in every.articles),
        left_out=left_out,
        audit=within(audit, set(staged), places) if isinstance(audit, Audit) else None,
        segmenters=tuple(sorted(rows.segmenters)),
        issues=tuple(issues),
        digest=_digest(folder),
    )


def _documents(
    name: str, path: Path, project: Project, articles: Articles, spread: Shards | None
) -> Iterator[Document | Issue]:
    """Yield the documents and issues of a layer; of one whose name no layer can have, that alone."""
    if is_name(name):
        yield from read_spread(path, project, articles, spread)
    else:
        yield issue("layer-name", file=str(path), name=path.name, form=NAME.pattern)


class _Rows:
    """The documents of the chosen layer, each with its words, and what its article says of the page as `metadata`."""

    def __init__(self, project: Project, articles: Articles, file: DocumentFile) -> None:
        self.wordless: dict[str, str] = {}  # articles without words, each with its language
        self.segmenters: set[str] = set()
        self._project, self._articles, self._file = project, articles, file

    def put(self, document: Document) -> None:
        """Add a document."""
        article = self._articles.find(document.id)
        words = read_words(self._project, document.id, document.text, document.text_sha256)
        if isinstance(words, Words):
            self.segmenters.add(words.segmenter)
        else:
            self.wordless[document.id] = document.language
        self._file.put(
            document,
            metadata=msgspec.to_builtins(article.metadata if article is not None else Metadata()),
            words=words.stretches if isinstance(words, Words) else [],
        )


class DocumentFile:
    """A file of documents as JSON lines, put in any order and written in that of their ids, then their layers.

    A context manager: what is put goes to a file beside it, and is sorted into place when the block ends well.
    """

    def __init__(self, path: Path) -> None:
        self.articles: set[str] = set()
        self._path = path
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self._unsorted: BinaryIO = path.with_suffix(".unsorted").open("w+b")

    def put(self, document: Document, **extra: Any) -> None:
        """Add a document as a line of JSON, with `extra` keys."""
        content = msgspec.json.encode(document)
        if extra:
            content = content[:-1] + b"," + msgspec.json.encode(extra)[1:]
        content += b"\n"
        self.articles.add(document.id)
        self._places[document.id, document.provenance.layer] = (self._unsorted.tell(), len(content))
        self._unsorted.write(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        with self._unsorted as lines:
            if kind is None:
                with self._path.open("wb") as file:
                    for _, (start, size) in sorted(self._places.items()):
                        lines.seek(start)
                        file.write(lines.read(size))
        self._path.with_suffix(".unsorted").unlink()


def _digest(folder: Path) -> str:
    """Return a digest of all that decides the rows: what is staged, and the loader's own code."""
    total = hashlib.sha256(LOADER.read_bytes())
    for name in (DOCUMENTS, LAYERS, SCHEME, SPLITS):
        total.update(bytes.fromhex(file_digest(folder / name)))
    return total.hexdigest()
