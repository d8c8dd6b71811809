"""Count mentions that were found."""

from __future__ import annotations

from collections.abc import Mapping

from vinese.compare.matching import LabelledSpan, one_to_one
from vinese.score.measures import Measure
from vinese.score.views import Outcome, View, same

Seen = Mapping[str, frozenset[str] | set[str]]
"""The ids of the articles whose gold names something by these words."""


def matched(gold: set[LabelledSpan], predicted: set[LabelledSpan], match: str) -> Outcome:
    """Return what was found: `exact` by offsets and label, `overlap` by the largest one-to-one matching.

    Overlap pairs spans of one label that share a code point, each with one other at most, so that the order of
    neither side counts and one long span cannot stand for several.
    """
    if match == "exact" or gold == predicted:
        return same(gold, predicted)
    pairs = one_to_one(gold, predicted)
    return Outcome([a[2] for a, _ in pairs], [span[2] for span in predicted], [span[2] for span in gold])


def of_type(spans: set[LabelledSpan], name: str) -> set[LabelledSpan]:
    """Return the spans of a type, or of all."""
    return spans if name == "all" else {span for span in spans if span.label == name}


def count_entities(gold: View, predicted: View, measure: Measure, seen: Seen) -> Outcome:
    """Return the mentions that were found, predicted and in gold.

    F1 = 2 TP / (predicted + gold) over all mentions of all articles (micro), a true positive being a mention whose
    article, offsets and type are those of a gold mention (CoNLL-2003, Tjong Kim Sang and De Meulder; nested mentions
    are counted like any other, as in GENIA and ACE).

    - `match=overlap`: the largest one-to-one matching of overlapping mentions of one type.
    - `labels=coarse`: types as PER, ORG, LOC and MISC (VLSP 2018); types without a counterpart are left out on both
      sides. `labels=none`: offsets alone. `average=macro`: mean of the types' F1. `type=GPE`: one type.
    - `nested=inner`: what lies within a longer gold mention; `nested=outer`: all else.
    - `names=seen`: mentions whose words are a gold mention of another article too; `names=unseen`: all else
      (Augenstein, Derczynski and Bontcheva 2017, "Generalisation in named entity recognition").

    >>> import vinese
    >>> text = "Tổng thư ký NATO đến Berlin."
    >>> gold = [{"id": "a", "entities": [
    ...     {"id": "e1", "start": 0, "end": 16, "type": "ROLE"},
    ...     {"id": "e2", "start": 12, "end": 16, "type": "ORG_IGO"},
    ...     {"id": "e3", "start": 21, "end": 27, "type": "GPE"}]}]
    >>> predicted = [{"id": "a", "entities": [
    ...     {"id": "e1", "start": 0, "end": 11, "type": "ROLE"},
    ...     {"id": "e2", "start": 12, "end": 16, "type": "ORG_IGO"}]}]
    >>> report = vinese.score(gold, predicted, ["entities.f1", "entities.f1(match=overlap)"], articles={"a": text})
    >>> [round(score.value, 1) for score in report.values()]  # 2 * 1 / (2 + 3) and 2 * 2 / (2 + 3)
    [40.0, 80.0]
    """
    options = measure.options
    mine, theirs = gold.entities, predicted.entities
    if options["names"] != "all":
        wanted = options["names"] == "seen"
        mine = {span for span in mine if _is_seen(gold, span, seen) == wanted}
        theirs = {span for span in theirs if _is_seen(gold, span, seen) == wanted}
    if options["nested"] != "all":
        inner = options["nested"] == "inner"
        mine = {span for span in mine if gold.holds(span) == inner}
        theirs = {span for span in theirs if gold.holds(span) == inner}
    mine, theirs = (of_type(_labelled(spans, gold, options["labels"]), options["type"]) for spans in (mine, theirs))
    return matched(mine, theirs, options["match"])


def _is_seen(gold: View, span: LabelledSpan, seen: Seen) -> bool:
    return bool(seen.get(gold.words(span), frozenset()) - {gold.document.id})


def _labelled(spans: set[LabelledSpan], view: View, labels: str) -> set[LabelledSpan]:
    if labels == "none":
        return {LabelledSpan(span.start, span.end) for span in spans}
    if labels == "coarse":
        coarse = view.scheme.coarse
        return {LabelledSpan(span.start, span.end, label) for span in spans if (label := coarse.get(span.label))}
    return spans
