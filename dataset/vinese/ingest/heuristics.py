"""Judge by one clean line alone what it looks like; a function a question, no line knows its neighbours."""

from __future__ import annotations

import re
import unicodedata

from vinese.checks.personal import PERSONAL, personal_data
from vinese.ingest.dates import has_date, without_dates

FORM_LENGTH = 400
"""No line that is known by its form is longer: only such are matched against patterns."""

_IMAGE = re.compile(r"!?\[[^\]]*\]\([^)]*\)|https?://\S+\.(?:jpe?g|png|gif|webp|svg)\S*", re.IGNORECASE)
_RELATED = (
    r"(?:các |những )?(?:(?:tin|bài|bài viết|bài báo|video|nội dung|chủ đề|sự kiện|tin tức|tin bài)\s+)?"
    r"(?:liên quan|cùng (?:chủ đề|chuyên mục|mục|tác giả)|khác|mới(?: nhất| cập nhật)?|nổi bật|nóng|hot"
    r"|(?:được )?(?:xem|đọc|quan tâm)(?: nhiều)?(?: nhất)?|đáng chú ý|tiêu điểm|đọc tiếp|trong (?:ngày|mục))"
)
_TAIL = re.compile(
    rf"(?:đọc|xem|tin) thêm|{_RELATED}|(?:chương trình|tin tức|tin|bài) trên \S.{{1,30}}"
    rf"|có thể bạn (?:quan tâm|thích)|đừng bỏ lỡ"
    r"|(?:ý kiến|bình luận)(?: bạn đọc| của bạn)?|(?:từ khóa|từ khoá|tags?|chủ đề|topic)|top"
    r"|mời (?:bạn )?(?:đọc|xem) thêm",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\s*(?:\(\d+\)|:)\s*$")
_COMMENTS = re.compile(r"(?:\d+ )?(?:ý kiến|bình luận)(?: bạn đọc| của bạn)?", re.IGNORECASE)
_TAGS = re.compile(r"(?:#\S.*|(?:từ khóa|từ khoá|tags?|thẻ|topics?)\s*:\s*\S.*)", re.IGNORECASE)
_CRUMBS = re.compile(r"[^<>»›|/]{2,30}(?:(?:\s*[>»›|]\s*|\s/\s)[^<>»›|/]{2,30})+")
_POINTER = re.compile(
    r"(?:>>+|=>|►|▶|»|→|↪|☞)\s*\S.*|\[[^\]]{15,}\]|(?:mời (?:bạn )?)?(?:xem|đọc|tin|bài)(?: thêm| tiếp| ngay"
    r"| lại| liên quan)?\s*:\s*\S.*"
    r"|(?:xem |video )?(?:clip|video)\s*:\s*\S.*",
    re.IGNORECASE,
)
_WIDGET = re.compile(
    r"https?://\S+|phiên bản di động"
    r"|theo dõi .{2,40} trên(?: (?:google(?: news)?|zalo|facebook|youtube))?|chia sẻ(?: .{2,25})?"
    r"|(?:gửi|viết) (?:bình luận|ý kiến|góp ý|email|cho bạn bè)"
    r"|bạn không thể gửi bình luận.*|\d+ giây nữa\.?|in (?:bài(?: viết)?|trang)|lưu(?: bài(?: viết)?)?"
    r"|quảng cáo|nghe (?:đọc|nội dung)? ?bài(?: viết)?"
    r"|quay lại|về trang chủ|trang chủ|đăng (?:nhập|ký|xuất)|facebook|twitter|zalo|pinterest|linkedin|telegram"
    r"|messenger"
    r"|(?:sao chép|copy)(?: liên kết| link| url)?(?: thành công)?|link (?:gốc|bài gốc)|(?:bài|nguồn) gốc"
    r"|tìm kiếm|cỡ chữ.{0,20}"
    r"|(?:\d+|một|vài) (?:phút|giờ|ngày|tuần|tháng) trước|\d+ (?:bình luận|lượt xem|chia sẻ|liên quan)"
    r"|thích(?: \d+)?|like(?: \d+)?"
    r"|(?:hãy )?(?:là|trở thành) người đầu tiên bình luận.{0,40}|xem tất cả|đóng|hủy|gửi|trở lại .{2,25}"
    r"|bật thông báo.{0,30}"
    r"|(?:\d{1,2}:)?\d{1,2}:\d{2}(?:\s*/\s*(?:\d{1,2}:)?\d{1,2}:\d{2})?|[\d\s.,()x%+-]+|\W+|tải (?:ứng dụng"
    r"|app).{0,30}|google news|gia đình|a\s?[+-]",
    re.IGNORECASE,
)
_FOLLOW = re.compile(r"theo dõi (.{2,40}) trên(?: google news)?", re.IGNORECASE)
_KIND_OF_SITE = re.compile(r"(?:kênh|trang|fanpage|tin tức|tin|bài)\b|(?:báo|tạp chí|báo điện tử)\b", re.IGNORECASE)
_FOOTER = re.compile(
    r"[©®].*|(?:bản quyền|copyright)\b.*|(?:số )?giấy phép\b.*\d.*|(?:chỉ được phát hành|ghi rõ nguồn"
    r"|vui lòng ghi rõ).*"
    r"|(?:cơ quan (?:chủ quản|ngôn luận|của)|(?:quyền |phó )?tổng biên tập|t[òo][àa] soạn|trụ sở|địa chỉ"
    r"|điện thoại|đt|tel|hotline"
    r"|đường dây nóng|e-?mail|fax|liên hệ(?: quảng cáo| tòa soạn)?|chịu trách nhiệm[^:]{0,40}"
    r"|thiết kế(?: bởi)?|phát triển bởi)\s*:.*",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\((?:theo|nguồn|ảnh|lược dịch|tổng hợp)\b[^()]{1,80}\)\.?|\([\w+.][\w+./, -]{1,30}\)"
    r"|(?:nguồn(?: tin)?|ảnh(?: minh h(?:ọa|oạ)| tư liệu)?|theo|photo|hình|đồ họa|video|clip"
    r"|nguồn ảnh)\s*:\s*.{1,60}",
    re.IGNORECASE,
)
AGENCIES = frozenset(
    {"AFP", "AP", "Reuters", "TTXVN", "VNA", "EPA", "EFE", "Xinhua", "Getty Images", "Getty", "THX", "DPA", "TASS"}
    | {"RIA Novosti", "Sputnik", "Bloomberg", "Kyodo", "Yonhap", "ANSA", "Anadolu", "PA", "UPI", "ITN", "CNN", "BBC"}
)
_KIND_OF_PHOTO = r"(?: (?:minh h(?:ọa|oạ)|tư liệu|chụp màn hình|cắt từ (?:clip|video)|internet|vệ tinh|ghép))?"
_PHOTO = rf"(?i:ảnh{_KIND_OF_PHOTO}|nguồn(?: ảnh)?|đồ họa|photo|hình|video|clip|file)"
# A capital, for 'hình ảnh: ...' is running text.
_SOURCE = rf"(?:Ảnh{_KIND_OF_PHOTO}|Nguồn(?: ảnh)?|Đồ họa|Photo|Hình|Video|Clip|ẢNH|NGUỒN|HÌNH|PHOTO)"
_AGENCY = "|".join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))
_CAPTION = re.compile(
    rf".*(?:\({_PHOTO}\b[^()]*\)\.?|[\s./(-]{_SOURCE}\s*[:/]\s*\S.{{0,60}}|\s\|"
    rf"|\s[-–/|]\s*(?:{_AGENCY})\.?|\((?:{_AGENCY})(?:\s*[/,-]\s*[^()]{{2,30}})?\)\.?"
    rf"|[.\s]\s?Ảnh (?:minh h(?:ọa|oạ)|tư liệu|internet|{_AGENCY})\.?)"
)
_INNER_CREDIT = re.compile(rf"[.\s(]{_SOURCE}\s*:\s*\S")
_NUMBERED = re.compile(r".*-\s*(?:Ảnh|Hình) \d+\.?|.*\s(?:hình ảnh|hinh anh|ảnh|photo) \d{1,2}\.?", re.IGNORECASE)
NUMBER = re.compile(r"\s*[-–]?\s*(?:(?:hình )?ảnh|hình|hinh anh|photo)?\s*\d{1,2}\.?$", re.IGNORECASE)
_ITEM = re.compile(r"[-–+•*]\s")
_ORIGIN = re.compile(r"\(?(?:theo|tổng hợp|lược dịch|nguồn)\b", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:[ _-][a-z0-9]+){3,}")
_NOTE = re.compile(r"\s*\([^()]{2,60}\)$")
_ROLE = re.compile(
    r"(?:tác giả|bài(?: và ảnh|, ảnh)?|tin(?:, bài|, ảnh)?|thực hiện|biên dịch|dịch|pv|phóng viên|btv|by|ctv"
    r"|ảnh)\s*:?\s+",
    re.IGNORECASE,
)
_SHUT = re.compile(r"[\"'”’»)\]]*$")
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of the line in lower case: Vietnamese writes every syllable as one.

    >>> words("Nga - Ukraine: 5 ngày")
    ['nga', 'ukraine', '5', 'ngày']
    """
    return _WORD.findall(text.lower())


def bare_words(text: str) -> str:
    """Return the words of the line without accents, parted by single spaces.

    >>> bare_words("Hội nghị ở Đức - 2")
    'hoi nghi o duc 2'
    """
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(_WORD.findall("".join(char for char in bare if not unicodedata.combining(char))))


def is_image(text: str) -> bool:
    """Return whether the line is an image's markdown or address."""
    return _IMAGE.fullmatch(text) is not None


def is_tail_marker(text: str) -> bool:
    """Return whether the line heads what is not the article: more to read, tags, comments."""
    return len(text) <= 60 and _TAIL.fullmatch(_COUNT.sub("", text)) is not None


def heads_comments(text: str) -> bool:
    """Return whether the line heads what readers wrote."""
    return len(text) <= 60 and _COMMENTS.fullmatch(_COUNT.sub("", text)) is not None


def is_tags(text: str) -> bool:
    """Return whether the line is topics with the sign of them, as `#NATO` or `Từ khóa: NATO, EU`."""
    return len(text) <= FORM_LENGTH and not has_stop(text) and _TAGS.fullmatch(text) is not None


def is_breadcrumb(text: str) -> bool:
    """Return whether the line is the way from the front page to this one."""
    return (
        len(text) <= 120
        and _CRUMBS.fullmatch(text) is not None
        and all(len(words(part)) <= 4 for part in re.split("[>»›|/]", text))
        and ("/" not in text or len(words(text)) <= 6)
        and not has_date(text)
    )


def is_pointer(text: str) -> bool:
    """Return whether the line points to another page or a film by its form, as `>> Xem thêm: ...`."""
    return len(text) <= 250 and _POINTER.fullmatch(text) is not None and not has_stop(text)


def is_widget(text: str) -> bool:
    """Return whether the line is a button or note of the site."""
    return (
        is_tail_marker(text)
        or (len(text) <= 120 and _WIDGET.fullmatch(_COUNT.sub("", text)) is not None)
        or is_breadcrumb(text)
    )


def is_footer(text: str) -> bool:
    """Return whether the line is of a newspaper's imprint: its licence, its editors, where it is."""
    return len(text) <= FORM_LENGTH and _FOOTER.fullmatch(text) is not None


def followed_site(text: str) -> str | None:
    """Return the site's name for itself in a line that asks to follow it, without the word for what it is."""
    site = _FOLLOW.fullmatch(text)
    if not site:
        return None
    name = site[1]
    while kind := _KIND_OF_SITE.match(name):
        name = name[kind.end() :].strip()
    return name if any(char.isupper() for char in name) or "." in name else None


def is_credit(text: str) -> bool:
    """Return whether the whole line credits an agency, a paper or a picture."""
    word, _, name = text.partition(" ")
    by_name = word.lower() in ("theo", "nguồn") and is_name(name)
    return by_name or text.rstrip(".") in AGENCIES or (len(text) <= 100 and _CREDIT.fullmatch(text) is not None)


def names_origin(text: str) -> bool:
    """Return whether the line says what an article goes by: `Theo TTXVN`, `(Theo Reuters, BBC)`."""
    return _ORIGIN.match(text) is not None and is_credit(text)


def is_closing_credit(text: str) -> bool:
    """Return whether the line is a credit in brackets, such as ends an article."""
    return text.startswith("(") and is_credit(text)


def is_caption(text: str) -> bool:
    """Return whether the line is a caption by the credit or table bar at its end."""
    return len(text) <= FORM_LENGTH and _CAPTION.fullmatch(text) is not None


def has_inner_credit(text: str) -> bool:
    """Return whether a picture's credit stands in the line, though not at its end."""
    return _INNER_CREDIT.search(text) is not None


def is_alt(text: str) -> bool:
    """Return whether the line stands in for an image: a numbered title, or an address's words without accents."""
    return len(text) <= FORM_LENGTH and (_NUMBERED.fullmatch(text) is not None or _SLUG.fullmatch(text) is not None)


def is_item(text: str) -> bool:
    """Return whether the line is an item of a list."""
    return _ITEM.match(text) is not None


def is_name(text: str) -> bool:
    """Return whether the line is one to five capitalised words, perhaps with a note in brackets: a byline."""
    if len(text) > 160:
        return False
    name_words = re.split(r"\s+-\s+|[\s/,&]+", _NOTE.sub("", text))
    return (
        1 <= len(name_words) <= 5
        and any(len(word) > 1 for word in name_words)
        and all(word[:1].isupper() and _wordlike(word) for word in name_words)
    )


def is_byline(text: str) -> bool:
    """Return whether the line names who wrote the article: a name, perhaps with a role, an address or a date.

    >>> is_byline("Minh Thu - thu@example.com"), is_byline("Bài và ảnh: Minh Thu"), is_byline("Hà Nội mưa")
    (True, True, False)
    """
    if len(text) > 160:
        return False
    bare = strip_contacts(text)
    named = _ROLE.sub("", bare, count=1)
    return (bool(personal_data(text)) and (not bare or is_name(named))) or is_name(named)


def strip_contacts(text: str) -> str:
    """Return the line without e-mail addresses, telephone numbers and what parted them from the rest.

    >>> strip_contacts("Minh Thu (thu@example.com)")
    'Minh Thu'
    """
    if not personal_data(text):
        return text
    bare = PERSONAL.sub(" ", text)
    bare = re.sub(
        r"(?i)\b(?:e-?mail|đt|điện thoại|tel|hotline|liên hệ)\s*:?(?=\s|$)|\(\s*\)|\[\s*\]|<\s*>", " ", bare
    )
    return re.sub(r"\s+", " ", bare).strip(" -–,;:|/•()<>")


def is_dated(text: str) -> bool:
    """Return whether the line is little else than a date: beside a section, a name or a place."""
    return len(text) <= 120 and has_date(text) and len(words(without_dates(text))) <= 6 and not has_stop(text)


def _wordlike(word: str) -> bool:
    """Return whether `word` is letters, perhaps with inner hyphens or an initial's full stop."""
    return word.rstrip(".").replace("-", "").replace(".", "").isalpha() and len(word.rstrip(".")) + 1 >= len(word)


def has_stop(text: str) -> bool:
    """Return whether the line ends as a sentence of running text does, quotes and brackets aside."""
    return _SHUT.sub("", text[-20:]).endswith((".", "…", "./.")) or text.endswith("./.")


def ends_sentence(text: str) -> bool:
    """Return whether the line ends with any closing mark, those of headlines included."""
    return has_stop(text) or _SHUT.sub("", text[-20:]).endswith(("?", "!", ":", ";"))


def is_running(text: str) -> bool:
    """Return whether the line reads as running text: it has a full stop, or is too long for a headline."""
    return has_stop(text) or (len(text) > 180 and ends_sentence(text)) or len(text) > 300


def ends_article(text: str) -> bool:
    """Return whether the line carries the mark `./.` that ends an article."""
    return text.endswith("./.")


def is_cut(text: str) -> bool:
    """Return whether the line was cut to fit a teaser: it ends with a space and dots."""
    return len(text) <= 250 and text.endswith((" ...", " …"))
