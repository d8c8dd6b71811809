"""The registry of kept files: what a maintainer checks and updates with two verbs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from vinese.compare import saved
from vinese.core.errors import MissingExtraError, UsageError
from vinese.core.issues import Issue, has_errors, issue, split
from vinese.core.kept import Kept, Run, check_all, update_all
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus import quality, splitting, words
from vinese.corpus.articles import Articles
from vinese.corpus.splits import splits_path
from vinese.generate import registry
from vinese.release import recorded, rendered
from vinese.release.build import BuildReport, build

T = TypeVar("T")


def check(
    project: Project, names: Iterable[str] = (), *, progress: Progress = silent
) -> Iterator[tuple[Kept, tuple[Issue, ...]]]:
    """Yield each kept file of `project` with what is not current about it.

    Parameters
    ----------
    project : Project
    names : names of kept files, by default all of `KEPT`

    Raises
    ------
    UsageError
        If there is no kept file of a name.
    """
    return _with_build(check_all, project, named(names), progress)


def update(
    project: Project, names: Iterable[str] = (), *, progress: Progress = silent
) -> Iterator[tuple[Kept, tuple[Path | Issue, ...]]]:
    """Make again whatever is not current, in the order of what depends on what; yield what was written.

    Raises
    ------
    UsageError
        If there is no project of the user's own, or no kept file of a name.
    """
    project.must_be_own()
    return _with_build(update_all, project, named(names), progress)


def named(names: Iterable[str]) -> tuple[Kept, ...]:
    """Return the kept files of these names in the order of the registry, all of them without any name."""
    wanted = set(names)
    if unknown := sorted(wanted - {kept.name for kept in KEPT}):
        known = ", ".join(kept.name for kept in KEPT)
        raise UsageError(f"Nothing is kept under the name {unknown[0]!r}.", f"Names: {known}.")
    return tuple(kept for kept in KEPT if not wanted or kept.name in wanted)


def _with_build(
    walk: Callable[[Iterable[Kept], Run], Iterator[T]], project: Project, kept: tuple[Kept, ...], progress: Progress
) -> Iterator[T]:
    """Walk over kept files with a folder in which what they are compared with is built, at most once."""
    with tempfile.TemporaryDirectory() as folder:
        yield from walk(kept, Run(project, Path(folder), progress))


# Generated from the ontology.


def _check_generated(prefix: str, run: Run) -> Iterator[Issue]:
    for stale in run.once("generated", lambda: registry.check(run.project)):
        if stale.file.startswith(prefix):
            yield issue("kept-stale", file=str(run.project.own(*stale.file.split("/"))), state=stale.state)


def _update_generated(prefix: str, run: Run) -> Iterator[Path]:
    for stale in registry.update(run.project, prefix):
        yield run.project.own(*stale.file.split("/"))


# Articles and layers.


def _check_layers(run: Run) -> Iterator[Issue]:
    """Yield what is wrong with articles and layers; the build validates both."""
    report = _built(run)
    if report is not None:
        yield from report.issues
    elif run.project.articles.is_dir():
        yield from split(Articles(run.project.articles).read())[1]


def _check_words(run: Run) -> Iterator[Issue]:
    if _has_articles(run):
        yield from words.check(run.project).issues


def _update_words(run: Run) -> Iterator[Path | Issue]:
    try:
        report = words.update(run.project)
    except MissingExtraError as error:
        yield _not_here("words", error)
        return
    yield from (words.words_path(run.project, article_id) for article_id in report.written)
    yield from report.issues


def _check_splits(run: Run) -> Iterator[Issue]:
    if not _has_articles(run):
        return
    try:
        report = splitting.check(run.project)
    except MissingExtraError as error:
        yield _not_here("splits", error)
        return
    yield from report.issues
    if not report.sound and not has_errors(report.issues):
        yield issue("kept-stale", file=str(splits_path(run.project)), state="not what a search finds now")


def _update_splits(run: Run) -> Iterator[Path | Issue]:
    try:
        report = splitting.update(run.project)
    except MissingExtraError as error:
        yield _not_here("splits", error)
        return
    yield splits_path(run.project)
    yield from report.issues


def _check_agreement(run: Run) -> Iterator[Issue]:
    file = run.project.own(*saved.FILE)
    try:
        outcome = saved.check(run.project, progress=run.progress)
    except MissingExtraError as error:
        yield _not_here("agreement", error)
    except UsageError as error:  # the project names no independent layers
        if file.exists():
            yield issue("kept-unknown", file=str(file), name="agreement", reason=str(error))
    else:
        yield from outcome.issues
        if outcome.state in {"missing", "differs"}:
            yield issue("kept-stale", file=str(file), state=outcome.state)


def _update_agreement(run: Run) -> Iterator[Path | Issue]:
    try:
        outcome = saved.save(run.project, progress=run.progress)
    except MissingExtraError as error:
        yield _not_here("agreement", error)
        return
    if outcome.state == "written":
        yield run.project.own(*saved.FILE)
    yield from outcome.issues


def _check_quality(run: Run) -> Iterator[Issue]:
    return iter(quality.report(run.project).issues)


# What a build gives.


def _built(run: Run) -> BuildReport | None:
    """Return the report of a build out of sight, made once a run; None where the project has no layer."""

    def make() -> BuildReport | None:
        if not any(run.project.exports.glob("*.json")):
            return None
        return build(run.project, run.folder / "built", progress=run.progress)

    return run.once("build", make)


def _check_build(run: Run) -> Iterator[Issue]:
    report = _built(run)
    if report is not None and report.out is not None:
        yield from recorded.differences(run.project, Path(report.out), report.layer)


def _update_build(run: Run) -> Iterator[Path | Issue]:
    report = _built(run)
    if report is not None and report.out is not None:
        recorded.write(run.project, Path(report.out), report.layer)
        yield run.project.own(*recorded.FILE)


def _check_card(run: Run) -> Iterator[Issue]:
    report = _built(run)
    if report is not None and report.out is not None:
        yield from rendered.check_card(run.project, folder=Path(report.out))


def _update_card(run: Run) -> Iterator[Path | Issue]:
    report = _built(run)
    if report is not None and report.out is not None:
        yield from (
            run.project.own(*rendered.PLACE, name) for name in rendered.render_from(run.project, Path(report.out))
        )


def _has_articles(run: Run) -> bool:
    return any(run.project.articles.glob("*.json"))


def _not_here(name: str, error: MissingExtraError) -> Issue:
    return issue("kept-not-here", name=name, extra=error.extra)


GENERATED = {
    "schema": "schema/v1/",
    "label-config": "annotations/label_config",
    "tables": "annotations/guidelines/",
}

KEPT = (
    Kept(
        "schema",
        "the closed lists in schema/v1/labels.json",
        partial(_check_generated, GENERATED["schema"]),
        partial(_update_generated, GENERATED["schema"]),
    ),
    Kept(
        "label-config",
        "Label Studio's annotations/label_config.xml",
        partial(_check_generated, GENERATED["label-config"]),
        partial(_update_generated, GENERATED["label-config"]),
    ),
    Kept(
        "tables",
        "the label tables in annotations/guidelines/",
        partial(_check_generated, GENERATED["tables"]),
        partial(_update_generated, GENERATED["tables"]),
    ),
    Kept("layers", "articles and layers, validated", _check_layers, _check_layers, ("schema",)),
    Kept("words", "the words of the articles in annotations/words/", _check_words, _update_words, ("layers",)),
    Kept(
        "splits",
        "the place of every article in annotations/splits.json, and the audit in leakage.json",
        _check_splits,
        _update_splits,
        ("layers",),
    ),
    Kept("agreement", "annotations/agreement.json", _check_agreement, _update_agreement, ("layers",)),
    Kept(
        "quality",
        "the passes in annotations/quality.json, of which layer they were",
        _check_quality,
        _check_quality,
        ("layers",),
    ),
    Kept(
        "build",
        "what the data build, in card/checksums.json",
        _check_build,
        _update_build,
        ("layers", "words", "splits"),
    ),
    Kept(
        "card",
        "what a build says of itself, in card/rendered/",
        _check_card,
        _update_card,
        ("build", "tables", "agreement", "quality"),
    ),
)
"""Every kept file, each after those that it depends on."""
