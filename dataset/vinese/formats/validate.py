"""Validation of exports and of files of documents, predictions and articles; bad data is never an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from vinese.checks.document import check_document
from vinese.core.files import reason
from vinese.core.issues import Issue, Tally, has_errors, issue
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.corpus.articles import Articles, check_file, check_traced
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import Kind, Unread, item_kind, items, refused
from vinese.formats.labelstudio.short import Sound
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.read import layer_of, located, read_item, reader_for, renamed, taken
from vinese.generate.labels import labels_of
from vinese.model.document import canonical, to_document
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document, to_record

DocumentOrIssue = Issue | Document


def validate_file(
    path: Path,
    project: Project,
    *,
    layer: str | None = None,
    tally: Tally | None = None,
    repair: bool = False,
    address: str | None = None,
) -> Iterator[Issue]:
    """Yield every issue of a file of tasks, documents, predictions or articles; its first item tells which.

    One item is in memory at a time.

    Parameters
    ----------
    path
        The file, JSON or JSON Lines; `-` for standard input.
    project
        Where the ontology, the articles and the layers are.
    layer
        The name of an export's layer, by default the file's stem.
    tally
        Filled in on the way, if given.
    repair
        Whether offsets that count something else than code points are converted.
    address
        Where the layer's project stands in Label Studio, as `http://127.0.0.1:8080/projects/3/data`: issues are
        linked to its tasks.

    Raises
    ------
    FileProblemError
        If the file cannot be opened. Whatever is wrong inside it is an issue.
    UsageError
        If no layer can have that name.

    Examples
    --------
    >>> import vinese
    >>> project = vinese.Project()
    >>> list(vinese.validate(project.exports / "gold.json", project))
    []
    """
    count = tally or Tally(str(path))
    for found in _look(Path(path), project, layer, count, repair=repair, address=address):
        if isinstance(found, Issue):
            count.add(found)
            yield found
        else:
            count.documents += 1


def read_documents(path: Path, project: Project) -> Iterator[DocumentOrIssue]:
    """Yield every issue of a file as `validate_file` does, and each sound document or prediction as a document.

    A prediction becomes a document of the project's article. Raise `FileProblemError` if the file cannot be opened.
    """
    return _look(path, project, None, Tally(str(path)), repair=False)


def file_kind(path: Path) -> Kind:
    """Return what the first item of a file that can be read is."""
    return next((item_kind(item.value) for item in items(path) if not isinstance(item, Issue)), "unknown")


def _look(
    path: Path, project: Project, layer: str | None, count: Tally, *, repair: bool, address: str | None = None
) -> Iterator[DocumentOrIssue]:
    checker: _Tasks | _Records | None = None

    def short(unread: Unread) -> Sound | None:
        return None if checker is None else checker.short(unread)

    for item in taken(path, short):
        if isinstance(item, Issue):
            yield item
            continue
        if isinstance(item, Sound):
            count.items += 1
            yield from located(item, str(path))
            continue
        if checker is None:
            count.kind = item_kind(item.value)
            wrong = refused(item.value)
            if count.kind == "export":
                yield from renamed(path, layer)
            if wrong is not None:
                yield msgspec.structs.replace(wrong, file=str(path), pointer=item.pointer)
                return
            if count.kind == "export":
                reader = reader_for(project, layer_of(path, layer), repair=repair, address=address)
                checker = _Tasks(reader, str(path))
            else:
                checker = _Records(count.kind, str(path), project)
        count.items += 1
        yield from checker.check(item)


class _Tasks:
    """What checks the tasks of an export."""

    def __init__(self, reader: TaskReader, file: str) -> None:
        self.reader = reader
        self.file = file

    def short(self, unread: Unread) -> Sound | None:
        """Return what a task gives that is surely sound."""
        return self.reader.short(unread)

    def check(self, item: Item) -> Iterator[DocumentOrIssue]:
        """Yield the issues of one task, and its document."""
        return read_item(item, self.reader, self.file)


class _Records:
    """What checks the items of a file of documents, predictions or articles."""

    def short(self, _: Unread) -> None:
        """Return nothing: each is looked at."""

    def __init__(self, kind: str, file: str, project: Project) -> None:
        self.file = file
        self.project = project
        self.articles = Articles(project.articles)
        self.ontology = load_ontology(project)
        self.schema = validator(kind, labels_of(self.ontology))
        self.seen: dict[str, str] = {}
        looks = {"document": self._document, "prediction": self._prediction, "article": self._article}
        self.look: Callable[[Any], Iterator[DocumentOrIssue]] = looks[kind]

    def check(self, item: Item) -> Iterator[DocumentOrIssue]:
        """Yield the issues of one item, and its document if it is sound."""
        try:
            yield from self._check(item)
        except RecursionError as error:
            yield issue("item-unreadable", file=self.file, pointer=item.pointer, reason=reason(error))

    def _check(self, item: Item) -> Iterator[DocumentOrIssue]:
        name = item.value.get("id") if isinstance(item.value, dict) else None
        where: dict[str, Any] = {"file": self.file, "article_id": name if isinstance(name, str) else None}
        problems = [] if self.schema.is_valid(item.value) else self.schema.problems(item.value)
        yield from (problem.issue(item.pointer, **where) for problem in problems)
        if problems:
            return
        first = self.seen.setdefault(item.value["id"], item.pointer)
        if first != item.pointer:
            yield issue("id-duplicate", pointer=f"{item.pointer}/id", id=name, first=first, **where)
        for found in self.look(item.value):
            if isinstance(found, Issue):
                place = {**where, "file": found.file or self.file}
                yield msgspec.structs.replace(found, pointer=item.pointer + found.pointer, **place)
            else:
                yield found

    def _document(self, value: Any) -> Iterator[DocumentOrIssue]:
        document = to_record(value, Document)
        yield from self._sound(document)
        if document.article_stance is None:
            yield issue("article-stance-missing", pointer="/article_stance")
        if canonical(document, self.ontology) != document:
            yield issue("not-canonical")

    def _prediction(self, value: Any) -> Iterator[DocumentOrIssue]:

        article = self.articles.find(value["id"])
        if article is None:
            yield issue("article-unknown", pointer="/id", id=value["id"])
        else:
            yield from self._sound(to_document(value, article))

    def _article(self, value: Any) -> Iterator[DocumentOrIssue]:

        path, article = Path(self.file), to_record(value, Article)
        if path.parent.resolve() == self.project.articles.resolve():
            return check_file(path, article)
        return check_traced(path.parent, article)

    def _sound(self, document: Document) -> Iterator[DocumentOrIssue]:
        """Yield the issues of a document, and the document itself if none is an error."""
        found = list(check_document(document, self.ontology))
        yield from found
        if not has_errors(found):
            yield document
