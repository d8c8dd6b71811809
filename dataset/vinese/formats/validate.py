"""Validation of exports and of files of documents, predictions and articles; bad data is never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from vinese.core.issues import Issue, Tally
from vinese.core.project import Project
from vinese.formats.checkers import DocumentOrIssue, Records, Tasks
from vinese.formats.folder import files_of
from vinese.formats.labelstudio.items import Kind, Unread, item_kind, items, refused
from vinese.formats.labelstudio.short import Sound
from vinese.formats.tasks import layer_of, located, reader_for, renamed, taken


def validate_file(
    path: Path,
    project: Project,
    *,
    layer: str | None = None,
    tally: Tally | None = None,
    repair: bool = False,
    address: str | None = None,
) -> Iterator[Issue]:
    """Yield every issue of a file of tasks, documents, predictions or articles; its first item tells which.

    One item is in memory at a time. Of a folder every file is checked that is of a format which is read, those of
    folders below it too; the others are counted in an issue of level info.

    Parameters
    ----------
    path
        The file, or a folder; `-` for standard input.
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

    Raises
    ------
    FileProblemError
        If a file cannot be opened. Whatever is wrong inside it is an issue.
    UsageError
        If no layer can have that name, or a folder holds no file that is read.

    Examples
    --------
    >>> import vinese
    >>> project = vinese.Project()
    >>> list(vinese.validate(project.exports / "gold.json", project))
    []
    """
    count = tally or Tally(str(path))
    files, aside = files_of(Path(path))
    looks = (_look(file, project, layer, count, repair=repair, address=address) for file in files)
    for found in chain(aside, chain.from_iterable(looks)):
        if isinstance(found, Issue):
            count.add(found)
            yield found
        else:
            count.documents += 1


def read_documents(path: Path, project: Project) -> Iterator[DocumentOrIssue]:
    """Yield every issue of a file as `validate_file` does, and each sound document or prediction as a document.

    A prediction becomes a document of the project's article. Raise `FileProblemError` if the file cannot be opened.
    """
    return _look(path, project, None, Tally(str(path)), repair=False)


def file_kind(path: Path) -> Kind:
    """Return what the first item of a file that can be read is."""
    return next((item_kind(item.value) for item in items(path) if not isinstance(item, Issue)), "unknown")


def _look(
    path: Path, project: Project, layer: str | None, count: Tally, *, repair: bool, address: str | None = None
) -> Iterator[DocumentOrIssue]:
    checker: Tasks | Records | None = None

    def short(unread: Unread) -> Sound | None:
        return None if checker is None else checker.short(unread)

    for item in taken(path, short):
        if isinstance(item, Issue):
            yield item
            continue
        if isinstance(item, Sound):
            count.items += 1
            yield from located(item, str(path))
            continue
        if checker is None:
            count.kind = item_kind(item.value)
            wrong = refused(item.value)
            if count.kind == "export":
                yield from renamed(path, layer)
            if wrong is not None:
                yield msgspec.structs.replace(wrong, file=str(path), pointer=item.pointer)
                return
            if count.kind == "export":
                reader = reader_for(project, layer_of(path, layer), repair=repair, address=address)
                checker = Tasks(reader, str(path))
            else:
                checker = Records(count.kind, str(path), project)
        count.items += 1
        yield from checker.check(item)
