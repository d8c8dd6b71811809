"""Read moments: ISO 8601 with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def moment(value: Any) -> datetime | None:
    """Return the moment that a string names, to the microsecond, or None if it is none or has no offset."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
        return time.astimezone(UTC) if time is not None and time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def in_utc(value: Any) -> str | None:
    """Return a moment as it is if it is in UTC already, brought there if it has another offset, or else None.

    >>> in_utc("2026-11-22T10:48:45+07:00"), in_utc("2024-02-31T25:61:00Z")
    ('2026-11-22T03:48:45Z', None)
    """
    time = moment(value)
    if time is None:
        return None
    return value if _FORM.fullmatch(value) else time.isoformat().replace("+00:00", "Z")
