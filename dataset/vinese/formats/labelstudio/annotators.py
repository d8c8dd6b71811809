"""Notice when one annotator's id stands for two people, or one person's work stands there twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.formats.labelstudio.frame import Frame


class People:
    """Remember, for each annotator's id, the one person it stood for so far."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {}

    def check(self, annotations: list[tuple[int, dict[str, Any]]], frame: Frame) -> Iterator[Issue]:
        """Report ids that collide: within one task, or with another task's person."""
        here: set[str] = set()
        for number, annotation in annotations:
            name = annotator(annotation.get("completed_by"))
            if name is None:
                continue
            person = _person(annotation)
            twice = name in here
            here.add(name)
            other = person is not None and self._known.setdefault(name, person) != person
            if twice or other:
                why = "it stands for two people" if other else "it made two annotations of one task"
                place = f"{frame.pointer}/annotations/{number}/completed_by"
                yield issue("annotator-collision", article_id=frame.article_id, pointer=place, name=name, why=why)


def annotator(completed_by: Any) -> str | None:
    """Return an annotator's name: the pseudonym as it is, or `user-<number>` for an account of the server."""
    number = completed_by.get("id") if isinstance(completed_by, dict) else completed_by
    if isinstance(number, str):
        return number
    if isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 10**18:
        return f"user-{int(number)}"
    return None


def _person(annotation: dict[str, Any]) -> object:
    """Return what tells people apart, if the export says anything of that kind."""
    user = annotation.get("completed_by")
    if isinstance(user, dict):
        told = tuple(str(user[key]) for key in ("email", "username", "first_name", "last_name") if user.get(key))
        return told or None
    said = annotation.get("created_username")
    return said if isinstance(said, str) and said else None
