"""Make a project in which one person decides where layers differ.

Each task carries every layer as a suggestion under its name, and one, `merged`, that Label Studio opens: in it is
what all layers have, what only some have, and a red mark at every place to decide (`vinese.compare.merge`). Every run
looks at what is there and sends what is missing, so a second run adds nothing and one that was cut is finished by the
same command. Articles that one layer alone has come last: nothing is to decide there, and each is looked at and
submitted as it is or corrected. A layer that changed since is reported, never sent again: somebody may have decided
on what was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vinese.compare.merge import merge
from vinese.compare.merged_task import HAVE, MERGED, agreed, merged_result, summary, to_decide
from vinese.compare.store import Shelf, common_articles, named, read_layer, single_articles
from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import document_to_result
from vinese.generate.label_config import DECIDE
from vinese.model.ontology import Language
from vinese.model.ontology_file import load_ontology
from vinese.model.records import JUDGEMENTS, Article
from vinese.studio.connection import connect
from vinese.studio.folder import StudioFolder, remember
from vinese.studio.layer_file import Json
from vinese.studio.project import LayerProject, Screen, checked_layer, ensure, screen
from vinese.studio.tasks import Present, Sending, alone, batches, given, suggestion_digest, to_task

_BATCH = 100  # tasks sent at a time; each carries every layer


@dataclass(slots=True)
class Adjudicated:
    """What an adjudication holds: `agreed` counts items, relations and judgements, `to_decide` the places.

    Of the `articles`, `single` are in one layer alone; what is in them is not counted.
    """

    layer: str
    layers: tuple[str, ...]
    project: int
    url: str
    screen: Literal["made", "updated", "unchanged"]
    articles: int = 0
    single: int = 0
    sent: int = 0
    accepted: int = 0
    there: int = 0
    mended: int = 0
    agreed: int = 0
    to_decide: int = 0
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """An article to decide on: its task without suggestions, and the regions of each suggestion by model."""

    article: Article
    summary: str
    suggestions: dict[str, list[Json]]
    meta: Json

    def task(self) -> Json:
        """Return the case as Label Studio takes it; the suggestion to open comes last."""
        task = to_task(self.article, self.meta)
        task["data"] |= {DECIDE: self.summary, HAVE: ", ".join(name for name in self.suggestions if name != MERGED)}
        predictions = [{"model_version": model, "result": result} for model, result in self.suggestions.items()]
        return {**task, "predictions": predictions}


def adjudicate(
    layers: Sequence[str],
    into: str,
    *,
    project: Project,
    folder: StudioFolder,
    url: str | None = None,
    lang: Language | None = None,
    update_config: bool = False,
    progress: Progress = silent,
) -> Adjudicated:
    """Make the project in which layer `into` is decided from `layers`, or find it, and send what it lacks.

    Parameters
    ----------
    layers
        Two or more, named as for `vinese.compare.agree`. An article is decided among the layers that have it; what
        one layer alone has is marked as such.
    into
        The layer to decide; the adjudicated one is called gold.
    project
        Where articles, ontology, guidelines and exports are.
    folder
        Where vinese keeps its own Label Studio.
    url
        The address of another Label Studio; its token is in the variable VINESE_STUDIO_TOKEN.
    lang
        The language of the screen. A project keeps its own unless another is given; a new one is Vietnamese.
    update_config
        Replace a configuration that somebody changed on the server.
    progress
        Called with what is being done, how much of it is done, and of how much.

    Returns
    -------
    Adjudicated
        What was sent and what is to decide, and the issues of what cannot be decided.

    Raises
    ------
    UsageError
        If there are fewer than two layers, or one has a name that cannot be.
    StudioError
        If the server cannot be used, or `into` is a layer there that is no adjudication of these layers.
    """
    files = _checked(layers, into, project)

    def wanted(before: LayerProject | None) -> Screen:
        kept = before.lang if before is not None else load_ontology(project).lang
        return screen(project, stage="all", lang=lang or kept, adjudicates=tuple(files))

    with ExitStack() as stack:
        shelves = []
        issues: list[Issue] = []
        for number, (name, file) in enumerate(files.items()):
            progress("Reading layers", number, len(files))
            shelf, faults = read_layer(name, file, project)
            stack.callback(shelf.close)
            shelves.append(shelf)
            issues += faults
        common, faults = common_articles(shelves)
        single = single_articles(shelves)
        studio = stack.enter_context(connect(folder, url))
        stack.enter_context(alone(folder, url))
        ensured = ensure(studio, into, wanted, update_config=update_config)
        remember(folder, project, into, studio.project_url(ensured.project.id))
        sending = Sending(studio, ensured.project, project, progress, issues + faults)
        done = Adjudicated(
            into, tuple(files), ensured.project.id, studio.project_url(ensured.project.id), ensured.done
        )
        _send(sending, sending.collect(_cases(sending, [*common, *single], done)), done)
        sending.begin_with(MERGED)
        done.issues = tuple(sending.issues)
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


def _cases(
    sending: Sending, common: list[tuple[str, tuple[Shelf, ...]]], done: Adjudicated
) -> Iterator[_Case | Issue]:
    """Yield the articles to decide on, and count what is in them."""
    ontology, articles = load_ontology(sending.project), Articles(sending.project.articles)
    meta = given(sending.project, sending.target.stage)
    judged = JUDGEMENTS if ontology.article_stance.values else ()
    for number, (name, shelves) in enumerate(common):
        sending.progress("Merging articles", number, len(common))
        documents = {shelf.name: shelf.get(name) for shelf in shelves}
        article = articles.find(name)
        if article is None or article.text != next(iter(documents.values())).text:
            yield issue("adjudicate-text", article_id=name, layers=", ".join(documents))
            continue
        merged = merge(documents, judged)
        done.articles += 1
        if len(shelves) == 1:
            done.single += 1
        else:
            done.agreed += agreed(merged)
            done.to_decide += to_decide(merged)
        suggestions = {layer: document_to_result(document, ontology) for layer, document in documents.items()}
        suggestions[MERGED] = merged_result(merged, ontology)
        yield _Case(article, summary(merged, sending.target.lang), suggestions, meta)


def _send(sending: Sending, cases: Iterator[_Case], done: Adjudicated) -> None:
    """Send the cases that are not there, and the suggestions that a task lacks."""
    present = sending.present(models=True)

    def new() -> Iterator[Json]:
        for case in cases:
            task = present.get(case.article.id)
            if task is None:
                yield case.task()
                continue
            done.there += 1
            lacking = list(sending.collect(_lacking(case, task)))
            if lacking:
                accepted = sending.suggestions(lacking)
                done.mended += accepted
                sending.check_suggestions(len(lacking), accepted)

    for batch in batches(new(), _BATCH):
        done.accepted += sending.tasks(batch)
        done.sent += len(batch)
        sending.progress("Sending articles", done.sent, None)
    sending.check_tasks(done.sent, done.accepted)


def _lacking(case: _Case, task: Present) -> Iterator[Json | Issue]:
    """Yield the suggestions that a task lacks; a text or a layer that is not what the task carries is an issue."""
    name = case.article.id
    if task.text_sha256 != case.article.text_sha256:
        yield issue("studio-text-changed", article_id=name, pointer="/text", task=task.task)
        return
    for model, result in case.suggestions.items():
        if task.layers and model not in {MERGED, *task.layers}:
            yield issue("adjudicate-layer-changed", article_id=name, layer=model)
        elif model not in task.models:
            yield {"task": task.task, "model_version": model, "result": result}
        elif model != MERGED and task.models[model] != suggestion_digest(result):
            yield issue("adjudicate-layer-changed", article_id=name, layer=model)
