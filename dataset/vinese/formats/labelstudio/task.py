"""Read one task of an export: its data, its article, its annotations."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec

from vinese.checks.document import moment
from vinese.checks.personal import check_personal
from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.core.schemas import Path, list_under, validator
from vinese.corpus.layers import Layers
from vinese.formats.format import Item
from vinese.formats.labelstudio.annotation import Frame, LayerContext, Read, annotator, read_annotation
from vinese.formats.labelstudio.items import Unread
from vinese.formats.labelstudio.mend import mend
from vinese.formats.labelstudio.passage import Passages
from vinese.formats.labelstudio.shapes import relocated, tasks_of
from vinese.formats.labelstudio.short import ShortWay, Sound
from vinese.formats.labelstudio.task_offsets import Offsets, article_id_of, text_of
from vinese.formats.ledger import Balance, Counts, Ledger, works
from vinese.formats.mapping import Mapping, applied
from vinese.formats.offsets import cleaned
from vinese.generate.labels import labels_of
from vinese.model.links import rules_of
from vinese.model.ontology import Ontology
from vinese.model.records import Article, Document
from vinese.text.normalise import is_clean

_LINK = re.compile(r"(https?|s3|gs|azure-blob)://|/data/")
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


class Met(msgspec.Struct):
    """What a file had so far: of each article the pointer of its first item, of each annotator's id its person."""

    seen: dict[str, str] = {}
    persons: dict[str, str | tuple[str, ...]] = {}

    def clashes(self, later: Met) -> bool:
        """Return whether something is to be said of what came later that is only known after this."""
        persons = (self.persons.get(name, person) != person for name, person in later.persons.items())
        return not self.seen.keys().isdisjoint(later.seen) or any(persons)

    def add(self, later: Met) -> None:
        """Add what came later, and does not clash."""
        self.seen |= later.seen
        self.persons |= later.persons

    def collisions(self, annotations: list[tuple[int, dict[str, Any]]], frame: Frame) -> Iterator[Issue]:
        """Report ids of annotators that collide: within one task, or with another task's person."""
        here: set[str] = set()
        for number, annotation in annotations:
            name = annotator(annotation.get("completed_by"))
            if name is None:
                continue
            person = _person(annotation)
            twice = name in here
            here.add(name)
            other = person is not None and self.persons.setdefault(name, person) != person
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
        all_articles: Callable[[], Iterable[Article]] = tuple,
        repair: bool = False,
        mapping: Mapping | None = None,
        address: str | None = None,
    ) -> None:
        self.context = LayerContext(ontology, rules_of(ontology), layer, layers)
        self.find_article = find_article
        self.all_articles = all_articles
        self.repair = repair
        self.mapping = mapping
        self.address = address
        self.balance = Balance()
        self.reasons: dict[int, str] = {}
        self.validator = validator("export-task", labels_of(ontology))
        self._short = ShortWay(self.context, self.validator, find_article, address)
        self.met = Met()

    def short(self, unread: Unread) -> Sound | None:
        """Return what a task gives in which surely nothing is wrong, read the short way; else None."""
        sound = self._short.read(unread.raw, unread.pointer)
        if sound is None or self.met.seen.setdefault(sound.document.id, unread.pointer) != unread.pointer:
            return None
        self.balance.keep(sound.counts)
        return sound

    def read(self, item: Item) -> Iterator[Document | Issue]:
        """Yield the documents and the issues of one item, mostly a task; pointers are from the file's root."""
        for task in tasks_of(item):
            if isinstance(task, Issue):
                yield task
            else:
                yield from self._balanced(task if self.mapping is None else applied(task, self.mapping))

    def _balanced(self, item: Item) -> Iterator[Document | Issue]:
        """Yield what one task gives, and an issue for all of its annotations that neither came out nor was named."""
        value = item.value
        shaped = item
        if isinstance(value, dict) and not self.validator.is_valid(value):
            shaped, warnings = self._mended(item)
            yield from (relocated(result, shaped) for result in warnings)
        ledger = Ledger(shaped.value if isinstance(shaped.value, dict) else {}, self.balance)
        passages = Passages(shaped.value, item.pointer, self.address)
        for result in self._task(shaped, item, ledger):
            if isinstance(result, Issue):
                ledger.note(result)
                yield relocated(passages.of(result), shaped)
            else:
                yield result
        name = article_id_of(shaped.value)
        lost = ledger.close(item.pointer, name, self.reasons)
        yield from (relocated(passages.of(result), shaped) for result in lost)

    def _mended(self, item: Item) -> tuple[Item, Iterator[Issue]]:
        name = article_id_of(item.value)
        found_id = None
        data = item.value.get("data")
        if name is None and isinstance(data, dict) and "article_id" not in data:
            text = text_of(item.value)
            found_id = self.by_text.get(text_digest(cleaned(text).text)) if text is not None else None
        return mend(item, name, found_id)

    @cached_property
    def by_text(self) -> dict[str, str]:
        """Return the id of every article by the digest of its text, for tasks that do not name theirs."""
        return {article.text_sha256: article.id for article in self.all_articles()}

    def _task(self, item: Item, original: Item, ledger: Ledger) -> Iterator[Document | Issue]:
        value = item.value
        self.reasons = {}
        name = article_id_of(value)
        text = text_of(value)
        offsets = Offsets(item, ledger, repair=self.repair)
        if text is not None and not is_clean(text):
            value = yield from offsets.cleaned(value, text)
        elif text is not None:
            value = yield from offsets.converted(value, text)
        breaches = Breaches()
        if value is not original.value and isinstance(value, dict) and isinstance(value.get("data"), dict):
            value["data"].setdefault("text_sha256", text_digest(text_of(value) or ""))
        if not self.validator.is_valid(value):
            for problem in self.validator.problems(value):
                breaches.add(problem.path)
                yield problem.issue(item.pointer, article_id=name)
        yield from check_personal(original.value, original.raw, original.pointer, name)
        text = text_of(value)
        if text is None:
            yield from _textless(value, item.pointer, name)
            self.reasons = dict.fromkeys(range(len(ledger.results)), "the task has no text")
            return
        frame = Frame(text, name, item.pointer, value)
        frame.hushed = offsets.hushed
        sound = yield from self._data(value["data"], frame)
        yield from self._annotations(value, frame, breaches, sound and not breaches.task, ledger)

    def _data(self, data: dict[str, Any], frame: Frame) -> Generator[Issue, None, bool]:
        """Check the text and find its article; return whether a document can be made of them."""
        place, name, sound = f"{frame.pointer}/data", frame.article_id, True
        stated = data.get("text_sha256")
        if isinstance(stated, str) and stated != frame.sha256:
            sound = False
            yield issue("text-hash-wrong", article_id=name, pointer=f"{place}/text_sha256")
        for duplicate in self._again(frame, place):
            sound = False
            yield duplicate
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
        first = self.met.seen.setdefault(name, frame.pointer) if name is not None else frame.pointer
        if first != frame.pointer:
            yield issue("task-duplicate", article_id=name, pointer=f"{place}/article_id", id=name, first=first)

    def _annotations(
        self, task: dict[str, Any], frame: Frame, breaches: Breaches, sound: bool, ledger: Ledger
    ) -> Iterator[Document | Issue]:
        """Check every annotation, and yield the document of the ground truth, or else of the last sound one."""
        yield from self._unfinished(task, frame, ledger)
        annotations = list_under(task, "annotations")
        live = list(_live(annotations))
        yield from self.met.collisions(live, frame)
        documents: dict[int, Read] = {}
        for number, annotation in live:
            regions = breaches.regions.get(number, set())
            read = yield from read_annotation(annotation, number, regions, frame, self.context)
            ledger.named.update((number, index) for index in read.told)
            if sound and number not in breaches.annotations:
                documents[number] = read
        kept = max(documents, key=lambda number: (*rank(annotations[number]), number), default=None)
        if len(live) > 1:
            place = f"{frame.pointer}/annotations"
            why = "the last that is sound"
            if kept is not None and annotations[kept].get("ground_truth") is True:
                why = "marked as ground truth"
            what = f"{place}/{kept}, {why}, is kept" if kept is not None else "none of them is kept"
            yield issue("task-annotations", article_id=frame.article_id, pointer=place, count=len(live), kept=what)
        self.reasons = {
            number: "another annotation of the task is kept" if number in documents and sound else "it is not sound"
            for number in range(len(annotations))
        }
        if not sound:
            self.reasons = dict.fromkeys(range(len(annotations)), "no document can be made of the task")
        if kept is not None:
            ledger.kept = {(kept, index) for index in documents[kept].kept}
            del self.reasons[kept]
            yield documents[kept].document

    def _unfinished(self, task: dict[str, Any], frame: Frame, ledger: Ledger) -> Iterator[Issue]:
        """Report drafts, skipped work, and tasks that nobody annotated."""
        name = frame.article_id
        annotations = task.get("annotations")
        suggested = sum(len(works(prediction)) for prediction in list_under(task, "predictions"))
        if annotations == [] and suggested:
            place = f"{frame.pointer}/predictions"
            yield issue("predictions-only", article_id=name, pointer=place, count=suggested)
        elif annotations == []:
            yield issue("task-unannotated", article_id=name, pointer=f"{frame.pointer}/annotations")
        if task.get("drafts"):
            held = Counts()
            for draft in list_under(task, "drafts"):
                held.add(works(draft))
            yield issue("draft", article_id=name, pointer=f"{frame.pointer}/drafts", what=held.said())
        for number, annotation in enumerate(list_under(task, "annotations")):
            if isinstance(annotation, dict) and annotation.get("was_cancelled") is True:
                what = ledger.name(number)
                yield issue("cancelled", article_id=name, pointer=f"{frame.pointer}/annotations/{number}", what=what)


def _live(annotations: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the annotations that were submitted, with their numbers."""
    for number, annotation in enumerate(annotations):
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
            continue
        if annotation.get("was_cancelled") is not True:
            yield number, annotation


def rank(annotation: dict[str, Any]) -> tuple[bool, datetime]:
    """Return what sorts annotations: the ground truth last, all else by its last change."""
    return annotation.get("ground_truth") is True, moment(annotation.get("updated_at")) or _NEVER


def _textless(task: Any, pointer: str, name: str | None) -> Iterator[Issue]:
    """Report a task without a text under `data.text`, and where it may be instead."""
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict) or not any(map(works, list_under(task, "annotations"))):
        return
    strings = {key: value for key, value in data.items() if isinstance(value, str) and value.strip()}
    if any(_LINK.match(str(data.get(key))) for key in ("text", "url")) and len(strings) < 3:
        hint = "what stands there is a link"
    elif strings:
        longest = max(strings, key=lambda key: len(strings[key]))
        hint = f"it may be what stands under data.{longest}, for this project takes data.text"
    else:
        hint = f"data has {', '.join(map(str, data)) or 'nothing'}, and no string among it"
    yield issue("text-missing", article_id=name, pointer=f"{pointer}/data", hint=hint)


def _person(annotation: dict[str, Any]) -> str | tuple[str, ...] | None:
    """Return what tells people apart, if the export says anything of that kind."""
    user = annotation.get("completed_by")
    if isinstance(user, dict):
        names = tuple(str(user[key]) for key in ("email", "username", "first_name", "last_name") if user.get(key))
        return names or None
    name = annotation.get("created_username")
    return name if isinstance(name, str) and name else None
