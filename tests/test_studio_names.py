"""Pseudonyms: one an annotator, whatever the server's address looks like, and none for two, known or not."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from support.fake_studio import annotate, codes, fetch, send
from vinese.studio import pseudonyms
from vinese.studio.folder import StudioFolder
from vinese.studio.pseudonyms import Annotator, Register, server_key

pytestmark = pytest.mark.extra("label_studio_sdk")

DRAFT = {"id": 3, "created_username": "", "result": [], "annotation": None}


@pytest.fixture
def pulled(fake, corpus, folder):
    """A fake from which the work of users 1 and 2 was pulled."""
    send(fake, corpus, folder)
    annotate(fake, 0)
    annotate(fake, 1, completed_by=2)
    fetch(fake, corpus, folder)
    return fake


def names(corpus):
    tasks = json.loads((corpus.exports / "trial.json").read_bytes())
    return [one["completed_by"] for task in tasks for one in task["annotations"]]


def test_work_of_a_removed_account_keeps_its_pseudonym(pulled, corpus, folder):
    before = (corpus.exports / "trial.json").read_bytes()
    pulled.tasks[1]["annotations"][0]["completed_by"] = None
    issues = []
    assert not fetch(pulled, corpus, folder, issues).written
    assert issues == []
    assert (corpus.exports / "trial.json").read_bytes() == before


def test_work_of_unknown_annotators_is_never_of_one(fake, corpus, folder):
    send(fake, corpus, folder)
    annotate(fake, 0, completed_by=None, unique_id="0a1b2c3d-aaaa-bbbb")
    annotate(fake, 1, completed_by=None, unique_id="0a1b2c3d-cccc-dddd")
    fake.tasks[2]["drafts"] = [DRAFT]
    issues = []
    assert fetch(fake, corpus, folder, issues).written
    assert codes(issues) == ["studio-annotator-unknown"] * 3 + ["studio-draft"]
    assert {found.level for found in issues} == {"warning"}
    assert names(corpus) == ["annotator-unknown-0a1b2c3daaaa", "annotator-unknown-0a1b2c3dcccc"]
    assert issues[0].pointer == "/0/annotations/0"
    assert not fetch(fake, corpus, folder).written


def test_a_name_given_by_hand_to_unknown_work_stays(fake, corpus, folder):
    send(fake, corpus, folder)
    annotate(fake, 0, completed_by=None)
    fetch(fake, corpus, folder)
    file = corpus.exports / "trial.json"
    (name,) = names(corpus)
    file.write_text(file.read_text().replace(name, "annotator-4"))
    issues = []
    assert not fetch(fake, corpus, folder, issues).written
    assert issues == []


def test_an_old_name_for_all_unknown_annotators_is_not_kept(pulled, corpus, folder):
    file = corpus.exports / "trial.json"
    file.write_text(
        file.read_text().replace("annotator-1", "annotator-unknown").replace("annotator-2", "annotator-unknown")
    )
    for number in (0, 1):
        pulled.tasks[number]["annotations"][0]["completed_by"] = None
    fetch(pulled, corpus, folder)
    assert len(set(names(corpus))) == 2
    assert "annotator-unknown" not in names(corpus)


def test_another_spelling_of_the_address_changes_no_name(pulled, corpus, folder):
    before = (corpus.exports / "trial.json").read_bytes()
    register = folder.annotators.read_bytes()
    pulled.url = pulled.url.replace("127.0.0.1", "localhost")
    assert not fetch(pulled, corpus, folder).written
    assert (corpus.exports / "trial.json").read_bytes() == before
    assert folder.annotators.read_bytes() == register


@pytest.mark.parametrize("known", [None, "elsewhere"])
def test_work_in_the_file_proves_whose_it_is(pulled, corpus, tmp_path, known):
    before = (corpus.exports / "trial.json").read_bytes()
    second = StudioFolder(tmp_path / "second")
    if known:
        second.make()
        annotators = [{"user": 7, "name": "", "pseudonym": "annotator-1"}]
        second.annotators.write_text(json.dumps({"servers": {known: annotators}}))
    assert not fetch(pulled, corpus, second).written
    assert (corpus.exports / "trial.json").read_bytes() == before


def test_a_list_that_the_work_proves_to_be_of_this_server_names_the_others_too():
    annotators = [Annotator(user=number, name="", pseudonym=f"annotator-{number + 2}") for number in (1, 2, 3)]
    register = Register(servers={"http://old.example.org": annotators})
    given = register.give(
        "http://new.example.org", [1, 3], proven={1: "annotator-3"}, emails={}, used={"annotator-9"}
    )
    assert given == {1: "annotator-3", 3: "annotator-5"}
    assert register.pseudonyms("http://new.example.org") == given
    other = Register(servers={"http://old.example.org": annotators})
    given = other.give("http://new.example.org", [1, 3], proven={1: "annotator-4"}, emails={}, used={"annotator-9"})
    assert given == {1: "annotator-4", 3: "annotator-10"}


def test_two_annotators_never_get_one_pseudonym():
    register = Register(servers={"own": [Annotator(user=1, name="", pseudonym="annotator-1")]})
    given = register.give("own", [1, 2, 3], proven={2: "annotator-1", 3: "annotator-1"}, emails={}, used=set())
    assert len(set(given.values())) == 3


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080", "own"),
        ("http://localhost:8080", "own"),
        ("http://[::1]:8080", "own"),
        ("http://localhost:8081", "http://127.0.0.1:8081"),
        ("https://Studio.Example.org:443", "https://studio.example.org"),
        ("https://studio.example.org/ls", "https://studio.example.org/ls"),
        ("https://Known.example.org", "https://Known.example.org"),
        (None, "own"),
    ],
)
def test_spellings_of_one_address_are_one_server(folder, monkeypatch, url, expected):
    monkeypatch.setattr(pseudonyms, "read_state", lambda _: SimpleNamespace(port=8080))
    register = Register(servers={"https://Known.example.org": []})
    assert server_key(register, url, folder) == expected
