"""Read a Label Studio export: one task after the other, into documents and issues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from vinese.core.issues import Issue, Tally
from vinese.core.pools import Workers
from vinese.core.project import Project
from vinese.core.shards import Shards
from vinese.core.urls import readable
from vinese.corpus.articles import Articles
from vinese.formats.checkers import Tasks
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import refused
from vinese.formats.labelstudio.short import Sound
from vinese.formats.spread import Documents, Reading, Task
from vinese.formats.tasks import layer_of, reader_for, renamed
from vinese.model.records import Document


def read_export(
    path: str | Path,
    project: Project,
    *,
    layer: str | None = None,
    tally: Tally | None = None,
    articles: Articles | None = None,
    repair: bool = False,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Document | Issue]:
    """Yield the document of each task of an export and every issue; `layer` is by default the file's stem.

    One task is in memory at a time. `tally`, if given, is filled in on the way; `articles` are the project's, for a
    caller that reads them elsewhere too; `repair` converts offsets that count something else than code points. `path`
    may be a URL that `fsspec` knows. So many `jobs`, processes, read a large file, or a Dask cluster, the address of
    whose `scheduler` is given (extra `dask`); what is found is the same. A file that cannot be opened is a
    `FileProblemError`, a name that no layer can have a `UsageError`, the loss of processes or cluster a
    `VineseError`; all else is an issue.

    Examples
    --------
    >>> import vinese
    >>> project = vinese.Project()
    >>> documents = list(vinese.convert(project.exports / "gold.json", project))
    >>> len(documents), documents[0].provenance.layer
    (5, 'gold')
    """
    reading = Export(readable(path), project, layer, tally, articles, repair=repair)
    return _read(reading, Workers(jobs, scheduler))


def read_spread(
    path: Path, project: Project, articles: Articles, spread: Shards | None
) -> Iterator[Document | Issue]:
    """Return what `read_export` does, of a large file by workers that there are already, if there are any."""
    return _documents(Export(path, project, None, None, articles).found_by(spread))


def _read(reading: Export, workers: Workers) -> Iterator[Document | Issue]:
    with reading.found(workers) as everything:
        yield from _documents(everything)


def _documents(everything: Iterator[Document | Issue | Documents]) -> Iterator[Document | Issue]:
    """Yield what is in an export; of a stretch that a worker read the issues come first."""
    decoder = msgspec.json.Decoder(Document)
    for found in everything:
        if isinstance(found, Documents):
            yield from map(decoder.decode, found.lines.splitlines())
        else:
            yield found


class Export(Reading):
    """An export that is read for its documents."""

    def __init__(
        self,
        path: Path,
        project: Project,
        layer: str | None,
        tally: Tally | None,
        articles: Articles | None = None,
        *,
        repair: bool = False,
    ) -> None:
        count = Tally(str(path)) if tally is None else tally
        count.kind = "export"
        super().__init__(path, count)
        name, self._layer = layer_of(path, layer), layer
        self.task = Task(self.file, "export", project, name, repair)
        self.checker = Tasks(reader_for(project, name, articles, repair=repair), self.file)

    def before(self) -> Iterator[Issue]:
        """Yield that the file's name was changed to be that of its layer, if it was."""
        return renamed(self.path, self._layer)

    def begin(self, item: Sound | Item) -> Iterator[Issue]:
        """End with an issue if the file is no export."""
        wrong = None if isinstance(item, Sound) else refused(item.value, "export")
        if wrong is not None and isinstance(item, Item):
            self.ended = True
            yield msgspec.structs.replace(wrong, file=self.file, pointer=item.pointer)
