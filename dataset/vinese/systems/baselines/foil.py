"""The off-the-shelf foil: underthesea's recogniser of names, a CRF whose model comes inside its wheel."""

from __future__ import annotations

from collections import Counter

from vinese.core.errors import MissingExtraError
from vinese.corpus.words import lay, shadow
from vinese.systems.baselines.mentions import Find
from vinese.systems.baselines.tagger import spans_of
from vinese.systems.baselines.training import Row, Training, named


def underthesea(training: Training) -> Find:
    """Take what underthesea recognises, flat; nothing is learnt but the name of each of its classes here.

    Its classes are coarse (PER, ORG, LOC): each is given the most frequent type that the ontology projects on it.
    Its deep model, which would be downloaded, is not used.
    """
    try:
        from underthesea import ner  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("The off-the-shelf recogniser", "baselines") from error
    counts = Counter(entity["type"] for document in training.documents for entity in named(document, training.gold))
    coarse = {label.id: label.coarse for label in training.gold.ontology.entities}
    fine = {coarse[label]: label for label, _ in reversed(counts.most_common()) if coarse[label]}

    def find(document: Row) -> list[Row]:
        mentions = []
        for sentence in document["sentences"]:
            line = shadow(document["text"][sentence["start"] : sentence["end"]])
            tagged = ner(line)
            places = lay([word for word, *_ in tagged], line)
            tokens = [{"start": sentence["start"] + a, "end": sentence["start"] + b} for a, b in places or ()]
            tags = [tag for *_, tag in tagged] if places else []
            spans = spans_of(tokens, tags)
            mentions += [{**span, "type": fine[span["type"]]} for span in spans if span["type"] in fine]
        return mentions

    return find
