"""Count how the items of an adjudicated layer came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import msgspec

from vinese.records import Decided

if TYPE_CHECKING:
    from vinese.records import Document

KINDS: tuple[str, ...] = get_args(Decided)


class DecisionCount(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Count the items of one kind: those that all layers had, those that some had, those that none had."""

    agreed: int = 0
    chosen: int = 0
    new: int = 0

    @property
    def total(self) -> int:
        """Return how many items were decided."""
        return self.agreed + self.chosen + self.new

    @property
    def rate(self) -> float | None:
        """Return the share of items that the layers did not agree on, None where there is no item."""
        return (self.chosen + self.new) / self.total if self.total else None


class Decisions(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Count the decisions of a layer, one document at a time.

    What a layer had and adjudication left out is no item of the result, and is not counted. `chosen_from` counts by
    layer the chosen items that it had; with more than two layers several can have the same one.
    """

    articles: int = 0
    layers: list[str] = []
    kinds: dict[str, DecisionCount] = {}
    chosen_from: dict[str, int] = {}

    def add(self, document: Document) -> None:
        """Count a document's decisions, if it carries any."""
        found = document.provenance.adjudication
        if found is None:
            return
        self.articles += 1
        self.layers += [layer for layer in found.layers if layer not in self.layers]
        for one in found.decisions:
            counts = self.kinds.setdefault(one.kind, DecisionCount())
            setattr(counts, one.how, getattr(counts, one.how) + 1)
            if one.how == "chosen":
                for layer in one.layers:
                    self.chosen_from[layer] = self.chosen_from.get(layer, 0) + 1

    def all(self) -> DecisionCount:
        """Return the counts over all kinds."""
        return DecisionCount(
            agreed=sum(one.agreed for one in self.kinds.values()),
            chosen=sum(one.chosen for one in self.kinds.values()),
            new=sum(one.new for one in self.kinds.values()),
        )

    def ordered(self) -> dict[str, DecisionCount]:
        """Return the counts of the kinds that occur, always in the same order."""
        return {kind: self.kinds[kind] for kind in KINDS if kind in self.kinds}
