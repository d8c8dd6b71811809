"""Files may be named by URLs: they are read and written as files are, and no message says what is secret in them."""

from __future__ import annotations

import base64
import http.server
import json
import shutil
import threading
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

import vinese
from support.pages import ARTICLES, IDS
from vinese import cli
from vinese.core.errors import FileProblemError, MissingExtraError, UsageError, VineseError
from vinese.core.files import problem
from vinese.core.project import Project
from vinese.core.urls import is_url, name_of, readable, shown, writing
from vinese.formats.labelstudio import stretches
from vinese.ingest.run import ingest_files

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLD = Project().exports / "gold.json"
SECRET = "geheim"


@pytest.fixture(autouse=True)
def memory() -> Iterator[Any]:
    store = fsspec.filesystem("memory")
    store.pipe("/corpus/gold.json", GOLD.read_bytes())
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


@pytest.mark.parametrize(
    "path",
    ["gold.json", "a:b.json", "C:\\gold.json", "C:/gold.json", "C://gold.json", "a::b.json", "-", "://x", "s3:/a"],
)
def test_a_path_is_no_url(path: str) -> None:
    assert not is_url(path)
    assert readable(path) == Path(path)
    assert not is_url(Path(path))


@pytest.mark.parametrize("path", ["s3://a/b.json", "HTTPS://a/b.json", "simplecache::s3://a/b.json", "a+b://c"])
def test_a_url_is_known_by_its_protocol(path: str) -> None:
    assert is_url(path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://lan:geheim@h.org/a.json", "https://…@h.org/a.json"),
        ("https://lan:ge@heim@h.org/a.json", "https://…@h.org/a.json"),
        ("https://geheim@h.org/a.json?sig=geheim#x", "https://…@h.org/a.json?…"),
        ("zip://a.json::https://h.org/a.zip?t=geheim", "zip://a.json::https://h.org/a.zip?…"),
        ("zip://a.json?t=geheim::https://u:geheim@h.org/a.zip", "zip://a.json?…@h.org/a.zip"),
        ("Cannot get 'https://h.org/a?t=geheim' now", "Cannot get 'https://h.org/a?…' now"),
        ("s3://bucket/a.json", "s3://bucket/a.json"),
        ("is it a/b?", "is it a/b?"),
    ],
)
def test_what_is_secret_in_a_url_is_not_shown(url: str, said: str) -> None:
    assert SECRET not in shown(url)
    if "?t=geheim::" not in url:
        assert shown(url) == said


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h.org/tin/trang-1.html?a=/b#c", "trang-1.html"),
        ("https://h.org/a%20b.json", "a b.json"),
        ("https://h.org/", "h.org"),
        ("zip://in/x.json::https://h.org/a.zip", "x.json"),
        ("simplecache::s3://b/y.json", "y.json"),
        ("s3://b/..", "file"),
        ("s3://b/.hidden", "hidden"),
        ("a/b:c.json", "b:c.json"),
    ],
)
def test_a_copy_has_the_name_of_the_file(url: str, name: str) -> None:
    assert name_of(url) == name


def test_a_copy_goes_with_its_path(memory: Any) -> None:
    path = readable("memory://corpus/gold.json")
    place = Path(path.__fspath__())
    assert (str(path), path.name, path.suffix) == ("memory://corpus/gold.json", "gold.json", ".json")
    assert path.read_bytes() == place.read_bytes() == GOLD.read_bytes()
    assert readable(path) is path
    assert str(path.parent) == str(place.parent)
    del path
    assert not place.exists()


def test_an_export_in_memory_is_validated_and_converted(capsys: pytest.CaptureFixture[str], memory: Any) -> None:
    url = "memory://corpus/gold.json"
    assert cli.run(["validate", url]) == 0
    assert capsys.readouterr().out == f"{url}: 5 tasks, 5 documents, 0 errors, 0 warnings\n"
    assert cli.run(["convert", "--json", url, "--out", "memory://made/gold.jsonl"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert (result["file"], result["out"]) == (url, "memory://made/gold.jsonl")
    documents = memory.cat("/made/gold.jsonl").splitlines()
    assert [json.loads(line)["provenance"]["layer"] for line in documents] == ["gold"] * 5
    assert memory.find("/made") == ["/made/gold.jsonl"]
    assert list(vinese.validate(url, Project())) == []
    assert len(list(vinese.convert(url, Project()))) == 5


def test_many_processes_read_a_copy_and_a_cluster_does_not(
    capsys: pytest.CaptureFixture[str], memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "memory://corpus/gold.json"
    monkeypatch.setattr(stretches, "SIZE", 1 << 15)
    monkeypatch.setattr(stretches, "LARGE", 1 << 15)
    assert len(list(stretches.stretches(readable(url)))) > 1
    assert cli.run(["convert", url, "--out", "memory://gold.jsonl", "--jobs", "2"]) == 0
    assert len(memory.cat("/gold.jsonl").splitlines()) == 5
    capsys.readouterr()
    assert cli.run(["validate", url, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert f"{url} cannot be read by a cluster" in capsys.readouterr().err


def test_issues_name_the_url(capsys: pytest.CaptureFixture[str], memory: Any) -> None:
    memory.pipe("/corpus/cut.json", b'[{"id": 1')
    memory.pipe("/corpus/x.conll", b"Lan B-PER\n\nNam B-PER\n")
    memory.pipe("/corpus/odd name.jsonl", b'{"id": "a", "entities": 1}\n')
    for name in ("cut.json", "x.conll", "odd name.jsonl"):
        assert cli.run(["validate", "--json", f"memory://corpus/{name}"]) == 1
        envelope = json.loads(capsys.readouterr().out)
        assert {found["file"] for found in envelope["issues"]} == {f"memory://corpus/{name}"}
        assert "vinese." not in json.dumps(envelope["issues"])


def test_predictions_and_replies_are_read_from_urls_and_written(
    capsys: pytest.CaptureFixture[str], memory: Any
) -> None:
    assert cli.run(["convert", "memory://corpus/gold.json", "--out", "memory://gold.jsonl"]) == 0
    assert cli.run(["score", "memory://gold.jsonl", "memory://corpus/gold.json", "-m", "AC+", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["result"]["reports"][0]
    assert report["system"] == "memory://corpus/gold.json"
    choice = {"message": {"content": '{"entities": []}'}, "finish_reason": "stop"}
    line = {"custom_id": f"{IDS[0]}/entities", "response": {"body": {"choices": [choice]}}}
    memory.pipe("/replies.jsonl", json.dumps(line).encode() + b"\n{")
    words = ["predict", "--task", "entities", "--replies", "memory://replies.jsonl", "--out", "memory://made.jsonl"]
    assert cli.run(words) == 1
    done = capsys.readouterr().err
    assert "not-json memory://replies.jsonl:2" in done
    assert "vinese score memory://made.jsonl" in done
    assert len(memory.cat("/made.jsonl").splitlines()) == 5


def test_pages_are_ingested_from_urls(tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe(f"/{IDS[1]}.txt", (ARTICLES / "raw" / f"{IDS[1]}.txt").read_bytes())
    (tmp_path / "annotations").mkdir()
    project = Project(tmp_path)
    good, missing = ingest_files([f"memory://{IDS[1]}.txt", "memory://none.txt"], project)
    assert (good.status, good.article_id, good.file) == ("new", IDS[1], f"memory://{IDS[1]}.txt")
    assert (missing.status, [found.code for found in missing.issues]) == ("refused", ["raw-unreadable"])
    assert "memory://none.txt" in missing.issues[0].message
    with pytest.raises(UsageError, match="nobody knows"):
        next(ingest_files(["nope://a.txt"], project))
    monkeypatch.setattr("vinese.ingest.run.PAGES_A_SHARD", 1)
    again = ingest_files([f"memory://{IDS[1]}.txt", "memory://none.txt"], project, jobs=2)
    assert [outcome.status for outcome in again] == ["unchanged", "refused"]


@pytest.mark.parametrize("verb", ["validate", "convert", "score"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("memory://none.json", "there is no such file"),
        ("memory://corpus", "folder"),
        ("nope://a/b.json", "nobody knows"),
        ("file:///none/b.json", "there is no such file"),
        ("zip://b.json::none.zip", "there is no such file"),
        ("ftp://lan:geheim@127.0.0.1:1/b.json", "Cannot read ftp://…@127.0.0.1:1/b.json"),
    ],
)
def test_what_cannot_be_read_is_a_message(verb: str, url: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([verb, url]) == 2
    done = capsys.readouterr()
    assert said in done.err + done.out
    assert SECRET not in done.err + done.out
    assert "this should not have happened" not in done.err


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("https://lan:geheim@h.org/a.jsonl", "can be read, and not written"),
        ("zip://a.jsonl::a.zip", "can be read, and not written"),
        ("nope://a.jsonl", "nobody knows"),
        ("memory://corpus/gold.json", "would be written to, too"),
        ("ftp://lan:geheim@127.0.0.1:1/b.json", "Cannot write ftp://…@127.0.0.1:1/b.json"),
    ],
)
def test_what_cannot_be_written_is_a_message(
    out: str, said: str, capsys: pytest.CaptureFixture[str], memory: Any
) -> None:
    assert cli.run(["convert", "memory://corpus/gold.json", "--out", out]) == 2
    done = capsys.readouterr()
    assert said in done.err
    assert SECRET not in done.err + done.out
    assert memory.cat("/corpus/gold.json") == GOLD.read_bytes()


@pytest.mark.parametrize("verb", ["predict", "prompts", "baseline"])
def test_where_nothing_can_be_written_nothing_is_read(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = {"predict": ["--replies", "none"], "prompts": [], "baseline": ["majority", "--gold", "none"]}[verb]
    assert cli.run([verb, "--task", "entities", *words, "--out", "nope://a.jsonl"]) == 2
    assert "nope://a.jsonl has a protocol that nobody knows" in capsys.readouterr().err


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(FileProblemError, match="Install s3fs"):
        readable("s3://bucket/a.json")
    with pytest.raises(MissingExtraError, match="http"):
        readable("https://h.org/a.json")


def test_what_breaks_off_leaves_what_was_there(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/a.jsonl", b"old")
    with suppress(KeyError), writing("memory://a.jsonl") as file:
        file.write(b"new")
        raise KeyError
    assert memory.find("/") == ["/a.jsonl", "/corpus/gold.json"]
    monkeypatch.setattr(type(memory), "mv", lambda *_: (_ for _ in ()).throw(OSError("gone ?t=geheim")))
    with pytest.raises(VineseError), writing("memory://a.jsonl") as file:
        file.write(b"new")
    assert memory.cat("/a.jsonl") == b"old"
    assert memory.find("/") == ["/a.jsonl", "/corpus/gold.json"]


def test_a_url_of_this_machine_is_a_path(tmp_path: Path) -> None:
    shutil.copy(GOLD, tmp_path / "gold.json")
    out = tmp_path / "made" / "gold.jsonl"
    assert cli.run(["convert", f"file://{tmp_path}/gold.json", "--out", f"file://{out}"]) == 0
    assert len(out.read_bytes().splitlines()) == 5


def test_a_member_of_an_archive_is_read(tmp_path: Path, memory: Any) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(GOLD, "in/gold.json")
    memory.pipe("/a.zip", (tmp_path / "a.zip").read_bytes())
    for place in (f"{tmp_path}/a.zip", "memory://a.zip"):
        assert readable(f"zip://in/gold.json::{place}").read_bytes() == GOLD.read_bytes()
        with pytest.raises(FileProblemError, match=r"zip://none\.json::.*no such file"):
            readable(f"zip://none.json::{place}")


def test_a_build_is_a_folder_of_this_machine(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(["build", "--out", "s3://lan:geheim@bucket/built"]) == 2
    assert "s3://…@bucket/built is no folder on this machine" in capsys.readouterr().err


def test_a_path_with_backslashes_is_told_as_it_is() -> None:
    assert "C:\\x.json" in problem("C:\\x.json", FileNotFoundError(2, "x"), "read").message


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = "Basic " + base64.b64encode(f"lan:{SECRET}".encode()).decode()
        status = {"/403.json": 403, "/500.json": 500, "/404.json": 404}.get(self.path.partition("?")[0], 200)
        if self.path.startswith("/private") and self.headers.get("Authorization") != known:
            status = 401
        self.send_response(status)
        self.end_headers()
        self.wfile.write(GOLD.read_bytes() if status == 200 else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("aiohttp")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_an_export_on_a_web_server_is_validated(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    for url, said in (
        (f"http://{server}/gold.json?token={SECRET}", f"http://{server}/gold.json?…"),
        (f"http://lan:{SECRET}@{server}/private/gold.json", f"http://…@{server}/private/gold.json"),
    ):
        assert cli.run(["validate", url]) == 0
        assert capsys.readouterr().out == f"{said}: 5 tasks, 5 documents, 0 errors, 0 warnings\n"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("404.json", "there is no such file"),
        ("403.json", "the server answers 403"),
        ("500.json", "the server answers 500"),
        ("private.json", "the server answers 401"),
    ],
)
def test_what_a_web_server_refuses_is_a_message(
    server: str, page: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["validate", f"http://{SECRET}:{SECRET}@{server}/{page}?token={SECRET}", str(GOLD)]) == 2
    done = capsys.readouterr()
    assert f"Cannot read http://…@{server}/{page}?…: {said}" in done.err
    assert SECRET not in done.err + done.out
    assert "5 documents" in done.out


def test_no_server_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("aiohttp")
    assert cli.run(["validate", f"http://lan:{SECRET}@127.0.0.1:1/gold.json?token={SECRET}"]) == 2
    done = capsys.readouterr()
    assert "Cannot connect" in done.err
    assert SECRET not in done.err + done.out
