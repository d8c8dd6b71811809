"""A made-up corpus that simple systems can learn: the names, trigger and cue of an article come again in each."""

from __future__ import annotations

from typing import Any

import vinese

Row = dict[str, Any]
NAMES = {"Đức": "GPE", "Pháp": "GPE", "NATO": "ORG_IGO", "EU": "ORG_IGO", "Mark Rutte": "PER", "Olaf Scholz": "PER"}
SENTENCES = (
    ("Mark Rutte", "hội đàm", "Đức"),
    ("Olaf Scholz", "ủng hộ", "NATO"),
    ("EU", "hội đàm", "Pháp"),
    ("Pháp", "ủng hộ", "EU"),
)


def article(name: str, *, judged: str = "NEUTRAL", own: str = "") -> Row:
    """Return a record of `prediction.json` with its text: four sentences, and one with `own`, a name."""
    sentences = [*SENTENCES, *([(own, "hội đàm", "Đức")] if own else [])]
    names = {**NAMES, own: "GPE"}
    text, entities, events, stances = "", [], [], []
    for holder, verb, target in sentences:
        text += " " if text else ""
        first = len(text)
        text += f"{holder} {verb} với {target}." if verb == "hội đàm" else f"{holder} {verb} {target}."
        a, v, b = (first, first + len(holder) + 1, first + text[first:].rindex(target))
        ids = [f"e{len(entities) + 1}", f"e{len(entities) + 2}"]
        for key, at, words in zip(ids, (a, b), (holder, target), strict=True):
            entities.append({"id": key, "start": at, "end": at + len(words), "text": words, "type": names[words]})
        place = {"start": v, "end": v + len(verb), "text": verb}
        if verb == "hội đàm":
            arguments = [{"role": role, "entity": key} for role, key in zip(("ACTOR", "RECIPIENT"), ids, strict=True)]
            events.append(
                {
                    "id": f"v{len(events) + 1}", "type": "CONSULT", "modality": "ASSERTED", "trigger": place,
                    "arguments": arguments,
                }
            )  # fmt: skip
        else:
            stances.append(
                {
                    "id": f"s{len(stances) + 1}", "polarity": "FAVOR", "attribution": "REPORTED", "expression": place,
                    "holder_kind": "ENTITY", "holders": ids[:1], "target": {"mention": ids[1], "topic": "other"},
                }
            )  # fmt: skip
    judgement = {
        "topic": vinese.load_ontology().article_stance.topic,
        "outlet_stance": judged,
        "overall_leaning": judged,
    }
    return {
        "id": name, "text": text, "entities": entities, "events": events, "stances": stances,
        "article_stance": judgement,
    }  # fmt: skip


def gold(count: int = 4) -> tuple[list[Row], dict[str, str]]:
    """Return records of so many articles, and their texts."""
    articles = [article(f"a{number}") for number in range(count)]
    return split(articles)


def split(articles: list[Row]) -> tuple[list[Row], dict[str, str]]:
    """Return the records of articles without their texts, and these."""
    records = [{key: value for key, value in one.items() if key != "text"} for one in articles]
    return records, {one["id"]: one["text"] for one in articles}
