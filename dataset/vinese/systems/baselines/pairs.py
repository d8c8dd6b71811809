"""Find opinions by classifying pairs of a holder and a target: TF-IDF of the words around them, logistic regression.

The pairs are the candidates of the config `stance_pairs`, of gold's mentions in training and of predicted ones in
prediction; see `vinese.loader` for the rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from vinese.core.errors import MissingExtraError
from vinese.loader import NO_STANCE, pair_rows
from vinese.systems.baselines.opinions import Content, Opine, count, numbered, opinion
from vinese.systems.baselines.training import Row, Training, tuned
from vinese.text.tokens import syllables

_LEAST = (0.5, 0.3, 0.7, 0.9)
_NEAR = 3
_DIGITS = 6
"""Probabilities are rounded to so many digits: the order in which threads add up must not decide."""


class Classifier:
    """Gives candidate pairs their labels; one that learnt from no opinion gives none."""

    def __init__(self, rows: Sequence[Row], seed: int) -> None:
        """Learn from candidate pairs; raise `MissingExtraError` without scikit-learn."""
        try:
            from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
            from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("A baseline that classifies", "baselines") from error
        self._model: Any = None
        labels = [row["label"] for row in rows]
        if len(set(labels)) > 1:
            self._words = TfidfVectorizer(analyzer=list, sublinear_tf=True)
            self._model = LogisticRegression(class_weight="balanced", max_iter=1000, random_state=seed)
            self._model.fit(self._words.fit_transform(map(features, rows)), labels)

    def label(self, rows: Sequence[Row]) -> Iterator[tuple[str, float]]:
        """Yield of each pair the label that is likeliest if there is an opinion, and how likely there is one."""
        if self._model is None or not rows:
            yield from ((NO_STANCE, 0.0) for _ in rows)
            return
        names = list(map(str, self._model.classes_))
        for row in self._model.predict_proba(self._words.transform(map(features, rows))).round(_DIGITS):
            by_label = dict(zip(names, row, strict=True))
            none = by_label.pop(NO_STANCE, 0.0)
            yield max(by_label, key=by_label.__getitem__), 1.0 - float(none)


def features(row: Row) -> list[str]:
    """Return the words of a candidate pair, each with where it stands, and the types of both sides."""
    holder, target = row["holder"], row["target"]
    first, second = sorted((holder, target), key=lambda side: (side["start"], side["end"]))
    order = "holder first" if first is holder else "target first"
    words = {
        "before": _words(row, 0, first["start"])[-_NEAR:],
        "between": _words(row, first["end"], second["start"]),
        "after": _words(row, second["end"], len(row["text"]))[:_NEAR],
        "target": _words(row, target["start"], target["end"]),
    }
    named = [f"{place} {word}" for place, nearby in words.items() for word in nearby]
    types = [f"holder is {holder['type']}", f"target is {target['type']}", order, f"{order} {target['type']}"]
    return [*named, *types, f"words between {min(10, len(words['between']))}"]


def _words(row: Row, start: int, end: int) -> list[str]:
    return [row["text"][a:b].lower() for a, b in syllables(row["text"], start, max(start, end))]


class _Usual(NamedTuple):
    """What opinions about mentions are most often: their attribution, and their topic by the target's type."""

    attribution: str
    topics: dict[str, Counter[str | None]]
    topic: str | None


def pairs(training: Training) -> Opine:
    """Take for an opinion each candidate pair that is one with a tuned probability.

    Its expression is the words of the target, for the classifier knows none; its attribution and topic are the most
    frequent ones. Opinions about a topic alone, or without a named holder, are never found.
    """
    scheme = training.gold.scheme
    polarities = [label.id for label in training.gold.ontology.stance.polarities]

    def learn(these: Training) -> Classifier:
        rows = [row for document in these.documents for row in pair_rows(document, scheme)]
        return Classifier(rows, these.gold.seed)

    def finder(these: Training, least: float) -> Opine:
        classifier, usual = these.remember("pairs", learn), these.remember("usual", _usual)

        def find(document: Row) -> list[Row]:
            rows = list(pair_rows({**document, "stances": []}, scheme))
            opined = []
            for row, (label, probability) in zip(rows, classifier.label(rows), strict=True):
                if probability >= least and label in polarities:
                    topic = usual.topics.get(row["target"]["type"], Counter()).most_common(1)
                    content = Content(label, usual.attribution, topic[0][0] if topic else usual.topic, True)
                    place = {side: row["start"] + row["target"][side] for side in ("start", "end")}
                    holder = {"id": row["holder"]["entity"]}
                    target = {"id": row["target"]["entity"] or row["target"]["event"]}
                    opined.append(opinion(place, content, holder, target, "ENTITY"))
            return numbered(opined)

        return find

    return tuned(training, "pairs", _LEAST, finder, lambda find, document: count(find(document), document))


def _usual(training: Training) -> _Usual:
    attributions: Counter[str] = Counter()
    topics: dict[str, Counter[str | None]] = {}
    every: Counter[str | None] = Counter()
    for document in training.documents:
        types = {item["id"]: item["type"] for item in (*document["entities"], *document["events"])}
        for stance in document["stances"]:
            attributions[stance["attribution"]] += 1
            if stance["target"]["mention"] is not None:
                every[stance["target"]["topic"]] += 1
                by_type = topics.setdefault(types[stance["target"]["mention"]], Counter())
                by_type[stance["target"]["topic"]] += 1
    first = attributions.most_common(1)
    return _Usual(first[0][0] if first else "", topics, every.most_common(1)[0][0] if every else None)
