"""Make the labelling configuration of Label Studio from the ontology.

Results always hold the ontology's ids. A `Label` or `Choice` shows its `value`, the name in the annotator's language,
and stores its `alias`, the id; a `Relation` has no alias, so it shows the id, which the side column explains.
Label Studio registers every key of the configuration, shown or not, and one key pressed calls all that it is bound
to; so no two labels share a key, and every label has one, lest Label Studio choose its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from vinese.generate.wording import said, words

if TYPE_CHECKING:
    from vinese.ontology import Judgement, Label, Language, Ontology

Stage = Literal["all", "entities", "events", "stance"]
STAGES: tuple[Stage, ...] = get_args(Stage)

# Label Studio colours the text; the ids stand behind each span in small capitals, and arcs need room between lines.
_STYLE = """
.lsf-richtext__line { line-height: 2.3 }
.htx-highlight::after { opacity: .75 }
.vinese-labels { position: sticky; top: 0; z-index: 5; padding: 4px 0;
  background: var(--color-neutral-background, #fff); border-bottom: 1px solid var(--color-neutral-border, #ddd) }
.vinese-labels .lsf-labels { margin: 1px 0 !important; gap: 2px }
.vinese-labels .lsf-label { margin: 0 !important; padding: 0 5px; font-size: 13px; line-height: 20px; height: 22px }
.vinese-earlier { opacity: .7 }
.vinese-earlier .lsf-label { font-size: 11px; line-height: 15px; height: 17px; padding: 0 3px }
.vinese-body { display: flex; gap: 16px; align-items: flex-start }
.vinese-text { flex: 1 1 0; min-width: 0 }
.vinese-side { flex: 0 0 230px; position: sticky; overflow-y: auto; padding: 4px 0 }
.vinese-side .lsf-choices { margin: 0 0 6px !important }
.vinese-side .lsf-choice__item { margin: 0 !important; padding: 0 }
"""


def render(ontology: Ontology, *, lang: Language = "vi", stage: Stage = "all") -> str:
    """Return the configuration as XML, in the annotator's language and for one stage of the work.

    `entities` has the entity labels and `refers_to`; `events` adds the event labels, their modality and the roles;
    `stance` adds all the rest and keeps the labels of earlier stages small, since their spans are in the text;
    `all` is the whole at equal weight.
    """
    root = Element("View")
    SubElement(root, "Style").text = _STYLE
    SubElement(root, "Header", value="$title", size="4")
    _labels(root, ontology, lang, stage)
    body = SubElement(root, "View", className="vinese-body")
    text = SubElement(body, "View", className="vinese-text")
    SubElement(text, "Text", name="text", value="$text", granularity="word", showLabels="true", saveTextResult="yes")
    side = SubElement(body, "View", className="vinese-side", style=f"top:{_BAR_HEIGHT[stage]}px")
    _side(side, ontology, lang, stage)
    _relations(root, ontology, stage)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


# How tall the sticky bar of labels is, in CSS pixels, so that the side column sticks below it.
_BAR_HEIGHT: dict[Stage, int] = {"all": 150, "entities": 60, "events": 110, "stance": 110}


def _labels(parent: Element, ontology: Ontology, lang: Language, stage: Stage) -> None:
    """Add the bar of labels: the stage's own group, and those of the spans that earlier stages left."""
    groups = {"entity": ontology.entities, "event": ontology.events, "stance": (ontology.stance.expression,)}
    shown: dict[Stage, tuple[str, ...]] = {
        "all": ("entity", "event", "stance"),
        "entities": ("entity",),
        "events": ("event", "entity"),
        "stance": ("stance", "entity", "event"),
    }
    bar = SubElement(parent, "View", className="vinese-labels")
    for place, name in enumerate(shown[stage]):
        earlier = place > 0 and stage != "all"
        row = SubElement(bar, "View", className="vinese-earlier" if earlier else "vinese-now")
        control = SubElement(row, "Labels", name=name, toName="text", choice="single", showInline="true")
        for label in groups[name]:
            SubElement(control, "Label", _described(label, lang, label.hotkey), background=label.color or "#cccccc")


def _side(parent: Element, ontology: Ontology, lang: Language, stage: Stage) -> None:
    """Add the column beside the text: what belongs to the selected region, to the article, and help."""
    if stage != "entities":
        _region_choices(parent, "modality", ontology.modalities, lang, tag="event")
    if stage in ("all", "stance"):
        stance = ontology.stance
        _region_choices(parent, "polarity", stance.polarities, lang, tag="stance")
        _region_choices(parent, "attribution", stance.attributions, lang, tag="stance")
        _region_choices(parent, "holder_kind", stance.holder_kinds, lang, tag="stance")
        _region_choices(parent, "topic", stance.topics, lang, tag="stance", required=False)
        _article_choices(parent, ontology, lang)
    say = words(lang)
    _heading(parent, say["note"])
    SubElement(
        parent,
        "TextArea",
        {"name": "note", "toName": "text", "rows": "2", "maxSubmissions": "1", "editable": "true"},
        required="false",
        placeholder=say["note_hint"],
    )
    _help(parent, ontology, lang, stage)


def _region_choices(
    parent: Element, name: str, labels: tuple[Label, ...], lang: Language, *, tag: str, required: bool = True
) -> None:
    """Add one choice about the selected region, with its heading.

    `visibleWhen` stands on the Choices themselves: on a View around them, `required` would stop regions of every
    kind. The heading has a View of its own, which requires nothing.
    """
    shown = {"visibleWhen": "region-selected", "whenTagName": tag}
    title = words(lang)[name]
    _heading(SubElement(parent, "View", shown), title)
    attributes = {"name": name, "toName": "text", "perRegion": "true", **_single(title, lang, required=required)}
    control = SubElement(parent, "Choices", attributes | shown)
    for label in labels:
        SubElement(control, "Choice", _described(label, lang, label.hotkey))


def _article_choices(parent: Element, ontology: Ontology, lang: Language) -> None:
    """Add the judgements of the whole article, both towards the one topic."""
    article = ontology.article_stance
    topic = next(label for label in ontology.stance.topics if label.id == article.topic)
    _heading(parent, f"{words(lang)['article']}: {said(topic.name, lang)}")
    for judgement in article.judgements:
        _judgement(parent, judgement, article.values, lang)


def _judgement(parent: Element, judgement: Judgement, values: tuple[Label, ...], lang: Language) -> None:
    title = said(judgement.name, lang)
    _heading(parent, title, small=True)
    attributes = {"name": judgement.id, "toName": "text", **_single(title, lang, required=True)}
    control = SubElement(parent, "Choices", attributes)
    for value in values:
        SubElement(control, "Choice", _described(value, lang, judgement.hotkeys.get(value.id)))


def _help(parent: Element, ontology: Ontology, lang: Language, stage: Stage) -> None:
    """Add a panel, closed at first, that says how to link and what each relation means."""
    say = words(lang)
    panel = SubElement(SubElement(parent, "Collapse"), "Panel", value=say["keys"])
    _line(panel, say["keys_use"])
    for relation in _relations_of(ontology, stage):
        _line(panel, f"{relation.id}: {said(relation.name, lang)}. {said(relation.definition, lang)}")


def _relations(parent: Element, ontology: Ontology, stage: Stage) -> None:
    control = SubElement(parent, "Relations")
    for relation in _relations_of(ontology, stage):
        SubElement(control, "Relation", value=relation.id)


def _relations_of(ontology: Ontology, stage: Stage) -> tuple[Label, ...]:
    """Return the relations that a stage may draw, or has to show."""
    between_entities = tuple(relation for relation in ontology.relations if relation.source == "entity")
    if stage == "entities":
        return between_entities
    return ontology.roles + (between_entities if stage == "events" else ontology.relations)


def _described(label: Label, lang: Language, hotkey: str | None) -> dict[str, str]:
    """Return what a Label and a Choice have in common: the name shown, the id stored, the definition, the key."""
    hint = re.sub(r"`([^`]*)`", r"“\1”", said(label.definition, lang))
    attributes = {"value": said(label.name, lang), "alias": label.id, "hint": hint}
    return attributes | ({"hotkey": hotkey} if hotkey else {})


def _single(title: str, lang: Language, *, required: bool) -> dict[str, str]:
    """Return the attributes of Choices of which one may be chosen, and must be if `required`."""
    attributes = {"choice": "single-radio"}
    if required:
        attributes |= {"required": "true", "requiredMessage": words(lang)["missing"].format(name=title)}
    return attributes


def _heading(parent: Element, text: str, *, small: bool = False) -> None:
    style = "font-size:12px;margin:2px 0 0" if small else "font-size:13px;font-weight:600;margin:6px 0 0"
    SubElement(parent, "Header", value=text, size="5", style=style)


def _line(parent: Element, text: str) -> None:
    SubElement(parent, "Header", value=text, size="5", style="font-size:12px;font-weight:400;margin:2px 0")
