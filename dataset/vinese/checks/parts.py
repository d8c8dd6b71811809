"""Tell whether sentences part a text, and zones make it up: of an article, and of a document, which repeats them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vinese.records import Sentence, Zone

TEXT_ZONES = ("title", "lead", "subheading", "body")
ZONE_TYPES = (
    *TEXT_ZONES,
    *("byline", "date", "caption", "credit", "topic_tag"),
    *("image", "image_alt", "related_headline", "related_teaser", "widget"),
)


def wrong_sentence(text: str, sentences: Sequence[Sentence]) -> tuple[str, int, int] | None:
    """Return where sentences stop parting `text`, as a pointer and a span; None if they part it.

    They do if none lies outside it, overlaps another, crosses a line or has spaces at its edges, and no text is left.
    """
    reached = 0
    for index, sentence in enumerate(sentences):
        part = text[sentence.start : sentence.end]
        sound = reached <= sentence.start < sentence.end <= len(text)
        if not sound or text[reached : sentence.start].strip() or part != part.strip() or "\n" in part:
            return f"/sentences/{index}", sentence.start, sentence.end
        reached = sentence.end
    return ("/sentences", reached, len(text)) if text[reached:].strip() else None


def wrong_zone(text: str, zones: Sequence[Zone], raw_chars: int | None = None) -> tuple[str, str] | None:
    """Return the pointer of the first zone that cannot be, and why; None if they make up `text` line by line.

    `raw_chars` is the length of the raw page, where it is known.
    """
    at = raw_at = 0
    for index, zone in enumerate(zones):
        reason = _raw_problem(zone, raw_at, raw_chars) or _zone_problem(zone, at, text)
        if reason:
            return f"/zones/{index}", reason
        raw_at = zone.raw_end
        at = zone.end + 1 if zone.end is not None else at
    if at != len(text) + 1:
        return "/zones", f"the zones make up {max(at - 1, 0)} of the text's {len(text)} code points"
    return None


def _raw_problem(zone: Zone, raw_at: int, raw_chars: int | None) -> str:
    """Return what is wrong with the type and the raw side of a zone; empty where nothing is."""
    if zone.type not in ZONE_TYPES:
        return f"{zone.type!r} is no zone type"
    if not raw_at <= zone.raw_start < zone.raw_end or (raw_chars is not None and zone.raw_end > raw_chars):
        return f"raw [{zone.raw_start}, {zone.raw_end}) is empty, out of order or outside the raw file"
    return ""


def _zone_problem(zone: Zone, at: int, text: str) -> str:
    """Return what is wrong with a zone that should begin at `at` in the text; empty where nothing is."""
    if zone.type not in TEXT_ZONES:
        return "" if zone.start is None and zone.end is None else f"a zone {zone.type} is no part of the text"
    if zone.start != at or zone.end is None or not at < zone.end <= len(text):
        return f"[{zone.start}, {zone.end}) does not continue the text at {at}"
    if "\n" in text[at : zone.end] or text[zone.end : zone.end + 1] not in ("", "\n"):
        return f"[{zone.start}, {zone.end}) is not one whole line of the text"
    return ""
