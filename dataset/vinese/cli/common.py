"""What every verb shares: options, the printing of issues for people, and the one envelope of `--json`.

With `--json` a verb prints one JSON object and nothing else on standard output:

    {"vinese": "0.1.0", "verb": "validate", "issues": [...], "result": ..., "ok": true}

`issues` has each issue with `code`, `level`, `message`, `todo`, `file`, `article_id`, `pointer`, `where` and `link`
(both empty but for work in Label Studio); they are printed as they come. `result` is what the verb found or made,
without the issues; null where it came to nothing. `ok` is true if the exit code is 0 and no issue is of level error.
After wrong use or in a broken environment (exit code 2) there is also `"error": {"message", "todo"}`. The object is
written to its end, unless its reader goes away.
`vinese convert` without `--out` has its documents on standard output, and the object on standard error.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from vinese.core.errors import UsageError
from vinese.core.files import json_lines, standard_output
from vinese.core.issues import Issue
from vinese.core.printable import encodable, escaped_json, printable
from vinese.core.project import Project
from vinese.core.urls import is_url, shown, writing

FEW = 3
"""How many issues of one check are printed of a file of annotation; the rest are counted."""

_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}


class Output:
    """The printed output of one call: text for people, or the envelope of `--json`.

    Attributes
    ----------
    as_json
        Whether `--json` is given.
    verb
        The words that name the verb, `studio push` for example.
    limit
        How many issues of one check are printed for people before the rest are only counted; None for all.
    all_by
        The options that print all of them.
    to_stdout
        Whether issues for people go to standard output; otherwise they go to standard error.
    envelope_to_stderr
        Whether the envelope goes to standard error.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.verb = ""
        self.limit: int | None = None
        self.all_by = "--json"
        self.to_stdout = False
        self.envelope_to_stderr = False
        self._levels: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._advised: set[str] = set()
        self._result: Any = None
        self._used = self._opened = self._separated = False

    @property
    def code(self) -> int:
        """Return the exit code that the issues ask for: 1 if any is of level error, else 0."""
        return 1 if self._levels["error"] else 0

    def issue(self, issue: Issue) -> None:
        """Print one issue; for people what to do follows the first of its check alone."""
        self._used = True
        self._levels[issue.level] += 1
        if self.as_json:
            self._open()
            text = _encode(issue).decode()
            self._write(f"{',' if self._separated else ''}\n  {text}")
            self._separated = True
            return
        self._codes[issue.code] += 1
        if self.limit is not None and self._codes[issue.code] > self.limit:
            return
        place = printable(":".join(part for part in (issue.file, issue.article_id, issue.pointer) if part))
        message = printable(issue.said()).replace("\n", "\n  ")
        self._line(f"{click.style(issue.level, fg=_COLORS[issue.level])} {issue.code} {place}\n  {message}")
        if issue.code not in self._advised:
            self._advised.add(issue.code)
            self._line(f"  -> {issue.todo}")

    def issues(self, issues: Iterable[Issue]) -> None:
        """Print issues as they come, then how many of each check were not printed."""
        for issue in issues:
            self.issue(issue)
        self.end_of_file()

    def end_of_file(self) -> None:
        """Print how many issues of each check were not printed, and begin to count anew."""
        self._used = True
        for code, count in sorted(self._codes.items()):
            if self.limit is not None and count > self.limit:
                self._line(f"... and {count - self.limit} more of {code} ({self.all_by} prints them)")
        self._codes.clear()

    def result(self, value: object, text: Callable[[], None] | None = None) -> None:
        """Set `value` as the result of the envelope, without its issues; for people call `text` instead."""
        self._used = True
        if self.as_json:
            self._result = _without_issues(msgspec.to_builtins(value))
        elif text is not None:
            text()

    def close(self, code: int, error: tuple[str, str] | None = None) -> None:
        """Print the envelope to its end; `error` is what went wrong and what to do."""
        if not self.as_json or not (self._used or error):
            return
        self._open()
        end: dict[str, Any] = {"result": self._result, "ok": code == 0 and not self._levels["error"]}
        if error is not None:
            end["error"] = {"message": error[0], "todo": error[1]}
        text = msgspec.json.format(_encode(end), indent=2).decode()
        self._write(("\n" if self._separated else "") + "],\n  " + text.removeprefix("{").lstrip() + "\n")

    def _open(self) -> None:
        if not self._opened:
            import vinese

            self._opened = True
            head = msgspec.json.encode({"vinese": vinese.__version__, "verb": self.verb}).decode()
            self._write(f'{head.removesuffix("}")}, "issues": [')

    def _write(self, text: str) -> None:
        stream = sys.stderr if self.envelope_to_stderr else sys.stdout
        text = escaped_json(text, ascii_only=not is_utf8(stream))
        click.echo(text, nl=False, err=self.envelope_to_stderr)

    def _line(self, text: str) -> None:
        click.echo(text, err=not self.to_stdout)


def echo(text: str = "", *, err: bool = False) -> None:
    """Print text for people, whatever it quotes."""
    click.echo(printable(text), err=err)


def is_utf8(stream: Any) -> bool:
    """Return whether a stream writes UTF-8; one that is not there writes anything."""
    return str(getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def _encode(value: object) -> bytes:
    """Return JSON, also of what has in it a path that is not UTF-8."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_encodable(msgspec.to_builtins(value)))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(key): _encodable(part) for key, part in value.items()}
    return [_encodable(part) for part in value] if isinstance(value, list | tuple) else value


def _without_issues(value: Any) -> Any:
    """Return a result, or a list of them, without the issues, which the envelope has in one place."""
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key != "issues"}
    return [_without_issues(part) for part in value] if isinstance(value, list) else value


def _project(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Project:
    return Project.here(value)


def _output(ctx: click.Context, _param: click.Parameter, value: bool) -> Output:
    output = ctx.ensure_object(Output)
    output.as_json = value
    output.verb = ctx.command_path.partition(" ")[2]
    return output


project_option = click.option(
    "--project",
    metavar="DIR",
    callback=_project,
    type=click.Path(exists=True, file_okay=False),
    help="The folder with annotations/, schema/ and card/; by default this one if it has annotations/, "
    "schema/ontology.json or card/, or else vinese's own corpus.",
)
json_option = click.option(
    "--json",
    "output",
    is_flag=True,
    is_eager=True,  # so that what is wrong with the other words is told in the envelope too
    callback=_output,
    help="Print one JSON object instead of text.",
)

repair_option = click.option(
    "--repair-offsets",
    "repair",
    is_flag=True,
    help="Convert offsets that count UTF-16 units, bytes or the like, or that moved, if all spans of a task agree.",
)

built_layer_option = click.option(
    "--layer",
    metavar="NAME",
    help="The layer to build; by default gold, the default of layers.json, or the only one.",
)

all_option = click.option(
    "--all", "everything", is_flag=True, help="Print every issue, however often the same check fails."
)


def workers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how many processes, or which cluster, do what falls into parts."""
    for option in (
        click.option("--scheduler", metavar="ADDRESS", help="The Dask cluster to work on: tcp://HOST:PORT."),
        click.option(
            "--jobs",
            metavar="N",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="How many processes work on what is large; the result is the same.",
        ),
    ):
        command = option(command)
    return command


def one_mode(**given: bool) -> str | None:
    """Return the name of the flag that is given, None without one; raise `UsageError` for two of them."""
    modes = [name for name, is_given in given.items() if is_given]
    if len(modes) > 1:
        raise UsageError(f"{' and '.join(f'--{mode}' for mode in modes)} do not go together.", "Give one of them.")
    return modes[0] if modes else None


def folder(value: str | Path) -> Path:
    """Return `value` as a path with `~` spelled out; raise `UsageError` for a URL."""
    if is_url(value):
        raise UsageError(f"{shown(value)} is no folder on this machine.", "Name one, and copy it from or to the URL.")
    return Path(value).expanduser()


class _Source(click.Path):
    """A file that is read, and that a URL may name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a path, or a URL as it is."""
        path = str(super().convert(value, param, ctx))
        return path if is_url(path) else Path(path)


SOURCE = _Source()
"""The type of arguments that are a path or the URL of a file that is read."""

gold_option = click.option("--gold", metavar="FILE", type=SOURCE, help="Gold; by default the project's.")
texts_option = click.option("--articles", metavar="PATH", type=SOURCE, help="Texts, for gold without text.")


def named(*paths: str | Path | None) -> list[str | Path]:
    """Return the paths that a call names."""
    return [path for path in paths if path is not None]


def write_lines(out: str | Path, records: Iterable[object]) -> None:
    """Write records as JSON Lines to a file or URL, at once or not at all; `-` is standard output.

    Raise `FileProblemError` if that cannot be written.
    """
    content = json_lines(records)
    if str(out) != "-":
        with writing(out if is_url(out) else folder(out)) as file:
            file.write(content)
    else:
        output = standard_output()
        output.write(content)
        output.flush()
