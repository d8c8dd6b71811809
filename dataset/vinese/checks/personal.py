"""Find personal data in what is about to be kept or published: addresses, names, user objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vinese.issues import issue
from vinese.schemas import pointer as to_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.issues import Issue

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_KEYS = frozenset(("email", "username", "first_name", "last_name", "phone", "avatar", "created_username"))
_HINTS = (b"@", b"\\u0040", b'"completed_by":{', b'"completed_by": {', *(f'"{key}"'.encode() for key in _KEYS))


def check_personal(value: object, raw: bytes, prefix: str, article_id: str | None) -> Iterator[Issue]:
    """Report every e-mail address and every field about a person in one task, except in the article's own text.

    `raw` holds the bytes of `value`: what it does not spell need not be looked for.
    """
    if any(hint in raw for hint in _HINTS):
        for path, what in _walk(value, ()):
            yield issue("personal-data", article_id=article_id, pointer=prefix + to_pointer(path), what=what)


def _walk(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if path == ("data", "text"):
        return
    if path and path[-1] == "completed_by" and isinstance(value, dict):
        yield path, "the user as an object"
    elif path and path[-1] in _KEYS and value not in ("", None) and path[0] != "data":
        yield path, f"the field {path[-1]}"
    elif isinstance(value, str):
        if _EMAIL.search(value):
            yield path, "an e-mail address"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index))
