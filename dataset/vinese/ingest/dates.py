"""Read the dates that Vietnamese pages print: which lines are one, and the moment each states."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_WEEKDAY = r"(?:(?:thứ \w+|chủ nhật|t[2-7]|cn)\s*[,.]?\s*)?"
_DAY_FORM = (
    rf"{_WEEKDAY}(?:ngày\s+)?(?:\d{{1,2}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?\d{{4}}"
    rf"|\d{{1,2}} tháng \d{{1,2}},?(?: năm)? \d{{4}})"
)
_CLOCK_FORM = r"(?:lúc\s*)?\d{1,2}\s*(?::|h|g|giờ)\s*\d{2}(?::\d{2}|\s*phút|')?(?:\s*[AP]M)?"
_ZONE = r"\(?\s*(?:GMT|UTC)\s*[+-]\s*\d{1,2}(?::?\d{2})?\s*\)?"
_ISO_FORM = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?"
_GAP = r"\s*[-–,|•·/]?\s*"
_PREFIX = (
    r"(?:(?:(?:cập nhật|đăng|xuất bản|đăng tải|phát hành|đã đăng)(?: lần cuối)?(?: lúc| ngày| vào)?"
    r"|ngày (?:đăng|xuất bản|cập nhật)"
    r"|thời gian(?: đăng)?|published|updated)\s*:?\s*)?"
)
_MOMENT = rf"(?:{_DAY_FORM}(?:{_GAP}{_CLOCK_FORM})?|{_CLOCK_FORM}{_GAP}{_DAY_FORM}|{_ISO_FORM})(?:{_GAP}{_ZONE})?"
_DATE = re.compile(rf"[-–|•]?\s*\(?{_PREFIX}{_MOMENT}\)?", re.IGNORECASE)
_MOMENT_IN = re.compile(rf"(?<![\w/.-]){_MOMENT}(?![\w/])", re.IGNORECASE)

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_DAY = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?:([/.-])\s?(\d{1,2})\s?\2\s?|tháng (\d{1,2}),?(?: năm)? )(\d{4})(?!\d)", re.IGNORECASE
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*(?:[:hg]|giờ)\s*(\d{2})(?::(\d{2}))?(?:\s*([AP])M)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


def is_date(text: str) -> bool:
    """Return whether the whole line is a date, with or without a time of day."""
    return len(text) <= 100 and _DATE.fullmatch(text) is not None


def without_dates(text: str) -> str:
    """Return `text` with a blank in place of every date that it holds.

    >>> without_dates("Minh Thu - 12/03/2024 09:15")
    'Minh Thu -  '
    """
    return _MOMENT_IN.sub(" ", text)


def has_date(text: str) -> bool:
    """Return whether a date with its year stands in the line."""
    return _MOMENT_IN.search(text) is not None


def has_clock(text: str) -> bool:
    """Return whether the line states a time of day."""
    return _CLOCK.search(_OFFSET.sub(" ", text)) is not None


def iso_time(text: str) -> str | None:
    """Return a printed date as ISO 8601, as exact as the page is: a day, a local time, or a time with its offset.

    The day stands before the month, as everywhere in Vietnam. None where the year is missing or the day impossible.

    >>> iso_time("Thứ Năm, 25/07/2024, 14:09 (GMT+7)"), iso_time("25/07/2024"), iso_time("25/07")
    ('2024-07-25T14:09:00+07:00', '2024-07-25', None)
    >>> iso_time("20 tháng 6 năm 2024, lúc 8h05"), iso_time("2024-06-20T08:05:00Z")
    ('2024-06-20T08:05:00', '2024-06-20T08:05:00+00:00')
    """
    if iso := _ISO.search(text):
        return _machine_time(iso, text)
    day = _DAY.search(text)
    if not day:
        return None
    rest = text[: day.start()] + " " + text[day.end() :]
    clock = _CLOCK.search(_OFFSET.sub(" ", rest))
    try:
        date = datetime(int(day[5]), int(day[3] or day[4]), int(day[1]))
        if not clock:
            return date.date().isoformat()
        time = date.replace(hour=_hour(clock), minute=int(clock[2]), second=int(clock[3] or 0))
        return time.replace(tzinfo=_offset(rest)).isoformat()
    except ValueError:
        return None


def _machine_time(iso: re.Match[str], text: str) -> str | None:
    """Return the moment of an ISO date, the offset that stands behind it included."""
    try:
        date = datetime(int(iso[1]), int(iso[2]), int(iso[3]))
        if not iso[4]:
            return date.date().isoformat()
        zone = _offset(text) if not iso[7] else _offset("UTC" + ("+00" if iso[7] == "Z" else iso[7]))
        time = date.replace(hour=int(iso[4]), minute=int(iso[5]), second=int(iso[6] or 0))
        return time.replace(tzinfo=zone).isoformat()
    except ValueError:
        return None


def _hour(clock: re.Match[str]) -> int:
    """Return the hour of the day of a time with or without AM and PM."""
    hour = int(clock[1])
    if not clock[4]:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if clock[4].upper() == "P" else 0)


def _offset(text: str) -> timezone | None:
    """Return the offset from Greenwich that `text` states."""
    offset = _OFFSET.search(text)
    if not offset:
        return None
    minutes = 60 * int(offset[2]) + int(offset[3] or 0)
    return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
