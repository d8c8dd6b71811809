"""The project of a layer: what annotators see in it, how it is found again, made and brought up to date.

One project a layer keeps layers blind: whoever works in one does not see another's work. The last line of a
project's description is a marker that says which layer it is, the stage and the language of its screen, and the
digest of the configuration that vinese left there. Before it stands, for an adjudication, a line that names the
layers to decide from, and for a layer whose articles are chosen, one that says so. By the marker a project is found
again when somebody renamed it, and a configuration changed by hand is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from vinese.core.errors import ProjectError, UsageError
from vinese.core.files import text_digest
from vinese.core.project import Project
from vinese.generate.label_config import Stage, render
from vinese.model.ontology import Language
from vinese.model.ontology_file import load_ontology
from vinese.studio.connection import Studio, refusing
from vinese.studio.instruction import instruction

MARKER = re.compile(
    r"\[vinese layer=(?P<layer>\S+) stage=(?P<stage>all|entities|events|stance) lang=(?P<lang>vi|en)"
    r" config=(?P<config>[0-9a-f]{16}) page=(?P<page>[0-9a-f]{16})\]"
)
_ADJUDICATES = re.compile(r"\[vinese adjudicates (?P<layers>[^\]]+)\]")
_PART = "[vinese chosen articles]"
_LAYER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_LISTED = "id,title,description,task_number,total_annotations_number"


@dataclass(frozen=True, slots=True)
class Screen:
    """What annotators see: the labelling configuration and the instruction page (HTML, may be empty).

    `adjudicates` names the layers that an adjudicator decides from; it is empty for any other layer. `part` says
    that articles are chosen for the layer, so that not all belong to it.
    """

    config: str
    instruction: str
    stage: Stage
    lang: Language
    adjudicates: tuple[str, ...] = ()
    part: bool = False


def screen(
    project: Project, *, stage: Stage, lang: Language, adjudicates: tuple[str, ...] = (), part: bool = False
) -> Screen:
    """Return the screen of `project`'s ontology and guidelines, for annotators or to adjudicate layers."""
    ontology, adjudication = load_ontology(project), bool(adjudicates)
    config = render(ontology, lang=lang, stage=stage, adjudication=adjudication)
    page = instruction(project, ontology, stage=stage, lang=lang, adjudication=adjudication)
    return Screen(config, page, stage, lang, adjudicates, part)


@dataclass(frozen=True, slots=True)
class LayerProject:
    """A layer's project as it is on the server.

    `noted` and `page` are the digests of configuration and instruction page that vinese left in the marker; the
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
    part: bool = False

    @property
    def changed_by_hand(self) -> bool:
        """Whether the configuration on the server is another than vinese left there."""
        return screen_digest(self.config) != self.noted


def checked_layer(name: str) -> str:
    """Return `name` if it can name a layer, or raise `UsageError`."""
    if not _LAYER.match(name):
        raise UsageError(
            f"{name!r} cannot name a layer.",
            "Use up to 40 of a-z, 0-9, - and _, beginning with a letter or digit.",
        )
    return name


def screen_digest(text: str) -> str:
    """Return 16 hex digits of a configuration or an instruction; Label Studio strips white space at their ends."""
    return text_digest(text.strip())[:16]


def title(layer: str) -> str:
    """Return the title of a layer's project."""
    return f"vinese: {layer}"


def describe(layer: str, screen: Screen) -> str:
    """Return the description of a layer's project, with the marker as its last line."""
    marker = (
        f"[vinese layer={layer} stage={screen.stage} lang={screen.lang} config={screen_digest(screen.config)}"
        f" page={screen_digest(screen.instruction)}]"
    )
    if screen.adjudicates:
        marker = f"[vinese adjudicates {' '.join(screen.adjudicates)}]\n{marker}"
        return (
            f"Layers to decide between, made by vinese studio adjudicate. Leave the next lines as they are.\n{marker}"
        )
    if screen.part:
        marker = f"{_PART}\n{marker}"
    return f"One layer of annotation, made by vinese push. Leave the next line as it is.\n{marker}"


def find(studio: Studio, layer: str) -> LayerProject | None:
    """Return the project of `layer`, None if there is none; raise `ProjectError` if it is not clear which it is."""
    marked, unmarked = _listed(studio, layer)
    if len(marked) > 1:
        each = "; ".join(
            f"{project.id} with {project.task_number or 0} tasks and "
            f"{project.total_annotations_number or 0} annotations"
            for project in marked
        )
        raise ProjectError(
            f"Several projects at {studio.url} all say that they are layer {layer}: {each}.",
            "Delete the copies without work, or take the line with [vinese ...] out of their description.",
        )
    if unmarked and not marked:
        lost = f"[vinese layer={layer} stage=all lang=vi config={'0' * 16} page={'0' * 16}]"
        raise ProjectError(
            f"Project {unmarked[0].id} at {studio.url} is called {unmarked[0].title!r}, but its description lacks "
            "vinese's line.",
            f"If it is this layer, add the line {lost} there, with the stage and language that it had, and push with "
            "--update-config; if not, rename it.",
        )
    return load(studio, int(marked[0].id or 0), layer) if marked else None


def _listed(studio: Studio, layer: str) -> tuple[list[Any], list[Any]]:
    """Return the projects whose marker says that they are `layer`, oldest first, and those with its title alone."""
    marked: list[Any] = []
    unmarked: list[Any] = []
    project: Any
    for project in studio.api.projects.list(include=_LISTED, page_size=100):
        marker = MARKER.search(str(project.description))
        if marker is not None and marker["layer"] == layer:
            marked.append(project)
        elif marker is None and project.title == title(layer):
            unmarked.append(project)
    return sorted(marked, key=lambda project: project.id or 0), unmarked


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """A layer on a server: what its screen is for, its articles, and how many of them hold work."""

    layer: str
    stage: str
    lang: str
    adjudicates: tuple[str, ...]
    project: int
    url: str
    tasks: int
    annotated: int


def layers(studio: Studio) -> list[LayerSummary]:
    """Return the layers on a server, by name."""
    there = []
    project: Any
    for project in studio.api.projects.list(include=f"{_LISTED},num_tasks_with_annotations", page_size=100):
        marker = MARKER.search(str(project.description))
        if marker is not None:
            there.append(
                LayerSummary(
                    layer=marker["layer"],
                    stage=marker["stage"],
                    lang=marker["lang"],
                    adjudicates=_adjudicates(str(project.description)),
                    project=project.id,
                    url=studio.project_url(project.id),
                    tasks=project.task_number or 0,
                    annotated=project.num_tasks_with_annotations or 0,
                )
            )
    return sorted(there, key=lambda layer: (layer.layer, layer.project))


def _adjudicates(description: str) -> tuple[str, ...]:
    """Return the layers that a project decides from, as its description names them."""
    named = _ADJUDICATES.search(description)
    return tuple(named["layers"].split()) if named else ()


def require(studio: Studio, layer: str) -> LayerProject:
    """Return the project of `layer`; raise `ProjectError` if there is none."""
    project = find(studio, layer)
    if project is None:
        raise ProjectError(
            f"Label Studio at {studio.url} has no project for layer {layer}; it may have been deleted.",
            f"Check the name, or make the project: vinese studio push --layer {layer} (with the --stage and --lang "
            "that it had, if they were not all and vi)",
        )
    return project


def load(studio: Studio, project: int, layer: str) -> LayerProject:
    """Return a project of `layer` in full."""
    got = studio.api.projects.get(project)
    match = MARKER.search(got.description or "")
    if match is None or match["layer"] != layer:
        raise ProjectError(
            f"Project {project} at {studio.url} is no longer layer {layer}.",
            "Run the command again to see what is there.",
        )
    return LayerProject(
        id=project,
        layer=layer,
        stage=cast("Stage", match["stage"]),
        lang=cast("Language", match["lang"]),
        noted=match["config"],
        page=match["page"],
        config=got.label_config or "",
        tasks=got.task_number or 0,
        adjudicates=_adjudicates(got.description or ""),
        part=_PART in (got.description or ""),
    )


@dataclass(frozen=True, slots=True)
class Ensured:
    """A project and what was done to it; `before` is how it was, None if it was made."""

    project: LayerProject
    done: Literal["made", "updated", "unchanged"]
    before: LayerProject | None


def ensure(
    studio: Studio, layer: str, wanted: Callable[[LayerProject | None], Screen], *, update_config: bool = False
) -> Ensured:
    """Make the project of `layer`, or bring the one that is there up to the screen that is wanted for it.

    `wanted` is called with the project that is there, or None. A configuration changed by hand on the server is a
    `ProjectError` unless `update_config` says to replace it.
    """
    before = find(studio, layer)
    screen = wanted(before)
    if before is None:
        return Ensured(_make(studio, layer, screen), "made", None)
    if before.adjudicates != screen.adjudicates:
        raise _other_work(studio, before)
    same_config = screen_digest(before.config) == screen_digest(screen.config)
    if before.changed_by_hand and not same_config and not update_config:
        raise ProjectError(
            f"The labelling configuration of layer {layer} was changed by hand: {studio.project_url(before.id)}",
            "Put the change into the ontology, or replace what is there with: "
            f"{_again(layer, screen)} --update-config",
        )
    marked = (before.stage, before.lang, before.noted, before.page)
    wanted_marks = (screen.stage, screen.lang, screen_digest(screen.config), screen_digest(screen.instruction))
    if marked == wanted_marks and not before.changed_by_hand:
        return Ensured(before, "unchanged", before)
    _update(studio, before, screen)
    return Ensured(load(studio, before.id, layer), "updated", before)


def _again(layer: str, screen: Screen) -> str:
    """Return the command that leaves this screen in the project of a layer."""
    if screen.adjudicates:
        return f"vinese studio adjudicate {' '.join(screen.adjudicates)} --into {layer} --lang {screen.lang}"
    return f"vinese studio push --layer {layer} --stage {screen.stage} --lang {screen.lang}"


def _other_work(studio: Studio, project: LayerProject) -> ProjectError:
    where = studio.project_url(project.id)
    if project.adjudicates:
        layers = " ".join(project.adjudicates)
        return ProjectError(
            f"Layer {project.layer} is the adjudication of {layers}: {where}",
            f"Go on with: vinese studio adjudicate {layers} --into {project.layer}. "
            "For other work take another name.",
        )
    return ProjectError(
        f"Layer {project.layer} is no adjudication, but annotated by itself: {where}",
        "Adjudicate into a name that no layer has.",
    )


def _make(studio: Studio, layer: str, screen: Screen) -> LayerProject:
    """Make a project; where another was made at the same moment, return the older and remove ours if it is empty."""
    made = studio.api.projects.create(
        title=title(layer),
        description=describe(layer, screen),
        label_config=screen.config,
        expert_instruction=screen.instruction,
        show_instruction=bool(screen.instruction),
        show_collab_predictions=True,
    )
    own = int(made.id or 0)
    first = min([own, *(int(project.id or 0) for project in _listed(studio, layer)[0])])
    if first < own and not load(studio, own, layer).tasks:
        studio.api.projects.delete(own)
    return load(studio, first, layer)


def _update(studio: Studio, project: LayerProject, screen: Screen) -> None:
    """Set the screen of a project; raise `ProjectError` if the server finds work there that it does not show."""

    def refusal(reason: str) -> ProjectError:
        return ProjectError(
            f"Layer {project.layer} holds work that the screen for stage {screen.stage} does not show: {reason}",
            f"Stages only go forward; stay with --stage {project.stage}, or take a new layer.",
        )

    with refusing(refusal):
        studio.api.projects.update(
            project.id,
            description=describe(project.layer, screen),
            label_config=screen.config,
            expert_instruction=screen.instruction,
            show_instruction=bool(screen.instruction),
        )
