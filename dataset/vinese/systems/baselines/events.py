"""Find events: triggers by a lexicon or a CRF, modality by the syllable before, roles by type, side and nearness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from vinese.loader import outermost
from vinese.systems.baselines.lexicon import Lexicon, looked_up
from vinese.systems.baselines.mentions import Find
from vinese.systems.baselines.tagger import Tagger, span_tagger, tagged
from vinese.systems.baselines.training import Row, Training, agreed, bare, sentence_tokens, tuned, within

_SHARES = (0.5, 0.25, 0.75, 0.0)
_C2 = 0.1
_LIKELY = (0.5, 0.35, 0.25, 0.15, 0.1, 0.05)
_LEAST = (0.5, 0.3, 0.4, 0.6)
_RANKS = 3
Key = tuple[str, str, int]


def trigger_lexicon(training: Training) -> Find:
    """Take for a trigger what is one in other articles, in a tuned share of its places."""

    def learn(these: Training) -> Lexicon[str]:
        return Lexicon(
            these.documents,
            lambda document: ((e["trigger"]["start"], e["trigger"]["end"], e["type"]) for e in document["events"]),
            str.lower,
        )

    def finder(these: Training, share: float) -> Find:
        lexicon = these.remember("trigger lexicon", learn)
        return lambda document: looked_up(document, lexicon, share, nested=False)

    return tuned(training, "trigger lexicon", _SHARES, finder, _count)


def trigger_crf(training: Training) -> Find:
    """Tag triggers with the types of their events by a CRF, wherever one is likely enough.

    How likely is tuned: triggers are rare, and the likeliest tags of a sentence as a whole are mostly none.
    """

    def learn(these: Training) -> Tagger:
        return span_tagger(these.documents, lambda document: outermost(triggers(document)), c2=_C2)

    def finder(these: Training, least: float) -> Find:
        tagger = these.remember("trigger tagger", learn)
        return lambda document: tagged(document, lambda tokens: tagger.likely(tokens, least))

    return tuned(training, "trigger crf", _LIKELY, finder, _count)


def _count(find: Find, document: Row) -> tuple[int, int, int]:
    return agreed(find(bare(document)), triggers(document))


def triggers(document: Row) -> list[Row]:
    """Return the triggers of a document with the types of their events."""
    return [{**event["trigger"], "type": event["type"]} for event in document["events"]]


def modality(training: Training) -> Callable[[Row, Row], str]:
    """Return what gives a trigger its modality: the most frequent after the syllable before it, or else of all.

    A syllable counts that is followed by a trigger twice at least.
    """
    after: dict[str, Counter[str]] = {}
    every: Counter[str] = Counter()
    for document in training.documents:
        for event in document["events"]:
            every[event["modality"]] += 1
            after.setdefault(_before(document, event["trigger"]), Counter())[event["modality"]] += 1
    usual = every.most_common(1)[0][0] if every else ""

    def label(document: Row, trigger: Row) -> str:
        counts = after.get(_before(document, trigger), Counter())
        return counts.most_common(1)[0][0] if counts.total() > 1 else usual

    return label


def _before(document: Row, trigger: Row) -> str:
    for tokens in sentence_tokens(document):
        words = [token["text"].lower() for token in tokens if token["end"] <= trigger["start"]]
        if within([trigger], tokens):
            return words[-1] if words else ""
    return ""


def roles(training: Training) -> Callable[[Row, Row], list[Row]]:
    """Return what gives an event its arguments among the mentions and triggers of its sentence.

    A candidate is known by its type, its side of the trigger, and how many of its type are nearer on that side. It
    fills the role that such candidates fill most often, if they do so in a tuned share of the cases.
    """

    def learn(these: Training) -> dict[Key, Counter[str]]:
        counts: dict[Key, Counter[str]] = {}
        for document in these.documents:
            for event in document["events"]:
                fillers = {
                    (argument["entity"] or argument["event"]): argument["role"] for argument in event["arguments"]
                }
                for candidate, key in candidates(document, event["trigger"]):
                    counts.setdefault(key, Counter())[fillers.get(candidate["id"], "")] += 1
        return counts

    def giver(these: Training, least: float) -> Callable[[Row, Row], list[Row]]:
        counts = these.remember("role counts", learn)

        def give(document: Row, trigger: Row) -> list[Row]:
            arguments = []
            for candidate, key in candidates(document, trigger):
                seen = counts.get(key, Counter())
                filled = Counter({role: number for role, number in seen.items() if role})
                if filled and filled.most_common(1)[0][1] >= least * seen.total():
                    ids = {"entity": candidate["id"], "event": None}
                    if candidate["kind"] == "event":
                        ids = {"entity": None, "event": candidate["id"]}
                    arguments.append({"role": filled.most_common(1)[0][0], **ids})
            return arguments

        return give

    def count(give: Callable[[Row, Row], list[Row]], document: Row) -> tuple[int, int, int]:
        right = predicted = gold = 0
        for event in document["events"]:
            mine, theirs = (
                {(argument["role"], argument["entity"], argument["event"]) for argument in arguments}
                for arguments in (event["arguments"], give(document, event["trigger"]))
            )
            right, predicted, gold = right + len(mine & theirs), predicted + len(theirs), gold + len(mine)
        return right, predicted, gold

    return tuned(training, "roles", _LEAST, giver, count)


def candidates(document: Row, trigger: Row) -> Iterator[tuple[Row, Key]]:
    """Yield what may fill a role of the event at `trigger`, with its key: type, side, and rank from the trigger."""
    for tokens in sentence_tokens(document):
        if not within([trigger], tokens):
            continue
        spans: list[Row] = [{**entity, "kind": "entity"} for entity in within(document["entities"], tokens)]
        for event in document["events"]:
            spans += [
                {**span, "id": event["id"], "type": event["type"], "kind": "event"}
                for span in within([event["trigger"]], tokens)
            ]
        before = [span for span in spans if span["end"] <= trigger["start"]]
        after = [span for span in spans if span["start"] >= trigger["end"]]
        yield from _ranked(sorted(before, key=lambda span: (-span["end"], span["start"])), "before")
        yield from _ranked(sorted(after, key=lambda span: (span["start"], -span["end"])), "after")


def _ranked(spans: Sequence[Row], side: str) -> Iterator[tuple[Row, Key]]:
    seen: Counter[str] = Counter()
    for span in spans:
        yield span, (span["type"], side, min(seen[span["type"]], _RANKS))
        seen[span["type"]] += 1


def events(training: Training, find: Find, document: Row) -> list[dict[str, Any]]:
    """Return the events of a document that has its mentions: triggers by `find`, the rest by what is learnt."""
    label, give = training.remember("modality", modality), roles(training)
    spans = find(document)
    rows = [
        {
            "id": f"v{number}",
            "type": trigger["type"],
            "modality": label(document, trigger),
            "trigger": {"start": trigger["start"], "end": trigger["end"]},
        }
        for number, trigger in enumerate(spans, 1)
    ]
    whole = {**document, "events": rows}
    return [{**row, "arguments": give(whole, row["trigger"])} for row in rows]
