"""HTML pages become articles: markup tells title, date, author and site, and the text taken out is the raw file."""

from __future__ import annotations

import hashlib
import json
import sys

import pytest

from vinese.checks.article import check_article
from vinese.core.places import raw_path
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.ingest.run import ingest_files

TITLE = "Estonia và Phần Lan lập trung tâm tác chiến mạng chung"
LEAD = "Bộ trưởng Quốc phòng hai nước hôm qua tại Tallinn thông báo kế hoạch lập trung tâm tác chiến mạng."
BODY = [
    "Theo kế hoạch, trung tâm tác chiến mạng sẽ có khoảng 120 nhân viên của hai nước và nhận hỗ trợ từ NATO.",
    "“Không nước nào tự mình chống được các cuộc tấn công quy mô lớn”, Bộ trưởng Quốc phòng Estonia nói.",
    "Giới phân tích cho rằng việc hai nước lập trung tâm chung phản ánh lo ngại ngày càng tăng ở vùng Baltic.",
]
HEAD = '<meta charset="utf-8"><meta property="og:title" content="{title} - Báo Ví Dụ">'
SITE = '<meta property="og:site_name" content="Báo Ví Dụ"><link rel="canonical" href="https://vidu.vn/a.htm">'
TIME = '<meta property="article:published_time" content="2024-03-12T09:15:00+07:00">'
LINKED = '<script type="application/ld+json">{}</script>'
MENU = "<nav><ul><li><a href=/a>Thời sự</a><li><a href=/b>Thế giới</a><li><a href=/c>Kinh doanh</a></ul></nav>"
FOOTER = "<footer><p>Giấy phép số 1/GP-BTTTT</p><p>Điện thoại: 024 3999 9999</p></footer>"

NAMES = ["Poland", "Germany", "Estonia", "Finland", "Norway", "Denmark", "Spain", "Italy", "Greece"]

needs_html = pytest.mark.extra("trafilatura", "lxml_html_clean")


def html(head="", above="", body="", title=TITLE):
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY)
    return (
        f"<!DOCTYPE html><html lang=vi><head>{HEAD.format(title=title)}{SITE}{head}</head><body>{MENU}<main><article>"
        f"<h1>{TITLE}</h1>{above}<h2>{LEAD}</h2>{paragraphs}{body}</article></main>{FOOTER}</body></html>"
    )


@pytest.fixture
def ingest(tmp_path):
    (tmp_path / "corpus" / "annotations").mkdir(parents=True)
    project = Project(tmp_path / "corpus")

    def one(content, name="trang-1.html", **options):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        (outcome,) = ingest_files([file], project, **options)
        return outcome, Articles(project.articles).find("trang-1") if outcome.status != "refused" else None

    one.project = project
    return one


@needs_html
def test_an_html_page_becomes_an_article_and_its_text_the_raw_file(ingest):
    content = html(TIME, body="<p>Mục cuối</p><p>Quốc hội hai nước dự kiến bỏ phiếu trước tháng 6 tới.</p>")
    outcome, article = ingest(content)
    assert outcome.status == "new"
    assert article.text.split("\n")[: 2 + len(BODY)] == [TITLE, LEAD, *BODY]
    assert "Thời sự" not in article.text
    metadata = article.metadata
    assert (metadata.title, metadata.publisher, metadata.url) == (TITLE, "Báo Ví Dụ", "https://vidu.vn/a.htm")
    assert metadata.published_at == "2024-03-12T09:15:00+07:00"
    raw = raw_path(ingest.project.articles, "trang-1").read_bytes()
    assert (article.raw.file, article.raw.sha256) == ("raw/trang-1.txt", hashlib.sha256(raw).hexdigest())
    assert article.raw.html_sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert list(check_article(article, raw.decode())) == []


@needs_html
def test_again_as_html_or_as_the_text_taken_out_changes_nothing(ingest):
    content = html(TIME)
    ingest(content)
    assert ingest(content)[0].status == "unchanged"
    raw = raw_path(ingest.project.articles, "trang-1").read_bytes()
    outcome, article = ingest(raw, "trang-1.txt")
    assert (outcome.status, article.metadata.publisher) == ("unchanged", "Báo Ví Dụ")
    outcome, _ = ingest(content.replace("Baltic", "Bắc Âu"))
    assert [issue.code for issue in outcome.issues] == ["raw-id-taken"]


@needs_html
def test_linked_data_tells_author_and_date(ingest):
    data = {
        "@type": "NewsArticle",
        "datePublished": "2024-03-12T09:15:00+07:00",
        "dateModified": "2025-08-18T10:00:00+07:00",
        "author": {"@type": "Person", "name": "Minh Thu (thu@example.com)"},
    }
    _, article = ingest(html(LINKED.format(json.dumps(data))))
    assert article.metadata.published_at == "2024-03-12T09:15:00+07:00"
    assert article.metadata.bylines == ("Minh Thu",)
    assert "@" not in raw_path(ingest.project.articles, "trang-1").read_text(encoding="utf-8")


@needs_html
@pytest.mark.parametrize("head", ["", LINKED.format("{"), '<meta name="pubdate" content="hôm qua">'])
def test_a_printed_date_stands_in_for_a_stated_one(ingest, head):
    above = "<span class=date-time>Thứ Ba, 12/03/2024 - 09:15</span>"
    _, article = ingest(html(head, above).replace("<nav>", "<div class=date>Thứ Hai, 18/8/2025</div><nav>"))
    assert article.metadata.published_at == "2024-03-12T09:15:00"


@needs_html
def test_two_different_days_are_doubted(ingest):
    outcome, article = ingest(html(TIME, "<time>Thứ Năm, 14/03/2024 - 09:15</time>"))
    assert article.metadata.published_at == "2024-03-12T09:15:00+07:00"
    assert "dates-differ" in {note.code for note in outcome.needs_review}


@needs_html
def test_without_a_stated_day_none_is_guessed(ingest):
    _, article = ingest(html('<meta property="og:image" content="https://vidu.vn/2022/12/24/a.jpg">'))
    assert article.metadata.published_at is None


@needs_html
def test_a_headline_that_the_head_contradicts_is_doubted(ingest):
    outcome, _ = ingest(html(title="Giá cà phê trong nước tiếp tục lập đỉnh mới"))
    assert "title-guessed" in {note.code for note in outcome.needs_review}


@needs_html
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<!DOCTYPE html><html><body><nav>Menu</nav></body></html>", "without an article"),
        (html().replace('charset="utf-8"', "").encode("utf-16-le"), "HTML page"),
        (b"<html><p>\xff\xfe", "does not name its encoding"),
    ],
)
def test_a_page_without_an_article_is_told(ingest, content, says):
    outcome, _ = ingest(content)
    assert outcome.status == "refused"
    assert says in outcome.issues[0].message


@needs_html
def test_another_language_is_told_of_html_too(ingest):
    sentences = [f"Ministers of {name} agreed on Tuesday to set up a planning cell in Brussels." for name in NAMES]
    paragraphs = "".join(f"<p>{line}</p>" for line in sentences)
    content = f"<html><body><article><h1>NATO and EU agree</h1>{paragraphs}</article></body></html>"
    outcome, _ = ingest(content)
    assert [issue.code for issue in outcome.issues] == ["raw-language"]


@pytest.mark.parametrize("missing", ["trafilatura", "lxml"])
def test_without_the_extra_it_is_named(ingest, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    outcome, _ = ingest(html())
    assert [issue.code for issue in outcome.issues] == ["raw-kind"]
    assert "vinese[html]" in outcome.issues[0].message
