"""A Dask cluster makes what one process makes, also where a worker or the caller is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.job_calls import TESTS, calls, left_over, made_in, vinese
from support.many_articles import make_many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.core.project import Project

pytestmark = [
    pytest.mark.extra("distributed"),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows"),
]
PATIENCE = 60  # seconds
VERBS = ("convert", "build", "ingest")


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._scheduler = self._started("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        until = time.monotonic() + PATIENCE
        while not self._file.exists():
            assert time.monotonic() < until, "the scheduler does not start"
            time.sleep(0.1)
        self.address: str = json.loads(self._file.read_text())["address"]
        self.workers: list[subprocess.Popen[bytes]] = []

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
        with (self._folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--scheduler-file", str(self._file)],
                cwd=self._folder, env={**os.environ, "PYTHONPATH": paths}, stdout=log, stderr=log,
            )  # fmt: skip

    def have(self, count: int) -> None:
        """Start workers until so many run, and wait until the scheduler knows them."""
        import distributed

        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < count:
            self.workers.append(self._started("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"))
        with distributed.Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=PATIENCE)

    def close(self) -> None:
        for process in (*self.workers, self._scheduler):
            process.kill()  # asked to end, a worker whose scheduler has ended may wait for it for ever
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield started
    finally:
        started.close()


@pytest.fixture
def two(cluster: Cluster) -> Cluster:
    cluster.have(2)
    return cluster


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_many(tmp_path_factory.mktemp("many") / "project", 24)


@pytest.fixture(scope="module")
def alone(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """What one process makes, by verb."""
    home, made = tmp_path_factory.mktemp("alone"), {}
    for verb in VERBS:
        run = vinese(home, *calls(project)[verb])
        assert run.returncode == 0, run.stderr
        made[verb] = made_in(home)
    return made


@pytest.mark.parametrize("verb", VERBS)
def test_two_workers_make_what_one_process_makes(
    verb: str, two: Cluster, project: Project, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    run = vinese(tmp_path, *calls(project)[verb], "--scheduler", two.address)
    assert run.returncode == 0, run.stderr
    assert made_in(tmp_path) == alone[verb]
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_worker_that_is_killed_changes_nothing(
    verb: str, two: Cluster, project: Project, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    victim = two.workers[0]
    kill = {"KILL": str(victim.pid), "KILL_AFTER": "1"}
    run = vinese(tmp_path, *calls(project)[verb], "--scheduler", two.address, **kill)
    assert victim.wait() == -signal.SIGKILL
    assert run.returncode == 0, run.stderr
    assert made_in(tmp_path) == alone[verb]
    assert left_over(tmp_path) == []


def test_a_caller_that_is_killed_goes_on_where_it_was(
    two: Cluster, project: Project, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    words = (*calls(project)["convert"], "--scheduler", two.address)
    assert vinese(tmp_path, *words, KILL_AFTER="2").returncode == -signal.SIGKILL
    assert left_over(tmp_path)
    again = vinese(tmp_path, *words)
    assert again.returncode == 0, again.stderr
    assert int(again.stderr.splitlines()[-1].split()[0]) >= 2, again.stderr
    assert made_in(tmp_path) == alone["convert"]
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [("tcp://127.0.0.1:1", "No Dask scheduler answers at tcp://127.0.0.1:1"), ("nowhere", "nowhere is no address")],
)
def test_where_no_scheduler_answers_that_is_said(address: str, words: str, project: Project, tmp_path: Path) -> None:
    run = vinese(tmp_path, *calls(project)["convert"], "--scheduler", address)
    assert run.returncode == 2
    assert run.stderr.startswith(f"vinese: {words}")
    assert "Traceback" not in run.stderr
    assert left_over(tmp_path) == []
