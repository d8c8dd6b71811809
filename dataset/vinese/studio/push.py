"""Send articles, and suggestions if there are any, to the project of a layer.

Every run looks at what is there and sends what is missing, so a second run adds nothing and one that was cut is
finished by the same command. An article whose text differs from its task is refused with an issue: labels hang on
the offsets of the text they were made on. What the server says it took is counted against what was sent, and the
project's own count against the sum, for Label Studio drops some things in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.articles import Articles, article_files
from vinese.generate.label_config import Stage, controls
from vinese.model.ontology import Language
from vinese.model.ontology_file import load_ontology
from vinese.studio.connection import Studio, connect
from vinese.studio.folder import StudioFolder, remember
from vinese.studio.layer_file import Json
from vinese.studio.project import LayerProject, Screen, checked_layer, ensure, screen
from vinese.studio.selection import chosen
from vinese.studio.suggest import refuse_bias, send_suggestions
from vinese.studio.tasks import Sending, alone, batches, given, to_task

_BATCH = 1000  # tasks sent at a time


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: `sent` and `accepted` count new tasks, `there` those that were there before.

    `stage` and `lang` are what annotators see now; those `before` are None where the project was made.
    `part` is whether articles are chosen for the layer.
    """

    layer: str
    stage: str
    stage_before: str | None
    lang: str
    lang_before: str | None
    project: int
    url: str
    screen: Literal["made", "updated", "unchanged"]
    part: bool
    sent: int
    accepted: int
    there: int
    suggested: int
    suggestions_accepted: int
    issues: tuple[Issue, ...]


def push(
    layer: str,
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    stage: Stage | None = None,
    lang: Language | None = None,
    articles: str | Path | None = None,
    sample: int | None = None,
    seed: int = 0,
    suggest: str | Path | None = None,
    update_config: bool = False,
    progress: Progress = silent,
) -> Pushed:
    """Make the project of a layer in Label Studio, or find it, and send it the articles that it lacks.

    Parameters
    ----------
    layer
        The layer's name; one project holds it.
    project
        Where articles, ontology and guidelines are.
    folder
        Where vinese keeps its own Label Studio.
    url
        The address of another Label Studio; its token is in the variable VINESE_STUDIO_TOKEN.
    stage, lang
        What the screen is for, and its language. A project keeps its own unless others are given; a new one has all
        stages, in Vietnamese.
    articles, sample, seed
        Send only the articles that this file names, or so many of these or of all, as the seed chooses them. A layer
        that was made so gets others only when they are chosen, too; what it has stays.
    suggest
        Predictions in any form that `vinese.score` reads, documents or pulled tasks, that annotators can take, change
        or leave; or the name of a layer that the project has.
    update_config
        Replace a configuration that somebody changed on the server.
    progress
        Called with what is being done, how much of it is done, and of how much.

    Returns
    -------
    Pushed
        What was sent, and the issues of what was not.

    Raises
    ------
    UsageError
        If no layer can have this name, the articles cannot be chosen, or suggestions are for a layer by which
        agreement is measured.
    StudioError
        If the server cannot be used, or somebody changed the project's configuration by hand.
    """
    checked_layer(layer)
    names = chosen(project, articles=articles, sample=sample, seed=seed)
    with connect(folder, url) as studio, alone(folder, url):
        look = Look(stage, lang, update_config=update_config)
        pushed = push_to(studio, layer, project, names, look, suggest=suggest, progress=progress)
        remember(folder, project, layer, pushed.url)
        return pushed


@dataclass(frozen=True, slots=True)
class Look:
    """The screen that is asked for; None is what a project has."""

    stage: Stage | None = None
    lang: Language | None = None
    update_config: bool = False


def push_to(
    studio: Studio,
    layer: str,
    project: Project,
    names: frozenset[str] | None,
    look: Look,
    *,
    suggest: str | Path | None = None,
    progress: Progress = silent,
) -> Pushed:
    """Do what `push` does on an open connection, with the articles `names`; None are all that belong to the layer."""
    file = _suggestions(suggest, project)
    if file is not None:
        refuse_bias(project, layer, file)

    def wanted(before: LayerProject | None) -> Screen:
        stage, lang = (before.stage, before.lang) if before is not None else ("all", load_ontology(project).lang)
        part = before.part if before is not None else names is not None
        return screen(project, stage=look.stage or stage, lang=look.lang or lang, part=part)

    ensured = ensure(studio, layer, wanted, update_config=look.update_config)
    sending = Sending(studio, ensured.project, project, progress)
    sent, accepted, present = _send_tasks(sending, names)
    suggested, suggestions_accepted = send_suggestions(sending, file) if file is not None else (0, 0)
    if ensured.done == "updated":
        sending.issues += _left_over(sending)
    return Pushed(
        layer=layer,
        stage=ensured.project.stage,
        stage_before=ensured.before.stage if ensured.before else None,
        lang=ensured.project.lang,
        lang_before=ensured.before.lang if ensured.before else None,
        project=ensured.project.id,
        url=studio.project_url(ensured.project.id),
        screen=ensured.done,
        part=ensured.project.part,
        sent=sent,
        accepted=accepted,
        there=present,
        suggested=suggested,
        suggestions_accepted=suggestions_accepted,
        issues=tuple(sending.issues),
    )


def _suggestions(suggest: str | Path | None, project: Project) -> str | Path | None:
    """Return the file of suggestions: the one that is named, or the export of the layer of that name."""
    if suggest is None or Path(suggest).exists():
        return suggest
    export = project.exports / f"{suggest}.json"
    return export if export.is_file() else suggest


def _left_over(sending: Sending) -> Iterator[Issue]:
    """Yield an issue for each label that work has and the ontology lacks: Label Studio keeps it and says nothing."""
    offered = controls(load_ontology(sending.project))
    for control, counts in sending.studio.labels_in_use(sending.target.id).items():
        for label, count in counts.items():
            if control in offered and label not in offered[control]:
                layer = sending.target.layer
                yield issue("studio-label-in-use", label=label, control=control, count=count, layer=layer)


def _send_tasks(sending: Sending, names: frozenset[str] | None) -> tuple[int, int, int]:
    """Send the articles of `names` that are not there; return how many were sent, accepted, and there before."""
    tasks = sending.present()
    meta = given(sending.project, sending.target.stage) | {"batch": datetime.now(UTC).date().isoformat()}
    if names is None and sending.target.part:
        names = frozenset()
    total = len(article_files(sending.project.articles)) if names is None else len(names | tasks.keys())
    sent = accepted = present = 0

    def missing() -> Iterator[Json | Issue]:
        nonlocal present
        for article in Articles(sending.project.articles).read():
            if isinstance(article, Issue):
                yield article
                continue
            task = tasks.get(article.id)
            if task is None:
                if names is None or article.id in names:
                    yield to_task(article, meta)
                continue
            present += 1
            if task.text_sha256 != article.text_sha256:
                yield issue("studio-text-changed", article_id=article.id, pointer="/text", task=task.task)

    for batch in batches(sending.collect(missing()), _BATCH):
        accepted += sending.tasks(batch)
        sent += len(batch)
        sending.progress("Sending articles", sent + present, total)
    sending.check_tasks(sent, accepted)
    return sent, accepted, present
