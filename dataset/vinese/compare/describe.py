"""Items of a document in words, one line each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence

from vinese.compare.items import places_of
from vinese.compare.records import Disagreement, Side, Unit
from vinese.model.records import Argument, ArticleStance, Document, Entity, Event, Relation, Span, Stance

_BEFORE = 3  # words shown before a place


class View:
    """One layer's document with its name, and its items in words.

    The same words may stand in the text more than once. So an item's own words come with their place where their
    sentence has them twice, and what `differs` names (kinds of `Disagreement`, roles) where the text has them twice.
    """

    def __init__(self, layer: str, document: Document) -> None:
        self.layer = layer
        self.document = document
        self.places = places_of(document)
        self.spans = document.span_by_id()

    def entity(self, entity: Entity, differs: Collection[str] = ()) -> Side:
        """Return an entity mention in words."""
        means = f" = {self._names(entity.refers_to, placed='refers_to' in differs)}" if entity.refers_to else ""
        return self._side(entity.id, f"{entity.type} {self._quoted(entity)}{means}", entity)

    def event(self, event: Event, differs: Collection[str] = ()) -> Side:
        """Return an event with its arguments in words."""
        parts = [f"{event.type} {event.modality} {self._quoted(event.trigger)}"]
        parts += [
            f"{argument.role} {self.filler(argument, placed=argument.role in differs)}"
            for argument in event.arguments
        ]
        return self._side(event.id, "; ".join(parts), event.trigger)

    def argument(self, event: Event, argument: Argument, differs: Collection[str] = ()) -> Side:
        """Return one argument of an event in words."""
        place = self.spans[argument.filler]
        placed = "filler" in differs or self._twice(place)
        filler = self.filler(argument, placed=placed)
        text = f"{event.type} {self._quoted(event.trigger)}: {argument.role} {filler}"
        return self._side(event.id, text, event.trigger, place)

    def filler(self, argument: Argument, *, placed: bool = False) -> str:
        """Return the words that fill a role."""
        return self._name(argument.filler, placed=placed)

    def ends(self, relation: Relation) -> tuple[str, str]:
        """Return the words of both ends of a relation."""
        return self._name(relation.source, placed=False), self._name(relation.target, placed=False)

    def stance(self, stance: Stance, differs: Collection[str] = ()) -> Side:
        """Return a stance in words."""
        holder = self.holder(stance, placed="holder" in differs)
        target = self.target(stance, placed="target" in differs)
        expression = self._quoted(stance.expression)
        text = f"{holder} → {target}: {stance.polarity}, {stance.attribution} {expression}"
        if stance.source is not None:
            text += f", source {self._name(stance.source, placed='source' in differs)}"
        return self._side(stance.id, text, stance.expression)

    def holder(self, stance: Stance, *, placed: bool = False) -> str:
        """Return the holders of a stance in words."""
        return self._names(stance.holders, placed=placed) if stance.holders else stance.holder_kind

    def target(self, stance: Stance, *, placed: bool = False) -> str:
        """Return the target of a stance in words."""
        mention = stance.target.mention
        parts = [self._name(mention, placed=placed)] if mention is not None else []
        parts += [f"[{stance.target.topic}]"] if stance.target.topic is not None else []
        return " ".join(parts)

    def article_stance(self, stance: ArticleStance) -> Side:
        """Return the judgement of the whole article in words."""
        text = f"outlet_stance {stance.outlet_stance}, overall_leaning {stance.overall_leaning} ({stance.topic})"
        return Side(layer=self.layer, id=None, text=text)

    def _quoted(self, span: Entity | Span) -> str:
        return f"«{span.text}»" + (self._place(span) if self._twice(span) else "")

    def _twice(self, span: Entity | Span) -> bool:
        return sentence_at(self.document, span.start).text.count(span.text) > 1

    def _place(self, span: Entity | Span) -> str:
        """Return where words stand: offsets, and the words before them in their line."""
        line = self.document.text.rfind("\n", 0, span.start) + 1
        before = self.document.text[line : span.start].split()[-_BEFORE:]
        words = f", after “{' '.join(before)}”" if before else ", first in its line"
        return f" ({span.start}–{span.end}{words})"

    def _name(self, key: str, *, placed: bool) -> str:
        span = self.spans[key]
        placed = placed and self.document.text.count(span.text) > 1
        return span.text + (self._place(span) if placed else "")

    def _names(self, keys: Sequence[str], *, placed: bool) -> str:
        return ", ".join(self._name(key, placed=placed) for key in keys)

    def _side(self, key: str, text: str, *spans: Entity | Span) -> Side:
        places = tuple(Span(span.start, span.end, span.text) for span in spans)
        return Side(layer=self.layer, id=key, text=text, spans=places)


class Sides:
    """Two views of one article, and the disagreements between them."""

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
