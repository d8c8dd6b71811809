"""Measure what validating and converting an export costs, against merely parsing it and writing a ready table."""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from vinese.core.files import text_digest
from vinese.core.project import Project
from vinese.formats.labelstudio.items import items
from vinese.formats.labelstudio.write import document_to_task
from vinese.formats.read import read_export
from vinese.model.document import canonical
from vinese.model.ontology_file import load_ontology
from vinese.model.records import (
    Argument,
    Article,
    ArticleStance,
    Document,
    Entity,
    Event,
    Metadata,
    Provenance,
    Sentence,
    Source,
    Span,
    Stance,
    Target,
    Zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SYLLABLES = re.findall(
    r"\w+",
    "chính phủ thủ tướng bộ quốc phòng đại biểu thành phố hà nội liên minh châu âu mỹ nga đức pháp tăng chi tiêu "
    "hợp tác hội nghị tuyên bố kêu gọi ủng hộ phản đối cam kết viện trợ năng lực mục tiêu tên lửa hiệp ước",
)
TASKS = 1000


def written(chance: random.Random, number: int) -> tuple[Article, list[list[tuple[int, int]]]]:
    """Return an article of some 3,400 code points and the syllables of each of its sentences."""
    text, sentences, words = "", [], []
    while len(text) < 3400:
        text += "" if not text else "\n" if chance.random() < 0.2 else " "
        start, here = len(text), []
        for place in range(chance.randint(12, 28)):
            word = chance.choice(SYLLABLES)
            text += " " if place else ""
            here.append((len(text), len(text) + len(word)))
            text += word
        text += "."
        sentences.append(Sentence(start, len(text)))
        words.append(here)
    zones, begin = [], 0
    for line in text.split("\n"):
        zones.append(Zone("body", begin, begin + len(line), begin, begin + len(line)))
        begin += len(line) + 1
    name = f"bench-{number}"
    article = Article(
        id=name,
        text=text,
        text_sha256=text_digest(text),
        sentences=tuple(sentences),
        zones=tuple(zones),
        zoning="rules",
        metadata=Metadata(),
        raw=Source(file=f"{name}.txt", sha256=text_digest(text), chars=len(text)),
    )
    return article, words


def annotated(article: Article, words: list[list[tuple[int, int]]], chance: random.Random) -> Document:
    """Return a document with some 70 entities, 12 events of 3 arguments and 12 stances."""
    text, entities, events, stances = article.text, [], [], []
    for number, sentence in enumerate(words):
        first = len(entities)
        for place in range(0, len(sentence) - 6, 6):
            start, end = sentence[place][0], sentence[place + chance.randint(0, 3)][1]
            type_ = chance.choice(("PER", "ORG_IGO", "ORG_GOV", "GPE"))
            name = f"e{len(entities)}"
            entities.append(Entity(id=name, start=start, end=end, text=text[start:end], type=type_, origin="manual"))
        near = [one.id for one in entities[first:]]
        span = Span(*sentence[-2], text[slice(*sentence[-2])])
        if number % 2:
            fillers = tuple(Argument(role="ACTOR", entity=name) for name in sorted(near[:3]))
            events.append(
                Event(
                    id=f"v{number}",
                    type="COOPERATE",
                    modality="ASSERTED",
                    trigger=span,
                    arguments=fillers,
                    origin="manual",
                )
            )
        elif near:
            stances.append(
                Stance(
                    id=f"s{number}",
                    polarity="FAVOR",
                    attribution="REPORTED",
                    expression=span,
                    holder_kind="ENTITY",
                    holders=(near[0],),
                    target=Target(mention=near[-1], topic="burden_sharing"),
                    origin="manual",
                )
            )
    return Document(
        id=article.id,
        text=text,
        text_sha256=article.text_sha256,
        zones=article.zones,
        sentences=article.sentences,
        entities=tuple(entities),
        events=tuple(events),
        stances=tuple(stances),
        article_stance=ArticleStance(
            topic="european_defence_cooperation", outlet_stance="NEUTRAL", overall_leaning="FAVOR"
        ),
        provenance=Provenance(layer="bench", annotator="annotator-1", tool="Label Studio"),
    )


def make_layer(folder: Path, count: int) -> tuple[Project, Path]:
    """Return a project of `count` articles, and the export of one layer of all of them."""
    chance, ontology, project = random.Random(20240601), load_ontology(), Project(folder)
    project.articles.mkdir(parents=True)
    project.exports.mkdir(parents=True)
    tasks = []
    for number in range(count):
        article, words = written(chance, number)
        (project.articles / f"{article.id}.json").write_bytes(msgspec.json.encode(article))
        document = canonical(annotated(article, words, chance), ontology)
        tasks.append(msgspec.json.encode(document_to_task(document, ontology)))
    path = project.exports / "bench.json"
    path.write_bytes(b"[" + b",".join(tasks) + b"]")
    return project, path


def seconds(work: Callable[[], object]) -> float:
    """Return the least processor time of three runs."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.bench
def test_bench_validating_and_converting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    project, path = make_layer(tmp_path, TASKS)
    documents = [found for found in read_export(path, project) if isinstance(found, Document)]
    assert len(documents) == TASKS
    table = pa.Table.from_pylist([msgspec.to_builtins(document) for document in documents])
    del documents

    def converting() -> None:
        assert not any(not isinstance(found, Document) for found in read_export(path, project))

    parse = seconds(lambda: sum(1 for _ in items(path)))
    write = seconds(lambda: pq.write_table(table, tmp_path / "table.parquet", compression="zstd"))
    convert = seconds(converting)
    with capsys.disabled():
        print(
            f"\n{TASKS} tasks, {path.stat().st_size / 1e6:.1f} MB: parse {parse:.3f} s, write {write:.3f} s, "
            f"validate and convert {convert:.3f} s = {convert / (parse + write):.2f} x (parse + write)"
        )
