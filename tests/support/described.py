"""All that a build says of itself in words: the card and the pages beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.card.describe import PAGES

if TYPE_CHECKING:
    from pathlib import Path


def described(folder: Path) -> str:
    """Return the card of a built folder, its YAML included, and the pages that it leads to, one after the other."""
    pages = sorted((folder / name for name in PAGES if name.startswith("docs/")), key=lambda path: path.name)
    return "\n\n".join(path.read_text(encoding="utf-8") for path in (folder / "README.md", *pages))
