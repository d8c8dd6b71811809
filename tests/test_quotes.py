"""Stretches of a text that another text has are found, all of them, wherever they begin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vinese.text.quotes import WINDOW, Quotable, Said, find_quotes, hide

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


class CountedText(str):
    """A text that counts how often something is looked for in it."""

    __slots__ = ()
    searches = 0

    def __contains__(self, words: object) -> bool:
        CountedText.searches += 1
        return super().__contains__(words)


def test_a_long_quote_is_measured_in_few_searches() -> None:
    text = " ".join(f"câu thứ {number}" for number in range(400))
    found = find_quotes([text[100:4000]], [Said("a", CountedText(text), ())])
    CountedText.searches = 0
    assert hide(f"Xem: {text[100:4000]}!", "a", found) == "Xem: ⟦100:4000⟧!"
    assert CountedText.searches < 20
