"""What annotators did in Label Studio: kept, reported, scrubbed; a diff shows it and nothing else."""

from __future__ import annotations

import json
from unittest.mock import ANY

import pytest

from support.fake_studio import annotate, codes, fetch, send
from vinese.model.ontology_file import load_ontology

pytestmark = pytest.mark.extra("label_studio_sdk")

DRAFT = {
    "id": 3,
    "user": "annotator@example.org",
    "created_username": "An Annotator annotator@example.org, 1",
    "created_ago": "5 minutes",
    "result": [{"id": "r"}],
    "lead_time": 4.0,
    "annotation": None,
}


@pytest.fixture
def pushed(fake, corpus, folder):
    send(fake, corpus, folder)
    return fake


def read(corpus):
    return json.loads((corpus.exports / "trial.json").read_bytes())


def test_only_articles_with_work_are_in_the_file_in_their_order(pushed, corpus, folder):
    pushed.tasks.reverse()
    for number in (0, 3):
        annotate(pushed, number)
    issues = []
    pulled = fetch(pushed, corpus, folder, issues)
    assert issues == []
    assert (pulled.on_server, pulled.tasks, pulled.annotations, pulled.annotators) == (5, 2, 2, 1)
    found = [task["data"]["article_id"] for task in read(corpus)]
    assert found == sorted(pushed.tasks[number]["data"]["article_id"] for number in (0, 3))


def test_the_file_says_the_layer_the_tool_and_what_annotators_were_given(pushed, corpus, folder):
    annotate(pushed, 0)
    fetch(pushed, corpus, folder)
    (task,) = read(corpus)
    assert task["vinese"]["layer"] == "trial"
    tool = {"tool": "Label Studio", "tool_version": "1.23.2"}
    sent = {"ontology_version": load_ontology(corpus).version, "stage": "all", "batch": ANY}
    assert task["meta"] == {**tool, **sent}


def test_no_person_is_in_the_file(pushed, corpus, folder):
    annotate(pushed, 0)
    pushed.tasks[0]["drafts"] = [DRAFT]
    pushed.tasks[0]["annotations"][0] |= {"created_username": "annotator@example.org, 1", "updated_by": 1}
    fetch(pushed, corpus, folder)
    text = (corpus.exports / "trial.json").read_text()
    assert "@" not in text
    assert "lead_time" not in text
    (task,) = json.loads(text)
    assert task["annotations"][0]["completed_by"] == task["drafts"][0]["user"] == "annotator-1"
    register = folder.annotators
    assert register.stat().st_mode & 0o777 == 0o600
    assert "annotator@example.org" in register.read_text()


def note(*said, **more):
    return {
        "id": "n",
        "type": "textarea",
        "from_name": "note",
        "to_name": "text",
        "value": {"text": list(said)},
        **more,
    }


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("hỏi an.nguyen@example.org, 0912345678 nhé", "hỏi [e-mail], [phone] nhé"),
        ("a@b.vn@c.vn, @d.vn; " + "x" * 300 + "@e.vn.", "[e-mail]@c.vn, @d.vn; [e-mail]."),
        ("gọi 0912 345 678 hay 091.234.5678", "gọi [phone] hay [phone]"),
        ("+84 912 345 678; (024) 3825 1234", "[phone]; [phone]"),
    ],
)
def test_addresses_and_numbers_in_notes_are_masked(pushed, corpus, folder, said, kept):
    annotate(pushed, 0)["result"].append(note("?", said))
    pushed.tasks[0]["annotations"][0]["result"][0]["meta"] = {"text": said}
    pushed.tasks[0]["drafts"] = [{**DRAFT, "result": [note(said)]}]
    issues = []
    assert fetch(pushed, corpus, folder, issues).written
    assert codes(issues) == ["studio-note-masked", "studio-draft"]
    assert "/projects/1/data?task=1" in issues[0].message
    (task,) = read(corpus)
    region, written = task["annotations"][0]["result"]
    assert region["meta"]["text"] == kept
    assert written["value"]["text"] == ["?", kept]
    assert task["drafts"][0]["result"][0]["value"]["text"] == [kept]
    assert not fetch(pushed, corpus, folder).written


@pytest.mark.parametrize(
    "said", ["S12: ngày 12/7/2026, 22-11-2026 03:48", "003-eae7b0701f9fa981", "V41 (2), 1.000.000.000 đồng"]
)
def test_dates_sums_and_ids_in_notes_stay(pushed, corpus, folder, said):
    annotate(pushed, 0)["result"].append(note(said))
    issues = []
    fetch(pushed, corpus, folder, issues)
    assert issues == []
    assert read(corpus)[0]["annotations"][0]["result"][1]["value"]["text"] == [said]


def test_other_personal_data_keeps_the_article_out(pushed, corpus, folder):
    annotate(pushed, 0)["result"][0]["author"] = "annotator@example.org"
    annotate(pushed, 1)
    issues = []
    fetch(pushed, corpus, folder, issues)
    assert codes(issues) == ["personal-data"]
    assert "@" not in (corpus.exports / "trial.json").read_text()
    assert len(read(corpus)) == 1


def test_what_changes_without_work_changes_no_byte(pushed, corpus, folder):
    annotate(pushed, 0)
    pushed.tasks[0]["drafts"] = [DRAFT]
    pushed.tasks[0]["predictions"] = [
        {"id": 4, "model_version": "m", "score": 0.5, "result": [], "created_ago": "1 minute"}
    ]
    fetch(pushed, corpus, folder)
    before = (corpus.exports / "trial.json").read_bytes()
    pushed.tasks.reverse()
    task = pushed.tasks[-1]
    task |= {"updated_at": "2026-11-22T00:00:00Z", "comment_count": 2}
    task["predictions"][0]["created_ago"] = "3 days"
    task["drafts"][0]["created_ago"] = "3 days"
    assert not fetch(pushed, corpus, folder).written
    assert (corpus.exports / "trial.json").read_bytes() == before


def test_a_draft_is_reported_and_kept(pushed, corpus, folder):
    pushed.tasks[0]["drafts"] = [DRAFT]
    issues = []
    pulled = fetch(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-draft"]
    assert issues[0].pointer == "/0/drafts/0"
    assert pulled.written
    assert read(corpus)[0]["drafts"][0]["result"] == [{"id": "r"}]


def test_a_skipped_article_is_reported_and_kept(pushed, corpus, folder):
    annotate(pushed, 0)
    pushed.tasks[0]["annotations"][0]["was_cancelled"] = True
    issues = []
    pulled = fetch(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-skipped"]
    assert (pulled.cancelled, pulled.written) == (1, True)
    assert read(corpus)[0]["annotations"][0]["was_cancelled"] is True


def test_several_annotations_of_one_task_are_said_and_kept(pushed, corpus, folder):
    annotate(pushed, 0)
    annotate(pushed, 0, completed_by=2)
    annotate(pushed, 1)
    annotate(pushed, 1, completed_by=2, was_cancelled=True)
    issues = []
    assert fetch(pushed, corpus, folder, issues).written
    assert codes(issues) == ["studio-several", "studio-skipped"]
    assert "2 submitted annotations, by annotator-1, annotator-2" in issues[0].message
    assert issues[0].pointer == "/0/annotations"
    assert len(read(corpus)[0]["annotations"]) == 2


@pytest.mark.parametrize(
    "region",
    [
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["ENEMY"]},
        {"type": "choices", "from_name": "polarity", "value": {"choices": ["WARM"]}},
        {"type": "labels", "from_name": "planets", "value": {"labels": ["PER"]}},
    ],
)
def test_unknown_labels_of_every_kind_are_found(pushed, corpus, folder, region):
    annotate(pushed, 0)
    pushed.tasks[0]["annotations"][0]["result"].append(region)
    issues = []
    fetch(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-unknown-label"]


def test_a_relation_without_label_is_left_to_validation(pushed, corpus, folder):
    annotate(pushed, 0)
    pushed.tasks[0]["annotations"][0]["result"].append({"type": "relation", "from_id": "r", "to_id": "r"})
    issues = []
    assert fetch(pushed, corpus, folder, issues).written
    assert issues == []


def test_a_task_of_no_article_is_reported(pushed, corpus, folder):
    pushed.tasks.append({"id": 99, "data": {"text": "x"}, "annotations": [], "drafts": [], "predictions": []})
    issues = []
    fetch(pushed, corpus, folder, issues)
    send(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-foreign-task"] * 2


def test_two_tasks_of_one_article_are_reported(pushed, corpus, folder):
    pushed.tasks.append({**pushed.tasks[0], "id": 99})
    issues = []
    fetch(pushed, corpus, folder, issues)
    send(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-duplicate-task"] * 2
    assert "99" in issues[0].message


def test_a_changed_text_is_refused(pushed, corpus, folder):
    pushed.tasks[0]["data"]["text"] += "x"
    issues = []
    again = send(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-text-changed"]
    assert issues[0].article_id == pushed.tasks[0]["data"]["article_id"]
    assert (again.sent, len(pushed.tasks)) == (0, 5)
    assert pushed.tasks[0]["data"]["text"].endswith("x")


def test_an_article_that_was_decided_twice_is_not_settled_in_silence(pushed, corpus, folder):
    marker = pushed.project["description"].splitlines()[-1]
    pushed.project["description"] = f"[vinese adjudicates first second]\n{marker}"
    for number in (0, 1):
        annotate(pushed, number)
        suggested = pushed.tasks[number]["annotations"][0]["result"]
        pushed.tasks[number]["predictions"] = [
            {"id": place, "model_version": name, "result": suggested}
            for place, name in enumerate(("first", "second"))
        ]
    annotate(pushed, 0, completed_by=2)
    issues = []
    pulled = fetch(pushed, corpus, folder, issues)
    assert codes(issues) == ["adjudicate-several"]
    assert issues[0].level == "error"
    assert pulled.kept == (pushed.tasks[0]["data"]["article_id"],)
    assert [task["data"]["article_id"] for task in read(corpus)] == [pushed.tasks[1]["data"]["article_id"]]
    del pushed.tasks[0]["annotations"][0]
    issues.clear()
    assert fetch(pushed, corpus, folder, issues).kept == ()
    assert issues == []


def test_a_configuration_changed_by_hand_is_reported(pushed, corpus, folder):
    pushed.project["label_config"] = pushed.project["label_config"].replace("GPE", "PLACE")
    issues = []
    fetch(pushed, corpus, folder, issues)
    assert codes(issues) == ["studio-config-changed"]
