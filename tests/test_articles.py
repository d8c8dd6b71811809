"""Article files are read, checked and found; what is wrong with one is an issue, and the others are still there."""

from __future__ import annotations

import hashlib
import json
import shutil

import msgspec
import pytest

from support.pages import ARTICLES, IDS, PAGES
from vinese.checks.article import check_article
from vinese.core.files import record_bytes
from vinese.core.issues import Issue
from vinese.core.places import article_path, raw_path
from vinese.corpus.articles import Articles, read_article
from vinese.model.records import Article, Sentence, Zone
from vinese.text.normalise import fold


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "articles"
    shutil.copytree(ARTICLES, target)
    return target


@pytest.fixture
def article():
    found = Articles(ARTICLES).find(IDS[1])
    assert found is not None
    return found


def all_of(folder):
    found = list(Articles(folder).read())
    return [one for one in found if isinstance(one, Article)], [one for one in found if isinstance(one, Issue)]


def codes(article, raw=None):
    return [found.code for found in check_article(article, raw)]


def test_the_five_articles_are_sound_and_reviewed():
    articles, issues = all_of(ARTICLES)
    assert issues == []
    assert [found.id for found in articles] == list(IDS)
    assert {found.zoning for found in articles} == {"reviewed"}
    assert sum(len(found.sentences) for found in articles) == 70
    assert sum(len(found.zones) for found in articles) == 181
    assert sum(found.text.count("\n") + 1 for found in articles) == 51
    assert [found.metadata.publisher for found in articles] == [None, None, "Baoquocte.vn", None, None]
    assert [found.metadata.title is None for found in articles] == [True, False, False, True, False]


@pytest.mark.parametrize("page", IDS)
def test_every_zone_traces_to_the_raw_page(page):
    article = Articles(ARTICLES).find(page)
    raw = PAGES[page]
    assert article is not None
    for zone in article.zones:
        if zone.start is not None:
            assert fold(raw[zone.raw_start : zone.raw_end]) == article.text[zone.start : zone.end]
    assert codes(article, raw) == []


GOLDEN = {
    "000": (
        (Zone("image", None, None, 0, 142), Zone("byline", None, None, 2368, 2397)),
        (Sentence(0, 131), Sentence(2047, 2104)),
        (
            "Chủ tịch Hội đồng châu Âu Charles Michel cho biết, các quốc gia thành viên mong muốn chính thức "
            "thông qua "
            "kế hoạch vào đầu năm mới."
        ),
        'Rõ ràng là chúng ta cần làm việc và hành động cùng nhau".',
    ),
    "001": (
        (Zone("title", 0, 56, 0, 56), Zone("byline", None, None, 2299, 2310)),
        (Sentence(0, 56), Sentence(2143, 2261)),
        "Tổng thư ký NATO kêu gọi hợp tác chặt chẽ hơn nữa với EU",
        (
            "Đây sẽ là một bước quan trọng nhằm củng cố sức mạnh và tăng tính an toàn cho các quốc gia thành "
            "viên NATO "
            "cũng như EU."
        ),
    ),
    "002": (
        (Zone("title", 0, 66, 0, 66), Zone("widget", None, None, 11536, 11553)),
        (Sentence(0, 66), Sentence(1838, 1938)),
        "Tổng thư ký NATO: Đã đến lúc đưa quan hệ với EU tiến về phía trước",
        "Bên cạnh đó, quan chức EU cho rằng hợp tác trong lĩnh vực lập kế hoạch quốc phòng cũng cần tính đến.",
    ),
    "003": (
        (Zone("lead", 0, 299, 0, 299), Zone("body", 2996, 3162, 3122, 3288)),
        (Sentence(0, 299), Sentence(2996, 3162)),
        (
            "Trong phiên họp đầu tiên, các Ngoại trưởng NATO đã đồng ý thông qua gói hơn 40 giải pháp nhằm tăng "
            "cường "
            "hợp tác giữa NATO và Liên minh châu Âu trong 7 lĩnh vực chính, trong đó có các thỏa thuận mở rộng "
            "phối hợp "
            "trên đất liền, trên biển và trên không gian mạng để đối phó với những mối đe dọa chung."
        ),
        (
            "Hai bên dự kiến thảo luận về tình hình ở miền Đông Ukraine và NATO tiếp tục khẳng định sự hỗ trợ "
            "mạnh mẽ "
            "về chính trị đối với Ukraine cùng với các hành động cụ thể./."
        ),
    ),
    "004": (
        (Zone("title", 0, 66, 0, 66), Zone("widget", None, None, 2509, 2521)),
        (Sentence(0, 66), Sentence(2062, 2204)),
        "Anh, Đức thắt chặt quan hệ quốc phòng giữa quan ngại hậu bầu cử Mỹ",
        (
            "Theo Viện Nghiên cứu hòa bình quốc tế Stockholm (SIPRI-Thụy Điển), Anh và Đức là 2 quốc gia viện "
            "trợ quân "
            "sự nhiều nhất cho Ukraine ở châu Âu."
        ),
    ),
}


@pytest.mark.parametrize("page", IDS)
def test_first_and_last_zone_and_sentence(page):
    zones, cut, first, last = GOLDEN[page[:3]]
    article = Articles(ARTICLES).find(page)
    assert article is not None
    assert (article.zones[0], article.zones[-1]) == zones
    assert (article.sentences[0], article.sentences[-1]) == cut
    assert article.text[cut[0].start : cut[0].end] == first
    assert article.text[cut[1].start : cut[1].end] == last


def test_articles_are_written_as_they_are_read():
    for page in IDS:
        path = article_path(ARTICLES, page)
        article = read_article(path)
        assert isinstance(article, Article)
        content = record_bytes(article)
        assert content == path.read_bytes()
        assert content.endswith(b"}\n")
        assert list(json.loads(content)) == list(Article.__struct_fields__)
        assert "Tổng" in content.decode()


def test_metadata_word_for_word():
    article = Articles(ARTICLES).find(IDS[4])
    assert article is not None
    assert msgspec.to_builtins(article.metadata) == {
        "title": "Anh, Đức thắt chặt quan hệ quốc phòng giữa quan ngại hậu bầu cử Mỹ",
        "bylines": ("Trí Đỗ",),
        "published": "25/07/2024 14:09 GMT+7",
        "published_at": "2024-07-25T14:09:00+07:00",
        "publisher": None,
        "url": None,
        "captions": (
            (
                "Bộ trưởng Quốc phòng Đức Boris Pistorius (phải) chào đón Bộ trưởng Quốc phòng Anh John Healey tại "
                "Berlin ngày 24.7.2024"
            ),
        ),
        "credits": ("AFP",),
        "topics": (),
    }


def test_an_article_is_found_by_its_id_alone(folder):
    assert Articles(folder).find(IDS[0]).id == IDS[0]
    for wrong in ("000", "../articles/" + IDS[0], "", "zones", IDS[0].upper()):
        assert Articles(folder).find(wrong) is None
    article_path(folder, IDS[0]).write_text("{")
    assert Articles(folder).find(IDS[0]) is None


def test_no_articles_is_an_issue(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        articles, issues = all_of(folder)
        assert articles == []
        assert [found.code for found in issues] == ["articles-none"]


@pytest.mark.parametrize(
    ("content", "code", "pointer"),
    [
        (b"", "file-empty", ""),
        (b" \n", "file-empty", ""),
        (b'{"id": "a"', "file-truncated", ""),
        (b"\xff\xfe{}", "file-not-json", ""),
        (b"[]", "article-schema", ""),
        (b'{"raw":' * 50_000, "article-schema", "/raw"),
        (b'{"id": "a"}', "article-schema", ""),
        (b'{"id": 7}', "article-schema", "/id"),
        (b'{"zones": [{"type": "body", "start": "0"}]}', "article-schema", "/zones/0/start"),
        (b'{"id": "a", "mood": "good"}', "article-schema", ""),
    ],
)
def test_a_broken_file_is_an_issue_and_the_rest_is_read(folder, content, code, pointer):
    path = article_path(folder, IDS[0])
    path.write_bytes(content)
    articles, issues = all_of(folder)
    assert [found.id for found in articles] == list(IDS[1:])
    assert [(found.code, found.file) for found in issues] == [(code, str(path))]
    assert issues[0].pointer == pointer or code != "article-schema"
    assert issues[0].line()


def test_an_unreadable_file_is_an_issue(folder):
    article_path(folder, IDS[0]).unlink()
    article_path(folder, IDS[0]).mkdir()
    articles, issues = all_of(folder)
    assert len(articles) == 4
    assert [found.code for found in issues] == ["article-unreadable"]


def test_a_misnamed_article_is_an_issue(folder):
    article_path(folder, IDS[0]).rename(folder / "other.json")
    articles, issues = all_of(folder)
    assert IDS[0] not in {found.id for found in articles}
    assert [(found.code, found.pointer) for found in issues] == [("article-misnamed", "/id")]
    assert "other.json" in issues[0].message


def test_a_raw_page_may_be_absent_but_not_another(folder):
    raw_path(folder, IDS[0]).unlink()
    raw_path(folder, IDS[1]).write_bytes(b"Trang khac.")
    raw_path(folder, IDS[2]).write_bytes(b"\xff")
    articles, issues = all_of(folder)
    assert [found.id for found in articles] == [IDS[0], IDS[3], IDS[4]]
    assert [(found.article_id, found.code) for found in issues] == [
        (IDS[1], "article-raw-differs"),
        (IDS[2], "article-unreadable"),
    ]


def with_text(article, text):
    digest = hashlib.sha256(text.encode()).hexdigest()
    return msgspec.structs.replace(article, text=text, text_sha256=digest)


def test_wrong_id_and_hash(article):
    assert codes(msgspec.structs.replace(article, id="-A_")) == ["article-id"]
    assert codes(msgspec.structs.replace(article, text_sha256="0" * 64)) == ["article-hash"]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("Tổng thư", "Tổng  thư", "line 1, code point 5"),
        ("Tổng thư", "To\u0302\u0309ng thư", "line 1"),
        ("Tổng thư", "Tổng\u200b thư", "U+200B"),
        ("\n", "\n\n", "line 2 is empty"),
        ("\n", " \n", "line 1"),
        ("\n", "\r\n", "U+000D"),
    ],
)
def test_unclean_text(article, old, new, where):
    found = next(check_article(with_text(article, article.text.replace(old, new, 1))))
    assert found.code == "article-text-unclean"
    assert where in found.message
    assert found.pointer == "/text"


def test_wrong_sentences(article):
    good = article.sentences
    for index, bad in (
        (0, Sentence(good[0].start + 1, good[0].end)),
        (0, Sentence(good[0].start, good[0].end + 1)),
        (1, Sentence(good[1].start - 2, good[1].end)),
        (0, Sentence(0, 0)),
        (11, Sentence(good[11].start, len(article.text) + 1)),
    ):
        changed = msgspec.structs.replace(article, sentences=(*good[:index], bad, *good[index + 1 :]))
        assert codes(changed) == ["article-sentences"]
    assert codes(msgspec.structs.replace(article, sentences=good[:-1])) == ["article-sentences"]
    assert codes(msgspec.structs.replace(article, sentences=())) == ["article-sentences"]


def test_wrong_zones(article):
    zones = article.zones
    caption = zones[2]
    assert caption.type == "caption"
    for index, changes in (
        (0, {"type": "headline"}),
        (0, {"start": 1}),
        (0, {"start": None, "end": None}),
        (0, {"end": 10}),
        (0, {"end": zones[1].end}),
        (0, {"raw_end": zones[0].raw_start}),
        (1, {"raw_start": 0}),
        (2, {"start": 0, "end": 5}),
        (10, {"raw_end": article.raw.chars + 1}),
    ):
        bad = msgspec.structs.replace(zones[index], **changes)
        changed = msgspec.structs.replace(article, zones=(*zones[:index], bad, *zones[index + 1 :]))
        found = list(check_article(changed))
        assert [(one.code, one.pointer) for one in found] == [("article-zones", f"/zones/{index}")]
    assert codes(msgspec.structs.replace(article, zones=zones[:5])) == ["article-zones"]


def test_zones_that_do_not_trace(article):
    zones, raw = article.zones, PAGES[article.id]
    shifted = msgspec.structs.replace(zones[1], raw_start=zones[1].raw_start + 1)
    changed = msgspec.structs.replace(article, zones=(zones[0], shifted, *zones[2:]))
    assert codes(changed, raw) == ["article-zone-missing", "article-zone-trace"]
    lost = msgspec.structs.replace(article, zones=zones[:-1])
    assert codes(lost, raw) == ["article-zone-missing"]
    assert codes(lost) == []


def test_issues_say_what_to_do(article):
    for found in check_article(msgspec.structs.replace(article, text_sha256="", sentences=(), zones=())):
        assert isinstance(found, Issue)
        assert found.article_id == article.id
        assert found.todo
