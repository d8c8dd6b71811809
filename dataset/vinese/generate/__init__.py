"""What follows from the ontology: enums for the schemas, the label configuration, the label tables.

Each producer is a pure function of the ontology; `vinese.generate.registry` says which file each one writes.
Not here: the ontology itself (`model`).
"""

from __future__ import annotations

from vinese.generate import label_config, tables
from vinese.generate.labels import labels_schema
from vinese.generate.registry import GENERATED, Stale, stale_files, update_files

__all__ = ["GENERATED", "Stale", "label_config", "labels_schema", "stale_files", "tables", "update_files"]
