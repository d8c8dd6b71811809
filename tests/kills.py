"""Kill every verb that writes, at single file-system events, and look at what stands then.

    PYTHONPATH=tests python tests/kills.py 200 [--seed N] [VERB ...]

Each kill is a SIGKILL right before one event that Python or vinese reports to its auditors: an opening for writing, a
rename or exchange, a removal, a folder made or removed, an fsync. Half of the kills are spread over all events of a
verb, half over those that change names. After each, every file is old or new as a whole, and so is every folder that
is made as a whole; after the next run of any verb nothing is left over; and the same call, again, does it all.
"""

from __future__ import annotations

import argparse
import atexit
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.kill_cases import Case

NAMES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}
EVENTS = {"open", "fsync", *NAMES}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
ANY_VERB = ("schema",)
COPY = "-copy"


def serve() -> None:
    """Run each call from standard input in a fork of this process, which has imported all; print how it ended."""
    import datasets  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import vinese

    for name in vinese.__all__:
        getattr(vinese, name)
    for line in sys.stdin:
        call = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _run(call, writer)
        os.close(writer)
        with os.fdopen(reader) as told:
            events = told.read().split()
        status = os.waitpid(child, 0)[1]
        print(json.dumps([os.waitstatus_to_exitcode(status), events]), flush=True)


def _run(call: dict[str, Any], writer: int) -> None:
    """Run `vinese WORDS` in a fork, tell its events, and end at the one of the number `kill`, counted from 0."""
    os.chdir(call["folder"])
    os.environ.update(call["environment"])
    tempfile.tempdir = None
    output = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    count = 0
    kill: int | None = call["kill"]

    def count_event(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in EVENTS or not _is_ours(event, arguments, call["folder"]):
            return
        if count == kill:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        os.write(writer, event.encode() + b"\n")

    from vinese.cli import run

    real = os.fsync

    def fsync(handle: int) -> None:
        sys.audit("fsync", call["folder"])
        real(handle)

    os.fsync = fsync  # type: ignore[assignment]
    sys.addaudithook(count_event)
    code = run(call["words"])
    sys.stdout.flush()
    atexit._run_exitfuncs()
    os._exit(code)


def _is_ours(event: str, arguments: tuple[Any, ...], folder: str) -> bool:
    if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & WRITES):
        return False
    if not isinstance(arguments[0], str | bytes | os.PathLike):
        return False
    path = os.fsdecode(arguments[0])
    return not path.startswith("/") or path.startswith(folder)  # relative to an open folder, or to this one


class Killer:
    """Run calls in copies of prepared folders."""

    def __init__(self, root: Path, hub: str) -> None:
        paths = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
        variables = {"PYTHONPATH": paths, "HF_HOME": str(root / "hf"), "HF_ENDPOINT": hub}
        self._server = subprocess.Popen(
            [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "*", **variables},
        )  # fmt: skip

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def run(
        self, folder: Path, words: tuple[str, ...], kill: int | None = None, **environment: str
    ) -> tuple[int, list[str]]:
        """Return exit code and events of a call in `folder`, which ends before the event of the number `kill`."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        (folder / "tmp").mkdir(exist_ok=True)
        variables = {"TMPDIR": str(folder / "tmp"), **environment}
        call = {"folder": str(folder), "words": words, "kill": kill, "environment": variables}
        print(json.dumps(call), file=self._server.stdin, flush=True)
        code, events = json.loads(self._server.stdout.readline())
        return code, events

    def must_run(self, folder: Path, *words: str, **environment: str) -> list[str]:
        code, events = self.run(folder, words, **environment)
        assert code in {0, 1}, (words, code, (folder / "output.txt").read_text()[-600:])
        return events


def snapshot(folder: Path) -> dict[str, str]:
    """Return the digest of every file in a folder by its path, without those of work in progress.

    Where a file names the folder itself, or the one that it is a copy of, any other folder counts as the same.
    """
    original = re.escape(bytes(folder.resolve().with_name(folder.name.removesuffix(COPY))))
    here = re.compile(original + b"(" + re.escape(COPY.encode()) + b")?")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(here.sub(b"", path.read_bytes())).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in {"tmp", "output.txt"} and not _is_work(path)
    }


def _is_work(path: Path) -> bool:
    return any(part.startswith(".vinese.") for part in path.parts)


def leftovers(folder: Path) -> list[str]:
    """Return what is left of work in progress, and what stands among temporary files."""
    every = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    return [path for path in every if ".vinese." in path or (path.startswith("tmp/") and path.count("/") > 1)]


class Prepared:
    """A case with its folder before the run, and what stands before and after it."""

    def __init__(self, verb: str, case: Case, base: Path, killer: Killer) -> None:
        self.verb, self.case, self.base, self.killer = verb, case, base, killer
        self.old = snapshot(base)
        done = self._copy()
        self.events = killer.must_run(done, *case.words, **case.environment)
        self.new = snapshot(done)
        assert (self.new != self.old) == case.changes, verb
        assert leftovers(done) == [], (verb, leftovers(done))

    def _copy(self) -> Path:
        folder = self.base.with_name(f"{self.base.name}{COPY}")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.base, folder, symlinks=True)
        return folder

    def moments(self, count: int, draw: random.Random) -> list[int]:
        """Return `count` numbers of events, half of them of events that change names, spread over the run."""
        names = [number for number, event in enumerate(self.events) if event in NAMES]
        every = list(range(len(self.events)))
        return sorted([*_spread(names, (count + 1) // 2, draw), *_spread(every, count // 2, draw)])

    def kill(self, number: int) -> list[str]:
        """Kill the call before the event of this number; return what is wrong then, and after another run."""
        folder, case = self._copy(), self.case
        code, _ = self.killer.run(folder, case.words, number, **case.environment)
        wrong = [] if code == -signal.SIGKILL else [f"it was not killed, but ended with {code}"]
        wrong += self._half_done(snapshot(folder))
        self.killer.must_run(folder, *ANY_VERB)
        wrong += [f"left over: {path}" for path in leftovers(folder)]
        wrong += self._half_done(snapshot(folder))
        self.killer.must_run(folder, *case.words, **case.environment)
        again = snapshot(folder)
        wrong += [f"wrong after another run: {path}" for path in sorted(_differing(again, self.new))]
        return wrong

    def _half_done(self, now: dict[str, str]) -> Iterator[str]:
        for unit in self.case.whole:
            here, old, new = (_within(unit, state) for state in (now, self.old, self.new))
            if not here and old:
                yield f"missing: {unit}"
            elif here not in (old, new):
                yield f"neither old nor new: {unit}"
        for path in sorted(now.keys() | self.old.keys() | self.new.keys()):
            part = any(path.startswith(f"{unit}/") for unit in self.case.whole)
            if not part and now.get(path) not in {self.old.get(path), self.new.get(path)}:
                yield f"neither old nor new: {path}"


def _within(unit: str, state: dict[str, str]) -> dict[str, str]:
    return {path: digest for path, digest in state.items() if path.startswith(f"{unit}/")}


def _differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def _spread(numbers: list[int], count: int, draw: random.Random) -> list[int]:
    """Return `count` of the numbers, one drawn of each of as many equal parts; all of them if there are no more."""
    if len(numbers) <= count:
        return numbers
    borders = [part * len(numbers) // max(count, 1) for part in range(count + 1)]
    return [numbers[draw.randrange(start, end)] for start, end in pairwise(borders)]


@contextmanager
def prepared(root: Path, verbs: list[str]) -> Iterator[list[Prepared]]:
    """Yield the cases of these verbs, by default of all."""
    from support.hub_server import HubDouble
    from support.kill_cases import CASES, Desk

    every = []
    with ExitStack() as stack:
        killer = Killer(root, stack.enter_context(HubDouble()).url)
        stack.callback(killer.close)
        for verb in verbs or CASES:
            folder = root / verb.replace(" ", "-")
            folder.mkdir()
            case = CASES[verb](Desk(folder, partial(killer.must_run, folder), stack))
            every.append(Prepared(verb, case, folder, killer))
        yield every


def run_kills(root: Path, count: int, verbs: list[str], seed: int = 0) -> tuple[Counter[str], list[str]]:
    """Kill `count` times, spread evenly over the verbs; return how often each was killed, and the faults."""
    draw, killed, faults = random.Random(seed), Counter[str](), []
    with prepared(root, verbs) as every:
        left = count
        for index, case in enumerate(sorted(every, key=lambda one: len(one.events))):
            moments = case.moments(left // (len(every) - index), draw)
            left -= len(moments)
            for number in moments:
                killed[case.verb] += 1
                wrong = case.kill(number)
                event = case.events[number] if number < len(case.events) else "end"
                faults += [f"{case.verb}, event {number} ({event}): {fault}" for fault in wrong]
    return killed, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("verbs", nargs="*", metavar="VERB")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        killed, faults = run_kills(Path(work), given.count, given.verbs, given.seed)
    for verb, number in killed.items():
        print(f"{number:4} {verb}")
    print(f"{killed.total()} kills, {len(faults)} faults")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        sys.exit(main())
