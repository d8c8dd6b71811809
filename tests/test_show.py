"""`vinese show` prints an article with its annotation so that nothing of it is missing, in colour or without."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import one_article
from support.projects import add_layer, make_project
from support.sample_document import TEXT, document
from vinese.cli import run
from vinese.core.errors import UsageError
from vinese.formats.find import find_document
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Adjudication, Decision, Document, Sentence, Span
from vinese.render.article import on, render_article
from vinese.render.spans import Mark, by_begin, by_stretch

if TYPE_CHECKING:
    from vinese.core.project import Project

GOLDEN = Path(__file__).parent / "golden" / "show.txt"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def plain(found: Document, width: int = 100) -> str:
    return render_article(found, load_ontology(), width=width)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("project"), skip=1)


def test_an_article_looks_as_it_did() -> None:
    assert plain(document()) == GOLDEN.read_text(encoding="utf-8")


def test_colours_change_nothing_but_the_colours() -> None:
    shown = render_article(document(), load_ontology(), width=100, colors="truecolor")
    stripped = "\n".join(line.rstrip() for line in ESCAPE.sub("", shown).split("\n"))
    assert stripped == plain(document())
    gpe = next(label.color for label in load_ontology().entities if label.id == "GPE")
    assert gpe is not None
    red, green, blue = (int(gpe[place : place + 2], 16) for place in (1, 3, 5))
    assert f"48;2;{red};{green};{blue}m[GPE:" in shown


@pytest.mark.parametrize(("color", "letters"), [("#fbea00", "#000000"), ("#000080", "#ffffff")])
def test_letters_stand_out_from_what_is_behind_them(color: str, letters: str) -> None:
    style = on(color)
    assert style.color is not None
    assert style.color.name == letters


@pytest.mark.parametrize("width", [20, 40, 200])
def test_the_whole_text_is_there_at_any_width(width: int) -> None:
    bare = msgspec.structs.replace(document(), entities=(), events=(), stances=())
    assert max(map(len, plain(bare, width).splitlines())) <= width
    assert [word for word in TEXT.split() if word not in plain(bare, width)] == []


def test_marks_that_cross_or_run_over_a_sentence_close_where_they_end() -> None:
    first, second = (Sentence(start=0, end=9), Sentence(start=10, end=19))
    start = document().stances[2]
    wide = msgspec.structs.replace(start, expression=Span(start=5, end=14, text="và EU ủng"))
    found = msgspec.structs.replace(document(), sentences=(first, second), stances=(wide,), entities=(), events=())
    shown = plain(found)
    assert "NATO {S1.AGAINST:và E" in shown
    assert "ủng}" in shown
    assert "Trời đẹp." in shown, "what is in no sentence is shown all the same"


def test_how_an_item_of_an_adjudicated_layer_came_about_is_told() -> None:
    decisions = (
        Decision(kind="event", id="v1", how="chosen", layers=("first",)),
        Decision(kind="event", id="v2", how="agreed", layers=("first", "second")),
        Decision(kind="stance", id="s1", how="new"),
    )
    made = msgspec.structs.replace(
        document().provenance, adjudication=Adjudication(layers=("first", "second"), decisions=decisions)
    )
    shown = plain(msgspec.structs.replace(document(), provenance=made))
    (event,) = [line for line in shown.splitlines() if line.strip().startswith("E1 ")]
    assert event.endswith("(chosen from first)")
    assert "(new in adjudication)" in shown
    assert shown.count("chosen from") == 1
    assert "from first, second: 1 agreed, 1 chosen, 1 new" in shown


def test_the_beginning_of_an_id_is_enough_where_one_article_has_it(project: Project) -> None:
    assert find_document(project, "004").article_id == "004-146dfaa2a71e0c91"
    assert find_document(project, "004-146dfaa2a71e0c91").document is not None
    with pytest.raises(UsageError, match=r"Several articles start with '00'.*\n.*001-4183aa2e76aa53c5"):
        find_document(project, "00")


@pytest.mark.parametrize("name", ["nonsense", ""])
def test_an_unknown_article_is_wrong_use_and_those_there_are_named(
    name: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["show", name, "--project", str(project.root)]) == 2
    said = capsys.readouterr().err
    assert f"There is no article {name!r}" in said
    assert "004-146dfaa2a71e0c91" in said


def test_the_layer_is_gold_or_the_only_one_or_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path)
    assert find_document(project, "004").layer == "trial"
    add_layer(project, "other")
    with pytest.raises(UsageError, match="Name one of other, trial, or make it the default"):
        find_document(project, "004")
    assert run(["show", "004", "--project", str(tmp_path), "--layer", "nonsense"]) == 2
    assert "Layers there: other, trial." in capsys.readouterr().err
    add_layer(project, "gold")
    assert find_document(project, "004").layer == "gold"


def test_an_article_that_the_layer_lacks_is_wrong_use(project: Project) -> None:
    with pytest.raises(UsageError, match="does not annotate 000-fbdd747fbc1d4b56"):
        find_document(project, "000")


def test_without_a_terminal_there_is_no_escape_code(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "004", "--project", str(project.root), "--width", "60"]) == 0
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out
    assert "[ORG_IGO:NATO]" in captured.out
    assert max(map(len, captured.out.splitlines())) <= 60


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variables", "colour"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colour_unless_the_user_wants_none(
    variables: dict[str, str], colour: bool, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", **variables}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert run(["show", "004", "--project", str(project.root)]) == 0
    assert ("\x1b[" in terminal.getvalue()) == colour


def test_json_is_the_document(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "004", "--project", str(project.root), "--json"]) == 0
    shown = msgspec.convert(json.loads(capsys.readouterr().out)["result"], Document)
    assert shown == find_document(project, "004").document


def test_what_is_wrong_with_the_article_is_said_beside_what_is_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, task = one_article.make_project(tmp_path), one_article.task()
    one_article.result(task)[one_article.place(task, "entity")]["value"]["end"] = 10**6
    one_article.write_layer(project, task)
    assert run(["show", "nato", "--project", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "error" in captured.err
    assert captured.out.startswith("nato-eu  layer gold")


def test_a_layer_that_is_no_json_is_an_issue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = one_article.make_project(tmp_path)
    one_article.write_layer(project).write_text('[{"id": 1', encoding="utf-8")
    assert run(["show", "nato", "--project", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "Nothing of nato-eu can be shown" in captured.err
    assert captured.out == ""


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=12),
    st.lists(st.integers(0, 6), min_size=1, max_size=8),
)
def test_each_line_has_the_marks_that_touch_it_and_what_begins_in_it(
    spans: list[tuple[int, int]], lengths: list[int]
) -> None:
    marks = [Mark(start, start + size, "entity") for start, size in spans]
    lines, start = [], 0
    for length in lengths:
        lines.append((start, start + length))
        start += length + 1
    assert by_stretch(marks, lines) == [[m for m in marks if m.start < end and m.end > at] for at, end in lines]
    begins = by_begin([(mark.start, mark) for mark in marks], lines)
    assert begins == [[mark for mark in marks if at <= mark.start < end] for at, end in lines]
