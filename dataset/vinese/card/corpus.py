"""What a corpus says of itself and no data can: its name, how to cite it, why and from what it was made.

`CITATION.cff`, `card/corpus.md` and the decision log are the corpus's own; vinese's stand in for nobody else's. Where
one lacks, its sections of the card say that the project does not say it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from vinese.core.errors import FileProblemError
from vinese.core.files import read_bytes, read_text
from vinese.core.printable import plain
from vinese.core.project import Project

CITATION = "CITATION.cff"
SECTIONS = ("subject", "rationale", "sources", "text", "speakers", "known errors", "biases", "social impact")
_HUB = re.compile(r"https://(?:www\.)?(?:huggingface\.co|hf\.co)/datasets/(?P<name>[\w.-]+/[\w.-]+?)/?")
_DOUBT = re.compile(
    r"^(?:- \*\*)?(?P<number>[A-Z]?[0-9]+)\. (?:\*\*)?(?P<question>.+?)\*\* (?P<ruling>.*?) ?Doubted: (?P<doubt>.+)$"
)
"""A ruling of the log that says it is in doubt: `1. **Question.** Ruling`, or `- **R1. Question.** Ruling`."""


class Release(NamedTuple):
    """What a build is published as: `repo` is `ORG/NAME`, `url` the page that it has there."""

    repo: str
    url: str
    version: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Name and origin of a corpus; `stated` is false where it has no `CITATION.cff` and all is a stand-in.

    `released` is an ISO 8601 date or null, `license` an SPDX id or expression and `license_url` the address of its
    terms, or nulls; both are of the annotations alone. `url` is where the dataset is published and `code` where its
    source is, null where the project does not say. `release` is what a build is made to be published as.
    """

    stated: bool
    name: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    version: str | None
    released: str | None
    license: str | None
    license_url: str | None
    url: str | None = None
    code: str | None = None
    release: Release | None = None

    @property
    def hub(self) -> str | None:
        """Return the dataset's name on the Hub, `ORG/NAME`, if it is published there."""
        if self.release is not None:
            return self.release.repo
        match = _HUB.fullmatch(self.url or "")
        return match["name"] if match else None

    @property
    def page(self) -> str | None:
        """Return the dataset's page on the Hub, if it has one."""
        return self.release.url if self.release is not None else self.url if self.hub else None

    @property
    def issues(self) -> str | None:
        """Return where to open an issue on the code; forges have that page under the address of the code."""
        return f"{self.code}/issues" if self.code else None

    def published(self, release: Release) -> About:
        """Return the same with the address and the version of a release where it states none."""
        version, url = self.version or release.version, self.url or release.url
        return msgspec.structs.replace(self, version=version, url=url, release=release)

    @property
    def bibtex(self) -> str | None:
        """Return an entry for BibTeX, with what is stated and nothing else; null if nothing is."""
        if not self.stated:
            return None
        fields = {
            "title": f"{{{self.title}}}",
            "author": " and ".join(f"{{{name}}}" for name in self.authors),
            "year": (self.released or "")[:4],
            "version": self.version or "",
            "url": self.url or "",
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{{self.name},\n" + ",\n".join(lines) + "\n}"

    @property
    def reference(self) -> str:
        """Return a reference in Markdown, as APA has it."""
        when = f" ({plain(self.released[:4])})" if self.released else ""
        version = f" (Version {plain(self.version)})" if self.version else ""
        place = f" {self.url}" if self.url else ""
        return f"{', '.join(map(plain, self.authors))}{when}. *{plain(self.title)}*{version} [Data set].{place}"


def load_about(project: Project) -> About:
    """Return the name of `project`; raise `FileProblemError` if its `CITATION.cff` cannot be read."""
    path = project.own(CITATION)
    if not path.exists():
        return About(
            stated=False,
            name="corpus",
            title="Annotated articles",
            abstract="Articles with annotation, built with vinese.",
            authors=(),
            keywords=(),
            version=None,
            released=None,
            license=None,
            license_url=None,
        )
    citation = _Citation(path)
    title, license_id = citation.text("title"), " OR ".join(citation.texts("license")) or None
    return About(
        stated=True,
        name=re.sub(r"[^a-z0-9]+", "-", title.split(":", maxsplit=1)[0].lower()).strip("-") or "corpus",
        title=title,
        abstract=citation.text("abstract") or title,
        authors=citation.authors(),
        keywords=citation.texts("keywords", cut=True),
        version=citation.text("version") or None,
        released=citation.text("date-released") or None,
        license=license_id,
        license_url=citation.address("license-url") or _page(license_id),
        url=citation.address("url"),
        code=citation.address("repository-code"),
    )


class _Citation:
    """A `CITATION.cff`, which people write by hand: what is empty is not stated, and a single value is a list of one.

    Every value is read as the text that stands there: 1.10 is no number, and 2026-02-30 no date.
    """

    def __init__(self, path: Path) -> None:
        """Read the file; raise `FileProblemError` if it is no YAML or has no title."""
        self._path = path
        try:
            content = yaml.load(read_bytes(path), Loader=yaml.BaseLoader)  # noqa: S506  it makes nothing but text
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
            why = str(error) or "it is nested too deeply"
            raise FileProblemError(f"{path} is not YAML: {why}.", "Correct it, or restore it.") from error
        self._content = content if isinstance(content, dict) else {}
        if not self.text("title"):
            raise FileProblemError(
                f"{path} does not say what to cite.", "Give it at least a title; see citation-file-format."
            )

    def text(self, key: str) -> str:
        """Return what is stated, on one line; nothing where nothing is."""
        return self._line(self._content.get(key), key)

    def texts(self, key: str, *, cut: bool = False) -> tuple[str, ...]:
        """Return every value of a list; `cut` a single one at its commas."""
        listed = self._list(key)
        if cut and isinstance(self._content.get(key), str):
            listed = self.text(key).split(",")
        return tuple(filter(None, (self._line(value, key) for value in listed)))

    def authors(self) -> tuple[str, ...]:
        """Return the name of every author, person or entity."""
        return tuple(filter(None, map(self._author, self._list("authors"))))

    def address(self, key: str) -> str | None:
        """Return an address without a slash at its end; raise `FileProblemError` if it cannot stand in a link."""
        address = self.text(key)
        if address and not re.fullmatch(r"https?://[^\s<>()\[\]{}\"]+", address):
            raise FileProblemError(
                f"{self._path} has the {key} {address!r}, which is no web address.", "Write it from https:// on."
            )
        return address.rstrip("/") or None

    def _author(self, author: object) -> str:
        if not isinstance(author, dict):
            return self._line(author, "authors")
        names = (author.get("name"), *(author.get(key) for key in ("given-names", "name-particle", "family-names")))
        name, *parts = (self._line(name, "authors") for name in names)
        return name or " ".join(filter(None, parts))

    def _list(self, key: str) -> Sequence[object]:
        value = self._content.get(key)
        return value if isinstance(value, list) else [value]

    def _line(self, value: object, key: str) -> str:
        if value is not None and not isinstance(value, str):
            raise FileProblemError(f"{self._path} has no text at {key}.", "See citation-file-format for its form.")
        line = " ".join((value or "").split())
        return "" if line in {"~", "null"} else line


def _page(license_id: str | None) -> str | None:
    """Return the page of an SPDX id; an expression has none."""
    return f"https://spdx.org/licenses/{license_id}" if license_id and " " not in license_id else None


def load_sections(project: Project) -> dict[str, str]:
    """Return `SECTIONS` of the project's own `card/corpus.md`, empty where it lacks one, or there is no file."""
    path = project.own("card", "corpus.md")
    written = sections(read_text(path)) if path.exists() else {}
    if unknown := sorted(written.keys() - set(SECTIONS)):
        raise FileProblemError(
            f"{path} has the unknown section {unknown[0]!r}.", f"There are: {', '.join(SECTIONS)}."
        )
    return dict.fromkeys(SECTIONS, "") | written


def sections(text: str) -> dict[str, str]:
    """Return what stands under each heading of the second level, by the heading."""
    parts = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def items(text: str) -> list[str]:
    """Return the items of a Markdown list, each on one line; a text without one is one item."""
    parts = [" ".join(part.split()) for part in re.split(r"^- ", text, flags=re.MULTILINE)]
    return [part for part in parts if part]


def doubts(project: Project) -> list[dict[str, str]]:
    """Return the rulings of the project's decision log that stand in doubt, as it says itself."""
    path = project.own("annotations", "guidelines", "decisions.md")
    if not path.exists():
        return []
    lines = read_text(path).splitlines()
    return [match.groupdict() for match in map(_DOUBT.match, lines) if match is not None]
