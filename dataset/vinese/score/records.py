"""What scoring gives: measures with their counts, per article and label, and the report that holds them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView

from vinese.core.errors import VineseError
from vinese.core.issues import Issue, has_errors
from vinese.model.records import Record
from vinese.score.measures import parse


class Estimate(Record, frozen=True, kw_only=True):
    """A value in per cent with its 95 % interval; `reason` says in words why a part is null, or that none varies."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


class ArticleScore(Record, frozen=True, kw_only=True):
    """One measure on one article; a number is whole unless the measure weighs, as SF1 does."""

    measure: str
    article_id: str
    tp: float
    predicted: float
    gold: float
    value: float


class LabelScore(Record, frozen=True, kw_only=True):
    """One label of a measure; the estimates' values are null where neither gold nor prediction has the label."""

    label: str
    tp: int
    predicted: int
    gold: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class Score(Record, frozen=True, kw_only=True):
    """One measure over all articles; all values are in per cent.

    `estimate` is the measure itself; `precision`, `recall` and `f1` are null for what is judged and not found.
    `majority` is what gold's most frequent class would reach, for judgements. `signature` says how it was made.
    """

    measure: str
    alias: str | None
    estimate: Estimate
    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None
    tp: float
    predicted: float
    gold: float
    labels: tuple[LabelScore, ...]
    articles: tuple[ArticleScore, ...]
    majority: float | None = None
    notes: tuple[str, ...] = ()
    signature: str

    @property
    def value(self) -> float:
        """Return the measure's value."""
        assert self.estimate.value is not None
        return self.estimate.value


class NoScoreError(VineseError):
    """Report that what was handed in is too faulty to be scored; `issues` has all that is wrong."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        first = next(issue for issue in issues if issue.level == "error")
        count = sum(issue.level == "error" for issue in issues)
        super().__init__(f"Nothing was scored: {count} error{'s' * (count != 1)}, the first:\n{first.line()}")
        self.issues = issues


class ScoreReport(Record, frozen=True, kw_only=True):
    """What `vinese score` found: a mapping of measures to scores, and all that was wrong with what was read.

    `scores` is empty where an error forbids scoring; asking for a measure then is a `NoScoreError`. `missing` are the
    articles without predictions, `failed` those where the system failed: both count as nothing found, unless
    `partial`, which leaves the missing ones out.
    """

    system: str
    articles: int
    missing: tuple[str, ...]
    failed: tuple[str, ...]
    partial: bool
    interval: str
    data: str
    version: str
    scores: tuple[Score, ...]
    issues: tuple[Issue, ...]

    @property
    def sound(self) -> bool:
        """Return whether there is no issue of level error."""
        return not has_errors(self.issues)

    def _by_name(self) -> dict[str, Score]:
        if not self.scores and not self.sound:
            raise NoScoreError(self.issues)
        return {score.measure: score for score in self.scores}

    def __getitem__(self, measure: str) -> Score:
        """Return the score of a measure, however its name is spelt."""
        return self._by_name()[parse(measure).name]

    def __contains__(self, measure: str) -> bool:
        """Return whether a measure was scored."""
        return parse(measure).name in self._by_name()

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the measures."""
        return iter(self._by_name())

    def __len__(self) -> int:
        """Return the number of measures."""
        return len(self.scores)

    def keys(self) -> KeysView[str]:
        """Return the names of the measures."""
        return self._by_name().keys()

    def values(self) -> ValuesView[Score]:
        """Return the scores."""
        return self._by_name().values()

    def items(self) -> ItemsView[str, Score]:
        """Return the measures with their scores."""
        return self._by_name().items()
