"""Make the project of a layer, or bring the one that is there up to the screen that is wanted.

Stages are one project whose screen is switched, not one project each. Label Studio keeps all of a person's work on an
article in one annotation; a second project could only carry it as a suggestion, a copy that drifts away from the
first as soon as somebody mends an entity in the event stage. With the switch the same regions keep their ids, the
annotator opens the same annotation again, adds to it and presses Update. A later stage's screen has all controls of
the earlier ones, for Label Studio refuses a configuration that lacks what annotations use; so stages only go forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vinese.errors import ProjectError
from vinese.studio.project import LISTED, MARKER, describe, find, fingerprint, load, title

if TYPE_CHECKING:
    from collections.abc import Callable

    from label_studio_sdk.types import AllRolesProjectList

    from vinese.studio.connection import Studio
    from vinese.studio.project import LayerProject, Screen


@dataclass(frozen=True, slots=True)
class Ensured:
    """Hold a project and what was done to it; `before` is how it was, None if it was made."""

    project: LayerProject
    done: Literal["made", "updated", "unchanged"]
    before: LayerProject | None


def ensure(
    studio: Studio, layer: str, wanted: Callable[[LayerProject | None], Screen], *, update_config: bool = False
) -> Ensured:
    """Make the project of `layer`, or bring the one that is there up to the screen that is wanted for it.

    `wanted` is told the project that is there, or None. A configuration changed by hand on the server is a
    `ProjectError` unless `update_config` says to replace it.
    """
    found = find(studio, layer)
    screen = wanted(found)
    if found is None:
        made = _create(studio, layer, screen)
        return Ensured(_without_double(studio, layer, made), "made", None)
    if found.adjudicates != screen.adjudicates:
        raise _other_work(studio, found)
    if found.changed_by_hand and fingerprint(found.config) != fingerprint(screen.config) and not update_config:
        raise ProjectError(
            f"The labelling configuration of layer {layer} was changed by hand: {studio.project_url(found.id)}",
            "Put the change into the ontology, or replace what is there with: "
            f"{_again(layer, screen)} --update-config",
        )
    if _same(found, screen):
        return Ensured(found, "unchanged", found)
    _update(studio, found, screen)
    return Ensured(load(studio, found.id, layer), "updated", found)


def _without_double(studio: Studio, layer: str, made: int) -> LayerProject:
    """Return the layer's project; of two made at one moment the older, and the other is removed if it is empty."""
    one: AllRolesProjectList
    first = made
    for one in studio.api.projects.list(include=LISTED, page_size=100):
        match = MARKER.search(str(one.description))
        if match is not None and match["layer"] == layer:
            first = min(first, one.id)
    if first < made and not load(studio, made, layer).tasks:
        studio.api.projects.delete(made)
    return load(studio, first, layer)


def _again(layer: str, screen: Screen) -> str:
    """Return the command that leaves this screen in the project of a layer."""
    if screen.adjudicates:
        return f"vinese studio adjudicate {' '.join(screen.adjudicates)} --into {layer} --lang {screen.lang}"
    return f"vinese studio push --layer {layer} --stage {screen.stage} --lang {screen.lang}"


def _other_work(studio: Studio, found: LayerProject) -> ProjectError:
    where = studio.project_url(found.id)
    if found.adjudicates:
        layers = " ".join(found.adjudicates)
        return ProjectError(
            f"Layer {found.layer} is the adjudication of {layers}: {where}",
            f"Go on with: vinese studio adjudicate {layers} --into {found.layer}. For other work take another name.",
        )
    return ProjectError(
        f"Layer {found.layer} is no adjudication, but annotated by itself: {where}",
        "Adjudicate into a name that no layer has.",
    )


def _same(found: LayerProject, screen: Screen) -> bool:
    marker = (found.stage, found.lang, found.noted, found.page)
    wanted = (screen.stage, screen.lang, fingerprint(screen.config), fingerprint(screen.instruction))
    return marker == wanted and not found.changed_by_hand


def _create(studio: Studio, layer: str, screen: Screen) -> int:
    made = studio.api.projects.create(
        title=title(layer),
        description=describe(layer, screen),
        label_config=screen.config,
        expert_instruction=screen.instruction,
        show_instruction=bool(screen.instruction),
        show_collab_predictions=True,
    )
    return int(made.id or 0)


def _update(studio: Studio, found: LayerProject, screen: Screen) -> None:
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415

    from vinese.studio.connection import detail  # noqa: PLC0415

    try:
        studio.api.projects.update(
            found.id,
            description=describe(found.layer, screen),
            label_config=screen.config,
            expert_instruction=screen.instruction,
            show_instruction=bool(screen.instruction),
        )
    except ApiError as error:
        if error.status_code != 400:
            raise
        raise ProjectError(
            f"Layer {found.layer} holds work that the screen for stage {screen.stage} does not show: {detail(error)}",
            f"Stages only go forward; stay with --stage {found.stage}, or take a new layer.",
        ) from error
