"""`vinese build` makes a folder that loads anywhere, at once or not at all, and the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from support.configs import CONFIGS
from support.kept import rendered
from support.projects import add_layer, annotate, copy_corpus, make_project
from vinese.cli import run
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.layers import choose_layer
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.ontology_file import load_ontology
from vinese.package.folder import refuse_others
from vinese.release.build import BuildReport, build

LOAD = """
import json, sys
from datasets import load_dataset
out, found = sys.argv[1], {}
for config in sys.argv[2:]:
    rows = load_dataset(out, config, split="test")
    raw = load_dataset("parquet", data_files=f"{out}/data/{config}/*.parquet", split="train")
    stream = list(load_dataset(out, config, split="test", streaming=True))
    assert list(rows) == list(raw) == stream, config
    assert rows.features == raw.features, config
    found[config] = {"rows": list(rows), "features": str(rows.features)}
json.dump(found, sys.stdout)
"""


@pytest.fixture(scope="module")
def built(project: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    out = tmp_path_factory.mktemp("out") / "vinese"
    return out, build(project, out)


def python(code: str, *words: str | Path, home: Path, cwd: Path | None = None) -> str:
    """Run code in a fresh interpreter with a cache of its own, warnings being errors as in these tests."""
    keep = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "VIRTUAL_ENV"}}
    environment = {**keep, "HOME": str(home), "HF_HOME": str(home / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env=environment, cwd=cwd, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def changed(project: Project, folder: Path, **fields: Any) -> Project:
    """Return a copy of the project whose layer has `fields` of every document replaced."""
    copy = Project(folder)
    copy_corpus(project, copy)
    documents = [msgspec.structs.replace(annotate(one), **fields) for one in Articles(copy.articles)]
    copy.exports.mkdir(parents=True)
    tasks = [document_to_task(document, load_ontology()) for document in documents]
    (copy.exports / "trial.json").write_bytes(msgspec.json.encode(tasks))
    return copy


def test_the_folder_loads_with_load_dataset_in_every_mode(built: tuple[Path, BuildReport], tmp_path: Path) -> None:
    out, report = built
    loaded = json.loads(python(LOAD, out, *CONFIGS, home=tmp_path))
    assert {name: len(found["rows"]) for name, found in loaded.items()} == {
        config.name: config.rows["test"] for config in report.configs
    }
    assert "ClassLabel(names=['O', 'B-PER', 'I-PER'" in loaded["entities"]["features"]
    assert "ClassLabel(names=['FAVOR', 'AGAINST', 'MIXED', 'NONE'])" in loaded["stance_pairs"]["features"]
    for config in ("entities", "opinions", "events", "stance_pairs"):
        for row in loaded[config]["rows"]:
            text = next(one["text"] for one in loaded["articles"]["rows"] if one["article_id"] == row["article_id"])
            assert text[row["start"] : row["end"]] == row["text"]
    for row in loaded["entities"]["rows"]:
        assert all(row["text"][span["start"] : span["end"]] == span["text"] for span in row["entities"])
    for article in loaded["articles"]["rows"]:
        assert all(article["text"][span["start"] : span["end"]] == span["text"] for span in article["entities"])


def test_the_printed_line_loads_what_was_written(project: Project, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vinese", "build", "--project", str(project.root), "--out", "here/vi nese's"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    line = done.stdout.splitlines()[-1].strip()
    assert line.startswith("python -c ")
    shell = line.replace("python", sys.executable, 1)
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"}
    loaded = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert "article_id" in loaded.stdout, loaded.stderr


def test_parquet_speaks_the_older_dialect_in_small_row_groups(built: tuple[Path, BuildReport]) -> None:
    for path in (built[0] / "data").rglob("*.parquet"):
        found = pq.ParquetFile(path)
        features = json.loads(found.schema_arrow.metadata[b"huggingface"])["info"]["features"]
        assert '"List"' not in json.dumps(features)
        flat = {"entities", "entities_words", "stance_pairs", "article_stance"}
        assert ('"ClassLabel"' in json.dumps(features)) == (path.parent.name in flat)
        metadata = found.metadata
        assert all(metadata.row_group(number).num_rows <= 1000 for number in range(metadata.num_row_groups))
        assert metadata.row_group(0).column(0).compression == "ZSTD"
    entities = pq.read_schema(built[0] / "data/entities/test-00000-of-00001.parquet").metadata[b"huggingface"]
    features = json.loads(entities)["info"]["features"]
    assert isinstance(features["entities"], list)
    assert features["ner_tags"]["_type"] == "Sequence"


def test_building_twice_gives_the_same_bytes(
    built: tuple[Path, BuildReport], project: Project, tmp_path: Path
) -> None:
    again = build(project, tmp_path / "again")
    assert files(tmp_path / "again") == files(built[0])
    assert again.digest == built[1].digest


def test_checksums_are_those_of_the_files(built: tuple[Path, BuildReport]) -> None:
    found = files(built[0])
    listed = dict(reversed(line.split("  ")) for line in found.pop("SHA256SUMS").decode().splitlines())  # type: ignore[arg-type]
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def test_changed_data_in_the_same_place_is_never_answered_with_old_rows(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "vinese"
    code = (
        "import sys; from datasets import load_dataset\n"
        "print(load_dataset(sys.argv[1], 'stance_pairs', split='test')['label'][:])"
    )
    build(project, out)
    before = python(code, out, home=tmp_path)
    swapped = {"stances": ()}
    build(changed(project, tmp_path / "changed", **swapped), out)
    after = python(code, out, home=tmp_path)
    assert "0" in before
    assert set(json.loads(after)) == {3}


def test_the_users_cache_is_left_alone(project: Project, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from vinese.release.build import build; from vinese.core.project import Project\n"
        "build(Project(Path(sys.argv[1])), sys.argv[2])"
    )
    assert project.root is not None
    assert python(code, project.root, tmp_path / "out", home=tmp_path) == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_folds_number_all_articles_and_those_without_annotation_are_counted(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", skip=2)
    report = build(project, tmp_path / "out")
    assert (report.articles, report.annotated) == (5, 3)
    named = [issue.article_id for issue in report.issues if issue.code == "article-without-layer"]
    ids = sorted(path.stem for path in project.articles.glob("*.json"))
    assert named == ids[:2]
    rows = pq.read_table(tmp_path / "out/data/articles/test-00000-of-00001.parquet").to_pylist()
    assert [(row["article_id"], row["fold"]) for row in rows] == list(zip(ids[2:], (2, 3, 4), strict=True))
    assert "\n2 more articles await annotation.\n" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_a_file_of_splits_decides_split_and_fold(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    ids = sorted(path.stem for path in project.articles.glob("*.json"))
    places = {one: {"split": "train" if number else "test", "fold": 7} for number, one in enumerate(ids)}
    file = project.own("annotations", "splits.json")
    file.write_text(json.dumps({"articles": places}), encoding="utf-8")
    report = build(project, tmp_path / "out")
    assert report.configs[0].rows == {"test": 1, "train": 4}
    rows = pq.read_table(tmp_path / "out/data/articles/train-00000-of-00001.parquet").to_pylist()
    assert {row["fold"] for row in rows} == {7}

    del places[ids[0]]
    file.write_text(json.dumps({"articles": places}), encoding="utf-8")
    report = build(project, tmp_path / "other")
    assert [issue.code for issue in report.issues if issue.level == "error"] == ["split-missing"]
    assert report.out is None

    file.write_text('{"articles": {"a": {"split": "not-a-name", "fold": 0}}}', encoding="utf-8")
    with pytest.raises(FileProblemError, match=r"splits\.json is wrong: "):
        build(project, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_config_without_a_row_is_left_out_and_named(project: Project, tmp_path: Path) -> None:
    report = build(changed(project, tmp_path / "bare", article_stance=None), tmp_path / "out")
    assert [issue.code for issue in report.issues if issue.code == "config-empty"] == ["config-empty"]
    assert [config.name for config in report.configs] == [name for name in CONFIGS if name != "article_stance"]
    assert "config_name: article_stance" not in (tmp_path / "out/README.md").read_text(encoding="utf-8")
    loaded = json.loads(python(LOAD, tmp_path / "out", "articles", home=tmp_path))
    assert loaded["articles"]["rows"][0]["article_stance"] is None


def test_the_layer_is_gold_or_the_only_one_or_named() -> None:
    one, two, gold = Path("a.json"), Path("b.json"), Path("gold.json")
    assert choose_layer({"a": one}, None, None) == "a"
    assert choose_layer({"a": one, "gold": gold}, None, "a") == "gold"
    assert choose_layer({"a": one, "b": two}, "b", "a") == "b"
    assert choose_layer({"a": one, "b": two}, None, "b") == "b"
    with pytest.raises(UsageError, match=r"Name one of a, b"):
        choose_layer({"a": one, "b": two}, None, None)
    with pytest.raises(UsageError, match=r"Layers there: a\."):
        choose_layer({"a": one}, "c", None)


def test_an_error_in_any_layer_stops_the_build_and_leaves_what_was_there(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Project(tmp_path / "project")
    assert project.root is not None
    shutil.copytree(project.root, tmp_path / "project")
    out = tmp_path / "out"
    build(copy, out)
    before = files(out)
    add_layer(copy, "other")
    tasks = json.loads((copy.exports / "other.json").read_bytes())
    tasks[0]["annotations"][0]["result"][0]["value"]["end"] = 10**6
    (copy.exports / "other.json").write_text(json.dumps(tasks), encoding="utf-8")
    assert run(["build", "--project", str(copy.root), "--layer", "trial", "--out", str(out)]) == 1
    captured = capsys.readouterr()
    assert "error" in captured.err
    assert "Nothing was written" in captured.err
    assert files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]


def test_a_layer_without_a_document_is_an_error(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", skip=5)
    report = build(project, tmp_path / "out")
    assert "layer-empty" in [issue.code for issue in report.issues]
    assert report.out is None
    assert not (tmp_path / "out").exists()


def test_no_layer_at_all_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "annotations").mkdir()
    assert run(["build", "--project", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no layer" in capsys.readouterr().err


@pytest.mark.parametrize("chosen", ["trial", "Second Pass"])
def test_a_file_that_cannot_name_its_layer_is_an_issue(tmp_path: Path, chosen: str) -> None:
    project = make_project(tmp_path / "project")
    path = project.exports / "Second Pass.json"
    shutil.copy(project.exports / "trial.json", path)
    report = build(project, tmp_path / "out", chosen)
    assert report.out is None
    found = [one for one in report.issues if one.level == "error"]
    assert [(one.code, one.file) for one in found] == [("layer-name", str(path))]
    assert found[0].message.startswith("The file Second Pass.json cannot give its layer a name")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way_is_refused(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        assert run(["build", "--project", str(project.root), "--out", str(out)]) == 2
        assert "not a folder" in capsys.readouterr().err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_other_things_is_never_replaced(project: Project, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileProblemError, match="did not build"):
        build(project, tmp_path)
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("name", [".git", ".cache", "notes.md", "data/notes.md", "data/entities/mine/a.txt", "empty"])
def test_a_build_with_anything_of_others_in_it_is_never_replaced(project: Project, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    sums = b"".join(b"0  data/entities/%d.parquet\n" % number for number in range(2))
    (out / "data" / "entities").mkdir(parents=True)
    (out / "data" / "entities" / "0.parquet").touch()
    (out / "SHA256SUMS").write_bytes(sums)
    refuse_others(out)
    if name.endswith((".md", ".txt")):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("mine", encoding="utf-8")
    else:
        (out / name).mkdir()
    first = "data/entities/mine" if "mine" in name else name
    with pytest.raises(FileProblemError, match=f"out holds {re.escape(first)}, which vinese did not build"):
        build(project, out)
    assert (out / name).exists()


def test_a_link_in_a_build_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "thesis.txt").touch()
    (tmp_path / "out" / "data").symlink_to(tmp_path / "far")
    (tmp_path / "out" / "SHA256SUMS").write_text("0  data/a.parquet\n", encoding="utf-8")
    refuse_others(tmp_path / "out")


def test_a_folder_with_more_than_what_was_rendered_is_never_replaced(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "card"
    rendered(project, out)
    made = sorted(out.rglob("*"))
    (out / "figures" / "left-over.svg").touch()
    rendered(project, out)
    assert sorted(out.rglob("*")) == made
    assert not (out / "figures" / "left-over.svg").exists()
    (out / ".git").mkdir()
    with pytest.raises(FileProblemError, match=r"card holds \.git, which vinese did not render"):
        rendered(project, out)


def test_a_folder_that_cannot_be_written_is_named(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(FileProblemError, match=r"Cannot write .*/out: permission denied"):
        build(project, tmp_path / "out")


def test_a_full_disk_leaves_what_was_there(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    build(project, out)
    before = files(out)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(FileProblemError, match=r"Cannot write .*/out: the disk is full"):
        build(project, out)
    assert files(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_report_is_json_on_demand(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "--project", str(project.root), "--out", str(tmp_path / "out"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["result"]
    assert report["out"] == str(tmp_path / "out")
    assert [config["name"] for config in report["configs"]] == list(CONFIGS)
