"""Say who made the labels of every layer, and no more than the files say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vinese.layers import Annotator, Model, load_layers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vinese.build.counts import Pass
    from vinese.resources import Project


class Maker(NamedTuple):
    """Name who made a layer, in a pseudonym; `kind` is `person`, `model` or null, `model` is in words or empty."""

    layer: str
    name: str
    kind: str | None
    model: str
    description: str

    @property
    def role(self) -> str:
        """Return what kind of annotator it is, in words."""
        return self.kind or "kind not stated"


def makers(project: Project, passes: Iterable[Pass]) -> list[Maker]:
    """Return everybody who made a layer, layer by layer."""
    layers = load_layers(project).layers
    found = []
    for one in passes:
        told = layers[one.layer].annotators if one.layer in layers else {}
        for name, kind in sorted(one.annotators.items()):
            about = told.get(name)
            found.append(Maker(one.layer, name, kind, _model(kind, about), about.description if about else ""))
    return found


def _model(kind: str | None, about: Annotator | None) -> str:
    """Say which model an annotator is, empty where it is none; silence is told from what was not recorded."""
    if kind != "model":
        return ""
    if about is None or about.model is None:
        return "which model is not stated"
    return about.model.said() if isinstance(about.model, Model) else "which model was not recorded"


def contributors(chosen: Pass, passes: Iterable[Pass]) -> set[str | None]:
    """Return the kinds of all who made a layer, those of the layers that it was decided from included."""
    return {*chosen.annotators.values(), *_sources(chosen, passes)}


def review(chosen: Pass, passes: Iterable[Pass] = ()) -> str:
    """Say what kind of annotator made the layer, and so whether a person has looked at it."""
    passes = tuple(passes)
    own, every = set(chosen.annotators.values()), contributors(chosen, passes)
    if every == {"model"}:
        return "A language model made every label in this layer. No person has reviewed them."
    if every == {"person"}:
        return "People made the labels in this layer."
    if None in every:
        return "The files do not state of every annotator of this layer whether it is a person or a model."
    if chosen.adjudication is None:
        return "People and language models made the labels in this layer, each some articles."
    return f"{_named(own).capitalize()} decided this layer from what {_named(_sources(chosen, passes))} had labelled."


def _sources(chosen: Pass, passes: Iterable[Pass]) -> set[str | None]:
    """Return the kinds of those who made the layers that one was decided from."""
    sources = chosen.adjudication.layers if chosen.adjudication else ()
    return {kind for one in passes if one.layer in sources for kind in one.annotators.values()}


def _named(kinds: set[str | None]) -> str:
    return "people and language models" if len(kinds) > 1 else "people" if kinds == {"person"} else "language models"


def unnamed(found: Iterable[Maker]) -> list[Maker]:
    """Return the models of which no file says which they are: nobody can make their labels again."""
    return [one for one in found if one.model.startswith("which model ")]
