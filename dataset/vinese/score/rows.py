"""Read rows of configs as predictions: sentences with mentions, tags or events, articles, their judgements.

A row is known by its `article_id`; offsets of a sentence's row count from its `start` in the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.score.tokens import is_tagged, read_tagged

_SPAN = ("id", "start", "end", "text", "type", "refers_to")
_EVENT = ("id", "type", "modality", "trigger", "arguments")
_STANCE = ("id", "polarity", "attribution", "expression", "holder_kind", "holders", "source")
_JUDGED = ("topic", "outlet_stance", "overall_leaning")
Parts = dict[str, Any]
"""What has been read of one article so far: a record of `prediction.json` without its id."""


def is_row(value: Mapping[str, Any]) -> bool:
    """Return whether a record is a row of a config, or has tokens and tags."""
    return "article_id" in value or is_tagged(value)


def read_row(
    value: Mapping[str, Any], text: str, types: frozenset[str], parts: Parts, *, repair: bool = False
) -> Iterator[Issue]:
    """Put what a row holds into `parts`, and yield the issues that keep it from being read."""
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
    elif not value.keys() & {"entities", "events", "stances", "article_stance", "outlet_stance"}:
        yield issue("no-record", article_id=article_id, found="a row without anything predicted")
    elif "start" in value and "stances" in value:
        form = "a sentence's row of stances; give records of whole articles"
        yield issue("no-record", article_id=article_id, found=form)
    else:
        start = value.get("start") or 0
        entities += [_moved(entity, start) for entity in value.get("entities") or ()]
        if "events" in value:
            parts.setdefault("events", []).extend(_event(item, start) for item in value["events"] or ())
        if value.get("stances"):
            parts["stances"] = [_stance(item) for item in value["stances"]]
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
