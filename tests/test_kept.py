"""What a project keeps is current, or named, and made again in the order of what depends on what."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from vinese.core.errors import UsageError
from vinese.core.project import Project, packaged
from vinese.release.kept import KEPT, check, update


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of all that vinese itself keeps."""
    for name in ("annotations", "schema", "card"):
        shutil.copytree(packaged(name), tmp_path / name)
    shutil.copy(packaged("CITATION.cff"), tmp_path)
    return Project(tmp_path)


def stale(project: Project, *names: str) -> set[str]:
    return {kept.name for kept, issues in check(project, names) if any(issue.level == "error" for issue in issues)}


def mended(project: Project) -> list[str]:
    done = [(kept.name, item) for kept, items in update(project) for item in items if isinstance(item, Path)]
    assert all(not path.exists() or path.is_file() for _, path in done)
    return list(dict.fromkeys(name for name, _ in done))


def test_everything_that_vinese_keeps_is_current() -> None:
    assert stale(Project()) == set()


def test_each_kept_file_stands_after_those_that_it_depends_on() -> None:
    names = [kept.name for kept in KEPT]
    assert len(set(names)) == len(names)
    for number, kept in enumerate(KEPT):
        assert set(kept.after) <= set(names[:number]), kept.name


def test_a_label_that_is_renamed_makes_what_shows_it_stale_and_update_mends_it(project: Project) -> None:
    path = project.ontology
    ontology = json.loads(path.read_text(encoding="utf-8"))
    ontology["entities"][0]["name"]["en"] += " (renamed)"
    path.write_text(json.dumps(ontology, ensure_ascii=False, indent=2), encoding="utf-8")
    assert {"schema", "tables"} <= stale(project)
    assert {"schema", "tables"} <= set(mended(project))
    assert stale(project) == set()
    assert mended(project) == []


def test_a_guideline_that_is_edited_makes_the_card_stale_only_where_the_card_shows_it(project: Project) -> None:
    page = project.own("annotations", "guidelines", "labels.en.md")
    page.write_text(page.read_text(encoding="utf-8") + "\nedited\n", encoding="utf-8")
    assert "tables" in stale(project)
    assert mended(project) == ["tables"]


def test_an_export_that_loses_a_region_makes_what_follows_from_it_stale(project: Project) -> None:
    path = project.exports / "gold.json"
    tasks = json.loads(path.read_text(encoding="utf-8"))
    result = tasks[0]["annotations"][-1]["result"]
    linked = {end for item in result if item["type"] == "relation" for end in (item["from_id"], item["to_id"])}
    alone = next(item for item in result if item["type"] == "labels" and item["id"] not in linked)
    tasks[0]["annotations"][-1]["result"] = [item for item in result if item.get("id") != alone["id"]]
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    assert {"agreement", "build", "card"} <= stale(project)
    assert {"agreement", "build", "card"} <= set(mended(project))
    assert stale(project) == set()


def test_a_layer_that_is_unsound_is_named_and_nothing_is_made_of_it(project: Project) -> None:
    path = project.exports / "gold.json"
    path.write_text("[", encoding="utf-8")
    assert "layers" in stale(project)
    assert "build" not in mended(project)


def test_an_empty_project_keeps_nothing_but_what_follows_from_its_ontology(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    shutil.copy(packaged("schema", "ontology.json"), tmp_path / "schema")
    project = Project(tmp_path)
    assert stale(project) == {"schema", "label-config", "tables"}
    assert mended(project) == ["schema", "label-config", "tables"]
    assert stale(project) == set()


def test_a_name_that_nothing_is_kept_under_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no-such"):
        list(check(Project(), ["no-such"]))
