"""The quality passes in `annotations/quality.json`: what was done to find errors in a layer, and what came of it.

Who made a pass records its figures; no program can count what a reader looked at. So each pass keeps the SHA-256 of
the export that it was made of, and once the layer has changed it is one of an earlier state until somebody says that
it was made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import lines_digest, read_bytes, read_record, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project

Count = Annotated[int, msgspec.Meta(ge=0)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
State = Literal["this state", "an earlier state", "not recorded"]

FILE = ("annotations", "quality.json")
HUNT = "error_hunt"
_TODO = "See schema/quality.schema.json for its form."


class QualityPass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pass over a layer: how many items were looked at, how many changed, what was left and why.

    `export_sha256` is of the export after the pass with its changes; null where nobody recorded it.
    """

    name: str
    description: str = ""
    looked_at: Count
    changed: Count
    listed: tuple[str, ...] = ()
    export_sha256: Sha256 | None = None


class ErrorHunt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What fresh readers found wrong or missing, counted; every finding was accepted or rejected.

    `export_sha256` is of the export with what was accepted; null where nobody recorded it.
    """

    readers: Count
    findings: Count
    accepted: Count
    rejected: Count
    description: str = ""
    export_sha256: Sha256 | None = None


class Quality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`annotations/quality.json`; `schema/quality.schema.json` describes it for other readers."""

    layer: str = "gold"
    passes: tuple[QualityPass, ...] = ()
    error_hunt: ErrorHunt | None = None
    schema: str | None = msgspec.field(default=None, name="$schema")


def load_quality(project: Project) -> Quality | None:
    """Return what the project's file says, None if there is none; raise `FileProblemError` if it cannot be so."""
    path = project.own(*FILE)
    quality = read_record(path, Quality, _TODO)
    hunt = quality.error_hunt if quality is not None else None
    if hunt is not None and hunt.accepted + hunt.rejected != hunt.findings:
        reason = f"of {hunt.findings} findings {hunt.accepted} were accepted and {hunt.rejected} rejected"
        raise FileProblemError(f"{path} is wrong: {reason}.", "Decide every finding, and count it once.")
    return quality


class PassState(msgspec.Struct, frozen=True, kw_only=True):
    """A pass by name, with the state of its layer that it was made of."""

    name: str
    state: State


class QualityReport(msgspec.Struct, frozen=True, kw_only=True):
    """The state of each pass, and in `renewed` those that were just recorded as made again."""

    layer: str | None
    passes: tuple[PassState, ...]
    renewed: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


def states(project: Project, quality: Quality) -> dict[str, State]:
    """Return by name of which state of the layer each pass, and the error hunt, was made."""
    export = project.export(quality.layer)
    digest = lines_digest(export) if export.exists() else None
    return {
        name: "not recorded" if recorded is None else "this state" if recorded == digest else "an earlier state"
        for name, recorded in _digests(quality).items()
    }


def _digests(quality: Quality) -> dict[str, str | None]:
    """Return the digest of the export that each pass, and the error hunt, was made of, by name."""
    digests = {quality_pass.name: quality_pass.export_sha256 for quality_pass in quality.passes}
    if quality.error_hunt is not None:
        digests[HUNT] = quality.error_hunt.export_sha256
    return digests


def stale(project: Project, quality: Quality) -> list[Issue]:
    """Return an issue for the passes over an earlier state of the layer, and one for those over an unknown one."""
    by_state = states(project, quality)
    words: dict[State, str] = {"an earlier state": "an earlier state", "not recorded": "a state that is not recorded"}
    return [
        issue("quality-stale", file="/".join(FILE), names=", ".join(names), layer=quality.layer, state=words[state])
        for state in words
        if (names := [name for name in by_state if by_state[name] == state])
    ]


def report(project: Project) -> QualityReport:
    """Return what is known of each pass of the project; none without the file."""
    quality = load_quality(project)
    if quality is None:
        return QualityReport(layer=None, passes=())
    passes = tuple(PassState(name=name, state=state) for name, state in states(project, quality).items())
    return QualityReport(layer=quality.layer, passes=passes, issues=tuple(stale(project, quality)))


def renew(project: Project, names: Iterable[str]) -> QualityReport:
    """Record that the named passes were made again, of the layer as it is now; the file keeps its order and words.

    Only who made them can say so: nothing else calls this. Raise `UsageError` if there is no such pass, file or
    layer, or the file is vinese's own.
    """
    project.must_be_own()
    path, wanted = project.own(*FILE), tuple(dict.fromkeys(names))
    quality = load_quality(project)
    if quality is None:
        raise UsageError(f"There is no {path}.", _TODO)
    passes = _digests(quality)
    if unknown := [name for name in wanted if name not in passes]:
        raise UsageError(f"There is no pass {unknown[0]!r}.", f"Passes there: {', '.join(passes)}.")
    export = project.export(quality.layer)
    if not export.exists():
        raise UsageError(f"There is no layer {quality.layer!r}.", "Pull it first.")
    content = json.loads(read_bytes(path))
    renewed = [entry for entry in content.get("passes", ()) if entry["name"] in wanted]
    for entry in (*renewed, *([content[HUNT]] if HUNT in wanted else ())):
        entry["export_sha256"] = lines_digest(export)
    write_bytes(path, json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n")
    return msgspec.structs.replace(report(project), renewed=wanted)


@dataclass(frozen=True, slots=True)
class KeptQuality:
    """The passes over a layer: people make them, and only who made one again can say so (see `renew`)."""

    name: str = "quality"
    after: tuple[str, ...] = ("layers",)
    by_hand: bool = True

    def applies_to(self, project: Project) -> bool:
        """Return whether the project has a file of passes."""
        return project.own(*FILE).exists()

    def check(self, project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield a warning that names the passes of an earlier state of the layer."""
        yield from report(project).issues

    def update(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield what `check` does: no program can make a pass again."""
        yield from self.check(project, progress)
