"""Read rows from Parquet, or of `datasets`, with the names of labels that are stored as numbers there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import problem

_LISTS = ("List", "LargeList", "Sequence")


def parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file, or of all those in a folder, with labels by name.

    Raise `UsageError` for a folder without any, `FileProblemError` for a file that cannot be read.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"There is no Parquet in {path}.", "Name a file, or the folder of one config.")
    for file in files:
        try:
            with pq.ParquetFile(file) as rows:
                written = json.loads((rows.schema_arrow.metadata or {}).get(b"huggingface", b"{}"))
                names = _names(written.get("info", {}).get("features", {}))
                for batch in rows.iter_batches():
                    yield from _by_name(batch.to_pylist(), names)
        except pa.ArrowInvalid as error:
            raise FileProblemError(f"{file} is no Parquet: {error}.", "Name a file that `datasets` wrote.") from error
        except OSError as error:
            raise problem(file, error, "read") from error


def rows_by_name(rows: Iterable[Any]) -> Iterable[Any]:
    """Return the rows of a `datasets.Dataset` with labels by name; any other iterable as it is."""
    features: Any = getattr(rows, "features", None)
    return _by_name(rows, _names(features.to_dict())) if hasattr(features, "to_dict") else rows


def _names(features: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the labels of the columns that store numbers of them, flat or as lists."""
    names = {}
    for column, feature in features.items():
        inner = feature
        while isinstance(inner, list) or (isinstance(inner, dict) and inner.get("_type") in _LISTS):
            inner = inner[0] if isinstance(inner, list) else inner["feature"]
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel":
            names[column] = list(inner["names"])
    return names


def _by_name(rows: Iterable[Any], names: Mapping[str, list[str]]) -> Iterator[Any]:
    for row in rows:
        labels = {column: _label(row[column], names[column]) for column in names.keys() & row.keys()}
        yield {**row, **labels}


def _label(value: Any, names: list[str]) -> Any:
    if isinstance(value, list):
        return [_label(each, names) for each in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value
