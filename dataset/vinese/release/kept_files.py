"""The kept files of a project: committed, made from others, and to be kept in step with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vinese.compare.saved import KeptAgreement
from vinese.core.errors import UsageError
from vinese.core.files import files_in
from vinese.core.issues import Issue
from vinese.core.pools import ALONE, Workers
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.corpus.articles import Articles, article_files
from vinese.corpus.guidelines import KeptGuidelines
from vinese.corpus.quality import KeptQuality
from vinese.corpus.splitting import KeptSplits
from vinese.corpus.words import KeptWords
from vinese.formats.read import read_export
from vinese.generate.registry import KEPT as GENERATED
from vinese.release.build import FreshBuild
from vinese.release.recorded import KeptChecksums
from vinese.release.rendered import KeptCard
from vinese.systems.baselines.kept import KeptBaselines

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


class Kept(Protocol):
    """What a project keeps under one name: a file, or several that are made together."""

    @property
    def name(self) -> str:
        """Return what `vinese check` and `vinese update` call it."""
        ...

    @property
    def after(self) -> tuple[str, ...]:
        """Return the names of what it is made from."""
        ...

    @property
    def by_hand(self) -> bool:
        """Return whether people make it, so that it is checked and never written."""
        ...

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps it, or has what it is about."""
        ...

    def check(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield what is not as it should be; an error says that the file is stale or the data are unsound.

        Raise `MissingExtraError` if that takes packages that are not installed.
        """
        ...

    def update(self, project: Project, progress: Progress) -> Iterator[Issue | Path]:
        """Make it again where it is stale, and yield every file that was written and whatever forbids it."""
        ...


@contextmanager
def kept_files(
    project: Project,
    layer: str | None,
    names: Sequence[str],
    progress: Progress,
    *,
    deep: bool = False,
    workers: Workers | None = None,
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
            KeptWords(articles, workers or ALONE),
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
