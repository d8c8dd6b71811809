"""Sharing work out: which articles a layer gets, the same ones each time, and how far everybody is."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fake_studio import annotate, send
from vinese.cli import run
from vinese.core.errors import FileProblemError, ProjectError, UsageError
from vinese.corpus.layers import add_independent
from vinese.studio.progress import progress
from vinese.studio.selection import chosen, deal, shuffled

LAYERS = ("an", "binh", "chi")


def there(fake):
    return {task["data"]["article_id"] for task in fake.tasks}


@pytest.fixture
def ids(corpus):
    return sorted(path.stem for path in corpus.articles.glob("*.json"))


@given(st.sets(st.text("abc0123456789-", min_size=1), max_size=60), st.integers(), st.sampled_from([0, 0.2, 0.5, 1]))
@settings(max_examples=60)
def test_every_article_is_dealt_once_or_to_all(names, seed, overlap):
    dealt = deal(names, dict.fromkeys(LAYERS, ()), overlap=overlap, seed=seed)
    counts = [sum(name in got for got in dealt.values()) for name in names]
    common = round(overlap * len(names))
    assert sorted(counts) == [1] * (len(names) - common) + [3] * common
    sizes = [len(got) for got in dealt.values()]
    assert max(sizes) - min(sizes) <= 1
    again = deal(names, dealt, overlap=overlap, seed=seed)
    assert not any(again.values())


@given(st.sets(st.integers(0, 999), min_size=10, max_size=60), st.integers(0, 9))
@settings(max_examples=30)
def test_later_articles_move_none_and_keep_the_share(numbers, seed):
    names = [str(number) for number in sorted(numbers)]
    have = dict.fromkeys(LAYERS, frozenset())
    for part in (names[: len(names) // 2], names):
        more = deal(part, have, overlap=0.2, seed=seed)
        have = {layer: have[layer] | more[layer] for layer in LAYERS}
    assert len(frozenset.intersection(*have.values())) == round(0.2 * len(names))
    assert frozenset.union(*have.values()) == frozenset(names)


def test_somebody_new_gets_what_the_others_share():
    names = [str(number) for number in range(20)]
    have = deal(names[:10], {"an": (), "binh": ()}, overlap=0.2, seed=1)
    more = deal(names, {**have, "chi": ()}, overlap=0.2, seed=1)
    assert have["an"] & have["binh"] <= more["chi"]


def test_a_larger_sample_holds_the_smaller_one(corpus, ids):
    samples = [chosen(corpus, sample=count, seed=7) for count in range(1, 6)]
    assert all(small < large for small, large in pairwise(samples))
    assert samples[-1] == frozenset(ids)
    assert shuffled(ids, 7) != shuffled(ids, 8)


@pytest.mark.parametrize(
    ("lines", "said"), [("# none\n", "names no article"), ("nobody\nnoone\n", r"'nobody' \(and 1 others\)")]
)
def test_a_list_of_what_is_no_article_is_refused(corpus, tmp_path, lines, said):
    (tmp_path / "list").write_text(lines)
    with pytest.raises(UsageError, match=said):
        chosen(corpus, articles=tmp_path / "list")


def test_more_than_there_are_cannot_be_sampled(corpus):
    with pytest.raises(UsageError, match="There are 5 articles to choose from, not 6"):
        chosen(corpus, sample=6)


def test_dealt_layers_are_independent_and_all_else_in_the_file_stays(corpus):
    path = corpus.root / "annotations" / "layers.json"
    assert add_independent(corpus, LAYERS) == LAYERS
    assert json.loads(path.read_text()) == {"layers": {}, "independent": [*LAYERS]}
    made = {"$schema": "../schema/layers.schema.json", "independent": ["an", "dung"], "default": "an"}
    made["layers"] = {"an": {"description": "Ở Huế.", "annotators": {"annotator-1": {"kind": "person"}}}}
    path.write_text(json.dumps(made))
    assert add_independent(corpus, LAYERS) == ("binh", "chi")
    assert json.loads(path.read_text()) == {**made, "independent": ["an", "dung", "binh", "chi"]}
    before = path.stat().st_mtime_ns
    assert add_independent(corpus, LAYERS) == ()
    assert path.stat().st_mtime_ns == before
    path.write_text('{"layers": [')
    with pytest.raises(FileProblemError, match=r"layers\.json is wrong"):
        add_independent(corpus, LAYERS)
    assert path.read_text() == '{"layers": ['


@pytest.mark.extra("label_studio_sdk")
def test_chosen_articles_are_sent_and_more_are_added_to_them(fake, corpus, folder, ids, capfd):
    listed = corpus.root / "list"
    listed.write_text(f"{ids[0]}  # the first\n\n{ids[3]}\n")
    pushed = send(fake, corpus, folder, articles=listed)
    assert (pushed.sent, pushed.part, there(fake)) == (2, True, {ids[0], ids[3]})
    for _ in range(2):
        more = send(fake, corpus, folder, sample=2, seed=7)
    assert there(fake) == {ids[0], ids[3]} | chosen(corpus, sample=2, seed=7)
    assert (more.sent, more.there) == (0, len(there(fake)))

    before = there(fake)
    place = ["--data-dir", str(folder.path), "--url", fake.url, "--project", str(corpus.root)]
    assert run(["studio", "push", "--layer", "trial", "--stage", "stance", *place]) == 0
    assert "Its articles are chosen" in capfd.readouterr().out
    assert there(fake) == before
    send(fake, corpus, folder, sample=5)
    assert there(fake) == set(ids)


@pytest.mark.extra("label_studio_sdk")
def test_choosing_from_a_layer_that_has_all_changes_nothing(fake, corpus, folder, ids):
    send(fake, corpus, folder)
    pushed = send(fake, corpus, folder, sample=1)
    assert (pushed.sent, pushed.there, pushed.part) == (0, 5, False)
    assert there(fake) == set(ids)


@pytest.mark.extra("label_studio_sdk")
def test_progress_says_who_did_what_and_how_fast(pulled, folder, capfd):
    skipped = annotate(pulled, 2, completed_by={"id": 2, "email": "b@example.org"})
    skipped["was_cancelled"] = True
    pulled.tasks[3]["drafts"] = [
        {"id": 1, "created_username": "A a@example.org, 7", "updated_at": "2026-11-23T10:00:00Z", "result": []}
    ]
    for task, seconds in zip(pulled.tasks, (60.0, 120.0), strict=False):
        task["annotations"][0]["lead_time"] = seconds
    (layer,) = progress(folder=folder, url=pulled.url)
    assert (layer.layer, layer.articles, layer.done) == ("trial", 5, 2)
    by_name = {one.annotator: one for one in layer.annotators}
    assert list(by_name) == ["account 7", "annotator-1", "annotator-2"]
    first, second, third = by_name["annotator-1"], by_name["annotator-2"], by_name["account 7"]
    assert (first.done, first.skipped, first.drafts, first.minutes, first.per_day) == (2, 0, 0, 1.5, 2.0)
    assert (second.done, second.skipped) == (1, 1)
    assert (third.done, third.drafts, f"{third.last_active:%d %H:%M}") == (0, 1, "23 10:00")
    place = ["--data-dir", str(folder.path), "--url", pulled.url]
    assert run(["studio", "progress", *place]) == 0
    assert "annotator-2" in capfd.readouterr().out
    assert run(["studio", "progress", "--layer", "trial", *place, "--json"]) == 0
    said = capfd.readouterr().out
    assert json.loads(said)["result"][0]["annotators"][1]["minutes"] == 1.5
    assert "@" not in said
    with pytest.raises(ProjectError, match="no layer nobody"):
        progress("nobody", folder=folder, url=pulled.url)


@pytest.mark.extra("label_studio_sdk")
def test_an_invitation_has_all_that_somebody_new_needs(pulled, folder, capfd):
    place = ["--data-dir", str(folder.path), "--url", pulled.url]
    assert run(["studio", "invite", *place]) == 0
    assert capfd.readouterr().out.strip() == f"{pulled.url}/user/signup/?token=abc"
    assert run(["studio", "invite", "--layer", "trial", *place, "--json"]) == 0
    said = json.loads(capfd.readouterr().out)["result"]
    assert (said["url"], said["page"]) == (f"{pulled.url}/user/signup/?token=abc", f"{pulled.url}/projects/1/data")
    for letter in (said["vi"], said["en"]):
        assert said["url"] in letter
        assert said["page"] in letter
        assert len(letter.splitlines()) == 4
