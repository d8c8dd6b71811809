"""Articles as tasks of Label Studio, what the server has of them already, and the work of sending what it lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec

from vinese.compare.merged_task import HAVE
from vinese.core.errors import ServerError
from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.corpus.guidelines import pages, pages_digest
from vinese.model.ontology_file import load_ontology
from vinese.model.records import GIVEN, Article
from vinese.studio.connection import Studio
from vinese.studio.folder import StudioFolder
from vinese.studio.layer_file import Json
from vinese.studio.project import LayerProject, load

T = TypeVar("T")

PAGE = 100  # tasks the server lists at a time: so many with long work take it a few seconds
BATCH_CHARS = 8_000_000  # code points sent at a time; the server's limit is 250 MB


@dataclass(frozen=True, slots=True)
class Present:
    """What the server has of an article: its task, its text's hash, its suggestions' digests by model.

    `work` has how much the annotations that hold work hold, by number and time of making: lists of tasks have no
    `unique_id`.
    `layers` are those that a task of an adjudication was made from, empty for other tasks.
    """

    article_id: str
    task: int
    text_sha256: str
    models: dict[str, str]
    work: dict[tuple[str, str], int]
    layers: tuple[str, ...] = ()


@dataclass(slots=True)
class Sending:
    """Work that goes from `project` here to the project `target` there; `issues` has what is wrong on the way."""

    studio: Studio
    target: LayerProject
    project: Project
    progress: Progress
    issues: list[Issue] = field(default_factory=list)

    def collect(self, stream: Iterable[T | Issue]) -> Iterator[T]:
        """Yield what a stream has besides issues, and keep those."""
        for record in stream:
            if isinstance(record, Issue):
                self.issues.append(record)
            else:
                yield record

    def present(self, *, models: bool = False) -> dict[str, Present]:
        """Return what the server has, by article id; `models` asks for suggestions and annotations too (slower)."""
        listed = present(self.studio, self.target, models=models)
        return {task.article_id: task for task in self.collect(listed)}

    def tasks(self, batch: list[Json]) -> int:
        """Send tasks, and return how many the server says that it took."""
        return self.studio.api.projects.import_tasks(id=self.target.id, request=batch).task_count or 0  # type: ignore[arg-type]

    def suggestions(self, batch: list[Json]) -> int:
        """Send suggestions, and return how many the server says that it took."""
        return self.studio.api.projects.import_predictions(id=self.target.id, request=batch).created or 0  # type: ignore[arg-type]

    def begin_with(self, model: str) -> None:
        """Make "Label All Tasks" begin each annotation with what `model` suggests, where it suggests something."""
        projects = self.studio.api.projects
        project = projects.get(self.target.id)
        # Label Studio refuses the name of a model that has no suggestion yet.
        if project.task_number and project.model_version != model:
            projects.update(self.target.id, model_version=model)

    def check_tasks(self, sent: int, accepted: int) -> None:
        """Record an issue unless the server took as many tasks as were sent, and its project grew by as many."""
        grown = load(self.studio, self.target.id, self.target.layer).tasks - self.target.tasks
        if not accepted == grown == sent:
            self._not_accepted("tasks", sent, grown)

    def check_suggestions(self, sent: int, accepted: int) -> None:
        """Record an issue unless the server took as many suggestions as were sent."""
        if accepted != sent:
            self._not_accepted("suggestions", sent, accepted)

    def _not_accepted(self, what: str, sent: int, accepted: int) -> None:
        layer = self.target.layer
        self.issues.append(issue("studio-not-accepted", what=what, sent=sent, accepted=accepted, layer=layer))


def given(project: Project, stage: str) -> Json:
    """Return what annotators are given with an article that is sent now: ontology, screen and guidelines."""
    known = {
        "ontology_version": load_ontology(project).version,
        "stage": stage,
        "guidelines_sha256": pages_digest(pages(project)),
    }
    return {name: value for name in GIVEN if (value := known.get(name)) is not None}


def to_task(article: Article, meta: Json) -> Json:
    """Return the article as a task of Label Studio with what is `given` in its `meta`; the title may be empty."""
    return {
        "meta": meta,
        "data": {
            "text": article.text,
            "title": article.metadata.title or "",
            "article_id": article.id,
            "text_sha256": article.text_sha256,
        },
    }


def batches(tasks: Iterable[Json], size: int) -> Iterator[list[Json]]:
    """Yield the tasks in batches of at most `size` tasks and about `BATCH_CHARS` code points of text."""
    batch: list[Json] = []
    chars = 0
    for task in tasks:
        batch.append(task)
        chars += len(task["data"]["text"])
        if len(batch) >= size or chars >= BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def present(studio: Studio, project: LayerProject, *, models: bool = False) -> Iterator[Present | Issue]:
    """Yield what the project has of each article; `models` asks for suggestions and annotations too (slower).

    Two tasks of one article, and tasks of no article, are issues; of two the older one counts. Raise `ServerError` if
    the server lists fewer tasks than the project has.
    """
    tasks: dict[str, int] = {}
    count = 0
    fields: Literal["all", "task_only"] = "all" if models else "task_only"
    listed: Any
    for listed in studio.api.tasks.list(project=project.id, fields=fields, page_size=PAGE):
        count += 1
        data: Json = listed.data if isinstance(listed.data, dict) else {}
        article_id = data.get("article_id")
        if not isinstance(article_id, str):
            yield issue("studio-foreign-task", task=listed.id, layer=project.layer)
            continue
        first = tasks.setdefault(article_id, listed.id)
        if first != listed.id:
            yield issue(
                "studio-duplicate-task", article_id=article_id, first=first, second=listed.id, layer=project.layer
            )
            continue
        yield Present(
            article_id=article_id,
            task=listed.id,
            text_sha256=text_digest(str(data.get("text"))),
            models=_models(listed.predictions),
            work=_work(getattr(listed, "annotations", None)),
            layers=tuple(filter(None, str(data.get(HAVE) or "").split(", "))),
        )
    if count < project.tasks:  # the client takes a page that is missing for the end of the list
        raise ServerError(
            f"Label Studio at {studio.url} listed {count} of {project.tasks} tasks of layer {project.layer}.",
            "Somebody may have deleted some at this moment; run the command again.",
        )


def suggestion_digest(result: object) -> str:
    """Return what tells one suggestion's regions from another's."""
    return hashlib.sha256(msgspec.json.encode(result, order="sorted")).hexdigest()


def _models(predictions: object) -> dict[str, str]:
    """Return the digest of the oldest suggestion of each model."""
    models: dict[str, str] = {}
    for prediction in sorted(dictionaries(predictions), key=lambda prediction: int(prediction.get("id") or 0)):
        models.setdefault(str(prediction.get("model_version")), suggestion_digest(prediction.get("result")))
    return models


def _work(annotations: object) -> dict[tuple[str, str], int]:
    """Return how many results each annotation has that was not skipped, by its number and time of making."""
    return {
        (str(annotation.get("id")), str(annotation.get("created_at"))): len(annotation["result"])
        for annotation in dictionaries(annotations)
        if annotation.get("result") and not annotation.get("was_cancelled")
    }


def dictionaries(listed: object) -> list[Json]:
    """Return as dictionaries what the client gives as such or as records of its own; no list is an empty one."""
    records = listed if isinstance(listed, list) else []
    return [record if isinstance(record, dict) else record.dict() for record in records]


def alone(folder: StudioFolder, url: str | None) -> AbstractContextManager[None]:
    """Wait for other pushes to the server of `folder`, for two would each send what both lack.

    Nobody can lock a server elsewhere: there doubles are noticed, by the count of what was sent.
    """
    return folder.taking_turns("projects") if url is None else nullcontext()
