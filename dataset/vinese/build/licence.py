"""Say under which licence a corpus is published: its own, or none; never vinese's for somebody else's work.

The terms stand in the project's `annotations/LICENSE.md`, which is copied beside the data; `CITATION.cff` names the
licence of the annotations, as `license` (SPDX) or as `license-url`. Where there is neither, nothing is granted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from vinese.errors import FileProblemError
from vinese.files import read_bytes
from vinese.issues import Issue, issue

if TYPE_CHECKING:
    from vinese.build.corpus import About
    from vinese.resources import Project

FILE = "LICENSE.md"
PLACE = ("annotations", FILE)
_RIGHTS = "README.md#rights"
_NOTHING = "no licence is stated, so no rights to them are granted"


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the text of the project's `LICENSE.md`, and id and address of the annotations' licence; or nulls."""

    text: str | None
    id: str | None
    url: str | None

    @property
    def stated(self) -> bool:
        """Tell whether the project grants anything."""
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
