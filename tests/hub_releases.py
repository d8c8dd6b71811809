"""Make what publishing needs: a project and its build, ways to change both, and a repository to send to."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_project import add_layer, make_project
from vinese.core.project import Project, packaged
from vinese.package.folder import CHECKSUMS, checksums
from vinese.release.build import build
from vinese.release.recorded import record
from vinese.release.rendered import render_to

if TYPE_CHECKING:
    from pathlib import Path

    from hub_client import Client, Done
    from hub_double import HubDouble
    from hub_repos import Repo

CONFIGS = ("articles", "entities", "entities_words", "stance", "article_stance", "events", "annotators")


@dataclass(frozen=True)
class Place:
    """A repository of the stand-in, and the project and build to publish there."""

    hub: HubDouble
    client: Client
    name: str
    project: Project
    build: Path

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


def named(test: str) -> str:
    """Return a repository name for a test, which no other test has."""
    return f"org/{re.sub('[^a-z0-9]+', '-', test)[:40].strip('-')}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"


def digest(content: bytes) -> bytes:
    """Return the digest of a file as checksum files write it."""
    return hashlib.sha256(content).hexdigest().encode()


def made(project: Project, out: Path) -> None:
    """Build a project, record it and render its card."""
    build(project, out)
    record(project)
    render_to(project)


def release(folder: Path) -> tuple[Project, Path]:
    """Return a project and its build."""
    project = make_project(folder / "project")
    project.own("annotations", "LICENSE.md").write_text("# Rights\n\nOurs.\n", encoding="utf-8")
    made(project, folder / "built")
    return project, folder / "built"


def copied(place: Place, folder: Path) -> Place:
    """Return the place with a copy of its project, to be changed, and a build folder to be made."""
    shutil.copytree(place.root, folder / "project")
    return Place(place.hub, place.client, place.name, Project(folder / "project"), folder / "built")


def with_card(place: Place, folder: Path) -> Place:
    """Return the place with another card and the same rows."""
    found = copied(place, folder)
    template = packaged("card", "README.md.jinja").read_text(encoding="utf-8")
    (found.root / "card").mkdir(exist_ok=True)
    (found.root / "card" / "README.md.jinja").write_text(template + "\nOne more line.\n", encoding="utf-8")
    made(found.project, found.build)
    return found


def with_rows(place: Place, folder: Path) -> Place:
    """Return the place with an article less, and the same columns."""
    found = copied(place, folder)
    add_layer(found.project, "trial", skip=1)
    made(found.project, found.build)
    return found


def with_columns(place: Place, folder: Path) -> Place:
    """Return the place with a column less in one config."""
    found = copied(place, folder)
    configs = json.loads(packaged("schema", "configs.json").read_bytes())
    for config in configs["configs"]:
        config["columns"] = [one for one in config["columns"] if isinstance(one, str) or one["name"] != "tags"]
    (found.root / "schema").mkdir()
    (found.root / "schema" / "configs.json").write_text(json.dumps(configs), encoding="utf-8")
    made(found.project, found.build)
    return found


def tampered(place: Place, folder: Path) -> Place:
    """Return the place with a copy of its build, to be changed by hand."""
    shutil.copytree(place.build, folder / "built")
    return Place(place.hub, place.client, place.name, place.project, folder / "built")


def signed(place: Place) -> Place:
    """Write the checksums of a build that was changed by hand again."""
    (place.build / CHECKSUMS).write_text(checksums(place.build), encoding="utf-8")
    return place
