"""Read replies that somebody else's engine brought: output of OpenAI's batches, samples of lm-evaluation-harness."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.core.files import read_bytes, reason
from vinese.core.issues import Issue, issue

FILTERED = "content_filter"
"""The reason why a model stopped where a filter stopped it, for OpenAI and for Inspect."""

_OK = 200
_FORMS = "a line of another form than the output of a batch or the samples of lm-eval"


class Reply(NamedTuple):
    """What came back for one article: the text, or why there is none; where it stands, and which model it is from.

    `cut` says whether the model was stopped before its end.
    """

    text: str
    failed: str | None = None
    place: str = ""
    model: str | None = None
    cut: bool = False

    @property
    def whole(self) -> bool:
        """Return whether the model said all that it had to say."""
        return self.failed is None and not self.cut


class Replies:
    """Replies to one task by article, the tasks that others are about, and what is wrong with the files.

    Of several replies about one article a whole one takes the place of those that failed or were cut; a second whole
    one that says something else is an issue.
    """

    def __init__(self, task: str) -> None:
        self.task = task
        self.by_article: dict[str, Reply] = {}
        self.other_tasks: set[str] = set()
        self.issues: list[Issue] = []

    def add(self, custom_id: str, reply: Reply) -> None:
        """Add the reply to a request, which is named by an article's id and a task."""
        article_id, _, task = custom_id.rpartition("/")
        before = self.by_article.get(article_id)
        if task != self.task:
            self.other_tasks.add(task)
        elif before is None or (reply.whole and not before.whole):
            self.by_article[article_id] = reply
        elif before.whole and reply.whole and before.text != reply.text:
            where = {"id": article_id, "first": before.place, "second": reply.place}
            self.issues.append(issue("duplicate-article", article_id=article_id, file=reply.place, **where))

    def read(self, path: Path) -> None:
        """Add the replies that a file of JSON Lines holds; raise `FileProblemError` if it cannot be read."""
        for place, value in _lines(path, self.issues):
            named = _read(value, place)
            if named is None:
                self.issues.append(issue("no-record", file=place, found=_FORMS))
            else:
                self.add(*named)


def _lines(path: Path, issues: list[Issue]) -> Iterator[tuple[str, Any]]:
    """Yield the values of a file of JSON Lines with their places; what is no JSON is an issue."""
    for number, line in enumerate(read_bytes(path).removeprefix(BOM_UTF8).split(b"\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            yield place, msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            fault = f"Line {number} is no whole JSON: {reason(error)}"
            issues.append(issue("not-json", file=place, reason=fault))


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


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _batched(value: Mapping[str, Any], place: str) -> Reply:
    """Return the reply in a line of a batch's output."""
    response = _object(value.get("response"))
    body = _object(response.get("body"))
    error = value.get("error") or body.get("error")
    status = response.get("status_code", _OK)
    choices = body.get("choices")
    if error or status != _OK or not isinstance(choices, list) or not choices:
        reported = error.get("message") if isinstance(error, Mapping) else error
        return Reply("", f"the request failed: {reported or f'status {status}'}", place)
    choice = _object(choices[0])
    message = _object(choice.get("message"))
    text = _first(message.get("content"))
    refusal = message.get("refusal") or (choice.get("finish_reason") == FILTERED and FILTERED)
    failed = f"the model refused: {refusal}" if refusal else None
    model = body.get("model")
    return Reply(
        text, failed, place, model if isinstance(model, str) else None, cut=choice.get("finish_reason") == "length"
    )
