"""The words of every article are kept beside it, right and unchanged, and a build without them says so."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.described import described
from support.projects import make_project
from vinese.cli import run
from vinese.core.errors import MissingExtraError
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.words import check_words, lay, segment, segmenter, shadow, update_words, words_path
from vinese.model.records import Sentence
from vinese.release.build import build
from vinese.text.tokens import new_tones

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "project")


def spoil(project: Project, **fields: Any) -> str:
    """Replace keys of the first article's words, and return its id."""
    first = next(iter(Articles(project.articles))).id
    path = words_path(project, first)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | fields), encoding="utf-8")
    return first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa bình", "hoà bình"),
        ("đe dọa", "đe doạ"),
        ("Ủy ban, ỦY BAN", "Uỷ ban, UỶ BAN"),
        ("khỏe", "khoẻ"),
        ("hoàn toàn, Quỹ, quý, lúa, người", "hoàn toàn, Quỹ, quý, lúa, người"),
        ("hoà", "hoà"),
    ],
)
def test_tone_marks_move_to_their_newer_place(old: str, new: str) -> None:
    assert new_tones(old) == new


@given(st.text(alphabet="oòóaàeéuủyỷqQhHÒA -n", max_size=30))
def test_moving_tone_marks_keeps_length_and_letters(text: str) -> None:
    moved = new_tones(text)
    assert len(moved) == len(text)
    assert new_tones(moved) == moved
    bare = ["".join(char for char in unicodedata.normalize("NFD", one) if char.isalpha()) for one in (text, moved)]
    assert bare[0] == bare[1]


@given(st.text(max_size=40))
def test_the_shadow_is_as_long_as_the_text(text: str) -> None:
    clean = unicodedata.normalize("NFC", text)
    assert len(shadow(clean)) == len(clean)


def test_hyphens_part_names_and_not_the_syllables_of_a_foreign_word() -> None:
    assert shadow("NATO-EU, vắc-xin, F-35, SIPRI-Thụy Điển") == "NATO,EU, vắc-xin, F-35, SIPRI,Thuỵ Điển"


def test_words_are_laid_over_the_line_or_not_at_all() -> None:
    assert lay(["hòa bình", "."], "hòa bình.") == [(0, 8), (8, 9)]
    assert lay(["hòa", "bình."], "hòa bình.") == [(0, 3), (4, 9)]
    assert lay(["hòa bình"], "hòa bình.") is None
    assert lay(["hòabình", "."], "hòa bình.") is None


def test_a_sentence_whose_words_do_not_add_up_is_cut_into_syllables() -> None:
    found = segment("An ninh. Hòa bình.", [Sentence(0, 8), Sentence(9, 18)], lambda line: [line.rstrip("."), "."])
    assert found == [[(0, 7), (7, 8)], [(9, 17), (17, 18)]]
    lost = segment("An ninh.", [Sentence(0, 8)], lambda _: ["An"])
    assert lost == [[(0, 2), (3, 7), (7, 8)]]


def test_the_words_of_the_corpus_are_there_and_right() -> None:
    report = check_words(Project())
    assert not report.issues
    assert report.articles == len(list(Articles(Project().articles)))
    for article in Articles(Project().articles):
        found = json.loads(words_path(Project(), article.id).read_bytes())
        words = [article.text[start:end] for sentence in found["sentences"] for start, end in sentence]
        assert not {"đe", "dọa", "hòa", "NATO-EU", "châu"} & set(words)
        assert len(found["sentences"]) == len(article.sentences)


@pytest.mark.extra("underthesea")
def test_making_the_words_again_gives_the_same_bytes(project: Project) -> None:
    before = {path.name: path.read_bytes() for path in project.own("annotations", "words").glob("*.json")}
    if segmenter()[0] != json.loads(next(iter(before.values())))["segmenter"]:
        pytest.skip("another version of the segmenter than the files were made with")
    shutil.rmtree(project.own("annotations", "words"))
    assert len(update_words(project).written) == len(before)
    assert {path.name: path.read_bytes() for path in project.own("annotations", "words").glob("*.json")} == before
    assert update_words(project).written == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text_sha256": "0" * 64}, "words-stale"),
        ({"article_id": "other"}, "words-stale"),
        ({"sentences": []}, "words-unsound"),
        ({"sentences": [[[5, 3]]]}, "words-unsound"),
        ({"sentences": "none"}, "words-unsound"),
        ({"more": 1}, "words-unsound"),
    ],
)
def test_words_that_do_not_fit_are_named(project: Project, fields: dict[str, Any], code: str) -> None:
    first = spoil(project, **fields)
    assert [(issue.code, issue.article_id) for issue in check_words(project).issues] == [(code, first)]


def test_the_card_names_the_segmenter(project: Project, tmp_path: Path) -> None:
    spoil(project, segmenter="a better one 1.0")
    build(project, tmp_path / "out")
    card = described(tmp_path / "out")
    assert "a better one 1.0 and underthesea 9." in card


def test_an_article_without_words_is_named_and_the_config_left_out(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = next(iter(Articles(project.articles))).id
    words_path(project, first).unlink()
    assert run(["check", "words", "--project", str(project.root)]) == 1
    assert f"words-missing {words_path(project, first)}:{first}" in capsys.readouterr().err
    report = build(project, tmp_path / "out")
    assert report.out is not None
    assert [(issue.code, first in issue.message) for issue in report.issues if "config" in issue.code] == [
        ("config-left-out", True)
    ]
    assert "entities_words" not in {config.name for config in report.configs}
    assert "config_name: entities_words" not in described(tmp_path / "out")
    assert not (tmp_path / "out/data/entities_words").exists()
    assert "made the words" not in described(tmp_path / "out")


def test_without_the_segmenter_the_command_says_what_to_install(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "underthesea", None)
    assert update_words(project).written == ()
    spoil(project, text_sha256="0" * 64)
    with pytest.raises(MissingExtraError):
        update_words(project)
    assert run(["update", "words", "--project", str(project.root)]) == 1
    assert "vinese[words]" in capsys.readouterr().err


def test_the_report_is_json_on_demand(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "words", "--json", "--project", str(project.root)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["result"], report["issues"]) == ({"states": {"words": "current"}}, [])
    assert check_words(project).articles == 5
