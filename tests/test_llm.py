"""What language models are asked, and how their replies become predictions, without any package of the extra."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import msgspec
import pytest

import vinese
from vinese import cli
from vinese.core.errors import UsageError
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Sentence
from vinese.score.measures import HEADLINES
from vinese.score.options import options
from vinese.systems.corpus import Corpus, read_corpus
from vinese.systems.llm.batch import Replies, Reply
from vinese.systems.llm.predictions import predictions_of
from vinese.systems.llm.prompts import LANGUAGES, prompts, requests
from vinese.systems.llm.read_reply import Passage, Reading, read_reply
from vinese.systems.llm.reply_schema import TASKS, reply_schema
from vinese.systems.llm.shots import shots, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS = load_ontology()


@dataclass(frozen=True)
class Labels:
    """A label of each kind, whichever the ontology has."""

    type: str
    auxiliary: str
    event: str
    modality: str
    role: str
    polarity: str
    attribution: str
    topic: str


@pytest.fixture(scope="module")
def labels(gold: Corpus) -> Labels:
    lists = gold.ontology.enums()
    auxiliary = next(label.id for label in gold.ontology.entities if label.auxiliary)
    return Labels(
        gold.ontology.named_entity_ids[0],
        auxiliary,
        *(lists[name][0] for name in ("event_type", "modality", "role", "polarity", "attribution", "topic")),
    )


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of an object inside a schema."""
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from objects(value)
    if isinstance(schema, dict) and schema.get("type") == "object":
        yield schema


def without(ontology: vinese.Ontology, **parts: Any) -> vinese.Ontology:
    return msgspec.structs.replace(ontology, **parts)


@pytest.mark.parametrize("task", TASKS)
def test_schema_of_replies_is_strict_at_every_level(task: str, gold: Corpus) -> None:
    schema = reply_schema(task, gold.ontology)
    levels = list(objects(schema))
    assert len(levels) > 1
    for level in levels:
        assert level["additionalProperties"] is False
        assert level["required"] == list(level["properties"])
    jsonschema_rs.validator_for(schema)


def test_schema_has_only_what_the_ontology_has_labels_for(gold: Corpus) -> None:
    no_events = without(gold.ontology, events=())
    assert "events" not in reply_schema("opinions", no_events)["properties"]
    with pytest.raises(UsageError, match="no labels for the task 'events'"):
        reply_schema("events", no_events)
    with pytest.raises(UsageError, match="no task 'relations'"):
        reply_schema("relations", gold.ontology)
    auxiliary = {label.id for label in gold.ontology.entities if label.auxiliary}
    assert not auxiliary & set(named_types(reply_schema("entities", gold.ontology)))
    assert auxiliary <= set(named_types(reply_schema("events", gold.ontology)))


def named_types(schema: dict[str, Any]) -> list[str]:
    types: list[str] = schema["properties"]["entities"]["items"]["properties"]["type"]["enum"]
    return types


@pytest.mark.parametrize("task", TASKS)
def test_gold_as_replies_is_valid_and_scores_100(project: Project, task: str, gold: Corpus, tmp_path: Path) -> None:
    valid = jsonschema_rs.validator_for(reply_schema(task, gold.ontology))
    lines = []
    for document in gold.documents:
        reply = wanted(document, task, gold.ontology, document.sentences)
        assert reply is not None
        valid.validate(reply)
        lines.append(batched(f"{document.id}/{task}", json.dumps(reply)))
    report = vinese.predict(task, replies=written(tmp_path / "replies.jsonl", *lines), project=project)
    assert (report.failed, report.unresolved, report.issues) == ((), 0, ())
    assert report.system == "a-model"
    for record in report.predictions:
        assert validator("prediction").problems(record) == []
    headline = HEADLINES[task]
    assert headline is not None
    score = vinese.score(None, report.predictions, [headline], project=project)[headline]
    assert score.gold > 0
    assert score.value == 100


@pytest.mark.parametrize("task", TASKS)
def test_real_annotation_is_not_lost_in_the_form_of_replies(task: str) -> None:
    path = sorted(Project().exports.glob("*.json"))[0]
    corpus = read_corpus(path, options(Project()))
    replies = {}
    for document in corpus.documents:
        reply = wanted(document, task, corpus.ontology, document.sentences)
        replies[document.id] = Reply(json.dumps(reply, ensure_ascii=False))
    report = predictions_of(task, corpus, replies)
    assert report.issues == ()
    headline = HEADLINES[task]
    assert headline is not None
    assert vinese.score(path, report.predictions, [headline], project=Project())[headline].value == 100


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("task", TASKS)
def test_prompt_says_what_the_ontology_says(task: str, lang: str, gold: Corpus) -> None:
    first = requests(task, gold, lang=lang)[0]
    instructions, question = first.messages
    lists = {"entities": ["entity_type"], "events": ["event_type", "modality", "role", "entity_type"]}
    lists["opinions"] = ["polarity", "attribution", "holder_kind", "topic", "stance_expression", "entity_type"]
    for name in lists[task]:
        for label in gold.ontology.lists()[name]:
            if task != "entities" or not getattr(label, "auxiliary", False):
                assert getattr(label.definition, lang) in instructions["content"]
                assert label.id in instructions["content"] or name == "stance_expression"
    assert json.dumps(first.schema, separators=(",", ":"), ensure_ascii=False) in instructions["content"]
    document = gold.documents[0]
    shown = question["content"]
    for number, sentence in enumerate(document.sentences, 1):
        assert f"[{number}] {document.text[sentence.start : sentence.end]}\n" in f"{shown}\n"


def test_examples_come_from_other_folds_alone(gold: Corpus) -> None:
    one, other, *_ = gold.documents
    joined = Corpus(gold.ontology, gold.documents, {**gold.folds, other.id: gold.folds[one.id]})
    for task in TASKS:
        for document in joined.documents:
            examples = shots(joined, task, document.id, 4)
            assert len(examples) == 4
            allowed = [text.text for text in joined.documents if joined.folds[text.id] != joined.folds[document.id]]
            for shot in examples:
                assert any(shot.passage.text in text for text in allowed)
                assert shot.passage.text not in document.text
                assert shot.reply[task]
    assert not any(shot.passage.text in other.text for shot in shots(joined, "entities", one.id, 20))


def test_examples_are_turns_of_user_and_assistant_before_the_question(gold: Corpus) -> None:
    bare = requests("events", gold, lang="en")
    for request, plain in zip(requests("events", gold, lang="en", shots=3), bare, strict=True):
        assert [message["role"] for message in request.messages] == ["system", *["user", "assistant"] * 3, "user"]
        assert (request.messages[0], request.messages[-1]) == tuple(plain.messages)
        for message in request.messages[2:-1:2]:
            jsonschema_rs.validator_for(request.schema).validate(json.loads(message["content"]))


def test_too_many_examples_and_an_unknown_language_are_wrong_use(gold: Corpus) -> None:
    with pytest.raises(UsageError, match=r"examples for .* not 999"):
        requests("entities", gold, shots=999)
    with pytest.raises(UsageError, match="no prompt in 'fr'"):
        requests("entities", gold, lang="fr")


def test_lines_are_requests_of_a_batch(project: Project) -> None:
    lines = list(prompts("entities", model="m", project=project))
    assert (
        len({line["custom_id"] for line in lines}) == len(lines) == len(read_corpus(None, options(project)).documents)
    )
    for line in lines:
        assert (line["method"], line["url"], line["body"]["model"]) == ("POST", "/v1/chat/completions", "m")
        assert line["body"]["temperature"] == 0
        assert line["body"]["response_format"]["json_schema"]["strict"] is True
    assert "model" not in next(prompts("entities", project=project))["body"]


TEXT = "Ngay sau đó, Nga và Anh gặp Nga ở Ý.\nAnh phản đối."
PASSAGE = Passage(TEXT, [Sentence(0, 36), Sentence(37, 50)])


def read(task: str, **lists: Any) -> Reading:
    return read_reply(json.dumps(lists, ensure_ascii=False), task, PASSAGE, LABELS, article_id="a")


def places(items: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(item["start"], item["end"]) for item in items]


def test_nth_listing_stands_for_the_nth_occurrence_in_its_sentence(labels: Labels) -> None:
    names = [(1, "Nga"), (1, "Anh"), (1, "Nga"), (1, "Nga"), (2, "Anh"), (2, "Nga"), (3, "Anh")]
    reading = read("entities", entities=[{"sentence": n, "text": w, "type": labels.type} for n, w in names])
    assert places(reading.record["entities"]) == [(13, 16), (20, 23), (28, 31), (37, 40)]
    assert [problem.pointer for problem in reading.issues] == ["/entities/3", "/entities/5", "/entities/6"]
    assert {(problem.code, problem.level, problem.article_id) for problem in reading.issues} == {
        ("reply-unresolved", "warning", "a")
    }
    assert "'Nga' does not stand in sentence 1, or not so often" in reading.issues[0].message
    assert "there is no sentence 3" in reading.issues[2].message


def test_words_are_stripped_and_composed_before_they_are_looked_up(labels: Labels) -> None:
    reading = read("entities", entities=[{"sentence": "2", "text": " phản đô\u0301i ", "type": labels.type}])
    assert reading.record["entities"][0]["text"] == "phản đối"


def test_what_breaks_the_schema_is_left_out_alone(labels: Labels) -> None:
    good = {"sentence": 2, "text": "Anh", "type": labels.type}
    bad = [{**good, "type": "NO_SUCH"}, {**good, "type": labels.auxiliary}, {"text": "Anh"}, "Anh", None]
    reading = read("entities", entities=[*bad, good])
    assert places(reading.record["entities"]) == [(37, 40)]
    assert [problem.pointer for problem in reading.issues] == [f"/entities/{n}" for n in range(5)]


def test_occurrence_says_which_words_are_meant(labels: Labels) -> None:
    entities = [
        {"id": "b", "sentence": 1, "text": "Nga", "occurrence": 2, "type": labels.type},
        {"id": "c", "sentence": 1, "text": "Nga", "occurrence": 3, "type": labels.type},
    ]
    event = {"id": "v", "sentence": 1, "trigger": "gặp", "occurrence": 1, "type": labels.event}
    arguments = [{"role": labels.role, "filler": name} for name in ("b", "c", "v", "nobody")]
    arguments.append({"role": "NO_SUCH", "filler": "b"})
    reading = read(
        "events", entities=entities, events=[{**event, "modality": labels.modality, "arguments": arguments}]
    )
    (entity,), (found,) = reading.record["entities"], reading.record["events"]
    assert places([entity, found["trigger"]]) == [(28, 31), (24, 27)]
    assert found["arguments"] == [
        {"role": labels.role, "entity": entity["id"]},
        {"role": labels.role, "event": found["id"]},
    ]
    assert [problem.pointer for problem in reading.issues] == [
        "/entities/1",
        *(f"/events/0/arguments/{n}" for n in (1, 3, 4)),
    ]


def test_opinions_whose_parts_do_not_fit_are_left_out(labels: Labels) -> None:
    entities = [{"id": "e", "sentence": 2, "text": "Anh", "occurrence": 1, "type": labels.type}]
    opinion = {
        "sentence": 2,
        "expression": "phản đối",
        "occurrence": 1,
        "polarity": labels.polarity,
        "attribution": labels.attribution,
        "holder_kind": "ENTITY",
        "holders": ["e", "e"],
        "target": None,
        "topic": labels.topic,
    }
    changes: list[dict[str, Any]] = [
        {"holders": []},
        {"holders": ["gone"]},
        {"holder_kind": "AUTHOR"},
        {"topic": None},
        {"target": "gone"},
        {"topic": "NO_SUCH"},
        {"holder_kind": "NO_SUCH", "holders": []},
        {"expression": "ủng hộ"},
    ]
    opinions = [opinion, *({**opinion, **change} for change in changes)]
    reading = read("opinions", entities=entities, events=[], opinions=opinions)
    (stance,) = reading.record["stances"]
    assert stance["holders"] == [reading.record["entities"][0]["id"]]
    assert stance["target"] == {"mention": None, "topic": labels.topic}
    assert [problem.pointer for problem in reading.issues] == [f"/opinions/{n}" for n in range(1, 9)]
    scored = vinese.score(
        [{"id": "a", **reading.record}], [{"id": "a", **reading.record}], ["opinions.f1"], articles={"a": TEXT}
    )
    assert scored["opinions.f1"].value == 100


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "empty"),
        ("Không có thực thể nào.", "no JSON object"),
        ('{"entities": [{"sentence": 1, "te', "no JSON object"),
        ("[]", "no JSON object"),
        ('{"mentions": []}', "no list 'entities'"),
        ('{"entities": {}}', "no list 'entities'"),
    ],
)
def test_reply_without_usable_json_has_failed(reply: str, why: str, gold: Corpus) -> None:
    reading = read_reply(reply, "entities", PASSAGE, gold.ontology)
    assert reading.failed is not None
    assert why in reading.failed
    assert reading.record == {}


@pytest.mark.parametrize(
    "around", ["{}", "```json\n{}\n```", "Đây là kết quả:\n{}\nHết.", '<think>{{"entities": 1}}</think>\n{}']
)
def test_json_is_read_out_of_what_stands_around_it(around: str, gold: Corpus, labels: Labels) -> None:
    reply = json.dumps({"entities": [{"sentence": 2, "text": "Anh", "type": labels.type}]})
    reading = read_reply(around.format(reply), "entities", PASSAGE, gold.ontology)
    assert places(reading.record["entities"]) == [(37, 40)]


NOTHING = '{"entities": []}'


def batched(name: str, content: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """Return a line of a batch's output, as OpenAI and vLLM write it."""
    choice = {"message": {"content": content, **message}, "finish_reason": finish}
    return {"custom_id": name, "response": {"status_code": 200, "body": {"model": "a-model", "choices": [choice]}}}


def written(path: Path, *lines: Any) -> Path:
    content = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(content, encoding="utf-8")
    return path


def test_every_article_gets_a_record_whatever_came_back(project: Project, gold: Corpus, tmp_path: Path) -> None:
    a, b, c, d, e = (document.id for document in gold.documents[:5])
    error = {"response": {"status_code": 500, "body": {"error": {"message": "overloaded"}}}, "error": None}
    path = written(
        tmp_path / "out.jsonl",
        batched(f"{a}/entities", NOTHING),
        {"custom_id": f"{b}/entities", **error},
        batched(f"{c}/entities", None, refusal="I cannot"),
        batched(f"{d}/entities", NOTHING[:-4], "length"),
        batched(f"{a}/events", '{"entities": [], "events": []}'),
        batched("nobody/entities", NOTHING),
        '{"custom_id": "' + e,
        {"id": a, "entities": []},
    )
    report = vinese.predict("entities", replies=path, project=project)
    assert [record["id"] for record in report.predictions] == [document.id for document in gold.documents]
    assert report.failed == tuple(document.id for document in gold.documents[1:])
    why = {record["id"]: record.get("failed", "") for record in report.predictions}
    assert why[b] == "the request failed: overloaded"
    assert why[c] == "the model refused: I cannot"
    assert why[d] == "the reply is no JSON object; the model was stopped by its limit of tokens"
    assert why[e] == "there is no reply"
    codes = {(problem.code, (problem.file or "").rpartition(":")[2]) for problem in report.issues}
    assert {("unknown-article", "6"), ("not-json", "7"), ("no-record", "8"), ("reply-failed", "2")} <= codes
    scored = vinese.score(None, report.predictions, ["entities.f1"], project=project)
    assert scored.failed == report.failed
    assert (scored["entities.f1"].predicted, scored["entities.f1"].gold > 0) == (0, True)


@pytest.mark.parametrize(
    "response",
    [7, "x", [], {"body": 7}, {"body": {"choices": {"0": 1}}}, {"body": {"choices": [7]}}]
    + [
        {"body": {"model": 7, "choices": [{"message": message}]}}
        for message in (7, {"content": 7}, {"content": [{}]})
    ],
    ids=str,
)
def test_a_response_of_another_form_is_a_reply_without_text(response: object, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text(json.dumps({"custom_id": "a/entities", "response": response}), encoding="utf-8")
    replies = Replies("entities")
    replies.read(path)
    assert (replies.by_article["a"].text, replies.by_article["a"].model) == ("", None)


def test_later_reply_takes_the_place_of_a_failed_one_and_of_no_other(
    project: Project, gold: Corpus, tmp_path: Path
) -> None:
    name = f"{gold.documents[0].id}/entities"
    failed = {"custom_id": name, "response": None, "error": {"message": "expired"}}
    first = written(tmp_path / "first.jsonl", failed)
    second = written(tmp_path / "second.jsonl", batched(name, NOTHING), batched(name, NOTHING), failed)
    report = vinese.predict("entities", replies=[first, second], project=project)
    assert gold.documents[0].id not in report.failed
    assert not any(problem.code == "duplicate-article" for problem in report.issues)
    other = written(tmp_path / "third.jsonl", batched(name, NOTHING + " "))
    report = vinese.predict("entities", replies=[second, other], project=project)
    assert [problem.code for problem in report.issues if problem.code != "reply-failed"] == ["duplicate-article"]


def test_samples_of_lm_eval_are_replies(project: Project, gold: Corpus, tmp_path: Path) -> None:
    name = f"{gold.documents[0].id}/entities"
    sample = {"doc_id": 0, "doc": {"custom_id": name}, "resps": [[NOTHING]], "filtered_resps": [NOTHING]}
    report = vinese.predict("entities", replies=written(tmp_path / "samples.jsonl", sample), project=project)
    assert "failed" not in report.predictions[0]


def test_replies_to_another_task_are_wrong_use(project: Project, gold: Corpus, tmp_path: Path) -> None:
    path = written(tmp_path / "out.jsonl", batched(f"{gold.documents[0].id}/events", "{}"))
    with pytest.raises(UsageError, match="no reply to the task 'entities'; there are some to events"):
        vinese.predict("entities", replies=path, project=project)


def run(*words: object) -> int:
    return cli.run([str(word) for word in words])


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the project's folder."""
    assert project.root is not None
    monkeypatch.chdir(project.root)


@pytest.mark.usefixtures("here")
def test_commands_go_from_prompts_to_a_score(gold: Corpus, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    batch, replies, out = (tmp_path / name for name in ("batch.jsonl", "replies.jsonl", "predictions.jsonl"))
    assert run("prompts", "--task", "events", "--shots", 1, "--out", batch) == 0
    assert "name no model" in capfd.readouterr().err
    names = [json.loads(line)["custom_id"] for line in batch.read_text(encoding="utf-8").splitlines()]
    texts = {document.id: document for document in gold.documents}
    lines = []
    for name in names:
        document = texts[name.partition("/")[0]]
        lines.append(batched(name, json.dumps(wanted(document, "events", gold.ontology, document.sentences))))
    written(replies, *lines)
    assert run("predict", "--task", "events", "--replies", replies, "--out", out) == 0
    assert f"vinese score {out} --task events" in capfd.readouterr().err
    assert run("score", out, "-m", "AC+", "--json") == 0
    scores = json.loads(capfd.readouterr().out)["result"]["reports"][0]["scores"]
    assert scores[0]["estimate"]["value"] == 100

    written(replies, *lines[1:])
    assert run("predict", "--task", "events", "--replies", replies, "--out", out, "--json") == 1
    result = json.loads(capfd.readouterr().out)["result"]
    assert result["failed"] == [gold.documents[0].id]
    assert json.loads(out.read_text(encoding="utf-8").splitlines()[0])["failed"] == "there is no reply"


@pytest.mark.usefixtures("here")
def test_wrong_use_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert run("predict", "--task", "entities", "--replies", tmp_path / "none.jsonl", "--out", out) == 2
    assert run("predict", "--task", "nonsense", "--replies", __file__, "--out", out) == 2
    assert run("prompts", "--task", "entities", "--shots", 999, "--out", out) == 2
    assert not out.exists()
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.usefixtures("here")
def test_model_without_the_packages_that_ask_it_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    log = tmp_path / "log.eval"
    log.touch()
    for words in (["--model", "openai/any"], ["--replies", log]):
        assert run("predict", "--task", "entities", *words, "--out", tmp_path / "out.jsonl") == 2
        assert 'pip install "vinese[llm]"' in capfd.readouterr().err
    assert run("predict", "--task", "entities", "--out", tmp_path / "out.jsonl") == 2
    assert "from replies or by a model" in capfd.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.usefixtures("here")
def test_lines_go_to_standard_output_and_the_envelope_beside_them(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("prompts", "--task", "entities", "--json") == 0
    printed = capfd.readouterr()
    assert all("custom_id" in json.loads(line) for line in printed.out.splitlines())
    assert json.loads(printed.err)["result"]["requests"] == len(printed.out.splitlines())
