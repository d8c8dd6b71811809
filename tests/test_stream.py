"""Files are read one item at a time, and every broken one is named for what it is."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vinese.errors import FileProblemError
from vinese.export.stream import Item, items
from vinese.issues import Issue

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
        (b"[1]]", "file-truncated"),
        (b"\0\0\0\0", "file-truncated"),
        (b'[{"a":"\0"}]', "file-truncated"),
        (b"PK\x03\x04", "file-truncated"),
        (b"<html>", "file-truncated"),
        (b"nul", "file-truncated"),
        ('{"a": 1}'.encode("utf-16"), "file-truncated"),
        (b"[" * 100_000, "file-truncated"),
        (b'{"a":' * 100_000, "file-truncated"),
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
from vinese.export.stream import items

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
