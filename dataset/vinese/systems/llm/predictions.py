"""Make predictions of replies: a record an article, whatever came back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.core.issues import Issue, issue
from vinese.core.shards import Shards
from vinese.core.workplace import work_folder
from vinese.model.ontology import Ontology
from vinese.model.records import Record, Sentence
from vinese.systems.corpus import Corpus
from vinese.systems.llm.batch import Reply
from vinese.systems.llm.read_reply import Passage, Reading, read_reply

ARTICLES_A_SHARD, FEW_SHARDS = 256, 4  # fewer are read sooner than processes are started
_NO_REPLY = Reply("", "there is no reply")


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
    spread: Shards | None = None,
) -> PredictReport:
    """Return what replies, by article, predict of every article of the corpus.

    Workers read the replies if the work is `spread`.
    """
    problems = list(issues)
    records: list[dict[str, Any]] = []
    failed: list[str] = []
    unresolved = 0
    names = {reply.model for reply in replies.values() if reply.model}
    system = names.pop() if len(names) == 1 else None
    asked = [
        _Asked(each.id, each.text, each.sentences, replies.get(each.id, _NO_REPLY).text) for each in corpus.documents
    ]
    for document, reading in zip(corpus.documents, _readings(task, corpus.ontology, asked, spread), strict=True):
        reply = replies.get(document.id, _NO_REPLY)
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


class _Asked(NamedTuple):
    """An article and the reply about it."""

    article_id: str
    text: str
    sentences: Sequence[Sentence]
    reply: str


class _Shard(msgspec.Struct):
    """Some articles and what they are read with, as a file that workers see."""

    task: str
    ontology: Ontology
    asked: list[_Asked]


def _readings(task: str, ontology: Ontology, asked: Sequence[_Asked], spread: Shards | None) -> Iterator[Reading]:
    """Yield what is read of each reply, in order."""
    starts = range(0, len(asked), ARTICLES_A_SHARD)
    shards = [_Shard(task, ontology, list(asked[start : start + ARTICLES_A_SHARD])) for start in starts]
    if spread is None or len(shards) < FEW_SHARDS:
        for shard in shards:
            yield from _read(shard)
        return
    with work_folder(spread.place) as folder:
        digests, paths = [], [folder / str(number) for number in range(len(shards))]
        for path, shard in zip(paths, shards, strict=True):
            content = msgspec.msgpack.encode(shard)
            path.write_bytes(content)
            digests.append(hashlib.sha256(content).hexdigest())
        for shard, (_, made) in zip(shards, spread.results(_write_readings, paths, *digests), strict=True):
            yield from _read(shard) if made is None else msgspec.msgpack.decode(made.read_bytes(), type=list[Reading])


def _write_readings(path: Path, target: Path) -> None:
    """Write what is read of the replies of a shard to `target`; in a worker."""
    shard = msgspec.msgpack.decode(path.read_bytes(), type=_Shard)
    target.write_bytes(msgspec.msgpack.encode(list(_read(shard))))


def _read(shard: _Shard) -> Iterator[Reading]:
    for article in shard.asked:
        passage = Passage(article.text, article.sentences)
        yield read_reply(article.reply, shard.task, passage, shard.ontology, article_id=article.article_id)
