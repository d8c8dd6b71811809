"""Lines of strange pages, on which nothing was tuned, are in the text or out of it as a person put them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.page_trials import FOLDER_VARIABLE, folder, try_html, try_text

if TYPE_CHECKING:
    from support.page_trials import Trial

PLACE = folder()
PAGES = [] if PLACE is None else sorted((PLACE / "pages").glob("*.txt"))
HTML = {} if PLACE is None else {path.stem: path for path in sorted((PLACE / "html").glob("*.html"))}

pytestmark = pytest.mark.skipif(
    PLACE is None, reason=f"no pages with zones made by hand; {FOLDER_VARIABLE} names a folder of them"
)


def assert_right(trials: list[Trial]) -> None:
    """Assert that nine lines of ten are right, and every title but such as is told to be doubtful."""
    wrong = {trial.name: trial.wrong for trial in trials if trial.wrong}
    doubtful = {"title-guessed", "title-missing"}
    assert [trial.name for trial in trials if not trial.title_right and not doubtful & {*trial.doubts}] == []
    assert sum(trial.right for trial in trials) >= 0.9 * sum(trial.lines for trial in trials), wrong


def test_lines_of_strange_pages_are_in_the_text_or_out_of_it() -> None:
    assert PAGES
    assert_right([try_text(page) for page in PAGES])


def test_lines_of_strange_html_pages_are_in_the_text_or_out_of_it() -> None:
    pytest.importorskip("lxml_html_clean")
    pytest.importorskip("trafilatura")
    assert_right([try_html(HTML[page.stem], page) for page in PAGES if page.stem in HTML])
