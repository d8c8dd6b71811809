"""The kept files of a project, each in its place: what is current, and what has to be made again in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from vinese.checks.project import check_files
from vinese.compare.saved import KeptAgreement
from vinese.core.errors import MissingExtraError, UsageError
from vinese.core.files import files_in
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.kept import Kept
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.articles import Articles, article_files
from vinese.corpus.guidelines import KeptGuidelines
from vinese.corpus.quality import KeptQuality, renew
from vinese.corpus.splitting import KeptSplits
from vinese.corpus.words import KeptWords
from vinese.formats.read import read_export
from vinese.generate.registry import KEPT as GENERATED
from vinese.release.build import FreshBuild
from vinese.release.recorded import KeptChecksums, check_folder
from vinese.release.rendered import KeptCard
from vinese.systems.baselines.kept import KeptBaselines

State = Literal["current", "stale", "sound", "unsound", "unknown", "absent"]

NAMES = (
    "schema",
    "label-config",
    "tables",
    "articles",
    "guidelines",
    "layers",
    "words",
    "splits",
    "agreement",
    "quality",
    "baselines",
    "checksums",
    "card",
)


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """The state of each kept file that was checked, and what is wrong.

    A file that a program makes is `current` or `stale`, what people make is `sound` or `unsound`. What cannot be
    checked because packages are not installed is `unknown`, and what the project does not keep is `absent`.
    """

    states: dict[str, State]
    issues: tuple[Issue, ...]


class UpdateReport(msgspec.Struct, frozen=True, kw_only=True):
    """The files that were written or removed, the names left out because of errors, passes recorded, and issues."""

    written: tuple[str, ...]
    left_out: tuple[str, ...]
    passes: tuple[str, ...]
    issues: tuple[Issue, ...]


def check(
    *names: str,
    project: Project | None = None,
    layer: str | None = None,
    built: str | Path | None = None,
    deep: bool = False,
    progress: Progress = silent,
) -> CheckReport:
    """Return which of a project's kept files are current, and whether its articles and layers are sound.

    Parameters
    ----------
    *names
        What to check, of `NAMES`; by default whatever the project keeps.
    project
        The project; by default the one in the working directory, or else vinese's own corpus.
    layer
        The layer that is built for `checksums` and `card`; by default gold, or the only one there is.
    built
        A built folder that is checked too: against its own checksums, and against what the project builds now.
    deep
        Whether baselines are run again and compared, too; that takes their packages, and a minute.
    progress
        Called with what is being done, how much of it is done, and of how much.

    Returns
    -------
    CheckReport
        The state of each by its name, and the issues.

    Raises
    ------
    UsageError
        If there is no such name, or no layer to build.
    FileProblemError
        If a file cannot be read at all, the ontology for example.

    Examples
    --------
    >>> import vinese
    >>> vinese.check("schema", "tables").states
    {'schema': 'current', 'tables': 'current'}
    """
    project = project or Project.here()
    if refused := tuple(check_files(project)):
        return CheckReport(states=dict.fromkeys(names or NAMES, "unknown"), issues=refused)
    states: dict[str, State] = {}
    issues: dict[Issue, None] = {}  # each once, however many files it is about
    with _kept(project, layer, names, progress, deep=deep) as (kept_files, fresh):
        for kept in kept_files:
            if not names and not kept.applies_to(project):
                states[kept.name] = "absent"
                continue
            progress(f"checking {kept.name}", 0, None)
            faults: list[Issue] = []
            try:
                faults.extend(kept.check(project, progress))
                good, bad = _WORDS[kept.by_hand]
                states[kept.name] = bad if has_errors(faults) else good
            except MissingExtraError as error:
                states[kept.name] = "unknown"
                faults.append(_missing(kept, error))
            issues |= dict.fromkeys(faults)
        if built is not None:
            issues |= dict.fromkeys(check_folder(built, fresh))
    return CheckReport(states=states, issues=tuple(issues))


def update(
    *names: str,
    project: Project | None = None,
    layer: str | None = None,
    passes: Sequence[str] = (),
    progress: Progress = silent,
) -> UpdateReport:
    """Make a project's stale kept files again, in the order of what depends on what.

    What depends on data with errors is left out. No program can make a quality pass again: whoever has made some, and
    corrected their figures in `annotations/quality.json`, names them in `passes`, and that alone is then recorded.

    Parameters
    ----------
    *names
        What to make, of `NAMES`; by default whatever the project keeps. What it does not keep yet is made if named.
    project, layer, progress
        As for `check`.
    passes
        Quality passes to record as made again of the layer as it is now; goes with the name `quality` alone.

    Returns
    -------
    UpdateReport
        What was written, what was left out, and the issues.

    Raises
    ------
    UsageError
        If there is no such name or pass, no layer to build, or no project of the user's own.
    FileProblemError
        If a file cannot be read or written.

    Examples
    --------
    >>> import vinese
    >>> from vinese.core.errors import UsageError
    >>> try:
    ...     vinese.update("words", passes=["completeness"])
    ... except UsageError as error:
    ...     print(error.message)
    Passes are recorded with the name quality alone.
    """
    if passes and names != ("quality",):
        raise UsageError(
            "Passes are recorded with the name quality alone.", "For example: update quality --pass NAME"
        )
    project = project or Project.here()
    project.must_be_own()
    if passes:
        renewed = renew(project, passes)
        return UpdateReport(written=(), left_out=(), passes=renewed.renewed, issues=renewed.issues)
    if refused := tuple(check_files(project)):
        return UpdateReport(written=(), left_out=names or NAMES, passes=(), issues=refused)
    written: list[str] = []
    left_out: list[str] = []
    failed: set[str] = set()
    issues: dict[Issue, None] = {}
    with _kept(project, layer, names, progress) as (kept_files, _):
        for kept in kept_files:
            if not names and not kept.applies_to(project):
                continue
            if failed.intersection(kept.after):
                failed.add(kept.name)
                left_out.append(kept.name)
                continue
            progress(f"updating {kept.name}", 0, None)
            faults: list[Issue] = []
            try:
                for made in kept.update(project, progress):
                    if isinstance(made, Issue):
                        faults.append(made)
                    else:
                        written.append(str(made))
            except MissingExtraError as error:
                # Asked for by name it is an error; otherwise what depends on it is made of what is there.
                missing = _missing(kept, error)
                faults.append(msgspec.structs.replace(missing, level="error") if kept.name in names else missing)
            if has_errors(faults):
                failed.add(kept.name)
            issues |= dict.fromkeys(faults)
    return UpdateReport(written=tuple(written), left_out=tuple(left_out), passes=(), issues=tuple(issues))


def _missing(kept: Kept, error: MissingExtraError) -> Issue:
    return issue("extra-missing", name=kept.name, reason=f"{error.message} {error.todo}")


_WORDS: dict[bool, tuple[State, State]] = {False: ("current", "stale"), True: ("sound", "unsound")}


@contextmanager
def _kept(
    project: Project, layer: str | None, names: Sequence[str], progress: Progress, *, deep: bool = False
) -> Iterator[tuple[list[Kept], FreshBuild]]:
    """Yield the kept files of these names, by default all, in the order of what depends on what, and their build."""
    if unknown := [name for name in names if name not in NAMES]:
        raise UsageError(f"Nothing is kept under the name {unknown[0]!r}.", f"Names: {', '.join(NAMES)}.")
    articles = Articles(project.articles)
    with FreshBuild(project, layer, progress) as fresh:
        every: tuple[Kept, ...] = (
            *GENERATED,
            KeptArticles(articles),
            KeptGuidelines(articles),
            KeptLayers(articles),
            KeptWords(articles),
            KeptSplits(articles),
            KeptAgreement(),
            KeptQuality(),
            KeptBaselines(deep),
            KeptChecksums(fresh),
            KeptCard(fresh),
        )
        yield [kept for kept in every if not names or kept.name in names], fresh


@dataclass(frozen=True, slots=True)
class KeptArticles:
    """The articles of a project: people ingest and review them."""

    articles: Articles
    name: str = "articles"
    after: tuple[str, ...] = ()
    by_hand: bool = True

    def applies_to(self, project: Project) -> bool:
        """Return whether there is any article."""
        return bool(article_files(project.articles))

    def check(self, _project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield every issue of the articles."""
        yield from (issue for issue in self.articles.read() if isinstance(issue, Issue))

    def update(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield what `check` does: people mend articles."""
        yield from self.check(project, progress)


@dataclass(frozen=True, slots=True)
class KeptLayers:
    """The exports of a project, one a layer: annotators make them."""

    articles: Articles
    name: str = "layers"
    after: tuple[str, ...] = ("articles",)
    by_hand: bool = True

    def applies_to(self, project: Project) -> bool:
        """Return whether there is any layer."""
        return bool(files_in(project.exports, ".json"))

    def check(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield every issue of every layer."""
        paths = files_in(project.exports, ".json")
        for number, path in enumerate(paths):
            progress("validating layers", number, len(paths))
            layer = read_export(path, project, articles=self.articles)
            yield from (issue for issue in layer if isinstance(issue, Issue))

    def update(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield what `check` does: annotators mend layers."""
        yield from self.check(project, progress)
