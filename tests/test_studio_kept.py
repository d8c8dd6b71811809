"""What a pull brought once stays in the file until somebody says that it may go; the rest of the layer goes on."""

from __future__ import annotations

import json

import pytest

from support.fake_studio import annotate, codes, fetch, send
from vinese.cli import run
from vinese.core.errors import UsageError

pytestmark = pytest.mark.extra("label_studio_sdk")


def content(corpus):
    return (corpus.exports / "trial.json").read_bytes()


def records(corpus):
    return {task["data"]["article_id"]: task for task in json.loads(content(corpus))}


def name(fake, number):
    return fake.tasks[number]["data"]["article_id"]


def delete_task(fake):
    fake.tasks[0] = {**fake.tasks[0], "id": 77, "annotations": []}


def delete_one(fake):
    del fake.tasks[0]["annotations"][0]


def delete_and_skip(fake):
    delete_one(fake)
    annotate(fake, 0)["was_cancelled"] = True


def empty(fake):
    fake.tasks[0]["annotations"][0]["result"] = []


def skip(fake):
    fake.tasks[0]["annotations"][0]["was_cancelled"] = True


LOSSES = [
    (delete_task, ["studio-work-gone"] * 2),
    (delete_one, ["studio-work-gone"]),
    (delete_and_skip, ["studio-work-gone", "studio-skipped"]),
    (empty, ["studio-work-emptied", "studio-several"]),
    (skip, ["studio-work-emptied", "studio-skipped"]),
]


@pytest.mark.parametrize(("lose", "expected"), LOSSES)
def test_work_that_was_lost_stays_in_the_file_and_the_rest_is_written(pulled, corpus, folder, lose, expected):
    before = records(corpus)
    lose(pulled)
    annotate(pulled, 2)
    issues = []
    again = fetch(pulled, corpus, folder, issues)
    lost, kept, new = (name(pulled, number) for number in range(3))
    assert codes(issues) == expected
    assert {found.article_id for found in issues} == {lost}
    assert (again.kept, again.written) == ((lost,), True)
    assert records(corpus) == {lost: before[lost], kept: before[kept], new: records(corpus)[new]}
    assert records(corpus)[new]["annotations"]


@pytest.mark.parametrize(("lose", "expected"), LOSSES)
def test_it_is_said_each_time_and_changes_no_byte(pulled, corpus, folder, lose, expected):
    before = content(corpus)
    lose(pulled)
    for _ in range(2):
        issues = []
        assert not fetch(pulled, corpus, folder, issues).written
        assert codes(issues) == expected
        assert content(corpus) == before


@pytest.mark.parametrize(("lose", "expected"), LOSSES)
def test_what_is_accepted_goes_for_one_article_alone(pulled, corpus, folder, lose, expected):
    lose(pulled)
    pulled.tasks[1]["annotations"] = []
    before = records(corpus)
    lost, kept = name(pulled, 0), name(pulled, 1)
    issues = []
    again = fetch(pulled, corpus, folder, issues, accept=[lost])
    assert again.kept == (kept,)
    assert records(corpus).get(lost) != before[lost]
    assert records(corpus)[kept] == before[kept]
    levels = {(found.article_id, found.level) for found in issues}
    assert levels == {(lost, "warning"), (kept, "error")}
    issues.clear()
    fetch(pulled, corpus, folder, issues)
    assert "error" not in {found.level for found in issues if found.article_id == lost}


def test_the_message_says_whose_work_it_was_and_how_it_comes_back(pulled, corpus, folder):
    delete_one(pulled)
    issues = []
    fetch(pulled, corpus, folder, issues)
    said = issues[0].line()
    assert "annotator-1's annotation with 1 regions" in said
    assert str(corpus.exports / "trial.json") in said
    assert f"vinese studio push --layer trial --suggest {corpus.exports / 'trial.json'}" in said
    assert f"--accept {name(pulled, 0)}" in said


def test_a_layer_whose_last_work_is_let_go_leaves_no_empty_list(pulled, corpus, folder):
    for task in pulled.tasks:
        task["annotations"] = []
    assert fetch(pulled, corpus, folder, accept=True).written
    assert not (corpus.exports / "trial.json").exists()


def test_a_layer_without_work_makes_no_file(fake, corpus, folder, capfd):
    send(fake, corpus, folder)
    place = ["--data-dir", str(folder.path), "--url", fake.url, "--project", str(corpus.root)]
    assert run(["studio", "pull", "--layer", "trial", *place]) == 0
    assert "nothing to write" in capfd.readouterr().out
    assert not (corpus.exports / "trial.json").exists()


def test_an_article_that_nobody_knows_cannot_be_accepted(pulled, corpus, folder):
    before = content(corpus)
    with pytest.raises(UsageError, match="no article 999"):
        fetch(pulled, corpus, folder, accept=["999"])
    assert content(corpus) == before


def test_the_command_accepts_one_article_or_all(pulled, corpus, folder, capfd):
    place = ["--data-dir", str(folder.path), "--url", pulled.url, "--project", str(corpus.root)]
    pulled.tasks[0]["annotations"] = pulled.tasks[1]["annotations"] = []
    assert run(["studio", "pull", "--layer", "trial", *place]) == 1
    said = capfd.readouterr()
    assert (
        f"Not brought up to the server because of the errors above: {name(pulled, 0)}, {name(pulled, 1)}." in said.out
    )
    assert run(["studio", "pull", "--layer", "trial", "--accept", name(pulled, 0), *place]) == 1
    assert list(records(corpus)) == [name(pulled, 1)]
    assert run(["studio", "pull", "--layer", "trial", "--accept", "all", *place]) == 0


def test_an_unknown_label_holds_up_its_own_article_alone(pulled, corpus, folder):
    before = records(corpus)
    pulled.tasks[1]["annotations"][0]["result"][0]["value"]["labels"] = ["PLANET"]
    annotate(pulled, 2)
    issues = []
    again = fetch(pulled, corpus, folder, issues, accept=True)
    assert codes(issues) == ["studio-several", "studio-unknown-label"]
    assert again.kept == (name(pulled, 1),)
    assert records(corpus)[name(pulled, 1)] == before[name(pulled, 1)]
    assert name(pulled, 2) in records(corpus)
    words = pulled.tasks[1]["data"]["text"][:2]
    assert f"PLANET', which the ontology lacks, on {words!r} (0 to 2): {pulled.url}/projects/1/data?task=2" in (
        issues[1].message
    )
    assert (issues[1].file, issues[1].pointer) == (None, "")
    issues.clear()
    assert fetch(pulled, corpus, folder, issues, accept_labels=True).kept == ()
    assert [found.level for found in issues] == ["warning", "warning"]
    assert "PLANET" in content(corpus).decode()


def test_a_new_article_with_an_unknown_label_stays_out(fake, corpus, folder):
    send(fake, corpus, folder)
    annotate(fake, 0, label="PLANET")
    issues = []
    assert not fetch(fake, corpus, folder, issues).written
    assert codes(issues) == ["studio-unknown-label"]
    assert not (corpus.exports / "trial.json").exists()


def test_work_on_two_tasks_of_an_article_keeps_what_the_file_has(pulled, corpus, folder):
    before = content(corpus)
    pulled.tasks.append({**pulled.tasks[0], "id": 99})
    issues = []
    fetch(pulled, corpus, folder, issues)
    assert codes(issues) == ["studio-duplicate-task", "studio-work-twice", "studio-several", "studio-several"]
    assert content(corpus) == before


def test_a_file_without_unique_ids_is_compared_by_number(pulled, corpus, folder):
    tasks = json.loads(content(corpus))
    for task in tasks:
        for one in task["annotations"]:
            del one["unique_id"]
    (corpus.exports / "trial.json").write_text(json.dumps(tasks))
    issues = []
    fetch(pulled, corpus, folder, issues)
    assert codes(issues) == ["studio-several"]
    (corpus.exports / "trial.json").write_text(json.dumps(tasks))
    delete_one(pulled)
    issues.clear()
    fetch(pulled, corpus, folder, issues)
    assert codes(issues) == ["studio-work-gone"]
