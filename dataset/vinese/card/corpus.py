"""What a corpus says of itself and no data can: its name, how to cite it, why and from what it was made.

`CITATION.cff`, `card/corpus.md` and the decision log are the corpus's own; vinese's stand in for nobody else's. Where
one lacks, its sections of the card say that the project does not say it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from vinese.core.errors import FileProblemError
from vinese.core.files import read_bytes
from vinese.core.issues import Issue, issue
from vinese.core.project import Project

CITATION = "CITATION.cff"
SECTIONS = ("subject", "rationale", "sources", "text", "speakers", "known errors", "biases", "social impact")
_HUB = re.compile(r"https://(?:www\.)?(?:huggingface\.co|hf\.co)/datasets/(?P<name>[\w.-]+/[\w.-]+?)/?")
_DOUBT = re.compile(r"^(?P<number>[0-9]+)\. \*\*(?P<question>.+?)\*\* (?P<ruling>.*?) ?Doubted: (?P<doubt>.+)$")


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
        """Return a reference in words, as APA has it."""
        when = f" ({self.released[:4]})" if self.released else ""
        version = f" (Version {self.version})" if self.version else ""
        place = f" {self.url}" if self.url else ""
        return f"{', '.join(self.authors)}{when}. *{self.title}*{version} [Data set].{place}"


def load_about(project: Project) -> About:
    """Return the name of `project`; raise `FileProblemError` if its `CITATION.cff` cannot be read."""
    path = project.own(CITATION)
    if not path.exists():
        return About(
            stated=False,
            name="corpus",
            title="Vietnamese news with entities, stance and events",
            abstract="News articles annotated with entities, stance and events, built with vinese.",
            authors=(),
            keywords=(),
            version=None,
            released=None,
            license=None,
            license_url=None,
        )
    citation = _mapping(path)
    title, license_id = str(citation.get("title", "")), _license(citation)
    return About(
        stated=True,
        name=re.sub(r"[^a-z0-9]+", "-", title.split(":", maxsplit=1)[0].lower()).strip("-") or "corpus",
        title=title,
        abstract=" ".join(str(citation.get("abstract", title)).split()),
        authors=tuple(_author(author) for author in citation.get("authors", [])),
        keywords=tuple(str(keyword) for keyword in citation.get("keywords", [])),
        version=str(citation["version"]) if "version" in citation else None,
        released=str(citation["date-released"]) if "date-released" in citation else None,
        license=license_id,
        license_url=str(citation.get("license-url") or "") or _page(license_id),
        url=_address(path, citation, "url"),
        code=_address(path, citation, "repository-code"),
    )


def _address(path: Path, citation: dict[str, Any], key: str) -> str | None:
    """Return an address without a slash at its end; raise `FileProblemError` if it cannot stand in a link."""
    if citation.get(key) is None:
        return None
    address = str(citation[key])
    if not re.fullmatch(r"https?://[^\s<>()\[\]{}\"]+", address):
        raise FileProblemError(
            f"{path} has the {key} {address!r}, which is no web address.", "Write it from https:// on."
        )
    return address.rstrip("/")


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(read_bytes(path))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FileProblemError(f"{path} is not YAML: {error}.", "Correct it, or restore it.") from error
    if not isinstance(content, dict) or not content.get("title"):
        raise FileProblemError(
            f"{path} does not say what to cite.", "Give it at least a title; see citation-file-format."
        )
    return content


def _license(citation: dict[str, Any]) -> str | None:
    """Return the SPDX id; several make an expression, since citation-file-format lets the reader choose."""
    named = citation.get("license")
    several = named if isinstance(named, list) else [named]
    return " OR ".join(str(identifier) for identifier in several if identifier) or None


def _page(license_id: str | None) -> str | None:
    """Return the page of an SPDX id; an expression has none."""
    return f"https://spdx.org/licenses/{license_id}" if license_id and " " not in license_id else None


def _author(person: dict[str, Any]) -> str:
    parts = (str(person[key]) for key in ("given-names", "family-names") if key in person)
    return str(person["name"]) if "name" in person else " ".join(parts)


def load_sections(project: Project) -> dict[str, str]:
    """Return `SECTIONS` of the project's own `card/corpus.md`, empty where it lacks one, or there is no file."""
    path = project.own("card", "corpus.md")
    written = sections(read_bytes(path).decode()) if path.exists() else {}
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
    lines = read_bytes(path).decode().splitlines()
    return [match.groupdict() for match in map(_DOUBT.match, lines) if match is not None]


FILE = "LICENSE.md"
PLACE = ("annotations", FILE)
_RIGHTS = "README.md#rights"
_NOTHING = "no licence is stated, so no rights to them are granted"


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """Text of the project's `LICENSE.md`, and id and address of the annotations' licence; or nulls."""

    text: str | None
    id: str | None
    url: str | None

    @property
    def stated(self) -> bool:
        """Return whether the project grants anything."""
        return any((self.text, self.id, self.url))

    @property
    def said(self) -> str:
        """Return in a few words what the licence of the annotations is."""
        return self.id or (f"see {FILE}" if self.text else self.url) or _NOTHING

    @property
    def where(self) -> str:
        """Return a link in Markdown to all that is said of rights."""
        return f"[{FILE}]({FILE})" if self.text else f"[Rights]({_RIGHTS})"

    @property
    def links(self) -> list[str]:
        """Return what a machine may follow to the terms, the first of them in the folder itself."""
        return [FILE if self.text else _RIGHTS, *([self.url] if self.url else [])]

    @property
    def rights(self) -> str:
        """Return in Markdown who owns what: the project's own text without its title, or what can be said without."""
        if self.text:
            title, _, rest = self.text.strip().partition("\n")
            return rest.strip() if title.startswith("# ") and rest.strip() else self.text.strip()
        texts = "The article texts remain the property of their publishers; no licence to them is given."
        if not self.stated:
            return f"Annotations: {_NOTHING}. {texts}"
        name = f"[{self.id or self.url}]({self.url})" if self.url else f"`{self.id}`"
        return f"The annotations are licensed under {name}. {texts}"

    def metadata(self) -> dict[str, str]:
        """Return the card's YAML: `other`, for the texts are their publishers', whatever the annotations are."""
        if not self.stated:
            return {"license": "unknown"}
        name = re.sub(r"[^a-z0-9.+-]+", "-", (self.id or "licensed").lower()).strip("-")
        return {
            "license": "other",
            "license_name": f"annotations-{name}-texts-of-their-publishers",
            "license_link": FILE if self.text else self.url or "README.md",
        }


def load_licence(project: Project, about: About) -> Licence:
    """Return the licence of `project`; raise `FileProblemError` if its `LICENSE.md` cannot be read."""
    return Licence(text=own_terms(project), id=about.license, url=about.license_url)


def own_terms(project: Project) -> str | None:
    """Return the project's own `LICENSE.md`, null where there is none or nothing in it.

    Raise `FileProblemError` if it cannot be read.
    """
    path = project.own(*PLACE)
    if not path.exists():
        return None
    try:
        text = read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise FileProblemError(f"{path} is not UTF-8: {error}.", "Save it as UTF-8.") from error
    return text if text.strip() else None


def unlicensed(project: Project, about: About) -> tuple[Issue, ...]:
    """Return the issue that nothing is granted, if that is so."""
    stated = load_licence(project, about).stated
    return () if stated else (issue("license-missing", file=str(project.own(*PLACE))),)
