"""Examples for a prompt: passages of other folds' articles with the replies that gold would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from vinese.core.errors import UsageError
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Entity, Event, Sentence, Span, Stance
from vinese.systems.corpus import Corpus
from vinese.systems.llm.read_reply import Passage
from vinese.text.resolve import occurrences


class Shot(NamedTuple):
    """A passage and the reply that is wanted for it."""

    passage: Passage
    reply: dict[str, Any]


def shots(corpus: Corpus, task: str, article_id: str, number: int) -> list[Shot]:
    """Return `number` examples for an article, none of them from its fold.

    Each article of another fold gives its richest paragraph in turn, those that follow in the corpus first, then each
    gives its next; a paragraph is richer with more different labels, then with more items. Paragraphs with nothing
    to find, or whose items refer out of them, are no examples. Raise `UsageError` if there are too few.
    """
    others = corpus.others(article_id)
    after = [document for document in others if document.id > article_id]
    turns = [_ranked(document, task, corpus.ontology) for document in after + others[: len(others) - len(after)]]
    longest = max(map(len, turns), default=0)
    chosen = [ranked[turn] for turn in range(longest) for ranked in turns if turn < len(ranked)]
    if len(chosen) < number:
        raise UsageError(
            f"There are {len(chosen)} examples for {article_id} in other folds, not {number}.",
            "Ask for fewer: --shots.",
        )
    return chosen[:number]


def _ranked(document: Document, task: str, ontology: Ontology) -> list[Shot]:
    """Return the examples that a document has, the richest first."""
    ranked = []
    for start, sentences in _paragraphs(document):
        reply = wanted(document, task, ontology, sentences)
        if reply is not None and reply[task]:
            labels = {item.get("type") or item.get("polarity") for item in reply[task]}
            text = document.text[start : sentences[-1].end]
            moved = [Sentence(sentence.start - start, sentence.end - start) for sentence in sentences]
            ranked.append((-len(labels), -len(reply[task]), start, Shot(Passage(text, moved), reply)))
    return [shot for *_, shot in sorted(ranked, key=lambda row: row[:3])]


def _paragraphs(document: Document) -> Iterator[tuple[int, Sequence[Sentence]]]:
    """Yield each line of the text with its sentences."""
    start = 0
    for line in document.text.split("\n"):
        end = start + len(line)
        sentences = [sentence for sentence in document.sentences if start <= sentence.start and sentence.end <= end]
        if sentences:
            yield start, sentences
        start = end + 1


def wanted(document: Document, task: str, ontology: Ontology, sentences: Sequence[Sentence]) -> dict[str, Any] | None:
    """Return the reply that gold would give for some sentences of a document, None if an item refers out of them.

    Its form is that of `reply_schema`; sentences are numbered from 1.
    """
    reply = _Reply(document.text, sentences)
    if task == "entities":
        named = set(ontology.named_entity_ids)
        mentions = [entity for entity in reply.inside(document.entities) if entity.type in named]
        return {
            "entities": [
                {"sentence": reply.number(entity), "text": entity.text, "type": entity.type} for entity in mentions
            ]
        }
    events = reply.inside(document.events) if task == "events" else []
    stances = reply.inside(document.stances) if task == "opinions" else []
    linked = {argument.filler for event in events for argument in event.arguments}
    linked |= {name for stance in stances for name in (*stance.holders, stance.target.mention) if name}
    entities = [entity for entity in reply.inside(document.entities) if entity.id in linked]
    targets = (
        [event for event in reply.inside(document.events) if event.id in linked] if task == "opinions" else events
    )
    if not linked <= {item.id for item in (*entities, *targets)}:
        return None
    reply.names = {entity.id: f"e{number}" for number, entity in enumerate(entities, 1)}
    reply.names |= {event.id: f"v{number}" for number, event in enumerate(targets, 1)}
    value: dict[str, Any] = {"entities": [reply.mention(entity) for entity in entities]}
    if ontology.events:
        value["events"] = [reply.event(event, arguments=task == "events") for event in targets]
    if task == "opinions":
        value["opinions"] = [reply.opinion(stance) for stance in stances]
    return value


class _Reply:
    """Puts items of a document into the form of a reply about some sentences; `names` are its ids of the items."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self._text = text
        self._sentences = sentences
        self.names: dict[str, str] = {}

    def inside(self, items: Sequence[Any]) -> list[Any]:
        """Return the items that stand in the sentences, in the order of the text."""
        return [item for item in items if self.number(_span(item))]

    def number(self, span: Entity | Span) -> int:
        """Return the number of the sentence that a span stands in, 0 for none."""
        numbers = (
            number
            for number, sentence in enumerate(self._sentences, 1)
            if sentence.start <= span.start and span.end <= sentence.end
        )
        return next(numbers, 0)

    def _place(self, span: Entity | Span, name: str) -> dict[str, Any]:
        """Return where a span stands, its words under `name`."""
        number = self.number(span)
        sentence = self._sentences[number - 1]
        before = occurrences(self._text, span.text, sentence.start, span.end)
        return {"sentence": number, name: span.text, "occurrence": len(before)}

    def mention(self, entity: Entity) -> dict[str, Any]:
        """Return a mention with its id."""
        return {"id": self.names[entity.id], **self._place(entity, "text"), "type": entity.type}

    def event(self, event: Event, *, arguments: bool) -> dict[str, Any]:
        """Return an event with its id, with its arguments or without the list of them."""
        value = {"id": self.names[event.id], **self._place(event.trigger, "trigger")}
        value |= {"type": event.type, "modality": event.modality}
        if arguments:
            value["arguments"] = [{"role": each.role, "filler": self.names[each.filler]} for each in event.arguments]
        return value

    def opinion(self, stance: Stance) -> dict[str, Any]:
        """Return an opinion."""
        target = stance.target
        return {
            **self._place(stance.expression, "expression"),
            "polarity": stance.polarity,
            "attribution": stance.attribution,
            "holder_kind": stance.holder_kind,
            "holders": [self.names[name] for name in stance.holders],
            "target": None if target.mention is None else self.names[target.mention],
            "topic": target.topic,
        }


def _span(item: Entity | Event | Stance) -> Entity | Span:
    if isinstance(item, Entity):
        return item
    return item.trigger if isinstance(item, Event) else item.expression
