"""Write a layer's file, article by article; an article that lost work stays as the earlier pull left it.

An article with an error keeps the record that the file has of it, byte for byte, or stays out of a file that has
none; the others are written. So one article's trouble holds up nobody's work, and the file never holds less than it
did unless somebody accepts it. Nobody mixes what was with what is: a record is a task as it was at one moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from vinese.checks.personal import check_personal, mask_notes
from vinese.core.files import file_digest, problem, replacing
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.progress import Progress
from vinese.studio.gold import Settle
from vinese.studio.layer_file import Earlier, lost
from vinese.studio.pseudonyms import UNKNOWN

Json = dict[str, Any]
LABELS = "studio-unknown-label"


@dataclass(slots=True)
class Counts:
    """Count what the tasks of a layer hold."""

    annotations: int = 0
    cancelled: int = 0
    drafts: int = 0
    annotators: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Accept:
    """Say which errors somebody looked at and accepts: of `articles`, or of all; unknown labels by `labels` alone."""

    everything: bool = False
    articles: frozenset[str] = frozenset()
    labels: bool = False

    def takes(self, found: Issue, article: str) -> bool:
        """Tell whether an error of an article is accepted."""
        if found.code == LABELS:
            return self.labels
        return self.everything or article in self.articles


class _Refused(Exception):  # noqa: N818
    """End the writing of a file that must not take its place."""


@dataclass(frozen=True, slots=True)
class Source:
    """Hold what a layer's file is made from.

    `articles` names, for each article with work on the server, the places of its tasks in `tasks`; `there` has every
    article with a task. `scrub` and `settle` work on one task; `address` gives where a person opens it.
    """

    layer: str
    tasks: list[msgspec.Raw]
    articles: dict[str, list[int]]
    there: frozenset[str]
    earlier: Earlier
    scrub: Callable[[Json], Json]
    settle: Settle | None
    known: dict[str, frozenset[str]]
    address: Callable[[int], str]


@dataclass(slots=True)
class LayerWriter:
    """Write the file of `source` at `path`; `held` names the articles that were not brought up to the server."""

    source: Source
    path: Path
    accept: Accept
    issues: list[Issue]
    progress: Progress
    counts: Counts = field(default_factory=Counts)
    held: list[str] = field(default_factory=list)
    records: int = 0

    def write(self) -> bool:
        """Write the file if its bytes would change; one that would hold nothing is removed. Return whether it did."""
        try:
            before = file_digest(self.path) if self.path.exists() else None
            with replacing(self.path) as file:
                digest = hashlib.sha256()
                for piece in self._pieces():
                    file.write(piece)
                    digest.update(piece)
                if not self.records or digest.hexdigest() == before:
                    raise _Refused  # noqa: TRY301  # so that the temporary file goes
        except _Refused:
            return not self.records and self._remove()
        return True

    def _remove(self) -> bool:
        try:
            there = self.path.exists()
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise problem(self.path, error, "write") from error
        return there

    def _pieces(self) -> Iterator[bytes]:
        """Yield the file's content, one article at a time."""
        yield b"["
        names = sorted(self.source.articles.keys() | self.source.earlier.annotations.keys())
        for done, name in enumerate(names):
            for record in self._article(name):
                yield b",\n" if self.records else b"\n"
                yield msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=2)
                self.records += 1
            self.progress("Writing tasks", done + 1, len(names))
        yield b"\n]\n"

    def _article(self, name: str) -> list[Json]:
        """Return the records of an article: its tasks on the server, or what the file has while errors hold it."""
        places = self.source.articles.get(name, [])
        tasks = [msgspec.json.decode(self.source.tasks[index]) for index in places]
        gone = [self._accepted(one, name) for one in self._lost(name, tasks)]
        records, found = [], []
        for number, index in enumerate(places):
            record, more = self._looked_at(index, f"/{self.records + number}")
            records.append(record)
            found += [self._accepted(one, name) for one in more]
        if not has_errors(gone + found):
            self.issues += gone + found
            return records
        self.held.append(name)
        self.issues += gone
        # Their pointers would lead into records that are not written.
        self.issues += [msgspec.structs.replace(one, file=None, pointer="") for one in found]
        return [msgspec.json.decode(raw) for raw in self.source.earlier.records.get(name, ())]

    def _lost(self, name: str, tasks: list[Json]) -> Iterator[Issue]:
        """Yield what the server no longer has of an article, and what it has twice."""
        source = self.source
        now = [one for task in tasks for one in task["annotations"]]
        before = source.earlier.annotations.get(name, {})
        yield from lost(name, before, now, task=name in source.there, layer=source.layer, file=str(self.path))
        if len(tasks) > 1:
            numbers = ", ".join(str(task["id"]) for task in tasks)
            yield issue("studio-work-twice", article_id=name, tasks=numbers, layer=source.layer)

    def _looked_at(self, index: int, pointer: str) -> tuple[Json, list[Issue]]:
        """Return the record of the task at `index` of the snapshot, and its issues."""
        source, file = self.source, str(self.path)
        raw = bytes(source.tasks[index])
        record = source.scrub(msgspec.json.decode(raw))
        name, address = record["data"]["article_id"], source.address(record["id"])
        count = mask_notes(record)
        found = [issue("studio-note-masked", article_id=name, count=count, address=address)] if count else []
        # What stands in the data is the article's own, and the checks of articles look at it.
        personal = check_personal({**record, "data": {}}, raw, pointer, name)
        found += [msgspec.structs.replace(one, file=file) for one in personal]
        found += source.settle(record, pointer, file) if source.settle is not None else ()
        found += look(
            record,
            pointer=pointer,
            file=file,
            known=source.known,
            counts=self.counts,
            address=address,
            gold=source.settle is not None,
        )
        return record, found

    def _accepted(self, found: Issue, article: str) -> Issue:
        """Return an issue as it is, or as a warning if it is an error that somebody accepted."""
        if found.level == "error" and self.accept.takes(found, article):
            return msgspec.structs.replace(found, level="warning")
        return found


def look(
    task: Json,
    *,
    pointer: str,
    file: str,
    known: dict[str, frozenset[str]],
    counts: Counts,
    address: str,
    gold: bool = False,
) -> Iterator[Issue]:
    """Yield the issues of one scrubbed task at `pointer` of `file`, and add it to `counts`.

    `address` is where a person opens the task; `gold` is whether it is one of an adjudication.
    """
    article = task["data"]["article_id"]
    submitted = [one for one in task["annotations"] if not one.get("was_cancelled")]
    if len(submitted) > 1:
        by = ", ".join(one["completed_by"] for one in submitted)
        place = f"{pointer}/annotations"
        code = "adjudicate-several" if gold else "studio-several"
        yield issue(code, article_id=article, file=file, pointer=place, count=len(submitted), by=by, address=address)
    for number, one in enumerate(task["annotations"]):
        place = f"{pointer}/annotations/{number}"
        counts.annotations += 1
        counts.annotators.add(one["completed_by"])
        yield from _nobody(one["completed_by"], article, file, place)
        if one.get("was_cancelled"):
            counts.cancelled += 1
            yield issue("studio-skipped", article_id=article, file=file, pointer=place, annotator=one["completed_by"])
        for index, region in enumerate(one["result"]):
            for label in _unknown(region, known):
                yield issue(
                    "studio-unknown-label",
                    article_id=article,
                    file=file,
                    pointer=f"{place}/result/{index}",
                    label=label,
                    control=_control(region),
                    where=_where(region, task["data"]["text"]),
                    address=address,
                )
    for number, draft in enumerate(task["drafts"]):
        counts.drafts += 1
        yield from _nobody(draft["user"], article, file, f"{pointer}/drafts/{number}")
        yield issue(
            "studio-draft",
            article_id=article,
            file=file,
            pointer=f"{pointer}/drafts/{number}",
            annotator=draft["user"],
            regions=len(draft.get("result") or ()),
        )


def _nobody(name: str, article: str, file: str, place: str) -> Iterator[Issue]:
    """Report work of which nobody can say whose it is."""
    if name.startswith(UNKNOWN):
        yield issue("studio-annotator-unknown", article_id=article, file=file, pointer=place, annotator=name)


def _control(region: Json) -> str:
    return "relation" if region.get("type") == "relation" else str(region.get("from_name"))


def _where(region: Json, text: str) -> str:
    """Return the words and offsets of a region for a message; what has none is about the article or two regions."""
    value = region.get("value") or {}
    start, end = value.get("start"), value.get("end")
    if isinstance(start, int) and isinstance(end, int):
        return f"on {text[start:end]!r} ({start} to {end})"
    if region.get("type") == "relation":
        return f"from region {region.get('from_id')} to {region.get('to_id')}"
    return "on the whole article"


def _unknown(region: Json, known: dict[str, frozenset[str]]) -> Iterator[str]:
    """Yield the labels of a region that the ontology lacks; a control that it lacks makes all of them unknown."""
    relation = region.get("type") == "relation"
    value = region if relation else region.get("value") or {}
    labels = value.get("labels") or value.get("choices") or ()
    allowed = known.get(_control(region), frozenset())
    yield from (str(label) for label in labels if label not in allowed)
