"""The loader turns documents into rows that map back to the article, under every way to call it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import datasets
import msgspec
import pyarrow as pa
import pytest
from hypothesis import given

from support.configs import CONFIGS
from support.sample_document import TEXT, document, line
from support.strategies import documents
from vinese import loader
from vinese.core.project import Project
from vinese.package.configs import load_configs, scheme
from vinese.text import tokens

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.model.records import Document

WINDOWED = ("entities", "entities_words", "opinions", "stance_pairs", "events")
Row = dict[str, Any]


KNOWN: Row = json.loads(msgspec.json.encode(scheme(Project())))


@pytest.fixture(scope="module")
def known() -> Row:
    return KNOWN


@pytest.fixture
def staging(tmp_path: Path, known: Row) -> Path:
    """Return a staging folder with forty articles."""
    return stage(tmp_path / "staging", known, [f"sample-{number:02}" for number in range(40)])


def stage(folder: Path, known: Row, names: list[str]) -> Path:
    folder.mkdir()
    lines = [json.dumps(line(document(name)), ensure_ascii=False) for name in names]
    places = {name: {"split": "test", "fold": number} for number, name in enumerate(names)}
    for file in ("documents.jsonl", "layers.jsonl"):
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "splits.json").write_text(json.dumps(places), encoding="utf-8")
    (folder / "scheme.json").write_text(json.dumps(known), encoding="utf-8")
    return folder


def spans(value: Any) -> list[Row]:
    """Return every record in `value` with an offset."""
    if isinstance(value, list):
        return [found for one in value for found in spans(one)]
    if not isinstance(value, dict):
        return []
    inner = [found for one in value.values() for found in spans(one)]
    return [*inner, value] if value.get("start") is not None else inner


def check_row(row: Row, text: str) -> None:
    """Check that a window row maps back to the article, and that every span in it says what it marks."""
    assert text[row["start"] : row["end"]] == row["text"]
    for name, value in row.items():
        for span in spans(value):
            assert row["text"][span["start"] : span["end"]] == span["text"], name


def test_the_card_the_scheme_and_the_loader_know_the_same_configs() -> None:
    # vinese itself has no relations between entities
    assert tuple(name for name in loader.ROWS if name != "relations") == CONFIGS
    assert tuple(config.name for config in load_configs(Project()).configs) == CONFIGS


def test_the_loader_cuts_tokens_as_the_package_does() -> None:
    assert loader.SYLLABLE.pattern == tokens.SYLLABLE


def test_the_loader_imports_nothing_of_the_package() -> None:
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('alone', {loader.__file__!r})\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'vinese']\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_rows_map_back_to_the_article(known: Row) -> None:
    for config in WINDOWED:
        rows = list(loader.ROWS[config](line(document()), known))
        assert rows
        assert len({row["id"] for row in rows}) == len(rows)
        for row in rows:
            check_row(row, TEXT)


@given(documents())
def test_rows_of_any_document_hold_all_of_it_and_nothing_else(drawn: Document) -> None:
    known, found = KNOWN, line(drawn)
    rows = {config: list(make(found, known)) for config, make in loader.ROWS.items()}
    everything = list(range(len(drawn.sentences)))
    for config in ("entities", "entities_words", "opinions", "events"):
        assert [number for row in rows[config] for number in row["sentence_numbers"]] == everything
    for config in WINDOWED:
        assert len({row["id"] for row in rows[config]}) == len(rows[config])
        for row in rows[config]:
            check_row(row, drawn.text)
    named = [entity for entity in drawn.entities if entity.type != "NOM"]
    placed = [
        (span["id"], row["start"] + span["start"], span["type"])
        for row in rows["entities"]
        for span in row["entities"]
    ]
    assert sorted(placed) == sorted((entity.id, entity.start, entity.type) for entity in named)
    events = {event["id"]: event for row in rows["events"] for event in row["events"]}
    assert sum(len(row["events"]) for row in rows["events"]) == len(events) == len(drawn.events)
    for event in drawn.events:
        fillers = [(part["role"], part["entity"], part["event"]) for part in events[event.id]["arguments"]]
        assert fillers == [(part.role, part.entity, part.event) for part in event.arguments]
    everything = {entity["id"] for row in rows["events"] for entity in row["entities"]}
    assert everything == {entity.id for entity in drawn.entities}


@given(documents())
def test_tags_of_any_document_are_well_formed(drawn: Document) -> None:
    for row in (*loader.entity_rows(line(drawn), KNOWN), *loader.word_rows(line(drawn), KNOWN)):
        assert len(row["ner_tags"]) == len(row["tokens"]) == len(row["token_starts"]) == len(row["token_ends"])
        for before, tag in zip(["O", *row["ner_tags"]], row["ner_tags"], strict=False):
            assert not tag.startswith("I-") or before[1:] == tag[1:]
        outer = [span for span in row["entities"] if not any(holds(other, span) for other in row["entities"])]
        starts = {(span["start"], span["end"]) for span in outer}
        assert sum(tag.startswith("B-") for tag in row["ner_tags"]) == len(starts)


def holds(other: Row, span: Row) -> bool:
    place = (span["start"], span["end"])
    return (other["start"], other["end"]) != place and other["start"] <= place[0] and place[1] <= other["end"]


@given(documents())
def test_candidates_of_any_document_hold_every_stance_once_a_holder(drawn: Document) -> None:
    rows = list(loader.pair_rows(line(drawn), KNOWN))
    said = Counter(stance for row in rows for stance in row["stances"])
    both = [stance for stance in drawn.stances if stance.holders and stance.target.mention]
    assert said == {stance.id: len(stance.holders) for stance in both}
    given = {stance.id: stance.polarity for stance in drawn.stances}
    for row in rows:
        polarities = {given[stance] for stance in row["stances"]}
        expected = {0: "NONE", 1: next(iter(polarities), "")}.get(len(polarities), "MIXED")
        assert row["label"] == expected
        assert (row["target"]["entity"] is None) != (row["target"]["event"] is None)


@given(documents())
def test_opinions_of_any_document_are_its_stances_and_pairs_stand_in_their_windows(drawn: Document) -> None:
    rows = list(loader.opinion_rows(line(drawn), KNOWN))
    said = {one["id"]: one for row in rows for one in row["opinions"]}
    assert len(said) == sum(len(row["opinions"]) for row in rows) == len(drawn.stances)
    for stance in drawn.stances:
        one = said[stance.id]
        assert (one["polarity"], one["attribution"]) == (stance.polarity, stance.attribution)
        assert [holder["entity"] for holder in one["holders"]] == list(stance.holders)
        assert (one["holder_kind"], one["topic"]) == (stance.holder_kind, stance.target.topic)
        mention, source = one["mention"], one["source"]
        assert (mention and (mention["entity"] or mention["event"])) == stance.target.mention
        assert (source and source["entity"]) == stance.source
    windows = {row["id"] for row in rows}
    assert {row["id"].rsplit("/", 2)[0] for row in loader.pair_rows(line(drawn), KNOWN)} <= windows


def declared(feature: Any, value: Any) -> Any:
    """Return a value with what is declared of it alone; a `KeyError` if anything of that is missing."""
    if isinstance(feature, list) or feature.get("_type") == "Sequence":
        inside = feature[0] if isinstance(feature, list) else feature["feature"]
        return [declared(inside, item) for item in value]
    if "_type" in feature or value is None:
        return value
    return {name: declared(part, value[name]) for name, part in feature.items()}


@given(documents())
def test_rows_of_any_document_fit_the_declared_columns(drawn: Document) -> None:
    for config, make in loader.ROWS.items():
        if config not in KNOWN["features"]:
            continue
        features = datasets.Features.from_dict(KNOWN["features"][config])
        encode = loader.encoder(KNOWN["features"][config])
        columns = encode(list(loader.placed(make(line(drawn), KNOWN), drawn.id, 0)))
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        table = pa.table(columns, schema=features.arrow_schema)
        assert table.to_pylist() == [declared(KNOWN["features"][config], row) for row in rows]


def test_every_entity_has_its_place_and_auxiliary_ones_are_left_out(known: Row) -> None:
    rows = list(loader.entity_rows(line(document()), known))
    found = {span["id"] for row in rows for span in row["entities"]}
    assert found == {entity.id for entity in document().entities if entity.type != "NOM"}
    assert [row["sentence_numbers"] for row in rows] == [[0], [1], [2], [3], [4]]


def test_tags_follow_the_outermost_spans(known: Row) -> None:
    row = list(loader.entity_rows(line(document()), known))[1]
    tagged = list(zip(row["tokens"], row["ner_tags"], strict=True))
    assert tagged[:6] == [
        ("Tổng", "B-ROLE"),
        ("thư", "I-ROLE"),
        ("ký", "I-ROLE"),
        ("NATO", "I-ROLE"),
        ("Mark", "B-PER"),
        ("Rutte", "I-PER"),
    ]
    assert ("😀", "O") in tagged
    assert [tag for text, tag in tagged if text in {"ngày", "10/7"}] == ["B-TIME", "I-TIME"]


def worded(text: str, words: list[str], *marked: str) -> list[tuple[str, str, bool]]:
    """Return (word, tag, cut) of a text of one sentence with segmenter's words and marked organisations."""
    stretches, place = [], 0
    for word in words:
        place = text.index(word, place)
        stretches.append([place, place + len(word)])
        place += len(word)
    found = [{"start": text.index(one), "end": text.index(one) + len(one), "text": one} for one in marked]
    entities = [{**span, "id": f"e{number}", "type": "ORG_IGO"} for number, span in enumerate(found)]
    given = {"id": "a", "text": text, "sentences": [], "entities": entities, "words": stretches}
    (row,) = loader.word_rows(given, KNOWN)
    check_row(row, text)
    return list(zip(row["tokens"], row["ner_tags"], row["token_cuts"], strict=True))


def test_words_are_those_of_the_segmenter_with_their_syllables_joined() -> None:
    text = "Liên minh châu Âu ngày 16/6 đe dọa hòa bình."
    words = ["Liên minh", "châu Âu", "ngày", "16/6", "đe dọa", "hòa bình", "."]
    assert worded(text, words, "Liên minh châu Âu") == [
        ("Liên_minh", "B-ORG_IGO", False),
        ("châu_Âu", "I-ORG_IGO", False),
        ("ngày", "O", False),
        ("16/6", "O", False),
        ("đe_dọa", "O", False),
        ("hòa_bình", "O", False),
        (".", "O", False),
    ]


def test_a_word_that_holds_parts_of_two_mentions_is_cut_and_says_so() -> None:
    assert worded("hợp tác NATO-EU chặt chẽ", ["hợp tác", "NATO-EU", "chặt chẽ"], "NATO", "EU") == [
        ("hợp_tác", "O", False),
        ("NATO", "B-ORG_IGO", False),
        ("-", "O", True),
        ("EU", "B-ORG_IGO", True),
        ("chặt_chẽ", "O", False),
    ]
    assert worded("một NATO mạnh hơn", ["một", "NATO mạnh", "hơn"], "NATO") == [
        ("một", "O", False),
        ("NATO", "B-ORG_IGO", False),
        ("mạnh", "O", True),
        ("hơn", "O", False),
    ]


@given(documents())
def test_words_of_any_document_are_its_tokens_joined_and_its_mentions_whole_words(drawn: Document) -> None:
    found = line(drawn)
    for tokens_row, row in zip(loader.entity_rows(found, KNOWN), loader.word_rows(found, KNOWN), strict=True):
        starts, edges = set(tokens_row["token_starts"]), set(row["token_starts"])
        assert edges <= starts
        words = [row["text"][start:end] for start, end in zip(row["token_starts"], row["token_ends"], strict=True)]
        assert ["_".join(word.split()) for word in words] == row["tokens"]
        assert tokens_row["tokens"] == [token for word in words for token in loader.tokens(word).texts]
        assert all(span["start"] in edges or span["start"] not in starts for span in row["entities"])


def test_annotators_say_whose_reading_a_row_is(known: Row) -> None:
    (row,) = loader.annotator_rows(line(document()), known)
    made = document().provenance
    assert (row["id"], row["layer"]) == (f"sample-1/{made.layer}", made.layer)
    assert row["annotator"] == made.annotator
    assert row["entities"] == next(loader.article_rows(line(document()), known))["entities"]


def test_a_token_that_spans_cut_goes_to_the_first_of_them() -> None:
    syllables = loader.tokens("abc def")
    cut = [{"start": 0, "end": 2, "type": "PER"}, {"start": 2, "end": 7, "type": "GPE"}]
    assert loader.bio(syllables.starts, syllables.ends, cut) == ["B-PER", "B-GPE"]


def test_an_annotation_that_crosses_sentences_joins_them(known: Row) -> None:
    rows = list(loader.event_rows(line(document()), known))
    assert [row["sentence_numbers"] for row in rows] == [[0], [1, 2, 3], [4]]
    assert [[event["id"] for event in row["events"]] for row in rows] == [["v1"], ["v2", "v3"], []]
    (filler,) = [part for part in rows[1]["events"][1]["arguments"] if part["event"]]
    assert (filler["event"], filler["entity"], filler["text"], filler["type"]) == ("v2", None, "gặp", "CONSULT")


def test_rows_of_events_hold_every_mention_and_the_tokens(known: Row) -> None:
    rows = list(loader.event_rows(line(document()), known))
    assert {entity["id"] for row in rows for entity in row["entities"]} == {one.id for one in document().entities}
    assert [row["tokens"] for row in rows[:1]] == [["NATO", "và", "EU", "ủng", "hộ", "Ukraine"]]


def test_a_holder_in_the_sentence_before_joins_the_two(known: Row) -> None:
    rows = list(loader.opinion_rows(line(document()), known))
    assert [row["sentence_numbers"] for row in rows] == [[0], [1, 2], [3], [4]]
    assert [[one["id"] for one in row["opinions"]] for row in rows] == [["s1"], ["s2"], ["s3"], ["s4"]]
    (second,), (third,), (fourth,) = (row["opinions"] for row in rows[1:])
    assert [(one["entity"], one["text"], one["type"]) for one in second["holders"]] == [("e11", "Ông", "NOM")]
    assert (second["source"]["text"], second["mention"]["text"], second["topic"]) == ("Mark Rutte", "EU", "other")
    assert (third["mention"], third["source"], third["topic"]) == (None, None, "european_security")
    assert (fourth["holder_kind"], fourth["holders"], fourth["expression"]["text"]) == ("AUTHOR", [], "đẹp")


def test_a_span_outside_all_sentences_widens_one() -> None:
    text = "  ab. cd.  "
    marks = [{"start": 2, "end": 5}, {"start": 6, "end": 9}]
    groups = [[{"start": 0, "end": 3}], [{"start": 8, "end": 11}]]
    found = list(loader.windows({"id": "a", "text": text, "sentences": marks}, groups))
    assert [(window.start, window.end, inside) for window, inside in found] == [(0, 5, [0]), (6, 11, [1])]
    alone = list(loader.windows({"id": "a", "text": text, "sentences": []}, groups))
    assert [(window.start, window.end, inside) for window, inside in alone] == [(0, 11, [0, 1])]


def candidates(found: Any, known: Row) -> dict[tuple[str, str], str]:
    rows = loader.pair_rows(line(found), known)
    return {tuple(row["id"].rsplit("/", 2)[1:]): row["label"] for row in rows}  # type: ignore[misc]


def test_candidates_follow_the_published_rule(known: Row) -> None:
    found = candidates(document(), known)
    positive = {pair: label for pair, label in found.items() if label != "NONE"}
    assert positive == {
        ("e1", "e3"): "FAVOR",
        ("e2", "e3"): "FAVOR",
        ("e11", "e12"): "FAVOR",
    }
    assert not {end for pair in found for end in pair} & {"AUTHOR", "IMPLICIT", "european_security", "other"}
    assert found["e1", "e2"] == "NONE"  # nothing joins them
    assert ("e1", "e1") not in found  # itself
    assert ("e6", "e11") not in found  # a name and the pronoun that stands for it
    assert ("e6", "e12") not in found  # the same holder and target as the pair that a stance joins
    assert ("e5", "e12") not in found  # not outermost, and no stance names it
    assert ("e10", "e12") not in found  # a time holds no stance


def test_stances_that_differ_on_one_pair_are_mixed(known: Row) -> None:
    first, *rest = document().stances
    against = msgspec.structs.replace(first, id="s9", polarity="AGAINST", holders=("e1",))
    changed = msgspec.structs.replace(document(), stances=(first, against, *rest))
    rows = {row["id"]: row for row in loader.pair_rows(line(changed), known)}
    row = rows["sample-1/0/e1/e3"]
    assert row["label"] == "MIXED"
    assert row["stances"] == ["s1", "s9"]
    assert rows["sample-1/0/e2/e3"]["label"] == "FAVOR"


def test_an_article_that_was_not_judged_has_no_article_stance(known: Row) -> None:
    changed = msgspec.structs.replace(document(), article_stance=None)
    assert not list(loader.article_stance_rows(line(changed), known))
    assert next(loader.article_rows(line(changed), known))["article_stance"] is None


@pytest.mark.parametrize("config", CONFIGS)
def test_every_way_to_call_the_builder_gives_the_same_rows(config: str, staging: Path, tmp_path: Path) -> None:
    def builder(cache: str) -> Any:
        return loader.Vinese(
            config_name=config, data_dir=str(staging), cache_dir=str(tmp_path / cache), hash="0123456789abcdef"
        )

    alone = builder("alone")
    alone.download_and_prepare()
    rows = alone.as_dataset(split="test")
    assert len({row["fold"] for row in rows}) == 40
    parallel = builder("parallel")
    parallel.download_and_prepare(num_proc=2)
    assert parallel.as_dataset(split="test")[:] == rows[:]
    assert list(builder("stream").as_streaming_dataset(split="test")) == list(rows)


def test_labels_are_strings_inside_records_and_numbers_in_flat_columns(staging: Path, tmp_path: Path) -> None:
    found = loader.Vinese(config_name="entities", data_dir=str(staging), cache_dir=str(tmp_path / "cache"))
    entities, tags = found.info.features["entities"], found.info.features["ner_tags"]
    entity = getattr(entities, "feature", None) or entities[0]
    assert entity["type"] == datasets.Value("string")
    assert tags.feature.names[:3] == ["O", "B-PER", "I-PER"]
    assert tags.feature.int2str(tags.feature.str2int("I-GPE")) == "I-GPE"


def test_a_label_that_the_scheme_lacks_is_an_error_not_a_null(known: Row) -> None:
    (row, *_) = loader.entity_rows(line(document()), known)
    row["ner_tags"][0] = "B-PLANET"
    with pytest.raises(KeyError, match="B-PLANET"):
        loader.encoder(known["features"]["entities"])([*loader.placed([row], "a", 0)])


def test_splits_keep_articles_apart(staging: Path, tmp_path: Path) -> None:
    places = json.loads((staging / "splits.json").read_text(encoding="utf-8"))
    for number, place in enumerate(places.values()):
        place["split"] = "train" if number % 4 else "test"
    (staging / "splits.json").write_text(json.dumps(places), encoding="utf-8")
    found = loader.Vinese(config_name="articles", data_dir=str(staging), cache_dir=str(tmp_path / "cache"))
    found.download_and_prepare()
    rows = found.as_dataset()
    assert {name: len(part) for name, part in rows.items()} == {"test": 10, "train": 30}
    assert not set(rows["train"]["article_id"]) & set(rows["test"]["article_id"])


def test_without_a_folder_the_builder_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="data_dir"):
        loader.Vinese(config_name="articles")
