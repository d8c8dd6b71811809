"""`vinese.browse`: a page to look at layers and predictions with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path

from vinese.compare.disagreements import disagreements
from vinese.compare.records import Disagreement
from vinese.compare.store import Shelf, common_articles, named, read_layer, single_articles
from vinese.core.errors import FileProblemError
from vinese.core.files import problem, replacing_folder
from vinese.core.inside import first_other
from vinese.core.issues import Issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.layers import GOLD, choose_layer, layer_exports, load_layers
from vinese.formats.validate import file_kind
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document, Record
from vinese.render.page import FOLDER, GENERATOR, INDEX, Frame, write_site
from vinese.render.sheet import Reading
from vinese.score.errors import of_scored_types

_UNITS = {"entity": "entities", "event": "events", "argument": "events", "stance": "stances"}


class BrowseReport(Record, frozen=True, kw_only=True):
    """What `vinese.browse` wrote: the page, and how much stands on it.

    `page` is null where no article could be shown. `reference` is the layer that the others are measured by.
    """

    page: str | None
    layers: tuple[str, ...]
    reference: str | None
    articles: int
    disagreements: int
    issues: tuple[Issue, ...]


def browse(
    layers: Sequence[str | Path] = (),
    out: str | Path = "site",
    project: Project | None = None,
    *,
    progress: Progress = silent,
) -> BrowseReport:
    """Write a page on which layers, or gold and systems, are read side by side, filtered and searched.

    The page is a folder of files for any browser, from a disk or any web server; it asks nothing of a network.

    Parameters
    ----------
    layers
        Names of layers, or paths of exports, documents or predictions. Without any it is gold, or the only layer;
        gold is put beside predictions where they are given alone.
    out
        The folder to make, or to make again.
    project
        Where layers, texts and the ontology are; by default the project here, else vinese's own.
    progress
        Called with how far it is.

    Returns
    -------
    BrowseReport
        Where the page is, what is on it, and all issues; what is sound is shown in spite of them.

    Raises
    ------
    UsageError
        For a layer that does not exist or is named twice.
    FileProblemError
        For a file that cannot be read or written, and a folder with files that vinese did not write.

    Examples
    --------
    >>> import tempfile
    >>> import vinese
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = vinese.browse(["annotator-1", "annotator-2"], f"{folder}/site", vinese.Project())
    >>> report.articles, report.layers
    (5, ('annotator-1', 'annotator-2'))
    """
    project = project or Project.here()
    out = Path(out).expanduser()
    _refuse(out)
    files = _files([str(layer) for layer in layers], project)
    predicted = {name for name, file in files.items() if file_kind(file) == "prediction"}
    reference = next((name for name in files if name == GOLD), None)
    if reference is None and len(predicted) == len(files) - 1:
        reference = next(name for name in files if name not in predicted)
    if len(files) == 1:
        reference = None
    order = sorted(files, key=lambda name: name != reference)
    ontology = load_ontology(project)
    with ExitStack() as stack:
        shelves: list[Shelf] = []
        issues: list[Issue] = []
        for name in order:
            progress(f"reading {name}", 0, None)
            shelf, more = read_layer(name, files[name], project)
            stack.callback(shelf.close)
            shelves.append(shelf)
            issues += more
        articles = single_articles(shelves)
        if len(shelves) > 1:
            common, more = common_articles(shelves)
            articles = sorted([*articles, *common], key=lambda article: article[0])
            issues += more
        systems = {shelf.name: shelf for shelf in shelves if shelf.name in predicted}
        pairs = _Pairs(reference, systems, ontology.auxiliary_ids)
        if articles:
            readings = _readings(articles, pairs, progress)
            with replacing_folder(out, INDEX) as folder:
                write_site(folder, Frame(_title(order), order, ontology, reference, only=False), readings)
    return BrowseReport(
        page=str(out / INDEX) if articles else None,
        layers=tuple(order),
        reference=reference,
        articles=len(articles),
        disagreements=pairs.total,
        issues=tuple(issues),
    )


def _files(layers: Sequence[str], project: Project) -> dict[str, Path]:
    """Return the files to show by name: those asked for, with gold before predictions alone, or else gold."""
    if layers:
        files = named(layers, project)
        if any(file_kind(file) != "prediction" for file in files.values()):
            return files
    exports = layer_exports(project)
    gold = choose_layer(exports, None, load_layers(project).default)
    return {gold: exports[gold]} | (files if layers else {})


def _title(layers: Sequence[str]) -> dict[str, str]:
    names = ", ".join(layers)
    return {"en": f"Annotated articles: {names}", "vi": f"Bài có chú giải: {names}"}


class _Pairs:
    """Which layers of an article are compared, and in what; counts the disagreements."""

    def __init__(self, reference: str | None, predicted: dict[str, Shelf], auxiliary: frozenset[str]) -> None:
        self.reference = reference
        self.total = 0
        self._predicted = predicted
        self._auxiliary = auxiliary

    def reading(self, documents: dict[str, Document]) -> Reading:
        """Return an article with its disagreements."""
        pairs = combinations(documents.items(), 2)
        listed = [
            disagreement
            for a, b in pairs
            if self.reference not in documents or a[0] == self.reference
            for disagreement in disagreements(a, b)
            if self._counts(disagreement, a[1], b[1])
        ]
        self.total += len(listed)
        return Reading(documents, listed)

    def _counts(self, disagreement: Disagreement, a: Document, b: Document) -> bool:
        """Return whether a disagreement is one: a system makes no errors in what it does not predict anywhere."""
        for layer in disagreement.layers:
            shelf = self._predicted.get(layer)
            if shelf is None:
                continue
            if disagreement.unit == "article_stance":
                return (a.article_stance is None) == (b.article_stance is None)
            if not shelf.counts[_UNITS[disagreement.unit]]:
                return False
            if not of_scored_types(disagreement, (a, b), self._auxiliary):
                return False
        return True


def _readings(
    articles: Sequence[tuple[str, tuple[Shelf, ...]]], pairs: _Pairs, progress: Progress
) -> Iterator[Reading]:
    for number, (article_id, shelves) in enumerate(articles):
        if number % 100 == 0:
            progress("writing articles", number, len(articles))
        yield pairs.reading({shelf.name: shelf.get(article_id) for shelf in shelves})


def _refuse(out: Path) -> None:
    """Raise `FileProblemError` if `out` holds what is no such page: it would be lost."""
    if not out.is_dir():
        return
    try:
        ours = {f"{FOLDER}/{path.name}" for path in out.joinpath(FOLDER).glob("[0-9]*.js")}
        index = out / INDEX
        if index.is_file() and GENERATOR in index.read_bytes()[:2000]:
            ours |= {INDEX}
        other = first_other(out, ours)
    except OSError as error:
        raise problem(out, error, "write") from error
    if other is not None:
        raise FileProblemError(
            f"{out} holds {other}, which vinese browse did not write.", "Name another folder with --out, or move it."
        )
