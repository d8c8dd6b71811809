"""Make the labelling configuration of Label Studio from the ontology.

Results always hold the ontology's ids. The `value` of a `Label` or `Choice` is the id, which is stored and stands
small behind a marked span; its `html` is the name in the annotator's language, which the buttons show. (An `alias`
would be stored instead of `value` too, but then the long names would stand in the text.) A `Relation` can show its id
alone; the help below the text explains each.

Label Studio registers every key of the configuration, shown or not, and one key pressed does all that it is bound to;
so no two labels share a key, and every label has one, lest Label Studio choose its own.
"""

from __future__ import annotations

import re
from html import escape
from typing import Literal, get_args
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from vinese.generate.tables import wording_in, words
from vinese.model.ontology import Label, Language, Ontology, ids

Stage = Literal["all", "entities", "events", "stance"]
STAGES: tuple[Stage, ...] = get_args(Stage)
DECIDE, OPEN = "decide", "?"  # the control of the places that an adjudicator decides on, and its one label

_SHOWN: dict[Stage, tuple[str, ...]] = {
    "all": ("entity", "event", "stance"),
    "entities": ("entity",),
    "events": ("event", "entity"),
    "stance": ("stance", "entity", "event"),
}
_SUMMARY = "font-size:12px;font-weight:400;line-height:1.4;margin:4px 0;white-space:pre-line;overflow-wrap:anywhere"

# Arcs need room between the lines, above the first, and left of the text, where those between two lines run. Label
# Studio draws them over the words; here they lie behind the text, thin and pale, and their names stand between the
# lines at one of three heights, since neighbours are often drawn to the same place. An arc that goes beside the lines
# (known by the turns of its path) is dotted, for it ends at half the height of a word, and its name stands farther
# out. The one whose row the pointer is on, in the Relations tab, is drawn in full. The bar stands above arcs when the
# text scrolls, and has a greatest height, so that the column beside the text starts where it ends. Label Studio's own
# bars take 140 pixels of the window. Names of labels in the lists of regions and relations, which Label Studio writes
# in the labels' colours, have the colour of text; numbers stand on a label's colour, and are black, which can be read
# on each of them. A `>` in the style would reach the browser as `&gt;`.
_STYLE = """
.vinese-all, .vinese-entities, .vinese-events, .vinese-stance { container-type: inline-size }
.vinese-all, .vinese-entities, .vinese-events, .vinese-stance { position: relative; z-index: 1 }
.relations-overlay { z-index: 0 !important; --high: -4px; --middle: 4.5px; --low: 12.5px }
.lsf-main-view__annotation:has(.vinese-entities) .relations-overlay { --high: 5px; --middle: 5px; --low: 5px }
.lsf-richtext__line { line-height: 3 }
.vinese-entities .lsf-richtext__line { line-height: 2.5 }
.vinese-labels { position: sticky; top: 0; z-index: 200; margin: 0 -14px; padding: 4px 14px; box-sizing: border-box;
  max-height: var(--bar); overflow-y: auto;
  background: var(--color-neutral-background, #fff); border-bottom: 1px solid var(--color-neutral-border, #ddd) }
.vinese-labels, .vinese-side { --bar: 128px }
@container (max-width: 1300px) { .vinese-labels, .vinese-side { --bar: 176px } }
@container (max-width: 900px) { .vinese-labels, .vinese-side { --bar: 224px } }
.vinese-stance .vinese-labels, .vinese-stance .vinese-side { --bar: 116px }
@container (max-width: 900px) { .vinese-stance .vinese-labels, .vinese-stance .vinese-side { --bar: 156px } }
@container (max-width: 640px) { .vinese-labels, .vinese-side { --bar: min(320px, 36vh) !important } }
.vinese-labels .lsf-labels { margin: 1px 0 !important; gap: 2px }
.vinese-labels .lsf-label { margin: 0 !important; padding: 0 5px; font-size: 13px; line-height: 20px; height: 22px }
.vinese-labels .lsf-label_selected, .vinese-labels .lsf-label_selected * { color: #000 !important }
.vinese-earlier { opacity: .75 }
.vinese-earlier .lsf-label { font-size: 11px; line-height: 16px; height: 18px; padding: 0 3px }
.vinese-body { display: flex; gap: 16px; align-items: flex-start }
.vinese-text { flex: 1 1 0; min-width: 0; padding: 22px 0 0 44px }
.vinese-row { min-height: 30px; display: flex; align-items: center; gap: 8px }
@container (max-width: 900px) { .vinese-row { min-height: 48px } }
.vinese-row .lsf-choices { flex: 1 1 0; min-width: 0; white-space: normal }
.vinese-side { flex: 0 0 min(250px, 34%); position: sticky; top: var(--bar); box-sizing: border-box;
  max-height: calc(100vh - 140px - var(--bar)); overflow-y: auto; padding: 4px 0 }
.vinese-row .lsf-choices, .vinese-side .lsf-choices { margin: 0 !important }
.vinese-row .lsf-choice__item, .vinese-side .lsf-choice__item { margin: 0 !important; padding: 0 }
.vinese-row .lsf-choice { margin: 0 2px 0 0 !important; padding: 0 }
.vinese-row .lsf-choice__item, .vinese-side .lsf-choice__item { font-size: 12px }
.vinese-row h4, .vinese-row .lsf-choice { white-space: nowrap }
.vinese-side .lsf-choice { margin: 0 !important; line-height: 18px }
.vinese-side .lsf-choice .ant-radio-wrapper { min-height: 20px; line-height: 18px }
.vinese-article { border-top: 1px solid var(--color-neutral-border, #ddd); margin-top: 12px; padding-top: 4px }
.relations-overlay path[stroke] { stroke-width: 1px; opacity: .5 }
.lsf-main-view__annotation:has(.vinese-stance) .relations-overlay path[stroke] { opacity: .25 }
.relations-overlay g[transform] rect { visibility: hidden }
.relations-overlay g[transform] text { transform: translateY(var(--high)) scale(.75); fill: #a0a;
  paint-order: stroke; stroke: var(--color-neutral-background, #fff); stroke-width: 3px }
.relations-overlay g:nth-of-type(3n+1) g[transform] text { transform: translateY(var(--middle)) scale(.75) }
.relations-overlay g:nth-of-type(3n+2) g[transform] text { transform: translateY(var(--low)) scale(.75) }
.relations-overlay path:is([d*="0 0 0 5 5"], [d*="0 0 1 -5 -5"], [d*="0 0 1 -5 5"], [d*="0 0 0 5 -5"]) {
  stroke-dasharray: 1 4 }
.relations-overlay g:has(path:is([d*="0 0 0 5 5"], [d*="0 0 1 -5 -5"])) g[transform] text {
  transform: translateX(-9px) scale(.75) }
.relations-overlay g:has(path:is([d*="0 0 1 -5 5"], [d*="0 0 0 5 -5"])) g[transform] text {
  transform: translateX(9px) scale(.75) }
.relations-overlay [class*="_highlighted"] path[stroke] { stroke-width: 2.5px; stroke-dasharray: none;
  opacity: 1 !important }
.relations-overlay [class*="_highlighted"] g[transform] text { font-weight: 700 }
.lsf-outliner-item__title, .lsf-outliner-item__title *, .lsf-detailed-region__head .lsf-labels-list *,
.lsf-relation-meta button * { color: var(--color-neutral-content) !important }
.lsf-outliner-item__index, .lsf-detailed-region__index * { color: #000 !important }
"""


def render(
    ontology: Ontology, *, lang: Language | None = None, stage: Stage = "all", adjudication: bool = False
) -> str:
    """Return the configuration as XML, in the annotator's language (by default the ontology's) and for one stage.

    `entities` has the entity labels and `refers_to`; `events` adds the event labels, their modality and the roles;
    `stance` adds all the rest and keeps the labels of earlier stages small, since their spans are in the text;
    `all` is the whole at equal weight. `adjudication` adds to `all` or `stance` the label of the places to decide,
    and beside the text the summary of what is to decide, which the task has under `DECIDE`.
    """
    lang = lang or ontology.lang
    root = Element("View", className=f"vinese-{stage}")
    SubElement(root, "Style").text = _STYLE
    SubElement(root, "Header", value="$title", size="4")
    if adjudication:
        marks = SubElement(root, "Labels", name=DECIDE, toName="text", choice="single", showInline="true")
        SubElement(marks, "Label", value=OPEN, background="#e60000")
    bar = SubElement(root, "View", className="vinese-labels")
    _labels(bar, ontology, lang, stage)
    body = SubElement(root, "View", className="vinese-body")
    column = SubElement(body, "View", className="vinese-text")
    attributes = {"name": "text", "value": "$text", "granularity": "word", "showLabels": "true"}
    SubElement(column, "Text", attributes, saveTextResult="yes")
    _article(SubElement(column, "View", className="vinese-article"), ontology, lang, stage)
    if stage == "events":
        row = SubElement(bar, "View", className="vinese-row")
        _region_choices(row, "modality", ontology.modalities, lang, tag="event", place="choices_above")
    elif stage != "entities":
        side = SubElement(body, "View", className="vinese-side")
        _side(side, ontology, lang)
        if adjudication:  # after the choices of what is selected: the notes of all layers can be long
            SubElement(side, "Header", value=f"${DECIDE}", size="5", style=_SUMMARY)
    control = SubElement(root, "Relations")
    for relation in _relations(ontology, stage):
        SubElement(control, "Relation", value=relation.id)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def controls(ontology: Ontology, stage: Stage = "all") -> dict[str, frozenset[str]]:
    """Return the ids that each control of a stage's configuration offers; those of relations are under `relation`.

    A control without labels (the note) has none.
    """
    stance, article = ontology.stance, ontology.article_stance
    offered: dict[str, tuple[Label, ...]] = {name: _spans(ontology)[name] for name in _SHOWN[stage]}
    offered["relation"] = _relations(ontology, stage)
    if stage != "entities":
        offered["modality"] = ontology.modalities
    if stage in ("all", "stance"):
        offered["polarity"] = stance.polarities
        offered["attribution"] = stance.attributions
        offered["holder_kind"] = stance.holder_kinds
        offered["topic"] = stance.topics
        offered |= {judgement.id: article.values for judgement in article.judgements}
    return {name: frozenset(ids(labels)) for name, labels in offered.items()} | {"note": frozenset()}


def _spans(ontology: Ontology) -> dict[str, tuple[Label, ...]]:
    """Return the labels of spans by the control that holds them."""
    return {"entity": ontology.entities, "event": ontology.events, "stance": ontology.lists()["stance_expression"]}


def _labels(parent: Element, ontology: Ontology, lang: Language, stage: Stage) -> None:
    """Add the bar of labels: the stage's own group, and those of the spans that earlier stages left."""
    spans = _spans(ontology)
    for place, name in enumerate(name for name in _SHOWN[stage] if spans[name]):
        earlier = place > 0 and stage != "all"
        row = SubElement(parent, "View", className="vinese-earlier" if earlier else "vinese-now")
        control = SubElement(row, "Labels", name=name, toName="text", choice="single", showInline="true")
        for label in spans[name]:
            SubElement(control, "Label", _described(label, lang, label.hotkey), background=label.color or "#cccccc")


def _side(parent: Element, ontology: Ontology, lang: Language) -> None:
    """Add the column beside the text, for what belongs to the selected region; it keeps the text where it is."""
    stance = ontology.stance
    only = stance.expression.id
    _region_choices(parent, "modality", ontology.modalities, lang, tag="event")
    _region_choices(parent, "polarity", stance.polarities, lang, tag="stance", only=only)
    _region_choices(parent, "attribution", stance.attributions, lang, tag="stance", only=only)
    _region_choices(parent, "holder_kind", stance.holder_kinds, lang, tag="stance", only=only)
    needed = ontology.conventions is not None and ontology.conventions.topic_required
    _region_choices(parent, "topic", stance.topics, lang, tag="stance", only=only, required=needed)


def _article(parent: Element, ontology: Ontology, lang: Language, stage: Stage) -> None:
    """Add what follows the text: the judgements of the whole article, the note, and help."""
    say = words(lang)
    if stage in ("all", "stance") and ontology.article_stance.judgements:
        _judgements(parent, ontology, lang)
    _heading(parent, say["note"])
    attributes = {"name": "note", "toName": "text", "rows": "2", "maxSubmissions": "1", "editable": "true"}
    SubElement(parent, "TextArea", attributes, required="false", placeholder=say["note_hint"])
    panel = SubElement(SubElement(parent, "Collapse"), "Panel", value=say["keys"])
    _line(panel, say["keys_use"])
    for relation in _relations(ontology, stage):
        _line(panel, f"{relation.id}: {wording_in(relation.name, lang)}. {wording_in(relation.definition, lang)}")


def _region_choices(
    parent: Element,
    name: str,
    labels: tuple[Label, ...],
    lang: Language,
    *,
    tag: str,
    only: str | None = None,
    required: bool = True,
    place: Literal["choices_above", "choices_beside"] = "choices_beside",
) -> None:
    """Add one choice about the selected region, with its heading, above or beside the text.

    A region that lacks a required choice is not submitted: Label Studio selects it and shows the message. That is a
    fixed text, which cannot repeat the words; so it says where they are to be seen, and where to choose.

    `visibleWhen` stands on the Choices themselves: on a View around them, `required` would stop regions of every
    kind. The heading has a View of its own, which requires nothing. Pressed on a region of another kind, the key of a
    hidden choice still works; `whenLabelValue` keeps its result out of what is submitted, but takes one label alone,
    so for modality the validator has to find it.
    """
    if not labels:
        return
    shown = {"visibleWhen": "region-selected", "whenTagName": tag}
    if only is not None:
        shown["whenLabelValue"] = only
    say = words(lang)
    title = say[name]
    _heading(SubElement(parent, "View", shown), title)
    attributes = {"name": name, "toName": "text", "perRegion": "true"} | shown
    missing = say["missing_here"].format(name=title, kind=say[tag], place=say[place]) if required else None
    control = _single(parent, attributes, missing, inline=place == "choices_above")
    for label in labels:
        SubElement(control, "Choice", _described(label, lang, label.hotkey))


def _judgements(parent: Element, ontology: Ontology, lang: Language) -> None:
    """Add the judgements of the whole article, both towards the one topic."""
    article, say = ontology.article_stance, words(lang)
    topic = next(label for label in ontology.stance.topics if label.id == article.topic)
    heading = f"{say['article']}: {wording_in(topic.name, lang)}"
    _heading(parent, heading)
    for judgement in article.judgements:
        title = wording_in(judgement.name, lang)
        _line(parent, f"{title}: {wording_in(judgement.definition, lang)}")
        attributes = {"name": judgement.id, "toName": "text"}
        missing = say["missing_below"].format(name=title, heading=heading)
        control = _single(parent, attributes, missing, inline=True)
        for value in article.values:
            SubElement(control, "Choice", _described(value, lang, judgement.hotkeys.get(value.id)))


def _single(parent: Element, attributes: dict[str, str], missing: str | None, *, inline: bool) -> Element:
    """Add Choices of which one may be chosen, and must be if there is a message for when it is `missing`."""
    control = SubElement(parent, "Choices", attributes, choice="single-radio")
    control.set("showInline", "true" if inline else "false")
    if missing is not None:
        control.set("required", "true")
        control.set("requiredMessage", missing)
    return control


def _relations(ontology: Ontology, stage: Stage) -> tuple[Label, ...]:
    """Return the relations that a stage may draw, or has to show."""
    between_entities = tuple(relation for relation in ontology.relations if relation.source == "entity")
    if stage == "entities":
        return between_entities
    return ontology.roles + (between_entities if stage == "events" else ontology.relations)


def _described(label: Label, lang: Language, hotkey: str | None) -> dict[str, str]:
    """Return what a Label and a Choice have in common: the id stored, the name shown, the definition, the key."""
    name = wording_in(label.name, lang)
    hint = re.sub(r"`([^`]*)`", r"“\1”", wording_in(label.definition, lang))
    attributes = {"value": label.id, "html": escape(name, quote=False), "hint": f"{label.id}: {hint}"}
    return attributes | ({"hotkey": hotkey} if hotkey else {})


def _heading(parent: Element, text: str) -> None:
    SubElement(parent, "Header", value=text, size="5", style="font-size:13px;font-weight:600;margin:4px 0 0")


def _line(parent: Element, text: str) -> None:
    SubElement(parent, "Header", value=text, size="5", style="font-size:12px;font-weight:400;margin:2px 0")
