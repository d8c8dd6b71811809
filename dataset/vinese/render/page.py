"""The frame that all pages share: articles side by side, with filters, search, keys and a link to each item.

Nothing is asked of any network, and a page opens from a disk. Articles are made into HTML here, all text escaped by
the template; a page holds them as data, and its script shows each when it comes into view. A content security policy
lets only that script run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from vinese.core.files import replacing
from vinese.model.ontology import Label, Ontology
from vinese.render.sheet import Facet, Reading, Sheet, colors_of, sheet

SHOWN = 100
"""Articles in one file; more of them open slowly in a browser, and `vinese browse` writes a file for each."""

INDEX, FOLDER = "index.html", "articles"
GENERATOR = b'<meta name="generator" content="vinese browse">'
_HERE = Path(__file__).parent
_QUOTED = re.compile(r"(«[^»]*»)")
_ID = re.compile(r"\b(\w+)\b")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the articles of a page.

    `title` and `notes` are by language; `reference` is the layer that the others are measured by, None where all
    are equals. `figures` is the HTML of tables; `only` shows at first only the lines that differ.
    """

    title: Mapping[str, str]
    layers: Sequence[str]
    ontology: Ontology
    reference: str | None = None
    notes: Sequence[Mapping[str, str]] = ()
    figures: str = ""
    only: bool = False


def note(text: str, vietnamese: str | None = None) -> dict[str, str]:
    """Return a note by language; in English alone where nobody translated it."""
    return {"en": text, "vi": vietnamese or text}


def environment(**names: Any) -> Environment:
    """Return what makes HTML of the room's templates; all text is escaped, and `t` gives words of `words.json`."""
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.update(names, t=_translated)
    return made


def _translated(key: str) -> Markup:
    """Return words in English, so that the page's script can put the Vietnamese in their place.

    What `words.json` lacks, as a judgement of another ontology, is its own name in both languages.
    """
    words = _words().get(key)
    if words is None:
        return escape(key.replace("_", " "))
    return Markup('<span data-w="{}">{}</span>').format(key, words["en"])


@cache
def _words() -> dict[str, dict[str, str]]:
    return msgspec.json.decode(read("words.json"), type=dict[str, dict[str, str]])


def read(name: str) -> str:
    """Return a file of this room."""
    return (_HERE / name).read_text(encoding="utf-8")


def write_page(file: Path, frame: Frame, readings: Iterable[Reading]) -> None:
    """Write a page in one file, at once or not at all; one article is in memory at a time."""
    shelf = _Articles(frame)
    with replacing(file) as page:
        for part in _parts(frame, shelf, shelf.made(readings), inline=True):
            page.write(part.encode())


def write_site(folder: Path, frame: Frame, readings: Iterable[Reading]) -> None:
    """Write a page into an empty folder, each article in a file of its own that is read when it is looked at."""
    shelf = _Articles(frame)
    (folder / FOLDER).mkdir()
    for number, content in enumerate(shelf.made(readings)):
        (folder / FOLDER / f"{number:04}.js").write_text(f"vinese({number},{content});\n", encoding="utf-8")
    with (folder / INDEX).open("wb") as page:
        for part in _parts(frame, shelf, (), inline=False):
            page.write(part.encode())


def _parts(frame: Frame, shelf: _Articles, contents: Iterable[str], *, inline: bool) -> Iterator[str]:
    script = read("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        environment()
        .from_string(read("page.html.j2"))
        .generate(
            frame=frame,
            words=shelf.words,
            contents=contents,
            index=lambda: _json(shelf.index(inline=inline)),
            style=read("page.css"),
            script=script,
            sources=f"'sha256-{digest}'" + ("" if inline else " 'self' file:"),
            figures=frame.figures,
        )
    )


def _json(value: object) -> str:
    """Return JSON that ends no element of HTML."""
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@dataclass
class _Articles:
    """The articles of a page, made into HTML one by one, and what their index holds."""

    frame: Frame
    facets: dict[Facet, int] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = _words()
        self.colors = colors_of(self.frame.ontology)
        self.names = _names(self.frame.ontology)
        self.template = environment(named=self._named).from_string(read("article.html.j2"))

    def made(self, readings: Iterable[Reading]) -> Iterator[str]:
        """Yield each article's HTML as a string of JSON."""
        for reading in readings:
            article = sheet(reading, self.colors, self.frame.reference)
            self.entries.append(self._entry(article))
            yield _json(self.template.render(article=article))

    def _named(self, text: str) -> list[tuple[str, bool]]:
        """Return text in pieces, each with whether it is the id of a label; quoted words are none."""
        pieces = [
            (piece, not part.startswith("«") and piece in self.names)
            for part in _QUOTED.split(text)
            for piece in ([part] if part.startswith("«") else _ID.split(part))
        ]
        return [piece for piece in pieces if piece[0]]

    def _entry(self, article: Sheet) -> dict[str, Any]:
        counts = [
            (self.facets.setdefault(facet, len(self.facets)), number) for facet, number in article.facets.items()
        ]
        errors = Counter((error, note.labels) for note in article.differences for error in note.errors)
        return {
            "id": article.id,
            "text": article.text,
            "facets": counts,
            "errors": [(error, labels, number) for (error, labels), number in errors.items()],
            "differences": len(article.differences),
        }

    def index(self, *, inline: bool) -> dict[str, Any]:
        """Return what the page's script knows of its articles before it opens one."""
        ontology = self.frame.ontology
        return {
            "inline": inline,
            "only": self.frame.only,
            "layers": self.frame.layers,
            "reference": self.frame.reference,
            "words": self.words,
            "names": self.names,
            "colors": self.colors,
            "labels": {
                "entity": [label.id for label in ontology.entities],
                "event": [label.id for label in ontology.events],
                "stance": [label.id for label in ontology.stance.polarities],
                "modality": [label.id for label in ontology.modalities],
            },
            "facets": list(self.facets),
            "articles": self.entries,
        }


def _names(ontology: Ontology) -> dict[str, dict[str, list[str]]]:
    """Return name and definition of every label by language; of two with one id, those of the first."""
    stance, judged = ontology.stance, ontology.article_stance
    labels: list[Label] = [*ontology.entities, *ontology.events, *stance.polarities, *ontology.modalities]
    labels += [*ontology.roles, *ontology.relations, *stance.attributions, *stance.holder_kinds, *stance.topics]
    labels += [*judged.judgements, *judged.values]
    return {
        label.id: {
            language: [getattr(label.name, language), getattr(label.definition, language)]
            for language in ("en", "vi")
        }
        for label in reversed(labels)
    }
