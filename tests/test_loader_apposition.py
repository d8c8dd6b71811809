"""Mentions in apposition name the same thing: no row of `stance_pairs` pairs them, none contradicts the other."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from support.sample_document import line
from vinese import loader
from vinese.core.project import Project
from vinese.formats.read import read_export
from vinese.model.records import Document
from vinese.package.configs import scheme

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
KNOWN: Row = json.loads(msgspec.json.encode(scheme(Project())))
MARK = re.compile(r"\[(?P<type>[A-Z_]+):|\]")
GOLD = Project().exports / "gold.json"


def marked(text: str) -> Row:
    """Return a document of one sentence from a text like `[ROLE:Thủ tướng [GPE:Đức]]`; ids count from e0."""
    plain, place, stack, found = "", 0, [], []
    for mark in MARK.finditer(text):
        plain += text[place : mark.start()]
        place = mark.end()
        if mark["type"]:
            stack.append({"id": f"e{len(found) + len(stack)}", "start": len(plain), "type": mark["type"]})
        else:
            one = stack.pop()
            found.append({**one, "end": len(plain), "text": plain[one["start"] :], "refers_to": []})
    plain += text[place:]
    found.sort(key=lambda one: (one["start"], -one["end"]))
    whole = [{"start": 0, "end": len(plain)}]
    return {"id": "a", "text": plain, "sentences": whole, "entities": found, "events": [], "stances": []}


def joined(document: Row) -> list[tuple[str, str]]:
    """Return the texts of every two mentions that stand side by side in apposition, in the order of the first."""
    texts = {one["id"]: one["text"] for one in document["entities"]}
    found = loader.appositions(document)
    return [(texts[one["id"]], found[one["id"]]["text"]) for one in document["entities"] if one["id"] in found]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("[ROLE:Tổng thư ký [ORG_IGO:NATO]] [PER:Stoltenberg] nói", [("Tổng thư ký NATO", "Stoltenberg")]),
        ("[ROLE:Tổng thư ký [ORG_IGO:NATO]], [PER:Stoltenberg], nói", [("Tổng thư ký NATO", "Stoltenberg")]),
        ("[ROLE:Tổng thư ký NATO], ông [PER:Stoltenberg] nói", [("Tổng thư ký NATO", "Stoltenberg")]),
        ("[ROLE:Chủ tịch EC] bà [PER:Ursula von der Leyen] nói", [("Chủ tịch EC", "Ursula von der Leyen")]),
        ("Ông [PER:Stoltenberg], [ROLE:Tổng thư ký NATO], nói", [("Tổng thư ký NATO", "Stoltenberg")]),
        (
            "[ROLE:Chủ tịch [ORG_IGO:Ủy ban châu Âu]] ([ORG_IGO:EC]), [PER:Ursula von der Leyen] nói",
            [("Chủ tịch Ủy ban châu Âu", "Ursula von der Leyen"), ("Ủy ban châu Âu", "EC")],
        ),
        # a list: the office goes with the person after it alone
        ("[ROLE:Ngoại trưởng] [PER:Kerry], [PER:Lavrov] họp", [("Ngoại trưởng", "Kerry")]),
        ("[PER:Kerry], [ROLE:Ngoại trưởng Nga] [PER:Lavrov] họp", [("Ngoại trưởng Nga", "Lavrov")]),
        ("[PER:Kerry] và [ROLE:Ngoại trưởng Nga] họp", []),
        ("[ROLE:Tổng thống Mỹ], [ROLE:Thủ tướng Anh] [PER:Starmer] gặp", [("Thủ tướng Anh", "Starmer")]),
        # only the outermost office counts, and none that is part of something else
        ("[ROLE:trợ lý [ROLE:Bộ trưởng]] [PER:Lan] nói", [("trợ lý Bộ trưởng", "Lan")]),
        ("Tại [EVT:hội nghị [ROLE:ngoại trưởng NATO]], ông [PER:Kerry] nói", []),
        ("[ROLE:Tổng thống] [FAC:sân bay [PER:Kennedy]]", []),
        ("[ROLE:Tổng thống Mỹ]\n[PER:Trump] nói", []),
        ("[ROLE:Tổng thống Mỹ]. [PER:Trump] nói", []),
        ("[ROLE:Tổng thống Mỹ] (ảnh trái), [PER:Putin] nói", []),
        ("[GPE:Mỹ] [PER:Trump] nói", []),
        # abbreviations: a word with two capitals or more, of the same type
        ("[ORG_OTH:Viện Hòa bình Stockholm] ([ORG_OTH:SIPRI]-Thụy Điển)", [("Viện Hòa bình Stockholm", "SIPRI")]),
        ("[ORG_OTH:Lựa chọn vì nước Đức] ([ORG_OTH:AfD])", [("Lựa chọn vì nước Đức", "AfD")]),
        ("[ORG_GOV:Ủy ban Đối ngoại] ([ORG_GOV:ƯBĐN])", [("Ủy ban Đối ngoại", "ƯBĐN")]),
        ("tại [GPE:Brussels] ([GPE:Bỉ]) và [GPE:Hà Nội] ([GPE:Việt Nam])", []),
        ("[LOC:châu Âu] ([ORG_IGO:EU])", []),
        ("[ORG_IGO:Liên minh châu Âu] và ([ORG_IGO:EU])", []),
        ("[ORG_IGO:Liên minh châu Âu] ([ORG_IGO:EU]27)", []),
    ],
)
def test_what_stands_side_by_side(text: str, pairs: list[tuple[str, str]]) -> None:
    assert joined(marked(text)) == pairs


def stance(number: int, holder: str, target: str) -> Row:
    said = {"polarity": "FAVOR", "attribution": "NARRATION", "expression": {"start": 0, "end": 1, "text": "x"}}
    ends = {"holder_kind": "ENTITY", "holders": [holder], "target": {"mention": target, "topic": None}}
    return {"id": f"s{number}", **said, "source": None, **ends}


def labels(document: Row) -> dict[tuple[str, str], str]:
    rows = loader.pair_rows(document, KNOWN)
    return {(row["holder"]["entity"], row["target"]["entity"]): row["label"] for row in rows}


def test_an_office_is_not_against_its_holder_and_says_what_its_holder_says() -> None:
    document = marked("[ROLE:Tổng thư ký NATO] [PER:Stoltenberg] ủng hộ [GPE:Ukraine]")
    pairs = {("e0", "e2"), ("e1", "e2"), ("e2", "e0"), ("e2", "e1")}
    assert labels(document) == dict.fromkeys(pairs, "NONE")
    document["stances"] = [stance(0, "e1", "e2")]
    assert labels(document) == {("e1", "e2"): "FAVOR", ("e2", "e0"): "NONE", ("e2", "e1"): "NONE"}
    document["stances"] = [stance(0, "e2", "e1")]
    assert labels(document) == {("e2", "e1"): "FAVOR", ("e0", "e2"): "NONE", ("e1", "e2"): "NONE"}


def test_a_pair_that_a_stance_joins_is_never_left_out() -> None:
    document = marked("[ROLE:Tổng thư ký NATO] [PER:Stoltenberg] ủng hộ [GPE:Ukraine]")
    document["stances"] = [stance(0, "e0", "e1"), stance(1, "e1", "e0"), stance(2, "e0", "e2"), stance(3, "e1", "e2")]
    assert {pair for pair, label in labels(document).items() if label == "FAVOR"} == {
        ("e0", "e1"),
        ("e1", "e0"),
        ("e0", "e2"),
        ("e1", "e2"),
    }


def test_two_persons_of_one_office_stay_two() -> None:
    document = marked("[ROLE:Bộ trưởng] [PER:Healey] và [ROLE:Bộ trưởng] [PER:Pistorius] ủng hộ [GPE:Ukraine]")
    document["stances"] = [stance(0, "e1", "e4")]
    found = labels(document)
    assert found["e3", "e4"] == found["e1", "e3"] == found["e3", "e1"] == "NONE"
    assert ("e0", "e4") not in found


def test_a_pronoun_stands_for_the_office_of_whom_it_refers_to() -> None:
    document = marked("[NOM:Ông] gặp [ROLE:Tổng thư ký NATO] [PER:Stoltenberg] và [ROLE:Thủ tướng Anh]")
    document["entities"][0]["refers_to"] = ["e2"]
    assert not {("e0", "e1"), ("e0", "e2"), ("e1", "e0")} & labels(document).keys()
    assert labels(document)["e0", "e3"] == "NONE"


def own() -> Iterator[Row]:
    if not GOLD.is_file():
        pytest.skip(f"there is no {GOLD}")
    for found in read_export(GOLD, Project()):
        assert isinstance(found, Document), found
        yield line(found)


JOINED = {
    "000": (
        ("Chủ tịch Hội đồng châu Âu", "Charles Michel"),
        ("Chủ tịch", "Charles Michel"),
        ("Tổng Thư ký Tổ chức Hiệp ước Bắc Đại Tây Dương", "Jens Stoltenberg"),
        ("Tổ chức Hiệp ước Bắc Đại Tây Dương", "NATO"),
        ("Chủ tịch Hội đồng châu Âu", "Charles Michel"),
        ("Chủ tịch", "Charles Michel"),
        ("Chủ tịch", "Charles Michel"),
    ),
    "001": (
        ("Tổng thư ký Tổ chức Hiệp ước Bắc Đại Tây Dương", "Jens Stoltenberg"),
        ("Tổ chức Hiệp ước Bắc Đại Tây Dương", "NATO"),
        ("Liên minh châu Âu", "EU"),
        ("Tổng thư ký NATO", "Stoltenberg"),
        ("đại diện cấp cao của EU về chính sách an ninh và đối ngoại", "Josep Borrell"),
        ("Ủy viên châu Âu", "Thierry Breton"),
        ("Tổng thư ký NATO", "Stoltenberg"),
        ("Chủ tịch Ủy ban châu Âu", "Ursula von der Leyen"),
        ("Ủy ban châu Âu", "EC"),
    ),
    "002": (
        ("Tổng thư ký NATO", "Jens Stoltenberg"),
        ("Chủ tịch Ủy ban châu Âu", "Ursula von der Leyen"),
        ("Ủy ban châu Âu", "EC"),
        ("Tổng thư ký Tổ chức Hiệp ước Bắc Đại Tây Dương", "Jens Stoltenberg"),
        ("Tổ chức Hiệp ước Bắc Đại Tây Dương", "NATO"),
        ("Tổng thư ký Cơ quan Hành động Đối ngoại EU", "Stefano Sannino"),
    ),
    "003": (
        ("Tổng thư ký NATO", "Jens Stoltenberg"),
        ("Cao ủy về chính sách an ninh và đối ngoại của Liên minh châu Âu", "Federica Mogherini"),
        ("Liên minh châu Âu", "EU"),
        ("Ngoại trưởng Mỹ", "John Kerry"),
        ("Tổng thống đắc cử", "Trump"),
        ("Ngoại trưởng Afghanistan", "Salahuddin Rabbani"),
        ("Ngoại trưởng Ukraine", "Pavlo Klimkin"),
    ),
    "004": (
        ("Bộ trưởng Quốc phòng Anh", "John Healey"),
        ("Liên minh châu Âu", "EU"),
        ("Bộ trưởng", "Healey"),
        ("Bộ trưởng", "Pistorius"),
        ("cựu Tổng thống Mỹ", "Donald Trump"),
        ("Viện Nghiên cứu hòa bình quốc tế Stockholm", "SIPRI"),
    ),
}


def test_what_the_rule_joins_in_the_corpus() -> None:
    assert {document["id"].split("-")[0]: tuple(joined(document)) for document in own()} == JOINED


def names(document: Row) -> dict[str, set[str]]:
    """Return by id what each mention and trigger is called: its words, whom it refers to, what it stands beside."""
    words = {one["id"]: one["text"].casefold() for one in document["entities"]}
    beside = {name: one["id"] for name, one in loader.appositions(document).items()}
    found = {event["id"]: {event["id"]} for event in document["events"]}
    for one in document["entities"]:
        same = [one["id"], *one["refers_to"]]
        found[one["id"]] = {words[name] for name in [*same, *(beside[name] for name in same if name in beside)]}
    return found


def ends(row: Row) -> tuple[str, str]:
    return row["holder"]["entity"], row["target"]["entity"] or row["target"]["event"]


def window(row: str) -> str:
    return row.rsplit("/", 2)[0]


def rows(monkeypatch: pytest.MonkeyPatch, *, apposition: bool) -> dict[str, Row]:
    """Return the rows of `stance_pairs`, or those that it would have if nothing stood in apposition."""
    with monkeypatch.context() as patch:
        if not apposition:
            patch.setattr(loader, "appositions", lambda _: {})
        return {row["id"]: row for document in own() for row in loader.pair_rows(document, KNOWN)}


def test_no_row_contradicts_its_twin_and_no_stance_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, every = rows(monkeypatch, apposition=True), rows(monkeypatch, apposition=False)
    assert kept == {name: every[name] for name in kept}
    gone = [row for name, row in every.items() if name not in kept]
    assert {row["label"] for row in gone} == {"NONE"}
    called = {document["id"]: names(document) for document in own()}
    for row in gone:
        ids, same = ends(row), called[row["id"].split("/")[0]]
        twins = (
            ends(one) for name, one in kept.items() if one["label"] != "NONE" and window(name) == window(row["id"])
        )
        assert same[ids[0]] & same[ids[1]] or any(
            same[ids[0]] & same[holder] and same[ids[1]] & same[target] for holder, target in twins
        ), row["id"]
