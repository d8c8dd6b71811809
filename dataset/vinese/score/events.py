"""Count triggers, arguments and modalities that were found."""

from __future__ import annotations

from collections.abc import Mapping

from vinese.compare.items import ArgumentKey
from vinese.compare.matching import LabelledSpan
from vinese.core.errors import UsageError
from vinese.score.entities import matched, of_type
from vinese.score.measures import Measure
from vinese.score.views import Outcome, View, judged


def count_triggers(gold: View, predicted: View, measure: Measure) -> Outcome:
    """Return the triggers that were found, predicted and in gold.

    TI (`labels=none`): offsets are those of a gold trigger; TC: the event's type too (Ji and Grishman 2008; names as
    in TextEE, Huang et al. 2024). `labels=plover`: the type is the PLOVER code that the ontology gives to type and
    modality; events without a code are left out on both sides. F1 is micro, 2 TP / (predicted + gold).

    >>> import vinese
    >>> event = {"id": "v1", "type": "CONSULT", "modality": "ASSERTED", "trigger": {"start": 5, "end": 12}}
    >>> gold = [{"id": "a", "events": [event]}]
    >>> predicted = [{"id": "a", "events": [{**event, "type": "AGREE"}]}]
    >>> report = vinese.score(gold, predicted, ["TI", "TC"], articles={"a": "NATO hội đàm với EU."})
    >>> report["TI"].value, report["TC"].value
    (100.0, 0.0)
    """
    options = measure.options
    mine, theirs = (of_type(_triggers(view, options["labels"]), options["type"]) for view in (gold, predicted))
    return matched(mine, theirs, options["match"])


def _triggers(view: View, labels: str) -> set[LabelledSpan]:
    if labels == "none":
        return {LabelledSpan(span.start, span.end) for span in view.triggers}
    if labels == "plover":
        plover = view.scheme.plover
        if plover is None:
            raise UsageError(
                "This ontology has no projection to PLOVER.",
                "Leave labels=plover out, or add projections.plover to schema/ontology.json.",
            )
        codes = ((event.trigger, plover.get((event.type, event.modality))) for event in view.document.events)
        return {LabelledSpan(place.start, place.end, code) for place, code in codes if code}
    return view.triggers


def count_arguments(gold: View, predicted: View, measure: Measure) -> Outcome:
    """Return the arguments that were found, predicted and in gold; labels are roles.

    An argument is known by its trigger's offsets, its event's type, its filler's offsets and its role: AC+,
    "attached" (Huang et al. 2024, TextEE; Peng et al. 2023, "The devil is in the details"). AI+ (`labels=none`)
    leaves the role out. AI and AC (`attached=no`) leave the trigger out: two events of one type that share an
    argument become one; they are given for comparison with published numbers alone.

    `triggers=gold`: predicted arguments at anything but a gold trigger of the same type are left out, for systems
    that are given the triggers. `triggers=matched`: gold arguments of triggers that were not found are left out too.

    >>> import vinese
    >>> text = "NATO hội đàm rồi lại hội đàm."
    >>> nato = {"id": "e1", "start": 0, "end": 4, "type": "ORG_IGO"}
    >>> def event(name, start):
    ...     return {"id": name, "type": "CONSULT", "modality": "ASSERTED",
    ...             "trigger": {"start": start, "end": start + 7}, "arguments": [{"role": "ACTOR", "entity": "e1"}]}
    >>> gold = [{"id": "a", "entities": [nato], "events": [event("v1", 5), event("v2", 21)]}]
    >>> predicted = [{"id": "a", "entities": [nato], "events": [event("v1", 5)]}]
    >>> report = vinese.score(gold, predicted, ["AC+", "AC"], articles={"a": text})
    >>> [round(score.value, 1) for score in report.values()]  # one of two found; AC cannot tell the two apart
    [66.7, 100.0]
    """
    options = measure.options
    mine, theirs = gold.arguments, predicted.arguments
    if options["triggers"] != "predicted":
        theirs = {argument for argument in theirs if argument.trigger in gold.triggers}
    if options["triggers"] == "matched":
        mine = {argument for argument in mine if argument.trigger in predicted.triggers}
    if options["type"] != "all":
        mine, theirs = (
            {argument for argument in side if argument.role == options["type"]} for side in (mine, theirs)
        )
    keys = [{_key(argument, options) for argument in side} for side in (mine, theirs)]
    labels = [[role for *_, role in side] for side in (keys[0] & keys[1], keys[1], keys[0])]
    return Outcome(*labels)


def _key(argument: ArgumentKey, options: Mapping[str, str]) -> tuple[object, object, str]:
    where: object = argument.trigger if options["attached"] == "yes" else argument.trigger.label
    return where, argument.filler, argument.role if options["labels"] == "fine" else ""


def count_modalities(gold: View, predicted: View, measure: Measure) -> Outcome:  # noqa: ARG001
    """Return the modalities of the triggers that were found with their type.

    Accuracy is the share whose modality is right; `f1` is by default the mean of the modalities' F1 over those that
    occur. Triggers that were not found do not count here, so the number says nothing without TC beside it.

    >>> import vinese
    >>> event = {"id": "v1", "type": "CONSULT", "modality": "ASSERTED", "trigger": {"start": 5, "end": 12}}
    >>> report = vinese.score(
    ...     [{"id": "a", "events": [event]}], [{"id": "a", "events": [{**event, "modality": "FUTURE"}]}],
    ...     ["TC", "modality.accuracy"], articles={"a": "NATO hội đàm với EU."})
    >>> report["TC"].value, report["modality.accuracy"].value
    (100.0, 0.0)
    """
    return judged(gold.modalities, predicted.modalities)
