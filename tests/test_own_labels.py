"""Every label that the code does not name may be called otherwise, and the road to the dataset stays open."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from support.described import described
from support.projects import copy_corpus, make_project
from vinese.cli import run
from vinese.compare.agree import agree
from vinese.core.project import Project, packaged
from vinese.formats.validate import validate_file
from vinese.generate.registry import update_files
from vinese.model.ontology_file import load_ontology
from vinese.release.build import build

if TYPE_CHECKING:
    from pathlib import Path

FIXED = {
    "holder",
    "target",
    "source",
    "refers_to",
    "ENTITY",
    "AUTHOR",
    "IMPLICIT",
    "outlet_stance",
    "overall_leaning",
}
CONTROLS = {"labels", "choices"}


def other(name: str) -> str:
    """Return what a label is called here."""
    return name if name in FIXED else f"My_{name}"


def renamed(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an ontology in which every label that may be renamed is."""
    stance, article = raw["stance"], raw["article_stance"]
    lists = [raw[name] for name in ("entities", "events", "modalities", "roles", "relations")]
    lists += [stance[name] for name in ("polarities", "attributions", "holder_kinds", "topics")]
    for label in itertools.chain([stance["expression"]], article["values"], article["judgements"], *lists):
        label["id"] = other(label["id"])
        for key in {"fillers", "sources"} & label.keys():
            label[key] = [other(one) for one in label[key]]
    for judgement in article["judgements"]:
        judgement["hotkeys"] = {other(value): key for value, key in judgement["hotkeys"].items()}
    article["topic"] = other(article["topic"])
    for row in itertools.chain(*raw["projections"].values()):
        row |= {"event": other(row["event"]), "modality": other(row["modality"])}
    raw["conventions"] = relabelled_conventions(raw["conventions"])
    return raw


def relabelled_conventions(asked: Any, key: str = "") -> Any:
    """Return conventions about the other names; their words stay."""
    if isinstance(asked, dict):
        return {key: relabelled_conventions(value, key) for key, value in asked.items()}
    if isinstance(asked, list):
        return [relabelled_conventions(value, key) for value in asked]
    words = {"open_end", "trigger_not_first", "words", "not_on"}
    return asked if isinstance(asked, bool) or key in words else other(asked)


def relabelled(task: dict[str, Any]) -> dict[str, Any]:
    """Return a task whose regions and relations bear the other names."""
    for annotation in task["annotations"]:
        for region in annotation["result"]:
            value = region.get("value", region)
            for key in CONTROLS & value.keys():
                value[key] = [other(one) for one in value[key]]
    return task


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a corpus whose ontology and two layers have other labels than vinese's."""
    source = make_project(tmp_path_factory.mktemp("source"))
    project = Project(tmp_path_factory.mktemp("own"))
    copy_corpus(source, project)
    own = project.own("schema", "ontology.json")
    own.parent.mkdir()
    raw = json.loads(packaged("schema", "ontology.json").read_text(encoding="utf-8"))
    own.write_text(json.dumps(renamed(raw), ensure_ascii=False), encoding="utf-8")
    project.exports.mkdir()
    tasks = json.loads((source.exports / "trial.json").read_text(encoding="utf-8"))
    for layer in ("first", "second"):
        (project.exports / f"{layer}.json").write_text(json.dumps([relabelled(one) for one in tasks]), "utf-8")
        tasks = json.loads((source.exports / "trial.json").read_text(encoding="utf-8"))
    update_files(project)
    return project


def test_a_layer_with_other_labels_is_sound(project: Project) -> None:
    assert [found for found in validate_file(project.exports / "first.json", project) if found.level == "error"] == []
    assert load_ontology(project).named_entity_ids[0] == "My_PER"


def test_layers_with_other_labels_can_be_compared(project: Project) -> None:
    report = agree({name: project.exports / f"{name}.json" for name in ("first", "second")}, project)
    assert report.issues == ()


def test_a_dataset_with_other_labels_is_built_and_shown(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from datasets import load_dataset

    out = tmp_path / "built"
    report = build(project, out, "first")
    assert report.out is not None
    rows = load_dataset(str(out), "entities", split="test", cache_dir=str(tmp_path / "cache"))
    assert "'B-My_GPE'" in str(rows.features)
    assert "'GPE'" not in str(rows.features)
    assert sum(len(row["entities"]) for row in rows) == report.configs[1].annotations
    card = described(out)
    assert "`My_ORG_IGO`" in card
    assert "`ORG_IGO`" not in card
    assert run(["show", "--project", str(project.root), "--layer", "first", "001-4183aa2e76aa53c5"]) == 0
    assert "My_" in capsys.readouterr().out
