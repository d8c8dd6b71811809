"""Write the rows of a staging folder as Parquet that every `datasets` since 2.14 reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vinese.core.progress import Progress, silent
from vinese.core.shards import Shards
from vinese.package.configs import Config, old_dialect
from vinese.package.shards import Shard, read_staging, read_tables, shards_of, tables_of, write_tables

# Readers that stream and stop early hang in pyarrow when row groups are much larger; what waits for one is in memory.
ROW_GROUP, GROUP_BYTES = 1000, 1 << 21


class BuiltSplit(msgspec.Struct, frozen=True, kw_only=True):
    """One split of a built config: its file, rows, counted annotations and sizes, in bytes.

    `bytes` is the size of the file, `memory` that of its rows as Arrow tables.
    """

    split: str
    path: str
    rows: int
    annotations: int
    bytes: int
    memory: int


class BuiltConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A built config: its name, and a part for each split with rows."""

    config: str
    parts: tuple[BuiltSplit, ...]

    @property
    def rows(self) -> int:
        """Return the number of rows in all splits."""
        return sum(part.rows for part in self.parts)

    @property
    def annotations(self) -> int:
        """Return the number of counted annotations in all splits."""
        return sum(part.annotations for part in self.parts)

    @property
    def bytes(self) -> int:
        """Return the size of all files."""
        return sum(part.bytes for part in self.parts)


def write_configs(
    configs: Sequence[Config],
    staging: Path,
    out: Path,
    progress: Progress = silent,
    *,
    spread: Shards | None = None,
    digest: str = "",
) -> tuple[BuiltConfig, ...]:
    """Build configs and write `data/<config>/<split>-00000-of-00001.parquet` under `out`.

    What is staged is read once, a shard at a time, and written whenever a row group is full, so that memory does not
    grow with the corpus. A split without rows gets no file: `datasets` cannot load an empty one. Where the work is
    `spread`, workers make the rows; `digest` is that of what is staged. Raise `OSError` if the disk is full or a file
    cannot be written.
    """
    staged = read_staging(staging)
    with ExitStack() as stack:
        writers = {
            config.name: stack.enter_context(_ConfigWriter(config, staged.features[config.name], out))
            for config in configs
        }
        shards = list(shards_of(staging, tuple(writers)))
        for number, tables in enumerate(_tables(shards, spread, digest)):
            progress("writing rows", number, len(shards))
            for (name, split), table in tables.items():
                writers[name].put(split, table)
    return tuple(writer.built(staged.splits) for writer in writers.values())


def _tables(shards: Sequence[Shard], spread: Shards | None, digest: str) -> Iterator[dict[tuple[str, str], Any]]:
    """Yield the tables of each shard, in order."""
    if spread is None:
        yield from map(tables_of, shards)
        return
    for shard, path in spread.results(write_tables, shards, digest):
        yield tables_of(shard) if path is None else read_tables(path, read_staging(shard.path.parent))


class _ConfigWriter:
    """The files of one config, one for each split, opened when its first rows come; a context manager."""

    def __init__(self, config: Config, features: Any, out: Path) -> None:
        metadata = {b"huggingface": json.dumps({"info": {"features": old_dialect(features.to_dict())}}).encode()}
        self._schema = pa.schema(features.arrow_schema, metadata=metadata)
        self._config, self._out = config, out
        self._splits: dict[str, _SplitWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        for split in self._splits.values():
            split.close() if kind is None else split.leave()

    def put(self, split: str, table: Any) -> None:
        """Add rows to a split."""
        if split not in self._splits:
            path = self._out / f"data/{self._config.name}/{split}-00000-of-00001.parquet"
            self._splits[split] = _SplitWriter(path, self._schema, self._config)
        self._splits[split].put(table)

    def built(self, order: list[str]) -> BuiltConfig:
        """Return what was written, splits in this order, once the files are closed."""
        parts = (self._splits[name].built(name, self._out) for name in order if name in self._splits)
        return BuiltConfig(config=self._config.name, parts=tuple(parts))


class _SplitWriter:
    """A Parquet file of one split, written a row group at a time."""

    def __init__(self, path: Path, schema: Any, config: Config) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._schema, self._config = path, schema, config
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[Any] = []
        self._waiting_bytes = 0
        self.rows = self.annotations = self.memory = 0

    def put(self, table: Any) -> None:
        """Add rows, and write as many row groups as they fill, by number of rows or by size."""
        self._waiting.append(table)
        self._waiting_bytes += table.nbytes
        while sum(map(len, self._waiting)) >= ROW_GROUP:
            whole = pa.concat_tables(self._waiting)
            self._write(whole.slice(0, ROW_GROUP))
            self._waiting = [whole.slice(ROW_GROUP)]
            self._waiting_bytes = self._waiting[0].nbytes
        if self._waiting_bytes >= GROUP_BYTES:
            self._write(pa.concat_tables(self._waiting))
            self._waiting, self._waiting_bytes = [], 0

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        if any(map(len, self._waiting)):
            self._write(pa.concat_tables(self._waiting))
        self._waiting = []
        self._writer.close()

    def leave(self) -> None:
        """Close the file as it is, which nobody will read."""
        with suppress(OSError):
            self._writer.close()

    def _write(self, table: Any) -> None:
        group = table.combine_chunks().replace_schema_metadata(self._schema.metadata)
        self._writer.write_table(group, row_group_size=ROW_GROUP)
        self.rows += len(group)
        self.annotations += _count(group, self._config)
        self.memory += group.nbytes

    def built(self, split: str, out: Path) -> BuiltSplit:
        """Return what was written."""
        return BuiltSplit(
            split=split,
            path=self._path.relative_to(out).as_posix(),
            rows=self.rows,
            annotations=self.annotations,
            bytes=self._path.stat().st_size,
            memory=self.memory,
        )


def _count(table: Any, config: Config) -> int:
    """Return how many items the counted lists of a table hold; where none is counted, each row is one."""
    if not config.counted:
        return len(table)
    return sum(pc.sum(pc.list_value_length(table[name])).as_py() or 0 for name in config.counted)
