"""Write merged layers as Label Studio shows them: regions, relations, and a mark at every place to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from vinese.compare.describe import View
from vinese.compare.keys import Item, ItemKey, StanceContent, place
from vinese.compare.merge import Merged, MergedItem
from vinese.compare.records import Side
from vinese.formats.labelstudio.regions import TEXT, as_shown
from vinese.formats.labelstudio.write import document_to_result, joined, relation
from vinese.generate.label_config import DECIDE, OPEN
from vinese.model.links import rules_of
from vinese.model.ontology import Language, Ontology
from vinese.model.records import Document, Entity, Event, Provenance, Stance, Target

Region = dict[str, Any]
MERGED = "merged"
HAVE = "layers"
"""The field of a task with the layers that have the article, for the adjudicator to filter by."""
_HEADING = {"en": "To decide: {count}. Layers: {layers}", "vi": "Cần quyết định: {count}. Các lớp: {layers}"}
ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place to decide: where it is, in what the layers differ, and what each of them has."""

    keys: tuple[ItemKey, ...]
    start: int
    end: int
    text: str
    kinds: tuple[str, ...]
    views: dict[str, str]

    def lines(self) -> list[str]:
        """Return the conflict in words: what differs, then a line a layer."""
        kind = self.keys[0].kind
        return [
            f"{kind}: {', '.join(self.kinds)}",
            *(f"{layer}: {description}" for layer, description in self.views.items()),
        ]


def conflicts(merged: Merged) -> list[Conflict]:
    """Return the places to decide, in the order of the text."""
    disputed = merged.disputed()
    views = {layer: View(layer, document) for layer, document in merged.documents.items()}
    text = next(iter(merged.documents.values())).text
    places = []
    alone = [[key] for key in disputed if merged.agreed(merged.items[key])]
    for group in [*merged.groups, *alone]:
        first = place(group[0])
        kinds = _kinds(merged, group, disputed)
        descriptions = {layer: _describe(merged, group, view, kinds) for layer, view in views.items()}
        places.append(
            Conflict(tuple(group), first.start, first.end, text[first.start : first.end], kinds, descriptions)
        )
    return sorted(places, key=lambda conflict: (conflict.start, -conflict.end, conflict.keys[0].kind))


def _describe(merged: Merged, group: list[ItemKey], view: View, kinds: tuple[str, ...]) -> str:
    describe: dict[type[Item], Callable[[Any, tuple[str, ...]], Side]]
    describe = {Entity: view.entity, Event: view.event, Stance: view.stance}
    versions = [merged.items[key].versions.get(view.layer) for key in group]
    return "; ".join(describe[type(item)](item, kinds).text for item in versions if item is not None) or ABSENT


def _kinds(merged: Merged, group: list[ItemKey], disputed: dict[ItemKey, tuple[str, ...]]) -> tuple[str, ...]:
    """Return in what the items of a group differ, as `vinese.compare.records.Disagreement` names it."""
    have = {layer for key in group for layer in merged.items[key].versions}
    kinds = ["missing"] if len(have) < len(merged.documents) else []
    spans = [place(key) for key in group]
    if group[0].kind == "stance":
        names = StanceContent._fields
        kinds += [name for name in names if len({getattr(key.content, name) for key in group}) > 1]
    else:
        kinds += ["type"] * (len({span.label for span in spans}) > 1)
        kinds += ["boundary"] * (len({span[:2] for span in spans}) > 1)
    kinds += [what for key in group for what in disputed.get(key, ())]
    return tuple(dict.fromkeys(kinds))


def merged_result(merged: Merged, ontology: Ontology) -> list[Region]:
    """Return the merged layers as the `result` of one prediction: first every mark with what it marks, then the rest.

    Label Studio lists regions in this order. What only some layers have carries a note that names them; a mark's
    note says what each layer has.
    """
    regions: dict[str, list[Region]] = {}
    for region in document_to_result(_skeleton(merged), ontology):
        regions.setdefault(region["id"], []).append(region)
    for item in merged.items.values():
        if not merged.agreed(item):
            regions[item.id][0]["meta"] = {"text": [f"{OPEN} {', '.join(item.versions)}"]}
    ordered: list[Region] = []
    for number, mark in enumerate(conflicts(merged), 1):
        ordered.append(
            {
                "id": f"{DECIDE}-{number}",
                "type": "labels",
                "from_name": DECIDE,
                "to_name": TEXT,
                "meta": {"text": ["\n".join(mark.lines())]},
                "value": {"start": mark.start, "end": mark.end, "text": as_shown(mark.text), "labels": [OPEN]},
            }
        )
        for key in mark.keys:
            ordered += regions.pop(merged.items[key].id)
    return [
        *ordered,
        *(region for rest in regions.values() for region in rest),
        *joined(list(_links(merged, ontology))),
        *_judgements(merged),
    ]


def _links(merged: Merged, ontology: Ontology) -> Iterator[Region]:
    rules = rules_of(ontology).links
    for link, layers in merged.links.items():
        if not layers and not rules[link.label].takes(link.target.kind, place(link.target).label):
            continue
        yield relation(merged.items[link.source].id, merged.items[link.target].id, link.label)


def _skeleton(merged: Merged) -> Document:
    """Return the merged items as a document without relations: a stance in doubt may have two targets for a while."""
    document = next(iter(merged.documents.values()))
    items = [_bare(item) for item in merged.items.values()]
    return Document(
        id=document.id,
        text=document.text,
        text_sha256=document.text_sha256,
        zones=(),
        sentences=(),
        entities=tuple(item for item in items if isinstance(item, Entity)),
        events=tuple(item for item in items if isinstance(item, Event)),
        stances=tuple(item for item in items if isinstance(item, Stance)),
        article_stance=None,
        provenance=Provenance(layer=MERGED, annotator=MERGED, tool="vinese"),
    )


def _bare(item: MergedItem) -> Entity | Event | Stance:
    """Return an item without its relations; of several modalities the one that most layers give."""
    replace, first = msgspec.structs.replace, item.first
    if isinstance(first, Entity):
        return replace(first, id=item.id, refers_to=(), origin=None)
    if isinstance(first, Event):
        modality = item.modalities().most_common(1)[0][0]
        return replace(first, id=item.id, modality=modality, arguments=(), origin=None)
    target = Target(topic=first.target.topic)
    return replace(first, id=item.id, holders=(), source=None, target=target, origin=None)


def _judgements(merged: Merged) -> Iterator[Region]:
    for name in merged.judgements:
        value = merged.judgement(name)
        if value is not None:
            region = {"id": f"article-{name}", "type": "choices", "from_name": name, "to_name": TEXT}
            yield {**region, "value": {"choices": [value]}}


def summary(merged: Merged, lang: Language) -> str:
    """Return what stands beside the text: how much is to decide, what cannot be marked in the text, the notes."""
    layers = ", ".join(merged.layers)
    lines = [_HEADING[lang].format(count=to_decide(merged), layers=layers)]
    for name in merged.judgements:
        values = merged.judgements[name]
        if merged.judgement(name) is None:
            judgements = ", ".join(f"{layer} {values.get(layer, ABSENT)}" for layer in merged.layers)
            lines.append(f"{OPEN} {name}: {judgements}")
    notes: dict[str, list[str]] = {}
    for layer, document in merged.documents.items():
        for note in dict.fromkeys(document.provenance.notes):
            notes.setdefault(note, []).append(layer)
    return "\n".join([*lines, *(f"{', '.join(who)}: «{note}»" for note, who in notes.items())])


def to_decide(merged: Merged) -> int:
    """Return how many places there are to decide, the judgements of the article counted."""
    return len(conflicts(merged)) + sum(1 for name in merged.judgements if merged.judgement(name) is None)


def agreed(merged: Merged) -> int:
    """Return how many items, relations and judgements all layers agree on."""
    disputed = merged.disputed()
    items = sum(1 for key, item in merged.items.items() if merged.agreed(item) and key not in disputed)
    links = sum(1 for layers in merged.links.values() if len(layers) == len(merged.documents))
    return items + links + sum(1 for name in merged.judgements if merged.judgement(name) is not None)
