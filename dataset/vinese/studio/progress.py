"""How far annotators are: by layer and annotator what is done, skipped and drafted, when, and how fast.

Annotators stand under their pseudonyms, those of whom nothing was pulled yet under the number of their account.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from vinese.core.errors import ProjectError
from vinese.core.progress import Progress, silent
from vinese.studio.connection import Studio, connect
from vinese.studio.folder import StudioFolder
from vinese.studio.layer_file import Json
from vinese.studio.project import LayerSummary, layers
from vinese.studio.pseudonyms import draft_user, read_register, server_key
from vinese.studio.tasks import PAGE, dictionaries

# The names of a task's fields, and of those of its annotations and drafts: all that is not named is left out, too.
_FIELDS = "id,annotations,drafts,completed_by,was_cancelled,created_at,updated_at,lead_time,created_username"


class AnnotatorProgress(msgspec.Struct, kw_only=True):
    """What one annotator did in a layer.

    `done` counts articles with a submitted annotation, `drafts` those with work that is not submitted and nothing
    that is. `last_active` is when anything was last saved, `days` the days on which articles were submitted, and
    `minutes` the median time that one took, as the server measured it; null where nothing says it.
    """

    annotator: str
    done: int = 0
    skipped: int = 0
    drafts: int = 0
    last_active: datetime | None = None
    days: int = 0
    minutes: float | None = None

    @property
    def per_day(self) -> float | None:
        """The articles done on a day on which any were."""
        return self.done / self.days if self.days else None


class LayerProgress(msgspec.Struct, kw_only=True):
    """A layer with its articles, how many have a submitted annotation, and who did what."""

    layer: str
    stage: str
    url: str
    articles: int
    done: int
    annotators: tuple[AnnotatorProgress, ...]


def progress(
    layer: str | None = None, *, folder: StudioFolder, url: str | None = None, progress: Progress = silent
) -> list[LayerProgress]:
    """Return how far each layer is, by name, or this one alone.

    Parameters
    ----------
    layer
        The layer to look at; by default all.
    folder
        Where vinese keeps its own Label Studio, and who is behind each pseudonym.
    url
        The address of another Label Studio; its token is in the variable VINESE_STUDIO_TOKEN.
    progress
        Called with what is being done, how much of it is done, and of how much.

    Raises
    ------
    ProjectError
        If there is no such layer.
    StudioError
        If the server cannot be used.
    """
    with connect(folder, url) as studio:
        there = [one for one in layers(studio) if layer in {None, one.layer}]
        if layer is not None and not there:
            raise ProjectError(f"Label Studio at {studio.url} has no layer {layer}.", "See vinese studio status.")
        register = read_register(folder)
        names = register.pseudonyms(server_key(register, studio.url if url is not None else None, folder))
        return [_layer(studio, one, names, progress) for one in there]


def _layer(studio: Studio, layer: LayerSummary, names: dict[int, str], progress: Progress) -> LayerProgress:
    by_user: dict[int | None, _Work] = {}
    articles = done = 0
    for task in _tasks(studio, layer.project):
        articles += 1
        progress(f"Reading {layer.layer} (articles)", articles, layer.tasks)
        submitted = set()
        for annotation in dictionaries(task.get("annotations")):
            user = _user(annotation)
            by_user.setdefault(user, _Work()).add(annotation)
            if not annotation.get("was_cancelled"):
                submitted.add(user)
        for draft in dictionaries(task.get("drafts")):
            user = draft_user(draft)
            by_user.setdefault(user, _Work()).draft(draft, submitted=user in submitted)
        done += bool(submitted)
    known = {user: names.get(user, f"account {user}") if user is not None else "unknown" for user in by_user}
    summaries = (work.summary(known[user]) for user, work in by_user.items())
    return LayerProgress(
        layer=layer.layer,
        stage=layer.stage,
        url=layer.url,
        articles=articles,
        done=done,
        annotators=tuple(sorted(summaries, key=lambda summary: summary.annotator)),
    )


def _tasks(studio: Studio, project: int) -> Iterator[Json]:
    """Yield the annotations and drafts of each task."""
    task: Any
    for task in studio.api.tasks.list(project=project, fields="all", include=_FIELDS, page_size=PAGE):
        yield {name: getattr(task, name, None) for name in ("annotations", "drafts")}


def _user(annotation: Json) -> int | None:
    by = annotation.get("completed_by")
    return by.get("id") if isinstance(by, dict) else by


class _Work:
    """The work of one user in a layer."""

    def __init__(self) -> None:
        self.done = self.skipped = self.drafts = 0
        self.moments: list[datetime] = []
        self.days: set[Any] = set()
        self.seconds: list[float] = []

    def add(self, annotation: Json) -> None:
        """Count an annotation."""
        self._active(annotation)
        if annotation.get("was_cancelled"):
            self.skipped += 1
            return
        self.done += 1
        made = _moment(annotation.get("created_at"))
        if made is not None:
            self.days.add(made.date())
        if annotation.get("lead_time"):
            self.seconds.append(float(annotation["lead_time"]))

    def draft(self, draft: Json, *, submitted: bool) -> None:
        """Count a draft, unless the same user has submitted an annotation of the article."""
        self._active(draft)
        self.drafts += not submitted

    def summary(self, name: str) -> AnnotatorProgress:
        """Return the counts under an annotator's name."""
        return AnnotatorProgress(
            annotator=name,
            done=self.done,
            skipped=self.skipped,
            drafts=self.drafts,
            last_active=max(self.moments, default=None),
            days=len(self.days),
            minutes=round(statistics.median(self.seconds) / 60, 1) if self.seconds else None,
        )

    def _active(self, work: Json) -> None:
        moment = _moment(work.get("updated_at") or work.get("created_at"))
        if moment is not None:
            self.moments.append(moment)


def _moment(value: Any) -> datetime | None:
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
