"""What measures predictions against gold: counts per article, and the totals, intervals and tests that follow.

What two layers of annotation have in common is `vinese.compare`'s; how a report looks is `vinese.render`'s.
`vinese.score(...)` itself is `vinese.score.scorer.score`: this room can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A package that can be called, since the function `vinese.score` and the room have one name."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return what `vinese.score.scorer.score` returns for the same arguments."""
        from vinese.score.scorer import score  # noqa: PLC0415

        return score(*args, **options)


sys.modules[__name__].__class__ = _Room
