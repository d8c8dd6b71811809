"""Print score reports, and systems side by side, for a person at a terminal and as LaTeX tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from vinese.core.printable import counted
from vinese.render.terminal import empty_table, print_table
from vinese.score.measures import HEADLINES, parse
from vinese.score.paired import Comparison, ComparisonReport
from vinese.score.records import Estimate, Score, ScoreReport

_INTERVAL = r"95\,\% interval"
_NONE: Mapping[str, float] = {}
NOTHING = "nothing to find"
_MEASURE = ("measure",)
_VALUES = ("value", "95% interval", "P", "R", "right", "predicted", "gold")
_COUNTS = ("F1", "95% interval", "P", "R", "right", "predicted", "gold")


def print_report(report: ScoreReport, console: Console, ceilings: Mapping[str, float] = _NONE) -> None:
    """Print the scores of one system: all measures, then headlines by label and article, then the fine print.

    `ceilings` is how far annotators agree, by measure, in per cent.
    """
    print_line(console, f"{report.system}: {counted(report.articles, 'article')}", bold=True)
    print_rows(console, "Scores, percent", _MEASURE, _VALUES, [_row(score) for score in report.scores])
    for score in report.scores:
        if score.measure in HEADLINES.values() and (score.gold or score.predicted):
            _headline(score, console)
    _print_ceilings(report.scores, ceilings, console)
    for score in report.scores:
        if not (score.gold or score.predicted):
            continue
        for note in score.notes:
            print_line(console, f"{title(score)}: {note}")
        if score.estimate.reason:
            print_line(console, f"{title(score)}: {score.estimate.reason}")
    for caveat, _ in caveats(report):
        print_line(console, caveat)
    if report.scores:
        print_line(console, "")
    for score in report.scores:
        if score.measure in HEADLINES.values() or len(report.scores) == 1:
            print_line(console, score.signature)


def title(score: Score) -> str:
    """Return the name of a measure, its usual one in the field first."""
    return f"{score.alias}, {score.measure}" if score.alias and score.alias != score.measure else score.measure


def caveats(report: ScoreReport) -> Iterator[tuple[str, str]]:
    """Yield what a reader has to know about the numbers of a report, each in English and in Vietnamese."""
    if report.missing:
        number = len(report.missing)
        if report.partial:
            yield (
                f"{counted(number, 'article')} without predictions: left out.",
                f"{number} bài không có dự đoán: bỏ qua.",
            )
        else:
            yield (
                f"{counted(number, 'article')} without predictions: nothing found is what counts there.",
                f"{number} bài không có dự đoán: tính là không tìm được gì.",
            )
    if report.failed:
        number = len(report.failed)
        yield (
            f"{counted(number, 'article')} where the system failed: nothing found is what counts there.",
            f"{number} bài mà hệ thống bị lỗi: tính là không tìm được gì.",
        )
    n = report.articles
    if report.interval == "jackknife" and any(score.estimate.low is not None for score in report.scores):
        english = (
            f"The interval is for new articles like these, from n = {n} articles (leave one out, t with {n - 1} "
            "degrees of freedom). It does not cover annotation errors, other publishers, or training randomness."
        )
        vietnamese = (
            f"Khoảng này dành cho bài mới cùng kiểu, tính từ n = {n} bài (lần lượt bỏ một bài, phân phối t với "
            f"{n - 1} bậc tự do). Nó không tính đến lỗi chú giải, báo khác, hay tính ngẫu nhiên khi huấn luyện."
        )
        yield english, vietnamese
    if report.interval == "bootstrap":
        yield (
            "The interval is the percentile bootstrap over articles, which is too narrow for few articles.",
            "Khoảng này lấy từ bootstrap phân vị theo bài, hẹp hơn thực tế khi có ít bài.",
        )


def _print_ceilings(scores: Sequence[Score], ceilings: Mapping[str, float], console: Console) -> None:
    agreed = [f"{title(score)} {ceilings[score.measure]:.1f}" for score in scores if score.measure in ceilings]
    if agreed:
        print_line(console, f"Annotators who did not see each other's work agree: {'; '.join(agreed)}.")


def _headline(score: Score, console: Console) -> None:
    if score.labels:
        rows = [
            [label.label, *_cells(label.f1, label.precision, label.recall), *_counts(label)] for label in score.labels
        ]
        print_rows(console, f"{title(score)}, by label", ("label",), _COUNTS, rows)
    if score.articles:
        heads = ("value", "right", "predicted", "gold")
        rows = [
            [
                article.article_id,
                _percent(article.value if article.gold or article.predicted else None),
                *_counts(article),
            ]
            for article in score.articles
        ]
        print_rows(console, f"{title(score)}, by article", ("article",), heads, rows)


def _row(score: Score) -> list[str]:
    name = title(score) + (" (headline)" if score.measure in HEADLINES.values() else "")
    majority = "" if score.majority is None else f" (majority {_percent(score.majority)})"
    return [name + majority, *_score_cells(score), *_counts(score)]


def shown(score: Score) -> str:
    """Return the value of a measure; 100 by convention is no result where there is nothing on either side."""
    return _percent(score.value) if score.gold or score.predicted else NOTHING


def _score_cells(score: Score) -> list[str]:
    _, *others = _cells(score.estimate, score.precision, score.recall)
    return [shown(score), *(others if score.gold or score.predicted else ["–"] * len(others))]


def _cells(value: Estimate, precision: Estimate | None, recall: Estimate | None) -> list[str]:
    sides = [_percent(None if side is None else side.value) for side in (precision, recall)]
    return [_percent(value.value), interval(value), *sides]


def _counts(counts: object) -> list[str]:
    return [f"{getattr(counts, name):.10g}" for name in ("tp", "predicted", "gold")]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def interval(estimate: Estimate) -> str:
    """Return an interval in brackets; a dash where there is none."""
    if estimate.low is None or estimate.high is None:
        return "–"
    return f"[{estimate.low:.1f}, {estimate.high:.1f}]"


def print_rows(
    console: Console, heading: str, left: Sequence[str], right: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print a table under its heading; columns are named by `left` and `right`, which side they stand on."""
    print_line(console, f"\n{heading}", bold=True)
    table = empty_table(left, right)
    for row in rows:
        table.add_row(*row)
    print_table(console, table)


def print_line(console: Console, text: str, *, bold: bool = False) -> None:
    """Print a line as it is, however long."""
    console.print(text, highlight=False, style="bold" if bold else "", soft_wrap=True)


def print_comparison(report: ComparisonReport, console: Console) -> None:
    """Print how two systems differ, and what that many articles can tell."""
    a, b = report.names
    print_line(console, f"A {a} against B {b}: {counted(report.a.articles, 'article')}", bold=True)
    heads = ("A", "B", "A - B", "95% interval", "won : lost", "p", "detectable")
    rows = [_compared(comparison) for comparison in report.comparisons]
    print_rows(console, "Difference in points", _MEASURE, heads, rows)
    by_verdict: dict[str, list[str]] = {}
    for comparison in report.comparisons:
        by_verdict.setdefault(comparison.verdict, []).append(title(comparison.a))
    for verdict, names in by_verdict.items():
        print_line(console, f"{', '.join(names)}: {verdict}")
    tests = {
        "exact sign flips of articles" if comparison.exact else "drawn sign flips of articles"
        for comparison in report.comparisons
    }
    if tests:
        print_line(
            console,
            f"p: two-sided, {', '.join(sorted(tests))}. Detectable: the smallest difference that the interval could "
            "tell from none. With several measures or systems, correct for their number (Holm).",
        )
    for comparison in report.comparisons[:1]:
        print_line(console, f"\nA {comparison.a.signature}\nB {comparison.b.signature}")


def _compared(comparison: Comparison) -> list[str]:
    exact = "" if comparison.exact else "~"
    return [
        title(comparison.a),
        shown(comparison.a),
        shown(comparison.b),
        f"{comparison.difference.value or 0.0:+.1f}",
        interval(comparison.difference),
        f"{comparison.won} : {comparison.lost}",
        f"{exact}{comparison.p:.4g}",
        _percent(comparison.detectable),
    ]


Systems = Sequence[tuple[str, Sequence[Score]]]
"""The name of each system, and its scores by the same measures in the same order."""


def print_standings(task: str, systems: Systems, console: Console, ceilings: Mapping[str, float]) -> None:
    """Print the systems of one task, with how far annotators agree and the signature of the first measure below."""
    first = systems[0][1]
    heads = [head for score in first for head in (score.alias or score.measure, "95% interval")]
    rows = [[name, *(cell for score in scores for cell in cells(score))] for name, scores in systems]
    print_rows(console, task.replace("_", " "), ("system",), heads, rows)
    _print_ceilings(first, ceilings, console)
    without = [score for _, scores in systems for score in scores if score.estimate.low is None]
    for reason in dict.fromkeys(score.estimate.reason for score in without if score.estimate.reason):
        print_line(console, reason)
    print_line(console, first[0].signature)


def cells(score: Score) -> tuple[str, str]:
    """Return a value and its interval."""
    return shown(score), interval(score.estimate) if score.gold or score.predicted else "–"


def latex(reports: Sequence[ScoreReport]) -> str:
    """Return a table for a paper, with booktabs: a row a system and measure, signatures as comments above."""
    rows, signatures = [], []
    for report in reports:
        for score in report.scores:
            rows.append([report.system, title(score), *_score_cells(score), *_counts(score)])
            signatures.append(f"% {parse(score.measure).name}: {score.signature}")
    heads = ("System", "Measure", "Value", _INTERVAL, "P", "R", "Right", "Predicted", "Gold")
    return _booktabs("llrrrrrrr", heads, rows, signatures)


def latex_standings(tasks: Mapping[str, Systems]) -> str:
    """Return a table for a paper, with booktabs: a row a system and task, signatures as comments above."""
    rows, signatures = [], []
    for task, systems in tasks.items():
        signatures += [f"% {score.measure}: {score.signature}" for score in systems[0][1]]
        for name, scores in systems:
            words = [task.replace("_", " "), name]
            rows += [[*words, score.alias or score.measure, *cells(score)] for score in scores]
    return _booktabs("lllrr", ("Task", "System", "Measure", "Value", _INTERVAL), rows, signatures)


def _booktabs(columns: str, heads: Sequence[str], rows: Sequence[Sequence[str]], comments: Sequence[str]) -> str:
    body = [" & ".join(map(tex, row)) + r" \\" for row in rows]
    begin = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", " & ".join(heads) + r" \\", r"\midrule"]
    return "\n".join([*comments, *begin, *body, r"\bottomrule", r"\end{tabular}"])


def tex(text: str) -> str:
    """Return text with what LaTeX takes for commands spelt out."""
    special = {"\\": r"\textbackslash{}", "–": "--"} | {sign: f"\\{sign}" for sign in "&%$#_{}"}
    special |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(sign, sign) for sign in text)
