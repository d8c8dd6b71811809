"""The short way through a task gives what the long way gives, or nothing.

`VINESE_MUTANTS=100000 pytest tests/test_short.py -k mutants` looks at as many as one likes.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from support.mutants import copied, mutant, unclean
from support.one_article import make_project, task
from support.one_article import result as result_of
from test_checks import SPOILERS
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.corpus.articles import Articles
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import Unread, items
from vinese.formats.tasks import reader_for
from vinese.generate.labels import labels_of
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "https://studio.example/projects/1/data"
# What is to be told of who made an annotation is told on the short way too.
ALSO_SHORT = {"prediction-untouched", "time-unreadable"}
MUTANTS = int(os.environ.get("VINESE_MUTANTS", "300"))


class BothWays:
    """Two readers of the same layer: what the one reads the short way, the other reads the long way."""

    def __init__(self, project: Project, layer: str = "layer") -> None:
        self.project, self.layer = project, layer
        self.articles = Articles(project.articles)
        self.schema = validator("export-task", labels_of(load_ontology(project)))

    def read(self, value: Any) -> Document | None:
        """Return what the short way gives, having seen that the long way gives the same and no issue beside it."""
        raw = msgspec.json.encode(value)
        short, long = (reader_for(self.project, self.layer, self.articles, address=ADDRESS) for _ in range(2))
        sound = short.short(Unread("/0", raw, "file", 0))
        if sound is None:
            assert (short.balance, short.met.seen) == (long.balance, long.met.seen)
            return None
        assert list(long.read(Item("/0", raw, msgspec.json.decode(raw)))) == [*sound.issues, sound.document]
        assert (short.balance, short.met.seen) == (long.balance, long.met.seen)
        assert self.schema.problems(value) == []
        return sound.document


@pytest.fixture(scope="module")
def own() -> BothWays:
    return BothWays(Project())


@pytest.fixture(scope="module")
def tasks(own: BothWays) -> list[dict[str, Any]]:
    """Return the tasks of every layer, of each prediction the first entries."""
    found = [
        item.value
        for path in sorted(own.project.exports.glob("*.json"))
        for item in items(path)
        if isinstance(item, Item)
    ]
    for prediction in (prediction for value in found for prediction in value["predictions"]):
        del prediction["result"][8:]
    return found


def test_mutants_are_read_the_same_both_ways(own: BothWays, tasks: list[dict[str, Any]]) -> None:
    chance = random.Random(MUTANTS)
    read = [own.read(mutant(chance.choice(tasks), chance)) for _ in range(MUTANTS)]
    assert 0 < sum(document is not None for document in read) < MUTANTS


def test_unclean_texts_are_read_the_same_both_ways(own: BothWays, tasks: list[dict[str, Any]]) -> None:
    chance = random.Random(MUTANTS)
    for value in tasks:
        assert own.read(unclean(value, chance)) == own.read(value)
    read = [own.read(mutant(unclean(chance.choice(tasks), chance), chance)) for _ in range(MUTANTS // 3)]
    assert 0 < sum(document is not None for document in read) < len(read)


@pytest.mark.parametrize("name", [name for name, (code, _) in SPOILERS.items() if code in ALSO_SHORT])
def test_who_made_an_annotation_is_told_both_ways(tmp_path: Path, name: str) -> None:
    spoiled = task()
    SPOILERS[name][1](spoiled)
    assert BothWays(make_project(tmp_path)).read(spoiled) is not None


def test_open_places_of_gold_are_told_both_ways(own: BothWays, tasks: list[dict[str, Any]]) -> None:
    (gold, *_) = (copied(value) for value in tasks if "adjudication" in value["vinese"])
    gold["vinese"]["adjudication"]["open"] = [
        {"start": 0, "end": 2, "text": gold["data"]["text"][:2], "about": "type"}
    ]
    assert own.read(gold) is not None


@pytest.mark.parametrize("name", [name for name, (code, _) in SPOILERS.items() if code not in ALSO_SHORT])
def test_whatever_a_check_is_about_takes_the_long_way(tmp_path: Path, name: str) -> None:
    spoiled = task()
    SPOILERS[name][1](spoiled)
    assert BothWays(make_project(tmp_path)).read(spoiled) is None


def test_a_sound_task_takes_the_short_way(tmp_path: Path) -> None:
    assert BothWays(make_project(tmp_path)).read(task()) is not None


def test_keys_that_label_studio_may_add_do_not_matter(tmp_path: Path) -> None:
    added = task() | {"new_in_this_release": {"any": [1]}}
    added["annotations"][0]["new_too"] = "x"
    assert BothWays(make_project(tmp_path)).read(added) is not None


@pytest.mark.parametrize("where", ["title", "meta", "new_key", "note"])
def test_an_address_is_found_wherever_it_stands(tmp_path: Path, where: str) -> None:
    spoiled = task()
    said = "lan@example.com"
    if where == "title":
        spoiled["data"]["title"] = said
    elif where == "note":
        value = {"text": [said]}
        result_of(spoiled).append(
            {"id": "n", "type": "textarea", "from_name": "note", "to_name": "text", "value": value}
        )
    else:
        spoiled[where] = {"inside": [[said]]}
    assert BothWays(make_project(tmp_path)).read(spoiled) is None


def test_order_of_entries_does_not_matter(own: BothWays, tasks: list[dict[str, Any]]) -> None:
    chance = random.Random(1)
    for value in tasks:
        before = own.read(value)
        shuffled = msgspec.json.decode(msgspec.json.encode(value))
        chance.shuffle(shuffled["annotations"][0]["result"])
        assert own.read(shuffled) == before
