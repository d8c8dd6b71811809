"""Print what scoring costs, as ratios to the scorers in use; nothing here asserts a time."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import vinese
from vinese.score.measures import parse
from vinese.score.options import options
from vinese.score.report import report
from vinese.score.scorer import read_sides

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.bench, pytest.mark.extra("seqeval", "nervaluate")]

LABELS = ("PER", "GPE", "LOC", "ORG_IGO", "EVT")
SENTENCES, WORDS = 100_000, 39


def spans(chance: random.Random) -> list[tuple[int, int, str]]:
    starts = sorted(chance.sample(range(0, WORDS - 3, 4), 3))
    return [(start, start + chance.randint(1, 3), chance.choice(LABELS)) for start in starts]


def predicted(chance: random.Random, gold: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    found = []
    for start, end, label in gold:
        drawn = chance.random()
        if drawn < 0.85:
            found.append((start, end, label if drawn < 0.75 else chance.choice(LABELS)))
        elif drawn < 0.95:
            found.append((start, min(end + 1, start + 3), label))
    return found


def record(index: int, found: list[tuple[int, int, str]]) -> dict[str, Any]:
    entities = [
        {"id": f"e{i}", "start": 4 * s, "end": 4 * e - 1, "text": " ".join(["abc"] * (e - s)), "type": label}
        for i, (s, e, label) in enumerate(found)
    ]
    return {"id": f"s{index}", "entities": entities}


def tags(found: list[tuple[int, int, str]]) -> list[str]:
    written = ["O"] * WORDS
    for start, end, label in found:
        written[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return written


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds that a piece of work takes, and what it returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def test_print_what_scoring_costs_against_others(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    from nervaluate import Evaluator
    from seqeval.metrics import f1_score

    chance = random.Random(1)
    gold = [spans(chance) for _ in range(SENTENCES)]
    found = [predicted(chance, one) for one in gold]
    sides = [[record(i, one) for i, one in enumerate(side)] for side in (gold, found)]
    texts = {f"s{i}": " ".join(["abc"] * WORDS) for i in range(SENTENCES)}
    files = []
    for name, side in zip(("gold", "found"), sides, strict=True):
        files.append(tmp_path / f"{name}.jsonl")
        files[-1].write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in side))
    chosen = options(articles=texts)
    (aligned,) = read_sides(sides[0], {"found": sides[1]}, chosen)
    exact, overlap = parse("entities.f1"), parse("entities.f1(match=overlap)")

    tagged = [[tags(one) for one in side] for side in (gold, found)]
    base, theirs = cpu(lambda: f1_score(*tagged))
    plain, scored = cpu(lambda: report(aligned, [exact], chosen))
    bare, _ = cpu(lambda: report(aligned, [exact], options(articles=texts, interval="none")))
    whole, _ = cpu(lambda: vinese.score(*sides, [exact], articles=texts))
    read, _ = cpu(lambda: vinese.score(*files, [exact], articles=texts))
    assert scored["entities.f1"].value == pytest.approx(100 * theirs)

    few = SENTENCES // 5
    dicts = [
        [[{"label": label, "start": s, "end": e - 1} for s, e, label in one] for one in side[:few]]
        for side in (gold, found)
    ]
    other, _ = cpu(lambda: Evaluator(*dicts, tags=list(LABELS), loader="dict").evaluate())
    loose, _ = cpu(lambda: report(aligned, [overlap], chosen))
    with capsys.disabled():
        print(f"\n{SENTENCES} sentences of {WORDS} words, CPU seconds and ratio to the other")
        for name, mine, theirs_cost in (
            ("exact with intervals, read already, to seqeval", plain, base),
            ("the same without intervals, to seqeval", bare, base),
            ("from records in memory with every check, to seqeval", whole, base),
            ("from two files with every check, to seqeval", read, base),
            ("overlap one to one, to nervaluate", loose, 5 * other),
            ("exact with intervals, to exact without", plain, bare),
        ):
            print(f"{name:52} {mine:6.2f} {theirs_cost:6.2f} {mine / theirs_cost:6.3f}")
