"""Load vinese: Vietnamese news with entities, stance and events.

One file, two uses. It is the package's own builder, for every `datasets` from 2.14.7 on; and it is a loading script,
which `load_dataset("loader.py", "entities", data_dir=FOLDER, trust_remote_code=True)` runs from 2.16 to 3.6. From 4.0
on `load_dataset()` runs no scripts; there it reads the Parquet files that this builder made.

It reads a staging folder: `documents.jsonl` (a document a line, its `words` as stretches of the text), `layers.jsonl`
(the same of every layer before adjudication, for `annotators`), `scheme.json` (see `vinese.package.configs`) and
`splits.json` (`{article_id: {"split": name, "fold": number}}`). A row function takes a document and a scheme and
yields plain rows with labels as strings; the builder numbers those of flat columns. The words of `entities_words` are
made of the tokens of `entities`: those that begin in one stretch, parted wherever a mention begins or ends between
them.

A window is the unit of `entities`, `entities_words`, `opinions`, `stance_pairs` and `events`: one sentence, or
several that an annotation of that config joins, so that nothing is cut or dropped. `start` and `end` of a row are its
place in the article; all others count from the row's own start: `row["text"][start:end] == text`. Offsets count
Unicode code points, half open. The windows of `stance_pairs` are those of `opinions`.

The candidate rule of `stance_pairs`. In every window each holder is paired with each target. Holders are the
outermost mentions of a type that may hold a stance, and whatever mention a stance of the window names as holder.
Targets are the outermost mentions of a type that may receive one, the event triggers, and whatever mention a stance
of the window is about. A pair that stances join has their polarity (MIXED if they differ); any other pair is NONE,
except that a pair is left out if its two spans overlap, if both sides name the same thing, or if it names the same
holder and target as a pair of the window that stances join. Two mentions name the same thing if they have the same
type and text (letter case aside), or stand for such mentions: an auxiliary one for those that it refers to; a name
for an abbreviation of its type, a word with two capitals, in brackets right after it; a ROLE for the PER in
apposition, the one after it or else the one before it, both outermost, with nothing between but white space, a word
in brackets, a comma, and `ông`, `bà` or `ngài`, in this order, each if there.
"""

# ruff: noqa: PTH118, PTH123
from __future__ import annotations

import bisect
import functools
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import datasets  # type: ignore[import-untyped]
import pyarrow as pa  # type: ignore[import-untyped]

UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # scripts without spaces
SYLLABLE = re.compile(rf"\d+(?:[.,/:]\d+)*|[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
BRACKET = re.compile(r" \((?:\w*[A-ZĂÂĐÊÔƠƯ]){2}\w*")
BESIDE = re.compile(r" ?(\(\w+\))?,? ?((ông|bà|ngài) )?")
BATCH = 1000
MIXED, NO_STANCE = "MIXED", "NONE"

Row = dict[str, Any]
Shards = list[tuple[int, int]]
Names = frozenset[tuple[str, str]]


class Window(NamedTuple):
    """One sentence, or several joined, of an article: sentence numbers (last included) and offsets."""

    first: int
    last: int
    start: int
    end: int

    def row(self, document: Row) -> Row:
        """Return the columns that every row of a window has."""
        return {
            "id": f"{document['id']}/{self.first}",
            "text": document["text"][self.start : self.end],
            "start": self.start,
            "end": self.end,
            "sentence_numbers": list(range(self.first, self.last + 1)),
        }

    def shift(self, span: Row) -> Row:
        """Return where `span` of the article stands in the window."""
        return {"start": span["start"] - self.start, "end": span["end"] - self.start, "text": span["text"]}


def windows(document: Row, groups: Iterable[list[Row]]) -> Iterator[tuple[Window, list[int]]]:
    """Yield the windows of a document with the numbers of the `groups` of spans that stand in each, in order.

    Sentences are joined until every group stands in one window. A span outside all sentences belongs to the one
    before it, or else to the first, which is widened to hold it.
    """
    sentences = document["sentences"] or [{"start": 0, "end": len(document["text"])}]
    starts, ends = [sentence["start"] for sentence in sentences], [sentence["end"] for sentence in sentences]
    joined = [False] * len(sentences)
    homes: list[list[int]] = [[] for _ in sentences]
    for number, group in enumerate(groups):
        low, high = group[0]["start"], group[0]["end"]
        for span in group[1:]:
            low, high = min(low, span["start"]), max(high, span["end"])
        first = max(0, bisect.bisect_right(starts, low) - 1)
        last = max(0, bisect.bisect_right(starts, high - 1) - 1)
        starts[first] = min(starts[first], low)
        ends[last] = max(ends[last], high)
        if last > first:
            joined[first + 1 : last + 1] = [True] * (last - first)
        homes[first].append(number)
    first = 0
    for after in range(1, len(sentences) + 1):
        if after == len(sentences) or not joined[after]:
            inside = sorted(number for home in homes[first:after] for number in home)
            yield Window(first, after - 1, starts[first], ends[after - 1]), inside
            first = after


def outermost(spans: Iterable[Row]) -> list[Row]:
    """Return the spans that no other one holds, in order; of two that cross or coincide, the first."""
    kept: list[Row] = []
    for span in sorted(spans, key=lambda span: (span["start"], -span["end"])):
        if not kept or span["start"] >= kept[-1]["end"]:
            kept.append(span)
    return kept


class Tokens(NamedTuple):
    """The tokens or words of a text, and where each starts and ends."""

    texts: list[str]
    starts: list[int]
    ends: list[int]

    def row(self) -> Row:
        """Return the columns that a row has of them."""
        return {"tokens": self.texts, "token_starts": self.starts, "token_ends": self.ends}


@functools.lru_cache(maxsize=256)
def tokens(text: str) -> Tokens:
    """Return the syllable tokens of a text: numbers, runs of letters and digits, single signs.

    Several configs ask for those of the same sentence; what is returned must stay as it is.
    """
    found, end = Tokens(SYLLABLE.findall(text), [], []), 0
    for token in found.texts:  # what stands between is white space, so it is found sooner than the pattern tells
        start = text.find(token, end)
        end = start + len(token)
        found.starts.append(start)
        found.ends.append(end)
    return found


def bio(starts: Sequence[int], ends: Sequence[int], spans: Iterable[Row]) -> list[str]:
    """Return a BIO tag a token; a token that a span cuts belongs to it, and of two such spans to the first."""
    tags = ["O"] * len(starts)
    position = 0
    for span in spans:
        prefix = "B"
        while position < len(ends) and ends[position] <= span["start"]:
            position += 1
        while position < len(starts) and starts[position] < span["end"]:
            tags[position] = f"{prefix}-{span['type']}"
            prefix = "I"
            position += 1
    return tags


def article_rows(document: Row, _scheme: Row) -> Iterator[Row]:
    """Yield the document itself: everything nested, offsets into the article."""
    row = {key: value for key, value in document.items() if key not in {"id", "metadata"}}
    row.setdefault("relations", [])
    row["stances"] = [{**stance, **stance["target"]} for stance in document["stances"]]
    yield {**document.get("metadata", {}), **row}


def article_stance_rows(document: Row, _scheme: Row) -> Iterator[Row]:
    """Yield the article with the two judgements on it; an article that was not judged has no row."""
    if document["article_stance"] is not None:
        yield {"text": document["text"], **document["article_stance"]}


def entity_rows(document: Row, scheme: Row) -> Iterator[Row]:
    """Yield every window with its tokens, tags of the outermost spans, and all spans; no auxiliary types."""
    for row, syllables in _tagged(document, scheme):
        tags = bio(syllables.starts, syllables.ends, outermost(row["entities"]))
        yield {**row, **syllables.row(), "ner_tags": tags}


def word_rows(document: Row, scheme: Row) -> Iterator[Row]:
    """Yield the rows of `entities` with words for tokens, syllables joined by `_`; see the module's docstring."""
    begins = [start for start, _ in document["words"]]
    for row, syllables in _tagged(document, scheme):
        edges = {edge for span in row["entities"] for edge in (span["start"], span["end"])}
        place, home = row["start"], -1
        words, starts, ends, cuts = list[str](), list[int](), list[int](), list[bool]()
        for token, start, end in zip(*syllables, strict=True):
            before, home = home, bisect.bisect_right(begins, place + start)
            cut = home == before and (start in edges or ends[-1] in edges)
            if home == before and not cut:
                words[-1] += token if start == ends[-1] else f"_{token}"
                ends[-1] = end
            else:
                words.append(token)
                starts.append(start)
                ends.append(end)
                cuts.append(cut)
        tags = bio(starts, ends, outermost(row["entities"]))
        yield {**row, **Tokens(words, starts, ends).row(), "token_cuts": cuts, "ner_tags": tags}


def _tagged(document: Row, scheme: Row) -> Iterator[tuple[Row, Tokens]]:
    """Yield every window with its named mentions as a row, and its syllable tokens."""
    named = [entity for entity in document["entities"] if entity["type"] not in scheme["auxiliary"]]
    for window, inside in windows(document, ([entity] for entity in named)):
        row = window.row(document)
        yield {**row, "entities": [_entity(named[number], window) for number in inside]}, tokens(row["text"])


def _entity(entity: Row, window: Window) -> Row:
    return {"id": entity["id"], **window.shift(entity), "type": entity["type"]}


def annotator_rows(document: Row, scheme: Row) -> Iterator[Row]:
    """Yield the article as one layer has it, with who made that."""
    provenance, row = document["provenance"], next(article_rows(document, scheme))
    yield {**row, **provenance, "id": f"{document['id']}/{provenance['layer']}"}


def mentions(document: Row) -> dict[str, Row]:
    """Return all that an argument, a holder or a target may point at, by id: `{kind, id, start, end, text, type}`."""
    by_id = {entity["id"]: {**entity, "kind": "ENTITY"} for entity in document["entities"]}
    for event in document["events"]:
        by_id[event["id"]] = {**event["trigger"], "id": event["id"], "type": event["type"], "kind": "EVENT"}
    return by_id


def _filler(mention: Row, window: Window) -> Row:
    """Return a mention as rows point at it: its id stands in the column of its kind, the other one is null."""
    ids = {"entity": None, "event": None, mention["kind"].lower(): mention["id"]}
    return {**ids, **window.shift(mention), "type": mention["type"]}


def _pointer(mention: Row, window: Window) -> Row:
    """Return an entity as rows point at it where nothing but an entity may stand."""
    return {"entity": mention["id"], **window.shift(mention), "type": mention["type"]}


def event_rows(document: Row, scheme: Row) -> Iterator[Row]:
    """Yield every window, those without an event too, with its tokens, all mentions, and its events."""
    codes = scheme.get("plover", {})
    by_id, events, entities = mentions(document), document["events"], document["entities"]
    roles = [
        [(argument["role"], by_id[argument["entity"] or argument["event"]]) for argument in event["arguments"]]
        for event in events
    ]
    groups = [[event["trigger"], *(filler for _, filler in roles[number])] for number, event in enumerate(events)]
    for window, inside in windows(document, [*groups, *([entity] for entity in entities)]):
        rows = []
        for number in (number for number in inside if number < len(events)):
            event = events[number]
            arguments = [{"role": role, **_filler(filler, window)} for role, filler in roles[number]]
            plain = {key: event[key] for key in ("id", "type", "modality")}
            plain["plover"] = codes.get(f"{event['type']} {event['modality']}")
            rows.append({**plain, "trigger": window.shift(event["trigger"]), "arguments": arguments})
        row = window.row(document)
        within = [_entity(entities[number - len(events)], window) for number in inside if number >= len(events)]
        yield {**row, **tokens(row["text"]).row(), "entities": within, "events": rows}


def relation_rows(document: Row, _scheme: Row) -> Iterator[Row]:
    """Yield every relation between entities that has no column of its own, with the window of its two ends."""
    by_id, relations = mentions(document), document.get("relations", [])
    groups = [[by_id[relation["source"]], by_id[relation["target"]]] for relation in relations]
    for window, inside in windows(document, groups):
        for number in inside:
            head, tail = ({**window.shift(end), "id": end["id"], "type": end["type"]} for end in groups[number])
            row = window.row(document)
            row["id"] = f"{row['id']}/{head['id']}-{relations[number]['type']}-{tail['id']}"
            yield {**row, "relation": relations[number]["type"], "head": head, "tail": tail}


def opinion_rows(document: Row, _scheme: Row) -> Iterator[Row]:
    """Yield every window, those without an opinion too, with its attributed opinions."""
    for window, scene in _scenes(document, mentions(document)):
        ordered = sorted(
            scene.stances, key=lambda stance: (stance["expression"]["start"], stance["expression"]["end"])
        )
        yield {**window.row(document), "opinions": [_opinion(stance, scene, window) for stance in ordered]}


def _opinion(stance: Row, scene: _Scene, window: Window) -> Row:
    """Return a stance as rows hold it, with the words and places of all that it points at."""
    mention, source = stance["target"]["mention"], stance["source"]
    return {
        **{key: stance[key] for key in ("id", "polarity", "attribution", "holder_kind")},
        "expression": window.shift(stance["expression"]),
        "holders": [_pointer(scene.by_id[holder], window) for holder in stance["holders"]],
        "mention": None if mention is None else _filler(scene.by_id[mention], window),
        "topic": stance["target"]["topic"],
        "source": None if source is None else _pointer(scene.by_id[source], window),
    }


def pair_rows(document: Row, scheme: Row) -> Iterator[Row]:
    """Yield every candidate pair of a holder and a target; the module's docstring states the rule."""
    by_id, others = mentions(document), appositions(document)
    names = {mention["id"]: _names(mention, by_id, others) for mention in by_id.values()}
    for window, scene in _scenes(document, by_id):
        yield from _candidates(document, window, scene, names, scheme)


def _scenes(document: Row, by_id: dict[str, Row]) -> Iterator[tuple[Window, _Scene]]:
    """Yield every window that stances join, with its mentions in the order of the text and its stances."""
    stances = document["stances"]
    groups = [_spans(stance, by_id) for stance in stances]
    alone = [[mention] for mention in by_id.values()]
    for window, inside in windows(document, [*groups, *alone]):
        within = [alone[number - len(groups)][0] for number in inside if number >= len(groups)]
        within.sort(key=lambda mention: (mention["start"], -mention["end"]))
        joining = [stances[number] for number in inside if number < len(groups)]
        yield window, _Scene(within, joining, by_id)


class _Scene(NamedTuple):
    """The mentions and stances of one window, and every mention of the article by id."""

    mentions: list[Row]
    stances: list[Row]
    by_id: dict[str, Row]


def appositions(document: Row) -> dict[str, Row]:
    """Return by id the mention beside it that a ROLE, or a name with an abbreviation, stands for; see the rule."""
    text, entities, outer = document["text"], document["entities"], outermost(document["entities"])
    by_start = {entity["start"]: entity for entity in outer}
    by_end = {(entity["end"], entity["type"]): entity for entity in entities}
    others = {}
    for name in entities:
        short = (gap := BRACKET.match(text, name["end"])) and by_end.get((gap.end(), name["type"]))
        if short and short["start"] == name["end"] + 2:
            others[name["id"]] = short
    for entity in outer:
        gap = BESIDE.match(text, entity["end"])
        sides = {side["type"]: side for side in (entity, by_start.get(gap and gap.end())) if side}
        if sides.keys() == {"ROLE", "PER"}:
            others[sides["ROLE"]["id"]] = sides["PER"]
    return others


def _names(mention: Row, by_id: dict[str, Row], others: dict[str, Row]) -> Names:
    """Return what a mention names: its own type and text, and those of the mentions that it stands for."""
    same = [mention, *(by_id[other] for other in mention.get("refers_to", ()))]
    same += [others[entity["id"]] for entity in same if entity["id"] in others]
    return frozenset((entity["type"], entity["text"].casefold()) for entity in same)


def _spans(stance: Row, by_id: dict[str, Row]) -> list[Row]:
    """Return the expression of a stance and every mention that it points at."""
    ends = [*stance["holders"], stance["source"], stance["target"]["mention"]]
    return [stance["expression"], *(by_id[end] for end in ends if end is not None)]


def _candidates(document: Row, window: Window, scene: _Scene, names: dict[str, Names], scheme: Row) -> Iterator[Row]:
    """Yield the pairs of one window in the order of the text."""
    joined: dict[tuple[str, str], list[Row]] = {}
    for stance in scene.stances:
        for holder in stance["holders"] if stance["target"]["mention"] else ():
            joined.setdefault((holder, stance["target"]["mention"]), []).append(stance)
    outer = outermost(mention for mention in scene.mentions if mention["kind"] == "ENTITY")
    events = [mention["id"] for mention in scene.mentions if mention["kind"] == "EVENT"]
    holders = {mention["id"] for mention in outer if mention["type"] in scheme["holders"]}
    targets = {mention["id"] for mention in outer if mention["type"] in scheme["targets"]}.union(events)
    order = {mention["id"]: number for number, mention in enumerate(scene.mentions)}
    rights = sorted(targets.union(target for _, target in joined), key=order.__getitem__)
    fillers = {target: _filler(scene.by_id[target], window) for target in rights}
    row = window.row(document)
    for holder in sorted(holders.union(holder for holder, _ in joined), key=order.__getitem__):
        pointer = _pointer(scene.by_id[holder], window)
        unclear = _unclear(holder, rights, joined, scene, names)
        for target in rights:
            stances = joined.get((holder, target), ())
            if stances or target not in unclear:
                yield {
                    **row,
                    "id": f"{row['id']}/{holder}/{target}",
                    "holder": pointer,
                    "target": fillers[target],
                    "label": _label(stances) if stances else NO_STANCE,
                    "stances": [stance["id"] for stance in stances],
                }


def _label(stances: Iterable[Row]) -> str:
    """Return the polarity of stances, `MIXED` if they differ."""
    polarities = {stance["polarity"] for stance in stances}
    return polarities.pop() if len(polarities) == 1 else MIXED


def _unclear(
    holder: str, targets: list[str], joined: Iterable[tuple[str, str]], scene: _Scene, names: dict[str, Names]
) -> set[str]:
    """Return the targets with which NONE could be wrong of a holder, or mean nothing; see the rule."""
    start, end = scene.by_id[holder]["start"], scene.by_id[holder]["end"]
    rivals = {holder, *(right for left, right in joined if not names[holder].isdisjoint(names[left]))}
    named = Names().union(*(names[rival] for rival in rivals))
    return {
        target
        for target in targets
        if not names[target].isdisjoint(named)
        or (start < scene.by_id[target]["end"] and scene.by_id[target]["start"] < end)
    }


ROWS = {
    "articles": article_rows,
    "entities": entity_rows,
    "entities_words": word_rows,
    "opinions": opinion_rows,
    "stance_pairs": pair_rows,
    "article_stance": article_stance_rows,
    "events": event_rows,
    "relations": relation_rows,
    "annotators": annotator_rows,
}


def source_of(config: str) -> str:
    """Return the file of the staging folder whose documents a config has the rows of."""
    return "layers.jsonl" if config == "annotators" else "documents.jsonl"


def encoder(features: Row) -> Callable[[list[Row]], dict[str, list[Any]]]:
    """Return a function that turns rows into the columns that Arrow stores, labels as numbers."""
    numbers = [(name, _numbered(feature)) for name, feature in features.items()]

    def columns(rows: list[Row]) -> dict[str, list[Any]]:
        return {
            name: [row[name] for row in rows] if number is None else [number(row[name]) for row in rows]
            for name, number in numbers
        }

    return columns


def placed(rows: Iterable[Row], article: str, fold: int) -> Iterator[Row]:
    """Yield the rows of an article with its id and its fold."""
    for row in rows:
        row["article_id"], row["fold"] = article, fold
        yield row


def _numbered(feature: Any) -> Callable[[Any], Any] | None:
    """Return a function that numbers the labels in a value of `feature`, None if it has none."""
    if isinstance(feature, list) or feature.get("_type") == "Sequence":
        inside = _numbered(feature[0] if isinstance(feature, list) else feature["feature"])
        return None if inside is None else lambda values: list(map(inside, values))
    if feature.get("_type") == "ClassLabel":
        return {**{name: number for number, name in enumerate(feature["names"])}, None: None}.__getitem__
    parts = {} if "_type" in feature else {name: _numbered(part) for name, part in feature.items()}
    numbers = {name: number for name, number in parts.items() if number is not None}
    if not numbers:
        return None
    return lambda value: value and {**value, **{name: number(value[name]) for name, number in numbers.items()}}


class Vinese(datasets.ArrowBasedBuilder):  # type: ignore[misc]
    """Build the configs of vinese from a staging folder, named by `data_dir`."""

    BUILDER_CONFIGS: ClassVar = [datasets.BuilderConfig(name=name) for name in ROWS]
    DEFAULT_CONFIG_NAME = "articles"

    def _path(self, name: str) -> str:
        if self.config.data_dir is None:
            raise ValueError("Name the staging folder: data_dir=...")
        return os.path.join(self.config.data_dir, name)

    def _read(self, name: str) -> Any:
        with open(self._path(name), encoding="utf-8") as file:
            return json.load(file)

    def _info(self) -> datasets.DatasetInfo:
        features = self._read("scheme.json")["features"][self.config.name]
        return datasets.DatasetInfo(features=datasets.Features.from_dict(features))

    def _split_generators(self, _downloads: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        path = self._path(source_of(self.config.name))
        shards = _shards(path)
        folds: dict[str, dict[str, int]] = {}
        for article, place in self._read("splits.json").items():
            folds.setdefault(place["split"], {})[article] = place["fold"]
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"path": path, "folds": by_article, "shards": shards})
            for split, by_article in folds.items()
        ]

    def _generate_tables(self, path: str, folds: dict[str, int], shards: Shards) -> Iterator[tuple[int, pa.Table]]:
        scheme, schema = self._read("scheme.json"), self.info.features.arrow_schema
        encode, rows = encoder(scheme["features"][self.config.name]), ROWS[self.config.name]
        batch: list[Row] = []
        number = 0
        for document in _documents(path, shards):
            if document["id"] in folds:
                batch += placed(rows(document, scheme), document["id"], folds[document["id"]])
            while len(batch) >= BATCH:
                yield number, pa.table(encode(batch[:BATCH]), schema=schema)
                batch, number = batch[BATCH:], number + 1
        if batch or not number:
            yield number, pa.table(encode(batch), schema=schema)


def _shards(path: str) -> Shards:
    """Return stretches of a file of lines, in bytes: 16 or more where there are enough lines."""
    with open(path, "rb") as file:
        edges = [0, *itertools.accumulate(len(line) for line in file)]
    step = max(1, min(BATCH, (len(edges) - 1) // 16))
    return list(itertools.pairwise([*edges[:-1:step], edges[-1]]))


def _documents(path: str, shards: Shards) -> Iterator[Row]:
    with open(path, "rb") as file:
        for start, end in shards:
            file.seek(start)
            while file.tell() < end:
                yield json.loads(file.readline())
