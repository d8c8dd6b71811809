"""Make what is not complete yet out of sight, in a work folder beside where it is to stand; no rest of it stays.

A work folder is called `.vinese.XXXXXXXX.tmp`. In it is a `.gitignore` that keeps git from adding any of it, and that
is locked for as long as the process lives: a work folder without a lock is a leftover of a process that was killed.
Whoever makes one in the same place removes it, and so does the next run of any verb, for each process notes its
places in a file of its own, locked likewise, where the system keeps temporary files. Only a `kept_folder` in it is
handed on, to whoever makes the same again.
"""

from __future__ import annotations

import atexit
import os
import re
import secrets
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vinese.core.errors import LostWorkersError
from vinese.core.locks import lock

ASIDE = "aside"
"""In a `work_folder`, the folder for what must not be lost: it is put back where nothing stands in its place."""

_NAME = re.compile(r"\.vinese\.[0-9a-f]{8}\.tmp")
_KEPT = "kept-"
_MARK = ".gitignore"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def work_name() -> str:
    """Return a name for a work folder that no other has."""
    return f".vinese.{secrets.token_hex(4)}.tmp"


def is_work(name: str) -> bool:
    """Return whether a file's name is that of a work folder."""
    return _NAME.fullmatch(name) is not None


class _WorkFolder:
    """A work folder of this process, and how many of its callers are using it."""

    def __init__(self, place: Path) -> None:
        self.users = 0
        while True:
            self.path = place / work_name()
            self.path.mkdir(mode=0o700)
            with suppress(FileNotFoundError):  # it was empty, and another process took it for a leftover
                mark = self._marked()
                if mark is not None:
                    self._mark = mark
                    return

    def _marked(self) -> int | None:
        """Return the mark, as `_locked` does; after an error, such as a full disk, no folder is left."""
        mark = None
        try:
            mark = _locked(self.path / _MARK)
            if mark is not None:
                os.write(mark, b"*\n")
        except FileNotFoundError:
            raise
        except OSError:
            if mark is not None:
                os.close(mark)
            (self.path / _MARK).unlink(missing_ok=True)
            self.path.rmdir()
            raise
        return mark

    def remove(self) -> None:
        _empty(self.path)
        self.let_go()
        _end(self.path)

    def let_go(self) -> None:
        os.close(self._mark)


_one_thread = threading.RLock()
_own: dict[Path, _WorkFolder] = {}
_keepers = 0


@contextmanager
def keeping_work_folders() -> Iterator[None]:
    """Keep work folders until the block ends, so that many files need no more of them than there are places."""
    global _keepers  # noqa: PLW0603
    with _one_thread:
        _keepers += 1
    try:
        yield
    finally:
        with _one_thread:
            _keepers -= 1
            _tidy()


@contextmanager
def _used(place: Path, name: str = "") -> Iterator[Path]:
    """Yield a name in the work folder of a place, by default a new one; what is there in the end is removed.

    What stands under such a `name` in the leftover of another process is taken over.
    """
    with _one_thread:
        new = _note(place)
        if new and not name:
            remove_leftovers(place)
        folder = _own.get(place)
        if folder is None or not folder.path.is_dir():  # it went with the place, if that was replaced
            folder = _own[place] = _WorkFolder(place)
        folder.users += 1
        path = folder.path / (name or secrets.token_hex(4))
        if name:
            remove_leftovers(place, heir=path)
    try:
        yield path
    finally:
        _remove(path)
        with _one_thread:
            folder.users -= 1
            _tidy()


def _tidy() -> None:
    """Remove the work folders that nobody uses or keeps."""
    if not _keepers:
        for place in [place for place, folder in _own.items() if not folder.users]:
            _own.pop(place).remove()


@contextmanager
def work_file(place: Path) -> Iterator[Path]:
    """Yield where a file for `place` can be made; it is removed in the end, if it is still there."""
    with _used(place.absolute()) as path:
        yield path


@contextmanager
def work_folder(place: Path | None = None) -> Iterator[Path]:
    """Yield a new folder in `place`, by default where the system keeps temporary files, and remove it in the end.

    Nobody but its owner can look into it. What is in its `ASIDE` is removed only if something stands in its place.
    """
    with _used(Path(tempfile.gettempdir()) if place is None else place.absolute()) as path:
        path.mkdir()
        yield path


@contextmanager
def kept_folder(place: Path, name: str) -> Iterator[Path]:
    """Yield a folder in `place` as `work_folder` does, with what a killed process left in its folder of this name.

    After a `LostWorkersError` it is left likewise, for the same may be made again with other workers.
    """
    with _used(place.absolute(), _KEPT + name) as path:
        path.mkdir(exist_ok=True)
        try:
            yield path
        except LostWorkersError:
            _leave(path)
            raise


def _leave(path: Path) -> None:
    """Leave a kept folder as if this process had been killed."""
    folder = path.parent.with_name(work_name())
    with suppress(OSError):
        folder.mkdir(mode=0o700)
        (folder / _MARK).write_bytes(b"*\n")
        path.rename(folder / path.name)
        if _notes is not None:
            _notes.leave()


def _locked(path: Path) -> int | None:
    """Return a new file, open and locked; None if it was taken for a leftover before it was locked."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with suppress(OSError):  # where nothing can be locked, nothing is removed either
        if not lock(handle) or not os.fstat(handle).st_nlink:
            os.close(handle)
            return None
    return handle


def _remove(path: Path) -> None:
    """Remove a file or folder, but not one that holds what stands aside and cannot be put back."""
    with suppress(OSError):
        if not path.is_dir() or path.is_symlink():
            path.unlink(missing_ok=True)
            return
        for kept in (path / ASIDE).iterdir() if (path / ASIDE).is_dir() else ():
            if not os.path.lexists(path.parent.parent / kept.name):
                kept.rename(path.parent.parent / kept.name)
        shutil.rmtree(path, ignore_errors=True)


def _empty(folder: Path, but: str = _MARK) -> None:
    """Remove what is in a work folder but its mark, and what has a name that begins with `but`."""
    with suppress(OSError):
        for path in list(folder.iterdir()):
            if path.name != _MARK and not path.name.startswith(but):
                _remove(path)


def _end(folder: Path) -> bool:
    """Remove a work folder that holds nothing but its mark; return whether it did."""
    with suppress(OSError):
        if [path.name for path in folder.iterdir()] == [_MARK]:
            (folder / _MARK).unlink()
            folder.rmdir()
            return True
    return False


def remove_leftovers(place: Path, *, but: str = _MARK, heir: Path | None = None) -> bool:
    """Remove every work folder in `place` that no process holds any more, but nobody else's; return if all are gone.

    What is in them under a name that begins with `but` stays. What has the name of `heir` is first moved there.
    """
    gone = True
    with suppress(OSError), os.scandir(place) as entries:
        for entry in [entry for entry in entries if is_work(entry.name)]:
            with suppress(OSError):
                gone = _remove_leftover(Path(entry.path), but, heir) and gone
    return gone


def _remove_leftover(folder: Path, but: str, heir: Path | None) -> bool:
    """Remove a work folder unless somebody holds it; return whether nothing that may be removed is left of it."""
    if folder.is_symlink() or (hasattr(os, "geteuid") and folder.stat().st_uid != os.geteuid()):
        return True
    try:
        mark = os.open(folder / _MARK, os.O_RDWR | _NO_LINK)
    except FileNotFoundError:
        folder.rmdir()  # it was never used; what is not empty stays
        return True
    try:
        if not lock(mark):
            return True
        if heir is not None and not heir.exists() and (folder / heir.name).is_dir():
            (folder / heir.name).rename(heir)
        _empty(folder, but)
    finally:
        os.close(mark)
    return _end(folder)


def remove_noted_leftovers(*, but_kept: bool = False) -> None:
    """Remove every work folder that processes which have ended noted and did not remove.

    With `but_kept` folders that may be of use for what this process is about to do stay for now.
    """
    with suppress(OSError):
        for path in _notes_folder().iterdir():
            with suppress(OSError):
                _remove_noted(path, _KEPT if but_kept else _MARK)


def _remove_noted(path: Path, but: str) -> None:
    notes = os.open(path, os.O_RDWR | _NO_LINK)
    try:
        if lock(notes):
            with os.fdopen(notes, "rb", closefd=False) as file:
                places = [Path(os.fsdecode(place)) for place in file.read().split(b"\0")]
            gone = [remove_leftovers(place, but=but) for place in places]
            if all(gone):
                path.unlink()
    finally:
        os.close(notes)


def _notes_folder() -> Path:
    """Return the folder of this user's notes; raise `PermissionError` if others may write there."""
    folder = Path(tempfile.gettempdir()) / (f"vinese-{os.getuid()}" if hasattr(os, "getuid") else "vinese")
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if hasattr(os, "getuid") and (
        found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o22
    ):
        raise PermissionError(13, "Permission denied", str(folder))
    return folder


class _Notes:
    """The places in which a process makes work folders, and the file in which it notes them."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._places: set[Path] = set()
        self._handle: int | None = None
        self._left = False
        with suppress(OSError):  # a machine that cannot keep notes does without
            self._file = _notes_folder() / f"{self._process}.{secrets.token_hex(4)}"
            self._handle = _locked(self._file)
            atexit.register(self._forget)

    def add(self, place: Path) -> bool:
        """Note a place; return whether it is new to this process."""
        place = place.absolute()
        if place in self._places:
            return False
        self._places.add(place)
        if self._handle is not None:
            with suppress(OSError):
                os.write(self._handle, os.fsencode(place) + b"\0")
        return True

    def leave(self) -> None:
        """Keep the notes when the process ends, for the next one to find what it left."""
        self._left = True

    def _forget(self) -> None:
        if self._handle is not None and self._process == os.getpid():
            with suppress(OSError):
                os.close(self._handle)
                if not self._left:
                    self._file.unlink()

    def let_go(self) -> None:
        """Close the file in a fork, whose parent keeps it locked."""
        if self._handle is not None:
            os.close(self._handle)


_notes: _Notes | None = None


def _note(place: Path) -> bool:
    global _notes  # noqa: PLW0603
    if _notes is None:
        _notes = _Notes()
    return _notes.add(place)


def _begin_anew() -> None:
    """Forget in a fork what its parent works in: that is the parent's to remove, and locks end with the parent."""
    global _keepers, _notes, _one_thread
    for folder in _own.values():
        folder.let_go()
    if _notes is not None:
        _notes.let_go()
    _keepers, _notes, _one_thread = 0, None, threading.RLock()
    _own.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
