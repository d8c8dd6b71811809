"""What describes a built folder, written into it: card, data statement, datasheet, figures and Croissant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vinese.card import guidelines
from vinese.card.card import context, fill_template
from vinese.card.corpus import About, Release, doubts, items, load_about, load_sections, sections
from vinese.card.croissant import Whole, render_croissant
from vinese.card.evaluation import PolarityByTopic, best_unread, constants, majorities, protocols
from vinese.card.examples import example_rows
from vinese.card.figures import FOLDER, figures, label_colors
from vinese.card.front_matter import front_matter
from vinese.card.licence import load_licence
from vinese.card.modelling import modelling
from vinese.card.pairs import positive
from vinese.card.paragraph import BestSentence
from vinese.card.standings import put, standings
from vinese.card.statistics import Facts, load_facts
from vinese.core.project import Project, packaged
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import labels, load_configs
from vinese.package.counts import LayerCounts
from vinese.package.parquet import BuiltConfig
from vinese.package.stage import Staged

CARD, CROISSANT = "README.md", "croissant.json"
PAGES = {
    CARD: "README.md.jinja",
    "data-statement.md": "data-statement.md.jinja",
    "datasheet.md": "datasheet.md.jinja",
    "docs/columns.md": "docs/columns.md.jinja",
    "docs/labels.md": "docs/labels.md.jinja",
    "docs/agreement.md": "docs/agreement.md.jinja",
    "docs/quality.md": "docs/quality.md.jinja",
    "docs/making.md": "docs/making.md.jinja",
    "docs/predictions.md": "docs/predictions.md.jinja",
    "docs/baselines.md": "docs/baselines.md.jinja",
}
DOCS = "docs"
ORIGINS = {
    "manual": "drawn in the tool (`manual`)",
    "prediction": "taken over from a suggestion as it was (`prediction`)",
    "prediction-changed": "taken over and changed (`prediction-changed`)",
}
# Properties that take one text; the others any number. (Of the last, the vocabulary allows more, its reader one.)
ONE = {
    "dataCollection",
    "dataCollectionMissingData",
    "dataCollectionRawData",
    "dataImputationProtocol",
    "dataManipulationProtocol",
    "dataAnnotationProtocol",
    "dataSocialImpact",
    "annotationsPerItem",
    "dataReleaseMaintenancePlan",
}


def describe(
    project: Project, staged: Staged, built: tuple[BuiltConfig, ...], folder: Path, release: Release | None = None
) -> None:
    """Write every description of the built `folder` into it; nothing but its data, and files, go into them.

    `release` is what the folder is to be published as, for what the project does not state.

    Raise `FileProblemError` if a template or a file of the project is wrong, or the card's YAML is not what the Hub
    takes.
    """
    about, ontology, pages = load_about(project), load_ontology(project), guidelines.pages(project)
    if release is not None:
        about = about.published(release)
    configs, lists = load_configs(project), labels(ontology)
    quoted, best = guidelines.Quoted(pages), BestSentence(label_colors(ontology))
    polarities = PolarityByTopic(lists)
    facts = load_facts(folder, built, configs, quoted.add, best.add, polarities.add)
    values = {
        **context(project, staged, built),
        **_extra(project, pages, staged, facts, about),
        "quoted": quoted.number,
    }
    guidelines.put(pages, folder)
    values["baselines"] = standings(project, staged.layer)
    if values["baselines"]:
        put(project, folder)
    drawn = figures(ontology, staged.chosen, facts, values["trust"]["agreement"], best.example)
    values["figures"] = drawn.keys()
    (folder / FOLDER).mkdir()
    for name, drawing in drawn.items():
        (folder / FOLDER / f"{name}.svg").write_text(drawing, encoding="utf-8")
    modelled = modelling(project, folder, built, facts)
    values |= {
        "modelling": modelled,
        "positive": positive,
        "polarities": polarities.table,
        "constants": constants(modelled),
    }
    values |= {"protocols": protocols(built, configs), "majorities": majorities(folder, built, configs, lists)}
    named = ({column.name for column in configs.columns(config.columns)} for config in values["configs"])
    values["texts_everywhere"] = all("text" in names for names in named)
    values["unread"] = best_unread(modelled.blind)
    values["examples"] = example_rows(folder, built, configs, lists)
    values["front_matter"] = front_matter(configs, staged, built, about, values["licence"], facts=facts)
    (folder / DOCS).mkdir()
    for name, template in PAGES.items():
        text = fill_template(project, template, {**values, "rules": {}})
        if cited := guidelines.cited(pages, text):
            text = fill_template(project, template, {**values, "rules": cited})
        (folder / name).write_text(text, encoding="utf-8")
    whole = Whole(
        about=about,
        licence=values["licence"],
        languages=facts.languages.keys(),
        dates=_dates(about, facts),
        provenance=_provenance(values),
        rai=_rai(fill_template(project, "rai.md.jinja", values)),
    )
    content = render_croissant(project, configs, built, folder, whole)
    (folder / CROISSANT).write_text(content, encoding="utf-8")


def _extra(project: Project, pages: dict[str, str], staged: Staged, facts: Facts, about: About) -> dict[str, Any]:
    """Return what templates may use beside `vinese.card.card.context`."""
    return {
        "about": about,
        "licence": load_licence(project, about),
        "corpus": load_sections(project),
        "doubts": doubts(project),
        "facts": facts,
        "guidelines": pages,
        "notes": facts.doubtful,
        "origins": origins(staged.chosen),
        "guided": any(not name.startswith("labels.") for name in pages),
        "plover": any(label.mappings.get("plover") for label in load_ontology(project).events),
        "errata": packaged("card", "plover-errata.md").read_text(encoding="utf-8").split("\n", 1)[1].strip(),
    }


def origins(chosen: LayerCounts) -> str:
    """Return in words how the regions of a layer came into the tool, as far as it tells."""
    stated = {name: number for name, number in chosen.origins.items() if name != "not stated"}
    if not stated:
        return "The tool does not say of any region whether it was drawn there or taken over."
    parts = [f"{number} {ORIGINS[name]}" for name, number in sorted(stated.items())]
    silent = chosen.origins.get("not stated", 0)
    return f"Regions of this layer: {', '.join([*parts, *([f'{silent} not stated'] if silent else [])])}."


def _dates(about: About, facts: Facts) -> dict[str, str]:
    """Return the dates that are known, by their names in schema.org."""
    dates = {"datePublished": about.released, "dateModified": facts.annotated[1] if facts.annotated else None}
    return {name: date for name, date in dates.items() if date}


def _provenance(values: dict[str, Any]) -> dict[str, Any]:
    """Return in the words of PROV from what and by whom the rows were made."""
    facts: Facts = values["facts"]
    pages = f"{'News pages' if facts.is_news else 'Texts'}{' in Vietnamese' if facts.is_vietnamese else ''}"
    cleaned = (
        "Scraped pages were cut into zones and cleaned (vinese ingest)" if facts.is_news else "Texts were cleaned"
    )
    steps = [cleaned]
    steps += [f"Annotation: layer {layer.layer}" for layer in values["passes"]]
    return {
        "prov:wasDerivedFrom": {
            "@type": "prov:Entity",
            "prov:label": pages + (", scraped as text" if facts.is_news else ""),
        },
        "prov:wasGeneratedBy": [{"@type": "prov:Activity", "prov:label": step} for step in steps],
        "prov:wasAttributedTo": [
            {"@type": "prov:Agent", "prov:label": f"{maker.name} ({maker.role}), layer {maker.layer}"}
            for maker in values["makers"]
        ],
    }


def _rai(text: str) -> dict[str, Any]:
    """Return the properties that a rendered `rai.md` gives, one text or a list of them; empty ones are left out."""
    properties = {name: items(body) for name, body in sections(text).items()}
    return {name: " ".join(body) if name in ONE else body for name, body in properties.items() if body}
