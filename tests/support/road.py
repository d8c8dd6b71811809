"""Take one small article out to an annotator and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vinese.core.issues import Issue, has_errors
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.read import read_export
from vinese.formats.validate import validate_file
from vinese.ingest.run import ingest_files
from vinese.studio.pull import pull
from vinese.studio.push import push

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "Tin nóng 😀🇻🇳 từ Brussels\nTổng thư ký NATO kêu gọi EU hợp tác. Đức ủng hộ EU.\n"
ZONES = "file\tline\tzone\ntin.txt\t1\ttitle\ntin.txt\t2\tbody\n"


def small_project(folder: Path) -> Project:
    """Return a project with one small article, an emoji of one code point and a flag of two in its title."""
    project = Project(folder / "small")
    (folder / "small" / "annotations").mkdir(parents=True)
    page, zones = folder / "tin.txt", folder / "zones.tsv"
    page.write_text(PAGE, encoding="utf-8")
    zones.write_text(ZONES, encoding="utf-8")
    (outcome,) = ingest_files([page], project, zones=zones)
    assert outcome.issues == ()
    return project


class Road:
    """Take one article out to the annotator and back."""

    def __init__(self, server, project: Project, layer: str) -> None:
        self.server, self.project, self.layer = server, project, layer
        article = Articles(project.articles).find("tin")
        assert article is not None
        self.article, self.text = article, article.text

    def out(self, stage: str = "all", **more) -> int:
        pushed = push(self.layer, project=self.project, folder=self.server.folder, stage=stage, **more)
        assert pushed.issues == ()
        return pushed.project

    def task(self, number: int):
        with self.server.acting(self.server.admin) as client:
            (task,) = client.tasks.list(project=number, fields="all")
        return task

    def back(self, **more):
        """Pull; return the document, the issues, and the raw regions as the export has them."""
        assert not has_errors(pull(self.layer, project=self.project, folder=self.server.folder, **more).issues)
        path = self.project.exports / f"{self.layer}.json"
        found = list(validate_file(path, self.project))
        (document,) = [one for one in read_export(path, self.project) if not isinstance(one, Issue)]
        (task,) = json.loads(path.read_bytes())
        return document, found, task["annotations"][0]["result"]

    def place(self, label: str, words: str, after: str = "") -> tuple[str, int, int]:
        start = self.text.index(words, self.text.index(after))
        return label, start, start + len(words)


def errors(issues):
    return [(found.code, found.message) for found in issues if found.level == "error"]
