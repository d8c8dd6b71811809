"""Run a scoring case (gold, predictions, right value) and say what differs from what it expects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import vinese
from vinese.score.paired import compare
from vinese.text.resolve import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.score.records import ScoreReport

MEASURES = {
    ("entities", "exact"): "entities.f1",
    ("entities", "overlap"): "entities.f1(match=overlap)",
    ("events", "trigger_identification"): "TI",
    ("events", "trigger_classification"): "TC",
    ("events", "argument_identification"): "AI",
    ("events", "argument_classification"): "AC",
    ("events", "argument_identification_attached"): "AI+",
    ("events", "argument_classification_attached"): "AC+",
    ("stances", "tuple"): "opinions.f1",
    ("stances", "pair"): "opinions.f1(polarity=no)",
}


def wanted(expected: dict[str, Any]) -> list[str]:
    """Return the measures that a case has values for."""
    names = [name for (group, key), name in MEASURES.items() if key in expected.get(group, {})]
    for on in expected.get("article_stance", {}):
        names += [f"article_stance.f1(on={on})", f"article_stance.accuracy(on={on})"]
    return names or ["entities.f1"]


def predictions(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the case's predictions as records."""
    if "bio" in case:
        return [{"id": case["articles"][0]["id"], **case["bio"]}]
    if "reply" in case:
        (article,) = case["articles"]
        return [{"id": article["id"], "entities": resolve(article["text"], case["reply"]["entities"]).mentions}]
    failed = set(case.get("failed", ()))
    return [{**record, "failed": "no reply"} if record["id"] in failed else record for record in case["predictions"]]


def run(case: dict[str, Any], folder: Path, **settings: Any) -> ScoreReport:
    """Return the report on a case; half a line of JSON is read from a file."""
    source: Any = predictions(case) if "jsonl" not in case else folder / "predictions.jsonl"
    if "jsonl" in case:
        source.write_text(case["jsonl"], encoding="utf-8")
    return vinese.score(case["gold"], source, wanted(case["expected"]), articles=case["articles"], **settings)


def faults(case: dict[str, Any], folder: Path) -> list[str]:
    """Return in words how the outcome of a case differs from what it expects."""
    expected = case["expected"]
    if "error" in expected:
        return _error(case, expected, folder)
    report = run(case, folder)
    found = _values(report, expected)
    codes = {(one.code, one.article_id, one.pointer) for one in report.issues}
    for issue in expected.get("issues", ()):
        if (issue["code"], issue["article_id"], issue["pointer"]) not in codes:
            found.append(f"no issue {issue}")
    if expected.get("same_when_reversed"):
        turned = [{**record, "entities": record["entities"][::-1]} for record in case["predictions"]]
        found += _values(run({**case, "predictions": turned}, folder), expected)
    if "per_type" in expected and {label.label for label in report["entities.f1"].labels} != set(
        expected["per_type"]
    ):
        found.append("other types")
    if "note" in expected and expected["note"] not in {one.code for one in report.issues}:
        found.append(f"no note {expected['note']}")
    if "resolved" in expected:
        (article,) = case["articles"]
        resolved = resolve(article["text"], case["reply"]["entities"])
        found += ["resolved"] * (resolved.mentions != expected["resolved"])
        found += ["unresolvable"] * (resolved.unresolvable != expected["unresolvable"])
    if "failed_replies" in expected and len(report.failed) != expected["failed_replies"]:
        found.append("failed replies")
    if "exit" in expected and report.sound != (expected["exit"] == 0):
        found.append("exit")
    if "compare" in expected:
        found += _compared(case, expected["compare"])
    return found


def _error(case: dict[str, Any], expected: dict[str, Any], folder: Path) -> list[str]:
    report = run(case, folder)
    issues = [one for one in report.issues if one.code == expected["error"] and one.level == "error"]
    if not issues:
        return [f"no error {expected['error']} but {[one.code for one in report.issues]}"]
    found = []
    if "pointer" in expected and expected["pointer"] not in {one.pointer for one in issues}:
        found.append(f"pointers {[one.pointer for one in issues]}")
    if "article_id" in expected and expected["article_id"] not in {one.article_id for one in issues}:
        found.append("article")
    if "line" in expected and not any((one.file or "").endswith(f":{expected['line']}") for one in issues):
        found.append("line")
    if "lines" in expected and not all(str(line) in issues[0].message for line in expected["lines"]):
        found.append("lines")
    if "hint" in expected and not all(expected["hint"] in one.message for one in issues):
        found.append(f"hint {issues[0].message}")
    if "with_repair" in expected:
        repaired = run(case, folder, repair_bio=True)["entities.f1"].value
        found += ["repair"] * (round(repaired, 2) != expected["with_repair"]["f1"])
    if "with_missing_as_empty" in expected:
        accepted = run({**case, "expected": expected["with_missing_as_empty"]}, folder, missing="empty")
        found += ["still an error"] * (not accepted.sound)
        found += _values(accepted, expected["with_missing_as_empty"])
    elif report.scores and expected["error"] != "missing-article":
        found.append("scored all the same")
    return found


def _values(report: ScoreReport, expected: dict[str, Any]) -> list[str]:
    found = []
    for (group, key), name in MEASURES.items():
        for field, value in expected.get(group, {}).get(key, {}).items():
            score = report[name]
            has = getattr(score, field)
            has = round(has.value, 2) if hasattr(has, "value") else has
            if has != value:
                found.append(f"{name} {field}: {has}, not {value}")
    interval = expected.get("entities", {}).get("interval", ...)
    if interval is not ...:
        estimate = report["entities.f1"].estimate
        bounds = None if estimate.low is None else [round(estimate.low, 2), round(estimate.high, 2)]
        if bounds != (interval and interval["bounds"]):
            found.append(f"interval {bounds}")
        if interval is None and not estimate.reason:
            found.append("no reason")
    for on, values in expected.get("article_stance", {}).items():
        macro, accuracy = report[f"article_stance.f1(on={on})"], report[f"article_stance.accuracy(on={on})"]
        have = {
            "macro_f1": macro.value,
            "accuracy": accuracy.value,
            "majority": macro.majority,
            "interval": macro.estimate.low,
        }
        found += [f"{key}: {have[key]}" for key in values.keys() & have.keys() if _round(have[key]) != values[key]]
        found += [f"no {code}" for code in values.get("issues", ()) if code not in {i.code for i in report.issues}]
    return found


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _compared(case: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    (found,) = compare(
        case["gold"], case["predictions"], case["predictions_b"], ["entities.f1"], articles=case["articles"]
    ).comparisons
    have = {
        "test": "sign-flip",
        "exact": found.exact,
        "p": found.p,
        "smallest_possible_p": found.smallest_p,
        "articles_needed_for_0.05": found.articles_needed,
    }
    return [f"{key}: {have[key]}" for key, value in expected.items() if have[key] != value]


def load(file: Path) -> dict[str, Any]:
    """Return a case."""
    case: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return case
