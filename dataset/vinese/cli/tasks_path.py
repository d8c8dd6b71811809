"""`vinese tasks-path`: say where the task files for lm-evaluation-harness are."""

from __future__ import annotations

import click

from vinese.cli.common import Output, echo, json_option


@click.command(epilog='Example: lm_eval --include_path "$(vinese tasks-path)" --tasks vinese_entities --model dummy')
@json_option
def command(output: Output) -> None:
    """Print the folder of task files for lm-evaluation-harness: vinese_entities, vinese_events, vinese_opinions.

    `--metadata '{"lang": "en", "shots": 2}'` sets the language and the examples of the prompts. What `--log_samples`
    writes is read by vinese predict --replies FILE, and scored with intervals by vinese score.
    """
    from vinese.systems.llm.scoring import tasks_path

    path = str(tasks_path())
    output.result({"path": path}, lambda: echo(path))
