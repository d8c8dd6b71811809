"""Two layers on a real Label Studio, decided by a third person, and what every item of the result comes from."""

from __future__ import annotations

import json

import msgspec
import pytest

from vinese.cli import run
from vinese.compare.agree import agree
from vinese.compare.store import named
from vinese.core.errors import ProjectError, UsageError
from vinese.core.files import text_digest
from vinese.core.issues import Issue
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import relation
from vinese.formats.read import read_export
from vinese.model.records import Document
from vinese.studio.adjudicate import adjudicate
from vinese.studio.connection import connect
from vinese.studio.pull import pull
from vinese.studio.push import push

ARTICLE = "001-4183aa2e76aa53c5"
OTHER = "000-fbdd747fbc1d4b56"


def region(text, words, label, key, control="entity"):
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return {"id": key, "type": "labels", "from_name": control, "to_name": "text", "value": value}


def choice(of, control, value):
    place = {key: of["value"][key] for key in ("start", "end", "text")}
    return {**of, "type": "choices", "from_name": control, "value": {**place, "choices": [value]}}


def judged(outlet, overall):
    given = {"outlet_stance": outlet, "overall_leaning": overall}
    return [
        {
            "id": f"j-{name}",
            "type": "choices",
            "from_name": name,
            "to_name": "text",
            "value": {"choices": [value]},
        }
        for name, value in given.items()
    ]


def first_layer(text):
    """Return work without a warning: AGREE wants no stance on its trigger, as REQUEST would."""
    trigger = region(text, "kêu gọi", "AGREE", "v1", "event")
    speaker, nato = region(text, "Tổng thư ký NATO", "ROLE", "e1"), region(text, "NATO", "ORG_IGO", "e2")
    city, eu = region(text, "Brussels", "GPE", "e3"), region(text, "EU", "ORG_IGO", "e4")
    links = [relation("v1", "e1", "ACTOR"), relation("v1", "e4", "RECIPIENT")]
    event = [trigger, choice(trigger, "modality", "ASSERTED")]
    return [speaker, nato, city, eu, *event, *links, *judged("NEUTRAL", "FAVOR")]


def second_layer(text):
    """Return the first layer's work with another type, another modality, no RECIPIENT and another leaning."""
    trigger = region(text, "kêu gọi", "AGREE", "x1", "event")
    speaker, nato = region(text, "Tổng thư ký NATO", "ROLE", "a1"), region(text, "NATO", "ORG_IGO", "a2")
    city, eu = region(text, "Brussels", "LOC", "a3"), region(text, "EU", "ORG_IGO", "a4")
    event = [trigger, choice(trigger, "modality", "NEGATED")]
    return [speaker, nato, city, eu, *event, relation("x1", "a1", "ACTOR"), *judged("NEUTRAL", "AGAINST")]


def write_layer(corpus, name, work):
    """Write the export of a layer that has `work(text)` on each article."""
    tasks = []
    for key in (ARTICLE, OTHER) if name == "third" else (ARTICLE,):
        article = Articles(corpus.articles).find(key)
        result = work(article.text) if key == ARTICLE else judged("NEUTRAL", "NEUTRAL")
        data = {"text": article.text, "title": "", "article_id": key, "text_sha256": article.text_sha256}
        tasks.append({"data": data, "annotations": [{"completed_by": "annotator-1", "result": result}]})
    corpus.exports.mkdir(parents=True, exist_ok=True)
    (corpus.exports / f"{name}.json").write_text(json.dumps(tasks))


@pytest.fixture
def layers(corpus):
    write_layer(corpus, "first", first_layer)
    write_layer(corpus, "second", second_layer)
    return corpus


def begin(server, corpus, layer, issues=None, names=("first", "second"), **more):
    done = adjudicate(names, layer, project=corpus, folder=server.folder, lang="en", **more)
    if issues is not None:
        issues += done.issues
    return done


def fetch(server, corpus, layer, issues=None):
    pulled = pull(layer, project=corpus, folder=server.folder)
    if issues is not None:
        issues += pulled.issues
    return pulled


def codes(issues):
    return [found.code for found in issues]


def the_task(client, project):
    (listed,) = client.tasks.list(project=project, fields="all")
    return listed


def suggestions(client, project):
    found = the_task(client, project).predictions
    plain = [one if isinstance(one, dict) else one.dict() for one in found]
    return {one["model_version"]: one["result"] for one in plain}


def key_of(result, control, label):
    return next(
        one["id"] for one in result if one.get("from_name") == control and one["value"].get("labels") == [label]
    )


def decide(result, text):
    """Decide as a person does: take GPE and NEGATED, delete NATO, mark Bỉ, judge, delete the marks."""
    gone = {key_of(result, "entity", "LOC")}
    gone.add(next(o["id"] for o in result if o.get("from_name") == "entity" and o["value"]["text"] == "NATO"))
    gone |= {one["id"] for one in result if one.get("from_name") == "decide"}
    kept = [one for one in result if not {one.get("id"), one.get("from_id"), one.get("to_id")} & gone]
    for one in kept:
        if one.get("from_name") == "modality":
            one["value"]["choices"] = ["NEGATED"]
    new = region(text, "Bỉ", "GPE", "fresh")
    return [*kept, new, *judged("NEUTRAL", "FAVOR")[1:]]


@pytest.mark.studio
def test_two_layers_become_gold(studio_server, layers, layer):
    issues = []
    made = begin(studio_server, layers, layer, issues)
    assert issues == []
    assert (made.screen, made.articles, made.sent, made.accepted, made.there) == ("made", 1, 1, 1, 0)
    # The type of Brussels, the event's modality with its RECIPIENT, and the leaning.
    assert made.to_decide == 3
    again = begin(studio_server, layers, layer, issues)
    assert issues == []
    assert (again.project, again.screen, again.sent, again.there, again.mended) == (
        made.project,
        "unchanged",
        0,
        1,
        0,
    )

    with studio_server.acting(studio_server.annotators[0]) as client:
        assert client.projects.get(made.project).model_version == "merged"
        task = the_task(client, made.project)
        text = task.data["text"]
        given = suggestions(client, made.project)
        assert set(given) == {"first", "second", "merged"}
        result = decide(given["merged"], text)
        client.annotations.create(id=task.id, result=result)

    assert fetch(studio_server, layers, layer, issues).written
    assert issues == []
    file = layers.exports / f"{layer}.json"
    content = file.read_bytes()
    (pulled,) = json.loads(content)
    assert set(pulled["data"]) == {"text", "title", "article_id", "text_sha256"}
    regions = pulled["annotations"][0]["result"]
    assert not any("meta" in one or one.get("from_name") == "decide" for one in regions)
    assert not fetch(studio_server, layers, layer).written
    assert file.read_bytes() == content

    found = list(read_export(file, layers))
    assert [one for one in found if isinstance(one, Issue) and one.level == "error"] == []
    (gold,) = [one for one in found if isinstance(one, Document)]
    words = {one.id: one.text for one in gold.entities} | {one.id: one.trigger.text for one in gold.events}
    said = {(one.kind, one.role or words.get(one.id, one.id)): (one.how, one.layers) for one in decisions(gold)}
    both = ("first", "second")
    assert said == {
        ("entity", "Tổng thư ký NATO"): ("agreed", both),
        ("entity", "EU"): ("agreed", both),
        ("entity", "Brussels"): ("chosen", ("first",)),
        ("entity", "Bỉ"): ("new", ()),
        ("event", "kêu gọi"): ("chosen", ("second",)),
        ("argument", "ACTOR"): ("agreed", both),
        ("argument", "RECIPIENT"): ("chosen", ("first",)),
        ("article_stance", "outlet_stance"): ("agreed", both),
        ("article_stance", "overall_leaning"): ("chosen", ("first",)),
    }

    report = agree(named(["first", "second", layer], layers), layers, resamples=0)
    (rate,) = report.adjudications
    assert (rate.layer, rate.layers, rate.articles) == (layer, both, 1)
    total = next(one for one in rate.kinds if one.kind == "all")
    assert (total.items, total.agreed, total.chosen, total.new) == (9, 4, {"first": 3, "second": 1}, 1)
    assert total.agreed_share == pytest.approx(4 / 9)
    arguments = next(one for one in rate.kinds if one.kind == "argument")
    assert (arguments.agreed_share, arguments.chosen_share["first"], arguments.new_share) == (0.5, 0.5, 0.0)


def decisions(gold):
    return gold.provenance.adjudication.decisions


@pytest.mark.studio
def test_a_cut_run_is_finished_by_the_same_command(studio_server, layers, layer):
    made = begin(studio_server, layers, layer)
    with connect(studio_server.folder) as studio:
        for one in studio.api.predictions.list(project=made.project):
            if one.model_version != "first":
                studio.api.predictions.delete(one.id)
        studio.api.projects.update(made.project, model_version="first")
    issues = []
    again = begin(studio_server, layers, layer, issues)
    assert (issues, again.sent, again.mended) == ([], 0, 2)
    with studio_server.acting(studio_server.annotators[0]) as client:
        assert set(suggestions(client, made.project)) == {"first", "second", "merged"}
        assert client.projects.get(made.project).model_version == "merged"


@pytest.mark.studio
def test_marks_that_are_left_and_layers_that_changed_are_reported(studio_server, layers, layer):
    made = begin(studio_server, layers, layer)
    with studio_server.acting(studio_server.annotators[0]) as client:
        task = the_task(client, made.project)
        client.annotations.create(id=task.id, result=suggestions(client, made.project)["merged"])
    write_layer(layers, "second", first_layer)
    issues = []
    again = begin(studio_server, layers, layer, issues)
    assert codes(issues) == ["adjudicate-layer-changed"]
    assert "second" in issues[0].message
    assert (again.sent, again.mended) == (0, 0)
    issues.clear()
    assert fetch(studio_server, layers, layer, issues).written
    assert codes(issues) == ["adjudicate-open", "adjudicate-layer-changed"]
    assert issues[0].pointer == "/0/annotations/0"
    assert "still there: 2. 'kêu gọi' (event: modality, RECIPIENT); 'Brussels'" in issues[0].message


@pytest.mark.studio
def test_decisions_need_the_layers(studio_server, layers, layer):
    made = begin(studio_server, layers, layer)
    with connect(studio_server.folder) as studio:
        for one in studio.api.predictions.list(project=made.project):
            if one.model_version == "second":
                studio.api.predictions.delete(one.id)
        task = the_task(studio.api, made.project)
        studio.api.annotations.create(id=task.id, result=[])
    issues = []
    assert not fetch(studio_server, layers, layer, issues).written
    assert codes(issues) == ["adjudicate-no-layers"]
    assert "second" in issues[0].message


@pytest.mark.studio
def test_an_annotated_layer_is_no_adjudication_and_the_other_way_round(studio_server, layers, layer):
    push(f"{layer}-a", project=layers, folder=studio_server.folder)
    with pytest.raises(ProjectError, match="no adjudication"):
        begin(studio_server, layers, f"{layer}-a")
    begin(studio_server, layers, f"{layer}-b")
    with pytest.raises(ProjectError, match="adjudication of first second"):
        push(f"{layer}-b", project=layers, folder=studio_server.folder)
    write_layer(layers, "third", first_layer)
    with pytest.raises(ProjectError, match="adjudication of first second"):
        begin(studio_server, layers, f"{layer}-b", names=("first", "third"))


def longer(document):
    """Return a sound document of the same work on a text with one more word."""
    text = document.text + " Hết"

    def grown(parts):
        end = len(document.text)
        return tuple(msgspec.structs.replace(part, end=len(text)) if part.end == end else part for part in parts)

    return msgspec.structs.replace(
        document,
        text=text,
        text_sha256=text_digest(text),
        zones=grown(document.zones),
        sentences=grown(document.sentences),
    )


@pytest.mark.studio
def test_what_not_all_layers_have_and_other_texts_are_issues(studio_server, layers, layer):
    write_layer(layers, "third", first_layer)
    issues = []
    made = begin(studio_server, layers, layer, issues, names=("first", "third"))
    assert codes(issues) == ["agree-article-missing"]
    assert issues[0].message == f"In third, but not in first: 1, {OTHER}."
    assert (made.articles, made.single, made.sent) == (2, 1, 2)
    documents = [one for one in read_export(layers.exports / "third.json", layers) if isinstance(one, Document)]
    path = layers.exports / "old.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(longer(document)) for document in documents))
    issues.clear()
    path.with_name("older.jsonl").write_bytes(path.read_bytes())
    made = begin(studio_server, layers, f"{layer}-2", issues, names=(str(path), str(path.with_name("older.jsonl"))))
    assert codes(issues) == ["adjudicate-text"] * 2
    assert (made.articles, made.sent) == (0, 0)


@pytest.mark.studio
def test_the_command_says_what_there_is_to_do(studio_server, layers, layer, capsys):
    options = ["--project", str(layers.root), "--data-dir", str(studio_server.folder.path)]
    arguments = ["studio", "adjudicate", "first", "second", "--into", layer, *options]
    assert run(arguments) == 0
    out = capsys.readouterr().out
    assert "Articles: 1; agreed: 5; to decide: 3." in out
    assert f"Open {studio_server.url}/projects/" in out
    assert run([*arguments, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["result"]
    assert (said["to_decide"], said["there"], said["sent"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("names", "into", "said"),
    [
        (("first",), "gold", "two layers"),
        (("first", "nobody"), "gold", "nobody"),
        (("first", "second"), "second", "from itself"),
        (("first", "first"), "gold", "twice"),
        (("first", "merged"), "gold", "called merged"),
        (("first", "second"), "Gold!", "cannot name a layer"),
    ],
)
def test_layers_that_cannot_be_decided_between_are_refused(layers, folder, names, into, said):
    write_layer(layers, "merged", first_layer)
    with pytest.raises(UsageError, match=said):
        adjudicate(names, into, project=layers, folder=folder)
