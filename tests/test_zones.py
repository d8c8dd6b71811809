"""The rules are right on the five pages, and right or in doubt where the pages are spoiled."""

from __future__ import annotations

import pytest

from support.pages import IDS, PAGES, ZONES, numbered, without_blank, without_duplicates, without_zone, zoned
from vinese.checks.article import TEXT_ZONES, ZONE_TYPES
from vinese.ingest import heuristics
from vinese.ingest.dates import is_date, iso_time
from vinese.ingest.page import page_of
from vinese.ingest.review import review
from vinese.ingest.zoning import zone_by_rules

RELATED = IDS[2]


def zones_of(text):
    page = page_of(text)
    zone_by_rules(page)
    return page.zones, tuple(note.code for note in review(page))


def test_the_table_covers_all_181_lines_and_51_are_text():
    assert sum(len(without_blank(page)) for page in IDS) == sum(map(len, ZONES.values())) == 181
    assert all({number for number, _ in without_blank(page)} == set(ZONES[page]) for page in IDS)
    every = [zone for zones in ZONES.values() for zone in zones.values()]
    assert sum(zone in TEXT_ZONES for zone in every) == 51
    assert set(every) <= set(ZONE_TYPES)


EXPECTED_DOUBTS = {
    IDS[0]: ("title-missing", "lead-missing"),
    IDS[1]: (),
    IDS[2]: ("alt-or-subheading",),
    IDS[3]: ("title-missing", "lead-or-body"),
    IDS[4]: (),
}


@pytest.mark.parametrize("page", IDS)
def test_rules_are_right_on_every_line_and_say_what_they_guessed(page):
    assert zoned(page, numbered(page)) == ([], EXPECTED_DOUBTS[page])


@pytest.mark.parametrize("page", IDS)
def test_blank_lines_do_not_matter(page):
    assert zoned(page, without_blank(page)) == ([], zoned(page, numbered(page))[1])


@pytest.mark.parametrize("page", IDS)
def test_without_markers(page):
    wrong, doubted = zoned(page, without_zone(page, "widget"))
    assert wrong == []
    assert page != RELATED or "unclear-line" in doubted


@pytest.mark.parametrize("page", IDS)
def test_without_title(page):
    wrong, doubted = zoned(page, without_zone(page, "title"))
    assert wrong == []
    assert "title-missing" in doubted


@pytest.mark.parametrize("removed", [(), ("widget",)])
def test_without_duplicates_the_page_is_in_doubt(removed):
    lines = without_duplicates(without_zone(RELATED, *removed))
    assert len(without_blank(RELATED)) - len([line for _, line in lines if line.strip()]) == (39 if removed else 35)
    wrong, doubted = zoned(RELATED, lines)
    assert wrong == []
    assert "related-without-pair" in doubted


def test_without_duplicates_markers_and_credit_related_links_leak_in_but_not_silently():
    wrong, doubted = zoned(RELATED, without_duplicates(without_zone(RELATED, "widget", "credit")))
    assert len(wrong) == 59
    assert {"long-tail", "subheading-guessed", "unclear-line", "related-without-pair"} <= set(doubted)


@pytest.mark.parametrize("page", IDS)
def test_no_line_can_go_missing_unnoticed(page):
    for gone, _ in without_blank(page):
        wrong, doubted = zoned(page, [(number, line) for number, line in numbered(page) if number != gone])
        assert doubted or not wrong, f"without line {gone}: {wrong}"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_order_mark_do_not_matter(end):
    for page in IDS:
        found = page_of("\ufeff" + PAGES[page].replace("\n", end))
        zone_by_rules(found)
        assert found.zones == list(ZONES[page].values())
        assert [line.number for line in found.lines] == list(ZONES[page])


PARAGRAPH = "Đây là một đoạn văn của bài báo nói về hợp tác quốc phòng giữa NATO và EU. " * 3
LONG = PARAGRAPH.strip()


def test_a_subheading_is_guessed_and_said_so():
    zones, doubted = zones_of(f"Tiêu đề bài báo\nĐây là phần dẫn.\n{LONG}\nMột mục mới\n{LONG} Hết.")
    assert zones == ["title", "lead", "body", "subheading", "body"]
    assert doubted == ("subheading-guessed",)


def test_a_paragraph_below_the_end_stays_and_is_doubted():
    zones, doubted = zones_of(
        f"Tiêu đề bài báo\nĐây là phần dẫn.\n{LONG}\nĐọc thêm\nTin khác hay hơn nhiều\n{LONG} Hết."
    )
    assert zones == ["title", "lead", "body", "widget", "related_headline", "body"]
    assert "text-after-end" in doubted


def test_a_title_printed_twice_is_a_title():
    zones, doubted = zones_of(f"Tiêu đề bài báo\nTiêu đề bài báo\nĐây là phần dẫn.\n{LONG}")
    assert zones == ["title", "widget", "lead", "body"]
    assert doubted == ("text-repeated",)


def test_a_paragraph_printed_twice_is_no_related_headline():
    zones, doubted = zones_of(f"Tiêu đề bài báo\nĐây là phần dẫn.\n{LONG}\n{LONG}")
    assert zones == ["title", "lead", "body", "body"]
    assert doubted == ("text-repeated",)


def test_a_long_teaser_is_doubted():
    zones, doubted = zones_of(
        f"Tiêu đề bài báo\nĐây là phần dẫn.\n{LONG}\nTin khác hay hơn\nTin khác hay hơn\n{LONG}"
    )
    assert zones[-1] == "related_teaser"
    assert "teaser-or-body" in doubted


def test_a_sentence_after_a_picture_is_doubted():
    zones, doubted = zones_of(f"Tiêu đề bài báo\nĐây là phần dẫn.\n![](a.png)\nToàn cảnh hội nghị.\n{LONG}")
    assert zones == ["title", "lead", "image", "body", "body"]
    assert doubted == ("caption-or-body",)


def test_damage_is_doubted():
    assert zones_of(f"Tiêu đề bài báo\nĐây là phần dẫn.\n{LONG} H\ufffd.")[1] == ("damaged-text",)


@pytest.mark.parametrize(
    ("looks_so", "yes", "no"),
    [
        (is_date, "25/07/2024 14:09 GMT+7", "Ngày 25/7 ông đến."),
        (is_date, "Thứ Năm, 25/07/2024, 14:09 (GMT+7)", "25/07"),
        (is_date, "14:09 | 25-07-2024", "Từ 25/07/2024 đến 26/07/2024"),
        (heuristics.is_widget, "Theo dõi Baoquocte.vn trên", "Theo dõi sát tình hình, ông nói trên tàu."),
        (heuristics.is_credit, "Theo TTXVN", "Theo sát từng bước"),
        (heuristics.is_credit, "(theo Sputnik)", "(theo Sputnik) ông nói"),
        (heuristics.is_caption, "Toàn cảnh hội nghị. Ảnh: NATO", "Họ công bố hình ảnh: máy bay."),
        (heuristics.is_caption, "Bà Ursula. (Nguồn: NATO)", "Bà nói (theo NATO)"),
        (heuristics.is_name, "HƯƠNG GIANG", "Liên minh châu Âu (EU)"),
        (heuristics.is_name, "Đan Lê (Lược dịch từ Dw News)", "Trí Đỗ 2024"),
        (heuristics.is_alt, "hoi nghi ngoai truong nato ban ve ukraine", "hội nghị ngoại trưởng nato bàn về"),
    ],
)
def test_signs(looks_so, yes, no):
    assert looks_so(yes)
    assert not looks_so(no)


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("25/07/2024 14:09 GMT+7", "2024-07-25T14:09:00+07:00"),
        ("Thứ Năm, 25/7/2024, 02:09 PM (GMT-5)", "2024-07-25T14:09:00-05:00"),
        ("14:09 25.07.2024", "2024-07-25T14:09:00"),
        ("14h09 ngày 25-7-2024 UTC+05:30", "2024-07-25T14:09:00+05:30"),
        ("25/07/2024", "2024-07-25"),
        ("31/02/2024", None),
        ("25/07/2024 25:09", None),
        ("25/07/2024 14:09 PM", None),
        ("25/07/2024 14:09 GMT+99", None),
        ("25/07", None),
    ],
)
def test_published_at_is_as_exact_as_the_page(printed, iso):
    assert iso_time(printed) == iso


@pytest.mark.parametrize("line", ["dòng {} không dấu chấm", "Trí Đỗ", "Một câu {}.", "Cùng một dòng"])
def test_a_page_of_very_many_lines_comes_to_an_end(line):
    zones, _ = zones_of("\n".join(line.format(number) for number in range(5000)))
    assert len(zones) == 5000
    assert None not in zones


@pytest.mark.parametrize("line", ["Tin liên quan", "Bình luận", "Đại hội đồng họp"])
def test_what_stands_below_a_line_is_looked_at_once_for_all_markers(line, monkeypatch):
    paragraph = "Ông Lan nói rằng chính phủ Việt Nam sẽ tăng chi tiêu cho quốc phòng trong năm nay và năm sau nữa."
    looked_at = []
    comments = heuristics.heads_comments
    monkeypatch.setattr(heuristics, "heads_comments", lambda text: looked_at.append(text) or comments(text))

    def looks(count):
        looked_at.clear()
        lines = ["Chính phủ tăng chi tiêu quốc phòng", paragraph, *["Xem thêm", line] * count, paragraph, paragraph]
        page = page_of("\n".join(lines))
        zone_by_rules(page)
        assert not {"lead", "body"} & set(page.zones[2:-2])
        review(page)
        return len(looked_at)

    assert looks(400) < 2.2 * looks(200)
