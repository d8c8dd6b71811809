"""Draw valid articles and documents at random, for tests that must hold for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from support.documents import of_article
from vinese.compare.keys import contents
from vinese.core.files import text_digest
from vinese.model.conventions import Conventions
from vinese.model.document import canonical
from vinese.model.links import rules_of
from vinese.model.ontology import Ontology, ids
from vinese.model.ontology_file import load_ontology
from vinese.model.records import (
    Adjudication,
    Argument,
    Article,
    ArticleStance,
    Decision,
    Document,
    Entity,
    Event,
    Metadata,
    Provenance,
    Sentence,
    Source,
    Span,
    Stance,
    Target,
    Zone,
)

ONTOLOGY = load_ontology()
WORDS = ("Đà", "Nẵng", "hội", "đàm", "NATO", "27", "ủng", "hộ", "😀", "Bỉ", "kêu", "gọi", "quốc", "gia", "ông", "EU")
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,15}", fullmatch=True)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda moment: moment.isoformat() + "Z")


@st.composite
def lines(draw: st.DrawFn) -> list[list[list[str]]]:
    """Draw lines of sentences of words."""
    sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)
    return draw(st.lists(st.lists(sentence, min_size=1, max_size=3), min_size=1, max_size=4))


def laid_out(content: list[list[list[str]]]) -> tuple[str, list[Sentence], list[list[tuple[int, int]]], list[Zone]]:
    """Return the text of lines of sentences, the sentences, the words of each, and one zone a line."""
    text, found, words, zones = "", [], [], []
    for number, line in enumerate(content):
        text += "\n" if number else ""
        begin = len(text)
        for place, sentence in enumerate(line):
            text += " " if place else ""
            start, here = len(text), []
            for word in sentence:
                text += " " if len(text) > start else ""
                here.append((len(text), len(text) + len(word)))
                text += word
            text += "."
            found.append(Sentence(start, len(text)))
            words.append(here)
        zones.append(Zone("title" if not number else "body", begin, len(text), begin, len(text)))
    return text, found, words, zones


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Draw a sound article whose raw page was clean already."""
    text, sentences, _, zones = laid_out(draw(lines()))
    return _article(draw(NAMES), text, sentences, zones)


def _article(name: str, text: str, sentences: list[Sentence], zones: list[Zone]) -> Article:
    return Article(
        id=name,
        text=text,
        text_sha256=text_digest(text),
        sentences=tuple(sentences),
        zones=tuple(zones),
        zoning="rules",
        metadata=Metadata(title=None),
        raw=Source(file=f"{name}.txt", sha256=text_digest(text), chars=len(text)),
    )


@st.composite
def spans(draw: st.DrawFn, words: list[list[tuple[int, int]]], limit: int) -> list[tuple[int, int]]:
    """Draw up to `limit` stretches of whole words, each in one sentence."""
    found = []
    for _ in range(draw(st.integers(0, limit))):
        sentence = draw(st.sampled_from(words))
        first = draw(st.integers(0, len(sentence) - 1))
        last = draw(st.integers(first, min(first + 3, len(sentence) - 1)))
        found.append((sentence[first][0], sentence[last][1]))
    return found


def nesting(drawn: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those of the spans that cross none kept before them."""
    kept: list[tuple[int, int]] = []
    for start, end in drawn:
        if not any(start < a < end < b or a < start < b < end for a, b in kept):
            kept.append((start, end))
    return kept


class Draw:
    """Draw the parts of one document, ids unique among them."""

    def __init__(self, draw: st.DrawFn, text: str, words: list[list[tuple[int, int]]], ontology: Ontology) -> None:
        self.draw, self.text, self.words, self.ontology = draw, text, words, ontology
        self.rules = rules_of(ontology)
        self.asked = ontology.conventions or Conventions()
        self.taken: set[tuple[int, int]] = set()
        self.ids: set[str] = set()
        self.labels: dict[str, tuple[str, str]] = {}

    def one(self, things: Any) -> Any:
        return self.draw(st.sampled_from(list(things)))

    def new_id(self) -> str:
        found = self.draw(IDS.filter(lambda name: name not in self.ids))
        self.ids.add(found)
        return found

    def origin(self) -> Any:
        return self.one((None, "manual", "prediction", "prediction-changed"))

    def fillers(self, label: str, source: str, limit: int) -> list[str]:
        """Draw ids of what the ontology lets stand at the end of `label`, without `source` itself."""
        rule = self.rules.links[label]
        able = [name for name, (kind, type_) in self.labels.items() if rule.takes(kind, type_) and name != source]
        return self.draw(st.lists(st.sampled_from(able), unique=True, max_size=limit)) if able else []

    def entities(self) -> list[Entity]:
        seen, found = set(), []
        for start, end in nesting(self.draw(spans(self.words, 6))):
            type_ = self.one(ids(self.ontology.entities))
            if (start, end, type_) not in seen:
                seen.add((start, end, type_))
                self.taken.add((start, end))
                name, said = self.new_id(), self.text[start:end]
                self.labels[name] = ("entity", type_)
                found.append(Entity(id=name, start=start, end=end, text=said, type=type_, origin=self.origin()))
        rule = self.rules.links["refers_to"]
        return [
            Entity(
                id=one.id,
                start=one.start,
                end=one.end,
                text=one.text,
                type=one.type,
                origin=one.origin,
                refers_to=tuple(self.fillers("refers_to", one.id, 3)) if one.type in rule.sources else (),
            )
            for one in found
        ]

    def span(self, place: tuple[int, int]) -> Span:
        return Span(place[0], place[1], self.text[place[0] : place[1]])

    def events(self) -> list[Event]:
        taken = self.taken if self.asked.trigger_apart else set()
        triggers = {
            (place, self.one(label.id for label in self.ontology.events))
            for place in self.draw(spans(self.words, 4))
            if place not in taken
        }
        named = [(self.new_id(), place, type_) for place, type_ in sorted(triggers)]
        self.labels |= {name: ("event", type_) for name, _, type_ in named}
        return [
            Event(
                id=name,
                type=type_,
                modality=self.one(label.id for label in self.ontology.modalities),
                trigger=self.span(place),
                arguments=tuple(self.arguments(name)),
                origin=self.origin(),
            )
            for name, place, type_ in named
        ]

    def arguments(self, source: str) -> list[Argument]:
        found = []
        roles = [label.id for label in self.ontology.roles]
        for role in self.draw(st.lists(st.sampled_from(roles), unique=True, max_size=3)):
            for filler in self.fillers(role, source, 2):
                kind = self.labels[filler][0]
                found.append(Argument(role=role, **{kind: filler}))
        return found

    def stances(self) -> list[Stance]:
        found, seen = [], set()
        drawn = self.draw(spans(self.words, 4))
        for place in dict.fromkeys(drawn) if self.asked.one_stance else drawn:
            stance = self.stance(place)
            key = (place, stance.polarity, stance.attribution, stance.target, stance.holder_kind, stance.source)
            if (*key, tuple(sorted(stance.holders))) not in seen:
                seen.add((*key, tuple(sorted(stance.holders))))
                found.append(stance)
        return found

    def stance(self, place: tuple[int, int]) -> Stance:
        lists, name = self.ontology.stance, self.new_id()
        holders = self.fillers("holder", name, 3)
        mention = (self.fillers("target", name, 1) or [None])[0]
        topics = [None] if mention and not self.asked.topic_required else []
        return Stance(
            id=name,
            polarity=self.one(label.id for label in lists.polarities),
            attribution=self.one(label.id for label in lists.attributions),
            expression=self.span(place),
            holder_kind="ENTITY" if holders else self.one(("AUTHOR", "IMPLICIT")),
            holders=tuple(holders),
            source=(self.fillers("source", name, 1) or [None])[0],
            target=Target(mention=mention, topic=self.one([*topics, *(label.id for label in lists.topics)])),
            origin=self.origin(),
        )

    def article_stance(self) -> ArticleStance | None:
        values = [label.id for label in self.ontology.article_stance.values]
        return self.draw(
            st.none()
            | st.builds(
                ArticleStance,
                topic=st.just(self.ontology.article_stance.topic),
                outlet_stance=st.sampled_from(values),
                overall_leaning=st.sampled_from(values),
            )
        )


PROVENANCE = st.builds(
    Provenance,
    layer=NAMES,
    annotator=NAMES,
    annotator_kind=st.sampled_from((None, "person", "model")),
    tool=st.sampled_from(("Label Studio", "rule-baseline")),
    tool_version=st.none() | st.just("1.23.2"),
    annotated_at=st.none() | TIMES,
    notes=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=2).map(tuple),
    ontology_version=st.none() | st.just("2.0.0"),
    stage=st.none() | st.just("all"),
    guidelines_sha256=st.none() | st.just("0" * 64),
    batch=st.none() | st.just("2026-11-22"),
    reviewed_by=st.none() | NAMES,
)


@st.composite
def adjudicated(draw: st.DrawFn, document: Document) -> Document:
    """Draw whether the document was adjudicated, and what became of its items."""
    if not draw(st.booleans()):
        return document
    hows = st.sampled_from((("agreed", ("first", "second")), ("chosen", ("second",)), ("new", ())))
    decided = ((named, draw(hows)) for named, _ in contents(document))
    decisions = tuple(Decision(**named._asdict(), how=how, layers=layers) for named, (how, layers) in decided)
    made = Adjudication(layers=("first", "second"), decisions=decisions)
    return msgspec.structs.replace(
        document, provenance=msgspec.structs.replace(document.provenance, adjudication=made)
    )


@st.composite
def articles_with_documents(draw: st.DrawFn, ontology: Ontology = ONTOLOGY) -> tuple[Article, Document]:
    """Draw an article and a sound document of it in canonical order."""
    text, sentences, words, zones = laid_out(draw(lines()))
    article = _article(draw(NAMES), text, sentences, zones)
    return article, draw(adjudicated(annotation(draw, article, words, ontology)))


def annotation(
    draw: st.DrawFn, article: Article, words: list[list[tuple[int, int]]], ontology: Ontology = ONTOLOGY
) -> Document:
    """Draw a sound document of an article with these words, in canonical order."""
    parts = Draw(draw, article.text, words, ontology)
    document = of_article(
        article,
        entities=tuple(parts.entities()),
        events=tuple(parts.events()),
        stances=tuple(parts.stances()),
        article_stance=parts.article_stance(),
        provenance=draw(PROVENANCE),
    )
    return canonical(document, ontology)


def documents(ontology: Ontology = ONTOLOGY) -> st.SearchStrategy[Document]:
    """Draw a sound document in canonical order."""
    return articles_with_documents(ontology).map(lambda both: both[1])
