"""Say which split and fold an article belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from vinese.errors import FileProblemError
from vinese.files import read_bytes
from vinese.issues import issue

if TYPE_CHECKING:
    from vinese.issues import Issue
    from vinese.resources import Project

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$")]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say where an article belongs; of two articles with the same fold neither may stand in for new text."""

    split: Name
    fold: int


def load_splits(project: Project, articles: list[str], issues: list[Issue]) -> dict[str, Place]:
    """Return the place of every article: as `annotations/splits.json` says, or else all in `test`, each its own fold.

    An article that the file lacks is an issue. Raise `FileProblemError` if the file cannot be read.
    """
    path = project.own("annotations", "splits.json")
    if not path.exists():
        return {article: Place("test", number) for number, article in enumerate(articles)}
    try:
        places = msgspec.json.decode(read_bytes(path), type=dict[str, Place])
    except msgspec.DecodeError as error:
        raise FileProblemError(
            f"{path} does not say where articles belong: {error}.",
            'It maps each article id to {"split": "test", "fold": 0}.',
        ) from error
    issues += [issue("split-missing", file=str(path), article_id=one) for one in articles if one not in places]
    return places
