"""A pull that brings less than the file has says what went, and does not overwrite much without being told to."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy

import pytest

from support.fake_studio import annotate, codes, fetch, send
from vinese.cli import run
from vinese.core.project import packaged
from vinese.model.ontology_file import load_ontology
from vinese.studio.changes import change

pytestmark = pytest.mark.extra("label_studio_sdk")


def gold(number: int = 0):
    """Return what gold has of an article: many regions, choices and relations."""
    tasks = json.loads(packaged("annotations", "exports", "gold.json").read_bytes())
    return tasks[number]["annotations"][-1]["result"]


@pytest.fixture
def full(fake, corpus, folder):
    """A fake from which gold's work on the first article was pulled, and one entity in the second."""
    send(fake, corpus, folder)
    annotate(fake, 0)["result"] = gold()
    annotate(fake, 1, completed_by=2)
    fetch(fake, corpus, folder)
    return fake


def content(corpus):
    return (corpus.exports / "trial.json").read_bytes()


def task_of(corpus, article):
    return next(task for task in json.loads(content(corpus)) if task["data"]["article_id"] == article)


def work(fake):
    return fake.tasks[0]["annotations"][0]


def size(result):
    return sum(len(region.get("labels") or [""]) if region["type"] == "relation" else 1 for region in result)


def words(fake, region):
    return fake.tasks[0]["data"]["text"][region["value"]["start"] : region["value"]["end"]]


def test_a_shrunk_annotation_is_held_and_what_vanished_is_named(full, corpus, folder, capfd):
    before = content(corpus)
    whole = work(full)["result"]
    work(full)["result"] = whole[:3]
    for _ in range(2):
        issues = []
        pulled = fetch(full, corpus, folder, issues)
        assert [(found.code, found.level) for found in issues] == [("studio-work-shrank", "error")]
        assert f"from {size(whole)} to 3" in issues[0].message
        assert f"{size(whole) - 3} went" in issues[0].message
        gone = [region for region in whole[3:] if region["type"] == "labels"]
        assert f"'{words(full, gone[0])}'" in issues[0].message
        assert not pulled.written
        assert content(corpus) == before
    article = full.tasks[0]["data"]["article_id"]
    assert f"vinese studio pull --layer trial --accept {article}" in issues[0].todo
    place = ["--data-dir", str(folder.path), "--url", full.url, "--project", str(corpus.root)]
    assert run(["studio", "pull", "--layer", "trial", *place]) == 1
    assert content(corpus) == before
    capfd.readouterr()
    assert run(["studio", "pull", "--layer", "trial", "--accept", article, *place, "--json"]) == 0
    (changed,) = json.loads(capfd.readouterr().out)["result"]["changes"]
    assert len(changed["went"]) == size(whole) - 3
    assert len(task_of(corpus, article)["annotations"][0]["result"]) == 3
    assert not fetch(full, corpus, folder).written


def test_what_an_annotation_lost_comes_back_as_a_suggestion(full, corpus, folder):
    whole = work(full)["result"]
    work(full)["result"] = whole[:3]
    assert send(full, corpus, folder, suggest=corpus.exports / "trial.json").suggested == 1
    (there,) = full.tasks[0]["predictions"]
    assert len(there["result"]) == len(whole)


def test_the_export_says_what_each_pull_changed(full, corpus, folder):
    shutil.copytree(packaged("annotations", "guidelines"), corpus.own("annotations", "guidelines"))
    article = full.tasks[0]["data"]["article_id"]
    whole = work(full)["result"]
    first = task_of(corpus, article)["vinese"]["pulls"]
    assert [(entry["annotator"], entry["before"], entry["after"]) for entry in first] == [
        ("annotator-1", 0, size(whole))
    ]
    work(full)["result"] = whole[:3]
    work(full)["updated_at"] = "2026-12-01T00:00:00.000000Z"
    fetch(full, corpus, folder, accept=[article])
    log = task_of(corpus, article)["vinese"]["pulls"]
    assert log[:1] == first
    assert {name: log[1][name] for name in ("at", "annotator", "before", "after", "came", "changed", "went")} == {
        "at": "2026-12-01T00:00:00.000000Z",
        "annotator": "annotator-1",
        "before": size(whole),
        "after": 3,
        "came": 0,
        "changed": 0,
        "went": size(whole) - 3,
    }
    assert (log[1]["ontology_version"], log[1]["stage"]) == (load_ontology(corpus).version, "all")
    assert len(task_of(corpus, full.tasks[1]["data"]["article_id"])["vinese"]["pulls"]) == 1


def test_work_that_is_gone_and_accepted_is_in_the_log_of_what_stays(pulled, corpus, folder):
    del pulled.tasks[0]["annotations"][0]
    fetch(pulled, corpus, folder, accept=True)
    log = task_of(corpus, pulled.tasks[0]["data"]["article_id"])["vinese"]["pulls"]
    assert [(entry["annotator"], entry["before"], entry["after"]) for entry in log] == [
        ("annotator-1", 0, 1),
        ("annotator-2", 0, 1),
        ("annotator-1", 1, 0),
    ]


def test_a_small_loss_is_told_and_written(full, corpus, folder):
    linked = {region.get(end) for region in gold() for end in ("from_id", "to_id")}
    region = next(
        region for region in work(full)["result"] if region["from_name"] == "entity" and region["id"] not in linked
    )
    work(full)["result"].remove(region)
    issues = []
    assert fetch(full, corpus, folder, issues).written
    assert [(found.code, found.level) for found in issues] == [("studio-work-less", "warning")]
    assert f"1 went. What went: {region['value']['labels'][0]} '{words(full, region)}'" in issues[0].message


def test_a_lost_relation_between_kept_regions_is_held(full, corpus, folder):
    before = content(corpus)
    relation = next(region for region in work(full)["result"] if region["type"] == "relation")
    work(full)["result"].remove(relation)
    issues = []
    assert not fetch(full, corpus, folder, issues).written
    assert codes(issues) == ["studio-work-shrank"]
    assert "1 of them relations whose ends are still there" in issues[0].message
    ends = [
        next(words(full, region) for region in gold() if region.get("id") == relation[end])
        for end in ("from_id", "to_id")
    ]
    assert f"What went: {relation['labels'][0]} '{ends[0]}' > '{ends[1]}'" in issues[0].message
    assert content(corpus) == before


def test_work_that_grew_or_changed_is_written_without_a_word(full, corpus, folder):
    relation = next(region for region in work(full)["result"] if region["type"] == "relation")
    relation["labels"] = ["PLACE" if relation["labels"] != ["PLACE"] else "TIME"]
    annotated = next(region for region in work(full)["result"] if region["type"] == "labels")
    work(full)["result"].append({**deepcopy(annotated), "id": "new"})
    issues = []
    pulled = fetch(full, corpus, folder, issues)
    assert (issues, pulled.written) == ([], True)
    (changed,) = pulled.changes
    assert (len(changed.came), len(changed.changed), len(changed.went)) == (1, 1, 0)


TEXT = "Hà Nội ký với Paris hôm qua"


def region(key, words, label="GPE", control="entity"):
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "labels": [label]}
    return {"id": key, "type": "labels", "from_name": control, "to_name": "text", "value": value}


def arrow(source, target, *labels, direction="right"):
    return {"type": "relation", "from_id": source, "to_id": target, "direction": direction, "labels": list(labels)}


HANOI, SIGN, PARIS = region("a", "Hà Nội"), region("b", "ký", "AGREE", "event"), region("c", "Paris")
WORK = [HANOI, SIGN, PARIS, arrow("b", "a", "ACTOR"), arrow("b", "c", "RECIPIENT", "PLACE")]


@pytest.mark.parametrize(
    ("after", "came", "changed", "went", "unlinked"),
    [
        (WORK, (), (), (), ()),
        ([*WORK[:3], arrow("a", "b", "ACTOR", direction="left"), WORK[4]], (), (), (), ()),
        ([HANOI, SIGN, region("z", "Paris"), WORK[3], arrow("b", "z", "RECIPIENT", "PLACE")], (), (), (), ()),
        (
            [HANOI, SIGN, region("z", "Paris hôm"), WORK[3], arrow("b", "z", "RECIPIENT", "PLACE")],
            (),
            ("GPE 'Paris' to GPE 'Paris hôm'",),
            (),
            (),
        ),
        (
            [*WORK[:4], arrow("b", "c", "PLACE")],
            (),
            (),
            ("RECIPIENT 'ký' > 'Paris'",),
            ("RECIPIENT 'ký' > 'Paris'",),
        ),
        (
            [*WORK[:3], arrow("b", "a", "RECIPIENT"), WORK[4]],
            (),
            ("ACTOR 'ký' > 'Hà Nội' to RECIPIENT 'ký' > 'Hà Nội'",),
            (),
            (),
        ),
        ([SIGN, PARIS, WORK[4]], (), (), ("GPE 'Hà Nội'", "ACTOR 'ký' > 'Hà Nội'"), ()),
        ([*WORK, region("d", "hôm qua", "TIME")], ("TIME 'hôm qua'",), (), (), ()),
        ([region("a", "Hà Nội", "LOC"), *WORK[1:]], (), ("GPE 'Hà Nội' to LOC 'Hà Nội'",), (), ()),
    ],
)
def test_what_came_changed_and_went(after, came, changed, went, unlinked):
    became = change(WORK, after, TEXT)
    assert (became.came, became.changed, became.went, became.unlinked) == (came, changed, went, unlinked)
    assert became.before == 6
