"""Files of doccano and CoNLL: which they are, what they say, and the road from them to rows."""

import json
from pathlib import Path

import pytest

import vinese
from vinese.core.issues import Issue
from vinese.core.project import Project
from vinese.formats.registry import format_of

PHONER = (
    "Ngày O\n3/5 B-DATE\n, O\nbệnh_nhân O\nsố B-PATIENT_ID\n12 I-PATIENT_ID\nở O\nĐà_Nẵng B-LOCATION\n. O\n\nHết O\n"
)
VLSP = "Ông\tN\tB-NP\tO\nTrần_Văn_An\tNp\tB-NP\tB-PER\nđến\tV\tO\tO\nHuế\tNp\tB-NP\tB-LOC\n.\t.\tO\tO\n"
CONLL = (
    "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nUN NNP I-NP B-ORG\nmeet VB O O\n\n"
    "-DOCSTART- -X- O O\n\nRome NNP O S-LOC\n"
)
BIOES = "Bà O\nMai B-PER\nLan E-PER\nở O\nHuế S-LOC\n"


def entities(tmp_path: Path, name: str, content: str) -> list[tuple[str, str]]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    report = vinese.init(tmp_path / "project", path)
    assert report.held.regions == report.kept.regions
    project = Project(tmp_path / "project")
    layer = next(project.exports.glob("*.json"))
    documents = [one for one in vinese.convert(layer, project) if not isinstance(one, Issue)]
    found = [(one.text, one.type) for document in documents for one in document.entities]
    return sorted(found)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (PHONER, [("3/5", "DATE"), ("số 12", "PATIENT_ID"), ("Đà Nẵng", "LOCATION")]),
        (VLSP, [("Huế", "LOC"), ("Trần Văn An", "PER")]),
        (CONLL, [("EU", "ORG"), ("Rome", "LOC"), ("UN", "ORG")]),
        (BIOES, [("Huế", "LOC"), ("Mai Lan", "PER")]),
    ],
    ids=["phoner", "vlsp", "iob1-docstart", "bioes"],
)
def test_columns_of_words_and_tags_are_read(tmp_path: Path, content: str, wanted: list[tuple[str, str]]) -> None:
    assert entities(tmp_path, "train.conll", content) == wanted


def test_doccano_is_read_with_relations_or_without(tmp_path: Path) -> None:
    old = {"id": 1, "text": "NATO ở Brussels.", "label": [[0, 4, "ORG"], [7, 15, "LOC"]], "meta": {}}
    new = {
        "id": 2,
        "text": "EU ở Huế.",
        "entities": [
            {"id": 1, "label": "ORG", "start_offset": 0, "end_offset": 2},
            {"id": 2, "label": "LOC", "start_offset": 5, "end_offset": 8},
        ],
        "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "in"}],
    }
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in (old, new))
    assert entities(tmp_path, "all.jsonl", content) == [
        ("Brussels", "LOC"), ("EU", "ORG"), ("Huế", "LOC"), ("NATO", "ORG")
    ]  # fmt: skip
    report = vinese.init(tmp_path / "project", tmp_path / "all.jsonl")
    assert (report.format, report.kept.relations) == ("doccano", 1)


def test_a_file_of_columns_is_validated_and_converted_by_the_mapping_of_its_project(tmp_path: Path) -> None:
    wanted = entities(tmp_path, "train.conll", PHONER)
    found = list(vinese.convert(tmp_path / "train.conll", Project(tmp_path / "project")))
    documents = [one for one in found if not isinstance(one, Issue)]
    assert [one.code for one in found if isinstance(one, Issue) and one.level == "error"] == []
    assert sorted((one.text, one.type) for one in documents[0].entities) == wanted


def test_rows_come_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "train.conll"
    path.write_text(PHONER, encoding="utf-8")
    vinese.init(tmp_path / "project", path)
    report = vinese.build(Project(tmp_path / "project"), tmp_path / "out")
    assert {config.name: config.annotations for config in report.configs}["entities"] == 3


@pytest.mark.parametrize(
    "content", ['[{"data": {"text": "a"}, "annotations": []}]', "một dòng văn bản\nhai dòng", ""]
)
def test_what_is_no_columns_is_left_to_the_others(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.txt"
    path.write_text(content, encoding="utf-8")
    assert format_of(path).name == "Label Studio"
