"""Write a Parquet file again with other values in the same columns, as `vinese build` writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as kinds

from vinese.core.errors import FileProblemError, PublishError
from vinese.model.records import Article
from vinese.package.parquet import ROW_GROUP
from vinese.text.quotes import Quotes, Said, hide, show

Change = Callable[[Any, Any], Any]
"""Takes the rows of a row group as an Arrow table and the schema to write, and returns the table to write."""


def rewrite(source: Path, target: Path, change: Change) -> int:
    """Write all rows as `change` returns them, a row group at a time; return the bytes that they take in memory."""
    memory = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetFile(source) as file:
        schema = pa.schema([_as_built(field) for field in file.schema_arrow], metadata=file.schema_arrow.metadata)
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            for group in range(file.metadata.num_row_groups):
                table = change(file.read_row_group(group), schema)
                writer.write_table(table, row_group_size=ROW_GROUP)
                memory += table.nbytes
    return memory


def must_be_parquet(path: Path) -> None:
    """Raise `FileProblemError` if a file is cut or no Parquet at all."""
    try:
        pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise FileProblemError(f"{path} is no whole Parquet: {error}.", "Build it or fetch it again.") from error


def by_row(change: Callable[[Row], Row]) -> Change:
    """Return what changes a table a row at a time."""
    return lambda table, schema: pa.Table.from_pylist([change(row) for row in table.to_pylist()], schema=schema)


def _as_built(field: Any) -> Any:
    """Return a field with the items of lists named as `datasets` names them; reading Parquet calls them otherwise."""
    kind = field.type
    if pa.types.is_list(kind):
        kind = pa.list_(_as_built(kind.value_field.with_name("item")))
    elif pa.types.is_struct(kind):
        kind = pa.struct([_as_built(kind.field(number)) for number in range(kind.num_fields)])
    return field.with_type(kind)


def columns(source: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield some columns of every row, a row group at a time; nothing if the file lacks one of them.

    A name may be that of a part of a column, with dots.
    """
    with pq.ParquetFile(source) as file:
        if {name.partition(".")[0] for name in names} <= set(file.schema_arrow.names):
            for group in range(file.metadata.num_row_groups):
                yield from file.read_row_group(group, columns=names).to_pylist()


def note_columns(source: Path) -> list[str]:
    """Return the parts of columns that hold notes, with dots."""
    schema = pq.read_metadata(source).schema
    paths = [schema.column(number).path for number in range(len(schema))]
    return [path for path in paths if not NOTES.isdisjoint(path.split("."))]


def created_by(source: Path) -> str:
    """Return the name and version of the library that wrote a Parquet file."""
    return str(pq.read_metadata(source).created_by)


Row = dict[str, Any]

TEXT, TOKENS = "text", "tokens"
METADATA = ("title", "bylines", "captions", "credits", "topics")
# Strings that are not the article's words: ids, hashes, dates, sources, labels, names of tools.
KEPT = frozenset(
    {
        "annotated_at", "annotator", "annotator_kind", "article_id", "attribution", "entity", "event", "holder_kind",
        "holders", "how", "id", "kind", "language", "layer", "layers", "mention", "modality", "notes", "origin",
        "outlet_stance", "overall_leaning", "plover", "polarity", "published", "published_at", "publisher",
        "refers_to", "role", "schema_version", "source", "stances", "text_sha256", "tool", "tool_version", "topic",
        "type", "url",
    }
)  # fmt: skip
NOTES = frozenset({"notes"})


def check_columns(schema: Any, config: str) -> None:
    """Raise `PublishError` if a column holds strings of which nobody has said whether they are text."""
    for path, kind in _leaves(schema):
        name = path[-1]
        spoken = name in KEPT or (len(path) == 1 and name in {*METADATA, TOKENS}) or name == TEXT
        if (kinds.is_string(kind) or kinds.is_large_string(kind)) and not spoken:
            raise PublishError(
                f"Column {'.'.join(path)} of {config} may hold text of the articles.",
                "Only columns that vinese knows can be published without the text.",
            )


def _leaves(fields: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for field in fields:
        kind, path = field.type, (*above, field.name)
        while kinds.is_list(kind) or kinds.is_large_list(kind):
            kind = kind.value_type
        if kinds.is_struct(kind):
            yield from _leaves([kind.field(number) for number in range(kind.num_fields)], path)
        else:
            yield path, kind


def blank(table: Any, schema: Any, quotes: Quotes) -> Any:
    """Return rows, of this schema, without the article's words: texts and the title are null, lists of words empty.

    In notes the places of quotes stand instead of them. Columns without either are handed on as they are.
    """
    columns = []
    for field in schema:
        column = table[field.name].combine_chunks()
        column = (column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)).cast(field.type)
        if field.name in {*METADATA, TOKENS}:
            column = _emptied(column)
        elif field.name in NOTES or any(NOTES & {*path} for path, _ in _leaves([field])):
            articles = table["article_id"].to_pylist()
            rows = zip(column.to_pylist(), articles, strict=True)
            column = pa.array(
                [_hidden({field.name: value}, own, quotes)[field.name] for value, own in rows], field.type
            )
        else:
            column = _blanked(column, field.name)
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)


def _hidden(value: Row, own: str, quotes: Quotes) -> Row:
    """Return a part of a row of the article `own` without its words."""
    changed: Row = _changed(value, lambda _: None, lambda note: hide(note, own, quotes))
    return changed


def _emptied(column: Any) -> Any:
    """Return a column of words, or of lists of them, without any."""
    if not kinds.is_list(column.type):
        return pa.nulls(len(column), column.type)
    return pa.array([None if null else [] for null in column.is_null().to_pylist()], column.type)


def _blanked(array: Any, name: str) -> Any:
    """Return an array, of what is called `name`, with null for every text in it."""
    kind = array.type
    if name == TEXT:
        return pa.nulls(len(array), kind)
    if not any(TEXT in path for path, _ in _leaves([pa.field("", kind)])):
        return array
    mask = array.is_null() if array.null_count else None
    if kinds.is_list(kind):
        return pa.ListArray.from_arrays(array.offsets, _blanked(array.values, ""), type=kind, mask=mask)
    fields = [kind.field(number) for number in range(kind.num_fields)]
    parts = [_blanked(array.field(number), field.name) for number, field in enumerate(fields)]
    return pa.StructArray.from_arrays(parts, fields=fields, mask=mask)


def fill(row: Row, find: Callable[[str], Article]) -> Row:
    """Return a row with the words of its article, which `find` gives by its id, put back; the reverse of `blank`."""
    own = row["article_id"]
    article, start = find(own), row.get("start")
    base = article.text if start is None else article.text[start : row["end"]]
    metadata = {key: _plain(getattr(article.metadata, key)) for key in METADATA if key in row}
    whole: Row = {TEXT: base} if TEXT in row else {}
    if TOKENS in row:
        places = zip(row["token_starts"], row["token_ends"], strict=True)
        whole[TOKENS] = ["_".join(base[first:last].split()) for first, last in places]

    def words(span: Row) -> str | None:
        return None if span.get("start") is None else base[span["start"] : span["end"]]

    return {
        **_changed(row, words, lambda note: show(note, own, lambda article_id: find(article_id).text)),
        **metadata,
        **whole,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _changed(value: Any, words: Callable[[Row], str | None], note: Callable[[str], str]) -> Any:
    """Return a value with every text as `words` gives it for the record that it stands in, every note as `note`."""
    if isinstance(value, list):
        return [_changed(item, words, note) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _changed(item, words, note) for key, item in value.items()}
    if TEXT in changed:
        changed[TEXT] = words(changed)
    return {**changed, **{key: [note(item) for item in changed[key] or ()] for key in NOTES & changed.keys()}}


def notes(value: Any) -> Iterator[str]:
    """Yield every note in a row."""
    if isinstance(value, list):
        for item in value:
            yield from notes(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (item or ()) if key in NOTES else notes(item)


def page(row: Row) -> Said | None:
    """Return what the page of a row says, None if the row is not about a whole article."""
    if row.get(TEXT) is None or row.get("start") is not None:
        return None
    beside = [row[key] for key in METADATA if row.get(key)]
    words = (word for value in beside for word in (value if isinstance(value, list) else [value]))
    return Said(row["article_id"], row[TEXT], tuple(words))
