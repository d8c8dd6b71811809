"""Count how the items of adjudicated layers were decided: agreed by all, chosen from a layer, new."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from vinese import records
from vinese.agree.records import AdjudicationRate, Decisions

if TYPE_CHECKING:
    from vinese.records import Document

ALL = "all"
KINDS = (*get_args(records.Decided), ALL)


class Decided:
    """Count the decisions that the documents of one layer carry."""

    def __init__(self) -> None:
        self.layers: dict[str, None] = {}
        self.articles = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, document: Document) -> None:
        """Count the decisions of one document, if it carries any."""
        found = document.provenance.adjudication
        if found is None:
            return
        self.articles += 1
        self.layers.update(dict.fromkeys(found.layers))
        for one in found.decisions:
            for kind in (one.kind, ALL):
                self._counts[kind, one.how, ""] += 1
                if one.how == "chosen":
                    self._counts.update((kind, one.how, layer) for layer in one.layers)

    def rate(self, layer: str) -> AdjudicationRate | None:
        """Return the counts of `layer` with their shares, None if it was not adjudicated."""
        if not self.articles:
            return None
        kinds = tuple(self._decisions(kind) for kind in KINDS)
        return AdjudicationRate(layer=layer, layers=tuple(self.layers), articles=self.articles, kinds=kinds)

    def _decisions(self, kind: str) -> Decisions:
        agreed, chosen, new = (self._counts[kind, how, ""] for how in ("agreed", "chosen", "new"))
        items = agreed + chosen + new
        by_layer = {layer: self._counts[kind, "chosen", layer] for layer in self.layers}

        def share(count: int) -> float | None:
            return count / items if items else None

        return Decisions(
            kind=kind,
            items=items,
            agreed=agreed,
            chosen=by_layer,
            new=new,
            agreed_share=share(agreed),
            chosen_share={layer: share(count) for layer, count in by_layer.items()},
            new_share=share(new),
        )
