"""Write a Parquet file again with other values in the same columns, as `vinese build` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vinese.build.write import ROW_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vinese.publish.columns import Row


def rewrite(source: Path, target: Path, change: Callable[[Row], Row]) -> int:
    """Write every row as `change` returns it, a row group at a time; return the bytes that they take in memory."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    memory = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetFile(source) as file:
        schema = pa.schema([_as_built(field) for field in file.schema_arrow], metadata=file.schema_arrow.metadata)
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            for group in range(file.metadata.num_row_groups):
                rows = [change(row) for row in file.read_row_group(group).to_pylist()]
                table = pa.Table.from_pylist(rows, schema=schema)
                writer.write_table(table, row_group_size=ROW_GROUP)
                memory += table.nbytes
    return memory


def _as_built(field: Any) -> Any:
    """Return a field with the items of lists named as `datasets` names them; reading Parquet calls them otherwise."""
    import pyarrow as pa  # noqa: PLC0415

    kind = field.type
    if pa.types.is_list(kind):
        kind = pa.list_(_as_built(kind.value_field.with_name("item")))
    elif pa.types.is_struct(kind):
        kind = pa.struct([_as_built(kind.field(number)) for number in range(kind.num_fields)])
    return field.with_type(kind)


def columns(source: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield some columns of every row, a row group at a time; nothing if the file lacks one of them."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    with pq.ParquetFile(source) as file:
        if set(names) <= set(file.schema_arrow.names):
            for group in range(file.metadata.num_row_groups):
                yield from file.read_row_group(group, columns=names).to_pylist()


def created_by(source: Path) -> str:
    """Return the name and version of the library that wrote a Parquet file."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    return str(pq.read_metadata(source).created_by)
