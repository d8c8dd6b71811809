"""Make environments with other versions of `datasets`, and keep them where `VINESE_COMPAT_ENVS` says.

Under Python 3.11 and 3.12 a version is installed with what was current when it came out; for later Pythons there are
no wheels of that. The last version gets whatever is newest, so that a run finds what newer libraries break.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

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
