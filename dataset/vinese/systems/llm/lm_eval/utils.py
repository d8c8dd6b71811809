"""What the task files of lm-evaluation-harness call: questions in one text, and counts of each reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import msgspec
import numpy as np
from datasets import Dataset, DatasetDict

from vinese.core.project import Project
from vinese.score.options import options
from vinese.score.statistics import MICRO
from vinese.systems.corpus import Corpus, read_corpus
from vinese.systems.llm.batch import Reply
from vinese.systems.llm.prompts import Request, requests
from vinese.systems.llm.scoring import Counts, score_reply
from vinese.systems.llm.shots import wanted

_HEADINGS = {"user": "# Input", "assistant": "# Output"}


def questions(
    task: str, lang: str | None = None, shots: int = 0, gold: str | None = None, project: str | None = None, **_: Any
) -> DatasetDict:
    """Return a question an article in the split `test`; what is not the task comes from `--metadata`."""
    corpus = _corpus(gold, project)
    documents = {document.id: document for document in corpus.documents}
    rows = []
    for request in requests(task, corpus, lang=lang, shots=shots):
        document = documents[request.article_id]
        reply = wanted(document, task, corpus.ontology, document.sentences)
        row = {"custom_id": request.custom_id, "prompt": _prompt(request), "gold": gold, "project": project}
        rows.append({**row, "reply": msgspec.json.encode(reply).decode()})
    return DatasetDict({"test": Dataset.from_list(rows)})


entities = partial(questions, "entities")
events = partial(questions, "events")
opinions = partial(questions, "opinions")


@cache
def _corpus(gold: str | None, project: str | None) -> Corpus:
    return read_corpus(gold, options(Project.here(project)))


def _prompt(request: Request) -> str:
    """Return the messages of a request as one text that ends where the reply is to begin."""
    parts = []
    for message in request.messages:
        parts += [_HEADINGS[message["role"]]] if message["role"] in _HEADINGS else []
        parts.append(message["content"])
    return "\n\n".join([*parts, _HEADINGS["assistant"], ""])


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Counts]:
    """Return the counts of one reply for every metric, which sums them over articles."""
    article_id, _, task = str(doc["custom_id"]).rpartition("/")
    counts = score_reply(task, _corpus(doc["gold"], doc["project"]), article_id, Reply(results[0])).counts
    return dict.fromkeys((*MICRO_METRICS, "failed"), counts)


def _micro(name: str) -> Callable[[Iterable[Counts]], float]:
    def aggregate(counts: Iterable[Counts]) -> float:
        """Return a statistic of the sums over articles, as a share."""
        rows = np.asarray([[(reply.tp, reply.predicted, reply.gold)] for reply in counts], dtype=float)
        return float(MICRO[name](rows.sum(axis=0)))

    return aggregate


MICRO_METRICS = ("f1", "precision", "recall")
f1, precision, recall = map(_micro, MICRO_METRICS)


def failed(counts: Iterable[Counts]) -> int:
    """Return how many replies were no use: they count as nothing found."""
    return sum(reply.failed for reply in counts)
