"""The predictions of baselines that a project keeps in `annotations/predictions/`, and what they were made from.

They are no layer: nobody annotated there. A file holds one baseline's predictions for one task, as `vinese score`
takes them; `made.json` says from which gold, folds and labels they were made, so that whoever has not the packages to
make them again can tell whether they are still those of this gold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.files import read_record
from vinese.core.project import Project
from vinese.corpus.splits import load_splits
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology

PLACE = ("annotations", "predictions")
MADE = "made.json"
AGAIN = "Restore it, or delete it and run: vinese update baselines"


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`annotations/predictions/made.json`: digests of what predictions were made from, and of the files.

    `data` is the digest of gold that signatures of scores have, `folds` that of the articles' folds, `labels` that of
    what baselines read of the ontology, `code` that of the programs. `packages` are the versions that made them.
    """

    version: str = "1.0"
    data: str
    folds: str
    labels: str
    code: str
    packages: dict[str, str]
    files: dict[str, str]


def load_made(project: Project) -> Made | None:
    """Return what predictions were made from, None where there are none; raise `FileProblemError` if unreadable."""
    return read_record(project.own(*PLACE, MADE), Made, AGAIN)


def file_name(task: str, name: str) -> str:
    """Return the name of the file with a baseline's predictions for a task."""
    return f"{task}-{name}.jsonl"


def shipped(project: Project) -> dict[tuple[str, str], Path]:
    """Return the files of predictions that the project keeps by task and baseline, in their order."""
    made = load_made(project)
    names = [tuple(name.removesuffix(".jsonl").split("-", 1)) for name in (made.files if made else ())]
    return {(task, name): project.own(*PLACE, file_name(task, name)) for task, name in names}


def folds_digest(project: Project, ids: Sequence[str]) -> str:
    """Return a digest of the folds of articles."""
    places = load_splits(project, list(ids))
    return _digest({key: places[key].fold if key in places else None for key in ids})


def labels_digest(project: Project) -> str:
    """Return a digest of what baselines read of the ontology: types, what may fill what, and lists of labels."""
    ontology: Ontology = load_ontology(project)
    types = [(label.id, label.coarse, label.auxiliary) for label in ontology.entities]
    relations = [(relation.id, relation.fillers) for relation in ontology.relations]
    return _digest([types, relations, ontology.enums()])


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]
