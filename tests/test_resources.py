"""Every file that people edit as data is found: in their project, in the wheel, in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from vinese.errors import FileProblemError
from vinese.ontology import load_ontology
from vinese.resources import Project, packaged


def test_a_project_s_own_file_wins_over_the_packaged_one(tmp_path: Path) -> None:
    own = tmp_path / "schema" / "ontology.json"
    own.parent.mkdir()
    own.write_bytes(packaged("schema", "ontology.json").read_bytes().replace(b'"1.0.0"', b'"9.9.9"', 1))
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


def test_an_ontology_that_is_none_is_a_named_error(tmp_path: Path) -> None:
    path = tmp_path / "schema" / "ontology.json"
    path.parent.mkdir()
    path.write_text('{"version": 1}')
    with pytest.raises(FileProblemError, match="is not an ontology"):
        load_ontology(Project(tmp_path))
