"""vinese: Vietnamese news with entities, stance and events, from the scraped page to a dataset that loads anywhere.

Names are looked up when they are first used, so `import vinese` costs next to nothing; `__init__.pyi` says of each
what it is.
"""

from __future__ import annotations

import importlib

PUBLIC = {
    "AgreementReport": "vinese.compare.records",
    "Article": "vinese.model.records",
    "BrowseReport": "vinese.render.browse",
    "BuildReport": "vinese.release.build",
    "CheckReport": "vinese.release.check",
    "Document": "vinese.model.records",
    "Issue": "vinese.core.issues",
    "Ontology": "vinese.model.ontology",
    "PredictReport": "vinese.systems.llm.predictions",
    "Project": "vinese.core.project",
    "PublishReport": "vinese.hub.records",
    "RehydrateReport": "vinese.hub.rehydrate",
    "ScoreReport": "vinese.score.records",
    "UpdateReport": "vinese.release.check",
    "VineseError": "vinese.core.errors",
    "agree": "vinese.compare.agree",
    "baseline": "vinese.systems.baselines.run",
    "browse": "vinese.render.browse",
    "build": "vinese.release.build",
    "check": "vinese.release.check",
    "convert": "vinese.formats.read:read_export",
    "init": "vinese.formats.init",
    "InitReport": "vinese.formats.init",
    "ingest": "vinese.ingest.run:ingest_files",
    "iter_scores": "vinese.score.scorer",
    "leaderboard": "vinese.systems.leaderboard",
    "Leaderboard": "vinese.systems.leaderboard",
    "load": "vinese.package.rows",
    "load_ontology": "vinese.model.ontology_file",
    "predict": "vinese.systems.llm.predict",
    "prompts": "vinese.systems.llm.prompts",
    "publish": "vinese.hub.publish",
    "rehydrate": "vinese.hub.rehydrate",
    "score": "vinese.score.scorer",
    "show": "vinese.render.article:render_article",
    "standoff": "vinese.hub.standoff",
    "tasks_path": "vinese.systems.llm.scoring",
    "update": "vinese.release.check",
    "validate": "vinese.formats.validate:validate_file",
}

__all__ = [  # noqa: PLE0604  # of strings
    "__version__",
    *PUBLIC,
]


def __getattr__(name: str) -> object:
    """Import the module that `name` lives in, and return it."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("vinese")
    if name in PUBLIC:
        module, _, function = PUBLIC[name].partition(":")
        return getattr(importlib.import_module(module), function or name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted(__all__)
