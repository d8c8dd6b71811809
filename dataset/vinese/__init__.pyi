"""The public names of vinese and where each lives; `__init__.py` imports them when they are first used."""

from vinese.compare.agree import agree
from vinese.compare.records import AgreementReport
from vinese.core.errors import VineseError
from vinese.core.issues import Issue
from vinese.core.project import Project
from vinese.formats.init import InitReport, init
from vinese.formats.read import read_export as convert
from vinese.formats.validate import validate_file as validate
from vinese.hub.publish import publish
from vinese.hub.records import PublishReport
from vinese.hub.rehydrate import RehydrateReport, rehydrate
from vinese.hub.standoff import standoff
from vinese.ingest.run import ingest_files as ingest
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document
from vinese.package.rows import load
from vinese.release.build import BuildReport, build
from vinese.release.check import CheckReport, UpdateReport, check, update
from vinese.render.article import render_article as show
from vinese.render.browse import BrowseReport, browse
from vinese.score.records import ScoreReport
from vinese.score.scorer import iter_scores, score
from vinese.systems.baselines.run import baseline
from vinese.systems.leaderboard import Leaderboard, leaderboard
from vinese.systems.llm.predict import predict
from vinese.systems.llm.predictions import PredictReport
from vinese.systems.llm.prompts import prompts
from vinese.systems.llm.scoring import tasks_path

__all__ = [
    "AgreementReport",
    "Article",
    "BrowseReport",
    "BuildReport",
    "CheckReport",
    "Document",
    "InitReport",
    "Issue",
    "Leaderboard",
    "Ontology",
    "PredictReport",
    "Project",
    "PublishReport",
    "RehydrateReport",
    "ScoreReport",
    "UpdateReport",
    "VineseError",
    "__version__",
    "agree",
    "baseline",
    "browse",
    "build",
    "check",
    "convert",
    "ingest",
    "init",
    "iter_scores",
    "leaderboard",
    "load",
    "load_ontology",
    "predict",
    "prompts",
    "publish",
    "rehydrate",
    "score",
    "show",
    "standoff",
    "tasks_path",
    "update",
    "validate",
]

__version__: str
