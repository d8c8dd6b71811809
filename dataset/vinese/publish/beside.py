"""Bring what stands beside the Parquet in line with it: the card, Croissant, checksums."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from vinese.build.sums import CHECKSUMS, checksums, parse_sums
from vinese.publish.folder import parse_front

if TYPE_CHECKING:
    from pathlib import Path

CROISSANT = "croissant.json"
PICTURE = re.compile(r"!\[[^\]]*\]\((figures/[^)]+)\)")
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
    body = PICTURE.sub(lambda found: found[0] if (folder / found[1]).is_file() else LEFT_OUT, body)
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
        return [_digested(one, folder, sums) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _digested(one, folder, sums) for key, one in value.items()}
    path = str(found.get("contentUrl", ""))
    if path in sums and "sha256" in found:
        found["sha256"] = sums[path]
        if "contentSize" in found:
            found["contentSize"] = f"{(folder / path).stat().st_size} B"
    return found
