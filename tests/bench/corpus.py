"""Make what is measured: projects of many articles, exports of two shapes, and the first tasks of each."""

from __future__ import annotations

import mmap
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from support.documents import of_article
from vinese.core.files import text_digest
from vinese.core.project import Project
from vinese.corpus.articles import article_path
from vinese.formats.labelstudio.write import document_to_task
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

SEED = 20240601
DISTINCT = 300  # made-up texts
FEW = 2000  # tasks that are given to what is many times slower, or holds all of them
MADE_UP = "made-up"
SYLLABLES = re.findall(
    r"\w+",
    "chính phủ thủ tướng bộ quốc phòng đại biểu thành phố hà nội liên minh châu âu mỹ nga đức pháp tăng chi tiêu "
    "hợp tác hội nghị tuyên bố kêu gọi ủng hộ phản đối cam kết viện trợ năng lực mục tiêu tên lửa hiệp ước",
)


def copies(folder: str, count: int) -> list[str]:
    """Make a project of `count` copies of the articles, its exports as Label Studio's API has them; return these.

    Our exports are indented, to be read; without that there is less to parse, and nothing else changes.
    """
    from support.many_articles import make_many

    project = make_many(Path(folder), count)
    exports = sorted(project.exports.glob("*.json"))
    for path in exports:
        _put(path, (msgspec.json.format(raw, indent=-1) for raw in tasks_of(path)))
    return [str(path) for path in exports]


def made_up(folder: str, count: int) -> list[str]:
    """Make a project of `count` articles without sense, and the export of its one layer; return this.

    After the first the texts come again, each time as another article's.
    """
    chance, ontology, project = random.Random(SEED), load_ontology(), Project(Path(folder))
    project.articles.mkdir(parents=True)
    project.exports.mkdir(parents=True)

    texts: list[tuple[bytes, bytes]] = []  # of the first, an article and its task

    def tasks() -> Iterator[bytes]:
        for number in range(count):
            name = f"{number:06}-{MADE_UP}"
            if number < DISTINCT:
                article, words = _written(chance, name)
                document = canonical(_annotated(article, words, chance), ontology)
                task = msgspec.json.encode({"id": number + 1, **document_to_task(document, ontology)})
                texts.append((msgspec.json.encode(article), task))
            first = number % DISTINCT
            record, task = (part.replace(f"{first:06}-{MADE_UP}".encode(), name.encode()) for part in texts[first])
            article_path(project.articles, name).write_bytes(record)
            yield task

    path = project.exports / f"{MADE_UP}.json"
    _put(path, tasks())
    return [str(path)]


def few(export: Path) -> Path:
    """Return where the first tasks of an export stand, which `shorten` puts there."""
    return export.parent.parent / "few" / export.name


def shorten(export: str) -> int:
    """Write the first tasks of an export to a file of their own; return how many they are."""
    raws = list(islice(tasks_of(Path(export)), FEW))
    path = few(Path(export))
    path.parent.mkdir(exist_ok=True)
    _put(path, iter(raws))
    return len(raws)


def tasks_of(path: Path) -> Iterator[memoryview]:
    """Yield the tasks of a file that holds a list of them, undecoded; the file is mapped."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # closed with the last of the tasks
    for raw in msgspec.json.decode(content, type=list[msgspec.Raw]):
        yield memoryview(raw)


def _put(path: Path, tasks: Iterator[bytes | memoryview]) -> None:
    """Write a list of tasks; the file may be the one that they come from."""
    fresh = path.with_suffix(".fresh")
    with fresh.open("wb") as file:
        for number, task in enumerate(tasks):
            file.write(b",\n" if number else b"[")
            file.write(task)
        file.write(b"]")
    fresh.replace(path)


def _written(chance: random.Random, name: str) -> tuple[Article, list[list[tuple[int, int]]]]:
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


def _annotated(article: Article, words: list[list[tuple[int, int]]], chance: random.Random) -> Document:
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
    return of_article(
        article,
        entities=tuple(entities),
        events=tuple(events),
        stances=tuple(stances),
        article_stance=ArticleStance(
            topic="european_defence_cooperation", outlet_stance="NEUTRAL", overall_leaning="FAVOR"
        ),
        provenance=Provenance(layer=MADE_UP, annotator="annotator-1", tool="Label Studio"),
    )
