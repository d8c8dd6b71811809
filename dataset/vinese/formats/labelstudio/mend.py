"""Bring a task into the form of our schema where what differs says nothing, with a warning for each difference.

What says something (labels, controls, ends of relations, words) is never touched: that is for the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from vinese.checks.article import ARTICLE_ID
from vinese.core.issues import Issue, issue
from vinese.core.schemas import short
from vinese.corpus.layers import NAME
from vinese.formats.format import Item

REGION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"\s*[0-9]+(\.0*)?\s*")
_KEYS = {
    "labels": {"id", "type", "from_name", "to_name", "origin", "score", "hidden", "readonly", "locked", "parentID",
               "meta", "value"},
    "choices": {"id", "type", "from_name", "to_name", "origin", "score", "hidden", "readonly", "locked", "parentID",
                "meta", "value"},
    "textarea": {"id", "type", "from_name", "to_name", "origin", "score", "hidden", "readonly", "locked", "parentID",
                 "meta", "value"},
    "relation": {"type", "from_id", "to_id", "direction", "labels"},
}  # fmt: skip
_VALUES = {
    "labels": {"start", "end", "text", "labels"},
    "choices": {"start", "end", "text", "choices"},
    "textarea": {"text"},
}
_DATA = {"text", "title", "article_id", "text_sha256"}
_ORIGINS = {"manual", "prediction", "prediction-changed"}


class Mender:
    """What mends one task; `issues` collects a warning for each difference, `places` where split regions stood."""

    def __init__(self, item: Item, keys: dict[str, set[str]], article_id: str | None) -> None:
        self.item = item
        self.article_id = article_id
        self.allowed = keys
        self.issues: list[Issue] = []
        self.places = dict(item.places)

    def tell(self, code: str, pointer: str, **fields: Any) -> None:
        """Add an issue at a pointer into the task."""
        self.issues.append(issue(code, article_id=self.article_id, pointer=self.item.pointer + pointer, **fields))

    def task(self) -> dict[str, Any]:
        """Return the task in the form of the schema, as far as what differs says nothing."""
        task = dict(self.item.value)
        if isinstance(task.get("id"), float | bool) or task.get("id") is None:
            task.pop("id", None)
        for key in ("drafts", "predictions"):
            if key in task and not isinstance(task[key], list):
                self._ignored(f"/{key}", task.pop(key))
        meta = task.get("meta")
        if "meta" in task and not isinstance(meta, dict):
            if meta is not None:
                self._ignored("/meta", meta)
            del task["meta"]
        elif isinstance(meta, dict):
            task["meta"] = self._meta(meta)
        if isinstance(task.get("data"), dict):
            task["data"] = self._data(task["data"])
        if "annotations" not in task or task["annotations"] is None:
            task["annotations"] = []
        if isinstance(task["annotations"], list):
            task["annotations"] = [self._annotation(*pair) for pair in enumerate(task["annotations"])]
        return task

    def _meta(self, meta: dict[str, Any]) -> dict[str, Any]:
        sound = dict(meta)
        if "tool" in meta and not (isinstance(meta["tool"], str) and meta["tool"]):
            self._ignored("/meta/tool", sound.pop("tool"))
        if "tool_version" in meta and not isinstance(meta["tool_version"], str | None):
            self._ignored("/meta/tool_version", sound.pop("tool_version"))
        return sound

    def _data(self, data: dict[str, Any]) -> dict[str, Any]:
        sound = {key: value for key, value in data.items() if key in _DATA}
        others = [key for key in data if key not in _DATA]
        if others:
            self.tell("keys-ignored", "/data", keys=", ".join(map(str, others)))
        title = sound.get("title")
        if not isinstance(title, str):
            if title is not None:
                self._ignored("/data/title", title)
            sound["title"] = ""
        return sound

    def _annotation(self, number: int, annotation: Any) -> Any:
        if not isinstance(annotation, dict):
            return annotation
        place = f"/annotations/{number}"
        sound = dict(annotation)
        if isinstance(sound.get("id"), float | bool | None):
            sound.pop("id", None)
        if not isinstance(sound.get("was_cancelled", False), bool):
            if sound["was_cancelled"] is not None:
                self._ignored(f"{place}/was_cancelled", sound["was_cancelled"])
            del sound["was_cancelled"]
        for key in ("created_at", "updated_at"):
            if not isinstance(sound.get(key), str | None):
                sound[key] = self._time(f"{place}/{key}", sound[key])
        self._annotator(place, sound)
        if isinstance(sound.get("result"), list):
            sound["result"] = self._result(number, sound["result"])
        return sound

    def _time(self, pointer: str, stated: Any) -> str | None:
        """Return a moment that is told as seconds or milliseconds since 1970 in ISO 8601, or None."""
        if isinstance(stated, int | float) and not isinstance(stated, bool):
            seconds = stated / 1000 if stated > 10**11 else stated
            try:
                moment = datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
            except (ValueError, OverflowError, OSError):
                moment = None
            if moment is not None:
                self.tell("time-number", pointer, said=stated, moment=moment)
                return moment
        self._ignored(pointer, stated)
        return None

    def _annotator(self, place: str, annotation: dict[str, Any]) -> None:
        person = annotation.get("completed_by")
        if isinstance(person, dict) and isinstance(person.get("id"), int):
            return
        if (isinstance(person, int) and not isinstance(person, bool)) or (
            isinstance(person, str) and NAME.fullmatch(person)
        ):
            return
        what = "names nobody" if person is None else "holds a name or an address, or what is no annotator"
        self.tell("annotator-unnamed", f"{place}/completed_by" if "completed_by" in annotation else place, what=what)
        annotation["completed_by"] = "unknown"

    def _result(self, number: int, result: list[Any]) -> list[Any]:
        """Return the entries of an annotation; lists inside the list are laid flat, ids of other forms replaced."""
        place = f"/annotations/{number}/result"
        entries: list[Any] = []
        for index, entry in enumerate(result):
            if isinstance(entry, list) and entry and all(isinstance(part, dict) for part in entry):
                self.tell("result-nested", place, count=len(entry))
                for inner, part in enumerate(entry):
                    self.places[number, len(entries)] = f"{index}/{inner}"
                    entries.append(part)
            else:
                if len(entries) != index:
                    self.places[number, len(entries)] = str(index)
                entries.append(entry)
        names = self._names(place, entries)
        return [self._entry(f"{place}/{index}", entry, names) for index, entry in enumerate(entries)]

    def _names(self, place: str, entries: list[Any]) -> dict[Any, str]:
        """Return an id in our form for every id of another form."""
        given = {entry.get("id") for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)}
        names: dict[Any, str] = {}
        for index, entry in enumerate(entries):
            stated = entry.get("id") if isinstance(entry, dict) and entry.get("type") != "relation" else None
            if isinstance(stated, str) and REGION_ID.fullmatch(stated):
                continue
            if isinstance(stated, bool | float | dict | list) or stated in (None, "") or stated in names:
                continue
            name = str(stated) if isinstance(stated, int) and stated >= 0 else f"region-{index}"
            while name in given:
                name += "-"
            given.add(name)
            names[stated] = name
            self.tell("id-replaced", f"{place}/{index}/id", said=short(stated), name=name)
        return names

    def _entry(self, place: str, entry: Any, names: dict[Any, str]) -> Any:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or kind not in self.allowed:
            return entry
        sound = {key: value for key, value in entry.items() if key in self.allowed[kind]}
        others = [key for key in entry if key not in sound]
        if kind == "relation":
            others = [key for key in others if key not in {"id", "from_name", "to_name", "value", "origin"}]
            self._relation(place, sound, names)
        else:
            self._region(place, sound, kind, names)
        if others:
            self.tell("keys-ignored", place, keys=", ".join(map(str, others)))
        return sound

    def _relation(self, place: str, relation: dict[str, Any], names: dict[Any, str]) -> None:
        for key in ("from_id", "to_id"):
            stated = relation.get(key)
            if isinstance(stated, str | int) and stated in names:
                relation[key] = names[stated]
        if relation.get("direction") is None:
            self.tell("direction-missing", f"{place}/direction" if "direction" in relation else place)
            relation["direction"] = "right"
        if "labels" in relation and relation["labels"] is None:
            del relation["labels"]

    def _region(self, place: str, region: dict[str, Any], kind: str, names: dict[Any, str]) -> None:
        stated = region.get("id")
        if isinstance(stated, str | int) and stated in names:
            region["id"] = names[stated]
        elif stated is None and kind == "textarea":
            region["id"] = "note"
        tests: dict[str, Any] = {
            "origin": lambda value: value in _ORIGINS if isinstance(value, str) else False,
            "score": lambda value: value is None or (isinstance(value, int | float) and not isinstance(value, bool)),
            "parentID": lambda value: isinstance(value, str | None),
            "meta": lambda value: isinstance(value, dict),
            **dict.fromkeys(("hidden", "readonly", "locked"), lambda value: isinstance(value, bool)),
        }
        for key, fits in tests.items():
            if key in region and not fits(region[key]):
                value = region.pop(key)
                if value is not None:
                    self._ignored(f"{place}/{key}", value)
        if isinstance(region.get("value"), dict):
            region["value"] = self._value(place, kind, region["value"])

    def _value(self, place: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        sound = {key: inner for key, inner in value.items() if key in _VALUES[kind]}
        others = [key for key in value if key not in sound and not (kind == "textarea" and key in {"start", "end"})]
        if others:
            self.tell("keys-ignored", f"{place}/value", keys=", ".join(map(str, others)))
        if kind == "textarea":
            return sound
        if "text" in sound and not isinstance(sound["text"], str):
            if sound["text"] is not None:
                self._ignored(f"{place}/value/text", sound["text"])
            del sound["text"]
        for key in ("start", "end"):
            stated = sound.get(key)
            if isinstance(stated, str) and _NUMBER.fullmatch(stated):
                self.tell("offset-string", f"{place}/value/{key}", said=stated)
                sound[key] = int(float(stated))
        if kind == "choices" and not all(isinstance(sound.get(key, 0), int) for key in ("start", "end")):
            sound.pop("start", None)
            sound.pop("end", None)
        return sound

    def _ignored(self, pointer: str, value: Any) -> None:
        self.tell("value-ignored", pointer, value=short(value))


def mend(item: Item, article_id: str | None, found_id: str | None = None) -> tuple[Item, Iterator[Issue]]:
    """Return a task in the form of the schema as far as what differs says nothing, and a warning for each difference.

    `found_id` is the article with the text of a task that does not name one.
    """
    mender = Mender(item, _KEYS, article_id or found_id)
    task = mender.task()
    if isinstance(task.get("data"), dict) and found_id is not None:
        task["data"]["article_id"] = found_id
        mender.tell("article-by-text", "/data", id=found_id)
    if isinstance(task.get("data"), dict) and (article_id or found_id):
        data = task["data"]
        if isinstance(data.get("article_id"), str) and ARTICLE_ID.fullmatch(data["article_id"]):
            data.setdefault("text_sha256", None)
            if data["text_sha256"] is None:
                del data["text_sha256"]
    return msgspec.structs.replace(item, value=task, places=mender.places), iter(mender.issues)
