"""The agreement of the independent layers is kept, and `vinese check` tells when it is stale."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from support.projects import add_gold, add_layer, make_independent
from vinese.cli import run
from vinese.compare import saved
from vinese.compare.agree import agree
from vinese.compare.store import named
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.project import Project
from vinese.formats.read import read_export
from vinese.model.records import Document

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("krippendorff")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_independent(tmp_path / "project")


def agreement(project: Project) -> Path:
    return project.own("annotations", "agreement.json")


def call(project: Project, *words: str) -> int:
    return run(["agree", *words, "--project", str(project.root)])


def test_what_was_saved_is_what_agree_says(project: Project) -> None:
    assert saved.save_agreement(project).state == "written"
    kept = saved.load_saved(project)
    assert kept is not None
    report = agree(named(("first", "second"), project), project)
    assert [layer.name for layer in kept.layers] == ["first", "second"]
    assert (kept.articles, kept.disagreements_total) == (5, report.disagreements_total)
    value = report.pairs[0].scores[0].f1.value
    assert value is not None
    assert 0 < value < 1
    assert kept.pairs[0].scores[0].f1.value == round(value, 4)
    assert kept.adjudication is None


def test_a_second_save_changes_no_byte_and_no_machine_is_in_it(project: Project, tmp_path: Path) -> None:
    saved.save_agreement(project)
    content = agreement(project).read_bytes()
    assert saved.save_agreement(project).state == "current"
    other = make_independent(tmp_path / "elsewhere" / "other")
    saved.save_agreement(other)
    assert agreement(other).read_bytes() == content
    assert str(tmp_path).encode() not in content


def test_check_follows_the_layers(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["agreement", "--project", str(project.root)]
    assert run(["check", *words]) == 1
    assert "annotations/agreement.json is missing" in capsys.readouterr().err
    assert run(["update", *words]) == 0
    assert f"wrote {agreement(project)}" in capsys.readouterr().out
    assert run(["check", *words]) == 0
    add_layer(project, "second", skip=1)
    assert run(["check", *words]) == 1
    said = capsys.readouterr().err
    assert "annotations/agreement.json differs" in said
    assert "Run: vinese update agreement" in said
    assert run(["update", *words]) == 0
    capsys.readouterr()
    assert run(["check", *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == {"states": {"agreement": "current"}}


def test_an_edited_file_is_stale(project: Project) -> None:
    saved.save_agreement(project)
    text = agreement(project).read_text(encoding="utf-8")
    agreement(project).write_text(text.replace('"articles": 5', '"articles": 50', 1), encoding="utf-8")
    assert saved.check_agreement(project).state == "differs"


def test_the_rate_of_adjudication_is_that_of_gold(project: Project) -> None:
    saved.save_agreement(project)
    add_gold(project)
    assert saved.check_agreement(project).state == "differs"
    saved.save_agreement(project)
    kept = saved.load_saved(project)
    assert kept is not None
    found = kept.adjudication
    assert found is not None
    assert (found.layer, found.layers, found.articles) == ("gold", ("first", "second"), 5)
    documents = [one for one in read_export(project.exports / "gold.json", project) if isinstance(one, Document)]
    total = sum(len(one.entities) for one in documents)
    (entities,) = [one for one in found.kinds if one.kind == "entity"]
    assert (entities.items, entities.agreed, entities.new) == (total, total - 10, 5)
    assert entities.chosen == {"first": 5, "second": 0}
    assert entities.agreed_share == round((total - 10) / total, 4)


def test_without_layers_the_independent_ones_are_compared(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(project, "--json", "--resamples", "10") == 0
    assert [layer["name"] for layer in json.loads(capsys.readouterr().out)["result"]["layers"]] == ["first", "second"]


@pytest.mark.parametrize("mode", [("agree",), ("update", "agreement"), ("check", "agreement")])
def test_where_no_layer_is_called_independent_that_is_wrong_use(
    mode: tuple[str, ...], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.own("annotations", "layers.json").unlink()
    assert run([*mode, "--project", str(project.root)]) == 2
    assert "does not say which layers are independent" in capsys.readouterr().err


def test_a_layer_that_is_dealt_and_not_pulled_is_waited_for(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.own("annotations", "layers.json")
    path.write_text('{"layers": {}, "independent": ["first", "third", "second"]}')
    here = ["agreement", "--project", str(project.root)]
    assert run(["update", *here]) == 0
    assert list(json.loads(agreement(project).read_bytes())["sources"]) == ["first", "second"]
    capsys.readouterr()
    assert run(["check", *here, "--json"]) == 0
    (waits,) = json.loads(capsys.readouterr().out)["issues"]
    assert (waits["code"], waits["level"]) == ("agreement-waits", "warning")
    assert "third" in waits["message"]
    assert call(project) == 0


def test_one_layer_alone_has_nothing_to_agree_with_until_the_other_is_pulled(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.exports / "second.json").unlink()
    assert run(["check", "--project", str(project.root)]) != 2
    assert call(project) == 2
    assert "no export of second yet" in capsys.readouterr().err


def test_a_layer_that_is_lost_is_wrong_use(project: Project) -> None:
    saved.save_agreement(project)
    (project.exports / "second.json").unlink()
    with pytest.raises(UsageError, match="There is no layer 'second'"):
        saved.save_agreement(project)


@pytest.mark.parametrize("layer", ["first", "gold"])
def test_with_an_error_in_a_layer_nothing_is_written(
    layer: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    add_gold(project)
    path = project.exports / f"{layer}.json"
    tasks = json.loads(path.read_bytes())
    tasks[0]["annotations"][0]["result"][0]["value"]["end"] = 10**6
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert run(["update", "agreement", "--project", str(project.root)]) == 1
    assert "Nothing was written" in capsys.readouterr().out
    assert not agreement(project).exists()
    assert run(["check", "agreement", "--project", str(project.root)]) == 1


def test_a_file_of_another_form_is_named(project: Project) -> None:
    agreement(project).write_text('{"version": 7}', encoding="utf-8")
    with pytest.raises(FileProblemError, match=r"agreement\.json is wrong"):
        saved.load_saved(project)


def test_doing_what_is_said_of_such_a_file_mends_it(project: Project) -> None:
    agreement(project).write_text("", encoding="utf-8")
    with pytest.raises(FileProblemError, match="delete it and run: vinese update agreement"):
        saved.load_saved(project)
    agreement(project).unlink()
    assert run(["update", "agreement", "--project", str(project.root)]) == 0
    assert saved.load_saved(project) is not None


def test_which_layers_have_changed_since_is_told_without_comparing_again(project: Project) -> None:
    saved.save_agreement(project)
    kept = saved.load_saved(project)
    assert kept is not None
    assert saved.outdated(kept, project) == []
    add_layer(project, "second", skip=1)
    add_gold(project)
    assert saved.outdated(kept, project) == ["gold", "second"]
    shutil.rmtree(project.exports)
    assert saved.outdated(kept, project) == ["first", "second"]


def test_the_agreement_that_comes_with_the_project_is_not_stale() -> None:
    project = Project()
    if saved.load_saved(project) is None and len(saved.load_layers(project).independent) < 2:
        assert not agreement(project).exists()
    else:
        assert saved.check_agreement(project).state == "current"
