"""Make the page that Label Studio shows beside the text: what a stage is about, the short page, the rules in full.

The rules stand folded under the short page, so that an annotator reads them where the work is, and only those that
the stage needs. Label Studio keeps no other page: a link from one page to another is left as its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from vinese.core.files import read_text
from vinese.core.project import Project, packaged
from vinese.generate.label_config import Stage, controls
from vinese.generate.tables import words
from vinese.model.ontology import Language, Ontology

_FOLDER = ("annotations", "guidelines")
_KINDS: dict[Stage, tuple[str, ...]] = {
    "entities": ("entity_type",),
    "events": ("event_type", "modality"),
    "stance": ("stance_expression", "article_stance_judgement"),
    "all": ("entity_type", "event_type", "modality", "stance_expression", "article_stance_judgement"),
}
_PAGES: dict[Stage, tuple[str, ...]] = {
    "entities": ("1-text", "2-entities"),
    "events": ("1-text", "4-events"),
    "stance": ("1-text", "3-stance", "5-article-stance"),
    "all": ("1-text", "2-entities", "3-stance", "4-events", "5-article-stance"),
}
_BEFORE: dict[Stage, Stage] = {"events": "entities", "stance": "events"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def instruction(project: Project, ontology: Ontology, *, stage: Stage, lang: Language, adjudication: bool) -> str:
    """Return the page as HTML, for annotators or an adjudicator; empty if the project has no page to show."""
    short = project.path(*_FOLDER, f"{'adjudication' if adjudication else 'short'}.{lang}.md")
    parts = [_html(_parsed(short))] if short.is_file() else []
    # Pages of a project's own guidelines are never mixed with vinese's: their rules are others.
    place = project.own if project.own(*_FOLDER).is_dir() else packaged
    full = [place(*_FOLDER, f"{page}.{lang}.md") for page in _PAGES[stage]]
    parts += [_folded(path) for path in full if path.is_file()]
    if parts and not adjudication:
        parts.insert(0, _html(_MARKDOWN.parse(_about(ontology, stage, lang))))
    return "".join(parts)


def _about(ontology: Ontology, stage: Stage, lang: Language) -> str:
    """Return the line that says what a stage is about: its kinds of labels, and the relations that it adds."""
    say = words(lang)
    kinds = ", ".join(say[kind] for kind in _KINDS[stage] if ontology.lists()[kind])
    if stage == "all":
        return f"**{say['stage_all']}: {kinds}.**"
    relations = controls(ontology, stage)["relation"]
    if stage in _BEFORE:
        relations -= controls(ontology, _BEFORE[stage])["relation"]
    names = ", ".join(f"`{label.id}`" for label in (*ontology.roles, *ontology.relations) if label.id in relations)
    return f"**{say['stage']}: {kinds}{f' ({names})' if names else ''}.** {say['stage_rest']}"


def _folded(path: Path) -> str:
    """Return a page folded under its title, or under its file's name if it has none."""
    tokens = _parsed(path)
    title = path.name.split(".")[0]
    if [token.type for token in tokens[:1]] == ["heading_open"]:
        title, tokens = _html(tokens[1:2]), tokens[3:]
    return f"<details><summary>{title}</summary>\n{_html(tokens)}</details>\n"


def _parsed(path: Path) -> list[Token]:
    """Return what a page is made of, links and pictures that lead to files beside it as their words."""
    tokens = _MARKDOWN.parse(read_text(path))
    for token in tokens:
        if token.children:
            token.children = list(_without_links(token.children))
    return tokens


def _without_links(tokens: list[Token]) -> Iterator[Token]:
    dead = False
    for token in tokens:
        if token.type == "link_open":
            dead = not _leads_on(token.attrGet("href"))
        if token.type == "image" and not _leads_on(token.attrGet("src")):
            yield Token("text", "", 0, content=token.content)
        elif not (dead and token.type in {"link_open", "link_close"}):
            yield token


def _leads_on(address: str | float | None) -> bool:
    return str(address).startswith(("https:", "http:", "mailto:"))


def _html(tokens: list[Token]) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
