"""A large corpus stands in sub-folders, a small one does not, and nobody sees a difference."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from support.pages import ARTICLES, IDS, ZONES_FILE
from support.projects import add_layer, copy_corpus
from vinese.cli import run
from vinese.core import places
from vinese.core.errors import UsageError
from vinese.core.files import refuse_input
from vinese.core.places import article_path, raw_path, sub_folder
from vinese.core.project import Project
from vinese.corpus.articles import Articles, article_files, raw_files
from vinese.corpus.words import words_path
from vinese.formats.validate import validate_file
from vinese.ingest.run import ingest_files

if TYPE_CHECKING:
    from pathlib import Path

FILES = [ARTICLES / "raw" / f"{page}.txt" for page in IDS]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "project" / "annotations").mkdir(parents=True)
    return Project(tmp_path / "project")


def ingest(project: Project, files: list[Path]) -> list[str]:
    return [outcome.status for outcome in ingest_files(files, project, zones=ZONES_FILE)]


def listed(project: Project) -> list[str]:
    folder = project.own("annotations")
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def spread(project: Project) -> None:
    """Move the corpus of `copy_corpus` into sub-folders."""
    for folder, suffix in (("articles", ".json"), ("articles/raw", ".txt"), ("words", ".json")):
        for path in sorted(project.own("annotations", folder).glob(f"*{suffix}")):
            target = path.parent / sub_folder(path.stem) / path.name
            target.parent.mkdir(exist_ok=True)
            path.rename(target)


def test_a_small_corpus_stands_flat(project: Project) -> None:
    ingest(project, FILES)
    assert listed(project) == sorted(
        name for page in IDS for name in (f"articles/{page}.json", f"articles/raw/{page}.txt")
    )


def test_what_comes_to_a_full_folder_stands_in_sub_folders(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "FLAT", 3)
    assert ingest(project, FILES[3:]) == ["new"] * 2
    assert ingest(project, FILES[:3]) == ["new"] * 3
    flat = [name for page in IDS[3:] for name in (f"articles/{page}.json", f"articles/raw/{page}.txt")]
    deeper = [
        name
        for page in IDS[:3]
        for name in (
            f"articles/{sub_folder(page)}/{page}.json",
            f"articles/raw/{sub_folder(page)}/{page}.txt",
        )
    ]
    before = listed(project)
    assert before == sorted(flat + deeper)
    assert ingest(project, FILES) == ["unchanged"] * 5
    assert listed(project) == before
    articles = list(Articles(project.articles).read())
    assert articles == [Articles(project.articles).find(page) for page in IDS]
    for article in Articles(project.articles):
        assert (project.articles / article.raw.file).read_bytes() == (
            ARTICLES / "raw" / f"{article.id}.txt"
        ).read_bytes()


@pytest.mark.parametrize("order", [1, -1])
def test_where_articles_stand_does_not_depend_on_their_order(
    project: Project, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    monkeypatch.setattr(places, "FLAT", 3)
    ingest(project, FILES[::order])
    assert [path.parent.name for path in article_files(project.articles)] == [sub_folder(page) for page in IDS]


def test_articles_that_come_again_need_no_room(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(project, FILES)
    monkeypatch.setattr(places, "FLAT", 5)
    ingest(project, FILES)
    assert not list(places.sub_folders(project.articles))


def test_a_page_is_found_again_in_sub_folders(project: Project, tmp_path: Path) -> None:
    copy_corpus(Project(), project)
    spread(project)
    again = tmp_path / "again.txt"
    shutil.copy(FILES[0], again)
    (outcome,) = ingest_files([again], project)
    assert [(found.code, IDS[0] in found.message) for found in outcome.issues if found.code == "raw-duplicate"] == [
        ("raw-duplicate", True)
    ]


def test_a_corpus_in_sub_folders_is_built_as_one_that_is_flat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpora = [Project(tmp_path / name) for name in ("flat", "deep")]
    for corpus in corpora:
        copy_corpus(Project(), corpus)
        if corpus is corpora[1]:
            spread(corpus)
        add_layer(corpus, "gold")
    assert len(raw_files(corpora[1].articles)) == 5
    for corpus in corpora:
        assert run(["check", "articles", "words", "splits", "--project", str(corpus.root)]) == 0
        assert run(["build", "--project", str(corpus.root), "--out", str(corpus.own("built"))]) == 0
        assert run(["show", IDS[2], "--project", str(corpus.root)]) == 0
    capsys.readouterr()
    built = [
        {path.name: path.read_bytes() for path in corpus.own("built", "data").rglob("*.parquet")}
        for corpus in corpora
    ]
    assert built[0] == built[1]
    assert built[0]


def test_words_in_sub_folders_name_their_schema_from_there(tmp_path: Path) -> None:
    pytest.importorskip("underthesea")
    project = Project(tmp_path)
    copy_corpus(Project(), project)
    spread(project)
    shutil.copytree(Project().path("schema"), project.own("schema"))
    shutil.rmtree(project.own("annotations", "words"))
    assert run(["update", "words", "--project", str(tmp_path)]) == 0
    path = words_path(project, IDS[0])
    assert path.parent.name == sub_folder(IDS[0])
    assert (path.parent / json.loads(path.read_bytes())["$schema"]).resolve().is_file()


@pytest.mark.parametrize(
    ("where", "other"),
    [("flat", "right"), ("right", "wrong"), ("wrong", None), ("wrong", "right")],
)
def test_an_article_where_nobody_looks_is_told(tmp_path: Path, where: str, other: str | None) -> None:
    project, page = Project(tmp_path), IDS[0]
    spots = {"flat": "", "right": sub_folder(page), "wrong": "00"}
    for spot in filter(None, (where, other)):
        path = project.articles / spots[spot] / f"{page}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ARTICLES / f"{page}.json", path)
    issues = [found for found in Articles(project.articles).read() if not hasattr(found, "text")]
    wrong = project.articles / spots["right" if (where, other) == ("flat", "right") else "wrong"] / f"{page}.json"
    assert [(found.code, found.file) for found in issues] == [("article-misplaced", str(wrong))]
    assert [found.code for found in validate_file(wrong, project)] == ["article-misplaced"]
    assert (Articles(project.articles).find(page) is None) == (other is None)


def test_a_page_in_a_sub_folder_is_traced(tmp_path: Path) -> None:
    project = Project(tmp_path)
    copy_corpus(Project(), project)
    spread(project)
    raw_path(project.articles, IDS[0]).write_text("Trang khác.", encoding="utf-8")
    told = [found.code for found in Articles(project.articles).read() if not hasattr(found, "text")]
    assert told == ["article-raw-differs"]
    for folder in (project, Project()):
        path = article_path(project.articles, IDS[0])
        assert [found.code for found in validate_file(path, folder)] == ["article-raw-differs"]


def test_files_in_sub_folders_are_no_output(tmp_path: Path) -> None:
    project = Project(tmp_path)
    copy_corpus(Project(), project)
    spread(project)
    for path in (
        article_path(project.articles, IDS[0]),
        raw_path(project.articles, IDS[0]),
        words_path(project, IDS[0]),
    ):
        with pytest.raises(UsageError, match="is a file of the project"):
            refuse_input(path, [], project)


def test_git_keeps_pages_in_sub_folders_byte_by_byte() -> None:
    root = ARTICLES.parents[1]
    if not (root / ".git").exists():
        pytest.skip("This is no clone.")
    asked = ["git", "check-attr", "text", "annotations/articles/raw/ab/x.html"]
    assert subprocess.run(asked, cwd=root, capture_output=True, check=True).stdout.endswith(b": text: unset\n")
