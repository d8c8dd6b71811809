"""Convert tokens with BIO tags into spans: what is not decided by the tags is an issue, never guessed in silence.

The scheme is IOB2: `B-` begins a span, `I-` of the same type right after it continues it, `O` is outside. An `I-`
that continues nothing is an error that counts them; with `repair` a span begins there, as conlleval reads it (Tjong
Kim Sang and De Meulder 2003, "Introduction to the CoNLL-2003 Shared Task").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from vinese.core.issues import Issue, issue

TAGS = ("tags", "ner_tags")
TOKENS = ("tokens", "words")


class Token(NamedTuple):
    """A token's offsets in the text of its article."""

    start: int
    end: int


def is_tagged(value: Mapping[str, Any]) -> bool:
    """Return whether a record has tokens and tags."""
    return any(key in value for key in TAGS) and any(key in value for key in TOKENS)


def read_tagged(
    value: Mapping[str, Any], text: str, types: frozenset[str], *, repair: bool
) -> Iterator[dict[str, Any] | Issue]:
    """Yield the entities of one record with tokens and tags, and the issues that keep it from being read.

    Tokens are objects with `start` and `end`, or strings that follow each other in the text, with `_` or a space
    between the syllables of a word. `start` of the record, if there is one, is added to all offsets.
    """
    tags_key = next(key for key in TAGS if key in value)
    tokens_key = next(key for key in TOKENS if key in value)
    article_id = str(value.get("article_id", value.get("id")))
    tags, tokens = value[tags_key], value[tokens_key]
    if not isinstance(tags, Sequence) or not isinstance(tokens, Sequence) or len(tags) != len(tokens):
        pointer = f"/{tags_key}"
        yield issue("tags-differ", article_id=article_id, pointer=pointer, tags=_size(tags), tokens=_size(tokens))
        return
    places = []
    for place in _places(tokens, text, int(value.get("start") or 0), f"/{tokens_key}", article_id):
        if isinstance(place, Issue):
            yield place
            return
        places.append(place)
    for span in decode(tags, types, repair=repair):
        if isinstance(span, Issue):
            yield msgspec.structs.replace(span, article_id=article_id, pointer=f"/{tags_key}{span.pointer}")
        else:
            label, first, last = span
            yield {"start": places[first].start, "end": places[last].end, "type": label}


def _size(value: Any) -> int:
    return len(value) if isinstance(value, Sequence) else 0


def _places(tokens: Sequence[Any], text: str, start: int, pointer: str, article_id: str) -> Iterator[Token | Issue]:
    at = start
    for i, token in enumerate(tokens):
        if isinstance(token, Mapping):
            place = Token(start + int(token["start"]), start + int(token["end"]))
            words = token.get("text")
            if words is not None and text[place.start : place.end] != words:
                at_token = f"{pointer}/{i}"
                yield issue("tokens-differ", article_id=article_id, pointer=at_token, token=words, start=place.start)
                return
        else:
            match = _find(str(token), text, at)
            if match is None:
                yield issue("tokens-differ", article_id=article_id, pointer=f"{pointer}/{i}", token=token, start=at)
                return
            place = match
        at = place.end
        yield place


def _find(token: str, text: str, at: int) -> Token | None:
    """Return where a token stands right after `at`, blanks aside; `_` stands for the space within a word."""
    while at < len(text) and text[at].isspace():
        at += 1
    for words in dict.fromkeys((token, token.replace("_", " "))):
        if words and text.startswith(words, at):
            return Token(at, at + len(words))
    return None


def decode(
    tags: Sequence[Any], types: frozenset[str], *, repair: bool = False
) -> Iterator[tuple[str, int, int] | Issue]:
    """Yield (type, first token, last token) of every span, and issues of the tags; pointers are into the tags.

    >>> list(decode(["B-PER", "I-PER", "O", "B-GPE"], frozenset(["PER", "GPE"])))
    [('PER', 0, 1), ('GPE', 3, 3)]
    """
    current: tuple[str, int] | None = None
    orphans: list[int] = []
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, label = str(tag).partition("-")
        outside = tag == "O"
        if not outside and (prefix not in {"B", "I"} or label not in types):
            allowed = f"O, and B- and I- with {', '.join(sorted(types))}"
            yield issue("unknown-label", pointer=f"/{i}", value=f'"{tag}"', known=allowed)
            outside = True
        continues = prefix == "I" and not outside and current is not None and current[0] == label
        if current is not None and not continues:
            yield current[0], current[1], i - 1
            current = None
        if outside or continues:
            continue
        if prefix == "I":
            orphans.append(i)
        current = (label, i)
    if orphans and not repair:
        first = orphans[0]
        yield issue("bio-orphan-inside", pointer=f"/{first}", count=len(orphans), tag=tags[first], token=first)
