"""Change one or a few things in tasks of exports, as people, tools and bad luck do."""

from __future__ import annotations

import copy
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import msgspec

from vinese.core.files import text_digest

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Path = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.0, 2.5, 1_000_000_001, 10**30, [], ["PER"], ["PER", "LOC"], {}, {"a": 1}),
    *(
        "",
        "x",
        " x",
        "\n",
        "e\u0301",
        "PER",
        "GPE",
        "AID",
        "STANCE",
        "FAVOR",
        "right",
        "left",
        "bi",
        "labels",
        "choices",
    ),
    *("relation", "entity", "event", "someone@example.com", "0912 345 678", "2024-01-01T00:00:00+07:00"),
    *({"email": "x"}, {"text": ["0912 345 678"]}),
)
KEYS = (
    *(
        "id",
        "type",
        "value",
        "email",
        "meta",
        "score",
        "text",
        "start",
        "end",
        "labels",
        "choices",
        "from_name",
        "to_name",
    ),
    *("origin", "direction", "from_id", "to_id", "result", "drafts", "predictions", "completed_by", "was_cancelled"),
    *("updated_at", "vinese", "parentID", "hidden", "new_key"),
)


def mutant(task: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a copy of a task with one to three things changed, most of them in the entries of its `result`."""
    changed = copied(task)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        base: Path = ()
        drawn = chance.random()
        stamp = changed.get("vinese")
        if drawn < 0.1 and isinstance(stamp, dict) and "adjudication" in stamp:
            base = ("vinese", "adjudication")
        elif drawn < 0.75:
            base = next(
                (("annotations", 0, "result", chance.randrange(len(result))) for result in _results(changed)), ()
            )
        _change(changed, base + _place(_at(changed, base), chance), chance)
    return changed


def copied(task: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a task, made far faster than `copy.deepcopy` does."""
    copy_of_it: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(task))
    return copy_of_it


def _results(task: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the `result` of the first annotation, if there still is one with anything in it."""
    try:
        result = task["annotations"][0]["result"]
    except (KeyError, IndexError, TypeError):
        return
    if isinstance(result, list) and result:
        yield result


def _place(value: Any, chance: random.Random) -> Path:
    """Return the path to a place in a value, drawn on the way down, but to no `result`."""
    path: Path = ()
    while chance.random() < (0.7 if path else 0.9):
        keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        if not keys or (key := chance.choice(keys)) == "result":
            break
        path, value = (*path, key), value[key]
    return path


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _change(task: dict[str, Any], path: Path, chance: random.Random) -> None:
    """Change what stands at `path`."""
    if not path:
        task[chance.choice(KEYS)] = chance.choice(VALUES)
        return
    holder, key = _at(task, path[:-1]), path[-1]
    value, drawn = holder[key], chance.random()
    if drawn < 0.15:
        del holder[key]
    elif drawn < 0.4:
        holder[key] = copy.deepcopy(chance.choice(VALUES))
    elif drawn < 0.5 and isinstance(holder, dict):
        holder[chance.choice(KEYS)] = copy.deepcopy(chance.choice(VALUES))
    elif drawn < 0.5:
        holder.insert(key, copy.deepcopy(chance.choice(holder)))
    elif isinstance(value, str) and drawn < 0.8:
        holder[key] = chance.choice(
            (f"{value} ", f" {value}", f"{value}\n", value.lower(), value[:-1], value * 2, value.replace(" ", "\xa0"))
        )
    elif isinstance(value, int | float) and not isinstance(value, bool) and drawn < 0.8:
        holder[key] = value + chance.choice((-3, -1, 1, 2, 0.5, 0.0))
    elif isinstance(holder, list):
        other = chance.randrange(len(holder))
        holder[key], holder[other] = holder[other], holder[key]
    else:
        _take_from_another(task, path, holder, chance)


def _take_from_another(task: dict[str, Any], path: Path, holder: dict[Any, Any], chance: random.Random) -> None:
    """Put what another entry has at the same place, so that ids, labels and offsets are real ones elsewhere."""
    try:
        holder[path[-1]] = copy.deepcopy(_at(chance.choice(task["annotations"][0]["result"]), path[4:]))
    except (KeyError, IndexError, TypeError):
        holder[path[-1]] = copy.deepcopy(chance.choice(VALUES))


def unclean(task: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a task whose text has letters decomposed and white space of other kinds, its regions moved along."""
    changed = copied(task)
    text = changed["data"]["text"]
    parts = [_roughened(char, chance) for char in text]
    places = list(accumulate(map(len, parts), initial=0))
    rough = "".join(parts)
    changed["data"] |= {"text": rough, "text_sha256": text_digest(rough)}
    for region in changed["annotations"][0]["result"]:
        value = region.get("value", {})
        if "start" in value:
            start, end = places[value["start"]], places[value["end"] - 1] + len(parts[value["end"] - 1])
            value |= {"start": start, "end": end, "text": rough[start:end]}
    return changed


def _roughened(char: str, chance: random.Random) -> str:
    drawn = chance.random()
    if char == " ":
        return "\xa0" if drawn < 0.1 else "  " if drawn < 0.15 else char
    return unicodedata.normalize("NFD", char) if drawn < 0.1 else char
