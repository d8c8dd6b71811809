"""What measures predictions against gold: counts per article, and the totals, intervals and tests that follow.

What two layers of annotation have in common is `vinese.compare`'s; how a report looks is `vinese.render`'s.
`vinese.score(...)` itself is `vinese.score.scorer.score`: this room can be called.
"""

from vinese.core.rooms import callable_room

callable_room(__name__, "vinese.score.scorer", "score")
