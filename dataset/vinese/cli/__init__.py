"""Be the command line: one file a verb, each parses, calls one public function, and prints.

Exit codes: 0 fine, 1 issues found in data, 2 wrong use or a broken environment.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from vinese.errors import VineseError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = (
    "ingest",
    "studio",
    "validate",
    "convert",
    "agree",
    "show",
    "schema",
    "words",
    "splits",
    "build",
    "card",
    "publish",
    "standoff",
    "rehydrate",
)


class Verbs(click.Group):
    """Load each verb's module when it is asked for, so that no command pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of the work, not of the alphabet."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of `cmd_name`, which `vinese.cli.<cmd_name>` calls `command`."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"vinese.cli.{cmd_name}").command
        return command


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    """Print the version; read late, for the package's metadata is slow to find."""
    if value and not ctx.resilient_parsing:
        import vinese  # noqa: PLC0415

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

    The road: ingest, studio push, studio pull, validate, build.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and end the process with 0, 1 or 2."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing that goes wrong ends in a traceback."""
    try:
        result = cli.main(args=arguments, prog_name="vinese", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("vinese: interrupted; run the same command again to finish.", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except VineseError as error:
        click.echo(f"vinese: {error}", err=True)
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        return 0
    except Exception as error:
        if os.environ.get("VINESE_DEBUG"):
            raise
        click.echo(
            f"vinese: this should not have happened: {type(error).__name__}: {error}\n"
            "  Run the command again with VINESE_DEBUG=1 for the traceback, and report it with the input.",
            err=True,
        )
        return 2
    return result if isinstance(result, int) else 0
