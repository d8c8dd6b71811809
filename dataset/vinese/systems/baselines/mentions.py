"""Find mentions: by the names of other articles, by capitals, by CRFs, by an off-the-shelf recogniser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from vinese.loader import bio, outermost
from vinese.systems.baselines.lexicon import Lexicon, apart
from vinese.systems.baselines.tagger import Tagger, spans_of
from vinese.systems.baselines.training import Row, Training, agreed, auxiliary, named, sentence_tokens, tuned, within

Find = Callable[[Row], list[Row]]
"""Returns the mentions of a document without labels: rows of `start`, `end` and `type`."""

_SHARES = (0.5, 0.0, 0.25, 0.75)
_C2 = (0.1, 0.01, 1.0)


def capitals(training: Training) -> Find:
    """Take every run of capitalised syllables for a mention of the most frequent type.

    A single one that begins a sentence is none, for a capital stands there anyway.
    """
    counts = Counter(entity["type"] for document in training.documents for entity in named(document, training.gold))
    types = [label for label, _ in counts.most_common(1)]

    def find(document: Row) -> list[Row]:
        mentions = []
        for tokens in sentence_tokens(document):
            run: list[int] = []
            for i in range(len(tokens) + 1):
                if i < len(tokens) and tokens[i]["text"][0].isupper():
                    run.append(i)
                    continue
                if run and run != [0]:
                    place = {"start": tokens[run[0]]["start"], "end": tokens[run[-1]]["end"]}
                    mentions += [{**place, "type": label} for label in types]
                run = []
        return mentions

    return find


def gazetteer(training: Training) -> Find:
    """Take for a mention what is one in other articles, in a tuned share of its places; names may nest."""

    def learn(these: Training) -> Lexicon[str]:
        return Lexicon(
            these.documents, lambda document: ((e["start"], e["end"], e["type"]) for e in document["entities"])
        )

    def finder(these: Training, share: float) -> Find:
        lexicon = these.remember("gazetteer", learn)

        def find(document: Row) -> list[Row]:
            matches = apart(lexicon.matches(document, share), nested=True)
            return [{"start": start, "end": end, "type": entry.labels[0]} for start, end, entry in matches]

        return find

    return tuned(training, "gazetteer", _SHARES, finder, _counter(training))


def crf(training: Training) -> Find:
    """Tag syllables with three CRFs: outermost named mentions, those inside a mention, auxiliary mentions."""
    outer = crf_outermost(training)
    inner = training.remember("crf inner", _learn_inner)
    others = training.remember(
        "crf auxiliary", lambda these: _tagger(these, lambda document: auxiliary(document, these.gold), 0.1)
    )

    def find(document: Row) -> list[Row]:
        mentions = outer(document)
        ahead = list(mentions)
        while ahead:
            inside = [span for span in _inside(document, ahead, inner) if span not in mentions]
            mentions += inside
            ahead = inside
        found = [span for span in _tagged(document, others) if not any(_cross(span, other) for other in mentions)]
        return sorted([*mentions, *found], key=lambda span: (span["start"], -span["end"], span["type"]))

    return find


def crf_outermost(training: Training) -> Find:
    """Tag the outermost named mentions; the weight of the penalty is tuned."""

    def finder(these: Training, c2: float) -> Find:
        tagger = _tagger(these, lambda document: outermost(named(document, these.gold)), c2)
        return lambda document: _tagged(document, tagger)

    def count(find: Find, document: Row) -> tuple[int, int, int]:
        return agreed(find(document), outermost(named(document, training.gold)))

    return tuned(training, "crf outermost", _C2, finder, count)


def _counter(training: Training) -> Callable[[Find, Row], tuple[int, int, int]]:
    return lambda find, document: agreed(
        named({"entities": find(document)}, training.gold), named(document, training.gold)
    )


def _tagger(training: Training, marked: Callable[[Row], list[Row]], c2: float) -> Tagger:
    def sentences() -> Iterator[tuple[list[Row], list[str]]]:
        for document in training.documents:
            spans = marked(document)
            for tokens in sentence_tokens(document):
                yield tokens, bio(tokens, within(spans, tokens))

    return Tagger.learn(sentences(), c2=c2)


def _tagged(document: Row, tagger: Tagger) -> list[Row]:
    return [span for tokens in sentence_tokens(document) for span in spans_of(tokens, tagger.tag(tokens))]


def _learn_inner(training: Training) -> Tagger:
    """Learn what stands right inside mentions: the outermost of those that are shorter."""

    def sequences() -> Iterator[tuple[list[Row], list[str], str]]:
        for document in training.documents:
            mentions = named(document, training.gold)
            for holder, tokens in _holders(document, mentions):
                inside = [span for span in within(mentions, tokens) if _shorter(span, holder)]
                yield tokens, bio(tokens, outermost(inside)), holder["type"]

    return Tagger.learn(sequences(), c2=0.1)


def _inside(document: Row, mentions: Iterable[Row], tagger: Tagger) -> list[Row]:
    spans = []
    for holder, tokens in _holders(document, mentions):
        inside = spans_of(tokens, tagger.tag(tokens, holder["type"]))
        spans += [span for span in inside if _shorter(span, holder)]
    return spans


def _holders(document: Row, mentions: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield each mention of several syllables with its tokens."""
    sentences = list(sentence_tokens(document))
    for mention in mentions:
        for sentence in sentences:
            tokens = within(sentence, [mention])
            if len(tokens) > 1:
                yield mention, tokens


def _shorter(span: Row, holder: Row) -> bool:
    return (span["start"], span["end"]) != (holder["start"], holder["end"])


def _cross(span: Row, other: Row) -> bool:
    apart_or_nested = span["end"] <= other["start"] or other["end"] <= span["start"]
    apart_or_nested |= span["start"] <= other["start"] and other["end"] <= span["end"]
    apart_or_nested |= other["start"] <= span["start"] and span["end"] <= other["end"]
    return not apart_or_nested
