"""Keep `card/rendered/`: what a build would say of itself, so that a change of the card can be read before a release.

It holds card, data statement, datasheet and figures without what depends on the versions of libraries: the card's
YAML, which sums up files, and `croissant.json`, which has their digests. `vinese build --check` looks at these.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from vinese.card.figures import FOLDER
from vinese.core.errors import FileProblemError
from vinese.core.files import problem, read_bytes, replacing_folder
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.package.folder import first_other
from vinese.release.build import build

PLACE = ("card", "rendered")
PAGES = ("README.md", "data-statement.md", "datasheet.md")


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """Say where what was rendered stands, null if errors in the data forbade it, which files, and what is wrong."""

    out: str | None
    files: tuple[str, ...]
    issues: tuple[Issue, ...]


def render_to(
    project: Project,
    layer: str | None = None,
    *,
    out: str | Path | None = None,
    progress: Progress = silent,
) -> Rendered:
    """Render what a build of `project` says of itself into `out`, by default the project's `card/rendered`.

    The folder is replaced as a whole or not at all. Raise what `vinese.release.build.build` raises.
    """
    if out is None:
        project.must_be_own()
    target = Path(out) if out is not None else project.own(*PLACE)
    _refuse(target)
    made = _fresh(project, layer, progress)
    if isinstance(made, list):
        return Rendered(out=None, files=(), issues=tuple(made))
    with replacing_folder(target) as folder:
        for name, content in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return Rendered(out=str(target), files=tuple(made), issues=())


def check_card(
    project: Project,
    layer: str | None = None,
    *,
    folder: Path | None = None,
    progress: Progress = silent,
) -> list[Issue]:
    """Return an issue for every file in `card/rendered` that a build now says otherwise, lacks, or does not make.

    `folder` is a build that is known to be what the project gives now; without it one is made, out of sight.
    """
    made = _read(folder) if folder is not None else _fresh(project, layer, progress)
    if isinstance(made, list):
        return made
    place = project.own(*PLACE)
    kept = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    found = []
    for name in sorted({*made, *kept}):
        state = "left over" if name not in made else "missing" if name not in kept else "stale"
        if state != "stale" or read_bytes(kept[name]) != made[name]:
            found.append(issue("card-stale", file=str(place / name), name=name, state=state))
    return found


def _fresh(project: Project, layer: str | None, progress: Progress) -> dict[str, bytes] | list[Issue]:
    """Build out of sight, and return what is rendered by its path, or the errors that forbid it."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "built"
        report = build(project, folder, layer, progress=progress)
        if report.out is None:
            return [found for found in report.issues if found.level == "error"]
        return _read(folder)


def _read(folder: Path) -> dict[str, bytes]:
    """Return what is rendered in a build, by its path."""
    made = {name: read_bytes(folder / name) for name in PAGES}
    made["README.md"] = made["README.md"].split(b"\n---\n", 1)[1].lstrip(b"\n")
    drawn = sorted((folder / FOLDER).glob("*.svg"))
    return made | {f"{FOLDER}/{path.name}": read_bytes(path) for path in drawn}


def _refuse(target: Path) -> None:
    """Raise `FileProblemError`, naming it, if `target` holds what was not rendered: it would be lost."""
    if not target.exists():
        return
    drawn = {f"{FOLDER}/{path.name}" for path in target.joinpath(FOLDER).glob("*.svg")}
    try:
        other = first_other(target, {*PAGES, *drawn})
    except OSError as error:
        raise problem(target, error, "write") from error
    if other is not None:
        raise FileProblemError(
            f"{target} holds {other}, which vinese did not render.", "Name another folder with --out, or move it."
        )
