"""Pages of many layouts, all of our own making: what is text, which line is the title, and what is told."""

from __future__ import annotations

import pytest

from vinese.checks.article import TEXT_ZONES
from vinese.cli import run
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.ingest.dates import is_date, iso_time
from vinese.ingest.heuristics import followed_site, is_byline, is_caption, is_widget
from vinese.ingest.metadata import metadata_of
from vinese.ingest.page import RawPage, page_of
from vinese.ingest.review import review
from vinese.ingest.run import article_of, ingest_files
from vinese.ingest.zoning import zone_by_rules
from vinese.model.records import Article

TITLE = "Estonia và Phần Lan lập trung tâm tác chiến mạng chung"
LEAD = "Bộ trưởng Quốc phòng hai nước hôm qua tại Tallinn thông báo kế hoạch lập trung tâm tác chiến mạng chung."
BODY = [
    "Theo kế hoạch, trung tâm tác chiến mạng sẽ có khoảng 120 nhân viên của hai nước và nhận hỗ trợ từ NATO.",
    "“Không nước nào tự mình chống được các cuộc tấn công quy mô lớn”, Bộ trưởng Quốc phòng Estonia nói.",
    "Giới phân tích cho rằng việc Estonia và Phần Lan lập trung tâm chung phản ánh lo ngại ngày càng tăng ở Baltic.",
    "Ủy ban châu Âu hoan nghênh quyết định này và cho biết sẽ xem xét cấp thêm kinh phí từ quỹ quốc phòng của khối.",
]
HEADLINES = [
    "Nhật Bản nâng lãi suất lần đầu tiên sau nhiều tháng chờ đợi",
    "Giá cà phê trong nước tiếp tục lập đỉnh mới trong tuần",
    "Đội tuyển nữ thắng đậm trong trận ra quân ở giải khu vực",
]
TEASERS = [
    "Ngân hàng trung ương Nhật Bản cho biết quyết định này phản ánh niềm tin vào đà phục hồi của nền kinh tế.",
    "Giá cà phê hôm nay tăng thêm 2.000 đồng mỗi kg so với hôm qua, cao nhất từ trước đến nay.",
    "Các cô gái ghi liền năm bàn chỉ trong hiệp hai để giành trọn ba điểm.",
]
MENU = ["Đăng nhập", "Trang chủ", "Thời sự", "Thế giới", "Kinh doanh", "Giải trí", "Thể thao", "1. Giáo dục", "Xe ++"]
FOOTER = [
    "Báo điện tử Ví Dụ",
    "Cơ quan chủ quản: Bộ Ví Dụ",
    "Giấy phép số 123/GP-BTTTT ngày 1/1/2020",
    "Địa chỉ: 1 phố Ví Dụ, Hà Nội",
    "Điện thoại: 024 3999 9999 - Email: toasoan@example.com",
    "© Bản quyền thuộc về Báo Ví Dụ. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.",
]
TEXT = [TITLE, LEAD, *BODY]


def zoned(lines):
    page = page_of("\n".join(lines))
    zone_by_rules(page)
    return page, [line.text for line, zone in zip(page.lines, page.zones, strict=True) if zone in TEXT_ZONES]


def doubts(page):
    return {note.code for note in review(page)}


PAGES = {
    "column": [TITLE, "Minh Thu", "12/03/2024 09:15 GMT+7", LEAD, *BODY, "Minh Thu (theo AFP)"],
    "menus before and after": [*MENU, TITLE, LEAD, *BODY, "Chia sẻ", *MENU, *FOOTER],
    "front page above": [*MENU, *(x for pair in zip(HEADLINES, TEASERS, strict=True) for x in pair), *TEXT],
    "section name": ["Thế giới", *TEXT],
    "breadcrumbs": ["Trang chủ > Thế giới > Quân sự", *TEXT],
    "breadcrumbs of slashes": ["Trang chủ / Thế giới", "Xung đột Nga - Ukraine", *TEXT],
    "tag above": ["#NATO-EU", *TEXT],
    "headline of the window": [f"{TITLE} - Báo Ví Dụ", *MENU, *TEXT],
    "headline twice, apart": [TITLE, *MENU, *TEXT],
    "buttons below the title": [TITLE, "A A", "Zalo", "0", "Nghe đọc bài", "3:25", LEAD, *BODY],
    "buttons between paragraphs": [TITLE, LEAD, "Chia sẻ Facebook", "Bình luận", "Chia sẻ Zalo", *BODY],
    "headlines below the lead": [TITLE, "12/3/2024, 09:15 (GMT+7)", LEAD, *HEADLINES[:2], *BODY],
    "list in the middle": [TITLE, LEAD, BODY[0], "TIN LIÊN QUAN:", *HEADLINES[:2], *BODY[1:]],
    "pointers": [TITLE, LEAD, BODY[0], f">> {HEADLINES[0]}", f"Xem thêm: {HEADLINES[1]}", *BODY[1:]],
    "pointer in brackets": [TITLE, LEAD, BODY[0], f"[{HEADLINES[0]}]", *BODY[1:]],
    "tags and lists below": [
        *TEXT,
        "Từ khóa: Estonia, NATO",
        "TIN NỔI BẬT",
        *HEADLINES,
        "Xem thêm",
        HEADLINES[0],
        TEASERS[0],
    ],
    "comments below": [
        *TEXT,
        "Bình luận (2)",
        "Nguyễn A",
        "Bài rất hay, cảm ơn tòa soạn đã đưa tin nhanh.",
        "Trả lời",
    ],
    "menu in the middle": [TITLE, LEAD, BODY[0], "Facebook page", "Kênh video", "Bản tin sáng", *BODY[1:]],
    "picture by its title": [TITLE, LEAD, f"{TITLE} - 1", "Binh sĩ trong diễn tập (Ảnh: AP).", *BODY],
    "picture without accents": [
        *(TITLE, LEAD, BODY[0], "Estonia va Phan Lan lap trung tam hinh anh 2", "Trụ sở ở Tallinn. (Ảnh: Reuters)"),
        *BODY[1:],
    ],
    "captions": [
        *(TITLE, LEAD, "Trung tâm ở Tallinn. Ảnh tư liệu: Reuters", BODY[0], "Nhà máy tại Đức. Ảnh: DPA.", BODY[1]),
        *("Binh sĩ tuần tra. Nguồn ảnh: Ví Dụ", "Cuộc họp báo. Photo: AFP", "Bản đồ. Đồ họa: BBC", "Lễ ký - DPA"),
        *BODY[2:],
    ],
    "addresses": [
        *(TITLE, "Minh Thu - thu@example.com", LEAD, "Ý kiến gửi về bandoc@example.com hoặc gọi 0912.345.678."),
        *(*BODY, "PV Minh Thu - ĐT: 0912345678"),
    ],
}


@pytest.mark.parametrize("name", PAGES)
def test_the_text_is_title_lead_and_body_of_every_layout(name):
    page, text = zoned(PAGES[name])
    assert text == TEXT
    assert metadata_of(page).title == TITLE


def test_subheadings_stay_where_a_menu_goes():
    lines = [TITLE, LEAD, BODY[0], "Bước đi tiếp theo", *BODY[1:3], "Tiền từ Brussels", BODY[3]]
    page, text = zoned(lines)
    assert text == lines
    assert page.zones.count("subheading") == 2


def test_running_text_goes_on_below_a_list_with_a_subheading_further_down():
    _, text = zoned([TITLE, LEAD, BODY[0], "Tin liên quan", *HEADLINES[:2], BODY[1], "Bước đi tiếp theo", *BODY[2:]])
    assert text == [TITLE, LEAD, *BODY[:2], "Bước đi tiếp theo", *BODY[2:]]


def test_a_paragraph_left_out_above_the_title_is_told():
    page, _ = zoned([HEADLINES[0], TEASERS[0], *TEXT])
    assert "text-before-title" in doubts(page)


def test_a_section_name_alone_is_no_title():
    page, text = zoned(["Thế giới", LEAD, *BODY])
    assert text == [LEAD, *BODY]
    assert "title-missing" in doubts(page)


def test_short_sentences_and_credits_inside_a_line_are_doubted():
    page, text = zoned([TITLE, LEAD, "Hai bộ trưởng tại lễ ký.", f"Một xe tăng. Ảnh: AFP {BODY[0]}", *BODY[1:]])
    assert len(text) == len(TEXT) + 1
    assert {"caption-or-body", "caption-in-text"} <= doubts(page)


def test_an_unsigned_caption_below_the_lead_is_doubted():
    page, text = zoned([TITLE, LEAD, "Hai bộ trưởng bắt tay sau lễ ký hôm qua tại Tallinn", *BODY])
    assert text == TEXT
    assert "caption-or-subheading" in doubts(page)


def test_short_lines_that_are_left_out_of_the_middle_are_told():
    page, _ = zoned(PAGES["menu in the middle"])
    assert "menu-or-list" in doubts(page)


# Dates and names


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("Thứ Năm, ngày 20/6/2024, lúc 14:09", "2024-06-20T14:09:00"),
        ("T5, 20/06/2024 - 14:09", "2024-06-20T14:09:00"),
        ("Cập nhật: 14:09, Thứ Năm, 20/06/2024", "2024-06-20T14:09:00"),
        ("Ngày đăng: 20/06/2024 | 14:09", "2024-06-20T14:09:00"),
        ("20 tháng 6 năm 2024, 14:09", "2024-06-20T14:09:00"),
        ("20 tháng 6, 2024", "2024-06-20"),
        ("14h09 ngày 20/06/2024", "2024-06-20T14:09:00"),
        ("14 giờ 09 phút, 20/06/2024", "2024-06-20T14:09:00"),
        ("2024-06-20T14:09:00+07:00", "2024-06-20T14:09:00+07:00"),
        ("2024-06-20", "2024-06-20"),
        ("2024-06-20 14:09", "2024-06-20T14:09:00"),
        ("2024-06-20T07:09:00Z", "2024-06-20T07:09:00+00:00"),
    ],
)
def test_dates_in_all_common_forms(printed, iso):
    assert is_date(printed)
    assert iso_time(printed) == iso


@pytest.mark.parametrize("wrong", ["2024-13-01", "2024-06-20T25:00:00Z", "31 tháng 2 năm 2024"])
def test_an_impossible_moment_is_none(wrong):
    assert iso_time(wrong) is None


def test_the_date_next_to_the_title_wins_and_two_days_are_told():
    page, _ = zoned(["18/08/2025 10:00", *MENU, TITLE, "12/03/2024 09:15", LEAD, *BODY])
    assert metadata_of(page).published_at == "2024-03-12T09:15:00"
    assert "dates-differ" in doubts(page)


@pytest.mark.parametrize("day", ["Thứ Hai, 18/8/2025", "18/8/2025 10:22"])
def test_the_day_of_scraping_is_not_taken_in_silence(day):
    page, _ = zoned([day, *MENU, *TEXT])
    assert "date-far" in doubts(page)


def test_a_date_among_related_pages_is_not_taken_in_silence():
    page, _ = zoned([*TEXT, "Tin liên quan", HEADLINES[0], "18/08/2025 08:00", HEADLINES[1]])
    assert metadata_of(page).published_at is None or "date-far" in doubts(page)


@pytest.mark.parametrize(
    "line",
    [
        "Minh Thu - thu@example.com",
        "Minh Thu (thu@example.com)",
        "Tác giả: Minh Thu",
        "Bài, ảnh: Minh Thu",
        "Minh Thu/VOV",
    ],
)
def test_bylines_have_roles_and_lose_addresses(line):
    assert is_byline(line)
    page, _ = zoned([TITLE, line, LEAD, *BODY])
    (byline,) = metadata_of(page).bylines
    assert "Minh Thu" in byline
    assert "@" not in byline


def test_no_address_stands_anywhere_in_an_article():
    raw = "\n".join(PAGES["addresses"])
    article = article_of(RawPage("a.txt", "a", raw.encode(), raw))
    assert isinstance(article, Article)
    assert not [word for word in (article.text, *map(str, [article.metadata])) if "@" in word or "0912" in word]
    assert "contact-left-out" not in {note.code for note in article.needs_review}  # too short for a paragraph


@pytest.mark.parametrize(
    ("line", "site"),
    [
        ("Theo dõi báo trên Google News", None),
        ("Theo dõi báo Ví Dụ trên Google News", "Ví Dụ"),
        ("Theo dõi Vidu.vn trên", "Vidu.vn"),
        ("Theo dõi chúng tôi trên", None),
    ],
)
def test_a_kind_of_site_is_no_publisher(line, site):
    assert followed_site(line) == site


@pytest.mark.parametrize(
    ("looks_so", "line", "true"),
    [
        (is_caption, "Tướng Anh: NATO chưa sẵn sàng", False),
        (is_caption, "Xe tăng ở ngoại ô. Ảnh: AFP", True),
        (is_widget, "Minh Thu/VOV", False),
        (is_widget, "Theo dõi sát tình hình ở biên giới", False),
        (is_widget, "2 giờ trước", True),
    ],
)
def test_signs(looks_so, line, true):
    assert looks_so(line) is true


# What is told


@pytest.fixture
def project(tmp_path):
    (tmp_path / "corpus" / "annotations").mkdir(parents=True)
    return Project(tmp_path / "corpus")


def ingest(project, tmp_path, **pages):
    files = []
    for name, text in pages.items():
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_text(text, encoding="utf-8")
    return list(ingest_files(files, project))


ENGLISH = "Defence ministers agreed on Tuesday to set up a joint planning cell in Brussels this autumn.\n" * 3
MOJIBAKE = "\n".join(TEXT).encode().decode("latin-1")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "raw-language"),
        (MOJIBAKE, "raw-damaged"),
        ("\n".join(TEXT).replace("ò", "\ufffd").replace("ế", "\ufffd"), "raw-damaged"),
        ("\n".join(f"<p>{line}</p>" for line in TEXT), "raw-kind"),
    ],
)
def test_what_is_no_vietnamese_text_is_refused(project, tmp_path, text, code):
    (outcome,) = ingest(project, tmp_path, a=text)
    assert (outcome.status, [issue.code for issue in outcome.issues]) == ("refused", [code])


def test_entities_left_in_a_text_are_told(project, tmp_path):
    (outcome,) = ingest(project, tmp_path, a="\n".join(TEXT).replace("Phần Lan", "Phần&nbsp;Lan"))
    assert outcome.status == "new"
    assert "markup-left" in {note.code for note in outcome.needs_review}


def test_whoever_reviewed_the_zones_may_take_another_language_but_no_address(project, tmp_path):
    page, table = tmp_path / "a.txt", tmp_path / "zones.tsv"
    page.write_text("NATO and EU agree\n" + ENGLISH[:90] + "\nWrite to a@example.com, he said.\n", encoding="utf-8")
    table.write_text("file\tline\tzone\na.txt\t1\ttitle\na.txt\t2\tbody\na.txt\t3\tbody\n", encoding="utf-8")
    (outcome,) = ingest_files([page], project, zones=table)
    assert [issue.code for issue in outcome.issues] == ["raw-personal"]
    table.write_text(table.read_text(encoding="utf-8").replace("3\tbody", "3\twidget"), encoding="utf-8")
    (outcome,) = ingest_files([page], project, zones=table)
    assert outcome.status == "new"


def test_the_same_page_under_another_name_is_told(project, tmp_path):
    text = "\n".join(TEXT)
    first, second = ingest(project, tmp_path, a=text, b=text + "\n")
    assert "raw-duplicate" not in [issue.code for issue in first.issues]
    assert "raw-duplicate" in [issue.code for issue in second.issues]
    (third,) = ingest(project, tmp_path, c=text)
    assert "The page of a has the same text." in [issue.message for issue in third.issues]
    assert len(list(Articles(project.articles).read())) == 3


def test_a_page_without_a_sentence_has_no_body(project, tmp_path):
    (outcome,) = ingest(project, tmp_path, a=TITLE)
    assert [issue.code for issue in outcome.issues] == ["raw-no-body"]


def test_many_doubts_of_a_kind_are_one_issue_with_ranges(project, tmp_path, capsys):
    lines = [TITLE, LEAD]
    for number in range(40):
        lines += [f"Mục số {number}", BODY[number % 4]]
    file = tmp_path / "a.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert run(["ingest", str(file), "--project", str(project.root)]) == 0
    printed = capsys.readouterr().err
    assert printed.count("(subheading-guessed)") == 1
    assert "Lines 3, 5, 7, " in printed
    assert len(printed.splitlines()) < 15


@pytest.mark.parametrize("spoil", [str, lambda text: text.replace(" và", "\u00a0và")])
def test_a_line_of_megabytes_is_read_in_one_go(spoil):
    raw = spoil((BODY[0] + " ") * 3000)
    article = article_of(RawPage("a.txt", "a", raw.encode(), raw))
    assert isinstance(article, Article)
    assert len(article.sentences) == 3000
    assert "lines-joined" in {note.code for note in article.needs_review}
