"""Tools that know nothing of vinese take the rows as they are: tokenizers, scripts, data frames, SQL, `datasets`."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import datasets
import pytest
from datasets import Dataset, concatenate_datasets, interleave_datasets, load_from_disk

from vinese.core.project import Project
from vinese.package.configs import load_configs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CONFIGS = [config.name for config in load_configs(Project()).configs]
Row = dict[str, Any]


def parquet(folder: Path, config: str) -> str:
    return str(folder / "data" / config / "test-00000-of-00001.parquet")


@pytest.fixture
def rows(own_build: Path, tmp_path: Path) -> Callable[[str], Any]:
    """Return a function that loads a config of vinese's own corpus."""
    return lambda config: Dataset.from_parquet(parquet(own_build, config), cache_dir=str(tmp_path / "cache"))


def pieces(words: list[str]) -> tuple[list[str], list[int | None]]:
    """Return pieces of three letters of words, and the word of each, between two that are of none."""
    cut = [(word[at : at + 3], number) for number, word in enumerate(words) for at in range(0, len(word), 3)]
    return ["<s>", *(piece for piece, _ in cut), "</s>"], [None, *(number for _, number in cut), None]


def aligned(tags: Sequence[int], word_ids: Sequence[int | None]) -> list[int]:
    """Return a tag for each piece as the usual scripts do: the first of a word has the word's, others -100."""
    before = [None, *word_ids[:-1]]
    return [-100 if one is None or one == last else tags[one] for one, last in zip(word_ids, before, strict=True)]


@pytest.mark.parametrize("config", ["entities", "entities_words"])
def test_a_tokenizer_of_split_words_takes_tokens_and_tags(rows: Any, config: str) -> None:
    for row in rows(config):
        found, word_ids = pieces(row["tokens"])
        labels = aligned(row["ner_tags"], word_ids)
        assert len(labels) == len(found)
        assert [label for label in labels if label != -100] == row["ner_tags"]


@pytest.mark.extra("tokenizers")
@pytest.mark.parametrize("config", ["entities", "entities_words"])
def test_a_trained_tokenizer_takes_a_batch_with_no_conversion(rows: Any, config: str) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    given = rows(config)
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(given["text"], trainers.BpeTrainer(vocab_size=400, special_tokens=["[UNK]"]))
    batch = given[:]
    for encoding, tags in zip(
        tokenizer.encode_batch(batch["tokens"], is_pretokenized=True), batch["ner_tags"], strict=True
    ):
        labels = aligned(tags, encoding.word_ids)
        assert [label for label in labels if label != -100] == list(tags)


@pytest.mark.parametrize("config", ["entities", "entities_words"])
def test_the_columns_that_run_ner_chooses_are_tokens_and_tags(rows: Any, config: str) -> None:
    features = rows(config).features
    names = list(features)
    text = "tokens" if "tokens" in names else names[0]
    label = "ner_tags" if "ner_tags" in names else names[1]
    assert (features[text].feature.dtype, features[label].feature.names[:2]) == ("string", ["O", "B-PER"])


@pytest.mark.parametrize("config", CONFIGS)
def test_no_script_takes_the_fold_for_the_label(rows: Any, config: str) -> None:
    features = rows(config).features
    assert list(features)[1] != "fold"
    assert features["fold"].dtype == "int32"


@pytest.mark.extra("seqeval")
def test_seqeval_scores_the_tags_by_name(rows: Any) -> None:
    from seqeval.metrics import f1_score

    given = rows("entities")
    names = given.features["ner_tags"].feature.names
    tags = [[names[tag] for tag in row] for row in given["ner_tags"]]
    nothing = [["O"] * len(row) for row in tags]
    assert (f1_score(tags, tags), f1_score(tags, nothing, zero_division=0)) == (1.0, 0.0)


@pytest.mark.parametrize("config", CONFIGS)
def test_pandas_reads_labels_as_words(rows: Any, own_build: Path, config: str) -> None:
    import pandas as pd

    frame = pd.read_parquet(parquet(own_build, config))
    assert len(frame) == len(rows(config)) == len(rows(config).to_pandas())
    labels = {
        "entities": lambda: frame["entities"].iloc[0][0]["type"],
        "opinions": lambda: frame["opinions"].explode().dropna().iloc[0]["polarity"],
        "events": lambda: frame["events"].explode().dropna().iloc[0]["arguments"][0]["role"],
        "stance_pairs": lambda: frame["holder"].iloc[0]["type"],
        "articles": lambda: frame["stances"].iloc[0][0]["topic"],
    }
    assert config not in labels or labels[config]().replace("_", "").isalpha()


@pytest.mark.extra("polars")
def test_polars_counts_labels_by_name(own_build: Path, rows: Callable[[str], Any]) -> None:
    import polars as pl

    opinions = pl.read_parquet(parquet(own_build, "opinions")).explode("opinions").drop_nulls("opinions")
    counted = opinions.unnest("opinions", separator=".")["opinions.polarity"].value_counts()
    expected = Counter(opinion["polarity"] for row in rows("opinions") for opinion in row["opinions"])
    assert dict(counted.iter_rows()) == expected
    assert expected["FAVOR"] > expected["AGAINST"] > 0


@pytest.mark.extra("duckdb")
def test_duckdb_counts_labels_by_name(own_build: Path, rows: Callable[[str], Any]) -> None:
    import duckdb

    path = parquet(own_build, "events")
    query = f"select e.type, count(*) from (select unnest(events) e from '{path}') group by 1 order by 2 desc, 1"
    types = dict(duckdb.sql(query).fetchall())
    assert types == Counter(event["type"] for row in rows("events") for event in row["events"])
    assert all(name.isupper() for name in types)
    filled = f"select count(*) from '{path}' where len(list_filter(entities, lambda e: e.type = 'NOM')) > 0"
    assert duckdb.sql(filled).fetchall()[0][0] > 0


@pytest.mark.parametrize("config", CONFIGS)
def test_rows_are_saved_to_disk_and_loaded_again(rows: Any, tmp_path: Path, config: str) -> None:
    given = rows(config)
    given.save_to_disk(str(tmp_path / "saved"))
    again = load_from_disk(str(tmp_path / "saved"))
    assert (again.features, list(again)) == (given.features, list(given))


@pytest.mark.parametrize("config", CONFIGS)
def test_rows_are_interleaved_concatenated_and_filtered(rows: Any, config: str) -> None:
    given = rows(config)
    first, second = given.select(range(2)), given.select(range(2, 4))
    mixed = interleave_datasets([first, second])
    assert [row["article_id"] for row in mixed] == [given[at]["article_id"] for at in (0, 2, 1, 3)]
    assert concatenate_datasets([first, second]).features == given.features
    assert {row["fold"] for row in given.filter(lambda row: row["fold"] != 0)} == set(given["fold"]) - {0}
    assert [json.loads(json.dumps(row)) for row in given] == list(given)


def test_rows_stream(own_build: Path, tmp_path: Path) -> None:
    streamed = datasets.load_dataset(
        str(own_build), "opinions", split="test", streaming=True, cache_dir=str(tmp_path / "cache")
    )
    articles = datasets.load_dataset(str(own_build), "articles", split="test", cache_dir=str(tmp_path / "cache"))
    stances = sum(len(row["stances"]) for row in articles)
    assert sum(len(row["opinions"]) for row in streamed) == stances > 0
