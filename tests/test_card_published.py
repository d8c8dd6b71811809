"""What the card counts and audits is of the articles that are published; the others are mentioned once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from support.described import described
from support.projects import add_layer, annotate, make_project
from vinese.corpus.articles import Articles
from vinese.corpus.near import NearDuplicate
from vinese.corpus.splits import Audit, AuditedDuplicate, Count, Place, within
from vinese.corpus.splitting import Search, audit
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.ontology_file import load_ontology
from vinese.release.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.project import Project

PLACES = {name: Place("test" if name < "e" else "train", number) for number, name in enumerate("abcdefgh")}


def of(*links: tuple[str, str, bool], places: dict[str, Place] = PLACES) -> Audit:
    """Return the audit of all articles of `places` with these repeats."""
    found = [
        NearDuplicate(article=one, other=other, exact=exact, similarity=1.0 if exact else 0.6)
        for one, other, exact in links
    ]
    return audit(Search(dict.fromkeys(places, "0" * 64), {}, found), places)


def counts(found: Audit) -> tuple[int, int, list[tuple[int, int]]]:
    """Return articles, groups, and how many repeat exactly and nearly: at all, across splits, across folds."""
    kinds = (found.repeated, found.across_splits, found.across_folds)
    return found.articles, found.groups, [(one.exact, one.near) for one in kinds]


def test_an_audit_of_what_is_all_published_is_as_it_was() -> None:
    found = of(("b", "a", True), ("f", "a", False))
    assert within(found, set(PLACES), PLACES) is found
    assert counts(found) == (8, 6, [(1, 1), (0, 1), (1, 1)])


def test_a_repeat_of_what_is_not_published_does_not_count() -> None:
    found = within(of(("b", "a", True), ("d", "c", False)), {*"acdef"}, PLACES)
    assert counts(found) == (5, 4, [(0, 1), (0, 0), (0, 1)])
    assert [(pair.article, pair.other) for pair in found.pairs] == [("d", "c")]


def test_what_repeats_the_same_unpublished_article_repeats_each_other() -> None:
    found = within(of(("b", "a", True), ("c", "a", True), ("f", "a", False)), {*"bcfgh"}, PLACES)
    assert counts(found) == (5, 3, [(1, 1), (0, 1), (1, 1)])
    assert {(pair.article, pair.other, pair.exact) for pair in found.pairs} == {("c", "b", True), ("f", "b", False)}


def test_where_pairs_are_not_all_listed_the_audit_stays_that_of_all() -> None:
    found = msgspec.structs.replace(of(("b", "a", True), ("c", "a", True)), pairs=())
    assert within(found, {*"ab"}, PLACES) is found


def test_an_article_alone_repeats_nothing() -> None:
    assert within(of(("b", "a", True)), {"a"}, PLACES).repeated == Count()


def with_repeat(folder: Path) -> Project:
    """Return a project whose fifth article repeats the fourth, and whose layer lacks the fifth."""
    project = make_project(folder)
    ids = [article.id for article in Articles(project.articles)]
    path = project.own("annotations", "leakage.json")
    found = msgspec.json.decode(path.read_bytes(), type=Audit)
    pair = AuditedDuplicate(article=ids[4], other=ids[3], exact=True, similarity=1.0, same_split=True, same_fold=True)
    found = msgspec.structs.replace(found, repeated=Count(exact=1), groups=4, pairs=(pair,))
    path.write_bytes(msgspec.json.encode(found))
    documents = [annotate(article) for article in Articles(project.articles)][:-1]
    tasks = [document_to_task(document, load_ontology()) for document in documents]
    (project.exports / "trial.json").write_bytes(msgspec.json.encode(tasks))
    return project


def test_the_card_tells_of_published_articles_and_mentions_the_others_once(tmp_path: Path) -> None:
    project = with_repeat(tmp_path / "project")
    assert build(project, tmp_path / "out").out
    card = described(tmp_path / "out").split("\n---\n", 1)[1]
    assert "| of 4 articles in 4 groups | exactly | nearly |" in card
    assert "| repeat another article | 0 | 0 |" in card
    assert "the zones of 4 of the 4 articles were then reviewed" in card
    assert card.count("1 more article awaits annotation.") == 1
    assert not re.search(r"\b5 articles|of the 5\b|of 5\b(?! syllables)", card)
    for name in ("data-statement.md", "datasheet.md", "croissant.json"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert not re.search(r"\b5 articles|of the 5\b|of 5\b(?! syllables)", text), name


def test_an_article_of_another_layer_is_in_annotators_and_in_the_audit(tmp_path: Path) -> None:
    project = with_repeat(tmp_path / "project")
    add_layer(project, "other")
    assert build(project, tmp_path / "out", "trial").out
    card = described(tmp_path / "out")
    assert "1 more article is in `annotators` alone and awaits a place in this layer." in card
    assert "awaits annotation" not in card
    assert "| of 5 articles in 4 groups |" in card
    assert "| repeat another article | 1 | 0 |" in card
