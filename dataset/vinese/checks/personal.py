"""Find personal data in what is about to be kept or published: addresses, numbers, names, user objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.core.schemas import list_under
from vinese.core.schemas import pointer as to_pointer

_LOCAL = re.compile(r"[\w.+-]+")
# An address from its at sign on: what is before that is looked for once it is known to be one, for a search from each
# letter of a long word takes the square of its length.
_EMAIL = re.compile(r"(?<=[\w.+-])@[\w-]+(?:\.[\w-]+)+")
# Nine to fourteen digits after 0, 00 or +, as numbers are written in Viet Nam and abroad; dates have eight.
_PHONE = re.compile(r"(?<![\w+])(?<!\w[.,])\(?(?:\+[ .-]?|0)[0-9](?:[ .()-]{0,2}[0-9]){7,12}(?!\w)")
# What is in every such number: patterns that begin with one letter are found faster.
_DIGITS = (re.compile(r"0(?:[ .()-]*[0-9]){8}"), re.compile(r"\+(?:[ .()-]*[0-9]){8}"))
_HOTLINE = (
    r"(?<!\w)(?:1[89]00)[ .-]?[0-9]{3,4}(?:[ .-]?[0-9]{2,4})?(?!\w)"
    r"|\(\+?84[ -]?[0-9]{1,3}\)[ .-]?[0-9]{3,4}[ .-]?[0-9]{3,4}"
)
_NUMBER = re.compile(rf"{_PHONE.pattern}|{_HOTLINE}")
_SPELT = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?[\[(]at[\])]\s?[\w.-]+")
PERSONAL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+|{_SPELT.pattern}|{_NUMBER.pattern}")
"""E-mail addresses and telephone numbers, wherever they stand; a date beside a time of day may look like a number."""
_WRITTEN_DATE = re.compile(r"(?<![0-9])[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}(?![0-9])")
_WORK = ("annotations", "drafts", "predictions")
_KEYS = frozenset(("email", "username", "first_name", "last_name", "phone", "avatar", "created_username"))


def personal_data(text: str) -> str:
    """Return what stands in `text` by which a person can be reached; empty where nothing does.

    >>> personal_data("Gọi 0912 345 678"), personal_data("Ngày 05.10.2023 10 người đến")
    ('a telephone number', '')
    """
    if "@" in text and _EMAIL.search(text):
        return "an e-mail address"
    if ("[at" in text or "(at" in text) and _SPELT.search(text):
        return "an e-mail address"
    return "a telephone number" if _NUMBER.search(_WRITTEN_DATE.sub("/", text)) else ""


def check_personal(value: object, raw: bytes, prefix: str, article_id: str | None) -> Iterator[Issue]:
    """Report every e-mail address and every field about a person in one task, except in the article's own text.

    Phone numbers are looked for in notes alone: digits elsewhere are the article's. `raw` holds the bytes of `value`.
    Regions have no fields about people, by their schema, so that they are searched only where the bytes hold an at
    sign or a note.
    """
    deep = b"@" in raw or b"\\u0040" in raw
    for path, what in _walk(value, (), deep):
        yield issue("personal-data", article_id=article_id, pointer=prefix + to_pointer(path), what=what)
    if b'"textarea"' in raw or raw.count(b'"meta"') > 1:  # a task has one itself
        for path, text in _notes(value):
            if _PHONE.search(text):
                yield issue(
                    "personal-data", article_id=article_id, pointer=prefix + to_pointer(path), what="a phone number"
                )


def surely_impersonal(task: dict[str, Any], raw: bytes, notes: Iterable[str]) -> bool:
    """Return, fast, whether it is sure that `check_personal` finds nothing in a task.

    Parameters
    ----------
    task
        The task without what its annotations hold: no entry of them may have an at sign but in the words of a span.
    raw
        The bytes of the whole task.
    notes
        What annotators wrote.
    """
    said = "\n".join(notes)
    if "@" in said or _has_number(said):
        return False
    predictions = task.get("predictions")
    if predictions:
        if b"@" in raw or b"\\u0040" in raw:
            return False
        noted = b'"textarea"' in raw or raw.count(b'"meta"') > 1
        if noted and _has_number("\n".join(note for _, note in _notes({"predictions": predictions}))):
            return False
    data = task["data"]
    return "@" not in data["title"] and not _has_fields({**task, "data": None})


def _has_number(notes: str) -> bool:
    """Return whether there is a telephone number in one of the notes, each on a line of its own."""
    return any(digits.search(notes) for digits in _DIGITS) and _PHONE.search(notes) is not None


def _has_fields(value: dict[str, Any]) -> bool:
    """Return whether a value has a field about a person, or an at sign, outside of `result`."""
    if not _KEYS.isdisjoint(value) or isinstance(value.get("completed_by"), dict):
        return True
    for key, inner in value.items():
        if isinstance(inner, str):
            if "@" in inner:
                return True
        elif isinstance(inner, dict):
            if _has_fields(inner):
                return True
        elif isinstance(inner, list) and key != "result" and inner and any(map(_has_fields, _objects(inner))):
            return True
    return False


def _objects(values: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects in a list, its strings and its lists as objects that hold them."""
    for value in values:
        yield value if isinstance(value, dict) else {"": value}


def mask_notes(task: dict[str, Any]) -> int:
    """Replace addresses and numbers in the notes of a task by `[e-mail]` and `[phone]`; return how many."""
    count = 0
    for path, text in list(_notes(task)):
        masked, addresses = _without_addresses(text)
        masked, numbers = _PHONE.subn("[phone]", masked)
        if addresses or numbers:
            *way, last = path
            holder: Any = task
            for step in way:
                holder = holder[step]
            holder[last] = masked
            count += addresses + numbers
    return count


def _without_addresses(text: str) -> tuple[str, int]:
    """Return a text with `[e-mail]` in the place of every address, and how many there were."""
    parts: list[str] = []
    at = 0
    for address in _EMAIL.finditer(text):
        if address.start() == at:  # what would be before it belongs to another
            continue
        *_, local = _LOCAL.finditer(text, at, address.start())
        parts += [text[at : local.start()], "[e-mail]"]
        at = address.end()
    return "".join([*parts, text[at:]]), len(parts) // 2


def _notes(task: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what people wrote in their own words, with its path: on the article, and on regions."""
    for kind in _WORK:
        for number, annotation in enumerate(list_under(task, kind)):
            for index, region in enumerate(list_under(annotation, "result")):
                if not isinstance(region, dict) or not ("meta" in region or region.get("type") == "textarea"):
                    continue
                for where in ("value", "meta") if region.get("type") == "textarea" else ("meta",):
                    yield from _texts(region.get(where), (kind, number, "result", index, where, "text"))


def _texts(holder: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the text of a note, which Label Studio keeps as one string or as a list."""
    value = holder.get("text") if isinstance(holder, dict) else None
    if isinstance(value, str):
        yield path, value
    for line, text in enumerate(value if isinstance(value, list) else []):
        if isinstance(text, str):
            yield (*path, line), text


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
    elif isinstance(value, dict) and last == "value" and "textarea" not in value and ("start" in value):
        # The words of a span are the article's.
        for key in value.keys() - {"text"}:
            yield from _walk(value[key], (*path, key), deep)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key), deep)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index), deep)
