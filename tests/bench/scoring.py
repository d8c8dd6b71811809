"""Predictions are scored against gold: what the scorer costs beside those in use."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import Work, call, measure

if TYPE_CHECKING:
    from bench.table import Table

LABELS = ("PER", "GPE", "LOC", "ORG_IGO", "EVT")
WORDS, SEED = 39, 1
TEXT = " ".join(["abc"] * WORDS)
Mention = tuple[int, int, str]  # its first word, the one after its last, its label


def rows(table: Table) -> None:
    """Print what scoring costs."""
    count = table.sizes.sentences
    with table.place() as folder:
        call(write_sides, folder, count)
        table.section(f"Scoring {count:,} sentences of {WORDS} words", "sentences")
        strict = table.row("seqeval, F1", measure(seqeval, count))
        base = strict and strict.each
        table.row(
            "ours, F1 with intervals, read already, to seqeval", measure(ours_read, count, "f1", "default"), base
        )
        table.row("ours, F1 without intervals, to seqeval", measure(ours_read, count, "f1", "none"), base)
        table.row("ours, records in memory, every check, to seqeval", measure(ours_records, count), base)
        table.row("ours, two files, every check, to seqeval", measure(ours_files, folder, count), base)
        loose = table.row("nervaluate, all of its measures", measure(nervaluate, count))
        what = "ours, F1 of overlapping mentions, to nervaluate"
        table.row(what, measure(ours_read, count, "f1(match=overlap)", "default"), loose and loose.each)


def sides(count: int) -> tuple[list[list[Mention]], list[list[Mention]]]:
    """Return the mentions of each sentence, in gold and as a system may have them."""
    chance = random.Random(SEED)
    gold = [_drawn(chance) for _ in range(count)]
    return gold, [_predicted(chance, mentions) for mentions in gold]


def _drawn(chance: random.Random) -> list[Mention]:
    starts = sorted(chance.sample(range(0, WORDS - 3, 4), 3))
    return [(start, start + chance.randint(1, 3), chance.choice(LABELS)) for start in starts]


def _predicted(chance: random.Random, gold: list[Mention]) -> list[Mention]:
    """Return three quarters of the mentions, and some with another label or end."""
    predicted = []
    for start, end, label in gold:
        drawn = chance.random()
        if drawn < 0.85:
            predicted.append((start, end, label if drawn < 0.75 else chance.choice(LABELS)))
        elif drawn < 0.95:
            predicted.append((start, min(end + 1, start + 3), label))
    return predicted


def records(side: list[list[Mention]]) -> list[dict[str, Any]]:
    """Return the records of a prediction."""
    return [
        {
            "id": f"s{number}",
            "entities": [
                {"id": f"e{i}", "start": 4 * s, "end": 4 * e - 1, "text": " ".join(["abc"] * (e - s)), "type": label}
                for i, (s, e, label) in enumerate(mentions)
            ],
        }
        for number, mentions in enumerate(side)
    ]


def texts(count: int) -> dict[str, str]:
    """Return the text of each sentence."""
    return {f"s{number}": TEXT for number in range(count)}


def write_sides(folder: str, count: int) -> None:
    """Write both sides as JSON Lines."""
    import msgspec

    for name, side in zip(("gold", "system"), sides(count), strict=True):
        Path(folder, f"{name}.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(records(side)))


def seqeval(count: int) -> Work:
    from seqeval.metrics import f1_score

    gold, system = ([_tags(mentions) for mentions in side] for side in sides(count))
    return Work(lambda: f1_score(gold, system), count)


def _tags(mentions: list[Mention]) -> list[str]:
    tags = ["O"] * WORDS
    for start, end, label in mentions:
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return tags


def nervaluate(count: int) -> Work:
    from nervaluate import Evaluator

    few = count // 5  # it is many times slower
    dicts = [
        [[{"label": label, "start": s, "end": e - 1} for s, e, label in mentions] for mentions in side[:few]]
        for side in sides(count)
    ]
    return Work(lambda: Evaluator(*dicts, tags=list(LABELS), loader="dict").evaluate(), few)


def ours_read(count: int, measure_name: str, interval: str) -> Work:
    from vinese.score.measures import parse
    from vinese.score.options import options
    from vinese.score.report import report
    from vinese.score.scorer import read_sides

    gold, system = map(records, sides(count))
    chosen = options(articles=texts(count), **({} if interval == "default" else {"interval": interval}))
    (aligned,) = read_sides(gold, {"system": system}, chosen)
    measures = [parse(f"entities.{measure_name}")]
    return Work(lambda: report(aligned, measures, chosen), count)


def ours_records(count: int) -> Work:
    import vinese

    gold, system = map(records, sides(count))
    articles = texts(count)
    return Work(lambda: vinese.score(gold, system, ["entities.f1"], articles=articles), count)


def ours_files(folder: str, count: int) -> Work:
    import vinese

    gold, system = (Path(folder, f"{name}.jsonl") for name in ("gold", "system"))
    articles = texts(count)
    return Work(lambda: vinese.score(gold, system, ["entities.f1"], articles=articles), count)
