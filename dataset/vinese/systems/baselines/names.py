"""The baselines by task and name, with what each does in words."""

from __future__ import annotations

EMPTY = "empty"
_EMPTY = {EMPTY: "finds nothing"}
ABOUT: dict[str, dict[str, str]] = {
    "entities": {
        **_EMPTY,
        "majority": "runs of capitals, of the most frequent type",
        "gazetteer": "names of the other articles, nested where they nest",
        "crf": "CRFs over syllables: outermost mentions, inner ones, auxiliary ones",
        "underthesea": "an off-the-shelf recogniser of names, not trained here; coarse classes, flat",
    },
    "events": {
        **_EMPTY,
        "lexicon": "triggers of the other articles; roles by type, side and nearness; mentions of gazetteer",
        "crf": "a CRF over syllables for triggers; roles by type, side and nearness; mentions of crf",
    },
    "opinions": {
        **_EMPTY,
        "cues": "cues of the other articles, nearest holder and target; mentions of crf, triggers of lexicon",
        "tfidf": "TF-IDF and logistic regression over pairs of mentions; mentions and triggers of crf",
    },
    "article_stance": {**_EMPTY, "majority": "the most frequent judgement"},
}
NAMES = tuple(dict.fromkeys(name for by_name in ABOUT.values() for name in by_name))
