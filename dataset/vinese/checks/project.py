"""Check that a project's files are files, and its own."""

from __future__ import annotations

from collections.abc import Iterator

from vinese.core.issues import Issue, issue
from vinese.core.project import Project


def check_files(project: Project) -> Iterator[Issue]:
    """Yield an issue for every link that leads out of a project, and for what in it is neither file nor folder."""
    for path, reason in project.troubles():
        yield issue("project-file-refused", file=str(path), path=path.name, reason=reason)
