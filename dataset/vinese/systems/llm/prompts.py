"""What a language model is asked: the frame from `prompts/`, labels from the ontology, examples from other folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vinese.core.errors import UsageError
from vinese.model.ontology import Ontology
from vinese.score.options import options
from vinese.score.read import Source
from vinese.systems.corpus import Corpus, read_corpus
from vinese.systems.llm.read_reply import Passage
from vinese.systems.llm.reply_schema import Schema, check_task, reply_schema
from vinese.systems.llm.shots import shots

LANGUAGES = ("vi", "en")
_FOLDER = Path(__file__).parent / "prompts"
Message = dict[str, str]


class Request(NamedTuple):
    """What is asked about one article: `messages` as chat interfaces take them, and the schema of the reply."""

    article_id: str
    task: str
    messages: list[Message]
    schema: Schema

    @property
    def custom_id(self) -> str:
        """Return the name of the request: the article's id and the task."""
        return f"{self.article_id}/{self.task}"

    @property
    def response_format(self) -> dict[str, Any]:
        """Return the schema as OpenAI's interface and those that copy it take it."""
        schema = {"name": f"vinese_{self.task}", "strict": True, "schema": self.schema}
        return {"type": "json_schema", "json_schema": schema}


def requests(task: str, corpus: Corpus, *, lang: str | None = None, shots: int = 0) -> list[Request]:
    """Return a request an article of the corpus, in the order of their ids; `lang` is by default the ontology's.

    Raise `UsageError` if there is no such task or language, or if there are not so many examples.
    """
    check_task(task, corpus.ontology)
    lang = corpus.ontology.lang if lang is None else lang
    if lang not in LANGUAGES:
        raise UsageError(f"There is no prompt in {lang!r}.", f"Languages: {', '.join(LANGUAGES)}.")
    schema = reply_schema(task, corpus.ontology)
    system = instructions(task, corpus.ontology, lang, schema)
    return [
        Request(
            document.id,
            task,
            [
                {"role": "system", "content": system},
                *_examples(corpus, task, document.id, shots),
                {"role": "user", "content": numbered(Passage(document.text, document.sentences))},
            ],
            schema,
        )
        for document in corpus.documents
    ]


def instructions(task: str, ontology: Ontology, lang: str, schema: Schema) -> str:
    """Return the system message: the frame of the task, with the ontology's labels and definitions."""
    template = _templates().get_template(f"{task}.{lang}.md.jinja")
    told = {"labels": _labels(ontology, lang, task), "schema": msgspec.json.encode(schema).decode()}
    return template.render(told, vietnamese=ontology.language == "vi")


def numbered(passage: Passage) -> str:
    r"""Return a text as it is shown: every sentence on a line of its own with its number, an empty line a paragraph.

    >>> from vinese.model.records import Sentence
    >>> print(numbered(Passage("A họp. B họp.\nC họp.", [Sentence(0, 6), Sentence(7, 13), Sentence(14, 20)])))
    [1] A họp.
    [2] B họp.
    <BLANKLINE>
    [3] C họp.
    """
    lines, end = [], 0
    for number, sentence in enumerate(passage.sentences, 1):
        if number > 1 and "\n" in passage.text[end : sentence.start]:
            lines.append("")
        lines.append(f"[{number}] {passage.text[sentence.start : sentence.end]}")
        end = sentence.end
    return "\n".join(lines)


def _examples(corpus: Corpus, task: str, article_id: str, number: int) -> Iterator[Message]:
    for shot in shots(corpus, task, article_id, number):
        yield {"role": "user", "content": numbered(shot.passage)}
        yield {"role": "assistant", "content": msgspec.json.encode(shot.reply).decode()}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # what is written is no page
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _labels(ontology: Ontology, lang: str, task: str) -> Mapping[str, list[dict[str, Any]]]:
    """Return the labels of every closed list with name and definition in a language, and what may fill roles."""
    types = [label for label in ontology.entities if task != "entities" or not label.auxiliary]
    lists = {**ontology.lists(), "entity_type": tuple(types), "role": ontology.roles}
    return {
        name: [
            {
                "id": label.id,
                "name": getattr(label.name, lang),
                "definition": getattr(label.definition, lang),
                "fillers": getattr(label, "fillers", ()),
                "events": getattr(label, "events", False),
                "auxiliary": getattr(label, "auxiliary", False),
            }
            for label in labels
        ]
        for name, labels in lists.items()
    }


def prompts(
    task: str,
    *,
    lang: str | None = None,
    shots: int = 0,
    model: str | None = None,
    gold: Source | None = None,
    **settings: Any,
) -> Iterator[dict[str, Any]]:
    """Yield a request an article, in the form of a line for OpenAI's batches.

    Everything that speaks that form takes them (OpenAI, vLLM, Together and others); `vinese.predict` reads what comes
    back. The reply is asked for with temperature 0, a seed and a strict schema, which the prompt has too.

    Parameters
    ----------
    task
        `entities`, `events` or `opinions`.
    lang
        The language of the instructions: `vi` or `en`; by default `vi` for an ontology of `vi`, else `en`.
    shots
        How many examples there are before the article: passages of other folds' articles, with gold.
    model
        The model's name in the lines; without one they have none, and whoever runs them has to add it.
    gold
        The articles to ask about, and where examples come from: as for `vinese.score`, with the articles' texts. None
        is the gold layer of the project.
    project, ontology, articles
        As for `vinese.score`.

    Yields
    ------
    dict
        With `custom_id` (the article's id and the task), `method`, `url` and `body`.

    Raises
    ------
    UsageError
        If there is no such task or language, no gold, or not so many examples.

    Examples
    --------
    >>> import vinese
    >>> nato = {"id": "e1", "start": 0, "end": 4, "type": "ORG_IGO"}
    >>> gold = [{"id": "a", "entities": [nato]}, {"id": "b", "entities": [nato]}]
    >>> texts = {"a": "NATO họp.", "b": "NATO mở rộng."}
    >>> line = next(vinese.prompts("entities", lang="en", shots=1, gold=gold, articles=texts))
    >>> line["custom_id"]
    'a/entities'
    >>> for message in line["body"]["messages"][1:]:
    ...     print(message["role"], message["content"])
    user [1] NATO mở rộng.
    assistant {"entities":[{"sentence":1,"text":"NATO","type":"ORG_IGO"}]}
    user [1] NATO họp.
    """
    corpus = read_corpus(gold, options(**settings))
    named = {} if model is None else {"model": model}
    for request in requests(task, corpus, lang=lang, shots=shots):
        body = {**named, "messages": request.messages, "temperature": 0, "seed": 0}
        yield {
            "custom_id": request.custom_id,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {**body, "response_format": request.response_format},
        }
