"""Keep checksums and card of a project, and check them, as `vinese update` and `vinese check` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.release.build import FreshBuild
from vinese.release.check import check, update
from vinese.release.rendered import render

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.issues import Issue
    from vinese.core.project import Project


def record(project: Project) -> list[Issue]:
    """Record what a project builds; return what kept it from being built."""
    return list(update("checksums", project=project).issues)


def check_checksums(project: Project, built: Path | None = None) -> list[Issue]:
    """Return in what a project builds otherwise than recorded, and in what the folder `built` differs from that."""
    return list(check("checksums", project=project, built=built).issues)


def check_card(project: Project) -> list[Issue]:
    """Return what of the kept card is stale."""
    return list(check("card", project=project).issues)


def rendered(project: Project, out: Path) -> None:
    """Render what a new build of a project says of itself into a folder."""
    with FreshBuild(project) as fresh:
        assert fresh.folder is not None, fresh.errors
        render(fresh.folder, out)
