"""Find mentions: by the names of other articles, by capitals, by CRFs, by an off-the-shelf recogniser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from vinese.core.errors import MissingExtraError
from vinese.corpus.words import lay, shadow
from vinese.loader import outermost
from vinese.systems.baselines.lexicon import Lexicon, looked_up
from vinese.systems.baselines.tagger import Tagger, span_tagger, spans_of, tagged, tags_of
from vinese.systems.baselines.training import Row, Training, agreed, auxiliary, named, sentence_tokens, tuned, within

Find = Callable[[Row], list[Row]]
"""Returns the mentions of a document without labels: rows of `start`, `end` and `type`."""

_SHARES = (0.5, 0.0, 0.25, 0.75)
_C2 = (0.1, 0.01, 1.0)


def _types(training: Training) -> Counter[str]:
    """Return how often each type of named mention occurs."""
    return Counter(entity["type"] for document in training.documents for entity in named(document, training.gold))


def capitals(training: Training) -> Find:
    """Take every run of capitalised syllables for a mention of the most frequent type.

    A single one that begins a sentence is none, for a capital stands there anyway.
    """
    types = [label for label, _ in _types(training).most_common(1)]

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
        return lambda document: looked_up(document, lexicon, share, nested=True)

    return tuned(training, "gazetteer", _SHARES, finder, _counter(training))


def crf(training: Training) -> Find:
    """Tag syllables with three CRFs: outermost named mentions, those inside a mention, auxiliary mentions."""
    outer = crf_outermost(training)
    inner = training.remember("crf inner", _learn_inner)
    others = training.remember(
        "crf auxiliary",
        lambda these: span_tagger(these.documents, lambda document: auxiliary(document, these.gold), c2=0.1),
    )

    def find(document: Row) -> list[Row]:
        mentions = outer(document)
        ahead = list(mentions)
        while ahead:
            inside = [span for span in _inside(document, ahead, inner) if span not in mentions]
            mentions += inside
            ahead = inside
        aside = [span for span in tagged(document, others.tag) if not any(_cross(span, other) for other in mentions)]
        return sorted([*mentions, *aside], key=lambda span: (span["start"], -span["end"], span["type"]))

    return find


def crf_outermost(training: Training) -> Find:
    """Tag the outermost named mentions; the weight of the penalty is tuned."""

    def finder(these: Training, c2: float) -> Find:
        tagger = span_tagger(these.documents, lambda document: outermost(named(document, these.gold)), c2=c2)
        return lambda document: tagged(document, tagger.tag)

    def count(find: Find, document: Row) -> tuple[int, int, int]:
        return agreed(find(document), outermost(named(document, training.gold)))

    return tuned(training, "crf outermost", _C2, finder, count)


def _counter(training: Training) -> Callable[[Find, Row], tuple[int, int, int]]:
    return lambda find, document: agreed(
        named({"entities": find(document)}, training.gold), named(document, training.gold)
    )


def _learn_inner(training: Training) -> Tagger:
    """Learn what stands right inside mentions: the outermost of those that are shorter."""

    def sequences() -> Iterator[tuple[list[Row], list[str], str]]:
        for document in training.documents:
            mentions = named(document, training.gold)
            for holder, tokens in _holders(document, mentions):
                inside = [span for span in within(mentions, tokens) if _shorter(span, holder)]
                yield tokens, tags_of(tokens, outermost(inside)), holder["type"]

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


def underthesea(training: Training) -> Find:
    """Take what underthesea recognises, flat; nothing is learnt but the name of each of its classes here.

    Its classes are coarse (PER, ORG, LOC): each is given the most frequent type that the ontology projects on it.
    Its deep model, which would be downloaded, is not used.
    """
    try:
        from underthesea import ner  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("The off-the-shelf recogniser", "baselines") from error
    coarse = {label.id: label.coarse for label in training.gold.ontology.entities}
    fine = {coarse[label]: label for label, _ in reversed(_types(training).most_common()) if coarse[label]}

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
