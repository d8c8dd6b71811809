"""The guidelines beside the data, so that the rules that card and notes cite travel with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from vinese.core.files import read_text
from vinese.core.project import Project
from vinese.text.quotes import Quotable

FOLDER = "guidelines"
_LINK = re.compile(r"!?\[(?P<words>[^\]]*)\]\((?P<place>[^)#\s]+)(?:#[^)]*)?\)")


def pages(project: Project) -> dict[str, str]:
    """Return the pages of the project's own guidelines by file name; empty where it has none."""
    folder = project.own("annotations", FOLDER)
    names = sorted(path.name for path in folder.glob("*.md"))
    return {name: read_text(project.own("annotations", FOLDER, name)) for name in names}


def put(pages: dict[str, str], folder: Path) -> None:
    """Write the pages into a folder of the build; a link to what does not go with them becomes its words."""
    if pages:
        (folder / FOLDER).mkdir()
    for name, text in pages.items():
        (folder / FOLDER / name).write_text(_LINK.sub(lambda link: _kept(link, pages), text), encoding="utf-8")


def _kept(link: re.Match[str], pages: dict[str, str]) -> str:
    return link[0] if "://" in link["place"] or link["place"] in pages else link["words"]


_RULE = re.compile(r"^- \*\*(?P<number>[A-Z][0-9]+)\. (?P<words>.+)$", re.MULTILINE)
_CITED = re.compile(r"\b[A-Z][0-9]+\b")


def cited(pages: dict[str, str], text: str) -> dict[str, str]:
    """Return the words of every rule of the English pages that a text names by its number, by that number.

    What those words name in turn is among them.
    """
    rules = {
        rule["number"]: rule["words"].replace("**", "", 1).rstrip()
        for name, page in pages.items()
        if not name.endswith(".vi.md")
        for rule in _RULE.finditer(page)
    }
    numbers, named = set[str](), set(_CITED.findall(text)) & rules.keys()
    while named:
        numbers |= named
        named = {other for number in named for other in _CITED.findall(rules[number])} & rules.keys() - numbers
    return {number: rules[number] for number in sorted(numbers, key=lambda number: (number[0], int(number[1:])))}


class Quoted:
    """A count of the articles of which a page holds 20 characters in a row.

    A page may quote more in shorter stretches.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self.number = 0
        self._quotable = Quotable(texts.values())

    def add(self, row: dict[str, Any]) -> None:
        """Count an article if it is quoted; `row` has its `text`."""
        self.number += next(self._quotable.places(row["text"]), None) is not None
