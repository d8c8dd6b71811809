"""Load the dataset in every way with every version of `datasets`, and keep what came of it.

`python tests/compat_matrix.py` writes `card/compat.json` and the table in `dataset/README.md` from a real run. The
tests marked `compat` run the same and compare; another test compares the table with the file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.project import Project
from vinese.corpus.layers import choose_layer, layer_exports
from vinese.package.configs import load_configs
from vinese.package.stage import stage
from vinese.release.build import build
from vinese.release.recorded import contents

VARIABLE = "VINESE_COMPAT_ENVS"
PINS = {
    "2.14.7": ("pyarrow==14.0.2", "numpy==1.26.4", "pandas==2.1.4", "huggingface-hub==0.19.4"),
    "2.21.0": ("pyarrow==17.0.0", "numpy==1.26.4", "pandas==2.2.2", "huggingface-hub==0.24.6"),
    "3.6.0": ("pyarrow==20.0.0", "numpy==2.2.6", "pandas==2.2.3", "huggingface-hub==0.31.4"),
    "4.0.0": ("pyarrow==21.0.0", "numpy==2.3.1", "pandas==2.3.1", "huggingface-hub==0.33.4"),
    "5.2.0": (),
}
DONE = "complete.txt"


def requirements(version: str) -> list[str]:
    """Return what pip is to install for a version of `datasets`."""
    pins = PINS[version] if sys.version_info < (3, 13) else ()
    return [f"datasets=={version}", *pins]


def environment(version: str, folder: Path) -> Path:
    """Return the Python of an environment with `datasets` in `version`, made in `folder` unless it is complete there.

    `VINESE_COMPAT_ENVS` goes before `folder`. Nothing of vinese is installed in it.
    """
    target = Path(os.environ.get(VARIABLE) or folder).absolute() / version
    wanted = "\n".join([sys.version, *requirements(version)])
    python, done = target / "bin" / "python", target / DONE
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(target, ignore_errors=True)
        venv.create(target, with_pip=True)
        _install(python, requirements(version))
        done.write_text(wanted, encoding="utf-8")
    return python


def _install(python: Path, wanted: list[str]) -> None:
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, f"{' '.join(command)}\n{found.stdout}\n{found.stderr}"


ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "card" / "compat.json"
README = ROOT / "dataset" / "README.md"
PROBE = Path(__file__).resolve().parent / "compat_probe.py"
BEGIN, END = "<!-- made by tests/compat_matrix.py -->\n", "<!-- end -->\n"
PROJECT = Project(ROOT)
SAME, REFUSED = "same rows", "refused"
REFUSAL = "Dataset scripts are no longer supported, but found loader.py"
ROUTES = {
    "folder": "`load_dataset(folder, config)`",
    "streamed": "the same, `streaming=True`",
    "parquet": '`load_dataset("parquet", data_files=...)`',
    "script": "`load_dataset(loader.py, config)`",
    "class": "`Vinese(config_name=...)`",
    "class streamed": "the same, `as_streaming_dataset()`",
}

Found = dict[str, Any]


def configs() -> list[str]:
    """Return the names of all configs."""
    return [config.name for config in load_configs(PROJECT).configs]


def prepare(folder: Path) -> Found:
    """Build the dataset and what the script reads; return what a probe is told."""
    staging, built = folder / "staging", folder / "built"
    staging.mkdir()
    layers = layer_exports(PROJECT)
    staged = stage(PROJECT, layers, choose_layer(layers, None, None), staging)
    report = build(PROJECT, built)
    assert report.out, [found.line() for found in (*staged.issues, *report.issues)]
    package = ROOT / "dataset" / "vinese"
    return {
        "folder": str(built),
        "staging": str(staging),
        "loader": str(package / "loader.py"),
        "digest": str(package / "release" / "digest.py"),
        "configs": configs(),
    }


def probe(version: str, given: Found, folder: Path) -> Found:
    """Return what a version makes of every route and config, its home and caches empty before."""
    python = environment(version, folder / "environments")
    home = folder / f"home-{version}"
    home.mkdir()
    surroundings = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "HF_HOME": str(home / "hf"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [str(python), str(PROBE), json.dumps({**given, "cache": str(home / "cache")})]
    done = subprocess.run(command, cwd=home, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{version}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def judge(found: dict[str, Found], wanted: Found) -> str:
    """Return what a route came to: the same rows and features in all configs, refused as documented, or what else."""
    if found == wanted:
        return SAME
    if all(one.get("error") == "RuntimeError" and REFUSAL in one["message"] for one in found.values()):
        return REFUSED
    wrong = {
        name: one.get("message") or "other rows or features" for name, one in found.items() if one != wanted[name]
    }
    return "; ".join(f"{name}: {told}" for name, told in wrong.items())


def run(folder: Path) -> Found:
    """Return the matrix: for every version its packages and what every route came to.

    Rows and features are compared with those that the Parquet files hold, read without `datasets`.
    """
    given = prepare(folder)
    wanted = msgspec.to_builtins(contents(Path(given["folder"])))
    assert sorted(wanted) == sorted(given["configs"]), "a config has no rows"
    matrix = {}
    for version in PINS:
        began = time.monotonic()
        found = probe(version, given, folder)
        matrix[version] = {
            "packages": found["packages"],
            "routes": {name: judge(one, wanted) for name, one in found["routes"].items()},
        }
        print(f"{version}: {time.monotonic() - began:.0f} s", flush=True)
    return {"configs": given["configs"], "versions": matrix}


def table(record: Found) -> str:
    """Return a record as Markdown."""
    versions = record["versions"]
    packages = [f"`datasets` {version}" for version in versions]
    lines = [["", *packages], ["---", *("---" for _ in versions)]]
    lines += [[said, *(versions[version]["routes"][route] for version in versions)] for route, said in ROUTES.items()]
    lines.append(["pyarrow", *(versions[version]["packages"]["pyarrow"] for version in versions)])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def text(record: Found) -> str:
    """Return what `dataset/README.md` says of a record."""
    names = ", ".join(f"`{name}`" for name in record["configs"])
    return f"Configs: {names}.\n\n{table(record)}"


def section(readme: str) -> str:
    """Return what stands between the marks of `dataset/README.md`."""
    return readme.partition(BEGIN)[2].partition(END)[0].strip("\n") + "\n"


def write(record: Found) -> None:
    """Keep a record, and show it in `dataset/README.md`."""
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    head, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    assert END in rest, f"{README} lacks the marks {BEGIN.strip()} and {END.strip()}"
    README.write_text(f"{head}{BEGIN}\n{text(record)}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        record = run(Path(folder))
    write(record)
    print(f"\n{text(record)}\n{time.monotonic() - began:.0f} s")
    outcomes = {one for version in record["versions"].values() for one in version["routes"].values()}
    return 0 if outcomes <= {SAME, REFUSED} else 1


if __name__ == "__main__":
    sys.exit(main())
