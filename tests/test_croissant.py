"""The Croissant description says what the files hold, and its reader finds in it every record of the Parquet."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from support.projects import add_gold, make_independent, make_project
from vinese.card.croissant import CONFORMS, PARQUET
from vinese.corpus.articles import Articles
from vinese.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RAI = {
    *("dataCollection", "dataCollectionType", "dataCollectionMissingData", "dataCollectionRawData"),
    *("dataImputationProtocol", "dataManipulationProtocol", "dataPreprocessingProtocol", "dataAnnotationProtocol"),
    *("dataAnnotationPlatform", "dataAnnotationAnalysis", "annotationsPerItem", "annotatorDemographics"),
    *("machineAnnotationTools", "dataUseCases", "dataBiases", "dataLimitations", "dataSocialImpact"),
    *("personalSensitiveInformation", "dataReleaseMaintenancePlan"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built folder of two splits, with gold and two layers."""
    project = make_independent(tmp_path_factory.mktemp("croissant") / "project")
    add_gold(project)
    names = [article.id for article in Articles(project.articles)]
    places = {name: {"split": "train" if number else "test", "fold": number} for number, name in enumerate(names)}
    project.own("annotations", "splits.json").write_text(json.dumps({"articles": places}), encoding="utf-8")
    out = tmp_path_factory.mktemp("out") / "vinese"
    build(project, out)
    return out


@pytest.fixture(scope="module")
def description(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    return found


def parts(built: Path) -> list[Path]:
    return sorted((built / "data").rglob("*.parquet"))


def record_set(path: Path) -> str:
    """Return the name of the record set of a file; it names the split where the config has rows in both."""
    name = path.parent.name
    return f"{name}-{path.name.split('-')[0]}" if len([*path.parent.iterdir()]) > 1 else name


def fields(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for field in found:
        yield field
        yield from fields(field.get("subField", []))


def test_it_says_which_specifications_it_keeps(description: dict[str, Any]) -> None:
    assert description["conformsTo"] == list(CONFORMS)
    for name in ("name", "description", "license", "url", "isLiveDataset"):
        assert name in description, name


def test_the_rai_properties_have_the_names_of_the_vocabulary(description: dict[str, Any]) -> None:
    said = {name.removeprefix("rai:"): value for name, value in description.items() if name.startswith("rai:")}
    assert set(said) == RAI
    assert all(value and "{" not in json.dumps(value) for value in said.values())


def test_every_file_is_there_with_its_digest(description: dict[str, Any], folder: Path) -> None:
    files = [one for one in description["distribution"] if one["@type"] == "cr:FileObject"]
    assert {one["contentUrl"] for one in files} == {path.relative_to(folder).as_posix() for path in parts(folder)}
    for one in files:
        assert one["encodingFormat"] == PARQUET
        assert one["sha256"] == hashlib.sha256((folder / one["contentUrl"]).read_bytes()).hexdigest()
    sums = (folder / "SHA256SUMS").read_text(encoding="utf-8")
    assert "  croissant.json\n" in sums


def test_every_config_is_a_record_set_with_all_its_columns(description: dict[str, Any], folder: Path) -> None:
    import pyarrow.parquet as pq

    sets = {one["@id"]: one for one in description["recordSet"] if one["@id"] != "splits"}
    assert set(sets) == {record_set(path) for path in parts(folder)}
    for path in parts(folder):
        name, schema = record_set(path), pq.read_schema(path)
        found = sets[name]
        assert [field["@id"] for field in found["field"]] == [f"{name}/{column}" for column in schema.names]
        leaves = [field for field in fields(found["field"]) if "subField" not in field]
        assert len(leaves) == sum(1 for _ in _leaves(schema)), name
        assert all(field["description"] for field in fields(found["field"]))
        (key,) = found["key"].values()
        assert key in {field["@id"] for field in found["field"]}


def _leaves(types: Any) -> Iterator[Any]:
    for inner in types:
        kind = inner.type.value_type if hasattr(inner.type, "value_type") else inner.type
        if hasattr(kind, "fields"):
            yield from _leaves(kind.fields)
        else:
            yield inner


def test_ids_are_unique(description: dict[str, Any]) -> None:
    ids = [one["@id"] for one in description["distribution"]]
    for found in description["recordSet"]:
        ids += [found["@id"], *(field["@id"] for field in fields(found["field"]))]
    assert all(one != other for one, other in pairwise(sorted(ids)))


def test_what_no_reader_finds_is_said(description: dict[str, Any]) -> None:
    by_id = {field["@id"]: field for found in description["recordSet"] for field in fields(found["field"])}
    for name in ("articles-test/events/arguments", "events-train/events/arguments", "opinions-test/opinions/holders"):
        for field in fields([by_id[name]]):
            assert "source" not in field
            assert field["description"].startswith("Not read by mlcroissant")
    leaves = [field for name, field in by_id.items() if "subField" not in field and not name.startswith("splits/")]
    for field in leaves:
        assert ("source" in field) != field["description"].startswith("Not read"), field["@id"]


@pytest.mark.croissant
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:mlcroissant")
def test_the_reader_finds_every_record(folder: Path) -> None:
    mlcroissant = pytest.importorskip(
        "mlcroissant", reason="mlcroissant is not installed: pip install vinese[croissant]"
    )
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.issues.errors
    for path in parts(folder):
        name = record_set(path)
        wanted = list(_rows(path))
        assert [_found(dict(record), name) for record in dataset.records(name)] == wanted, name
        assert wanted


def _unread(name_of_set: str) -> set[str]:
    """Return the fields of listed records that are lists of records themselves."""
    return {"holders"} if name_of_set.startswith("opinions") else {"arguments"}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file as its reader should give them: records in records flat, lists in lists left out."""
    import pyarrow.parquet as pq

    table, unread = pq.read_table(path), _unread(path.parent.name)
    for row in table.to_pylist():
        yield {field.name: _expected(row[field.name], field.type, unread) for field in table.schema}


def _expected(value: Any, kind: Any, unread: set[str]) -> Any:
    import pyarrow.types as kinds

    if kinds.is_list(kind) and kinds.is_struct(kind.value_type):
        return [{name: one for name, one in _flat(item, kind.value_type) if name not in unread} for item in value]
    return dict(_flat(value, kind)) if isinstance(value, dict) else value


def _flat(record: dict[str, Any] | None, kind: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record and of those in it; of one that is null, nulls."""
    import pyarrow.types as kinds

    for field in kind.fields:
        value = None if record is None else record[field.name]
        if kinds.is_struct(field.type):
            yield from _flat(value, field.type, f"{prefix}{field.name}/")
        else:
            yield f"{prefix}{field.name}", value


def _found(record: dict[str, Any], name_of_set: str) -> dict[str, Any]:
    """Return a record of the reader with plain names and text, without what it leaves null by our design."""
    plain: dict[str, Any] = {}
    for name, value in record.items():
        column = name.removeprefix(f"{name_of_set}/")
        if "/" in column and column.rpartition("/")[2] in _unread(name_of_set):
            assert all(one is None for item in value for one in item.values())
        else:
            plain[column] = _text(value, f"{name}/")
    return plain


def _text(value: Any, prefix: str) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [_text(one, prefix) for one in value]
    if isinstance(value, dict):
        return {name.removeprefix(prefix): _text(one, "") for name, one in value.items()}
    return value


def test_the_same_data_are_described_in_the_same_bytes(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    for name in ("one", "two"):
        build(project, tmp_path / name)
    for file in ("croissant.json", "README.md", "data-statement.md", "datasheet.md", "SHA256SUMS"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
