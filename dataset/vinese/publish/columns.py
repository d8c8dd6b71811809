"""Say which columns hold text of an article, take it out of rows, and put it back.

A record with `start`, `end` and `text` repeats a stretch of its row's text; a row with its own `start` and `end` is a
stretch of the article, any other is the whole of it. What the page says of itself comes from the article's metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vinese.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.records import Article

Row = dict[str, Any]

TEXT = "text"
METADATA = ("title", "bylines", "captions", "credits", "topics")
# Strings that are not the article's words: ids, hashes, dates, sources, names of labels and tools.
KEPT = frozenset(
    {
        "annotated_at", "annotator", "annotator_kind", "article_id", "entity", "event", "filler", "holders", "how",
        "id", "kind", "language", "layer", "layers", "mention", "notes", "published", "published_at", "publisher",
        "refers_to", "role", "schema_version", "source", "text_sha256", "tool", "tool_version", "type", "url",
    }
)  # fmt: skip
WINDOW = 20


def check_columns(schema: Any, config: str) -> None:
    """Raise `PublishError` if a column holds strings of which nobody has said whether they are text."""
    import pyarrow.types as kinds  # type: ignore[import-untyped]  # noqa: PLC0415

    for path, kind in _leaves(schema, kinds):
        name = path[-1]
        spoken = name in KEPT or (len(path) == 1 and name in METADATA) or name == TEXT
        if (kinds.is_string(kind) or kinds.is_large_string(kind)) and not spoken:
            raise PublishError(
                f"Column {'.'.join(path)} of {config} may hold text of the articles.",
                "Only columns that vinese knows can be published without the text.",
            )


def _leaves(fields: Any, kinds: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for field in fields:
        kind, path = field.type, (*above, field.name)
        while kinds.is_list(kind) or kinds.is_large_list(kind):
            kind = kind.value_type
        if kinds.is_struct(kind):
            yield from _leaves([kind.field(number) for number in range(kind.num_fields)], kinds, path)
        else:
            yield path, kind


def blank(row: Row) -> Row:
    """Return a row without the article's words: texts and the title are null, lists of the page's words empty."""
    found: Row = {key: [] if isinstance(row.get(key), list) else None for key in METADATA if key in row}
    return {**{key: _blank(value) for key, value in row.items()}, **found, **({TEXT: None} if TEXT in row else {})}


def _blank(value: Any) -> Any:
    if isinstance(value, list):
        return [_blank(one) for one in value]
    if isinstance(value, dict):
        return {key: None if key == TEXT else _blank(one) for key, one in value.items()}
    return value


def fill(row: Row, article: Article) -> Row:
    """Return a row with the words of its article put back; the reverse of `blank`."""
    start, end = row.get("start"), row.get("end")
    base = article.text if start is None else article.text[start:end]
    found = {key: _plain(getattr(article.metadata, key)) for key in METADATA if key in row}
    own = {TEXT: base} if TEXT in row else {}
    return {**{key: _fill(value, base) for key, value in row.items()}, **found, **own}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _fill(value: Any, base: str) -> Any:
    if isinstance(value, list):
        return [_fill(one, base) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _fill(one, base) for key, one in value.items()}
    if TEXT in found and found["start"] is not None:
        found[TEXT] = base[found["start"] : found["end"]]
    return found


def left(row: Row, text: str) -> str | None:
    """Return a stretch of `text` that a blanked row still holds, None if there is none of 20 characters."""
    for value in _strings(row):
        for at in range(len(value) - WINDOW + 1):
            if value[at : at + WINDOW] in text:
                return value[at : at + WINDOW]
    return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
