"""Read gold and predictions: files or values, documents, records of `prediction.json`, rows, or tokens with tags.

Whatever cannot be read is an issue with its file and line; nothing is left out in silence.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.core.errors import UsageError
from vinese.core.files import read_bytes, reason
from vinese.core.issues import Issue, issue
from vinese.core.pools import ALONE, Workers
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.core.urls import is_copy, readable
from vinese.corpus.articles import article_files
from vinese.formats.read import read_export
from vinese.formats.validate import file_kind
from vinese.generate.labels import labels_of
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Sentence, to_record
from vinese.score.check import Labels
from vinese.score.rows import Parts, groups_of, is_row, named, read_row, texts_of_rows, untagged
from vinese.score.submission import Labelled, Submission, Text
from vinese.score.tables import parquet_rows, rows_by_name
from vinese.score.tokens import is_tagged

Source = str | Path | Iterable[Any]
Texts = Mapping[str, Text]


class Place(NamedTuple):
    """Where a record was read: `line` counts records from 1, lines in a file of JSON Lines."""

    name: str
    line: int

    def __str__(self) -> str:
        """Return it as compilers write it."""
        return f"{self.name}:{self.line}"


@dataclass(slots=True)
class Side:
    """What was read of gold, or of one system: by article, with where it stood and what is wrong.

    `lines` is empty where every record was read in order and none is wrong: the n-th article stood in line n.
    `groups` are the groups of measures that rows hold all for, None for records and documents, which hold whatever
    there is. `texts` are those of rows.
    """

    name: str
    annotations: dict[str, Labelled] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    flat: bool = False
    groups: frozenset[str] | None = None
    texts: dict[str, Text] = field(default_factory=dict)

    def add(self, annotation: Labelled, place: Place) -> None:
        """Take in one article; a second record of it is an issue."""
        if annotation.id in self.annotations:
            self.twice(annotation.id, place)
            return
        self.annotations[annotation.id] = annotation
        self.lines[annotation.id] = place.line
        if isinstance(annotation, Submission) and annotation.failed:
            self.failed[annotation.id] = annotation.failed

    def add_all(self, records: Sequence[Labelled]) -> bool:
        """Take in articles that stand in their order; return False, and take in none, if one comes twice."""
        annotations = {record.id: record for record in records}
        if len(annotations) < len(records):
            return False
        self.annotations = annotations
        self.failed = {record.id: record.failed for record in records if type(record) is Submission and record.failed}
        return True

    def twice(self, article_id: str, place: Place) -> None:
        """Note that an article stands twice."""
        where: dict[str, Any] = {"article_id": article_id, "file": str(place), "pointer": "/id"}
        where |= {"id": article_id, "first": self.lines[article_id], "second": place.line}
        self.issues.append(issue("duplicate-article", **where))

    def place(self, article_id: str) -> Place:
        """Return where an article stood."""
        if not self.lines:
            self.lines = {key: number for number, key in enumerate(self.annotations, 1)}
        return Place(self.name, self.lines[article_id])


class Reader:
    """Reads one side after the other, by the labels of one ontology."""

    def __init__(
        self,
        project: Project,
        ontology: Ontology,
        texts: Texts,
        *,
        repair: bool = False,
        workers: Workers = ALONE,
    ) -> None:
        self.project = project
        self._workers = workers
        enums = ontology.enums()
        self.labels: Labels = {name: frozenset(members) for name, members in enums.items()}
        self._lists = {**enums, "tag": ontology.tags}
        self.texts = texts
        self._ontology = ontology
        self._repair = repair

    def side(self, source: Source, name: str, *, own_texts: bool = False) -> Side:
        """Return what a file, or an iterable of documents, records or rows, holds.

        With `own_texts` rows are of the text that they repeat, and not of a text that is known already.
        """
        side = Side(name)
        records: Iterable[tuple[Place, Any]]
        if isinstance(source, str | Path):
            path = readable(source)
            side.name = str(path)
            records = self._file(path.expanduser(), side)
        elif isinstance(source, Mapping | Document | Submission):
            raise UsageError("One record was given where several are expected.", "Put it in a list: [record].")
        else:
            values = source if isinstance(source, list | tuple) else list(rows_by_name(source))
            if _whole(values, side):
                return side
            records = ((Place(name, number), value) for number, value in enumerate(values, 1))
        if own_texts:
            records = list(records)
            given = (value for _, value in records if isinstance(value, Mapping) and is_row(value))
            side.texts = {**texts_of_rows(given), **self.texts}
        rows: dict[str, Parts] = {}
        for place, value in records:
            if isinstance(value, Document | Submission):
                side.add(value, place)
            elif not isinstance(value, Mapping):
                kind = "null" if value is None else f"a {type(value).__name__}"
                side.issues.append(issue("no-record", file=str(place), found=kind))
            elif is_row(value):
                row = named(value, self._lists)
                # Gold's tags follow from its mentions; of a system nobody knows which of the two it means.
                self._row(untagged(row) if own_texts else row, place, side, rows)
            else:
                self._record(value, place, side)
        side.issues = list(_counted(side.issues))
        return side

    def _file(self, path: Path, side: Side) -> Iterator[tuple[Place, Any]]:
        if path.suffix == ".parquet" or path.is_dir():
            yield from ((Place(str(path), number), row) for number, row in enumerate(parquet_rows(path), 1))
            return
        if path.suffix == ".json" and file_kind(path) == "export":
            yield from self._export(path, side)
            return
        content = read_bytes(path).removeprefix(BOM_UTF8)
        name = str(path)
        if not content.strip():
            side.issues.append(issue("file-empty", file=name))
            return
        if path.suffix == ".json":
            whole = self._decoded(content, Place(name, 1), side)
            records = whole if isinstance(whole, list) else [whole]
            if whole is not _BROKEN:
                yield from ((Place(name, number), record) for number, record in enumerate(records, 1))
            return
        decode = msgspec.json.Decoder(Submission).decode
        for number, line in enumerate(content.split(b"\n"), 1):
            if not line or line.isspace():
                continue
            try:
                value: Any = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                value = self._decoded(line, Place(name, number), side)
            if value is not _BROKEN:
                yield Place(name, number), value

    def _export(self, path: Path, side: Side) -> Iterator[tuple[Place, Document]]:
        number, workers = 0, ALONE if is_copy(path) else self._workers
        for record in read_export(path, self.project, jobs=workers.jobs, scheduler=workers.scheduler):
            if not isinstance(record, Issue):
                number += 1
                yield Place(str(path), number), record
            elif record.level == "error":
                side.issues.append(record)

    def _decoded(self, content: bytes, place: Place, side: Side) -> Any:
        try:
            return msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = reason(error)
            message = f"Line {place.line} is no whole JSON: {why}"
            side.issues.append(issue("not-json", file=str(place), reason=message))
            return _BROKEN

    def _record(self, value: Mapping[str, Any], place: Place, side: Side) -> None:
        kind: type[Any] = Document if "provenance" in value or "text" in value else Submission
        try:
            record = to_record(value, kind)
        except msgspec.ValidationError as error:
            side.issues += self._explained(value, place, kind, error)
            return
        side.add(record, place)

    def _explained(self, value: Any, place: Place, kind: type[Any], error: Exception) -> list[Issue]:
        """Return what the schema finds wrong; whole numbers written as `3.0`, which it allows, are no fault."""
        schema = "document" if kind is Document else "prediction"
        name = value.get("id")
        where: dict[str, Any] = {"file": str(place), "article_id": name if isinstance(name, str) else None}
        checker = validator(schema, labels_of(self._ontology))
        problems = [problem.issue("", **where) for problem in checker.problems(value)]
        return problems or [issue("no-record", found=f"a record of another form ({error})", **where)]

    def _row(self, value: Mapping[str, Any], place: Place, side: Side, rows: dict[str, Parts]) -> None:
        """Take in a row of a config; the rows of one article make one record."""
        article_id = str(value.get("article_id", value.get("id")))
        text = side.texts.get(article_id) or self.texts.get(article_id)
        where: dict[str, Any] = {"article_id": article_id, "file": str(place)}
        if text is None:
            side.issues.append(issue("unknown-article", id=article_id, pointer="/article_id", **where))
            return
        again = article_id not in rows or "article_id" not in value or ("entities" in value and "start" not in value)
        if article_id in side.annotations and again:
            side.twice(article_id, place)
            return
        side.flat = side.flat or is_tagged(value)
        side.groups = (side.groups or frozenset()) | groups_of(value)
        parts = rows.setdefault(article_id, {})
        types = self.labels["entity_type"]
        try:
            for problem in read_row(value, text.text, types, parts, repair=self._repair):
                side.issues.append(msgspec.structs.replace(problem, file=str(place)))
            side.annotations[article_id] = to_record({"id": article_id, **parts}, Submission)
        except (msgspec.ValidationError, *_UNFIT) as error:
            side.issues.append(issue("no-record", found=f"a row of another form ({error})", **where))
        side.lines.setdefault(article_id, place.line)


_BROKEN = object()
_UNFIT = (AttributeError, KeyError, TypeError, ValueError)
"""What a row raises whose values are not what its columns hold; rows are anybody's, and no schema describes them."""


def _counted(issues: Sequence[Issue]) -> Iterator[Issue]:
    """Yield issues; of those that refuse rows for the same reason the first, with the number of the others."""
    same = Counter(issue.message for issue in issues if issue.code == "no-record")
    for each in issues:
        number = same.pop(each.message, 0) if each.code == "no-record" else 1
        if number > 1:
            yield msgspec.structs.replace(each, message=f"{each.message} The same holds of {number - 1} more.")
        elif number:
            yield each


def _whole(values: Sequence[Any], side: Side) -> bool:
    """Take in records or documents all at once where each is one and nothing is wrong with their form."""
    kinds = set(map(type, values))
    if kinds <= {Document, Submission}:
        return side.add_all(values)
    if kinds != {dict}:
        return False
    try:
        return side.add_all(msgspec.convert(values, list[Submission]))
    except msgspec.ValidationError:
        return False


def read_texts(source: Source | Mapping[str, Any]) -> dict[str, Text]:
    """Return texts by article: of a mapping, of articles or documents, or of a file or folder of these."""
    if isinstance(source, Mapping):
        return {key: value if isinstance(value, Text) else Text(str(value)) for key, value in source.items()}
    if not isinstance(source, str | Path):
        return dict(_text(record) for record in source)
    path = readable(source).expanduser()
    files = article_files(path) if path.is_dir() else [path]
    texts: dict[str, Text] = {}
    for file in files:
        content = read_bytes(file).removeprefix(BOM_UTF8)
        lines = content.split(b"\n") if file.suffix == ".jsonl" else [content]
        for line in filter(bytes.strip, lines):
            try:
                value = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise UsageError(f"{file} is no JSON: {error}.", "Name a file of articles.") from error
            texts.update(_text(record) for record in (value if isinstance(value, list) else [value]))
    return texts


def _text(record: Any) -> tuple[str, Text]:
    if isinstance(record, Mapping):
        if not isinstance(record.get("id"), str) or not isinstance(record.get("text"), str):
            raise UsageError("An article needs `id` and `text`.", "Give articles or documents.")
        sentences = tuple(Sentence(sentence["start"], sentence["end"]) for sentence in record.get("sentences", ()))
        return record["id"], Text(record["text"], sentences)
    return record.id, Text(record.text, record.sentences)
