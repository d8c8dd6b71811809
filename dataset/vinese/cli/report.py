"""Print issues for a person, cutting floods short, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Self

import click
import msgspec

from vinese.core.errors import VineseError
from vinese.core.issues import Issue, Tally

_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}


class _Report:
    """Be closed at the end of a block, whatever ends it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Print nothing more."""


class TextReport(_Report):
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

    def done(self, _tally: Tally) -> None:
        """Say of which checks not every issue was printed, and begin a new count."""
        for code, count in sorted(self.counts.items()):
            if self.limit is not None and count > self.limit:
                self._line(f"... and {count - self.limit} more of {code} (--all or --json prints them)")
        self.counts.clear()

    def file(self, tally: Tally, issues: Iterable[Issue]) -> None:
        """Print the issues of one file as they come, and its summary."""
        for found in issues:
            self.issue(found)
        self.done(tally)
        self._line(_summary(tally))

    def failed(self, tally: Tally, error: VineseError) -> None:
        """Say why a file could not be read to its end."""
        self.done(tally)
        click.echo(f"vinese: {error}", err=True)

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


class JsonReport(_Report):
    """Print one JSON object: every issue, then a tally for each file; written as they come, and always to its end."""

    def __init__(self, *, err: bool = False) -> None:
        self.err = err
        self._tallies: list[Tally] = []
        self._first = True
        click.echo('{"issues": [', nl=False, err=err)

    def issue(self, found: Issue) -> None:
        """Print one issue."""
        text = msgspec.json.encode({**msgspec.structs.asdict(found), "todo": found.todo}).decode()
        click.echo(f"{'' if self._first else ','}\n  {text}", nl=False, err=self.err)
        self._first = False

    def done(self, tally: Tally) -> None:
        """Keep the tally of a file for the end."""
        self._tallies.append(tally)

    def file(self, tally: Tally, issues: Iterable[Issue]) -> None:
        """Print the issues of one file as they come."""
        for found in issues:
            self.issue(found)
        self.done(tally)

    def failed(self, tally: Tally, error: VineseError) -> None:
        """Keep why a file could not be read to its end; people are told on standard error, if that is free."""
        tally.problem = error.message
        self.done(tally)
        if not self.err:
            click.echo(f"vinese: {error}", err=True)

    def close(self) -> None:
        """Print the tallies and end the object."""
        click.echo(f'\n], "files": {msgspec.json.encode(self._tallies).decode()}}}', err=self.err)
