"""Projects made of somebody else's annotation: all that came in is kept or told, and the road goes on from there."""

import json
import random
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

import vinese
from vinese.cli import run
from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.core.project import Project
from vinese.formats.init import InitReport
from vinese.formats.ledger import Counts
from vinese.formats.validate import validate_file

SHARED = Path(__file__).resolve().parents[2] / "shared"
TEXT = "Bà  Mai ở Huế 😀.\r\n\r\nÔng Nam thăm\tĐà Nẵng, quê của An. "


def span(name: str, words: str, *labels: str, control: str = "ner", **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": list(labels)}
    return {"id": name, "type": "labels", "from_name": control, "to_name": "t", "value": value} | more


def relation(source: str, target: str, *labels: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": list(labels)}


def task(*result: Any, annotator: Any = 3, text: str = TEXT, **more: Any) -> dict[str, Any]:
    annotation = {"id": 1, "completed_by": annotator, "result": list(result), "updated_at": "2026-01-02T03:04:05Z"}
    return {"id": 1, "data": {"body": text, "source": "x"}, "annotations": [annotation], **more}


SOUND = (
    span("1", "Mai", "Người"),
    span("2", "Huế ", "Địa điểm"),
    span("3", "Đà Nẵng", "Địa điểm", "人物"),
    relation("1", "2", "sống ở"),
    relation("1", "3"),
    {"id": "1", "type": "choices", "from_name": "giọng", "to_name": "t", "value": {"choices": ["vui"]}},
)


def write(path: Path, value: Any) -> Path:
    path.write_bytes(msgspec.json.encode(value))
    return path


def made(tmp_path: Path, *tasks: Any, **more: Any) -> InitReport:
    return vinese.init(tmp_path / "project", write(tmp_path / "Their export (1).json", list(tasks)), **more)


def assert_balanced(report: InitReport) -> None:
    """Check that what came in is what was kept and what an issue tells, by count."""
    for name in ("regions", "relations", "choices"):
        held, kept, told = (getattr(part, name) for part in (report.held, report.kept, report.told))
        assert held == kept + told, name
    assert report.issues or not report.told.total()


def test_an_export_becomes_a_project_that_builds_with_no_edit(tmp_path: Path) -> None:
    report = made(tmp_path, task(*SOUND))
    assert_balanced(report)
    assert report.kept == Counts(regions=3, relations=2)
    assert report.told == Counts(choices=1)
    assert report.mapping.labels == {"ner": {"Người": "Nguoi", "Địa điểm": "Dia_diem", "人物": "LABEL_1"}}
    assert report.mapping.text == "body"
    project = Project(tmp_path / "project")
    export = project.exports / "their-export-1.json"
    assert [one for one in validate_file(export, project) if one.level == "error"] == []
    built = vinese.build(project, tmp_path / "out")
    assert [config.name for config in built.configs] == ["articles", "entities", "relations", "annotators"]
    assert list(vinese.load("relations", project=project, split="test")["relation"]) or built.out


def test_the_card_claims_nothing_that_the_project_has_not(tmp_path: Path) -> None:
    text = "The mayor of Oslo met Anna Berg. It was the first time that the two spoke of the harbour."
    value = {"start": 13, "end": 17, "text": "Oslo", "labels": ["PLACE"]}
    region = {"id": "a", "type": "labels", "from_name": "ner", "to_name": "t", "value": value}
    made(tmp_path, task(region, text=text))
    built = tmp_path / "out"
    vinese.build(Project(tmp_path / "project"), built)
    card = (built / "README.md").read_text(encoding="utf-8")
    head = yaml.safe_load(card.split("---\n")[1])
    assert (head["language"], head["task_ids"], head["tags"]) == (
        ["en"],
        ["named-entity-recognition"],
        ["nested-entities"],
    )
    assert "1 article, annotated with\nnested entities. Offsets" in card
    assert json.loads((built / "croissant.json").read_text(encoding="utf-8"))["inLanguage"] == "en"
    ours = (
        r"Vietnamese|vi-VN|NATO|PhoBERT|underthesea|[Ss]craped|\bnews\b|News pages|public life|chosen for|syllables"
    )
    ours += "|attributed stance|events with|stance expression|0 stances|No F1"
    for path in [*built.glob("*.md"), *built.rglob("docs/*.md"), built / "croissant.json", *built.rglob("*.svg")]:
        assert not re.findall(ours, path.read_text(encoding="utf-8")), path.name


def test_unclean_text_is_cleaned_and_spans_move_with_it(tmp_path: Path) -> None:
    made(tmp_path, task(*SOUND))
    project = Project(tmp_path / "project")
    documents = [
        one for one in vinese.convert(next(project.exports.glob("*.json")), project) if not isinstance(one, Issue)
    ]
    assert documents[0].text == "Bà Mai ở Huế 😀.\nÔng Nam thăm Đà Nẵng, quê của An."
    assert [one.text for one in documents[0].entities] == ["Mai", "Huế", "Đà Nẵng", "Đà Nẵng"]
    assert {one.type for one in documents[0].relations or ()} == {"song_o", "related"}


def test_utf_16_offsets_are_converted_and_told(tmp_path: Path) -> None:
    far = span("9", "An", "Người")
    far["value"] |= {"start": far["value"]["start"] + 1, "end": far["value"]["end"] + 1}
    near = span("8", "Đà Nẵng", "Địa điểm")
    near["value"] |= {"start": near["value"]["start"] + 1, "end": near["value"]["end"] + 1}
    report = made(tmp_path, task(span("1", "Mai", "Người"), near, far))
    assert report.kept.regions == 3
    assert "UTF-16" in next(one.message for one in report.issues if one.code == "offsets-converted")


def test_layers_are_those_of_annotators_where_a_task_has_several(tmp_path: Path) -> None:
    two = task(*SOUND)
    two["annotations"] += task(span("1", "Mai", "Người"), annotator="someone@example.com")["annotations"]
    report = made(tmp_path, two)
    assert_balanced(report)
    assert report.layers == {"annotator-1": 1, "annotator-2": 1}
    project = Project(tmp_path / "project")
    assert b"example.com" not in b"".join(path.read_bytes() for path in project.own().rglob("*.json"))
    assert vinese.build(project, tmp_path / "out").out
    agreed = vinese.agree({name: project.export(name) for name in report.layers}, project, resamples=0)
    assert {score.measure for score in agreed.pairs[0].scores} == {"entities"}
    assert agreed.pairs[0].judgements == ()
    assert "Relations are not compared; the layers have 2 of them." in agreed.notes
    assert run(["agree", "--project", str(project.root), "--resamples", "0"]) == 0
    documents = tmp_path / "second.jsonl"
    documents.write_bytes(
        b"".join(msgspec.json.encode(one) + b"\n" for one in vinese.convert(project.export("annotator-2"), project))
    )
    assert vinese.score(None, documents, ["entities.f1"], project=project)["entities.f1"].value == 40.0


def test_texts_in_other_languages_get_no_words_and_none_are_missed(tmp_path: Path) -> None:
    text = "Anna Berg lebt mit der Familie in Köln und das ist bekannt."
    value = {"start": 0, "end": 9, "text": "Anna Berg", "labels": ["PER"]}
    region = {"id": "a", "type": "labels", "from_name": "ner", "to_name": "t", "value": value}
    made(tmp_path, task(region, text=text))
    project = Project(str(tmp_path / "project"))  # type: ignore[arg-type]  # as people write it
    report = vinese.update("words", project=project)
    assert [one.code for one in report.issues] == ["words-language"]
    assert not list(project.own("annotations").glob("words/*"))
    assert "config-left-out" not in {one.code for one in vinese.build(project, tmp_path / "out").issues}
    asked = next(vinese.prompts("entities", project=project))["body"]["messages"][0]["content"]
    assert asked.startswith("You annotate texts. ")
    vinese.update("label-config", project=project)
    assert "Nhãn" not in project.own("annotations", "label_config.xml").read_text(encoding="utf-8")


def test_mentions_in_a_script_without_spaces_have_tags_of_their_own(tmp_path: Path) -> None:
    text = "王小明在北京大学工作。"
    places = {"人": (0, 3), "校": (4, 8)}
    spans = [
        {"start": start, "end": end, "text": text[start:end], "labels": [at]} for at, (start, end) in places.items()
    ]
    regions = [
        {"id": str(n), "type": "labels", "from_name": "n", "to_name": "t", "value": v} for n, v in enumerate(spans)
    ]
    made(tmp_path, task(*regions, text=text))
    rows = vinese.load("entities", project=Project(tmp_path / "project"), split="test")
    tags = rows.features["ner_tags"].feature.int2str(rows[0]["ner_tags"])
    assert tags == ["B-LABEL_1", "I-LABEL_1", "I-LABEL_1", "O", "B-LABEL_2", *["I-LABEL_2"] * 3, "O", "O", "O"]


def words_of(project: Project, layer: str) -> list[str]:
    """Return the words of all entities of a layer."""
    documents = vinese.convert(project.export(layer), project)
    return [entity.text for one in documents if not isinstance(one, Issue) for entity in one.entities]


def test_annotators_with_tasks_of_their_own_have_layers_of_their_own(tmp_path: Path) -> None:
    first, second = task(span("1", "Mai", "Người")), task(span("1", "An", "Người"), annotator=4)
    report = made(tmp_path, first, second)
    assert report.kept.regions == 2
    assert report.layers == {"annotator-1": 1, "annotator-2": 1}


def test_an_annotator_keeps_the_layer_whatever_order_the_next_export_has(tmp_path: Path) -> None:
    mine, other = task(span("1", "Mai", "Người")), task(span("1", "An", "Người"), annotator="someone@example.com")
    made(tmp_path, {**mine, "annotations": mine["annotations"] + other["annotations"]})
    made(tmp_path, {**mine, "annotations": other["annotations"] + mine["annotations"]})
    project = Project(tmp_path / "project")
    assert [words_of(project, layer) for layer in ("annotator-1", "annotator-2")] == [["Mai"], ["An"]]


def test_a_second_annotators_file_becomes_a_layer_of_its_own(tmp_path: Path) -> None:
    made(tmp_path, task(span("1", "Mai", "Người")), layer="anna")
    made(tmp_path, task(span("1", "An", "Người")), layer="bernd")
    project = Project(tmp_path / "project")
    assert [words_of(project, layer) for layer in ("anna", "bernd")] == [["Mai"], ["An"]]


@pytest.mark.parametrize(("text", "wanted"), [("title", ["Huế"]), ("body", ["Mai", "An"]), (None, ["Mai", "An"])])
@pytest.mark.parametrize("as_json_min", [False, True])
def test_of_two_texts_only_the_spans_of_one_are_taken(
    text: str | None, wanted: list[str], as_json_min: bool, tmp_path: Path
) -> None:
    title = {"start": 6, "end": 9, "text": "Huế", "labels": ["Địa điểm"]}
    above = {"id": "9", "type": "labels", "from_name": "above", "to_name": "head", "value": title}
    both = task(above, span("1", "Mai", "Người"), span("2", "An", "Người"))
    both["data"]["title"] = "Mai ở Huế"
    if as_json_min:
        spans = {"above": [title], "ner": [region["value"] for region in both["annotations"][0]["result"][1:]]}
        both = {**both["data"], **spans, "annotation_id": 1, "annotator": 1, "lead_time": 1.0}
    report = made(tmp_path, both, text=text)
    assert_balanced(report)
    assert words_of(Project(tmp_path / "project"), report.mapping.layer) == wanted


def test_of_two_texts_spans_without_words_are_told_apart_by_what_they_are_on(tmp_path: Path) -> None:
    on = {"title": [(6, 9)], "body": [(4, 7), (10, 13)]}
    spans = [(key, {"start": place[0], "end": place[1], "labels": ["X"]}) for key in on for place in on[key]]
    about = {"type": "labels", "from_name": "ner"}
    regions = [{"id": str(n), "to_name": key, "value": value} | about for n, (key, value) in enumerate(spans)]
    one = {"data": {"title": "Mai ở Huế", "body": TEXT}, "annotations": [{"completed_by": 1, "result": regions}]}
    for text, wanted in ((None, ["Mai", "Huế"]), ("title", ["Huế"])):
        folder, source = tmp_path / str(text), write(tmp_path / "export.json", [one])
        vinese.init(folder, source, text=text)
        assert words_of(Project(folder), "export") == wanted


def test_a_relation_both_ways_becomes_one_each_way(tmp_path: Path) -> None:
    both = relation("1", "2", "cạnh") | {"direction": "bi"}
    report = made(tmp_path, task(span("1", "Mai", "Người"), span("2", "Huế", "Địa điểm"), both))
    assert report.kept == Counts(regions=2, relations=1)
    project = Project(tmp_path / "project")
    [document] = [
        one for one in vinese.convert(project.export("their-export-1"), project) if not isinstance(one, Issue)
    ]
    assert [(one.source, one.target) for one in document.relations or ()] == [("r0", "r1"), ("r1", "r0")]


def test_relations_are_shown_where_an_article_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path, task(span("1", "Mai", "Người"), span("2", "Huế", "Địa điểm"), relation("1", "2", "ở")))
    project = Project(tmp_path / "project")
    capsys.readouterr()
    assert run(["show", "text-", "--project", str(project.root)]) == 0
    shown = capsys.readouterr().out
    assert "1 relations" in " ".join(shown.split())
    assert "→ Mai o Huế" in shown
    vinese.browse(["their-export-1"], tmp_path / "site", project)
    page = (tmp_path / "site" / "articles" / "0000.js").read_text(encoding="utf-8")
    assert r"Mai \u003cb data-l=\"o\">o\u003c/b> Huế" in page


def test_a_second_export_brings_what_is_new_and_keeps_what_was_edited(tmp_path: Path) -> None:
    made(tmp_path, task(*SOUND))
    path = tmp_path / "project" / "schema" / "mapping.json"
    mapping = json.loads(path.read_text(encoding="utf-8"))
    mapping["labels"]["ner"]["人物"] = None
    path.write_text(json.dumps(mapping), encoding="utf-8")
    other = task(span("1", "Mai", "Vật"), text=TEXT.replace("\t", " "))
    report = made(tmp_path, task(*SOUND), other)
    assert report.added == ("label Vật",)
    assert (report.articles, report.new_articles) == (2, 1)
    assert report.mapping.labels["ner"]["人物"] is None
    assert report.layers == {"their-export-1": 2}


def test_a_label_config_gives_colours_keys_and_unused_labels(tmp_path: Path) -> None:
    config = tmp_path / "config.xml"
    config.write_text(
        '<View><Labels name="ner" toName="t"><Label value="Người" background="#FFA39E" hotkey="g"/>'
        '<Label value="Vật"/></Labels><Text name="t" value="$body"/></View>',
        encoding="utf-8",
    )
    made(tmp_path, task(*SOUND), config=config)
    ontology = vinese.load_ontology(Project(tmp_path / "project"))
    assert [(one.id, one.name.vi) for one in ontology.entities][:2] == [("Nguoi", "Người"), ("Vat", "Vật")]
    assert (ontology.entities[0].color, ontology.entities[0].hotkey) == ("#ffa39e", "g")


def test_more_labels_than_keys_leave_some_without(tmp_path: Path) -> None:
    regions = [span(str(number), "Mai", f"L{number}") for number in range(90)]
    report = made(tmp_path, task(*regions))
    ontology = vinese.load_ontology(Project(tmp_path / "project"))
    keys = [one.hotkey for one in ontology.entities]
    assert None in keys
    assert len([key for key in keys if key]) == len({key for key in keys if key})
    assert report.kept.regions == 90


@pytest.mark.parametrize(
    "value",
    [
        [],
        [{"data": {"image": "x.png"}, "annotations": []}],
        [{"a": 1}],
        [7],
        [{"id": 1, "text": "An", "label": ["x"]}],
    ],
)
def test_what_has_no_span_is_told_and_no_exception(tmp_path: Path, value: Any) -> None:
    report = vinese.init(tmp_path / "project", write(tmp_path / "a.json", value))
    assert_balanced(report)
    codes = {"init-empty", "item-unreadable", "file-unknown"}
    assert [one.level for one in report.issues if one.code in codes] == ["error"]


def test_a_note_on_a_region_is_kept_and_told(tmp_path: Path) -> None:
    note = {"id": "1", "type": "textarea", "from_name": "n", "to_name": "t", "value": {"text": ["the mayor"]}}
    report = made(tmp_path, task(span("1", "Mai", "Người"), note))
    project = Project(tmp_path / "project")
    [document] = vinese.convert(project.export("their-export-1"), project)
    assert not isinstance(document, Issue)
    assert document.provenance.notes == ("the mayor",)
    assert "1 notes on regions" in next(one.message for one in report.issues if one.code == "init-left-out")


def test_a_table_is_told_to_be_none_of_the_files_that_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "export.csv"
    table.write_text("text,label\nAn in Huế,x\n", encoding="utf-8")
    assert run(["init", str(tmp_path / "project"), "--from", str(table)]) == 1
    said = capsys.readouterr().err
    assert said.count("error ") == 1
    assert "export it as JSON" in said


@pytest.mark.extra("datasketch")
def test_what_to_do_next_is_said_and_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = write(tmp_path / "export.json", [task(*SOUND)])
    assert run(["init", str(tmp_path / "project"), "--from", str(export)]) == 0
    place, commands = capsys.readouterr().out.split("Go on:\n")[1].splitlines()
    monkeypatch.chdir(place.split()[1])
    for command in commands.split(" && "):
        assert run(command.split()[1:]) == 0


def test_a_project_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "project" / "schema").mkdir(parents=True)
    (tmp_path / "project" / "schema" / "ontology.json").write_text("{}")
    with pytest.raises(UsageError):
        made(tmp_path, task(*SOUND))


def mutants(base: Any, count: int) -> Any:
    """Yield changed copies of a task: a value of any depth removed, doubled, or replaced by something else."""
    chance = random.Random(7)
    values = [None, True, -1, 0, 3, 10**9, 2.5, "", "x", "5", [], {}, [[]], "😀", "a\nb"]
    for _ in range(count):
        copy = json.loads(json.dumps(base))
        for _ in range(chance.choice((1, 1, 2, 3))):
            holder: Any = copy
            while True:
                keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
                if not keys:
                    break
                key = chance.choice(keys)
                if isinstance(holder[key], dict | list) and holder[key] and chance.random() < 0.85:
                    holder = holder[key]
                    continue
                change = chance.randrange(3)
                if change == 0:
                    del holder[key]
                elif change == 1 and isinstance(holder, list):
                    holder.append(json.loads(json.dumps(holder[key])))
                else:
                    holder[key] = chance.choice(values)
                break
        yield copy


def test_mutants_of_a_sound_task_are_kept_or_told(tmp_path: Path) -> None:
    path = tmp_path / "mutants.json"
    for number, mutant in enumerate(mutants(task(*SOUND), 150)):
        report = vinese.init(tmp_path / str(number), write(path, [mutant]))
        assert_balanced(report)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
@pytest.mark.parametrize(
    "path", sorted((SHARED / "external" / "label_studio").glob("*.json")), ids=lambda path: path.stem
)
def test_exports_of_others_are_kept_or_told(path: Path, tmp_path: Path) -> None:
    assert_balanced(vinese.init(tmp_path / "project", path))
