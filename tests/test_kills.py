"""A short form of `kills.py`: every verb that writes is killed at a few file-system events."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from kills import run_kills

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_whenever_a_verb_is_killed_all_is_old_or_new_and_the_next_run_tidies_up(tmp_path: Path) -> None:
    killed, faults = run_kills(tmp_path, 25, [])
    assert faults == []
    assert killed.total() == 25
