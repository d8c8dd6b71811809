"""A quality pass is of the state of the layer that it looked at, until who made it says that it was made again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from support.described import described
from support.projects import add_layer, make_project
from vinese.cli import run
from vinese.core.errors import UsageError
from vinese.corpus.quality import QualityReport, load_quality, renew, report, states
from vinese.release.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.project import Project

# An unusual order and letters that JSON may escape: the file keeps both.
CONTENT: dict[str, Any] = {
    "$schema": "../schema/quality.schema.json",
    "error_hunt": {"rejected": 1, "readers": 1, "findings": 3, "accepted": 2},
    "layer": "trial",
    "passes": [
        {"name": "completeness", "looked_at": 40, "changed": 3, "listed": ["`Nga` ở đây"]},
        {"name": "structure", "looked_at": 7, "changed": 0},
    ],
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = make_project(tmp_path / "project")
    write(project, CONTENT)
    return project


def write(project: Project, content: dict[str, Any]) -> None:
    path = project.own("annotations", "quality.json")
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read(project: Project) -> str:
    return project.own("annotations", "quality.json").read_text(encoding="utf-8")


def digest(project: Project) -> str:
    return hashlib.sha256((project.exports / "trial.json").read_bytes()).hexdigest()


def known(project: Project) -> dict[str, str]:
    found = load_quality(project)
    assert found is not None
    return {name: str(state) for name, state in states(project, found).items()}


def test_what_nobody_recorded_is_not_claimed(project: Project) -> None:
    assert known(project) == dict.fromkeys(("completeness", "structure", "error_hunt"), "not recorded")


def test_saying_that_a_pass_was_repeated_records_it_alone_and_keeps_the_file(project: Project) -> None:
    before = read(project)
    assert renew(project, ["structure"]).renewed == ("structure",)
    line = f',\n      "export_sha256": "{digest(project)}"'
    assert read(project) == before.replace('"changed": 0', f'"changed": 0{line}')
    assert known(project) == {
        "completeness": "not recorded",
        "structure": "this state",
        "error_hunt": "not recorded",
    }
    renew(project, ["error_hunt", "completeness", "completeness"])
    assert set(known(project).values()) == {"this state"}
    again = read(project)
    renew(project, ["structure"])
    assert read(project) == again


def test_after_the_layer_changed_the_card_says_so_and_the_build_warns(project: Project, tmp_path: Path) -> None:
    renew(project, ["completeness", "structure", "error_hunt"])
    first = build(project, tmp_path / "first")
    assert "quality-stale" not in {one.code for one in first.issues}
    card = described(tmp_path / "first")
    assert "| completeness |  | 40 | 3 | 1 | this state |" in card
    assert "It was of `trial` as it is here." in card
    add_layer(project, "trial", skip=1)
    second = build(project, tmp_path / "second")
    (found,) = [one for one in second.issues if one.code == "quality-stale"]
    assert found.level == "warning"
    assert "an earlier state: completeness, structure, error_hunt" in found.message
    card = described(tmp_path / "second")
    assert "| completeness |  | 40 | 3 | 1 | an earlier state |" in card
    assert "It was of an earlier state of `trial`." in card
    assert "`trial` has changed since the passes that were of an earlier state" in card
    renew(project, ["completeness", "structure"])
    build(project, tmp_path / "third")
    card = described(tmp_path / "third")
    assert "has changed since the passes" not in card
    assert "It was of an earlier state of `trial`." in card


def test_nothing_but_the_word_of_who_made_it_renews_a_pass(project: Project, tmp_path: Path) -> None:
    before = read(project)
    options = ["--project", str(project.root)]
    for words in (["update", "checksums", "card"], ["build", "--out", str(tmp_path / "out")], ["update"], ["check"]):
        assert run([*words, *options]) == 0
    assert read(project) == before


def test_the_card_says_who_recorded_which_numbers(project: Project, tmp_path: Path) -> None:
    build(project, tmp_path / "out")
    card = described(tmp_path / "out")
    assert "recorded by who made the passes; they are not counted from the data" in " ".join(card.split())
    (line,) = [line for line in card.splitlines() if line.startswith("| Where do the numbers")]
    assert 'but for those under "Looked over again", which were recorded by who made the passes' in line
    project.own("annotations", "quality.json").unlink()
    build(project, tmp_path / "out")
    card = described(tmp_path / "out")
    assert "Looked over again" not in card


def test_a_layer_of_another_name_has_no_old_passes(project: Project, tmp_path: Path) -> None:
    add_layer(project, "other")
    assert "quality-stale" not in {one.code for one in build(project, tmp_path / "out", "other").issues}


def test_what_is_not_there_cannot_be_renewed(project: Project) -> None:
    with pytest.raises(UsageError, match=r"(?s)no pass 'structures'.*completeness, structure, error_hunt"):
        renew(project, ["structures"])
    (project.exports / "trial.json").unlink()
    with pytest.raises(UsageError, match="no layer 'trial'"):
        renew(project, ["structure"])
    project.own("annotations", "quality.json").unlink()
    with pytest.raises(UsageError, match=r"no .*quality\.json"):
        renew(project, ["structure"])
    assert report(project) == QualityReport(layer=None, passes=())


def test_a_digest_that_cannot_be_one_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = CONTENT["passes"][1] | {"export_sha256": "0" * 64 + "\n"}
    write(project, CONTENT | {"passes": [wrong]})
    assert run(["check", "quality", "--project", str(project.root)]) == 2
    assert "export_sha256" in capsys.readouterr().err


def test_the_command_says_what_is_known(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--project", str(project.root)]
    assert run(["update", "quality", "--pass", "structure", *options]) == 0
    printed = capsys.readouterr()
    assert "recorded as made again: structure" in printed.out
    assert "not recorded: completeness, error_hunt" in printed.err
    assert run(["check", "quality", *options]) == 0
    assert "completeness, error_hunt" in capsys.readouterr().err
    assert [one.state for one in report(project).passes] == ["not recorded", "this state", "not recorded"]
    assert report(project).renewed == ()
    assert run(["update", "quality", "--pass", "x", *options]) == 2
    assert run(["update", "--pass", "structure", *options]) == 2
