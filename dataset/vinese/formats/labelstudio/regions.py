"""Read the `result` of one annotation into a draft; whatever cannot go in is reported.

The names at the top are those of the controls of the label configuration, as regions of an export refer to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vinese.checks.spans import check_span
from vinese.core.issues import Issue
from vinese.formats.labelstudio.draft import Arrow, Draft, Drawn
from vinese.model.links import Rule, Rules
from vinese.model.records import JUDGEMENTS
from vinese.text.normalise import nfc

CHOICES = {
    "modality": "event",
    "polarity": "stance",
    "attribution": "stance",
    "holder_kind": "stance",
    "topic": "stance",
}
REQUIRED = {"entity": (), "event": ("modality",), "stance": ("polarity", "attribution")}
NOTE = "note"
TEXT = "text"
TOOL = "Label Studio"
_INDEFINITE = {"event": "an event", "stance": "a stance"}
_SPACE = re.compile(r"\s+")


def as_shown(words: str) -> str:
    r"""Return `words` as Label Studio stores them.

    >>> as_shown("một\nhai")
    'một\\nhai'
    """
    return re.sub(r"[^\S\n]+", " ", words).replace("\n", "\\n")


def agrees(stated: str, words: str) -> bool:
    r"""Return whether `stated` is how Label Studio may have stored `words`.

    >>> agrees("một\\nhai", "một\nhai"), agrees("Berlin, Bonn", "Berlin,  Bonn"), agrees("Bonn", "Bonn ")
    (True, True, False)
    """
    return stated == words or _plain(stated) == _plain(words)


def _plain(words: str) -> str:
    return _SPACE.sub(" ", nfc(words).replace("\\n", "\n"))


Report = Callable[..., Issue]


class Regions:
    """The regions of one annotation on their way into `draft`; `report(code, pointer, **fields)` makes an issue.

    `lost` holds the ids of regions that were left out, `hushed` the places of those of which the whole task says why,
    `told` those of which the issue of another place speaks, `doubled` by region the places of its several kinds.
    Most regions are sound, and many: these go the short way.
    """

    def __init__(
        self, result: list[Any], bad: set[int], text: str, rules: Rules, report: Report, *, hushed: set[int]
    ) -> None:
        self.result = result
        self.bad = bad
        self.text = text
        self.rules = rules
        self.report = report
        self.hushed = hushed
        self.issues: list[Issue] = []
        self.draft = Draft()
        self.lost: set[str] = set()
        self.told: set[int] = set()
        self.doubled: dict[str, list[int]] = {}
        self.lost_judgements = False
        self.predicted = self.regions = 0

    def read(self) -> list[Issue]:
        """Fill `draft`, and return what is wrong; `bad` lists the places that broke the schema already."""
        choices: list[tuple[int, dict[str, Any]]] = []
        relations: list[tuple[int, dict[str, Any]]] = []
        for index, region in enumerate(self.result):
            kind = "" if index in self.bad else region["type"]
            if kind == "labels" and index in self.hushed:
                self.lost.add(region["id"])
            elif kind == "labels":
                self._region(index, region)
            elif kind == "choices":
                choices.append((index, region))
            elif kind == "relation":
                relations.append((index, region))
            elif kind:
                stated = region["value"]["text"]
                self.draft.notes.extend([stated] if isinstance(stated, str) else stated)
            else:
                self._broken(index, region)
        self._leave_out_doubled()
        for index, region in choices:
            self._choice(index, region)
        for index, region in relations:
            self._relation(index, region)
        self._incomplete()
        return self.issues

    def _tell(self, code: str, pointer: str, **fields: Any) -> None:
        self.issues.append(self.report(code, pointer, **fields))

    def _broken(self, index: int, region: Any) -> None:
        """Report what is wrong with the span of a region that broke the schema, if it has one."""
        if not isinstance(region, dict):
            return
        if region.get("type") == "labels" and isinstance(region.get("id"), str):
            self.lost.add(region["id"])
        if region.get("from_name") in JUDGEMENTS:
            self.lost_judgements = True
        value = region.get("value")
        if not isinstance(value, dict):
            return
        start, end, stated = value.get("start"), value.get("end"), value.get("text")
        if type(start) is int and type(end) is int and "choices" not in value:
            self._differs(index, start, end, stated)
            problem = check_span(self.text, start, end, self.text[start:end])
            if problem is not None:
                self._tell(problem[0], f"/{index}", **problem[1])

    def _differs(self, index: int, start: int, end: int, stated: object) -> bool:
        """Report a text that is not that of the offsets, whatever Label Studio did to it; tell whether it is not."""
        words = self.text[start:end] if 0 <= start <= end <= len(self.text) else None
        if not isinstance(stated, str) or words is None or agrees(stated, words):
            return False
        self._tell("span-text-differs", f"/{index}/value/text", said=stated, words=words)
        return True

    def _region(self, index: int, region: dict[str, Any]) -> None:
        value, name, origin = region["value"], region["id"], region.get("origin")
        start, end = int(value["start"]), int(value["end"])
        stated = value.get("text")
        self.regions += 1
        if origin == "prediction":
            self.predicted += 1
        if region.get("meta"):
            self._tell("region-note", f"/{index}/meta")
        if stated != self.text[start:end] and self._differs(index, start, end, stated):
            self.lost.add(name)
        elif (first := self.draft.drawn.get(name)) is not None:
            if (first.start, first.end) == (start, end) and first.kind != region["from_name"]:
                self.doubled.setdefault(name, [first.index]).append(index)
            else:
                self._tell("duplicate-id", f"/{index}/id", id=name)
        else:
            label = value["labels"][0]
            self.draft.drawn[name] = Drawn(name, region["from_name"], start, end, label, origin, index, {}, [])

    def _leave_out_doubled(self) -> None:
        """Leave out each region with labels of several kinds: nobody can tell which was meant."""
        for name, places in self.doubled.items():
            region = self.draft.drawn.pop(name)
            labels = " and ".join(self.result[place]["value"]["labels"][0] for place in places)
            words = self.text[region.start : region.end]
            self._tell("region-two-kinds", f"/{places[-1]}", words=words, labels=labels)
            self.lost.add(name)
            self.told.update(places)

    def _choice(self, index: int, region: dict[str, Any]) -> None:
        name, value = region["from_name"], region["value"]["choices"][0]
        if name in JUDGEMENTS:
            if name in self.draft.judgements:
                self._tell("choice-duplicate", f"/{index}", name=name)
            else:
                self.draft.judgements[name] = (value, index)
            return
        drawn = self.draft.drawn.get(region["id"])
        if region["id"] in self.doubled:
            self.told.add(index)
        elif drawn is None:
            code = "left-out" if region["id"] in self.lost else "choice-orphan"
            self._tell(code, f"/{index}", id=region["id"], name=name)
        elif drawn.kind != CHOICES[name]:
            self._tell("choice-misplaced", f"/{index}", name=name, kind=drawn.kind, wanted=CHOICES[name])
        elif name in drawn.choices:
            self._tell("choice-duplicate", f"/{index}", name=name)
        else:
            drawn.choices[name] = (value, index)

    def _relation(self, index: int, region: dict[str, Any]) -> None:
        labels, direction = region.get("labels") or [], region["direction"]
        ends = (region["from_id"], region["to_id"]) if direction == "right" else (region["to_id"], region["from_id"])
        if direction == "bi":
            self._tell("relation-both-ways", f"/{index}/direction")
        elif not labels:
            self._tell("relation-without-label", f"/{index}")
        for number, label in enumerate(labels if direction != "bi" else ()):
            place = f"/{index}" if len(labels) == 1 else f"/{index}/labels/{number}"
            self._arrow(index, place, label, *ends)

    def _arrow(self, index: int, place: str, label: str, first: str, last: str) -> None:
        """Hang one label of a relation from `first` to `last` on the region it starts from."""
        source, end, rule = self.draft.drawn.get(first), self.draft.drawn.get(last), self.rules.links[label]
        if source is None or end is None:
            missing = first if source is None else last
            key = "from_id" if self.result[index]["from_id"] == missing else "to_id"
            code = "left-out" if missing in self.lost else "relation-missing-end"
            self._tell(code, f"/{index}/{key}", id=missing, label=label)
        elif source is end:
            self._tell("relation-self", place, label=label)
        elif _reversed(rule, source, end):
            self._tell("relation-reversed", f"/{index}/direction", label=label, wanted=rule.start)
        elif source.kind != rule.source:
            kind = source.label if source.kind == "entity" else _INDEFINITE[source.kind]
            self._tell("relation-source", place, label=label, found=kind, wanted=rule.start)
        else:
            # What a document has room for is checked there; it has room for one target and one source of a stance.
            others = [] if rule.many else [arrow.to for arrow in source.arrows if arrow.label == label]
            if others:
                code = "relation-duplicate" if last in others else "relation-too-many"
                self._tell(code, place, label=label)
            else:
                source.arrows.append(Arrow(label, last, index, place))

    def _incomplete(self) -> None:
        """Report regions without a choice that they need, and take them out."""
        for drawn in list(self.draft.drawn.values()):
            missing = [name for name in REQUIRED[drawn.kind] if name not in drawn.choices]
            for name in missing:
                self._tell(f"{name}-missing", f"/{drawn.index}", words=self.text[drawn.start : drawn.end])
            if missing:
                del self.draft.drawn[drawn.id]
                self.lost.add(drawn.id)
                for index in drawn.dependants():
                    self._tell("left-out", f"/{index}")


def _reversed(rule: Rule, source: Drawn, end: Drawn) -> bool:
    """Return whether a relation would be right if it ran the other way, and is not as it is."""
    fits = rule.starts_at(source.kind, source.label)
    return not fits and rule.starts_at(end.kind, end.label) and rule.takes(source.kind, source.label)
