"""Validate against the JSON Schemas in `schema/v1/`, offline, with messages of our own.

`jsonschema-rs` decides, and `jsonschema`, the reference and some 190 times slower, explains what was refused: path,
keyword and value, from which alone the messages are made here. That both always agree is a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any

import jsonschema_rs
import msgspec

from vinese.core.files import read_bytes
from vinese.core.issues import Issue, issue
from vinese.core.project import packaged

BASE = "https://w3id.org/vinese/schema/v1/"
NAMES = ("article", "document", "export-task", "prediction")
Path = tuple[str | int, ...]
Schemas = dict[str, dict[str, Any]]

_SHORT = 60
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
    """A breach of a schema: where (`path`), which rule (`keyword`), by what (`value`), and the rule's `limit`.

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
        if self.keyword not in {"enum", "const"}:
            fixed = {
                "required": "schema-missing",
                "additionalProperties": "schema-unknown-key",
                "type": "schema-type",
            }
            return fixed.get(self.keyword, "schema-value")
        words = [part for part in self.path if isinstance(part, str)]
        last = words[-1] if words else ""
        if last in {"from_name", "to_name"} or (last == "type" and "result" in words):
            return "unknown-control"
        is_label = last in _LABEL_KEYS | _JUDGED and "zones" not in words
        return "unknown-label" if is_label else "schema-value"

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
            allowed = self.limit if isinstance(self.limit, list) else [self.limit]
            return {"value": short(self.value), "known": ", ".join(map(str, allowed))}
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


def list_under(value: Any, key: str) -> list[Any]:
    """Return the list that a JSON value holds under a key; empty where it is no object, or holds no list there."""
    items = value.get(key) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def short(value: object) -> str:
    """Return `value` as JSON, cut to 60 code points."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


class Validator:
    """A JSON Schema, chosen by name or by its whole `$id`, for JSON values (dicts and lists as parsed, nothing else).

    A part of one is chosen as in a URI, `common#/$defs/span` for one.

    `jsonschema-rs` decides whether a value is valid; `jsonschema`, the reference, explains what was refused.
    """

    def __init__(self, name: str, schemas: Schemas) -> None:
        self._schemas = schemas
        file, _, part = name.partition("#")
        self._identifier = (file if file in schemas else f"{BASE}{file}.json") + (f"#{part}" if part else "")
        self._registry = jsonschema_rs.Registry(list(schemas.items()))
        self._decider = self._compile(self._identifier)

    def is_valid(self, value: object) -> bool:
        """Return whether `value` follows the schema; values that are nested too deeply may be a `RecursionError`."""
        with _shallow():
            return bool(self._decider.is_valid(value))

    def problems(self, value: object) -> list[Problem]:
        """Return every breach of the schema, in the order of their pointers; a wrong type hides what follows it.

        Raise `RecursionError` if `value` is nested too deeply.
        """
        with _shallow():  # which `is_valid` does not find out where it need not look further
            if next(self._decider.iter_errors(value), None) is None:
                return []
        problems = {
            (problem.path, problem.keyword, str(problem.limit)): problem
            for error in self._reference.iter_errors(value)
            for problem in self._explain(error)
        }
        mistyped = {path for path, keyword, _ in problems if keyword == "type"}
        return sorted(
            (
                problem
                for (path, keyword, _), problem in problems.items()
                if keyword == "type" or path not in mistyped
            ),
            key=_order,
        )

    def _compile(self, reference: str) -> Any:
        """Return the validator of `jsonschema-rs` for the schema at `reference`, a URI."""
        return jsonschema_rs.validator_for({"$ref": reference}, registry=self._registry, offline=True)

    @cached_property
    def _reference(self) -> Any:
        """Return the reference validator; of the items of a list it looks only at those that are refused."""
        import jsonschema  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

        files = self._schemas.items()
        places = {id(node): f"{base}#{place}" for base, schema in files for place, node in _walk(schema)}
        compiled = cache(lambda node: self._compile(places[node]))

        def items(validator: Any, schema: Any, values: Any, _parent: Any) -> Iterator[Any]:
            if validator.is_type(values, "array"):
                is_valid = compiled(id(schema)).is_valid
                for number, value in enumerate(values):
                    if not is_valid(value):
                        yield from validator.descend(value, schema, path=number)

        resources = [(key, DRAFT202012.create_resource(schema)) for key, schema in files]
        make: Any = jsonschema.validators.extend  # has no types
        reference = make(jsonschema.Draft202012Validator, {"items": items})
        registry: Any = Registry().with_resources(resources)
        return reference(self._schemas.get(self._identifier, {"$ref": self._identifier}), registry=registry)

    def _explain(self, error: Any) -> Iterator[Problem]:
        """Yield the problems in one error of the reference: every missing or unknown key is one of its own."""
        path, keyword, value = tuple(error.absolute_path), str(error.validator), error.instance
        if keyword == "required":
            yield from (Problem(path, keyword, value, key) for key in error.validator_value if key not in value)
        elif keyword == "additionalProperties":
            unknown = (key for key in value if key not in error.schema["properties"])
            yield from (Problem((*path, key), keyword, value[key], key) for key in unknown)
        elif keyword == "unevaluatedProperties":
            alone = self._reference.evolve(schema=error.schema)  # the keys stand only in the reference's message
            unknown = (key for key in value if any(e.validator == keyword for e in alone.iter_errors({key: None})))
            yield from (Problem((*path, key), keyword, value[key], key) for key in unknown)
        else:
            yield Problem(path, keyword, value, error.validator_value)


@contextmanager
def _shallow() -> Iterator[None]:
    """Raise `RecursionError` for what the engine raises of values that are nested too deeply for it."""
    try:
        yield
    except ValueError as error:
        raise RecursionError(str(error)) from error


def _walk(schema: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value inside a schema with its JSON Pointer."""
    yield place, schema
    children = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, child in children:
        yield from _walk(child, place + pointer((key,)))


@cache
def validator(name: str, labels: str | None = None) -> Validator:
    """Return the validator of the schema `name`, one of `NAMES`, or of a part of one.

    `labels` is the text of a `labels.json` that takes the place of the packaged one, in memory.
    """
    return Validator(name, load(labels))


def load(labels: str | None = None) -> Schemas:
    """Return every schema of this version by its `$id`; `labels` replaces the text of `labels.json`."""
    texts = {name: read_bytes(packaged("schema", "v1", f"{name}.json")) for name in _PARTS}
    if labels is not None:
        texts["labels"] = labels.encode()
    return {f"{BASE}{name}.json": msgspec.json.decode(text) for name, text in texts.items()}
