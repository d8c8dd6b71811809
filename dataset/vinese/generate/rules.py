"""Say what is wrong with an ontology that its JSON Schema cannot see: names that clash, or that nothing bears."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.ontology import Label, Ontology

# What Label Studio 1.23 binds while a text is open; keys of tools for images, audio and video are no clash.
_PLAIN = ("u", "enter", "escape", "backspace", "delete")
_ALT = ("alt+r", "alt+h", "alt+l", "alt+m", "alt+.")
_CTRL = ("enter", "space", "z", "shift+z", "d", "h", "backspace")
_SHIFT = ("up", "down", "left", "right", ".")  # the data manager's
RESERVED_KEYS = frozenset((*_PLAIN, *_ALT, *(f"ctrl+{key}" for key in _CTRL), *(f"shift+{key}" for key in _SHIFT)))


def problems(ontology: Ontology) -> list[str]:
    """Return every problem as a sentence; none for a sound ontology."""
    return [*_repeated_ids(ontology), *_repeated_names(ontology), *_keys(ontology), *_references(ontology)]


def _repeated_ids(ontology: Ontology) -> Iterator[str]:
    for name, labels in ontology.lists().items():
        for twice in _twice(label.id for label in labels):
            yield f"{name} has the id {twice} twice"


def _repeated_names(ontology: Ontology) -> Iterator[str]:
    """Find labels of one list that an annotator could not tell apart."""
    for name, labels in ontology.lists().items():
        for language in ("en", "vi"):
            for twice in _twice(getattr(label.name, language) for label in labels):
                yield f"{name} has the name {twice!r} ({language}) twice"


def _keys(ontology: Ontology) -> Iterator[str]:
    """Find keys that do two things at once, and labels without one, which Label Studio would give any free key."""
    keys = dict(hotkeys(ontology))
    for place, key in keys.items():
        if key is None:
            yield f"{place} has no hotkey"
        elif key in RESERVED_KEYS:
            yield f"{place} has the hotkey {key}, which is Label Studio's own"
    for twice in _twice(key for key in keys.values() if key):
        yield f"the hotkey {twice} stands for {' and '.join(place for place, key in keys.items() if key == twice)}"


def hotkeys(ontology: Ontology) -> Iterator[tuple[str, str | None]]:
    """Yield every label that the screen offers, as `list id`, with its key or null."""
    offered = (
        "entity_type",
        "event_type",
        "modality",
        "polarity",
        "attribution",
        "holder_kind",
        "topic",
        "stance_expression",
    )
    lists = ontology.lists()
    for name in offered:
        yield from ((f"{name} {label.id}", label.hotkey) for label in lists[name])
    for judgement in ontology.article_stance.judgements:
        for value in ontology.article_stance.values:
            yield f"{judgement.id} {value.id}", judgement.hotkeys.get(value.id)


def _references(ontology: Ontology) -> Iterator[str]:
    """Find names of types, topics and values that no list has."""
    for end in ontology.roles + ontology.relations:
        yield from _unknown(f"{end.id}.fillers", end.fillers, ontology.entities)
    for relation in ontology.relations:
        yield from _unknown(f"{relation.id}.sources", relation.sources, ontology.entities)
    article = ontology.article_stance
    yield from _unknown("article_stance.topic", (article.topic,), ontology.stance.topics)
    for judgement in article.judgements:
        yield from _unknown(f"{judgement.id}.hotkeys", tuple(judgement.hotkeys), article.values)


def _unknown(place: str, names: tuple[str, ...], labels: tuple[Label, ...]) -> Iterator[str]:
    known = {label.id for label in labels}
    yield from (f"{place} names {name}, which is no label" for name in names if name not in known)


def _twice(values: Iterator[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
