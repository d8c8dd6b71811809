"""Put the guidelines beside the data, so that the rules that card and notes cite travel with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vinese.core.files import read_bytes
from vinese.core.project import Project
from vinese.model.ontology import Label, Ontology
from vinese.text.quotes import windows

FOLDER = "guidelines"
_LINK = re.compile(r"!?\[(?P<words>[^\]]*)\]\((?P<place>[^)#\s]+)(?:#[^)]*)?\)")


def pages(project: Project) -> dict[str, str]:
    """Return the pages of the project's own guidelines by file name; empty where it has none."""
    folder = project.own("annotations", FOLDER)
    return {path.name: read_bytes(path).decode() for path in sorted(folder.glob("*.md"))}


def put(found: dict[str, str], folder: Path) -> None:
    """Write the pages into a folder of the build; a link to what does not go with them becomes its words."""
    if found:
        (folder / FOLDER).mkdir()
    for name, text in found.items():
        (folder / FOLDER / name).write_text(_LINK.sub(lambda link: _kept(link, found), text), encoding="utf-8")


def _kept(link: re.Match[str], found: dict[str, str]) -> str:
    return link[0] if "://" in link["place"] or link["place"] in found else link["words"]


def quoted(ontology: Ontology, found: dict[str, str], rows: Iterable[dict[str, Any]]) -> int:
    """Count the articles of which a page holds 20 characters in a row, or a table of labels an example.

    `rows` have the `article_id` and `text` of each article. A page may quote more in shorter stretches.
    """
    labels = (label for listed in ontology.lists().values() for label in listed)
    ids = {label.example.article for label in labels if isinstance(label, Label) and label.example is not None}
    said = {window for text in found.values() for window in windows(text)}
    return sum(row["article_id"] in ids or not said.isdisjoint(windows(row["text"])) for row in rows)
