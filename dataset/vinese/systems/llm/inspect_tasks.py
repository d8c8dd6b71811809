"""The tasks for Inspect AI: `inspect eval vinese/entities --model X` finds them through the entry point `inspect_ai`.

Each asks a question an article and scores with `vinese.score`. A sample that failed is scored as nothing found,
a reply that came is kept in Inspect's cache, so that whoever repeats a run that was stopped pays for none twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    CachePolicy,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    ResponseSchema,
)
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import JSONSchema

from vinese.core.project import Project
from vinese.score.options import options
from vinese.score.statistics import MICRO, Table, jackknife
from vinese.systems.corpus import Corpus, read_corpus
from vinese.systems.llm.batch import FILTERED, Reply
from vinese.systems.llm.prompts import Request, requests
from vinese.systems.llm.scoring import score_reply

RETRIES = 5
"""How often a request that a server is too busy for is sent again before it has failed; some minutes in all."""

_MESSAGES = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
_CUT = ("max_tokens", "model_length")
_COUNTS = ("tp", "predicted", "gold")


@task
def entities(lang: str | None = None, shots: int = 0, gold: str | None = None, project: str | None = None) -> Task:
    """Named mentions, nested ones too; exact micro F1."""
    return _task("entities", lang, shots, gold, project)


@task
def events(lang: str | None = None, shots: int = 0, gold: str | None = None, project: str | None = None) -> Task:
    """Events with their arguments; AC+, micro F1 of arguments attached to their triggers."""
    return _task("events", lang, shots, gold, project)


@task
def opinions(lang: str | None = None, shots: int = 0, gold: str | None = None, project: str | None = None) -> Task:
    """Attributed opinions; micro F1 of tuples of holder, target and polarity."""
    return _task("opinions", lang, shots, gold, project)


def _task(name: str, lang: str | None, shots: int, gold: str | None, project: str | None) -> Task:
    corpus = read_corpus(gold, options(Project.here(project)))
    return inspect_task(requests(name, corpus, lang=lang, shots=shots), corpus)


def inspect_task(asked: Sequence[Request], corpus: Corpus) -> Task:
    """Return requests, all to one task, as a task of Inspect."""
    name, schema = asked[0].task, asked[0].schema
    response = ResponseSchema(name=f"vinese_{name}", json_schema=JSONSchema.model_validate(schema), strict=True)
    return Task(
        name=name,
        dataset=MemoryDataset([_sample(request) for request in asked], name="vinese"),
        scorer=replies_scorer(name, corpus),
        config=GenerateConfig(
            temperature=0,
            seed=0,
            max_retries=RETRIES,
            cache=CachePolicy(expiry=None),
            response_schema=response,
        ),
        fail_on_error=False,
        score_on_error=True,
        version=corpus.ontology.version,
    )


def _sample(request: Request) -> Sample:
    messages: list[ChatMessage] = [
        _MESSAGES[message["role"]](content=message["content"]) for message in request.messages
    ]
    return Sample(id=request.article_id, input=messages)


def reply_of(output: ModelOutput, error: str | None, model: str, place: str = "") -> Reply:
    """Return the reply in a sample's output; `error` is what kept the sample from ending well."""
    reason = output.choices[0].stop_reason if output.choices else None
    failed = f"the model refused: {reason}" if reason == FILTERED else None
    if error:
        failed = f"the request failed: {error}"
    return Reply(output.completion, failed, place, model, cut=reason in _CUT)


@metric
def micro() -> Metric:
    """Return F1, precision and recall in per cent over all articles, F1 with its interval, and how many failed."""

    def measure(scores: list[SampleScore]) -> dict[str, float]:
        counts = [[[cast("Mapping[str, float]", sample.score.value)[name] for name in _COUNTS]] for sample in scores]
        table = Table(("",), np.asarray(counts, dtype=float).reshape(-1, 1, 3))
        interval = jackknife(table, MICRO["f1"])
        bounds = {"low": interval.low, "high": interval.high}
        return {
            **{name: 100 * float(MICRO[name](table.total())) for name in ("f1", "precision", "recall")},
            **{name: 100 * bound for name, bound in bounds.items() if bound is not None},
            "failed": sum(cast("Mapping[str, float]", sample.score.value)["failed"] for sample in scores),
        }

    return cast("Metric", measure)


@scorer(metrics=[micro()], name="vinese")
def replies_scorer(name: str, corpus: Corpus) -> Scorer:
    """Return a scorer that reads the reply about an article and counts, with `vinese.score`, what it has in common.

    The value has `tp`, `predicted`, `gold`, and `failed` (0 or 1); the prediction is in the metadata.
    """

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001  # gold is the corpus's own
        reply = reply_of(state.output, None, str(state.model))
        counts, report = score_reply(name, corpus, str(state.sample_id), reply)
        problems = [issue.message for issue in report.issues]
        return Score(
            value=counts._asdict(),
            answer=reply.text,
            explanation="\n".join(problems) or None,
            metadata={"prediction": report.predictions[0], "unresolved": report.unresolved},
        )

    return score
