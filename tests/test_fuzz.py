"""Whatever is wrong with input, what reads it tells so by an issue or a named error."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import one_article
from support.fuzzing import Target, mutated, targets
from vinese.score.scorer import score

if TYPE_CHECKING:
    from pathlib import Path

KINDS = targets()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_spoilt_input_is_told(kind: str, tmp_path: Path) -> None:
    target: Target = KINDS[kind]
    project = one_article.make_project(tmp_path / "project")

    @settings(max_examples=300, derandomize=False, print_blob=True, database=None)
    @given(st.sampled_from(target.seeds), st.integers(0, 2**64))
    def spoil(seed: bytes, number: int) -> None:
        target.run(mutated(seed, random.Random(number)), tmp_path / "input", project)

    spoil()


FOUND = {
    "tokens without a place": {"id": "nato-eu", "tokens": ["NATO", {}], "ner_tags": ["B-ORG", "O"]},
    "a start that is no number": {"id": "nato-eu", "tokens": ["NATO"], "ner_tags": ["O"], "start": "x"},
    "more than 64 bits": {
        "id": "nato-eu",
        "entities": [{"id": "a", "type": "PER", "start": 10**30, "end": 10**30 + 1}],
    },
}


@pytest.mark.parametrize("record", FOUND.values(), ids=FOUND)
def test_what_was_found_is_told(record: dict[str, object], tmp_path: Path) -> None:
    project = one_article.make_project(tmp_path / "project")
    gold = one_article.write_layer(project, one_article.task())
    report = score(gold, [record], project=project)
    assert {issue.level for issue in report.issues} >= {"error"}
