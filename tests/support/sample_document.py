"""Make small documents by hand, for tests that want to see every case."""

from __future__ import annotations

import re

import msgspec

from vinese.core.files import text_digest
from vinese.model.records import (
    Argument,
    ArticleStance,
    Document,
    Entity,
    Event,
    Provenance,
    Sentence,
    Span,
    Stance,
    Target,
    Zone,
)

TEXT = (
    "NATO và EU ủng hộ Ukraine\n"
    "Tổng thư ký NATO Mark Rutte gặp Thủ tướng Đức ở Berlin 😀 ngày 10/7. Ông hoan nghênh EU.\n"
    "Nga phản đối. Trời đẹp."
)


def span(text: str, after: int = 0) -> Span:
    """Return the first place of `text` in TEXT, not before `after`."""
    start = TEXT.index(text, after)
    return Span(start=start, end=start + len(text), text=text)


def _entity(name: str, kind: str, text: str, after: int = 0, **more: object) -> Entity:
    return Entity(id=name, type=kind, **msgspec.structs.asdict(span(text, after)), **more)  # type: ignore[arg-type]


def document(article_id: str = "sample-1", text: str = TEXT) -> Document:
    """Return a document with nesting, a NOM, an event that fills a role, and every kind of holder and target."""
    lines = [0, 26, 26 + TEXT[26:].index("Ông"), TEXT.index("Nga"), TEXT.index("Trời")]
    ends = [25, TEXT.index(" Ông"), TEXT.index("\nNga"), TEXT.index(" Trời"), len(TEXT)]
    entities = (
        _entity("e1", "ORG_IGO", "NATO"),
        _entity("e2", "ORG_IGO", "EU"),
        _entity("e3", "GPE", "Ukraine"),
        _entity("e4", "ROLE", "Tổng thư ký NATO"),
        _entity("e5", "ORG_IGO", "NATO", 26),
        _entity("e6", "PER", "Mark Rutte"),
        _entity("e7", "ROLE", "Thủ tướng Đức"),
        _entity("e8", "GPE", "Đức"),
        _entity("e9", "GPE", "Berlin"),
        _entity("e10", "TIME", "ngày 10/7"),
        _entity("e11", "NOM", "Ông", refers_to=("e6",)),
        _entity("e12", "ORG_IGO", "EU", 30),
        _entity("e13", "GPE", "Nga", origin="manual"),
    )
    events = (
        Event(
            id="v1",
            type="SUPPORT",
            modality="ASSERTED",
            trigger=span("ủng hộ"),
            arguments=(Argument(role="ACTOR", entity="e1"), Argument(role="RECIPIENT", entity="e3")),
        ),
        Event(
            id="v2",
            type="CONSULT",
            modality="ASSERTED",
            trigger=span("gặp"),
            arguments=(Argument(role="ACTOR", entity="e6"), Argument(role="TIME", entity="e10")),
        ),
        Event(
            id="v3",
            type="REJECT",
            modality="ASSERTED",
            trigger=span("phản đối"),
            arguments=(Argument(role="ACTOR", entity="e13"), Argument(role="OBJECT", event="v2")),
        ),
    )
    stances = (
        _stance("s1", "FAVOR", "ủng hộ", holders=("e1", "e2"), target=Target(mention="e3")),
        _stance(
            "s2", "FAVOR", "hoan nghênh", holders=("e11",), source="e6", target=Target(mention="e12", topic="other")
        ),
        _stance("s3", "AGAINST", "phản đối", holders=("e13",), target=Target(topic="european_security")),
        _stance("s4", "FAVOR", "đẹp", kind="AUTHOR", target=Target(topic="other")),
    )
    return Document(
        id=article_id,
        text=text,
        text_sha256=text_digest(text),
        zones=(Zone(type="title", start=0, end=25, raw_start=0, raw_end=25),),
        sentences=tuple(Sentence(start=start, end=end) for start, end in zip(lines, ends, strict=True)),
        entities=entities,
        events=events,
        stances=stances,
        article_stance=ArticleStance(
            topic="european_defence_cooperation", outlet_stance="NEUTRAL", overall_leaning="FAVOR"
        ),
        provenance=Provenance(layer="trial", annotator="a1", annotator_kind="model", tool="label-studio"),
    )


def _stance(name: str, polarity: str, words: str, *, kind: str = "ENTITY", **more: object) -> Stance:
    return Stance(
        id=name,
        polarity=polarity,
        attribution="NARRATION",
        expression=span(words),
        holder_kind=kind,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def line(found: Document) -> dict[str, object]:
    """Return a document as the loader reads it."""
    from vinese.model.records import Metadata

    words = [list(word.span()) for word in re.finditer(r"\S+", found.text)]
    return {**msgspec.to_builtins(found), "metadata": msgspec.to_builtins(Metadata(title="Title")), "words": words}
