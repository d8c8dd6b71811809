"""The card leads to where dataset, code, issues and guidelines are, and claims no address that nobody stated."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from support.described import described
from support.kept import check_card
from support.projects import make_project
from vinese.card.corpus import load_about
from vinese.card.guidelines import Quoted
from vinese.cli import run
from vinese.core.errors import FileProblemError
from vinese.core.project import Project
from vinese.hub.standoff import standoff
from vinese.package.folder import CHECKSUMS, read_build
from vinese.release.build import build
from vinese.release.check import update

if TYPE_CHECKING:
    from pathlib import Path

CFF = 'cff-version: 1.2.0\ntitle: "trial: a trial"\nversion: 1.2.3\nauthors:\n  - name: Somebody\n'
HUB = "https://huggingface.co/datasets/some-org/a.name_1"
CODE = "https://example.org/some-org/code"


def made(folder: Path, cff: str, guidelines: dict[str, str] | None = None) -> tuple[Path, str, dict[str, Any]]:
    """Return a built folder with its card and its Croissant."""
    project = make_project(folder / "project")
    project.own("CITATION.cff").write_text(cff, encoding="utf-8")
    for name, text in (guidelines or {}).items():
        path = project.own("annotations", "guidelines", name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    out = folder / "out"
    assert build(project, out).out
    card = described(out).split("\n---\n", 1)[1]
    return out, card, json.loads((out / "croissant.json").read_bytes())


def test_a_dataset_on_the_hub_is_loaded_by_name_and_tag(tmp_path: Path) -> None:
    _, card, croissant = made(tmp_path, f"{CFF}url: {HUB}/\nrepository-code: {CODE}\n")
    line = 'load_dataset("some-org/a.name_1", "entities", split="test", revision="v1.2.3")'
    assert line in card
    assert "/path/to" not in card
    assert f"  url = {{{HUB}}}\n" in card
    assert f"(Version 1.2.3) [Data set]. {HUB}" in card
    assert croissant["url"] == HUB
    assert HUB in croissant["citeAs"]
    assert f"[{CODE}]({CODE}), [issues]({CODE}/issues)." in card
    removal = card.split("Where to ask for removal:")[1].split("\n\n")[0]
    assert f"]({HUB})" in removal
    assert f"]({CODE}/issues)" in removal


def test_without_an_address_the_card_shows_a_path_and_claims_none(tmp_path: Path) -> None:
    _, card, croissant = made(tmp_path, CFF)
    assert 'folder = "/path/to/this/folder"' in card
    assert 'load_dataset(folder, "entities", split="test")' in card
    assert '`"ORG/NAME"` and `revision="vX.Y.Z"` stand for the path' in card
    assert croissant["url"] == "README.md"
    assert "url = " not in card
    assert "Code and issues: no public address yet." in card
    assert "once the dataset is on the Hub" in card
    assert "tracker" not in card


def test_an_address_that_is_not_the_hubs_is_cited_and_not_loaded_from(tmp_path: Path) -> None:
    address = "https://example.org/datasets/some-org/name"
    _, card, croissant = made(tmp_path, f"{CFF}url: {address}\n")
    assert "/path/to/this/folder" in card
    assert f"  url = {{{address}}}\n" in card
    assert croissant["url"] == address


@pytest.mark.parametrize("said", ["example.org/x", "'https://example.org/a b'", "'https://example.org/x)](y'", "1"])
def test_what_is_no_web_address_is_named(said: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.own("CITATION.cff").write_text(f"{CFF}url: {said}\n", encoding="utf-8")
    with pytest.raises(FileProblemError, match=r"the url .* no web address"):
        load_about(project)


def test_vineses_own_citation_invents_no_address() -> None:
    about = load_about(Project())
    assert about.hub is None or about.url
    assert (about.code is None) == (about.issues is None)


def test_guidelines_travel_with_the_data(tmp_path: Path) -> None:
    pages = {
        "README.md": "# All\n\n[rules](rules.en.md), [log](decisions.md#x), [screen](screens/a.png), "
        "[deploy](../D.md), ![picture](screens/b.png), [web](https://example.org/a)\n",
        "rules.en.md": "# Rules\n",
        "decisions.md": "# Log\n",
    }
    out, card, _ = made(tmp_path, CFF, pages)
    assert {path.name for path in (out / "guidelines").iterdir()} == set(pages)
    copied = (out / "guidelines/README.md").read_text(encoding="utf-8")
    assert "[rules](rules.en.md), [log](decisions.md#x), screen, deploy, " in copied
    assert "deploy, picture, [web](https://example.org/a)" in copied
    for link in re.findall(r"\]\((guidelines/[^)]+)\)", card):
        assert (out / link).is_file()
    assert "](guidelines/README.md)" in card
    assert "](guidelines/decisions.md)" in card
    assert {f"guidelines/{name}" for name in pages} <= set(read_build(out).files)
    assert all(f"  guidelines/{name}\n" in (out / CHECKSUMS).read_text(encoding="utf-8") for name in pages)


def test_every_link_in_vineses_own_guidelines_leads_somewhere_in_the_build(own_build: Path) -> None:
    copied = sorted((own_build / "guidelines").iterdir())
    assert {path.suffix for path in copied} == {".md"}
    assert {"decisions.md", "2-entities.en.md", "2-entities.vi.md"} <= {path.name for path in copied}
    for path in copied:
        for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            assert "://" in link or (path.parent / link).is_file(), (path.name, link)


def test_without_guidelines_none_are_claimed(tmp_path: Path) -> None:
    out, card, _ = made(tmp_path, CFF)
    assert not (out / "guidelines").exists()
    assert "The project brings no guidelines of its own." in card
    assert "](guidelines" not in card
    assert "](../guidelines" not in card


def test_a_changed_guideline_is_seen_in_a_folder_that_was_built_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _, _ = made(tmp_path, CFF, {"rules.md": "# Rules\n"})
    project = Project(tmp_path / "project")
    assert run(["update", "checksums", "--project", str(project.root)]) == 0
    assert run(["check", "checksums", "--project", str(project.root), "--built", str(out)]) == 0
    project.own("annotations", "guidelines", "rules.md").write_text("# Other\n", encoding="utf-8")
    capsys.readouterr()
    assert run(["check", "checksums", "--project", str(project.root), "--built", str(out)]) == 1
    assert "guidelines/rules.md" in capsys.readouterr().err


def test_a_changed_link_to_guidelines_makes_the_committed_card_stale(tmp_path: Path) -> None:
    made(tmp_path, CFF, {"rules.md": "# Rules\n"})
    project = Project(tmp_path / "project")
    assert update("card", project=project).issues == ()
    assert check_card(project) == []
    project.own("annotations", "guidelines", "rules.md").rename(project.own("annotations", "guidelines", "new.md"))
    assert "card-stale" in {one.code for one in check_card(project)}


def test_a_copy_without_the_text_quotes_nothing_in_its_guidelines(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    article = json.loads(min(project.articles.glob("*.json")).read_bytes())
    quote = article["text"][10:80].strip()
    folder = project.own("annotations", "guidelines")
    folder.mkdir()
    (folder / "rules.md").write_text(f"Mark `{quote}`.\n", encoding="utf-8")
    build(project, tmp_path / "out")
    assert quote in (tmp_path / "out/guidelines/rules.md").read_text(encoding="utf-8")
    assert standoff(tmp_path / "out", tmp_path / "bare") == ()
    assert (tmp_path / "bare/guidelines/rules.md").read_text(encoding="utf-8") == "Mark `[…]`.\n"


def quoted(pages: dict[str, str], rows: list[dict[str, Any]]) -> int:
    count = Quoted(pages)
    for row in rows:
        count.add(row)
    return count.number


def test_quotes_are_counted_by_article() -> None:
    rows = [{"article_id": "a", "text": "x" * 25 + " one"}, {"article_id": "b", "text": "y" * 19}]
    assert quoted({}, rows) == 0
    assert quoted({"p": "x" * 20 + "y" * 19}, rows) == 1


def test_one_statement_says_how_much_the_guidelines_quote(own_build: Path) -> None:
    card = (own_build / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"guidelines (?:and their log )?(?:quote|take|rule)", card)) == 1
    assert "The guidelines and their log quote all 5 articles" in card


def test_a_removal_is_promised_in_the_same_way_everywhere(own_build: Path) -> None:
    plan = json.loads((own_build / "croissant.json").read_bytes())["rai:dataReleaseMaintenancePlan"]
    pages = [(own_build / name).read_text(encoding="utf-8") for name in ("README.md", "datasheet.md", "LICENSE.md")]
    for text in (plan, *pages):
        plain = " ".join(text.split())
        for part in ("the one exception", "squashed", "Copies that readers", "cannot be called back"):
            assert part.lower() in plain.lower(), part
        assert "never moved" not in plain
