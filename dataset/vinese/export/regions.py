"""Read the `result` of one annotation into a draft; whatever cannot go in is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vinese.checks.spans import check_span
from vinese.export.draft import Draft, Drawn, Link
from vinese.export.names import CHOICES, JUDGEMENTS, REQUIRED
from vinese.export.shown import agrees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vinese.checks.rules import Rule, Rules
    from vinese.issues import Issue

    Report = Callable[..., Issue]


class Regions:
    """Sort the regions of one annotation; `report(code, pointer, **fields)` makes an issue."""

    def __init__(self, result: list[Any], bad: set[int], text: str, rules: Rules, report: Report) -> None:
        self.result = result
        self.bad = bad
        self.text = text
        self.rules = rules
        self.report = report
        self.draft = Draft()
        self.lost: set[str] = set()
        self.lost_judgements = False
        self.predicted = self.regions = 0

    def read(self) -> Iterator[Issue]:
        """Fill `draft`, and yield what is wrong; `bad` lists the places that broke the schema already."""
        later: list[tuple[int, dict[str, Any]]] = []
        for index, region in enumerate(self.result):
            if index in self.bad:
                yield from self._broken(index, region)
            elif region["type"] == "labels":
                yield from self._region(index, region)
            else:
                later.append((index, region))
        for index, region in later:
            kind = region["type"]
            if kind == "relation":
                yield from self._relation(index, region)
            elif kind == "choices":
                yield from self._choice(index, region)
            else:
                said = region["value"]["text"]
                self.draft.notes.extend([said] if isinstance(said, str) else said)
        yield from self._incomplete()

    def _broken(self, index: int, region: Any) -> Iterator[Issue]:
        """Look at the span of a region that broke the schema: its offsets may be worth a word of their own."""
        if not isinstance(region, dict):
            return
        if region.get("type") == "labels" and isinstance(region.get("id"), str):
            self.lost.add(region["id"])
        if region.get("from_name") in JUDGEMENTS:
            self.lost_judgements = True
        value = region.get("value")
        if not isinstance(value, dict):
            return
        start, end, said = value.get("start"), value.get("end"), value.get("text")
        if type(start) is int and type(end) is int and "choices" not in value:
            yield from self._span(index, start, end, said)
            found = check_span(self.text, start, end, self.text[start:end])
            if found is not None:
                yield self.report(found[0], f"/{index}", **found[1])

    def _span(self, index: int, start: int, end: int, said: object) -> Iterator[Issue]:
        """Report a text that is not that of the offsets, whatever Label Studio did to it."""
        words = self.text[start:end] if 0 <= start <= end <= len(self.text) else None
        if isinstance(said, str) and words is not None and words != said and not agrees(said, words):
            yield self.report("span-text-differs", f"/{index}/value/text", said=said, words=words)

    def _region(self, index: int, region: dict[str, Any]) -> Iterator[Issue]:
        value, name = region["value"], region["id"]
        start, end = int(value["start"]), int(value["end"])
        said = value.get("text")
        self.regions += 1
        self.predicted += region.get("origin") == "prediction"
        if region.get("meta"):
            yield self.report("region-note", f"/{index}/meta")
        if said is not None and said != self.text[start:end]:
            problems = list(self._span(index, start, end, said))
            if problems:
                yield from problems
                self.lost.add(name)
                return
        if name in self.draft.drawn:
            yield self.report("duplicate-id", f"/{index}/id", id=name)
            return
        self.draft.drawn[name] = Drawn(
            name, region["from_name"], start, end, value["labels"][0], region.get("origin"), index, {}, []
        )

    def _choice(self, index: int, region: dict[str, Any]) -> Iterator[Issue]:
        name, value = region["from_name"], region["value"]["choices"][0]
        if name in JUDGEMENTS:
            if name in self.draft.judgements:
                yield self.report("choice-duplicate", f"/{index}", name=name)
            else:
                self.draft.judgements[name] = (value, index)
            return
        one = self.draft.drawn.get(region["id"])
        if one is None:
            code = "left-out" if region["id"] in self.lost else "choice-orphan"
            yield self.report(code, f"/{index}", id=region["id"], name=name)
        elif one.kind != CHOICES[name]:
            yield self.report("choice-misplaced", f"/{index}", name=name, kind=one.kind, wanted=CHOICES[name])
        elif name in one.choices:
            yield self.report("choice-duplicate", f"/{index}", name=name)
        else:
            one.choices[name] = (value, index)

    def _relation(self, index: int, region: dict[str, Any]) -> Iterator[Issue]:
        labels = region.get("labels") or []
        if region["direction"] == "bi":
            yield self.report("relation-both-ways", f"/{index}/direction")
        elif len(labels) != 1:
            code = "relation-many-labels" if labels else "relation-without-label"
            yield self.report(code, f"/{index}", labels=", ".join(labels))
        else:
            ends = (("from_id", region["from_id"]), ("to_id", region["to_id"]))
            first, last = ends if region["direction"] == "right" else ends[::-1]
            yield from self._arrow(index, labels[0], first, last)

    def _arrow(self, index: int, label: str, first: tuple[str, str], last: tuple[str, str]) -> Iterator[Issue]:
        """Hang a relation on the region it starts from; each end comes with the key that names it."""
        drawn = self.draft.drawn
        missing = [end for end in (first, last) if end[1] not in drawn]
        if missing:
            key, name = missing[0]
            yield self.report("relation-missing-end", f"/{index}/{key}", id=name, label=label)
            return
        source, end, rule = drawn[first[1]], drawn[last[1]], self.rules.links[label]
        if source is end:
            yield self.report("relation-self", f"/{index}", label=label)
        elif source.kind != rule.source or not rule.starts_at(source.kind, source.label):
            yield self._wrong_source(index, rule, source, end)
        else:
            yield from self._hang(index, rule, source, last[1])

    def _wrong_source(self, index: int, rule: Rule, source: Drawn, end: Drawn) -> Issue:
        if rule.starts_at(end.kind, end.label) and rule.takes(source.kind, source.label):
            return self.report("relation-reversed", f"/{index}/direction", label=rule.label, wanted=rule.start)
        found = (
            source.label if source.kind == "entity" else f"{'an' if source.kind == 'event' else 'a'} {source.kind}"
        )
        return self.report("relation-source", f"/{index}", label=rule.label, found=found, wanted=rule.start)

    def _hang(self, index: int, rule: Rule, source: Drawn, to: str) -> Iterator[Issue]:
        others = [] if rule.many else [link for link in source.links if link.label == rule.label]
        if any(link.to == to for link in others):
            yield self.report("relation-duplicate", f"/{index}", label=rule.label)
        elif others:
            yield self.report("relation-too-many", f"/{index}", label=rule.label)
        else:
            source.links.append(Link(rule.label, to, index))

    def _incomplete(self) -> Iterator[Issue]:
        """Report regions without a choice that they need, and take them out."""
        incomplete = []
        for one in self.draft.drawn.values():
            for name in REQUIRED[one.kind]:
                if name not in one.choices:
                    yield self.report(f"{name}-missing", f"/{one.index}", words=self.text[one.start : one.end])
                    incomplete.append(one)
        for one in incomplete:
            if self.draft.drawn.pop(one.id, None):
                self.lost.add(one.id)
                for index in one.dependants():
                    yield self.report("left-out", f"/{index}")
