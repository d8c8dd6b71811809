"""Print issues for a person, cutting floods short, or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vinese.issues import Issue
    from vinese.tally import Tally

_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}


class TextReport:
    """Print each issue on two lines, what to do once for each check, and a summary for each file."""

    def __init__(self, limit: int | None, *, err: bool = False) -> None:
        self.limit = limit
        self.err = err
        self.counts: Counter[str] = Counter()
        self._told: set[str] = set()

    def issue(self, found: Issue) -> None:
        """Print one issue, unless its check was reported `limit` times already."""
        self.counts[found.code] += 1
        if self.limit is not None and self.counts[found.code] > self.limit:
            return
        place = ":".join(part for part in (found.file, found.article_id, found.pointer) if part)
        head = click.style(found.level, fg=_COLORS[found.level])
        self._line(f"{head} {found.code} {place}\n  {found.message}")
        if found.code not in self._told:
            self._told.add(found.code)
            self._line(f"  -> {found.todo}")

    def end(self) -> None:
        """Say of which checks not every issue was printed, and begin a new count."""
        for code, count in sorted(self.counts.items()):
            if self.limit is not None and count > self.limit:
                self._line(f"... and {count - self.limit} more of {code} (--all or --json prints them)")
        self.counts.clear()

    def file(self, tally: Tally, issues: Iterable[Issue]) -> None:
        """Print the issues of one file as they come, and its summary."""
        for found in issues:
            self.issue(found)
        self.end()
        self._line(_summary(tally))

    def close(self) -> None:
        """Print nothing more."""

    def _line(self, text: str) -> None:
        click.echo(text, err=self.err)


def _summary(tally: Tally) -> str:
    """Return one line on one file."""
    things = {"export": "task", "unknown": "item"}.get(tally.kind, tally.kind)
    parts = [_many(tally.items, things)]
    if tally.kind == "export":
        parts.append(_many(tally.documents, "document"))
    parts += [_many(tally.error, "error"), _many(tally.warning, "warning")]
    return f"{tally.file}: {', '.join(parts)}"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


class JsonReport:
    """Print one JSON object: every issue, then a tally for each file; written as they come."""

    def __init__(self) -> None:
        self._tallies: list[Tally] = []
        self._first = True
        click.echo('{"issues": [', nl=False)

    def file(self, tally: Tally, issues: Iterable[Issue]) -> None:
        """Print the issues of one file as they come."""
        for found in issues:
            text = msgspec.json.encode({**msgspec.structs.asdict(found), "todo": found.todo}).decode()
            click.echo(f"{'' if self._first else ','}\n  {text}", nl=False)
            self._first = False
        self._tallies.append(tally)

    def close(self) -> None:
        """Print the tallies and end the object."""
        click.echo(f'\n], "files": {msgspec.json.encode(self._tallies).decode()}}}')
