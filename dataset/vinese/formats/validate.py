"""Validation of exports and of files of documents, predictions and articles; bad data is never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from vinese.core.issues import Issue, Tally
from vinese.core.pools import Workers
from vinese.core.project import Project
from vinese.core.urls import readable
from vinese.formats.checkers import DocumentOrIssue
from vinese.formats.folder import files_of
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import Kind, item_kind, items, refused
from vinese.formats.labelstudio.short import Sound
from vinese.formats.spread import Reading, Task
from vinese.formats.tasks import layer_of, renamed, unread_of


def validate_file(
    path: str | Path,
    project: Project,
    *,
    layer: str | None = None,
    tally: Tally | None = None,
    repair: bool = False,
    address: str | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Issue]:
    """Yield every issue of a file of tasks, documents, predictions or articles; its first item tells which.

    One item is in memory at a time. Of a folder every file is checked that is of a format which is read, those of
    folders below it too; the others are counted in an issue of level info.

    Parameters
    ----------
    path
        The file, or a folder; `-` for standard input, or the URL of a file as `fsspec` has it.
    project
        Where the ontology, the articles and the layers are.
    layer
        The name of an export's layer, by default the file's stem.
    tally
        Filled in on the way, if given.
    repair
        Whether offsets that count something else than code points are converted.
    address
        Where the layer's project stands in Label Studio, as `http://127.0.0.1:8080/projects/3/data`: issues are
        linked to its tasks.
    jobs, scheduler
        How many processes look at a large file, or the address of a Dask cluster that does (extra `dask`). What is
        found is the same.

    Raises
    ------
    FileProblemError
        If a file cannot be opened. Whatever is wrong inside it is an issue.
    UsageError
        If no layer can have that name, or a folder holds no file that is read.
    VineseError
        If the processes or the cluster are lost.

    Examples
    --------
    >>> import vinese
    >>> project = vinese.Project()
    >>> list(vinese.validate(project.exports / "gold.json", project))
    []
    """
    read = readable(path)
    count, workers = Tally(str(read)) if tally is None else tally, Workers(jobs, scheduler)
    files, aside = files_of(read)
    for told in aside:
        count.add(told)
        yield told
    for file in files:
        reading = _File(file, project, layer, count, repair=repair, address=address)
        with reading.found(workers, wanted=False) as everything:
            yield from (found for found in everything if isinstance(found, Issue))


def read_documents(path: Path, project: Project) -> Iterator[DocumentOrIssue]:
    """Yield every issue of a file as `validate_file` does, and each sound document or prediction as a document.

    A prediction becomes a document of the project's article. Raise `FileProblemError` if the file cannot be opened.
    """
    return _File(path, project).read(unread_of(path))


def file_kind(path: Path) -> Kind:
    """Return what the first item of a file that can be read is."""
    return next((item_kind(item.value) for item in items(path) if not isinstance(item, Issue)), "unknown")


class _File(Reading):
    """A file of any kind, which its first item tells."""

    def __init__(
        self,
        path: Path,
        project: Project,
        layer: str | None = None,
        tally: Tally | None = None,
        *,
        repair: bool = False,
        address: str | None = None,
    ) -> None:
        super().__init__(path, Tally(str(path)) if tally is None else tally)
        self._project, self._layer, self._repair, self._address = project, layer, repair, address

    def begin(self, item: Sound | Item) -> Iterator[Issue]:
        """Take the file for what its first item is."""
        if isinstance(item, Sound):  # as is the first item of no file before there is a checker
            return
        self.count.kind = item_kind(item.value)
        wrong = refused(item.value)
        if self.count.kind == "export":
            yield from renamed(self.path, self._layer)
        if wrong is not None:
            self.ended = True
            yield msgspec.structs.replace(wrong, file=self.file, pointer=item.pointer)
            return
        layer = layer_of(self.path, self._layer) if self.count.kind == "export" else ""
        self.task = Task(self.file, self.count.kind, self._project, layer, self._repair, self._address)
        self.checker = self.task.checker()
