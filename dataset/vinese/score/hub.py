"""Write scores as the Hub shows them on a model's page.

`.eval_results/*.yaml` in a model's repository holds one number an entry, in the form of
https://huggingface.co/docs/hub/eval-results: `dataset` (`id`, `task_id`, `revision`), `value`, `date`, `notes`. These
carry the interval and the signature, without which the number says little. The Hub shows an entry where the dataset
is a registered benchmark and its `eval.yaml` has the task. `eval.yaml` at a dataset's root registers a benchmark; it
can name built-in scorers only, so no span measure can stand there, and with gold of one class any system that says
that class reaches 100. So a build has none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import yaml

from vinese.core.errors import UsageError
from vinese.score.measures import HEADLINES
from vinese.score.records import ScoreReport

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def eval_results(report: ScoreReport, dataset: str, *, revision: str | None = None) -> bytes:
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
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
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
