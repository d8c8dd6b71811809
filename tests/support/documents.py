"""Build documents of one article for tests of agreement, from the words that are marked."""

# The tables below are rows of words; a name for each word would hide the annotation.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from vinese.core.files import text_digest
from vinese.model.records import (
    Argument,
    Article,
    ArticleStance,
    Document,
    Entity,
    Event,
    Provenance,
    Sentence,
    Span,
    Stance,
    Target,
)

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "NATO kêu gọi hợp tác với EU\n"
    "Tổng thư ký NATO Jens Stoltenberg kêu gọi EU viện trợ cho Ukraine. Ông ca ngợi Đức.\n"
    "Nga phản đối việc triển khai tên lửa Patriot tại Ba Lan."
)


def place(text: str, words: str, nth: int = 0) -> Span:
    """Return where `words` occur in `text` for the `nth` time, counted from 0."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words), words)


def cut(text: str) -> tuple[Sentence, ...]:
    """Return sentences that end at a full stop or a line break."""
    found, start = [], 0
    for end, char in enumerate(text, 1):
        if end == len(text) or (char == "." and text[end : end + 1] in " \n") or text[end : end + 1] == "\n":
            found.append(Sentence(start, end))
            start = end + 1
    return tuple(one for one in found if one.start < one.end)


def of_article(article: Article, **parts: Any) -> Document:
    """Return a document of an article with these entities, events, stances, judgement and provenance."""
    return Document(
        id=article.id,
        text=article.text,
        text_sha256=article.text_sha256,
        zones=article.zones,
        sentences=article.sentences,
        **parts,
    )


def document(
    *,
    entities: dict[str, tuple[Any, ...]] | None = None,
    events: dict[str, tuple[Any, ...]] | None = None,
    stances: dict[str, tuple[Any, ...]] | None = None,
    judged: tuple[str, str] | None = ("NEUTRAL", "FAVOR"),
    key: str = "one",
    text: str = TEXT,
    layer: str = "test",
) -> Document:
    """Build a document.

    entities: id -> (words, type[, nth[, refers_to]]); events: id -> (words, type, modality, {role: id}[, nth]);
    stances: id -> (words, polarity, holders or kind, mention, topic[, attribution[, source]]).
    """
    return Document(
        id=key,
        text=text,
        text_sha256=text_digest(text),
        zones=(),
        sentences=cut(text),
        entities=tuple(sorted((_entity(text, k, *v) for k, v in (entities or {}).items()), key=_entity_order)),
        events=tuple(_event(text, k, entities or {}, *v) for k, v in (events or {}).items()),
        stances=tuple(_stance(text, k, *v) for k, v in (stances or {}).items()),
        article_stance=None
        if judged is None
        else ArticleStance(topic="european_defence_cooperation", outlet_stance=judged[0], overall_leaning=judged[1]),
        provenance=Provenance(layer=layer, annotator=layer, tool="test"),
    )


def _entity_order(entity: Entity) -> tuple[int, int, str]:
    return entity.start, -entity.end, entity.type


def _entity(text: str, key: str, words: str, kind: str, nth: int = 0, refers_to: tuple[str, ...] = ()) -> Entity:  # noqa: PLR0917
    span = place(text, words, nth)
    return Entity(id=key, start=span.start, end=span.end, text=words, type=kind, refers_to=refers_to)


def _event(  # noqa: PLR0917
    text: str, key: str, entities: dict[str, Any], words: str, kind: str, modality: str, roles: dict, nth: int = 0
) -> Event:
    arguments = tuple(
        Argument(role=role, entity=filler) if filler in entities else Argument(role=role, event=filler)
        for role, filler in roles.items()
    )
    return Event(id=key, type=kind, modality=modality, trigger=place(text, words, nth), arguments=arguments)


def _stance(  # noqa: PLR0917
    text: str,
    key: str,
    words: str,
    polarity: str,
    holder: str | tuple[str, ...],
    mention: str | None,
    topic: str | None,
    attribution: str = "INDIRECT_SPEECH",
    source: str | None = None,
) -> Stance:
    return Stance(
        id=key,
        polarity=polarity,
        attribution=attribution,
        expression=place(text, words),
        holder_kind=holder if isinstance(holder, str) else "ENTITY",
        holders=() if isinstance(holder, str) else holder,
        source=source,
        target=Target(mention=mention, topic=topic),
    )


ENTITIES = {
    "nato": ("NATO", "ORG_IGO"),
    "eu": ("EU", "ORG_IGO"),
    "role": ("Tổng thư ký NATO", "ROLE"),
    "nato2": ("NATO", "ORG_IGO", 1),
    "stoltenberg": ("Jens Stoltenberg", "PER"),
    "eu2": ("EU", "ORG_IGO", 1),
    "ukraine": ("Ukraine", "GPE"),
    "ong": ("Ông", "NOM", 0, ("stoltenberg",)),
    "duc": ("Đức", "GPE"),
    "nga": ("Nga", "GPE"),
    "patriot": ("Patriot", "WPN"),
    "balan": ("Ba Lan", "GPE"),
}
EVENTS = {
    "request": ("kêu gọi", "REQUEST", "ASSERTED", {"ACTOR": "stoltenberg", "RECIPIENT": "eu2", "OBJECT": "aid"}, 1),
    "aid": ("viện trợ", "AID", "HYPOTHETICAL", {"ACTOR": "eu2", "RECIPIENT": "ukraine"}),
    "mobilize": ("triển khai", "MOBILIZE", "ASSERTED", {"OBJECT": "patriot", "PLACE": "balan"}),
}
STANCES = {
    "s1": ("kêu gọi EU viện trợ", "FAVOR", ("stoltenberg",), "aid", "support_for_ukraine"),
    "s2": ("ca ngợi", "FAVOR", ("ong",), "duc", "other", "REPORTED"),
    "s3": ("phản đối", "AGAINST", ("nga",), "mobilize", "european_security", "REPORTED"),
}


def full(**changes: Any) -> Document:
    """Build the whole annotation of the article, some parts changed."""
    return document(**{"entities": ENTITIES, "events": EVENTS, "stances": STANCES, **changes})


def write(folder: Path, name: str, *documents: Document) -> Path:
    """Write documents, one a line, and return the file."""
    file = folder / f"{name}.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in documents))
    return file
