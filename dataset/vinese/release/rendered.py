"""The kept folder `card/rendered/`: what a build says of itself, so that its changes can be read before a release.

It holds card, pages beside it and figures without what depends on the versions of libraries: the card's
YAML, which sums up files, and `croissant.json`, which has their digests. The kept file `checksums` is about these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vinese.card.describe import PAGES
from vinese.card.figures import FOLDER
from vinese.core.errors import FileProblemError
from vinese.core.files import problem, read_bytes, read_lines, replacing_folder
from vinese.core.inside import first_other
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.release.build import FreshBuild

PLACE = ("card", "rendered")


def render(built: Path, target: Path) -> None:
    """Render what a build says of itself into a folder, which is replaced as a whole or not at all.

    Raise `FileProblemError` if the folder holds what was not rendered, or cannot be written.
    """
    _refuse(target)
    with replacing_folder(target) as folder:
        for name, content in _read(built).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def check_card(project: Project, built: Path) -> list[Issue]:
    """Return an issue for every file of `card/rendered` that a build now says otherwise, lacks, or does not make."""
    rendered = _read(built)
    place = project.own(*PLACE)
    kept = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    issues = []
    for name in sorted({*rendered, *kept}):
        state = "left over" if name not in rendered else "missing" if name not in kept else "stale"
        if state != "stale" or read_lines(kept[name]) != rendered[name]:
            issues.append(issue("card-stale", file=str(place / name), name=name, state=state))
    return issues


def _read(folder: Path) -> dict[str, bytes]:
    """Return what is rendered in a build, by its path."""
    made = {name: read_bytes(folder / name) for name in PAGES}
    _, mark, body = made["README.md"].partition(b"\n---\n")
    if mark:  # a template of a project's own may have none
        made["README.md"] = body.lstrip(b"\n")
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


@dataclass(frozen=True, slots=True)
class KeptCard:
    """What a build says of itself, as a kept folder."""

    fresh: FreshBuild
    name: str = "card"
    after: tuple[str, ...] = ("articles", "layers", "words", "splits", "agreement", "quality")
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps a rendered card."""
        return project.own(*PLACE).is_dir()

    def check(self, project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield an error for every file that a new build says otherwise."""
        folder = self.fresh.folder
        yield from check_card(project, folder) if folder is not None else self.fresh.errors

    def update(self, project: Project, _progress: Progress) -> Iterator[Issue | Path]:
        """Render the card of a new build, if it is stale."""
        folder = self.fresh.folder
        if folder is None:
            yield from self.fresh.errors
        elif stale := check_card(project, folder):
            render(folder, project.own(*PLACE))
            yield from (Path(issue.file) for issue in stale if issue.file)
