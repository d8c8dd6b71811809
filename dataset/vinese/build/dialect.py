"""Write features in the older dialect, which every `datasets` from 2.14 on reads.

From 4.0 on `datasets` calls a list `List`, which earlier versions refuse; all of them read `Sequence` for a list of
values and a JSON list for a list of records.
"""

from __future__ import annotations

from typing import Any

LISTS = {"List", "Sequence"}


def old_dialect(feature: Any) -> Any:
    """Return features (as `Features.to_dict()` gives them) as versions before 4.0 write them into Parquet."""
    if isinstance(feature, list):
        return [old_dialect(feature[0])]
    if feature.get("_type") in LISTS:
        inner = feature["feature"]
        return {"feature": inner, "_type": "Sequence"} if "_type" in inner else [old_dialect(inner)]
    if "_type" in feature:
        return feature
    return {name: old_dialect(part) for name, part in feature.items()}


def yaml_features(features: dict[str, Any]) -> list[dict[str, Any]]:
    """Return features as a card's `dataset_info` has them: a list of `{name, dtype | struct | list | sequence}`."""
    return [{"name": name, **_yaml(part)} for name, part in features.items()]


def _yaml(feature: Any) -> dict[str, Any]:
    if isinstance(feature, list):
        return {"list": yaml_features(feature[0])}
    kind = feature.get("_type")
    if kind in LISTS and "_type" not in feature["feature"]:
        return {"list": yaml_features(feature["feature"])}
    if kind in LISTS:
        return {"sequence": _scalar(feature["feature"])}
    return {"dtype": _scalar(feature)} if kind else {"struct": yaml_features(feature)}


def _scalar(feature: dict[str, Any]) -> str | dict[str, Any]:
    """Return the type of a value: its name, or the names of a label by number."""
    if feature["_type"] == "ClassLabel":
        return {"class_label": {"names": {str(number): name for number, name in enumerate(feature["names"])}}}
    return str(feature["dtype"])
