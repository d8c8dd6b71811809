"""Make predictions of replies: what `vinese.predict` is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.model.records import Record
from vinese.systems.corpus import Corpus, read_corpus
from vinese.systems.llm.batch import Reply, read_replies
from vinese.systems.llm.read_reply import Passage, read_reply
from vinese.systems.llm.reply_schema import check_task


class PredictReport(Record, frozen=True, kw_only=True):
    """What replies predict: records of `prediction.json`, one an article, and all that is wrong with the replies.

    `failed` are the articles without a usable reply, whose records say why: nothing found is what counts there.
    `unresolved` counts the parts of replies that were left out, each of them an issue.
    """

    task: str
    system: str | None
    predictions: tuple[dict[str, Any], ...]
    failed: tuple[str, ...]
    unresolved: int
    issues: tuple[Issue, ...]


def predict(
    task: str,
    *,
    replies: str | Path | Iterable[str | Path] | None = None,
    project: Project | None = None,
) -> PredictReport:
    """Return what a language model predicts of the articles of the gold layer.

    Every article gets a record. Without a usable reply it has `failed`, with the reason, and nothing found: it is
    scored, never left out.

    Parameters
    ----------
    task
        `entities`, `events` or `opinions`.
    replies
        A file, or several, with replies to `vinese.prompts`: the output of a batch, or the samples that lm-eval logs.
    project
        Where articles, gold and ontology come from; by default the project here, else vinese's own.

    Returns
    -------
    PredictReport
        The predictions in the order of article ids, and what was wrong with the replies.

    Raises
    ------
    UsageError
        If there is no such task, or no reply to it.
    FileProblemError
        If a file cannot be read.

    Examples
    --------
    >>> import vinese
    >>> import json, pathlib
    >>> choice = {"message": {"content": '{"entities": []}'}, "finish_reason": "stop"}
    >>> line = {"custom_id": "000-fbdd747fbc1d4b56/entities", "response": {"body": {"choices": [choice]} } }
    >>> _ = pathlib.Path("batch.jsonl").write_text(json.dumps(line))
    >>> report = vinese.predict("entities", replies="batch.jsonl", project=vinese.Project())
    >>> len(report.predictions), len(report.failed)
    (5, 4)
    """
    corpus = read_corpus(project or Project.here())
    check_task(task, corpus.ontology)
    if replies is None:
        raise UsageError("There is nothing to predict from.", "Name a file of replies, or a model.")
    paths = [replies] if isinstance(replies, str | Path) else replies
    read = read_replies([Path(path).expanduser() for path in paths], task)
    return predictions_of(task, corpus, read.by_article, issues=read.issues)


def predictions_of(
    task: str, corpus: Corpus, replies: Mapping[str, Reply], *, issues: Iterable[Issue] = ()
) -> PredictReport:
    """Return what replies, by article, predict of every article of the corpus."""
    problems = list(issues)
    records: list[dict[str, Any]] = []
    failed: list[str] = []
    unresolved = 0
    names = {reply.model for reply in replies.values() if reply.model}
    system = names.pop() if len(names) == 1 else None
    for document in corpus.documents:
        reply = replies.get(document.id, Reply("", "there is no reply"))
        passage = Passage(document.text, document.sentences)
        reading = read_reply(reply.text, task, passage, corpus.ontology, article_id=document.id)
        why = reply.failed or reading.failed
        record: dict[str, Any] = {"id": document.id, **({"system": system} if system else {})}
        if why:
            failed.append(document.id)
            record["failed"] = why
            problems.append(issue("reply-failed", article_id=document.id, file=reply.place or None, reason=why))
        else:
            record |= reading.record
            unresolved += len(reading.issues)
            problems += reading.issues
        records.append(record)
    known = {document.id for document in corpus.documents}
    problems += [
        issue("unknown-article", article_id=name, file=reply.place or None, id=name)
        for name, reply in replies.items()
        if name not in known
    ]
    return PredictReport(
        task=task,
        system=system,
        predictions=tuple(records),
        failed=tuple(failed),
        unresolved=unresolved,
        issues=tuple(problems),
    )
