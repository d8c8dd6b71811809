"""Readings of articles outside the corpus, as `annotations/trial/` keeps them: offsets, and no word of text.

A reading is what one annotator made of the articles of a trial of the guidelines. The texts are their publishers'; so
the record has the SHA-256 of each, where its sentences stand, and what was marked, by offsets into it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from vinese.core.errors import FileProblemError
from vinese.core.files import text_digest
from vinese.corpus.guidelines import quoted
from vinese.corpus.layers import Model
from vinese.model.records import (
    Argument,
    ArticleStance,
    Document,
    Entity,
    Event,
    Provenance,
    Record,
    Sentence,
    Span,
    Stance,
    Target,
)
from vinese.text.sentences import sentences

Place = tuple[int, int]
Filler = tuple[Literal["entity", "event"], int]
_RULE = re.compile(r"\b[TESVA][1-9][0-9]?\b")


class ReadEvent(Record, frozen=True, kw_only=True):
    """An event: its trigger, and its arguments by role and the index of what fills it."""

    start: int
    end: int
    type: str
    modality: str
    arguments: tuple[tuple[str, Filler], ...] = ()


class ReadStance(Record, frozen=True, kw_only=True):
    """A stance: its expression, and holders, source and target by index."""

    start: int
    end: int
    polarity: str
    attribution: str
    holder_kind: Literal["ENTITY", "AUTHOR", "IMPLICIT"]
    holders: tuple[int, ...] = ()
    source: int | None = None
    target: Filler | None = None
    topic: str | None = None


class Undecided(Record, frozen=True, kw_only=True):
    """A decision that the reader found no rule for: its kind, and the rules that it was between."""

    about: str
    rules: tuple[str, ...] = ()


class ReadArticle(Record, frozen=True, kw_only=True):
    """What a reader marked in one article; offsets count code points of a text with this SHA-256.

    `entities` are start, end and type; `refers_to` are pairs of their indexes. `quoted` counts the code points that
    the reader's pages quote (`vinese.corpus.guidelines.quoted`), out of `characters`.
    """

    article: str
    text_sha256: str
    characters: int
    quoted: int | None = None
    sentences: tuple[Place, ...]
    entities: tuple[tuple[int, int, str], ...]
    refers_to: tuple[tuple[int, int], ...] = ()
    events: tuple[ReadEvent, ...]
    stances: tuple[ReadStance, ...]
    article_stance: ArticleStance | None = None
    undecided: tuple[Undecided, ...] = ()

    @property
    def decisions(self) -> int:
        """Return the number of entities, events, stances and arguments that were marked."""
        arguments = sum(len(event.arguments) for event in self.events)
        return len(self.entities) + len(self.events) + len(self.stances) + arguments

    def document(self) -> Document:
        """Return the reading as a document whose text, and words of spans, are empty: for comparison alone."""
        names = {"entity": [f"e{n}" for n in range(len(self.entities))]}
        names["event"] = [f"v{n}" for n in range(len(self.events))]
        referred: dict[int, list[str]] = {}
        for source, target in self.refers_to:
            referred.setdefault(source, []).append(names["entity"][target])
        return Document(
            id=self.article,
            text="",
            text_sha256=self.text_sha256,
            zones=(),
            sentences=tuple(Sentence(*place) for place in self.sentences),
            entities=tuple(
                Entity(id=f"e{n}", start=start, end=end, text="", type=kind, refers_to=tuple(referred.get(n, ())))
                for n, (start, end, kind) in enumerate(self.entities)
            ),
            events=tuple(
                Event(
                    id=f"v{n}",
                    type=event.type,
                    modality=event.modality,
                    trigger=Span(event.start, event.end, ""),
                    arguments=tuple(
                        Argument(role=role, **{kind: names[kind][index]}) for role, (kind, index) in event.arguments
                    ),
                )
                for n, event in enumerate(self.events)
            ),
            stances=tuple(
                Stance(
                    id=f"s{n}",
                    polarity=stance.polarity,
                    attribution=stance.attribution,
                    expression=Span(stance.start, stance.end, ""),
                    holder_kind=stance.holder_kind,
                    holders=tuple(names["entity"][index] for index in stance.holders),
                    source=None if stance.source is None else names["entity"][stance.source],
                    target=Target(
                        mention=names[stance.target[0]][stance.target[1]] if stance.target else None,
                        topic=stance.topic,
                    ),
                )
                for n, stance in enumerate(self.stances)
            ),
            article_stance=self.article_stance,
            provenance=Provenance(layer="trial", annotator="trial", tool="trial"),
        )


class Reading(Record, frozen=True, kw_only=True):
    """What one reader made of the articles of one round.

    `guidelines` is the language of the pages, `guidelines_sha256` their digest, `ontology` its version.
    """

    version: str = "1.0"
    round: int
    reader: str
    model: Model | Literal["not recorded"] | None = None
    guidelines: Literal["en", "vi"]
    guidelines_sha256: str | None = None
    ontology: str
    articles: tuple[ReadArticle, ...]


def by_lines(name: str, text: str, written: dict[str, Any], pages: dict[str, str] | None = None) -> ReadArticle:
    """Return a reading that names its words by line instead of counting characters.

    Parameters
    ----------
    name
        What the article is called.
    text
        Its text; blank lines, and white space at the edges of lines, do not count.
    written
        `entities`, `events`, `stances`, `article_stance` and `undecided`; each of the first three has an `id`, `line`
        (from 1), `words` and `nth` (from 1) of those words in the line.
    pages
        The guidelines that the reader had, by file name.

    Raises
    ------
    FileProblemError
        If the words do not stand where they are said to.

    Examples
    --------
    >>> read = by_lines(
    ...     "a",
    ...     "Lào gặp Peru.",
    ...     {
    ...         "entities": [{"id": "e", "line": 1, "words": "Lào", "nth": 1, "type": "GPE"}],
    ...         "events": [
    ...             {
    ...                 "id": "v", "line": 1, "words": "gặp", "nth": 1, "type": "CONSULT", "modality": "ASSERTED",
    ...                 "arguments": [{"role": "ACTOR", "filler": "e"}],
    ...             }
    ...         ],
    ...         "stances": [],
    ...         "undecided": [{"about": "event", "why": "V3 or V8?"}],
    ...     },
    ... )
    >>> read.entities, read.events[0].arguments, read.undecided[0].rules
    (((0, 3, 'GPE'),), (('ACTOR', ('entity', 0)),), ('V3', 'V8'))
    """
    lines = [line for raw in text.splitlines() if (line := raw.strip())]
    text = "\n".join(lines)
    entities, events, stances = (sorted(written[key], key=lambda item: _place(lines, item)) for key in _PARTS)
    fillers: dict[str, Filler] = {item["id"]: ("entity", n) for n, item in enumerate(entities)}
    fillers |= {item["id"]: ("event", n) for n, item in enumerate(events)}
    judged, cut = written.get("article_stance"), sentences(text)
    return ReadArticle(
        article=name,
        text_sha256=text_digest(text),
        characters=len(text),
        quoted=None if pages is None else quoted([(text, cut)], pages.values()).quoted,
        sentences=tuple((sentence.start, sentence.end) for sentence in cut),
        entities=tuple((*_place(lines, item), item["type"]) for item in entities),
        refers_to=tuple((n, fillers[to][1]) for n, item in enumerate(entities) for to in item.get("refers_to") or ()),
        events=tuple(
            ReadEvent(
                start=(place := _place(lines, item))[0],
                end=place[1],
                type=item["type"],
                modality=item["modality"],
                arguments=tuple(
                    (argument["role"], fillers[argument["filler"]]) for argument in item.get("arguments") or ()
                ),
            )
            for item in events
        ),
        stances=tuple(
            ReadStance(
                start=(place := _place(lines, item))[0],
                end=place[1],
                polarity=item["polarity"],
                attribution=item["attribution"],
                holder_kind=item["holder_kind"],
                holders=tuple(fillers[holder][1] for holder in item.get("holders") or ()),
                source=fillers[item["source"]][1] if item.get("source") else None,
                target=fillers[item["target"]] if item.get("target") else None,
                topic=item.get("topic"),
            )
            for item in stances
        ),
        article_stance=ArticleStance(**judged) if judged else None,
        undecided=tuple(_undecided(written.get("undecided") or ())),
    )


_PARTS = ("entities", "events", "stances")


def _undecided(written: Iterable[dict[str, Any]]) -> Iterable[Undecided]:
    """Yield each undecided decision by kind and rules, without its words, which may quote the article."""
    for item in written:
        yield Undecided(about=item["about"], rules=tuple(dict.fromkeys(_RULE.findall(item.get("why", "")))))


def _place(lines: list[str], item: dict[str, Any]) -> Place:
    """Return where the words of an item stand in the lines, joined by line feeds."""
    number, words, nth = item["line"], item["words"], item.get("nth", 1)
    at = -1
    if words and 1 <= number <= len(lines):
        for _ in range(nth):
            at = lines[number - 1].find(words, at + 1)
            if at < 0:
                break
    if at < 0:
        raise FileProblemError(
            f"{item.get('id')}: {words!r} does not stand {nth} times in line {number}.", "Mend it."
        )
    start = sum(len(line) + 1 for line in lines[: number - 1]) + at
    return start, start + len(words)


def by_rule(reading: Reading) -> dict[str, int]:
    """Return how often each rule stands in a reading's undecided decisions, the most frequent first."""
    rules = Counter(rule for article in reading.articles for decision in article.undecided for rule in decision.rules)
    return dict(sorted(rules.items(), key=lambda item: (-item[1], item[0])))
