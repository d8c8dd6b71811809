"""Say of events, opinions and nominals what no place in the text can show."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from rich.text import Text

from vinese.show.markup import colors, on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.ontology import Ontology
    from vinese.records import Decided, Document, Entity, Event, Stance

_POLES = {"FAVOR": "bold green", "AGAINST": "bold red", "MIXED": "bold yellow"}
_DIM = "dim"


class Notes:
    """Describe what starts in a stretch of a document; `units` are the starts of its stretches."""

    def __init__(self, document: Document, ontology: Ontology, units: list[int]) -> None:
        self.document = document
        self._units = units
        self._events = colors(ontology.events)
        self._places: dict[str, tuple[int, str]] = {one.id: (one.start, one.text) for one in document.entities}
        for number, event in enumerate(document.events, 1):
            self._places[event.id] = (event.trigger.start, f"E{number} {event.trigger.text}")
        adjudication = document.provenance.adjudication
        decisions = adjudication.decisions if adjudication else ()
        self._decided = {(one.kind, one.id): one for one in decisions if one.role is None and one.how != "agreed"}

    def of(self, start: int, end: int) -> Iterator[tuple[str, Text]]:
        """Yield a sign and a line for every event, opinion and nominal that starts in `[start, end)`."""
        for number, event in enumerate(self.document.events, 1):
            if start <= event.trigger.start < end:
                yield f"E{number}", self._event(event)
        for number, stance in enumerate(self.document.stances, 1):
            if start <= stance.expression.start < end:
                yield f"S{number}", self._stance(stance)
        for entity in self.document.entities:
            if start <= entity.start < end and entity.refers_to:
                yield "=", self._nominal(entity)

    def _event(self, event: Event) -> Text:
        line = Text.assemble(
            (event.type, on(self._events.get(event.type))), f" {event.modality} «{event.trigger.text}»"
        )
        for argument in event.arguments:
            filler = self._name(argument.entity or argument.event or "?", event.trigger.start)
            line.append("; ").append(argument.role, "bold").append(" ").append_text(filler)
        if not event.arguments:
            line.append("; no arguments", _DIM)
        return line.append_text(self._how("event", event.id))

    def _stance(self, stance: Stance) -> Text:
        here = stance.expression.start
        line = Text.assemble((stance.polarity, _POLES.get(stance.polarity, "bold")), f" {stance.attribution}: ")
        line.append_text(self._names(stance.holders, here) if stance.holders else Text(stance.holder_kind))
        line.append(" → ", "bold")
        parts = [self._name(stance.target.mention, here)] if stance.target.mention is not None else []
        parts += [Text(f"topic {stance.target.topic}")] if stance.target.topic is not None else []
        line.append_text(Text(", ").join(parts))
        if stance.source is not None:
            line.append("; source ", "bold").append_text(self._name(stance.source, here))
        return line.append_text(self._how("stance", stance.id))

    def _nominal(self, entity: Entity) -> Text:
        line = Text(f"«{entity.text}» refers to ")
        return line.append_text(self._names(entity.refers_to, entity.start))

    def _names(self, keys: tuple[str, ...], here: int) -> Text:
        return Text(", ").join(self._name(key, here) for key in keys)

    def _name(self, key: str, here: int) -> Text:
        """Return the words of a mention, and its sentence where that is not the one that `here` is in."""
        start, words = self._places.get(key, (here, key))
        unit = bisect_right(self._units, start)
        away = unit != bisect_right(self._units, here)
        return Text.assemble(words, (f" (in {unit})" if away else "", _DIM))

    def _how(self, kind: Decided, key: str) -> Text:
        """Return how an item of an adjudicated layer came about, nothing where all layers had it."""
        decision = self._decided.get((kind, key))
        if decision is None:
            return Text()
        said = f"chosen from {', '.join(decision.layers)}" if decision.layers else "new in adjudication"
        return Text(f"  ({said})", _DIM)


def closing(document: Document) -> Iterator[tuple[str, str]]:
    """Yield what is said of the whole article and of the layer, each with its name."""
    judged, made = document.article_stance, document.provenance
    if judged is None:
        yield "article stance", "not judged"
    else:
        yield (
            "article stance",
            f"outlet_stance {judged.outlet_stance}, overall_leaning {judged.overall_leaning}, towards {judged.topic}",
        )
    yield "annotator", f"{made.annotator} ({made.annotator_kind or 'person or model: not stated'})"
    yield "made with", " ".join(filter(None, (made.tool, made.tool_version, made.annotated_at)))
    if made.adjudication is not None:
        hows = [one.how for one in made.adjudication.decisions]
        counts = ", ".join(f"{hows.count(how)} {how}" for how in ("agreed", "chosen", "new"))
        yield "adjudicated", f"from {', '.join(made.adjudication.layers)}: {counts}"
    yield from (("note", note) for note in made.notes)
