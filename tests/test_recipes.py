"""The recipes of CONTRIBUTING.md, done on a copy: an entity type, a check, a config, a verb."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from vinese.core.project import Project, packaged
from vinese.formats.validate import validate_file
from vinese.generate.registry import stale_files, update_files
from vinese.model.ontology_file import load_ontology
from vinese.model.ontology_rules import RESERVED_KEYS, hotkeys
from vinese.release.build import build

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]


def edit_json(path: Path, change: Callable[[Any], object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def edit(path: Path, before: str, after: str) -> None:
    """Replace what stands once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, (path.name, before, text.count(before))
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def project(sample: tuple[Project, Path], tmp_path: Path) -> Project:
    """A copy of a project with one layer."""
    assert sample[0].root is not None
    shutil.copytree(sample[0].root, tmp_path / "project")
    return Project(tmp_path / "project")


class Checkout:
    """A copy of what a contributor edits: the package and the files that it reads, around a project with a layer."""

    def __init__(self, root: Path, project: Project) -> None:
        self.root, self.package = root, root / "dataset" / "vinese"
        assert project.root is not None
        shutil.copytree(project.root, root)
        shutil.copytree(ROOT / "dataset" / "vinese", self.package, ignore=shutil.ignore_patterns("__pycache__"))
        for folder in ("schema", "card"):
            shutil.copytree(ROOT / folder, root / folder, dirs_exist_ok=True)
        shutil.copy(ROOT / "CITATION.cff", root)

    def vinese(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of the copy on its own project."""
        environment = {**os.environ, "PYTHONPATH": str(self.root / "dataset"), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, "-m", "vinese", *words],
            cwd=self.root, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def checkout(sample: tuple[Project, Path], tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout", sample[0])


def test_an_entity_type_is_a_label_of_the_ontology(project: Project, tmp_path: Path) -> None:
    ontology = load_ontology()
    taken = {key for _, _, key in hotkeys(ontology)} | RESERVED_KEYS
    keys = (key for letter in ascii_lowercase for key in (letter, f"shift+{letter}"))
    free = next((key for key in keys if key not in taken), None)
    label = {
        "id": "AWARD",
        "name": {"en": "Award", "vi": "Giải thưởng"},
        "definition": {"en": "A prize or decoration.", "vi": "Giải thưởng hoặc huân chương."},
        "example": None,
        "color": "#123456",
        "hotkey": free,
        "mappings": {},
        "coarse": None,
        "auxiliary": False,
    }
    path = project.own("schema", "ontology.json")
    path.parent.mkdir(exist_ok=True)
    shutil.copy(packaged("schema", "ontology.json"), path)
    edit_json(path, lambda content: content["entities"].append(label))

    assert stale_files(project)
    update_files(project)
    assert stale_files(project) == []
    assert 'value="AWARD"' in project.own("annotations", "label_config.xml").read_text(encoding="utf-8")
    assert "AWARD" in project.own("annotations", "guidelines", "labels.vi.md").read_text(encoding="utf-8")

    (export,) = project.exports.glob("*.json")
    type_ = next(label.id for label in ontology.entities if f'"{label.id}"' in export.read_text(encoding="utf-8"))
    text = export.read_text(encoding="utf-8").replace(f'["{type_}"]', '["AWARD"]', 1)
    export.write_text(text, encoding="utf-8")
    assert [issue for issue in validate_file(export, project) if issue.level == "error"] == []
    assert build(project, tmp_path / "out").out is not None
    rows = pq.read_table(tmp_path / "out/data/entities/test-00000-of-00001.parquet")
    tags = json.loads(rows.schema.metadata[b"huggingface"])["info"]["features"]["ner_tags"]["feature"]["names"]
    assert tags[-2:] == ["B-AWARD", "I-AWARD"]
    assert "AWARD" in {entity["type"] for row in rows.to_pylist() for entity in row["entities"]}


def test_a_check_is_an_entry_of_the_catalogue_and_a_function(checkout: Checkout) -> None:
    entry = {
        "code": "span-short",
        "level": "warning",
        "stage": "document",
        "title": "Short span",
        "message": "{words!r} is shorter than three characters.",
        "todo": "Look whether it is meant.",
    }
    edit_json(checkout.root / "schema" / "checks.json", lambda content: content["checks"].append(entry))
    with (checkout.package / "checks" / "spans.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef check_short(document: Document) -> Iterator[Issue]:\n"
            '    """Yield the entities of less than three characters."""\n'
            "    for number, entity in enumerate(document.entities):\n"
            "        if entity.end - entity.start < 3:\n"
            '            where = f"/entities/{number}"\n'
            '            yield issue("span-short", article_id=document.id, pointer=where, words=entity.text)\n'
        )
    module = checkout.package / "checks" / "document.py"
    edit(module, "import check_spans\n", "import check_short, check_spans\n")
    edit(module, "    if not joined:\n", "    yield from check_short(document)\n    if not joined:\n")

    (export,) = checkout.root.glob("annotations/exports/*.json")
    done = checkout.vinese("validate", "--project", ".", str(export))
    assert "warning span-short" in done.stdout + done.stderr
    assert "'EU' is shorter than three characters." in done.stdout + done.stderr
    assert done.returncode == 0


def test_a_config_is_columns_in_the_schema_and_a_function_of_the_loader(checkout: Checkout) -> None:
    config = {
        "name": "lengths",
        "row": "an article",
        "use": "statistics of length",
        "counted": [],
        "columns": [
            "key",
            {"name": "id", "type": "string", "about": "the article's id"},
            {"name": "characters", "type": "int32", "about": "how many characters its text has"},
        ],
    }
    edit_json(checkout.root / "schema" / "configs.json", lambda content: content["configs"].append(config))
    edit(
        checkout.package / "loader.py",
        "\nROWS = {\n",
        "\ndef length_rows(document: Row, _: Row) -> Iterator[Row]:\n"
        '    """Yield the length of an article."""\n'
        '    yield {"id": document["id"], "characters": len(document["text"])}\n\n\n'
        'ROWS = {\n    "lengths": length_rows,\n',
    )

    done = checkout.vinese("build", "--project", ".", "--out", "out")
    assert done.returncode == 0, done.stderr
    lengths, articles = (
        pq.read_table(checkout.root / f"out/data/{name}/test-00000-of-00001.parquet").to_pylist()
        for name in ("lengths", "articles")
    )
    assert [(row["id"], row["characters"]) for row in lengths] == [
        (row["article_id"], len(row["text"])) for row in articles
    ]
    assert "config_name: lengths" in (checkout.root / "out" / "README.md").read_text(encoding="utf-8")


def test_a_verb_is_a_module_of_the_command_line(checkout: Checkout) -> None:
    (checkout.package / "cli" / "count.py").write_text(
        '"""Print how many articles a project has."""\n\n'
        "import click\n\n"
        "from vinese.cli.common import project_option\n"
        "from vinese.core.project import Project\n\n\n"
        "@click.command()\n"
        "@project_option\n"
        "def command(project: Project) -> int:\n"
        '    """Count the articles."""\n'
        "    click.echo(f\"{len(list(project.articles.glob('*.json')))} articles\")\n"
        "    return 0\n",
        encoding="utf-8",
    )
    edit(checkout.package / "cli" / "__init__.py", "VERBS = (\n", 'VERBS = (\n    "count",\n')
    done = checkout.vinese("count", "--project", ".")
    assert (done.returncode, done.stdout) == (0, "5 articles\n")
    assert "count" in checkout.vinese("--help").stdout
