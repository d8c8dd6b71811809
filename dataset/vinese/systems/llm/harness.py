"""The task files for lm-evaluation-harness, which come with the package."""

from __future__ import annotations

from pathlib import Path


def tasks_path() -> Path:
    """Return the folder with the task files for lm-evaluation-harness, for its option `--include_path`.

    Examples
    --------
    >>> import vinese
    >>> sorted(path.stem for path in vinese.tasks_path().glob("vinese_*.yaml"))
    ['vinese_entities', 'vinese_events', 'vinese_opinions']
    """
    return Path(__file__).parent / "lm_eval"
