"""Render what annotators see: the configuration from the ontology, the instruction page from the guidelines."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt

from vinese.compare.merged_task import DECIDE, OPEN
from vinese.core.errors import FileProblemError
from vinese.core.files import read_bytes
from vinese.core.project import Project
from vinese.formats.labelstudio.controls import TEXT
from vinese.generate.label_config import render
from vinese.model.ontology import Language
from vinese.model.ontology_file import load_ontology
from vinese.studio.project import Screen, Stage

_RED = "#e60000"
# Beside the text, after the choices of what is selected: the notes of all layers can be longer than the window.
_SUMMARY = "font-size:12px;font-weight:400;line-height:1.4;margin:4px 0;white-space:pre-line;overflow-wrap:anywhere"


def screen(project: Project, *, stage: Stage, lang: Language) -> Screen:
    """Return the screen of `project`'s ontology for one stage, in the language of the annotators."""
    config = render(load_ontology(project), lang=lang, stage=stage)
    return Screen(config=config, instruction=instruction(project, lang), stage=stage, lang=lang)


def adjudication_screen(project: Project, *, layers: tuple[str, ...], lang: Language) -> Screen:
    """Return the screen of an adjudicator: all stages, beside them what is to decide, and the label of the marks."""
    whole = screen(project, stage="all", lang=lang)
    root = ET.fromstring(whole.config)  # noqa: S314  # our own rendering
    summary = ET.Element("Header", value=f"${DECIDE}", size="5", style=_SUMMARY)
    marks = ET.Element("Labels", name=DECIDE, toName=TEXT, choice="single", showInline="true")
    ET.SubElement(marks, "Label", value=OPEN, background=_RED)
    after = next(number for number, child in enumerate(root) if child.get("value") == "$title") + 1
    root.insert(after, marks)
    side = next(child for child in root.iter("View") if child.get("className") == "vinese-side")
    side.append(summary)
    ET.indent(root)
    config = ET.tostring(root, encoding="unicode")
    page = instruction(project, lang, page="adjudication")
    return Screen(config=config, instruction=page, stage="all", lang=lang, adjudicates=layers)


def instruction(project: Project, lang: Language, *, page: str = "short") -> str:
    """Return the short guidelines, or another page, as HTML, empty if the project has none in this language."""
    path = project.path("annotations", "guidelines", f"{page}.{lang}.md")
    if not path.is_file():
        return ""

    try:
        return str(MarkdownIt("commonmark").enable("table").render(read_bytes(path).decode()))
    except UnicodeDecodeError as error:
        raise FileProblemError(f"{path} is not UTF-8: {error.reason}.", "Save it as UTF-8.") from error


def vocabulary(config: str) -> dict[str, frozenset[str]]:
    """Return the labels that each control of a configuration knows; those of relations stand under `relation`.

    A control without labels (a text area) is there with an empty set.
    """
    known: dict[str, frozenset[str]] = {}
    for element in ET.fromstring(config).iter():  # noqa: S314  # our own rendering, or one that Label Studio took
        if element.tag == "Relations":
            known["relation"] = _values(element)
        elif element.get("name") and element.get("toName"):
            known[element.attrib["name"]] = _values(element)
    return known


def _values(element: ET.Element) -> frozenset[str]:
    return frozenset(child.get("alias") or child.attrib["value"] for child in element.iter() if child.get("value"))
