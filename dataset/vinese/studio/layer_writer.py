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

import msgspec

from vinese.checks.personal import check_personal, mask_notes
from vinese.core.files import file_digest, problem, replacing
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.progress import Progress
from vinese.formats.labelstudio.unnamed import name_relations
from vinese.model.links import Rules
from vinese.studio.gold import Settle
from vinese.studio.layer_file import Earlier, Json
from vinese.studio.losses import Changed, Compared
from vinese.studio.pseudonyms import UNKNOWN

_LABELS = "studio-unknown-label"


@dataclass(slots=True)
class Counts:
    """What the tasks of a layer hold."""

    annotations: int = 0
    cancelled: int = 0
    drafts: int = 0
    annotators: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Accept:
    """The errors that somebody looked at and accepts: of `articles`, or of all; unknown labels by `labels` alone."""

    everything: bool = False
    articles: frozenset[str] = frozenset()
    labels: bool = False

    def applied(self, issue: Issue, article: str) -> Issue:
        """Return an issue of an article, as a warning if it is an error that is accepted."""
        accepted = self.labels if issue.code == _LABELS else self.everything or article in self.articles
        return msgspec.structs.replace(issue, level="warning") if accepted and issue.level == "error" else issue


class _Refused(Exception):  # noqa: N818
    """The end of writing a file that must not take its place."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a layer's file is made from.

    `articles` names, for each article with work on the server, the places of its tasks in `tasks`; `listed_ids` has
    every article with a task. `scrub` and `settle` work on one task; `offered` has
    the labels of each control, `rules` what a relation may join; `address` gives where a person opens it; `given` is
    what annotators have now.
    """

    layer: str
    tasks: list[msgspec.Raw]
    articles: dict[str, list[int]]
    listed_ids: frozenset[str]
    earlier: Earlier
    scrub: Callable[[Json], Json]
    settle: Settle | None
    offered: dict[str, frozenset[str]]
    rules: Rules
    address: Callable[[int], str]
    given: Json


@dataclass(slots=True)
class LayerWriter:
    """The writer of `source` to the file at `path`.

    `held` names the articles that were not brought up to the server, `changes` has what changed of the others,
    `issues` what was found on the way.
    """

    source: Source
    path: Path
    accept: Accept
    progress: Progress
    issues: list[Issue] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    held: list[str] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
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
            if self.records or not self.path.exists():
                return False
            try:
                self.path.unlink()
            except OSError as error:
                raise problem(self.path, error, "write") from error
        return True

    def _pieces(self) -> Iterator[bytes]:
        """Yield the file's content, one article at a time."""
        yield b"["
        names = sorted(self.source.articles.keys() | self.source.earlier.records.keys())
        for done, name in enumerate(names):
            for record in self._article(name):
                yield b",\n" if self.records else b"\n"
                yield msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=2)
                self.records += 1
            self.progress("Writing tasks", done + 1, len(names))
        yield b"\n]\n"

    def _article(self, name: str) -> list[Json]:
        """Return the records of an article: its tasks on the server, or what the file has while errors hold it."""
        source = self.source
        records: list[Json] = []
        issues: list[Issue] = []
        for number, index in enumerate(source.articles.get(name, [])):
            record, of_record = self._record(index, f"/{self.records + number}")
            records.append(record)
            issues += [self.accept.applied(issue, name) for issue in of_record]
        compared = Compared(name, source.earlier.tasks(name), records)
        lost = compared.lost(task=name in source.listed_ids, layer=source.layer, file=str(self.path))
        gone = [self.accept.applied(issue, name) for issue in (*lost, *self._twice(name, records))]
        if not has_errors(gone + issues):
            self.issues += gone + issues
            self.changes += compared.changed()
            log = compared.log(source.given)
            if records and log:
                records[0]["vinese"]["pulls"] = log
            return records
        self.held.append(name)
        self.issues += gone
        # Their pointers would lead into records that are not written.
        self.issues += [msgspec.structs.replace(issue, file=None, pointer="") for issue in issues]
        return compared.before

    def _twice(self, name: str, tasks: list[Json]) -> Iterator[Issue]:
        """Yield that the server has work on several tasks of an article."""
        if len(tasks) > 1:
            numbers = ", ".join(str(task["id"]) for task in tasks)
            yield issue("studio-work-twice", article_id=name, tasks=numbers, layer=self.source.layer)

    def _record(self, index: int, pointer: str) -> tuple[Json, list[Issue]]:
        """Return the record of the task at `index` of the snapshot, and its issues."""
        source, file = self.source, str(self.path)
        raw = bytes(source.tasks[index])
        record = source.scrub(msgspec.json.decode(raw))
        name, address = record["data"]["article_id"], source.address(record["id"])
        count = mask_notes(record)
        issues = [issue("studio-note-masked", article_id=name, count=count, address=address)] if count else []
        # What stands in the data is the article's own, and the checks of articles look at it.
        personal = check_personal({**record, "data": {}}, raw, pointer, name)
        issues += [msgspec.structs.replace(breach, file=file) for breach in personal]
        issues += self._named(record, pointer)
        issues += source.settle(record, pointer, file) if source.settle is not None else ()
        issues += self._check(record, pointer, address)
        return record, issues

    def _named(self, task: Json, pointer: str) -> Iterator[Issue]:
        """Name the relations that need no name on the screen; yield how many of an annotation there were."""
        for number, annotation in enumerate(task["annotations"]):
            named = name_relations(annotation["result"], self.source.rules)
            if named:
                what = ", ".join(f"{label} {count}" for label, count in sorted(named.items()))
                where = {"article_id": task["data"]["article_id"], "file": str(self.path)}
                place = f"{pointer}/annotations/{number}"
                yield issue("relation-named", **where, pointer=place, count=named.total(), what=what)

    def _check(self, task: Json, pointer: str, address: str) -> Iterator[Issue]:
        """Yield the issues of one scrubbed task at `pointer` of the file, and count what it holds.

        `address` is where a person opens the task.
        """
        where: Json = {"article_id": task["data"]["article_id"], "file": str(self.path)}
        submitted = [annotation for annotation in task["annotations"] if not annotation.get("was_cancelled")]
        if len(submitted) > 1:
            by = ", ".join(annotation["completed_by"] for annotation in submitted)
            code = "adjudicate-several" if self.source.settle is not None else "studio-several"
            yield issue(code, **where, pointer=f"{pointer}/annotations", count=len(submitted), by=by, address=address)
        for number, annotation in enumerate(task["annotations"]):
            place, annotator = f"{pointer}/annotations/{number}", annotation["completed_by"]
            self.counts.annotations += 1
            self.counts.annotators.add(annotator)
            if annotator.startswith(UNKNOWN):
                yield issue("studio-annotator-unknown", **where, pointer=place, annotator=annotator)
            if annotation.get("was_cancelled"):
                self.counts.cancelled += 1
                yield issue("studio-skipped", **where, pointer=place, annotator=annotator)
            for index, region in enumerate(annotation["result"]):
                words = _where(region, task["data"]["text"])
                for label in _unknown_labels(region, self.source.offered):
                    yield issue(
                        _LABELS,
                        **where,
                        pointer=f"{place}/result/{index}",
                        label=label,
                        control=_control(region),
                        where=words,
                        address=address,
                    )
        for number, draft in enumerate(task["drafts"]):
            place, annotator = f"{pointer}/drafts/{number}", draft["user"]
            self.counts.drafts += 1
            if annotator.startswith(UNKNOWN):
                yield issue("studio-annotator-unknown", **where, pointer=place, annotator=annotator)
            regions = len(draft.get("result") or ())
            yield issue("studio-draft", **where, pointer=place, annotator=annotator, regions=regions)


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


def _unknown_labels(region: Json, offered: dict[str, frozenset[str]]) -> list[str]:
    """Return the labels of a region that the ontology lacks; a control that it lacks makes all of them unknown."""
    value = region if region.get("type") == "relation" else region.get("value") or {}
    labels = value.get("labels") or value.get("choices") or ()
    return [str(label) for label in labels if label not in offered.get(_control(region), ())]
