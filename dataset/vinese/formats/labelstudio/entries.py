"""The entries of a `result` as typed structs: what decodes into them follows the schema and can go into a document.

They are narrower than `schema/v1/export-task.json`: what does not decode may be valid all the same. Labels are looked
up in the ontology by whoever takes an entry.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict

from vinese.model.records import Adjudication, Origin

Offset = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Name = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]*$(?!\\n)")]
Nothing = Annotated[dict[str, Any], msgspec.Meta(max_length=0)]
ARROW = "relation"


class _OnText(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, gc=False, tag_field="type"):
    """The base of the entries that name the text as their object; what annotators noted on one says an issue.

    Fields stand in the order in which Label Studio writes them, in which they are found fastest. Null is no value of
    a field that has none as its default.
    """

    value: Any
    id: str
    from_name: str
    to_name: Literal["text"]
    origin: Origin = None  # type: ignore[assignment]
    score: float | None = None
    readonly: bool = False
    hidden: bool = False
    locked: bool = False
    parent: Name | None = msgspec.field(default=None, name="parentID")
    meta: Nothing = None  # type: ignore[assignment]


class MarkValue(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A stretch of text, its words and its one label."""

    start: Offset
    end: Offset
    text: str
    labels: tuple[str]


class ChoiceValue(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A choice; one about a region repeats its stretch."""

    choices: tuple[str]
    start: Offset = -1
    end: Offset = -1
    text: str | msgspec.UnsetType = UNSET

    @property
    def bare(self) -> bool:
        """Return whether it repeats no stretch, as one about the article."""
        return self.start == self.end == -1 and self.text is UNSET


class NoteValue(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What an annotator wrote."""

    text: str | list[str]


class Mark(_OnText, kw_only=True, gc=False, tag="labels"):
    """A labelled region."""

    value: MarkValue
    from_name: Literal["entity", "event", "stance"]


class Choice(_OnText, kw_only=True, gc=False, tag="choices"):
    """A choice about a region, which has its id, or about the article."""

    value: ChoiceValue
    from_name: Literal[
        "modality", "polarity", "attribution", "holder_kind", "topic", "outlet_stance", "overall_leaning"
    ]


class Note(_OnText, kw_only=True, gc=False, tag="textarea"):
    """A note on the article."""

    value: NoteValue
    from_name: Literal["note"]


class Arrow(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, gc=False, tag_field="type", tag="relation"):
    """A relation of one direction, with a label or several."""

    from_name: ClassVar[str] = ARROW  # an arrow has no control; others are told apart by theirs
    from_id: str
    to_id: str
    direction: Literal["left", "right"]
    labels: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    id: Name = ""
    origin: Origin = None  # type: ignore[assignment]
    score: float | None = None
    readonly: bool = False


Entry = Mark | Choice | Note | Arrow


class _Annotation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """An annotation with the keys that Label Studio gives it."""

    result: list[Entry]
    id: Any = UNSET
    completed_by: Any = UNSET
    was_cancelled: Any = UNSET
    ground_truth: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    draft_created_at: Any = UNSET
    lead_time: Any = UNSET
    prediction: Any = UNSET
    result_count: Any = UNSET
    unique_id: Any = UNSET
    import_id: Any = UNSET
    last_action: Any = UNSET
    bulk_created: Any = UNSET
    task: Any = UNSET
    project: Any = UNSET
    updated_by: Any = UNSET
    parent_prediction: Any = UNSET
    parent_annotation: Any = UNSET
    last_created_by: Any = UNSET


class _Stamp(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What vinese notes of a task."""

    layer: Any = UNSET
    pulls: Any = UNSET
    adjudication: Adjudication | msgspec.UnsetType | None = UNSET


class _Task(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A task of one annotation with the keys that Label Studio gives it, and our own."""

    annotations: tuple[_Annotation]
    data: Any = UNSET
    id: Any = UNSET
    meta: Any = UNSET
    vinese: _Stamp | msgspec.UnsetType = UNSET
    drafts: Any = UNSET
    predictions: Any = UNSET
    file_upload: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    allow_skip: Any = UNSET
    inner_id: Any = UNSET
    total_annotations: Any = UNSET
    cancelled_annotations: Any = UNSET
    total_predictions: Any = UNSET
    comment_count: Any = UNSET
    unresolved_comment_count: Any = UNSET
    last_comment_updated_at: Any = UNSET
    project: Any = UNSET
    updated_by: Any = UNSET
    comment_authors: Any = UNSET


_TASK = msgspec.json.Decoder(_Task)
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ANNOTATIONS = msgspec.json.Decoder(tuple[dict[str, msgspec.Raw]])
_ENTRIES = msgspec.json.Decoder(list[Entry])
_VALUE = msgspec.json.Decoder()


class Taken(NamedTuple):
    """A task whose one annotation has an empty `result`, that annotation without one, and what was in it.

    What is decoded of how the task was adjudicated is not in the task any more.
    """

    task: dict[str, Any]
    annotation: dict[str, Any]
    entries: list[Entry]
    adjudication: Adjudication | None = None


def taken_apart(raw: bytes) -> Taken:
    """Return a task of one annotation with its entries apart; raise `msgspec.DecodeError` if that does not decode."""
    try:
        whole = _TASK.decode(raw)
    except msgspec.ValidationError:  # as a rule for a key that is new in a release of Label Studio
        return _by_keys(raw)
    (one,) = whole.annotations
    task, annotation, adjudication = _fields(whole), _fields(one), None
    task["annotations"] = [annotation | {"result": []}]
    del annotation["result"]
    if isinstance(whole.vinese, _Stamp):
        stamp = task["vinese"] = _fields(whole.vinese)
        adjudication = stamp.pop("adjudication", None)
    return Taken(task, annotation, one.result, adjudication)


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: inner for name, inner in asdict(value).items() if inner is not UNSET}


def _by_keys(raw: bytes) -> Taken:
    """Return the same of a task with whatever keys."""
    fields = _KEYS.decode(raw)
    (inner,) = _ANNOTATIONS.decode(fields.pop("annotations", b""))
    entries = _ENTRIES.decode(inner.pop("result", b""))
    task = {name: _VALUE.decode(value) for name, value in fields.items()}
    annotation = {name: _VALUE.decode(value) for name, value in inner.items()}
    task["annotations"] = [annotation | {"result": []}]
    return Taken(task, annotation, entries)
