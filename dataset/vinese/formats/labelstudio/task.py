"""Read one task of an export: its data, its article, its annotations."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from vinese.checks.article import ARTICLE_ID
from vinese.checks.personal import check_personal
from vinese.checks.text import check_text
from vinese.core.issues import Issue, issue
from vinese.core.schemas import Path, Problem, validator
from vinese.core.times import moment
from vinese.corpus.layers import Layers
from vinese.formats.labelstudio.annotation import Frame, LayerContext, annotator, read_annotation
from vinese.formats.labelstudio.items import Item
from vinese.generate.labels import labels_of
from vinese.model.links import rules_of
from vinese.model.ontology import Ontology
from vinese.model.records import Article, Document

_NEVER = datetime.min.replace(tzinfo=UTC)


class Breaches(msgspec.Struct):
    """What of a task broke the schema: the task itself, whole annotations, single regions."""

    task: bool = False
    annotations: set[int] = msgspec.field(default_factory=set)
    regions: dict[int, set[int]] = msgspec.field(default_factory=dict)

    def add(self, path: Path) -> None:
        """Note one breach at `path`."""
        match path:
            case ("annotations", int(number), "result", int(index), *_):
                self.regions.setdefault(number, set()).add(index)
            case ("annotations", int(number), *_):
                self.annotations.add(number)
            case _:
                self.task = True


class Annotators:
    """The one person that each annotator's id stood for so far in a file."""

    def __init__(self) -> None:
        self._persons: dict[str, object] = {}

    def check(self, annotations: list[tuple[int, dict[str, Any]]], frame: Frame) -> Iterator[Issue]:
        """Report ids that collide: within one task, or with another task's person."""
        here: set[str] = set()
        for number, annotation in annotations:
            name = annotator(annotation.get("completed_by"))
            if name is None:
                continue
            person = _person(annotation)
            twice = name in here
            here.add(name)
            other = person is not None and self._persons.setdefault(name, person) != person
            if twice or other:
                why = "it stands for two people" if other else "it made two annotations of one task"
                place = f"{frame.pointer}/annotations/{number}/completed_by"
                yield issue("annotator-collision", article_id=frame.article_id, pointer=place, name=name, why=why)


class TaskReader:
    """Read tasks, one after the other; remembers which articles and annotators the file had so far."""

    def __init__(
        self,
        *,
        ontology: Ontology,
        layer: str,
        layers: Layers,
        find_article: Callable[[str], Article | None],
    ) -> None:
        self.context = LayerContext(ontology, rules_of(ontology), layer, layers)
        self.find_article = find_article
        self.validator = validator("export-task", labels_of(ontology))
        self.seen: dict[str, str] = {}
        self.annotators = Annotators()

    def read(self, item: Item) -> Iterator[Document | Issue]:
        """Yield the document and the issues of one task; pointers are from the file's root."""
        value = item.value
        breaches = Breaches()
        name = _article_id(value)
        if not self.validator.is_valid(value):
            for problem in self.validator.problems(value):
                breaches.add(problem.path)
                yield self._schema_issue(problem, item.pointer, name)
        yield from check_personal(value, item.raw, item.pointer, name)
        text = _text(value)
        if text is None:
            return
        frame = Frame(text, name, item.pointer, value)
        sound = yield from self._data(value["data"], frame)
        yield from self._annotations(value, frame, breaches, sound and not breaches.task)

    def _schema_issue(self, problem: Problem, prefix: str, name: str | None) -> Issue:
        return problem.issue(prefix, article_id=name)

    def _data(self, data: dict[str, Any], frame: Frame) -> Generator[Issue, None, bool]:
        """Check the text and find its article; return whether a document can be made of them."""
        place, name, sound = f"{frame.pointer}/data", frame.article_id, True
        for found in check_text(frame.text, name, f"{place}/text"):
            sound = False
            yield found
        said = data.get("text_sha256")
        if isinstance(said, str) and said != frame.sha256:
            sound = False
            yield issue("text-hash-wrong", article_id=name, pointer=f"{place}/text_sha256")
        for found in self._again(frame, place):
            sound = False
            yield found
        article = self.find_article(name) if name is not None else None
        if article is None:
            at = f"{place}/article_id" if name else place
            yield issue("article-unknown", article_id=name, pointer=at, id=name or "of this task")
        elif article.text != frame.text:
            sound, article = False, None
            yield issue("text-changed", article_id=name, pointer=f"{place}/text", id=name)
        frame.place(article)
        return sound

    def _again(self, frame: Frame, place: str) -> Iterator[Issue]:
        """Report an article that had a task already."""
        name = frame.article_id
        first = self.seen.setdefault(name, frame.pointer) if name is not None else frame.pointer
        if first != frame.pointer:
            yield issue("task-duplicate", article_id=name, pointer=f"{place}/article_id", id=name, first=first)

    def _annotations(
        self, task: dict[str, Any], frame: Frame, breaches: Breaches, sound: bool
    ) -> Iterator[Document | Issue]:
        """Check every annotation, and yield the document of the sound one that was changed last."""
        yield from self._unfinished(task, frame)
        annotations = task.get("annotations")
        annotations = annotations if isinstance(annotations, list) else []
        live = list(_live(annotations))
        yield from self.annotators.check(live, frame)
        documents = {}
        for number, annotation in live:
            regions = breaches.regions.get(number, set())
            document = yield from read_annotation(annotation, number, regions, frame, self.context)
            if sound and number not in breaches.annotations:
                documents[number] = document
        kept = max(documents, key=lambda number: _when(annotations[number], number), default=None)
        if len(live) > 1:
            place = f"{frame.pointer}/annotations"
            what = f"{place}/{kept}, the last that is sound, is kept" if kept is not None else "none of them is kept"
            yield issue("task-annotations", article_id=frame.article_id, pointer=place, count=len(live), kept=what)
        if kept is not None:
            yield documents[kept]

    def _unfinished(self, task: dict[str, Any], frame: Frame) -> Iterator[Issue]:
        """Report drafts, skipped work, and tasks that nobody annotated."""
        name = frame.article_id
        annotations = task.get("annotations")
        if annotations == []:
            yield issue("task-unannotated", article_id=name, pointer=f"{frame.pointer}/annotations")
        if task.get("drafts"):
            yield issue("draft", article_id=name, pointer=f"{frame.pointer}/drafts")
        for number, annotation in enumerate(annotations if isinstance(annotations, list) else []):
            if isinstance(annotation, dict) and annotation.get("was_cancelled") is True:
                yield issue("cancelled", article_id=name, pointer=f"{frame.pointer}/annotations/{number}")


def _live(annotations: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the annotations that were submitted, with their numbers."""
    for number, annotation in enumerate(annotations):
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
            continue
        if annotation.get("was_cancelled") is not True:
            yield number, annotation


def _when(annotation: dict[str, Any], number: int) -> tuple[datetime, int]:
    """Return what sorts annotations by their last change; those that do not say when come first, in their order."""
    return moment(annotation.get("updated_at")) or _NEVER, number


def _text(task: Any) -> str | None:
    data = task.get("data") if isinstance(task, dict) else None
    text = data.get("text") if isinstance(data, dict) else None
    return text if isinstance(text, str) and text else None


def _article_id(task: Any) -> str | None:
    """Return the article's id if it is one: a file may say anything."""
    data = task.get("data") if isinstance(task, dict) else None
    name = data.get("article_id") if isinstance(data, dict) else None
    return name if isinstance(name, str) and ARTICLE_ID.fullmatch(name) else None


def _person(annotation: dict[str, Any]) -> object:
    """Return what tells people apart, if the export says anything of that kind."""
    user = annotation.get("completed_by")
    if isinstance(user, dict):
        told = tuple(str(user[key]) for key in ("email", "username", "first_name", "last_name") if user.get(key))
        return told or None
    said = annotation.get("created_username")
    return said if isinstance(said, str) and said else None
