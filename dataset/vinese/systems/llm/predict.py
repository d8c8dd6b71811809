"""Predict by a language model, or from its replies: what `vinese.predict` is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vinese.core.errors import UsageError
from vinese.core.pools import Workers
from vinese.core.shards import spread_over
from vinese.core.urls import readable
from vinese.score.options import options
from vinese.score.read import Source
from vinese.systems.corpus import read_corpus
from vinese.systems.llm.batch import Replies
from vinese.systems.llm.engine import ask, read_log
from vinese.systems.llm.predictions import PredictReport, predictions_of
from vinese.systems.llm.prompts import requests
from vinese.systems.llm.reply_schema import check_task


def predict(
    task: str,
    *,
    replies: str | Path | Iterable[str | Path] | None = None,
    model: str | None = None,
    lang: str | None = None,
    shots: int = 0,
    base_url: str | None = None,
    max_tokens: int | None = None,
    log_dir: str | Path | None = None,
    display: str = "none",
    gold: Source | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    **settings: Any,
) -> PredictReport:
    """Return what a language model predicts of the articles of gold.

    Every article gets a record. Without a usable reply it has `failed`, with the reason, and nothing found: it is
    scored, never left out. A model is asked by Inspect AI (extra `llm`), which keeps every reply that came: the same
    call again asks only for what is missing.

    Parameters
    ----------
    task
        `entities`, `events` or `opinions`.
    replies
        A file, or several, with replies: the output of a batch made by `vinese.prompts`, the samples that lm-eval
        logs, or a log of Inspect; or a URL of one. Without it there has to be a model.
    model
        The model's name as Inspect has it, `openai/gpt-4o` for example, its key in the environment.
    lang, shots
        Language and number of examples of the prompt, for a model; see `vinese.prompts`.
    base_url
        Where the model is served, if not at its provider's.
    max_tokens
        The longest reply, if not the provider's default.
    log_dir
        Where Inspect writes its log; by default `./logs`.
    display
        How Inspect shows its progress: `none`, `plain`, `rich` or `full`.
    gold
        The articles to predict, and where examples come from: as for `vinese.score`, with the articles' texts. None
        is the gold layer of the project.
    jobs, scheduler
        How many processes read gold and replies, or the address of a Dask cluster that does (extra `dask`).
    project, ontology, articles
        As for `vinese.score`.

    Returns
    -------
    PredictReport
        The predictions in the order of article ids, and what was wrong with the replies. `log` is Inspect's.

    Raises
    ------
    UsageError
        If there is no such task or model, or no reply to the task.
    FileProblemError
        If a file cannot be read.
    MissingExtraError
        If Inspect is needed and not installed.
    VineseError
        If a model answered none of the requests, or the processes or the cluster are lost.

    Examples
    --------
    >>> import vinese
    >>> import json, pathlib
    >>> reply = {"entities": [{"sentence": 1, "text": "NATO", "type": "ORG_IGO"}]}
    >>> choice = {"message": {"content": json.dumps(reply)}, "finish_reason": "stop"}
    >>> line = {"custom_id": "a/entities", "response": {"body": {"choices": [choice]} } }
    >>> _ = pathlib.Path("batch.jsonl").write_text(json.dumps(line))
    >>> texts = {"a": "Hôm nay NATO họp.", "b": "NATO mở rộng."}
    >>> report = vinese.predict("entities", replies="batch.jsonl", gold=[{"id": "a"}, {"id": "b"}], articles=texts)
    >>> report.predictions[0]["entities"]
    [{'id': 'entity-1', 'start': 8, 'end': 12, 'text': 'NATO', 'type': 'ORG_IGO'}]
    >>> report.predictions[1]
    {'id': 'b', 'failed': 'there is no reply'}
    """
    workers = Workers(jobs, scheduler)
    corpus = read_corpus(gold, replace(options(**settings), workers=workers))
    check_task(task, corpus.ontology)
    if (replies is None) == (model is None):
        raise UsageError("Predictions are made from replies or by a model.", "Name a file of replies, or a model.")
    if model is not None:
        asked = requests(task, corpus, lang=lang, shots=shots)
        log = ask(asked, corpus, model, base_url=base_url, max_tokens=max_tokens, log_dir=log_dir, display=display)
        read = Replies(task)
        for custom_id, reply in read_log(log):
            read.add(custom_id, reply)
        return predictions_of(task, corpus, read.by_article, log=log)
    named = [replies] if isinstance(replies, str | Path) else replies or ()
    paths = [readable(path).expanduser() for path in named]
    read = _read(paths, task)
    with spread_over(workers, None, "predict", beside=paths[0]) as spread:
        return predictions_of(task, corpus, read.by_article, issues=read.issues, spread=spread)


def _read(paths: Sequence[Path], task: str) -> Replies:
    """Return the replies that files hold; raise `UsageError` if there is none to the task."""
    read = Replies(task)
    for path in paths:
        if path.suffix == ".eval":
            for custom_id, reply in read_log(path):
                read.add(custom_id, reply)
        else:
            read.read(path)
    if not read.by_article:
        names = ", ".join(map(str, paths))
        others = f"; there are some to {', '.join(sorted(read.other_tasks))}" if read.other_tasks else ""
        raise UsageError(
            f"{names} has no reply to the task {task!r}{others}.", "Name the file and the task of one run."
        )
    return read
