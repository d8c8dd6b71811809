"""Make a project in which one person decides where layers differ.

Each task carries every layer as a suggestion under its name, and one, `merged`, that Label Studio opens: in it is
what all layers have, what only some have, and a red mark at every place to decide (`vinese.compare.merge`). Every run
looks at what is there and sends what is missing, so a second run adds nothing and one that was cut is finished by the
same command. A layer that changed since is reported, never sent again: somebody may have decided on what was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vinese.compare.agree import named
from vinese.compare.merge import merge
from vinese.compare.merged_task import MERGED, agreed, merged_result, summary, to_decide
from vinese.compare.store import Shelf, common_articles, read_layer
from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import document_to_result
from vinese.generate.label_config import DECIDE
from vinese.model.ontology import Language, Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document
from vinese.studio.connection import connect
from vinese.studio.folder import StudioFolder
from vinese.studio.project import LayerProject, Screen, checked_layer, ensure, load, screen
from vinese.studio.tasks import Job, Present, alone, fingerprint, present, to_task

Region = dict[str, Any]
_BATCH = 100  # tasks sent at a time; each carries every layer


@dataclass(slots=True)
class Adjudicated:
    """Say what an adjudication holds: `agreed` counts items, relations and judgements, `to_decide` the places."""

    layer: str
    layers: tuple[str, ...]
    project: int
    url: str
    screen: Literal["made", "updated", "unchanged"]
    articles: int = 0
    sent: int = 0
    accepted: int = 0
    there: int = 0
    mended: int = 0
    agreed: int = 0
    to_decide: int = 0


@dataclass(frozen=True, slots=True)
class _Case:
    """Hold one article to decide on: its task without suggestions, and the regions of each suggestion by model."""

    article: Article
    summary: str
    suggestions: dict[str, list[Region]]

    def task(self) -> dict[str, Any]:
        """Return the case as Label Studio takes it; the suggestion to open comes last."""
        task = to_task(self.article)
        task["data"][DECIDE] = self.summary
        predictions = [{"model_version": model, "result": result} for model, result in self.suggestions.items()]
        return {**task, "predictions": predictions}


def adjudicate(
    layers: Sequence[str],
    into: str,
    issues: list[Issue],
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    lang: Language | None = None,
    update_config: bool = False,
    progress: Progress = silent,
) -> Adjudicated:
    """Make the project in which layer `into` is decided from `layers`, or find it, and send what it lacks.

    Layers are named as for `vinese.compare.agree`. An article is decided among the layers that have it, two at least;
    what
    is wrong goes to `issues`. A project keeps its language unless another is given; a new one is Vietnamese. Raise
    `UsageError` for fewer than two layers or a name that cannot be, a `StudioError` if the server cannot be used or
    `into` is a layer there that is no adjudication of these layers.
    """
    files = _checked(layers, into, project)

    def wanted(there: LayerProject | None) -> Screen:
        kept = there.lang if there is not None else "vi"
        return screen(project, stage="all", lang=lang or kept, adjudicates=tuple(files))

    with ExitStack() as stack:
        shelves = _shelves(files, project, issues, stack, progress)
        common, more = common_articles(shelves)
        issues += more
        studio = stack.enter_context(connect(folder, url))
        stack.enter_context(alone(folder, url))
        ensured = ensure(studio, into, wanted, update_config=update_config)
        target = ensured.project
        done = Adjudicated(into, tuple(files), target.id, studio.project_url(target.id), ensured.done)
        job = Job(studio, target, project, issues, progress)
        there = present(studio, target, issues, models=True)
        _send(job, _cases(job, common, target.lang, done), there, done)
        _open_merged(job)
        return done


def _checked(layers: Sequence[str], into: str, project: Project) -> dict[str, Path]:
    """Return the files of the layers by name; raise `UsageError` if they cannot be decided into `into`."""
    checked_layer(into)
    if len(layers) < 2:
        raise UsageError("An adjudication is between two layers or more.", "Name at least two.")
    files = named(layers, project)
    for name in files:
        checked_layer(name)
    if into in files:
        raise UsageError(f"Layer {into} cannot be decided from itself.", "Give --into a name that none of them has.")
    if MERGED in files:
        raise UsageError(f"A layer cannot be called {MERGED}: the suggestion to decide on is.", "Rename its file.")
    return files


def _shelves(
    files: Mapping[str, Path], project: Project, issues: list[Issue], stack: ExitStack, progress: Progress
) -> list[Shelf]:
    shelves = []
    for number, (name, file) in enumerate(files.items()):
        progress("Reading layers", number, len(files))
        shelf, found = read_layer(name, file, project)
        stack.callback(shelf.close)
        shelves.append(shelf)
        issues += found
    return shelves


def _cases(
    job: Job, common: list[tuple[str, tuple[Shelf, ...]]], lang: Language, done: Adjudicated
) -> Iterator[_Case]:
    """Yield the articles to decide on, and count what is in them."""
    ontology = load_ontology(job.project)
    for number, (name, shelves) in enumerate(common):
        job.progress("Merging articles", number, len(common))
        documents = {shelf.name: shelf.get(name) for shelf in shelves}
        article = Articles(job.project.articles).find(name)
        if article is None or article.text != next(iter(documents.values())).text:
            job.issues.append(issue("adjudicate-text", article_id=name, layers=", ".join(documents)))
        else:
            yield _case(article, documents, ontology, lang, done)


def _case(
    article: Article, documents: dict[str, Document], ontology: Ontology, lang: Language, done: Adjudicated
) -> _Case:
    merged = merge(documents)
    done.articles += 1
    done.agreed += agreed(merged)
    done.to_decide += to_decide(merged)
    suggestions = {layer: document_to_result(document, ontology) for layer, document in documents.items()}
    return _Case(article, summary(merged, lang), {**suggestions, MERGED: merged_result(merged, ontology)})


def _send(job: Job, cases: Iterator[_Case], there: dict[str, Present], done: Adjudicated) -> None:
    """Send the cases that are not there, and the suggestions that a task lacks."""
    batch: list[Any] = []
    for case in cases:
        known = there.get(case.article.id)
        if known is None:
            batch.append(case.task())
        else:
            done.there += 1
            _mend(job, case, known, done)
        if len(batch) >= _BATCH:
            _import(job, batch, done)
            batch = []
    if batch:
        _import(job, batch, done)
    grown = load(job.studio, job.target.id, job.target.layer).tasks - job.target.tasks
    if not done.accepted == grown == done.sent:
        layer = job.target.layer
        job.issues.append(issue("studio-not-accepted", what="tasks", sent=done.sent, accepted=grown, layer=layer))


def _import(job: Job, batch: list[Any], done: Adjudicated) -> None:
    answer = job.studio.api.projects.import_tasks(id=job.target.id, request=batch)
    done.sent += len(batch)
    done.accepted += answer.task_count or 0
    job.progress("Sending articles", done.sent, None)


def _mend(job: Job, case: _Case, known: Present, done: Adjudicated) -> None:
    """Send the suggestions that a task lacks; report a text or a layer that is not what the task carries."""
    name = case.article.id
    if known.text_sha256 != case.article.text_sha256:
        job.issues.append(issue("studio-text-changed", article_id=name, pointer="/text", task=known.task))
        return
    lacking = []
    for model, result in case.suggestions.items():
        if model not in known.models:
            lacking.append({"task": known.task, "model_version": model, "result": result})
        elif model != MERGED and known.models[model] != fingerprint(result):
            job.issues.append(issue("adjudicate-layer-changed", article_id=name, layer=model))
    if lacking:
        taken = job.studio.api.projects.import_predictions(id=job.target.id, request=lacking).created or 0  # type: ignore[arg-type]
        done.mended += taken
        if taken != len(lacking):
            sent, layer = len(lacking), job.target.layer
            job.issues.append(
                issue("studio-not-accepted", what="suggestions", sent=sent, accepted=taken, layer=layer)
            )


def _open_merged(job: Job) -> None:
    """Let Label Studio begin every new annotation with the merged suggestion."""
    projects = job.studio.api.projects
    there = projects.get(job.target.id)
    # Label Studio refuses the name of a model that has no suggestion yet.
    if there.task_number and there.model_version != MERGED:
        projects.update(job.target.id, model_version=MERGED)
