"""The whole way on a real Label Studio: articles out, work by two annotators, the same bytes back."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from support.studio import judgements
from vinese.cli import run
from vinese.core.errors import ProjectError, ServerError
from vinese.corpus.articles import Articles
from vinese.corpus.layers import load_layers
from vinese.formats.labelstudio.write import relation
from vinese.model.records import ArticleStance, Entity
from vinese.studio.assign import assign
from vinese.studio.connection import connect
from vinese.studio.folder import StudioFolder
from vinese.studio.invite import invitation
from vinese.studio.progress import progress
from vinese.studio.project import require
from vinese.studio.pull import pull
from vinese.studio.push import push
from vinese.studio.server import down, up

pytestmark = pytest.mark.studio

ARTICLE = "001-4183aa2e76aa53c5"


def send(server, corpus, layer, issues=None, **more):
    pushed = push(layer, project=corpus, folder=server.folder, **more)
    if issues is not None:
        issues += pushed.issues
    return pushed


def fetch(server, corpus, layer, issues=None, **more):
    pulled = pull(layer, project=corpus, folder=server.folder, **more)
    if issues is not None:
        issues += pulled.issues
    return pulled


def codes(issues):
    return [found.code for found in issues]


def task_of(client, project, article=ARTICLE):
    return next(task for task in client.tasks.list(project=project) if task.data["article_id"] == article)


def span(text, word):
    start = text.index(word)
    return {"start": start, "end": start + len(word), "text": word}


def entity(text, word, label, key):
    value = {**span(text, word), "labels": [label]}
    return {"id": key, "type": "labels", "from_name": "entity", "to_name": "text", "value": value}


def event(text, word, label, key):
    return [
        {**entity(text, word, label, key), "from_name": "event"},
        {
            "id": key,
            "type": "choices",
            "from_name": "modality",
            "to_name": "text",
            "value": {**span(text, word), "choices": ["ASSERTED"]},
        },
    ]


def work(text):
    """Return an entity, an event and the role between them."""
    first, second = re.findall(r"\w{3,}", text)[:2]
    return [entity(text, first, "PER", "e1"), *event(text, second, "CONSULT", "v1"), relation("v1", "e1", "ACTOR")]


def test_the_whole_way(studio_server, corpus, layer):
    issues = []
    pushed = send(studio_server, corpus, layer, issues)
    assert issues == []
    assert (pushed.screen, pushed.sent, pushed.accepted, pushed.there) == ("made", 5, 5, 0)
    again = send(studio_server, corpus, layer, issues)
    assert (again.project, again.screen, again.sent, again.there) == (pushed.project, "unchanged", 0, 5)

    first, second = studio_server.annotators
    with studio_server.acting(second) as client:
        task = task_of(client, pushed.project)
        assert task.data["text"] == Articles(corpus.articles).find(ARTICLE).text
        client.annotations.create(id=task.id, result=work(task.data["text"]), lead_time=12.5)
    with studio_server.acting(first) as client:
        other = task_of(client, pushed.project, "000-fbdd747fbc1d4b56")
        client.annotations.create(id=other.id, result=[], lead_time=1.5)

    pulled = fetch(studio_server, corpus, layer, issues)
    assert issues == []
    assert (pulled.tasks, pulled.annotations, pulled.annotators, pulled.written) == (2, 2, 2, True)
    file = corpus.exports / f"{layer}.json"
    content = file.read_bytes()
    assert b"@" not in content
    tasks = {task["data"]["article_id"]: task for task in json.loads(content)}
    annotation = tasks[ARTICLE]["annotations"][0]
    assert annotation["result"] == work(task.data["text"])
    assert annotation["completed_by"] != tasks["000-fbdd747fbc1d4b56"]["annotations"][0]["completed_by"]
    assert not fetch(studio_server, corpus, layer).written
    assert file.read_bytes() == content


def test_a_restart_changes_no_byte(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        task = task_of(client, pushed.project)
        client.annotations.create(id=task.id, result=work(task.data["text"]))
    fetch(studio_server, corpus, layer)
    file = corpus.exports / f"{layer}.json"
    content = file.read_bytes()
    down(studio_server.folder)
    with pytest.raises(ServerError, match="vinese studio up"):
        fetch(studio_server, corpus, layer)
    up(studio_server.folder, port=studio_server.port, server_env=studio_server.environment)
    assert not fetch(studio_server, corpus, layer).written
    assert file.read_bytes() == content


def test_annotators_keep_their_pseudonym_in_every_layer(studio_server, corpus, layer):
    names = {}
    for number, user in ((1, studio_server.annotators[1]), (2, studio_server.annotators[0])):
        pushed = send(studio_server, corpus, f"{layer}-{number}")
        with studio_server.acting(user) as client:
            client.annotations.create(id=task_of(client, pushed.project).id, result=[])
        fetch(studio_server, corpus, f"{layer}-{number}")
        (task,) = json.loads((corpus.exports / f"{layer}-{number}.json").read_bytes())
        names[user.id] = task["annotations"][0]["completed_by"]
    kept = json.loads(studio_server.folder.annotators.read_bytes())["servers"]["own"]
    assert {one["user"]: one["pseudonym"] for one in kept if one["user"] in names} == names
    assert len(set(names.values())) == 2


def test_drafts_and_skipped_work_come_back_with_a_word(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        drafted, skipped = list(client.tasks.list(project=pushed.project))[:2]
        raw = client._client_wrapper.httpx_client
        raw.request(
            f"api/tasks/{drafted.id}/drafts",
            method="POST",
            params={"project": pushed.project},
            json={"result": work(drafted.data["text"]), "lead_time": 3},
        )
        client.annotations.create(id=skipped.id, result=[], was_cancelled=True)
    issues = []
    pulled = fetch(studio_server, corpus, layer, issues)
    assert sorted(codes(issues)) == ["studio-draft", "studio-skipped"]
    assert (pulled.tasks, pulled.drafts, pulled.cancelled) == (2, 1, 1)
    text = (corpus.exports / f"{layer}.json").read_text()
    assert "@" not in text
    assert json.loads(text)[0]["drafts"][0]["result"] == work(drafted.data["text"])


def test_a_changed_text_is_refused(studio_server, corpus, layer):
    send(studio_server, corpus, layer)
    path = corpus.articles / f"{ARTICLE}.json"
    article = Articles(corpus.articles).find(ARTICLE)
    with connect(studio_server.folder) as studio:
        task = task_of(studio.api, require(studio, layer).id)
        studio.api.tasks.update(str(task.id), data={**task.data, "text": "x" + task.data["text"]})
    issues = []
    again = send(studio_server, corpus, layer, issues)
    assert codes(issues) == ["studio-text-changed"]
    assert (again.sent, path.exists(), article.id) == (0, True, issues[0].article_id)


def test_stages_keep_the_earlier_work_and_only_go_forward(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer, stage="entities")
    with studio_server.acting(studio_server.annotators[0]) as client:
        task = task_of(client, pushed.project)
        regions = work(task.data["text"])
        made = client.annotations.create(id=task.id, result=regions[:1])
        switched = send(studio_server, corpus, layer, stage="events")
        assert (switched.project, switched.screen, switched.sent) == (pushed.project, "updated", 0)
        client.annotations.update(id=made.id, result=regions)
        assert send(studio_server, corpus, layer).screen == "unchanged"
        assert send(studio_server, corpus, layer, stage="stance").screen == "updated"
        assert client.annotations.get(id=made.id).result == regions
    with pytest.raises(ProjectError, match="only go forward"):
        send(studio_server, corpus, layer, stage="entities")
    fetch(studio_server, corpus, layer)
    assert json.loads((corpus.exports / f"{layer}.json").read_bytes())[0]["annotations"][0]["result"] == regions
    assert send(studio_server, corpus, layer).screen == "unchanged"


def test_a_configuration_changed_by_hand_is_kept_until_told(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        config = client.projects.get(pushed.project).label_config
        client.projects.update(pushed.project, label_config=config.replace('value="GPE"', 'value="PLACE"'))
        with pytest.raises(ProjectError, match="--update-config"):
            send(studio_server, corpus, layer)
        assert "PLACE" in client.projects.get(pushed.project).label_config
        issues = []
        fetch(studio_server, corpus, layer, issues)
        assert codes(issues) == ["studio-config-changed"]
        assert send(studio_server, corpus, layer, update_config=True).screen == "updated"
        assert client.projects.get(pushed.project).label_config == config


def test_work_and_projects_that_are_deleted(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        task = task_of(client, pushed.project)
        client.annotations.create(id=task.id, result=work(task.data["text"]))
        fetch(studio_server, corpus, layer)
        file = corpus.exports / f"{layer}.json"
        content = file.read_bytes()
        client.tasks.delete(str(task.id))
        issues = []
        assert not fetch(studio_server, corpus, layer, issues).written
        assert codes(issues) == ["studio-work-gone"]
        assert send(studio_server, corpus, layer).accepted == 1
        client.projects.delete(pushed.project)
    with pytest.raises(ProjectError, match=layer):
        fetch(studio_server, corpus, layer)
    assert file.read_bytes() == content
    assert send(studio_server, corpus, layer).screen == "made"


def test_a_renamed_project_is_found_and_a_copy_is_not_guessed(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        client.projects.update(pushed.project, title="Our work")
        assert send(studio_server, corpus, layer).project == pushed.project
        copied = client.projects.get(pushed.project)
        client.projects.create(title="Copy", description=copied.description, label_config=copied.label_config)
    with pytest.raises(ProjectError, match="all say"):
        send(studio_server, corpus, layer)


def test_a_label_that_the_ontology_lacks(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        task = task_of(client, pushed.project)
        result = work(task.data["text"])
        result[0]["value"]["labels"] = ["PLANET"]
        client.annotations.create(id=task.id, result=result)
    issues = []
    assert not fetch(studio_server, corpus, layer, issues).written
    assert codes(issues) == ["studio-unknown-label"]
    assert fetch(studio_server, corpus, layer, accept_labels=True).written


def suggestion(corpus, **more):
    article = Articles(corpus.articles).find(ARTICLE)
    word = re.findall(r"\w{3,}", article.text)[0]
    start = article.text.index(word)
    found = Entity(id="e1", start=start, end=start + len(word), text=word, type="PER")
    return {"id": ARTICLE, "system": "rules", "entities": [msgspec.to_builtins(found)], **more}


def test_suggestions_are_sent_once_and_counted(studio_server, corpus, layer, tmp_path):
    file = tmp_path / "rules.jsonl"
    lines = [suggestion(corpus), suggestion(corpus, id="nobody"), {"id": 3}]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    issues = []
    pushed = send(studio_server, corpus, layer, issues, suggest=file)
    assert (pushed.suggested, pushed.suggestions_accepted) == (1, 1)
    assert codes(issues) == ["schema-type", "studio-suggestion-unknown"]
    assert [found.file for found in issues] == [f"{file}:3", f"{file}:2"]
    wrong = suggestion(corpus)
    wrong["entities"][0]["text"] = "xyz"
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({**wrong, "system": "other"}))
    issues.clear()
    assert send(studio_server, corpus, layer, issues, suggest=other).suggested == 0
    assert codes(issues) == ["studio-suggestion-text"]
    assert send(studio_server, corpus, layer, suggest=file).suggested == 0
    with studio_server.acting(studio_server.annotators[0]) as client:
        task = task_of(client, pushed.project)
        (there,) = task.predictions
        client.annotations.create(id=task.id, result=there.result, parent_prediction=there.id)
    fetch(studio_server, corpus, layer)
    (task,) = json.loads((corpus.exports / f"{layer}.json").read_bytes())
    (prediction,) = task["predictions"]
    assert prediction["model_version"] == "rules"
    assert prediction["id"] == task["annotations"][0]["parent_prediction"]
    assert prediction["result"][0]["value"]["labels"] == ["PER"]


def test_a_stage_gets_the_part_of_a_suggestion_that_it_shows(studio_server, corpus, layer, tmp_path):
    stance = ArticleStance(topic="european_defence_cooperation", outlet_stance="NEUTRAL", overall_leaning="FAVOR")
    file = tmp_path / "pilot.json"
    file.write_text(json.dumps([suggestion(corpus, system=None, article_stance=msgspec.to_builtins(stance))]))
    issues = []
    pushed = send(studio_server, corpus, layer, issues, stage="entities", suggest=file)
    assert codes(issues) == ["studio-suggestion-cut"]
    assert (pushed.suggested, pushed.suggestions_accepted) == (1, 1)
    with studio_server.acting(studio_server.annotators[0]) as client:
        (there,) = task_of(client, pushed.project).predictions
    assert there.model_version == "pilot"
    assert [region["from_name"] for region in there.result] == ["entity"]


def test_the_instruction_page_is_the_short_guidelines(studio_server, corpus, layer):
    page = corpus.root / "annotations" / "guidelines" / "short.vi.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Hướng dẫn\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    pushed = send(studio_server, corpus, layer)
    with studio_server.acting(studio_server.admin) as client:
        project = client.projects.get(pushed.project)
        assert "<h1>Hướng dẫn</h1>" in project.expert_instruction
        assert "<td>1</td>" in project.expert_instruction
        assert project.show_instruction
    assert send(studio_server, corpus, layer).screen == "unchanged"
    page.write_text("Ngắn hơn.\n")
    assert send(studio_server, corpus, layer).screen == "updated"


def test_a_server_elsewhere_is_used_by_url_and_token(studio_server, corpus, layer, monkeypatch, tmp_path, capfd):  # noqa: PLR0917
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", studio_server.annotators[0].token)
    here = ["--url", studio_server.url, "--data-dir", str(tmp_path / "mine")]
    mine = [*here, "--project", str(corpus.root)]
    assert run(["studio", "up", *here]) == 0
    assert run(["studio", "push", "--layer", layer, "--lang", "en", *mine]) == 0
    assert run(["studio", "pull", "--layer", layer, *mine]) == 0
    capfd.readouterr()
    assert run(["studio", "push", "--layer", layer, "--lang", "en", "--json", *mine]) == 0
    said = json.loads(capfd.readouterr().out)
    assert (said["result"]["there"], said["result"]["sent"], said["issues"]) == (5, 0, [])
    assert not (tmp_path / "mine" / "secrets.json").exists()
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", "0" * 40)
    assert run(["studio", "pull", "--layer", layer, *mine]) == 2


def test_nobody_signs_up_without_the_link(studio_server):
    import httpx

    with connect(studio_server.folder) as studio:
        assert invitation(studio).url.startswith(f"{studio_server.url}/user/signup/?token=")
    with httpx.Client(base_url=studio_server.url, trust_env=False) as client:
        client.get("/user/signup/")
        form = {"email": "b@example.org", "password": "x" * 12, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post("/user/signup/", data=form, headers={"Referer": f"{studio_server.url}/user/signup/"})
    assert answer.status_code == 403


def test_the_log_holds_no_secret(studio_server):
    log = studio_server.folder.log.read_text()
    assert studio_server.admin.password not in log
    assert studio_server.admin.token not in log


def test_a_real_server_on_a_busy_port_is_refused(studio_server, tmp_path):
    other = StudioFolder(tmp_path / "other")
    try:
        with pytest.raises(ServerError, match=f"Port {studio_server.port} "):
            up(other, port=studio_server.port, server_env=studio_server.environment)
    finally:
        down(other)


def test_pulls_leave_no_snapshots_behind(studio_server, corpus, layer):
    pushed = send(studio_server, corpus, layer)
    for _ in range(2):
        fetch(studio_server, corpus, layer)
    with connect(studio_server.folder) as studio:
        assert studio.api.projects.exports.list(id=pushed.project) == []
    assert list(studio_server.folder.data.glob(f"media/export/{pushed.project}/*.json")) == []
    assert not [path for path in studio_server.folder.path.iterdir() if path.name.startswith("tmp")]


def test_lost_work_is_kept_comes_back_and_is_settled(studio_server, corpus, layer, capfd):
    pushed = send(studio_server, corpus, layer)
    here = ["--data-dir", str(studio_server.folder.path), "--project", str(corpus.root), "--layer", layer]
    file = corpus.exports / f"{layer}.json"
    first, second = studio_server.annotators
    with studio_server.acting(first) as one, studio_server.acting(second) as two:
        task = task_of(one, pushed.project)
        made = one.annotations.create(id=task.id, result=work(task.data["text"]))
        other = two.annotations.create(id=task.id, result=work(task.data["text"])[:1])
        assert run(["studio", "pull", *here]) == 0
        content = file.read_bytes()
        one.annotations.delete(made.id)
        one.annotations.create(id=task.id, result=[], was_cancelled=True)
        two.annotations.update(id=other.id, result=[])
        third = task_of(one, pushed.project, "000-fbdd747fbc1d4b56")
        one.annotations.create(id=third.id, result=work(third.data["text"]))
        issues = []
        assert fetch(studio_server, corpus, layer, issues).written
        assert sorted(codes(issues)) == ["studio-skipped", "studio-work-emptied", "studio-work-gone"]
        assert json.loads(file.read_bytes())[1:] == json.loads(content)
        assert run(["studio", "push", *here, "--suggest", str(file)]) == 0
        assert "2 of 2 new suggestions were accepted" in capfd.readouterr().out
        there = task_of(one, pushed.project).predictions
        assert len({item.model_version for item in there}) == 2
        results = [len(item.result) for item in there]
        assert sorted(results) == [1, len(work(task.data["text"]))]
        one.annotations.create(id=task.id, result=work(task.data["text"]))
        two.annotations.update(id=other.id, result=work(task.data["text"])[:1])
        assert run(["studio", "push", *here, "--suggest", str(file)]) == 0
        assert "No suggestion is new" in capfd.readouterr().out
    assert run(["studio", "pull", *here]) == 1
    assert run(["studio", "pull", *here, "--accept", ARTICLE]) == 0
    assert run(["studio", "pull", *here]) == 0
    assert len(json.loads(file.read_bytes())[1]["annotations"]) == 3


def test_a_removed_account_and_another_address_change_no_byte(studio_server, corpus, layer, monkeypatch, tmp_path):
    from support.studio import sign_up

    pushed = send(studio_server, corpus, layer)
    leaving = sign_up(studio_server.url, studio_server.admin, f"{layer[:20]}@example.org")
    for user, article in ((leaving, ARTICLE), (studio_server.annotators[0], "000-fbdd747fbc1d4b56")):
        with studio_server.acting(user) as client:
            task = task_of(client, pushed.project, article)
            client.annotations.create(id=task.id, result=work(task.data["text"]))
    fetch(studio_server, corpus, layer)
    content = (corpus.exports / f"{layer}.json").read_bytes()
    with studio_server.acting(studio_server.admin) as client:
        client.users.delete(leaving.id)
    issues = []
    assert not fetch(studio_server, corpus, layer, issues).written
    monkeypatch.setenv("VINESE_STUDIO_TOKEN", studio_server.admin.token + "\r\n")
    elsewhere = StudioFolder(tmp_path / "elsewhere")
    url = studio_server.url.replace("127.0.0.1", "localhost")
    pulled = pull(layer, project=corpus, folder=elsewhere, url=url)
    assert not pulled.written
    assert [*issues, *pulled.issues] == []
    assert (corpus.exports / f"{layer}.json").read_bytes() == content


def test_two_pushes_at_once_fill_one_project(studio_server, corpus, layer):
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: send(studio_server, corpus, layer), range(2)))
    assert done[0].project == done[1].project
    assert sorted(one.accepted for one in done) == [0, 5]


def test_work_is_shared_out_measured_and_sent_back_to_be_mended(studio_server, corpus, layer):
    layers = [f"{layer[:30]}-{number}" for number in range(3)]
    for sent in ([3, 2, 2], [0, 0, 0]):
        assigned = assign(layers, project=corpus, folder=studio_server.folder, overlap=0.2, seed=7)
        assert (assigned.articles, assigned.common, assigned.issues) == (5, 1, ())
        assert assigned.independent == (tuple(layers) if any(sent) else ())
        assert load_layers(corpus).independent == tuple(layers)
        assert sorted((each.accepted for each in assigned.layers), reverse=True) == sent

    first = assigned.layers[0]
    with studio_server.acting(studio_server.annotators[0]) as client:
        tasks = list(client.tasks.list(project=first.project))
        sound, wrong = tasks[:2]
        client.annotations.create(id=sound.id, result=judgements("NEUTRAL", "FAVOR"), lead_time=120.0)
        made = client.annotations.create(id=wrong.id, result=judgements("NEUTRAL"), lead_time=60.0)
    (measured,) = progress(layers[0], folder=studio_server.folder)
    assert (measured.articles, measured.done) == (len(tasks), 2)
    (annotator,) = measured.annotators
    assert (annotator.done, annotator.skipped, annotator.minutes) == (2, 0, 1.5)
    assert annotator.last_active is not None

    def tab(client):
        views = client.views.list(project=first.project)
        (view,) = [view for view in views if view.data["title"] == "to mend"]
        return view

    def to_mend(client):
        return [task.data["article_id"] for task in client.tasks.list(project=first.project, view=tab(client).id)]

    pulled = fetch(studio_server, corpus, layers[0])
    assert (pulled.to_mend, fetch(studio_server, corpus, layers[0]).written) == (1, False)
    with studio_server.acting(studio_server.annotators[0]) as client:
        assert to_mend(client) == [wrong.data["article_id"]]
        made_by_us = tab(client)
        older = {"title": "to mend", "hiddenColumns": {"explore": [], "labeling": []}}
        client.views.update(id=str(made_by_us.id), project=first.project, data=older)
        fetch(studio_server, corpus, layers[0])
        assert tab(client).data["hiddenColumns"] == made_by_us.data["hiddenColumns"]
        assert to_mend(client) == [wrong.data["article_id"]]
        client.annotations.update(id=made.id, result=judgements("NEUTRAL", "FAVOR"))
        assert fetch(studio_server, corpus, layers[0]).to_mend == 0
        assert to_mend(client) == []
        client.annotations.update(id=made.id, result=[])
    issues = []
    fetch(studio_server, corpus, layers[0], issues)
    assert codes(issues) == ["studio-work-emptied"]
    assert "What went: outlet_stance NEUTRAL; overall_leaning FAVOR" in issues[0].message
