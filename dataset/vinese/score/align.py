"""Align gold and predictions by article id, checked, so that measures can count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import msgspec
import numpy as np

from vinese.core.issues import Issue, issue
from vinese.model.records import Document
from vinese.score.check import Labels, check, check_same_text, count_cuts
from vinese.score.columns import Columns, columns
from vinese.score.read import Side
from vinese.score.submission import Labelled, Submission, Text, as_document
from vinese.score.views import Scheme, View

MISSING = ("error", "empty", "partial")
_COUNTED = frozenset(("missing-article", "reply-failed"))
"""Errors that do not forbid scoring, since they count as nothing found."""
_MANY = 0.5
_SAMPLE = 1000


class Views(Sequence[View]):
    """One side's views in the order of ids, each made when it is first looked at."""

    def __init__(self, ids: Sequence[str], side: Side, texts: Mapping[str, Text], scheme: Scheme) -> None:
        self.annotations = [side.annotations.get(key) for key in ids]
        self.scheme = scheme
        self.name = side.name
        self.groups = side.groups
        self._ids = ids
        self._texts = [texts.get(key) for key in ids]
        self._made: dict[int, View] = {}

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> View: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[View]: ...
    def __getitem__(self, index: int | slice) -> View | Sequence[View]:
        """Return the view of an article."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index not in self._made:
            annotation = self.annotations[index] or Submission(id=self._ids[index])
            self._made[index] = View(as_document(annotation, self._texts[index]), self.scheme)
        return self._made[index]

    @cached_property
    def columns(self) -> Columns:
        """The named mentions of all articles."""
        return columns(self.annotations, self._texts, tuple(self.scheme.coarse), self.scheme.auxiliary)

    def texts(self) -> Iterator[str]:
        """Yield the texts that are known."""
        return (text.text for text in self._texts if text is not None)

    def have_texts(self) -> bool:
        """Return whether the text of every article is known."""
        return None not in self._texts

    def has(self, group: str) -> bool:
        """Return whether anything is annotated for a group of measures, or rows are of a config that holds it."""
        if self.groups is not None:
            return group in self.groups
        name = {"opinions": "stances"}.get(group, group)
        return any(
            getattr(annotation, name) not in ((), None) for annotation in self.annotations if annotation is not None
        )


@dataclass(frozen=True, slots=True)
class Aligned:
    """Gold and one system's predictions, article by article in the order of ids."""

    system: str
    ids: tuple[str, ...]
    gold: Views
    predicted: Views
    missing: tuple[str, ...]
    failed: tuple[str, ...]
    issues: tuple[Issue, ...]

    @property
    def scorable(self) -> bool:
        """Return whether nothing forbids scoring."""
        return not any(issue.level == "error" and issue.code not in _COUNTED for issue in self.issues)


def texts_of(gold: Side, given: Mapping[str, Text]) -> dict[str, Text]:
    """Return the text of every article that is known: gold's documents and rows bring theirs."""
    own = {
        key: Text(value.text, value.sentences)
        for key, value in gold.annotations.items()
        if isinstance(value, Document)
    }
    return {**gold.texts, **given, **own}


def align(
    gold: Side, predicted: Side, texts: Mapping[str, Text], *, labels: Labels, scheme: Scheme, missing: str
) -> Aligned:
    """Return both sides by article with all that is wrong; `missing` is one of `MISSING`."""
    lacking = tuple(sorted(gold.annotations.keys() - predicted.annotations.keys()))
    ids = tuple(sorted(gold.annotations.keys() - (set(lacking) if missing == "partial" else set())))
    sides = (Views(ids, gold, texts, scheme), Views(ids, predicted, texts, scheme))
    issues = [*gold.issues, *predicted.issues]
    for side, views in zip((gold, predicted), sides, strict=True):
        issues += _checked(side, views, texts, labels)
    issues += [*_ids(gold, predicted, lacking, missing), *_texts(gold, predicted, texts)]
    failed = tuple(sorted(predicted.failed))
    return Aligned(predicted.name, ids, *sides, lacking, failed, tuple(dict.fromkeys(issues)))


def _checked(side: Side, views: Views, texts: Mapping[str, Text], labels: Labels) -> Iterator[Issue]:
    """Yield what is wrong with each article of a side; sides with mentions alone are looked at as a whole first."""
    whole = list(side.annotations.values())
    kinds = set(map(type, whole))
    if not views.columns.ordinary or len(whole) > len(views) or Document in kinds:
        for annotation in whole:
            text = texts.get(annotation.id)
            problems = list(check(annotation, text, labels))
            if isinstance(annotation, Document) and text is not None:
                problems += check_same_text(annotation, text)
            if problems:
                file = str(side.place(annotation.id))
                yield from (msgspec.structs.replace(problem, file=file) for problem in problems)
    yield from _cut(side, whole, texts)


def _cut(side: Side, whole: Sequence[Labelled], texts: Mapping[str, Text]) -> Iterator[Issue]:
    """Yield whether most spans without words cut syllables, of some articles from all over the side."""
    step = 1 + len(whole) // _SAMPLE
    counts = [
        count_cuts(annotation, texts[annotation.id].text) for annotation in whole[::step] if annotation.id in texts
    ]
    total, cut, inclusive = (sum(row[column] for row in counts) for column in range(3))
    if cut > 1 and cut > _MANY * total:
        hint = " (inclusive-end: most would not if 1 were added to each end)" if inclusive > _MANY * cut else ""
        yield issue("offsets-cut-syllables", file=side.name, cut=cut, total=total, hint=hint)


def _ids(gold: Side, predicted: Side, lacking: Sequence[str], missing: str) -> Iterator[Issue]:
    for key in sorted(predicted.annotations.keys() - gold.annotations.keys()):
        file = str(predicted.place(key))
        yield issue("unknown-article", article_id=key, file=file, pointer="/id", id=key)
    # Where records could not be read, an article is missing for that reason, which is said already.
    for key in () if predicted.issues else lacking:
        absent = issue("missing-article", article_id=key, file=predicted.name, id=key)
        yield absent if missing == "error" else msgspec.structs.replace(absent, level="info")
    for key, why in predicted.failed.items():
        file = str(predicted.place(key))
        yield issue("reply-failed", article_id=key, file=file, pointer="/failed", reason=why)
    if not gold.annotations and not gold.issues:
        yield issue("file-empty", file=gold.name)
    if not predicted.annotations and not predicted.issues:
        yield issue("file-empty", file=predicted.name)


def _texts(gold: Side, predicted: Side, texts: Mapping[str, Text]) -> Iterator[Issue]:
    unknown = len(gold.annotations.keys() - texts.keys())
    if unknown:
        yield issue("text-unknown", file=gold.name, count=unknown)
    nested = sum(_nested(value) for value in gold.annotations.values()) if predicted.flat else 0
    if nested:
        yield issue("bio-cannot-hold", file=predicted.name, count=nested)


def _nested(annotation: Labelled) -> int:
    """Return how many mentions lie in longer ones, or share their offsets."""
    reach = count = 0
    for start, end in sorted((entity.start, -entity.end) for entity in annotation.entities):
        count += int(-end <= reach and start < reach)
        reach = max(reach, -end)
    return count


def digest(aligned: Aligned) -> str:
    """Return a digest of gold, 16 hexadecimal digits: texts and labels by place, whatever their order and ids."""
    total = hashlib.sha256("\n".join(aligned.ids).encode())
    columns = aligned.gold.columns
    longest = columns.longest()
    if columns.fits(longest):
        total.update(np.sort(columns.keys(longest)).astype("<i8").tobytes())
    else:
        order = np.lexsort((columns.label, columns.end, columns.start, columns.article))
        for column in (columns.article, columns.start, columns.end, columns.label):
            total.update(column[order].astype("<i8").tobytes())
    total.update(str(longest).encode())
    total.update(" ".join(columns.labels).encode())
    for index, annotation in enumerate(aligned.gold.annotations):
        if annotation is not None and (annotation.events or annotation.stances or annotation.article_stance):
            view = aligned.gold[index]
            modalities = sorted((repr(key), sorted(labels.items())) for key, labels in view.modalities.items())
            parts = (index, sorted(map(repr, view.arguments)), modalities, view.stances)
            total.update(f"{parts} {annotation.article_stance}\n".encode())
    total.update("\f".join(aligned.gold.texts()).encode())
    return total.hexdigest()[:16]
