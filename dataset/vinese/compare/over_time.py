"""Agreement over time: of the articles that were annotated since a day, and batch by batch.

The time of an article is when the last of the compared layers annotated it. Its batch is the day on which it was sent
to annotators, the last of these days where that differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Literal

from vinese.checks.document_text import moment
from vinese.compare.f1 import MEASURES, Key
from vinese.compare.records import Batch, Settings
from vinese.compare.report import Gathered, pooled_f1, pooled_judgements
from vinese.core.errors import UsageError
from vinese.model.records import Document

By = Literal["batch", "week", "month"]
UNKNOWN = "not known"


def checked_day(since: str | None) -> date | None:
    """Return a day as `2026-11-01` says it; raise `UsageError` for what is none."""
    if since is None:
        return None
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise UsageError(f"{since!r} is no day.", "Give one as 2026-11-01.") from error


def day_of(documents: Iterable[Document]) -> date | None:
    """Return the day on which the last layer annotated an article, in UTC; None if a layer does not say when."""
    moments = [moment(document.provenance.annotated_at) for document in documents]
    known = [each for each in moments if each is not None]
    return max(known).astimezone(UTC).date() if known and len(known) == len(moments) else None


def batch_of(documents: Mapping[str, Document], by: By) -> str:
    """Return the batch to which an article belongs: that of its push, its month, or its week by year and number."""
    if by == "batch":
        return max((document.provenance.batch or "" for document in documents.values()), default="") or UNKNOWN
    day = day_of(documents.values())
    if day is None:
        return UNKNOWN
    return f"{day:%Y-%m}" if by == "month" else f"{day:%G}-W{day:%V}"


def batch(name: str, gathered: Gathered, settings: Settings) -> Batch:
    """Return how far all pairs of layers agree in one batch, by the measures that a report begins with."""
    f1 = pooled_f1(gathered, settings)
    judged = pooled_judgements(gathered, settings)
    return Batch(
        name=name,
        articles=len(gathered.per_article),
        f1={measure: f1[Key(measure, "exact")] for measure in MEASURES},
        alpha={judgement.name: judgement.alpha for judgement in judged},
    )
