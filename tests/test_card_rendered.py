"""The committed card is the one that a build makes; it is sound for any corpus, and so are YAML and figures."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
import yaml

from support.kept import check_card, rendered
from support.projects import add_gold, make_independent, make_project
from vinese.card.corpus import SECTIONS, doubts, load_about, load_sections
from vinese.card.figures import BINS, bin_width
from vinese.card.front_matter import breaches, check_yaml
from vinese.card.guidelines import cited, pages
from vinese.card.paragraph import GAP, TAG, Example, paragraph
from vinese.card.statistics import Facts
from vinese.card.svg import WIDTH
from vinese.cli import run
from vinese.core.errors import FileProblemError
from vinese.core.project import Project, packaged
from vinese.corpus.layers import Model, load_layers
from vinese.model.ontology_file import load_ontology
from vinese.release.check import update
from vinese.render.spans import Mark

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT_HEADINGS, DATASHEET_AREAS = 15, 7
SECTIONS_OF_THE_CARD = (
    "## Configs",
    "## Load it",
    "## Evaluate it",
    "## Labels",
    "## Limits",
    "## Rights",
    "## Citation",
)
WORDS, LINES = 2000, 400
DOCS = ("agreement", "baselines", "columns", "labels", "making", "predictions", "quality")
PAGES_BESIDE = tuple(f"docs/{name}.md" for name in DOCS)
RULE = re.compile(r"\b[TESVA][0-9]{1,2}\b")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return vinese's own card, rendered."""
    out = tmp_path_factory.mktemp("own") / "rendered"
    rendered(Project(), out)
    return out


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project that has no files about itself."""
    return make_project(tmp_path_factory.mktemp("foreign") / "project")


def read(folder: Path, name: str = "README.md") -> str:
    return (folder / name).read_text(encoding="utf-8")


def test_the_card_has_its_sections_in_order_and_no_others(own: Path) -> None:
    assert tuple(re.findall(r"^## .+$", read(own), re.MULTILINE)) == SECTIONS_OF_THE_CARD


def test_the_card_is_read_in_five_minutes(own: Path, own_build: Path) -> None:
    assert len(read(own).split()) <= WORDS
    head = (own_build / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    assert len(head.splitlines()) <= LINES


def test_no_rule_is_named_by_its_number_without_its_words(own: Path) -> None:
    assert not RULE.findall(read(own))
    rules = set(cited(pages(Project()), "".join(f"{letter}{number} " for letter in "TESVA" for number in range(99))))
    assert len(rules) > 20
    for name in ("README.md", "data-statement.md", "datasheet.md", *PAGES_BESIDE):
        text = read(own, name)
        assert {one for one in RULE.findall(text) if one in rules} <= set(
            re.findall(r"^- \*\*(\w+):\*\* ", text, re.M)
        )


def test_statement_and_datasheet_have_all_their_parts(own: Path) -> None:
    assert re.findall(r"^## ([0-9]+)\.", read(own, "data-statement.md"), re.MULTILINE) == [
        str(number + 1) for number in range(STATEMENT_HEADINGS)
    ]
    assert len(re.findall(r"^## ", read(own, "datasheet.md"), re.MULTILINE)) == DATASHEET_AREAS


def test_the_card_opens_with_what_the_labels_are_and_what_nobody_checked(own: Path) -> None:
    top = read(own).split("\n## ")[0]
    assert re.findall(r"^> \*\*(.+?)\.\*\* \S", top, re.MULTILINE) == [
        "What the labels are",
        "Who made them",
        "What was not checked",
        "Licence",
    ]
    makers = load_layers(Project()).layers["gold"].annotators.values()
    models = [one.model.in_words() for one in makers if isinstance(one.model, Model)]
    assert models
    assert all(f"Model: {model}." in top for model in models)


def test_events_are_counted_by_type_and_modality(own: Path, own_build: Path) -> None:
    table = read(own, "docs/labels.md").split("## Events by type and modality")[1].split("\n## ")[0]
    head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line]
    counts = Counter(
        (event["type"], event["modality"])
        for row in pq.read_table(own_build / "data/articles/test-00000-of-00001.parquet").to_pylist()
        for event in row["events"]
    )
    shown = {(row[0], name): int(cell) for row in rows for name, cell in zip(head[1:-1], row[1:-1], strict=True)}
    assert {key: number for key, number in shown.items() if number} == counts
    assert sum(int(row[-1]) for row in rows) == counts.total()


def test_rulings_in_doubt_are_found_in_both_forms_of_a_log(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    log = project.own("annotations", "guidelines", "decisions.md")
    log.parent.mkdir(exist_ok=True)
    log.write_text(
        "1. **A question?** Yes. Doubted: why.\n- **R2. Another.** (a) No. Doubted: how.\n- **R3. Sure.** Yes.\n",
        encoding="utf-8",
    )
    assert [(one["number"], one["question"], one["doubt"]) for one in doubts(project)] == [
        ("1", "A question?", "why."),
        ("R2", "Another.", "how."),
    ]


def test_no_table_is_torn_apart(own: Path) -> None:
    for page in own.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r"^\|(?:-+\|)+$\n(?!\|)", text, re.MULTILINE), page
        assert not re.findall(r"^\|.*[^|\s] *$", text, re.MULTILINE), page


def test_what_the_project_says_of_itself_is_quoted(own: Path) -> None:
    card = "\n".join(read(own, name) for name in ("README.md", *PAGES_BESIDE))
    said = load_sections(Project())
    assert all(said.values())
    for name in ("rationale", "sources", "speakers", "biases", "known errors"):
        assert said[name] in card, name
    found = doubts(Project())
    assert found
    assert all(f"Ruling {one['number']}, {one['question']}" in card for one in found)
    about = load_about(Project())
    assert about.bibtex
    assert about.bibtex in card


def test_links_lead_to_files_that_a_build_makes(own: Path) -> None:
    pages = Project().own("annotations", "guidelines").glob("*.md")
    others = {"LICENSE.md", "croissant.json", *(f"guidelines/{page.name}" for page in pages)}
    for name in ("README.md", "data-statement.md", "datasheet.md", *PAGES_BESIDE):
        for link, place in re.findall(r"\]\(([^)#:]+)(?:#([^)]+))?\)", read(own, name)):
            path = (own / name).parent / link
            assert path.resolve().relative_to(own.resolve()).as_posix() in others or path.is_file(), (name, link)
            if place:
                titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
                assert place in {title.lower().replace(" ", "-") for title in titles}, place


@pytest.mark.parametrize("name", ["README.md", "data-statement.md", "datasheet.md", *PAGES_BESIDE])
def test_a_corpus_that_says_nothing_of_itself_borrows_nothing(foreign: Project, tmp_path: Path, name: str) -> None:
    rendered(foreign, tmp_path / "out")
    text = re.sub("None (?=of the others|for CONSULT)", "", read(tmp_path / "out", name))  # words of definitions
    for sign in ("{{", "{%", "NATO, the European Union", "The vinese maintainers", "None", "Undefined", "0.1.0"):
        assert sign not in text.split("## Labels")[0], sign
    assert "not state" in text or name in {
        "docs/agreement.md",
        "docs/columns.md",
        "docs/labels.md",
        "docs/quality.md",
        "docs/predictions.md",
        "docs/baselines.md",
    }


def test_an_unknown_section_is_named(foreign: Project) -> None:
    path = foreign.own("card", "corpus.md")
    path.parent.mkdir(exist_ok=True)
    path.write_text("## rational\n\nBecause.\n", encoding="utf-8")
    try:
        with pytest.raises(FileProblemError, match="'rational'"):
            load_sections(foreign)
    finally:
        path.unlink()
    assert load_sections(foreign) == dict.fromkeys(SECTIONS, "")


@pytest.mark.parametrize("content", ["- a\n", "title: [", "version: 1\n"])
def test_a_citation_that_is_none_is_named(foreign: Project, content: str) -> None:
    path = foreign.own("CITATION.cff")
    path.write_text(content, encoding="utf-8")
    try:
        with pytest.raises(FileProblemError, match=r"CITATION\.cff"):
            load_about(foreign)
    finally:
        path.unlink()


def test_the_committed_card_is_what_a_build_says() -> None:
    assert check_card(Project()) == []


def test_a_card_is_rendered_checked_and_found_stale(foreign: Project, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--project", str(foreign.root)]
    assert run(["check", "card", *options]) == 1
    assert "card-stale" in capsys.readouterr().err
    assert run(["update", "card", *options]) == 0
    assert run(["check", "card", *options]) == 0
    folder = foreign.own("card", "rendered")
    (folder / "datasheet.md").write_text("changed", encoding="utf-8")
    (folder / "figures" / "old.svg").write_text("", encoding="utf-8")
    (folder / "figures" / "labels.svg").unlink()
    found = check_card(foreign)
    assert {issue.code for issue in found} == {"card-stale"}
    assert ["stale" in found[0].message, "missing" in found[1].message, "left over" in found[2].message] == [True] * 3
    assert run(["update", "card", *options]) == 0
    assert check_card(foreign) == []


def test_a_template_without_yaml_makes_a_card_without_yaml(foreign: Project) -> None:
    template = foreign.own("card", "README.md.jinja")
    template.parent.mkdir(exist_ok=True)
    template.write_text("Words.\n", encoding="utf-8")
    assert run(["update", "card", "--project", str(foreign.root)]) == 0
    assert foreign.own("card", "rendered", "README.md").read_text(encoding="utf-8") == "Words.\n"


def test_a_folder_that_holds_other_things_is_left_alone(foreign: Project, tmp_path: Path) -> None:
    (tmp_path / "thesis.md").write_text("mine", encoding="utf-8")
    with pytest.raises(FileProblemError, match="did not render"):
        rendered(foreign, tmp_path)
    assert read(tmp_path, "thesis.md") == "mine"


def test_errors_in_the_data_forbid_a_card(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (project.exports / "trial.json").write_text('[{"id": 1}]', encoding="utf-8")
    issues = update("card", project=project).issues
    assert issues
    assert check_card(project) == list(issues)
    assert not project.own("card").exists()


def good() -> dict[str, object]:
    return {
        "pretty_name": "x",
        "language": ["vi"],
        "license": "cc-by-4.0",
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "size_categories": ["n<1K"],
        "source_datasets": ["original"],
        "task_categories": ["token-classification"],
        "configs": [{"config_name": "a", "data_files": [{"split": "test", "path": "data/a/test-*.parquet"}]}],
        "dataset_info": [
            {
                "config_name": "a",
                "splits": [{"name": "test", "num_bytes": 1, "num_examples": 1}],
                "download_size": 1,
                "dataset_size": 1,
            }
        ],
    }


def test_yaml_that_the_hub_takes_has_no_breach() -> None:
    check_yaml(yaml.safe_dump(good()))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"language": [False]}, "/language/0"),
        ({"license": "cc-by"}, "/license"),
        ({"license": "other"}, "license_name"),
        ({"task_ids": ["relation-extraction"]}, "/task_ids/0"),
        ({"task_categories": ["ner"]}, "/task_categories/0"),
        ({"size_categories": ["5"]}, "/size_categories/0"),
        ({"annotations_creators": ["robots"]}, "/annotations_creators/0"),
        ({"multilinguality": ["one"]}, "/multilinguality/0"),
        ({"dataset_info": []}, "/dataset_info"),
        ({"language_details": "vi-VN"}, "/language_details"),
        ({"sizes": 1}, "sizes"),
    ],
)
def test_yaml_that_the_hub_does_not_take_is_named(change: dict[str, object], says: str) -> None:
    assert any(says in found for found in breaches(yaml.safe_dump(good() | change)))
    with pytest.raises(FileProblemError, match="not what the Hub takes"):
        check_yaml(yaml.safe_dump(good() | change))


def test_an_unquoted_no_is_no_language() -> None:
    assert any("/language/0" in found for found in breaches("language:\n- no\n"))


def test_figures_are_sound_and_bring_their_own_background(own: Path) -> None:
    names = {path.stem for path in (own / "figures").iterdir()}
    assert names == {"labels", "lengths", "agreement", "paragraph"}
    for path in (own / "figures").iterdir():
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert root.find("{*}title") is not None
        assert root.find("{*}rect").get("class") == "paper"  # type: ignore[union-attr]
        assert "prefers-color-scheme: dark" in path.read_text(encoding="utf-8")


def test_without_agreement_there_is_no_figure_of_it(tmp_path: Path) -> None:
    project = make_independent(tmp_path / "project")
    add_gold(project)
    rendered(project, tmp_path / "out")
    assert not (tmp_path / "out" / "figures" / "agreement.svg").exists()
    assert "figures/agreement.svg" not in read(tmp_path / "out")


def drawn(own: Path, name: str) -> list[ElementTree.Element]:
    """Return the texts of a figure."""
    return ElementTree.fromstring(read(own / "figures", f"{name}.svg")).findall("{*}text")


def test_agreement_is_drawn_in_the_ontologys_order_and_says_what_its_figures_are(own: Path) -> None:
    said = [one.text or "" for one in drawn(own, "agreement")]
    order = load_ontology().lists()["event_type"]
    places = [said.index(label.id) for label in order if label.id in said]
    assert len(places) > 3
    assert places == sorted(places)
    assert any("F1 in percent" in one and "95% interval" in one for one in said)
    assert "At the right: how many items each layer has, annotator-1 / annotator-2." in said


def test_the_paragraph_shows_an_event_with_arguments_and_a_stance_with_both_ends(own: Path) -> None:
    said = [one.text or "" for one in drawn(own, "paragraph")]
    assert any(one.startswith("Event: ") for one in said)
    assert any(one.startswith("Stance: ") for one in said)
    assert {"trigger", "ACTOR", "expression", "holder", "target"} <= set(said)


def test_labels_never_run_together(own: Path) -> None:
    tags = [
        (float(one.get("x", "")), float(one.get("y", "")), len(one.text or ""))
        for one in drawn(own, "paragraph")
        if "tag" in (one.get("class") or "")
    ]
    assert len(tags) > 5
    for x, y, size in tags:
        assert x + TAG * size <= WIDTH
        assert not any(y == other and x < left < x + TAG * size + GAP for left, other, _ in tags)


def test_marks_never_lie_on_one_another() -> None:
    text = "Tổng thư ký NATO và EU " * 6
    marks = tuple(
        Mark(start, end, "entity", "ROLE", "#123456") for start, end in ((0, 16), (12, 16), (19, 21), (40, 100))
    )
    root = ElementTree.fromstring(paragraph(Example("a", text.strip(), marks)))
    bars = [
        tuple(float(bar.get(name, "")) for name in ("x", "y", "width"))
        for bar in root.findall("{*}rect")
        if bar.get("fill")
    ]
    assert len(bars) > len(marks)
    for number, (x, y, width) in enumerate(bars):
        assert all(y != other[1] or x + width <= other[0] or other[0] + other[2] <= x for other in bars[number + 1 :])


@pytest.mark.parametrize("longest", [1, 19, 20, 77, 999, 123_456])
def test_histograms_have_no_more_bars_than_fit(longest: int) -> None:
    assert longest // bin_width(longest) < BINS


def test_facts_are_those_of_the_articles() -> None:
    facts = Facts()
    row = dict.fromkeys(("title", "published", "publisher", "url", "bylines", "captions", "credits"))
    places = [{"start": 0, "end": 7}, {"start": 8, "end": 12}]
    note = {"annotated_at": "2026-01-02T03:04:05Z", "tool": "t", "tool_version": "1", "notes": ["Doubtful.", "Sure."]}
    for day, publisher in (("2024-05-06T00:00:00Z", "P"), (None, None), ("2023-01-01", "P")):
        stated = {
            "published_at": day,
            "publisher": publisher,
            "language": "vi",
            "provenance": note,
            "article_id": "a",
        }
        facts.add({**row, **stated, "text": "một hai ba b", "sentences": places})
    assert (facts.articles, facts.sentences, facts.syllables, facts.characters) == (3, 6, 12, 36)
    assert facts.stated["publisher"] == 2
    assert facts.publishers == {"P": 2}
    assert facts.published == ("2023-01-01", "2024-05-06")
    assert facts.annotated == ("2026-01-02", "2026-01-02")
    assert facts.doubtful == ["a: Doubtful."] * 3


def test_the_wheel_or_checkout_brings_what_to_cite() -> None:
    assert packaged("CITATION.cff").is_file()
