"""Keep `annotations/trial/trial.json`: how far readers agreed on articles that no guideline quotes, round by round.

Each round has readings of the same articles, one file a reader (`vinese.compare.readings`). The numbers are those of
`vinese.compare`: exact F1 of every pair of readers of a round, article by article and over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec

from vinese.compare.f1 import Counts, compare_keys
from vinese.compare.items import Items, extract, numbered, trigger
from vinese.compare.readings import ReadArticle, Reading, by_lines, by_rule
from vinese.core.errors import FileProblemError
from vinese.core.files import lines_digest, read_bytes, read_lines, read_record, record_bytes, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.guidelines import pages_digest
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Record

FOLDER = ("annotations", "trial")
FILE = "trial.json"
MEASURES = {
    "entities": "named mentions: offsets and type",
    "auxiliary mentions": "nominal and pronominal mentions: offsets",
    "triggers": "event triggers: offsets and type",
    "triggers, modality": "the same with the modality",
    "arguments": "arguments, attached: trigger, event type, role and filler",
    "stance tuples": "who holds which opinion about what, in which sentence",
}


class TrialScore(Record, frozen=True, kw_only=True):
    """How far two readers agree by one measure: items of each, those in common, exact F1 (null without any item)."""

    name: str
    a: int
    b: int
    both: int
    f1: float | None


class Open(Record, frozen=True, kw_only=True):
    """The decisions of a reader that no rule settled, beside those made; `rules` counts the rules it was between."""

    reader: str
    undecided: int
    decisions: int
    share: float | None
    rules: dict[str, int]


class TrialPair(Record, frozen=True, kw_only=True):
    """Two readers of a round: scores by article, and over all articles under the name `all`."""

    readers: tuple[str, str]
    guidelines: tuple[str, str]
    scores: dict[str, tuple[TrialScore, ...]]


class TrialRound(Record, frozen=True, kw_only=True):
    """One round: its pairs of readers, what was left open, and the share of the articles that their pages quote.

    `again` says whether an earlier round was on the same articles: the rules were then changed by what its readers
    differed on.
    """

    round: int
    ontology: str
    articles: int
    again: bool
    quoted: float | None
    pairs: tuple[TrialPair, ...]
    open: tuple[Open, ...]


class Trial(Record, frozen=True, kw_only=True):
    """The content of the file; `sources` maps each reading's file to its SHA-256."""

    version: str = "1.0"
    sources: dict[str, str]
    rounds: tuple[TrialRound, ...]


ALL = "all"


def add_reading(
    project: Project, name: str, reading: Reading, articles: Iterable[tuple[Path, Path]], pages: dict[str, str]
) -> Path:
    """Write a reader's file of a trial from what they wrote by lines, and return its path.

    Parameters
    ----------
    project
        The project; its `annotations/trial/` takes the file.
    name
        The file's name without `.json`.
    reading
        Round, reader, model and guidelines; its articles and the digest of its guidelines are filled in.
    articles
        For each article its text and the reader's JSON (see `vinese.compare.readings.by_lines`).
    pages
        The guidelines that the reader had, by file name.
    """
    read = tuple(
        by_lines(text.stem, read_bytes(text).decode(), msgspec.json.decode(read_bytes(written)), pages)
        for text, written in articles
    )
    reading = msgspec.structs.replace(reading, articles=read, guidelines_sha256=pages_digest(pages))
    path = project.own(*FOLDER, f"{name}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, msgspec.json.format(msgspec.json.encode(reading), indent=0) + b"\n")
    return path


def readings(project: Project) -> dict[str, Reading]:
    """Return every reading that the project keeps, by its file's name."""
    paths = sorted(project.own(*FOLDER).glob("*.json"))
    kept = {path.name: read_record(path, Reading) for path in paths if path.name != FILE}
    return {name: reading for name, reading in kept.items() if reading is not None}


def load_trial(project: Project) -> Trial | None:
    """Return the kept numbers, None where there are none."""
    return read_record(project.own(*FOLDER, FILE), Trial, "Write it again with: vinese update agreement")


def check_trial(project: Project) -> Iterator[Issue]:
    """Yield an error if the numbers are not those of the readings."""
    content, path = trial_content(project), project.own(*FOLDER, FILE)
    if content is None and not path.exists():
        return
    if content is None or not path.exists() or read_lines(path) != content:
        state = "differs" if path.exists() else "is missing"
        yield issue("agreement-differs", file=str(path), state=state)


def update_trial(project: Project) -> Iterator[Path]:
    """Write the numbers where they are not those of the readings, and yield the file."""
    content, path = trial_content(project), project.own(*FOLDER, FILE)
    if content is not None and write_bytes(path, content):
        yield path


def trial_content(project: Project) -> bytes | None:
    """Return what the file has to hold, None where there is no reading."""
    kept = readings(project)
    if not kept:
        return None
    auxiliary = load_ontology(project).auxiliary_ids
    rounds = sorted({reading.round for reading in kept.values()})
    folder = project.own(*FOLDER)
    trial = Trial(
        sources={name: lines_digest(folder / name) for name in kept},
        rounds=tuple(_round(n, list(kept.values()), auxiliary) for n in rounds),
    )
    return record_bytes(trial)


def _round(number: int, every: list[Reading], auxiliary: frozenset[str]) -> TrialRound:
    here = sorted((reading for reading in every if reading.round == number), key=lambda reading: reading.reader)
    articles = [article for reading in here for article in reading.articles]
    before = {article.text_sha256 for reading in every if reading.round < number for article in reading.articles}
    quoted = [article.quoted for article in articles if article.quoted is not None]
    characters = sum(article.characters for article in articles)
    return TrialRound(
        round=number,
        ontology=here[0].ontology,
        articles=len({article.article for article in articles}),
        again=any(article.text_sha256 in before for article in articles),
        quoted=round(sum(quoted) / characters, 4) if characters and len(quoted) == len(articles) else None,
        pairs=tuple(_pair(a, b, auxiliary) for a, b in combinations(here, 2)),
        open=tuple(_open(reading) for reading in here),
    )


def _open(reading: Reading) -> Open:
    undecided = sum(len(article.undecided) for article in reading.articles)
    decisions = sum(article.decisions for article in reading.articles)
    share = round(undecided / decisions, 4) if decisions else None
    rules = by_rule(reading)
    return Open(reader=reading.reader, undecided=undecided, decisions=decisions, share=share, rules=rules)


def _pair(a: Reading, b: Reading, auxiliary: frozenset[str]) -> TrialPair:
    """Return the scores of two readers on the articles that both read; the texts have to be the same."""
    other = {article.article: article for article in b.articles}
    counts: dict[str, dict[str, Counts]] = {}
    for article in a.articles:
        if (twin := other.get(article.article)) is None:
            continue
        if twin.text_sha256 != article.text_sha256:
            message = f"{a.reader} and {b.reader} read other texts under the name {article.article}."
            raise FileProblemError(message, "Give each text a name of its own.")
        left, right = _keys(article, auxiliary), _keys(twin, auxiliary)
        counts[article.article] = {name: compare_keys(left[name], right[name]) for name in MEASURES}
    counts[ALL] = {
        name: Counts(*map(sum, zip(*(by_measure[name] for by_measure in counts.values()), strict=True)))
        for name in MEASURES
    }
    return TrialPair(
        readers=(a.reader, b.reader),
        guidelines=(a.guidelines, b.guidelines),
        scores={
            article: tuple(_score(name, by_measure[name]) for name in MEASURES)
            for article, by_measure in counts.items()
        },
    )


def _keys(article: ReadArticle, auxiliary: frozenset[str]) -> dict[str, tuple[Any, ...]]:
    """Return what is compared of an article by measure, as `vinese.compare.items` makes it."""
    document = article.document()
    items: Items = extract(document, auxiliary)
    events = sorted((trigger(event), event.modality) for event in document.events)
    return {
        "entities": items.entities,
        "auxiliary mentions": items.auxiliary,
        "triggers": items.triggers,
        "triggers, modality": tuple(numbered(events)),
        "arguments": items.arguments,
        "stance tuples": items.tuples,
    }


def _score(name: str, counts: Counts) -> TrialScore:
    f1 = counts.f1()
    both = counts.hits_a
    return TrialScore(name=name, a=counts.a, b=counts.b, both=both, f1=None if f1 is None else round(f1, 4))
