"""A folder that is replaced is old or new at every moment, and what a killed process leaves is removed."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vinese.core import exchange, workplace
from vinese.core.errors import FileProblemError
from vinese.core.files import replacing, replacing_folder, write_bytes
from vinese.core.workplace import is_work, remove_leftovers, work_folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder that holds one file."""
    folder = tmp_path / "place" / "built"
    folder.mkdir(parents=True)
    (folder / "old").write_text("old")
    return folder


def content(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def replace(target: Path) -> None:
    with replacing_folder(target) as fresh:
        (fresh / "new").write_text("new")


def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)


def break_rename(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException, *, also_after: bool) -> None:
    """Have the rename of this number raise, counted from 1, and all later ones too if they are to."""
    count, real = 0, Path.rename

    def rename(self: Path, to: Path) -> Path:
        nonlocal count
        count += 1
        if count == number or (also_after and count > number):
            raise error
        return real(self, to)

    monkeypatch.setattr(Path, "rename", rename)


@pytest.mark.parametrize("exchanges", [True, False])
def test_the_new_folder_stands_and_nothing_is_left(
    target: Path, exchanges: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchanges:
        no_exchange(monkeypatch)
    replace(target)
    assert content(target.parent) == ["built", "built/new"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux is known to exchange names")
def test_no_moment_without_a_folder(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_rename(monkeypatch, 1, OSError(5, "Input/output error"), also_after=True)
    replace(target)
    assert content(target.parent) == ["built", "built/new"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(5, "Input/output error")])
@pytest.mark.parametrize("number", [1, 2])
def test_a_fault_between_two_renames_puts_the_old_folder_back(
    target: Path, number: int, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_exchange(monkeypatch)
    break_rename(monkeypatch, number, error, also_after=False)
    with pytest.raises((KeyboardInterrupt, FileProblemError)):
        replace(target)
    assert content(target.parent) == ["built", "built/old"]


def test_what_cannot_be_put_back_is_kept_named_and_put_back_by_the_next_run(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_exchange(monkeypatch)
    with monkeypatch.context() as broken:
        break_rename(broken, 2, OSError(5, "Input/output error"), also_after=True)
        with pytest.raises(FileProblemError, match=r"built could not be put back") as caught:
            replace(target)
    assert not target.exists()
    assert Path(caught.value.todo.removeprefix("Move ").removesuffix(" there."), "old").is_file()
    remove_leftovers(target.parent)
    assert content(target.parent) == ["built", "built/old"]


def test_another_process_that_was_faster_is_replaced(target: Path) -> None:
    theirs = target.parent / "other"
    with replacing_folder(theirs) as fresh:
        (fresh / "mine").write_text("new")
        theirs.mkdir()
        (theirs / "theirs").write_text("x")
    assert content(theirs) == ["mine"]


def mounted(target: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run Python where `target` is a mount point of its own device."""
    bound = f'mount --bind "{target}" "{target}" 2>/dev/null || exit 77; exec "$0" -c "$1"'
    return subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", bound, sys.executable, script],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mount points are made with Linux's unshare")
def test_a_mount_point_is_written_into(target: Path) -> None:
    (target / "stale").mkdir()
    (target / "LIST").write_text("old\nstale\n")
    script = textwrap.dedent(f"""
        from pathlib import Path
        from vinese.core.files import replacing_folder
        inode = Path({str(target)!r}).stat().st_ino
        with replacing_folder({str(target)!r}, "LIST") as fresh:
            (fresh / "new").mkdir()
            (fresh / "old").write_text("new")
            (fresh / "LIST").write_text("new\\nold\\n")
        assert Path({str(target)!r}).stat().st_ino == inode
    """)
    run = mounted(target, script)
    if run.returncode in {1, 77} and "Error" not in run.stderr:
        pytest.skip("this machine lets nobody mount a folder")
    assert run.returncode == 0, run.stderr
    assert content(target) == ["LIST", "new", "old"]
    assert (target / "old").read_text() == "new"
    assert (target / "LIST").read_text() == "new\nold\n"


@pytest.mark.parametrize("number", range(1, 5))
def test_a_folder_that_is_filled_anew_lists_what_it_holds_at_every_moment(
    target: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (target / "LIST").write_text("old\n")
    monkeypatch.setattr("vinese.core.files.stands_fast", lambda _folder: True)
    break_rename(monkeypatch, number, KeyboardInterrupt(), also_after=False)
    try:
        with replacing_folder(target, "LIST") as fresh:
            for name in ("a", "b"):
                (fresh / name).write_text(name)
            (fresh / "LIST").write_text("a\nb\n")
    except KeyboardInterrupt:
        assert number < 4
        assert (target / "LIST").read_text() == "old\na\nb\n"
    assert not any(is_work(path.name) for path in target.iterdir())
    assert {*content(target)} - {"LIST"} <= {*(target / "LIST").read_text().split()}


def killed(tmp_path: Path, code: str) -> None:
    """Run Python that ends as by a power cut, with notes of its own."""
    script = f"import os, signal\nfrom pathlib import Path\n{textwrap.dedent(code)}"
    run = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False, env=environment(tmp_path))
    assert run.returncode == -signal.SIGKILL


def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(tmp_path)}


LEAVE = """
    from vinese.core.files import replacing_folder
    with replacing_folder("far/built") as fresh:
        (fresh / "new").write_text("new")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_run_of_any_verb_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    killed(tmp_path, LEAVE)
    assert any(is_work(path.name) for path in (tmp_path / "far").iterdir())
    subprocess.run(
        [sys.executable, "-m", "vinese", "schema"],
        cwd="/",
        env=environment(tmp_path),
        check=True,
        capture_output=True,
    )
    assert content(tmp_path / "far") == []
    assert content(next(tmp_path.glob("vinese*"))) == []


def test_whoever_writes_in_the_same_place_removes_it_too(tmp_path: Path) -> None:
    killed(tmp_path, LEAVE)
    code = "from vinese.core.files import write_bytes; write_bytes('far/file', b'x')"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert content(tmp_path / "far") == ["file"]


def test_git_adds_nothing_of_it(tmp_path: Path) -> None:
    killed(tmp_path, LEAVE)
    subprocess.run(["git", "init", "-q", "far"], cwd=tmp_path, check=True)
    status = subprocess.run(["git", "status", "--short"], cwd=tmp_path / "far", check=True, capture_output=True)
    assert status.stdout == b""


def test_the_work_of_a_process_that_lives_stays(tmp_path: Path) -> None:
    code = "import pathlib; from vinese.core.workplace import *; remove_leftovers(pathlib.Path('.'))"
    with work_folder(tmp_path) as work:
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
        assert work.is_dir()
        (work / "x").write_text("x")
    assert content(tmp_path) == []


def test_a_place_is_worked_in_again_without_another_folder(tmp_path: Path) -> None:
    with workplace.keeping_work_folders():
        write_bytes(tmp_path / "a", b"x")
        made = [path.name for path in tmp_path.iterdir() if is_work(path.name)]
        write_bytes(tmp_path / "b", b"x")
        replace(tmp_path / "c")
        assert [path.name for path in tmp_path.iterdir() if is_work(path.name)] == made
        assert len(made) == 1
    assert content(tmp_path) == ["a", "b", "c", "c/new"]


def test_threads_share_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write_bytes(tmp_path / f"{number % 50}", b"%d" % number), range(400)))
    sys.setswitchinterval(interval)
    assert sorted(content(tmp_path), key=int) == [str(number) for number in range(50)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_works_in_a_folder_of_its_own(tmp_path: Path) -> None:
    with workplace.keeping_work_folders(), work_folder(tmp_path):
        child = os.fork()
        if child == 0:
            write_bytes(tmp_path / "child", b"x")
            os._exit(len([path for path in tmp_path.iterdir() if is_work(path.name)]))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1  # its parent's, which it leaves alone
    assert content(tmp_path) == ["child"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_does_not_hold_what_its_killed_parent_left(tmp_path: Path) -> None:
    ended, end = os.pipe()
    parent = os.fork()
    if parent == 0:
        with work_folder(tmp_path):
            if os.fork() == 0:
                os.close(end)
                os.read(ended, 1)
                os._exit(0)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    left = content(tmp_path)
    remove_leftovers(tmp_path)
    os.close(end)
    os.close(ended)
    assert left
    assert content(tmp_path) == []


def test_a_folder_that_only_looks_like_one_stays(tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (far / "mine").write_text("mine")
    (tmp_path / ".vinese.00000000.tmp").symlink_to(far)
    (tmp_path / ".vinese.mine").mkdir()
    other = tmp_path / ".vinese.00000001.tmp"
    other.mkdir()
    (other / "mine").write_text("no mark, so none of ours")
    before = content(tmp_path)
    remove_leftovers(tmp_path)
    assert content(tmp_path) == before


def test_a_disk_that_is_full_from_the_start_gets_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(FileProblemError, match="the disk is full"):
        write_bytes(tmp_path / "file", b"x")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_locked_nothing_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> bool:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(workplace, "lock", refuse)
    with work_folder(tmp_path) as work:
        remove_leftovers(tmp_path)
        assert work.is_dir()
    assert content(tmp_path) == []


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_and_folder_have_the_mode_that_the_umask_allows(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_bytes(tmp_path / "file", b"x")
        replace(tmp_path / "folder")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("file", "folder", "folder/new")]
    assert modes == [0o666 & ~mask, 0o777 & ~mask, 0o666 & ~mask]


def test_what_is_replaced_keeps_its_mode(target: Path) -> None:
    target.chmod(0o2770)
    file = target.parent / "file"
    file.write_text("old")
    file.chmod(0o640)
    with replacing(file) as new:
        new.write(b"new")
    replace(target)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, target)] == [0o640, 0o2770]


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_cleans_up_at_once(tmp_path: Path, name: str, code: int) -> None:
    script = textwrap.dedent(f"""
        import os, signal, sys
        from vinese import cli
        from vinese.core.files import replacing_folder

        def invoke(*_more):
            with replacing_folder("far/built") as fresh:
                (fresh / "new").write_text("new")
                os.kill(os.getpid(), signal.{name})
                for _ in range(10**9): pass

        signal.signal(signal.{name}, signal.SIG_DFL)  # tests may run under `nohup`
        cli.cli.invoke = invoke
        cli.main(["schema", "--json"])
    """)
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True, check=False
    )
    assert run.returncode == code
    assert b"interrupted" in run.stdout
    assert content(tmp_path / "far") == []
