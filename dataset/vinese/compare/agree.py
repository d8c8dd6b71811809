"""Agreement of layers, with intervals, and where they disagree.

Numbers: `f1`, `alpha` (and kappa), `bootstrap` (intervals); what is compared: `items`, `matching`; what differs:
`disagreements`. `agree` is the one door.

The time of an article is when the last of the compared layers annotated it. Its batch is the day on which it was sent
to annotators, the last of these days where that differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date
from pathlib import Path
from typing import Literal

import msgspec

from vinese.checks.document import moment
from vinese.compare.alpha import library
from vinese.compare.f1 import Key
from vinese.compare.records import AgreementReport, Batch, LayerSummary, Settings
from vinese.compare.report import Gathered, kind_counts, notes, overall, pair_reports, pooled_f1, pooled_judgements
from vinese.compare.store import Shelf, common_articles, read_layer
from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document

Page = Callable[[AgreementReport, Sequence[tuple[str, tuple[Shelf, ...]]], Sequence[int], Ontology], None]

RESAMPLES = 1000
LISTED = 10_000

By = Literal["batch", "week", "month"]
UNKNOWN = "not known"


def agree(
    layers: Mapping[str, Path],
    project: Project | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    listed: int = LISTED,
    since: str | None = None,
    by: By | None = None,
    page: Page | None = None,
    progress: Progress = silent,
) -> AgreementReport:
    """Return how far two or more layers agree.

    `layers` maps a name to a Label Studio export (`.json`) or to documents, one a line (`.jsonl`). Articles with
    issues are left out and reported in `issues`, the sound ones are compared. `resamples` draws of articles make the
    95% intervals, `seed` makes them repeatable; at most `listed` disagreements are listed, all are counted. Only
    articles that the last of their layers annotated `since` a day count, and `by` batch, week or month agreement
    is measured for each, too. `page` is called with all that `write_agreement_page` of `vinese.render.agreement_page`
    shows, while the layers are still open. Raise `UsageError` for fewer than two layers or what is no day,
    `MissingExtraError` without the extra `agree`.

    Examples
    --------
    >>> import vinese
    >>> exports = vinese.Project().exports
    >>> layers = {name: exports / f"{name}.json" for name in ("annotator-1", "annotator-2")}
    >>> report = vinese.agree(layers, resamples=0)
    >>> report.articles, [layer.name for layer in report.layers]
    (5, ['annotator-1', 'annotator-2'])
    """
    if len(layers) < 2:
        raise UsageError("Agreement is between two layers or more.", "Name at least two.")
    library()  # sooner than layers are read
    first_day = checked_day(since)
    project = project or Project.here()
    ontology = load_ontology(project)
    with ExitStack() as stack:
        shelves, issues = _read(layers, project, stack, progress)
        common, more = common_articles(shelves)
        gathered = Gathered(tuple(layers), ontology, listed=listed)
        batches: dict[str, Gathered] = {}
        compared = []
        for number, (article_id, holders) in enumerate(common):
            if number % 100 == 0:
                progress("comparing articles", number, len(common))
            documents = {shelf.name: shelf.get(article_id) for shelf in holders}
            if first_day is not None and (day_of(documents.values()) or date.min) < first_day:
                continue
            compared.append((article_id, holders))
            gathered.add(documents)
            if by is not None:
                name = batch_of(documents, by)
                batches.setdefault(name, Gathered(tuple(layers), ontology, listed=0)).add(documents)
        progress("drawing intervals", 0, None)
        settings = Settings(resamples=resamples, seed=seed)
        report = _report(shelves, gathered, batches, settings, [*issues, *more])
        if since is not None:
            left_out = f"Articles annotated before {since}, or nobody knows when, are left out: "
            report = msgspec.structs.replace(
                report, notes=(*report.notes, f"{left_out}{len(common) - len(compared)} of {len(common)}.")
            )
        if page is not None:
            progress("writing the page", 0, None)
            page(report, compared, gathered.per_article, ontology)
    return report


def _read(
    layers: Mapping[str, Path], project: Project, stack: ExitStack, progress: Progress
) -> tuple[list[Shelf], list[Issue]]:
    shelves, issues = [], []
    for name, file in layers.items():
        progress(f"reading {name}", 0, None)
        shelf, layer_issues = read_layer(name, file, project)
        stack.callback(shelf.close)
        shelves.append(shelf)
        issues += layer_issues
    return shelves, issues


def _report(
    shelves: list[Shelf], gathered: Gathered, batches: dict[str, Gathered], settings: Settings, issues: list[Issue]
) -> AgreementReport:
    pairs = pair_reports(gathered, settings)
    return AgreementReport(
        layers=tuple(
            LayerSummary(
                name=shelf.name,
                articles=len(shelf.ids()),
                compared=gathered.compared[shelf.name],
                **shelf.counts,
            )
            for shelf in shelves
        ),
        articles=len(gathered.per_article),
        settings=settings,
        notes=notes(gathered),
        pairs=pairs,
        overall=overall(gathered, pairs, settings),
        batches=tuple(batch(name, batches[name], settings) for name in sorted(batches)),
        adjudications=tuple(rate for shelf in shelves if (rate := shelf.decided.rate(shelf.name)) is not None),
        disagreements_total=sum(gathered.per_article),
        disagreement_kinds=kind_counts(gathered),
        disagreements=tuple(gathered.disagreements),
        issues=tuple(issues),
    )


def checked_day(since: str | None) -> date | None:
    """Return a day as `2026-11-01` says it; raise `UsageError` for what is none."""
    if since is None:
        return None
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise UsageError(f"{since!r} is no day.", "Give one as 2026-11-01.") from error


def day_of(documents: Iterable[Document]) -> date | None:
    """Return the day on which the last layer annotated an article, in UTC; None if a layer does not say when."""
    moments = [moment(document.provenance.annotated_at) for document in documents]
    known = [each for each in moments if each is not None]
    return max(known).astimezone(UTC).date() if known and len(known) == len(moments) else None


def batch_of(documents: Mapping[str, Document], by: By) -> str:
    """Return the batch to which an article belongs: that of its push, its month, or its week by year and number."""
    if by == "batch":
        return max((document.provenance.batch or "" for document in documents.values()), default="") or UNKNOWN
    day = day_of(documents.values())
    if day is None:
        return UNKNOWN
    return f"{day:%Y-%m}" if by == "month" else f"{day:%G}-W{day:%V}"


def batch(name: str, gathered: Gathered, settings: Settings) -> Batch:
    """Return how far all pairs of layers agree in one batch, by the measures that a report begins with."""
    f1 = pooled_f1(gathered, settings)
    judged = pooled_judgements(gathered, settings)
    return Batch(
        name=name,
        articles=len(gathered.per_article),
        f1={measure: f1[Key(measure, "exact")] for measure in gathered.measures},
        alpha={judgement.name: judgement.alpha for judgement in judged},
    )
