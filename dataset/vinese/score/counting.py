"""Count what a measure counts in every article, and say which statistic it takes of the counts."""

from __future__ import annotations

import numpy as np

from vinese.core.errors import UsageError
from vinese.score import events, opinions
from vinese.score.align import Aligned
from vinese.score.columns import exact_table
from vinese.score.entities import count_entities
from vinese.score.measures import TASKS, Measure
from vinese.score.statistics import MACRO, MICRO, Statistic, Table, table_of

COUNT = {
    "triggers": events.count_triggers,
    "arguments": events.count_arguments,
    "modality": events.count_modalities,
    "opinions": opinions.count_opinions,
    "expressions": opinions.count_expressions,
    "polarity": opinions.count_judgements,
    "attribution": opinions.count_judgements,
    "article_stance": opinions.count_article_stance,
}


def table(aligned: Aligned, measure: Measure) -> Table:
    """Return the counts of a measure for every article."""
    if _plain(measure):
        counts = exact_table(aligned.gold.columns, aligned.predicted.columns)
        if counts is not None:
            return counts
    sides = zip(aligned.gold, aligned.predicted, strict=True)
    if measure.statistic == "sf1":
        rows = [opinions.weigh_opinions(*views) for views in sides]
        weights = [((row.by_predicted, row.predicted, 0), (row.by_gold, 0, row.gold)) for row in rows]
        return Table(("by predicted", "by gold"), np.asarray(weights, dtype=float).reshape(-1, 2, 3))
    if measure.task == "entities":
        seen = {} if measure.options["names"] == "all" else seen_names(aligned)
        return table_of([count_entities(*views, measure, seen) for views in sides])
    return table_of([COUNT[measure.task](*views, measure) for views in sides])


def _plain(measure: Measure) -> bool:
    """Return whether a measure counts mentions with the same offsets and type, all of them."""
    changed = {option for option, value in measure.options.items() if value != TASKS[measure.task].options[option][0]}
    return measure.task == "entities" and changed <= {"average"}


def seen_names(aligned: Aligned) -> dict[str, set[str]]:
    """Return the articles in whose gold each name is a mention."""
    if not aligned.gold.have_texts():
        raise UsageError(
            "Which names were seen cannot be told without the articles' texts.", "Give them: --articles PATH."
        )
    articles: dict[str, set[str]] = {}
    for view in aligned.gold:
        for span in view.entities:
            articles.setdefault(view.words(span), set()).add(view.document.id)
    return articles


def statistic_of(measure: Measure) -> Statistic:
    """Return the statistic of a measure as a function of counts."""
    macro = measure.options.get("average") == "macro" and measure.statistic in MACRO
    return (MACRO if macro else MICRO)[measure.statistic]
