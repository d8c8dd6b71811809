"""The kept baselines: predictions of all but the empty one, and the table that README has of their scores."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vinese.core.errors import MissingExtraError
from vinese.core.files import json_lines, lines_digest, read_lines, record_bytes, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import LOADER, Project
from vinese.score.align import digest
from vinese.score.options import options
from vinese.score.scorer import read_sides
from vinese.systems.leaderboard import leaderboard, signature, table
from vinese.systems.shipped import MADE, PLACE, Made, file_name, folds_digest, labels_digest, load_made

PACKAGES = ("python-crfsuite", "scikit-learn", "underthesea")
BEGIN, END = "<!-- made by vinese update baselines -->\n", "<!-- end -->\n"


@dataclass(frozen=True, slots=True)
class KeptBaselines:
    """Predictions of baselines as kept files, with the table in README; `deep` checks by making them again."""

    deep: bool = False
    name: str = "baselines"
    after: tuple[str, ...] = ("articles", "layers", "splits")
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps any."""
        return project.own(*PLACE, MADE).exists()

    def check(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield an error for each part that does not follow from gold any more."""
        made = load_made(project)
        stale = list(_stale(project, made))
        yield from stale
        if made is not None and not stale and self.deep:
            yield from _differing(project, made, progress)

    def update(self, project: Project, progress: Progress) -> Iterator[Issue | Path]:
        """Make predictions and table again if gold, folds, labels or the programs changed, or a file did."""
        made = load_made(project)
        if made is None or made.code != code_digest() or any(_stale(project, made)):
            yield from _write(project, progress)
        if (content := _readme(project)) is not None and write_bytes(project.own("README.md"), content):
            yield project.own("README.md")


def _write(project: Project, progress: Progress) -> Iterator[Path]:
    """Write predictions that are made anew, and what they were made from; yield what changed."""
    from vinese.systems.baselines.run import baselines  # noqa: PLC0415

    files = {file_name(*key): json_lines(records) for key, records in baselines(project, progress)}
    for name, content in files.items():
        if write_bytes(project.own(*PLACE, name), content):
            yield project.own(*PLACE, name)
    for path in sorted(project.own(*PLACE).glob("*.jsonl")):
        if path.name not in files:
            path.unlink()
            yield path
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    now = _now(project, project.own(*PLACE, next(iter(files))))
    made = Made(**now, code=code_digest(), packages=_packages(), files=digests)
    path = project.own(*PLACE, MADE)
    if write_bytes(path, record_bytes(made)):
        yield path


def _now(project: Project, predictions: Path) -> dict[str, str]:
    """Return the digests of what baselines are made from now; `predictions` are any of the gold articles."""
    (aligned,) = read_sides(None, {"kept": predictions}, options(project))
    return {
        "data": digest(aligned),
        "folds": folds_digest(project, aligned.ids),
        "labels": labels_digest(project),
    }


def _stale(project: Project, made: Made | None) -> Iterator[Issue]:
    """Yield what keeps the predictions from being those of gold, and README's table from being theirs."""

    def stale(what: str, path: Path) -> Issue:
        return issue("baselines-stale", file=str(path), what=what)

    listing = project.own(*PLACE, MADE)
    if made is None:
        yield stale("There are no predictions of baselines.", listing)
        return
    for name, sha256 in made.files.items():
        path = project.own(*PLACE, name)
        if not path.is_file() or lines_digest(path) != sha256:
            yield stale("It is not what the baseline predicted.", path)
            return
    now = _now(project, project.own(*PLACE, next(iter(made.files))))
    words = {"data": "gold", "folds": "folds of the articles", "labels": "labels of the ontology"}
    changed = [words[key] for key, value in now.items() if getattr(made, key) != value]
    if changed:
        yield stale(f"Predictions were made from other {' and '.join(changed)} than there are now.", listing)
        return
    readme = project.own("README.md")
    content = _readme(project)
    if content is not None and read_lines(readme) != content:
        yield stale("The table of baselines does not follow from their predictions.", readme)


def _differing(project: Project, made: Made, progress: Progress) -> Iterator[Issue]:
    """Yield each file whose baseline, run again, predicts something else; with other packages that is no error."""
    from vinese.systems.baselines.run import baselines  # noqa: PLC0415

    here = _packages()
    other = ", ".join(f"{name} {here[name]} (recorded: {made.packages.get(name)})" for name in here)
    for key, records in baselines(project, progress):
        path = project.own(*PLACE, file_name(*key))
        if json_lines(records) != read_lines(path):
            if here != made.packages:
                yield issue("baselines-pins-differ", file=str(path), here=other)
            else:
                yield issue("baselines-stale", file=str(path), what="The baseline, run again, predicts otherwise.")


def _readme(project: Project) -> bytes | None:
    """Return the project's README with the table of today; None where it has no place for one."""
    path = project.own("README.md")
    if not path.is_file():
        return None
    head, begin, rest = read_lines(path).decode().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        return None
    board = leaderboard(project=project)
    return f"{head}{BEGIN}{table(board)}\n`{signature(board)}`\n{END}{tail}".encode()


def _packages() -> dict[str, str]:
    """Return the versions of the packages that predictions depend on; raise `MissingExtraError` if one is missing."""
    try:
        return {name: importlib.metadata.version(name) for name in PACKAGES}
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtraError("Making baselines again", "baselines") from error


def code_digest() -> str:
    """Return a digest of the programs that make the predictions."""
    total = hashlib.sha256()
    for path in (*sorted(Path(__file__).parent.glob("*.py")), LOADER):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]
