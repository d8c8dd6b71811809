"""The examples in docstrings run, and the stub of the package names what the package offers."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import vinese

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
    home, _, function = vinese._HOME[name].partition(":")
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
    assert homes == vinese._HOME
