"""Turn articles into tasks, and see which are on the server already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from vinese.core.errors import ServerError
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.model.records import Article
from vinese.studio.connection import Studio
from vinese.studio.folder import StudioFolder
from vinese.studio.project import LayerProject

Task = dict[str, Any]
PAGE = 500  # tasks the server lists at a time
BATCH = 1000  # tasks sent at a time
BATCH_CHARS = 8_000_000  # code points sent at a time; the server's limit is 250 MB


@dataclass(frozen=True, slots=True)
class Present:
    """Hold what the server has of an article: its task, its text's hash, its suggestions' fingerprints by model.

    `work` says which annotations hold work, by number and time of making: lists of tasks have no `unique_id`.
    """

    task: int
    text_sha256: str
    models: dict[str, str] = field(default_factory=dict)
    work: frozenset[tuple[str, str]] = frozenset()


def to_task(article: Article) -> Task:
    """Return the article as a task of Label Studio; the title falls back to the id."""
    return {
        "data": {
            "text": article.text,
            "title": article.metadata.title or article.id,
            "article_id": article.id,
            "text_sha256": article.text_sha256,
        }
    }


def batches(tasks: Iterable[Task]) -> Iterator[list[Any]]:
    """Yield the tasks in batches of at most `BATCH` tasks and about `BATCH_CHARS` code points."""
    batch: list[Task] = []
    chars = 0
    for task in tasks:
        batch.append(task)
        chars += len(task["data"]["text"])
        if len(batch) >= BATCH or chars >= BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def present(
    studio: Studio, project: LayerProject, issues: list[Issue], *, models: bool = False
) -> dict[str, Present]:
    """Return what the project has, by article id; `models` asks for its suggestions and annotations too (slower).

    Two tasks of one article, and tasks of no article, are issues; of two the older one counts.
    """
    found: dict[str, Present] = {}
    count = 0
    fields: Literal["all", "task_only"] = "all" if models else "task_only"
    listed: Any
    for listed in studio.api.tasks.list(project=project.id, fields=fields, page_size=PAGE):
        count += 1
        data: dict[str, Any] = listed.data if isinstance(listed.data, dict) else {}
        article_id = data.get("article_id")
        if not isinstance(article_id, str):
            issues.append(issue("studio-foreign-task", task=listed.id, layer=project.layer))
        elif article_id in found:
            issues.append(
                issue(
                    "studio-duplicate-task",
                    article_id=article_id,
                    first=found[article_id].task,
                    second=listed.id,
                    layer=project.layer,
                )
            )
        else:
            found[article_id] = Present(
                task=listed.id,
                text_sha256=_hash(data.get("text")),
                models=_models(listed.predictions),
                work=_work(getattr(listed, "annotations", None)),
            )
    if count < project.tasks:  # the client takes a page that is missing for the end of the list
        raise ServerError(
            f"Label Studio at {studio.url} listed {count} of {project.tasks} tasks of layer {project.layer}.",
            "Somebody may have deleted some at this moment; run the command again.",
        )
    return found


def _hash(text: object) -> str:
    """Return the hash of the text as it stands on the server, whatever the task says of itself."""
    return hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(result: object) -> str:
    """Return what tells one suggestion's regions from another's."""
    return hashlib.sha256(msgspec.json.encode(result, order="sorted")).hexdigest()


def _models(predictions: object) -> dict[str, str]:
    """Return the fingerprint of the oldest suggestion of each model."""
    found: dict[str, str] = {}
    listed = predictions if isinstance(predictions, list) else []
    plain = [one if isinstance(one, dict) else one.dict() for one in listed]
    for one in sorted(plain, key=lambda one: int(one.get("id") or 0)):
        found.setdefault(str(one.get("model_version")), fingerprint(one.get("result")))
    return found


def _work(annotations: object) -> frozenset[tuple[str, str]]:
    """Return number and time of making of the annotations that hold anything and were not skipped."""
    listed = annotations if isinstance(annotations, list) else []
    plain = [one if isinstance(one, dict) else one.dict() for one in listed]
    full = [one for one in plain if one.get("result") and not one.get("was_cancelled")]
    return frozenset((str(one.get("id")), str(one.get("created_at"))) for one in full)


@dataclass(frozen=True, slots=True)
class Job:
    """Hold the server, the layer's project there, the corpus here, and where issues and progress go."""

    studio: Studio
    target: LayerProject
    project: Project
    issues: list[Issue]
    progress: Progress


def alone(folder: StudioFolder, url: str | None) -> AbstractContextManager[None]:
    """Wait for other pushes to the server of `folder`, for two would each send what both lack.

    Nobody can lock a server elsewhere: there doubles are noticed, by the count of what was sent.
    """
    return folder.taking_turns("projects") if url is None else nullcontext()
