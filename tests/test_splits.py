"""Articles that repeat each other stay together, places never change, and the audit says what is so."""

from __future__ import annotations

import json
import sys
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support import near_duplicates
from support.near_duplicates import Writer, article, corpus, search, write
from support.projects import make_project
from vinese.cli import run
from vinese.core.errors import FileProblemError, MissingExtraError
from vinese.core.project import Project, packaged
from vinese.corpus.near import key_of, shingles, similarity
from vinese.corpus.splits import Place, audit_path, read_splits, splits_path
from vinese.corpus.splitting import ENOUGH, Group, assign, check_splits, update_splits
from vinese.release.build import build

if TYPE_CHECKING:
    from pathlib import Path

needs_search = pytest.mark.extra("datasketch")


@pytest.fixture(scope="module")
def planted() -> tuple[list[near_duplicates.Planted], near_duplicates.Score]:
    texts = corpus(seed=11)
    return texts, search(texts)


@pytest.fixture
def writer() -> Writer:
    return Writer(3)


def fill(project: Project, texts: dict[str, str], publisher: str = "p") -> None:
    for name, text in texts.items():
        write(project, article(name, text, publisher, "2024-05-01"))


def stories(writer: Writer, names: list[str]) -> dict[str, str]:
    return {name: "\n".join(writer.story()) for name in names}


@needs_search
@pytest.mark.parametrize("kind", [*near_duplicates.EXACT, *near_duplicates.NEAR])
def test_planted_copies_are_found(planted: Any, kind: str) -> None:
    assert planted[1].planted[kind] >= 15
    assert planted[1].found[kind] == planted[1].planted[kind]


@needs_search
def test_stories_that_share_a_lead_are_not_taken_for_one(planted: Any) -> None:
    assert {one.kind for one in planted[0]} > set(near_duplicates.FALSE)
    assert planted[1].wrong == 0
    assert planted[1].found[near_duplicates.BEYOND[0]] == 0


@needs_search
def test_what_differs_in_form_alone_is_exact(planted: Any) -> None:
    assert planted[1].exact_as_near == 0


def test_form_makes_no_difference_to_a_key_and_words_do() -> None:
    assert key_of("Hòa bình, ở EU!\nNgày 16/6") == key_of("HOÀ BÌNH ở  eu. ngày 16/6") == "hoà bình ở eu ngày 16/6"
    assert key_of("hòa bình") != key_of("hoa bình")
    assert shingles("một hai") == {"một hai"}
    assert similarity(shingles("a b c d e f"), shingles("a b c d e g")) == pytest.approx(1 / 3)


def groups_of(sizes: list[tuple[int, str]], first: int = 0) -> list[Group]:
    """Return groups of these sizes and publishers."""
    found, number = [], first
    for size, publisher in sizes:
        found.append(Group(tuple(f"a{number + one:05}" for one in range(size)), (publisher, "2024")))
        number += size
    return found


def test_few_articles_are_all_for_testing_and_each_group_is_a_fold() -> None:
    places = assign(groups_of([(1, "x"), (2, "x"), (1, "y")]), {})
    assert {name: (place.split, place.fold) for name, place in places.items()} == {
        "a00000": ("test", 0),
        "a00001": ("test", 1),
        "a00002": ("test", 1),
        "a00003": ("test", 2),
    }


def test_many_articles_are_dealt_out_by_publisher_in_the_shares_that_are_meant() -> None:
    groups = groups_of([(1, publisher) for publisher in "uvwxyz" for _ in range(100)])
    places = assign(groups, {})
    assert Counter(place.split for place in places.values()) == {"train": 480, "validation": 60, "test": 60}
    for start in range(0, 600, 100):
        part = Counter(places[f"a{number:05}"].split for number in range(start, start + 100))
        assert abs(part["train"] - 80) <= 2
        assert abs(part["test"] - 10) <= 2
    assert assign(reversed(groups), {}) == places


def test_publishers_of_one_article_are_dealt_out_too() -> None:
    places = assign(groups_of([(1, f"publisher {number}") for number in range(100)]), {})
    assert Counter(place.split for place in places.values()) == {"train": 80, "validation": 10, "test": 10}


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from("xyz")), max_size=60),
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from("xyz")), max_size=60),
)
def test_a_later_release_moves_nothing_and_keeps_groups_whole(
    before: list[tuple[int, str]], after: list[tuple[int, str]]
) -> None:
    old = groups_of(before)
    first = assign(old, {})
    groups = [*old, *groups_of(after, first=1000)]
    second = assign(groups, first)
    assert second.items() >= first.items()
    assert set(second) == {one for group in groups for one in group.articles}
    for group in groups:
        assert len({(second[one].split, second[one].fold) for one in group.articles}) == 1
    folds = [second[group.articles[0]].fold for group in groups]
    assert len(set(folds)) == len(folds)
    if len(second) >= ENOUGH > len(first):
        assert {second[one].split for one in first} <= {"test"}


def test_a_new_article_goes_with_the_one_that_it_repeats() -> None:
    frozen = {"b": Place("train", 4), "c": Place("test", 9)}
    places = assign([Group(("a", "b"), ("x", "")), Group(("c",), ("x", "")), Group(("d",), ("x", ""))], frozen)
    assert places == {"a": Place("train", 4), **frozen, "d": Place("test", 10)}


@needs_search
def test_the_corpus_has_places_and_an_audit_that_are_fresh_and_keep_to_their_schemas() -> None:
    report = check_splits(Project())
    assert report.sound, report.issues
    for name, path in (("splits", splits_path(Project())), ("leakage", audit_path(Project()))):
        schema = json.loads(packaged("schema", f"{name}.schema.json").read_bytes())
        Draft202012Validator.check_schema(schema)
        found = json.loads(path.read_bytes())
        assert not list(Draft202012Validator(schema).iter_errors(found))
        assert list(Draft202012Validator(schema).iter_errors({**found, "articles": None, "more": 1}))


@needs_search
def test_the_command_adds_what_is_new_and_says_what_repeats(
    tmp_path: Path, writer: Writer, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path)
    words = ["splits", "--project", str(tmp_path)]
    fill(project, stories(writer, ["a", "b", "c"]))
    assert run(["check", *words]) == 1
    assert "split-missing" in capsys.readouterr().err
    assert run(["update", *words]) == 0
    before = splits_path(project).read_bytes(), audit_path(project).read_bytes()
    assert run(["update", *words]) == 0
    assert (splits_path(project).read_bytes(), audit_path(project).read_bytes()) == before

    text = article("x", json.loads((project.articles / "b.json").read_bytes())["text"]).text
    fill(project, {"d": text.upper(), "e": "\n".join([*text.split("\n")[:-1], writer.line(60)])})
    capsys.readouterr()
    assert run(["update", *words]) == 0
    shown = capsys.readouterr()
    assert "warning near-duplicate d" in shown.err
    assert "repeats b: of the word sequences that either has, 100% are in both" in shown.err
    assert f"wrote {splits_path(project)}" in shown.out
    places = read_splits(project)
    assert sorted(places) == ["a", "b", "c", "d", "e"]
    assert places["b"] == places["d"] == places["e"] == Place("test", 1)
    report = json.loads(audit_path(project).read_bytes())
    assert (report["articles"], report["groups"]) == (5, 3)
    assert report["repeated"] == {"exact": 1, "near": 1}
    assert report["across_folds"] == report["across_splits"] == {"exact": 0, "near": 0}


@needs_search
def test_repeats_in_different_splits_or_folds_are_errors(tmp_path: Path, writer: Writer) -> None:
    project = Project(tmp_path)
    (text,) = stories(writer, ["a"]).values()
    fill(project, {"a": text, "b": text, "c": "\n".join([writer.line(12), *text.split("\n")[1:]])})
    apart = {
        "a": {"split": "train", "fold": 0},
        "b": {"split": "test", "fold": 0},
        "c": {"split": "train", "fold": 1},
    }
    splits_path(project).write_text(json.dumps({"articles": apart}), encoding="utf-8")
    report = update_splits(project)
    assert not report.sound
    assert report.audit.across_splits.exact == report.audit.across_folds.near == 1
    assert [(one.code, one.article_id) for one in report.issues if one.level == "error"] == [
        ("split-leak", "b"),
        ("split-leak", "c"),
    ]
    assert read_splits(project)["b"].split == "test"


@needs_search
def test_a_build_stops_at_a_leak_and_says_when_nobody_looked(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    report = build(project, tmp_path / "out")
    assert not [one for one in report.issues if one.code == "leakage-unknown"]
    columns = (tmp_path / "out/docs/columns.md").read_text(encoding="utf-8")
    assert "| repeat an article of another fold | 0 | 0 |" in columns

    first = json.loads(next(iter(sorted(project.articles.glob("*.json")))).read_bytes())
    fill(project, {"copy": first["text"]})
    places = json.loads(splits_path(project).read_bytes())
    places["articles"]["copy"] = {"split": "train", "fold": 77}
    splits_path(project).write_text(json.dumps(places), encoding="utf-8")
    unknown = build(project, tmp_path / "out")
    assert [one.code for one in unknown.issues if one.code.startswith("leak")] == ["leakage-unknown"]
    assert "Nobody has looked for near-duplicates" in (tmp_path / "out/README.md").read_text(encoding="utf-8")

    update_splits(project)
    stopped = build(project, tmp_path / "out")
    assert (stopped.out, [one.code for one in stopped.issues if one.level == "error"]) == (None, ["split-leak"])


@needs_search
def test_a_file_that_is_broken_is_wrong_use(tmp_path: Path, writer: Writer) -> None:
    project = Project(tmp_path)
    fill(project, stories(writer, ["a"]))
    update_splits(project)
    for path in (audit_path(project), splits_path(project)):
        path.write_text('{"articles": {"a": {"split": "not-a-name", "fold": 0}}}', encoding="utf-8")
        with pytest.raises(FileProblemError):
            check_splits(project)


def test_without_the_search_the_command_says_what_to_install(
    tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(Project(tmp_path), stories(writer, ["a"]))
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(MissingExtraError):
        check_splits(Project(tmp_path))
    assert run(["update", "splits", "--project", str(tmp_path)]) == 1
    assert "vinese[splits]" in capsys.readouterr().err
    assert not splits_path(Project(tmp_path)).exists()


@needs_search
def test_no_near_duplicates_straddle_when_many_articles_are_dealt_out(tmp_path: Path) -> None:
    project, texts = Project(tmp_path), corpus(seed=5, stories=60)
    for number, one in enumerate(texts):
        if one.kind != "NFD copy":  # an article is NFC by its own check
            clean = "\n".join(" ".join(line.split()) for line in one.text.split("\n") if line.strip())
            write(project, article(one.id, clean, f"publisher {number % 3}", "2024-01-01"))
    report = update_splits(project)
    assert report.sound
    assert set(report.splits) == {"train", "validation", "test"}
    places, told = read_splits(project), {one.id: one for one in texts}
    for one, other in combinations(places, 2):
        same = told[one].story == told[other].story
        if same and not {told[one].kind, told[other].kind} & set(near_duplicates.BEYOND):
            assert places[one] == places[other]
    assert report.audit.across_splits.near == report.audit.across_splits.exact == 0
