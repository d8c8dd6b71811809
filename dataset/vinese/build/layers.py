"""Choose the layer that a build publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.resources import Project

GOLD = "gold"


def exports(project: Project) -> dict[str, Path]:
    """Return every layer's export by the layer's name; raise `UsageError` if there is none."""
    found = {path.stem: path for path in sorted(project.exports.glob("*.json"))}
    if not found:
        raise UsageError(
            f"There is no layer in {project.exports}.",
            "Pull one from Label Studio: vinese studio pull --layer NAME",
        )
    return found


def choose(layers: dict[str, Path], wanted: str | None) -> str:
    """Return `wanted`, or else gold, or else the only layer; raise `UsageError`, naming the layers, if none fits."""
    names = ", ".join(layers)
    if wanted is not None:
        if wanted not in layers:
            raise UsageError(f"There is no layer {wanted!r}.", f"Layers there: {names}.")
        return wanted
    if GOLD in layers:
        return GOLD
    if len(layers) > 1:
        raise UsageError("There are several layers and none is called gold.", f"Name one with --layer: {names}.")
    return next(iter(layers))
