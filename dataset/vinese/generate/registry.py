"""The files that follow from the ontology: what makes each, which are stale, and writing them again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import msgspec

from vinese.core.files import problem, read_bytes, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.generate import label_config, tables
from vinese.generate.labels import labels_schema
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology

GENERATED: dict[str, Callable[[Ontology], str]] = {
    "schema/v1/labels.json": lambda ontology: (
        json.dumps(labels_schema(ontology), ensure_ascii=False, indent=2) + "\n"
    ),
    "annotations/label_config.xml": label_config.render,
    "annotations/guidelines/labels.en.md": lambda ontology: tables.render(ontology, "en"),
    "annotations/guidelines/labels.vi.md": lambda ontology: tables.render(ontology, "vi"),
}
"""The generated files by their path in the project, each with what makes its content."""


_STATES = {"missing": "is missing", "differs": "differs", "left over": "is left over"}


class Stale(msgspec.Struct, frozen=True):
    """A generated file that does not agree with the ontology, and how."""

    file: str
    state: Literal["missing", "differs", "left over"]


def stale_files(project: Project) -> list[Stale]:
    """Return the generated files of `project` that are missing, differ from the ontology, or are left over.

    Raise `FileProblemError` if the ontology is none, or a file cannot be read.
    """
    stale = []
    for file, text in _produce(project).items():
        path = project.own(*file.split("/"))
        if not path.exists():
            stale.append(Stale(file, "missing"))
        elif _content(path) != text:
            stale.append(Stale(file, "differs"))
    root = project.own("annotations").parent
    for path in (path for kept in KEPT for path in sorted(root.glob(kept.pattern))):
        file = path.relative_to(root).as_posix()
        if file not in GENERATED:  # it bears a generated file's kind of name, and nothing makes it
            stale.append(Stale(file, "left over"))
    return stale


def _content(path: Path) -> str:
    """Return the text of a file whatever git and editors made of its line ends; what is no text differs from any."""
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return ""


def update_files(project: Project, pattern: str = "*") -> list[Stale]:
    """Write every stale generated file of `project`, remove what is left over, and return what was stale.

    Only files whose path in the project matches `pattern` are looked at. Raise `UsageError` if there is no project
    of the user's own.
    """
    project.must_be_own()
    content = _produce(project)
    stale = [file for file in stale_files(project) if fnmatchcase(file.file, pattern)]
    for stale_file in stale:
        path = project.own(*stale_file.file.split("/"))
        if stale_file.state == "left over":
            try:
                path.unlink()
            except OSError as error:
                raise problem(path, error, "remove") from error
        else:
            write_bytes(path, content[stale_file.file].encode())
    return stale


def _produce(project: Project) -> dict[str, str]:
    ontology = load_ontology(project)
    return {file: produce(ontology) for file, produce in GENERATED.items()}


@dataclass(frozen=True, slots=True)
class KeptGenerated:
    """Generated files of one kind as kept files: those of `GENERATED` whose path matches a pattern, and leftovers."""

    name: str
    pattern: str
    after: tuple[str, ...] = ()
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project has an ontology of its own."""
        return project.own("schema", "ontology.json").is_file()

    def check(self, project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield an issue for each file that is missing, left over, or not what the ontology gives."""
        for stale in stale_files(project):
            if fnmatchcase(stale.file, self.pattern):
                yield issue(
                    "generated-stale", file=str(project.own(*stale.file.split("/"))), state=_STATES[stale.state]
                )

    def update(self, project: Project, _progress: Progress) -> Iterator[Path]:
        """Write the stale files, remove what is left over, and yield the path of each."""
        for stale in update_files(project, self.pattern):
            yield project.own(*stale.file.split("/"))


KEPT = (
    KeptGenerated("schema", "schema/v1/labels.json"),
    KeptGenerated("label-config", "annotations/label_config*.xml"),
    KeptGenerated("tables", "annotations/guidelines/labels.*.md"),
)
