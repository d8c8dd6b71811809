"""Read a Label Studio export: one task after the other, into documents and issues."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from vinese.core.issues import Issue, Tally
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import refused
from vinese.formats.labelstudio.short import Sound
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.tasks import layer_of, located, read_item, reader_for, renamed, taken
from vinese.model.records import Document


def read_export(
    path: Path,
    project: Project,
    *,
    layer: str | None = None,
    tally: Tally | None = None,
    articles: Articles | None = None,
    repair: bool = False,
) -> Iterator[Document | Issue]:
    """Yield the document of each task of an export and every issue; `layer` is by default the file's stem.

    One task is in memory at a time. `tally`, if given, is filled in on the way; `articles` are the project's, for a
    caller that reads them elsewhere too; `repair` converts offsets that count something else than code points. A file
    that cannot be opened is a `FileProblemError`, a name that no layer can have a `UsageError`; all else is an issue.

    Examples
    --------
    >>> import vinese
    >>> project = vinese.Project()
    >>> documents = list(vinese.convert(project.exports / "gold.json", project))
    >>> len(documents), documents[0].provenance.layer
    (5, 'gold')
    """
    reader = reader_for(project, layer_of(Path(path), layer), articles, repair=repair)
    found = chain(renamed(Path(path), layer), _read(Path(path), reader, tally))
    return found if tally is None else _counted(found, tally)


def _counted(found: Iterator[Document | Issue], tally: Tally) -> Iterator[Document | Issue]:
    """Yield what is found, and count it."""
    tally.kind = "export"
    for one in found:
        if isinstance(one, Issue):
            tally.add(one)
        else:
            tally.documents += 1
        yield one


def _read(path: Path, reader: TaskReader, tally: Tally | None) -> Iterator[Document | Issue]:
    file = str(path)
    first = True
    for item in taken(path, reader.short):
        if isinstance(item, Issue):
            yield item
            continue
        wrong = refused(item.value, "export") if first and isinstance(item, Item) else None
        first = False
        if wrong is not None and isinstance(item, Item):
            yield msgspec.structs.replace(wrong, file=file, pointer=item.pointer)
            return
        if tally is not None:
            tally.items += 1
        yield from located(item, file) if isinstance(item, Sound) else read_item(item, reader, file)
