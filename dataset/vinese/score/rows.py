"""Read rows of configs as records: sentences with mentions, tags, events or opinions, articles, their judgements.

A row is known by its `article_id`; offsets of a sentence's row count from its `start` in the article. Opinions point
at mentions and events with all that is needed to place them, so that these come with the opinions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.model.records import Sentence
from vinese.score.submission import Text
from vinese.score.tokens import TAGS, is_tagged, read_tagged
from vinese.text.sentences import sentences

_SPAN = ("id", "start", "end", "text", "type", "refers_to")
_EVENT = ("id", "type", "modality", "trigger", "arguments")
_STANCE = ("id", "polarity", "attribution", "expression", "holder_kind", "holders", "source")
_JUDGED = ("topic", "outlet_stance", "overall_leaning")
_LISTS = {
    **dict.fromkeys(TAGS, "tag"),
    "topic": "topic",
    "outlet_stance": "article_stance_value",
    "overall_leaning": "article_stance_value",
}
"""The flat columns of labels, which `datasets` stores as numbers, with the closed list that each is of."""

_GROUPS = {"entities": "entities", "events": "events", "stances": "opinions", "opinions": "opinions"}
"""The groups of measures that a row's columns hold all for."""

Parts = dict[str, Any]
"""What has been read of one article so far: a record of `prediction.json` without its id."""


def is_row(value: Mapping[str, Any]) -> bool:
    """Return whether a record is a row of a config, or has tokens and tags."""
    return "article_id" in value or is_tagged(value)


def groups_of(value: Mapping[str, Any]) -> frozenset[str]:
    """Return the groups of measures that a row holds all for; what opinions point at is no list of mentions.

    >>> sorted(groups_of({"article_id": "a", "entities": [], "events": []}))
    ['entities', 'events']
    """
    groups = {group for column, group in _GROUPS.items() if column in value}
    if is_tagged(value):
        groups.add("entities")
    if {"outlet_stance", "article_stance"} & value.keys():
        groups.add("article_stance")
    return frozenset(groups)


def named(value: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a row with the names of labels for the numbers that a `ClassLabel` stores; others are left as they are.

    >>> named({"id": "a", "ner_tags": [0, 1]}, {"tag": ["O", "B-PER"]})
    {'id': 'a', 'ner_tags': ['O', 'B-PER']}
    """

    def name(label: Any, names: Sequence[str]) -> Any:
        return names[label] if type(label) is int and 0 <= label < len(names) else label

    row = dict(value)
    for column in _LISTS.keys() & row.keys():
        names, label = lists[_LISTS[column]], row[column]
        row[column] = [name(each, names) for each in label] if isinstance(label, list) else name(label, names)
    return row


def untagged(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row that has mentions without its tags."""
    return {key: value for key, value in row.items() if key not in TAGS} if "entities" in row else row


def texts_of_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, Text]:
    """Return the texts of the articles that rows are of, with their sentences.

    A row of several sentences is cut as articles are; white space between rows is not known.

    >>> rows = [{"article_id": "a", "start": 4, "text": "Hai."}, {"article_id": "a", "start": 0, "text": "Ba."}]
    >>> texts_of_rows(rows)["a"]
    Text(text='Ba. Hai.', sentences=(Sentence(start=0, end=3), Sentence(start=4, end=8)), exact=False)
    """
    texts: dict[str, Text] = {}
    pieces: dict[str, dict[int, str]] = {}
    for row in rows:
        article_id, text, start = str(row.get("article_id")), row.get("text"), row.get("start")
        if not isinstance(text, str):
            continue
        if isinstance(start, int):
            pieces.setdefault(article_id, {})[start] = text
        else:
            places = tuple(Sentence(place["start"], place["end"]) for place in row.get("sentences") or ())
            texts[article_id] = Text(text, places)
    return {article_id: _joined(parts) for article_id, parts in pieces.items()} | texts


def _joined(pieces: Mapping[int, str]) -> Text:
    whole, places = "", []
    for start, piece in sorted(pieces.items()):
        whole = whole.ljust(start)[:start] + piece
        places += [Sentence(start + cut.start, start + cut.end) for cut in sentences(piece)]
    return Text(whole, tuple(places), exact=False)


def read_row(
    value: Mapping[str, Any], text: str, types: frozenset[str], parts: Parts, *, repair: bool
) -> Iterator[Issue]:
    """Add what a row holds to `parts`, and yield the issues that keep it from being read."""
    entities = parts.setdefault("entities", [])
    article_id = str(value.get("article_id", value.get("id")))
    if is_tagged(value):
        if value.get("entities"):
            form = "a row with tags and mentions, of which one alone can be predicted"
            yield issue("no-record", article_id=article_id, found=form)
            return
        for tagged in read_tagged(value, text, types, repair=repair):
            if isinstance(tagged, Issue):
                yield tagged
            else:
                entities.append({"id": f"t{len(entities) + 1}", **tagged})
    elif not groups_of(value):
        yield issue("no-record", article_id=article_id, found="a row without anything predicted")
    elif "start" in value and "stances" in value:
        form = (
            "a row of `stance_pairs`, which is no task here: scikit-learn scores its `label`; to compare systems "
            "give rows of `opinions`, or records of whole articles"
        )
        yield issue("no-record", article_id=article_id, found=form)
    else:
        start = value.get("start") or 0
        entities += [_moved(entity, start) for entity in value.get("entities") or ()]
        if "events" in value:
            parts.setdefault("events", []).extend(_event(item, start) for item in value["events"] or ())
        if value.get("stances"):
            parts["stances"] = [_stance(item) for item in value["stances"]]
        for opinion in value.get("opinions") or ():
            _add_opinion(opinion, start, types, parts)
        judged = value if "outlet_stance" in value else value.get("article_stance")
        if judged:
            parts["article_stance"] = {key: judged[key] for key in _JUDGED if key in judged}


def _kept(item: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: item[key] for key in keys if item.get(key) is not None}


def _moved(entity: Mapping[str, Any], by: int) -> dict[str, Any]:
    span = _kept(entity, _SPAN)
    return {**span, "start": span["start"] + by, "end": span["end"] + by} if {"start", "end"} <= span.keys() else span


def _event(item: Mapping[str, Any], start: int) -> dict[str, Any]:
    return {
        **_kept(item, _EVENT),
        "trigger": _moved(item["trigger"], start),
        "arguments": [_kept(argument, ("role", "entity", "event")) for argument in item["arguments"]],
    }


def _stance(item: Mapping[str, Any]) -> dict[str, Any]:
    target = item["target"] if item.get("target") else {key: item.get(key) for key in ("mention", "topic")}
    return {**_kept(item, _STANCE), "target": dict(target)}


def _add_opinion(item: Mapping[str, Any], start: int, types: frozenset[str], parts: Parts) -> None:
    """Add an opinion of a sentence, and the mentions and events that it points at."""
    stances = parts.setdefault("stances", [])
    source, mention = item.get("source"), item.get("mention")
    stances.append(
        {
            "id": f"s{len(stances) + 1}",
            **_kept(item, ("polarity", "attribution", "holder_kind")),
            "expression": _moved(item["expression"], start),
            "holders": [_pointed(holder, start, types, parts) for holder in item.get("holders") or ()],
            "source": source and _pointed(source, start, types, parts),
            "target": {"mention": mention and _pointed(mention, start, types, parts), "topic": item.get("topic")},
        }
    )


def _pointed(pointer: Mapping[str, Any], start: int, types: frozenset[str], parts: Parts) -> str:
    """Return the id, made of its place and type, of a mention or event that an opinion points at."""
    span = {key: part for key, part in _moved(pointer, start).items() if key in {"start", "end", "text"}}
    label = str(pointer.get("type"))
    name = f"{label}-{span.get('start')}-{span.get('end')}"
    entity = label in types or pointer.get("entity") is not None
    items = parts.setdefault("entities" if entity else "events", [])
    if all(item["id"] != name for item in items):
        items.append({"id": name, "type": label, **(span if entity else {"trigger": span})})
    return name
