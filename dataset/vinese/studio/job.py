"""Hold what the steps of one push or pull share."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinese.issues import Issue
    from vinese.resources import Project
    from vinese.studio.connection import Studio
    from vinese.studio.folder import StudioFolder
    from vinese.studio.progress import Report
    from vinese.studio.project import LayerProject


@dataclass(frozen=True, slots=True)
class Job:
    """Hold the server, the layer's project there, the corpus here, and where issues and progress go."""

    studio: Studio
    target: LayerProject
    project: Project
    issues: list[Issue]
    report: Report


def alone(folder: StudioFolder, url: str | None) -> AbstractContextManager[None]:
    """Wait for other pushes to the server of `folder`, for two would each send what both lack.

    Nobody can lock a server elsewhere: there doubles are noticed, by the count of what was sent.
    """
    return folder.taking_turns("projects") if url is None else nullcontext()
