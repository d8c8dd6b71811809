"""How the labels came about and how far to trust them, as the card says it; nothing that no file says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from vinese.compare.f1 import MEASURES
from vinese.compare.records import AdjudicationRate, Estimate, Judgement, MeanScore, Score
from vinese.compare.saved import Saved, load_saved, outdated
from vinese.compare.trial import ALL, Trial, TrialRound, load_trial
from vinese.compare.trial import MEASURES as TRIED
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.guidelines import measure, pages
from vinese.corpus.layers import Annotator, Layers, Model, load_layers
from vinese.corpus.quality import Quality, load_quality, stale, states
from vinese.package.counts import LayerCounts
from vinese.package.stage import Staged
from vinese.render.agreement_text import Line, S, coefficient, interval, lines, percent, reasons


def fresh_agreement(project: Project) -> tuple[Saved | None, tuple[Issue, ...]]:
    """Return the saved agreement, None and an issue where it is of other layers than those there are."""
    saved = load_saved(project)
    if saved is None:
        return None, ()
    if changed := outdated(saved, project):
        return None, (issue("agreement-stale", file="annotations/agreement.json", layers=", ".join(changed)),)
    return saved, ()


def trust(project: Project, staged: Staged) -> dict[str, Any]:
    """Return what the template says of layers, agreement, adjudication and quality; None or empty where unknown."""
    layers, (saved, _) = load_layers(project), fresh_agreement(project)
    chosen = staged.chosen
    looked, trial = quality(project, chosen), load_trial(project)
    return {
        "descriptions": layer_descriptions(layers, staged),
        "independent": layers.independent,
        "agreement": saved,
        "scores": scores(saved, trial) if saved else [],
        "judged": list(judged(saved)) if saved else [],
        "reservations": reservations(saved) if saved else [],
        "passes_of": kinds(saved, staged) if saved else None,
        "adjudication": chosen.adjudication,
        "decided": decided(chosen.adjudication) if chosen.adjudication else [],
        "quality": looked,
        "quality_of": states(project, looked) if looked is not None else {},
        "limit": limit(saved, staged),
        "leak": percent(measure(project, Articles(project.articles)).share) if pages(project) else None,
        "trial": trials(trial),
        "noted": noted(layers, staged),
    }


def trials(trial: Trial | None) -> dict[str, Any] | None:
    """Return a table of the rounds of trials of the guidelines, a row a measure; None without any.

    Several pairs of readers of a round stand in one cell.
    """
    if trial is None or not trial.rounds:
        return None
    rows = [[TRIED[name], *(_tried(trial_round, name) for trial_round in trial.rounds)] for name in TRIED]
    shares = [
        [percent(reader.share) for reader in trial_round.open if reader.share is not None]
        for trial_round in trial.rounds
    ]
    rows.append(["decisions that no rule settled, of all, by reader", *(" / ".join(share) for share in shares)])
    return {
        "rounds": trial.rounds,
        "rows": rows,
        "again": [str(trial_round.round) for trial_round in trial.rounds if trial_round.again],
    }


def _newest(trial: Trial) -> TrialRound:
    """Return the last round that was on articles which no round had before."""
    return [trial_round for trial_round in trial.rounds if not trial_round.again][-1]


def _tried(trial_round: TrialRound, name: str) -> str:
    """Return the F1 of every pair of readers of a round by one measure, in percent."""
    scores = [score for pair in trial_round.pairs for score in pair.scores[ALL] if score.name == name]
    return " / ".join("–" if score.f1 is None else percent(score.f1) for score in scores) or "–"


def noted(layers: Layers, staged: Staged) -> list[dict[str, Any]]:
    """Return how many notes each independent layer has, and how many for a hundred labels; empty without any."""
    labels = {layer.layer: sum(layer.counts.values()) for layer in staged.layers}
    rows = [
        {
            "layer": layer.layer,
            "notes": layer.notes,
            "labels": labels[layer.layer],
            "share": percent(layer.notes / labels[layer.layer]),
        }
        for layer in staged.layers
        if layer.layer in layers.independent and labels[layer.layer]
    ]
    return rows if any(row["notes"] for row in rows) else []


def layer_descriptions(layers: Layers, staged: Staged) -> dict[str, str]:
    """Return how each layer that there is was made, by name, where the project says it."""
    descriptions = {
        layer.layer: layers.layers[layer.layer].description for layer in staged.layers if layer.layer in layers.layers
    }
    return {name: about for name, about in descriptions.items() if about}


def scores(saved: Saved, trial: Trial | None = None) -> list[dict[str, Any]]:
    """Return a line for each headline F1: between the two layers, or over all pairs where there are more.

    `tried` has the same measure of the last trial on new articles, `–` where it was not measured there.
    """
    newest = _newest(trial) if trial and trial.rounds else None
    tried = {name: _tried(newest, name) for name in MEASURES} if newest else {}
    if saved.overall is None:
        pair = saved.pairs[0].scores
        rows = [_score(line, line.exact.f1, f"{line.exact.a} / {line.exact.b}") for line in _headlines(pair)]
    else:
        means = _headlines(saved.overall.scores)
        rows = [_score(line, line.exact.pooled, f"{line.exact.pairs} pairs of layers") for line in means]
    return [{**row, "tried": tried.get(row["name"])} for row in rows]


def _headlines(scored: Iterable[S]) -> list[Line[S]]:
    by_name = {line.name: line for line in lines(scored)}
    return [by_name[name] for name in MEASURES if name in by_name]


def _score(line: Line[Score] | Line[MeanScore], exact: Estimate, items: str) -> dict[str, str]:
    overlap = line.overlap
    loose = None if overlap is None else overlap.f1 if isinstance(overlap, Score) else overlap.pooled
    return {
        "name": line.name,
        "title": "named mentions" if line.name == "entities" else line.name,
        "about": MEASURES[line.name],
        "items": items,
        "f1": percent(exact.value),
        "interval": interval(exact, shares=True),
        "overlap": percent(loose.value) if loose is not None else "",
    }


def judged(saved: Saved) -> Iterator[dict[str, str]]:
    """Yield a line for each closed list of values that the layers chose from."""
    judgements: tuple[Judgement, ...] = saved.overall.judgements if saved.overall else saved.pairs[0].judgements
    for judgement in judgements:
        yield {
            "name": judgement.name,
            "units": str(judgement.units),
            "same": percent(judgement.agreement.value) if judgement.agreement else "",
            "alpha": coefficient(judgement.alpha.value),
            "interval": interval(judgement.alpha, shares=False),
        }


def reservations(saved: Saved) -> list[str]:
    """Return what a reader must know before quoting the numbers: what is not defined and why, what they rest on."""
    part = saved.overall or saved.pairs[0]
    texts = [*reasons([*part.scores, *part.judgements]), *saved.notes]
    if any(row["interval"] in {"100.0 to 100.0", "1.000 to 1.000"} for row in [*scores(saved), *judged(saved)]):
        texts.append(
            "An interval without width is no certainty: where the layers agree in every article, drawing these "
            "articles again can show nothing else."
        )
    return texts


def kinds(saved: Saved, staged: Staged) -> str | None:
    """Return what kind of annotators made the compared layers, None where that differs or is not stated."""
    names = {layer.name for layer in saved.layers}
    annotator_kinds = {kind for layer in staged.layers if layer.layer in names for kind in layer.annotators.values()}
    return annotator_kinds.pop() if len(annotator_kinds) == 1 else None


def decided(rate: AdjudicationRate) -> list[dict[str, str]]:
    """Return a line for each kind of item that an adjudicated layer has, and one for all of them."""
    return [
        {
            "kind": row.kind.replace("_", " "),
            "items": str(row.items),
            "agreed": percent(row.agreed_share),
            "chosen": " | ".join(percent(row.chosen_share[layer]) for layer in rate.layers),
            "new": percent(row.new_share),
            "settled": percent((row.items - row.agreed) / row.items),
        }
        for row in rate.kinds
        if row.items
    ]


def quality(project: Project, chosen: LayerCounts) -> Quality | None:
    """Return what was done to find errors in the layer that is built, None where no file says it of this layer."""
    record = load_quality(project)
    return record if record is not None and record.layer == chosen.layer else None


def old_passes(project: Project, chosen: LayerCounts) -> list[Issue]:
    """Return an issue for every pass over the layer of which it is not known that it was of the layer as it is."""
    record = quality(project, chosen)
    return stale(project, record) if record is not None else []


def limit(saved: Saved | None, staged: Staged) -> str:
    """Return what the agreement, or its absence, does not tell of this layer."""
    layer = staged.layer
    if len(staged.layers) == 1:
        return "There is one annotation of each article, so nothing says how far two annotators would agree."
    if saved is None:
        count = len(staged.layers)
        return f"{count} layers exist, and how far they agree is not said here; this dataset holds `{layer}`."
    if layer in {compared.name for compared in saved.layers}:
        return f"`{layer}` is one of the layers compared above; where they differ, the rows say what `{layer}` says."
    names = ", ".join(f"`{compared.name}`" for compared in saved.layers)
    return (
        f"The agreement is that of {names} with each other; how far anybody would agree with `{layer}` is not known."
    )


class Maker(NamedTuple):
    """Who made a layer, in a pseudonym; `kind` is `person`, `model` or null, `model` is in words or empty."""

    layer: str
    name: str
    kind: str | None
    model: str
    description: str

    @property
    def role(self) -> str:
        """Return what kind of annotator it is, in words."""
        return self.kind or "kind not stated"


def makers(project: Project, passes: Iterable[LayerCounts]) -> list[Maker]:
    """Return everybody who made a layer, layer by layer."""
    layers = load_layers(project).layers
    entries = []
    for layer in passes:
        annotators = layers[layer.layer].annotators if layer.layer in layers else {}
        for name, kind in sorted(layer.annotators.items()):
            about = annotators.get(name)
            entries.append(Maker(layer.layer, name, kind, _model(kind, about), about.description if about else ""))
    return entries


def _model(kind: str | None, about: Annotator | None) -> str:
    """Return which model an annotator is, empty where it is none, or that it was not recorded."""
    if kind != "model":
        return ""
    if about is None or about.model is None:
        return "which model is not stated"
    return about.model.in_words() if isinstance(about.model, Model) else "which model was not recorded"


def contributors(chosen: LayerCounts, passes: Iterable[LayerCounts]) -> set[str | None]:
    """Return the kinds of all who made a layer, those of the layers that it was decided from included."""
    return {*chosen.annotators.values(), *_sources(chosen, passes)}


def review(chosen: LayerCounts, passes: Iterable[LayerCounts] = ()) -> str:
    """Return what kind of annotator made the layer, and so whether a person has looked at it."""
    passes = tuple(passes)
    if chosen.reviewed:
        return _reviewed(chosen, passes)
    own, every = set(chosen.annotators.values()), contributors(chosen, passes)
    if every == {"model"}:
        whole = all(set(layer.annotators.values()) == {"model"} for layer in passes)
        part = "of this dataset" if whole else "in this layer"
        return f"A language model made every label {part}. No person has reviewed them."
    if every == {"person"}:
        return "People made the labels in this layer."
    if None in every:
        return "The files do not state of every annotator of this layer whether it is a person or a model."
    if chosen.adjudication is None:
        return "People and language models made the labels in this layer, each some articles."
    return f"{_named(own).capitalize()} decided this layer from what {_named(_sources(chosen, passes))} had labelled."


def _reviewed(chosen: LayerCounts, passes: Iterable[LayerCounts]) -> str:
    """Return who labelled a layer that a person reviewed, whole or in part."""
    others = {kind for layer in passes if layer.layer != chosen.layer for kind in layer.annotators.values()}
    before = {frozenset({"model"}): "a language model", frozenset({"person"}): "other people"}
    whose = before.get(frozenset(map(str, others)), "another layer")
    done = f"went through what {whose} had labelled, and accepted or changed every label"
    if chosen.reviewed == chosen.documents:
        return f"A person {done}, in all articles of this layer."
    rest = chosen.documents - chosen.reviewed
    return f"In {chosen.reviewed} of {chosen.documents} articles a person {done}; in {rest} nobody did."


def _sources(chosen: LayerCounts, passes: Iterable[LayerCounts]) -> set[str | None]:
    """Return the kinds of those who made the layers that one was decided from."""
    sources = chosen.adjudication.layers if chosen.adjudication else ()
    return {kind for layer in passes if layer.layer in sources for kind in layer.annotators.values()}


def _named(kinds: set[str | None]) -> str:
    return "people and language models" if len(kinds) > 1 else "people" if kinds == {"person"} else "language models"


def unnamed(makers: Iterable[Maker]) -> list[Maker]:
    """Return the models of which no file says which they are: nobody can make their labels again."""
    return [maker for maker in makers if maker.model.startswith("which model ")]
