"""What docstrings and pages show is true: examples run, the page of functions is made of them, links lead somewhere.

VINESE_UPDATE_GOLDEN=1 pytest tests/test_docs.py
"""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import pkgutil
import re
from pathlib import Path

import pytest

import vinese
from support import api_page

MODULES = ["vinese", *(module.name for module in pkgutil.walk_packages(vinese.__path__, "vinese."))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NEEDS = {"vinese.compare.agree": "krippendorff", "vinese.compare.alpha": "krippendorff"}


def with_examples() -> list[str]:
    """Return the modules whose source has examples, without importing any."""
    found = []
    for name in MODULES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None and ">>>" in Path(spec.origin).read_text(encoding="utf-8"):
            found.append(name)
    return found


@pytest.mark.parametrize("name", with_examples())
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


FUNCTIONS = [name for name in vinese.__all__ if name[0].islower()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_an_example(name: str) -> None:
    home, _, function = vinese.PUBLIC[name].partition(":")
    assert f"vinese.{name}(" in (getattr(importlib.import_module(home), function or name).__doc__ or "")


def test_the_stub_names_what_the_package_offers() -> None:
    (init,) = vinese.__path__
    tree = ast.parse((Path(init) / "__init__.pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname or alias.name: f"{node.module}:{alias.name}" if alias.asname else node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert homes == vinese.PUBLIC


ROOT = Path(__file__).resolve().parents[1]
API = ROOT / "dataset" / "README.md"
PAGES = sorted(path for pattern in ("*.md", "*/README.md", "annotations/*.md") for path in ROOT.glob(pattern))


def test_the_page_of_functions_is_made_of_their_docstrings() -> None:
    text = API.read_text(encoding="utf-8")
    if os.environ.get("VINESE_UPDATE_GOLDEN"):
        API.write_text(api_page.renewed(text), encoding="utf-8")
        text = API.read_text(encoding="utf-8")
    assert api_page.section(text) == api_page.page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []


def test_readme_is_read_in_one_sitting() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 180
