"""What may link to what: roles, fillers and sources, as the ontology has them."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from vinese.model.ontology import Ontology


class Rule(msgspec.Struct, frozen=True):
    """What one relation may start from and end at.

    `source` is `event`, `stance` or `entity`; `sources` narrows it to entity types (empty: any); `fillers` are the
    entity types at its end, `events` whether an event may be its end, `many` whether one source may have several,
    `anywhere` whether its ends may stand in different sentences.
    """

    label: str
    source: str
    sources: frozenset[str]
    fillers: frozenset[str]
    events: bool
    many: bool
    order: int
    anywhere: bool = False

    def takes(self, kind: str, label: str) -> bool:
        """Return whether a filler of this kind (`entity`, `event`, `stance`) and type may stand at the end."""
        return label in self.fillers if kind == "entity" else kind == "event" and self.events

    @property
    def start(self) -> str:
        """Return in words what it starts from."""
        return ", ".join(sorted(self.sources)) or {"entity": "an entity", "event": "an event"}.get(
            self.source, "a stance"
        )

    @property
    def end(self) -> str:
        """Return in words what may fill it."""
        return ", ".join([*sorted(self.fillers), *(["an event"] if self.events else [])])

    def starts_at(self, kind: str, label: str) -> bool:
        """Return whether it may start at an item of this kind and type."""
        return kind == self.source and (not self.sources or label in self.sources)


class Rules(msgspec.Struct, frozen=True):
    """The rule of every role and relation, and the auxiliary entity types."""

    links: dict[str, Rule]
    auxiliary: frozenset[str]


@lru_cache(maxsize=8)
def rules_of(ontology: Ontology) -> Rules:
    """Return the rules of `ontology`, made once for each ontology object."""
    links = {
        role.id: Rule(role.id, "event", frozenset(), frozenset(role.fillers), role.events, True, order)
        for order, role in enumerate(ontology.roles)
    }
    for order, relation in enumerate(ontology.relations, len(links)):
        links[relation.id] = Rule(
            relation.id,
            relation.source,
            frozenset(relation.sources),
            frozenset(relation.fillers),
            relation.events,
            relation.many,
            order,
            relation.anywhere,
        )
    return Rules(links, ontology.auxiliary_ids)
