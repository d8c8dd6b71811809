"""Read moments: ISO 8601 with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def moment(said: Any) -> datetime | None:
    """Return the moment that a string names, to the microsecond, or None if it is none or has no offset."""
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def in_utc(said: Any) -> str | None:
    """Return a moment as it is if it is in UTC already, brought there if it has another offset, or else None.

    >>> in_utc("2026-11-22T10:48:45+07:00"), in_utc("2024-02-31T25:61:00Z")
    ('2026-11-22T03:48:45Z', None)
    """
    found = moment(said)
    if found is None:
        return None
    return said if _FORM.fullmatch(said) else found.isoformat().replace("+00:00", "Z")
