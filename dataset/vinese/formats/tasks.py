"""Read the tasks of one layer of a project, whichever file they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from vinese.core.files import reason
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.layers import check_name, is_name, load_layers, proposed_name
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import STDIN, LabelStudio, Unread
from vinese.formats.labelstudio.short import Sound
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.mapping import load_mapping
from vinese.formats.registry import format_of
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document


def unread_of(path: Path) -> Iterator[Unread | Item | Issue]:
    """Yield the items of a file, not decoded yet where it is JSON."""
    form = format_of(path)
    yield from form.unread(path) if isinstance(form, LabelStudio) else form.items(path)


def taken(
    found: Iterable[Unread | Item | Issue], short: Callable[[Unread], Sound | None]
) -> Iterator[Sound | Item | Issue]:
    """Yield items decoded; in place of one that `short` makes something of, that."""
    for item in found:
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
