"""Read a Label Studio export: one task after the other, into documents and issues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import msgspec

from vinese.core.files import reason
from vinese.core.issues import Issue, Tally, issue
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.layers import check_name, is_name, load_layers, proposed_name
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import STDIN, LabelStudio, Unread, refused
from vinese.formats.labelstudio.short import Sound
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.mapping import load_mapping
from vinese.formats.registry import format_of
from vinese.model.ontology_file import load_ontology
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


def taken(path: Path, short: Callable[[Unread], Sound | None]) -> Iterator[Sound | Item | Issue]:
    """Yield the items of a file; in place of one that `short` makes something of, that."""
    form = format_of(path)
    for item in form.unread(path) if isinstance(form, LabelStudio) else form.items(path):
        if isinstance(item, Unread):
            yield short(item) or item.item()
        else:
            yield item


def located(sound: Sound, file: str) -> Iterator[Document | Issue]:
    """Yield what a sound task gives, its issues with the file."""
    for told in sound.issues:
        yield msgspec.structs.replace(told, file=file)
    yield sound.document


def layer_of(path: Path, layer: str | None) -> str:
    """Return `layer`, or else the name that a file gives its layer, or the nearest that a layer can have."""
    if layer is not None:
        return layer
    return "stdin" if path == STDIN else proposed_name(path.stem)


def renamed(path: Path, layer: str | None) -> Iterator[Issue]:
    """Yield that a file's name was changed to be that of its layer, if it was."""
    if layer is None and path != STDIN and not is_name(path.stem):
        name = proposed_name(path.stem)
        yield issue("layer-renamed", file=str(path), said=path.stem, name=name)


def reader_for(
    project: Project,
    layer: str,
    articles: Articles | None = None,
    *,
    repair: bool = False,
    address: str | None = None,
) -> TaskReader:
    """Return a reader of tasks with the project's ontology, articles and layers.

    `address` is where the layer's project stands in Label Studio, to which issues are linked.

    Raise `UsageError` if no layer can be called `layer`, `FileProblemError` if the project cannot be read.
    """
    check_name(layer)
    articles = articles or Articles(project.articles)
    return TaskReader(
        ontology=load_ontology(project),
        layer=layer,
        layers=load_layers(project),
        find_article=articles.find,
        all_articles=lambda: iter(articles),
        repair=repair,
        mapping=load_mapping(project),
        address=address,
    )


def read_item(item: Item, reader: TaskReader, file: str) -> Iterator[Document | Issue]:
    """Yield the document and the issues of one task."""
    try:
        for found in reader.read(item):
            yield msgspec.structs.replace(found, file=file) if isinstance(found, Issue) else found
    except RecursionError as error:
        yield issue("item-unreadable", file=file, pointer=item.pointer, reason=reason(error))
