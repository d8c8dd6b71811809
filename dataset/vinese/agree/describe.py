"""Put one item of a document into a line that a person reads."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from vinese.agree.items import Places
from vinese.agree.records import Disagreement, Side, Unit
from vinese.records import Argument, ArticleStance, Document, Entity, Event, Span, Stance

if TYPE_CHECKING:
    from collections.abc import Sequence


class View:
    """Hold one layer's document with its name, and describe what is in it."""

    def __init__(self, layer: str, document: Document) -> None:
        self.layer = layer
        self.document = document
        self.places = Places(document)

    def entity(self, entity: Entity) -> Side:
        """Describe a mention."""
        means = f" = {self._names(entity.refers_to)}" if entity.refers_to else ""
        return self._side(entity.id, f"{entity.type} «{entity.text}»{means}", entity)

    def event(self, event: Event) -> Side:
        """Describe an event with its arguments."""
        parts = [f"{event.type} {event.modality} «{event.trigger.text}»"]
        parts += [f"{argument.role} {self.filler(argument)}" for argument in event.arguments]
        return self._side(event.id, "; ".join(parts), event.trigger)

    def argument(self, event: Event, argument: Argument) -> Side:
        """Describe one argument of an event."""
        text = f"{event.type} «{event.trigger.text}»: {argument.role} {self.filler(argument)}"
        place = self.places.span(argument.entity or argument.event)
        return self._side(event.id, text, event.trigger, *([place] if place else []))

    def filler(self, argument: Argument) -> str:
        """Return the words that fill a role."""
        return self._name(argument.entity or argument.event or "?")

    def stance(self, stance: Stance) -> Side:
        """Describe an opinion."""
        text = (
            f"{self.holder(stance)} → {self.target(stance)}: {stance.polarity}, {stance.attribution}"
            f" «{stance.expression.text}»"
        )
        if stance.source is not None:
            text += f", source {self._name(stance.source)}"
        return self._side(stance.id, text, stance.expression)

    def holder(self, stance: Stance) -> str:
        """Return who holds an opinion, in words."""
        return self._names(stance.holders) if stance.holders else stance.holder_kind

    def target(self, stance: Stance) -> str:
        """Return what an opinion is about, in words."""
        parts = [self._name(stance.target.mention)] if stance.target.mention is not None else []
        parts += [f"[{stance.target.topic}]"] if stance.target.topic is not None else []
        return " ".join(parts)

    def article_stance(self, stance: ArticleStance) -> Side:
        """Describe the judgement of the whole article."""
        text = f"outlet_stance {stance.outlet_stance}, overall_leaning {stance.overall_leaning} ({stance.topic})"
        return Side(layer=self.layer, id=None, text=text)

    def _name(self, key: str) -> str:
        found = self.places.span(key)
        return found.text if found else key

    def _names(self, keys: Sequence[str]) -> str:
        return ", ".join(map(self._name, keys))

    def _side(self, key: str, text: str, *spans: Entity | Span) -> Side:
        places = tuple(Span(span.start, span.end, span.text) for span in spans)
        return Side(layer=self.layer, id=key, text=text, spans=places)


class Sides:
    """Hold two views of one article, and make disagreements between them."""

    def __init__(self, a: View, b: View) -> None:
        self.a = a
        self.b = b

    def differ(self, unit: Unit, kinds: Sequence[str], a: Side | None, b: Side | None) -> Disagreement:
        """Return a disagreement, its context taken from where it stands in the text."""
        starts = [side.spans[0].start for side in (a, b) if side is not None and side.spans]
        return Disagreement(
            article_id=self.a.document.id,
            unit=unit,
            kinds=tuple(kinds),
            layers=(self.a.layer, self.b.layer),
            sentence=sentence_at(self.a.document, min(starts)) if starts else None,
            a=a,
            b=b,
        )


def sentence_at(document: Document, offset: int) -> Span:
    """Return the sentence that holds `offset`, or the line where no sentence does."""
    index = bisect_right(document.sentences, offset, key=lambda sentence: sentence.start) - 1
    if index >= 0 and offset < document.sentences[index].end:
        start, end = document.sentences[index].start, document.sentences[index].end
    else:
        start = document.text.rfind("\n", 0, offset) + 1
        end = document.text.find("\n", offset)
        end = len(document.text) if end < 0 else end
    return Span(start, end, document.text[start:end])
