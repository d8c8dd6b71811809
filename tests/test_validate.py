"""Validating never raises on bad data, and tells every kind of file by its content."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from support.one_article import example, make_project, place, result, task, write_layer
from test_schemas import mutate
from vinese import cli
from vinese.cli import validate as verb
from vinese.core.issues import Tally, issue
from vinese.core.places import article_path, raw_path
from vinese.core.project import Project, packaged
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio import passage
from vinese.formats.validate import validate_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.core.issues import Issue

# One task of ours, made by the converter of Label Studio from `json.json` in each of its forms for text.
EXPORTS = Path(__file__).parent / "golden" / "exports"
FOREIGN = Path(__file__).resolve().parents[2] / "shared" / "external" / "label_studio"
foreign = pytest.mark.skipif(not FOREIGN.exists(), reason="the real exports of other projects are not here")

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
KEYS = (
    "data annotations result value id type from_name to_name labels choices start end text from_id to_id direction "
    "completed_by title article_id text_sha256 origin meta drafts was_cancelled updated_at"
)
NEAR = st.recursive(
    JSON | st.sampled_from(("entity", "labels", "relation", "choices", "PER", "nato-eu", "e1", "modality", "text")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split(" ")), inner, max_size=6),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("project"))


def issues_of(project: Project, *tasks: Any) -> list[Issue]:
    path = write_layer(project, *tasks)
    return list(validate_file(path, project))


@settings(max_examples=150)
@given(tasks=st.lists(JSON | NEAR, min_size=1, max_size=3))
def test_any_json_gives_issues_and_no_exception(project: Project, tasks: list[Any]) -> None:
    assert issues_of(project, *tasks)


@settings(max_examples=150)
@given(regions=st.lists(NEAR, max_size=3), data=NEAR)
def test_any_regions_and_data_give_no_exception(project: Project, regions: list[Any], data: Any) -> None:
    spoiled = task()
    result(spoiled).extend(regions)
    issues_of(project, spoiled, {**task(), "data": data})


def test_thousands_of_mutants_give_no_exception(project: Project) -> None:
    chance = random.Random(20261122)
    base, wrong = task(), 0
    for _ in range(150):
        mutants = []
        for _ in range(20):
            mutant = mutate(base, chance)
            for _ in range(chance.choice((0, 0, 1, 3))):
                mutant = mutate(mutant, chance) if mutant else mutant
            mutants.append(mutant)
        wrong += bool(issues_of(project, *mutants))
    assert wrong == 150


@pytest.mark.parametrize("kind", ["document", "prediction", "article"])
def test_mutants_of_our_own_records_give_no_exception(project: Project, kind: str, tmp_path: Path) -> None:
    chance = random.Random(20261122)
    base = example(f"{kind}/valid-full")
    path = tmp_path / "records.json"
    for _ in range(30):
        path.write_bytes(msgspec.json.encode([base, *(mutate(base, chance) for _ in range(20))]))
        assert list(validate_file(path, project))


def test_whole_numbers_may_be_written_with_a_point(project: Project) -> None:
    spoiled = task()
    for region in result(spoiled):
        if "start" in region.get("value", {}):
            region["value"]["start"] = float(region["value"]["start"])
    assert issues_of(project, spoiled) == []


@pytest.mark.parametrize("kind", ["article", "document", "prediction", "export-task"])
@pytest.mark.parametrize("form", ["object", "list", "lines"])
def test_the_kind_of_a_file_is_told_by_its_content(project: Project, kind: str, form: str, tmp_path: Path) -> None:
    value = task() if kind == "export-task" else example(f"{kind}/valid-full")
    one = msgspec.json.encode(value)
    content = {"object": one, "list": b"[" + one + b"]", "lines": one + b"\n" + one.replace(b"nato-eu", b"nato-us")}
    path = tmp_path / "gold.json"
    path.write_bytes(content[form])
    tally = Tally(str(path))
    found = list(validate_file(path, project, tally=tally))
    assert tally.kind == ("export" if kind == "export-task" else kind)
    assert tally.items == (2 if form == "lines" else 1)
    known = {"article-unknown"} if form == "lines" else set()
    assert {issue.code for issue in found if issue.level == "error" and kind != "article"} == (
        known if kind in {"prediction", "export-task"} else set()
    )


def test_a_prediction_is_checked_against_its_article(project: Project, tmp_path: Path) -> None:
    value = example("prediction/valid-spans-without-text")
    value["entities"][0]["end"] = 9999
    value["entities"][1]["text"] = "Nga"
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(msgspec.json.encode(value))
    found = [(issue.code, issue.pointer) for issue in validate_file(path, project) if issue.level == "error"]
    assert found == [("span-outside", "/entities/0/end"), ("span-text-differs", "/entities/1/text")]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Return the file of one of the five articles, in a project of its own with its raw page beside it."""
    source, own = Project(), Project(tmp_path / "stored")
    name = "001-4183aa2e76aa53c5"
    (own.articles / "raw").mkdir(parents=True)
    shutil.copy(article_path(source.articles, name), own.articles)
    shutil.copy(raw_path(source.articles, name), own.articles / "raw")
    return article_path(own.articles, name)


def shift(path: Path) -> None:
    """Let every zone of an article trace to what stands one code point later in the raw page."""
    value = msgspec.json.decode(path.read_bytes())
    for zone in value["zones"]:
        zone["raw_start"] += 1
    path.write_bytes(msgspec.json.encode(value))


def test_an_article_is_traced_to_the_raw_page_beside_it_as_a_build_does(stored: Path) -> None:
    project = Project(stored.parents[2])
    assert list(validate_file(stored, project)) == []
    shift(stored)
    built = list(Articles(stored.parent).read())
    found = list(validate_file(stored, project))
    assert {one.code for one in found} >= {"article-zone-trace"}
    assert found == built


def test_an_article_of_another_folder_is_traced_to_the_page_beside_it_too(stored: Path, tmp_path: Path) -> None:
    shift(stored)
    found = list(validate_file(stored, make_project(tmp_path / "other")))
    assert "article-zone-trace" in {one.code for one in found}
    raw_path(stored.parent, stored.stem).unlink()
    assert list(validate_file(stored, make_project(tmp_path / "another"))) == []


def test_a_misnamed_article_is_told_where_a_build_would_refuse_it(stored: Path, tmp_path: Path) -> None:
    renamed = stored.rename(stored.with_name("renamed.json"))
    assert [one.code for one in validate_file(renamed, Project(stored.parents[2]))] == ["article-misnamed"]
    assert list(validate_file(renamed, make_project(tmp_path / "other"))) == []


def test_a_raw_page_that_is_no_text_is_named(stored: Path) -> None:
    page = raw_path(stored.parent, stored.stem)
    page.write_bytes(b"\xff")
    found = list(validate_file(stored, Project(stored.parents[2])))
    assert [(one.code, one.file) for one in found] == [("article-unreadable", str(page))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'[{"name": "x"}]', "file-unknown"),
        (b"[7]", "file-unknown"),
    ],
)
def test_a_file_of_another_form_has_one_issue(project: Project, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    assert [issue.code for issue in validate_file(path, project)] == [code]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"completions": [], "data": {"text": "a"}}', "export-legacy"),
        (b'[{"id": 1, "text": "a", "annotator": 1, "annotation_id": 2, "lead_time": 3}]', "export-json-min"),
    ],
)
def test_a_form_that_lacks_something_is_told(project: Project, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    assert [one.file for one in validate_file(path, project) if one.code == code] == [str(path)]


def test_our_own_tasks_as_json_min_are_told(project: Project) -> None:
    path = EXPORTS / "json-min.json"
    assert ("export-json-min", "/0") in [(one.code, one.pointer) for one in validate_file(path, project)]
    assert [one.code for one in validate_file(EXPORTS / "json.json", project, layer="gold")] == []


@pytest.mark.extra("label_studio_sdk")
def test_the_golden_exports_are_what_label_studio_makes(tmp_path: Path) -> None:
    from label_studio_sdk.converter import Converter

    made = Converter(config=str(packaged("annotations", "label_config.xml")), project_dir=str(tmp_path))
    source = str(EXPORTS / "json.json")
    made.convert_to_json_min(source, str(tmp_path / "json-min"), is_dir=False)
    made.convert_to_conll2003(source, str(tmp_path / "conll"), is_dir=False)
    made.convert_to_csv(source, str(tmp_path / "csv"), is_dir=False, sep=",", header=True)
    made.convert_to_csv(source, str(tmp_path / "tsv"), is_dir=False, sep="\t", header=True)
    for name, golden in (("json-min/result.json", "json-min.json"), ("conll/result.conll", "result.conll")):
        assert (tmp_path / name).read_text(encoding="utf-8") == (EXPORTS / golden).read_text(encoding="utf-8")
    for name, golden in (("csv", "result.csv"), ("tsv", "result.tsv")):
        assert (tmp_path / name / "result.csv").read_bytes() == (EXPORTS / golden).read_bytes()


@foreign
@pytest.mark.parametrize("path", sorted(FOREIGN.glob("*.json")), ids=lambda path: path.stem)
def test_real_exports_of_others_give_issues_and_no_exception(path: Path, project: Project) -> None:
    tally = Tally(str(path))
    found = list(validate_file(path, project, layer="foreign", tally=tally))
    assert tally.error > 0
    assert all("{" not in issue.todo for issue in found)
    form = "json-min" if path.stem == "biographynet__testing_ls" else "legacy" if "legacy" in path.stem else ""
    assert not form or f"export-{form}" in {issue.code for issue in found}


@foreign
def test_the_edge_spaces_of_a_real_export_are_found(project: Project) -> None:
    found = list(validate_file(FOREIGN / "LEOKA_ML__team_1.json", project, layer="team-1"))
    assert sum(issue.code == "span-text-differs" for issue in found) == 37  # the 38th goes as its text is cleaned
    assert sum(issue.code == "personal-data" for issue in found) >= 389


@foreign
def test_the_skipped_work_of_a_real_export_is_found(project: Project) -> None:
    found = list(validate_file(FOREIGN / "LEOKA_ML__team_2.json", project, layer="team-2"))
    assert sum(issue.code == "cancelled" for issue in found) == 2


def spoiled(count: int) -> Iterator[Any]:
    """Give tasks with one fault each."""
    for number in range(count):
        one = task()
        one["data"]["article_id"] = f"unknown-{number}"
        yield one


def run(project: Project, *arguments: str) -> tuple[int, str]:
    made = CliRunner().invoke(verb.command, [*arguments, "--project", str(project.root)], standalone_mode=False)
    return made.return_value, made.output


def test_the_command_ends_with_0_where_nothing_is_wrong(project: Project) -> None:
    path = write_layer(project, task())
    assert run(project, str(path)) == (0, f"{path}: 1 task, 1 document, 0 errors, 0 warnings\n")


def test_the_command_says_what_is_wrong_and_what_to_do_once(project: Project) -> None:
    code, output = run(project, str(write_layer(project, *spoiled(12))))
    assert code == 1
    assert output.count("error article-unknown") == 3
    assert output.count("-> Run `vinese ingest`") == 1
    assert "... and 9 more of article-unknown (--all or --json prints them)" in output
    assert output.endswith("12 tasks, 12 documents, 12 errors, 0 warnings\n")
    assert run(project, "--all", str(write_layer(project, *spoiled(12))))[1].count("error article-unknown") == 12


def test_the_command_prints_json_that_holds_every_issue(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write_layer(project, *spoiled(12)))
    assert cli.run(["validate", "--json", path, path, "--project", str(project.root)]) == 1
    told = msgspec.json.decode(capsys.readouterr().out)
    assert len(told["issues"]) == 24
    assert told["issues"][0]["pointer"] == "/0/data/article_id"
    assert told["issues"][0]["todo"]
    assert [one["error"] for one in told["result"]] == [12, 12]


def test_warnings_alone_end_with_0(project: Project) -> None:
    one = task()
    del result(one)[place(one, "outlet_stance")]
    del result(one)[place(one, "overall_leaning")]
    code, output = run(project, str(write_layer(project, one)))
    assert code == 0
    assert output.startswith("warning article-stance-missing")


def test_a_missing_file_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["validate", str(tmp_path / "none.json")]) == 2
    assert "Cannot read" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_does_not_hide_the_others(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_layer(project, task())
    assert cli.run(["validate", str(tmp_path / "none.json"), str(path), "--project", str(project.root)]) == 2
    told = capsys.readouterr()
    assert told.out == f"{path}: 1 task, 1 document, 0 errors, 0 warnings\n"
    assert (
        told.err == f"vinese: Cannot read {tmp_path}/none.json: there is no such file or folder.\n  Check the path.\n"
    )


def test_json_is_whole_and_holds_what_kept_a_file_from_being_read(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_layer(project, *spoiled(1))
    missing = str(tmp_path / "none.json")
    arguments = ["validate", "--json", missing, str(path), missing, "--project", str(project.root)]
    assert cli.run(arguments) == 2
    told = msgspec.json.decode(capsys.readouterr().out)
    assert [issue["code"] for issue in told["issues"]] == ["article-unknown"]
    said = f"Cannot read {missing}: there is no such file or folder."
    assert [(one["file"], one["problem"]) for one in told["result"]] == [
        (missing, said),
        (str(path), None),
        (missing, said),
    ]


def test_json_is_whole_where_we_fail_ourselves(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("vinese.formats.validate.validate_file", fail)
    assert cli.run(["validate", "--json", "any.json", "--project", str(project.root)]) == 2
    printed = msgspec.json.decode(capsys.readouterr().out)
    assert (printed["issues"], printed["result"], printed["ok"]) == ([], None, False)
    assert printed["error"]["message"] == "this should not have happened: RuntimeError: "


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [300, 900])
def test_what_is_nested_too_deeply_is_an_issue_of_its_item(project: Project, depth: int) -> None:
    spoiled = task()
    result(spoiled).append(nested(depth))
    found = issues_of(project, spoiled, task())
    assert [(one.code, one.pointer) for one in found] == [("item-unreadable", "/0")]
    assert found[0].message == "This item cannot be read: it is nested too deeply."


@pytest.mark.parametrize("kind", ["document", "prediction", "article"])
def test_a_record_that_is_nested_too_deeply_is_an_issue_too(project: Project, kind: str, tmp_path: Path) -> None:
    value = example(f"{kind}/valid-full")
    path = tmp_path / "records.json"
    path.write_bytes(msgspec.json.encode([value, {**value, "more": nested(900)}]))
    found = [(one.code, one.pointer) for one in validate_file(path, project)]
    assert ("item-unreadable", "/1") in found


def test_an_issue_of_a_region_or_relation_names_words_labels_sentence_and_the_link(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    spoiled = {**task(), "id": 7}
    found = result(spoiled)
    relation = next(one for one in found if one["type"] == "relation")
    del relation["labels"]
    ends = [next(one for one in found if one.get("id") == relation[key]) for key in ("from_id", "to_id")]
    path = write_layer(project, spoiled)
    address = "http://127.0.0.1:8080/projects/3/data"
    (told,) = [one for one in validate_file(path, project, address=address) if one.code == "relation-without-label"]
    text = spoiled["data"]["text"]
    first, second = (
        f"{text[one['value']['start'] : one['value']['end']]!r} ({one['value']['labels'][0]})" for one in ends
    )
    assert told.where.startswith(f"{first} > {second} – '")
    sentence = told.where.partition(" – ")[2].strip("'")
    assert sentence in text
    assert text[ends[0]["value"]["start"] : ends[0]["value"]["end"]] in sentence
    assert told.link == f"{address}?task=7"
    assert all(part in told.line() for part in (told.message, told.where, told.link, told.todo))
    assert [one.link for one in validate_file(path, project)] == [""]


@pytest.fixture
def mixed(tmp_path):
    """A folder of two exports, one broken file, and much that is none of ours."""
    folder = tmp_path / "mixed"
    (folder / "deeper" / ".git").mkdir(parents=True)
    (folder / ".hidden.json").write_text("[]")
    (folder / "README.md").write_text("# Nothing")
    (folder / "layers.json").write_text('{"layers": {}}')
    (folder / "made.json").write_text('{"data": "0123"}')
    (folder / "deeper" / "cut.json").write_text('[{"id": 1, ')
    (folder / "empty.json").touch()
    for name in ("gold.json", "deeper/second.json"):
        shutil.copy(Project().exports / "gold.json", folder / name)
    (folder / "link").symlink_to(folder / "deeper")
    (folder / "secret.json").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    return folder


def test_of_a_folder_all_is_checked_that_is_read_and_the_rest_is_counted(mixed, capsys):
    assert cli.run(["validate", "--json", str(mixed)]) == 1
    envelope = json.loads(capsys.readouterr().out)
    names = [tally["file"].removeprefix(f"{mixed}/") for tally in envelope["result"]]
    assert names == ["deeper/cut.json", "deeper/second.json", "empty.json", "gold.json"]
    assert [tally["documents"] for tally in envelope["result"]] == [0, 5, 0, 5]
    aside, *others = envelope["issues"]
    assert {found["code"] for found in others} == {"file-truncated", "file-empty"}
    assert (aside["code"], aside["level"]) == ("folder-left-aside", "info")
    assert aside["message"] == (
        "Left aside: 8, hidden (.hidden.json, deeper/.git/); of no format that is read (README.md); "
        "JSON of another kind (layers.json, made.json); a link to a folder (link/); a named pipe (pipe); "
        "a link that leads out of the folder (secret.json)."
    )
    tally = Tally(str(mixed))
    assert [found.code for found in validate_file(mixed, Project(), tally=tally)] == [
        found["code"] for found in envelope["issues"]
    ]
    assert (tally.items, tally.documents, tally.error) == (10, 10, 2)


@pytest.mark.parametrize("inside", [(), ("a.txt",), (".a.json",)])
def test_a_folder_without_anything_to_check_is_wrong_use(tmp_path, capsys, inside):
    for name in inside:
        (tmp_path / name).write_text("x")
    assert cli.run(["validate", str(tmp_path), str(Project().exports / "gold.json")]) == 2
    done = capsys.readouterr()
    assert f"{tmp_path} holds no file that vinese reads." in done.err
    assert all(name in done.err for name in inside)
    assert "5 documents, 0 errors" in done.out


def test_where_many_issues_are_takes_one_look_at_the_regions_and_their_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[str] = []
    short = passage._short
    monkeypatch.setattr(passage, "_short", lambda words, most: looked_at.append(words) or short(words, most))
    count = 200
    regions: list[Any] = [
        {
            "id": f"r{number}",
            "type": "labels",
            "value": {"start": 4 * number, "end": 4 * number + 3, "labels": ["PER"]},
        }
        for number in range(count)
    ]
    arrows = [{"type": "relation", "from_id": "r0", "to_id": f"r{number}"} for number in range(1, count)]
    odd = [{"id": ["r0"], "type": "labels", "value": regions[0]["value"]}, {"type": "relation", "to_id": None}]
    whole = {"data": {"text": " ".join(["Lan"] * count)}, "annotations": [{"result": [*regions, *arrows, *odd]}]}
    passages = passage.Passages(whole, "/0", None)
    entries = range(2 * count + 1)
    wheres = [
        passages.of(issue("relation-self", pointer=f"/0/annotations/0/result/{n}", label="holder")).where
        for n in entries
    ]
    sentence = repr(f"{whole['data']['text'][:120]} … {whole['data']['text'][-120:]}")
    assert wheres[1] == wheres[-2] == f"'Lan' (PER) – {sentence}"
    assert wheres[count] == f"'Lan' (PER) > 'Lan' (PER) – {sentence}"
    assert wheres[-1] == "? > ?"
    assert looked_at.count(whole["data"]["text"]) == 1


def test_an_id_that_very_many_regions_have_is_shown_with_a_few_labels() -> None:
    region = {"id": "r", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["PER"]}}
    whole = {"data": {"text": "Lan đi."}, "annotations": [{"result": [region] * 100}]}
    one = issue("duplicate-id", pointer="/0/annotations/0/result/99", id="r")
    assert passage.Passages(whole, "/0", None).of(one).where == f"'Lan' ({', '.join(['PER'] * 12)}) – 'Lan đi.'"
