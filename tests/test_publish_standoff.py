"""Without the text nothing of the articles is left, and with the reader's copies every byte comes back."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.configs import CONFIGS
from support.described import described
from support.hub import Place, environment, python, signed, tampered
from support.projects import annotate
from vinese.cli import run
from vinese.core.errors import FileProblemError, PublishError, UsageError
from vinese.core.files import record_bytes
from vinese.core.places import article_path
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import document_to_task
from vinese.hub.rehydrate import rehydrate
from vinese.hub.standoff import FULL, standoff
from vinese.hub.standoff_files import check_columns
from vinese.model.ontology_file import load_ontology
from vinese.package.folder import check_build, read_build
from vinese.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from vinese.model.records import Article

LOAD = """
import json, sys
from datasets import load_dataset
bare, full = sys.argv[1:3]
for config in sys.argv[3:]:
    rows, whole = (load_dataset(folder, config, split="test") for folder in (bare, full))
    assert rows.features == whole.features and len(rows) == len(whole), config
    assert all(row["text"] is None for row in rows if "text" in row)
    assert list(load_dataset(bare, config, split="test", streaming=True)) == list(rows)
    assert [row.get("start") for row in rows] == [row.get("start") for row in whole]
print("loaded")
"""

GET = """
import sys
from huggingface_hub import snapshot_download
snapshot_download(sys.argv[1], repo_type="dataset", revision="v0.1.0", local_dir=sys.argv[2])
"""


@pytest.fixture(scope="module")
def bare(released: tuple[Project, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bare") / "bare"
    assert standoff(released[1], out) == ()
    return out


def parquet(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.parquet")}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def windows(texts: list[str]) -> set[str]:
    """Every stretch of 20 characters of the texts."""
    return {text[at : at + 20] for text in texts for at in range(len(text) - 19)}


def words_of(project: Project) -> list[str]:
    """All that the pages say: texts, titles, captions and what else is taken from them."""
    found = []
    for article in Articles(project.articles):
        said = article.metadata
        found += [article.text, said.title or "", *said.captions, *said.bylines, *said.credits, *said.topics]
    return found


@pytest.mark.parametrize("content", [b"", b"PAR1"], ids=["empty", "cut"])
def test_parquet_that_is_cut_is_named(
    released: tuple[Project, Path], bare: Path, tmp_path: Path, content: bytes
) -> None:
    full, short = (Path(shutil.copytree(source, tmp_path / source.name)) for source in (released[1], bare))
    for path in tmp_path.rglob("*.parquet"):
        path.write_bytes(content)
    with pytest.raises(FileProblemError, match="is no whole Parquet"):
        standoff(full, tmp_path / "out")
    with pytest.raises(FileProblemError, match="is no whole Parquet"):
        rehydrate(short, released[0].articles, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_of_the_articles_is_left_in_any_column(released: tuple[Project, Path], bare: Path) -> None:
    kept = windows(words_of(released[0]))
    for path, file in parquet(released[1]).items():
        assert any(windows(list(strings(pq.read_table(file).to_pylist()))) & kept), path
    for path, file in parquet(bare).items():
        rows = pq.read_table(file).to_pylist()
        assert not windows(["\n".join(strings(row)) for row in rows]) & kept, path
        assert not any(row["text"] for row in rows if "text" in row), path
        assert not any(token["text"] for row in rows for token in row.get("tokens", ())), path


def test_nothing_of_the_articles_is_left_in_the_card(released: tuple[Project, Path], bare: Path) -> None:
    kept = windows(words_of(released[0]))
    assert windows([(released[1] / "README.md").read_text(encoding="utf-8")]) & kept, "the full card quotes"
    for path in bare.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert not windows([path.read_text(encoding="utf-8")]) & kept, path


def test_a_drawing_of_a_sentence_is_left_out_and_the_others_stay(released: tuple[Project, Path], bare: Path) -> None:
    before, after = ({path.name for path in (one / "figures").iterdir()} for one in (released[1], bare))
    assert before - after == {"paragraph.svg"}
    assert after
    card = (bare / "README.md").read_text(encoding="utf-8")
    assert "figures/paragraph.svg" not in card
    assert all(f"figures/{name}" in described(bare) for name in after)


def test_croissant_states_the_digests_that_the_files_have(bare: Path) -> None:
    files = read_build(bare).files
    said = {one["@id"]: one["sha256"] for one in json.loads((bare / "croissant.json").read_bytes())["distribution"]}
    assert said == {path: files[path].sha256 for path in said}
    assert said.keys() == {path for path in files if path.endswith(".parquet")}


def test_labels_offsets_hashes_and_lengths_stay(released: tuple[Project, Path], bare: Path) -> None:
    path = "data/articles/test-00000-of-00001.parquet"
    for row, whole in zip(*(pq.read_table(one / path).to_pylist() for one in (bare, released[1])), strict=True):
        assert row["text_sha256"] == hashlib.sha256(whole["text"].encode()).hexdigest()
        assert max(zone["end"] or 0 for zone in row["zones"]) == len(whole["text"])
        for name in ("entities", "events", "stances", "zones", "sentences"):
            assert len(row[name]) == len(whole[name])
        for span, other in zip(row["entities"], whole["entities"], strict=True):
            assert span == {**other, "text": None}


def test_it_loads_with_the_same_columns(released: tuple[Project, Path], bare: Path, tmp_path: Path) -> None:
    assert python(LOAD, str(bare), str(released[1]), *CONFIGS, url="http://127.0.0.1:9", home=tmp_path) == "loaded\n"


def test_the_card_says_so_and_states_the_sizes_there_are(bare: Path) -> None:
    built = read_build(bare)
    assert list(check_build(built)) == []
    card = (bare / "README.md").read_text(encoding="utf-8")
    assert "**Without the text.**" in card
    for info in built.card["dataset_info"]:
        size = sum(file.size for path, file in built.files.items() if path.startswith(f"data/{info['config_name']}/"))
        assert info["download_size"] == size
    assert all(config["description"].endswith("; without the text") for config in built.card["configs"])


def test_the_text_put_back_gives_every_byte_of_the_parquet(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    report = rehydrate(bare, released[0].articles, tmp_path / "out")
    assert (report.issues, report.articles, report.files) == ((), 5, len(parquet(released[1])))
    for path, file in parquet(released[1]).items():
        assert (tmp_path / "out" / path).read_bytes() == file.read_bytes()
    assert (tmp_path / "out" / "croissant.json").read_bytes() == (released[1] / "croissant.json").read_bytes()
    built = read_build(tmp_path / "out")
    assert list(check_build(built)) == []
    assert "Without the text" not in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    whole = read_build(released[1]).card
    assert built.card["configs"] == whole["configs"]
    for info, other in zip(built.card["dataset_info"], whole["dataset_info"], strict=True):
        assert info["download_size"] == other["download_size"]


def test_the_own_corpus_comes_back_byte_for_byte(own_build: Path, tmp_path: Path) -> None:
    assert standoff(own_build, tmp_path / "bare") == ()
    kept = windows(words_of(Project()))
    for path, file in parquet(tmp_path / "bare").items():
        assert not windows(["\n".join(strings(row)) for row in pq.read_table(file).to_pylist()]) & kept, path
    assert rehydrate(tmp_path / "bare", Project().articles, tmp_path / "back").issues == ()
    for path, file in parquet(own_build).items():
        assert (tmp_path / "back" / path).read_bytes() == file.read_bytes(), path


def test_the_checksums_of_the_full_build_are_in_the_usual_form(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    rehydrate(bare, released[0].articles, tmp_path / "out")
    shutil.copy(bare / FULL, tmp_path / "out")
    done = subprocess.run(["sha256sum", "--check", FULL], cwd=tmp_path / "out", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def copies(project: Project, folder: Path) -> Path:
    shutil.copytree(project.articles, folder, ignore=shutil.ignore_patterns("raw"))
    return folder


def first(copied: Path) -> Article:
    """Return the first of the copies."""
    return next(iter(Articles(copied)))


def test_a_missing_copy_is_an_issue_and_nothing_is_written(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    mine = copies(released[0], tmp_path / "mine")
    gone = sorted(mine.glob("*.json"))[1]
    gone.unlink()
    report = rehydrate(bare, mine, tmp_path / "out")
    assert [(one.code, one.article_id) for one in report.issues] == [("rehydrate-article-missing", gone.stem)]
    assert report.out is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_a_copy_of_another_text_is_an_issue_and_nothing_is_written(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    mine = copies(released[0], tmp_path / "mine")
    article = first(mine)
    other = msgspec.structs.replace(article, text=article.text.replace("a", "á", 1))
    article_path(mine, article.id).write_bytes(record_bytes(other))
    report = rehydrate(bare, mine, tmp_path / "out")
    assert [(one.code, one.article_id) for one in report.issues] == [("rehydrate-text-differs", article.id)]
    assert not (tmp_path / "out").exists()


def test_a_copy_of_another_title_is_an_issue_and_nothing_is_written(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    mine = copies(released[0], tmp_path / "mine")
    article = first(mine)
    said = msgspec.structs.replace(article.metadata, title="Another title")
    article_path(mine, article.id).write_bytes(record_bytes(msgspec.structs.replace(article, metadata=said)))
    report = rehydrate(bare, mine, tmp_path / "out")
    assert {one.code for one in report.issues} == {"rehydrate-file-differs"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_other_bytes_from_another_pyarrow_are_a_warning(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    shutil.copytree(bare, tmp_path / "bare")
    path = "data/events/test-00000-of-00001.parquet"
    file, sums = tmp_path / "bare" / path, tmp_path / "bare" / FULL
    writer = pq.read_metadata(file).created_by
    file.write_bytes(file.read_bytes().replace(writer.encode(), b"x" * len(writer)))
    sums.write_text(sums.read_text().replace(hashlib.sha256((released[1] / path).read_bytes()).hexdigest(), "0" * 64))
    signed(Place(None, None, "", released[0], tmp_path / "bare"))  # type: ignore[arg-type]
    report = rehydrate(tmp_path / "bare", released[0].articles, tmp_path / "out")
    assert [(one.code, one.level) for one in report.issues] == [("rehydrate-other-writer", "warning")]
    assert (tmp_path / "out" / path).read_bytes() == (released[1] / path).read_bytes()


def test_a_folder_changed_by_hand_is_not_filled(released: tuple[Project, Path], bare: Path, tmp_path: Path) -> None:
    shutil.copytree(bare, tmp_path / "bare")
    (tmp_path / "bare" / "data/events/test-00000-of-00001.parquet").unlink()
    report = rehydrate(tmp_path / "bare", released[0].articles, tmp_path / "out")
    assert {one.code for one in report.issues} == {"build-file-changed", "build-config-missing"}
    assert report.out is None


def test_what_is_full_cannot_be_filled_and_what_is_bare_not_emptied(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="not a dataset without text"):
        rehydrate(released[1], released[0].articles, tmp_path / "out")
    with pytest.raises(UsageError, match="without the text already"):
        standoff(bare, tmp_path / "out")
    with pytest.raises(UsageError, match="not a built dataset"):
        standoff(tmp_path, tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileProblemError, match="did not build"):
        rehydrate(bare, released[0].articles, tmp_path / "mine")
    assert (tmp_path / "mine" / "notes.txt").read_text(encoding="utf-8") == "mine"


def noted(released: tuple[Project, Path], folder: Path, note: str) -> tuple[Project, Path]:
    """Return a project and its build, the annotator of whose first article left a note."""
    project = Project(folder / "project")
    shutil.copytree(released[0].articles, project.articles)
    documents = [annotate(article) for article in Articles(project.articles)]
    said = msgspec.structs.replace(documents[0].provenance, notes=(note,))
    documents[0] = msgspec.structs.replace(documents[0], provenance=said)
    project.exports.mkdir(parents=True)
    tasks = [document_to_task(document, load_ontology()) for document in documents]
    (project.exports / "trial.json").write_bytes(msgspec.json.encode(tasks))
    build(project, folder / "full")
    return project, folder / "full"


def test_a_note_that_quotes_the_text_keeps_the_place_and_gets_the_words_back(
    released: tuple[Project, Path], tmp_path: Path
) -> None:
    text, other = (one.text for one in list(Articles(released[0].articles))[:2])
    note = f"See: {text[10:40]}; {text[-25:]}; not {text[5:12]}; {other[-30:]}"
    project, built = noted(released, tmp_path, note)
    assert standoff(built, tmp_path / "bare") == ()
    path = "data/articles/test-00000-of-00001.parquet"
    row = pq.read_table(tmp_path / "bare" / path).to_pylist()[0]
    places = f"⟦{len(text) - 25}:{len(text)}⟧", f"⟦001-4183aa2e76aa53c5:{len(other) - 30}:{len(other)}⟧"
    assert row["provenance"]["notes"] == [f"See: ⟦10:40⟧; {places[0]}; not {text[5:12]}; {places[1]}"]
    assert rehydrate(tmp_path / "bare", project.articles, tmp_path / "back").issues == ()
    assert (tmp_path / "back" / path).read_bytes() == (built / path).read_bytes()


def test_a_note_that_cannot_be_put_back_keeps_the_text_from_being_left_out(
    released: tuple[Project, Path], tmp_path: Path
) -> None:
    article = next(iter(Articles(released[0].articles)))
    words = article.text[10:40].split()
    middle = len(words) // 2
    loose = "\n".join(words), " ".join((*words[:middle], f"**{words[middle]}**", *words[middle + 1 :]))
    for number, note in enumerate((article.metadata.captions[0][60:], "between ⟦1:2⟧ and there", *loose)):
        _, built = noted(released, tmp_path / str(number), note)
        found = standoff(built, tmp_path / "bare")
        assert {(one.code, one.article_id) for one in found} == {("standoff-quote", article.id)}
        assert not (tmp_path / "bare").exists()


def test_a_column_that_nobody_has_looked_at_is_refused() -> None:
    inner = pa.list_(pa.struct([("start", pa.int32()), ("summary", pa.large_string())]))
    with pytest.raises(PublishError, match=r"notes_on\.summary of entities"):
        check_columns(pa.schema([("id", pa.string()), ("notes_on", inner)]), "entities")


def test_the_command_puts_the_text_beside_the_folder(
    released: tuple[Project, Path], bare: Path, tmp_path: Path
) -> None:
    shutil.copytree(bare, tmp_path / "got")
    words = [str(tmp_path / "got"), "--articles", str(released[0].articles)]
    assert run(["rehydrate", *words]) == 0
    path = "data/stance_pairs/test-00000-of-00001.parquet"
    assert (tmp_path / "got-full" / path).read_bytes() == (released[1] / path).read_bytes()
    assert run(["rehydrate", *words, "--json"]) == 0
    assert run(["rehydrate", str(released[1]), *words[1:]]) == 2
    (tmp_path / "none").mkdir()
    assert run(["rehydrate", words[0], "--articles", str(tmp_path / "none")]) == 1


def test_the_command_leaves_the_text_out_beside_the_folder(
    released: tuple[Project, Path], bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(released[1], tmp_path / "built")
    assert run(["standoff", str(tmp_path / "built")]) == 0
    made = {path.relative_to(bare): path.read_bytes() for path in bare.rglob("*") if path.is_file()}
    assert made == {path: (tmp_path / "built-standoff" / path).read_bytes() for path in made}
    assert run(["standoff", str(tmp_path / "built-standoff")]) == 2
    assert "without the text already" in capsys.readouterr().err
    assert run(["standoff", str(tmp_path)]) == 2
    for verb, folder in (("standoff", "built"), ("rehydrate", "built-standoff")):
        words = [verb, str(tmp_path / folder), "--out", str(tmp_path / folder / ".")]
        more = ["--articles", str(released[0].articles)] if verb == "rehydrate" else []
        assert run([*words, *more]) == 2
        assert "is what the copy is made from" in capsys.readouterr().err
    _, built = noted(released, tmp_path / "noted", "between ⟦1:2⟧ and there")
    capsys.readouterr()
    assert run(["standoff", str(built), "--out", str(tmp_path / "never"), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["result"]["out"], {one["code"] for one in said["issues"]}) == (None, {"standoff-quote"})
    assert not (tmp_path / "never").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert run(["standoff", str(tmp_path / "built"), "--out", str(tmp_path / "mine")]) == 2
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_what_is_published_without_the_text_can_be_filled_by_who_loads_it(place: Place, tmp_path: Path) -> None:
    done = place.publish("0.1.0", "--standoff", "--push")
    assert (done.code, done.report["standoff"]) == (0, True)
    assert place.publish("0.1.0", "--standoff", "--push").report["outcome"] == "already-published"
    assert place.publish("0.1.0", "--push").codes == {"publish-tag-taken", "publish-adds-text"}
    articles = place.project.articles
    kept = windows([article.text for article in Articles(articles)])
    assert not windows([text.decode("utf-8", "replace") for text in place.repo.files.values()]) & kept
    python(GET, place.name, str(tmp_path / "got"), url=place.hub.url, home=tmp_path / "reader")
    assert (tmp_path / "got" / ".gitattributes").is_file()
    assert rehydrate(tmp_path / "got", articles, tmp_path / "out").issues == ()
    for path, file in parquet(place.build).items():
        assert (tmp_path / "out" / path).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("how", ["--push", "--pr"])
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(("--standoff",), (), "publish-adds-text"), ((), ("--standoff",), "publish-keeps-text")],
    ids=["text over none", "none over text"],
)
def test_one_repository_never_holds_versions_with_the_text_and_without(
    place: Place, first: tuple[str, ...], second: tuple[str, ...], code: str, how: str
) -> None:
    assert place.publish("0.1.0", "--push", *first).code == 0
    before = place.repo.main
    done = place.publish("0.2.0", how, *second)
    assert (done.code, done.codes, place.hub.writes()) == (1, {code}, [])
    assert (
        "main, v0.1.0 of the repository"
        in next(one for one in done.report["issues"] if one["code"] == code)["message"]
    )
    place.repo.tags = {"v0-draft": before, "latest": before}
    place.repo.main = place.repo.add({"NOTES.txt": b"all is gone"}, "emptied", before)
    done = place.publish("0.2.0", how, *second)
    assert (done.code, done.codes, place.hub.writes()) == (1, {code}, [])
    assert "v0-draft of the repository" in done.report["issues"][0]["message"]
    assert (
        "a repository of its own"
        in place.client.run(
            "publish", place.name, "--version", "0.2.0", "--project", place.root, "--build", place.build, *second
        ).err
    )
    place.repo.main, place.repo.tags = before, {}
    assert place.publish("0.2.0", how, *second).codes == {code}


def test_publishing_without_the_text_refuses_what_publishing_with_it_does(
    released: tuple[Project, Path], tmp_path: Path
) -> None:
    place = tampered(Place(None, None, "org/bare", *released), tmp_path)  # type: ignore[arg-type]
    (place.build / "README.md").write_text("by hand", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vinese", "publish", "org/bare", "--version", "0.1.0", "--standoff", "--json",
         "--project", str(place.root),
         "--build", str(place.build)],
        env=environment("http://127.0.0.1:9", tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "build-file-changed" in {one["code"] for one in json.loads(done.stdout)["issues"]}
