"""With the oldest versions that `pyproject.toml` allows, vinese still works from the layer to the Hub and back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compat_matrix import VARIABLE
from support.hub import environment
from support.hub_server import TOKEN

if TYPE_CHECKING:
    from support.hub import Place

pytestmark = pytest.mark.compat

ROOT = Path(__file__).resolve().parents[1]
# What was current beside them: pip would take versions that came years later, and that they cannot work with.
BESIDE = ("numpy<2", "pandas<2.2")
# Their oldest versions have no wheels for later Pythons, or need something that has none.
COMPILED = {"datasets", "jsonschema-rs", "msgspec", "pyarrow", "pyyaml"}


def oldest() -> list[str]:
    """Return the least version of all that vinese and its agreement need; any where that has no wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["agree"]]
    newer = sys.version_info >= (3, 12)
    found = []
    for one in needed:
        name, least = re.fullmatch(r"([a-z0-9-]+)>=([0-9.]+)", one).groups()  # type: ignore[union-attr]
        found.append(one if newer and name in COMPILED else f"{name}=={least}")
    return [*found, *(() if newer else BESIDE)]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with vinese and the oldest versions of all it needs."""
    target = Path(os.environ.get(VARIABLE) or tmp_path_factory.mktemp("environments")).absolute() / "oldest"
    command, done = target / "bin" / "python", target / "complete.txt"
    wanted = "\n".join([sys.version, str(ROOT), *oldest()])
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(target, ignore_errors=True)
        venv.create(target, with_pip=True)
        install = [command, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", ROOT, *oldest()]
        made = subprocess.run(install, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        done.write_text(wanted, encoding="utf-8")
    return command


def test_the_oldest_versions_carry_a_layer_to_the_hub_and_back(python: Path, place: Place, tmp_path: Path) -> None:
    variables = {**environment(place.hub.url, tmp_path), "HF_TOKEN": TOKEN, "VIRTUAL_ENV": ""}

    def vinese(*words: str | Path) -> str:
        done = subprocess.run(
            [python, "-m", "vinese", *words], env=variables, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    project = ("--project", ROOT)
    assert "0 errors" in vinese("validate", *project, *(ROOT / "annotations" / "exports").glob("*.json"))
    kept = dict(line.split() for line in vinese("check", *project).splitlines())
    assert kept["schema"] == kept["agreement"] == kept["checksums"] == kept["card"] == "current"
    assert "load_dataset" in vinese("build", "--out", "built", *project)
    release = ("publish", place.name, "--version", "0.1.0", "--build", "built", *project)
    assert "Nothing was sent" in vinese(*release)
    assert "v0.1.0 is published" in vinese(*release, "--push")
    assert "is there already" in vinese(*release, "--push")
    assert place.repo.tags == {"v0.1.0": place.repo.main}
    vinese("standoff", "built")
    assert "8 files" in vinese("rehydrate", "built-standoff", "--articles", ROOT / "annotations" / "articles")
    for file in (tmp_path / "built").rglob("*.parquet"):
        path = file.relative_to(tmp_path / "built")
        assert (tmp_path / "built-standoff-full" / path).read_bytes() == file.read_bytes()
