"""Build the dataset folder: validate every layer, convert one, run the loader, write Parquet, card and checksums."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from vinese.card.corpus import Release, load_about
from vinese.card.describe import describe
from vinese.card.licence import FILE, own_terms, unlicensed
from vinese.card.trust import fresh_agreement, old_passes
from vinese.core.files import problem, replacing_folder
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.pools import ALONE, Workers
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.core.shards import Shards, spread_over
from vinese.core.workplace import work_folder
from vinese.corpus.articles import article_files
from vinese.corpus.layers import choose_layer, layer_exports, load_layers
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import load_configs
from vinese.package.folder import CHECKSUMS, checksums, refuse_others
from vinese.package.parquet import BuiltConfig, write_configs
from vinese.package.shards import write_tables
from vinese.package.stage import Staged, stage

# New objects between two looks; by default some hundreds. A fifth of the time of making rows went into looking.
_RARE = 50_000

FEW_ARTICLES = 100  # have their rows sooner than workers are started


class ConfigReport(msgspec.Struct, frozen=True, kw_only=True):
    """One config: rows by split, counted annotations in all splits, and the size of its files in bytes."""

    name: str
    rows: dict[str, int]
    annotations: int
    bytes: int


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a build made; where issues of level error kept it from making anything, `out` is null.

    `unused` lists the labels of the ontology that the layer never uses, by closed list.
    """

    layer: str
    out: str | None
    articles: int
    annotated: int
    digest: str
    configs: tuple[ConfigReport, ...] = ()
    unused: dict[str, tuple[str, ...]] = {}
    issues: tuple[Issue, ...] = ()


def build(
    project: Project,
    out: str | Path,
    layer: str | None = None,
    *,
    release: Release | None = None,
    progress: Progress = silent,
    jobs: int = 1,
    scheduler: str | None = None,
) -> BuildReport:
    """Build the dataset of a project into a folder: Parquet, card and all that describes them, checksums.

    Parameters
    ----------
    project
        Where articles, layers, ontology and card are.
    out
        The folder to make; a build that is there is replaced at once or not at all.
    layer
        The layer to publish; by default gold, or the only one there is.
    release
        What the dataset is to be published as, for the address and the version that the project does not state.
    progress
        Called with what is being done, how much of it is done, and of how much.
    jobs, scheduler
        How many processes make the rows, or the address of a Dask cluster that does (extra `dask`). What is built is
        the same.

    Returns
    -------
    BuildReport
        What was made, and the issues. If any layer has one of level error nothing is written, and `out` is None.

    Raises
    ------
    UsageError
        If there is no such layer.
    FileProblemError
        If `out` holds other files, or cannot be written.
    VineseError
        If the processes or the cluster are lost.

    Examples
    --------
    >>> import vinese
    >>> report = vinese.build(vinese.Project(), "built")
    >>> report.layer, report.articles, [config.name for config in report.configs][:2]
    ('gold', 5, ['articles', 'entities'])
    """
    target = Path(out)
    if refused := tuple(check_files(project)):
        return BuildReport(layer=layer or "", out=None, articles=0, annotated=0, digest="", issues=refused)
    layers = layer_exports(project)
    chosen = choose_layer(layers, layer, load_layers(project).default)
    refuse_others(target)
    workers = Workers(jobs, scheduler)
    if not workers.many or len(article_files(project.articles)) < FEW_ARTICLES:
        workers = ALONE
    above = next(folder for folder in target.absolute().parents if folder.is_dir())  # made there, a rename suffices
    try:
        with (
            spread_over(workers, above, f"build {target.name}") as spread,
            work_folder(above) as work,
            _cycles_rarely_sought(),
        ):
            return _build(_Plan(project, target, layers, chosen, release, spread), work, progress)
    except OSError as error:
        raise problem(target, error, "write") from error


class _Plan(NamedTuple):
    """What to build from what, and where."""

    project: Project
    target: Path
    layers: dict[str, Path]
    layer: str
    release: Release | None
    spread: Shards | None


def _build(plan: _Plan, work: Path, progress: Progress) -> BuildReport:
    """Build in `work`, a folder that is removed afterwards, and put the result in place."""
    staging = work / "staging"
    staging.mkdir()
    if plan.spread is not None:
        plan.spread.begin(write_tables)  # its imports take long
    progress(f"validating {', '.join(plan.layers)}", 0, None)
    staged = stage(plan.project, plan.layers, plan.layer, staging, spread=plan.spread)
    if has_errors(staged.issues):
        return _report(plan, staged, ())
    with replacing_folder(plan.target, CHECKSUMS) as fresh:
        built = _write(plan, staged, work, fresh, progress)
    return _report(plan, staged, built)


def _write(plan: _Plan, staged: Staged, work: Path, fresh: Path, progress: Progress) -> tuple[BuiltConfig, ...]:
    """Write every config, then what describes them; return the configs."""
    configs = [config for config in load_configs(plan.project).configs if config.name not in staged.left_out]
    built = write_configs(configs, work / "staging", fresh, progress, spread=plan.spread, digest=staged.digest)
    filled = tuple(config for config in built if config.parts)
    if terms := own_terms(plan.project):  # vinese's own are nobody else's
        (fresh / FILE).write_bytes(terms.encode())
    describe(plan.project, staged, filled, fresh, plan.release)
    (fresh / CHECKSUMS).write_text(checksums(fresh), encoding="utf-8")
    return built


def _report(plan: _Plan, staged: Staged, built: Sequence[BuiltConfig]) -> BuildReport:
    """Sum up a build; without a config it made nothing."""
    empty = [issue("config-empty", config=each.config, layer=staged.layer) for each in built if not each.parts]
    late = list(fresh_agreement(plan.project)[1]) if built else []
    if built:
        late += [*old_passes(plan.project, staged.chosen), *unlicensed(plan.project, load_about(plan.project))]
    return BuildReport(
        layer=staged.layer,
        out=str(plan.target) if built else None,
        articles=staged.articles,
        annotated=staged.chosen.documents,
        digest=staged.digest,
        configs=tuple(_config_report(config) for config in built if config.parts),
        unused=staged.chosen.unused(load_ontology(plan.project)),
        issues=(*staged.issues, *late, *empty),
    )


def _config_report(built: BuiltConfig) -> ConfigReport:
    rows = {part.split: part.rows for part in built.parts}
    return ConfigReport(name=built.config, rows=rows, annotations=built.annotations, bytes=built.bytes)


@contextmanager
def _cycles_rarely_sought() -> Iterator[None]:
    """Have Python seek cycles once in `_RARE` new objects while the block runs, where it seeks them at all.

    Millions of records come and go that hold none.
    """
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(_RARE, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def check_files(project: Project) -> Iterator[Issue]:
    """Yield an issue for every link that leads out of a project, and for what in it is neither file nor folder."""
    for path, reason in project.troubles():
        yield issue("project-file-refused", file=str(path), path=path.name, reason=reason)


class FreshBuild:
    """A build of a project that is made out of sight when it is first asked for, and gone when the block ends.

    Whoever needs to know what the project builds now shares one. `report` raises what `build` does.
    """

    def __init__(self, project: Project, layer: str | None = None, progress: Progress = silent) -> None:
        self.project = project
        self.layer = layer
        self.progress = progress

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self._work = self._stack.enter_context(work_folder())
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    @cached_property
    def report(self) -> BuildReport:
        """Return the report of the build."""
        return build(self.project, self._work / "built", self.layer, progress=self.progress)

    @property
    def folder(self) -> Path | None:
        """Return the built folder, None if errors in the data forbade it."""
        return Path(self.report.out) if self.report.out is not None else None

    @property
    def errors(self) -> list[Issue]:
        """Return the errors that forbade the build."""
        if self.folder is not None:
            return []
        return [issue for issue in self.report.issues if issue.level == "error"]
