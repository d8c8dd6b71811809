"""vinese: Vietnamese news with entities, stance and events, from the scraped page to a dataset that loads anywhere.

Names are looked up when they are first used, so `import vinese` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinese.errors import VineseError
    from vinese.issues import Issue
    from vinese.ontology import Ontology, load_ontology
    from vinese.records import Article, Document
    from vinese.resources import Project
    from vinese.rows import load

_HOME = {
    "Article": "vinese.records",
    "Document": "vinese.records",
    "Issue": "vinese.issues",
    "Ontology": "vinese.ontology",
    "Project": "vinese.resources",
    "VineseError": "vinese.errors",
    "load": "vinese.rows",
    "load_ontology": "vinese.ontology",
}

__all__ = [
    "Article",
    "Document",
    "Issue",
    "Ontology",
    "Project",
    "VineseError",
    "__version__",
    "load",
    "load_ontology",
]


def __getattr__(name: str) -> object:
    """Import the module that `name` lives in, and return it."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("vinese")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted(__all__)
