"""Somebody else's HTML and dialogues become the words that annotators read, and spans stay on their words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vinese
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.markup import words_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    "\n  <div>\n <!-- chú thích --><h1>Tin 😀 nóng</h1>\r\n<p>Dòng một<br>dòng hai<br/>ở Huế mai.</p>"
    "<style>p{color:red}</style><script>var x=1</script><ul><li>một</li><li>Ở Huế nữa</li></ul></div>"
)
WHOLE = (
    "<html><head><title>Tiêu đề</title></head><body>\n<pre>a\n  b</pre>&nbsp;Gặp ở&nbsp;Huế &#273;ó"
    "<table><tr><td>x</td><td>Huế</td></tr></table></body></html>"
)
# What Label Studio 1.23.2 stored under `globalOffsets` when "Huế" was marked in a browser.
MEASURED = [
    ("<div><p>Ông <b>Lê Văn Mẫu</b> nói: A &amp; B.</p><p>Họ ở Huế hôm nay.</p></div>", [(31, 34)]),
    (PAGE, [(33, 36), (58, 61)]),
    ("Văn bản trơn\nkhông thẻ & có dấu &lt;\nở Huế đây.", [(36, 39)]),
    (WHOLE, [(13, 16), (20, 23)]),
]


def region(value: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return {"id": f"h{number}", "type": "hypertextlabels", "from_name": "ner", "to_name": "text", "value": value}


def on_html(start: int, end: int, words: str = "Huế") -> dict[str, Any]:
    place = {"start": "/div[1]/text()[1]", "end": "/div[1]/text()[1]", "startOffset": 0, "endOffset": 3}
    return {**place, "globalOffsets": {"start": start, "end": end}, "text": words, "hypertextlabels": ["Nơi"]}


def export(tmp_path: Path, *tasks: tuple[Any, list[dict[str, Any]]]) -> Path:
    path = tmp_path / "theirs.json"
    made = [
        {"id": number, "data": {"body": content}, "annotations": [{"completed_by": 1, "result": result}]}
        for number, (content, result) in enumerate(tasks, 1)
    ]
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path


def words(project: Path) -> list[str]:
    """Return the words of all spans of the project's layer."""
    (layer,) = Project(project).exports.glob("*.json")
    spans = [
        task["data"]["text"][one["value"]["start"] : one["value"]["end"]]
        for task in json.loads(layer.read_bytes())
        for one in task["annotations"][0]["result"]
    ]
    return sorted(spans)


@pytest.mark.parametrize(("html", "offsets"), MEASURED)
def test_offsets_count_what_label_studio_counts(html: str, offsets: list[tuple[int, int]]) -> None:
    read = words_of(html)
    places = [read.place(*each) for each in offsets]
    assert [read.text[slice(*place)] for place in places if place is not None] == ["Huế"] * len(offsets)
    assert read.text.count("Huế") == len(offsets)
    assert not any(tag in read.text for tag in ("<p", "&amp;", "color", "var x", "Tiêu đề"))


def test_blocks_are_lines_and_white_space_is_one_blank_wide() -> None:
    assert words_of("<h1>Tin</h1>\n<p>Một\nhai<br>ba</p>").text.split("\n") == ["Tin", " ", "Một hai", "ba"]


@given(st.lists(st.sampled_from([*"<>/ ế\n", "!--", "--", "p", "br", "style", "script", "body", "&lt;"])))
def test_any_text_is_read_and_its_units_stand_in_order(parts: list[str]) -> None:
    read = words_of("".join(parts))
    assert read.starts == sorted(read.starts)
    assert all(0 <= end - start <= 1 for start, end in zip(read.starts, read.ends, strict=True))
    assert len(read.text) <= (read.ends[-1] if read.ends else 0) + 1


def test_a_project_on_html_keeps_every_span(tmp_path: Path) -> None:
    tasks = [(html, [region(on_html(*each), at) for at, each in enumerate(offsets)]) for html, offsets in MEASURED]
    report = vinese.init(tmp_path / "mine", export(tmp_path, *tasks))
    assert (report.held.regions, report.kept.regions, report.told.regions) == (6, 6, 0)
    assert words(tmp_path / "mine") == ["Huế"] * 6
    (read,) = [one for one in report.issues if one.code == "init-read"]
    assert "The text of 4 tasks is HTML" in read.message
    assert not [one for one in report.issues if one.code == "offsets-unsure"]
    texts = {article.text for article in Articles(Project(tmp_path / "mine").articles)}
    assert "Ông Lê Văn Mẫu nói: A & B.\nHọ ở Huế hôm nay." in texts


def test_a_dialogue_becomes_lines_and_its_spans_count_utf16_units_of_a_turn(tmp_path: Path) -> None:
    turns = [{"author": "An", "text": "Chào 😀 bạn"}, {"author": "Bình", "text": "😀 Tôi ở Huế"}]
    place = {"start": "1", "end": "1", "startOffset": 9, "endOffset": 12}
    across = {"start": "0", "end": "1", "startOffset": 8, "endOffset": 6, "text": "bạn\n😀 Tôi"}
    values = [{**place, "text": "Huế", "paragraphlabels": ["Nơi"]}, {**across, "paragraphlabels": ["Lời"]}]
    result = [region(value, at) for at, value in enumerate(values)]
    report = vinese.init(tmp_path / "mine", export(tmp_path, (turns, result)))
    assert (report.kept.regions, report.told.regions) == (2, 0)
    assert words(tmp_path / "mine") == ["Huế", "bạn 😀 Tôi"]
    assert "speakers" in next(one.message for one in report.issues if one.code == "init-read")


def test_what_an_xpath_alone_places_is_told(tmp_path: Path) -> None:
    html, offsets = MEASURED[0]
    alone = on_html(*offsets[0])
    del alone["globalOffsets"]
    report = vinese.init(tmp_path / "mine", export(tmp_path, (html, [region(alone)])))
    assert (report.kept.regions, report.told.regions) == (0, 1)
    assert "XPath" in next(one.message for one in report.issues if one.code == "init-left-out")
