"""What is wrong with work goes back to where it is mended, and nowhere else."""

from __future__ import annotations

import json
from string import Formatter

import pytest

from support.fake_studio import annotate, fetch, send
from support.studio import judgements
from vinese.cli import run
from vinese.core.issues import catalogue, issue
from vinese.formats.validate import validate_file
from vinese.studio.mend import messages

# What is wrong with a file itself is nothing that an annotator can mend on the screen.
OF_FILES = {
    *("schema-missing", "schema-unknown-key", "schema-type", "schema-value", "id-duplicate", "not-canonical"),
    *("text-unclean", "text-hash-wrong", "sentence-broken", "zone-broken"),
}

pytestmark = pytest.mark.extra("label_studio_sdk")


@pytest.fixture
def two(fake, corpus, folder):
    """A fake with one sound article and one whose judgement lacks its second half, both pulled."""
    send(fake, corpus, folder)
    sound, wrong = annotate(fake, 0), annotate(fake, 1)
    sound["result"] = judgements("NEUTRAL", "FAVOR")
    wrong["result"] = judgements("NEUTRAL")
    fetch(fake, corpus, folder)
    return fake


def fields(fake):
    return [task["data"].get("to_mend", "") for task in fake.tasks]


def test_the_task_says_what_is_wrong_and_a_tab_lists_it(two, corpus, folder, capfd):
    file = corpus.exports / "trial.json"
    issues = [found for found in validate_file(file, corpus) if found.level != "info"]
    assert [found.code for found in issues] == ["article-stance-incomplete"]
    said = "(1) Có outlet_stance mà chưa có overall_leaning; đánh giá này bị bỏ. -> Chọn cả hai mục ở dưới bài."
    assert fields(two) == ["", said, "", "", ""]
    assert [view["data"]["title"] for view in two.views] == ["Default", "to mend"]
    (condition,) = two.views[1]["data"]["filters"]["items"]
    assert (condition["filter"], condition["operator"]) == ("filter:tasks:data.to_mend", "contains")
    assert [condition["value"] in text for text in fields(two)] == [False, True, False, False, False]
    columns = two.views[1]["data"]["hiddenColumns"]
    assert set(columns["labeling"]) == {*columns["explore"], "tasks:id", "tasks:data.article_id"}
    assert {"tasks:data.text", "tasks:data.text_sha256", "tasks:total_annotations"} <= set(columns["explore"])
    assert not {"tasks:id", "tasks:data.to_mend", "tasks:data.article_id"} & set(columns["explore"])
    assert two.views[1]["data"]["columnsWidth"]["tasks:data.to_mend"] > 500
    place = ["--data-dir", str(folder.path), "--url", two.url, "--project", str(corpus.root)]
    assert run(["studio", "pull", "--layer", "trial", *place]) == 0
    assert f'The work on 1 article has issues: see the tab "to mend" at {two.url}/projects/1/data' in (
        capfd.readouterr().out
    )


def test_no_file_has_it_and_a_second_pull_sends_nothing(two, corpus, folder):
    file = corpus.exports / "trial.json"
    assert "to_mend" not in file.read_text()
    sent = two.asked["set_field"]
    pulled = fetch(two, corpus, folder)
    assert (pulled.written, pulled.to_mend) == (False, 1)
    assert two.asked["set_field"] == sent == 1
    assert len(two.views) == 2
    assert two.asked["update_view"] == 0
    assert send(two, corpus, folder).issues == ()


def test_what_was_mended_is_said_no_more(two, corpus, folder):
    two.tasks[1]["annotations"][0]["result"] = judgements("NEUTRAL", "FAVOR")
    assert fetch(two, corpus, folder).to_mend == 0
    assert fields(two) == [""] * 5
    assert "to_mend" not in (corpus.exports / "trial.json").read_text()
    assert send(two, corpus, folder).issues == ()


def test_on_an_english_screen_it_is_said_in_english(two, corpus, folder):
    send(two, corpus, folder, lang="en")
    fetch(two, corpus, folder)
    (found,) = (one for one in validate_file(corpus.exports / "trial.json", corpus) if one.level != "info")
    assert fields(two)[1] == f"(1) {found.message} -> {found.todo}"


def test_articles_with_the_same_to_mend_are_one_request(fake, corpus, folder):
    send(fake, corpus, folder)
    works = [annotate(fake, number) for number in range(5)]
    for work in works:
        work["result"] = judgements("NEUTRAL")
    fetch(fake, corpus, folder)
    assert all(fields(fake))
    for work in works:
        work["result"] = judgements("NEUTRAL", "FAVOR")
    fetch(fake, corpus, folder)
    assert not any(fields(fake))
    assert fake.asked["set_field"] == 2


def test_a_tab_of_an_older_vinese_is_brought_up_to_date(two, corpus, folder):
    tab = two.views[1]
    made = json.loads(json.dumps(tab["data"]["hiddenColumns"]))
    tab["data"]["hiddenColumns"] = {"explore": ["tasks:id"], "labeling": made["explore"][1:]}
    tab["data"]["columnsWidth"] = {"tasks:data.to_mend": 700}
    made_filters = json.loads(json.dumps(tab["data"]["filters"]))
    tab["data"]["filters"]["items"][0] |= {"operator": "empty", "value": False}
    fetch(two, corpus, folder)
    assert len(two.views) == 2
    after = tab["data"]["hiddenColumns"]
    assert {part: set(names) for part, names in after.items()} == {
        "explore": {"tasks:id", *made["explore"]},
        "labeling": set(made["labeling"]),
    }
    assert tab["data"]["filters"] == made_filters
    assert (tab["data"]["title"], tab["data"]["columnsWidth"]) == ("to mend", {"tasks:data.to_mend": 700})


def test_what_the_file_keeps_is_not_said_of_the_work_on_the_server(two, corpus, folder):
    said = fields(two)
    two.tasks[1]["annotations"][0]["result"] = []
    assert fetch(two, corpus, folder).kept == (two.tasks[1]["data"]["article_id"],)
    assert fields(two) == said


def test_only_what_an_annotator_can_mend_is_sent(two, corpus, folder):
    two.tasks[0]["drafts"] = [{"id": 1, "created_username": "A a@example.org, 1", "result": []}]
    annotate(two, 0, completed_by=2)["result"] = judgements("NEUTRAL", "FAVOR")
    fetch(two, corpus, folder)
    issues = list(validate_file(corpus.exports / "trial.json", corpus))
    first = two.tasks[0]["data"]["article_id"]
    assert {"draft", "task-annotations"} <= {found.code for found in issues if found.article_id == first}
    assert first not in messages(issues)
    assert len(json.loads((corpus.exports / "trial.json").read_text())) == 2


def test_vietnamese_says_no_more_than_english_of_every_check_and_is_there_for_what_annotators_make():
    def names(template):
        return {name for _, name, _, _ in Formatter().parse(template) if name}

    for check in catalogue().values():
        if check.vi is not None:
            assert names(check.vi.message) <= names(check.message), check.code
            assert names(check.vi.todo) <= names(check.todo), check.code
    in_work = {check.code for check in catalogue().values() if check.stage == "document"}
    assert {code for code in in_work if catalogue()[code].vi is None} == OF_FILES


def test_what_only_goes_with_a_region_is_not_said_beside_what_is_wrong_with_it():
    place = {"article_id": "a", "pointer": "/0/annotations/0/result/1"}
    cause, follows = issue("relation-missing-end", **place, label="ACTOR", id="x"), issue("left-out", **place)
    assert messages([follows, cause]) == {"a": f"(1) {cause.message} -> {cause.todo}"}
    assert messages([follows]) == {"a": f"(1) {follows.message} -> {follows.todo}"}


def test_validate_links_to_the_task_where_the_layer_was_pulled(two, corpus, folder, capfd):
    file = str(corpus.exports / "trial.json")
    task = json.loads((corpus.exports / "trial.json").read_bytes())[1]
    words = ["validate", file, "--project", str(corpus.root), "--data-dir", str(folder.path)]
    assert run(words) == 1
    link = f"{two.url}/projects/1/data?task={task['id']}"
    assert f"  {link}\n" in capfd.readouterr().out
    assert run([*words, "--json"]) == 1
    assert link in [found["link"] for found in json.loads(capfd.readouterr().out)["issues"]]
    assert run([*words[:-1], str(folder.path / "another")]) == 1
    assert "?task=" not in capfd.readouterr().out
