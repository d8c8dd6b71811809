"""A row of each main config as the card prints it: short, with something in it, labels by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq

from vinese.card.statistics import batches
from vinese.package.configs import Column, Config, Configs
from vinese.package.parquet import BuiltConfig

MAIN = ("entities", "opinions", "stance_pairs", "events")
LEFT_OUT = {
    "article_id",
    "fold",
    "token_starts",
    "token_ends",
    "start",
    "end",
    "sentence_numbers",
    "stances",
}  # plain by name
SHOWN, MOST = 6, 2  # how many items of a list of values, and of one inside a record, are printed
SHORTEST = 40
WIDTH = 100


class Row(NamedTuple):
    """The lines that a row of a config is printed as."""

    config: str
    lines: list[str]

    @property
    def fence(self) -> str:
        """Return the backticks around the lines: more of them than stand in a row in any."""
        runs = (len(run) for line in self.lines for run in re.findall("`+", line))
        return "`" * max(3, 1 + max(runs, default=0))


def example_rows(
    folder: Path, built: tuple[BuiltConfig, ...], configs: Configs, lists: dict[str, list[str]]
) -> list[Row]:
    """Return a row of each main config that is built: the shortest sentence that has what is counted in it.

    A column that an earlier row shows is left out of later ones, but for a text that differs, as are `LEFT_OUT`.
    """
    rows, shown, text = [], set(LEFT_OUT), None
    for config in configs.configs:
        built_config = next(
            (built_config for built_config in built if built_config.config == config.name and config.name in MAIN),
            None,
        )
        row = _shortest(folder, built_config, config) if built_config is not None else None
        if row is not None:
            hidden = shown | ({"text"} if row["text"] == text else set())
            columns = tuple(column for column in configs.columns(config.columns) if column.name not in hidden)
            rows.append(Row(config.name, list(_lines(columns, row, configs, lists))))
            shown |= {column.name for column in columns} - {"text"}
            text = row["text"]
    return rows


def _shortest(folder: Path, built: BuiltConfig, config: Config) -> dict[str, Any] | None:
    """Return the first of the rows with the shortest text of those that have everything that is counted."""
    best: tuple[int, str, int] | None = None
    for part in built.parts:
        place = 0
        for batch in batches(folder, built, ["text", *config.counted], part.split):
            if batch.num_columns <= len(config.counted):
                return None  # a corpus may leave columns out
            lengths = pc.utf8_length(batch["text"])
            full = pc.greater_equal(lengths, SHORTEST)
            for name in config.counted:
                full = pc.and_(full, pc.greater(pc.list_value_length(batch[name]), 0))
            shortest = pc.min(pc.if_else(full, lengths, None)).as_py()
            if shortest is not None and (best is None or shortest < best[0]):
                best = shortest, part.path, place + pc.index(pc.if_else(full, lengths, None), shortest).as_py()
            place += batch.num_rows
    if best is None:
        return None
    _, path, number = best
    with pq.ParquetFile(folder / path) as file:
        group = 0
        while number >= (rows := file.metadata.row_group(group).num_rows):
            group, number = group + 1, number - rows
        row: dict[str, Any] = file.read_row_group(group).slice(number, 1).to_pylist()[0]
        return row


def _lines(
    columns: tuple[Column, ...], row: dict[str, Any], configs: Configs, lists: dict[str, list[str]]
) -> Iterator[str]:
    """Yield a line for each column, and one for each item of a list of records, cut where it is long."""
    for column in columns:
        value = _named(column, row.get(column.name), configs, lists)
        if column.list and column.type == "struct" and value:
            yield f"{column.name}: {len(value)}, the first:"
            for name, inner in value[0].items():
                records = inner if inner and isinstance(inner, list) and isinstance(inner[0], dict) else []
                yield from _wrapped(f"  {name}:" if records else f"  {name}: {_text(inner)}")
                for record in records[:MOST]:
                    yield from _wrapped(
                        f"    {_text({key: item for key, item in record.items() if item is not None})}"
                    )
        elif column.list and len(value or ()) > SHOWN:
            shown = _text(value[:SHOWN])
            yield from _wrapped(f"{column.name}: {shown[:-1]}, …]  # {len(value)}")
        else:
            if isinstance(value, dict):
                value = {name: inner for name, inner in value.items() if inner is not None}
            yield from _wrapped(f"{column.name}: {_text(value)}")


def _wrapped(line: str) -> Iterator[str]:
    """Yield a line in parts that fit, later ones set in, broken between words."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    while len(line) > WIDTH and " " in line[len(indent) : WIDTH]:
        at = line.rindex(" ", len(indent), WIDTH)
        yield line[:at]
        line = indent + line[at + 1 :]
    yield line


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _named(column: Column, value: Any, configs: Configs, lists: dict[str, list[str]]) -> Any:
    """Return a value with the names of labels for their numbers."""
    if value is None:
        return None
    if column.list:
        single = Column(name=column.name, type=column.type, about="", fields=column.fields)
        return [_named(single, item, configs, lists) for item in value]
    kind, _, name = column.type.partition(":")
    if kind == "label":
        return lists[name][value] if isinstance(value, int) else value
    if kind == "struct":
        fields = configs.columns(column.fields)
        return {field.name: _named(field, value.get(field.name), configs, lists) for field in fields}
    return value
