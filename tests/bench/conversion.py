"""Exports become documents: P, a streamed parse, and W, a write of the ready table, are what cannot be saved."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import corpus, sampling
from bench.measure import Missing, Work, call, in_turn, measure

if TYPE_CHECKING:
    from bench.table import Table
    from vinese.model.records import Document

JOBS = 2
BATCH = 1000  # documents that become a table together
# The step that a moment belongs to is that of the innermost function whose module stands here.
STEPS = {
    "vinese.formats.labelstudio.items": "decode",
    "vinese.formats.labelstudio.entries": "decode",
    "vinese.core.schemas": "schema",
    "vinese.corpus": "article",
    "vinese.formats.labelstudio.typed": "spans and links",
    "vinese.checks": "spans and links",
    "vinese.formats.labelstudio": "document",
    "vinese.model": "document",
    "vinese.formats.convert": "encode and write",
    "vinese.formats": "handing on",
}


def rows(table: Table) -> None:
    """Print what conversion costs: of a made-up layer, and of two layers that are ours many times."""
    for count in table.sizes.tasks:
        for make, layers in ((corpus.made_up, {corpus.MADE_UP}), (corpus.copies, {"gold", "annotator-1"})):
            with table.place() as folder:
                for export in call(make, folder, count):
                    if Path(export).stem in layers:
                        _layer(table, export, count)


def _layer(table: Table, export: str, count: int) -> None:
    size, few = Path(export).stat().st_size, call(corpus.shorten, export)
    call(ready, export)
    table.section(f"Conversion of {count:,} tasks, {size / 1e6:,.1f} MB, layer {Path(export).stem}", "tasks")
    parse, by = parse_orjson, "orjson"
    if find_spec(by) is None:
        table.row("P by orjson", Missing(by))
        parse, by = parse_msgspec, "msgspec"
    parsed, written, made, lines, spread, parquet = in_turn(
        *((work, export) for work in (parse, write, ours)),
        (ours_lines, export, 1),
        (ours_lines, export, JOBS),
        (ours_parquet, export),
    )
    base = table.need(f"P: the file is mapped, each task parsed by itself, {by}", parsed).each
    base += table.need("W: pyarrow writes the ready table, zstd", written).each
    table.row("ours: validate and convert, to P + W", made, base)
    one = table.need("ours, JSON Lines written, to P + W", lines, base)
    many = table.need(f"ours, JSON Lines written, --jobs {JOBS}, to P + W", spread, base)
    table.line(
        f"by the clock, of cores that may be busy, {JOBS} jobs are {one.clock / many.clock:.2f} x as fast as one"
    )
    table.row("ours, Parquet written, to P + W", parquet, base)
    if count == table.sizes.tasks[0]:  # they are given the first tasks alone, and know no others
        table.row(f"datasets.Dataset.from_list of {few:,} rows, to P + W", measure(from_list, export), base)
        for form in ("JSON_MIN", "CONLL2003"):
            what = f"label-studio-sdk, {form} of {few:,} tasks, to P + W"
            table.row(what, measure(studio_converter, export, form), base)
    table.shares("ours, JSON Lines written", call(where, export))


def parse_orjson(export: str) -> Work:
    import orjson

    return _parse(export, orjson.loads)


def parse_msgspec(export: str) -> Work:
    import msgspec

    return _parse(export, msgspec.json.decode)


def _parse(export: str, decode: Any) -> Work:
    path = Path(export)

    def run() -> None:
        for task in corpus.tasks_of(path):
            decode(task)

    return Work(run, sum(1 for _ in corpus.tasks_of(path)))


def documents(export: Path) -> Iterator[Document]:
    """Yield the documents of a sound export that stands in a project."""
    from vinese.core.project import Project
    from vinese.formats.read import read_export
    from vinese.model.records import Document

    for made in read_export(export, Project(export.parents[2])):
        if not isinstance(made, Document):
            raise TypeError(f"{export} is not sound: {made}")
        yield made


def _tables(export: Path, schema: Any = None) -> Iterator[Any]:
    """Yield the documents of an export as Arrow tables; the first tells the schema of all where none is given."""
    import msgspec
    import pyarrow as pa
    import pyarrow.json as pj

    encoder, rest = msgspec.json.Encoder(), documents(export)
    while batch := list(islice(rest, BATCH)):
        if schema is None:
            schema = pa.Table.from_pylist([msgspec.to_builtins(document) for document in batch]).schema
        lines = b"".join(encoder.encode(document) + b"\n" for document in batch)
        options = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
        yield pj.read_json(io.BytesIO(lines), pj.ReadOptions(block_size=len(lines)), options)


def ready(export: str) -> int:
    """Write the table of an export's documents where `_ready` finds it; return how many rows it has."""
    import pyarrow as pa

    tables = _tables(Path(export))
    first = next(tables)
    count = len(first)
    with pa.OSFile(f"{export}.arrow", "wb") as file, pa.ipc.new_file(file, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
            count += len(table)
    return count


def _ready(export: str) -> Any:
    """Return the table of an export's documents, mapped."""
    import pyarrow as pa

    return pa.ipc.open_file(pa.memory_map(f"{export}.arrow")).read_all()


def write(export: str) -> Work:
    import pyarrow.parquet as pq

    table = _ready(export)
    path = f"{export}.parquet"
    return Work(lambda: pq.write_table(table, path, compression="zstd", row_group_size=BATCH), len(table))


def ours(export: str) -> Work:
    path = Path(export)

    def run() -> None:
        for _ in documents(path):
            pass

    return Work(run, len(_ready(export)))


def ours_lines(export: str, jobs: int) -> Work:
    return Work(lambda: _convert(export, jobs), len(_ready(export)))


def _convert(export: str, jobs: int = 1) -> None:
    from vinese.core.project import Project
    from vinese.formats.convert import convert_file

    issues: list[object] = []
    convert_file(Path(export), f"{export}.jsonl", Project(Path(export).parents[2]), report=issues.append, jobs=jobs)
    if issues:
        raise TypeError(f"{export} is not sound: {issues[0]}")


def ours_parquet(export: str) -> Work:
    import pyarrow.parquet as pq

    table = _ready(export)

    def run() -> None:
        with pq.ParquetWriter(f"{export}.parquet", table.schema, compression="zstd") as writer:
            for batch in _tables(Path(export), table.schema):
                writer.write_table(batch)

    return Work(run, len(table))


def from_list(export: str) -> Work:
    import datasets

    made = _ready(export).slice(0, corpus.FEW).to_pylist()
    return Work(lambda: datasets.Dataset.from_list(made), len(made))


def studio_converter(export: str, form: str) -> Work:
    from label_studio_sdk.converter import Converter

    from vinese.core.project import Project

    screen = Project().own("annotations", "label_config.xml").read_text(encoding="utf-8")
    converter = Converter(screen, project_dir=None, upload_dir=None)
    path, out = corpus.few(Path(export)), tempfile.mkdtemp(dir=Path(export).parent)
    convert = converter.convert_to_json_min if form == "JSON_MIN" else converter.convert_to_conll2003
    return Work(lambda: convert(str(path), out, is_dir=False), sum(1 for _ in corpus.tasks_of(path)))


def where(export: str) -> dict[str, float]:
    """Return the share of the processor time of each step of converting an export."""
    few = str(corpus.few(Path(export)))
    return sampling.shares(lambda: _convert(few), STEPS)
