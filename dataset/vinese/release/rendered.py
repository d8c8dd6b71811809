"""The kept folder `card/rendered/`: what a build says of itself, so that its changes can be read before a release.

It holds card, pages beside it and figures without what depends on the versions of libraries: the card's
YAML, which sums up files, and `croissant.json`, which has their digests. The kept file `checksums` is about these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

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


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """Where what was rendered stands, null if errors in the data forbade it, which files, and what is wrong."""

    out: str | None
    files: tuple[str, ...]
    issues: tuple[Issue, ...]


def render_to(
    project: Project,
    *,
    out: str | Path | None = None,
    fresh: FreshBuild | None = None,
) -> Rendered:
    """Render what a build of `project` says of itself into `out`, by default the project's `card/rendered`.

    The folder is replaced as a whole or not at all. `fresh` is a build of `project` if there is one already.
    Raise what `vinese.release.build.build` raises.
    """
    if out is None:
        project.must_be_own()
    target = Path(out) if out is not None else project.own(*PLACE)
    _refuse(target)
    if fresh is None:
        with FreshBuild(project) as made:
            return render_to(project, out=out, fresh=made)
    if fresh.folder is None:
        return Rendered(out=None, files=(), issues=tuple(fresh.errors))
    rendered = _read(fresh.folder)
    with replacing_folder(target) as folder:
        for name, content in rendered.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return Rendered(out=str(target), files=tuple(rendered), issues=())


def check_card(project: Project, *, folder: Path | None = None, fresh: FreshBuild | None = None) -> list[Issue]:
    """Return an issue for every file in `card/rendered` that a build now says otherwise, lacks, or does not make.

    `folder` is a build that is known to be what the project gives now, `fresh` a new one; without either one is made.
    """
    if folder is None and fresh is None:
        with FreshBuild(project) as made:
            return check_card(project, fresh=made)
    built = folder or (fresh.folder if fresh is not None else None)
    if built is None:
        return fresh.errors if fresh is not None else []
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
        yield from check_card(project, fresh=self.fresh)

    def update(self, project: Project, _progress: Progress) -> Iterator[Issue | Path]:
        """Render the card of a new build, if it is stale."""
        stale = check_card(project, fresh=self.fresh)
        if any(issue.code == "card-stale" for issue in stale) or not self.applies_to(project):
            rendered = render_to(project, fresh=self.fresh)
            yield from rendered.issues
            yield from (Path(issue.file) for issue in stale if issue.file and issue.code == "card-stale")
        else:
            yield from stale
