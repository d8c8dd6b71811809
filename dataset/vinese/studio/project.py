"""Find the project of a layer, and describe it so that it is found again.

One project a layer keeps layers blind: whoever works in one does not see another's work. The last line of a
project's description is a marker that says which layer it is, the stage and the language of its screen, and the
fingerprint of the configuration that vinese left there; the one of an adjudication has a line before it that names
the layers to decide from. By the marker a project is found again when somebody renamed it, and
a configuration changed by hand is noticed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from vinese.core.errors import ProjectError, UsageError
from vinese.model.ontology import Language
from vinese.studio.connection import Studio, detail

if TYPE_CHECKING:
    from label_studio_sdk.types import AllRolesProjectList


Stage = Literal["all", "entities", "events", "stance"]
_LAYER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
MARKER = re.compile(
    r"\[vinese layer=(?P<layer>\S+) stage=(?P<stage>all|entities|events|stance) lang=(?P<lang>vi|en)"
    r" config=(?P<config>[0-9a-f]{16}) page=(?P<page>[0-9a-f]{16})\]"
)
LISTED = "id,title,description,task_number,total_annotations_number"
_DECIDED = re.compile(r"\[vinese adjudicates (?P<layers>[^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Screen:
    """Hold what annotators see: the labelling configuration and the instruction page (HTML, may be empty).

    `adjudicates` names the layers that an adjudicator decides from; it is empty for any other layer.
    """

    config: str
    instruction: str
    stage: Stage
    lang: Language
    adjudicates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerProject:
    """Hold a layer's project as it is on the server.

    `noted` and `page` are the fingerprints of configuration and instruction page that vinese left in the marker; the
    page is compared by it alone, for Label Studio rewrites its HTML.
    """

    id: int
    layer: str
    stage: Stage
    lang: Language
    noted: str
    page: str
    config: str
    tasks: int
    adjudicates: tuple[str, ...] = ()

    @property
    def changed_by_hand(self) -> bool:
        """Tell whether the configuration on the server is another than vinese left there."""
        return fingerprint(self.config) != self.noted


def checked_layer(name: str) -> str:
    """Return `name` if it can name a layer, or raise `UsageError`."""
    if not _LAYER.match(name):
        raise UsageError(
            f"{name!r} cannot name a layer.",
            "Use up to 40 of a-z, 0-9, - and _, beginning with a letter or digit.",
        )
    return name


def fingerprint(config: str) -> str:
    """Return 16 hex digits that identify a configuration; Label Studio strips white space at its ends."""
    return hashlib.sha256(config.strip().encode()).hexdigest()[:16]


def title(layer: str) -> str:
    """Return the title of a layer's project."""
    return f"vinese: {layer}"


def describe(layer: str, screen: Screen) -> str:
    """Return the description of a layer's project, with the marker as its last line."""
    marker = (
        f"[vinese layer={layer} stage={screen.stage} lang={screen.lang} config={fingerprint(screen.config)}"
        f" page={fingerprint(screen.instruction)}]"
    )
    if screen.adjudicates:
        marker = f"[vinese adjudicates {' '.join(screen.adjudicates)}]\n{marker}"
        return (
            f"Layers to decide between, made by vinese studio adjudicate. Leave the next lines as they are.\n{marker}"
        )
    return f"One layer of annotation, made by vinese push. Leave the next line as it is.\n{marker}"


def find(studio: Studio, layer: str) -> LayerProject | None:
    """Return the project of `layer`, None if there is none; raise `ProjectError` if it is not clear which it is."""
    marked: list[AllRolesProjectList] = []
    titled: list[AllRolesProjectList] = []
    listed: AllRolesProjectList
    for listed in studio.api.projects.list(include=LISTED, page_size=100):
        match = MARKER.search(str(listed.description))
        if match is not None and match["layer"] == layer:
            marked.append(listed)
        elif match is None and listed.title == title(layer):
            titled.append(listed)
    if len(marked) > 1:
        each = "; ".join(
            f"{one.id} with {one.task_number or 0} tasks and {one.total_annotations_number or 0} annotations"
            for one in sorted(marked, key=lambda one: one.id or 0)
        )
        raise ProjectError(
            f"Several projects at {studio.url} all say that they are layer {layer}: {each}.",
            "Delete the copies without work, or take the line with [vinese ...] out of their description.",
        )
    if not marked and titled:
        raise _unmarked(studio, layer, titled[0])
    return load(studio, int(marked[0].id or 0), layer) if marked else None


def _unmarked(studio: Studio, layer: str, listed: AllRolesProjectList) -> ProjectError:
    lost = f"[vinese layer={layer} stage=all lang=vi config={'0' * 16} page={'0' * 16}]"
    return ProjectError(
        f"Project {listed.id} at {studio.url} is called {listed.title!r}, but its description lacks vinese's line.",
        f"If it is this layer, add the line {lost} there, with the stage and language that it had, and push with "
        "--update-config; if not, rename it.",
    )


def require(studio: Studio, layer: str) -> LayerProject:
    """Return the project of `layer`; raise `ProjectError` if there is none."""
    found = find(studio, layer)
    if found is None:
        raise ProjectError(
            f"Label Studio at {studio.url} has no project for layer {layer}; it may have been deleted.",
            f"Check the name, or make the project: vinese studio push --layer {layer} (with the --stage and --lang "
            "that it had, if they were not all and vi)",
        )
    return found


def load(studio: Studio, project: int, layer: str) -> LayerProject:
    """Return a project of `layer` in full."""
    got = studio.api.projects.get(project)
    match = MARKER.search(got.description or "")
    if match is None or match["layer"] != layer:
        raise ProjectError(
            f"Project {project} at {studio.url} is no longer layer {layer}.",
            "Run the command again to see what is there.",
        )
    decided = _DECIDED.search(got.description or "")
    return LayerProject(
        id=project,
        layer=layer,
        stage=cast("Stage", match["stage"]),
        lang=cast("Language", match["lang"]),
        noted=match["config"],
        page=match["page"],
        config=got.label_config or "",
        tasks=got.task_number or 0,
        adjudicates=tuple(decided["layers"].split()) if decided else (),
    )


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
