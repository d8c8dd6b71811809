"""Files are read one item at a time, and every broken one is named for what it is."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from support import one_article
from vinese.core.errors import FileProblemError
from vinese.core.issues import Issue
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import items

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(folder: Path, content: bytes) -> list[Item | Issue]:
    path = folder / "file.json"
    path.write_bytes(content)
    return list(items(path))


def values(found: list[Item | Issue]) -> list[tuple[str, object]]:
    return [(one.pointer, one.value) for one in found if isinstance(one, Item)]


def codes(found: list[Item | Issue]) -> list[tuple[str, str]]:
    return [(one.code, one.pointer) for one in found if isinstance(one, Issue)]


def test_a_list_gives_its_items_with_pointers_and_bytes(tmp_path: Path) -> None:
    found = read(tmp_path, ' [{"a": "ă"},\n 2 ] '.encode())
    assert values(found) == [("/0", {"a": "ă"}), ("/1", 2)]
    assert [one.raw for one in found if isinstance(one, Item)] == ['{"a": "ă"}'.encode(), b"2"]


def test_one_object_is_one_item(tmp_path: Path) -> None:
    assert values(read(tmp_path, b'{\n "a": [1,\n 2]}\n')) == [("", {"a": [1, 2]})]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_json_lines_give_one_item_a_line(tmp_path: Path, mark: bytes, end: bytes) -> None:
    found = read(tmp_path, mark + end.join([b'{"a":1}', b"", b'{"a":2}', b'{"a":3}']))
    assert values(found) == [("/0", {"a": 1}), ("/2", {"a": 2}), ("/3", {"a": 3})]
    assert codes(found) == ([("file-bom", "")] if mark else [])


def test_a_broken_line_does_not_hide_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, b'{"a":1}\n{"a":\n{"a":3}')
    assert values(found) == [("/0", {"a": 1}), ("/2", {"a": 3})]
    assert codes(found) == [("item-unreadable", "/1")]


def test_text_that_is_not_utf_8_is_an_issue_of_its_item(tmp_path: Path) -> None:
    found = read(tmp_path, b'[{"a":1},{"a":"\xff"},{"a":3}]')
    assert values(found) == [("/0", {"a": 1}), ("/2", {"a": 3})]
    assert codes(found) == [("item-unreadable", "/1")]


def test_a_byte_order_mark_is_skipped_with_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbf[1]")
    assert (values(found), codes(found)) == ([("/0", 1)], [("file-bom", "")])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b" \n\t", "file-empty"),
        (b" " * 9000, "file-empty"),
        (b"\xef\xbb\xbf", "file-empty"),
        (b"[]", "file-no-items"),
        (b'[{"a":1},', "file-truncated"),
        (b'[{"a":1}', "file-truncated"),
        (b'{"a":', "file-truncated"),
        (b"nul", "file-truncated"),
        (b"[1]]", "file-not-json"),
        (b"\0\0\0\0", "file-not-json"),
        (b"PK\x03\x04", "file-not-json"),
        (b"<html>", "file-not-json"),
        (b"[" * 100_000, "item-unreadable"),
        (b'{"a":' * 100_000, "item-unreadable"),
        (b"null", "file-root"),
        (b'"text"', "file-root"),
        (b"12", "file-root"),
    ],
)
def test_a_file_that_is_no_list_of_items_has_one_issue_that_says_why(
    tmp_path: Path, content: bytes, code: str
) -> None:
    found = read(tmp_path, content)
    told = [one for one in found if isinstance(one, Issue) and one.code != "file-bom"]
    assert [one.code for one in told] == [code]
    assert told[0].file == str(tmp_path / "file.json")
    assert not values(found)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"a": 1}]'.encode("utf-16-le"), "it is binary data"),
        (gzip.compress(b'[{"a": 1}]', mtime=0), "it is a compressed file"),
        (b"PK\x03\x04...", "it is an archive"),
        (b"%PDF-1.7", "it is a PDF document"),
        (b" <!DOCTYPE html><p>Server error", "it is an HTML or XML page"),
        (b"Xin ch\xc3\xa0o", "it is text of another kind"),
        (b"\xef\xbb\xbfid,text\n1,a\n", "it is text of another kind"),
        (b"[{'a': 1}]", "expected '\"' (byte 2)"),
        (b"\xef\xbb\xbf [{'a': 1}]", "expected '\"' (byte 6)"),
        (b'[{"a": True}]', "invalid character (byte 7)"),
        (b"1,2\n", "it is text of another kind"),
        (b'"caf\xe9"', "it is not UTF-8 (invalid continuation byte at byte 4)"),
    ],
)
def test_what_is_no_json_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    told = [one for one in read(tmp_path, content) if isinstance(one, Issue) and one.code != "file-bom"]
    assert [(one.code, one.message) for one in told] == [("file-not-json", f"The file is not JSON: {said}.")]


@pytest.mark.parametrize("name", ["result.csv", "result.tsv", "result.conll"])
def test_other_exports_of_label_studio_are_no_json(name: str) -> None:
    path = Path(__file__).parent / "golden" / "exports" / name
    told = [(one.code, one.message) for one in items(path) if isinstance(one, Issue)]
    assert told == [("file-not-json", "The file is not JSON: it is text of another kind.")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("form", [b'[{"a":1}, %s,\n {"a":1},%s ]', b'{"a":1}\n%s\n{"a":3}\n%s'])
@pytest.mark.parametrize("bad", [b'{"a":"x","b":["\xc4\x83\xe9"]}', b'{"\xe9":1}'])
def test_the_byte_that_is_not_utf_8_is_counted_from_the_begin_of_the_file(
    tmp_path: Path, mark: bytes, form: bytes, bad: bytes
) -> None:
    content = mark + form % (bad, bad)
    found = [one.message for one in read(tmp_path, content) if isinstance(one, Issue) and one.code != "file-bom"]
    places = [place for place, byte in enumerate(content) if byte == 0xE9]
    assert found == [
        f"This item cannot be read: it is not UTF-8 (invalid continuation byte at byte {place})." for place in places
    ]


def test_the_byte_of_a_broken_line_is_counted_from_the_begin_of_the_file(tmp_path: Path) -> None:
    content = b'{"a":1}\n{"a":+}\n'
    found = [one.message for one in read(tmp_path, content) if isinstance(one, Issue)]
    assert found == [f"This item cannot be read: invalid character (byte {content.index(b'+')})."]


def test_what_python_takes_and_json_does_not_is_refused(tmp_path: Path) -> None:
    for content in (b"[NaN]", b"[1,]", b'["\\ud800"]', b"[01]"):
        assert not values(read(tmp_path, content)), content


def test_a_missing_file_and_a_folder_are_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(FileProblemError, match="no such file"):
        list(items(tmp_path / "none.json"))
    with pytest.raises(FileProblemError, match="folder"):
        list(items(tmp_path))


@contextmanager
def as_nobody_special() -> Iterator[None]:
    """Give up root's right to read everything for a moment; do nothing for other users."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_file_without_permission_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file.json").touch(mode=0o000)
    with as_nobody_special(), pytest.raises(FileProblemError, match="permission"):
        list(items(tmp_path / "file.json"))


_GROWTH = """
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from vinese.formats.labelstudio.items import items

def anonymous():
    return int(next(line for line in open("/proc/self/status") if line.startswith("RssAnon")).split()[1])

path = Path(sys.argv[1])
before = anonymous()
peak = 0
for number, item in enumerate(items(path)):
    if number % 100 == 0:
        peak = max(peak, anonymous())
print(peak - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def growth(count: int) -> int:
        path = tmp_path / f"{count}.json"
        path.write_bytes(b"[" + b",".join([b'{"text":"' + b"a" * 20_000 + b'"}'] * count) + b"]")
        run = subprocess.run([sys.executable, "-c", _GROWTH, str(path)], capture_output=True, check=True)
        return int(run.stdout)

    small, big = growth(100), growth(2000)  # 2 MB and 40 MB
    assert big - small < 4_000  # kB


_BOUNDED = """
import resource, sys
from pathlib import Path
from vinese.core.project import Project
from vinese.formats.convert import convert_file
from vinese.formats.validate import validate_file

project, small, large = Project(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3])

def use(path):
    issues = sum(1 for _ in validate_file(path, project))
    told = convert_file(path, str(path.with_suffix(".jsonl")), project, report=lambda _: None)
    return issues, told.documents

use(small)  # whatever is loaded once
data = int(next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (data + (48 << 20), resource.RLIM_INFINITY))
print(use(large)[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_file_larger_than_the_memory_that_there_is_can_be_used(tmp_path: Path) -> None:
    project = one_article.make_project(tmp_path / "project")
    task = one_article.task()

    def write(count: int) -> Path:
        path = tmp_path / f"of-{count}.json"
        with path.open("wb") as file:
            for number in range(count):
                data = {**task["data"], "article_id": f"a-{number}"}
                file.write(b"," if number else b"[")
                file.write(msgspec.json.encode({**task, "data": data, "meta": {"pad": "x" * 25_000}}))
            file.write(b"]")
        return path

    words = [str(project.root), str(write(2)), str(write(3_000))]  # 100 MB, of which no half fits
    run = subprocess.run([sys.executable, "-c", _BOUNDED, *words], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "3000"), run.stderr[-500:]


_HELD = """
import sys
from pathlib import Path
from vinese.formats.labelstudio.items import items

def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("RssFile")).split()[1])

path, before, peak = Path(sys.argv[1]), resident(), 0
for number, item in enumerate(items(path)):
    if number % 100 == 0:
        peak = max(peak, resident())
print(peak - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_pages_of_a_large_file_are_given_back_once_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(b"[" + b",\n".join([b'{"text":"' + b"a" * 20_000 + b'"}'] * 5000) + b" ]\n")  # 100 MB
    run = subprocess.run([sys.executable, "-c", _HELD, str(path)], capture_output=True, check=True)
    assert int(run.stdout) < 40_000  # kB
