"""vinese: Vietnamese news with entities, stance and events, from the scraped page to a dataset that loads anywhere.

Names are looked up when they are first used, so `import vinese` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinese.core.errors import VineseError
    from vinese.core.issues import Issue
    from vinese.core.project import Project
    from vinese.model.ontology import Ontology
    from vinese.model.ontology_file import load_ontology
    from vinese.model.records import Article, Document
    from vinese.package.rows import load
    from vinese.score.records import ScoreReport
    from vinese.score.scorer import iter_scores, score

_HOME = {
    "Article": "vinese.model.records",
    "Document": "vinese.model.records",
    "Issue": "vinese.core.issues",
    "Ontology": "vinese.model.ontology",
    "Project": "vinese.core.project",
    "ScoreReport": "vinese.score.records",
    "VineseError": "vinese.core.errors",
    "iter_scores": "vinese.score.scorer",
    "load": "vinese.package.rows",
    "load_ontology": "vinese.model.ontology_file",
    "score": "vinese.score.scorer",
}

__all__ = [
    "Article",
    "Document",
    "Issue",
    "Ontology",
    "Project",
    "ScoreReport",
    "VineseError",
    "__version__",
    "iter_scores",
    "load",
    "load_ontology",
    "score",
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
