"""Run the loader on a staging folder and write what it makes as Parquet that every `datasets` since 2.14 reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vinese.loader import Vinese
from vinese.package.configs import Config, old_dialect

# Readers that stream and stop early hang in pyarrow when row groups are much larger.
ROW_GROUP = 1000


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


def write_config(config: Config, staging: Path, cache: Path, out: Path, digest: str) -> BuiltConfig:
    """Build one config and write `data/<config>/<split>-00000-of-00001.parquet` under `out`.

    A split without rows gets no file: `datasets` cannot load an empty one. `cache` is a folder of our own, so that
    the reader's cache is neither used nor filled. Raise `OSError` if the disk is full or a file cannot be written.
    """
    from datasets.builder import DatasetGenerationError  # noqa: PLC0415

    try:
        with quiet():
            builder = Vinese(config_name=config.name, data_dir=str(staging), cache_dir=str(cache), hash=digest)
            builder.download_and_prepare()
            filled = [name for name, split in builder.info.splits.items() if split.num_examples]
            parts = tuple(_write_split(builder.as_dataset(split=name), name, config, out) for name in filled)
        return BuiltConfig(config=config.name, parts=parts)
    except (OSError, DatasetGenerationError) as error:
        cause = _os_error(error)
        if cause is None:
            raise
        raise cause from error


def _os_error(error: BaseException) -> OSError | None:
    """Return the error of the operating system at the root of `error`, if there is one; `datasets` wraps it."""
    root: OSError | None = None
    cause: BaseException | None = error
    while cause is not None:
        root = cause if isinstance(cause, OSError) and cause.errno is not None else root
        cause = cause.__cause__ or cause.__context__
    return root


def _write_split(rows: Any, split: str, config: Config, out: Path) -> BuiltSplit:
    name = f"data/{config.name}/{split}-00000-of-00001.parquet"
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {b"huggingface": json.dumps({"info": {"features": old_dialect(rows.features.to_dict())}}).encode()}
    schema = pa.schema(rows.features.arrow_schema, metadata=metadata)
    annotations = memory = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in rows.with_format("arrow").iter(batch_size=ROW_GROUP):
            writer.write_table(table.replace_schema_metadata(metadata), row_group_size=ROW_GROUP)
            annotations += _count(table, config)
            memory += table.nbytes
    return BuiltSplit(
        split=split, path=name, rows=len(rows), annotations=annotations, bytes=path.stat().st_size, memory=memory
    )


def _count(table: Any, config: Config) -> int:
    """Return how many items the counted lists of a table hold; where none is counted, each row is one."""
    if not config.counted:
        return len(table)
    return sum(pc.sum(pc.list_value_length(table[name])).as_py() or 0 for name in config.counted)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the progress bars of `datasets` off the screen, and leave its switch as it was."""
    from datasets.utils import logging  # noqa: PLC0415

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
