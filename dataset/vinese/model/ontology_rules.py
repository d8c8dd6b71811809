"""What can be wrong with an ontology that its JSON Schema cannot see: names that clash, or that nothing bears."""

from __future__ import annotations

from collections.abc import Iterator

from vinese.model.ontology import Label, Ontology

# What Label Studio 1.23 binds while a text is open; keys of tools for images, audio and video are no clash.
_PLAIN = ("u", "enter", "escape", "backspace", "delete")
_ALT = ("alt+r", "alt+h", "alt+l", "alt+m", "alt+.")
_CTRL = ("enter", "space", "z", "shift+z", "d", "h", "backspace")
_SHIFT = ("up", "down", "left", "right", ".")  # the data manager's
RESERVED_KEYS = frozenset((*_PLAIN, *_ALT, *(f"ctrl+{key}" for key in _CTRL), *(f"shift+{key}" for key in _SHIFT)))


_KEYS = (*"abcdefghijklmnopqrstuvwxyz0123456789",)
_FREE_SHOWN = 8

# Where each closed list stands; `relation` holds the roles too, so it is built of two.
_PLACES = {
    "entity_type": "/entities",
    "event_type": "/events",
    "modality": "/modalities",
    "role": "/roles",
    "polarity": "/stance/polarities",
    "attribution": "/stance/attributions",
    "holder_kind": "/stance/holder_kinds",
    "topic": "/stance/topics",
    "article_stance_judgement": "/article_stance/judgements",
    "article_stance_value": "/article_stance/values",
}
# Ids that stand in rows beside those of the list, and mean something else there.
_TAKEN = {
    "polarity": {"NONE": "the label of a pair without a stance"},
    "topic": dict.fromkeys(("AUTHOR", "IMPLICIT"), "a holder that is no mention"),
}
# What a document has room for: from what each relation starts, whether several may, whether events may end it.
_STARTS = {"holder": "stance", "target": "stance", "source": "stance", "refers_to": "entity"}
_ONE = ("target", "source")
_EVENTS = ("target",)


def problems(ontology: Ontology) -> list[str]:
    """Return every problem as a JSON pointer and a sentence; none for a sound ontology."""
    return [
        *_repeated_ids(ontology),
        *_repeated_names(ontology),
        *_taken_ids(ontology),
        *_keys(ontology),
        *_references(ontology),
        *_relations(ontology),
        *_auxiliaries(ontology),
        *_projections(ontology),
        *_conventions(ontology),
    ]


def _places(ontology: Ontology) -> Iterator[tuple[str, list[tuple[str, Label]]]]:
    """Yield every closed list with the pointer of each of its labels."""
    for name, labels in ontology.lists().items():
        if name == "relation":
            roles = len(ontology.roles)
            yield (
                name,
                [
                    (f"/roles/{n}" if n < roles else f"/relations/{n - roles}", label)
                    for n, label in enumerate(labels)
                ],
            )
        elif name in _PLACES and name != "role":  # the relations have the roles
            yield name, [(f"{_PLACES[name]}/{number}", label) for number, label in enumerate(labels)]
    if ontology.lists()["stance_expression"]:
        yield "stance_expression", [("/stance/expression", ontology.stance.expression)]


def _repeated_ids(ontology: Ontology) -> Iterator[str]:
    for name, places in _places(ontology):
        for pointer, twice in _twice((pointer, label.id) for pointer, label in places):
            yield f"{pointer}/id: {name} has the id {twice} twice"


def _repeated_names(ontology: Ontology) -> Iterator[str]:
    """Find labels of one list that an annotator could not tell apart."""
    for name, places in _places(ontology):
        for language in ("en", "vi"):
            names = ((pointer, getattr(label.name, language)) for pointer, label in places)
            for pointer, twice in _twice(names):
                yield f"{pointer}/name/{language}: {name} has the name {twice!r} ({language}) twice"


def _taken_ids(ontology: Ontology) -> Iterator[str]:
    """Find ids that rows could not tell from something else."""
    for name, places in _places(ontology):
        for pointer, label in places:
            if label.id in _TAKEN.get(name, ()):
                yield f"{pointer}/id: {label.id} is {_TAKEN[name][label.id]}; choose another id"


def _keys(ontology: Ontology) -> Iterator[str]:
    """Find keys that do two things at once, and labels without one, which Label Studio would give any free key."""
    keys = list(hotkeys(ontology))
    free = _free(key for _, _, key in keys)
    for pointer, place, key in keys:
        if key is None and not free:
            continue  # more labels than keys: those without one are chosen by hand
        if key is None:
            yield f"{pointer}: {place} has no hotkey; {free}"
        elif key in RESERVED_KEYS:
            yield f"{pointer}: {place} has the hotkey {key}, which is Label Studio's own; {free}"
    for pointer, twice in _twice((pointer, key) for pointer, _, key in keys if key):
        owners = " and ".join(place for _, place, key in keys if key == twice)
        yield f"{pointer}: the hotkey {twice} stands for {owners}; {free}"


def _free(used: Iterator[str | None]) -> str:
    """Return in words which keys nothing has yet."""
    gone = RESERVED_KEYS.union(key for key in used if key)
    free = [key for key in (*_KEYS, *(f"shift+{key}" for key in _KEYS)) if key not in gone]
    return f"free are {', '.join(free[:_FREE_SHOWN])}{', …' * (len(free) > _FREE_SHOWN)}" if free else ""


def hotkeys(ontology: Ontology) -> Iterator[tuple[str, str, str | None]]:
    """Yield every label that the screen offers: the pointer of its key, `list id`, and its key or null."""
    silent = ("relation", "article_stance_judgement", "article_stance_value")
    for name, places in _places(ontology):
        if name not in silent:
            yield from ((f"{pointer}/hotkey", f"{name} {label.id}", label.hotkey) for pointer, label in places)
    for number, judgement in enumerate(ontology.article_stance.judgements):
        place = f"{_PLACES['article_stance_judgement']}/{number}/hotkeys"
        for value in ontology.article_stance.values:
            yield f"{place}/{value.id}", f"{judgement.id} {value.id}", judgement.hotkeys.get(value.id)


def _references(ontology: Ontology) -> Iterator[str]:
    """Find names of types, topics and values that no list has."""
    for number, role in enumerate(ontology.roles):
        yield from _unknown(f"/roles/{number}/fillers", f"{role.id}.fillers", role.fillers, ontology.entities)
    for number, relation in enumerate(ontology.relations):
        for key, names in (("fillers", relation.fillers), ("sources", relation.sources)):
            yield from _unknown(f"/relations/{number}/{key}", f"{relation.id}.{key}", names, ontology.entities)
    article = ontology.article_stance
    if not article.judgements:
        return
    yield from _unknown("/article_stance", "article_stance.topic", (article.topic,), ontology.stance.topics)
    for number, judgement in enumerate(article.judgements):
        place = f"{_PLACES['article_stance_judgement']}/{number}/hotkeys"
        yield from _unknown(place, f"{judgement.id}.hotkeys", tuple(judgement.hotkeys), article.values)


def _unknown(pointer: str, place: str, names: tuple[str, ...], labels: tuple[Label, ...]) -> Iterator[str]:
    label_ids = dict.fromkeys(label.id for label in labels)
    for name in names:
        if name not in label_ids:
            yield f"{pointer}: {place} names {name}, which is no label; there are {', '.join(label_ids)}"


def _relations(ontology: Ontology) -> Iterator[str]:
    """Find relations that lead where a document has no place for them."""
    present = {relation.id for relation in ontology.relations}
    needed = _STARTS if ontology.stance.polarities else {}
    for name in needed:
        if name not in present:
            yield f"/relations: {name} is missing, which a document with events or stance has a field for"
    for number, relation in enumerate(ontology.relations):
        if relation.id not in _STARTS and (relation.source != "entity" or relation.events):
            yield f"/relations/{number}: {relation.id}, a relation of your own, has to lead from entities to entities"
            continue
        place, start = f"/relations/{number}", _STARTS.get(relation.id, relation.source)
        if relation.source != start:
            yield f"{place}/source: {relation.id} starts from {relation.source}; the code needs {start}"
        if relation.sources and relation.source != "entity":
            yield f"{place}/sources: {relation.id} starts from no entity, so sources has to be []"
        if relation.many and relation.id in _ONE:
            yield f"{place}/many: a stance has one {relation.id} at most, so many has to be false"
        if relation.events and relation.id not in _EVENTS:
            yield f"{place}/events: {relation.id} leads to entities alone, so events has to be false"


def _auxiliaries(ontology: Ontology) -> Iterator[str]:
    """Find an ontology whose entity configs would have no label."""
    if not ontology.named_entity_ids:
        yield "/entities: every type is auxiliary; at least one has to have auxiliary false"


def _conventions(ontology: Ontology) -> Iterator[str]:
    """Find conventions about labels that no list has."""
    asked, place = ontology.conventions, "/conventions"
    if asked is None:
        return
    for key in ("no_trigger_inside", "not_inside_itself", "open_end_of"):
        yield from _unknown(f"{place}/{key}", key, getattr(asked, key), ontology.entities)
    lists = {
        "event": ontology.events,
        "role": ontology.roles,
        "modalities": ontology.modalities,
        "never": ontology.modalities,
        "reversed_by": ontology.modalities,
        "reversed_through": ontology.roles,
        "polarity": ontology.stance.polarities,
        "opposite": ontology.stance.polarities,
    }
    for key in ("no_role", "modalities", "markers", "stance_events"):
        for number, rule in enumerate(getattr(asked, key)):
            for field in lists.keys() & set(rule.__struct_fields__):
                value = getattr(rule, field)
                names = value if isinstance(value, tuple) else (value,) if value is not None else ()
                yield from _unknown(f"{place}/{key}/{number}/{field}", f"{key}.{field}", names, lists[field])


def _projections(ontology: Ontology) -> Iterator[str]:
    """Find tables to other schemes that leave a pair of event type and modality out, or name what is in no list."""
    for scheme, rows in ontology.projections.items():
        place = f"/projections/{scheme}"
        codes = {code for label in ontology.events if (code := label.mappings.get(scheme)) is not None}
        for number, row in enumerate(rows):
            yield from _unknown(f"{place}/{number}/event", scheme, (row.event,), ontology.events)
            yield from _unknown(f"{place}/{number}/modality", scheme, (row.modality,), ontology.modalities)
            if row.code is not None and row.code not in codes:
                known = f"there are {', '.join(sorted(codes)) or 'none'}"
                yield f"{place}/{number}/code: {row.code} is in no mapping of an event type to {scheme}; {known}"
        pairs = [f"{row.event} {row.modality}" for row in rows]
        for pointer, twice in _twice((f"{place}/{number}", pair) for number, pair in enumerate(pairs)):
            yield f"{pointer}: {scheme} has {twice} twice"
        every = (f"{event.id} {modality.id}" for event in ontology.events for modality in ontology.modalities)
        if left_out := [pair for pair in every if pair not in pairs]:
            shown = ", ".join(left_out[:_FREE_SHOWN]) + ", …" * (len(left_out) > _FREE_SHOWN)
            yield f"{place}: {scheme} has no row for {shown}; add it, or take projections out"


def _twice(values: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each value that stands more than once, with the pointer of where it stands again."""
    first: set[str] = set()
    again: dict[str, str] = {}
    for pointer, value in values:
        if value in first:
            again.setdefault(value, pointer)
        first.add(value)
    return [(pointer, value) for value, pointer in again.items()]
