"""An export becomes documents, one a line; what is not sound is left out and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import vinese
from support.one_article import document, example, make_project, place, result, task, write_layer
from vinese import cli
from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.core.schemas import validator
from vinese.corpus.layers import is_name
from vinese.formats.read import read_export
from vinese.model.records import Document

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


def convert(project: Project, *tasks: Any, name: str = "gold") -> list[Document | Issue]:
    return list(read_export(write_layer(project, *tasks, name=name), project))


def one(project: Project, *tasks: Any) -> Document:
    found = [item for item in convert(project, *tasks) if isinstance(item, Document)]
    assert len(found) == 1
    return found[0]


def test_a_sound_task_becomes_its_document(project: Project) -> None:
    assert convert(project, task()) == [document()]


def test_zones_and_sentences_come_from_the_article(project: Project) -> None:
    found = one(project, task())
    assert found.zones[1].type == "caption"
    assert len(found.sentences) == 3


def test_without_its_article_a_document_has_the_sentences_of_its_text(project: Project) -> None:
    (project.articles / "nato-eu.json").unlink()
    codes = [item.code for item in convert(project, task()) if isinstance(item, Issue)]
    found = one(project, task())
    assert codes == ["article-unknown"]
    assert found.zones == ()
    assert len(found.sentences) == 3


def test_only_what_is_wrong_is_left_out(project: Project) -> None:
    spoiled = task()
    value = result(spoiled)[place(spoiled, "entity", "e4")]["value"]
    value.update(end=9999)
    del value["text"]
    found = one(project, spoiled)
    whole = document()
    assert found.entities == tuple(entity for entity in whole.entities if entity.id != "e4")
    assert found.events[0].arguments == whole.events[0].arguments[:2]
    assert found.stances == whole.stances


def test_a_relation_drawn_to_the_left_is_turned(project: Project) -> None:
    turned = task()
    for region in result(turned):
        if region["type"] == "relation":
            ends = {"from_id": region["to_id"], "to_id": region["from_id"], "direction": "left"}
            region.update(ends)
    assert convert(project, turned) == [document()]


def test_a_holder_relation_alone_makes_the_holder_an_entity(project: Project) -> None:
    spoiled = task()
    del result(spoiled)[place(spoiled, "holder_kind")]
    assert convert(project, spoiled) == [document()]


def test_the_offsets_count_and_not_the_text_that_label_studio_stored(project: Project) -> None:
    spoiled = task()
    for region in result(spoiled):
        if "start" in region.get("value", {}):
            region["value"]["text"] = region["value"]["text"].replace(" ", "  ")
    assert convert(project, spoiled) == [document()]


def test_numbers_of_annotators_become_names(project: Project) -> None:
    spoiled = task()
    spoiled["annotations"][0]["completed_by"] = 3
    assert one(project, spoiled).provenance.annotator == "user-3"


def test_the_layer_is_the_name_of_the_file(project: Project) -> None:
    found = [item for item in convert(project, task(), name="round-2") if isinstance(item, Document)]
    assert found[0].provenance.layer == "round-2"
    assert found[0].provenance.annotator_kind is None


def test_a_moment_with_another_offset_is_brought_to_utc(project: Project) -> None:
    spoiled = task()
    spoiled["annotations"][0]["updated_at"] = "2026-11-22T10:48:45+07:00"
    assert one(project, spoiled).provenance.annotated_at == "2026-11-22T03:48:45Z"


def several(*changes: dict[str, Any]) -> Any:
    """Return a task with an annotation for each of the changes."""
    spoiled = task()
    base = spoiled["annotations"][0]
    spoiled["annotations"] = [
        {**base, "completed_by": f"annotator-{number}", **change} for number, change in enumerate(changes, 1)
    ]
    return spoiled


def test_the_ground_truth_wins_over_later_work(project: Project) -> None:
    found = convert(project, several({"ground_truth": True}, {}))
    assert [item.provenance.annotator for item in found if isinstance(item, Document)] == ["annotator-1"]
    assert [one.message for one in found if isinstance(one, Issue) and "ground truth" in one.message]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        (({}, {}, {"was_cancelled": True}), 1),
        (({"updated_at": None}, {"updated_at": None}), 1),
        (({"updated_at": "2026-11-22T03:48:45Z"}, {"updated_at": "2026-11-22T03:48:45.1Z"}), 1),
        (({"updated_at": "2026-11-22T03:48:45.1Z"}, {"updated_at": "2026-11-22T03:48:45Z"}), 0),
        (({"updated_at": "2026-11-22T05:00:00Z"}, {"updated_at": "2026-11-22T10:00:00+07:00", "result": []}), 0),
        (({"updated_at": "2026-11-22T05:00:00Z"}, {"updated_at": "9999-99-99T05:00:00Z"}), 0),
        (({}, {}, {"result": None}), 1),
        (({"was_cancelled": 1}, {}, {"result": None}), 1),
        (({"created_at": []}, {}), 1),
    ],
)
def test_of_several_annotations_the_last_sound_one_is_kept(
    project: Project, changes: tuple[dict[str, Any], ...], kept: int | None
) -> None:
    found = convert(project, several(*changes))
    made = [item.provenance.annotator for item in found if isinstance(item, Document)]
    told = [item.message for item in found if isinstance(item, Issue) and item.code == "task-annotations"]
    assert made == ([] if kept is None else [f"annotator-{kept + 1}"])
    said = "none of them is kept" if kept is None else f"/0/annotations/{kept}, the last that is sound, is kept"
    assert len(told) == 1
    assert told[0].endswith(f"and a layer has one; {said}.")


def test_no_annotation_of_a_task_without_a_sound_text_is_said_to_be_kept(project: Project) -> None:
    spoiled = several({}, {})
    spoiled["data"]["text"] += " Thêm."
    found = convert(project, spoiled)
    assert not [item for item in found if isinstance(item, Document)]
    assert "none of them is kept" in next(one.message for one in found if one.code == "task-annotations")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "said", ["2024-02-31T10:00:00Z", "2026-11-22T25:61:00Z", "22 November", "2026-11-22T10:00:00"]
)
def test_a_moment_that_cannot_be_is_left_out(project: Project, said: str) -> None:
    spoiled = task()
    spoiled["annotations"][0]["updated_at"] = said
    found = convert(project, spoiled)
    assert [item.code for item in found if isinstance(item, Issue)] == ["time-unreadable"]
    assert [item.provenance.annotated_at for item in found if isinstance(item, Document)] == [None]


def test_the_command_writes_documents_and_reports_issues_apart(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = task()
    second["data"]["article_id"] = "unknown"
    path, out = write_layer(project, task(), second), tmp_path / "out" / "gold.jsonl"
    assert cli.run(["convert", str(path), "--out", str(out), "--project", str(tmp_path)]) == 1
    told = capsys.readouterr()
    lines = out.read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=Document).id for line in lines] == ["nato-eu", "unknown"]
    assert told.out == ""
    assert "error article-unknown" in told.err
    assert told.err.endswith(f"wrote 2 documents to {out}\n")


def test_the_command_writes_to_standard_output(
    project: Project, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.run(["convert", str(write_layer(project, task())), "--project", str(tmp_path)]) == 0
    assert msgspec.json.decode(capfdbinary.readouterr().out, type=Document) == document()


def test_what_was_there_stays_when_converting_fails(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "gold.jsonl"
    out.write_text("before")
    missing = str(tmp_path / "none.json")
    assert cli.run(["convert", missing, "--out", str(out), "--project", str(tmp_path)]) == 2
    assert out.read_text() == "before"
    assert not list(tmp_path.glob(".gold*"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b'[{"data": {', "file-truncated"),
        (b'[{"id": 1, "text": "a", "annotator": 1, "annotation_id": 2, "lead_time": 3}]', "schema-missing"),
        (b"{}", "file-unknown"),
        (b"[7]", "file-unknown"),
        (msgspec.json.encode(document()), "export-other"),
        (b'[{"data": {"text": "a"}, "annotations": 3}]', "schema-type"),
    ],
)
def test_what_was_there_stays_when_the_input_gives_no_document(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: str
) -> None:
    path, out = tmp_path / "export.json", tmp_path / "gold.jsonl"
    path.write_bytes(content)
    out.write_text("before")
    arguments = ["convert", str(path), "--project", str(tmp_path), "--out"]
    assert cli.run([*arguments, str(out)]) == 1
    told = capsys.readouterr().err
    assert f"error {code} {path}" in told
    assert told.endswith(f"wrote nothing: {path} gives no document; {out} stays as it was\n")
    assert out.read_text() == "before"
    assert cli.run([*arguments, str(tmp_path / "new.jsonl")]) == 1
    assert capsys.readouterr().err.endswith("new.jsonl was not made\n")
    assert not (tmp_path / "new.jsonl").exists()


def test_an_export_that_nobody_annotated_gives_an_empty_file(project: Project, tmp_path: Path) -> None:
    path, out = write_layer(project, {**task(), "annotations": []}), tmp_path / "gold.jsonl"
    out.write_text("before")
    assert cli.run(["convert", str(path), "--out", str(out), "--project", str(tmp_path)]) == 0
    assert out.read_text() == ""


@pytest.mark.parametrize("name", ["gold.json", "link.json", "hard.json"])
def test_the_export_itself_is_never_the_output(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = write_layer(project, task())
    path.with_name("link.json").symlink_to(path)
    path.with_name("hard.json").hardlink_to(path)
    before, out = path.read_bytes(), path.with_name(name)
    assert cli.run(["convert", str(path), "--out", str(out), "--project", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (f"vinese: {out} is what is to be read.\n  Name another file to write.\n")
    assert path.read_bytes() == before


@pytest.mark.parametrize("everything", [False, True])
def test_the_command_prints_every_issue_if_it_is_asked_to(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], everything: bool
) -> None:
    tasks = [{**task(), "data": {**task()["data"], "article_id": f"unknown-{number}"}} for number in range(12)]
    path = write_layer(project, *tasks)
    more = ["--all"] if everything else []
    assert cli.run(["convert", str(path), "--out", str(tmp_path / "out"), "--project", str(tmp_path), *more]) == 1
    told = capsys.readouterr().err
    assert told.count("error article-unknown") == (12 if everything else 3)
    assert ("... and 9 more of article-unknown (--all or --json prints them)" in told) != everything


def test_the_report_is_json_beside_a_file_on_standard_output_and_else_on_standard_error(
    project: Project, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = write_layer(project, {**task(), "drafts": [{}]})
    out = tmp_path / "gold.jsonl"
    arguments = ["convert", str(path), "--json", "--project", str(tmp_path)]
    assert cli.run([*arguments, "--out", str(out)]) == 0
    beside = capfdbinary.readouterr()
    assert beside.err == b""
    told = msgspec.json.decode(beside.out)
    assert [one["code"] for one in told["issues"]] == ["draft"]
    expected = {"file": str(path), "kind": "export", "items": 1, "documents": 1, "warning": 1, "out": str(out)}
    assert told["result"] == {**expected, "error": 0, "info": 0, "problem": None}
    assert (told["vinese"], told["verb"], told["ok"]) == (vinese.__version__, "convert", True)
    assert cli.run(arguments) == 0
    apart = capfdbinary.readouterr()
    assert apart.out == out.read_bytes()
    assert msgspec.json.decode(apart.err) == {**told, "result": {**told["result"], "out": "-"}}


def test_json_says_that_nothing_was_written_and_why(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.json").touch()
    arguments = ["--json", "--out", str(tmp_path / "out"), "--project", str(tmp_path)]
    assert cli.run(["convert", str(tmp_path / "empty.json"), *arguments]) == 1
    told = msgspec.json.decode(capsys.readouterr().out)
    assert ([one["code"] for one in told["issues"]], told["result"]["out"]) == (["file-empty"], None)
    assert cli.run(["convert", str(tmp_path / "none.json"), *arguments]) == 2
    told = msgspec.json.decode(capsys.readouterr().out)
    assert told["result"]["problem"] == f"Cannot read {tmp_path}/none.json: there is no such file or folder."


@pytest.mark.parametrize("name", ["My Export (1)", "A", "a_b", "-a", "a" * 65, "số-1", "gold\n"])
def test_a_name_that_no_layer_can_have_is_proposed_of_a_file_and_refused_as_an_option(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    if len(name) < 60:
        path = write_layer(project, task(), name=name)
        for verb in ("convert", "validate"):
            assert cli.run([verb, str(path), "--project", str(tmp_path)]) == 0
            printed = capsys.readouterr()
            assert "info layer-renamed" in printed.err + printed.out
            assert cli.run([verb, str(path), "--project", str(tmp_path), "--layer", "gold"]) == 0
            assert "layer-renamed" not in capsys.readouterr().err
    path = write_layer(project, task())
    with pytest.raises(UsageError, match="A layer cannot be called"):
        next(read_export(path, project, layer=name))


def test_the_allowed_form_of_a_name_is_that_of_the_schema(project: Project) -> None:
    assert is_name("a" * 64)
    assert not is_name("a" * 65)
    value = {**example("document/valid-full")}
    for name in ("a" * 64, "a" * 65, "round-2", "Round", "gold\n"):
        value["provenance"] = {**value["provenance"], "layer": name}
        assert validator("document").is_valid(value) == is_name(name)
