"""Make a project of as many articles as wanted out of the corpus's own, with all that stands beside them.

Each article is a copy of one of the five in which syllables changed places that no layer marks, so that no two are
near-duplicates while offsets, labels and words stay what they are.

Run it in tests/: python -m support.many_articles FOLDER COUNT
"""

from __future__ import annotations

import random
import re
import shutil
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vinese.compare.saved import save_agreement
from vinese.core.files import record_bytes, text_digest
from vinese.core.places import article_path, make_room, raw_path
from vinese.core.project import Project
from vinese.corpus.articles import Articles, with_page
from vinese.corpus.layers import layer_exports
from vinese.corpus.near import SHINGLE, THRESHOLD
from vinese.corpus.quality import HUNT, load_quality, renew
from vinese.corpus.splits import Audit, Count, Place, Splits, audit_path, corpus_digest, splits_path
from vinese.corpus.words import Words, read_words, words_bytes, words_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vinese.model.records import Article

SYLLABLE = re.compile(r"\b[^\W\d_A-Z]{2,5}\b")
SPLITS = ("train",) * 9 + ("validation", "test")  # eleven, so that copies of each original are in all
SEED = 20240601


class Original(msgspec.Struct, frozen=True):
    """One of the articles that are copied: raw page, words, and the keys of its task in each layer, undecoded."""

    article: Article
    raw: str
    words: Words
    tasks: dict[str, dict[str, msgspec.Raw]]
    marked: frozenset[str]


def make_many(folder: Path, count: int, *, agreement: bool = False) -> Project:
    """Return a project of `count` articles with raw pages, words, splits, two independent layers, gold and passes.

    The saved agreement takes the extra `agree`, and is made only where it is asked for.
    """
    source, project = Project(), Project(folder)
    originals = list(read_originals(source))
    for path in (project.articles / "raw", project.exports, project.own("annotations", "words")):
        path.mkdir(parents=True)
    for name in ("layers.json", "quality.json"):
        shutil.copy(source.own("annotations", name), project.own("annotations", name))
    digests = {}
    exports = {name: (project.exports / f"{name}.json").open("wb") for name in originals[0].tasks}
    make_room(project.articles, [copied_id(number) for number in range(count)])
    for number in range(count):
        original = originals[number % len(originals)]
        article, words, raw = copied(original, number)
        digests[article.id] = article.text_sha256
        write(raw_path(project.articles, article.id), raw)
        write(article_path(project.articles, article.id), record_bytes(with_page(article, project.articles)))
        write(words_path(project, article.id), words_bytes(words))
        for name, file in exports.items():
            file.write(b",\n" if number else b"[")
            file.write(copied_task(original.tasks[name], article, number))
    for file in exports.values():
        file.write(b"]\n")
        file.close()
    write_places(project, digests)
    if (quality := load_quality(project)) is not None:
        renew(project, [*(quality_pass.name for quality_pass in quality.passes), HUNT])
    if agreement:
        save_agreement(project)
    return project


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def copied_id(number: int) -> str:
    return f"{number:06}-copy"


def read_originals(source: Project) -> Iterator[Original]:
    """Yield the articles of a project with what is copied of each."""
    decoder = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
    tasks: dict[str, dict[str, dict[str, msgspec.Raw]]] = {}
    for name, path in layer_exports(source).items():
        for task in decoder.decode(path.read_bytes()):
            tasks.setdefault(msgspec.json.decode(task["data"])["article_id"], {})[name] = task
    for article in Articles(source.articles):
        words = read_words(source, article.id, article.text, article.text_sha256)
        assert isinstance(words, Words)
        regions = chain.from_iterable(regions_of(task) for task in tasks[article.id].values())
        marked = frozenset(word for region in regions for word in SYLLABLE.findall(region["text"]))
        raw = raw_path(source.articles, article.id).read_bytes().decode()
        yield Original(article, raw, words, tasks[article.id], marked)


def regions_of(task: dict[str, msgspec.Raw]) -> Iterator[dict[str, Any]]:
    """Yield the value of every span of a task, in annotations and predictions."""
    for key in ("annotations", "predictions"):
        for made in msgspec.json.decode(task[key]):
            yield from (region["value"] for region in made["result"] if "start" in region.get("value", ()))


def copied(original: Original, number: int) -> tuple[Article, Words, bytes]:
    """Return a copy of an article, its words and its raw page, with an id of its own."""
    swap = swapped(original, random.Random(SEED + number))
    name, raw, text = copied_id(number), swap(original.raw), swap(original.article.text)
    facts = msgspec.convert(
        _strings(msgspec.to_builtins(original.article.metadata), swap), type(original.article.metadata)
    )
    source = msgspec.structs.replace(original.article.raw, file=f"raw/{name}.txt", sha256=text_digest(raw))
    article = msgspec.structs.replace(
        original.article, id=name, text=text, text_sha256=text_digest(text), metadata=facts, raw=source
    )
    words = msgspec.structs.replace(original.words, article_id=name, text_sha256=article.text_sha256)
    return article, words, raw.encode()


def swapped(original: Original, chance: random.Random) -> Callable[[str], str]:
    """Return what changes syllables that no layer marks for others of the same length, each for the same one."""
    by_length: dict[int, list[str]] = {}
    for syllable in sorted({*SYLLABLE.findall(original.raw)} - original.marked):
        by_length.setdefault(len(syllable), []).append(syllable)
    others: dict[str, str] = {}
    for alike in by_length.values():
        others |= zip(alike, chance.sample(alike, len(alike)), strict=True)
    return lambda text: SYLLABLE.sub(lambda match: others.get(match[0], match[0]), text)


def _strings(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with every string in it changed."""
    if isinstance(value, dict):
        return {key: _strings(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strings(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def copied_task(task: dict[str, msgspec.Raw], article: Article, number: int) -> bytes:
    """Return a task of a layer for the copy of its article."""
    data = {**msgspec.json.decode(task["data"]), "article_id": article.id, "text": article.text, "title": article.id}
    return msgspec.json.encode({**task, "id": number + 1, "data": {**data, "text_sha256": article.text_sha256}})


def write_places(project: Project, digests: dict[str, str]) -> None:
    """Write splits, each article a fold of its own, and the audit of articles of which none repeats another."""
    places = {name: Place(SPLITS[number % len(SPLITS)], number) for number, name in enumerate(digests)}
    audit = Audit(
        corpus=corpus_digest(digests, places),
        articles=len(digests),
        groups=len(digests),
        shingle=SHINGLE,
        threshold=THRESHOLD,
        repeated=Count(),
        across_splits=Count(),
        across_folds=Count(),
    )
    for path, value in ((splits_path(project), Splits(articles=places)), (audit_path(project), audit)):
        path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


if __name__ == "__main__":
    make_many(Path(sys.argv[1]), int(sys.argv[2]))
