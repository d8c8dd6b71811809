"""Find opinions by cues: words that express opinions in other articles, the nearest holder and the nearest target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from vinese.loader import mentions, outermost
from vinese.systems.baselines.lexicon import Lexicon, apart
from vinese.systems.baselines.training import Row, Training, sentence_tokens, tuned, within

_SETTINGS = tuple((share, rate) for share in (0.5, 0.25, 0.75) for rate in (0.0, 0.1, 0.2))
Opine = Callable[[Row], list[Row]]
"""Returns the opinions of a document that has its mentions and events."""


class Content(NamedTuple):
    """What an opinion says beside who holds it and about which mention."""

    polarity: str
    attribution: str
    topic: str | None
    about_mention: bool


def cues(training: Training) -> Opine:
    """Take for an opinion what expresses one in other articles, in a tuned share of its places.

    It says what that expression says there most often. Its holder is the nearest mention before it in the article of
    a type whose mentions hold opinions at a tuned rate; its target, if it has any, the nearest mention or event after
    it in the sentence, or else before it.
    """

    def learn(these: Training) -> Lexicon[Content]:
        return Lexicon(these.documents, _expressions, str.lower)

    def finder(these: Training, setting: tuple[float, float]) -> Opine:
        lexicon, (share, rate) = these.remember("cues", learn), setting
        kind, rates = unnamed(these), these.remember("holder rates", _rates)
        holders = {label for label in these.gold.scheme["holders"] if rates.get(label, 0.0) >= rate}

        def find(document: Row) -> list[Row]:
            opined = []
            for match in apart(lexicon.matches(document, share), nested=False):
                place = {"start": match.start, "end": match.end}
                content = match.entry.labels[0]
                holder = _holder(document, place, holders)
                target = _target(document, place, these, holder) if content.about_mention else None
                opined.append(opinion(place, content, holder, target, kind))
            return numbered(opined)

        return find

    return tuned(training, "cues", _SETTINGS, finder, lambda find, document: count(find(document), document))


def _expressions(document: Row) -> Iterable[tuple[int, int, Content]]:
    for stance in document["stances"]:
        target = stance["target"]
        content = Content(stance["polarity"], stance["attribution"], target["topic"], target["mention"] is not None)
        yield stance["expression"]["start"], stance["expression"]["end"], content


def unnamed(training: Training) -> str:
    """Return the most frequent kind of holder of opinions that no entity holds."""
    stances = [stance for document in training.documents for stance in document["stances"]]
    kinds = Counter(stance["holder_kind"] for stance in stances if not stance["holders"])
    others = (label.id for label in training.gold.ontology.stance.holder_kinds if label.id != "ENTITY")
    return next((kind for kind, _ in kinds.most_common(1)), next(iter(others), "IMPLICIT"))


def _rates(training: Training) -> dict[str, float]:
    """Return in what share mentions of each type hold an opinion."""
    every: Counter[str] = Counter()
    holding: Counter[str] = Counter()
    for document in training.documents:
        holders = {holder for stance in document["stances"] for holder in stance["holders"]}
        every.update(entity["type"] for entity in document["entities"])
        holding.update(entity["type"] for entity in document["entities"] if entity["id"] in holders)
    return {label: holding[label] / number for label, number in every.items()}


def _holder(document: Row, place: Row, types: set[str]) -> Row | None:
    """Return the nearest of the outermost mentions of these types that end before a place."""
    before = [entity for entity in outermost(document["entities"]) if entity["end"] <= place["start"]]
    return next((entity for entity in reversed(before) if entity["type"] in types), None)


def _target(document: Row, place: Row, training: Training, holder: Row | None) -> Row | None:
    """Return the nearest mention or trigger that may be a target, after a place in its sentence or else before it."""
    targets, outer = training.gold.scheme["targets"], {entity["id"] for entity in outermost(document["entities"])}
    beside = [
        span
        for span in _beside(document, place)
        if span["kind"] == "EVENT" or (span["type"] in targets and span["id"] in outer)
    ]
    others = [span for span in beside if holder is None or span["id"] != holder["id"]]
    after = [span for span in others if span["start"] >= place["end"]]
    before = [span for span in others if span["end"] <= place["start"]]
    return min(after, key=_start, default=None) or max(before, key=_start, default=None)


def _start(span: Row) -> int:
    start: int = span["start"]
    return start


def opinion(place: Row, content: Content, holder: Row | None, target: Row | None, kind: str) -> Row:
    """Return an opinion as predictions have it; without a target it is about a topic alone."""
    return {
        "polarity": content.polarity,
        "attribution": content.attribution,
        "expression": place,
        "holder_kind": "ENTITY" if holder else kind,
        "holders": [holder["id"]] if holder else [],
        "target": {"mention": target and target["id"], "topic": content.topic},
    }


def numbered(opinions: Iterable[Row]) -> list[Row]:
    """Return opinions with ids, without those that are about nothing."""
    about = [stance for stance in opinions if any(value is not None for value in stance["target"].values())]
    return [{"id": f"s{number}", **stance} for number, stance in enumerate(about, 1)]


def _beside(document: Row, place: Row) -> list[Row]:
    """Return the mentions and triggers that stand in the sentence of a place, and not in the place itself."""
    spans = list(mentions(document).values())
    for tokens in sentence_tokens(document):
        if within([place], tokens):
            return [
                span
                for span in within(spans, tokens)
                if span["end"] <= place["start"] or span["start"] >= place["end"]
            ]
    return []


def count(predicted: Sequence[Row], document: Row) -> tuple[int, int, int]:
    """Return true positives, predicted and gold of opinions by sentence, holders, target mention and polarity."""

    def keys(stances: Sequence[Row]) -> Counter[object]:
        starts = [sentence["start"] for sentence in document["sentences"]]
        return Counter(
            (
                sum(start <= stance["expression"]["start"] for start in starts),
                frozenset(stance["holders"]) or stance["holder_kind"],
                stance["target"]["mention"],
                stance["polarity"],
            )
            for stance in stances
        )

    mine, theirs = keys(document["stances"]), keys(predicted)
    return (mine & theirs).total(), theirs.total(), mine.total()
