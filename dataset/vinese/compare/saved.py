"""The saved agreement, `annotations/agreement.json`: how far independently made layers agree.

Which layers those are says `independent` in `annotations/layers.json`. The file depends on the layers alone: the seed
is fixed, numbers have four decimals, and nothing in it is of this machine or of today. It holds what
`vinese.compare.records.AgreementReport` does but the list of disagreements, beside what gold's documents say of their
adjudication and the SHA-256 of every export it was made from, so that a build can tell cheaply whether it is stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from vinese.compare.agree import agree
from vinese.compare.records import AdjudicationRate, KindCount, LayerPair, LayerSummary, Overall, Settings
from vinese.compare.store import Decided, named
from vinese.compare.trial import check_trial, readings, update_trial
from vinese.core.errors import UsageError
from vinese.core.files import lines_digest, read_lines, read_record, record_bytes, write_bytes
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.layers import load_layers
from vinese.formats.read import read_export
from vinese.model.records import Document, Record

FILE = ("annotations", "agreement.json")
ADJUDICATED = "gold"
DECIMALS = 4
_AGAIN = "Restore it, or delete it and run: vinese update agreement"


class Saved(Record, frozen=True, kw_only=True):
    """The content of the file; `sources` maps a layer to the SHA-256 of its export."""

    version: str = "1.0"
    sources: dict[str, str]
    layers: tuple[LayerSummary, ...]
    articles: int
    settings: Settings
    notes: tuple[str, ...]
    pairs: tuple[LayerPair, ...]
    overall: Overall | None
    disagreements_total: int
    disagreement_kinds: tuple[KindCount, ...]
    adjudication: AdjudicationRate | None


class Outcome(Record, frozen=True, kw_only=True):
    """The state of the file after a check or an update; `unsound` where errors of a layer prevented both."""

    file: str
    state: Literal["current", "missing", "differs", "written", "unsound"]
    issues: tuple[Issue, ...]


def independent(project: Project) -> tuple[str, ...]:
    """Return the independent layers of `annotations/layers.json`; raise `UsageError` if there are not two.

    A layer that was dealt and not pulled yet is not among them, unless the kept file knows it: then it was lost.
    """
    names = load_layers(project).independent
    if len(names) < 2:
        raise UsageError(
            f"{project.own('annotations', 'layers.json')} does not say which layers are independent.",
            'Name layers, or add them there, for example: "independent": ["annotator-1", "annotator-2"]',
        )
    there = _pulled(names, project)
    if len(there) < 2:
        missing = [name for name in names if name not in there]
        raise UsageError(
            f"Agreement takes two independent layers, and there is no export of {', '.join(missing)} yet.",
            f"Fetch it: vinese studio pull --layer {missing[0]}",
        )
    return there


def _pulled(names: Sequence[str], project: Project) -> tuple[str, ...]:
    """Return the layers that have an export, or had one when agreement was last measured."""
    saved = load_saved(project)
    known = saved.sources if saved is not None else {}
    return tuple(name for name in names if name in known or project.export(name).is_file())


def save_agreement(project: Project, *, progress: Progress = silent) -> Outcome:
    """Write the file, unless a layer has errors; raise as `vinese.compare.agree.agree` and `independent` do.

    Raise `UsageError` too if there is no project.
    """
    project.must_be_own()
    content, issues = _content(project, progress)
    if content is None:
        return _outcome("unsound", issues)
    return _outcome("written" if write_bytes(project.own(*FILE), content) else "current", issues)


def check_agreement(project: Project, *, progress: Progress = silent) -> Outcome:
    """Return whether the file is what `save_agreement` would write; raise as it does."""
    content, issues = _content(project, progress)
    if content is None:
        return _outcome("unsound", issues)
    path = project.own(*FILE)
    if not path.exists():
        return _outcome("missing", issues)
    return _outcome("current" if read_lines(path) == content else "differs", issues)


def _outcome(state: Any, issues: tuple[Issue, ...]) -> Outcome:
    return Outcome(file="/".join(FILE), state=state, issues=issues)


def load_saved(project: Project) -> Saved | None:
    """Return what the file holds, None where there is none; raise `FileProblemError` if it cannot be read."""
    return read_record(project.own(*FILE), Saved, _AGAIN)


def outdated(saved: Saved, project: Project) -> list[str]:
    """Return the layers whose exports are not those that the file was made from, or that it leaves out."""
    wanted = {*load_layers(project).independent, *saved.sources}
    if (project.export(ADJUDICATED)).is_file():
        wanted.add(ADJUDICATED)
    digests = _digests({name: project.export(name) for name in wanted})
    return [name for name in sorted(wanted) if saved.sources.get(name) != digests.get(name)]


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the digest of each file that is there, by its layer."""
    return {name: lines_digest(file) for name, file in files.items() if file.exists()}


def _content(project: Project, progress: Progress) -> tuple[bytes | None, tuple[Issue, ...]]:
    """Return the file's content, None if a layer has errors, and the issues."""
    files = named(independent(project), project)
    report = agree(files, project, listed=0, progress=progress)
    adjudication, more = _adjudication(project, progress)
    issues = (*report.issues, *more)
    if has_errors(issues):
        return None, issues
    gold = {ADJUDICATED: project.export(ADJUDICATED)}
    saved = Saved(
        sources=_digests(files | gold),
        **{name: getattr(report, name) for name in Saved.__struct_fields__ if hasattr(report, name)},
        adjudication=adjudication,
    )
    return record_bytes(_rounded(msgspec.to_builtins(saved))), issues


def _adjudication(project: Project, progress: Progress) -> tuple[AdjudicationRate | None, list[Issue]]:
    """Return what gold's documents say of their adjudication, and the errors of gold."""
    counted, issues = Decided(), []
    path = project.export(ADJUDICATED)
    if path.is_file():
        progress(f"reading {ADJUDICATED}", 0, None)
        for document in read_export(path, project):
            if isinstance(document, Document):
                counted.add(document)
            elif document.level == "error":
                issues.append(document)
    return counted.rate(ADJUDICATED), issues


def _rounded(value: Any) -> Any:
    """Return `value` with every fraction cut to the decimals that machines agree on."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class KeptAgreement:
    """The agreement of the independent layers, and of trials of the guidelines, as kept files."""

    name: str = "agreement"
    after: tuple[str, ...] = ("layers",)
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps the file, or has layers to make it from."""
        return self._layers(project) or bool(readings(project))

    def check(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield an error if the file is not what `save_agreement` would write, or the errors of the layers."""
        yield from check_trial(project)
        if readings(project) and not self._layers(project):
            return
        for layer in load_layers(project).independent:
            if layer not in _pulled([layer], project):
                yield issue("agreement-waits", file=str(project.own("annotations", "layers.json")), layer=layer)
        outcome = check_agreement(project, progress=progress)
        yield from outcome.issues
        if outcome.state in {"missing", "differs"}:
            state = "is missing" if outcome.state == "missing" else "differs"
            yield issue("agreement-differs", file=str(project.own(*FILE)), state=state)

    def update(self, project: Project, progress: Progress) -> Iterator[Issue | Path]:
        """Write the file, unless a layer has errors."""
        yield from update_trial(project)
        if readings(project) and not self._layers(project):
            return
        outcome = save_agreement(project, progress=progress)
        yield from outcome.issues
        if outcome.state == "written":
            yield project.own(*FILE)

    @staticmethod
    def _layers(project: Project) -> bool:
        """Return whether there is an agreement of layers to keep."""
        return project.own(*FILE).exists() or len(_pulled(load_layers(project).independent, project)) > 1
