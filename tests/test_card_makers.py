"""Card and Croissant name everybody who made a layer, and say which model it was or that nobody recorded it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from support.described import described
from support.projects import add_gold, make_independent
from vinese.card.trust import contributors, review
from vinese.compare.records import AdjudicationRate
from vinese.corpus.layers import Model
from vinese.package.counts import LayerCounts
from vinese.release.build import build

if TYPE_CHECKING:
    from pathlib import Path

MODEL = {"name": "example-model", "version": "2", "settings": {"temperature": 0}}
RECORDED = "example-model, version 2, settings: temperature 0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Return card and Croissant of gold from two layers: of one the model is recorded, of gold it is not."""
    folder = tmp_path_factory.mktemp("makers")
    project = make_independent(folder / "project")
    add_gold(project)
    models = {"first": MODEL, "second": None, "gold": "not recorded"}
    layers = {
        name: {"annotators": {"a1": {"kind": "model", "description": f"Of {name}.", "model": model}}}
        for name, model in models.items()
    }
    content = {"layers": layers, "independent": ["first", "second"]}
    project.own("annotations", "layers.json").write_text(json.dumps(content), encoding="utf-8")
    assert build(project, folder / "out").out
    card = described(folder / "out")
    return card, json.loads((folder / "out" / "croissant.json").read_bytes())


def test_every_layers_maker_is_named_with_its_layer(made: tuple[str, dict[str, Any]]) -> None:
    section = made[0].split("## Who annotated them")[1].split("\n## ")[0]
    assert f"- `a1` made layer `first` (model; {RECORDED}). Of first." in section
    assert "- `a1` made layer `second` (model; which model is not stated). Of second." in section
    assert "- `a1` made layer `gold` (model; which model was not recorded). Of gold." in section


def test_croissant_names_them_too(made: tuple[str, dict[str, Any]]) -> None:
    tools = made[1]["rai:machineAnnotationTools"]
    assert [one.partition(":")[0] for one in tools] == ["a1, layer first", "a1, layer gold", "a1, layer second"]
    assert RECORDED in tools[0]
    assert "was not recorded" in tools[1]
    agents = [one["prov:label"] for one in made[1]["prov:wasAttributedTo"]]
    assert agents == [f"a1 (model), layer {name}" for name in ("first", "gold", "second")]


def test_labels_of_a_model_that_nobody_recorded_cannot_be_made_again(made: tuple[str, dict[str, Any]]) -> None:
    limits = made[0].split("## Limits")[1].split("\n## ")[0]
    assert "Which language model made layers `gold`, `second`" in limits
    assert "nobody can make these labels again with the same model" in limits
    assert any("made layers gold, second is recorded nowhere" in one for one in made[1]["rai:dataLimitations"])


def test_a_model_is_told_with_what_was_recorded_of_it() -> None:
    assert Model(name="m").in_words() == "m, version not recorded, settings not recorded"
    assert msgspec.convert(MODEL, Model).in_words() == RECORDED


def of(layer: str, kind: str | None, *sources: str) -> LayerCounts:
    rate = AdjudicationRate(layer=layer, layers=sources, articles=1, kinds=()) if sources else None
    return LayerCounts(layer=layer, annotators={layer: kind}, adjudication=rate)


@pytest.mark.parametrize(
    ("gold", "first", "second", "words"),
    [
        ("model", "model", "model", "No person has reviewed them."),
        ("person", "model", "model", "People decided this layer from what language models had labelled."),
        ("model", "person", "person", "Language models decided this layer from what people had labelled."),
        ("person", "person", "model", "People decided this layer from what people and language models had labelled."),
        ("person", "person", "person", "People made the labels in this layer."),
        ("person", "person", None, "do not state of every annotator"),
    ],
)
def test_who_made_the_layers_below_counts(gold: str, first: str, second: str | None, words: str) -> None:
    chosen = of("gold", gold, "first", "second")
    passes = [chosen, of("first", first), of("second", second), of("third", None)]
    assert words in review(chosen, passes)
    assert contributors(chosen, passes) == {gold, first, second}


def test_the_hub_is_told_of_every_kind_of_maker(tmp_path: Path) -> None:
    project = make_independent(tmp_path / "project")
    layers = {
        "first": {"annotators": {"a1": {"kind": "person"}}},
        "second": {"annotators": {"a1": {"kind": "model"}}},
    }
    project.own("annotations", "layers.json").write_text(json.dumps({"layers": layers}), encoding="utf-8")
    assert build(project, tmp_path / "out", "first").out
    head = described(tmp_path / "out").split("---\n")[1]
    assert yaml.safe_load(head)["annotations_creators"] == ["machine-generated", "other"]


def test_origin_is_explained_as_how_and_not_as_who(made: tuple[str, dict[str, Any]]) -> None:
    process = " ".join(made[0].split("## How they were annotated")[1].split("\n## ")[0].split())
    assert "`origin` tells how a region came into the annotation, not who made it" in process
    assert "says `annotator_kind`" in process
    assert "The suggestions of `gold` are the items that the layers agree on, or that one of them has." in process
    assert "In `annotators` it is null" in process
    assert "whether a person drew it" not in made[0]
