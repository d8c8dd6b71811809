"""The card says what the data says, in YAML that the Hub takes, with nothing left to fill in."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from support.described import described
from support.projects import make_project
from support.sample_document import document
from vinese.card.card import candidate_rule
from vinese.card.front_matter import size_category
from vinese.card.trust import review
from vinese.core.errors import FileProblemError
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import old_dialect
from vinese.package.counts import LayerCounts
from vinese.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.core.project import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose layer was made by a model."""
    project = make_project(tmp_path_factory.mktemp("project"), skip=1)
    annotator = {"kind": "model", "description": "a test double", "model": "not recorded"}
    layers = {"layers": {"trial": {"description": "a trial", "annotators": {"a1": annotator}}}}
    project.own("annotations", "layers.json").write_text(json.dumps(layers), encoding="utf-8")
    project.own("annotations", "LICENSE.md").write_text("# Rights\n\nOurs.\n", encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def folder(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "vinese"
    build(project, out)
    return out


@pytest.fixture(scope="module")
def card(folder: Path) -> str:
    return described(folder)


@pytest.fixture(scope="module")
def metadata(card: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(card.split("---\n")[1])
    return found


def resource(name: str) -> list[str]:
    return list(json.loads((files("datasets") / "utils/resources" / name).read_text(encoding="utf-8")))


def test_yaml_values_are_on_the_hubs_lists(metadata: dict[str, Any]) -> None:
    creators = json.loads((files("datasets") / "utils/resources/creators.json").read_text(encoding="utf-8"))
    assert metadata["language"] == ["vi"]
    assert "vi" in resource("languages.json")
    assert set(metadata["annotations_creators"]) <= set(creators["annotations"])
    assert set(metadata["language_creators"]) <= set(creators["language"])
    assert set(metadata["multilinguality"]) <= set(resource("multilingualities.json"))
    assert set(metadata["size_categories"]) <= set(resource("size_categories.json"))
    assert metadata["license"] == "other"
    assert metadata["license_name"]


@pytest.mark.parametrize(
    ("rows", "name"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**5, "100K<n<1M"), (10**8, "100M<n<1B"), (10**13, "n>1T")],
)
def test_sizes_have_the_hubs_names(rows: int, name: str) -> None:
    assert size_category(rows) == name
    assert name in resource("size_categories.json")


def test_yaml_names_the_files_that_are_there(metadata: dict[str, Any], folder: Path) -> None:
    patterns = {part["path"] for config in metadata["configs"] for part in config["data_files"]}
    matched = {path for pattern in patterns for path in folder.glob(pattern)}
    assert matched == set((folder / "data").rglob("*.parquet"))
    assert [config["config_name"] for config in metadata["configs"] if config.get("default")] == ["articles"]
    assert (folder / metadata["license_link"]).is_file()


def test_yaml_states_sizes_and_leaves_columns_to_the_parquet(metadata: dict[str, Any], folder: Path) -> None:
    import pyarrow.parquet as pq
    from datasets import Features, load_dataset

    for info in metadata["dataset_info"]:
        config, path = info["config_name"], folder / f"data/{info['config_name']}/test-00000-of-00001.parquet"
        assert "features" not in info
        stated = json.loads(pq.read_schema(path).metadata[b"huggingface"])["info"]["features"]
        assert stated == old_dialect(stated), config
        rows = load_dataset(str(folder), config, split="test", streaming=True)
        assert rows.features == Features.from_dict(stated)
        (split,) = info["splits"]
        assert split["num_examples"] == pq.read_metadata(path).num_rows > 0
        assert info["download_size"] == sum(file.stat().st_size for file in folder.glob(f"data/{config}/*"))


def test_every_task_of_the_hub_has_an_id_and_the_size_is_that_of_all_rows(metadata: dict[str, Any]) -> None:
    rows = sum(split["num_examples"] for info in metadata["dataset_info"] for split in info["splits"])
    assert metadata["size_categories"] == [size_category(rows)]
    assert metadata["language_details"] == ["vi-VN"]
    kinds = {"named-entity-recognition": "token-classification"}
    assert {kinds.get(name, "text-classification") for name in metadata["task_ids"]} == {*metadata["task_categories"]}


def test_the_dialect_is_what_older_versions_write() -> None:
    from datasets import ClassLabel, Features, Sequence, Value

    number, label = Value("int32"), ClassLabel(names=["a", "b"])
    features = Features({"x": [{"y": number, "z": Sequence(label)}], "s": {"t": label}})
    value = {"dtype": "int32", "_type": "Value"}
    names = {"names": ["a", "b"], "_type": "ClassLabel"}
    assert old_dialect(features.to_dict()) == {
        "x": [{"y": value, "z": {"feature": names, "_type": "Sequence"}}],
        "s": {"t": names},
    }
    assert Features.from_dict(old_dialect(features.to_dict())) == features
    older = old_dialect(features.to_dict())
    assert old_dialect(older) == older


def test_who_made_the_labels_is_said_first(card: str, metadata: dict[str, Any]) -> None:
    assert metadata["annotations_creators"] == ["machine-generated"]
    assert "No person has reviewed them." in card.split("\n## ", maxsplit=1)[0]
    assert "| `a1` (model) |" in card
    assert "every label of this dataset. No person has reviewed them. Which model is not recorded." in card
    assert "- `a1` made layer `trial` (model; which model was not recorded). a test double" in card


@pytest.mark.parametrize(
    ("annotators", "words"),
    [
        ({"a": "model"}, "No person has reviewed"),
        ({"a": "person"}, "People made"),
        ({"a": "person", "b": "model"}, "People and language models"),
        ({"a": "model", "b": None}, "do not state"),
    ],
)
def test_no_claim_about_annotators_goes_beyond_the_files(annotators: dict[str, str | None], words: str) -> None:
    assert words in review(LayerCounts(layer="x", annotators=annotators))


def test_counts_are_those_of_the_documents() -> None:
    counted = LayerCounts(layer="x")
    counted.add(document("a"))
    counted.add(document("b"))
    assert counted.documents == 2
    assert counted.counts == {"entities": 26, "events": 6, "arguments": 12, "stances": 8}
    assert counted.labels["entity_type"]["ORG_IGO"] == 8
    assert counted.labels["polarity"] == {"FAVOR": 6, "AGAINST": 2}
    assert counted.origins == {"not stated": 38, "manual": 2}


def test_the_card_counts_what_the_data_holds(card: str, folder: Path) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(folder / "data/articles/test-00000-of-00001.parquet").to_pylist()
    entities, events = sum(len(row["entities"]) for row in rows), sum(len(row["events"]) for row in rows)
    assert f"| `trial` (this dataset) | `a1` (model) | 4 | {entities} | {events} |" in card
    count = sum(span["type"] == "ORG_IGO" for row in rows for span in row["entities"])
    (line,) = [line for line in card.splitlines() if line.startswith("| `ORG_IGO` |")]
    assert line.endswith(f"| {count} |")


def test_every_column_and_label_is_described(card: str, metadata: dict[str, Any], folder: Path) -> None:
    import pyarrow.parquet as pq

    assert candidate_rule() in card
    for info in metadata["dataset_info"]:
        section = card.split(f"<summary><code>{info['config_name']}</code>: ")[1].split("</details>", maxsplit=1)[0]
        same = (
            re.findall(r"`(\w+)`", section.split("As in `articles`:")[1].split("\n")[0]) if "As in" in section else []
        )
        assert bool(same) == (info["config_name"] == "annotators")
        for name in pq.read_schema(folder / f"data/{info['config_name']}/test-00000-of-00001.parquet").names:
            assert name in same or re.search(rf"\| `{name}(\[\])?` \|", section), name
    for labels in load_ontology().enums().values():
        assert all(f"| `{label}` |" in card for label in labels)


def labelled(feature: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the path of every column of labels below a feature, with the labels."""
    from datasets import ClassLabel

    if isinstance(feature, ClassLabel):
        yield path, feature.names
    elif isinstance(feature, dict):
        for name, inner in feature.items():
            yield from labelled(inner, f"{path}.{name}" if path else name)
    elif isinstance(feature, list):
        yield from labelled(feature[0], f"{path}[]")
    elif hasattr(feature, "feature"):
        yield from labelled(feature.feature, f"{path}[]")


def test_the_numbers_of_every_label_column_can_be_read_off_the_card(card: str, folder: Path) -> None:
    import pyarrow.parquet as pq
    from datasets import Features

    section = card.split("## Numbers of labels")[1].split("\n### ", maxsplit=1)[0].split("\n## ", maxsplit=1)[0]
    said: dict[tuple[str, str], list[str]] = {}
    for line in re.findall(r"^- (.*)$", section, re.MULTILINE):
        heads, _, listed = line.rpartition("): ")
        names = [one.split(" ", 1) for one in listed.split(", ")]
        assert [int(number) for number, _ in names] == list(range(len(names)))
        for path, configs in re.findall(r"\*\*`([^`]+)`\*\* \(([^)]+)", heads):
            said |= {(config, path): [name for _, name in names] for config in configs.split(", ")}
    found = {}
    for path in (folder / "data").glob("*/*.parquet"):
        features = Features.from_arrow_schema(pq.read_schema(path))
        found |= {(path.parent.name, place): names for place, names in labelled(dict(features), "")}
    assert said == found
    assert said["entities", "ner_tags[]"][:3] == ["O", "B-PER", "I-PER"]


def test_nothing_is_left_to_fill_in(card: str) -> None:
    body = re.sub("None (?=of the others|for CONSULT)", "", card.split("---\n", 2)[2])  # words of definitions
    for sign in ("{{", "}}", "{%", "TODO", "TBD", "PLACEHOLDER", "[More Information Needed]", "Undefined", "None"):
        assert sign not in body, sign
    assert "@" not in body


def test_a_template_that_names_what_is_not_there_is_an_error(project: Project, tmp_path: Path) -> None:
    own = project.own("card", "README.md.jinja")
    own.parent.mkdir()
    own.write_text("{{ nonsense }}", encoding="utf-8")
    try:
        with pytest.raises(FileProblemError, match="nonsense"):
            build(project, tmp_path / "out")
    finally:
        own.unlink()
        own.parent.rmdir()
    assert not list(tmp_path.iterdir())


def test_the_report_of_a_layer_is_plain_data() -> None:
    counted = LayerCounts(layer="x")
    counted.add(document())
    assert msgspec.json.decode(msgspec.json.encode(counted), type=LayerCounts) == counted
