"""How predictions are read and scored: the settings of `vinese.score`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vinese.core.errors import UsageError
from vinese.core.pools import ALONE, Workers
from vinese.core.project import Project
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.score.align import MISSING
from vinese.score.read import Source
from vinese.score.statistics import INTERVALS


@dataclass(frozen=True, slots=True)
class Options:
    """How predictions are read and scored: see `score`."""

    project: Project
    ontology: Ontology
    articles: Source | Mapping[str, Any] | None = None
    missing: str = "error"
    interval: str = "jackknife"
    resamples: int = 1000
    seed: int = 0
    repair_bio: bool = False
    workers: Workers = ALONE


def options(
    project: Project | None = None,
    ontology: Ontology | None = None,
    *,
    articles: Source | Mapping[str, Any] | None = None,
    missing: str = "error",
    interval: str = "jackknife",
    resamples: int = 1000,
    seed: int = 0,
    repair_bio: bool = False,
) -> Options:
    """Return options, the project's ontology filled in; raise `UsageError` for values that there are not."""
    for name, value, values in (("missing", missing, MISSING), ("interval", interval, tuple(INTERVALS))):
        if value not in values:
            raise UsageError(f"There is no {name} {value!r}.", f"Values: {', '.join(values)}.")
    project = project or Project.here()
    return Options(
        project, ontology or load_ontology(project), articles, missing, interval, resamples, seed, repair_bio
    )
