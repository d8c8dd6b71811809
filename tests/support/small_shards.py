"""Run vinese with small shards; `KILL_AFTER` is how many results the process takes before it kills itself.

It kills another process instead if `KILL` is the id of one.

Run it in tests/: python -m support.small_shards convert export.json --jobs 2
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from vinese.cli import run
from vinese.core import shards
from vinese.corpus import words
from vinese.formats.labelstudio import stretches
from vinese.ingest import run as ingest
from vinese.package import shards as rows
from vinese.release import build
from vinese.systems.llm import predictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIZES = (
    (stretches, "SIZE", 150_000),
    (stretches, "LARGE", 300_000),
    (ingest, "PAGES_A_SHARD", 2),
    (words, "ARTICLES_A_SHARD", 2),
    (rows, "DOCUMENTS_A_SHARD", 4),
    (build, "FEW_ARTICLES", 10),
    (predictions, "ARTICLES_A_SHARD", 4),
)
"""What says how large a shard is, and how large it is to be so that some 24 articles make several."""


def main() -> int:
    left = int(os.environ.get("KILL_AFTER", "-1"))
    there = 0
    done_in_order = shards.done_in_order

    def counted(calls: Iterable[tuple[Any, Any]], *more: Any) -> Iterator[tuple[Any, str]]:
        nonlocal left, there

        def looked_at() -> Iterator[tuple[Any, Any]]:
            nonlocal there
            for about, call in calls:
                there += call is None
                yield about, call

        for ended in done_in_order(looked_at(), *more):
            if left == 0:
                os.kill(int(os.environ.get("KILL", os.getpid())), signal.SIGKILL)
            left -= 1
            yield ended

    for module, name, size in SIZES:
        setattr(module, name, size)
    shards.done_in_order = counted
    code = run(sys.argv[1:])
    print(f"{there} shards were there", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
