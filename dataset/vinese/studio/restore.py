"""Take the annotations of a pulled layer as suggestions, region by region as they are: the way back for lost work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Region = dict[str, Any]


class _Data(msgspec.Struct, frozen=True):
    text: str
    article_id: str


class _Annotation(msgspec.Struct, frozen=True):
    result: list[Region]
    id: int | str | None = None
    created_at: str | None = None
    completed_by: int | str | dict[str, Any] | None = None
    was_cancelled: bool | None = None


class _Stamp(msgspec.Struct, frozen=True):
    layer: str = "export"


class _Task(msgspec.Struct, frozen=True):
    data: _Data
    annotations: list[_Annotation]
    vinese: _Stamp = _Stamp()


class Annotated(msgspec.Struct, frozen=True, kw_only=True):
    """Hold one annotation of an article: the name that Label Studio shows for it, its text and regions.

    `made` is its number and when it was made, which no other annotation has.
    """

    id: str
    model: str
    made: tuple[str, str]
    text: str
    result: list[Region]


def annotated(record: msgspec.Raw | bytes) -> Iterator[Annotated]:
    """Yield the annotations that count of a pulled task; raise `DecodeError` if the record is none."""
    task = msgspec.json.decode(record, type=_Task)
    for one in task.annotations:
        if one.was_cancelled or not one.result:
            continue
        by = one.completed_by
        yield Annotated(
            id=task.data.article_id,
            model=f"{task.vinese.layer}/{by}" if isinstance(by, str) else task.vinese.layer,
            made=(str(one.id), str(one.created_at)),
            text=task.data.text,
            result=one.result,
        )
