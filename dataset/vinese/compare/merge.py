"""Merge layers of one article: every item and relation of every layer once, with the layers that have it.

The rule of agreement:

- An item is agreed if every layer has it; `vinese.compare.keys` says what is the same item.
- Items that exclude each other (`vinese.compare.merge`) may be one thing, marked in two ways: a stance is the
  same whichever of them is its holder, source or target.
- The modality of an event is agreed if every layer that has the event says the same.
- A relation is agreed if every layer that has its start, and its end or a rival of its end, has it, to whichever of
  them: it stands or falls with an end in doubt, and is no doubt of its own.
- A judgement of the whole article is agreed if every layer gives the same value.

So who keeps, of what is in doubt, what one layer has, and takes that layer's modalities, has that layer's document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vinese.compare.items import sentence_index
from vinese.compare.keys import Item, ItemKey, LinkKey, StanceContent, links, mentions, place, stances_by_key
from vinese.compare.matching import jaccard, shared
from vinese.model.records import JUDGEMENTS, Document, Event, Sentence


@dataclass(frozen=True, slots=True)
class MergedItem:
    """An item of a merged article: its id in the result, and each layer's own record of it."""

    id: str
    key: ItemKey
    versions: dict[str, Item]

    @property
    def first(self) -> Item:
        """Return the record of the first layer that has the item."""
        return next(iter(self.versions.values()))

    def modalities(self) -> Counter[str]:
        """Return how many layers give the event which modality; the first layer's comes first."""
        return Counter(item.modality for item in self.versions.values() if isinstance(item, Event))


@dataclass(frozen=True, slots=True)
class Merged:
    """The layers of one article as one; `links` and `judgements` say which layers have what.

    `groups` lists the items that not all layers have, those together that exclude each other.
    """

    documents: dict[str, Document]
    items: dict[ItemKey, MergedItem]
    links: dict[LinkKey, tuple[str, ...]]
    groups: list[list[ItemKey]]
    judgements: dict[str, dict[str, str]]

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the layers that have the article."""
        return tuple(self.documents)

    def agreed(self, item: MergedItem) -> bool:
        """Return whether every layer has the item."""
        return len(item.versions) == len(self.documents)

    def disputed(self) -> dict[ItemKey, tuple[str, ...]]:
        """Return the items, agreed ones too, with something about them in doubt: `modality`, labels of relations."""
        disputed: dict[ItemKey, list[str]] = {}
        for key, item in self.items.items():
            if len(item.modalities()) > 1:
                disputed.setdefault(key, []).append("modality")
        groups = {key: tuple(group) for group in self.groups for key in group}
        layers_by_end: dict[tuple[ItemKey, str, tuple[ItemKey, ...]], set[str]] = {}
        for link, layers in self.links.items():  # to any of the items that exclude each other
            group = groups.get(link.target, (link.target,))
            layers_by_end.setdefault((link.source, link.label, group), set()).update(layers)
        for (source, label, group), have in layers_by_end.items():
            able = {layer for key in group for layer in self.items[key].versions}
            if not able & self.items[source].versions.keys() <= have:
                disputed.setdefault(source, []).append(label)
        return {key: tuple(dict.fromkeys(what)) for key, what in disputed.items()}

    def judgement(self, name: str) -> str | None:
        """Return a judgement of the article on which all layers agree, None where they do not."""
        values = self.judgements[name]
        same = len(values) == len(self.documents) and len(set(values.values())) == 1
        return next(iter(values.values())) if same else None


def merge(documents: Mapping[str, Document], judged: Sequence[str] = JUDGEMENTS) -> Merged:
    """Merge an article's documents, by layer; they share one text. Ids in the result follow the order of the text.

    `judged` are the judgements of whole articles that the ontology has.
    """
    sentences, count = next(iter(documents.values())).sentences, len(documents)
    layers = {layer: mentions(document) for layer, document in documents.items()}
    mentioned = _gathered(layers)
    groups = rivals(mentioned, count, sentences)
    same = {key: group[0] for group in groups for key in group}
    for layer, document in documents.items():
        mention_keys = {item.id: same.get(key, key) for key, item in layers[layer].items()}
        layers[layer] |= stances_by_key(document, mention_keys)
    versions = _gathered(layers)
    stances = {key: have for key, have in versions.items() if key.kind == "stance"}
    judgements = {
        name: {
            layer: getattr(document.article_stance, name)
            for layer, document in documents.items()
            if document.article_stance
        }
        for name in judged
    }
    return Merged(
        documents=dict(documents),
        items={key: MergedItem(f"{key.kind}-{number}", key, versions[key]) for number, key in enumerate(versions, 1)},
        links=_links(documents, layers, groups),
        groups=[*groups, *rivals(stances, count, sentences)],
        judgements=judgements,
    )


def _gathered(layers: Mapping[str, Mapping[ItemKey, Item]]) -> dict[ItemKey, dict[str, Item]]:
    """Return every item with each layer's record of it, in the order of the text."""
    versions: dict[ItemKey, dict[str, Item]] = {}
    for layer, items in layers.items():
        for key, item in items.items():
            versions.setdefault(key, {})[layer] = item
    return {key: versions[key] for key in sorted(versions, key=_position)}


def _links(
    documents: Mapping[str, Document], layers: Mapping[str, Mapping[ItemKey, Item]], groups: list[list[ItemKey]]
) -> dict[LinkKey, tuple[str, ...]]:
    """Return every relation with the layers that have it; those to a rival of its end too, which none may have.

    So a relation stays whichever of the rivals a person keeps.
    """
    joined: dict[LinkKey, tuple[str, ...]] = {}
    for layer, items in layers.items():
        for link in links(documents[layer], items):
            joined[link] = (*joined.get(link, ()), layer)
    instead = {key: group for group in groups for key in group}
    for link in list(joined):
        for rival in instead.get(link.target, ()):
            joined.setdefault(link._replace(target=rival), ())
    return joined


def _position(key: ItemKey) -> tuple[object, ...]:
    start, end, label = place(key)
    return start, -end, key.kind, label, _words(key.content), key.number


def _words(content: object) -> str:
    """Return the same words for equal contents in every run, which the order in a set is not."""
    if isinstance(content, frozenset):
        return str(sorted(map(_words, content)))
    return str(tuple(map(_words, content))) if isinstance(content, tuple) else str(content)


_HALF = 0.5


def rivals(
    items: Mapping[ItemKey, Mapping[str, Item]], layers: int, sentences: Sequence[Sentence]
) -> list[list[ItemKey]]:
    """Return the items that not all `layers` have, those together that exclude each other, in the order of the text.

    `items` maps each item, in the order of the text, to the layers that have it.
    """
    groups: list[list[ItemKey]] = []
    held: list[set[str]] = []  # by group, the layers that have an item of it
    reaching: list[tuple[int, int]] = []  # where an item ends that reaches beyond the last start, and its group
    about: dict[tuple[int, object], list[int]] = {}  # the groups by sentence and target of their stances
    for key, have in items.items():
        if len(have) == layers:
            continue
        start, end, _ = place(key)
        reaching = [item for item in reaching if item[0] > start and len(held[item[1]]) < layers]
        said = _about(key, sentences)
        near = {number for _, number in reaching}.union(about.get(said, ()) if said is not None else ())
        for number in sorted(number for number in near if held[number].isdisjoint(have)):
            if any(_exclude(key, other, sentences) for other in groups[number]):
                break
        else:
            number = len(groups)
            groups.append([])
            held.append(set())
        groups[number].append(key)
        held[number].update(have)
        reaching.append((end, number))
        if said is not None:
            about.setdefault(said, []).append(number)
    return groups


def _about(key: ItemKey, sentences: Sequence[Sentence]) -> tuple[int, object] | None:
    """Return the sentence of a stance, and its target."""
    if not isinstance(key.content, StanceContent):
        return None
    return sentence_index(sentences, place(key).start), key.content.target


def _exclude(a: ItemKey, b: ItemKey, sentences: Sequence[Sentence]) -> bool:
    if a.kind != b.kind:
        return False
    span_a, span_b = place(a), place(b)
    same_label = span_a.label == span_b.label and shared(span_a, span_b) > 0
    if span_a[:2] == span_b[:2] or same_label or jaccard(span_a, span_b) >= _HALF:
        return True
    said = _about(a, sentences)
    return said is not None and said == _about(b, sentences)
