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


def check_personal(value: object, raw: bytes, prefix: str, article_id: str | None) -> Iterator[Issue]:
    """Report every e-mail address and every field about a person in one task, except in the article's own text.

    `raw` holds the bytes of `value`. Regions have no fields about people, by their schema, so that they are searched
    only where the bytes hold an at sign.
    """
    deep = b"@" in raw or b"\\u0040" in raw
    for path, what in _walk(value, (), deep):
        yield issue("personal-data", article_id=article_id, pointer=prefix + to_pointer(path), what=what)


def _walk(value: Any, path: tuple[str | int, ...], deep: bool) -> Iterator[tuple[tuple[str | int, ...], str]]:
    last = path[-1] if path else None
    if path == ("data", "text") or (last == "result" and not deep):
        return
    if last == "completed_by" and isinstance(value, dict):
        yield path, "the user as an object"
    elif last in _KEYS and value not in ("", None) and path[0] != "data":
        yield path, f"the field {last}"
    elif isinstance(value, str):
        if deep and _EMAIL.search(value):
            yield path, "an e-mail address"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key), deep)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index), deep)
