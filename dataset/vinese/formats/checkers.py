"""Check the items of a file, one after the other: the tasks of an export, or documents, predictions or articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from vinese.checks.document import check_document
from vinese.core.files import reason
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.places import top
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.corpus.articles import Articles, check_file, check_traced
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import Unread
from vinese.formats.labelstudio.short import Sound
from vinese.formats.labelstudio.task import Met, TaskReader
from vinese.formats.tasks import read_item
from vinese.generate.labels import labels_of
from vinese.model.document import canonical, to_document
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document, to_record

DocumentOrIssue = Issue | Document


class Tasks:
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

    @property
    def met(self) -> Met:
        """Return what came so far that matters for later items."""
        return self.reader.met

    def forget(self) -> None:
        """Go on as if nothing had come so far."""
        self.reader.met = Met()


class Records:
    """What checks the items of a file of documents, predictions or articles."""

    def short(self, _: Unread) -> None:
        """Return nothing: each is looked at."""

    def __init__(self, kind: str, file: str, project: Project) -> None:
        self.file = file
        self.project = project
        self.articles = Articles(project.articles)
        self.ontology = load_ontology(project)
        self.schema = validator(kind, labels_of(self.ontology))
        self.met = Met()
        looks = {"document": self._document, "prediction": self._prediction, "article": self._article}
        self.look: Callable[[Any], Iterator[DocumentOrIssue]] = looks[kind]

    def forget(self) -> None:
        """Go on as if nothing had come so far."""
        self.met = Met()

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
        first = self.met.seen.setdefault(item.value["id"], item.pointer)
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
        own = self.project.articles.resolve()
        folder = next((folder for folder in (path.parent, top(path)) if folder.resolve() == own), None)
        return check_traced(top(path), article) if folder is None else check_file(path, article, folder)

    def _sound(self, document: Document) -> Iterator[DocumentOrIssue]:
        """Yield the issues of a document, and the document itself if none is an error."""
        found = list(check_document(document, self.ontology))
        yield from found
        if not has_errors(found):
            yield document
