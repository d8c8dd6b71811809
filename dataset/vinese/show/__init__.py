"""Show one article with one layer's annotation, for a person at a terminal.

- `find`: the article that a person means, and its document
- `markup`: the text with its entities, triggers and opinions marked in place
- `notes`: what no place in the text can show: arguments, holders, targets, provenance
- `page`: all of it as one text, in colour or without
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vinese.show.find import Found, find

if TYPE_CHECKING:
    from vinese.ontology import Ontology
    from vinese.records import Document

__all__ = ["Colors", "Found", "find", "render"]

Colors = Literal["standard", "256", "truecolor"]
WIDTH = 100


def render(document: Document, ontology: Ontology, *, width: int = WIDTH, colors: Colors | None = None) -> str:
    """Return the article as lines of at most `width` columns, its annotation marked and, by sentence, explained.

    `colors` says what the terminal can show; without it there is no escape code, and the marks alone tell all.
    """
    from vinese.show.page import page  # noqa: PLC0415

    return page(document, ontology, width=width, colors=colors)
