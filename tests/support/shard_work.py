"""Functions that make the results of shards in tests, each as workers may meet it."""

from __future__ import annotations

import os
import secrets
import signal
import time
from pathlib import Path


def die_once(shard: str, target: Path) -> None:
    """End the worker if `shard` names a file that is not there yet."""
    if shard and not Path(shard).exists():
        Path(shard).touch()
        die(shard, target)
    target.write_text("done")


def die_without(shard: str, target: Path) -> None:
    """End the worker, once all else is done, if there is no file or folder `shard`; write a word of its own."""
    if not Path(shard).exists():
        while len([*target.parent.glob("00000?")]) < 2:
            time.sleep(0.01)
        die(shard, target)
    target.write_text(secrets.token_hex())


def die(shard: object, target: Path) -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def refuse_odd(shard: int, target: Path) -> None:
    if shard % 2:
        msg = f"{shard} is odd"
        raise ValueError(msg)
    target.write_text("done")
