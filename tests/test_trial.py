"""What readers made of articles outside the corpus is kept without a word of them, and compared as layers are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from vinese.card.trust import trials
from vinese.cli import run
from vinese.compare.f1 import compare_keys
from vinese.compare.items import extract
from vinese.compare.readings import Reading, by_lines
from vinese.compare.trial import ALL, add_reading, check_trial, load_trial, readings, update_trial
from vinese.core.errors import FileProblemError
from vinese.core.project import Project
from vinese.corpus.guidelines import pages_digest

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Lào gặp Peru\n\n Lào lên án Peru. Họ cảm ơn Lào. \n"


def written(polarity: str = "AGAINST", modality: str = "ASSERTED") -> dict[str, Any]:
    """Return a reading by lines; the name of a mention is what it is of."""
    return {
        "entities": [
            {"id": "họ", "line": 2, "words": "Họ", "nth": 1, "type": "NOM", "refers_to": ["lào"]},
            {"id": "lào", "line": 2, "words": "Lào", "nth": 1, "type": "GPE"},
            {"id": "lào2", "line": 2, "words": "Lào", "nth": 2, "type": "GPE", "refers_to": []},
            {"id": "peru", "line": 1, "words": "Peru", "nth": 1, "type": "GPE"},
        ],
        "events": [
            {
                "id": "v", "line": 2, "words": "lên án", "nth": 1, "type": "ACCUSE", "modality": modality,
                "arguments": [{"role": "ACTOR", "filler": "lào"}],
            },
            {"id": "w", "line": 2, "words": "cảm ơn", "nth": 1, "type": "SUPPORT", "modality": "ASSERTED"},
        ],
        "stances": [
            {
                "id": "s", "line": 2, "words": "lên án", "nth": 1, "polarity": polarity, "attribution": "REPORTED",
                "holder_kind": "ENTITY", "holders": ["lào"], "source": None, "target": "w", "topic": "other",
            }
        ],
        "article_stance": {"topic": "war", "outlet_stance": "NEUTRAL", "overall_leaning": "NEUTRAL"},
        "undecided": [{"about": "event", "id": None, "why": "`gặp`: V1 or V3? V1 says yes, T8 no"}],
    }  # fmt: skip


def tried(folder: Path, *rounds: dict[str, Any]) -> Project:
    """Return a project with a reading of one article by each of two readers a round; the second always the same."""
    project = Project(folder / "project")
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    for number, first in enumerate(rounds, 1):
        for reader, words in (("a", first), ("b", written())):
            source = folder / f"{reader}.json"
            source.write_text(json.dumps(words), encoding="utf-8")
            reading = Reading(round=number, reader=reader, guidelines="en", ontology="2.0.0", articles=())
            files = [(folder / "one.txt", source)]
            add_reading(project, f"round-{number}-{reader}", reading, files, {"1.en.md": "Mark it."})
    return project


def test_offsets_count_the_lines_without_blank_ones_and_index_what_is_linked() -> None:
    read = by_lines("one", TEXT, written())
    clean = "Lào gặp Peru\nLào lên án Peru. Họ cảm ơn Lào."
    assert [(clean[start:end], kind) for start, end, kind in read.entities] == [
        ("Peru", "GPE"), ("Lào", "GPE"), ("Họ", "NOM"), ("Lào", "GPE"),
    ]  # fmt: skip
    assert read.refers_to == ((2, 1),)
    assert read.events[0].arguments == (("ACTOR", ("entity", 1)),)
    assert (read.stances[0].holders, read.stances[0].target) == ((1,), ("event", 1))
    assert [clean[start:end] for start, end in read.sentences] == clean.replace(". ", ".\n").split("\n")
    assert (read.characters, read.decisions) == (len(clean), 8)
    assert (read.undecided[0].about, read.undecided[0].rules) == ("event", ("V1", "V3", "T8"))


@pytest.mark.parametrize("change", [{"line": 3}, {"nth": 3}, {"words": "Chad"}, {"words": ""}])
def test_words_that_do_not_stand_there_are_refused(change: dict[str, Any]) -> None:
    wrong = written()
    wrong["entities"][1] |= change
    with pytest.raises(FileProblemError, match="does not stand"):
        by_lines("one", TEXT, wrong)


def test_no_word_of_the_text_is_kept(tmp_path: Path) -> None:
    project = tried(tmp_path, written())
    content = project.own("annotations", "trial", "round-1-a.json").read_text(encoding="utf-8")
    assert re.findall("Lào|Peru|lên án|Họ|gặp", content) == []
    assert next(iter(readings(project).values())).guidelines_sha256 == pages_digest({"1.en.md": "Mark it."})


def test_the_numbers_are_those_of_compare(tmp_path: Path) -> None:
    project = tried(tmp_path, written("FAVOR", "NEGATED"), written())
    assert [path.name for path in update_trial(project)] == ["trial.json"]
    trial = load_trial(project)
    assert trial is not None
    first, second = trial.rounds
    scores = {one.name: (one.a, one.b, one.both, one.f1) for one in first.pairs[0].scores[ALL]}
    assert scores == {
        "entities": (3, 3, 3, 1.0),
        "auxiliary mentions": (1, 1, 1, 1.0),
        "triggers": (2, 2, 2, 1.0),
        "triggers, modality": (2, 2, 1, 0.5),
        "arguments": (1, 1, 1, 1.0),
        "stance tuples": (1, 1, 0, 0.0),
    }
    a, b = (extract(by_lines("one", TEXT, one).document(), {"NOM"}) for one in (written("FAVOR"), written()))
    assert compare_keys(a.tuples, b.tuples).f1() == scores["stance tuples"][3]
    assert (first.again, second.again, first.quoted) == (False, True, 0.0)
    assert (first.open[0].undecided, first.open[0].decisions, first.open[0].share) == (1, 8, 0.125)
    assert first.open[0].rules == {"T8": 1, "V1": 1, "V3": 1}
    assert {one.f1 for one in second.pairs[0].scores["one"]} == {1.0}
    table = trials(trial)
    assert table is not None
    assert table["rows"][3] == ["the same with the modality", "50.0", "100.0"]
    assert table["rows"][-1][1:] == ["12.5 / 12.5", "12.5 / 12.5"]


def test_check_agreement_tells_when_the_numbers_are_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tried(tmp_path, written())
    options = ["agreement", "--project", str(project.root)]
    assert run(["check", *options]) == 1
    assert "trial.json" in capsys.readouterr().err
    assert run(["update", *options]) == 0
    assert run(["check", *options]) == 0
    project.own("annotations", "trial", "round-1-a.json").unlink()
    assert [one.code for one in check_trial(project)] == ["agreement-differs"]


def test_other_texts_under_one_name_are_refused(tmp_path: Path) -> None:
    project = tried(tmp_path, written())
    path = project.own("annotations", "trial", "round-1-b.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["articles"][0]["text_sha256"] = "0" * 64
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(FileProblemError, match="read other texts under the name one"):
        list(update_trial(project))


def test_vineses_own_trials_are_current_and_hold_no_text() -> None:
    project = Project()
    assert list(check_trial(project)) == []
    for name in readings(project):
        strings = re.findall(r'"([^"]*)"', project.own("annotations", "trial", name).read_text(encoding="utf-8"))
        assert all(one.isascii() for one in strings)
    trial = load_trial(project)
    assert trial is not None
    assert all(one.quoted is not None and one.quoted < 0.02 for one in trial.rounds)
