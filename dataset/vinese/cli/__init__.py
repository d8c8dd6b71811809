"""The command line: one module a verb, which parses the call, calls one public function, and prints.

Exit codes: 0 fine, 1 issues found in data, 2 wrong use or a broken environment. As from other tools: 130 after
Ctrl-C, 129 and 143 after the signals HUP and TERM, 141 if whoever read the output went away.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import click

from vinese.cli.common import Output, echo
from vinese.core.errors import VineseError
from vinese.core.workplace import keeping_work_folders, remove_noted_leftovers

PIPE_CLOSED = 141
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}

VERBS = (
    "init",
    "ingest",
    "studio",
    "validate",
    "convert",
    "show",
    "browse",
    "agree",
    "prompts",
    "predict",
    "tasks-path",
    "score",
    "baseline",
    "leaderboard",
    "schema",
    "check",
    "update",
    "build",
    "publish",
    "standoff",
    "rehydrate",
)


class _StoppedError(BaseException):
    """The process was asked to end; what it has not completed is removed on the way out."""


class _PipeClosedError(Exception):
    """The reader of the output went away; click, which would end with 1, knows no such error."""


@contextmanager
def _pipes() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _PipeClosedError from error


class Verbs(click.Group):
    """Load each verb's module when it is asked for, so that no command pays for another's imports."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the words of the call; help is printed here."""
        with _pipes():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        with _pipes():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of the work, not of the alphabet."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of `cmd_name`, which `vinese.cli.<cmd_name>`, a hyphen as `_`, calls `command`."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"vinese.cli.{cmd_name.replace('-', '_')}").command
        return command


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    """Print the version; read late, for the package's metadata is slow to find."""
    if value and not ctx.resilient_parsing:
        import vinese

        click.echo(f"vinese {vinese.__version__}")
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the version and stop.",
)
def cli() -> None:
    """Take Vietnamese news from the scraped page to a dataset that loads anywhere.

    The road: ingest, studio push, studio pull, check, build.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and end the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing that goes wrong ends in a traceback."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with _ending_in_order(), keeping_work_folders():
            return _run(words, Output(as_json="--json" in words))
    finally:
        remove_noted_leftovers()


def _run(words: list[str], output: Output) -> int:
    _fill_gaps()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # its encoding, which may be a code page, is the user's choice
            stream.reconfigure(errors="backslashreplace")
    try:
        remove_noted_leftovers(but_kept=True)
        result = cli.main(args=words, prog_name="vinese", standalone_mode=False, obj=output)
        code = result if isinstance(result, int) else 0
        with _pipes():
            output.close(code)
    except _PipeClosedError:
        _let_go(sys.stdout, sys.stderr)
        return PIPE_CLOSED
    except (Exception, _StoppedError) as error:
        code = _code_of(error)
        try:
            _print_error(error, output, code)
        except BrokenPipeError:
            _let_go(sys.stdout, sys.stderr)
            return PIPE_CLOSED
        except OSError:
            _let_go(sys.stdout, sys.stderr)  # there is no place for messages
    return code


def _fill_gaps() -> None:
    """Have a descriptor behind each standard stream that the caller closed, as services and `2>&-` do.

    Else the next file to be opened would get its number, and what libraries or workers print would land in that file.
    Reading and writing fail as before. Messages without a place go nowhere.
    """
    for number, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.set_inheritable(os.open(os.devnull, mode), True)  # the lowest number that is free: this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the process


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Have the signals that end a process unwind it, unless somebody has said otherwise, as `nohup` does."""
    before = {}
    for number in {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        with suppress(ValueError):  # this is not the main thread, which alone hears signals
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # the way out is not to be cut short
    raise _StoppedError(number)


def _code_of(error: BaseException) -> int:
    if isinstance(error, _StoppedError):
        return 128 + int(error.args[0])
    return 128 + signal.SIGINT if isinstance(error, click.exceptions.Abort) else 2


def _print_error(error: BaseException, output: Output, code: int) -> None:
    """Print what went wrong: to standard error, unless the envelope goes there, and in the envelope."""
    message, todo = str(error), ""
    if isinstance(error, click.ClickException):
        message = error.format_message()
        if isinstance(error, click.UsageError) and error.ctx is not None:
            output.verb = error.ctx.command_path.partition(" ")[2]
    elif isinstance(error, (click.exceptions.Abort, _StoppedError)):
        message, todo = "interrupted; run the same command again to finish.", ""
    elif isinstance(error, OSError) and error.filename is None and error.errno in _FULL:
        from vinese.core.files import problem

        # What has no file's name is a stream, and that is standard output: files are written by `vinese.core.files`.
        _let_go(sys.stdout)
        message = problem("the output", error, "write").message
    elif os.environ.get("VINESE_DEBUG") and not isinstance(error, VineseError):
        raise error
    elif (known := _known(error)) is not None:
        message, todo = known.message, known.todo
    else:
        message = f"this should not have happened: {type(error).__name__}: {error}"
        todo = "Run the command again with VINESE_DEBUG=1 for the traceback, and report it with the input."
    if not output.envelope_to_stderr:
        if isinstance(error, click.ClickException):
            error.show()
        else:
            echo(f"vinese: {message}" + (f"\n  {todo}" if todo else ""), err=True)
    output.close(code, (message, todo))


def _known(error: BaseException) -> VineseError | None:
    """Return what is wrong in the call or with the machine; None if the fault is vinese's own."""
    if isinstance(error, VineseError):
        return error
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return VineseError("There is not enough memory.", "Free some, or raise the limit, and run the command again.")
    if isinstance(error, ImportError):
        todo = "Install vinese again, best in an environment of its own; if its memory is limited, raise the limit."
        return VineseError(f"A package that vinese needs cannot be loaded: {error}.", todo)
    if isinstance(error, FileNotFoundError) and error.filename is None:  # what `os.getcwd` says
        return VineseError("The folder that vinese is run in is not there any more.", "Change to one that is.")
    if isinstance(error, UnicodeEncodeError) and os.sep in error.object:  # pyarrow takes no other paths
        error = OSError(errno.EILSEQ, "it is not UTF-8, and Parquet is not read or written there", error.object)
    if isinstance(error, OSError) and isinstance(error.filename, str | bytes):
        from vinese.core.files import problem

        return problem(os.fsdecode(error.filename), error, "use")
    return None


def _let_go(*streams: TextIO | None) -> None:
    """Discard what is still buffered for streams, lest Python fail once more at its end, with 120."""
    for stream in streams:
        with suppress(OSError, ValueError, AttributeError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), stream.fileno())  # type: ignore[union-attr]
