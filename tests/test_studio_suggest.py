"""Suggestions: what systems found, and work of a pulled layer that comes back; each is sent once, none in silence."""

from __future__ import annotations

import json

import pytest

from support.fake_studio import annotate, codes, fetch, send
from vinese.core.errors import UsageError

pytestmark = pytest.mark.extra("label_studio_sdk")


@pytest.fixture
def export(corpus):
    return corpus.exports / "trial.json"


def test_lost_work_comes_back_as_a_suggestion_and_then_can_be_accepted(pulled, corpus, folder, export):
    lost = pulled.tasks[0]["annotations"].pop(0)
    issues = []
    pushed = send(pulled, corpus, folder, issues, suggest=export)
    assert issues == []
    assert (pushed.suggested, pushed.suggestions_accepted) == (1, 1)
    (there,) = pulled.tasks[0]["predictions"]
    assert (there["model_version"], there["result"]) == ("trial/annotator-1", lost["result"])
    assert send(pulled, corpus, folder, issues, suggest=export).suggested == 0
    annotate(pulled, 0, parent_prediction=there["id"])["result"] = there["result"]
    article = pulled.tasks[0]["data"]["article_id"]
    assert fetch(pulled, corpus, folder, issues, accept=[article]).written
    issues.clear()
    assert not fetch(pulled, corpus, folder, issues).written
    assert "studio-work-gone" not in codes(issues)


def test_work_of_a_deleted_task_comes_back_in_one_push(pulled, corpus, folder, export):
    del pulled.tasks[0]
    issues = []
    pushed = send(pulled, corpus, folder, issues, suggest=export)
    assert issues == []
    assert (pushed.accepted, pushed.suggestions_accepted) == (1, 2)
    models = {one["model_version"] for one in pulled.tasks[-1]["predictions"]}
    assert models == {"trial/annotator-1", "trial/annotator-2"}


@pytest.mark.parametrize("change", [{"result": []}, {"was_cancelled": True}])
def test_emptied_and_skipped_work_comes_back_too(pulled, corpus, folder, export, change):
    pulled.tasks[1]["annotations"][0] |= change
    assert send(pulled, corpus, folder, suggest=export).suggested == 1


def test_work_on_another_text_is_not_sent(pulled, corpus, folder, export):
    tasks = json.loads(export.read_bytes())
    tasks[0]["data"]["text"] += "x"
    export.write_text(json.dumps(tasks))
    del pulled.tasks[0]
    issues = []
    assert send(pulled, corpus, folder, issues, suggest=export).suggested == 0
    assert codes(issues) == ["text-changed"] * 2


def test_labels_that_the_screen_lacks_are_left_out_and_counted(pulled, corpus, folder, export):
    tasks = json.loads(export.read_bytes())
    region = tasks[1]["annotations"][0]["result"][0]
    other = {**region, "id": "x", "value": {**region["value"], "labels": ["PLANET"]}}
    link = {"type": "relation", "from_id": "r", "to_id": "x", "labels": ["refers_to"]}
    note = {"id": "n", "type": "textarea", "from_name": "note", "to_name": "text", "value": {"text": ["?"]}}
    tasks[1]["annotations"][0]["result"] += [other, link, note]
    export.write_text(json.dumps(tasks))
    pulled.tasks[1]["annotations"] = []
    issues = []
    send(pulled, corpus, folder, issues, suggest=export)
    assert codes(issues) == ["studio-suggestion-cut"]
    assert [one["id"] for one in pulled.tasks[1]["predictions"][0]["result"]] == ["r", "n"]


def prediction(fake, word, label="GPE"):
    data = fake.tasks[0]["data"]
    start = data["text"].index(word)
    entity = {"id": "e1", "start": start, "end": start + len(word), "text": word, "type": label}
    return {"id": data["article_id"], "system": "rules", "entities": [entity]}


def test_changed_suggestions_of_one_system_are_reported_and_not_sent(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    file = tmp_path / "rules.jsonl"
    word = fake.tasks[0]["data"]["text"][:3]
    file.write_text(json.dumps(prediction(fake, word)))
    issues = []
    send(fake, corpus, folder, issues, suggest=file)
    send(fake, corpus, folder, issues, suggest=file)
    assert issues == []
    file.write_text(json.dumps(prediction(fake, word, "PER")))
    assert send(fake, corpus, folder, issues, suggest=file).suggested == 0
    assert codes(issues) == ["studio-suggestion-changed"]
    assert "'rules'" in issues[0].message
    assert len(fake.tasks[0]["predictions"]) == 1


def test_label_all_tasks_begins_with_what_one_system_suggests(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    file, other, mixed = (tmp_path / f"{name}.jsonl" for name in ("rules", "other", "mixed"))
    record = prediction(fake, fake.tasks[0]["data"]["text"][:3])
    file.write_text(json.dumps(record))
    send(fake, corpus, folder, suggest=file)
    assert fake.project["model_version"] == "rules"
    updates = fake.asked["update_project"]
    send(fake, corpus, folder, suggest=file)
    assert fake.asked["update_project"] == updates
    other.write_text(json.dumps(record | {"system": "model"}))
    send(fake, corpus, folder, suggest=other)
    assert fake.project["model_version"] == "model"
    second = {"id": fake.tasks[1]["data"]["article_id"], "system": "third", "entities": []}
    mixed.write_text(f"{json.dumps(record)}\n{json.dumps(second)}")
    assert send(fake, corpus, folder, suggest=mixed).suggested == 1
    assert fake.project["model_version"] == "model"
    send(fake, corpus, folder, suggest=file)  # what is there already is chosen again by its push
    assert fake.project["model_version"] == "rules"


def test_nothing_that_could_be_suggested_changes_nothing(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    file = tmp_path / "nobody.jsonl"
    file.write_text(json.dumps(prediction(fake, fake.tasks[0]["data"]["text"][:3]) | {"id": "nobody"}))
    issues = []
    send(fake, corpus, folder, issues, suggest=file)
    assert codes(issues) == ["studio-suggestion-unknown"]
    assert "model_version" not in fake.project


def test_two_suggestions_of_one_system_in_a_file(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    word = fake.tasks[0]["data"]["text"][:3]
    file = tmp_path / "rules.jsonl"
    file.write_text("\n".join(json.dumps(prediction(fake, word, label)) for label in ("GPE", "PER", "GPE")))
    issues = []
    assert send(fake, corpus, folder, issues, suggest=file).suggested == 1
    assert codes(issues) == ["duplicate-article"] * 2


def test_every_region_says_who_suggests_it(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    file = tmp_path / "rules.jsonl"
    file.write_text(json.dumps(prediction(fake, fake.tasks[0]["data"]["text"][:3]) | {"system": "rules 2.1"}))
    send(fake, corpus, folder, suggest=file)
    (sent,) = fake.tasks[0]["predictions"]
    assert sent["model_version"] == "rules 2.1"
    assert [region["meta"] for region in sent["result"]] == [{"text": ["suggested by rules 2.1"]}]
    # Whoever takes it has it in the annotation, where Label Studio says that it was a prediction.
    annotate(fake, 0)["result"] = [{**region, "origin": "prediction"} for region in sent["result"]]
    fetch(fake, corpus, folder)
    (task,) = json.loads((corpus.exports / "trial.json").read_bytes())
    (region,) = task["annotations"][0]["result"]
    assert (region["origin"], region["meta"]["text"]) == ("prediction", ["suggested by rules 2.1"])


def test_tokens_with_tags_and_spans_without_words_are_predictions_too(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    data = fake.tasks[0]["data"]
    words = data["text"].split("\n")[0].split()
    tagged = {"article_id": data["article_id"], "tokens": words, "ner_tags": ["B-GPE", *["O"] * (len(words) - 1)]}
    bare = {"id": fake.tasks[1]["data"]["article_id"], "entities": [{"id": "e", "start": 0, "end": 3, "type": "PER"}]}
    for name, value, number in (("tagger", tagged, 0), ("spans", bare, 1)):
        file = tmp_path / f"{name}.jsonl"
        file.write_text(json.dumps(value))
        issues = []
        assert send(fake, corpus, folder, issues, suggest=file).suggested == 1, issues
        (sent,) = fake.tasks[number]["predictions"]
        assert sent["model_version"] == name
        span = sent["result"][0]["value"]
        assert fake.tasks[number]["data"]["text"][span["start"] : span["end"]] == span["text"]


def test_a_failed_answer_is_no_suggestion(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    file = tmp_path / "model.jsonl"
    file.write_text(json.dumps({"id": fake.tasks[0]["data"]["article_id"], "failed": "cut"}))
    issues = []
    assert send(fake, corpus, folder, issues, suggest=file).suggested == 0
    assert [(found.code, found.level) for found in issues] == [("studio-suggestion-failed", "info")]


def test_layers_by_which_agreement_is_measured_get_nothing_but_their_own(pulled, corpus, folder, export, tmp_path):
    corpus.own("annotations", "layers.json").write_text('{"layers": {}, "independent": ["trial", "second"]}')
    file = tmp_path / "rules.jsonl"
    file.write_text(json.dumps(prediction(pulled, pulled.tasks[0]["data"]["text"][:3])))
    for suggestions in (file, "trial-2"):
        with pytest.raises(UsageError, match="Agreement is measured by layer trial"):
            send(pulled, corpus, folder, suggest=suggestions)
    assert pulled.tasks[0]["predictions"] == []
    pulled.tasks[1]["annotations"] = []
    assert send(pulled, corpus, folder, suggest=export).suggested == 1
    assert "model_version" not in pulled.project  # the work of one annotator, with which no other may begin


@pytest.mark.parametrize(
    ("content", "code"), [("", "file-empty"), ('[{"id": "a"}', "not-json"), ("[{'id': 'a'}]", "not-json")]
)
def test_a_broken_file_of_suggestions(fake, corpus, folder, tmp_path, content, code):  # noqa: PLR0917
    file = tmp_path / "broken.json"
    file.write_text(content)
    issues = []
    send(fake, corpus, folder, issues, suggest=file)
    assert codes(issues) == [code]
