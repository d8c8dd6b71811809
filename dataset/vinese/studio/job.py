"""Hold what the steps of one push or pull share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinese.issues import Issue
    from vinese.resources import Project
    from vinese.studio.connection import Studio
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
