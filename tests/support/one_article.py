"""Make a project with one small article, and exports of a layer of it, for tests to spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from vinese.core.project import Project, packaged
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = packaged("schema", "examples", "v1")
Task = dict[str, Any]


def example(name: str) -> Any:
    """Return an example such as `document/valid-full`."""
    return msgspec.json.decode((EXAMPLES / f"{name}.json").read_bytes())


def make_project(folder: Path) -> Project:
    """Return a project with the article of the examples, and a layer `gold` by a person."""
    project = Project(folder)
    project.articles.mkdir(parents=True)
    (project.articles / "nato-eu.json").write_bytes(msgspec.json.encode(example("article/valid-full")))
    layers = {"layers": {"gold": {"annotators": {"annotator-1": {"kind": "person"}}}}}
    (folder / "annotations" / "layers.json").write_bytes(msgspec.json.encode(layers))
    return project


def document() -> Document:
    """Return the document of the examples, in which nothing is wrong."""
    return msgspec.convert(example("document/valid-full"), Document)


def task() -> Task:
    """Return that document as a task of an export."""
    made: Task = msgspec.json.decode(msgspec.json.encode(document_to_task(document(), load_ontology(), "Tin")))
    return made


def write_layer(project: Project, *tasks: Any, name: str = "gold") -> Path:
    """Write tasks as a layer's export, and return its path."""
    project.exports.mkdir(parents=True, exist_ok=True)
    path = project.exports / f"{name}.json"
    path.write_bytes(msgspec.json.encode(list(tasks)))
    return path


def result(spoiled: Task) -> list[Any]:
    """Return the regions of the first annotation."""
    found: list[Any] = spoiled["annotations"][0]["result"]
    return found


def place(spoiled: Task, control: str, name: str = "") -> int:
    """Return where the region of a control, and of an id if given, is in `result`."""
    return next(
        index
        for index, region in enumerate(result(spoiled))
        if region.get("from_name") == control and name in {"", region["id"]}
    )


def arrow(spoiled: Task, label: str, start: str = "") -> int:
    """Return where the first relation of a label, and of a start if given, is in `result`."""
    return next(
        index
        for index, region in enumerate(result(spoiled))
        if region.get("labels") == [label] and start in {"", region["from_id"]}
    )
