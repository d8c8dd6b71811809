"""`schema/configs.json` keeps to its schema, and says of every column what it is."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from support.sample_document import document, line
from vinese.core.project import Project, packaged
from vinese.loader import event_rows
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import labels, load_configs, scheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from vinese.package.configs import Column

CONFIGS: dict[str, Any] = json.loads(packaged("schema", "configs.json").read_bytes())


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(packaged("schema", "configs.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_file_keeps_to_its_schema(validator: Draft202012Validator) -> None:
    assert not list(validator.iter_errors(CONFIGS))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found["configs"].clear(),
        lambda found: found["configs"][0].pop("row"),
        lambda found: found["configs"][0].update(name="Articles"),
        lambda found: found["configs"][0].update(use="everything."),
        lambda found: found["configs"][0]["columns"].append({"name": "a", "type": "string"}),
        lambda found: found["configs"][0]["columns"].append({"name": "a", "type": "text", "about": "a"}),
        lambda found: found["configs"][0]["columns"].append({"name": "a", "type": "struct", "about": "a"}),
        lambda found: found["parts"]["span"][0].update(fields=["span"]),
        lambda found: found["parts"].update(empty=[]),
        lambda found: found.update(more=1),
    ],
)
def test_a_file_that_does_not_is_refused(
    validator: Draft202012Validator, spoil: Callable[[dict[str, Any]], object]
) -> None:
    found = copy.deepcopy(CONFIGS)
    spoil(found)
    assert list(validator.iter_errors(found))


def test_every_part_is_used_and_every_label_list_exists() -> None:
    configs = load_configs(Project())
    known, used = labels(load_ontology()), set()

    def walk(fields: tuple[str | Column, ...]) -> None:
        for field in fields:
            if isinstance(field, str):
                used.add(field)
                walk(configs.parts[field])
            else:
                kind, _, name = field.type.partition(":")
                assert kind != "label" or name in known
                walk(field.fields)

    for config in configs.configs:
        walk(config.columns)
        names = [column.name for column in configs.columns(config.columns)]
        assert len(set(names)) == len(names)
        assert set(config.counted) <= set(names)
    assert used == set(configs.parts)


def test_every_row_tells_its_article_and_where_it_stands_there() -> None:
    features = scheme(Project())["features"]
    for name, columns in features.items():
        assert {"article_id", "fold", "text"} <= set(columns), name
        assert list(columns)[1] != "fold", (
            f"{name}: scripts that know no column by name take the second for the label"
        )
    for name in ("entities", "entities_words", "opinions", "stance_pairs", "events"):
        assert {"id", "start", "end", "sentence_numbers"} <= set(features[name])


def test_events_have_plover_codes_where_the_ontology_projects_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_events() -> dict[str, Any]:
        record: dict[str, Any] = scheme(Project())["features"]["events"]["events"][0]
        return record

    assert of_events()["plover"] == {"dtype": "string", "_type": "Value"}
    assert list(of_events())[:4] == ["id", "type", "modality", "plover"]
    assert scheme(Project())["plover"]["AID FUTURE"] == "AGREE"
    assert "AID NEGATED" not in scheme(Project())["plover"]
    codes = {"SUPPORT ASSERTED": "SUPPORT", "CONSULT ASSERTED": "CONSULT"}
    monkeypatch.setattr("vinese.package.configs.plover_codes", lambda _: codes)
    rows = list(event_rows(line(document()), scheme(Project())))
    assert {event["id"]: event["plover"] for row in rows for event in row["events"]} == {
        "v1": "SUPPORT",
        "v2": "CONSULT",
        "v3": None,
    }
    monkeypatch.setattr("vinese.package.configs.plover_codes", lambda _: {})
    assert "plover" not in of_events()
