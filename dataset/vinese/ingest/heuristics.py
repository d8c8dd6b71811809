"""Judge by one clean line alone what it looks like; a function a question, no line knows its neighbours."""

from __future__ import annotations

import re

_IMAGE = re.compile(r"!?\[[^\]]*\]\([^)]*\)|https?://\S+\.(?:jpe?g|png|gif|webp|svg)\S*", re.IGNORECASE)
_DAY = r"(?:(?:thứ \w+|chủ nhật)\s*,?\s*)?(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
_CLOCK = r"\d{1,2}\s*[:hg]\s*\d{2}(?::\d{2})?(?:\s*[AP]M)?"
_ZONE = r"\(?\s*(?:GMT|UTC)\s*[+-]\s*\d{1,2}(?::?\d{2})?\s*\)?"
_GAP = r"\s*[-–,|•]?\s*"
_DATE = re.compile(f"(?:{_DAY}(?:{_GAP}{_CLOCK})?|{_CLOCK}{_GAP}{_DAY})(?:{_GAP}{_ZONE})?", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:đọc|xem|tin) thêm|(?:bài viết|tin|bài) (?:cùng (?:chủ đề|chuyên mục)|liên quan|khác|mới(?: nhất)?)"
    r"|cùng chuyên mục|có thể bạn quan tâm|(?:tin )?đọc nhiều(?: nhất)?"
    r"|(?:ý kiến|bình luận)(?: bạn đọc)?(?: \(\d+\))?"
    r"|(?:từ khóa|tags?|chủ đề)\s*:?|top",
    re.IGNORECASE,
)
_WIDGET = re.compile(
    r"phiên bản di động|theo dõi .{2,40} trên(?: google news)?|chia sẻ(?: bài viết)?|(?:gửi|viết) bình luận"
    r"|bạn không thể gửi bình luận.*|\d+ giây nữa\.?|in bài(?: viết)?|lưu bài(?: viết)?|quảng cáo|nghe đọc bài"
    r"|quay lại|về trang chủ|đăng nhập|facebook|twitter|zalo|sao chép(?: liên kết| link)?|copy link",
    re.IGNORECASE,
)
_FOLLOW = re.compile(r"theo dõi (.{2,40}) trên(?: google news)?", re.IGNORECASE)
_CREDIT = re.compile(
    r"\((?:theo|nguồn|ảnh|lược dịch|tổng hợp)\b[^()]{1,80}\)\.?|(?:nguồn|ảnh|theo)\s*:\s*.{1,60}", re.IGNORECASE
)
_AGENCIES = frozenset(
    {"AFP", "AP", "Reuters", "TTXVN", "VNA", "EPA", "EFE", "Xinhua", "Getty Images", "Getty", "THX"}
)
_PHOTO = "(?i:ảnh|nguồn|ảnh minh h(?:ọa|oạ)|đồ họa|photo)"
_SOURCE = "(?:Ảnh|Nguồn|Ảnh minh h(?:ọa|oạ)|Đồ họa|Photo|ẢNH|NGUỒN)"  # a capital, for 'hình ảnh: ...' is running text
_CAPTION = re.compile(rf".*(?:\({_PHOTO}\b[^()]*\)\.?|\s{_SOURCE}\s*:\s*\S.{{0,60}}|\s\|)")
_NUMBERED = re.compile(r".*-\s*Ảnh \d+\.?", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:[ _-][a-z0-9]+){3,}")
_NOTE = re.compile(r"\s*\([^()]{2,60}\)$")
_SHUT = re.compile(r"[\"'”’»)\]]*$")


def is_image(text: str) -> bool:
    """Return whether the line is an image's markdown or address."""
    return _IMAGE.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Return whether the whole line is a date, with or without a time of day."""
    return _DATE.fullmatch(text) is not None


def is_tail_marker(text: str) -> bool:
    """Return whether the line heads what follows an article: more to read, tags, comments."""
    return _TAIL.fullmatch(text) is not None


def is_widget(text: str) -> bool:
    """Return whether the line is a button or note of the site."""
    return is_tail_marker(text) or _WIDGET.fullmatch(text) is not None


def followed_site(text: str) -> str | None:
    """Return the site's name for itself in a line that asks to follow it, word for word."""
    site = _FOLLOW.fullmatch(text)
    return site[1] if site else None


def is_credit(text: str) -> bool:
    """Return whether the whole line credits an agency, a paper or a picture."""
    by_name = text[:5].lower() == "theo " and is_name(text[5:])
    return by_name or text in _AGENCIES or _CREDIT.fullmatch(text) is not None


def is_closing_credit(text: str) -> bool:
    """Return whether the line is a credit in brackets, such as ends an article."""
    return text.startswith("(") and is_credit(text)


def is_caption(text: str) -> bool:
    """Return whether the line is a caption by the credit or table bar at its end."""
    return len(text) <= 400 and _CAPTION.fullmatch(text) is not None


def is_alt(text: str) -> bool:
    """Return whether the line stands in for an image: a numbered title, or an address's words without accents."""
    return _NUMBERED.fullmatch(text) is not None or _SLUG.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Return whether the line is one to five capitalised words, perhaps with a note in brackets: a byline."""
    words = re.split(r"\s+-\s+|[\s/,&]+", _NOTE.sub("", text))
    return 1 <= len(words) <= 5 and all(word[:1].isupper() and _wordlike(word) for word in words)


def _wordlike(word: str) -> bool:
    """Return whether `word` is letters, perhaps with inner hyphens or an initial's full stop."""
    return word.rstrip(".").replace("-", "").replace(".", "").isalpha() and len(word.rstrip(".")) + 1 >= len(word)


def has_stop(text: str) -> bool:
    """Return whether the line ends as a sentence of running text does, quotes and brackets aside."""
    return _SHUT.sub("", text).endswith((".", "…", "./.")) or text.endswith("./.")


def ends_sentence(text: str) -> bool:
    """Return whether the line ends with any closing mark, those of headlines included."""
    return has_stop(text) or _SHUT.sub("", text).endswith(("?", "!", ":", ";"))


def ends_article(text: str) -> bool:
    """Return whether the line carries the mark `./.` that ends an article."""
    return text.endswith("./.")


def is_cut(text: str) -> bool:
    """Return whether the line was cut to fit a teaser: it ends with a space and dots."""
    return len(text) <= 250 and text.endswith((" ...", " …"))
