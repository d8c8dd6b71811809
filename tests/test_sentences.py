"""Sentences and syllable tokens of Vietnamese news, hard cases included."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.pages import ARTICLES, IDS, PAGES, ZONES
from vinese.checks.article import TEXT_ZONES
from vinese.corpus.articles import Articles
from vinese.text.sentences import sentences
from vinese.text.tokens import SYLLABLE, syllables

# '|' stands where a sentence ends inside the line.
HARD = """
Ông đến TP. Hồ Chí Minh. |Sau đó ông đi TP.HCM.
GS.TS. Nguyễn Văn Nam phát biểu. |PGS.TS. Lê Lan và ThS. Hà đồng ý.
Họ bàn về thuế, lương, v.v. và đạn dược.
Họ bàn về thuế, lương, v.v. |Ông Nam đồng ý.
EU có 5.000 quân. |Ngày 24.7.2024 ông đến.
Cuộc họp diễn ra từ ngày 15 đến 16/6. |Tại đó có NATO.
Tuyên bố ra ngày 24.7. |Ông Healey đi Đức.
“Khí hậu thay đổi...”. |Ông nói vậy.
“Khí hậu thay đổi...”, ông nói.
Các nước... không ký.
Các hành động cụ thể./.
Các hành động cụ thể./. |Hai bên đồng ý.
“Có nên không?” ông hỏi.
“Có nên không?” |Ông hỏi vậy.
Ông J. Stoltenberg nói. |Bà U. von der Leyen đáp.
Theo baoquocte.vn, trang Baoquocte.vn và vov.vn. |Trang này nói vậy.
Ông nói: "Chúng tôi đi". |Sau đó ông đi.
Ông nói: "Chúng tôi đi." |"Chúng ta ở lại", bà đáp.
1. Mở đầu cuộc họp. |Hai bên đồng ý.
Đối tượng Nguyễn Văn A. bị bắt.
Bắt Nguyễn Văn A. |Theo cơ quan điều tra, vụ việc đã rõ.
Mỹ nói 'không!' |Nga nói có.
EU có 5. 000 quân.
Thế à! |Vâng. |Được… |Đi thôi.
27 nước họp. |3 nước vắng.
Ông nói. |- Tôi đồng ý.
Cơ quan T.Ư. Đảng họp.
Q. Bình Thạnh và P. Bến Nghé đông. |H. Củ Chi ở xa.
Đường Đ. Bà Triệu đông xe.
Tiêu đề không có dấu chấm
Ông Trump (Mỹ). |Ông Tập (Trung Quốc).
Giá 3,5 triệu USD. |Tăng 2%. |(Nguồn tin cũ.)
Anh hỏi: “Ai?”, “Ở đâu?”. |Không ai đáp.
Bà ăn no. |Ông chỉnh sửa gen. |Vải co. |Đồng ý.
Mr. Smith gặp Dr. Brown.
Năm nay. |Đặng Văn Ý nói. |ế ẩm thì không.
"""


@pytest.mark.parametrize("case", HARD.strip().split("\n"))
def test_hard_case(case):
    if case.endswith("|ế ẩm thì không."):  # lower case begins no sentence, though 'ế' sorts among capitals
        case = case.replace(" |ế", " ế")
    parts = [part.strip() for part in case.split("|")]
    text = " ".join(parts)
    assert [text[found.start : found.end] for found in sentences(text)] == parts


def test_the_five_articles_have_51_lines_and_70_sentences():
    counted = {}
    for page in IDS:
        found = [
            line for number, line in enumerate(PAGES[page].split("\n"), 1) if ZONES[page].get(number) in TEXT_ZONES
        ]
        counted[page[:3]] = (len(found), len(sentences("\n".join(found))))
    assert counted == {"000": (9, 15), "001": (9, 12), "002": (10, 12), "003": (14, 18), "004": (9, 13)}
    assert sum(lines for lines, _ in counted.values()) == 51
    assert sum(cut for _, cut in counted.values()) == 70


@given(st.text(alphabet='Aaế. ?!…”“"\n/:1', max_size=60))
def test_sentences_part_any_text(text):
    reached = 0
    for found in sentences(text):
        part = text[found.start : found.end]
        assert part
        assert part == part.strip()
        assert "\n" not in part
        assert not text[reached : found.start].strip()
        reached = found.end
    assert not text[reached:].strip()


def test_syllables_have_true_offsets():
    text = "Ngày 24.7.2024, NATO-EU cử 5.000 quân (16/6)."
    assert [text[start:end] for start, end in syllables(text)] == [
        *("Ngày", "24.7.2024", ",", "NATO", "-", "EU", "cử", "5.000", "quân", "(", "16/6", ")", ".")
    ]
    assert [text[start:end] for start, end in syllables(text, 16, 23)] == ["NATO", "-", "EU"]
    plain = re.compile(r"\d+(?:[.,/:]\d+)*|\w+|[^\w\s]")
    for page in IDS:
        article = Articles(ARTICLES).find(page)
        assert article is not None
        assert re.findall(SYLLABLE, article.text) == plain.findall(article.text)


def test_where_no_spaces_part_words_every_letter_is_a_token() -> None:
    text = "王小明在北京。กรุงเทพ NATO"
    assert [text[start:end] for start, end in syllables(text)] == [*"王小明在北京。กรุงเทพ", "NATO"]


def test_syllables_leave_out_white_space_alone():
    for page in IDS:
        article = Articles(ARTICLES).find(page)
        assert article is not None
        kept = "".join(article.text[start:end] for start, end in syllables(article.text))
        assert kept == "".join(article.text.split())


@pytest.mark.parametrize(
    "run", ["." * 300_000, ".”" * 200_000, "a" * 300_000 + ".", '"' * 300_000, "a. " * 50_000, "./" * 500_000]
)
def test_long_runs_of_marks_come_to_an_end(run):
    assert sentences(run + " Hết.")
