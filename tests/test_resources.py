"""Every file that people edit as data is found: in their project, in the wheel, in the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vinese.cli import run
from vinese.core.errors import FileProblemError
from vinese.core.project import LOADER, Project, packaged
from vinese.model.ontology_file import load_ontology
from vinese.release.kept_files import NAMES


def test_a_project_s_own_file_wins_over_the_packaged_one(tmp_path: Path) -> None:
    own = tmp_path / "schema" / "ontology.json"
    own.parent.mkdir()
    own.write_bytes(packaged("schema", "ontology.json").read_bytes().replace(b'"2.0.0"', b'"9.9.9"', 1))
    assert load_ontology(Project(tmp_path)).version == "9.9.9"
    assert load_ontology().version != "9.9.9"


def test_what_a_project_lacks_is_taken_from_vinese(tmp_path: Path) -> None:
    assert Project(tmp_path).ontology == packaged("schema", "ontology.json")


def test_one_corpus_is_never_taken_for_another(tmp_path: Path) -> None:
    assert Project(tmp_path).articles == tmp_path / "annotations" / "articles"
    assert not Project(tmp_path).articles.exists()


def test_the_working_directory_is_the_project_if_it_looks_like_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Project.here() == Project(None)
    (tmp_path / "annotations").mkdir()
    assert Project.here() == Project(tmp_path)
    assert Project.here("elsewhere") == Project(Path("elsewhere"))


@pytest.mark.parametrize(
    ("made", "is_project"),
    [
        ("annotations/", True), ("card/", True), ("schema/ontology.json", True),
        ("schema/", False), ("schema/other.json", False), ("annotations", False), ("pages/", False),
    ],
)  # fmt: skip
def test_an_ontology_or_a_card_make_a_project_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str, is_project: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if made.endswith("/"):
        (tmp_path / made).mkdir()
    else:
        (tmp_path / made).parent.mkdir(exist_ok=True)
        (tmp_path / made).touch()
    assert Project.here() == Project(tmp_path if is_project else None)


@pytest.mark.parametrize(
    "words",
    [
        ["update"], ["update", "schema"], ["update", "agreement"], ["update", "words"], ["update", "splits"],
        ["update", "checksums"], ["update", "card"], ["ingest", "page.txt"], ["studio", "pull", "--layer", "a"],
        ["update", "quality", "--pass", "structure"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("where", ["elsewhere", "the package"])
def test_what_vinese_brings_is_never_written_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    where: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text("Một trang.", encoding="utf-8")
    assert run([*words, *(["--project", str(LOADER.parent)] if where == "the package" else [])]) == 2
    assert "There is no project here, and vinese's own files are not written to." in capsys.readouterr().err


def test_a_folder_with_an_ontology_alone_is_what_update_keeps_in_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "schema" / "ontology.json"
    own.parent.mkdir()
    own.write_bytes(packaged("schema", "ontology.json").read_bytes().replace(b'"2.0.0"', b'"9.9.9"', 1))
    assert run(["schema"]) == 0
    assert f"{own}, version 9.9.9" in capsys.readouterr().out
    assert run(["check"]) == 1
    assert str(tmp_path / "annotations" / "label_config.xml") in capsys.readouterr().err
    assert run(["update"]) == 0
    assert str(tmp_path / "annotations" / "label_config.xml") in capsys.readouterr().out
    assert (tmp_path / "annotations" / "label_config.xml").is_file()
    assert run(["check"]) == 0
    capsys.readouterr()
    assert run(["check", "--json"]) == 0
    states = json.loads(capsys.readouterr().out)["result"]["states"]
    made = dict.fromkeys(("schema", "label-config", "tables"), "current")
    # The lists of labels that were made are pages for annotators too.
    assert states == {**dict.fromkeys(NAMES, "absent"), **made, "guidelines": "sound"}


def test_an_ontology_that_is_none_is_a_named_error(tmp_path: Path) -> None:
    path = tmp_path / "schema" / "ontology.json"
    path.parent.mkdir()
    path.write_text('{"version": 1}')
    with pytest.raises(FileProblemError, match="is not an ontology"):
        load_ontology(Project(tmp_path))
