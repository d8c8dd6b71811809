"""What the data build is recorded, and `vinese check` names whatever has come to differ from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.kept import check_checksums, record
from support.projects import make_project
from vinese.cli import run
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.project import Project
from vinese.release.build import build
from vinese.release.digest import features_digest, rows_digest
from vinese.release.recorded import FILE, Recorded, contents, made_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from vinese.core.issues import Issue


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose build is recorded."""
    project = make_project(tmp_path_factory.mktemp("recorded"))
    assert record(project) == []
    return project


@pytest.fixture
def project(recorded: Project, tmp_path: Path) -> Project:
    """Return a copy of it, free to be changed."""
    assert recorded.root is not None
    shutil.copytree(recorded.root, tmp_path / "project")
    return Project(tmp_path / "project")


def told(found: list[Issue]) -> list[tuple[str, str]]:
    return [(one.code, one.pointer) for one in found]


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file in place."""
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def relabel(project: Project) -> None:
    """Make every favourable stance a hostile one."""
    path = project.exports / "trial.json"
    content = path.read_text(encoding="utf-8")
    assert "FAVOR" in content
    path.write_text(content.replace("FAVOR", "AGAINST"), encoding="utf-8")


def test_unchanged_data_build_what_is_recorded(recorded: Project) -> None:
    assert check_checksums(recorded) == []


def test_recording_again_changes_no_byte(project: Project) -> None:
    before = project.own(*FILE).read_bytes()
    assert record(project) == []
    assert project.own(*FILE).read_bytes() == before


def test_a_changed_label_is_named_by_config_and_split(project: Project) -> None:
    relabel(project)
    found = check_checksums(project)
    assert {one.code for one in found} == {"build-differs"}
    pointers = {one.pointer for one in found}
    assert {"/configs/articles/splits/test", "/configs/stance_pairs/splits/test"} <= pointers
    assert not pointers & {"/configs/entities/splits/test", "/configs/events/splits/test"}
    assert all("vinese update checksums" in one.todo for one in found)
    assert record(project) == []
    assert check_checksums(project) == []


def test_another_layer_and_a_lost_config_are_named(project: Project) -> None:
    edit(project.own(*FILE), lambda value: value.update(layer="other"))
    edit(project.own(*FILE), lambda value: value["configs"].pop("events"))
    found = check_checksums(project)
    assert told(found) == [("build-differs", "/layer"), ("build-differs", "/configs/events")]
    assert "recorded is other, the data give trial" in found[0].message


def test_other_columns_or_labels_are_named(project: Project) -> None:
    edit(project.own(*FILE), lambda value: value["configs"]["events"].update(features="0" * 64))
    assert told(check_checksums(project)) == [("build-differs", "/configs/events/features")]


def test_other_bytes_of_the_same_rows_are_named(project: Project) -> None:
    name = "data/events/test-00000-of-00001.parquet"
    edit(project.own(*FILE), lambda value: value["files"].update({name: "0" * 64}))
    found = check_checksums(project)
    assert [(one.code, one.level) for one in found] == [("build-bytes-differ", "error")]
    assert name in found[0].message


def test_under_other_versions_rows_are_compared_and_bytes_are_not(project: Project) -> None:
    def change(value: Any) -> None:
        value["made_with"]["pyarrow"] = "1.0.0"
        value["files"] = dict.fromkeys(value["files"], "0" * 64)

    edit(project.own(*FILE), change)
    (found,) = check_checksums(project)
    assert (found.code, found.level) == ("build-pins-differ", "info")
    assert f"pyarrow {made_with()['pyarrow']} (recorded: 1.0.0)" in found.message
    relabel(project)
    assert {one.code for one in check_checksums(project)} == {"build-differs", "build-pins-differ"}


def test_without_a_record_nothing_is_said_to_be_right(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.own(*FILE).unlink()
    assert told(check_checksums(project)) == [("build-unrecorded", "")]
    assert run(["check", "checksums", "--project", str(project.root)]) == 1
    assert "vinese update checksums" in capsys.readouterr().err


def test_a_broken_record_is_wrong_use(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.own(*FILE).write_text("{", encoding="utf-8")
    with pytest.raises(FileProblemError, match="vinese update checksums"):
        check_checksums(project)
    assert run(["check", "checksums", "--project", str(project.root)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_data_with_errors_are_neither_recorded_nor_found_right(project: Project) -> None:
    before = project.own(*FILE).read_bytes()
    (project.exports / "trial.json").write_bytes(b"")
    assert "file-empty" in {one.code for one in check_checksums(project)}
    assert "file-empty" in {one.code for one in record(project)}
    assert project.own(*FILE).read_bytes() == before


def test_a_folder_changed_by_hand_is_named(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(project, out)
    assert check_checksums(project, built=out) == []
    (out / "README.md").write_text("changed", encoding="utf-8")
    (out / "extra.py").touch()
    (out / "datasheet.md").unlink()
    found = check_checksums(project, built=out)
    assert [(one.code, Path(one.file or "").name) for one in found if one.code == "build-file-changed"] == [
        ("build-file-changed", name) for name in ("README.md", "datasheet.md", "extra.py")
    ]


def test_a_folder_built_from_other_data_is_named(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(project, out)
    relabel(project)
    assert record(project) == []
    found = check_checksums(project, built=out)
    assert {one.code for one in found} == {"build-file-stale"}
    assert any("data/stance_pairs/" in one.message for one in found)


def test_a_folder_that_is_no_build_is_wrong_use(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        check_checksums(project, built=tmp_path)


def test_the_command_says_what_it_did(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["checksums", "--project", str(project.root)]
    project.own(*FILE).unlink()
    assert run(["update", *words]) == 0
    assert f"wrote {project.own(*FILE)}" in capsys.readouterr().out
    assert run(["check", *words]) == 0
    assert "current" in capsys.readouterr().out
    relabel(project)
    assert run(["check", *words, "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["result"] == {"states": {"checksums": "stale"}}
    assert {one["code"] for one in printed["issues"]} == {"build-differs"}


def test_the_record_says_what_the_parquet_holds(project: Project, tmp_path: Path) -> None:
    report = build(project, tmp_path / "out")
    found = contents(tmp_path / "out")
    assert {name: {split: one.rows for split, one in config.splits.items()} for name, config in found.items()} == {
        config.name: config.rows for config in report.configs
    }
    known = msgspec.json.decode(project.own(*FILE).read_bytes(), type=Recorded)
    assert msgspec.to_builtins(known.configs) == msgspec.to_builtins(found)


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
rows = st.dictionaries(st.text(max_size=5), values, max_size=4)


@given(st.lists(rows, max_size=4), st.lists(rows, max_size=4))
def test_digests_of_rows_are_equal_where_rows_are(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    turned = [dict(reversed(row.items())) for row in one]
    assert rows_digest(one) == rows_digest(turned) == (len(one), rows_digest(iter(one))[1])
    assert (rows_digest(one) == rows_digest(other)) == (one == other)


def test_features_are_the_same_in_the_older_and_the_newer_dialect() -> None:
    label, text = {"names": ["A", "B"], "_type": "ClassLabel"}, {"dtype": "string", "_type": "Value"}
    old = {"tags": {"feature": label, "_type": "Sequence"}, "spans": [{"text": {**text, "id": None}}]}
    new = {"tags": {"feature": label, "_type": "List"}, "spans": {"feature": {"text": text}, "_type": "List"}}
    assert features_digest(old) == features_digest(new)
    for other in ({**label, "names": ["B", "A"]}, text):
        assert features_digest({**new, "tags": {"feature": other, "_type": "List"}}) != features_digest(new)
