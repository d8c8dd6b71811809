"""Say what becomes of somebody else's labels: `schema/mapping.json`, and the ontology that follows from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.files import read_record, record_bytes, write_bytes
from vinese.core.project import Project
from vinese.corpus.layers import proposed_name
from vinese.formats.format import Item
from vinese.formats.ledger import works
from vinese.formats.survey import LabelConfig, Survey, labels_in, relation_labels, text_of
from vinese.model.ontology_rules import RESERVED_KEYS

_PLAIN = "1234567890qwertyuiopasdfghjklzxcvbnm"
_KEYS = [*_PLAIN, *(f"shift+{key}" for key in _PLAIN[10:] + _PLAIN[:10])]
_COLORS = (
    "#ffb3ba", "#bae1ff", "#baffc9", "#ffdfba", "#e0bbff", "#fff3a6", "#b5ead7", "#ffc8dd",
    "#c7ceea", "#d9ed92", "#f7c59f", "#a0e7e5", "#fbe7c6", "#d0bdf4", "#9bf6ff", "#caffbf",
)  # fmt: skip
_HEX = re.compile("#[0-9a-f]{6}")
_KEY = re.compile(r"(shift\+)?[a-z0-9]")
_COARSE = {"PER": "PER", "PERSON": "PER", "ORG": "ORG", "ORGANIZATION": "ORG", "ORGANISATION": "ORG",
           "LOC": "LOC", "LOCATION": "LOC", "GPE": "LOC", "MISC": "MISC"}  # fmt: skip


class Mapping(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`schema/mapping.json`: what of somebody else's project becomes what here; null leaves it out.

    `text` is the key of the text in a task's data, `title` that of its title. `labels` has, for each control, the
    entity type of each of its labels, `relations` the relation of each label of a relation. `annotators` gives each
    annotator a pseudonym, which is the name of a layer if `layers` is `annotator`; `layer` is the name of the one
    layer if it is `project`. `language` is that of the texts.
    """

    source: str
    text: str
    title: str | None = None
    language: str = "und"
    layers: str = "project"
    layer: str = "project"
    labels: dict[str, dict[str, str | None]] = {}
    relations: dict[str, str | None] = {}
    annotators: dict[str, str] = {}


def load_mapping(project: Project) -> Mapping | None:
    """Return the mapping of a project that was made of somebody else's annotation, or None."""
    path = project.own("schema", "mapping.json")
    return read_record(path, Mapping, "Correct it, or remove it to have it made anew.")


def proposed(source: Path, survey: Survey, layer: str | None) -> Mapping:
    """Return a mapping of a file without labels: the keys of its text and title, its layer or layers."""
    title = next((key for key in ("title", "headline", "name") if survey.keys[key]), None)
    return Mapping(
        source=source.name,
        text=survey.text or "text",
        title=title if title != survey.text else None,
        layers="annotator" if survey.most > 1 else "project",
        layer=layer or proposed_name(source.stem, "project"),
    )


def write_schema(project: Project, mapping: Mapping, config: LabelConfig | None) -> None:
    """Write the mapping and the ontology that follows from it."""
    path = project.own("schema", "ontology.json")
    old = read_record(path, dict[str, Any], "Correct it, or restore it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, value in (("ontology.json", extended_ontology(old, mapping, config)), ("mapping.json", mapping)):
        write_bytes(project.own("schema", name), record_bytes(value))


def applied(item: Item, mapping: Mapping) -> Item:
    """Return a task of somebody else's under the names that the mapping gives; one of ours as it is."""
    data = item.value.get("data") if isinstance(item.value, dict) else None
    text = text_of(item, mapping.text)
    annotations = item.value.get("annotations") if isinstance(item.value, dict) else None
    if text is None or not isinstance(data, dict) or "article_id" in data or not isinstance(annotations, list):
        return item
    changed = [
        {**annotation, "result": [_applied(entry, mapping) for entry in works(annotation)]}
        if isinstance(annotation, dict) and isinstance(annotation.get("result"), list)
        else annotation
        for annotation in annotations
    ]
    return msgspec.structs.replace(item, value={**item.value, "data": {"text": text}, "annotations": changed})


def _applied(entry: Any, mapping: Mapping) -> Any:
    """Return one entry under the names of the mapping; what it leaves out or does not know stays as it is."""
    if isinstance(entry, dict) and entry.get("type") == "relation":
        names = [mapping.relations.get(label) for label in relation_labels(entry)]
        return entry if None in names else {**entry, "labels": names}
    labels = labels_in(entry)
    known = mapping.labels.get(str(entry.get("from_name")), {}) if labels else {}
    names = [known.get(label) for label in labels]
    if not names or None in names:
        return entry
    value = {key: part for key, part in entry["value"].items() if not str(key).endswith("labels")}
    return {**entry, "type": "labels", "from_name": "entity", "to_name": "text", "value": {**value, "labels": names}}


def ascii_id(name: str, taken: Iterable[str], fallback: str) -> str:
    """Return an id for a label in any script, which none in `taken` has.

    >>> ascii_id("Địa điểm", (), "LABEL"), ascii_id("人物", ("LABEL_1",), "LABEL"), ascii_id("no:1", (), "LABEL")
    ('Dia_diem', 'LABEL_2', 'no_1')
    """
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    letters = [char for char in name if char.isalpha()]
    base = re.sub("[^A-Za-z0-9]+", "_", plain).strip("_")
    if base and sum(char.isalpha() and char.isascii() for char in plain) < len(letters) / 2:
        base = ""
    if base and not base[0].isalpha():
        base = f"{fallback}_{base}"
    used = set(taken)
    if base and base not in used:
        return base
    number = 2 if base else 1
    while f"{base or fallback}_{number}" in used:
        number += 1
    return f"{base or fallback}_{number}"


def extend(mapping: Mapping, contents: Survey, config: LabelConfig | None) -> list[str]:
    """Add to a mapping what it lacks of a project, and return in words what was added."""
    added = []
    used = {name for labels in mapping.labels.values() for name in labels.values() if name}
    for control in [*(config.labels if config else ()), *contents.labels]:
        if control not in contents.labels and control not in mapping.labels:
            continue  # a control that nobody used
        labels = mapping.labels.setdefault(control, {})
        offered = config.labels.get(control, {}) if config else {}
        for label in [*offered, *contents.labels.get(control, ())]:
            clean = label.strip()
            if clean and clean not in labels:
                same = next((known[clean] for known in mapping.labels.values() if known.get(clean)), None)
                labels[clean] = same or ascii_id(clean, used, "LABEL")
                used.add(labels[clean] or "")
                added.append(f"label {clean}")
    taken = {name for name in mapping.relations.values() if name} | {"holder", "target", "source", "refers_to"}
    for label in contents.relations:
        if label not in mapping.relations:
            mapping.relations[label] = name = ascii_id(label, taken, "RELATION")
            taken.add(name)
            added.append(f"relation {label}")
    return added


def extended_ontology(old: dict[str, Any] | None, mapping: Mapping, config: LabelConfig | None) -> dict[str, Any]:
    """Return an ontology with a type for each id of the mapping: those it had as they were, new ones after them."""
    ontology = old or {
        "$schema": "ontology.schema.json",
        "version": "1.0.0",
        "language": mapping.language,
        "entities": [],
        "relations": [],
    }
    known = {label["id"] for label in ontology["entities"]}
    keys = {label.get("hotkey") for label in ontology["entities"]}
    names = {label["name"]["en"] for label in ontology["entities"]}
    colors = cycle(_COLORS[len(known) % len(_COLORS) :] + _COLORS[: len(known) % len(_COLORS)])
    offered = {key: value for labels in (config.labels.values() if config else ()) for key, value in labels.items()}
    wanted = {key for _, key in offered.values() if key}
    free = [key for key in _KEYS if key not in RESERVED_KEYS]
    for labels in mapping.labels.values():
        for label, name in labels.items():
            if name is None or name in known:
                continue
            known.add(name)
            background, key = offered.get(label, (None, None))
            color = (background or "").lower()
            if not (key and _KEY.fullmatch(key) and key not in keys and key not in RESERVED_KEYS):
                key = next((option for option in free if option not in keys and option not in wanted), None)
                key = key or next((option for option in free if option not in keys), None)
            keys.add(key)
            ontology["entities"].append(
                {
                    **_label(name, label, names),
                    "color": color if _HEX.fullmatch(color) else next(colors),
                    "hotkey": key,
                    "coarse": _COARSE.get(name.upper()),
                    "auxiliary": False,
                }
            )
    types = [label["id"] for label in ontology["entities"]]
    relations = ontology.setdefault("relations", [])
    have = {relation["id"] for relation in relations}
    names = {relation["name"]["en"] for relation in relations}
    for label, name in mapping.relations.items():
        if name is not None and name not in have:
            have.add(name)
            ends = {"source": "entity", "sources": [], "fillers": types, "events": False, "many": True}
            relations.append({**_label(name, label, names), "color": None, "hotkey": None, **ends})
    for relation in relations:
        if relation["source"] == "entity" and not relation["sources"] and relation["id"] != "refers_to":
            relation["fillers"] = types
    return ontology


def _label(name: str, label: str, names: set[str]) -> dict[str, Any]:
    words = " ".join("".join(char if char.isprintable() else " " for char in label).split()) or name
    words = words if words not in names else f"{words} ({name})"
    names.add(words)
    about = {"en": f"What the imported project calls {words}.", "vi": f"Nhãn {words} của dự án được nhập."}
    return {"id": name, "name": {"en": words, "vi": words}, "definition": about, "example": None, "mappings": {}}
