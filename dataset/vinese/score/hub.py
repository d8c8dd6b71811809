"""Write scores as the Hub shows them on a model's page, and the file that makes a dataset a benchmark there.

`.eval_results/*.yaml` in a model's repository holds one number an entry, in the form of
https://huggingface.co/docs/hub/eval-results: `dataset` (`id`, `task_id`, `revision`), `value`, `date`, `notes`. These
carry the interval and the signature, without which the number says little. The Hub shows an entry where the dataset
is a registered benchmark and its `eval.yaml` has the task. `eval.yaml` at a dataset's root registers a benchmark; it
can name built-in scorers only, so no span measure can stand there, and with gold of one class any system that says
that class reaches 100. So it is made and checked here and kept out of the published folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml

from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.score.measures import HEADLINES
from vinese.score.records import ScoreReport

FRAMEWORKS = frozenset(("inspect-ai", "nemo-evaluator", "mteb", "harbor", "math-arena", "olmocr-bench"))
SCORERS = frozenset(("match", "includes", "pattern", "answer", "exact", "f1", "choice", "model_graded_qa", "math"))
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_SOLVERS = frozenset(("generate", "prompt_template", "system_message", "user_message", "multiple_choice"))
_TASK_KEYS = frozenset(("id", "config", "split", "field_spec", "solvers", "scorers"))
_KEYS = frozenset(("name", "description", "evaluation_framework", "tasks"))
_FIELDS = frozenset(("input", "target", "choices", "metadata"))


def eval_results(
    report: ScoreReport, dataset: str, *, revision: str | None = None, date: datetime | None = None
) -> bytes:
    """Return `.eval_results` YAML with the headline of every task, or every measure where there is no headline.

    `dataset` is its id on the Hub, `ORG/NAME`, and `revision` the hash of a commit there. Raise `UsageError` for
    another id, and for a report that is not sound: what is missing or failed has no place on a leaderboard.
    """
    if not _HUB_ID.fullmatch(dataset):
        raise UsageError(
            f"{dataset!r} is no id of a dataset on the Hub.", "Name it: --dataset ORG/NAME, or ORG/NAME@REVISION."
        )
    if not report.sound or not report.scores or report.partial:
        raise UsageError(
            "This report is not fit for a leaderboard: articles are missing or failed, or nothing was scored.",
            "Predict all articles, then score again.",
        )
    scores = [score for score in report.scores if score.measure in HEADLINES.values()] or list(report.scores)
    when = (date or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    entries = []
    for score in scores:
        where = {"id": dataset, "task_id": score.measure.partition(".")[0]} | (
            {"revision": revision} if revision else {}
        )
        estimate, made = score.estimate, f"{report.articles} articles; {score.signature}"
        bounds = "no interval" if estimate.low is None else f"95% interval [{estimate.low:.1f}, {estimate.high:.1f}]"
        entries.append(
            {
                "dataset": where,
                "value": round(score.value, 2),
                "date": when,
                "notes": f"{score.measure} {score.value:.1f}, {bounds}, {made}",
            }
        )
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=1000).encode()


def benchmark(labels: Sequence[str]) -> dict[str, Any]:
    """Return the content of `eval.yaml`: the article's stance, as a choice between labels."""
    return {
        "name": "vinese",
        "description": "Stance of Vietnamese news articles on European defence cooperation.",
        "evaluation_framework": "inspect-ai",
        "tasks": [
            {
                "id": "article_stance",
                "config": "article_stance",
                "split": "test",
                "field_spec": {"input": "text", "target": "outlet_stance", "choices": list(labels)},
                "solvers": [{"name": "multiple_choice"}],
                "scorers": [{"name": "choice"}],
            }
        ],
    }


def benchmark_problems(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the Hub or Inspect would refuse in an `eval.yaml`."""
    yield from (f"unknown key {key}" for key in content.keys() - _KEYS)
    yield from (f"missing key {key}" for key in sorted(_KEYS - content.keys()))
    if content.get("evaluation_framework") not in FRAMEWORKS:
        yield f"unknown framework {content.get('evaluation_framework')}"
    for number, task in enumerate(content.get("tasks", ())):
        yield from (f"tasks/{number}: unknown key {key}" for key in task.keys() - _TASK_KEYS)
        yield from (f"tasks/{number}: missing key {key}" for key in sorted(_TASK_KEYS - task.keys()))
        yield from (f"tasks/{number}: unknown field {key}" for key in task.get("field_spec", {}).keys() - _FIELDS)
        for kind, allowed in (("solvers", _SOLVERS), ("scorers", SCORERS)):
            names = [entry.get("name") for entry in task.get(kind, ())]
            yield from (f"tasks/{number}: unknown {kind[:-1]} {name}" for name in names if name not in allowed)


def publishable(issues: Sequence[Issue]) -> bool:
    """Return whether gold tells systems apart, so that a benchmark is worth registering."""
    return not any(issue.code == "gold-has-one-class" for issue in issues)
