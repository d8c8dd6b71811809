"""Turn raw pages into articles: read, zone, assemble, store. `ingest_files` does it all."""

from vinese.ingest.run import Outcome, ingest_files

__all__ = ["Outcome", "ingest_files"]
