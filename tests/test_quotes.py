"""Stretches of a text that another text has are found, all of them, wherever they begin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vinese.text.quotes import WINDOW, Quotable

LONG = st.text("ab ", min_size=WINDOW, max_size=3 * WINDOW)
AROUND = st.text("abc ", max_size=2 * WINDOW)


@given(st.lists(st.text("ab ", max_size=3 * WINDOW), max_size=3), LONG, AROUND, AROUND)
def test_every_stretch_is_found_where_it_begins(others: list[str], quoted: str, before: str, after: str) -> None:
    wanted = {text[at : at + WINDOW] for text in (*others, quoted) for at in range(len(text) - WINDOW + 1)}
    text = before + quoted + after
    windows = [(at, text[at : at + WINDOW]) for at in range(len(text) - WINDOW + 1)]
    places = list(Quotable([*others, quoted]).places(text))
    assert places == [(at, window) for at, window in windows if window in wanted]
    assert places


def test_what_is_too_short_is_no_quote() -> None:
    assert not list(Quotable(["a" * (WINDOW - 1)]).places("a" * WINDOW))
