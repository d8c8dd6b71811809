"""Make records of parsed JSON that its schema has found valid."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

R = TypeVar("R")


def to_record(value: Any, record: type[R]) -> R:
    """Return `value` as a record; JSON Schema holds `3.0` to be a whole number, and so does this."""
    try:
        return msgspec.convert(value, record, from_attributes=True)
    except msgspec.ValidationError:
        return msgspec.convert(_whole(value), record, from_attributes=True)


def _whole(value: Any) -> Any:
    """Return `value` with every number that is whole as an `int`."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
