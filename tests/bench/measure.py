"""Measure pieces of work, each in a process of its own, so that processor time and memory are its own alone."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import psutil

RUNS, ENOUGH = 3, 10.0  # the best of so many runs, fewer where they take so many seconds together
LEAST, MOST = 0.02, 0.2  # seconds between two looks at the memory, more of them the longer it takes
EXTRAS = {
    "label_studio_sdk": "studio",
    "trafilatura": "html",
    "lxml_html_clean": "html",
    "seqeval": "oracles",
    "nervaluate": "oracles",
    "orjson": "oracles",
    "krippendorff": "agree",
    "datasketch": "splits",
}
HERE = Path(__file__).resolve().parent


class Work(NamedTuple):
    """A piece of work that is ready to be run, and of how many items it is; `once` if one run is enough."""

    run: Callable[[], object]
    count: int
    once: bool = False


class Figure(NamedTuple):
    """What a piece of work cost: processor and clock seconds, items, and the peak of its own memory in bytes.

    Processor time and memory are those of the process and of all that it started; files that it maps are not counted.
    """

    cpu: float
    clock: float
    count: int
    peak: int

    @property
    def each(self) -> float:
        """Return the processor seconds of one item."""
        return self.cpu / self.count


class Missing(NamedTuple):
    """A piece of work that could not be done because a module is not installed."""

    module: str


class FailedError(Exception):
    """A piece of work failed; what it printed is the message."""


def call(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function of the bench in a process of its own, and return what it returns, through JSON."""
    return _run(function, args, look=False)[0]


def measure(function: Callable[..., Work], *args: Any) -> Figure | Missing:
    """Do the work that a function of the bench makes ready, in a process of its own, and return what it cost."""
    told, peak = _run(function, args, look=True)
    if "missing" in told:
        return Missing(told["missing"])
    return Figure(told["cpu"], told["clock"], told["count"], peak)


def in_turn(*pieces: tuple[Any, ...]) -> list[Figure | Missing]:
    """Measure pieces of work, each a function and its arguments, one after the other then again; return each's least.

    What a busy machine adds is then much the same for all of them. What takes long is measured once.
    """
    best: list[Figure | Missing] = [measure(*piece) for piece in pieces]
    for number, piece in enumerate(pieces):
        first = best[number]
        if isinstance(first, Figure) and first.cpu < ENOUGH / RUNS:
            again = measure(*piece)
            assert isinstance(again, Figure)
            best[number] = min(first, again)._replace(peak=max(first.peak, again.peak))
    return best


def _run(function: Callable[..., Any], args: tuple[Any, ...], *, look: bool) -> tuple[Any, int]:
    """Return what a function returns in a process of its own, and the peak of the memory, if that is looked at."""
    words = json.dumps([f"{function.__module__}:{function.__qualname__}", *args], default=str)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as trouble:
        process = subprocess.Popen([sys.executable, HERE, "--child", words], stdout=out, stderr=trouble)
        peak, wait = 0, LEAST
        while look and process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(wait)
            wait = min(MOST, wait * 1.02)
        process.wait()
        out.seek(0)
        trouble.seek(0)
        if process.returncode:
            raise FailedError(f"{words} ended with {process.returncode}:\n{trouble.read().decode(errors='replace')}")
        return json.loads(out.read().splitlines()[-1]), peak


def _memory(pid: int) -> int:
    """Return the bytes of memory that a process and all that it started hold, without what they share with files."""
    held = 0
    try:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            info = one.memory_info()
            held += info.rss - getattr(info, "shared", 0)
    except psutil.Error:  # it has just ended
        return held
    return held


def child(words: str) -> None:
    """Do what `_run` asks for, and print what it gives as the last line."""
    name, *args = json.loads(words)
    module, _, function = name.partition(":")
    try:
        made = getattr(import_module(module), function)(*args)
        told = _timed(made) if isinstance(made, Work) else made
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in EXTRAS:
            raise
        told = {"missing": name}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


def _timed(work: Work) -> dict[str, float]:
    """Return the least processor time of some runs, and the clock time of that run."""
    best: tuple[float, float] | None = None
    spent = 0.0
    for _ in range(1 if work.once else RUNS):
        clock, cpu = time.perf_counter(), processor()
        work.run()
        cost = processor() - cpu, time.perf_counter() - clock
        best, spent = min(best or cost, cost), spent + cost[0]
        if spent > ENOUGH:
            break
    assert best is not None
    return {"cpu": best[0], "clock": best[1], "count": work.count}


def processor() -> float:
    """Return the processor seconds of this process and of those it started that have ended."""
    try:
        import resource
    except ImportError:  # Windows, which tells nothing of those that have ended
        return time.process_time()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime
