"""What is published loads by its tag in older `datasets`, and from a server that is not ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from compat_matrix import VARIABLE, environment
from support.configs import CONFIGS
from support.hub import Client, Place, python
from support.studio import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.hub_server import HubDouble
    from vinese.core.project import Project

pytestmark = pytest.mark.compat

OLAH = "0.5.4"
# Datasets of before 3.0 read the YAML of a card, and so the labels, in the same way.
OLDER = ("2.14.7", "3.6.0")

LOAD = """
import json, sys
from datasets import load_dataset
name, revision = sys.argv[1:3]
found = {}
for config in sys.argv[3:]:
    rows = load_dataset(name, config, revision=revision, split="test")
    labels = rows.features.to_dict()
    found[config] = {"rows": list(rows), "labels": json.dumps(labels).count("ClassLabel")}
print(json.dumps(found, default=str))
"""


@pytest.fixture(scope="module")
def published(hub: HubDouble, hub_client: Client, released: tuple[Project, Path]) -> Place:
    """The release 0.1.0 on the stand-in, for all tests here."""
    place = Place(hub, hub_client, "org/vinese", *released)
    assert place.publish("0.1.0", "--push").code == 0
    return place


def check(place: Place, told: str) -> None:
    """See that the printed rows are those of the build, with their labels."""
    found = json.loads(told)
    assert found.keys() == set(CONFIGS)
    for config, one in found.items():
        path = place.build / f"data/{config}/test-00000-of-00001.parquet"
        assert one["rows"] == pq.read_table(path).to_pylist(), config
        assert one["labels"] == pq.read_schema(path).metadata[b"huggingface"].count(b"ClassLabel"), config
    assert found["entities"]["labels"]


@pytest.mark.parametrize("version", OLDER)
def test_the_tag_loads_in_older_versions(
    published: Place, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, version: str
) -> None:
    reader = environment(version, tmp_path_factory.getbasetemp() / "environments")
    told = python(LOAD, "org/vinese", "v0.1.0", *CONFIGS, url=published.hub.url, home=tmp_path, executable=reader)
    check(published, told)


@pytest.mark.parametrize("version", OLDER)
def test_what_is_without_the_text_loads_in_older_versions(
    published: Place, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, version: str
) -> None:
    bare = Place(published.hub, published.client, "org/bare", published.project, published.build)
    assert bare.publish("0.1.0", "--standoff", "--push").code == 0
    reader = environment(version, tmp_path_factory.getbasetemp() / "environments")
    told = python(LOAD, "org/bare", "v0.1.0", *CONFIGS, url=bare.hub.url, home=tmp_path, executable=reader)
    for config, one in json.loads(told).items():
        path = bare.build / f"data/{config}/test-00000-of-00001.parquet"
        assert len(one["rows"]) == pq.read_metadata(path).num_rows
        assert not any(row["text"] for row in one["rows"])
        assert one["labels"] == pq.read_schema(path).metadata[b"huggingface"].count(b"ClassLabel")


def olah(folder: Path) -> Path:
    """Return the command of the server, from an environment that is made where it is missing."""
    target = Path(os.environ.get(VARIABLE) or folder).absolute() / f"olah-{OLAH}"
    command = target / "bin" / "olah-cli"
    if not command.is_file():
        shutil.rmtree(target, ignore_errors=True)
        venv.create(target, with_pip=True)
        install = [str(target / "bin" / "python"), "-m", "pip", "install", "-q", f"olah=={OLAH}"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return command


def as_git(place: Place, folder: Path) -> None:
    """Write what the stand-in holds as a git repository with its tag."""
    folder.mkdir(parents=True)

    def git(*words: str) -> None:
        who = ("-c", "user.name=tests", "-c", "user.email=annotator@example.org", "-c", "core.autocrlf=false")
        subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, check=True)

    git("init", "-q", "-b", "main")
    for path, content in place.repo.files.items():
        if path != ".gitattributes":
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    git("add", "-A")
    git("commit", "-q", "-m", "Publish v0.1.0")
    git("tag", "v0.1.0")


@pytest.fixture
def mirror(published: Place, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of olah, which serves what was published and asks nobody else."""
    command = olah(tmp_path_factory.getbasetemp() / "environments")
    as_git(published, tmp_path / "mirrors" / "datasets" / "org" / "vinese")
    port = free_port()
    (tmp_path / "olah.toml").write_text(
        f"""
[basic]
host = "127.0.0.1"
port = {port}
ssl-key = ""
ssl-cert = ""
repos-path = "{tmp_path / "repos"}"
mirrors-path = ["{tmp_path / "mirrors"}"]
hf-scheme = "http"
hf-netloc = "127.0.0.1:9"
hf-lfs-netloc = "127.0.0.1:9"
mirror-scheme = "http"
mirror-netloc = "127.0.0.1:{port}"
mirror-lfs-netloc = "127.0.0.1:{port}"

[accessibility]
offline = true
""",
        encoding="utf-8",
    )
    with (tmp_path / "olah.log").open("w") as log:
        server = subprocess.Popen(
            [str(command), "--config", str(tmp_path / "olah.toml")], cwd=tmp_path, stdout=log, stderr=log,
            env={**os.environ, "HOME": str(tmp_path)},
        )  # fmt: skip
    try:
        yield _ready(f"http://127.0.0.1:{port}", server, tmp_path / "olah.log")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _ready(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address once it answers."""
    import urllib.error
    import urllib.request

    for _ in range(150):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/repos", timeout=2).close()
        except urllib.error.HTTPError as error:
            error.close()
            return address
        except OSError:
            time.sleep(0.2)
        else:
            return address
    raise AssertionError(log.read_text())


def test_another_server_that_has_the_same_files_gives_the_same_rows(
    published: Place, mirror: str, tmp_path: Path
) -> None:
    check(published, python(LOAD, "org/vinese", "v0.1.0", *CONFIGS, url=mirror, home=tmp_path / "reader"))
