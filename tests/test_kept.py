"""`vinese check` says which kept files are current, and `vinese update` makes the stale ones again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.projects import make_project
from vinese.cli import run
from vinese.core.errors import UsageError
from vinese.core.project import Project
from vinese.release.build import build
from vinese.release.check import check, update
from vinese.release.kept_files import NAMES

KEPT = ("schema", "label-config", "tables", "checksums", "card")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with an ontology of its own whose kept files are current."""
    project = make_project(tmp_path_factory.mktemp("kept"))
    own = project.own("schema", "ontology.json")
    own.parent.mkdir(exist_ok=True)
    shutil.copy(Project().ontology, own)
    guideline = project.own("annotations", "guidelines", "rules.md")
    guideline.parent.mkdir(exist_ok=True)
    guideline.write_text("# Rules\n", encoding="utf-8")
    assert update(*KEPT, project=project).issues == ()
    return project


@pytest.fixture
def project(made: Project, tmp_path: Path) -> Project:
    """Return a copy of it, free to be changed."""
    assert made.root is not None
    shutil.copytree(made.root, tmp_path / "project")
    return Project(tmp_path / "project")


def stale(project: Project, *names: str) -> set[str]:
    return {name for name, state in check(*names, project=project).states.items() if state in {"stale", "unsound"}}


def test_what_was_made_is_current_and_what_is_not_kept_is_absent(made: Project) -> None:
    states = check(project=made).states
    assert tuple(states) == NAMES
    assert {states[name] for name in KEPT} == {"current"}
    assert (states["articles"], states["layers"], states["agreement"]) == ("sound", "sound", "absent")


def test_an_edit_of_the_ontology_makes_what_follows_stale_and_update_mends_it(project: Project) -> None:
    own = project.ontology
    own.write_text(own.read_text(encoding="utf-8").replace('"en": "Person"', '"en": "Human"', 1), encoding="utf-8")
    assert {"schema", "tables"} <= stale(project)
    report = update(project=project)
    assert str(project.own("schema", "v1", "labels.json")) in report.written
    assert stale(project) == set()
    assert update(project=project).written == ()


def test_an_edit_of_a_guideline_makes_the_card_stale(project: Project) -> None:
    guideline = project.own("annotations", "guidelines", "rules.md")
    guideline.rename(guideline.with_name("other.md"))
    assert stale(project) == {"card"}
    update("card", project=project)
    assert stale(project) == set()


def test_an_edit_of_an_export_makes_what_is_built_of_it_stale(project: Project) -> None:
    path = project.exports / "trial.json"
    path.write_text(path.read_text(encoding="utf-8").replace("FAVOR", "AGAINST"), encoding="utf-8")
    assert {"checksums"} <= stale(project) <= {"checksums", "card"}
    update(project=project)
    assert stale(project) == set()


def test_an_edit_of_an_article_is_unsound_and_nothing_is_made_of_it(project: Project) -> None:
    path = next(project.articles.glob("*.json"))
    article = json.loads(path.read_bytes())
    article["text"] += " Thêm."
    path.write_text(json.dumps(article, ensure_ascii=False), encoding="utf-8")
    before = project.own("card", "checksums.json").read_bytes()
    assert "articles" in stale(project)
    report = update(project=project)
    assert {"layers", "checksums", "card"} <= set(report.left_out)
    assert project.own("card", "checksums.json").read_bytes() == before


def test_each_issue_is_told_once(project: Project) -> None:
    (project.exports / "trial.json").write_bytes(b"")
    issues = check(project=project).issues
    assert len(issues) == len(set(issues))


def test_one_build_is_made_for_all_that_need_it(made: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    builds = []

    def counted(*words: object, **more: object) -> object:
        builds.append(words)
        return build(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("vinese.release.build.build", counted)
    check(project=made)
    assert len(builds) == 1
    check("schema", "articles", "layers", project=made)
    assert len(builds) == 1


def test_a_built_folder_is_checked_too(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "built"
    build(project, out)
    assert check("checksums", project=project, built=out).issues == ()
    (out / "README.md").write_text("changed", encoding="utf-8")
    words = ["check", "checksums", "--project", str(project.root), "--built", str(out)]
    assert run(words) == 1
    codes = {issue.code for issue in check("schema", project=project, built=out).issues}
    assert "build-file-changed" in codes


def test_where_packages_are_missing_a_check_is_not_made_and_an_update_fails(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasketch", None)
    assert run(["check", "splits", "--project", str(project.root)]) == 0
    printed = capsys.readouterr()
    assert "unknown" in printed.out
    assert 'pip install "vinese[splits]"' in printed.err
    assert run(["update", "splits", "--project", str(project.root)]) == 1


def test_a_folder_with_nothing_has_nothing_to_keep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "annotations").mkdir()
    assert set(check(project=Project(tmp_path)).states.values()) == {"absent"}
    assert run(["check", "--project", str(tmp_path)]) == 0
    assert run(["update", "--project", str(tmp_path)]) == 0
    assert "Nothing was written." in capsys.readouterr().out


def test_an_unknown_name_is_wrong_use_and_lists_the_names(made: Project) -> None:
    with pytest.raises(UsageError, match="label-config"):
        check("labels", project=made)
    with pytest.raises(UsageError, match="quality alone"):
        update(project=made, passes=["completeness"])
