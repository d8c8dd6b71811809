"""Send articles, and suggestions if there are any, to the project of a layer.

Every run looks at what is there and sends what is missing, so a second run adds nothing and one that was cut is
finished by the same command. An article whose text differs from its task is refused with an issue: labels hang on
the offsets of the text they were made on. What the server says it took is counted against what was sent, and the
project's own count against the sum, for Label Studio drops some things in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.generate.label_config import Stage
from vinese.model.ontology import Language
from vinese.studio.connection import connect
from vinese.studio.folder import StudioFolder
from vinese.studio.project import LayerProject, Screen, checked_layer, ensure, load, screen
from vinese.studio.suggest import send_suggestions
from vinese.studio.tasks import Job, Present, Task, alone, batches, present, to_task


@dataclass(frozen=True, slots=True)
class Pushed:
    """Say what a push did: `sent` and `accepted` count new tasks, `there` those that were there before.

    `stage` and `lang` are what annotators see now; those `before` are None where the project was made.
    """

    layer: str
    stage: str
    stage_before: str | None
    lang: str
    lang_before: str | None
    project: int
    url: str
    screen: Literal["made", "updated", "unchanged"]
    sent: int
    accepted: int
    there: int
    suggested: int
    suggestions_accepted: int


def push(
    layer: str,
    issues: list[Issue],
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    stage: Stage | None = None,
    lang: Language | None = None,
    suggest: str | Path | None = None,
    update_config: bool = False,
    progress: Progress = silent,
) -> Pushed:
    """Make the project of `layer`, or find it, and send it what it lacks; append what is wrong to `issues`.

    A project keeps its stage and language unless others are given; a new one has all stages, in Vietnamese. Raise a
    `StudioError` if the server cannot be used or somebody changed the project's configuration by hand.
    """
    checked_layer(layer)

    def wanted(there: LayerProject | None) -> Screen:
        kept_stage, kept_lang = (there.stage, there.lang) if there is not None else ("all", "vi")
        return screen(project, stage=stage or kept_stage, lang=lang or kept_lang)

    with connect(folder, url) as studio, alone(folder, url):
        ensured = ensure(studio, layer, wanted, update_config=update_config)
        job = Job(studio, ensured.project, project, issues, progress)
        sent, accepted, known = _send_tasks(job, present(studio, ensured.project, issues))
        suggested, taken = send_suggestions(job, suggest) if suggest is not None else (0, 0)
        return Pushed(
            layer=layer,
            stage=ensured.project.stage,
            stage_before=ensured.before.stage if ensured.before else None,
            lang=ensured.project.lang,
            lang_before=ensured.before.lang if ensured.before else None,
            project=ensured.project.id,
            url=studio.project_url(ensured.project.id),
            screen=ensured.done,
            sent=sent,
            accepted=accepted,
            there=known,
            suggested=suggested,
            suggestions_accepted=taken,
        )


def _send_tasks(job: Job, there: dict[str, Present]) -> tuple[int, int, int]:
    """Send the articles that are not there; return how many were sent, accepted, and there before."""
    known: list[str] = []
    sent = accepted = 0
    total = sum(1 for _ in job.project.articles.glob("*.json"))
    for batch in batches(_missing(job, there, known)):
        answer = job.studio.api.projects.import_tasks(id=job.target.id, request=batch)
        sent += len(batch)
        accepted += answer.task_count or 0
        job.progress("Sending articles", sent + len(known), total)
    grown = load(job.studio, job.target.id, job.target.layer).tasks - job.target.tasks
    if not accepted == grown == sent:
        layer = job.target.layer
        job.issues.append(issue("studio-not-accepted", what="tasks", sent=sent, accepted=grown, layer=layer))
    return sent, accepted, len(known)


def _missing(job: Job, there: dict[str, Present], known: list[str]) -> Iterator[Task]:
    """Yield the tasks of the articles that are not there; report those whose text is not what is there."""
    for article in Articles(job.project.articles).read():
        if isinstance(article, Issue):
            job.issues.append(article)
            continue
        task = there.get(article.id)
        if task is None:
            yield to_task(article)
            continue
        known.append(article.id)
        if task.text_sha256 != article.text_sha256:
            job.issues.append(issue("studio-text-changed", article_id=article.id, pointer="/text", task=task.task))
