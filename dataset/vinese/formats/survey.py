"""Look over the tasks of somebody else's project: labels, relations, choices, annotators, text, language."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import read_bytes
from vinese.core.schemas import list_under
from vinese.formats.format import Item
from vinese.formats.ledger import Counts, entry_kind, works
from vinese.formats.offsets import same

_VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}
_COMMON = {
    "en": {"the", "of", "and", "to", "in", "was", "that", "is"},
    "es": {"el", "la", "los", "que", "del", "en", "por", "una"},
    "fr": {"le", "les", "des", "et", "une", "dans", "est", "du"},
    "de": {"der", "die", "und", "das", "ist", "mit", "von", "den"},
    "nl": {"het", "een", "van", "de", "zijn", "werd", "voor", "en"},
    "no": {"og", "er", "det", "som", "på", "til", "ikke", "av"},
}


class LabelConfig(msgspec.Struct, frozen=True):
    """What a label configuration says: each text's data key, the labels of controls with colour and key, in order."""

    texts: dict[str, str] = {}
    labels: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    relations: tuple[str, ...] = ()


class Survey(msgspec.Struct):
    """What the tasks of a file hold, counted; `held` counts the entries of all annotations.

    `most` is how many annotations a text has at most, of different annotators where they stand in different tasks.
    `text` is the key of the text in the data of tasks, and `shown_as` what is called so on the screen.
    """

    tasks: int = 0
    annotations: int = 0
    held: Counts = msgspec.field(default_factory=Counts)
    labels: dict[str, Counter[str]] = msgspec.field(default_factory=lambda: defaultdict(Counter))
    relations: Counter[str] = msgspec.field(default_factory=Counter)
    choices: dict[str, Counter[str]] = msgspec.field(default_factory=lambda: defaultdict(Counter))
    annotators: Counter[str] = msgspec.field(default_factory=Counter)
    keys: Counter[str] = msgspec.field(default_factory=Counter)
    objects: Counter[str] = msgspec.field(default_factory=Counter)
    most: int = 0
    text: str | None = None
    shown_as: tuple[str, ...] = ()
    language: str = "und"


def read_config(path: Path) -> LabelConfig:
    """Return what a label configuration says; raise `FileProblemError` if it is no XML."""
    try:
        root = ElementTree.fromstring(read_bytes(path))  # noqa: S314  # expat of today expands no entities without end
    except ElementTree.ParseError as error:
        raise FileProblemError(f"{path} is no label configuration: {error}.", "Name an XML file.") from error
    texts: dict[str, str] = {}
    labels: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    relations: list[str] = []
    for tag in root.iter():
        if tag.tag in {"Text", "HyperText", "Paragraphs"} and tag.get("name"):
            texts[tag.get("name", "")] = (tag.get("value") or "").removeprefix("$")
        elif tag.tag.endswith("Labels") and tag.get("name"):
            labels[tag.get("name", "")] = {
                label.get("alias") or label.get("value") or "": (label.get("background"), label.get("hotkey"))
                for label in tag.iter("Label")
            }
        elif tag.tag == "Relation" and tag.get("value"):
            relations.append(tag.get("value", ""))
    return LabelConfig(texts, labels, tuple(relations))


def labels_in(entry: Any) -> list[str]:
    """Return the labels of a region that is a span of text; empty for whatever else."""
    value = entry.get("value") if isinstance(entry, dict) else None
    if not isinstance(value, dict) or entry.get("type") == "relation":
        return []
    if not all(isinstance(value.get(key), int | float | str) for key in ("start", "end")):
        return []
    for key, labels in value.items():
        if str(key).endswith("labels") and isinstance(labels, list):
            return [label.strip() for label in labels if isinstance(label, str) and label.strip()]
    return []


def relation_labels(entry: dict[str, Any]) -> list[str]:
    """Return the labels of a relation, one without a name where it has none."""
    stated = entry.get("labels")
    labels = [label.strip() for label in stated if isinstance(label, str)] if isinstance(stated, list) else []
    return [label for label in labels if label] or ["related"]


def live(task: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the annotations of a task that were submitted, with their numbers."""
    for number, annotation in enumerate(list_under(task, "annotations")):
        if isinstance(annotation, dict) and annotation.get("was_cancelled") is not True:
            yield number, annotation


def survey(items: list[Item], config: LabelConfig | None, text_key: str | None) -> Survey:
    """Return what the tasks of a file hold."""
    contents = Survey(tasks=len(items))
    for item in items:
        task = item.value
        data = task.get("data") if isinstance(task, dict) else None
        for key, value in (data if isinstance(data, dict) else {}).items():
            if isinstance(value, str) and value.strip():
                contents.keys[str(key)] += 1
        for annotation in list_under(task, "annotations"):
            contents.held.add(works(annotation))
        for _, annotation in live(task):
            contents.annotations += 1
            for entry in works(annotation):
                _entry(entry, contents)
    fits = _fits(items)
    contents.text = text_key or _text_key(items, contents, config, fits)
    if contents.text is not None:
        contents.shown_as = _shown_as(contents, config, fits)
        contents.most = _most(items, contents.text)
        contents.language = language(
            " ".join(text for item in items[:200] if (text := text_of(item, contents.text)))[:200_000]
        )
    return contents


def _entry(entry: Any, contents: Survey) -> None:
    kind = entry_kind(entry)
    if kind == "relations":
        contents.relations.update(relation_labels(entry))
    elif kind == "choices":
        value = entry.get("value")
        for key, stated in (value if isinstance(value, dict) else {}).items():
            if key in {"choices", "taxonomy", "rating", "number"}:
                for text in stated if isinstance(stated, list) else [stated]:
                    contents.choices[str(entry.get("from_name"))][str(text)] += 1
    elif kind == "regions" and (labels := labels_in(entry)):
        contents.labels[str(entry.get("from_name"))].update(labels)
        contents.objects[str(entry.get("to_name"))] += 1


def text_of(item: Item, key: str) -> str | None:
    """Return the text of a task under this key of its data, or None."""
    data = item.value.get("data") if isinstance(item.value, dict) else None
    text = data.get(key) if isinstance(data, dict) else None
    return text if isinstance(text, str) and text.strip() else None


def _most(items: list[Item], key: str) -> int:
    """Return how many annotations a text has at most: those of one task, or of different annotators."""
    makers: dict[str, set[str]] = defaultdict(set)
    most = 0
    for item in items:
        annotations = [annotation for _, annotation in live(item.value)]
        most = max(most, len(annotations))
        text = text_of(item, key)
        if text is not None:
            makers[text].update(repr(annotation.get("completed_by")) for annotation in annotations)
    return max([most, *map(len, makers.values())])


def _fits(items: list[Item]) -> dict[str, Counter[str]]:
    """Return, for what has spans on the screen, how well these fit each key of data with a string: by their words.

    Keys without a fit are there too, with 0.
    """
    fits: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items[:300]:
        data = item.value.get("data") if isinstance(item.value, dict) else None
        pairs = data.items() if isinstance(data, dict) else ()
        strings = {key: value for key, value in pairs if isinstance(value, str)}
        for _, annotation in live(item.value):
            for entry in works(annotation)[:50]:
                span: dict[str, Any] = entry["value"] if labels_in(entry) else {}
                start, end, words = span.get("start"), span.get("end"), span.get("text")
                if type(start) is int and type(end) is int and isinstance(words, str):
                    for key, text in strings.items():
                        fits[str(entry.get("to_name"))][key] += 2 * same(text, words, start, end) + (words in text)
    return fits


def _text_key(
    items: list[Item], contents: Survey, config: LabelConfig | None, fits: dict[str, Counter[str]]
) -> str | None:
    """Return the key of the text with most spans, by configuration, their words, or its name; or of the longest."""
    for name, _ in contents.objects.most_common():
        key = config.texts.get(name) if config is not None else None
        if key and contents.keys[key]:
            return key
    for name, _ in contents.objects.most_common():
        if (best := _best(fits[name]) or (name if contents.keys[name] else None)) is not None:
            return best
    if contents.keys["text"]:
        return "text"
    return max(contents.keys, key=lambda key: sum(len(text_of(item, key) or "") for item in items), default=None)


def _best(fits: Counter[str]) -> str | None:
    return next((key for key, fit in fits.most_common(1) if fit), None)


def _shown_as(contents: Survey, config: LabelConfig | None, fits: dict[str, Counter[str]]) -> tuple[str, ...]:
    """Return what shows the text on the screen, as `_text_key` tells it; else what has most spans."""
    named = {name for name, key in config.texts.items() if key == contents.text} if config is not None else set()
    named = named or {name for name in contents.objects if contents.text == (_best(fits[name]) or name)}
    return tuple(sorted(named)) or tuple(
        name for name, _ in contents.objects.most_common(1) if _best(fits[name]) is None
    )


def language(text: str) -> str:
    """Return the language that a text seems to be in, as a BCP 47 tag; `und` where nothing tells it.

    >>> language("Thủ tướng đến Hà Nội"), language("The end of the line was that")
    ('vi', 'en')
    """
    letters = sum(char.isalpha() for char in text) or 1
    if len(_VIETNAMESE.findall(text)) > 0.03 * letters:
        return "vi"
    for tag, script in _SCRIPTS.items():
        if len(script.findall(text)) > 0.1 * letters:
            return tag
    words = Counter(re.findall(r"\w+", text.casefold()))
    shares = {tag: sum(words[word] for word in common) for tag, common in _COMMON.items()}
    best = max(shares, key=lambda tag: shares[tag])
    alone = list(shares.values()).count(shares[best]) == 1
    return best if alone and shares[best] > 0.04 * (sum(words.values()) or 1) else "und"
