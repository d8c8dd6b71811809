"""Read versions, and say which step a change asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from vinese.core.errors import UsageError

Step = Literal["major", "minor", "patch"]
_FORM = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


class Version(NamedTuple):
    """Number a release: a major step breaks readers, a minor one changes data, a patch changes neither."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """Return it as people write it."""
        return ".".join(map(str, self))

    @property
    def tag(self) -> str:
        """Return the name of its tag."""
        return f"v{self}"

    def after(self, step: Step) -> Version:
        """Return the next version that a change of this size may have."""
        if step == "major":
            return Version(self.major + 1, 0, 0)
        return Version(self.major, self.minor + 1, 0) if step == "minor" else self._replace(patch=self.patch + 1)


def parse_version(text: str) -> Version:
    """Return the version that `text` is; raise `UsageError` if it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text!r} is not a version.", "Give three numbers, as in 0.1.0: no leading zeros, no letters, no v."
        )
    return Version(*map(int, found.groups()))


def latest(tags: Iterable[str]) -> Version | None:
    """Return the highest version among tags; other tags do not count."""
    found = (_FORM.fullmatch(tag[1:]) for tag in tags if tag.startswith("v"))
    return max((Version(*map(int, match.groups())) for match in found if match), default=None)
