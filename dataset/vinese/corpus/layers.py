"""Read `annotations/layers.json` and add to it: what each layer is, whether each annotator is a person or a model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from vinese.checks.article import ARTICLE_ID
from vinese.core.errors import UsageError
from vinese.core.files import files_in, read_record, record_bytes, write_bytes
from vinese.core.project import Project

Kind = Literal["person", "model"]

NAME = ARTICLE_ID  # of layers and annotators: `name` in schema/v1/common.json


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model, so named that somebody else can run the same one; settings are by name, as they were set.

    `maker` is who publishes it. `version` may be the words `not known`, where the model itself could not state it.
    """

    name: str
    maker: str | None = None
    version: str | None = None
    settings: dict[str, str | int | float | bool | None] = {}

    def in_words(self) -> str:
        """Return the model in words, for a card."""
        how = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        name = f"{self.name} by {self.maker}" if self.maker else self.name
        return f"{name}, {f'version {self.version}' if self.version else 'version not recorded'}, " + (
            f"settings: {how}" if how else "settings not recorded"
        )


class Annotator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An annotator, known by a pseudonym: never a name or an address.

    `model` says which model it was, or that this was not recorded; null where the file leaves it open.
    """

    kind: Kind
    description: str = ""
    model: Model | Literal["not recorded"] | None = None


class Layer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One annotation of the corpus, and who made it."""

    description: str = ""
    annotators: dict[str, Annotator] = {}


class Layers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`annotations/layers.json`; `schema/layers.schema.json` describes it for other readers.

    `independent` names the layers whose annotators did not see each other's work: `vinese agree` is about these.
    `default` is the layer that is meant where none is named and none is called gold.
    """

    layers: dict[str, Layer] = {}
    independent: tuple[str, ...] = ()
    default: str | None = None
    schema: str | None = msgspec.field(default=None, name="$schema")

    def kind(self, layer: str, annotator: str) -> Kind | None:
        """Return what kind of annotator made `layer`; None where the file does not say."""
        described = self.layers.get(layer)
        maker = described.annotators.get(annotator) if described else None
        return maker.kind if maker else None


def is_name(name: str) -> bool:
    """Return whether a layer can have this name; the form is that of article ids."""
    return NAME.fullmatch(name) is not None


def proposed_name(name: str, other: str = "layer") -> str:
    """Return the name that a layer can have and that is nearest to `name`.

    >>> proposed_name("Gold_v2 (1)"), proposed_name("金")
    ('gold-v2-1', 'layer')
    """
    if is_name(name):
        return name
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-") or other


def check_name(name: str) -> None:
    """Raise `UsageError` if no layer can have this name: documents with it would be unsound."""
    if not is_name(name):
        raise UsageError(
            f"A layer cannot be called {name!r}: its name has to have the form {NAME.pattern}.",
            "Name it with --layer, or rename the file.",
        )


def load_layers(project: Project) -> Layers:
    """Return the project's layers, none if it has no such file; raise `FileProblemError` if it cannot be read."""
    path = project.own("annotations", "layers.json")
    return read_record(path, Layers, "See schema/layers.schema.json for its form.") or Layers()


def add_independent(project: Project, names: Iterable[str]) -> tuple[str, ...]:
    """Call layers independent in the project's file, which is made if there is none; return those that it did not.

    All else in the file stays as it is. Raise `FileProblemError` if it cannot be read or written.
    """
    layers = load_layers(project)
    new = tuple(name for name in dict.fromkeys(names) if name not in layers.independent)
    if new:
        path = project.own("annotations", "layers.json")
        value = read_record(path, dict[str, Any]) or {"layers": {}}
        value["independent"] = [*layers.independent, *new]
        write_bytes(path, record_bytes(value))
    return new


GOLD = "gold"


def layer_exports(project: Project) -> dict[str, Path]:
    """Return every layer's export by the layer's name; raise `UsageError` if there is none."""
    layers = {path.stem: project.export(path.stem) for path in files_in(project.exports, ".json")}
    if not layers:
        raise UsageError(
            f"There is no layer in {project.exports}.",
            "Pull one from Label Studio: vinese studio pull --layer NAME",
        )
    return layers


def choose_layer(layers: dict[str, Path], wanted: str | None, default: str | None) -> str:
    """Return `wanted`, or else gold, the `default` or the only layer; raise `UsageError` if none fits."""
    names = ", ".join(layers)
    if wanted is not None:
        if wanted not in layers:
            raise UsageError(f"There is no layer {wanted!r}.", f"Layers there: {names}.")
        return wanted
    if GOLD in layers:
        return GOLD
    if default in layers:
        return default
    if len(layers) > 1:
        raise UsageError(
            "There are several layers and none is called gold.",
            f"Name one of {names}, or make it the default in annotations/layers.json.",
        )
    return next(iter(layers))
