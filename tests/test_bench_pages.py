"""Print how many lines of strange pages are right in or out of the text."""

from __future__ import annotations

import pytest

from support.page_trials import FOLDER_VARIABLE, folder, trials

pytestmark = [pytest.mark.bench, pytest.mark.extra("trafilatura", "lxml_html_clean")]


def test_lines_of_strange_pages_are_in_the_text_or_out_of_it(capsys):
    place = folder()
    if place is None:
        pytest.skip(f"no pages with zones made by hand; {FOLDER_VARIABLE} names a folder of them")
    made = list(trials(place))
    with capsys.disabled():
        print(f"\n{'page':<24}{'right':>7}{'lines':>7}{'share':>8}  title  published                  doubts")
        for trial in made:
            share = trial.right / trial.lines
            print(
                f"{trial.name:<24}{trial.right:>7}{trial.lines:>7}{share:>8.3f}  "
                f"{'right' if trial.title_right else 'WRONG'}  {trial.published or '-':<25}  "
                f"{', '.join(trial.doubts)}"
            )
            for number, true, zone in trial.wrong:
                print(f"    line {number}: {true}, not {zone}")
    told = {"title-guessed", "title-missing"}
    silent = [trial.name for trial in made if not trial.title_right and not told & {*trial.doubts}]
    assert silent == []
    assert sum(trial.right for trial in made) >= 0.9 * sum(trial.lines for trial in made)
