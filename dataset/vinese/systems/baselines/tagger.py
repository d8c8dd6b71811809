"""A tagger of syllables: a linear-chain conditional random field (Lafferty et al. 2001), by python-crfsuite."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from vinese.core.errors import MissingExtraError
from vinese.loader import bio
from vinese.score.tokens import decode
from vinese.systems.baselines.training import Row, sentence_tokens, within

_ITERATIONS = 100
_SHAPES = ((str.isnumeric, "0"), (str.istitle, "Xx"), (str.isupper, "XX"), (str.islower, "xx"), (str.isalnum, "xX"))


class Tagger:
    """Gives syllables BIO tags; one that learnt from nothing tags all as outside."""

    def __init__(self, model: bytes | None) -> None:
        """Keep a model in memory, where the library reads it without a copy of its own."""
        self._bytes = model
        self._model: Any = None
        if model is not None:
            import pycrfsuite  # noqa: PLC0415

            self._model = pycrfsuite.Tagger()
            self._model.open_inmemory(self._bytes)

    @classmethod
    def learn(cls, sequences: Iterable[tuple[Any, ...]], *, c2: float) -> Self:
        """Learn from sequences of tokens with tags, and a context if there is one; `c2` weighs the L2 penalty.

        The training is by L-BFGS from zero, without chance. Raise `MissingExtraError` without python-crfsuite.
        """
        try:
            import pycrfsuite  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("A baseline that learns to tag", "baselines") from error
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        marked = False
        for tokens, tags, *context in sequences:
            marked = marked or any(tag != "O" for tag in tags)
            trainer.append(features(tokens, *context), tags)
        if not marked:
            return cls(None)
        trainer.set_params({"c1": 0.0, "c2": c2, "max_iterations": _ITERATIONS})
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model"
            trainer.train(str(file))
            return cls(file.read_bytes())

    def tag(self, tokens: Sequence[Row], context: str = "") -> list[str]:
        """Return a tag for every token."""
        if self._model is None or not tokens:
            return ["O"] * len(tokens)
        tags: list[str] = self._model.tag(features(tokens, context))
        return tags

    def likely(self, tokens: Sequence[Row], least: float) -> list[str]:
        """Return for every token the likeliest tag but `O` where such tags have this probability at least."""
        if self._model is None or not tokens:
            return ["O"] * len(tokens)
        self._model.set(features(tokens))
        labels = sorted(set(self._model.labels()) - {"O"})
        tags = []
        for at in range(len(tokens)):
            marked = 1 - self._model.marginal("O", at)
            tags.append(max(labels, key=lambda label: self._model.marginal(label, at)) if marked >= least else "O")
        return tags


def span_tagger(documents: Iterable[Row], marked: Callable[[Row], Sequence[Row]], *, c2: float) -> Tagger:
    """Return a tagger that learnt, sentence by sentence, the spans that `marked` gives for a document."""

    def sentences() -> Iterator[tuple[list[Row], list[str]]]:
        for document in documents:
            spans = marked(document)
            for tokens in sentence_tokens(document):
                yield tokens, tags_of(tokens, within(spans, tokens))

    return Tagger.learn(sentences(), c2=c2)


def tagged(document: Row, tag: Callable[[list[Row]], Sequence[str]]) -> list[Row]:
    """Return the spans of a document whose sentences `tag` tags."""
    return [span for tokens in sentence_tokens(document) for span in spans_of(tokens, tag(tokens))]


def tags_of(tokens: Sequence[Row], spans: Sequence[Row]) -> list[str]:
    """Return the tags that mark spans; see `vinese.loader.bio`."""
    return bio([token["start"] for token in tokens], [token["end"] for token in tokens], spans)


def spans_of(tokens: Sequence[Row], tags: Sequence[str]) -> list[Row]:
    """Return the spans that tags mark; an `I-` that continues nothing begins one."""
    types = frozenset(tag.partition("-")[2] for tag in tags)
    return [
        {"start": tokens[span[1]]["start"], "end": tokens[span[2]]["end"], "type": span[0]}
        for span in decode(tags, types, repair=True)
        if isinstance(span, tuple)
    ]


def shape(word: str) -> str:
    """Return how a syllable is written.

    >>> [shape(word) for word in ("Nga", "NATO", "họp", "10/7", ",")]
    ['Xx', 'XX', 'xx', '0', ',']
    """
    if word[0].isdigit():
        return "0"
    return next((name for is_so, name in _SHAPES if is_so(word)), word)


def features(tokens: Sequence[Row], context: str = "") -> list[list[str]]:
    """Return the features of every token: words and shapes around it, runs of capitals, the context."""
    words = ["<s>", "<s>", *(token["text"].lower() for token in tokens), "</s>", "</s>"]
    shapes = ["<", "<", *(shape(token["text"]) for token in tokens), ">", ">"]
    before = after = 0
    runs = []
    for token in tokens:
        runs.append(before)
        before = min(3, before + 1) if token["text"][0].isupper() else 0
    ends = []
    for token in reversed(tokens):
        ends.append(after)
        after = min(3, after + 1) if token["text"][0].isupper() else 0
    rows = []
    for at, (run, end) in enumerate(zip(runs, reversed(ends), strict=True), 2):
        row = [f"w{k}={words[at + k]}" for k in (-2, -1, 0, 1, 2)] + [f"s{k}={shapes[at + k]}" for k in (-1, 0, 1)]
        row += [f"w-1|0={words[at - 1]}|{words[at]}", f"w0|1={words[at]}|{words[at + 1]}"]
        row += [f"s-1|0|1={'|'.join(shapes[at - 1 : at + 2])}", f"run={run}|{shapes[at]}|{end}"]
        rows.append([*row, f"in={context}", f"in={context}|w={words[at]}"] if context else row)
    return rows
