"""Make the rows of staged documents as Arrow tables, a shard of documents at a time, for all configs at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import msgspec
import pyarrow as pa

from vinese.loader import ROWS, encoder, placed, source_of
from vinese.package.stage import SCHEME, SPLITS

DOCUMENTS_A_SHARD = 16  # what the rows of these weigh as Python objects is most of what a build weighs


class Shard(NamedTuple):
    """Some lines of a staged file, in bytes from `start` to `end`, and the configs whose rows they give."""

    path: Path
    start: int
    end: int
    configs: tuple[str, ...]


class Staging:
    """What the rows of a staging folder are made with, read once a process."""

    def __init__(self, folder: Path) -> None:
        self.scheme: dict[str, Any] = msgspec.json.decode((folder / SCHEME).read_bytes())
        self.places: dict[str, dict[str, Any]] = msgspec.json.decode((folder / SPLITS).read_bytes())
        self.features = {name: datasets.Features.from_dict(part) for name, part in self.scheme["features"].items()}
        self.encoders = {name: encoder(part) for name, part in self.scheme["features"].items()}
        self.schemas = {name: features.arrow_schema for name, features in self.features.items()}

    @property
    def splits(self) -> list[str]:
        """Return the names of the splits in the order of their first articles."""
        return list(dict.fromkeys(place["split"] for place in self.places.values()))


@lru_cache(maxsize=2)
def read_staging(folder: Path) -> Staging:
    """Return what the rows of a staging folder are made with."""
    return Staging(folder)


def shards_of(folder: Path, configs: Sequence[str]) -> Iterator[Shard]:
    """Yield the shards of what is staged, in order; each line is in one of each file that some config needs."""
    by_file: dict[str, list[str]] = {}
    for config in configs:
        by_file.setdefault(source_of(config), []).append(config)
    for name, wanted in by_file.items():
        path, start, end = folder / name, 0, 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                end += len(line)
                if number % DOCUMENTS_A_SHARD == 0:
                    yield Shard(path, start, end, tuple(wanted))
                    start = end
        if end > start:
            yield Shard(path, start, end, tuple(wanted))


def write_tables(shard: Shard, target: Path) -> None:
    """Write what `tables_of` returns to a file, without the schemas, which take longer to write than the rows."""
    parts = [
        (config, split, [memoryview(batch.serialize()) for batch in table.to_batches()])
        for (config, split), table in tables_of(shard).items()
    ]
    target.write_bytes(msgspec.msgpack.encode(parts))


def read_tables(path: Path, staging: Staging) -> dict[tuple[str, str], Any]:
    """Return what `write_tables` wrote of a staging folder."""
    tables = {}
    for config, split, parts in msgspec.msgpack.decode(path.read_bytes(), type=list[tuple[str, str, list[bytes]]]):
        schema = staging.schemas[config]
        batches = [pa.ipc.read_record_batch(pa.py_buffer(part), schema) for part in parts]
        tables[config, split] = pa.Table.from_batches(batches, schema)
    return tables


def tables_of(shard: Shard) -> dict[tuple[str, str], Any]:
    """Return the rows of a shard as an Arrow table for each config and split that has any."""
    staging = read_staging(shard.path.parent)
    with shard.path.open("rb") as file:
        file.seek(shard.start)
        documents = [msgspec.json.decode(line) for line in file.read(shard.end - shard.start).splitlines()]
    tables = {}
    for config in shard.configs:
        for split, rows in _rows(config, documents, staging).items():
            tables[config, split] = pa.table(staging.encoders[config](rows), schema=staging.schemas[config])
    return tables


def _rows(config: str, documents: list[dict[str, Any]], staging: Staging) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a config by split; a split without any is left out, as are documents without a place."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        place = staging.places.get(document["id"])
        if place is not None:
            made = list(placed(ROWS[config](document, staging.scheme), document["id"], place["fold"]))
            if made:
                rows.setdefault(place["split"], []).extend(made)
    return rows
