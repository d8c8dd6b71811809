"""Name measures by strings, as ir-measures does: `entities.f1(match=exact,labels=fine)`.

A measure is a task, a statistic, and options; options that are left out have the first value listed in `TASKS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from vinese.core.errors import UsageError

PRF = ("f1", "precision", "recall")
RATES = ("accuracy", "f1")
AVERAGE = ("micro", "macro")
ANY = "*"
"""The value of an option that takes any label of the ontology."""


class Task(NamedTuple):
    """What can be measured: the statistics, the options with their values, and what is counted."""

    statistics: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    counts: str
    group: str


_JUDGED: dict[str, tuple[str, ...]] = {"average": ("macro", "micro")}
TASKS: dict[str, Task] = {
    "entities": Task(
        PRF,
        {
            "match": ("exact", "overlap"),
            "labels": ("fine", "coarse", "none"),
            "nested": ("all", "inner", "outer"),
            "names": ("all", "seen", "unseen"),
            "average": AVERAGE,
            "type": ("all", ANY),
        },
        "named mentions, auxiliary types left out",
        "entities",
    ),
    "triggers": Task(
        PRF,
        {
            "match": ("exact", "overlap"),
            "labels": ("fine", "none", "plover"),
            "average": AVERAGE,
            "type": ("all", ANY),
        },
        "triggers of events",
        "events",
    ),
    "arguments": Task(
        PRF,
        {
            "labels": ("fine", "none"),
            "attached": ("yes", "no"),
            "triggers": ("predicted", "gold", "matched"),
            "average": AVERAGE,
            "type": ("all", ANY),
        },
        "arguments of events",
        "events",
    ),
    "modality": Task(RATES, _JUDGED, "modality of triggers found with their type", "events"),
    "opinions": Task(
        (*PRF, "sf1"),
        {
            "holder": ("yes", "no"),
            "target": ("both", "mention", "topic", "no"),
            "polarity": ("yes", "no"),
            "average": AVERAGE,
        },
        "attributed opinions as tuples",
        "opinions",
    ),
    "expressions": Task(PRF, {"match": ("exact", "overlap")}, "the words that express an opinion", "opinions"),
    "polarity": Task(RATES, _JUDGED, "polarity of (holder, target) pairs found", "opinions"),
    "attribution": Task(RATES, _JUDGED, "attribution of (holder, target) pairs found", "opinions"),
    "article_stance": Task(
        RATES,
        {"on": ("outlet_stance", "overall_leaning"), **_JUDGED},
        "judgements of whole articles",
        "article_stance",
    ),
}
ALIASES = {
    "TI": "triggers.f1(labels=none)",
    "TC": "triggers.f1",
    "AI": "arguments.f1(labels=none,attached=no)",
    "AC": "arguments.f1(attached=no)",
    "AI+": "arguments.f1(labels=none)",
    "AC+": "arguments.f1",
    "SF1": "opinions.sf1",
    "pairs.f1": "opinions.f1(polarity=no)",
}
HEADLINES = {"entities": "entities.f1", "events": "arguments.f1", "opinions": "opinions.f1", "article_stance": None}
GROUPS: dict[str, tuple[str, ...]] = {
    "entities": (
        "entities.f1",
        "entities.f1(average=macro)",
        "entities.f1(match=overlap)",
        "entities.f1(labels=coarse)",
        "entities.f1(labels=none)",
        "entities.f1(nested=inner)",
        "entities.f1(names=seen)",
        "entities.f1(names=unseen)",
    ),
    "events": (
        "AC+",
        "AI+",
        "TC",
        "TI",
        "AC",
        "AI",
        "arguments.f1(triggers=gold)",
        "modality.accuracy",
        "modality.f1",
        "triggers.f1(labels=plover)",
    ),
    "opinions": (
        "opinions.f1",
        "opinions.f1(polarity=no)",
        "polarity.accuracy",
        "polarity.f1",
        "opinions.f1(holder=no,target=mention,polarity=no)",
        "opinions.f1(holder=no,target=topic,polarity=no)",
        "expressions.f1",
        "expressions.f1(match=overlap)",
        "attribution.accuracy",
        "SF1",
    ),
    "article_stance": (
        "article_stance.accuracy",
        "article_stance.f1",
        "article_stance.accuracy(on=overall_leaning)",
        "article_stance.f1(on=overall_leaning)",
    ),
}
_FORM = re.compile(r"(?P<task>[a-z_]+)\.(?P<statistic>[a-z0-9]+)(?:\((?P<options>[^()]*)\))?")


@dataclass(frozen=True, slots=True)
class Measure:
    """A task, a statistic, and the value of every option of the task."""

    task: str
    statistic: str
    options: Mapping[str, str] = field(hash=False)

    @property
    def name(self) -> str:
        """Return the shortest string that names the measure: options with their first value are left out."""
        first = {option: values[0] for option, values in TASKS[self.task].options.items()}
        given = ",".join(f"{option}={value}" for option, value in self.options.items() if value != first[option])
        return f"{self.task}.{self.statistic}" + (f"({given})" if given else "")

    @property
    def alias(self) -> str | None:
        """Return the usual name of the measure in the field, None where it has none."""
        return next((alias for alias, name in ALIASES.items() if parse(name).name == self.name), None)

    @property
    def group(self) -> str:
        """Return what the measure is about: `entities`, `events`, `opinions` or `article_stance`."""
        return TASKS[self.task].group

    @property
    def is_judgement(self) -> bool:
        """Return whether the measure is of one label a unit, rather than of units to be found."""
        return TASKS[self.task].statistics == RATES

    def with_statistic(self, statistic: str) -> Measure:
        """Return the same measure with another statistic."""
        return Measure(self.task, statistic, self.options)


def parse(name: str | Measure) -> Measure:
    """Return the measure that a string names; raise `UsageError`, with what there is, for any other string.

    >>> parse("entities.f1(match=exact, labels=coarse)").name
    'entities.f1(labels=coarse)'
    >>> parse("AC+").name
    'arguments.f1'
    """
    if isinstance(name, Measure):
        return name
    match = _FORM.fullmatch(ALIASES.get(name.strip(), name.strip()).replace(" ", ""))
    task = TASKS.get(match["task"]) if match else None
    if match is None or task is None or match["statistic"] not in task.statistics:
        raise UsageError(
            f"There is no measure {name!r}.", f"Measures: {', '.join(_all_names())}; {', '.join(ALIASES)}."
        )
    given: dict[str, str] = {}
    for part in filter(None, (match["options"] or "").split(",")):
        option, _, value = part.partition("=")
        values = task.options.get(option, ())
        if option in given or (value not in values and not (ANY in values and value)):
            raise UsageError(f"The measure {name!r} has a wrong option: {part!r}.", f"Options: {_options(task)}.")
        given[option] = value
    options = {option: given.get(option, values[0]) for option, values in task.options.items()}
    return Measure(match["task"], match["statistic"], options)


def parse_all(names: Iterable[str | Measure]) -> tuple[Measure, ...]:
    """Return the measures that strings name, each once, in their order."""
    return tuple({measure.name: measure for measure in map(parse, names)}.values())


def _all_names() -> list[str]:
    return [f"{name}.{statistic}" for name, task in TASKS.items() for statistic in task.statistics]


def _options(task: Task) -> str:
    shown = {ANY: "a label of the ontology"}
    return "; ".join(
        f"{option}={'|'.join(shown.get(value, value) for value in values)}" for option, values in task.options.items()
    )
