"""What goes wrong between here and the server: each a named error, the files as they were, finished by a rerun."""

from __future__ import annotations

import json
import threading
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fake_studio import TOKEN, annotate, codes, fetch, send
from support.proxy import cutting_proxy
from support.studio import free_port
from vinese.cli import run
from vinese.core.errors import AuthError, FileProblemError, ProjectError, ServerError, StudioError, UsageError
from vinese.studio.connection import connect
from vinese.studio.folder import StudioFolder
from vinese.studio.pull import pull
from vinese.studio.push import push

pytestmark = pytest.mark.extra("label_studio_sdk")


def test_no_server_at_the_address(folder, monkeypatch):
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", TOKEN)
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ServerError, match=url), connect(folder, url):
        pass


def test_no_server_of_our_own(folder):
    with pytest.raises(ServerError, match="vinese studio up"), connect(folder):
        pass


def test_no_token(fake, folder, monkeypatch):
    monkeypatch.delenv("VINESE_STUDIO_TOKEN")
    with pytest.raises(AuthError, match="VINESE_STUDIO_TOKEN"), connect(folder, fake.url):
        pass


def test_wrong_token(fake, folder, monkeypatch):
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", "0" * 40)
    with pytest.raises(AuthError, match="Invalid token") as caught, connect(folder, fake.url):
        pass
    assert "0" * 40 not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["studio.example.org", "ftp://studio.example.org", "https://me:word@studio.example.org"]
)
def test_an_address_that_is_none(folder, monkeypatch, url):
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", TOKEN)
    with pytest.raises(UsageError) as caught, connect(folder, url):
        pass
    assert "word" not in str(caught.value).replace("password", "")


def test_another_version_is_named_beside_ours(fake, folder):
    fake.version = "1.19.0"
    with pytest.raises(ServerError, match=r"1\.19\.0.*1\.23"), connect(folder, fake.url):
        pass


@pytest.mark.parametrize("trouble", ["html", "404html", "400html"])
def test_something_else_answers(fake, folder, trouble):
    fake.trouble["version_info"] = trouble
    with (
        pytest.raises(ServerError, match=f"No Label Studio answers at {fake.url}") as caught,
        connect(folder, fake.url),
    ):
        pass
    assert "<" not in str(caught.value)


@pytest.mark.parametrize("trouble", ["401html", "404html", "502html"])
def test_pages_that_come_instead_of_answers_are_not_quoted(fake, folder, trouble):
    fake.trouble["whoami"] = trouble
    with pytest.raises(StudioError, match=fake.url) as caught, connect(folder, fake.url):
        pass
    assert "<" not in str(caught.value)


def test_status_of_a_server_elsewhere(fake, folder, monkeypatch, capfd):
    here = ["studio", "status", "--url", fake.url, "--data-dir", str(folder.path)]
    assert run(here) == 0
    assert f"answers at {fake.url}" in capfd.readouterr().out
    assert run([*here, "--json"]) == 0
    said = json.loads(capfd.readouterr().out)["result"]
    assert said == {"running": True, "url": fake.url, "version": fake.version, "layers": []}
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", "0" * 40)
    assert run(here) == 2


def test_status_knows_the_layers(pulled, folder, capfd):
    here = ["studio", "status", "--url", pulled.url, "--data-dir", str(folder.path)]
    assert run(here) == 0
    assert f"trial: stage all, vi; 5 articles, 2 with work: {pulled.url}/projects/1/data" in capfd.readouterr().out
    assert run([*here, "--json"]) == 0
    (layer,) = json.loads(capfd.readouterr().out)["result"]["layers"]
    assert (layer["layer"], layer["tasks"], layer["annotated"]) == ("trial", 5, 2)


def test_a_push_tells_of_labels_in_use_that_the_ontology_lacks(fake, corpus, folder):
    send(fake, corpus, folder)
    annotate(fake, 0)
    annotate(fake, 1, label="PLANET")
    issues = []
    send(fake, corpus, folder, issues, lang="en")
    assert codes(issues) == ["studio-label-in-use"]
    assert "'PLANET' of entity 1 times" in issues[0].message


def test_a_short_word_given_as_token_is_not_cut_out_of_messages(fake, folder, monkeypatch):
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", "x")
    fake.version = "1.19.0"
    with pytest.raises(ServerError, match=r"vinese needs 1\.23\.x\."), connect(folder, fake.url):
        pass


@pytest.mark.parametrize("around", ["\r", "\n", " \r\n"])
def test_a_token_with_a_line_end_is_taken_without(fake, folder, monkeypatch, around):
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", TOKEN + around)
    with connect(folder, fake.url) as studio:
        assert studio.version == fake.version


@pytest.mark.parametrize("token", ["abc\ndef", "abc def", "żółć", "abc\x7f", " \r\n"])
def test_what_is_no_token_is_refused_and_not_shown(fake, folder, monkeypatch, token):
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", token)
    with pytest.raises(AuthError, match="VINESE_STUDIO_TOKEN") as caught, connect(folder, fake.url):
        pass
    assert not any(part in str(caught.value) for part in token.split())


def test_an_error_that_quotes_the_token_is_shown_without(fake, folder):
    fake.trouble["whoami"] = "quotes"
    with pytest.raises(ProjectError, match=r"\[token\]") as caught, connect(folder, fake.url):
        pass
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "route", ["version_info", "whoami", "list_projects", "make_project", "get_project", "list_tasks", "import_tasks"]
)
@pytest.mark.parametrize("trouble", ["lost", "cut", "500", "404"])
def test_a_push_that_breaks_anywhere_is_finished_by_the_next(fake, corpus, folder, route, trouble):
    fake.trouble[route] = trouble
    with pytest.raises(StudioError, match=fake.url):
        send(fake, corpus, folder)
    assert not fake.trouble
    issues = []
    pushed = send(fake, corpus, folder, issues)
    assert issues == []
    assert len(fake.tasks) == 5 == pushed.there + pushed.accepted
    assert sorted({task["data"]["article_id"] for task in fake.tasks}) == sorted(
        path.stem for path in corpus.articles.glob("*.json")
    )


@pytest.mark.parametrize(
    ("route", "trouble"),
    [
        *product(
            ["list_projects", "get_project", "download", "list_snapshots", "users"], ["lost", "cut", "500", "404"]
        ),
        *product(["make_snapshot"], ["500", "404"]),
    ],
)
def test_a_pull_that_breaks_anywhere_leaves_the_file_as_it_was(fake, corpus, folder, route, trouble):
    send(fake, corpus, folder)
    file = corpus.exports / "trial.json"
    annotate(fake, 0)
    fetch(fake, corpus, folder)
    before = file.read_bytes()
    annotate(fake, 1, completed_by=2)
    fake.trouble[route] = trouble
    with pytest.raises(StudioError, match=fake.url):
        fetch(fake, corpus, folder)
    assert file.read_bytes() == before
    assert [path.name for path in corpus.exports.iterdir()] == ["trial.json"]
    assert fetch(fake, corpus, folder).written
    assert len(json.loads(file.read_bytes())) == 2


@pytest.mark.parametrize("trouble", ["lost", "cut", "504html", "502"])
def test_a_snapshot_whose_answer_is_cut_is_waited_for_and_used(fake, corpus, folder, trouble):
    send(fake, corpus, folder)
    annotate(fake, 0)
    fake.pending = 2
    fake.trouble["make_snapshot"] = trouble
    assert fetch(fake, corpus, folder).written
    assert fake.asked["make_snapshot"] == 1
    assert fake.snapshots == []
    assert not fetch(fake, corpus, folder).written


def test_a_proxy_that_cuts_is_no_obstacle(fake, corpus, folder):
    with cutting_proxy(fake.url, seconds=1.5) as (url, cuts):
        push("trial", project=corpus, folder=folder, url=url)
        annotate(fake, 0)
        fake.slow["make_snapshot"] = 3.0
        assert pull("trial", project=corpus, folder=folder, url=url).written
        assert cuts == ["POST /api/projects/1/exports/"]


def test_a_snapshot_that_was_never_begun_is_not_waited_for(fake, corpus, folder, monkeypatch):
    monkeypatch.setattr("vinese.studio.snapshot._LISTED_WITHIN", 0.0)
    send(fake, corpus, folder)
    fake.trouble["make_snapshot"] = "never"
    with pytest.raises(ServerError, match=fake.url):
        fetch(fake, corpus, folder)


def test_what_the_server_drops_in_silence_is_counted(fake, corpus, folder):
    fake.trouble["import_tasks-drops"] = "yes"
    issues = []
    pushed = send(fake, corpus, folder, issues)
    assert codes(issues) == ["studio-not-accepted"]
    assert (pushed.sent, pushed.accepted) == (5, 4)
    issues.clear()
    assert send(fake, corpus, folder, issues).accepted == 1
    assert issues == []


def test_a_project_made_twice_at_one_moment_leaves_the_older_one(fake, corpus, folder):
    fake.trouble["make_project-double"] = "yes"
    issues = []
    pushed = send(fake, corpus, folder, issues)
    assert issues == []
    assert (pushed.project, pushed.accepted, fake.others) == (1, 5, [])


def test_several_projects_of_a_layer_are_told_apart_by_their_work(fake, corpus, folder):
    send(fake, corpus, folder)
    fake.others = [{**fake.project, "id": 2, "task_number": 3, "total_annotations_number": 4}]
    with pytest.raises(ProjectError, match="1 with 5 tasks and 0 annotations; 2 with 3 tasks and 4 annotations"):
        send(fake, corpus, folder)


def test_whoever_takes_turns_waits_for_the_other(folder):
    order = []

    def second():
        with folder.taking_turns("projects"):
            order.append("second")

    with folder.taking_turns("projects"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_project_deleted_meanwhile(fake, corpus, folder):
    send(fake, corpus, folder)
    fake.project = None
    with pytest.raises(ProjectError, match="layer trial"):
        fetch(fake, corpus, folder)
    assert not corpus.exports.exists()


def test_a_project_that_lost_its_marker_is_not_guessed(fake, corpus, folder):
    send(fake, corpus, folder)
    fake.project["description"] = "Ours"
    with pytest.raises(ProjectError, match=r"\[vinese layer=trial"):
        send(fake, corpus, folder)


def test_a_file_that_is_no_export_is_not_overwritten(fake, corpus, folder):
    send(fake, corpus, folder)
    file = corpus.exports / "trial.json"
    file.parent.mkdir()
    file.write_text("notes")
    with pytest.raises(FileProblemError, match="not a pulled layer"):
        fetch(fake, corpus, folder)
    assert file.read_text() == "notes"


def test_another_layers_file_is_not_overwritten(fake, corpus, folder):
    send(fake, corpus, folder)
    annotate(fake, 0)
    fetch(fake, corpus, folder)
    (corpus.exports / "trial.json").rename(corpus.exports / "second.json")
    with pytest.raises(UsageError, match="layer trial"):
        pull("second", project=corpus, folder=folder, url=fake.url)


@pytest.mark.parametrize("name", ["", "Trial", "a b", "../x", "x" * 41, "-x", "x\n"])
def test_a_layer_needs_a_plain_name(fake, corpus, folder, name):
    with pytest.raises(UsageError, match="cannot name a layer"):
        push(name, project=corpus, folder=folder, url=fake.url)


@given(st.text())
@settings(max_examples=30)
def test_no_layer_name_reaches_outside_its_folder(name):
    from vinese.studio.project import checked_layer

    try:
        checked_layer(name)
    except UsageError:
        return
    assert "/" not in name
    assert "." not in name


def test_a_second_machine_gives_the_same_pseudonyms(fake, corpus, folder, tmp_path):
    send(fake, corpus, folder)
    annotate(fake, 0)
    folder.make()
    folder.annotators.write_text('{"servers": {"elsewhere": [{"user": 1, "name": "x", "pseudonym": "annotator-6"}]}}')
    fetch(fake, corpus, folder)
    file = corpus.exports / "trial.json"
    before = file.read_bytes()
    assert json.loads(before)[0]["annotations"][0]["completed_by"] == "annotator-7"
    assert not fetch(fake, corpus, StudioFolder(tmp_path / "second")).written
    assert file.read_bytes() == before


def test_a_broken_register_is_not_overwritten(fake, corpus, folder):
    send(fake, corpus, folder)
    annotate(fake, 0)
    folder.make()
    folder.annotators.write_text("{")
    with pytest.raises(FileProblemError, match=r"annotators\.json"):
        fetch(fake, corpus, folder)
    assert folder.annotators.read_text() == "{"
