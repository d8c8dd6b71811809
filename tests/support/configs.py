"""The configs that a build of vinese's own corpus has: a new one is added here, and tested wherever all are."""

from __future__ import annotations

CONFIGS = (
    "articles", "entities", "entities_words", "opinions", "stance_pairs", "article_stance", "events", "annotators",
)  # fmt: skip
