"""What other harnesses take: the counts of a reply as it comes, and the task files for lm-evaluation-harness."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from vinese.score.measures import HEADLINES
from vinese.score.scorer import iter_scores
from vinese.systems.corpus import Corpus
from vinese.systems.llm.batch import Reply
from vinese.systems.llm.predictions import PredictReport, predictions_of


class Counts(NamedTuple):
    """What a task's headline measure counts in one article, and whether the reply failed (1) or not (0)."""

    tp: float
    predicted: float
    gold: float
    failed: int


class ScoredReply(NamedTuple):
    """The counts of one reply, and the report on what it predicts."""

    counts: Counts
    report: PredictReport


def score_reply(task: str, corpus: Corpus, article_id: str, reply: Reply) -> ScoredReply:
    """Return what a reply about an article has in common with gold; one that failed found nothing."""
    (document,) = (document for document in corpus.documents if document.id == article_id)
    report = predictions_of(task, corpus._replace(documents=(document,)), {article_id: reply})
    headline = HEADLINES[task]
    assert headline is not None
    (score,) = iter_scores([document], report.predictions, [headline], ontology=corpus.ontology)
    return ScoredReply(Counts(score.tp, score.predicted, score.gold, len(report.failed)), report)


def tasks_path() -> Path:
    """Return the folder with the task files for lm-evaluation-harness, for its option `--include_path`.

    Examples
    --------
    >>> import vinese
    >>> sorted(path.stem for path in vinese.tasks_path().glob("vinese_*.yaml"))
    ['vinese_entities', 'vinese_events', 'vinese_opinions']
    """
    return Path(__file__).parent / "lm_eval"
