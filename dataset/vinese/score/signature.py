"""How a score was made, in one line, as in sacrebleu (Post 2018, "A call for clarity in reporting BLEU")."""

from __future__ import annotations

from importlib.metadata import version

from vinese.score.align import Aligned
from vinese.score.measures import Measure

_INTERVALS = {"jackknife": "jack-logit-t", "bootstrap": "bootstrap-percentile", "none": "none"}


def signature(measure: Measure, aligned: Aligned, interval: str, missing: str, data: str) -> str:
    """Return the signature of a measure: task, options, what became of missing articles, interval, data, version.

    `missing` is `none` where every article was predicted, `empty:N` where N count as nothing found, `partial:N/M`
    where N of M articles are scored.
    """
    lacking, scored = len(aligned.missing), len(aligned.ids)
    gone = "none"
    if lacking:
        gone = f"partial:{scored}/{scored + lacking}" if missing == "partial" else f"empty:{lacking}"
    parts = {"task": measure.task, "stat": measure.statistic, **measure.options}
    if measure.task == "entities":
        parts["nom"] = "no"
    parts |= {"missing": gone, "failed": str(len(aligned.failed))}
    parts |= {"ci": _INTERVALS[interval], "articles": str(scored), "data": data, "version": version("vinese")}
    return "vinese|" + "|".join(f"{name}:{value}" for name, value in parts.items())
