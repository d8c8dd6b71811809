"""Measure zoning on pages whose zones were made by hand: a folder of NAME.txt, each beside NAME.zones.tsv.

The table has the columns line and zone; alternatives stand with `/`, and what is no zone of ours is no text. HTML of
a page stands in the folder `html` beside, under the name of the page.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.pages import ARTICLES
from vinese.checks.article import TEXT_ZONES
from vinese.ingest.metadata import metadata_of
from vinese.ingest.page import Page, RawPage, page_of, read_raw
from vinese.ingest.review import review
from vinese.ingest.run import article_of
from vinese.ingest.zoning import zone_by_rules
from vinese.model.records import Article

if TYPE_CHECKING:
    from pathlib import Path

FOLDER_VARIABLE = "VINESE_PAGE_TRIALS"
DEFAULT_FOLDER = ARTICLES.parents[2] / "shared" / "trial"


@dataclass(frozen=True)
class Trial:
    """How many lines of a page are right in or out of the text, which are not, and what was read and doubted."""

    name: str
    right: int
    lines: int
    wrong: tuple[tuple[int, str, str], ...]
    title_right: bool | None
    published: str | None
    doubts: tuple[str, ...]


def folder() -> Path | None:
    """Return the folder of trials: the one that the environment names, else the one beside the checkout."""
    named = os.environ.get(FOLDER_VARIABLE)
    place = DEFAULT_FOLDER if named is None else type(DEFAULT_FOLDER)(named)
    return place if (place / "pages").is_dir() else None


def true_zones(table: Path) -> dict[int, tuple[str, ...]]:
    """Return the zones that each line may have."""
    rows = (row.split("\t") for row in table.read_text(encoding="utf-8").splitlines()[1:] if row)
    return {int(line): tuple(zone.split("/")) for line, zone in rows}


def is_right(zone: str | None, may_be: tuple[str, ...]) -> bool:
    """Return whether a line is in the text where it should be, and out of it where it should not."""
    return any((zone in TEXT_ZONES) == (true in TEXT_ZONES) for true in may_be)


def try_text(path: Path) -> Trial:
    """Zone a page by rules and compare."""
    page = page_of(path.read_bytes().decode())
    zone_by_rules(page)
    zones = true_zones(path.with_suffix(".zones.tsv"))
    wrong = tuple(
        (line.number, "/".join(zones[line.number]), str(zone))
        for line, zone in zip(page.lines, page.zones, strict=True)
        if not is_right(zone, zones[line.number])
    )
    metadata = metadata_of(page)
    return Trial(
        name=path.stem,
        right=len(page.lines) - len(wrong),
        lines=len(page.lines),
        wrong=wrong,
        title_right=_title(page, zones) == metadata.title,
        published=metadata.published_at,
        doubts=tuple(dict.fromkeys(note.code for note in review(page))),
    )


def try_html(path: Path, text: Path) -> Trial:
    """Take the article out of an HTML page and compare its lines with the text of the same page as zoned by hand."""
    raw = read_raw(path)
    assert isinstance(raw, RawPage), raw
    article = article_of(raw)
    assert isinstance(article, Article), article
    page, zones = page_of(text.read_bytes().decode()), true_zones(text.with_suffix(".zones.tsv"))
    wanted = {line.text: line.number for line in page.lines if set(zones[line.number]) & set(TEXT_ZONES)}
    made = set(article.text.split("\n"))
    missed = tuple((number, "text", "missing") for line, number in wanted.items() if line not in made)
    extra = tuple((0, "missing", line[:40]) for line in made if line not in wanted)
    return Trial(
        name=path.name,
        right=len(made) - len(extra),
        lines=len(wanted | dict.fromkeys(made, 0)),
        wrong=missed + extra,
        title_right=_title(page, zones) == article.metadata.title,
        published=article.metadata.published_at,
        doubts=tuple(dict.fromkeys(note.code for note in article.needs_review)),
    )


def _title(page: Page, zones: dict[int, tuple[str, ...]]) -> str | None:
    """Return the title by hand."""
    return next((line.text for line in page.lines if "title" in zones[line.number]), None)
