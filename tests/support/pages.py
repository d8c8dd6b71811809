"""Give tests the five raw pages, the zone of each of their lines, and the ways to spoil them."""

from __future__ import annotations

from pathlib import Path

from vinese.ingest.page import page_of
from vinese.ingest.review import review
from vinese.ingest.zoning import zone_by_rules

ARTICLES = Path(__file__).resolve().parents[2] / "annotations" / "articles"
ZONES_FILE = ARTICLES / "zones.tsv"


def raw_pages() -> dict[str, str]:
    return {path.stem: path.read_bytes().decode() for path in sorted((ARTICLES / "raw").glob("*.txt"))}


def true_zones() -> dict[str, dict[int, str]]:
    zones: dict[str, dict[int, str]] = {}
    for row in ZONES_FILE.read_text(encoding="utf-8").splitlines()[1:]:
        file, line, zone = row.split("\t")
        zones.setdefault(file.removesuffix(".txt").replace("_", "-"), {})[int(line)] = zone
    return zones


PAGES = raw_pages()
ZONES = true_zones()
IDS = tuple(PAGES)

Numbered = list[tuple[int, str]]


def numbered(page: str) -> Numbered:
    return list(enumerate(PAGES[page].split("\n"), 1))


def without_blank(page: str) -> Numbered:
    return [(number, line) for number, line in numbered(page) if line.strip()]


def without_zone(page: str, *zones: str) -> Numbered:
    return [(number, line) for number, line in numbered(page) if ZONES[page].get(number) not in zones]


def without_duplicates(lines: Numbered) -> Numbered:
    first: dict[str, int] = {}
    for number, line in lines:
        first.setdefault(line, number)
    return [(number, line) for number, line in lines if not line.strip() or first[line] == number]


def zoned(page: str, lines: Numbered) -> tuple[list[tuple[int, str, str]], tuple[str, ...]]:
    """Zone what is left of a page; return (line of the full page, true zone, found) where they differ, and doubts."""
    found = page_of("\n".join(line for _, line in lines))
    zone_by_rules(found)
    wrong = []
    for line, zone in zip(found.lines, found.zones, strict=True):
        number = lines[line.number - 1][0]
        if ZONES[page][number] != zone:
            wrong.append((number, ZONES[page][number], str(zone)))
    return wrong, tuple(note.code for note in review(found))
