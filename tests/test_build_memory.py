"""Build a corpus that is larger than the memory that there is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.many_articles import make_many

BOUNDED = """
import resource, sys
from pathlib import Path
from vinese.core.project import Project
from vinese.release.build import build

small, large, out = (Path(name) for name in sys.argv[1:])
build(Project(small), out / "small")  # whatever is loaded once
data = int(next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (data + (128 << 20), resource.RLIM_INFINITY))
print(build(Project(large), out / "large").annotated)
"""
ONE_HEAP = {
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}  # else what threads set aside counts


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_build_takes_no_more_memory_for_more_articles(tmp_path: Path) -> None:
    make_many(tmp_path / "small", 100)
    make_many(tmp_path / "large", 1500)  # 600 MB of layers; the rows of pairs would not fit as objects
    (tmp_path / "out").mkdir()
    words = [str(tmp_path / name) for name in ("small", "large", "out")]
    run = subprocess.run(
        [sys.executable, "-c", BOUNDED, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **ONE_HEAP},
    )
    assert (run.returncode, run.stdout.strip()) == (0, "1500"), run.stderr[-500:]
