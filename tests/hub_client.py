"""Run vinese, or Python, in processes whose Hub is the stand-in: the client reads its address when imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from hub_double import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

WORKER = """
import contextlib, io, json, os, sys
from vinese.cli import run
for line in sys.stdin:
    call = json.loads(line)
    os.environ.update(call["environment"])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(call["words"])
    print(json.dumps({"code": code, "out": out.getvalue(), "err": err.getvalue()}), file=sys.__stdout__, flush=True)
"""


def environment(url: str, home: Path) -> dict[str, str]:
    """Return variables for a process whose Hub is at `url` and whose home and caches are empty."""
    keep = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "VIRTUAL_ENV"}}
    mine = {"HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "*"}
    return {**keep, **mine, "HOME": str(home), "HF_HOME": str(home / "hf")}


class Done(NamedTuple):
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def codes(self) -> set[str]:
        """The codes of the errors of a report."""
        return {one["code"] for one in self.report["issues"] if one["level"] == "error"}


class Client:
    """Run vinese commands one after another in one process."""

    def __init__(self, url: str, home: Path, **variables: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER], env={**environment(url, home), **variables}, cwd=home, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str | Path, token: str = TOKEN, **variables: str) -> Done:
        """Run `vinese WORDS`; an empty token is nobody's login."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        call = {"words": [*map(str, words)], "environment": {"HF_TOKEN": token, **variables}}
        print(json.dumps(call), file=self._process.stdin, flush=True)
        return Done(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()


def python(code: str, *words: str, url: str, home: Path, executable: str | Path = sys.executable) -> str:
    """Run code in a fresh process and return what it prints."""
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(executable), "-c", code, *words], env=environment(url, home), cwd=home, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
