"""A scraped page to an article: lines, zones, clean text, metadata, and notes on what a person should look at.

Not here: what an article is (`model`), what is wrong with one (`checks`), where it is kept (`corpus`).
`vinese.ingest(...)` itself is `vinese.ingest.run.ingest_files`: this room can be called.
"""

from vinese.core.rooms import callable_room

callable_room(__name__, "vinese.ingest.run", "ingest_files")
