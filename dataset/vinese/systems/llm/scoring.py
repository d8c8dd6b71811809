"""Count what one reply has in common with gold, for harnesses that score as replies come."""

from __future__ import annotations

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
