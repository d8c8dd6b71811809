"""`vinese browse` writes a page that holds every item of every layer, and nothing that a browser would obey."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from support.documents import ENTITIES, EVENTS, TEXT, document, full, write
from support.page_data import Page, read_page
from vinese import cli
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.project import Project
from vinese.model.ontology_file import load_ontology
from vinese.render.browse import BrowseReport, browse
from vinese.score.errors import errors

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.model.records import Document


def site(folder: Path, **layers: list[Document]) -> tuple[BrowseReport, Page]:
    files = [write(folder, name, *documents) for name, documents in layers.items()]
    report = browse(files, folder / "site", Project())
    return report, read_page(folder / "site" / "index.html")


def counts(page: Page, layer: str) -> dict[str, int]:
    """Return how often each label stands in a layer by the page's index."""
    found: dict[str, int] = {}
    for article in page.index["articles"]:
        for key, number in article["facets"]:
            _, label, _, _, of = page.index["facets"][key]
            if of == layer:
                found[label] = found.get(label, 0) + number
    return found


def test_one_layer_is_shown_with_all_its_items(tmp_path: Path) -> None:
    report, page = site(tmp_path, a=[full(), full(key="two")])
    assert (report.articles, report.layers, report.disagreements, report.issues) == (2, ("a",), 0, ())
    annotated = full()
    items = [*annotated.entities, *annotated.events, *annotated.stances]
    for item in items:
        assert f'id="one/a/{item.id}"' in page.articles[0]
    assert sum(counts(page, "a").values()) == 2 * len(items)
    for line in TEXT.split("\n"):
        assert page.plain.count(line) == 2


def test_an_article_that_one_layer_lacks_is_shown_and_told(tmp_path: Path) -> None:
    report, page = site(tmp_path, a=[full(), full(key="two")], b=[full()])
    assert [article["id"] for article in page.index["articles"]] == ["one", "two"]
    assert [issue.code for issue in report.issues] == ["agree-article-missing"]
    assert 'data-layer="b"' in page.articles[0]
    assert 'data-layer="b"' not in page.articles[1]


def test_beside_gold_what_is_missing_was_missed_or_is_a_false_alarm(tmp_path: Path) -> None:
    gold = full()
    other = full(
        entities={**{key: value for key, value in ENTITIES.items() if key != "nato"}, "new": ("tên lửa", "WPN")}
    )
    report, page = site(tmp_path, other=[other], gold=[gold])
    assert (report.reference, report.layers) == ("gold", ("gold", "other"))
    kinds = {error for error, _, _ in page.index["articles"][0]["errors"]}
    assert {"entity:missed", "entity:false_alarm"} <= kinds
    assert not any("missing" in kind for kind in kinds)


def test_predictions_alone_stand_beside_gold_with_the_errors_that_the_score_lists(tmp_path: Path) -> None:
    project = Project()
    predictions = project.own("annotations", "predictions", "entities-gazetteer.jsonl")
    report = browse([predictions], tmp_path / "site", project)
    page = read_page(tmp_path / "site" / "index.html")
    assert report.layers == ("gold", "entities-gazetteer")
    listed = [error for article in errors(None, predictions, project=project) for error in article.errors]
    assert report.disagreements == sum(error.unit == "entity" for error in listed) > 0
    shown = {error for article in page.index["articles"] for error, _, _ in article["errors"]}
    assert {error.split(":")[0] for error in shown} == {
        "entity"
    }  # it predicts nothing else, and is wrong in nothing else


def test_every_label_and_word_is_named_in_both_languages(tmp_path: Path) -> None:
    _, page = site(tmp_path, a=[full()], b=[full(events={}, stances={})])
    ontology = load_ontology(Project())
    for label in (*ontology.entities, *ontology.events, *ontology.modalities, *ontology.stance.polarities):
        assert page.index["names"][label.id]["vi"] == [label.name.vi, label.definition.vi]
        assert page.index["names"][label.id]["en"] == [label.name.en, label.definition.en]
    parts = "".join([page.frame, *page.articles])
    assert set(re.findall(r'data-w="([^"]*)"', parts)) <= set(page.index["words"])
    assert set(re.findall(r'data-l="([^"]*)"', parts)) <= set(page.index["names"])
    assert all(set(word) == {"en", "vi"} for word in page.index["words"].values())
    for article in page.index["articles"]:
        for error, _, _ in article["errors"]:
            assert set(error.split(":")) <= set(page.index["words"])


def test_an_argument_that_differs_can_be_filtered_by_its_event(tmp_path: Path) -> None:
    fewer = {**EVENTS, "aid": (*EVENTS["aid"][:3], {"ACTOR": "eu2"})}
    a, b = full(), full(events=fewer)
    _, page = site(tmp_path, a=[a], b=[b])
    assert page.index["articles"][0]["errors"] == [["argument:missing", ["AID"], 1]]
    (line,) = re.findall(r'<li id="one/d1"[^>]*>', page.articles[0])
    assert 'data-k="AID"' in line
    assert 'data-e="argument:missing"' in line


def test_a_folder_of_somebody_else_is_not_replaced_and_one_of_ours_is(tmp_path: Path) -> None:
    file, out = write(tmp_path, "a", full()), tmp_path / "site"
    browse([file], out, Project())
    write(tmp_path, "a", document(key="one"))
    browse([file], out, Project())
    assert counts(read_page(out / "index.html"), "a") == {}
    (out / "mine.txt").write_text("mine")
    with pytest.raises(FileProblemError, match=r"mine\.txt"):
        browse([file], out, Project())
    assert (out / "mine.txt").read_text() == "mine"
    foreign = tmp_path / "other"
    foreign.mkdir()
    (foreign / "index.html").write_text("<p>mine</p>")
    with pytest.raises(FileProblemError, match=r"index\.html"):
        browse([file], foreign, Project())


def test_an_unknown_layer_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no layer"):
        browse(["nobody"], tmp_path / "site", Project())
    assert not (tmp_path / "site").exists()


def test_what_is_unsound_is_told_and_nothing_is_written_where_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(msgspec.json.encode(full())[:-30] + b"\n")
    assert cli.run(["browse", str(file), "--out", str(tmp_path / "site")]) == 1
    assert "Nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()
