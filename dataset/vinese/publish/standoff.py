"""Turn a build folder into one without the articles' words, for those who may not pass news on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from vinese.build import CARD, refuse_others
from vinese.build.sums import CHECKSUMS, parse_sums
from vinese.errors import PublishError, UsageError
from vinese.files import problem, read_bytes, replacing_folder
from vinese.issues import issue
from vinese.publish.beside import bare_card, cut, finish, joined
from vinese.publish.columns import TEXT, blank, check_columns, notes, page
from vinese.publish.folder import names, refuse_itself
from vinese.publish.masking import Masks
from vinese.publish.quotes import find_quotes, stuck
from vinese.publish.rewrite import columns, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.issues import Issue
    from vinese.publish.columns import Row
    from vinese.publish.quotes import Quotes, Said

# The digests of the files that hold the text: what `rehydrate` must arrive at.
FULL = "SHA256SUMS.full"
WHOLE = {"article_id", TEXT}
DRAWN = (".svg", ".html")
HEAD = "README.md.head.json"


def standoff(folder: str | Path, out: str | Path) -> tuple[Issue, ...]:
    """Write the build in `folder` to `out` without the articles' words, and return what kept that from being done.

    Columns, rows, labels, offsets, hashes and sources stay; every text becomes null. Quotes of 20 characters or more
    in the card and other readable files become `[…]`, and in annotators' notes the place of the quote; drawings that
    show text are left out. What cannot be replaced so, such as a note that quotes a caption, is an issue of level
    error, and nothing is written then.

    Raise `UsageError` if `folder` is no build with text, `PublishError` if it has a column of which it is not known
    whether it holds text, `FileProblemError` if `out` holds other files or cannot be written.
    """
    source = Path(folder)
    if not (source / CHECKSUMS).is_file():
        raise UsageError(f"{source} is not a built dataset.", "Make it with: vinese build")
    if (source / FULL).is_file():
        raise UsageError(f"{source} is without the text already.", "Name the folder that vinese build made.")
    refuse_itself(source, Path(out))
    refuse_others(Path(out))
    quotes = find_quotes((note for _, row in _rows(source) for note in notes(row)), _pages(source))
    found = [one for path, row in _rows(source) for one in _stuck(path, row, quotes)]
    if found:
        return tuple(found)
    try:
        with replacing_folder(out) as fresh:
            _write(source, fresh, quotes)
    except OSError as error:
        raise problem(out, error, "write") from error
    return ()


def _parquet(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*.parquet"))


def _rows(folder: Path) -> Iterator[tuple[str, Row]]:
    """Yield every row about a whole article, with the path of its file, after a look at all columns."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    for path in _parquet(folder):
        schema = pq.read_schema(folder / path)
        check_columns(schema, path.split("/")[1])
        if set(schema.names) >= WHOLE and "start" not in schema.names:
            yield from ((path, row) for row in columns(folder / path, schema.names))


def _pages(folder: Path) -> Iterator[Said]:
    """Yield what every page says, once or more often."""
    return (said for _, row in _rows(folder) if (said := page(row)))


def _stuck(path: str, row: Row, quotes: Quotes) -> Iterator[Issue]:
    """Yield an issue for every note that cannot be published without the text."""
    for note in notes(row):
        quote = stuck(note, row["article_id"], quotes)
        if quote is not None:
            yield issue("standoff-quote", file=path, article_id=row["article_id"], quote=quote)


def _write(source: Path, fresh: Path, quotes: Quotes) -> None:
    """Write every file of a build without the text."""
    paths = _parquet(source)
    sizes = {path: rewrite(source / path, fresh / path, lambda row: blank(row, quotes)) for path in paths}
    card = _copy(source, fresh, [name for name in names(source) if name not in {*paths, CHECKSUMS}])
    (fresh / CARD).write_text(bare_card(card, sizes, fresh), encoding="utf-8")
    sums = parse_sums(read_bytes(source / CHECKSUMS))
    lines = (f"{digest}  {path}\n" for path, digest in sums.items() if path in sizes)
    (fresh / FULL).write_text("".join(lines), encoding="utf-8")
    finish(fresh)


def _copy(source: Path, fresh: Path, every: list[str]) -> str:
    """Write files without quotes, but drawings that show any not at all; return the card."""
    files = {name: _read(source / name) for name in every}
    head, body = cut(files[CARD])
    said = json.dumps(head, ensure_ascii=False, default=str)
    masks = Masks({**files, CARD: body, HEAD: said}).hide(_pages(source))
    for name in files:
        if name != CARD and not (name.endswith(DRAWN) and masks.found(name)):
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(masks.masked(name), encoding="utf-8", newline="")
    return joined(json.loads(masks.masked(HEAD)) if masks.found(HEAD) else head, masks.masked(CARD))


def _read(path: Path) -> str:
    """Return the text of a file; raise `PublishError` if it has none, for then nobody knows what it shows."""
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise PublishError(
            f"{path} may show text of the articles.", "Only text and Parquet can be published without it."
        ) from error
