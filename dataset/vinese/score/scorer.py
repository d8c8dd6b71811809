"""Score predictions against gold: what `vinese.score` and `vinese.iter_scores` are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from vinese.corpus.layers import choose_layer, layer_exports, load_layers
from vinese.score.align import Aligned, align, texts_of
from vinese.score.counting import table
from vinese.score.measures import Measure, parse_all
from vinese.score.options import Options, options
from vinese.score.read import Reader, Side, Source, read_texts
from vinese.score.records import ArticleScore, NoScoreError, ScoreReport
from vinese.score.report import article_scores, check_measures, report, usual
from vinese.score.views import Scheme


def read_gold(gold: Source | None, chosen: Options) -> tuple[Reader, Side]:
    """Return gold, and what reads systems beside it and has the texts of its articles.

    Without `gold` it is the layer that the project builds: gold, its default, or its only one.
    """
    source = gold
    if source is None:
        layers = layer_exports(chosen.project)
        source = layers[choose_layer(layers, None, load_layers(chosen.project).default)]
    given = {} if chosen.articles is None else read_texts(chosen.articles)
    reader = Reader(chosen.project, chosen.ontology, given, repair=chosen.repair_bio, workers=chosen.workers)
    side = reader.side(source, "gold", own_texts=True)
    reader.texts = texts_of(side, given)
    return reader, side


def read_sides(gold: Source | None, systems: Mapping[str, Source], chosen: Options) -> list[Aligned]:
    """Return gold, as `read_gold` has it, beside each system."""
    reader, side = read_gold(gold, chosen)
    scheme = Scheme.of(chosen.ontology)
    read = [reader.side(system, name) for name, system in systems.items()]
    return [
        align(side, system, reader.texts, labels=reader.labels, scheme=scheme, missing=chosen.missing)
        for system in read
    ]


def score(
    gold: Source | None,
    predictions: Source,
    measures: Iterable[str | Measure] | None = None,
    **settings: Any,
) -> ScoreReport:
    """Return how well predictions agree with gold.

    Parameters
    ----------
    gold
        A file, the URL of one, or an iterable: documents, records of `prediction.json`, a Label Studio export, or
        rows of a config, as JSON, Parquet or a `datasets.Dataset`. None is the gold layer of the project.
    predictions
        The same, or records of tokens with BIO tags. Articles are joined by id.
    measures
        Strings such as `entities.f1(match=exact,labels=fine)` or `AC+`; see `vinese.score.measures`. None takes the
        usual ones of every task that was predicted.
    project, ontology
        Where labels, and gold if none is given, come from; by default the project here, else vinese's own.
    articles
        Texts of the articles by id, or where to read them, for gold without text.
    missing
        `error` (articles without predictions count as nothing found, and are an issue of level error), `empty` (the
        same, and no error), `partial` (they are left out, and the signature says so).
    interval
        `jackknife`, `bootstrap` (with `resamples` and `seed`) or `none`.
    repair_bio
        Let an `I-` tag that continues nothing begin a span, as conlleval does.

    Returns
    -------
    ScoreReport
        A mapping of measures to `Score`, with all issues. Where an error forbids scoring it is empty, and asking it
        for a measure raises `NoScoreError`.

    Raises
    ------
    UsageError
        For a measure or setting that does not exist.
    FileProblemError
        For a file that cannot be read.

    Examples
    --------
    >>> import vinese
    >>> gold = [{"id": "a", "entities": [{"id": "e1", "start": 0, "end": 4, "type": "ORG_IGO"}]}]
    >>> report = vinese.score(gold, gold, ["entities.f1"], articles={"a": "NATO họp."})
    >>> report["entities.f1"].value
    100.0
    """
    chosen = options(**settings)
    wanted = None if measures is None else parse_all(measures)
    (aligned,) = read_sides(gold, {"predictions": predictions}, chosen)
    return report(aligned, wanted, chosen)


def iter_scores(
    gold: Source | None,
    predictions: Source,
    measures: Iterable[str | Measure] | None = None,
    **settings: Any,
) -> Iterator[ArticleScore]:
    """Yield every measure on every article, with its counts; arguments are those of `score`.

    Raise `NoScoreError` where an error forbids scoring.

    >>> import vinese
    >>> gold = [{"id": "a", "entities": [{"id": "e1", "start": 0, "end": 4, "type": "ORG_IGO"}]}]
    >>> found = next(vinese.iter_scores(gold, gold, articles={"a": "NATO họp."}))
    >>> found.article_id, found.tp, found.gold
    ('a', 1, 1)
    """
    chosen = options(**settings)
    wanted = None if measures is None else parse_all(measures)
    (aligned,) = read_sides(gold, {"predictions": predictions}, chosen)
    if not aligned.scorable:
        raise NoScoreError(aligned.issues)
    chosen_measures = usual(aligned, chosen.ontology) if wanted is None else wanted
    check_measures(chosen_measures, aligned, chosen.ontology)
    for measure in chosen_measures:
        yield from article_scores(measure, table(aligned, measure), aligned)
