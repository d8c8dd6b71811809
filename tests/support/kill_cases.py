"""Prepare, for every verb that writes, a folder in which an older run of it stands and a newer one has more to do."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from support.fake_studio import TOKEN as STUDIO_TOKEN
from support.fake_studio import FakeStudio, annotate, fake_studio
from support.hub_server import TOKEN as HUB_TOKEN
from support.projects import add_layer, make_independent, make_project
from vinese.core.project import Project, packaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

PROJECT = ("--project", "project")


@dataclass(frozen=True)
class Case:
    """What a verb is called with in a folder where an older run stands, and the folders that it makes as a whole."""

    words: tuple[str, ...]
    whole: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    changes: bool = True


@dataclass(frozen=True)
class Desk:
    """Where a case is prepared: a folder, a way to run vinese there, and what runs for as long as the case does."""

    folder: Path
    run: Callable[..., object]
    stack: ExitStack

    @property
    def project(self) -> Project:
        return Project(self.folder / "project")

    def make_project(self, layer: str = "trial") -> Project:
        """Make a project of two articles, one of them annotated, so that a run is short."""
        _few(make_project(self.folder / "project"))
        shutil.rmtree(self.project.exports)
        add_layer(self.project, layer, skip=1)
        return self.project


def _few(project: Project) -> None:
    for path in sorted(project.articles.glob("*.json"))[2:]:
        path.unlink()
        (project.articles / "raw" / f"{path.stem}.txt").unlink()
        project.own("annotations", "words", path.name).unlink()
    for name in ("splits.json", "leakage.json"):
        project.own("annotations", name).unlink()


def _ingest(desk: Desk) -> Case:
    desk.make_project()
    pages = sorted(packaged("annotations", "articles", "raw").glob("*.txt"))[1:]
    for page in pages:
        shutil.copy(page, desk.folder)
    return Case(("ingest", *(page.name for page in pages), *PROJECT))


def _init(desk: Desk) -> Case:
    words = ("init", "mine", "--from", "export.json")
    project = desk.make_project()
    shutil.copy(project.export("trial"), desk.folder / "export.json")
    desk.run(*words)
    add_layer(project, "trial")
    shutil.copy(project.export("trial"), desk.folder / "export.json")
    return Case(words)


def _convert(desk: Desk) -> Case:
    words = ("convert", LAYER, "--out", "documents.jsonl", *PROJECT)
    project = desk.make_project()
    desk.run(*words)
    add_layer(project, "trial")
    return Case(words)


def _agree(desk: Desk) -> Case:
    words = ("agree", "first", "second", "--html", "page.html", "--resamples", "10", *PROJECT)
    project = make_independent(desk.folder / "project")
    desk.run(*words)
    add_layer(project, "second")
    return Case(words)


def _score(desk: Desk) -> Case:
    words = ("score", "--gold", LAYER, "system.jsonl", "--missing-as-empty", "--html", "page.html", *PROJECT)
    project = desk.make_project()
    desk.run("convert", LAYER, "--out", "system.jsonl", *PROJECT)
    desk.run(*words)
    add_layer(project, "trial")
    return Case(words)


def _prompts(desk: Desk) -> Case:
    words = ("prompts", "--task", "entities", "--out", "prompts.jsonl", *PROJECT)
    project = desk.make_project("gold")
    desk.run(*words)
    add_layer(project, "gold")
    return Case(words)


def _build(desk: Desk) -> Case:
    words = ("build", "--out", "place/built", *PROJECT)
    project = desk.make_project()
    desk.run(*words)
    add_layer(project, "trial")
    return Case(words, ("place/built",))


def _browse(desk: Desk) -> Case:
    words = ("browse", "first", "second", "--out", "site", *PROJECT)
    project = make_independent(desk.folder / "project")
    desk.run(*words)
    add_layer(project, "second")
    return Case(words, ("site",))


def _standoff(desk: Desk) -> Case:
    words = ("standoff", "place/built", "--out", "bare")
    build = _build(desk)
    desk.run(*words)
    desk.run(*build.words)
    return Case(words, ("bare",))


def _rehydrate(desk: Desk) -> Case:
    words = ("rehydrate", "bare", "--articles", "project/annotations/articles", "--out", "full")
    build, bare = _build(desk), ("standoff", "place/built", "--out", "bare")
    for call in (bare, words, build.words, bare):
        desk.run(*call)
    return Case(words, ("full",))


def _update(desk: Desk) -> Case:
    project = desk.make_project()
    (desk.folder / "project" / "schema").mkdir()
    (desk.folder / "project" / "card" / "rendered").mkdir(parents=True)
    shutil.copy(packaged("schema", "ontology.json"), project.own("schema"))
    desk.run("update", *PROJECT)
    desk.run("update", "checksums", "card", *PROJECT)
    add_layer(project, "trial")
    path = project.own("schema", "ontology.json")
    path.write_bytes(path.read_bytes().replace(b'"definition": "', b'"definition": "Now: '))
    return Case(("update", *PROJECT), ("project/card/rendered",))


def _publish(desk: Desk) -> Case:
    _build(desk)
    desk.run("build", "--out", "place/built", *PROJECT)
    words = ("publish", "org/name", "--version", "0.1.0", "--build", "place/built", *PROJECT)
    return Case(words, environment={"HF_TOKEN": HUB_TOKEN}, changes=False)


def _pull(desk: Desk) -> Case:
    fake: FakeStudio = desk.stack.enter_context(fake_studio())
    place = ("--data-dir", "studio", "--url", fake.url)
    environment = {"VINESE_STUDIO_TOKEN": STUDIO_TOKEN}
    desk.make_project()
    desk.run("studio", "push", "--layer", "pulled", *place, *PROJECT, **environment)
    annotate(fake, 0)
    words = ("studio", "pull", "--layer", "pulled", *place, *PROJECT)
    desk.run(*words, **environment)
    annotate(fake, 1, completed_by=2)
    return Case(words, environment=environment)


PROJECT = ("--project", "project")
LAYER = "project/annotations/exports/trial.json"
CASES: dict[str, Callable[[Desk], Case]] = {
    "init": _init,
    "ingest": _ingest,
    "convert": _convert,
    "agree": _agree,
    "score": _score,
    "prompts": _prompts,
    "update": _update,
    "build": _build,
    "publish": _publish,
    "browse": _browse,
    "standoff": _standoff,
    "rehydrate": _rehydrate,
}
if importlib.util.find_spec("label_studio_sdk") is not None:
    CASES["studio pull"] = _pull
