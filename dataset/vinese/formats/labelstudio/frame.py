"""Hold what all annotations of one task share."""

from __future__ import annotations

from typing import Any, NamedTuple

from vinese.checks.text import sha256
from vinese.corpus.layers import Layers
from vinese.model.links import Rules
from vinese.model.ontology import Ontology
from vinese.model.records import Article, Sentence, Zone
from vinese.text.sentences import sentences


class Frame:
    """Hold what all annotations of one task share: the text, the article, and where the task stands."""

    def __init__(self, text: str, article_id: str | None, pointer: str, task: dict[str, Any]) -> None:
        self.text = text
        self.article_id = article_id
        self.pointer = pointer
        meta, stamp = task.get("meta"), task.get("vinese")
        self.meta: dict[str, Any] = meta if isinstance(meta, dict) else {}
        self.stamp: dict[str, Any] = stamp if isinstance(stamp, dict) else {}
        self.article: Article | None = None
        self.sentences: tuple[Sentence, ...] = ()
        self.zones: tuple[Zone, ...] = ()
        self.sha256 = sha256(text)
        self.result = ""

    def place(self, article: Article | None) -> None:
        """Take zones and sentences from the article, or find the sentences in the text."""
        self.article = article
        self.sentences = article.sentences if article else sentences(self.text)
        self.zones = article.zones if article else ()


class LayerContext(NamedTuple):
    """Hold what all tasks of one layer share: the ontology with its rules, and who made the layer."""

    ontology: Ontology
    rules: Rules
    layer: str
    layers: Layers
