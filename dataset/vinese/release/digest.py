"""Sum up rows and features in a form that is the same with every version of every library.

The module needs nothing but Python, so that it can be loaded by its path where vinese is not installed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

LISTS = ("List", "LargeList", "Sequence")


def rows_digest(rows: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """Return how many rows there are, and their SHA-256 as JSON: a row a line, keys sorted, labels as numbers."""
    total, number = hashlib.sha256(), 0
    for row in rows:
        total.update(_json(row) + b"\n")
        number += 1
    return number, total.hexdigest()


def features_digest(features: Any) -> str:
    """Return the SHA-256 of features as JSON: names, types, labels, and what is a list of what."""
    return hashlib.sha256(_json(plain_features(features))).hexdigest()


def plain_features(feature: Any) -> Any:
    """Return features (as `Features.to_dict()` gives them, or a file's metadata) without what versions differ in."""
    if isinstance(feature, list):
        return [plain_features(feature[0])]
    kind = feature.get("_type")
    if kind in LISTS:
        return [plain_features(feature["feature"])]
    if kind == "ClassLabel":
        return {"labels": feature["names"]}
    if kind is not None:
        return {"type": feature["dtype"]}
    return {"fields": {name: plain_features(part) for name, part in feature.items()}}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
