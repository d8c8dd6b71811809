"""What is generated from the ontology follows it, and a stale file never goes unnoticed."""

from __future__ import annotations

import json
import shutil

import jsonschema
import pytest

from vinese.cli import run
from vinese.core.errors import FileProblemError
from vinese.core.project import LOADER, Project, packaged
from vinese.generate import tables
from vinese.generate.labels import labels_schema
from vinese.generate.registry import GENERATED, stale_files, update_files
from vinese.model.ontology_file import load_ontology

ONTOLOGY = load_ontology()


@pytest.fixture
def project(tmp_path):
    (tmp_path / "schema").mkdir()
    (tmp_path / "annotations").mkdir()
    shutil.copy(packaged("schema", "ontology.json"), tmp_path / "schema")
    project = Project(tmp_path)
    assert len(update_files(project)) == len(GENERATED)
    return project


def edit(project, change):
    path = project.ontology
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.with_suffix(".new").write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    path.with_suffix(".new").replace(path)


def test_what_is_committed_agrees_with_the_ontology():
    assert stale_files(Project()) == []


def test_a_renamed_label_makes_check_fail_and_update_carries_it_everywhere(project, capsys):
    root = str(project.root)
    edit(project, lambda raw: (raw["events"][0].update(id="PLEDGE"), raw.pop("projections")))
    names = ["schema", "label-config", "tables"]
    assert run(["check", *names, "--project", root]) == 1
    said = capsys.readouterr().err
    assert all(file in said for file in GENERATED)
    assert "Run: vinese update" in said
    assert run(["update", *names, "--project", root]) == 0
    for file in GENERATED:
        text = project.own(file).read_text(encoding="utf-8")
        assert "PLEDGE" in text
        assert not any(f"{mark[0]}AGREE{mark[1]}" in text for mark in ('""', "``"))
    assert run(["check", *names, "--project", root]) == 0


def test_update_again_writes_nothing(project):
    before = {file: project.own(file).stat().st_mtime_ns for file in GENERATED}
    assert update_files(project) == []
    assert {file: project.own(file).stat().st_mtime_ns for file in GENERATED} == before


def test_missing_edited_and_left_over_files_are_told_apart_and_mended(project):
    project.own("annotations/label_config.xml").write_text("<View/>", encoding="utf-8")
    project.own("schema/v1/labels.json").unlink()
    left_over = project.own("annotations/guidelines/labels.fr.md")
    left_over.write_text("# Étiquettes", encoding="utf-8")
    states = {one.file: one.state for one in stale_files(project)}
    assert states == {
        "annotations/label_config.xml": "differs",
        "schema/v1/labels.json": "missing",
        "annotations/guidelines/labels.fr.md": "left over",
    }
    assert {one.file: one.state for one in update_files(project)} == states
    assert not left_over.exists()
    assert stale_files(project) == []


def test_a_contradictory_ontology_writes_nothing(project, capsys):
    before = {file: project.own(file).read_bytes() for file in GENERATED}
    edit(project, lambda raw: raw["entities"][0].update(id="HUMAN"))
    with pytest.raises(FileProblemError, match=r"ACTOR\.fillers names PER"):
        update_files(project)
    assert run(["check", "schema", "--project", str(project.root)]) == 2
    assert "contradicts itself" in capsys.readouterr().err
    assert {file: project.own(file).read_bytes() for file in GENERATED} == before


def test_labels_schema_lists_and_documents_every_value():
    schema = labels_schema(ONTOLOGY)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "https://w3id.org/vinese/schema/v1/labels.json"
    assert set(schema["$defs"]) >= {
        "entity_type", "event_type", "modality", "role", "relation", "polarity", "attribution", "holder_kind",
        "topic", "stance_expression", "article_stance_value", "article_stance_topic",
    }  # fmt: skip
    for name, ids in ONTOLOGY.enums().items():
        definition = schema["$defs"][name]
        assert definition["enum"] == list(ids)
        assert definition["title"]
        assert definition["description"]
        for one in ids:
            for language in ("en", "vi"):
                assert all(definition["x-labels"][one][language].values())


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_tables_have_a_row_for_every_label(lang):
    page = tables.render(ONTOLOGY, lang)
    for name, rows in tables.rows(ONTOLOGY, lang).items():
        for row, label in zip(rows, ONTOLOGY.lists()[name][-len(rows) :], strict=True):
            assert row.id == label.id
            start = f"| `{row.id}` | {row.name} |"
            assert any(line.startswith(start) and row.definition in line for line in page.splitlines())


def test_every_table_is_well_formed():
    width = None
    for line in tables.render(ONTOLOGY, "vi").splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = line.replace("\\|", "").count("|")
        assert width in (None, cells)
        width = cells


def test_what_looks_like_html_or_a_cell_is_text(project):
    edit(project, lambda raw: raw["events"][0]["name"].update(en="A <b> | B", vi="`<i>` <i>"))
    pages = [tables.render(load_ontology(project), lang) for lang in ("en", "vi")]
    assert "| A &lt;b> \\| B |" in pages[0]
    assert "| `<i>` &lt;i> |" in pages[1]


def test_an_example_shows_the_marked_words_in_bold():
    rows = {row.id: row for row in tables.rows(ONTOLOGY, "en")["entity_type"]}
    assert rows["GPE"].quote.startswith("**Lào** ")
    assert tables.rows(ONTOLOGY, "en")["article_stance_judgement"][0].quote == "–"


def test_the_summary_counts_every_list(capsys):
    assert run(["schema", "--json", "--project", str(LOADER.parent)]) == 0
    summary = json.loads(capsys.readouterr().out)["result"]
    assert summary["counts"]["entity_type"] == len(summary["labels"]["entity_type"]) == len(load_ontology().entities)
    assert run(["schema", "--project", str(LOADER.parent)]) == 0
    assert "PER, ROLE, ORG_IGO" in capsys.readouterr().out
