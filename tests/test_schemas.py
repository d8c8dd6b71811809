"""The JSON Schemas accept what is right, refuse what is wrong at the right place, and agree with the records."""

from __future__ import annotations

import copy
import random
import re
import socket
from typing import TYPE_CHECKING, Any

import jsonschema
import msgspec
import pytest
import referencing

from vinese.checks.article import ZONE_TYPES
from vinese.core import schemas
from vinese.core.project import packaged
from vinese.core.schemas import NAMES, Validator, load, validator
from vinese.corpus.layers import Layers
from vinese.generate.labels import labels_of
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document, Record

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = packaged("schema", "examples", "v1")
VALID = sorted(EXAMPLES.glob("*/valid-*.json"))
INVALID = sorted(path for path in EXAMPLES.glob("*/invalid-*.json") if not path.name.endswith(".expected.json"))
KEYWORDS = frozenset(
    re.findall(
        r"\S+",
        "$schema $id $ref $defs title description examples type enum const properties required additionalProperties "
        "items propertyNames pattern minimum maximum minLength minItems maxItems uniqueItems allOf if then else",
    )
)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def read(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def nodes(schema: Any, place: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return every subschema with its place."""
    found = [(place, schema)]
    for key in ("properties", "$defs"):
        for name, inner in schema.get(key, {}).items():
            found += nodes(inner, f"{place}/{key}/{name}")
    for key in ("if", "then", "else", "items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), dict):
            found += nodes(schema[key], f"{place}/{key}")
    for number, inner in enumerate(schema.get("allOf", [])):
        found += nodes(inner, f"{place}/allOf/{number}")
    return found


def reference(name: str, labels: str | None = None) -> Any:
    """Return the reference validator, as it comes, of one of our schemas."""
    registry: Any = referencing.Registry().with_contents((key, schema) for key, schema in load(labels).items())
    return jsonschema.Draft202012Validator(load(labels)[f"{schemas.BASE}{name}.json"], registry=registry)


ALL = {**load(), **{name: read(packaged("schema", f"{name}.schema.json")) for name in ("layers", "quality")}}


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_examples_are_valid(path: Path) -> None:
    assert validator(path.parent.name).problems(read(path)) == []
    assert reference(path.parent.name).is_valid(read(path))


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_examples_fail_where_and_as_expected(path: Path) -> None:
    expected = read(path.with_suffix(".expected.json"))
    problems = validator(path.parent.name).problems(read(path))
    assert [{"pointer": problem.pointer, "code": problem.code} for problem in problems] == [expected]
    assert not reference(path.parent.name).is_valid(read(path))


def test_every_schema_has_examples_of_both_kinds() -> None:
    assert {path.parent.name for path in VALID} == {path.parent.name for path in INVALID} == set(NAMES)
    assert len(INVALID) > 100


@pytest.mark.parametrize("identifier", sorted(ALL))
def test_schemas_are_schemas_and_use_no_other_keyword(identifier: str) -> None:
    schema = ALL[identifier]
    jsonschema.Draft202012Validator.check_schema(schema)
    for place, node in nodes(schema):
        unknown = {key for key in node if key not in KEYWORDS and not key.startswith("x-")}
        assert not unknown, f"{identifier}#{place}"


@pytest.mark.parametrize("identifier", sorted(ALL))
def test_every_property_is_described_with_an_example(identifier: str) -> None:
    for place, node in nodes(ALL[identifier]):
        conditional = any(f"/{word}/" in f"{place}/" for word in ("if", "then", "else", "items", "allOf"))
        if place.split("/")[-2:-1] == ["properties"] and not conditional:
            assert node.get("description"), f"{identifier}#{place}"
            assert node.get("examples"), f"{identifier}#{place}"


@pytest.mark.parametrize("identifier", sorted(ALL))
def test_patterns_are_portable(identifier: str) -> None:
    patterns = [node["pattern"] for _, node in nodes(ALL[identifier]) if "pattern" in node]
    for pattern in patterns:
        assert "\\d" not in pattern
        assert "\\p" not in pattern
        assert pattern.endswith("$(?!\\n)")


def keys(value: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Return the path of every key in a value, list positions left out."""
    found: set[tuple[str, ...]] = set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= {(*path, key)} | keys(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            found |= keys(inner, path)
    return found


def described(schema: dict[str, Any], base: str, path: tuple[str, ...] = (), depth: int = 0) -> set[tuple[str, ...]]:
    """Return the path of every key that a schema has a property for, references followed."""
    found: set[tuple[str, ...]] = set()
    if depth > 12:
        return found
    if "$ref" in schema:
        file, _, place = schema["$ref"].partition("#")
        target: Any = load()[f"{schemas.BASE}{file}" if file else base]
        for part in place.split("/")[1:]:
            target = target[part]
        found |= described(target, f"{schemas.BASE}{file}" if file else base, path, depth + 1)
    for name, inner in schema.get("properties", {}).items():
        found |= {(*path, name)} | described(inner, base, (*path, name), depth + 1)
    for key in ("then", "else", "items"):
        if isinstance(schema.get(key), dict):
            found |= described(schema[key], base, path, depth + 1)
    for inner in schema.get("allOf", []):
        found |= described(inner, base, path, depth + 1)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_in_a_valid_example(name: str) -> None:
    base = f"{schemas.BASE}{name}.json"
    used = set().union(*(keys(read(path)) for path in VALID if path.parent.name == name))
    assert described(load()[base], base) - used == set()


@pytest.mark.parametrize("path", [path for path in VALID if path.parent.name in {"article", "document"}], ids=name_of)
def test_records_and_schemas_agree_on_the_examples(path: Path) -> None:
    record = {"article": Article, "document": Document}[path.parent.name]
    value = msgspec.convert(read(path), record)
    encoded = msgspec.json.decode(msgspec.json.encode(value))
    assert validator(path.parent.name).problems(encoded) == []
    assert msgspec.convert(encoded, record) == value
    if path.stem == "valid-full":
        assert encoded == read(path)


def schema_of(record: type[Record]) -> dict[str, Any]:
    every = load()
    common = every[f"{schemas.BASE}common.json"]["$defs"]
    article = every[f"{schemas.BASE}article.json"]
    named = {
        "Article": article,
        "Document": every[f"{schemas.BASE}document.json"],
        "Metadata": article["properties"]["metadata"],
        "Source": article["properties"]["raw"],
        "Review": article["properties"]["needs_review"]["items"],
        "ArticleStance": common["article_stance"],
    }
    found: dict[str, Any] = named.get(record.__name__) or common[record.__name__.lower()]
    return found


PUBLISHED = [record for record in Record.__subclasses__() if record.__module__ == Record.__module__]


@pytest.mark.parametrize("record", PUBLISHED, ids=lambda record: record.__name__)
def test_records_and_schemas_have_the_same_fields(record: type[Record]) -> None:
    fields = msgspec.structs.fields(record)
    schema = schema_of(record)
    assert set(schema["properties"]) == {field.encode_name for field in fields}
    required = {field.encode_name for field in fields if field.required}
    # A prediction may leave these out, so documents ask for them where they refer to these records.
    loose = {"Span": {"text"}, "Entity": {"text"}, "Event": {"modality"}, "Stance": {"attribution"}}
    assert set(schema.get("required", [])) == required - loose.get(record.__name__, set())


def test_zone_types_are_those_of_the_articles() -> None:
    zone = load()[f"{schemas.BASE}common.json"]["$defs"]["zone"]
    assert zone["properties"]["type"]["enum"] == list(ZONE_TYPES)


def test_the_layers_schema_describes_the_record() -> None:
    check = jsonschema.Draft202012Validator(ALL["layers"])
    value = {"layers": {"gold": {"description": "", "annotators": {"annotator-1": {"kind": "model"}}}}}
    assert check.is_valid(value)
    assert msgspec.convert(value, Layers).kind("gold", "annotator-1") == "model"
    assert not check.is_valid({"layers": {"gold": {"annotators": {"annotator@example.org": {"kind": "model"}}}}})
    assert not check.is_valid({"layers": {"gold": {"annotators": {"annotator-1": {"kind": "crowd"}}}}})
    known = {"name": "example-model", "version": "1.0", "settings": {"temperature": 0, "seed": None}}
    for model, sound in ((known, True), ("not recorded", True), ("example-model", False), ({"version": "1"}, False)):
        one = {"layers": {"gold": {"annotators": {"annotator-1": {"kind": "model", "model": model}}}}}
        assert check.is_valid(one) == sound
        if sound:
            assert msgspec.convert(one, Layers).layers["gold"].annotators["annotator-1"].model
        else:
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(one, Layers)
    assert not check.is_valid(
        {"layers": {"gold": {"annotators": {"annotator-1": {"kind": "person", "model": "not recorded"}}}}}
    )
    two = {"layers": {}, "independent": ["annotator-1", "annotator-2"]}
    assert check.is_valid(two)
    assert msgspec.convert(two, Layers).independent == ("annotator-1", "annotator-2")
    assert not check.is_valid({"layers": {}, "independent": ["annotator-1"]})


def test_a_label_of_another_ontology_is_known_in_memory() -> None:
    ontology = load_ontology()
    vessel = msgspec.structs.replace(ontology.entities[0], id="VESSEL")
    own = msgspec.structs.replace(ontology, entities=(*ontology.entities, vessel))
    value = read(EXAMPLES / "document" / "valid-full.json")
    value["entities"][0]["type"] = "VESSEL"
    assert [problem.code for problem in validator("document").problems(value)] == ["unknown-label"]
    assert validator("document", labels_of(own)).problems(value) == []
    assert reference("document", labels_of(own)).is_valid(value)


def test_messages_name_the_value_and_the_rule() -> None:
    value = read(EXAMPLES / "document" / "valid-minimal.json")
    value["id"], value["x"], value["zones"] = "A B", 1, {}
    value["provenance"]["annotator_kind"] = "crowd"
    del value["text"]
    found = {problem.pointer: problem.issue("/3") for problem in validator("document").problems(value)}
    assert found["/id"].pointer == "/3/id"
    assert '"A B" does not have the form' in found["/id"].message
    assert found["/x"].message == "The key `x` has no place here."
    assert found["/zones"].message == "{} stands where array is expected."
    assert found[""].message == "The key `text` is missing."
    assert "crowd" in found["/provenance/annotator_kind"].message


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_validating_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    for name in NAMES:
        made = Validator(name, load(labels_of(None)))
        assert made.problems(read(EXAMPLES / name / "valid-full.json")) == []
        assert made.problems({"x": 1})


ODD = (
    None,
    True,
    False,
    0,
    -1,
    3.0,
    1.5,
    10**30,
    "",
    "PER",
    "e1",
    "nato-eu\n",
    "٣",
    [],
    {},
    [None],
    {"id": 1},
    "ủng hộ",
)


def mutate(value: Any, chance: random.Random) -> Any:
    """Return `value` with one thing in it changed, taken away or added."""
    value = copy.deepcopy(value)
    places: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        inside = stack.pop()
        for key in list(inside) if isinstance(inside, dict) else range(len(inside)):
            places.append((inside, key))
            if isinstance(inside[key], dict | list):
                stack.append(inside[key])
    inside, key = chance.choice(places)
    how = chance.randrange(5)
    if how == 0:
        del inside[key]
    elif how == 1 and isinstance(inside, dict):
        inside[chance.choice(("x", "text", "type", "id", "event"))] = chance.choice(ODD)
    elif how == 2:
        other, name = chance.choice(places)
        inside[key] = copy.deepcopy(other[name])
    else:
        inside[key] = chance.choice(ODD)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_agree_on_mutants_and_every_refusal_is_explained(name: str) -> None:
    chance = random.Random(20261122)
    bases = [read(path) for path in VALID if path.parent.name == name]
    fast, slow = validator(name), reference(name)
    wrong = 0
    for _ in range(800):
        value = mutate(chance.choice(bases), chance)
        if chance.random() < 0.4:
            value = mutate(value, chance) if value else value
        problems = fast.problems(value)
        errors = list(slow.iter_errors(value))
        assert fast.is_valid(value) == (not errors) == (not problems)
        explained = {(problem.path, problem.keyword) for problem in problems}
        assert explained <= {place for error in errors for place in places_of(error)}
        wrong += bool(problems)
    assert 200 < wrong < 800


def places_of(error: Any) -> set[tuple[tuple[str | int, ...], str]]:
    """Return where we may report one error of the reference: at its place, or at a key that should not be there."""
    path, keyword = tuple(error.absolute_path), str(error.validator)
    keys = error.instance if keyword == "additionalProperties" else ()
    return {(path, keyword), *(((*path, key), keyword) for key in keys)}
