"""Render what annotators see: the configuration from the ontology, the instruction page from the guidelines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from vinese.errors import FileProblemError
from vinese.files import read_bytes
from vinese.ontology import load_ontology
from vinese.studio.project import Screen

if TYPE_CHECKING:
    from vinese.ontology import Language
    from vinese.resources import Project
    from vinese.studio.project import Stage


def screen(project: Project, *, stage: Stage, lang: Language) -> Screen:
    """Return the screen of `project`'s ontology for one stage, in the language of the annotators."""
    from vinese.generate.label_config import render  # noqa: PLC0415

    config = render(load_ontology(project), lang=lang, stage=stage)
    return Screen(config=config, instruction=instruction(project, lang), stage=stage, lang=lang)


def instruction(project: Project, lang: Language) -> str:
    """Return the short guidelines as HTML, empty if the project has none in this language."""
    path = project.path("annotations", "guidelines", f"short.{lang}.md")
    if not path.is_file():
        return ""
    from markdown_it import MarkdownIt  # noqa: PLC0415

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
