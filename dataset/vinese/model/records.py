"""The records that flow through vinese: articles, documents and what is in them.

Every offset counts Unicode code points, half open: `text[start:end]`. `start` and `end` refer to the article's clean
`text`; `raw_start` and `raw_end` to the raw file decoded as UTF-8, a byte order mark and carriage returns counted.
The JSON Schemas in `schema/v1/` say the same for readers in other languages; `vinese.core.schemas` validates
against them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

SCHEMA_VERSION = "1.0"
JUDGEMENTS = ("outlet_stance", "overall_leaning")
"""The judgements of a whole article: fields of `ArticleStance`, in their order."""

RELATIONS = ("holder", "target", "source", "refers_to")
"""The labels of links that a document has a field of their own for, other than argument roles."""

Origin = Literal["manual", "prediction", "prediction-changed"]
HolderKind = Literal["ENTITY", "AUTHOR", "IMPLICIT"]
Decided = Literal["entity", "refers_to", "event", "argument", "stance", "article_stance"]


class Record(msgspec.Struct, frozen=True, omit_defaults=False, forbid_unknown_fields=True, gc=False):
    """The base of every record: immutable, slotted, strict about unknown keys when decoded.

    No record can lead back to itself, so that the garbage collector need not look for one that does.
    """


class Zone(Record, frozen=True):
    """A stretch of an article, traced to the raw file.

    `start` and `end` are null for what is not part of `text` (captions, bylines, related links, widgets).
    Where they are set, `fold(nfc(raw[raw_start:raw_end])) == text[start:end]`; see `vinese.text.normalise`.
    """

    type: str
    start: int | None
    end: int | None
    raw_start: int
    raw_end: int


class Sentence(Record, frozen=True):
    """A sentence of `text`; sentences never cross a line."""

    start: int
    end: int


class Metadata(Record, frozen=True):
    """What the page says of itself, word for word; null or empty where it says nothing."""

    title: str | None = None
    bylines: tuple[str, ...] = ()
    published: str | None = None
    published_at: str | None = None
    publisher: str | None = None
    url: str | None = None
    captions: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class Review(Record, frozen=True):
    """A place where the zoning rules were unsure, for a person to look at."""

    code: str
    line: int
    message: str


class Source(Record, frozen=True, omit_defaults=True):
    """The raw file that an article was made from; `chars` counts its code points.

    Where that is the text taken out of an HTML page, `html_sha256` is the digest of the page.
    """

    file: str
    sha256: str
    chars: int
    html_sha256: str | None = None


class Article(Record, frozen=True, kw_only=True):
    """An article: its clean text, and where every stretch of the raw page went."""

    schema_version: str = SCHEMA_VERSION
    id: str
    language: str = "vi"
    text: str
    text_sha256: str
    sentences: tuple[Sentence, ...]
    zones: tuple[Zone, ...]
    zoning: Literal["rules", "reviewed"]
    needs_review: tuple[Review, ...] = ()
    metadata: Metadata
    raw: Source


class Span(Record, frozen=True):
    """A stretch of `text` that repeats its words: `text[start:end] == span.text`."""

    start: int
    end: int
    text: str


class Entity(Record, frozen=True, kw_only=True):
    """An entity mention; mentions may nest, never cross. `refers_to` lists the named mentions a NOM stands for."""

    id: str
    start: int
    end: int
    text: str
    type: str
    refers_to: tuple[str, ...] = ()
    origin: Origin | None = None


class Argument(Record, frozen=True, kw_only=True):
    """A role of an event, filled by an entity or, for OBJECT, another event; exactly one of the two is set."""

    role: str
    entity: str | None = None
    event: str | None = None

    @property
    def filler(self) -> str:
        """Return the id of what fills the role; empty where neither is set, which no schema allows."""
        return self.entity or self.event or ""


class Event(Record, frozen=True, kw_only=True):
    """An event mention: its trigger, modality and arguments."""

    id: str
    type: str
    modality: str
    trigger: Span
    arguments: tuple[Argument, ...] = ()
    origin: Origin | None = None


class Target(Record, frozen=True, kw_only=True):
    """What a stance is about: a mention (the id of an entity or event), a topic, or both."""

    mention: str | None = None
    topic: str | None = None


class Stance(Record, frozen=True, kw_only=True):
    """An attributed stance. `holders` lists entity ids, and is empty unless `holder_kind` is ENTITY."""

    id: str
    polarity: str
    attribution: str
    expression: Span
    holder_kind: HolderKind
    holders: tuple[str, ...] = ()
    source: str | None = None
    target: Target
    origin: Origin | None = None


class Relation(Record, frozen=True, kw_only=True):
    """A relation between two entities, of a type of the project's own; `source` and `target` are their ids."""

    type: str
    source: str
    target: str


class ArticleStance(Record, frozen=True, kw_only=True):
    """The judgement of a whole article: its own voice, and what a reader takes away."""

    topic: str
    outlet_stance: str
    overall_leaning: str


class Decision(Record, frozen=True, kw_only=True):
    """Where one item of an adjudicated document comes from.

    `how` is `agreed` if all layers have the item, `chosen` if only those in `layers` do, `new` if none does; `single`
    if the only layer that has the article does, so that nothing was to decide. `id` is
    the id of the entity, event or stance, or the name of the judgement of the article; an argument and a
    `refers_to` have the id of what they start from, their `role`, and the id of their `filler`.
    """

    kind: Decided
    id: str
    how: Literal["agreed", "chosen", "single", "new"]
    layers: tuple[str, ...] = ()
    role: str | None = None
    filler: str | None = None


class Undecided(Record, frozen=True):
    """A place where layers differ and the adjudicator left it at that; `about` says what differs there, in what.

    The document has there what one of the layers has, or what several have side by side.
    """

    start: int
    end: int
    text: str
    about: str = ""


class Adjudication(Record, frozen=True, kw_only=True, omit_defaults=True):
    """The layers that a document was decided from, and how each of its items came about, in the document's order.

    `open` has the places that were left undecided. What is empty is left out.
    """

    layers: tuple[str, ...]
    decisions: tuple[Decision, ...] = ()
    open: tuple[Undecided, ...] = ()


GIVEN = ("ontology_version", "stage", "guidelines_sha256", "batch")
"""What of a document's provenance is recorded when its article is sent to annotators."""


class Provenance(Record, frozen=True, kw_only=True):
    """Who made a document's labels and with what; times are ISO 8601 in UTC.

    `ontology_version`, `stage` and `guidelines_sha256` are what annotators were given when the article was sent to
    them, `batch` is the day on which it was; null where that was not recorded. `reviewed_by` is the person who went
    through the labels of an earlier layer and accepted or changed each, null where nobody did.
    """

    layer: str
    annotator: str
    annotator_kind: Literal["person", "model"] | None = None
    tool: str
    tool_version: str | None = None
    annotated_at: str | None = None
    notes: tuple[str, ...] = ()
    adjudication: Adjudication | None = None
    ontology_version: str | None = None
    stage: str | None = None
    guidelines_sha256: str | None = None
    batch: str | None = None
    reviewed_by: str | None = None


class Link(NamedTuple):
    """A directed relation between two items of a document.

    `source` and `target` are ids; `label` is the role of an argument, or `refers_to`, `holder`, `source` or `target`.
    `kind` is the kind of item that the linking field is for: None where the target of a stance may be either.
    `pointer` is a JSON Pointer into the document.
    """

    pointer: str
    label: str
    source: str
    target: str
    kind: Literal["entity", "event"] | None = "entity"


class Document(Record, frozen=True, kw_only=True):
    """An article with one layer of annotation, stand-off.

    Lists are in canonical order (see `vinese.model.document.canonical`): entities by start, longest first, then type
    and id; events by trigger and stances by expression likewise; arguments by role in the ontology's order, then
    filler; `holders` and `refers_to` by id. `relations` is left out where there are none.
    """

    schema_version: str = SCHEMA_VERSION
    id: str
    text: str
    text_sha256: str
    language: str = "vi"
    zones: tuple[Zone, ...]
    sentences: tuple[Sentence, ...]
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    stances: tuple[Stance, ...] = ()
    relations: tuple[Relation, ...] | msgspec.UnsetType = msgspec.UNSET
    article_stance: ArticleStance | None
    provenance: Provenance

    def spans(self) -> Iterator[tuple[str, Entity | Span]]:
        """Yield every annotated span with its JSON Pointer: entities, then triggers, then expressions."""
        for index, entity in enumerate(self.entities):
            yield f"/entities/{index}", entity
        for index, event in enumerate(self.events):
            yield f"/events/{index}/trigger", event.trigger
        for index, stance in enumerate(self.stances):
            yield f"/stances/{index}/expression", stance.expression

    def span_by_id(self) -> dict[str, Entity | Span]:
        """Return the span of every item by the item's id: an entity, a trigger or an expression."""
        spans: dict[str, Entity | Span] = {entity.id: entity for entity in self.entities}
        for event in self.events:
            spans[event.id] = event.trigger
        for stance in self.stances:
            spans[stance.id] = stance.expression
        return spans

    def links(self) -> Iterator[Link]:
        """Yield every relation between items: `refers_to`, then arguments, then those of stances, then all others."""
        for index, entity in enumerate(self.entities):
            for number, other in enumerate(entity.refers_to):
                yield Link(f"/entities/{index}/refers_to/{number}", "refers_to", entity.id, other)
        for index, event in enumerate(self.events):
            for number, argument in enumerate(event.arguments):
                pointer = f"/events/{index}/arguments/{number}"
                if argument.entity is not None:
                    yield Link(pointer, argument.role, event.id, argument.entity)
                else:
                    yield Link(pointer, argument.role, event.id, argument.event or "", "event")
        for index, stance in enumerate(self.stances):
            for number, holder in enumerate(stance.holders):
                yield Link(f"/stances/{index}/holders/{number}", "holder", stance.id, holder)
            if stance.source is not None:
                yield Link(f"/stances/{index}/source", "source", stance.id, stance.source)
            if stance.target.mention is not None:
                yield Link(f"/stances/{index}/target/mention", "target", stance.id, stance.target.mention, None)
        for index, relation in enumerate(self.relations or ()):
            yield Link(f"/relations/{index}", relation.type, relation.source, relation.target)


R = TypeVar("R")


def to_record(value: Any, record: type[R]) -> R:
    """Return `value` as a record; JSON Schema holds `3.0` to be a whole number, and so does this."""
    try:
        return msgspec.convert(value, record, from_attributes=True)
    except msgspec.ValidationError:
        return msgspec.convert(_whole(value), record, from_attributes=True)


def _whole(value: Any) -> Any:
    """Return `value` with every number that is whole as an `int`."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
