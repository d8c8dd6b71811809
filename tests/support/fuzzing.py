"""Kinds of input that may be anybody's, sound ones of each, and what reads them: it yields issues or named errors."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from support import one_article
from vinese.card import guidelines
from vinese.card.corpus import doubts, load_about, load_sections
from vinese.card.licence import own_terms
from vinese.compare.saved import load_saved
from vinese.core.errors import VineseError
from vinese.core.project import Project, packaged
from vinese.corpus.layers import load_layers
from vinese.corpus.quality import load_quality
from vinese.corpus.splits import read_splits
from vinese.corpus.words import check_words
from vinese.formats.convert import convert_file
from vinese.formats.init import init
from vinese.formats.mapping import load_mapping
from vinese.formats.validate import validate_file
from vinese.ingest.run import ingest_files
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import load_configs
from vinese.package.folder import parse_front, parse_sums
from vinese.score.scorer import score

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**63, 10**30, "", "x", "\x1b[31m", "\ud800", "A" * 300, "../../x", [], {}, [[]],
    {"": []}, "2026-02-30T25:00:00Z", {"text": ["a", None]}, "-" * 5000, "ế\u0301\u202e", float("nan"),
)  # fmt: skip


_BYTES = (b"\xff", b"\0", b"\r\n", b"\xef\xbb\xbf", b'"', b"{", b"]", b"\x1b", b"&", b"\n## x\n")


@dataclass(frozen=True)
class Target:
    """A kind of input: sound examples, the name of its file, and what reads that."""

    seeds: tuple[bytes, ...]
    file: str
    read: Callable[[Path, Project], object]

    def run(self, content: bytes, folder: Path, project: Project) -> None:
        """Read `content`; whatever is wrong with it may be an issue or a named error, and nothing else."""
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with suppress(VineseError):
            self.read(path, project)


def _export(path: Path, project: Project) -> None:
    list(validate_file(path, project))
    convert_file(path, str(path.with_name("out.jsonl")), project, report=lambda _: None, repair=True)


def _init(path: Path, _project: Project) -> None:
    shutil.rmtree(path.with_name("made"), ignore_errors=True)
    init(path.with_name("made"), path)


def _reader(load: Callable[[Project], object], depth: int) -> Callable[[Path, Project], object]:
    return lambda path, _: load(Project(path.parents[depth - 1]))


def _ingest(path: Path, project: Project) -> None:
    list(ingest_files([path], project, replace=True))


def _packaged(*parts: str) -> bytes:
    return packaged(*parts).read_bytes()


def targets() -> dict[str, Target]:
    """Return every kind of input by its name."""
    export = msgspec.json.encode([one_article.task()])
    document = msgspec.json.encode(one_article.document())
    prediction = json.dumps(
        {"id": "nato-eu", "entities": [{"id": "a", "type": "PER", "start": 0, "end": 2}]}
    ).encode()
    rows = json.dumps({"id": "nato-eu", "tokens": ["NATO", "x"], "ner_tags": ["B-ORG", "O"]}).encode()
    page = next(packaged("annotations", "articles", "raw").glob("*.txt")).read_bytes()
    conll = "NATO B-ORG\nở O\n\nEU B-ORG\n".encode()
    doccano = json.dumps({"id": 1, "text": "NATO ở EU", "label": [[0, 4, "ORG"]]}).encode()

    def gold(path: Path, project: Project) -> None:
        score(one_article.write_layer(project, one_article.task()), path, project=project, missing="empty")

    files: dict[str, tuple[bytes, Callable[[Project], object]]] = {
        "CITATION.cff": (_packaged("CITATION.cff"), load_about),
        "annotations/LICENSE.md": (_packaged("annotations", "LICENSE.md"), own_terms),
        "annotations/agreement.json": (_packaged("annotations", "agreement.json"), load_saved),
        "annotations/guidelines/decisions.md": (b"1. **A?** B. Doubted: c.\n", doubts),
        "annotations/guidelines/a.en.md": (b"- **E1. A rule.**\n", guidelines.pages),
        "annotations/layers.json": (_packaged("annotations", "layers.json"), load_layers),
        "annotations/quality.json": (_packaged("annotations", "quality.json"), load_quality),
        "annotations/splits.json": (_packaged("annotations", "splits.json"), read_splits),
        "card/corpus.md": (_packaged("card", "corpus.md"), load_sections),
        "schema/configs.json": (_packaged("schema", "configs.json"), load_configs),
        "schema/ontology.json": (_packaged("schema", "ontology.json"), load_ontology),
        "schema/mapping.json": (b'{"text": "text", "language": "vi", "labels": {"a": {"B": "PER"}}}', load_mapping),
    }
    words = next(packaged("annotations", "words").glob("*.json"))
    return {
        "export": Target((export, document, prediction), "export.json", _export),
        "lines": Target((b"\n".join([document, prediction]),), "lines.jsonl", _export),
        "score": Target((document, prediction, rows), "system.jsonl", gold),
        "init": Target((export, conll, doccano), "stranger.txt", _init),
        "page": Target((page,), "a-page.txt", _ingest),
        "article": Target(
            (msgspec.json.encode(one_article.example("article/valid-full")),),
            "annotations/articles/nato-eu.json",
            lambda path, _: list(validate_file(path, Project(path.parents[2]))),
        ),
        "words": Target((words.read_bytes(),), "annotations/words/nato-eu.json", _words),
        "sums": Target((b"00  a/b\n",), "SHA256SUMS", lambda path, _: parse_sums(path.read_bytes())),
        "card": Target((b"---\na: b\n---\n",), "README.md", lambda path, _: parse_front(path.read_bytes())),
        **{name: Target((seed,), name, _reader(load, name.count("/") + 1)) for name, (seed, load) in files.items()},
    }


def _words(path: Path, project: Project) -> None:
    target = project.own("annotations", "words", "nato-eu.json")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(path.read_bytes())
    check_words(project)


def mutated(seed: bytes, draw: random.Random) -> bytes:
    """Return a sound input with a few faults: in its values if it is JSON, or in its bytes."""
    if draw.random() < 0.7:
        try:
            value = json.loads(seed)
        except ValueError:
            pass
        else:
            for _ in range(draw.randint(1, 3)):
                value = _spoilt(value, draw)
            return json.dumps(value).encode()
    content = bytearray(seed)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(content) + 1)
        change = draw.randrange(4)
        if change == 0:
            del content[at : at + draw.randint(1, 40)]
        elif change == 1:
            content[at:at] = draw.choice(_BYTES)
        elif change == 2:
            content[at:at] = content[max(0, at - draw.randint(1, 200)) : at]
        elif at < len(content):
            content[at] ^= 1 << draw.randrange(8)
    return bytes(content)


def _spoilt(value: Any, draw: random.Random) -> Any:
    """Return JSON with one value at any depth replaced, removed, doubled or put under another key."""
    if not isinstance(value, dict | list) or not value or draw.random() < 0.15:
        return draw.choice(JUNK)
    change = draw.random()
    if isinstance(value, list):
        at = draw.randrange(len(value))
        here = [] if change < 0.1 else [value[at]] * 2 if change < 0.2 else [_spoilt(value[at], draw)]
        return [*value[:at], *here, *value[at + 1 :]]
    key = draw.choice(list(value))
    rest = {name: part for name, part in value.items() if name != key}
    if change < 0.1:
        return rest
    return (
        {**rest, str(draw.choice(JUNK))[:50]: value[key]}
        if change < 0.2
        else {**rest, key: _spoilt(value[key], draw)}
    )
