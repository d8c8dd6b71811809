"""Ask a model through Inspect AI, and read what Inspect logs; both need the extra `llm`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from vinese.core.errors import FileProblemError, MissingExtraError, UsageError, VineseError
from vinese.systems.corpus import Corpus
from vinese.systems.llm.batch import Reply
from vinese.systems.llm.prompts import Request


def ask(
    asked: Sequence[Request],
    corpus: Corpus,
    model: str,
    *,
    base_url: str | None = None,
    max_tokens: int | None = None,
    log_dir: str | Path | None = None,
    display: Any = "none",
) -> str:
    """Ask a model, and return where Inspect's log is, with the replies that came now or in an earlier run.

    Raise `UsageError` if there is no such model here, and `VineseError` if not one request was answered.
    """
    try:
        from inspect_ai import eval as evaluate  # noqa: PLC0415
        from inspect_ai.model import get_model  # noqa: PLC0415

        from vinese.systems.llm.inspect_tasks import inspect_task  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Asking a model", "llm") from error
    try:
        served = get_model(model, base_url=base_url, memoize=False)
    except Exception as error:  # whatever a provider's package has to say
        message = Text.from_markup(str(getattr(error, "message", error))).plain
        raise UsageError(
            f"The model {model!r} cannot be asked: {' '.join(message.split()).rstrip('.')}.",
            "Name it as Inspect does, provider first, with its key: https://inspect.aisi.org.uk/providers.html",
        ) from error
    options: dict[str, Any] = {} if max_tokens is None else {"max_tokens": max_tokens}
    folder = None if log_dir is None else str(log_dir)
    # What failed is told when all is done, in few words; Inspect would print the whole request as it fails.
    options["log_level"] = "error"
    logs = evaluate(inspect_task(asked, corpus), model=served, log_dir=folder, display=display, **options)
    if not logs or logs[0].status == "cancelled":  # Inspect has caught the interruption, and says it in this way
        raise KeyboardInterrupt
    (log,) = logs
    if log.status != "success" or not log.samples:
        reason = log.error.message if log.error else log.status
        raise VineseError(f"Inspect ended with: {reason}.", f"See {log.location}.")
    errors = [sample.error.message for sample in log.samples if sample.error]
    if len(errors) == len(log.samples):
        todo = "Nothing was written. Mend that, and run the same command again."
        raise VineseError(f"{model} answered no request: {_cause(errors[0])}.", todo)
    return str(log.location)


def read_log(path: str | Path) -> Iterator[tuple[str, Reply]]:
    """Yield the replies in a log of Inspect by their requests' names; raise `FileProblemError` if it is none."""
    try:
        from inspect_ai.log import read_eval_log  # noqa: PLC0415

        from vinese.systems.llm.inspect_tasks import reply_of  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Reading a log of Inspect", "llm") from error
    try:
        log = read_eval_log(os.fspath(path))
    except Exception as error:  # of what kind depends on where the file is broken
        raise FileProblemError(f"Cannot read {path}: {error}.", "Name a log of `inspect eval`.") from error
    task = log.eval.task.rpartition("/")[2]
    for sample in log.samples or ():
        cause = _cause(sample.error.message) if sample.error else None
        yield f"{sample.id}/{task}", reply_of(sample.output, cause, log.eval.model, str(path))


def _cause(message: str) -> str:
    r"""Return what a sample's error says in the end, after the request that it repeats; at most 200 characters.

    >>> _cause(r"ModelGenerateError('\nRequest:\n{\n}\n\nBadRequestError(\'Error code: 400\')')")
    'BadRequestError(Error code: 400)'
    """
    last = re.split(r"(?:\\n|\n){2,}", message.strip())[-1]
    return re.sub(r"\\?'", "", last).removesuffix(")" * (last.count(")") - last.count("(")))[:200]
