"""Describe a build in Croissant 1.1 with its RAI vocabulary 1.0, as JSON-LD that stands beside the card.

It is written by hand, for no library writes version 1.1. `mlcroissant` 1.1 reads it, and returns text as bytes. A
list inside a list of records it cannot read: of such a list it would return only the first item, without a word. So
these are declared with names, types and meanings but without a source, and it returns nulls for them; the Parquet has
them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from vinese.card.corpus import About
from vinese.card.licence import Licence
from vinese.core.files import file_digest
from vinese.core.project import Project
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import Column, Config, Configs, labels
from vinese.package.parquet import BuiltConfig, BuiltSplit

CONFORMS = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
PARQUET = "application/x-parquet"
UNREAD = "Not read by mlcroissant, which cannot read a list inside a list of records; read the Parquet itself. "
TYPES = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "float32": "sc:Float",
    "float64": "sc:Float",
}
SPLITS = {"train": "cr:TrainingSplit", "validation": "cr:ValidationSplit", "test": "cr:TestSplit"}
# Terms of Croissant that stand in its own namespace under the same name; the context must name them all.
TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileProperty"),
    *("fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("separator", "source", "subField", "transform"),
)


class Whole(NamedTuple):
    """What the description says of the whole dataset; `provenance` and `rai` are properties as they are written.

    `languages` are those that articles state, `dates` are ISO 8601 dates by their name in schema.org.
    """

    about: About
    licence: Licence
    languages: Collection[str]
    dates: dict[str, str]
    provenance: dict[str, Any]
    rai: dict[str, Any]


def render_croissant(
    project: Project, configs: Configs, built: tuple[BuiltConfig, ...], folder: Path, whole: Whole
) -> str:
    """Return the description of the built `folder` as JSON, the same for the same files."""
    files = {part.path: file_digest(folder / part.path) for built_config in built for part in built_config.parts}
    records = _Records(configs, labels(load_ontology(project)))
    by_name = {config.name: config for config in configs.configs}
    document = {
        "@context": _context(),
        "@type": "sc:Dataset",
        **_general(whole),
        "distribution": [_file(path, digest, (folder / path).stat().st_size) for path, digest in files.items()],
        "recordSet": [
            _splits(list(dict.fromkeys(part.split for built_config in built for part in built_config.parts))),
            *(
                records.record_set(by_name[built_config.config], part, len(built_config.parts) > 1)
                for built_config in built
                for part in built_config.parts
            ),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _context() -> dict[str, Any]:
    """Return the context that the specification recommends, with PROV and RAI."""
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        **{term: f"cr:{term}" for term in TERMS},
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "prov": "http://www.w3.org/ns/prov#",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }


def _general(whole: Whole) -> dict[str, Any]:
    """Return what is said of the whole; while it is published nowhere, its page is the card in the same folder."""
    about = whole.about
    properties = {
        "name": about.name,
        "conformsTo": list(CONFORMS),
        "description": about.abstract,
        "license": whole.licence.links,
        "url": about.url or "README.md",
        "creator": [{"@type": "sc:Organization", "name": name} for name in about.authors],
        **whole.dates,
        "version": about.version,
        "inLanguage": list(whole.languages) if len(whole.languages) > 1 else "".join(whole.languages),
        "keywords": list(about.keywords),
        "citeAs": about.bibtex,
        "isLiveDataset": False,
        **whole.provenance,
        **{f"rai:{name}": value for name, value in whole.rai.items()},
    }
    return {name: value for name, value in properties.items() if value not in (None, [], "")}


def _file(path: str, digest: str, size: int) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{size} B",
        "encodingFormat": PARQUET,
        "sha256": digest,
    }


def _splits(names: list[str]) -> dict[str, Any]:
    """Return the record set that says what the splits are."""
    rows = [{"splits/name": name} | ({"splits/url": SPLITS[name]} if name in SPLITS else {}) for name in names]
    fields = [{"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"}]
    if all(name in SPLITS for name in names):
        fields.append({"@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": "sc:URL"})
    else:
        rows = [{"splits/name": name} for name in names]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "The splits; the path of a file in data/ names its split.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": fields,
        "data": rows,
    }


class _Place(NamedTuple):
    """Where a field is: its id, the source of its column, the path inside it, and whether a list is around it."""

    id: str
    source: dict[str, Any]
    path: tuple[str, ...] = ()
    listed: bool = False
    unread: bool = False

    def inside(self, column: Column) -> _Place:
        """Return the place of a field of this one."""
        unread = self.unread or (self.listed and column.list and column.type == "struct")
        return _Place(
            f"{self.id}/{column.name}", self.source, (*self.path, column.name), self.listed or column.list, unread
        )


class _Records(NamedTuple):
    """Configs as record sets."""

    configs: Configs
    labels: dict[str, list[str]]

    def record_set(self, config: Config, part: BuiltSplit, named: bool) -> dict[str, Any]:
        """Return the record set of a config, or of one of its splits, and then named for both.

        `mlcroissant` cannot read the rows of several files as one record set.
        """
        name = f"{config.name}-{part.split}" if named else config.name
        columns = self.configs.columns(config.columns)
        key = "id" if any(column.name == "id" for column in columns) else "article_id"
        return {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": name,
            "description": f"Split {part.split}. A record is {config.row}. For {config.use}.",
            "key": {"@id": f"{name}/{key}"},
            "field": [self._column(column, name, {"fileObject": {"@id": part.path}}) for column in columns],
        }

    def _column(self, column: Column, name: str, source: dict[str, Any]) -> dict[str, Any]:
        from_column = {**source, "extract": {"column": column.name}}
        return self._field(column, _Place(f"{name}/{column.name}", from_column, (), column.list), column.name)

    def _field(self, column: Column, place: _Place, name: str) -> dict[str, Any]:
        """Return a field; what is in it is in the field too."""
        about = column.about[:1].upper() + column.about[1:] + "."
        field: dict[str, Any] = {"@type": "cr:Field", "@id": place.id, "name": name}
        field["description"] = (
            (UNREAD if place.unread else "") + about + self._values(column, numbered=not place.path)
        )
        if column.list:
            field["repeated"] = True
        if column.type == "struct":
            return {**field, "subField": self._inside(column, place, "")}
        kind, labelled, _ = column.type.partition(":")
        field["dataType"] = ["sc:Text" if place.path else "sc:Integer", "cr:Label"] if labelled else TYPES[kind]
        if place.unread:
            return field
        steps = {"transform": {"jsonPath": ".".join(place.path)}} if place.path else {}
        return {**field, "source": {**place.source, **steps}}

    def _inside(self, column: Column, place: _Place, prefix: str) -> list[dict[str, Any]]:
        """Return the fields of a record; a record in a listed record gives its fields to that one.

        Readers return the fields of a record beside the record that it stands in, so that in a list nobody could
        tell which belongs to which.
        """
        fields: list[dict[str, Any]] = []
        for inner in self.configs.columns(column.fields):
            inner_place, name = place.inside(inner), f"{prefix}{inner.name}"
            if inner.type == "struct" and not inner.list:
                fields += self._inside(inner, inner_place, f"{name}.")
            else:
                fields.append(self._field(inner, inner_place, name))
        return fields

    def _values(self, column: Column, *, numbered: bool) -> str:
        """Return what the numbers of a label stand for, or which labels there are."""
        kind, _, name = column.type.partition(":")
        if kind != "label":
            return ""
        names = self.labels[name]
        if numbered:
            return " " + ", ".join(f"{number} = {label}" for number, label in enumerate(names)) + "."
        return f" One of {', '.join(names)}."
