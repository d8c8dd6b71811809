"""What predictions may look like, and what bad input gets: an issue with its place, never a silent zero."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vinese
from support.sample_document import document
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.project import Project, packaged
from vinese.core.schemas import validator
from vinese.score.records import NoScoreError
from vinese.score.tokens import decode

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.issues import Issue
    from vinese.score.records import ScoreReport

TEXT = "Ngoại trưởng Đức 😀 gặp đại diện EU ở Bonn."
GOLD = [
    {
        "id": "a",
        "entities": [
            {"id": "e1", "start": 0, "end": 16, "text": "Ngoại trưởng Đức", "type": "ROLE"},
            {"id": "e2", "start": 13, "end": 16, "text": "Đức", "type": "GPE"},
            {"id": "e3", "start": 32, "end": 34, "text": "EU", "type": "ORG_IGO"},
            {"id": "e4", "start": 37, "end": 41, "text": "Bonn", "type": "GPE"},
        ],
    }
]


def run(predicted: Any, **settings: Any) -> ScoreReport:
    settings.setdefault("articles", {"a": TEXT})
    return vinese.score(settings.pop("gold", GOLD), predicted, ["entities.f1"], **settings)


def only(report: ScoreReport, code: str) -> Issue:
    """Return the one error, which is of this code and forbids scoring."""
    (found,) = {issue for issue in report.issues if issue.level == "error"}
    assert found.code == code, report.issues
    assert report.scores == ()
    with pytest.raises(NoScoreError):
        report["entities.f1"]
    return found


def changed(**change: Any) -> list[dict[str, Any]]:
    return [{"id": "a", "entities": [{**GOLD[0]["entities"][2], **change}]}]


@pytest.mark.parametrize(
    ("change", "code", "pointer", "said"),
    [
        ({"type": "CITY"}, "unknown-label", "/entities/0/type", "CITY"),
        ({"end": 33}, "text-differs", "/entities/0/text", "inclusive-end"),
        ({"start": 33, "end": 35}, "text-differs", "/entities/0/text", "utf-16"),
        ({"start": 50, "end": 52}, "text-differs", "/entities/0/text", "utf-8"),
        ({"start": 30, "end": 32}, "text-differs", "/entities/0/text", "shifted"),
        ({"start": 34, "end": 34, "text": None}, "span-outside", "/entities/0/end", "[34, 34)"),
        ({"start": 40, "end": 99, "text": None}, "span-outside", "/entities/0/end", "[40, 99)"),
        ({"text": "E\u0302U", "start": 30}, "not-nfc", "/entities/0/text", "NFC"),
        ({"refers_to": ["e9"]}, "relation-missing-end", "/entities/0/refers_to/0", "e9"),
        ({"start": -1}, "schema-value", "/entities/0/start", "minimum"),
        ({"start": "32"}, "schema-type", "/entities/0/start", "integer"),
        ({"colour": "red"}, "schema-unknown-key", "/entities/0/colour", "colour"),
        ({"id": "not an id"}, "schema-value", "/entities/0/id", "not an id"),
    ],
)
def test_wrong_span_is_an_error_with_line_and_pointer(
    change: dict[str, Any], code: str, pointer: str, said: str, tmp_path: Path
) -> None:
    records = changed(**change)
    if change.get("text", "") is None:
        del records[0]["entities"][0]["text"]
    file = tmp_path / "predictions.jsonl"
    file.write_text("\n" + json.dumps(records[0]) + "\n", encoding="utf-8")
    for source in (records, file):
        report = run(source)
        (found,) = (issue for issue in report.issues if issue.level == "error")
        if code == "schema-value" and "start" in change:
            assert found.pointer.startswith("/entities/0/"), report.issues
            assert found.code in {"schema-value", "span-outside", "text-differs"}
        else:
            assert (found.code, found.pointer) == (code, pointer), report.issues
            assert said in found.message
        assert not report.scores
    assert found.file == f"{file}:2"


def test_article_that_gold_lacks_or_that_comes_twice_is_an_error() -> None:
    assert only(run([*GOLD, {"id": "b"}]), "unknown-article").article_id == "b"
    twice = only(run([*GOLD, {"id": "a"}]), "duplicate-article")
    assert "1" in twice.message
    assert "2" in twice.message
    assert only(run([*GOLD, {"id": "a"}], gold=[*GOLD]), "duplicate-article").file == "predictions:2"
    assert only(vinese.score([*GOLD, *GOLD], GOLD, articles={"a": TEXT}), "duplicate-article").file == "gold:2"


def test_missing_article_counts_as_nothing_found_unless_partial() -> None:
    gold, articles = [*GOLD, {**GOLD[0], "id": "b"}], {"a": TEXT, "b": TEXT}
    report = run(GOLD, gold=gold, articles=articles)
    assert [(one.code, one.level, one.article_id) for one in report.issues] == [("missing-article", "error", "b")]
    assert (report["entities.f1"].tp, report["entities.f1"].gold) == (4, 8)
    accepted = run(GOLD, gold=gold, articles=articles, missing="empty")
    assert accepted.sound
    assert accepted["entities.f1"].value == report["entities.f1"].value
    partial = run(GOLD, gold=gold, articles=articles, missing="partial")
    assert partial.sound
    assert (partial["entities.f1"].value, partial.articles, partial.partial) == (100, 1, True)


def test_failed_reply_counts_as_nothing_found_and_is_an_error() -> None:
    report = run([{"id": "a", "failed": "the reply was cut"}])
    assert (report.failed, report.sound, report["entities.f1"].value) == (("a",), False, 0)
    assert "the reply was cut" in report.issues[0].message


def test_duplicate_counts_once_and_is_reported_with_its_pointer() -> None:
    twice = [{"id": "a", "entities": [*GOLD[0]["entities"], {**GOLD[0]["entities"][0], "id": "e9"}]}]
    report = run(twice)
    assert report["entities.f1"].predicted == 4
    assert [(one.code, one.level, one.pointer) for one in report.issues] == [
        ("duplicate-prediction", "warning", "/entities/4")
    ]
    same_id = only(run([{"id": "a", "entities": [GOLD[0]["entities"][0]] * 2}]), "duplicate-id")
    assert same_id.pointer == "/entities/1/id"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b'{"id": "a", "entities": [{"id": "e1", "sta', "not-json", ":1"),
        (b'{"id": "a"}\n{"id": ', "not-json", ":2"),
        (b"Certainly! Here are the entities: EU, Bonn.", "not-json", ":1"),
        (b'{"id": "a", "system": "\xff"}', "not-json", ":1"),
        (b"\xff\xfe{\x00}\x00", "not-json", ":1"),
        (b"", "file-empty", ""),
        (b"\n \n", "file-empty", ""),
        (b"[1, 2]", "no-record", ":1"),
        (b'"EU"', "no-record", ":1"),
        (b"null", "no-record", ":1"),
    ],
)
def test_file_that_is_no_predictions_is_an_error_and_nothing_is_scored(
    content: bytes, code: str, line: str, tmp_path: Path
) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(content)
    report = run(file)
    found = next(issue for issue in report.issues if issue.level == "error")
    assert (found.code, found.file) == (code, f"{file}{line}")
    assert not report.scores


def test_file_may_be_lines_an_array_one_record_documents_or_an_export(tmp_path: Path) -> None:
    gold = document()
    plain = msgspec.to_builtins(gold)
    record = {key: plain[key] for key in ("id", "entities", "events", "stances", "article_stance")}
    for name, content in {
        "lines.jsonl": json.dumps(record) + "\n\n",
        "bom.jsonl": "\ufeff" + json.dumps(record),
        "array.json": json.dumps([record]),
        "one.json": json.dumps(record, indent=1),
        "documents.jsonl": json.dumps(plain),
    }.items():
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        report = vinese.score([gold], file, ["entities.f1", "AC+", "opinions.f1"])
        assert report.sound, (name, report.issues)
        assert {score.value for score in report.values()} == {100.0}
    with pytest.raises(FileProblemError):
        run(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="in a list"):
        run(GOLD[0])


def test_gold_may_be_any_form_of_an_export_that_convert_reads(tmp_path: Path) -> None:
    gold = packaged("annotations", "exports", "gold.json")
    page = tmp_path / "gold.json"
    page.write_text(json.dumps({"tasks": json.loads(gold.read_bytes())}), encoding="utf-8")
    report = vinese.score(page, gold, ["entities.f1"], project=Project())
    assert report.sound, report.issues
    assert (report.articles, report["entities.f1"].value) == (5, 100.0)


def test_documents_of_another_text_are_refused() -> None:
    gold = document()
    other = msgspec.structs.replace(gold, text=gold.text.replace("đẹp", "xấu"))
    report = vinese.score([gold], [other], ["entities.f1"])
    assert [issue.code for issue in report.issues] == ["text-other"]
    assert not report.scores


def test_offsets_without_words_that_cut_syllables_are_refused() -> None:
    bare = [{key: one[key] for key in ("id", "start", "end", "type")} for one in GOLD[0]["entities"]]
    shifted = [{**one, "end": one["end"] - 1} for one in bare]
    assert "inclusive-end" in only(run([{"id": "a", "entities": shifted}]), "offsets-cut-syllables").message
    assert run([{"id": "a", "entities": bare}])["entities.f1"].value == 100


def test_text_that_nobody_knows_is_said() -> None:
    report = vinese.score(GOLD, GOLD, ["entities.f1"])
    assert [(one.code, one.level) for one in report.issues] == [("text-unknown", "info")]


TOKENS = [
    TEXT[a:b] for a, b in ((0, 5), (6, 12), (13, 16), (17, 18), (19, 22), (23, 31), (32, 34), (35, 36), (37, 42))
]


def tagged(tags: str, tokens: Any = None, **more: Any) -> list[dict[str, Any]]:
    words = ["Ngoại", "trưởng", "Đức", "😀", "gặp", "đại", "diện", "EU", "ở", "Bonn", "."]
    return [{"id": "a", "tokens": tokens or words, "tags": tags.split(), **more}]


def test_tokens_with_tags_become_spans_and_what_they_cannot_hold_is_said() -> None:
    report = run(tagged("B-ROLE I-ROLE I-ROLE O O O O B-ORG_IGO O B-GPE O"))
    assert (report["entities.f1"].tp, report["entities.f1"].predicted, report["entities.f1"].gold) == (3, 3, 4)
    assert [(one.code, one.level) for one in report.issues] == [("bio-cannot-hold", "info")]
    words = ["Ngoại_trưởng", "Đức", "😀", "gặp", "đại_diện", "EU", "ở", "Bonn", "."]
    assert run(tagged("B-ROLE I-ROLE O O O B-ORG_IGO O B-GPE O", words))["entities.f1"].tp == 3
    offsets = [{"start": 32, "end": 34, "text": "EU"}]
    assert run(tagged("B-ORG_IGO", offsets))["entities.f1"].tp == 1


def test_rows_of_sentences_are_put_together_by_article() -> None:
    rows = [
        {"article_id": "a", "start": 0, "tokens": ["Ngoại", "trưởng", "Đức"], "ner_tags": ["O", "O", "B-GPE"]},
        {"article_id": "a", "start": 32, "tokens": ["EU", "ở", "Bonn"], "ner_tags": ["B-ORG_IGO", "O", "B-GPE"]},
    ]
    assert run(rows)["entities.f1"].tp == 3


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ("I-ROLE I-ROLE I-ROLE O O O O O O O O", "bio-orphan-inside"),
        ("B-ROLE I-GPE O O O O O O O O O", "bio-orphan-inside"),
        ("B O O O O O O O O O O", "unknown-label"),
        ("B-CITY O O O O O O O O O O", "unknown-label"),
        ("B_GPE O O O O O O O O O O", "unknown-label"),
        ("O", "tags-differ"),
    ],
)
def test_tags_that_decide_nothing_are_errors(tags: str, code: str) -> None:
    assert code in {issue.code for issue in run(tagged(tags)).issues if issue.level == "error"}
    assert not run(tagged(tags)).scores


def test_orphan_inside_can_be_repaired_as_conlleval_does() -> None:
    report = run(tagged("I-ROLE I-ROLE I-ROLE O O O O I-ORG_IGO O I-GPE O"), repair_bio=True)
    assert report["entities.f1"].tp == 3


def test_tokens_of_another_text_are_an_error() -> None:
    assert only(run(tagged("O O", ["Ngoại", "giao"])), "tokens-differ").pointer == "/tokens/1"
    assert only(run(tagged("O", [{"start": 0, "end": 2, "text": "EU"}])), "tokens-differ")


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), max_size=8))
def test_decoding_gives_what_the_tags_say_and_nothing_else(tags: list[str]) -> None:
    found = [one for one in decode(tags, frozenset("AB"), repair=True) if isinstance(one, tuple)]
    written = ["O"] * len(tags)
    for label, first, last in found:
        written[first : last + 1] = [f"B-{label}", *[f"I-{label}"] * (last - first)]
    assert [tag[-1] for tag in written] == [tag[-1] for tag in tags]
    assert all(a == b or (a[0], b[0]) == ("B", "I") for a, b in zip(written, tags, strict=True))


MUTATIONS = [
    {"id": 3},
    {"start": None},
    {"start": 2.5},
    {"end": "x"},
    {"type": 5},
    {"type": "city"},
    {"text": 7},
    {"refers_to": "e1"},
    {"refers_to": [1]},
    {"origin": "guess"},
    {"extra": 1},
    {"end": -3},
    {"id": ""},
    {"id": "x" * 65},
    {"id": "é"},
]


@pytest.mark.parametrize("change", MUTATIONS, ids=str)
def test_what_the_schema_refuses_is_never_scored(change: dict[str, Any]) -> None:
    records = changed(**change)
    assert not validator("prediction").is_valid(records[0])
    report = run(records)
    assert not report.scores
    assert all(issue.file == "predictions:1" for issue in report.issues if issue.level == "error")


def test_number_written_as_a_fraction_is_whole_as_the_schema_has_it() -> None:
    records = changed(start=32.0)
    assert validator("prediction").is_valid(records[0])
    assert run(records)["entities.f1"].tp == 1


def test_rows_of_configs_are_read_and_gold_against_itself_is_100_in_each() -> None:
    gold = document()
    plain = msgspec.to_builtins(gold)
    text = gold.text
    named = [entity for entity in plain["entities"] if entity["type"] != "NOM"]
    sentences = [
        {
            "article_id": gold.id,
            "id": f"{gold.id}/{number}",
            "start": one.start,
            "text": text[one.start : one.end],
            "entities": [
                {**entity, "start": entity["start"] - one.start, "end": entity["end"] - one.start}
                for entity in named
                if one.start <= entity["start"] < one.end
            ],
        }
        for number, one in enumerate(gold.sentences)
    ]
    whole = {key: plain[key] for key in ("text", "entities", "events", "stances", "article_stance")}
    whole["stances"] = [{**stance, **stance["target"], "target": None} for stance in plain["stances"]]
    judged = plain["article_stance"]
    configs: dict[str, tuple[list[Any], list[str]]] = {
        "entities": (sentences, ["entities.f1", "entities.f1(nested=inner)"]),
        "articles": ([{"article_id": gold.id, "title": "x", **whole}], ["entities.f1", "AC+", "opinions.f1", "SF1"]),
        "article_stance": (
            [{"article_id": gold.id, "fold": 0, "text": text, **judged}],
            ["article_stance.accuracy", "article_stance.f1(on=overall_leaning)"],
        ),
    }
    for name, (rows, measures) in configs.items():
        report = vinese.score([gold], rows, measures)
        assert report.sound, (name, report.issues)
        assert {score.value for score in report.values()} == {100.0}
        assert vinese.score(rows, rows, measures, articles=[gold])[measures[0]].value == 100


CONFIGS = {
    "entities": ("ner_tags", ["entities.f1", "entities.f1(nested=inner)", "entities.f1(names=seen)"]),
    "events": ("", ["entities.f1", "TC", "AC+", "modality.accuracy"]),
    "opinions": ("", ["opinions.f1", "expressions.f1", "polarity.accuracy", "SF1"]),
    "articles": ("", ["entities.f1", "AC+", "opinions.f1"]),
    "article_stance": ("", ["article_stance.accuracy"]),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the published rows of every config that can be scored."""
    cache = tmp_path_factory.mktemp("cache")
    return {config: vinese.load(config, "test", cache_dir=cache) for config in CONFIGS}


def rows_of(loaded: dict[str, Any], config: str) -> list[dict[str, Any]]:
    """Return the rows as plain records, numbers for labels, with one of two things that say the same."""
    without, _ = CONFIGS[config]
    return [{key: value for key, value in row.items() if key != without} for row in loaded[config]]


@pytest.mark.parametrize("config", CONFIGS)
def test_the_rows_that_are_published_score_100_against_the_gold_that_they_are_made_of(
    config: str, loaded: dict[str, Any]
) -> None:
    rows, measures = rows_of(loaded, config), CONFIGS[config][1]
    report = vinese.score(None, rows, measures)
    assert report.sound, report.issues
    assert {score.value for score in report.values()} == {100.0}


@pytest.fixture(scope="module")
def half() -> list[dict[str, Any]]:
    """Return records with the mentions of gold, its events with one argument each, and every other opinion."""
    from vinese.formats.read import read_export

    project = vinese.Project()
    records = []
    for one in read_export(project.exports / "gold.json", project):
        if not isinstance(one, vinese.Document):
            continue
        plain = msgspec.to_builtins(one)
        plain["events"] = [{**event, "arguments": event["arguments"][:1]} for event in plain["events"]]
        plain["stances"] = plain["stances"][::2]
        records.append({key: plain[key] for key in ("id", "entities", "events", "stances")})
    return records


@pytest.mark.parametrize("config", [config for config in CONFIGS if config != "article_stance"])
@pytest.mark.parametrize("form", ["rows", "dataset", "parquet"])
def test_gold_may_be_rows_and_gives_what_documents_give(
    config: str, form: str, loaded: dict[str, Any], half: list[dict[str, Any]], tmp_path: Path
) -> None:
    measures, dataset = CONFIGS[config][1], loaded[config]
    if form == "parquet":
        dataset.to_parquet(str(tmp_path / "rows.parquet"))
    gold: Any = {"rows": dataset.to_list(), "dataset": dataset, "parquet": tmp_path / "rows.parquet"}[form]
    report = vinese.score(gold, half, measures)
    wanted = vinese.score(None, half, measures)
    assert report.sound, report.issues
    assert [msgspec.structs.replace(score, signature="") for score in report.values()] == [
        msgspec.structs.replace(score, signature="") for score in wanted.values()
    ]


def test_gold_of_rows_is_scored_by_what_it_holds(loaded: dict[str, Any], half: list[dict[str, Any]]) -> None:
    rows = rows_of(loaded, "opinions")
    assert {score.measure.partition(".")[0] for score in vinese.score(rows, half).values()} == {
        "opinions", "polarity", "expressions", "attribution"
    }  # fmt: skip
    with pytest.raises(UsageError, match="holds no entities"):
        vinese.score(rows, half, ["entities.f1"])
    with pytest.raises(UsageError, match="holds no events"):
        vinese.score(None, rows, ["TC"])
    twice = vinese.score(rows_of(loaded, "articles") * 2, half)
    assert {issue.code for issue in twice.issues if issue.level == "error"} == {"duplicate-article"}


def test_opinions_need_neither_ids_nor_what_their_measures_do_not_ask_for(loaded: dict[str, Any]) -> None:
    def bare(value: Any) -> Any:
        if isinstance(value, list):
            return [bare(one) for one in value]
        if isinstance(value, dict):
            return {
                key: bare(one) for key, one in value.items() if key not in {"id", "entity", "event", "attribution"}
            }
        return value

    rows = [{**row, "opinions": bare(row["opinions"])} for row in rows_of(loaded, "opinions")]
    report = vinese.score(None, rows, ["opinions.f1", "attribution.accuracy"])
    assert report.sound, report.issues
    assert [score.value for score in report.values()] == [100, 0]


def test_modality_is_needed_by_the_measures_that_are_about_it_alone() -> None:
    gold = document()
    plain = msgspec.to_builtins(gold)
    events = [{key: value for key, value in event.items() if key != "modality"} for event in plain["events"]]
    record = {"id": gold.id, "entities": plain["entities"], "events": events}
    report = vinese.score([gold], [record], ["AC+", "modality.accuracy", "modality.f1"])
    assert [score.value for score in report.values()] == [100, 0, 0]
    assert "modality" not in {name.partition(".")[0] for name in vinese.score([record], [gold], articles=[gold])}
    with pytest.raises(UsageError, match="3 of 3 events of gold have no modality"):
        vinese.score([record], [gold], ["modality.accuracy"], articles=[gold])


def test_numbers_of_tags_are_those_of_the_config() -> None:
    tags = vinese.load_ontology().tags
    numbers = [tags.index("B-ROLE"), tags.index("I-ROLE"), 0]
    row = {"id": "a", "tokens": ["Ngoại", "trưởng", "Đức"], "ner_tags": numbers}
    assert run([row])["entities.f1"].predicted == 1
    over = {"id": "a", "tokens": ["Ngoại"], "ner_tags": [len(tags)]}
    assert only(run([over]), "unknown-label").pointer == "/ner_tags/0"


def test_rows_that_cannot_be_read_are_told_once_with_their_number() -> None:
    rows = [{"article_id": "a", "start": 0, "text": TEXT, "stances": []}] * 7
    issue = only(run(rows), "no-record")
    assert issue.file == "predictions:1"
    assert issue.message.endswith("The same holds of 6 more.")
    assert "give rows of `opinions`" in issue.message


def test_row_that_could_mean_two_things_or_nothing_is_an_error() -> None:
    row = {"article_id": "a", "tokens": ["Ngoại"], "tags": ["O"], "entities": GOLD[0]["entities"]}
    assert "tags and mentions" in only(run([row]), "no-record").message
    assert "without anything" in only(run([{"article_id": "a", "text": TEXT}]), "no-record").message
    assert only(run([*GOLD, {"article_id": "a", "entities": []}]), "duplicate-article")
    assert only(run([{"article_id": "z", "entities": []}]), "unknown-article")
    numbers = [{"article_id": "a", "entities": [{"id": "e1", "start": 0, "end": 5, "type": 3}]}]
    assert "Expected `str`" in only(run(numbers), "no-record").message
