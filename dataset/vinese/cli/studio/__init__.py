"""Run Label Studio and move work in and out of it: one file a verb, loaded when it is asked for."""

from __future__ import annotations

import importlib

import click

VERBS = ("up", "down", "status", "password", "invite", "push", "pull", "adjudicate")


class StudioVerbs(click.Group):
    """Load each verb of `vinese studio` when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of `cmd_name`."""
        if cmd_name not in VERBS:
            return None
        found: click.Command = importlib.import_module(f"vinese.cli.studio.{cmd_name}").command
        return found


@click.group(cls=StudioVerbs, name="studio")
def command() -> None:
    """Run Label Studio, send articles to annotators, fetch their work, decide where they differ.

    Example: vinese studio up && vinese studio push --layer trial
    """
