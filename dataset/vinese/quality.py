"""Read `annotations/quality.json`: what was done to find errors in a layer, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from vinese.errors import FileProblemError
from vinese.files import read_bytes

if TYPE_CHECKING:
    from vinese.resources import Project

Count = Annotated[int, msgspec.Meta(ge=0)]

_TODO = "See schema/quality.schema.json for its form."


class QualityPass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold one pass over a layer: how many items were looked at, how many changed, what was left and why."""

    name: str
    description: str = ""
    looked_at: Count
    changed: Count
    listed: tuple[str, ...] = ()


class ErrorHunt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Count what fresh readers found wrong or missing; every finding was accepted or rejected."""

    readers: Count
    findings: Count
    accepted: Count
    rejected: Count
    description: str = ""


class Quality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold the file; `schema/quality.schema.json` describes it for other readers."""

    layer: str = "gold"
    passes: tuple[QualityPass, ...] = ()
    error_hunt: ErrorHunt | None = None
    schema: str | None = msgspec.field(default=None, name="$schema")


def load_quality(project: Project) -> Quality | None:
    """Return what the project's file says, None if there is none; raise `FileProblemError` if it cannot be so."""
    path = project.own("annotations", "quality.json")
    if not path.exists():
        return None
    try:
        found = msgspec.json.decode(read_bytes(path), type=Quality)
    except msgspec.DecodeError as error:
        raise FileProblemError(f"{path} is wrong: {error}.", _TODO) from error
    hunt = found.error_hunt
    if hunt is not None and hunt.accepted + hunt.rejected != hunt.findings:
        said = f"of {hunt.findings} findings {hunt.accepted} were accepted and {hunt.rejected} rejected"
        raise FileProblemError(f"{path} is wrong: {said}.", "Decide every finding, and count it once.")
    return found
