"""Put the lists of a document into canonical order, so that equal annotations are equal documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vinese.checks.rules import rules_of

if TYPE_CHECKING:
    from vinese.checks.rules import Rules
    from vinese.ontology import Ontology
    from vinese.records import Argument, Document, Entity, Event, Stance

_replace = msgspec.structs.replace


def entity_key(entity: Entity) -> tuple[int, int, str, str]:
    """Sort entities by start, longest first, then type and id."""
    return entity.start, -entity.end, entity.type, entity.id


def event_key(event: Event) -> tuple[int, int, str, str]:
    """Sort events by trigger, longest first, then type and id."""
    return event.trigger.start, -event.trigger.end, event.type, event.id


def stance_key(stance: Stance) -> tuple[int, int, str]:
    """Sort stances by expression, longest first, then id."""
    return stance.expression.start, -stance.expression.end, stance.id


def argument_key(argument: Argument, rules: Rules) -> tuple[int, str, str]:
    """Sort arguments by role in the ontology's order, then filler."""
    rule = rules.links.get(argument.role)
    return rule.order if rule else len(rules.links), argument.role, argument.entity or argument.event or ""


def canonical(document: Document, ontology: Ontology) -> Document:
    """Return `document` in the order that `vinese.records.Document` describes."""
    rules = rules_of(ontology)
    entities = (_replace(entity, refers_to=tuple(sorted(entity.refers_to))) for entity in document.entities)
    events = (
        _replace(event, arguments=tuple(sorted(event.arguments, key=lambda one: argument_key(one, rules))))
        for event in document.events
    )
    stances = (_replace(stance, holders=tuple(sorted(stance.holders))) for stance in document.stances)
    return _replace(
        document,
        entities=tuple(sorted(entities, key=entity_key)),
        events=tuple(sorted(events, key=event_key)),
        stances=tuple(sorted(stances, key=stance_key)),
    )
