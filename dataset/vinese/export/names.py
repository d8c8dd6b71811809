"""Name the controls of the label configuration, as regions of an export refer to them."""

from __future__ import annotations

KINDS = {"entity": "entity", "event": "event", "stance": "stance"}
CHOICES = {
    "modality": "event",
    "polarity": "stance",
    "attribution": "stance",
    "holder_kind": "stance",
    "topic": "stance",
}
REQUIRED = {"entity": (), "event": ("modality",), "stance": ("polarity", "attribution")}
JUDGEMENTS = ("outlet_stance", "overall_leaning")
NOTE = "note"
TEXT = "text"
TOOL = "Label Studio"
