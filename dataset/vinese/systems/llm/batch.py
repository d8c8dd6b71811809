"""Read replies that somebody else's engine brought: output of OpenAI's batches, samples of lm-evaluation-harness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.core.errors import UsageError
from vinese.core.files import read_bytes, reason
from vinese.core.issues import Issue, issue

_OK = 200
_FORMS = "a line of another form than the output of a batch or the samples of lm-eval"


class Reply(NamedTuple):
    """What came back for one article: the text, or why there is none; where it stands, and which model it is from."""

    text: str
    failed: str | None = None
    place: str = ""
    model: str | None = None


class Replies(NamedTuple):
    """Replies by article, the tasks that the others are about, and what is wrong with the files."""

    by_article: dict[str, Reply]
    other_tasks: set[str]
    issues: list[Issue]


def read_replies(paths: Iterable[Path], task: str) -> Replies:
    """Return the replies to a task that files hold, one a line.

    Of several replies about one article a usable one takes the place of those that failed; a second usable one that
    says something else is an issue. Raise `FileProblemError` if a file cannot be read, and `UsageError` if none has a
    reply to the task.
    """
    replies = Replies({}, set(), [])
    paths = list(paths)
    for path in paths:
        for place, value in _lines(path, replies.issues):
            named = _read(value, place)
            if named is None:
                replies.issues.append(issue("no-record", file=place, found=_FORMS))
                continue
            name, reply = named
            article_id, _, said = name.rpartition("/")
            if said == task:
                _add(replies, article_id, reply)
            else:
                replies.other_tasks.add(said)
    if not replies.by_article:
        names = ", ".join(map(str, paths))
        others = f"; there are some to {', '.join(sorted(replies.other_tasks))}" if replies.other_tasks else ""
        raise UsageError(
            f"{names} has no reply to the task {task!r}{others}.", "Name the file and the task of one run."
        )
    return replies


def _add(replies: Replies, article_id: str, reply: Reply) -> None:
    before = replies.by_article.get(article_id)
    if before is None or (before.failed and not reply.failed):
        replies.by_article[article_id] = reply
    elif not before.failed and not reply.failed and before.text != reply.text:
        where = {"id": article_id, "first": before.place, "second": reply.place}
        replies.issues.append(issue("duplicate-article", article_id=article_id, file=reply.place, **where))


def _lines(path: Path, issues: list[Issue]) -> Iterator[tuple[str, Any]]:
    """Yield the values of a file of JSON Lines with their places; what is no JSON is an issue."""
    for number, line in enumerate(read_bytes(path).removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            yield place, msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            said = f"Line {number} is no whole JSON: {reason(error)}"
            issues.append(issue("not-json", file=place, reason=said))


def _read(value: Any, place: str) -> tuple[str, Reply] | None:
    """Return the request's name and the reply that a line holds; None for a line of another form."""
    if not isinstance(value, Mapping):
        return None
    sample = value.get("doc")
    if isinstance(sample, Mapping) and isinstance(sample.get("custom_id"), str):
        return sample["custom_id"], Reply(_first(value.get("resps")), place=place)
    name = value.get("custom_id")
    if not isinstance(name, str) or not {"response", "error"} & value.keys():
        return None
    return name, _batched(value, place)


def _first(values: Any) -> str:
    """Return the first string inside lists."""
    while isinstance(values, list) and values:
        values = values[0]
    return values if isinstance(values, str) else ""


def _batched(value: Mapping[str, Any], place: str) -> Reply:
    """Return the reply in a line of a batch's output."""
    response = value.get("response") or {}
    body = response.get("body") or {}
    error = value.get("error") or body.get("error")
    status = response.get("status_code", _OK)
    if error or status != _OK or not body.get("choices"):
        said = error.get("message") if isinstance(error, Mapping) else error
        return Reply("", f"the request failed: {said or f'status {status}'}", place)
    choice = body["choices"][0]
    message = choice.get("message") or {}
    text = message.get("content") or ""
    failed = refused(choice.get("finish_reason"), message.get("refusal"), text)
    return Reply(text, failed, place, body.get("model"))


def refused(finish_reason: str | None, refusal: str | None, text: str) -> str | None:
    """Return why a reply that came is none by what the model's server says of it, None if it may be one."""
    if refusal or finish_reason == "content_filter":
        return f"the model refused: {refusal or finish_reason}"
    if not text and finish_reason:
        return f"the reply is empty ({finish_reason})"
    return None
