"""Validate against the JSON Schemas in `schema/v1/`, offline, with messages of our own.

`jsonschema-rs` gives the verdicts; where it is not installed `jsonschema`, the reference engine, does, some 190 times
slower. Both report the same pointers and keywords, and the messages are built here from these alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal

import msgspec
import referencing
from referencing.jsonschema import DRAFT202012

from vinese.core.files import read_bytes
from vinese.core.issues import Issue, issue
from vinese.core.project import packaged

BASE = "https://w3id.org/vinese/schema/v1/"
NAMES = ("article", "document", "export-task", "prediction")
Engine = Literal["jsonschema-rs", "jsonschema"]
Path = tuple[str | int, ...]
Schemas = dict[str, dict[str, Any]]

_PARTS = ("common", "labels", *NAMES)
_LABEL_KEYS = frozenset(("type", "role", "modality", "polarity", "attribution", "holder_kind", "topic"))
_JUDGED = frozenset(("outlet_stance", "overall_leaning", "labels", "choices"))
_RULES = {
    "pattern": "does not have the form {limit}",
    "minimum": "is less than {limit}",
    "maximum": "is more than {limit}",
    "minLength": "is shorter than {limit}",
    "minItems": "has fewer items than {limit}",
    "maxItems": "has more items than {limit}",
    "uniqueItems": "holds the same item twice",
    "const": "is not {limit}",
    "enum": "is none of {limit}",
}


class Problem(msgspec.Struct, frozen=True):
    """Hold one breach of a schema: where (`path`), which rule (`keyword`), by what (`value`), and the rule's `limit`.

    For a missing or unknown key `limit` is the key, and `path` leads to what lacks it, or to the key itself.
    """

    path: Path
    keyword: str
    value: Any
    limit: Any

    @property
    def pointer(self) -> str:
        """Return `path` as a JSON Pointer."""
        return pointer(self.path)

    @property
    def code(self) -> str:
        """Return the code of the check in the catalogue."""
        if self.keyword in {"enum", "const"}:
            return self._closed_list_code()
        fixed = {"required": "schema-missing", "additionalProperties": "schema-unknown-key", "type": "schema-type"}
        return fixed.get(self.keyword, "schema-value")

    def _closed_list_code(self) -> str:
        words = [part for part in self.path if isinstance(part, str)]
        last = words[-1] if words else ""
        if last in {"from_name", "to_name"} or (last == "type" and "result" in words):
            return "unknown-control"
        known = last in _LABEL_KEYS | _JUDGED and "zones" not in words
        return "unknown-label" if known else "schema-value"

    def issue(self, prefix: str = "", **where: str | None) -> Issue:
        """Return the problem as an issue; `prefix` is the pointer of what was validated."""
        return issue(self.code, pointer=prefix + self.pointer, **self._fields(), **where)

    def _fields(self) -> dict[str, Any]:
        if self.code in {"schema-missing", "schema-unknown-key"}:
            return {"key": self.limit}
        if self.code == "schema-type":
            names = self.limit if isinstance(self.limit, list) else [self.limit]
            return {"value": short(self.value), "expected": " or ".join(map(str, names))}
        if self.code in {"unknown-label", "unknown-control"}:
            known = self.limit if isinstance(self.limit, list) else [self.limit]
            return {"value": short(self.value), "known": ", ".join(str(item) for item in known)}
        rule = _RULES.get(self.keyword, f"breaks the rule {self.keyword}").format(limit=short(self.limit))
        return {"value": short(self.value), "rule": rule}


def _order(problem: Problem) -> tuple[list[tuple[bool, int, str]], str, str]:
    """Sort problems as their places come in the file, numbers as numbers."""
    path = [(isinstance(part, int), part, "") if isinstance(part, int) else (False, 0, part) for part in problem.path]
    return path, problem.keyword, str(problem.limit)


def pointer(path: Path) -> str:
    """Return a JSON Pointer (RFC 6901) for `path`.

    >>> pointer(("0", "a/b"))
    '/0/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def short(value: object, length: int = 60) -> str:
    """Return `value` as JSON, cut to `length` code points."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= length else text[: length - 1] + "…"


class Validator:
    """Validate JSON values (dicts and lists as parsed, nothing else) against one schema: a name, or a whole `$id`."""

    def __init__(self, name: str, schemas: Schemas, engine: Engine) -> None:
        self.name = name
        self.engine = engine
        self._schemas = schemas
        make = _reference if engine == "jsonschema" else _fast
        self.is_valid, self._problems = make(name if name in schemas else f"{BASE}{name}.json", schemas)

    def problems(self, value: object) -> list[Problem]:
        """Return every breach of the schema, in the order of their pointers; a wrong type hides what follows it."""
        found = {(problem.path, problem.keyword, str(problem.limit)): problem for problem in self._problems(value)}
        mistyped = {path for path, keyword, _ in found if keyword == "type"}
        kept = [problem for (path, keyword, _), problem in found.items() if keyword == "type" or path not in mistyped]
        return sorted(kept, key=_order)


def validator(name: str, labels: str | None = None, engine: Engine | None = None) -> Validator:
    """Return the validator of the schema `name`, one of `NAMES`.

    `labels` is the text of a `labels.json` that takes the place of the packaged one, in memory. `engine` is for tests
    and for comparing; by default it is `jsonschema-rs` where that is installed.
    """
    return _validator(name, labels, engine or default_engine())


@cache
def _validator(name: str, labels: str | None, engine: Engine) -> Validator:
    return Validator(name, load(labels), engine)


@cache
def default_engine() -> Engine:
    """Return the fast engine where it is installed, else the reference engine."""
    try:
        import jsonschema_rs  # noqa: F401, PLC0415
    except ImportError:
        return "jsonschema"
    return "jsonschema-rs"


def load(labels: str | None = None) -> Schemas:
    """Return every schema of this version by its `$id`; `labels` replaces the text of `labels.json`."""
    texts = {name: read_bytes(packaged("schema", "v1", f"{name}.json")) for name in _PARTS}
    if labels is not None:
        texts["labels"] = labels.encode()
    return {f"{BASE}{name}.json": msgspec.json.decode(text) for name, text in texts.items()}


@cache
def name_form() -> str:
    """Return the form that names of layers, annotators and systems have to have, as a regular expression."""
    common = msgspec.json.decode(read_bytes(packaged("schema", "v1", "common.json")))
    form: str = common["$defs"]["name"]["pattern"]
    return form


_Made = tuple["Callable[[object], bool]", "Callable[[object], Iterator[Problem]]"]


def _fast(identifier: str, schemas: Schemas) -> _Made:
    import jsonschema_rs  # noqa: PLC0415

    registry = jsonschema_rs.Registry(list(schemas.items()))
    made = jsonschema_rs.validator_for(schemas[identifier], registry=registry, offline=True)

    def errors(value: object) -> Iterator[Any]:
        try:
            yield from made.iter_errors(value)
        except ValueError as error:  # what the engine says of values that are nested too deeply for it
            raise RecursionError(str(error)) from error

    def problems(value: object) -> Iterator[Problem]:
        for error in errors(value):
            keyword = str(error.schema_path[-1])
            limit = _at(schemas, str(error.absolute_keyword_location))
            if keyword == "required":
                limit = error.kind.as_dict()["property"]
            path = tuple(error.instance_path)
            yield from _spread(path, keyword, error.instance, limit, getattr(error.kind, "unexpected", ()))

    return made.is_valid, problems


def _reference(identifier: str, schemas: Schemas) -> _Made:
    import jsonschema  # noqa: PLC0415

    resources = [(key, DRAFT202012.create_resource(schema)) for key, schema in schemas.items()]
    registry: Any = referencing.Registry().with_resources(resources)
    made = jsonschema.Draft202012Validator(schemas[identifier], registry=registry)

    def problems(value: object) -> Iterator[Problem]:
        for error in made.iter_errors(value):
            keyword, limit, extra = str(error.validator), error.validator_value, ()
            if keyword == "required":
                yield from _missing(tuple(error.absolute_path), error.instance, limit)
                continue
            if keyword == "additionalProperties":
                extra = tuple(key for key in error.instance if key not in error.schema["properties"])
            if keyword == "unevaluatedProperties":
                extra = tuple(key for key in error.instance if _unevaluated(made.evolve(schema=error.schema), key))
            yield from _spread(tuple(error.absolute_path), keyword, error.instance, limit, extra)

    return made.is_valid, problems


def _unevaluated(made: Any, key: str) -> bool:
    """Tell whether a schema knows no such key; the engine names the keys only in a message."""
    return any(error.validator == "unevaluatedProperties" for error in made.iter_errors({key: None}))


def _missing(path: Path, value: dict[str, Any], required: list[str]) -> Iterator[Problem]:
    return (Problem(path, "required", value, key) for key in required if key not in value)


def _spread(path: Path, keyword: str, value: Any, limit: Any, extra: tuple[str, ...]) -> Iterator[Problem]:
    """Give a problem for each unknown key, which engines report together; every other problem as it is."""
    if keyword in {"additionalProperties", "unevaluatedProperties"}:
        yield from (Problem((*path, key), keyword, value[key], key) for key in extra)
    else:
        yield Problem(path, keyword, value, limit)


def _at(schemas: Schemas, location: str) -> Any:
    """Return what stands at an absolute location such as `https://…/common.json#/$defs/offset/minimum`."""
    base, _, fragment = location.partition("#")
    found: Any = schemas[base]
    for part in fragment.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found
