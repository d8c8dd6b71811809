"""Merge layers of one article: every item and relation of every layer once, with the layers that have it.

The rule of agreement: an item is agreed if every layer has it (`vinese.adjudicate.keys` says what is the same item).
The modality of an event is agreed if every layer that has the event says the same. A relation is agreed if every
layer that has both its ends has it: one whose end is in doubt stands or falls with that end and is no doubt of its
own. A judgement of the whole article is agreed if every layer gives the same value. All else is in doubt.

So who keeps, of what is in doubt, what one layer has, and takes that layer's modalities, has that layer's document.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vinese.adjudicate.keys import keyed, place
from vinese.export.names import JUDGEMENTS
from vinese.records import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vinese.adjudicate.keys import ItemKey, LinkKey, Thing
    from vinese.records import Document


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one item: its id in the merged result, and each layer's own record of it."""

    id: str
    key: ItemKey
    things: dict[str, Thing]

    @property
    def first(self) -> Thing:
        """Return the record of the first layer that has the item."""
        return next(iter(self.things.values()))

    def modalities(self) -> Counter[str]:
        """Return how many layers give the event which modality; the first layer's comes first."""
        return Counter(thing.modality for thing in self.things.values() if isinstance(thing, Event))


@dataclass(frozen=True, slots=True)
class Merged:
    """Hold the layers of one article as one; `links` and `judgements` say which layers have what."""

    documents: dict[str, Document]
    items: dict[ItemKey, Item]
    links: dict[LinkKey, tuple[str, ...]]
    judgements: dict[str, dict[str, str]]

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the layers that have the article."""
        return tuple(self.documents)

    def agreed(self, item: Item) -> bool:
        """Tell whether every layer has the item."""
        return len(item.things) == len(self.documents)

    def settled(self, link: LinkKey) -> bool:
        """Tell whether every layer that has both ends of a relation has it."""
        both = self.items[link.source].things.keys() & self.items[link.target].things.keys()
        return both <= set(self.links[link])

    def disputed(self) -> dict[ItemKey, tuple[str, ...]]:
        """Return the items, agreed ones too, with something about them in doubt: `modality`, labels of relations."""
        found: dict[ItemKey, list[str]] = {}
        for key, item in self.items.items():
            if len(item.modalities()) > 1:
                found.setdefault(key, []).append("modality")
        for link in self.links:
            if not self.settled(link):
                found.setdefault(link.source, []).append(link.label)
        return {key: tuple(dict.fromkeys(what)) for key, what in found.items()}

    def judgement(self, name: str) -> str | None:
        """Return a judgement of the article on which all layers agree, None where they do not."""
        values = self.judgements[name]
        same = len(values) == len(self.documents) and len(set(values.values())) == 1
        return next(iter(values.values())) if same else None


def merge(documents: Mapping[str, Document]) -> Merged:
    """Merge an article's documents, by layer; they share one text. Ids in the result follow the order of the text."""
    things: dict[ItemKey, dict[str, Thing]] = {}
    links: dict[LinkKey, tuple[str, ...]] = {}
    for layer, document in documents.items():
        found = keyed(document)
        for key, thing in found.items.items():
            things.setdefault(key, {})[layer] = thing
        for link in found.links:
            links[link] = (*links.get(link, ()), layer)
    order = sorted(things, key=_position)
    items = {key: Item(f"{key.kind}-{number}", key, things[key]) for number, key in enumerate(order, 1)}
    judgements = {
        name: {layer: getattr(one.article_stance, name) for layer, one in documents.items() if one.article_stance}
        for name in JUDGEMENTS
    }
    return Merged(dict(documents), items, links, judgements)


def _position(key: ItemKey) -> tuple[object, ...]:
    start, end, label = place(key)
    return start, -end, key.kind, label, str(key.content), key.number
