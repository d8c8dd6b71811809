"""Cleaning gives clean text, and says for each of its code points where in the raw text it came from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.pages import IDS, PAGES
from vinese.text.normalise import clean, fold, is_clean, lines, nfc

FAMILY = "👨\u200d👩\u200d👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
HEART_ON_FIRE = "❤\ufe0f\u200d🔥"

# Pieces that scraped pages bring along, and such as meet badly where something between them is cut out.
PIECES = (
    *("Tổ", "thư ký", "ế", "Đ", "a", "e", "o", "NATO", "5.000", ".", "“", " "),
    *("\u0301", "\u0302", "\u0323", "\u031b", "\u0338", "\u1100", "\u1161", "\u11a8", "\u0344", "\u212b", "\u2126"),
    *("\t", "\r", "\r\n", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\u00a0", "\u2000", "\u202f", "\u3000"),
    *("\u200b", "\u200c", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u034f", "\u200e", "\x00", "\x07", "\x7f"),
    *("👨", "👩", "🏽", "❤", "\ufe0f", "🏴", "\u2194", "\U000e0067", "\U000e007f", FAMILY, ENGLAND, HEART_ON_FIRE),
)
raw_texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Tổng thư ký\r", "Tổng thư ký"),
        (unicodedata.normalize("NFD", "Tổng thư ký Đặng"), "Tổng thư ký Đặng"),
        ("\ufeffNATO\u00a0và\u2003\tEU", "NATO và EU"),
        ("Liên\u200b minh\u00ad", "Liên minh"),
        ("a\u200b\u0301", "á"),
        ("a\u2028b\x85c", "a b c"),
        ("tin\x00 nóng\x07", "tin nóng"),
        ("\u200b \ufeff\u00a0", ""),
        (f"gia đình {FAMILY}!", f"gia đình {FAMILY}!"),
        (f"{HEART_ON_FIRE} đội {ENGLAND}", f"{HEART_ON_FIRE} đội {ENGLAND}"),
        ("a\u200db 👨\u200d b \u200d👩", "ab 👨 b 👩"),
        ("👨\u200d\u200d👩", "👨👩"),
        ("👨\u200b\u200d👩", "👨\u200d👩"),
        ("cờ\U000e0067\U000e007f", "cờ"),
    ],
)
def test_known_lines(raw, text):
    assert fold(raw) == clean(raw).text == text


@given(raw_texts)
@example("\u2194\u200d\u2194\u0338")
@example("👨\u200d\u2194\u0338")
@example("a\u0302\u034f\u0323")
@example("\u1100\u200b\u1161\u200b\u11a8")
def test_cleaning_twice_or_after_nfc_changes_nothing(raw):
    text = fold(raw)
    assert clean(raw).text == text
    assert fold(text) == text
    assert nfc(text) == text
    assert fold(nfc(raw)) == text
    assert fold(unicodedata.normalize("NFD", raw)) == text


@given(raw_texts)
def test_clean_text_holds_nothing_unclean(raw):
    text = fold(raw)
    assert text == text.strip()
    assert "  " not in text
    assert not any(char.isspace() and char != " " for char in text)
    assert not any(unicodedata.category(char) == "Cc" for char in text)
    assert not set(text) & set("\u200b\u200c\u00ad\ufeff\u2060\u034f\u200e")
    assert bool(text) == is_clean(text)


@given(raw_texts, raw_texts)
def test_every_code_point_knows_its_raw_place(before, raw):
    whole = before + raw
    found = clean(whole, len(before))
    assert len(found.starts) == len(found.ends) == len(found.text)
    for places in (found.starts, found.ends):
        assert list(places) == sorted(places)
    for start, end in zip(found.starts, found.ends, strict=True):
        assert len(before) <= start < end <= len(whole)
    if found.text:  # the invariant of a zone
        assert fold(whole[found.starts[0] : found.ends[-1]]) == found.text


@given(st.text(alphabet="Tổng thư ký Đặng ở Huế 5.000", max_size=30), st.sampled_from(["NFC", "NFD"]))
def test_each_letter_of_vietnamese_maps_to_itself(text, form):
    raw = unicodedata.normalize(form, text)
    found = clean(raw)
    for index, char in enumerate(found.text):
        stretch = raw[found.starts[index] : found.ends[index]]
        assert nfc(stretch) == char or (char == " " and not stretch.strip())


@given(raw_texts)
def test_lines_part_the_raw_text_where_editors_do(raw):
    found = list(lines(raw))
    assert [number for number, _, _ in found] == list(range(1, len(found) + 1))
    joined = [raw[start:end] for _, start, end in found]
    assert joined == raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").split("\n")


@pytest.mark.parametrize("page", IDS)
def test_the_five_pages_are_clean_but_for_blank_lines(page):
    assert all(fold(PAGES[page][start:end]) == PAGES[page][start:end] for _, start, end in lines(PAGES[page]))


@pytest.mark.parametrize("text", ["a\n\nb", "a \nb", "a\r\nb", "", "\n", "a\tb", "a\u0301"])
def test_unclean_text_is_known_as_such(text):
    assert not is_clean(text)


def test_letters_that_fuse_unforeseen_share_the_place_of_their_word(monkeypatch):
    monkeypatch.setattr("vinese.text.normalise._leans", lambda _char: False)
    found = clean("x  e\u0301a b")
    assert found.text == "x éa b"
    assert [(found.starts[at], found.ends[at]) for at in range(6)] == [(0, 1), (1, 3), (3, 6), (3, 6), (6, 7), (7, 8)]


@given(st.text(alphabet="aáe\u0301\u0323\u0302\u0344\u0f73\u05b0\u0591.\u1100\u1161", min_size=60, max_size=300))
def test_long_runs_of_marks_are_normalised_as_everything_is(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


def test_a_run_of_marks_takes_no_longer_than_other_text() -> None:
    marks = "\u0301\u0323\u0302"  # in no order; what takes the square of their number takes minutes here
    same = nfc("a" + marks * 200_000) == "\u1ea1" + "\u0323" * 199_999 + "\u0301\u0302" * 200_000
    assert same
