"""Deal articles out over the layers of several annotators, some of them to all, so that agreement can be measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vinese.core.issues import Issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.articles import article_files
from vinese.corpus.layers import add_independent, load_layers
from vinese.generate.label_config import Stage
from vinese.model.ontology import Language
from vinese.studio.connection import Studio, connect
from vinese.studio.folder import StudioFolder, remember
from vinese.studio.project import checked_layer, find
from vinese.studio.push import Look, Pushed, push_to
from vinese.studio.selection import checked_layers, chosen, deal
from vinese.studio.tasks import Present, alone, present


@dataclass(frozen=True, slots=True)
class Assigned:
    """How articles are dealt: of `articles`, `common` are with every layer; `layers` says what each was sent.

    `independent` are the layers that `annotations/layers.json` calls independent since then.
    """

    articles: int
    common: int
    layers: tuple[Pushed, ...]
    independent: tuple[str, ...]
    issues: tuple[Issue, ...]


def assign(
    layers: Sequence[str],
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    overlap: float = 0.2,
    articles: str | Path | None = None,
    sample: int | None = None,
    seed: int = 0,
    stage: Stage | None = None,
    lang: Language | None = None,
    progress: Progress = silent,
) -> Assigned:
    """Deal articles out over layers, one an annotator, and send each layer its own; again sends what is new.

    The project's `annotations/layers.json` says then that the layers are independent of each other: agreement is
    measured by them, and no suggestions go to them.

    Parameters
    ----------
    layers
        Two or more names; a project is made for each that has none.
    project
        Where articles, ontology and guidelines are.
    folder
        Where vinese keeps its own Label Studio.
    url
        The address of another Label Studio; its token is in the variable VINESE_STUDIO_TOKEN.
    overlap
        The share of articles that all layers get. The others go to one layer each, to the one that has fewest. What a
        layer has stays with it.
    articles, sample, seed
        Deal only the articles that this file names, or so many of these or of all; the seed decides which, and who
        gets what.
    stage, lang
        What the screen is for, and its language, as for `vinese.studio.push.push`.
    progress
        Called with what is being done, how much of it is done, and of how much.

    Returns
    -------
    Assigned
        What each layer was sent, and the issues of what was not.

    Raises
    ------
    UsageError
        If there are fewer than two layers, `overlap` is no share, or the articles cannot be chosen.
    FileProblemError
        If `annotations/layers.json` cannot be read, before anything is sent, or not be written.
    StudioError
        If the server cannot be used.
    """
    checked_layers(layers, overlap)
    for layer in layers:
        checked_layer(layer)
    load_layers(project)
    names = chosen(project, articles=articles, sample=sample, seed=seed)
    if names is None:
        names = frozenset(path.stem for path in article_files(project.articles))
    with connect(folder, url) as studio, alone(folder, url):
        have = {layer: _there(studio, layer) for layer in layers}
        dealt = deal(names, have, overlap=overlap, seed=seed)
        look = Look(stage, lang)
        pushed = tuple(push_to(studio, layer, project, dealt[layer], look, progress=progress) for layer in layers)
        for each in pushed:
            remember(folder, project, each.layer, each.url)
    whole = [have[layer] | dealt[layer] for layer in layers]
    return Assigned(
        articles=len(names & frozenset().union(*whole)),
        common=len(names.intersection(*whole)),
        layers=pushed,
        independent=add_independent(project, layers) if project.is_own else (),
        issues=tuple(issue for each in pushed for issue in each.issues),
    )


def _there(studio: Studio, layer: str) -> frozenset[str]:
    """Return the articles that a layer has, none if it has no project yet."""
    project = find(studio, layer)
    listed = present(studio, project) if project is not None else ()
    return frozenset(task.article_id for task in listed if isinstance(task, Present))
