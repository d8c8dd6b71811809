"""The guidelines do not quote the corpus, and whoever annotates is told which edition they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from vinese.cli import run
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.guidelines import LIMIT, measure, pages, pages_digest
from vinese.release.check import check

if TYPE_CHECKING:
    from pathlib import Path


def leak(project: Project, page: str, name: str = "1-text.en.md") -> float:
    path = project.own("annotations", "guidelines", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return measure(project, Articles(project.articles)).share


def test_vineses_own_guidelines_stay_below_the_limit() -> None:
    found = measure(Project(), Articles(Project().articles))
    assert found.characters > 10_000
    assert found.share < LIMIT / 2


def test_a_page_that_holds_an_article_gives_it_away(corpus: Project) -> None:
    articles = list(Articles(corpus.articles))
    assert measure(corpus, articles).share == 0
    text = articles[0].text
    assert leak(corpus, text.upper()) > 0.5 * len(text) / sum(len(one.text) for one in articles)
    assert leak(corpus, text, "decisions.md") > 0  # the page stands beside it
    corpus.own("annotations", "guidelines", "1-text.en.md").unlink()
    assert measure(corpus, articles).share == 0
    assert pages(corpus) == {}


def test_five_syllables_outside_of_names_are_a_quotation_and_four_are_none(corpus: Project) -> None:
    article = next(iter(Articles(corpus.articles)))
    words = next(line for line in article.text.split("\n") if len(line) > 200).split()
    start = next(
        n for n in range(1, len(words)) if all(word.isalpha() and word.islower() for word in words[n : n + 6])
    )
    assert leak(corpus, " ".join(words[start : start + 4])) == 0
    assert leak(corpus, f"- **{' '.join(words[start : start + 5])}**, which") > 0
    assert leak(corpus, f"`{' '.join(words[start : start + 3])}` `{' '.join(words[start + 3 : start + 6])}`") == 0
    assert leak(corpus, "Tổng thư ký Tổ chức Hiệp ước Bắc Đại Tây Dương NATO Jens Stoltenberg") == 0


def test_the_ontology_counts_too(corpus: Project) -> None:
    line = next(iter(Articles(corpus.articles))).text.split("\n")[1]
    path = corpus.own("schema", "ontology.json")
    path.parent.mkdir()
    path.write_text(json.dumps({"events": [{"definition": {"en": line}}]}), encoding="utf-8")
    assert measure(corpus, Articles(corpus.articles)).share > 0


def test_check_fails_above_the_limit(corpus: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("guidelines", project=corpus).states == {"guidelines": "sound"}
    assert "guidelines" not in {k for k, v in check(project=corpus).states.items() if v != "absent"}
    leak(corpus, next(iter(Articles(corpus.articles))).text)
    assert run(["check", "guidelines", "--project", str(corpus.root)]) == 1
    said = capsys.readouterr()
    assert "guidelines-leak" in said.err
    assert "unsound" in said.out
    assert run(["update", "guidelines", "--project", str(corpus.root)]) == 1


def test_the_digest_follows_every_page_for_annotators_and_no_other(tmp_path: Path) -> None:
    project = Project(tmp_path)
    folder = project.own("annotations", "guidelines")
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("rule", encoding="utf-8")
    first = pages_digest(pages(project))
    (folder / "decisions.md").write_text("ruling", encoding="utf-8")
    assert pages_digest(pages(project)) == first
    (folder / "b.md").write_text("rule", encoding="utf-8")
    assert pages_digest(pages(project)) != first
