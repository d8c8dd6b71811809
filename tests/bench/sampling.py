"""Tell where processor time goes by looking again and again; a profiler that counts calls makes these dear."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType

TICK, ENOUGH, RUNS = 0.001, 400, 30  # seconds between two looks, looks that suffice, runs that suffice


def shares(work: Callable[[], object], steps: Mapping[str, str]) -> dict[str, float]:
    """Return the share of processor time of each step while `work` is done, as often as it takes to tell.

    `steps` names the step of modules, by their names or the beginnings of these, the most particular first. A moment
    belongs to the innermost function that has a step. Nothing is returned where there is no such timer (Windows).
    """
    counts: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            for start, step in steps.items():
                if module == start or module.startswith(f"{start}."):
                    counts[step] += 1
                    return
            frame = frame.f_back
        counts["elsewhere"] += 1

    if not hasattr(signal, "setitimer"):
        return {}
    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
    try:
        for _ in range(RUNS):
            work()
            if counts.total() >= ENOUGH:
                break
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return {step: count / counts.total() for step, count in counts.most_common()}
