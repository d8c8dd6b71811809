"""What a person's machine makes of files, streams and names is read, or told by name; never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from support.projects import make_project
from vinese import cli
from vinese.card import guidelines
from vinese.card.corpus import doubts, load_about, load_sections
from vinese.card.licence import own_terms
from vinese.compare.saved import load_saved
from vinese.core.errors import FileProblemError
from vinese.core.files import files_in, read_text
from vinese.core.issues import Issue
from vinese.core.project import Project, packaged
from vinese.corpus.articles import Articles
from vinese.corpus.layers import load_layers
from vinese.corpus.quality import load_quality
from vinese.corpus.splits import load_splits
from vinese.formats.labelstudio import items as reading
from vinese.formats.mapping import load_mapping
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import load_configs

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
GOLD = packaged("annotations", "exports", "gold.json")

READERS: dict[str, Callable[[Project], object]] = {
    "CITATION.cff": load_about,
    "annotations/LICENSE.md": own_terms,
    "annotations/agreement.json": load_saved,
    "annotations/guidelines/1-text.en.md": guidelines.pages,
    "annotations/guidelines/decisions.md": doubts,
    "annotations/layers.json": load_layers,
    "annotations/quality.json": load_quality,
    "annotations/splits.json": lambda project: load_splits(project, []),
    "card/corpus.md": load_sections,
    "schema/configs.json": load_configs,
    "schema/mapping.json": load_mapping,
    "schema/ontology.json": lambda project: msgspec.to_builtins(load_ontology(project)),
}
SPOILT = {
    "latin": 'title: "Báo"\n# é'.encode("latin-1"),
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "JSON cut in an escape": b'{"$schema":"","layers":{"":{"description":"\x8b',
    "deep": b'{"a":' * 200_000,
}


@pytest.mark.parametrize(
    ("place", "content"),
    [
        (place, content)
        for place in READERS
        for content in SPOILT
        if not (content == "deep" and place.endswith(".md")) and (place, content) != ("CITATION.cff", "UTF-16")
    ],  # the first is text, the second YAML
)
def test_a_file_of_a_project_that_cannot_be_read_is_named(tmp_path: Path, place: str, content: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SPOILT[content])
    with pytest.raises(FileProblemError) as caught:
        READERS[place](Project(tmp_path))
    assert str(path) in caught.value.message


def test_a_text_is_read_whatever_editor_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbfa\r\nb\n")
    assert read_text(tmp_path / "text") == "a\nb\n"


def test_a_project_with_other_line_ends_says_the_same(tmp_path: Path) -> None:
    shutil.copytree(
        packaged("annotations"), tmp_path / "annotations", ignore=shutil.ignore_patterns("articles", "exports")
    )
    shutil.copytree(packaged("card"), tmp_path / "card", ignore=shutil.ignore_patterns("rendered"))
    shutil.copytree(packaged("schema"), tmp_path / "schema")
    shutil.copy(packaged("CITATION.cff"), tmp_path)
    said = [reader(Project(tmp_path)) for reader in READERS.values()]
    for path in tmp_path.rglob("*"):
        if path.suffix in {".md", ".json", ".xml", ".cff"}:
            path.write_bytes(b"\xef\xbb\xbf" * (path.suffix == ".md") + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [reader(Project(tmp_path)) for reader in READERS.values()] == said
    assert cli.run(["check", "schema", "label-config", "tables", "--project", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("authors:", {"authors": ()}),
        ("authors: Lan", {"authors": ("Lan",)}),
        ("authors: [Lan, 7]", {"authors": ("Lan", "7")}),
        ("authors:\n- given-names: Lan\n  family-names:\n- name: ~", {"authors": ("Lan",)}),
        ("authors:\n- family-names: Berg\n  name-particle: van\n  given-names: Jo", {"authors": ("Jo van Berg",)}),
        ("keywords: nato", {"keywords": ("nato",)}),
        ("keywords: nato, EU", {"keywords": ("nato", "EU")}),
        ("keywords: .nan", {"keywords": (".nan",)}),
        ("keywords: [1, null, x]", {"keywords": ("1", "x")}),
        ("keywords:", {"keywords": ()}),
        ("version: 1.10", {"version": "1.10"}),
        ("version:", {"version": None}),
        ("date-released: 2026-02-30", {"released": "2026-02-30"}),
        ("abstract:", {"abstract": "2026"}),
        ("license: [MIT, CC0-1.0]", {"license": "MIT OR CC0-1.0"}),
        ("license:", {"license": None, "license_url": None}),
        ("url: null", {"url": None}),
    ],
)
def test_a_citation_is_read_as_people_write_it(tmp_path: Path, written: str, said: dict[str, object]) -> None:
    (tmp_path / "CITATION.cff").write_text(f"title: 2026\n{written}\n", encoding="utf-8", newline="\r\n")
    about = msgspec.structs.asdict(load_about(Project(tmp_path)))
    assert {name: about[name] for name in said} == said


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "- a",
        "title:",
        "title: [a]",
        "title: 'x",
        "title: x\nkeywords: {a: b}",
        "title: x\nauthors: [[a]]",
        "title: x\nurl: javascript:alert(1)",
        "title: x\nlicense-url: ../x",
        "title: x\n? [a]\n: b",
        "a: &a [*a]",
        "title: x\na: &a [x,x]\nb: &b [*a,*a]\nkeywords: [*b,*b]",
    ],
)
def test_a_citation_that_says_nothing_sound_is_named(tmp_path: Path, written: str) -> None:
    (tmp_path / "CITATION.cff").write_text(written, encoding="utf-8")
    with pytest.raises(FileProblemError, match=r"CITATION\.cff"):
        load_about(Project(tmp_path))


def run(*words: str | bytes, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run vinese in a process of its own."""
    call = [sys.executable, "-m", "vinese", *words]
    return subprocess.run(call, capture_output=True, check=False, env={**os.environ, **variables})  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1258"])
def test_words_that_the_output_cannot_encode_are_spelt_out(encoding: str) -> None:
    shown = run("show", "000", PYTHONIOENCODING=encoding)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert "NATO" in shown.stdout.decode(encoding)
    told = run("show", "000", "--json", PYTHONIOENCODING=encoding)
    assert "ả" in json.loads(told.stdout)["result"]["text"]


@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="names are not bytes here")
def test_a_path_that_is_not_utf8_is_read_and_told(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.json"
    Path(os.fsdecode(path)).write_bytes(b"[]")
    told = run("validate", path)
    assert rb"caf\xe9.json" in told.stdout
    assert b"Traceback" not in told.stderr
    envelope = run("validate", "--json", path)
    assert json.loads(envelope.stdout)["result"][0]["file"].endswith(r"caf\xe9.json")
    made = run("convert", str(GOLD), "--out", os.fsencode(tmp_path) + b"/\xe9/out.jsonl", "--json")
    assert json.loads(made.stdout)["ok"]
    built = run("build", "--out", os.fsencode(tmp_path) + b"/\xe9/built")
    assert built.returncode == 2
    assert b"/\\xe9: it is not UTF-8, and Parquet is not" in built.stderr
    assert not any(path.name != "out.jsonl" for path in Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9")).iterdir())


def test_a_folder_that_may_not_be_read_is_none_that_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(FileProblemError, match="permission denied"):
        files_in(tmp_path, ".json")


def test_an_export_that_becomes_shorter_while_it_is_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.json"
    shutil.copy(GOLD, path)
    monkeypatch.setattr(reading, "_LARGE", 0)
    found = reading.items(path)
    next(found)
    path.write_bytes(b"")
    with pytest.raises(FileProblemError, match="became shorter"):
        list(found)


def test_a_small_export_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    shutil.copy(GOLD, path)
    found = reading.items(path)
    first = [next(found)]
    path.write_bytes(b"")
    assert len(first + list(found)) == len(msgspec.json.decode(GOLD.read_bytes()))


WINDOWS = """
import signal, subprocess, sys, tempfile, types, os
import datasets, huggingface_hub, psutil, pyarrow.parquet
for name in ("fcntl", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
locked = types.ModuleType("msvcrt")
locked.LK_NBLCK, locked.locking = 2, lambda handle, mode, size: None
sys.modules["msvcrt"] = locked
for name in ("fchmod", "fork", "posix_spawn", "getuid", "geteuid", "mkfifo", "O_NOFOLLOW", "setsid", "fchown"):
    delattr(os, name)
del signal.SIGHUP
import vinese.core.exchange
vinese.core.exchange.sys = types.SimpleNamespace(platform="win32", audit=sys.audit)
from vinese.cli import VERBS, run
import importlib
for verb in VERBS:
    importlib.import_module(f"vinese.cli.{verb.replace('-', '_')}")
folder, page = sys.argv[1:]
project = ["--project", folder]
assert run(["ingest", page, *project]) == 0
layer, out = folder + "/annotations/exports/trial.json", folder + "/documents.jsonl"
for _ in ("once", "again"):
    assert run(["convert", layer, "--out", out, *project]) == 0
from vinese.core.files import replacing_folder
for text in ("once", "again"):
    with replacing_folder(folder + "/built") as fresh:
        (fresh / text).write_text(text)
assert os.listdir(folder + "/built") == ["again"]
assert not [name for _, names, _ in os.walk(folder) for name in names if ".vinese." in name]
from vinese.studio.folder import StudioFolder
from vinese.studio.process import start
with StudioFolder.at(folder + "/studio").locked():
    pass
assert run(["studio", "status", "--data-dir", folder + "/studio"]) in {0, 1}
"""


def test_nothing_of_posix_is_needed_to_ingest_convert_and_replace(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    page = tmp_path / "new-page.txt"
    shutil.copy(next((project.articles / "raw").glob("*.txt")), page)
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS, str(project.root), str(page)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no checkout")
def test_a_clone_that_would_change_line_ends_does_not(tmp_path: Path) -> None:
    clone = ["git", "-c", "core.autocrlf=true", "clone", "-q", "--depth", "1", f"file://{ROOT}", "clone"]
    subprocess.run(clone, cwd=tmp_path, check=True, capture_output=True)
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=tmp_path / "clone", check=True, capture_output=True)
    assert not [line for line in listed.stdout.decode().splitlines() if "w/crlf" in line]


def test_nothing_that_only_posix_has_is_needed(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", "gold")
    shutil.copy(next((project.articles / "raw").glob("*.txt")), tmp_path / "another.txt")
    at = ("--project", str(project.root))
    calls = [
        ["validate", str(project.exports / "gold.json"), *at],
        ["convert", str(project.exports / "gold.json"), "--out", str(tmp_path / "gold.jsonl"), *at],
        *[["build", "--out", str(tmp_path / "built"), *at]] * 2,
        ["standoff", str(tmp_path / "built"), "--out", str(tmp_path / "bare")],
        ["ingest", str(tmp_path / "another.txt"), *at],
    ]
    done = subprocess.run(
        [sys.executable, "-m", "support.no_posix", *map(json.dumps, calls)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [0] * len(calls), done.stderr
    assert len((tmp_path / "gold.jsonl").read_bytes().splitlines()) == 5
    assert (tmp_path / "built" / "data").is_dir()
    assert not list(tmp_path.rglob(".vinese.*"))


def test_a_clone_with_other_line_ends_is_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("annotations", "card", "schema"):
        shutil.copytree(packaged(name), tmp_path / name)
    shutil.copy(packaged("CITATION.cff"), tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.suffix != ".png":
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert cli.run(["check", "--json", "--project", str(tmp_path)]) == 0
    envelope = json.loads(capsys.readouterr().out)
    assert {found["code"] for found in envelope["issues"]} <= {"extra-missing"}
    assert {"articles", "agreement", "baselines", "checksums", "card"} <= envelope["result"]["states"].keys()


def test_a_page_with_other_words_is_another_page_whatever_its_line_ends(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    page = next((project.articles / "raw").glob("*.txt"))
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n") + b"x")
    told = [found.code for found in Articles(project.articles).read() if isinstance(found, Issue)]
    assert told == ["article-raw-differs"]
