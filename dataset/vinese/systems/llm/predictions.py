"""Make predictions of replies: a record an article, whatever came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.model.records import Record
from vinese.systems.corpus import Corpus
from vinese.systems.llm.batch import Reply
from vinese.systems.llm.read_reply import Passage, read_reply


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
    log: str | None = None


def predictions_of(
    task: str,
    corpus: Corpus,
    replies: Mapping[str, Reply],
    *,
    issues: Iterable[Issue] = (),
    log: str | None = None,
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
        if reading.failed and reply.cut:
            why = f"{why}; the model was stopped by its limit of tokens"
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
        log=log,
    )
