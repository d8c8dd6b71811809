"""How each config is scored, and which scores need no reading: the most frequent label, the topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from vinese.card.modelling import Modelling
from vinese.card.pairs import ALL, Blind
from vinese.card.statistics import batches
from vinese.package.configs import Configs
from vinese.package.parquet import BuiltConfig
from vinese.render.agreement_text import percent
from vinese.score.measures import HEADLINES, TASKS

# The task of `vinese score` that a config is for.
TASK_OF = {
    "entities": "entities",
    "entities_words": "entities",
    "opinions": "opinions",
    "events": "events",
    "article_stance": "article_stance",
}
JUDGED = "article_stance.accuracy"
NO_TOPIC = "none"


class Protocol(NamedTuple):
    """What a config is scored by; `task` is empty where `vinese score` has none."""

    config: str
    score: str
    task: str


def protocols(built: tuple[BuiltConfig, ...], configs: Configs) -> list[Protocol]:
    """Return how each built config that is a task is scored: the headline of its task, or its flat labels."""
    flat = {config.name: [name for name, _ in _flat(configs, config.name)] for config in configs.configs}
    scored = []
    for built_config in built:
        task = TASK_OF.get(built_config.config, "")
        if task:
            measure = HEADLINES[task] or JUDGED
            scored.append(Protocol(built_config.config, f"`{measure}`: {TASKS[measure.split('.')[0]].counts}", task))
        elif flat[built_config.config]:
            columns = " and ".join(f"`{name}`" for name in flat[built_config.config])
            scored.append(Protocol(built_config.config, f"macro F1 of {columns}, rows by `fold`", ""))
    return scored


class Majority(NamedTuple):
    """The scores in percent of a system that gives every row the most frequent label of a column."""

    config: str
    column: str
    label: str
    accuracy: str
    macro: str


def majorities(
    folder: Path, built: tuple[BuiltConfig, ...], configs: Configs, lists: dict[str, list[str]]
) -> list[Majority]:
    """Return what the most frequent label of each flat column scores; macro F1 is over the labels that occur."""
    rows = []
    for built_config in built:
        for column, name in _flat(configs, built_config.config):
            counts = Counter[int]()
            for batch in batches(folder, built_config, [column]):
                counts.update(number for number in batch[column].to_pylist() if number is not None)
            if counts:
                label, number = counts.most_common(1)[0]
                share = number / counts.total()
                macro = 2 * share / (1 + share) / len(counts)
                rows.append(Majority(built_config.config, column, lists[name][label], percent(share), percent(macro)))
    return rows


def _flat(configs: Configs, name: str) -> list[tuple[str, str]]:
    """Return the flat columns of labels of a config that a row is judged by, each with the name of its list."""
    config = next(config for config in configs.configs if config.name == name)
    columns = ((column, *column.type.partition(":")) for column in configs.columns(config.columns))
    return [
        (column.name, labels)
        for column, kind, _, labels in columns
        if kind == "label" and not column.list and column.name != "topic"
    ]


def best_unread(rules: Iterable[Blind]) -> list[Blind]:
    """Return of the rules that read no text the one with the highest F1 on each part of each config."""
    best: dict[tuple[str, str], Blind] = {}
    for rule in rules:
        place = (rule.config, rule.part)
        if rule.part != ALL and (place not in best or float(rule.scores[2]) > float(best[place].scores[2])):
            best[place] = rule
    return list(best.values())


class Constant(NamedTuple):
    """A column of labels, with what holds it, that has the same label in every row."""

    column: str
    label: str


def constants(modelled: Modelling) -> list[Constant]:
    """Return the columns that hold one label alone, each once; how a region came in is no label."""
    every = [
        Constant(".".join((path if "." in path else f"{config}.{path}").split(".")[-2:]).replace("[]", ""), label)
        for config, by_path in modelled.constant.items()
        for path, label in by_path.items()
    ]
    return [constant for constant in dict.fromkeys(every) if not constant.column.endswith(".origin")]


class Polarities(NamedTuple):
    """How often stances on each topic have each polarity that occurs."""

    columns: list[str]
    rows: dict[str, list[int]]


class PolarityByTopic:
    """A count of the stances of articles by topic and polarity, whose numbers `lists` name."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._lists = lists
        self._counts = Counter[tuple[str, str]]()

    def add(self, row: dict[str, Any]) -> None:
        """Count the stances of a row of `articles`."""
        for stance in row.get("stances") or ():
            topic = self._name("topic", stance["topic"]) if stance.get("topic") is not None else NO_TOPIC
            self._counts[topic, self._name("polarity", stance["polarity"])] += 1

    def _name(self, listed: str, value: int | str) -> str:
        return value if isinstance(value, str) else self._lists[listed][value]

    @property
    def table(self) -> Polarities | None:
        """The counts, topics in the order of their list; None without stances."""
        if not self._counts:
            return None
        columns = [name for name in self._lists["polarity"] if any(name == polarity for _, polarity in self._counts)]
        topics = [
            name for name in [*self._lists["topic"], NO_TOPIC] if any(name == topic for topic, _ in self._counts)
        ]
        return Polarities(
            columns, {topic: [self._counts[topic, polarity] for polarity in columns] for topic in topics}
        )
