"""The dataset card: its YAML for the Hub, its text from `card/README.md.jinja`, its numbers from the data."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePath
from types import CodeType
from typing import Any, ClassVar, NamedTuple

import msgspec
from jinja2 import BytecodeCache, FunctionLoader, StrictUndefined, TemplateError
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vinese.card.trust import contributors, makers, review, trust, unnamed
from vinese.core.errors import FileProblemError, VineseError
from vinese.core.files import read_text
from vinese.core.printable import plain
from vinese.core.project import LOADER, Project, packaged
from vinese.generate import tables
from vinese.generate.tables import words
from vinese.model.ontology import Ontology, ids
from vinese.model.ontology_file import load_ontology
from vinese.model.records import JUDGEMENTS
from vinese.package.configs import Column, Config, Configs, labels, load_configs
from vinese.package.counts import COUNTED, LayerCounts
from vinese.package.parquet import BuiltConfig
from vinese.package.stage import Staged


class _CompiledTemplates(BytecodeCache):
    """Templates that this process has compiled, by name and content: several builds in a row compile each once."""

    _compiled: ClassVar[dict[tuple[str, str], CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of the bucket, if its template was compiled before."""
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code of the bucket."""
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code


class _Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which a template changes nothing and touches no file."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute; paths can read, write and remove."""
        return not isinstance(obj, PurePath | Project) and super().is_safe_attribute(obj, attr, value)


def fill_template(project: Project, name: str, values: dict[str, Any]) -> str:
    """Return a template of `card/` filled with what is known; raise `FileProblemError` if the template is wrong.

    A template may be a project's own, which somebody else may have written: it runs in a sandbox, and reads no file
    but those of `card/`.
    """
    environment = _Sandbox(
        loader=FunctionLoader(lambda part: read_text(project.path("card", part))),
        bytecode_cache=_CompiledTemplates(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["oneline"] = lambda text: " ".join(text.split())
    environment.filters["plain"] = plain
    path = project.path("card", name)
    expected = TemplateError if path == packaged("card", name) else Exception  # a project's may do what it likes
    try:
        return environment.get_template(name).render(values)
    except VineseError:
        raise
    except expected as error:
        raise FileProblemError(f"{path} is not a sound template: {error}.", "Correct it, or restore it.") from error


def context(project: Project, staged: Staged, built: tuple[BuiltConfig, ...]) -> dict[str, Any]:
    """Return what the template may use; it may use nothing else."""
    configs, ontology = load_configs(project), load_ontology(project)
    chosen, annotators = staged.chosen, makers(project, staged.layers)
    kinds = ("entities", "relations", "events", "arguments", "stances")
    splits = list(dict.fromkeys(part.split for built_config in built for part in built_config.parts))
    by_name = {built_config.config: built_config for built_config in built}
    return {
        "chosen": chosen,
        "passes": staged.layers,
        "counted": [
            name
            for name in kinds
            if name == "entities" or any(layer.counts.get(name) for layer in (chosen, *staged.layers))
        ],
        "makers": annotators,
        "unnamed": unnamed(annotators),
        "review": review(chosen, staged.layers),
        "machine": contributors(chosen, staged.layers) == {"model"},
        "trust": trust(project, staged),
        "reviewed": staged.reviewed,
        "silent": all(
            layer.origins.keys() == {"not stated"} for layer in staged.layers if layer.adjudication is None
        ),
        "without": staged.without,
        "elsewhere": staged.elsewhere,
        "splits": splits,
        "leakage": staged.audit,
        "segmenters": staged.segmenters,
        "configs": [config for config in configs.configs if config.name in by_name],
        "built": by_name,
        "columns": lambda config: own_columns(configs, config),
        "numbers": numbers(configs, labels(ontology), by_name.keys()),
        "candidate_rule": candidate_rule(),
        "lists": label_lists(ontology, chosen),
        "auxiliary": {
            label.id: chosen.labels.get("entity_type", {}).get(label.id, 0)
            for label in ontology.entities
            if label.auxiliary
        },
        "unused": unused_lists(ontology, chosen),
        "event_table": event_table(ontology, chosen),
        "judgements": {name: chosen.labels[name] for name in JUDGEMENTS if name in chosen.labels},
    }


class CrossTable(NamedTuple):
    """How often each row's label goes with each column's."""

    columns: list[str]
    rows: dict[str, list[int]]


def event_table(ontology: Ontology, counted: LayerCounts) -> CrossTable | None:
    """Return the events of a layer by type and modality, in the ontology's order; None without any."""
    lists, by_type = ontology.lists(), counted.modalities
    modalities = [name for name in ids(lists["modality"]) if any(name in counts for counts in by_type.values())]
    rows = {
        name: [by_type[name].get(modality, 0) for modality in modalities]
        for name in ids(lists["event_type"])
        if name in by_type
    }
    return CrossTable(modalities, rows) if rows else None


def columns(configs: Configs, config: Config) -> list[dict[str, str]]:
    """Return a config's columns, nested ones by path, each with its type and what it is."""
    return _paths(configs, configs.columns(config.columns), "")


def _paths(configs: Configs, columns: tuple[Column, ...], prefix: str) -> list[dict[str, str]]:
    table = []
    for column in columns:
        kind, _, labels = column.type.partition(":")
        words = f"label{' as string' if prefix else ''} ({labels.replace('_', ' ')})"
        name = words if labels else {"struct": "record"}.get(kind, kind)
        path = f"{prefix}{column.name}" + ("[]" if column.list else "")
        table.append({"path": path, "type": f"list of {name}" if column.list else name, "about": column.about})
        table += _paths(configs, configs.columns(column.fields), f"{path}.")
    return table


def numbers(configs: Configs, lists: dict[str, list[str]], built: Container[str]) -> list[dict[str, Any]]:
    """Return every list of labels with the columns that hold its numbers, by path, each with its configs.

    The order is that of the configs; `labels` are in the order that numbers them, from 0.
    """
    columns_by_list: dict[str, dict[str, list[str]]] = {}
    for config in configs.configs:
        for column in configs.columns(config.columns) if config.name in built else ():
            kind, _, name = column.type.partition(":")
            if kind == "label":
                path = f"{column.name}[]" if column.list else column.name
                columns_by_list.setdefault(name, {}).setdefault(path, []).append(config.name)
    return [{"name": name, "columns": columns, "labels": lists[name]} for name, columns in columns_by_list.items()]


def own_columns(configs: Configs, config: Config) -> tuple[list[str], list[dict[str, str]]]:
    """Return which columns a config has just as the default one, and all others as `columns` does.

    Where the two have little in common, none is left out.
    """
    first = configs.columns(configs.configs[0].columns)
    mine = configs.columns(config.columns)
    same = [column.name for column in mine if column in first and config != configs.configs[0]]
    every = columns(configs, config)
    own = [row for row in every if re.split(r"[.\[]", row["path"])[0] not in same]
    return (same, own) if 2 * len(own) < len(every) else ([], every)


def label_lists(ontology: Ontology, chosen: LayerCounts) -> list[dict[str, str]]:
    """Return a title and a table with counts for every list of labels that rows use."""
    say = words("en")
    lists = []
    for name, rows in tables.rows(ontology, "en").items():
        if not rows:
            continue
        plain = tuple(msgspec.structs.replace(row, hotkey=None) for row in rows)
        counts = [str(chosen.labels.get(name, {}).get(row.id, 0)) for row in plain] if name in COUNTED else None
        lists.append({"title": say[name], "table": _counted(tables.table(plain, "en"), counts)})
    return lists


def unused_lists(ontology: Ontology, chosen: LayerCounts) -> list[dict[str, str]]:
    """Return the title of every list with labels that the layer never uses, and these."""
    say, unused = words("en"), chosen.unused(ontology)
    return [
        {"title": say[name], "labels": ", ".join(f"`{label}`" for label in labels)} for name, labels in unused.items()
    ]


def _counted(table: str, counts: list[str] | None) -> str:
    """Return a Markdown table with a last column of counts."""
    if counts is None:
        return table
    cells = ["count", "---", *counts]
    return "\n".join(f"{line} {cell} |" for line, cell in zip(table.splitlines(), cells, strict=True))


def candidate_rule() -> str:
    """Return the rule that makes the candidates of `stance_pairs`, as the loader states it."""
    text = LOADER.read_text(encoding="utf-8")
    rule = text.partition("The candidate rule of `stance_pairs`. ")[2].partition('"""')[0]
    return " ".join(rule.split())
