"""Make the tables of labels for guidelines and card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from vinese.generate.wording import said, words
from vinese.ontology import Relation, Role

if TYPE_CHECKING:
    from vinese.ontology import Example, Label, Language, Ontology

_ORDER = (
    "entity_type",
    "event_type",
    "modality",
    "role",
    "relation",
    "stance_expression",
    "polarity",
    "attribution",
    "holder_kind",
    "topic",
    "article_stance_judgement",
    "article_stance_value",
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Describe one label in one language, ready for a table; `fillers` is null unless it is a role or relation."""

    id: str
    name: str
    definition: str
    example: Example | None
    hotkey: str | None
    mappings: dict[str, str | None]
    fillers: str | None = None

    @property
    def quote(self) -> str:
        """Return the example in Markdown, the marked words in bold, or a dash."""
        if self.example is None:
            return "–"
        return self.example.context.replace(self.example.text, f"**{self.example.text}**", 1)


def rows(ontology: Ontology, lang: Language) -> dict[str, tuple[Row, ...]]:
    """Return the rows of every table by the name of its list, in the order to print them.

    The names are those of `Ontology.lists`; `relation` holds the relations that are no roles.
    """
    lists: dict[str, tuple[Label, ...]] = ontology.lists() | {"relation": ontology.relations}
    return {name: tuple(_row(label, lang) for label in lists[name]) for name in _ORDER}


def _row(label: Label, lang: Language) -> Row:
    return Row(
        id=label.id,
        name=said(label.name, lang),
        definition=said(label.definition, lang),
        example=label.example,
        hotkey=label.hotkey,
        mappings=label.mappings,
        fillers=_fillers(label, lang),
    )


def _fillers(label: Label, lang: Language) -> str | None:
    """Return which types may stand at the end of a role or relation, and for a relation where it starts."""
    if not isinstance(label, Role | Relation):
        return None
    say = words(lang)
    ends = ", ".join(label.fillers + ((say["events"],) if label.events else ()))
    if isinstance(label, Role):
        return ends
    return f"{', '.join(label.sources) or say['stance']} → {ends}"


def table(rows_: tuple[Row, ...], lang: Language) -> str:
    """Return one table as Markdown, its columns chosen by what its rows have."""
    say = words(lang)
    columns = [(say["label"], [f"`{row.id}`" for row in rows_]), (say["name"], [row.name for row in rows_])]
    if any(row.hotkey for row in rows_):
        columns.append((say["key"], [f"`{row.hotkey}`" if row.hotkey else "" for row in rows_]))
    columns.append((say["definition"], [row.definition for row in rows_]))
    if any(row.fillers for row in rows_):
        title = say["filled_by"] if "→" not in (rows_[0].fillers or "") else say["fillers"]
        columns.append((title, [row.fillers or "" for row in rows_]))
    if any(row.example for row in rows_):
        columns.append((say["example"], [row.quote for row in rows_]))
    columns += [(say.get(key, key), [row.mappings.get(key) or "–" for row in rows_]) for key in _mappings(rows_)]
    return _markdown(columns)


def _mappings(rows_: tuple[Row, ...]) -> list[str]:
    """Return the schemes to show: not PLOVER where it only repeats the ids."""
    keys = dict.fromkeys(key for row in rows_ for key in row.mappings)
    return [key for key in keys if any(row.mappings.get(key) != row.id for row in rows_)]


def _markdown(columns: list[tuple[str, list[str]]]) -> str:
    lines = [[title for title, _ in columns], ["---"] * len(columns)]
    lines += [list(cells) for cells in zip(*(cells for _, cells in columns), strict=True)]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    """Return text that neither ends a cell nor begins an element of HTML; code is shown as it is written."""
    return re.sub(r"(`[^`]*`)|<", lambda found: found[1] or "&lt;", text).replace("|", "\\|")


def render(ontology: Ontology, lang: Language) -> str:
    """Return all tables as one Markdown page, for annotators and readers of the card."""
    say = words(lang)
    parts = [f"# {say['tables']}", say["tables_intro"]]
    for name, rows_ in rows(ontology, lang).items():
        parts += [f"## {say[name]}", table(rows_, lang)]
    return "\n\n".join(parts) + "\n"
