"""A process that takes the stand-in for the Hub, a project with its build to publish, and ways to change both."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from support.hub_server import TOKEN
from support.projects import add_layer, make_project
from vinese.core.project import Project, packaged
from vinese.package.folder import CHECKSUMS, checksums, parse_sums
from vinese.release.build import build
from vinese.release.check import update

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.hub_server import HubDouble, Repo
    from support.shared import Shared


# A build of the same files is the same, which other tests see to: this process makes each once, and then copies it.
WORKER = """
import contextlib, hashlib, io, json, os, shutil, sys, tempfile
import msgspec
from vinese.cli import run
import vinese.release.build

building = sys.modules["vinese.release.build"]
real_build, kept = building.build, {}

def build(project, out, layer=None, **more):
    content = hashlib.sha256(repr((layer, more.get("release"))).encode())
    for path in sorted(project.root.rglob("*")):
        if path.is_file():
            content.update(repr((path.relative_to(project.root).parts, path.read_bytes())).encode())
    key = content.digest()
    if key not in kept:
        report = real_build(project, out, layer, **more)
        if report.out is None:
            return report
        kept[key] = report, shutil.copytree(out, tempfile.mkdtemp(dir=os.environ["HOME"]), dirs_exist_ok=True)
    report, folder = kept[key]
    shutil.copytree(folder, out, dirs_exist_ok=True)
    return msgspec.structs.replace(report, out=str(out))

building.build = build
for line in sys.stdin:
    call = json.loads(line)
    os.environ.update(call["environment"])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(call["words"])
    print(json.dumps({"code": code, "out": out.getvalue(), "err": err.getvalue()}), file=sys.__stdout__, flush=True)
"""


def environment(url: str, home: Path) -> dict[str, str]:
    """Return variables for a process whose Hub is at `url` and whose home and caches are empty."""
    keep = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "VIRTUAL_ENV"}}
    mine = {"HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "*"}
    return {**keep, **mine, "HOME": str(home), "HF_HOME": str(home / "hf")}


class Done(NamedTuple):
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        printed = json.loads(self.out)
        return {**(printed["result"] or {}), "issues": printed["issues"]}

    @property
    def codes(self) -> set[str]:
        """The codes of the errors of a report."""
        return {one["code"] for one in self.report["issues"] if one["level"] == "error"}


class Client:
    """Run vinese commands one after another in one process."""

    def __init__(self, url: str, home: Path, **variables: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER], env={**environment(url, home), **variables}, cwd=home, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str | Path, token: str = TOKEN, **variables: str) -> Done:
        """Run `vinese WORDS`; an empty token is nobody's login."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        call = {"words": [*map(str, words)], "environment": {"HF_TOKEN": token, **variables}}
        print(json.dumps(call), file=self._process.stdin, flush=True)
        return Done(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()


def python(code: str, *words: str, url: str, home: Path, executable: str | Path = sys.executable) -> str:
    """Run code in a fresh process and return what it prints."""
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(executable), "-c", code, *words], env=environment(url, home), cwd=home, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Place:
    """A repository of the stand-in, and the project and build to publish there."""

    hub: HubDouble
    client: Client
    name: str
    project: Project
    build: Path
    shared: Shared | None = None

    @property
    def repo(self) -> Repo:
        return self.hub.repos[self.name]

    def publish(self, version: str, *words: str, token: str | None = None) -> Done:
        """Run `vinese publish` with --json, and forget what was asked of the stand-in before."""
        self.hub.log.clear()
        login = {} if token is None else {"token": token}
        common = ("--version", version, "--project", self.root, "--build", self.build)
        return self.client.run("publish", self.name, *common, "--json", *words, **login)

    @property
    def root(self) -> Path:
        assert self.project.root is not None
        return self.project.root


# Files of a release that say where it is published, which the build did not know.
ADDRESSED = frozenset({"README.md", "croissant.json", "data-statement.md", "SHA256SUMS"})


def is_sent(place: Place, version: str = "0.1.0") -> bool:
    """Tell whether `main` has every file as it was built, and descriptions that say where it is published."""
    files = place.repo.files
    built = {path.relative_to(place.build).as_posix(): path for path in place.build.rglob("*") if path.is_file()}
    whole = all(files.get(path) == file.read_bytes() for path, file in built.items() if path not in ADDRESSED)
    stated = parse_sums(files.get(CHECKSUMS, b""))
    sound = bool(stated) and all(digest(files[path]).decode() == said for path, said in stated.items())
    line = f'load_dataset("{place.name}", "entities", split="test", revision="v{version}")'
    return whole and sound and line in files["README.md"].decode()


def named(test: str) -> str:
    """Return a repository name for a test, which no other test has."""
    return f"org/{re.sub('[^a-z0-9]+', '-', test)[:40].strip('-')}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"


def digest(content: bytes) -> bytes:
    """Return the digest of a file as checksum files write it."""
    return hashlib.sha256(content).hexdigest().encode()


def made(project: Project, out: Path) -> None:
    """Build a project, record it and render its card."""
    build(project, out)
    update("checksums", "card", project=project)


def release(folder: Path) -> None:
    """Make a project and its build in `folder`."""
    project = make_project(folder / "project")
    project.own("annotations", "LICENSE.md").write_text("# Rights\n\nOurs.\n", encoding="utf-8")
    made(project, folder / "built")


def copied(place: Place, folder: Path) -> Place:
    """Return the place with a copy of its project, to be changed, and a build folder to be made."""
    shutil.copytree(place.root, folder / "project")
    return replace(place, project=Project(folder / "project"), build=folder / "built")


def changed(place: Place, folder: Path, change: Callable[[Project], object]) -> Place:
    """Return the place with copies of its project after a change and of the build of that, made once a run."""

    def make(here: Path) -> None:
        other = copied(place, here)
        change(other.project)
        made(other.project, other.build)

    assert place.shared is not None
    shutil.copytree(place.shared.folder(change.__name__, make), folder, dirs_exist_ok=True)
    return replace(place, project=Project(folder / "project"), build=folder / "built")


def another_card(project: Project) -> None:
    """Add a line to the template of the card."""
    template = packaged("card", "README.md.jinja").read_text(encoding="utf-8")
    project.own("card").mkdir(exist_ok=True)
    project.own("card", "README.md.jinja").write_text(template + "\nOne more line.\n", encoding="utf-8")


def an_article_less(project: Project) -> None:
    """Leave the first article out of the layer."""
    add_layer(project, "trial", skip=1)


def a_column_less(project: Project) -> None:
    """Leave a column out of one config."""
    configs = json.loads(packaged("schema", "configs.json").read_bytes())
    for config in configs["configs"]:
        config["columns"] = [one for one in config["columns"] if isinstance(one, str) or one["name"] != "ner_tags"]
    project.own("schema").mkdir()
    project.own("schema", "configs.json").write_text(json.dumps(configs), encoding="utf-8")


def with_card(place: Place, folder: Path) -> Place:
    """Return the place with another card and the same rows."""
    return changed(place, folder, another_card)


def with_rows(place: Place, folder: Path) -> Place:
    """Return the place with an article less, and the same columns."""
    return changed(place, folder, an_article_less)


def with_columns(place: Place, folder: Path) -> Place:
    """Return the place with a column less in one config."""
    return changed(place, folder, a_column_less)


def tampered(place: Place, folder: Path) -> Place:
    """Return the place with a copy of its build, to be changed by hand."""
    shutil.copytree(place.build, folder / "built")
    return replace(place, build=folder / "built")


def signed(place: Place) -> Place:
    """Write the checksums of a build that was changed by hand again."""
    (place.build / CHECKSUMS).write_text(checksums(place.build), encoding="utf-8")
    return place
