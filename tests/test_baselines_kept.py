"""Kept baselines are current while gold, folds, labels, files and README are; deep, while a rerun is the same."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import vinese
from support.projects import make_project
from vinese.core.files import json_lines
from vinese.core.project import Project
from vinese.release.check import check, update
from vinese.systems.baselines import kept, run
from vinese.systems.shipped import MADE, PLACE

if TYPE_CHECKING:
    from pathlib import Path

CHEAP = [("entities", "majority"), ("entities", "gazetteer"), ("events", "lexicon"), ("article_stance", "majority")]
MARKS = f"# Mine\n\n{kept.BEGIN}{kept.END}\nThe end.\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project that keeps baselines which need no optional packages."""
    project = make_project(tmp_path_factory.mktemp("baselines"))
    assert project.root is not None
    (project.root / "README.md").write_text(MARKS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        report = update("baselines", project=project)
    assert report.issues == ()
    assert len(report.written) == len(CHEAP) + 2
    return project


def cheap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(run, "kept_names", lambda _project: CHEAP)
    patch.setattr(kept, "PACKAGES", ())


@pytest.fixture
def project(made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of it, free to be changed."""
    assert made.root is not None
    shutil.copytree(made.root, tmp_path / "project")
    cheap(monkeypatch)
    return Project(tmp_path / "project")


def told(project: Project, *, deep: bool = False) -> list[str]:
    return [issue.message for issue in check("baselines", project=project, deep=deep).issues]


def test_what_was_made_is_current_and_made_again_the_same(project: Project) -> None:
    assert check("baselines", project=project, deep=True).states == {"baselines": "current"}
    assert update("baselines", project=project).written == ()
    board = vinese.leaderboard(project=project)
    assert sorted((each.task, each.system) for each in board.standings) == sorted(CHEAP)
    assert all(each.kept and each.sound for each in board.standings)


def test_table_in_readme_has_every_value_with_its_interval(project: Project) -> None:
    text = project.own("README.md").read_text(encoding="utf-8")
    assert text.startswith("# Mine\n")
    assert text.endswith("\nThe end.\n")
    for standing in vinese.leaderboard(project=project).standings:
        estimate = standing.scores[0].estimate
        bounds = "" if estimate.low is None else f"[{estimate.low:.1f}, {estimate.high:.1f}]"
        assert f"{standing.system} {estimate.value:.1f} {bounds or f'({estimate.reason})'}" in text
    assert text.count("vinese|task:") == 1


def test_other_gold_makes_them_stale_and_they_are_not_shown(project: Project) -> None:
    path = project.exports / "trial.json"
    path.write_text(path.read_text(encoding="utf-8").replace("ORG_IGO", "ORG_GOV"), encoding="utf-8")
    assert told(project) == ["Predictions were made from other gold than there are now."]
    board = vinese.leaderboard(project=project)
    assert board.standings == ()
    assert [(issue.code, issue.level) for issue in board.issues] == [("baselines-stale", "warning")]
    assert update("baselines", project=project).written
    assert told(project, deep=True) == []


def test_other_folds_make_them_stale(project: Project) -> None:
    path = project.own("annotations", "splits.json")
    splits = json.loads(path.read_text(encoding="utf-8"))
    first, second, *_ = splits["articles"].values()
    second["fold"] = first["fold"]
    path.write_text(json.dumps(splits), encoding="utf-8")
    assert told(project) == ["Predictions were made from other folds of the articles than there are now."]


@pytest.mark.parametrize("name", ["entities-gazetteer.jsonl", "README.md", MADE])
def test_edited_or_missing_file_is_stale_until_it_is_made_again(project: Project, name: str) -> None:
    path = project.own("README.md") if name == "README.md" else project.own(*PLACE, name)
    before = path.read_text(encoding="utf-8")
    if name == MADE:
        path.unlink()
    else:
        path.write_text(before.replace("gazetteer", "gazeteer", 1), encoding="utf-8")
    assert len(told(project)) == 1
    assert update("baselines", project=project).written == (str(path),)
    assert path.read_text(encoding="utf-8") == before


def test_deep_check_tells_of_a_baseline_that_predicts_otherwise(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(project, deep=True) == []
    monkeypatch.setattr(
        run, "BASELINES", {**run.BASELINES, "entities": dict.fromkeys(("majority", "gazetteer"), run.Baseline())}
    )
    assert told(project) == []
    assert told(project, deep=True) == ["The baseline, run again, predicts otherwise."] * 2


def test_built_folder_has_predictions_and_page_unless_they_are_stale(project: Project, tmp_path: Path) -> None:
    vinese.build(project, tmp_path / "built")
    names = {path.name for path in (tmp_path / "built" / "predictions").iterdir()}
    assert names == {f"{task}-{name}.jsonl" for task, name in CHEAP}
    page = (tmp_path / "built" / "docs" / "baselines.md").read_text(encoding="utf-8")
    assert "`gazetteer`: names of the other articles" in page
    assert "| entities | `entities.f1` |" in (tmp_path / "built" / "README.md").read_text(encoding="utf-8")
    path = project.exports / "trial.json"
    path.write_text(path.read_text(encoding="utf-8").replace("ORG_IGO", "ORG_GOV"), encoding="utf-8")
    vinese.build(project, tmp_path / "built")
    assert not (tmp_path / "built" / "predictions").exists()
    assert "| entities | `entities.f1` |" not in (tmp_path / "built" / "README.md").read_text(encoding="utf-8")


@pytest.mark.extra("pycrfsuite", "sklearn", "underthesea")
def test_vineses_own_predictions_are_what_the_baselines_predict_again() -> None:
    report = check("baselines", deep=True)
    assert [issue for issue in report.issues if issue.level == "error"] == []
    assert report.states == {"baselines": "current"}
    own = Project().own(*PLACE)
    found = vinese.baseline("crf", ["entities"])
    assert (own / "entities-crf.jsonl").read_bytes() == json_lines(found)
