"""The installed wheel builds and loads the same data as the checkout, with no checkout in sight."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from support.configs import CONFIGS
from support.job_calls import contents

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.wheel

LOAD = """
import json, sys
from datasets import load_dataset
out = {}
for config in sys.argv[2:]:
    rows = load_dataset(sys.argv[1], config, split="test")
    out[config] = {"rows": len(rows), "features": sorted(rows.features), "first": rows[0]}
json.dump(out, sys.stdout, default=str, sort_keys=True)
"""


def run(*words: str | Path, cwd: Path, home: Path, **more: str) -> str:
    """Run a command in a clean environment with `more` variables, and return what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "HF_HUB_OFFLINE": "1", "LANG": "C.UTF-8", **more}
    environment |= {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder, home=folder)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_carries_everything_that_is_read_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("schema", "card", "annotations"):
        tracked = subprocess.run(
            ["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        assert tracked
        assert {f"vinese/data/{name}" for name in tracked} <= names
    assert "vinese/py.typed" in names
    words = ["git", "ls-files", "dataset/vinese"]
    package = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {name.removeprefix("dataset/") for name in package} <= names
    assert not [name for name in names if name.startswith(("tests/", "schema/", "annotations/"))]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the wheel and the versions that these tests run with."""
    folder = tmp_path_factory.mktemp("installed")
    frozen = run(sys.executable, "-m", "pip", "freeze", "--exclude-editable", cwd=folder, home=folder)
    pins = folder / "pins.txt"
    pins.write_text("".join(f"{line}\n" for line in frozen.splitlines() if "==" in line), encoding="utf-8")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "-c", pins, wheel, cwd=folder, home=folder)
    return python


def test_wheel_and_checkout_build_the_same_bytes_again_and_again(installed: Path, tmp_path: Path) -> None:
    made = []
    for number, (python, cwd) in enumerate([(installed, tmp_path), (Path(sys.executable), ROOT)] * 2):
        out, home = tmp_path / f"out-{number}", tmp_path / f"home-{number}"
        home.mkdir()
        surroundings = {"PYTHONHASHSEED": str(number), "TZ": ("UTC", "Asia/Ho_Chi_Minh")[number // 2]}
        run(python, "-m", "vinese", "build", "--out", out, cwd=cwd, home=home, **surroundings)
        made.append(contents(out))
    assert "SHA256SUMS" in made[0]
    assert any(name.endswith(".parquet") for name in made[0])
    for other in made[1:]:
        assert sorted(name for name in {*made[0], *other} if made[0].get(name) != other.get(name)) == []


def test_the_wheel_builds_what_is_recorded(installed: Path, tmp_path: Path) -> None:
    printed = json.loads(run(installed, "-m", "vinese", "check", "checksums", "--json", cwd=tmp_path, home=tmp_path))
    assert printed["result"] == {"states": {"checksums": "current"}}
    assert {issue["level"] for issue in printed["issues"]} <= {"info"}


def test_the_wheel_builds_and_loads_the_same_data_as_the_checkout(installed: Path, tmp_path: Path) -> None:
    python = installed
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    printed = run(python.parent / "vinese", "build", cwd=elsewhere, home=tmp_path)
    assert "load_dataset(" in printed
    run(sys.executable, "-m", "vinese", "build", "--out", tmp_path / "checkout", cwd=ROOT, home=tmp_path)
    loaded = {
        name: json.loads(run(python, "-c", LOAD, folder, *CONFIGS, cwd=elsewhere, home=tmp_path / name))
        for name, folder in (("wheel", elsewhere / "build" / "vinese"), ("checkout", tmp_path / "checkout"))
    }
    assert loaded["wheel"] == loaded["checkout"]
    assert all(config["rows"] for config in loaded["wheel"].values())


def test_the_wheel_loads_rows_in_one_line(installed: Path, tmp_path: Path) -> None:
    code = "import json, vinese; print(json.dumps(list(vinese.load('entities_words', split='test'))))"
    found = run(installed, "-c", code, cwd=tmp_path, home=tmp_path / "wheel")
    assert json.loads(found)
    assert found == run(sys.executable, "-c", code, cwd=ROOT, home=tmp_path / "checkout")
