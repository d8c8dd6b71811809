"""Text from pages, annotators, tools and file names is shown as text: a test for each row of SECURITY.md."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import msgspec
import pytest
import yaml
from markdown_it import MarkdownIt
from rich.console import Console
from rich.table import Table

from support.page_data import read_page
from support.projects import add_layer, annotate, make_project
from vinese import cli
from vinese.core.files import record_bytes
from vinese.core.printable import plain, printable
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.convert import convert_file
from vinese.formats.labelstudio.write import document_to_task
from vinese.generate import label_config, tables
from vinese.model.ontology_file import load_ontology
from vinese.release.build import build
from vinese.render.article import render_article
from vinese.render.terminal import print_table, words_only
from vinese.studio.project import screen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ESCAPES = "\x1b[31m\x1b]0;owned\x07\x9b2J\u202e"
MARKS = (
    "</text></script><script>alert(1)</script><img src=x onerror=alert(1)> ![p](http://evil.example/p.png)"
    " [l](javascript:alert(1)) http://evil.example www.evil.example ```` | $x$ {{ 7 * 7 }} [red]r[/red] [/x]"
)
HOSTILE = f"# {MARKS}"
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose pages, annotators and makers say what they please."""
    project = make_project(tmp_path_factory.mktemp("hostile") / "project")
    documents = []
    for article in Articles(project.articles):
        metadata = msgspec.structs.replace(
            article.metadata, publisher=HOSTILE, title=HOSTILE, bylines=(HOSTILE,), captions=(HOSTILE,)
        )
        hostile = msgspec.structs.replace(article, metadata=metadata)
        (project.articles / f"{article.id}.json").write_bytes(record_bytes(hostile))
        document = annotate(hostile)
        notes = (f"Doubtful: {HOSTILE}",)
        documents.append(
            msgspec.structs.replace(document, provenance=msgspec.structs.replace(document.provenance, notes=notes))
        )
    tasks = [document_to_task(document, load_ontology(project)) for document in documents]
    project.export("trial").write_bytes(msgspec.json.encode(tasks))
    annotator = {"kind": "model", "description": HOSTILE, "model": {"name": HOSTILE}}
    layers = {"layers": {"trial": {"description": HOSTILE, "annotators": {"a1": annotator}}}}
    project.own("annotations", "layers.json").write_text(json.dumps(layers), encoding="utf-8")
    citation = {"title": HOSTILE, "authors": [{"name": HOSTILE}], "keywords": ["news"], "version": HOSTILE}
    (project.own() / "CITATION.cff").write_text(yaml.safe_dump(citation), encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def built(project: Project) -> Path:
    folder = project.own().parent / "built"
    report = build(project, folder)
    assert report.out is not None, report.issues
    return folder


def active(markdown: str) -> Iterator[str]:
    """Yield what a reader of Markdown makes of the hostile words that is not text or code."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        for part in (token, *(token.children or ())):
            shown = f"{part.attrs} {part.content if part.type.startswith('html') else ''}"
            if part.type in {"image", "link_open", "html_inline", "html_block"} and re.search(
                r"evil|alert|script", shown
            ):
                yield f"{part.type}: {shown}"
            if part.type == "text" and re.search(r"://evil|www\.evil", part.content):
                yield f"address: {part.content}"


def test_the_card_and_its_pages(built: Path) -> None:
    for path in built.rglob("*.md"):
        page = path.read_text(encoding="utf-8")
        _, _, body = (
            page.partition("\n---\n") if path.name == "README.md" and path.parent == built else ("", "", page)
        )
        assert list(active(body)) == [], path.name
        assert not BAD.search(page), path.name
    assert "evil.example" in (built / "docs" / "making.md").read_text(encoding="utf-8")
    assert "evil.example" in (built / "docs" / "quality.md").read_text(encoding="utf-8")


def test_the_example_rows(built: Path) -> None:
    card = (built / "README.md").read_text(encoding="utf-8")
    fences = [
        token for token in MarkdownIt("commonmark").parse(card) if token.type == "fence" and token.info == "text"
    ]
    assert len(fences) > 1
    for token in fences:
        assert not re.search(r"^\s*`{3,}\s*$", token.content, re.MULTILINE)


def test_the_yaml_of_the_card(built: Path) -> None:
    head = (built / "README.md").read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n")[0]
    assert yaml.safe_load(head)["pretty_name"] == HOSTILE


def test_croissant(built: Path) -> None:
    croissant = json.loads((built / "croissant.json").read_bytes())
    assert croissant["creator"][0]["name"] == HOSTILE


def test_the_figures(built: Path) -> None:
    for path in (built / "figures").glob("*.svg"):
        names = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
        assert names <= {
            "svg",
            "title",
            "desc",
            "rect",
            "text",
            "tspan",
            "g",
            "line",
            "path",
            "style",
            "polyline",
            "circle",
        }


class Elements(HTMLParser):
    """The elements of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def check_page(file: Path) -> None:
    page = read_page(file)
    assert page.articles
    elements = [element for part in (page.frame, *page.articles) for element in Elements(part).found]
    assert sum(tag == "script" for tag, _ in elements) == 1
    assert not any(tag in {"img", "iframe"} for tag, _ in elements)
    assert not any(
        name.startswith("on") or "javascript" in (value or "") for _, attrs in elements for name, value in attrs
    )
    assert "default-src 'none'" in page.frame


def test_the_page_of_agreement(project: Project, tmp_path: Path) -> None:
    add_layer(project, "other", skip=1)
    page = tmp_path / "page.html"
    assert cli.run(["agree", "trial", "other", "--html", str(page), "--project", str(project.own())]) in {0, 1}
    project.export("other").unlink()
    check_page(page)


def test_the_page_of_scores(project: Project, tmp_path: Path) -> None:
    system, page = tmp_path / "<script>alert(1)<b>.jsonl", tmp_path / "page.html"
    convert_file(project.export("trial"), str(system), project, report=lambda _: None)
    gold = str(project.export("trial"))
    assert cli.run(["score", "--gold", gold, str(system), "--html", str(page), "--project", str(project.own())]) in {
        0,
        1,
    }
    check_page(page)


def test_the_page_to_look_at_annotation(project: Project, tmp_path: Path) -> None:
    system = tmp_path / "<script>alert(1)<b>.jsonl"
    convert_file(project.export("trial"), str(system), project, report=lambda _: None)
    site = tmp_path / "site"
    assert cli.run(["browse", "trial", str(system), "--out", str(site), "--project", str(project.own())]) in {0, 1}
    check_page(site / "index.html")


def test_issues_at_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "export.json"
    task = {"data": {"text": "a", "article_id": ESCAPES + MARKS}, "annotations": [], ESCAPES: 1}
    file.write_text(json.dumps([task]), encoding="utf-8")
    assert cli.run(["validate", str(file)]) == 1
    assert not BAD.search(capsys.readouterr().out)


def test_messages_at_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["convert", str(tmp_path / f"{ESCAPES}.json")]) == 2
    err = capsys.readouterr().err
    assert "no such file" in err
    assert not BAD.search(err)


def test_no_verb_prints_words_as_they_are() -> None:
    styled = {"check.py", "common.py", "show.py", "__init__.py"}  # colours of ours, and what render_article makes
    folder = ROOT / "dataset" / "vinese" / "cli"
    bare = [path.name for path in folder.glob("*.py") if "click.echo(" in path.read_text(encoding="utf-8")]
    assert set(bare) <= styled


def test_tables_at_a_terminal() -> None:
    out = io.StringIO()
    table = Table(ESCAPES + MARKS)
    table.add_row(ESCAPES + MARKS)
    console = words_only(Console(file=out, width=400, force_terminal=True, markup=False, emoji=False))
    print_table(console, table)
    assert MARKS[-20:] in out.getvalue()
    assert not BAD.search(re.sub("\x1b\\[[0-9;]*m", "", out.getvalue()).replace("␛", ""))
    assert "\x1b]" not in out.getvalue()


def test_an_article_at_a_terminal(project: Project) -> None:
    document = annotate(next(iter(Articles(project.articles))))
    text = f"{document.text[:-10]}{ESCAPES[:10]}"
    shown = render_article(msgspec.structs.replace(document, text=text), load_ontology(project), width=80)
    assert printable(ESCAPES[:10])[:3] in shown
    assert not BAD.search(shown)


def test_json_at_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"{ESCAPES}.json"
    file.write_text("[]", encoding="utf-8")
    assert cli.run(["validate", "--json", str(file)]) == 0
    out = capsys.readouterr().out
    assert not BAD.search(out)
    assert str(file) in {issue["file"] for issue in json.loads(out)["issues"]}


def test_the_label_tables() -> None:
    ontology = load_ontology()
    label = msgspec.structs.replace(
        ontology.entities[0], definition=msgspec.structs.replace(ontology.entities[0].definition, en=MARKS)
    )
    page = tables.render(msgspec.structs.replace(ontology, entities=(label, *ontology.entities[1:])), "en")
    assert [found for found in active(page) if not found.startswith("address")] == []


def test_the_screen_of_label_studio(tmp_path: Path) -> None:
    project = Project(tmp_path)
    page = tmp_path / "annotations" / "guidelines" / "short.en.md"
    page.parent.mkdir(parents=True)
    page.write_text("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>", encoding="utf-8")
    shown = screen(project, stage="entities", lang="en")
    assert Elements(shown.instruction).found == [("p", []), ("strong", []), ("code", []), ("p", []), ("p", [])]
    ElementTree.fromstring(shown.config)


def test_a_label_in_the_label_config() -> None:
    ontology = load_ontology()
    label = ontology.entities[0]
    name = msgspec.structs.replace(label.name, en=f'"/><script>{MARKS}')
    config = label_config.render(
        msgspec.structs.replace(
            ontology, entities=(msgspec.structs.replace(label, name=name), *ontology.entities[1:])
        ),
        lang="en",
        stage="entities",
    )
    root = ElementTree.fromstring(config)
    assert not any(element.tag.lower() in {"script", "img"} for element in root.iter())
    assert "<script" not in "".join(element.get("html", "") for element in root.iter())


def test_every_row_of_the_table_names_a_test_here() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    tests = {name for name in globals() if name.startswith("test_")} - {
        "test_every_row_of_the_table_names_a_test_here"
    }
    assert named == tests


@pytest.mark.parametrize(
    "words", ["# a", "1. a", "- a", "> a", "---", "a_b", "0.1.0", "2026-01-01", "NATO (EU), 5 %"]
)
def test_words_are_read_as_they_were_written(words: str) -> None:
    shown = MarkdownIt("commonmark").render(plain(words))
    assert re.sub("<[^>]*>", "", shown).strip().replace("&gt;", ">") == words


def test_a_table_for_latex(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = tmp_path / r"\input{x}$&#^~%_.jsonl"
    convert_file(project.export("trial"), str(system), project, report=lambda _: None)
    gold = str(project.export("trial"))
    assert cli.run(["score", "--gold", gold, str(system), "--latex", "--project", str(project.own())]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.endswith(r"\\") and "input" in line]
    assert rows
    assert all(r"\textbackslash{}input\{x\}\$\&\#\textasciicircum{}\textasciitilde{}\%\_" in row for row in rows)
