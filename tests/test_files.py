"""Outputs appear whole or not at all, and what was there stays."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vinese.core.errors import FileProblemError
from vinese.core.files import lines_digest, problem, read_bytes, replacing, replacing_folder, write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def break_off(write: Callable[[Any], int], content: object) -> None:
    write(content)
    raise ZeroDivisionError


def test_a_written_file_has_the_content_and_mode(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.json"
    assert write_bytes(target, b"one", mode=0o600)
    assert target.read_bytes() == b"one"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_writing_the_same_bytes_again_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_bytes(target, b"one")
    before = target.stat().st_mtime_ns
    assert not write_bytes(target, b"one")
    assert target.stat().st_mtime_ns == before


def test_an_error_half_way_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing(target) as file:
        break_off(file.write, b"new")
    assert target.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_a_full_disk_is_named_and_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileProblemError, match="the disk is full"):
        write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_no_message_names_a_file_in_the_making(tmp_path: Path) -> None:
    target = tmp_path / "built"
    with pytest.raises(FileProblemError) as caught, replacing_folder(target) as fresh:
        raise OSError(f"Failed to open local file '{fresh}/data/x.parquet'")
    assert caught.value.message == f"Cannot write {target}: Failed to open local file '{target}'."


def test_a_message_names_the_place_that_something_is_made_for(tmp_path: Path) -> None:
    hidden = tmp_path / ".vinese.0123abcd.tmp" / "0000" / "staging"
    assert problem(hidden, OSError(28, "No space"), "write").message == f"Cannot write {tmp_path}: the disk is full."
    assert problem(".vinese.0123abcd.tmp/x", OSError(5, "x"), "write").message == "Cannot write .: x."


def test_a_message_names_what_could_not_be_used_and_not_what_was_made_of_it(tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "pages" / "a.txt"
    with pytest.raises(FileProblemError) as caught, replacing_folder(out):
        page.read_bytes()
    assert caught.value.message == f"Cannot use {page}: there is no such file or folder."
    with pytest.raises(FileProblemError, match=f"^Cannot write {out}: "), replacing_folder(out) as fresh:
        (fresh / "none").read_bytes()


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(FileProblemError, match="it is a folder"):
        write_bytes(tmp_path, b"x")


@pytest.mark.parametrize(
    ("make", "reason"),
    [(lambda _path: None, "no such file"), (lambda path: path.mkdir(), "it is a folder")],
)
def test_reading_what_cannot_be_read_says_why(tmp_path: Path, make: object, reason: str) -> None:
    target = tmp_path / "thing"
    make(target)  # type: ignore[operator]
    with pytest.raises(FileProblemError, match=reason):
        read_bytes(target)


def test_a_folder_is_swapped_in_whole(tmp_path: Path) -> None:
    target = tmp_path / "build"
    with replacing_folder(target) as fresh:
        (fresh / "a").write_text("1")
    with replacing_folder(target) as fresh:
        (fresh / "b").write_text("2")
    assert [path.name for path in target.iterdir()] == ["b"]
    assert leftovers(tmp_path) == []


def test_a_folder_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "build"
    target.mkdir()
    (target / "old").write_text("1")
    with pytest.raises(ZeroDivisionError), replacing_folder(target) as fresh:
        break_off((fresh / "new").write_text, "2")
    assert [path.name for path in target.iterdir()] == ["old"]
    assert leftovers(tmp_path) == []


def test_a_file_is_no_place_for_a_folder(tmp_path: Path) -> None:
    target = tmp_path / "build"
    target.write_text("mine")
    with pytest.raises(FileProblemError, match="not a folder"), replacing_folder(target):
        pass
    assert target.read_text() == "mine"


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "file").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("far/file")
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "far" / "file").read_bytes() == b"new"
    assert leftovers(tmp_path / "far") == []


def test_a_link_to_nothing_makes_what_it_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "far" / "file")
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "far" / "file").read_bytes() == b"new"


def test_a_link_that_leads_to_itself_cannot_be_written(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(FileProblemError, match=r"Cannot write .*/link: Too many levels of symbolic links\.$"):
        write_bytes(link, b"new")
    assert link.is_symlink()


def test_a_link_to_a_folder_stays_and_the_folder_is_swapped(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link = tmp_path / "link"
    link.symlink_to("far")
    with replacing_folder(link) as fresh:
        (fresh / "a").write_text("1")
    assert link.is_symlink()
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["a"]


def test_a_named_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(pipe, b"new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_device_is_written_to_and_not_replaced() -> None:
    write_bytes("/dev/null", b"new")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(FileProblemError, match="Cannot write /dev/full: the disk is full"):
        write_bytes("/dev/full", b"new")


@pytest.mark.parametrize("mode", ["a", "w"])
def test_standard_output_that_goes_to_a_file_is_added_to(tmp_path: Path, mode: str) -> None:
    code = (
        "from vinese.core.files import write_bytes; "
        "print('first', flush=True); write_bytes('/dev/stdout', b'second\\n')"
    )
    target = tmp_path / "file"
    target.write_text("before\n")
    inode = target.stat().st_ino
    with target.open(mode) as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert target.read_text() == ("before\n" if mode == "a" else "") + "first\nsecond\n"
    assert target.stat().st_ino == inode


@pytest.mark.parametrize("size", [100, (1 << 24) + 3])
def test_a_digest_does_not_depend_on_line_ends_nor_on_where_they_fall(tmp_path: Path, size: int) -> None:
    lines = b"a\r b\n\n" * (size // 6) + b"\r"
    path = tmp_path / "layer.json"
    for content in (lines, lines.replace(b"\n", b"\r\n"), b"x" + lines.replace(b"\n", b"\r\n")):
        path.write_bytes(content)
        assert lines_digest(path) == hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
