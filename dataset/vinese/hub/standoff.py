"""Turn a build folder into one without the articles' words, for those who may not pass news on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from vinese.core.errors import PublishError, UsageError
from vinese.core.files import problem, read_bytes, replacing_folder, text_digest
from vinese.core.issues import Issue, issue
from vinese.hub.masking import Masks
from vinese.hub.standoff_files import (
    METADATA,
    TEXT,
    Row,
    blank,
    check_columns,
    columns,
    must_be_parquet,
    note_columns,
    notes,
    page,
    rewrite,
)
from vinese.package.folder import (
    CARD,
    CHECKSUMS,
    checksums,
    must_be_built,
    names,
    parse_front,
    parse_sums,
    refuse_itself,
    refuse_others,
)
from vinese.text.quotes import Quotes, Said, find_quotes, stuck

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

    Examples
    --------
    >>> import vinese
    >>> _ = vinese.build(vinese.Project(), "built")
    >>> vinese.standoff("built", "bare")
    ()
    """
    source = Path(folder)
    must_be_built(source)
    if (source / FULL).is_file():
        raise UsageError(f"{source} is without the text already.", "Name the folder that vinese build made.")
    refuse_itself(source, Path(out))
    refuse_others(Path(out))
    for path in _parquet(source):
        must_be_parquet(source / path)
        check_columns(pq.read_schema(source / path), path.split("/")[1])
    quotes = find_quotes((note for _, row in _noted(source) for note in notes(row)), _pages(source))
    issues = [issue for path, row in _noted(source) for issue in _stuck(path, row, quotes)]
    if issues:
        return tuple(issues)
    try:
        with replacing_folder(out, CHECKSUMS) as fresh:
            _write(source, fresh, quotes)
    except OSError as error:
        raise problem(out, error, "write") from error
    return ()


def _parquet(folder: Path) -> list[str]:
    return [name for name in names(folder) if name.startswith("data/") and name.endswith(".parquet")]


def _articles(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield every file whose rows are about a whole article, and its columns."""
    for path in _parquet(folder):
        columns_there = pq.read_schema(folder / path).names
        if {*columns_there} >= WHOLE and "start" not in columns_there:
            yield path, columns_there


def _noted(folder: Path) -> Iterator[tuple[str, Row]]:
    """Yield the id and the notes of every row about a whole article, with the path of its file."""
    for path, _ in _articles(folder):
        for row in columns(folder / path, ["article_id", *note_columns(folder / path)]):
            yield path, row


def _pages(folder: Path) -> Iterator[Said]:
    """Yield what every page says that none before said; several configs repeat it."""
    seen = set[str]()

    def new(words: str) -> bool:
        digest = text_digest(words)
        fresh = digest not in seen
        seen.add(digest)
        return fresh

    for path, there in _articles(folder):
        for row in columns(folder / path, [name for name in ("article_id", TEXT, *METADATA) if name in there]):
            if said := page(row):
                beside = tuple(words for words in said.beside if new(words))
                yield Said(said.article, said.text if new(f"{said.article}/{said.text}") else "", beside)


def _stuck(path: str, row: Row, quotes: Quotes) -> Iterator[Issue]:
    """Yield an issue for every note that cannot be published without the text."""
    for note in notes(row):
        quote = stuck(note, row["article_id"], quotes)
        if quote is not None:
            yield issue("standoff-quote", file=path, article_id=row["article_id"], quote=quote)


def _write(source: Path, fresh: Path, quotes: Quotes) -> None:
    """Write every file of a build without the text."""
    paths = _parquet(source)
    sizes = {path: rewrite(source / path, fresh / path, partial(blank, quotes=quotes)) for path in paths}
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
    head_text = json.dumps(head, ensure_ascii=False, default=str)
    masks = Masks({**files, CARD: body, HEAD: head_text}).hide(_pages(source))
    for name in files:
        if name != CARD and not (name.endswith(DRAWN) and masks.repeats(name)):
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(masks.masked(name), encoding="utf-8", newline="")
    return joined(json.loads(masks.masked(HEAD)) if masks.repeats(HEAD) else head, masks.masked(CARD))


def _read(path: Path) -> str:
    """Return the text of a file; raise `PublishError` if it has none, for then nobody knows what it shows."""
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise PublishError(
            f"{path} may show text of the articles.", "Only text and Parquet can be published without it."
        ) from error


CROISSANT = "croissant.json"
PICTURE = re.compile(r"!\[[^\]]*\]\((?:\.\./)?(figures/[^)]+)\)")
LEFT_OUT = "*(The picture here shows text of an article, and is left out.)*"
MARK = "; without the text"
NOTICE = """\
> **Without the text.** This copy holds labels, offsets, hashes and sources, and no stretch of 20 characters or
> more of what the articles' pages say: `text` and `title` are null, `bylines`, `captions`, `credits` and `topics`
> are empty, and such a stretch in this card or a file beside it is `[…]`. Shorter examples may remain. Offsets still
> count code points of the text, whose length is the end of the last of `zones` that has one, and whose SHA-256 is
> `text_sha256`. Where this card says that a span repeats its text, that holds again once the text is put back. With
> your own copies of the articles, as `vinese ingest` writes them:
>
> `vinese rehydrate FOLDER --articles YOUR_ARTICLES`

"""


def bare_card(card: str, sizes: dict[str, int], folder: Path) -> str:
    """Return the card of a copy without the text; `sizes` are the bytes in memory by path.

    Pictures that `folder` lacks are left out.
    """
    head, body = cut(card)
    body = PICTURE.sub(lambda match: match[0] if (folder / match[1]).is_file() else LEFT_OUT, body)
    for config in head.get("configs") or ():
        config["description"] = f"{config.get('description', '')}{MARK}"
    title, line, rest = body.partition("\n\n")
    return joined(_sized(head, sizes, folder), f"{title}{line}{NOTICE}{rest}")


def full_card(card: str, sizes: dict[str, int], folder: Path) -> str:
    """Return the card of a copy whose text was put back."""
    head, body = cut(card)
    for config in head.get("configs") or ():
        config["description"] = str(config.get("description", "")).removesuffix(MARK)
    return joined(_sized(head, sizes, folder), body.replace(NOTICE, "", 1))


def cut(card: str) -> tuple[dict[str, Any], str]:
    """Return the YAML of a card and its text, from the title on."""
    _, _, body = card.removeprefix("---\n").partition("\n---\n")
    return parse_front(card.encode()), body.lstrip("\n")


def joined(head: dict[str, Any], body: str) -> str:
    """Return the card of this YAML and text."""
    return f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110)}---\n\n{body}"


def _sized(head: dict[str, Any], sizes: dict[str, int], folder: Path) -> dict[str, Any]:
    """Return the YAML with the sizes that the files have now."""
    for info in head.get("dataset_info") or ():
        base = f"data/{info['config_name']}/"
        for split in info.get("splits") or ():
            start = f"{base}{split['name']}-"
            split["num_bytes"] = sum(size for path, size in sizes.items() if path.startswith(start))
        info["download_size"] = sum((folder / path).stat().st_size for path in sizes if path.startswith(base))
        info["dataset_size"] = sum(size for path, size in sizes.items() if path.startswith(base))
    return head


def finish(folder: Path) -> None:
    """Write the digests that Croissant states again, then the checksums."""
    path = folder / CROISSANT
    if path.is_file():
        sums = parse_sums(checksums(folder).encode())
        document = _digested(json.loads(path.read_bytes()), folder, sums)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / CHECKSUMS).write_text(checksums(folder), encoding="utf-8")


def _digested(value: Any, folder: Path, sums: dict[str, str]) -> Any:
    """Return a part of Croissant with what it states of our files made true."""
    if isinstance(value, list):
        return [_digested(item, folder, sums) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {key: _digested(item, folder, sums) for key, item in value.items()}
    path = str(fields.get("contentUrl", ""))
    if path in sums and "sha256" in fields:
        fields["sha256"] = sums[path]
        if "contentSize" in fields:
            fields["contentSize"] = f"{(folder / path).stat().st_size} B"
    return fields
