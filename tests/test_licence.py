"""A corpus is published under its own licence, or under none; never under vinese's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.projects import make_project
from vinese.card.corpus import load_about
from vinese.card.front_matter import breaches
from vinese.card.licence import Licence, load_licence
from vinese.cli import run
from vinese.core.errors import FileProblemError
from vinese.core.project import Project
from vinese.release.build import build

if TYPE_CHECKING:
    from pathlib import Path

CITATION = "cff-version: 1.2.0\nmessage: Cite it.\ntitle: My news\nauthors:\n- name: We\n"
TERMS = "# Rights\n\nThe annotations are in the public domain.\n"
PAGES = ("README.md", "data-statement.md", "datasheet.md")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a corpus of one's own that says nothing of rights."""
    return make_project(tmp_path_factory.mktemp("own") / "project", skip=3)


@pytest.fixture(autouse=True)
def clean(project: Project) -> None:
    for path in (project.own("annotations", "LICENSE.md"), project.own("CITATION.cff")):
        path.unlink(missing_ok=True)


def say(project: Project, terms: str | None = None, citation: str | None = None) -> Licence:
    """Make the project state its rights; return what is read of them."""
    if terms is not None:
        project.own("annotations", "LICENSE.md").write_text(terms, encoding="utf-8")
    if citation is not None:
        project.own("CITATION.cff").write_text(CITATION + citation, encoding="utf-8")
    return load_licence(project, load_about(project))


class Made:
    """Hold a build: its codes, and what card, statements and Croissant say."""

    def __init__(self, project: Project, out: Path) -> None:
        report = build(project, out)
        assert report.out is not None
        self.folder = out
        self.codes = {found.code: found for found in report.issues}
        self.pages = {name: (out / name).read_text(encoding="utf-8") for name in PAGES}
        self.yaml: dict[str, Any] = yaml.safe_load(self.pages["README.md"].split("---\n")[1])
        self.croissant = json.loads((out / "croissant.json").read_text(encoding="utf-8"))
        self.rights = self.pages["README.md"].split("\n## Rights\n")[1].split("\n## ")[0]

    def says(self, text: str) -> bool:
        return all(text in page for page in self.pages.values())

    def links(self) -> set[str]:
        """Return every file that a description leads to."""
        pages = "".join(self.pages.values()) + "".join(f"]({link})" for link in self.croissant["license"])
        return {link for link in re.findall(r"\]\(([^):#]+)(?:#[a-z]+)?\)", pages) if link}


def test_without_terms_of_its_own_a_corpus_grants_nothing(project: Project, tmp_path: Path) -> None:
    made = Made(project, tmp_path / "out")
    assert not (made.folder / "LICENSE.md").exists()
    assert "LICENSE.md" not in (made.folder / "SHA256SUMS").read_text(encoding="utf-8")
    assert made.yaml["license"] == "unknown"
    assert not {"license_name", "license_link"} & made.yaml.keys()
    assert "Annotations: no licence is stated, so no rights to them are granted." in made.rights
    assert made.says("no licence is stated, so no rights to them are granted")
    assert made.croissant["license"] == ["README.md#rights"]
    for text in (*made.pages.values(), json.dumps(made.croissant)):
        assert not re.search(r"CC.BY|creativecommons|LICENSE\.md", text)
    assert all((made.folder / link).is_file() for link in made.links())
    assert made.codes["license-missing"].level == "warning"
    assert "annotations/LICENSE.md" in made.codes["license-missing"].todo


def test_the_warning_is_printed_and_stops_nothing(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build", "--project", str(project.root), "--out", str(tmp_path / "out")]) == 0
    assert "license-missing" in capsys.readouterr().err


def test_terms_and_citation_of_its_own_are_published(project: Project, tmp_path: Path) -> None:
    say(project, TERMS, "license: CC0-1.0\n")
    made = Made(project, tmp_path / "out")
    assert (made.folder / "LICENSE.md").read_text(encoding="utf-8") == TERMS
    assert (made.yaml["license"], made.yaml["license_name"], made.yaml["license_link"]) == (
        "other",
        "annotations-cc0-1.0-texts-of-their-publishers",
        "LICENSE.md",
    )
    assert "The annotations are in the public domain." in made.rights
    assert "# Rights" not in made.rights
    assert made.says("CC0-1.0")
    assert made.croissant["license"] == ["LICENSE.md", "https://spdx.org/licenses/CC0-1.0"]
    assert all((made.folder / link).is_file() for link in made.links())
    assert "license-missing" not in made.codes


def test_terms_alone_are_enough(project: Project, tmp_path: Path) -> None:
    say(project, TERMS)
    made = Made(project, tmp_path / "out")
    assert made.yaml["license"] == "other"
    assert made.says("see LICENSE.md")
    assert made.croissant["license"] == ["LICENSE.md"]
    assert "license-missing" not in made.codes


def test_an_id_alone_is_enough(project: Project, tmp_path: Path) -> None:
    say(project, citation="license: ODbL-1.0\n")
    made = Made(project, tmp_path / "out")
    assert made.yaml["license_link"] == "https://spdx.org/licenses/ODbL-1.0"
    assert "licensed under [ODbL-1.0](https://spdx.org/licenses/ODbL-1.0)" in made.rights
    assert "remain the property of their owners" in made.rights
    assert made.says("ODbL-1.0")
    assert made.croissant["license"] == ["README.md#rights", "https://spdx.org/licenses/ODbL-1.0"]
    assert "license-missing" not in made.codes
    assert not (made.folder / "LICENSE.md").exists()


@pytest.mark.parametrize(
    ("citation", "name", "link", "said"),
    [
        ("license: [CC0-1.0, MIT]\n", "cc0-1.0-or-mit", "README.md", "`CC0-1.0 OR MIT`"),
        (
            "license-url: https://example.org/terms\n",
            "licensed",
            "https://example.org/terms",
            "(https://example.org/",
        ),
        ("license: LicenseRef-Nhà báo\n", "licenseref-nh-b-o", "README.md", "`LicenseRef-Nhà báo`"),
    ],
)
def test_whatever_a_citation_may_say_of_a_licence_the_hub_takes(
    project: Project, citation: str, name: str, link: str, said: str
) -> None:
    found = say(project, citation=citation)
    assert found.metadata()["license_name"] == f"annotations-{name}-texts-of-their-publishers"
    assert found.metadata()["license_link"] == link
    assert said in found.rights
    wrong = [one for one in breaches(yaml.safe_dump(found.metadata())) if "/license" in one]
    assert wrong == []


def test_the_hub_takes_that_nothing_is_known() -> None:
    nothing = Licence(text=None, id=None, url=None)
    assert not [one for one in breaches(yaml.safe_dump(nothing.metadata())) if "/license" in one]


@pytest.mark.parametrize(
    ("terms", "rights"),
    [
        ("All rights reserved.", "All rights reserved."),
        ("# All rights reserved", "# All rights reserved"),
        ("All rights\nreserved.\n", "All rights\nreserved."),
        ("# Terms\n\nNone.\n", "None."),
    ],
)
def test_only_a_title_is_left_out_of_the_terms(project: Project, terms: str, rights: str) -> None:
    assert say(project, terms).rights == rights


def test_an_empty_file_grants_nothing(project: Project) -> None:
    assert not say(project, " \n").stated


def test_terms_that_cannot_be_read_are_named(project: Project) -> None:
    project.own("annotations", "LICENSE.md").write_bytes("đã".encode("utf-16"))
    with pytest.raises(FileProblemError, match=r"LICENSE\.md is wrong: it is not UTF-8"):
        load_licence(project, load_about(project))


def test_vinese_s_own_corpus_keeps_its_licence() -> None:
    own = load_licence(Project(), load_about(Project()))
    assert own.metadata() == {
        "license": "other",
        "license_name": "annotations-cc-by-4.0-texts-of-their-publishers",
        "license_link": "LICENSE.md",
    }
    assert own.links == ["LICENSE.md", "https://spdx.org/licenses/CC-BY-4.0"]
    assert "Creative Commons Attribution 4.0" in own.rights
