"""Suggestions: what systems found, and work of a pulled layer that comes back; each is sent once, none in silence."""

from __future__ import annotations

import json

import pytest

from support.fake_studio import annotate, codes, fetch, send

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


def test_two_suggestions_of_one_system_in_a_file(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    word = fake.tasks[0]["data"]["text"][:3]
    file = tmp_path / "rules.jsonl"
    file.write_text("\n".join(json.dumps(prediction(fake, word, label)) for label in ("GPE", "PER", "GPE")))
    issues = []
    assert send(fake, corpus, folder, issues, suggest=file).suggested == 1
    assert codes(issues) == ["studio-suggestion-changed"]
