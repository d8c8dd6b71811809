"""The card says how its labels came about and how far to trust them: all that the files say, and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import msgspec
import pytest

from support.described import described
from support.projects import add_gold, add_layer, annotate, make_independent, make_project, write_layer
from support.sample_document import document
from vinese.cli import run
from vinese.compare import saved
from vinese.core.errors import FileProblemError
from vinese.core.project import Project, packaged
from vinese.corpus.articles import Articles
from vinese.corpus.quality import Quality, load_quality
from vinese.model.ontology_file import load_ontology
from vinese.package.counts import LayerCounts
from vinese.release.build import BuildReport, build

if TYPE_CHECKING:
    from pathlib import Path

SECTION = "# How far to trust the labels"
QUALITY: dict[str, Any] = {
    "passes": [
        {
            "name": "completeness",
            "description": "names | all",
            "looked_at": 40,
            "changed": 3,
            "listed": ["`Nga`: a word"],
        },
        {"name": "consistency", "looked_at": 7, "changed": 0},
    ],
    "error_hunt": {"readers": 1, "findings": 9, "accepted": 6, "rejected": 3, "description": "One reader."},
}


def put(project: Project, name: str, content: Any) -> Path:
    path = project.own("annotations", name)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def describe(project: Project, kind: str) -> None:
    """Say that annotators of this kind made all layers."""
    layer = {"description": "Made for a test.", "annotators": {"a1": {"kind": kind}}}
    layers = dict.fromkeys(("first", "second", "gold"), layer)
    put(project, "layers.json", {"layers": layers, "independent": ["first", "second"]})


def card(project: Project, out: Path, layer: str | None = None) -> str:
    build(project, out, layer)
    return described(out)


def tables(section: str) -> list[list[str]]:
    """Return the rows of all tables, and find that each has as many cells as its head."""
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in section.splitlines()
        if line[:1] == "|"
    ]
    width = 0
    for number, row in enumerate(rows):
        if set("".join(row)) == {"-"}:
            width = len(rows[number - 1])
        assert (
            not width or len(row) == width or (number + 1 < len(rows) and set("".join(rows[number + 1])) == {"-"})
        ), row
    return rows


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    pytest.importorskip("krippendorff")
    project = make_independent(tmp_path_factory.mktemp("trust") / "project")
    describe(project, "model")
    add_gold(project)
    saved.save_agreement(project)
    put(project, "quality.json", QUALITY)
    return project


@pytest.fixture(scope="module")
def gold(project: Project, tmp_path_factory: pytest.TempPathFactory) -> str:
    return card(project, tmp_path_factory.mktemp("out") / "vinese")


@pytest.fixture(scope="module")
def section(gold: str) -> str:
    return gold.split(SECTION)[1].split("\n# ", maxsplit=1)[0]


def test_without_any_of_the_files_the_card_claims_nothing(tmp_path: Path) -> None:
    plain = card(make_project(tmp_path / "project"), tmp_path / "out")
    assert "## Agreement" not in plain
    assert "## Adjudication" not in plain
    assert "There is one annotation of each article" in plain
    assert "Error hunt" not in plain


def test_several_layers_without_saved_agreement_are_named_and_no_more(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    add_layer(project, "other")
    plain = card(project, tmp_path / "out", "trial")
    assert "## Agreement" not in plain
    assert "how far they agree is not said here; this dataset holds `trial`" in plain


def test_how_each_layer_was_made_stands_with_its_counts(gold: str) -> None:
    top = gold.split("\n## ", maxsplit=1)[0]
    assert "- Layer `gold`: Made for a test." in gold
    assert "No person has reviewed them." in top
    assert "`gold` (this dataset)" in top


def test_the_table_of_agreement_is_that_of_the_file(section: str, project: Project) -> None:
    kept = saved.load_saved(project)
    assert kept is not None
    (entities,) = [row for row in tables(section) if row[0] == "named mentions"]
    (score,) = [s for s in kept.pairs[0].scores if (s.measure, s.variant, s.label) == ("entities", "exact", None)]
    assert score.f1.value is not None
    assert score.f1.interval is not None
    assert entities[2:5] == [
        f"{score.a} / {score.b}",
        f"{100 * score.f1.value:.1f}",
        f"{100 * score.f1.interval.low:.1f} to {100 * score.f1.interval.high:.1f}",
    ]
    assert kept.notes
    assert all(note in section for note in kept.notes)
    assert "1000 resamples" in section


def test_notes_of_independent_layers_are_counted(tmp_path: Path) -> None:
    project = make_independent(tmp_path / "project")
    describe(project, "model")
    assert "Doubts noted" not in card(project, tmp_path / "without", "first")
    path = project.exports / "first.json"
    tasks = json.loads(path.read_bytes())
    note = {"value": {"text": ["A doubt.", "Another."]}, "id": "n", "from_name": "note", "to_name": "text"}
    tasks[0]["annotations"][0]["result"].append({**note, "type": "textarea"})
    path.write_text(json.dumps(tasks), encoding="utf-8")
    plain = card(project, tmp_path / "out", "first")
    (first,) = [row for row in tables(plain.split("## Left open by the rules")[1]) if row[0] == "`first`"]
    assert first[2] == "2"
    assert float(first[3]) == pytest.approx(200 / int(first[1]), abs=0.05)
    assert f"`first` {first[3]}" in plain.split("Doubts noted")[1].split("\n")[0]


def test_numbers_that_cannot_vary_are_no_certainty(section: str) -> None:
    assert "No alpha of outlet_stance: no variation" in section
    assert "An interval without width is no certainty" in section


def test_agreement_of_models_is_called_none_between_people(section: str) -> None:
    assert "`first`, `second`" in section
    assert "agreement between passes of one model is no agreement between\npeople" in section


def test_agreement_of_people_or_of_who_knows_whom_is_not_called_one_of_models(tmp_path: Path) -> None:
    pytest.importorskip("krippendorff")
    project = make_independent(tmp_path / "project")
    for number, kind in enumerate(("person", None)):
        if kind is not None:
            describe(project, kind)
        else:
            put(project, "layers.json", {"layers": {}, "independent": ["first", "second"]})
        saved.save_agreement(project)
        plain = card(project, tmp_path / str(number), "first")
        assert "## Agreement" in plain
        assert "Language models" not in plain


def test_how_much_the_guidelines_quote_is_measured(section: str, tmp_path: Path) -> None:
    assert "stand in runs of five or more syllables" not in section
    pytest.importorskip("krippendorff")
    project = make_independent(tmp_path / "project")
    for path in [*project.articles.glob("00[1-4]*.json")]:
        path.unlink()
    for layer in ("first", "second"):
        write_layer(project, layer, [annotate(article) for article in Articles(project.articles)])
    saved.save_agreement(project)
    page = project.own("annotations", "guidelines", "1-text.en.md")
    page.parent.mkdir()
    page.write_text(next(iter(Articles(project.articles))).text, encoding="utf-8")
    plain = card(project, tmp_path / "out", "first")
    assert "## Agreement" in plain
    share = re.search(r"Of the articles' code points ([0-9.]+)% stand in runs of five or more syllables", plain)
    assert share is not None
    assert float(share[1]) > 80


def test_the_adjudication_rate_is_that_of_the_layer(section: str) -> None:
    (row,) = [row for row in tables(section) if row[0] == "entity"]
    total = int(row[1])
    assert row[2:] == [
        f"{100 * (total - 10) / total:.1f}", f"{500 / total:.1f}", "0.0", f"{500 / total:.1f}", f"{1000 / total:.1f}",
    ]  # fmt: skip
    assert "`gold` was then decided from `first`, `second`" in section


def test_what_was_looked_over_is_told_with_its_counts(gold: str) -> None:
    section = gold.split("## Looked over again")[1].split("\n## ", maxsplit=1)[0]
    found = tables(section)
    assert ["completeness", "names \\| all", "40", "3", "1", "not recorded"] in found
    assert ["consistency", "", "7", "0", "0", "not recorded"] in found
    assert "- `Nga`: a word" in section
    said = " ".join(section.split())
    assert "Error hunt: 1 reader looked" in said
    assert "reported 9 findings, of which 6 were accepted and 3 rejected. One reader." in said


def test_a_layer_that_nobody_looked_over_borrows_nothing_from_gold(project: Project, tmp_path: Path) -> None:
    plain = card(project, tmp_path / "out", "first")
    assert "## Agreement" in plain
    assert "## Adjudication" not in plain
    assert "Error hunt" not in plain
    assert "`first` is one of the layers compared above" in plain


def test_agreement_of_other_layers_is_left_out_and_reported(tmp_path: Path) -> None:
    pytest.importorskip("krippendorff")
    project = make_independent(tmp_path / "project")
    saved.save_agreement(project)
    add_layer(project, "second", skip=1)
    report = build(project, tmp_path / "out", "first")
    (found,) = [one for one in report.issues if one.code == "agreement-stale"]
    assert "second" in found.message
    assert "vinese update agreement" in found.todo
    assert "## Agreement" not in described(tmp_path / "out")


def test_more_than_two_layers_are_pooled(tmp_path: Path) -> None:
    pytest.importorskip("krippendorff")
    project = make_independent(tmp_path / "project")
    add_layer(project, "third")
    put(project, "layers.json", {"layers": {}, "independent": ["first", "second", "third"]})
    saved.save_agreement(project)
    plain = card(project, tmp_path / "out", "first")
    assert "3 passes over the articles" in plain
    assert "all pairs are pooled" in plain
    (entities,) = [row for row in tables(plain.split(SECTION)[1].split("\n# ")[0]) if row[0] == "named mentions"]
    assert entities[2] == "3 pairs of layers"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"error_hunt": {"readers": 1, "findings": 9, "accepted": 6, "rejected": 2}},
            "of 9 findings 6 were accepted",
        ),
        ({"error_hunt": {"readers": 1, "findings": 9}}, "accepted"),
        ({"passes": [{"name": "x", "looked_at": -1, "changed": 0}]}, "looked_at"),
        ({"hunt": {}}, "hunt"),
    ],
)
def test_counts_that_cannot_be_are_refused(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    put(project, "quality.json", change)
    with pytest.raises(FileProblemError, match=words):
        load_quality(project)
    assert run(["build", "--project", str(project.root), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_the_schema_of_quality_describes_the_record() -> None:
    schema = json.loads(packaged("schema", "quality.schema.json").read_bytes())
    check = jsonschema.Draft202012Validator(schema)
    assert check.is_valid(QUALITY)
    read = msgspec.json.decode(msgspec.json.encode(msgspec.convert(QUALITY, Quality)))
    assert read["passes"][0] == QUALITY["passes"][0] | {"export_sha256": None}
    assert read["error_hunt"] == QUALITY["error_hunt"] | {"export_sha256": None}
    assert check.is_valid({"passes": [QUALITY["passes"][0] | {"export_sha256": "0" * 64}]})
    assert not check.is_valid({"passes": [QUALITY["passes"][0] | {"export_sha256": "0" * 63}]})
    assert not check.is_valid({"passes": [{"name": "x", "looked_at": -1, "changed": 0}]})
    assert not check.is_valid({"hunt": {}})
    own = Project().own("annotations", "quality.json")
    if own.exists():
        assert check.is_valid(json.loads(own.read_bytes()))
        assert load_quality(Project()) is not None


def test_labels_are_used_or_listed_as_unused() -> None:
    counted, ontology = LayerCounts(layer="x"), load_ontology()
    assert counted.unused(ontology)["stance_expression"] == ("STANCE",)
    counted.add(document())
    found = counted.unused(ontology)
    assert found["polarity"] == ("MIXED",)
    assert found["holder_kind"] == ("IMPLICIT",)
    assert found["article_stance_value"] == ("AGAINST",)
    assert "SUPPORT" not in found["event_type"]
    assert {"relation", "stance_expression", "article_stance_judgement"}.isdisjoint(found)
    for name, labels in found.items():
        used = set(counted.labels.get(name, {}))
        assert used | set(labels) == {label.id for label in ontology.lists()[name]}, name
        assert used.isdisjoint(labels)


def test_unused_labels_are_on_the_card_and_in_the_report(
    project: Project, gold: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build", "--project", str(project.root), "--out", str(tmp_path / "out"), "--json"]) == 0
    report = msgspec.convert(json.loads(capsys.readouterr().out)["result"], BuildReport)
    assert report.unused["polarity"] == ("AGAINST", "MIXED")
    assert "- Polarity: `AGAINST`, `MIXED`" in gold.split("## Unused labels")[1].split("\n## ", maxsplit=1)[0]
    assert run(["build", "--project", str(project.root), "--out", str(tmp_path / "out")]) == 0
    assert "polarity: AGAINST, MIXED" in capsys.readouterr().out
