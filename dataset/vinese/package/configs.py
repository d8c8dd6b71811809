"""Describe the configs: their columns from `schema/configs.json`, their labels from the ontology.

The loader, the card and the published metadata all take what they say of columns and labels from here.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import read_record
from vinese.core.project import Project
from vinese.model.ontology import Ontology, ids
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Origin
from vinese.score.views import Scheme

PLOVER = "plover"
"""The column of events that only an ontology with a projection on PLOVER gives."""


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column or a field of one.

    `type` is a type of Arrow, `struct` (then `fields` says what is in it), or `label:` and a closed list of labels:
    a flat column has their numbers (`ClassLabel`), a field of a record the label itself, as a string. `list` makes it
    a list of these. A string among `fields` stands for the fields of that part.
    """

    name: str
    type: str
    about: str
    list: bool = False
    fields: tuple[str | Column, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A config: what a row is, what it is for, its columns, and the lists in it whose items are counted."""

    name: str
    row: str
    use: str
    counted: tuple[str, ...]
    columns: tuple[str | Column, ...]


class Configs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`schema/configs.json`: the configs, the default first, and the parts that their columns share."""

    parts: dict[str, tuple[str | Column, ...]]
    configs: tuple[Config, ...]
    schema: str | None = msgspec.field(default=None, name="$schema")

    def columns(self, fields: tuple[str | Column, ...]) -> tuple[Column, ...]:
        """Return `fields` with every part spelled out."""
        columns: list[Column] = []
        for field in fields:
            columns += [field] if isinstance(field, Column) else self.columns(self.parts[field])
        return tuple(columns)


def load_configs(project: Project) -> Configs:
    """Return the configs of `project`; raise `FileProblemError` if the file cannot be read."""
    path = project.path("schema", "configs.json")
    configs = read_record(path, Configs, "Restore it.")
    if configs is None:
        raise FileProblemError(f"There is no {path}.", "Restore it.")
    ontology = load_ontology(project)
    return _with_content(configs, ontology.absent | (set() if plover_codes(ontology) else {PLOVER}))


def plover_codes(ontology: Ontology) -> dict[str, str]:
    """Return PLOVER's code of every type and modality, two words, that the ontology projects on one."""
    projected = Scheme.of(ontology).plover or {}
    return {f"{event} {modality}": code for (event, modality), code in projected.items() if code is not None}


def _with_content(configs: Configs, absent: frozenset[str]) -> Configs:
    """Return the configs that the ontology has labels for, and the columns: none of relations where it has none."""
    gone = absent | ({"opinions", "stance_pairs"} if "stances" in absent else set())

    # The row of an article has a place for events and stance in every project, so that all read it alike.
    lacking = absent - {"events", "stances", "article_stance"}

    def columns(fields: tuple[str | Column, ...]) -> tuple[str | Column, ...]:
        kept = (field for field in fields if isinstance(field, str) or field.name not in lacking)
        return tuple(
            msgspec.structs.replace(field, fields=columns(field.fields)) if isinstance(field, Column) else field
            for field in kept
        )

    kept = tuple(
        msgspec.structs.replace(
            config,
            columns=columns(config.columns),
            counted=tuple(name for name in config.counted if name not in gone),
        )
        for config in configs.configs
        if config.name not in gone
    )
    parts = {name: columns(part) for name, part in configs.parts.items()}
    return msgspec.structs.replace(configs, configs=kept, parts=parts)


def scheme(project: Project, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what the loader reads as `scheme.json`, without the configs that are left out."""
    ontology, configs = load_ontology(project), load_configs(project)
    fillers = {relation.id: list(relation.fillers) for relation in ontology.relations}
    lists = labels(ontology)
    return {
        "auxiliary": [label.id for label in ontology.entities if label.auxiliary],
        "holders": fillers.get("holder", []),
        "targets": fillers.get("target", []),
        "plover": plover_codes(ontology),
        "features": {
            config.name: _record(configs, config.columns, lists)
            for config in configs.configs
            if config.name not in left_out
        },
    }


def _record(configs: Configs, fields: tuple[str | Column, ...], lists: dict[str, list[str]]) -> dict[str, Any]:
    """Return the features of columns; without `lists`, those of the fields of a record."""
    return {column.name: _feature(configs, column, lists) for column in configs.columns(fields)}


def _feature(configs: Configs, column: Column, lists: dict[str, list[str]]) -> Any:
    """Return a column as `Features.from_dict()` takes it, in the older dialect."""
    kind, _, name = column.type.partition(":")
    if kind == "struct":
        record = _record(configs, column.fields, {})
        return [record] if column.list else record
    value: dict[str, Any] = {"dtype": "string" if kind == "label" else kind, "_type": "Value"}
    if name in lists:
        value = {"names": lists[name], "_type": "ClassLabel"}
    return {"feature": value, "_type": "Sequence"} if column.list else value


def labels(ontology: Ontology) -> dict[str, list[str]]:
    """Return every closed list that a column may name, in the order that numbers its labels."""
    lists: dict[str, tuple[str, ...]] = {
        **ontology.enums(),
        "named": ontology.named_entity_ids,
        "tag": ontology.tags,
        "label": tuple(dict.fromkeys((*ids(ontology.stance.polarities), "MIXED", "NONE"))),
        "filler_type": (*ids(ontology.entities), *ids(ontology.events)),
        "own_relation": ids(ontology.own_relations),
        "plover": tuple(dict.fromkeys(plover_codes(ontology).values())),
        "origin": get_args(Origin),
    }
    return {name: list(members) for name, members in lists.items()}


LISTS = {"List", "Sequence"}


def old_dialect(feature: Any) -> Any:
    """Return features (as `Features.to_dict()` gives them) as versions before 4.0 write them into Parquet.

    >>> old_dialect({"tags": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"}})
    {'tags': {'feature': {'dtype': 'string', '_type': 'Value'}, '_type': 'Sequence'}}
    """
    if isinstance(feature, list):
        return [old_dialect(feature[0])]
    if feature.get("_type") in LISTS:
        inner = feature["feature"]
        return {"feature": inner, "_type": "Sequence"} if "_type" in inner else [old_dialect(inner)]
    if "_type" in feature:
        return feature
    return {name: old_dialect(part) for name, part in feature.items()}
