"""Let Python look for cycles less often, where millions of records come and go that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New objects between two looks; by default some hundreds. A fifth of the time of making rows went into looking.
RARE = 50_000


@contextmanager
def rarely_sought() -> Iterator[None]:
    """Have cycles sought once in `RARE` new objects while the block runs; not at all where they were not before."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(RARE, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
