"""A folder from somebody else is data: it runs no code, and nothing outside it is read or written through it."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from support.projects import make_project
from vinese import cli
from vinese.card.card import fill_template
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.inside import trouble
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.splitting import update_splits
from vinese.hub.client import written
from vinese.hub.rehydrate import rehydrate
from vinese.hub.standoff import FULL, standoff
from vinese.ingest.run import ingest_files
from vinese.package.folder import CHECKSUMS, names, parse_sums, read_build
from vinese.release.build import build
from vinese.release.check import check, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "a secret of this machine"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of every project."""
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "project")


ATTACKS = {
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('touch pwned') }}",
    "function": "{{ tell.__globals__ }}",
    "path": "{{ path.write_text('pwned') }}",
    "path in a list": "{{ (paths | map('attr', 'read_text') | first)() }}",
    "project": "{{ project.own('annotations') }}",
    "format": "{{ '{0.__class__}'.format(tell) }}",
    "changes": "{{ listed.append(1) }}",
    "parent": "{% include '../../secret' %}",
    "absolute": "{% include '/etc/passwd' %}",
    "division": "{{ 1 // 0 }}",
    "itself": "{% include 'README.md.jinja' %}",
    "syntax": "{% if %}",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_template_runs_in_a_sandbox(project: Project, secret: Path, attack: str) -> None:
    template = project.root / "card" / "README.md.jinja"
    template.parent.mkdir()
    template.write_text(ATTACKS[attack])
    listed: list[int] = []
    values = {"tell": fill_template, "path": secret, "paths": [secret], "project": project, "listed": listed}
    with pytest.raises(FileProblemError) as caught:
        fill_template(project, "README.md.jinja", values)
    assert SECRET not in str(caught.value)
    assert secret.read_text() == SECRET
    assert listed == []


PLACES = [
    "CITATION.cff",
    "annotations/LICENSE.md",
    "annotations/agreement.json",
    "annotations/articles/000-x.json",
    "annotations/articles/raw/000-x.txt",
    "annotations/exports/other.json",
    "annotations/guidelines/extra.en.md",
    "annotations/layers.json",
    "card/README.md.jinja",
    "card/corpus.md",
    "schema/ontology.json",
]


def to_secret(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def to_pipe(path: Path, _secret: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [to_secret, to_pipe])
@pytest.mark.parametrize("place", PLACES)
def test_what_leads_out_is_an_issue_and_nothing_is_made(
    project: Project, secret: Path, tmp_path: Path, place: str, make: Callable[[Path, Path], None]
) -> None:
    path = project.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path, secret)
    for report in (build(project, tmp_path / "built"), check(project=project), update("splits", project=project)):
        assert [(issue.code, issue.file) for issue in report.issues] == [("project-file-refused", str(path))]
        assert SECRET not in report.issues[0].message
    assert not (tmp_path / "built").exists()
    assert secret.read_text() == SECRET


def test_a_folder_that_is_a_link_is_an_issue_too(project: Project, tmp_path: Path) -> None:
    (project.root / "annotations").rename(tmp_path / "far")
    (project.root / "annotations").symlink_to(tmp_path / "far")
    assert [issue.code for issue in check(project=project).issues] == ["project-file-refused"]
    with pytest.raises(FileProblemError, match="leads out"):
        next(iter(Articles(project.articles)))


def test_a_link_within_the_project_is_followed(project: Project) -> None:
    (project.root / "annotations" / "LICENSE.md").symlink_to("layers.md")
    (project.root / "annotations" / "layers.md").write_text("Mine.")
    assert list(project.troubles()) == []
    assert project.own("annotations", "LICENSE.md").read_text() == "Mine."


@pytest.mark.extra("datasketch")
def test_no_dot_file_is_overwritten_through_a_link(project: Project, secret: Path) -> None:
    splits = project.root / "annotations" / "splits.json"
    splits.unlink()
    splits.symlink_to(secret)
    with pytest.raises(FileProblemError, match="leads out"):
        update_splits(project)
    assert secret.read_text() == SECRET


@pytest.mark.parametrize("place", ["000-x.json", "raw/000-x.txt"])
def test_a_page_is_not_stored_through_a_link(project: Project, tmp_path: Path, place: str) -> None:
    page = tmp_path / "000-x.txt"
    shutil.copy(next((project.articles / "raw").glob("*.txt")), page)
    (project.articles / place).symlink_to(tmp_path / "nowhere")
    outcome = next(iter(ingest_files([page], project)))
    assert [issue.code for issue in outcome.issues] == ["project-file-refused"]
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "..\\x", "C:x"])
def test_a_list_of_checksums_names_nothing_outside(path: str) -> None:
    with pytest.raises(FileProblemError, match="not in its folder"):
        parse_sums(f"00  data/a\n00  {path}\n".encode())


@pytest.fixture
def bare(sample: tuple[Project, Path], tmp_path: Path) -> Path:
    folder = tmp_path / "bare"
    assert standoff(sample[1], folder) == ()
    return folder


def test_rehydrate_writes_only_in_its_folder(sample: tuple[Project, Path], bare: Path, secret: Path) -> None:
    with (bare / FULL).open("a") as file:
        file.write("00  ../secret\n")
    with pytest.raises(FileProblemError, match="not in its folder"):
        rehydrate(bare, sample[0].articles, bare.parent / "full")
    assert secret.read_text() == SECRET


def test_rehydrate_reads_only_in_its_folder(sample: tuple[Project, Path], bare: Path, secret: Path) -> None:
    (bare / "docs" / "extra.md").symlink_to(secret)
    with pytest.raises(FileProblemError, match="leads out"):
        rehydrate(bare, sample[0].articles, bare.parent / "full")
    assert not (bare.parent / "full").exists()


def test_a_build_with_a_link_out_is_not_passed_on(sample: tuple[Project, Path], secret: Path, tmp_path: Path) -> None:
    built = tmp_path / "built"
    shutil.copytree(sample[1], built)
    (built / "extra.md").symlink_to(secret)
    for use in (names, read_build, lambda folder: standoff(folder, tmp_path / "bare")):
        with pytest.raises(FileProblemError, match="leads out"):
            use(built)


def test_what_is_sent_in_parts_holds_no_links(sample: tuple[Project, Path], tmp_path: Path) -> None:
    built = read_build(sample[1])
    whole = written(msgspec.structs.replace(built, made={"README.md": b"x"}), tmp_path / "whole")
    assert (whole / "README.md").read_bytes() == b"x"
    assert names(whole) == names(sample[1])


@pytest.mark.parametrize("out", [".", "s", "data/x", ".."])
def test_a_copy_is_made_beside_what_it_is_made_from(sample: tuple[Project, Path], tmp_path: Path, out: str) -> None:
    built = tmp_path / "place" / "built"
    shutil.copytree(sample[1], built)
    sums = (built / CHECKSUMS).read_bytes()
    with pytest.raises(UsageError):
        standoff(built, built / out)
    assert (built / CHECKSUMS).read_bytes() == sums
    assert sorted(names(built)) == sorted(names(sample[1]))


@pytest.mark.parametrize(
    "words",
    [
        ("agree", "{layer}", "{layer}.jsonl", "--html", "{layer}"),
        ("score", "--gold", "{layer}.jsonl", "{layer}", "--html", "{layer}"),
        ("predict", "--task", "entities", "--replies", "{layer}", "--out", "{layer}"),
        ("prompts", "--task", "entities", "--gold", "{layer}", "--out", "{layer}"),
        ("prompts", "--task", "entities", "--gold", "{layer}.jsonl", "--out", "{layer}"),
        ("baseline", "majority", "--gold", "{layer}.jsonl", "--out", "{layer}"),
        ("init", "{root}", "--from", "{layer}"),
    ],
    ids=lambda words: words[0],
)
def test_no_verb_overwrites_what_it_reads(
    project: Project, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    layer = project.export("trial")
    assert cli.run(["convert", str(layer), "--out", f"{layer}.jsonl", "--project", str(project.root)]) == 0
    before = layer.read_bytes()
    call = [word.format(layer=layer, root=project.root) for word in words]
    assert cli.run(call if words[0] == "init" else [*call, "--project", str(project.root)]) == 2
    assert re.search(
        r"is what is to be read|is a file of the project|lies where the project is written", capsys.readouterr().err
    )
    assert layer.read_bytes() == before


def test_devices_are_none_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to("/dev/null")
    assert trouble(tmp_path / "null", tmp_path) == "is a link that leads out of the folder"
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    assert trouble(tmp_path / "link", tmp_path) == "is a named pipe"
