"""Run baselines over gold, leaving one part out at a time: what `vinese.baseline` is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from vinese.core.errors import UsageError
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import JUDGEMENTS
from vinese.score.options import options
from vinese.score.read import Source
from vinese.systems.baselines import events, mentions, opinions, pairs
from vinese.systems.baselines.names import EMPTY, NAMES
from vinese.systems.baselines.training import Row, Training, bare, load_gold, named


class Baseline(NamedTuple):
    """A baseline for one task: what finds mentions, triggers and opinions, what judges; None finds nothing."""

    mentions: Callable[[Training], mentions.Find] | None = None
    triggers: Callable[[Training], mentions.Find] | None = None
    opinions: Callable[[Training], opinions.Opine] | None = None
    judge: Callable[[Training], Row | None] | None = None


def judgement(training: Training) -> Row | None:
    """Return the most frequent judgement of an article, each of its parts by itself; None where there is none."""
    judged = [document["article_stance"] for document in training.documents if document["article_stance"]]
    keys = ("topic", *JUDGEMENTS)
    return {key: Counter(each[key] for each in judged).most_common(1)[0][0] for key in keys} if judged else None


BASELINES: dict[str, dict[str, Baseline]] = {
    "entities": {
        EMPTY: Baseline(),
        "majority": Baseline(mentions.capitals),
        "gazetteer": Baseline(mentions.gazetteer),
        "crf": Baseline(mentions.crf),
        "underthesea": Baseline(mentions.underthesea),
    },
    "events": {
        EMPTY: Baseline(),
        "lexicon": Baseline(mentions.gazetteer, events.trigger_lexicon),
        "crf": Baseline(mentions.crf, events.trigger_crf),
    },
    "opinions": {
        EMPTY: Baseline(),
        "cues": Baseline(mentions.crf, events.trigger_lexicon, opinions.cues),
        "tfidf": Baseline(mentions.crf, events.trigger_crf, pairs.pairs),
    },
    "article_stance": {EMPTY: Baseline(), "majority": Baseline(judge=judgement)},
}
"""The baselines of every task by name; `vinese.systems.baselines.names` says what each does."""


def baseline(
    name: str,
    tasks: Iterable[str] | None = None,
    gold: Source | None = None,
    *,
    seed: int = 0,
    progress: Progress = silent,
    **settings: Any,
) -> list[dict[str, Any]]:
    """Return the predictions of a baseline for every article of gold, made without that article.

    Articles are left out by the project's folds, so that none is predicted by what learnt from it or a repetition of
    it; with more than ten folds by ten groups of them. What is tuned is tuned within the others. Nothing is drawn, or
    drawn by `seed`: the same call gives the same predictions.

    Parameters
    ----------
    name
        `empty`, `majority`, `gazetteer`, `crf`, `underthesea`, `lexicon`, `cues` or `tfidf`.
    tasks
        Of `entities`, `events`, `opinions`, `article_stance`; by default all that the baseline is for and the
        ontology has labels for.
    gold
        What to learn from and predict: as for `vinese.score`, with the articles' texts. None is the gold layer of the
        project.
    seed
        The seed of what is drawn.
    progress
        Called with what is being done, how much of it is done, and of how much.
    project, ontology, articles
        As for `vinese.score`.

    Returns
    -------
    list
        Records as `schema/v1/prediction.json` has them, in the order of the articles' ids.

    Raises
    ------
    UsageError
        For a baseline or task that does not exist, and for gold that cannot be learnt from.
    MissingExtraError
        If its packages are not installed.
    NoScoreError
        For gold with errors.

    Examples
    --------
    >>> import vinese
    >>> found = vinese.baseline("gazetteer")
    >>> report = vinese.score(None, found, ["entities.f1"])
    >>> report.articles == len(found), 0 < report["entities.f1"].value < 100
    (True, True)
    """
    setting = options(**settings)
    chosen = _chosen(name, tasks, setting.ontology)
    read = load_gold(gold, setting, seed=seed)
    return _run(name, chosen, Training(read, read.documents), progress)


def baselines(project: Project, progress: Progress = silent) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Yield the predictions of every baseline that is kept, by task and name; what several learn is learnt once.

    Raise as `baseline` does.
    """
    setting = options(project)
    read = load_gold(None, setting)
    every = Training(read, read.documents)
    for task, name in kept_names(project):
        yield (task, name), _run(name, {task: BASELINES[task][name]}, every, progress)


def kept_names(project: Project) -> list[tuple[str, str]]:
    """Return the baselines whose predictions a project keeps, by task and name: all that may find something."""
    absent = _absent(load_ontology(project))
    names = ((task, name) for task, by_name in BASELINES.items() for name in by_name)
    return [(task, name) for task, name in names if name != EMPTY and task not in absent]


def _run(name: str, chosen: dict[str, Baseline], every: Training, progress: Progress) -> list[Row]:
    records: dict[str, Row] = {}
    for number, part in enumerate(every.parts):
        progress(f"running {name}", number, len(every.parts))
        training = every.without(part)
        for document in every.of(part):
            records[document["id"]] = _predicted(name, chosen, training, bare(document))
    return [records[document["id"]] for document in every.documents]


def _absent(ontology: Ontology) -> set[str]:
    """Return the tasks that the ontology has no labels for."""
    return {"opinions" if part == "stances" else part for part in ontology.absent}


def _chosen(name: str, tasks: Iterable[str] | None, ontology: Ontology) -> dict[str, Baseline]:
    """Return the baselines of a name by task; by default of all tasks that the ontology has labels for."""
    if name not in NAMES:
        raise UsageError(f"There is no baseline {name!r}.", f"Baselines: {', '.join(NAMES)}.")
    able = {task: by_name[name] for task, by_name in BASELINES.items() if name in by_name}
    absent = _absent(ontology)
    wanted = [task for task in able if task not in absent] if tasks is None else list(dict.fromkeys(tasks))
    if not wanted:
        raise UsageError(f"The baseline {name!r} is for {', '.join(able)}, and the ontology has no labels for it.")
    for task in wanted:
        if task not in able:
            there = ", ".join(BASELINES.get(task, {})) or f"none; tasks are {', '.join(BASELINES)}"
            raise UsageError(f"The baseline {name!r} is not for {task!r}.", f"Baselines for it: {there}.")
    return {task: able[task] for task in wanted}


def _predicted(name: str, chosen: dict[str, Baseline], training: Training, document: Row) -> Row:
    """Return the record of one article: mentions, then events among them, then opinions among both."""
    text = document["text"]
    record: Row = {"id": document["id"], "system": f"baseline {name}"}
    if find := _stage(chosen, "mentions"):
        spans = find(training)(document)
        document = {**document, "entities": _numbered(spans, text)}
    if find := _stage(chosen, "triggers"):
        document = {**document, "events": events.events(training, find(training), document)}
    for event in document["events"]:
        event["trigger"]["text"] = text[event["trigger"]["start"] : event["trigger"]["end"]]
    if opine := _stage(chosen, "opinions"):
        document = {**document, "stances": opine(training)(document)}
    if judge := _stage(chosen, "judge"):
        record["article_stance"] = judge(training)
    # Mentions of auxiliary types are there for events and opinions to point at.
    entities = document["entities"] if _stage(chosen, "triggers") else named(document, training.gold)
    return record | {
        kind: [_wordless(item) for item in items]
        for kind, items in (("entities", entities), ("events", document["events"]), ("stances", document["stances"]))
        if items
    }


def _stage(chosen: dict[str, Baseline], stage: str) -> Any:
    return next((getattr(system, stage) for system in chosen.values() if getattr(system, stage) is not None), None)


def _numbered(spans: Sequence[Row], text: str) -> list[Row]:
    return [
        {"id": f"e{number}", **span, "text": text[span["start"] : span["end"]]}
        for number, span in enumerate(spans, 1)
    ]


def _wordless(item: Row) -> Row:
    """Return an item without the words of its spans: offsets say it all, and the words are their publishers'."""
    inner = {key: _wordless(value) if isinstance(value, dict) else value for key, value in item.items()}
    return {key: value for key, value in inner.items() if key != "text"}
