"""Offsets that move with cleaned text or count something else, files that are not quite JSON, and nothing lost."""

import json
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.one_article import make_project, place, result, task, write_layer
from vinese.core.issues import Issue
from vinese.core.project import Project
from vinese.formats.labelstudio.items import items
from vinese.formats.ledger import Balance, Counts
from vinese.formats.offsets import Marked, cleaned, recognise
from vinese.formats.read import read_export
from vinese.formats.tasks import read_item, reader_for
from vinese.model.records import Document
from vinese.text.normalise import clean, is_clean, lines

SHARED = Path(__file__).resolve().parents[2] / "shared"
RAW = "A\u0300 b  c\r\n\r\n\u200bd\te \n"


def balance(path: Path, project: Project) -> tuple[Balance, list[Issue], list[Document]]:
    """Read an export; return its balance, in which what came in is what was kept and told, issues and documents."""
    reader = reader_for(project, "c")
    issues: list[Issue] = []
    documents: list[Document] = []
    for item in items(path):
        for found in [item] if isinstance(item, Issue) else read_item(item, reader, str(path)):
            (issues if isinstance(found, Issue) else documents).append(found)  # type: ignore[arg-type]
    counted = reader.balance
    assert counted.held.total() == counted.kept.total() + counted.told.total()
    assert issues or not counted.told.total()
    return counted, issues, documents


def test_cleaned_text_is_clean_and_every_span_moves_to_its_words() -> None:
    moved = cleaned(RAW)
    assert moved.text == "À b c\nd e"
    assert is_clean(moved.text)
    for word in "bcde":
        start, end = moved.span(RAW.index(word), RAW.index(word) + 1)
        assert moved.text[start:end] == word
    assert moved.text[slice(*moved.span(0, 2))] == "À"


@given(st.text("ab \u0300\u0323ạ\u00a0\u200b\u200d\t❤\ufe0f👩\u1100\u1161\n", max_size=24))
def test_every_span_moves_as_the_clean_form_of_its_line_says(raw: str) -> None:
    moved = cleaned(raw)
    starts: list[int] = []
    ends: list[int] = []
    for _, start, end in lines(raw):
        line = clean(raw, start, end)
        if line.text:
            starts += ([ends[-1]] if ends else []) + list(line.starts)
            ends += ([max(start, ends[-1])] if ends else []) + list(line.ends)
    for start in range(len(raw) + 1):
        for end in range(start, len(raw) + 1):
            first = bisect_right(ends, start)
            assert moved.span(start, end) == (first, max(first, bisect_left(starts, end)))
    for at, char in enumerate(moved.text):
        assert char in " \n" or moved.origin(at, at + 1) == (starts[at], ends[at])


def test_words_and_whole_lines_are_cleaned_alike() -> None:
    line = "Ha\u0300  No\u0323\u0302i \u200b\u00a0x\u200dy 👩\u200d🚀 z"
    whole = clean(line)
    assert whole.text == "Hà Nội xy 👩\u200d🚀 z"
    assert [line[start:end] for start, end in zip(whole.starts, whole.ends, strict=True)][1] == "a\u0300"


BROKEN = ', {"data": {"text": "\\ud800"}, "annotations": [{"result": [{}]}]}]'
TEXT = "😀 Mai ở Huế 😀, An ở Vinh.\r\nTừ Đà Nẵng."


def marked(convert: Any) -> list[Marked]:
    spans = []
    for word in ("Mai", "Huế", "An", "Vinh", "Đà Nẵng"):
        start = TEXT.index(word)
        spans.append(Marked(*convert(start, start + len(word)), word))
    return spans


def utf16(offset: int) -> int:
    return len(TEXT[:offset].encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("convert", "what"),
    [
        (lambda start, end: (utf16(start), utf16(end)), "UTF-16"),
        (lambda start, end: (len(TEXT[:start].encode()), len(TEXT[:end].encode())), "bytes"),
        (lambda start, end: (start + 4, end + 4), "-4"),
        (lambda start, end: (start, end - 1), "last one inside"),
        (lambda start, end: (start + start // 6, end + start // 6), "drifts"),
    ],
)
def test_what_offsets_count_is_recognised_from_all_of_them(convert: Any, what: str) -> None:
    reading = recognise(TEXT, marked(convert))
    assert reading is not None
    assert what in reading.what
    assert [TEXT[slice(*found)] for found in reading.places if found] == ["Mai", "Huế", "An", "Vinh", "Đà Nẵng"]


def test_sound_offsets_and_one_that_is_wrong_are_left_alone() -> None:
    spans = marked(lambda start, end: (start, end))
    assert recognise(TEXT, spans) is None
    assert recognise(TEXT, [*spans[:-1], Marked(0, 7, "Đà Nẵng")]) is None


def test_offsets_are_converted_if_that_is_asked_for(tmp_path: Path) -> None:
    project, moved = make_project(tmp_path), task()
    for region in result(moved):
        value = region.get("value", {})
        if "start" in value:
            value["text"] = moved["data"]["text"][value["start"] : value["end"]]
            value["start"], value["end"] = value["start"] + 2, value["end"] + 2
    path = write_layer(project, moved)
    told = [one.code for one in read_export(path, project) if isinstance(one, Issue)]
    assert "offsets-other" in told
    assert "span-text-differs" not in told
    found = list(read_export(path, project, repair=True))
    assert [one.code for one in found if isinstance(one, Issue)] == ["offsets-converted"]
    whole = next(one for one in read_export(write_layer(project, task()), project) if isinstance(one, Document))
    made = next(one for one in found if isinstance(one, Document))
    assert made.entities == whole.entities


def test_nothing_can_be_told_of_offsets_without_words_in_a_text_with_emoji(tmp_path: Path) -> None:
    project, bare = make_project(tmp_path), task()
    bare["data"] = {**bare["data"], "text": bare["data"]["text"] + " 😀"}
    for region in result(bare):
        region.get("value", {}).pop("text", None) if region["type"] == "labels" else None
    codes = [one.code for one in read_export(write_layer(project, bare), project) if isinstance(one, Issue)]
    assert "offsets-unsure" in codes


@pytest.mark.parametrize(
    ("write", "documents", "code"),
    [
        (lambda text: text.replace('"result"', '"lead_time": NaN, "result"', 1), 1, "number-none"),
        (lambda text: text.replace("]", "],", 0)[:-1] + ",]", 1, "file-mended"),
        (lambda text: text + text.replace("nato-eu", "nato-us"), 1, "file-mended"),
        (lambda text: text[:-1] + BROKEN, 1, "item-unreadable"),
    ],
    ids=["nan", "comma", "joined", "surrogate"],
)  # fmt: skip
def test_a_file_that_is_not_quite_json_costs_what_is_broken(
    tmp_path: Path, write: Any, documents: int, code: str
) -> None:
    project = make_project(tmp_path)
    path = write_layer(project, task())
    path.write_text(write(json.dumps([task()], ensure_ascii=False)), encoding="utf-8")
    _, issues, made = balance(path, project)
    assert code in {one.code for one in issues}
    assert len([one for one in made if one.id == "nato-eu"]) == documents


def test_other_forms_of_label_studio_hold_the_same_task(tmp_path: Path) -> None:
    project, whole = make_project(tmp_path), task()
    annotation = whole["annotations"][0]
    bare = {key: value for key, value in whole.items() if key != "annotations"}
    forms = [
        {"tasks": [whole], "total": 1},
        {"7": whole},
        {"action": "ANNOTATION_CREATED", "annotation": annotation, "task": bare},
        {**annotation, "task": bare},
    ]
    wanted = balance(write_layer(project, whole), project)[2]
    for form in forms:
        path = tmp_path / "form.json"
        path.write_text(json.dumps(form), encoding="utf-8")
        made = balance(path, project)[2]
        assert [(one.entities, one.events, one.stances) for one in made] == [
            (one.entities, one.events, one.stances) for one in wanted
        ]


def test_issues_point_into_the_file_as_it_is(tmp_path: Path) -> None:
    project, whole = make_project(tmp_path), task()
    index = place(whole, "entity", "e4")
    result(whole)[index]["value"]["labels"] = ["?"]
    page = {"tasks": [whole]}
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page), encoding="utf-8")
    pointers = [one.pointer for one in balance(path, project)[1] if one.code == "unknown-label"]
    assert pointers == [f"/tasks/0/annotations/0/result/{index}/value/labels/0"]


def test_counts_are_said_in_words() -> None:
    counts = Counts().add([{"type": "labels"}, {"type": "relation"}, {"type": "choices"}, {"type": "textarea"}, 3])
    assert counts.said() == "1 region, 1 relation and 1 choice"


@pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason="needs ../shared")
@pytest.mark.parametrize("path", sorted((SHARED / "cases" / "export").glob("*.json")), ids=lambda path: path.stem)
def test_cases_of_others_are_kept_or_told(path: Path) -> None:
    balance(path, Project(SHARED / "cases" / "export-project"))
