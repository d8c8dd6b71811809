"""Refuse an ontology that breaks `schema/ontology.schema.json` or contradicts itself, before any label of it is used.

Every ontology is checked as it is read, vinese's own too: with `jsonschema-rs`, which validation loads anyway, that
takes some ten milliseconds a process.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import read_bytes
from vinese.core.project import Project, packaged
from vinese.core.schemas import Problem, Validator, short
from vinese.model.ontology import Ontology
from vinese.model.ontology_rules import problems
from vinese.model.records import JUDGEMENTS

SCHEMA = ("schema", "ontology.schema.json")
FIXED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("stance", "holder_kinds"): ("ENTITY", "AUTHOR", "IMPLICIT"),
    ("article_stance", "judgements"): JUDGEMENTS,
}
"""The closed lists whose ids documents, checks and loader are written for, by their place; names are free."""

_SHOWN = 10
_FIRST = "which schema 2.0 does not read: its examples name articles"
_CARRY = """\
Take "article" out of every "example" and give the ontology a new version; ids, keys and annotations may stay.
  Better still, make the examples up: who annotates should not find the corpus in the rules. "projections" is new and
  may be left out. schema/README.md and CHANGELOG, under schema 2.0, say the rest."""
_HELP = "schema/README.md, under A corpus and labels of your own, says what may be changed."
_LINE = "text on one line without white space at its ends"
_ID = "an id: a letter of a-z or A-Z, then letters, digits and _"
_FORMS = {
    "version": "three numbers such as 1.0.0",
    "id": _ID,
    "topic": _ID,
    "color": "a colour such as #ffcc00, its letters lower case",
    "hotkey": "a key: one of a-z and 0-9, or shift+ and one of them",
}


def refuse(path: Path, what: str, lines: list[str]) -> None:
    """Raise `FileProblemError` if anything was found, and say the first of it, one a line."""
    if not lines:
        return
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    raise FileProblemError(f"{path} {what}:\n  " + "\n  ".join(lines[:_SHOWN] + more), _HELP)


def breaches(raw: object) -> list[str]:
    """Return where a parsed ontology breaks its schema, by what, and what is allowed there."""
    return list(dict.fromkeys(_said(problem) for problem in _validator().problems(raw)))


@cache
def _validator() -> Validator:
    schema = msgspec.json.decode(read_bytes(packaged(*SCHEMA)))
    return Validator(schema["$id"], {schema["$id"]: schema})


def _said(problem: Problem) -> str:
    """Return one breach in words that need no knowledge of JSON Schema."""
    where, value = problem.pointer or "the file", short(problem.value)
    if problem.keyword == "required":
        return f"{where}: {short(problem.limit)} is missing"
    if problem.keyword in {"additionalProperties", "unevaluatedProperties"}:
        return f"{where}: there is no such key"
    if problem.keyword == "pattern":
        return f"{where}: {value} is not {_form(problem.path)}"
    if (
        problem.keyword in {"minItems", "maxItems"}
        and problem.path != ("relations",)
        and (only := FIXED.get(_names(problem.path)))
    ):
        return f"{where}: there have to be exactly {', '.join(only)}; rename them by their name, not their id"
    if problem.keyword == "enum" and _names(problem.path[:-2]) in FIXED:
        return f"{where}: {value} is none of {_listed(problem.limit)}, which the code needs; change its name instead"
    return f"{where}: {value} {_rule(problem)}"


def _rule(problem: Problem) -> str:
    """Return what a value breaks, for the rules that need no words about the ontology."""
    return {
        "type": f"is not {_listed(problem.limit, ' or ')}",
        "enum": f"is none of {_listed(problem.limit)}",
        "const": f"is not {short(problem.limit)}, the only value",
        "minItems": "holds nothing, and needs at least one label",
        "uniqueItems": "holds the same item twice",
    }.get(problem.keyword, f"breaks the rule {problem.keyword} {short(problem.limit)}")


def _listed(limit: object, joint: str = ", ") -> str:
    items = limit if isinstance(limit, list) else [limit]
    return joint.join("null" if item is None else str(item) for item in items)


def _names(path: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple(str(part) for part in path)


def _form(path: tuple[str | int, ...]) -> str:
    """Return in words what the pattern at `path` asks for."""
    names = [part for part in path if isinstance(part, str)]
    if "hotkeys" in names:
        return _FORMS["hotkey"]
    if names[-1] in {"fillers", "sources"}:
        return _ID
    if names[0] == "conventions":
        return "an id, or words on one line"
    return _LINE if "mappings" in names else _FORMS.get(names[-1], _LINE)


def load_ontology(project: Project | None = None) -> Ontology:
    """Return the ontology of `project`, by default vinese's own.

    Raise `FileProblemError`, saying where and what is allowed, if it cannot be read, breaks its schema, or
    contradicts itself.

    Examples
    --------
    >>> import vinese
    >>> vinese.load_ontology().named_entity_ids[:3]
    ('PER', 'ROLE', 'ORG_IGO')
    """
    path = (project or Project()).ontology
    return _load(path, _stamp(path))


def _first_form(raw: object) -> bool:
    """Return whether any example of a parsed ontology names the article that it is quoted from."""
    if isinstance(raw, dict):
        example = raw.get("example")
        return (isinstance(example, dict) and "article" in example) or any(map(_first_form, raw.values()))
    return isinstance(raw, list) and any(map(_first_form, raw))


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes when a file is edited, so that a long process sees the edit; zeros if it cannot be told."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=8)
def _load(path: Path, _stamp_of_path: tuple[int, int]) -> Ontology:
    content = read_bytes(path)
    try:
        raw = msgspec.json.decode(content)
        breaks = breaches(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:  # the last two: what is nested too deeply
        raise FileProblemError(f"{path} is not an ontology: {error}.", "It has to be JSON in UTF-8.") from error
    if _first_form(raw):
        raise FileProblemError(f"{path} is an ontology of the first form, {_FIRST}.", _CARRY)
    refuse(path, "is not an ontology", breaks)
    try:
        ontology = msgspec.convert(raw, Ontology)
    except msgspec.ValidationError as error:
        raise FileProblemError(f"{path} is not an ontology: {error}.", "Correct it, or restore it.") from error
    refuse(path, "contradicts itself", problems(ontology))
    return ontology
