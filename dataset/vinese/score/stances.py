"""Count opinions that were found, and the judgements of whole articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

from vinese.compare.items import Place, numbered
from vinese.compare.matching import heaviest_pairs
from vinese.score.entities import matched
from vinese.score.measures import Measure
from vinese.score.views import Opinion, Outcome, View, counted, judged
from vinese.text.tokens import syllables


def count_stances(gold: View, predicted: View, measure: Measure) -> Outcome:
    """Return the opinions that were found, predicted and in gold; labels are polarities.

    An opinion is a tuple: the sentence of its expression, the set of its holders by their offsets (or AUTHOR,
    IMPLICIT), its target by offsets and topic, and its polarity; it counts where all of it is right. Equal tuples of
    one sentence, from several expressions, are counted as often as they occur.

    `polarity=no`: finding the pair of holder and target. `target=mention`, `target=topic`: one part of the target
    alone, opinions without it left out. `holder=no`: whatever the holder.

    >>> import vinese
    >>> text = "Đức và Pháp ủng hộ EU."
    >>> entities = [{"id": "e1", "start": 0, "end": 3, "type": "GPE"},
    ...             {"id": "e2", "start": 7, "end": 11, "type": "GPE"},
    ...             {"id": "e3", "start": 19, "end": 21, "type": "ORG_IGO"}]
    >>> stance = {"id": "s1", "polarity": "FAVOR", "attribution": "REPORTED", "expression": {"start": 12, "end": 18},
    ...           "holder_kind": "ENTITY", "holders": ["e1", "e2"], "target": {"mention": "e3"}}
    >>> gold = [{"id": "a", "entities": entities, "stances": [stance]}]
    >>> turned = {**stance, "polarity": "AGAINST", "holders": ["e2", "e1"]}
    >>> predicted = [{"id": "a", "entities": entities, "stances": [turned]}]
    >>> report = vinese.score(gold, predicted, ["opinions.f1", "pairs.f1", "polarity.accuracy"], articles={"a": text})
    >>> [score.value for score in report.values()]
    [0.0, 100.0, 0.0]
    """
    mine, theirs = ({*numbered(_tuples(view, measure.options))} for view in (gold, predicted))
    labels = [[str(polarity) for (*_, polarity), _ in side] for side in (mine & theirs, theirs, mine)]
    return Outcome(*labels)


def _tuples(view: View, options: Mapping[str, str]) -> Iterator[tuple[Hashable, ...]]:
    for stance in view.stances:
        target: Hashable = {
            "both": (stance.mention, stance.topic),
            "mention": stance.mention,
            "topic": stance.topic,
            "no": "",
        }[options["target"]]
        if target is not None:
            holders = stance.holders if options["holder"] == "yes" else ""
            yield stance.sentence, holders, target, stance.polarity if options["polarity"] == "yes" else ""


def count_expressions(gold: View, predicted: View, measure: Measure) -> Outcome:
    """Return the expressions that were found by their offsets, exactly or one to one by overlap.

    >>> import vinese
    >>> stance = {"id": "s1", "polarity": "FAVOR", "attribution": "NARRATION", "expression": {"start": 4, "end": 10},
    ...           "holder_kind": "AUTHOR", "target": {"topic": "other"}}
    >>> longer = {**stance, "expression": {"start": 4, "end": 13}}
    >>> report = vinese.score([{"id": "a", "stances": [stance]}], [{"id": "a", "stances": [longer]}],
    ...     ["expressions.f1", "expressions.f1(match=overlap)"], articles={"a": "Đức ủng hộ EU."})
    >>> [score.value for score in report.values()]
    [0.0, 100.0]
    """
    mine, theirs = ({stance.expression for stance in view.stances} for view in (gold, predicted))
    return matched(mine, theirs, measure.options["match"])


def count_judgements(gold: View, predicted: View, measure: Measure) -> Outcome:
    """Return the polarity, or the attribution, of the (holder, target) pairs that both sides have.

    Accuracy, or the mean of the classes' F1 over those that occur. Pairs that were not found do not count here, so
    the number says nothing without `opinions.f1(polarity=no)` beside it.

    >>> import vinese
    >>> stance = {"id": "s1", "polarity": "FAVOR", "attribution": "NARRATION", "expression": {"start": 4, "end": 10},
    ...           "holder_kind": "AUTHOR", "target": {"topic": "other"}}
    >>> gold = [{"id": "a", "stances": [stance]}]
    >>> vinese.score(gold, gold, ["polarity.accuracy"], articles={"a": "Đức ủng hộ EU."})["polarity.accuracy"].value
    100.0
    """

    def labels(view: View) -> dict[Hashable, Counter[str]]:
        pairs = ((stance[:4], getattr(stance, measure.task)) for stance in view.stances)
        return counted(pairs)

    return judged(labels(gold), labels(predicted))


def count_article_stance(gold: View, predicted: View, measure: Measure) -> Outcome:
    """Return the judgement of the whole article: the outlet's own stance, or what a reader takes away.

    Accuracy over the articles that gold judges; `f1` is by default the mean of the classes' F1 over the classes that
    occur in gold or prediction, as scikit-learn's default. One that is missing, or of another topic, is wrong.

    >>> import vinese
    >>> def judged(value):
    ...     return {"topic": "other", "outlet_stance": value, "overall_leaning": value}
    >>> gold = [{"id": "a", "article_stance": judged("FAVOR")}, {"id": "b", "article_stance": judged("AGAINST")}]
    >>> predicted = [{"id": "a", "article_stance": judged("FAVOR")}, {"id": "b", "article_stance": judged("FAVOR")}]
    >>> report = vinese.score(gold, predicted, ["article_stance.accuracy", "article_stance.f1"])
    >>> [round(score.value, 1) for score in report.values()]  # F1 of FAVOR 2/3, of AGAINST 0
    [50.0, 33.3]
    """
    mine, theirs = gold.document.article_stance, predicted.document.article_stance
    field = measure.options["on"]
    labels = [[] if judgement is None else [str(getattr(judgement, field))] for judgement in (mine, theirs)]
    agree = mine is not None and theirs is not None and mine.topic == theirs.topic and labels[0] == labels[1]
    return Outcome(labels[0] if agree else [], labels[1], labels[0])


class Weighed(NamedTuple):
    """The sums of SF1 for one article: weights by predicted and by gold words, and the numbers of tuples."""

    by_predicted: float
    by_gold: float
    predicted: int
    gold: int


def weigh_stances(gold: View, predicted: View) -> Weighed:
    """Return the weights of sentiment graph F1, "SF1" (Barnes et al. 2021), for comparison with published numbers.

    Two opinions match if their polarity is the same and their holders, targets and expressions each share a syllable
    or are both without one; the weight is the mean share of the words in common, of the predicted words for precision
    and of gold's for recall. Other than the shared task's script, each opinion matches one other at most, by the
    matching with the greatest weight, so that gold against itself is 100.

    >>> import vinese
    >>> stance = {"id": "s1", "polarity": "FAVOR", "attribution": "NARRATION", "expression": {"start": 4, "end": 10},
    ...           "holder_kind": "AUTHOR", "target": {"topic": "other"}}
    >>> longer = {**stance, "expression": {"start": 4, "end": 13}}  # 2 of 3 syllables: precision (1 + 1 + 2/3) / 3
    >>> report = vinese.score([{"id": "a", "stances": [stance]}], [{"id": "a", "stances": [longer]}],
    ...     ["SF1"], articles={"a": "Đức ủng hộ EU."})
    >>> round(report["SF1"].value, 1)
    94.1
    """
    mine, theirs = ([_parts(view, stance) for stance in view.stances] for view in (gold, predicted))
    said: dict[Place, list[int]] = {}  # the predicted opinions by each syllable of their expression
    for j, (_, parts) in enumerate(theirs):
        for token in parts[-1]:
            said.setdefault(token, []).append(j)
    near = {(i, j) for i, (_, parts) in enumerate(mine) for token in parts[-1] for j in said.get(token, ())}
    both = {(i, j): each for i, j in near if sum(each := _weights(mine[i], theirs[j])) > 0}
    pairs = heaviest_pairs({pair: p + r for pair, (p, r) in both.items()})
    return Weighed(sum(both[pair][0] for pair in pairs), sum(both[pair][1] for pair in pairs), len(theirs), len(mine))


_Parts = tuple[str, tuple[frozenset[Place], ...]]


def _parts(view: View, stance: Opinion) -> _Parts:
    holders = stance.holders if isinstance(stance.holders, frozenset) else frozenset()
    places = (holders, {stance.mention} if stance.mention else set(), {stance.expression[:2]})
    return stance.polarity, tuple(
        frozenset(token for place in part if place for token in _tokens(view, place)) for part in places
    )


def _tokens(view: View, place: Place) -> list[Place]:
    """Return the syllables of a stretch; the stretch itself where the text is not known."""
    return list(syllables(view.document.text, *place)) or [place]


def _weights(gold: _Parts, predicted: _Parts) -> tuple[float, float]:
    if gold[0] != predicted[0]:
        return 0.0, 0.0
    by_predicted = by_gold = 0.0
    for mine, theirs in zip(gold[1], predicted[1], strict=True):
        common = len(mine & theirs)
        if not common and (mine or theirs):
            return 0.0, 0.0
        by_predicted += common / len(theirs) if theirs else 1.0
        by_gold += common / len(mine) if mine else 1.0
    return by_predicted / 3, by_gold / 3
