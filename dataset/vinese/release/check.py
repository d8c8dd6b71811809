"""Say of a project's kept files which are current, and make again what is not, each after what it is made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from vinese.core.errors import MissingExtraError, UsageError
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.pools import Workers
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.quality import renew
from vinese.release.build import check_files
from vinese.release.kept_files import NAMES, Kept, kept_files
from vinese.release.recorded import check_folder

State = Literal["current", "stale", "sound", "unsound", "unknown", "absent"]
_WORDS: dict[bool, tuple[State, State]] = {False: ("current", "stale"), True: ("sound", "unsound")}


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
    with kept_files(project, layer, names, progress, deep=deep) as (chosen, fresh):
        for kept in chosen:
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
    jobs: int = 1,
    scheduler: str | None = None,
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
    jobs, scheduler
        How many processes make words, or the address of a Dask cluster that does (extra `dask`).

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
    VineseError
        If the processes or the cluster are lost.

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
    with kept_files(project, layer, names, progress, workers=Workers(jobs, scheduler)) as (chosen, _):
        for kept in chosen:
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
