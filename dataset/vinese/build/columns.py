"""Look at every column of a built config: where it is null, and where it says the same in every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.build.scheme import Column, Config, Configs
    from vinese.build.write import Built

BATCH = 1000
MEANING = "; null "  # what stands behind it in a column's description says when the column is null


class Values(msgspec.Struct, kw_only=True):
    """Sum up one column: how many values it has, how many are null, and its first one if all others are the same.

    `path` names it as the card does (`stances[].topic`). A field of a record that is null itself does not count, nor
    does one of a record in a list that is empty. `meaning` says when a null stands there, empty if none should.
    """

    path: str
    kind: str
    meaning: str
    values: int = 0
    nulls: int = 0
    only: Any = None
    differs: bool = False

    def add(self, array: Any) -> None:
        """Count an Arrow array of this column."""
        self.values += len(array)
        self.nulls += array.null_count
        if self.kind != "struct" and not self.differs and len(array):
            found = array.unique()
            first = found[0].as_py()
            self.differs = len(found) > 1 or (self.values > len(array) and first != self.only)
            self.only = first

    @property
    def constant(self) -> bool:
        """Return whether all values are the same, of two or more, and not null."""
        return self.values > 1 and not self.differs and self.only is not None


def look(folder: Path, built: Built, configs: Configs, config: Config) -> tuple[Values, ...]:
    """Return what is in each column of a built config, nested ones after what holds them."""
    found: dict[str, Values] = {}
    for table in batches(folder, built):
        for column in configs.columns(config.columns):
            for path, part, array in _walk(configs, column, table[column.name], ""):
                if path not in found:
                    found[path] = Values(path=path, kind=part.type, meaning=part.about.partition(MEANING)[2])
                found[path].add(array)
    return tuple(found.values())


def batches(folder: Path, built: Built, columns: list[str] | None = None, split: str | None = None) -> Iterator[Any]:
    """Yield a built config, or one split of it, as Arrow record batches, some or all columns of each."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    for part in built.parts:
        if split is None or part.split == split:
            with pq.ParquetFile(folder / part.path) as file:
                yield from file.iter_batches(batch_size=BATCH, columns=columns)


def _walk(configs: Configs, column: Column, array: Any, prefix: str) -> Iterator[tuple[str, Column, Any]]:
    """Yield a column and all that is in it: path, description, and the Arrow array of its values."""
    path = f"{prefix}{column.name}"
    if column.list:
        path, array = f"{path}[]", array.flatten()
    yield path, column, array
    if column.type == "struct":
        array = array.drop_null()
        for part in configs.columns(column.fields):
            yield from _walk(configs, part, array.field(part.name), f"{path}.")
