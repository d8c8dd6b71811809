"""The rights in a corpus as its own files state them: a licence of annotations, words on the texts of articles."""

from __future__ import annotations

import re

import msgspec

from vinese.card.corpus import About
from vinese.core.files import read_text
from vinese.core.issues import Issue, issue
from vinese.core.printable import plain
from vinese.core.project import Project

FILE = "LICENSE.md"
PLACE = ("annotations", FILE)
_RIGHTS = "README.md#rights"
_USE = {
    "CC0": "yes",
    "CC-BY": "yes, with attribution",
    "CC-BY-SA": "yes, with attribution and what you adapt under the same licence",
    "CC-BY-NC": "no",
}
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
    def summary(self) -> str:
        """Return in a few words what the licence of the annotations is."""
        return (plain(self.id) if self.id else "") or (f"see {FILE}" if self.text else self.url) or _NOTHING

    @property
    def commercial(self) -> str:
        """Return whether the licence lets one use the annotations commercially, empty where that is not known."""
        kind = re.fullmatch(r"(CC0|CC-BY(?:-SA|-NC)?)(?:-SA|-ND)?-[0-9.]+", self.id or "")
        return _USE.get(kind[1], "") if kind else ""

    @property
    def withheld(self) -> bool:
        """Return whether no licence to the texts is given; terms of the project's own may say otherwise."""
        return self.text is None or "no licence to them is given" in " ".join(self.text.split()).lower()

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
        texts = "The texts remain the property of their owners; no licence to them is given."
        if not self.stated:
            return f"Annotations: {_NOTHING}. {texts}"
        name = f"[{plain(self.id or self.url)}]({self.url})" if self.url else f"`{plain(self.id)}`"
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
    text = read_text(path)
    return text if text.strip() else None


def unlicensed(project: Project, about: About) -> tuple[Issue, ...]:
    """Return the issue that nothing is granted, if that is so."""
    stated = load_licence(project, about).stated
    return () if stated else (issue("license-missing", file=str(project.own(*PLACE))),)
