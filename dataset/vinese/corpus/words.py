"""The words of every article, in `annotations/words/<id>.json` or a sub-folder, so that a build needs no segmenter.

A file holds the words of one text; its hash says of which. They are made once and kept: a later segmenter does not
change what is there, unless the file is removed first.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from vinese.core import places
from vinese.core.errors import FileProblemError, MissingExtraError
from vinese.core.files import read_record, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.pools import Workers
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.core.shards import Shards, spread_over, stamps, stamps_in
from vinese.core.workplace import keeping_work_folders
from vinese.corpus.articles import Articles, article_files
from vinese.model.records import Article, Sentence
from vinese.text.tokens import new_tones, syllables

ARTICLES_A_SHARD = 16
Segmenter = Callable[[str], list[str]]

LANGUAGE = "vi"
"""What words are cut in; articles in other languages have none."""

SCHEMA = "../../schema/words.schema.json"
"""Where words in `annotations/words/` have their schema."""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one article, sentence by sentence, as stretches (start, end) of its text in code points."""

    schema: str = msgspec.field(default=SCHEMA, name="$schema")
    article_id: str
    text_sha256: str
    segmenter: str
    sentences: list[list[tuple[int, int]]]

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """Return the words of all sentences."""
        return [stretch for sentence in self.sentences for stretch in sentence]


class WordsReport(msgspec.Struct, frozen=True, kw_only=True):
    """How many articles have words, how many words these are, which files were written, and what is wrong.

    `others` counts the articles that need no words, for their language has no segmenter here.
    """

    articles: int
    words: int
    written: tuple[str, ...] = ()
    others: int = 0
    issues: tuple[Issue, ...] = ()


def words_path(project: Project, article_id: str) -> Path:
    """Return where the words of an article stand."""
    folder = _folder(project)
    path = places.words_path(folder, project.articles, article_id)
    return project.own("annotations", "words", *path.relative_to(folder).parts)


def _folder(project: Project) -> Path:
    return project.own("annotations", "words")


def read_words(project: Project, article_id: str, text: str, text_sha256: str) -> Words | Issue:
    """Return the words of an article with this `text`, or the issue that keeps them from being used."""
    path = words_path(project, article_id)
    where: dict[str, Any] = {"file": str(path), "article_id": article_id}
    try:
        words = read_record(path, Words)
    except FileProblemError as error:
        cause = error.__cause__ if isinstance(error.__cause__, msgspec.DecodeError) else error
        return issue("words-unsound", reason=str(cause).rstrip("."), **where)
    if words is None:
        return issue("words-missing", **where)
    if (words.article_id, words.text_sha256) != (article_id, text_sha256):
        return issue("words-stale", **where)
    reason = _flaw(words.stretches, text)
    return issue("words-unsound", reason=reason, **where) if reason else words


def _flaw(stretches: list[tuple[int, int]], text: str) -> str | None:
    """Return what is wrong with words: they stand in order, apart, and leave nothing but white space out."""
    place = 0
    for start, end in [*stretches, (len(text), len(text) + 1)]:
        if not place <= start < end or text[place:start].strip():
            return f"the words do not fit the text at {place}"
        place = end
    return None


def check_words(project: Project, articles: Articles | None = None) -> WordsReport:
    """Return of how many articles the words are there and those of its text, and the issues; needs no segmenter."""
    return _sum_up((articles or Articles(project.articles)).read(), project)


def update_words(
    project: Project, articles: Articles | None = None, *, jobs: int = 1, scheduler: str | None = None
) -> WordsReport:
    """Make the words of every article in Vietnamese that lacks them, or has those of another text; leave the others.

    So many `jobs`, processes, make them, or a Dask cluster, the address of whose `scheduler` is given (extra `dask`).
    Raise `MissingExtraError` if that takes a segmenter and none is installed, `UsageError` if there is no project.
    """
    project.must_be_own()
    articles = articles or Articles(project.articles)
    with keeping_work_folders(), spread_over(Workers(jobs, scheduler), project.own(), "words") as spread:
        parts = [_updated(project, articles.read())] if spread is None else list(_parts(project, articles, spread))
    others = sum(part.others for part in parts)
    told = [issue("words-language", file=str(_folder(project)), count=others)] if others else []
    return WordsReport(
        articles=sum(part.articles for part in parts),
        words=sum(part.words for part in parts),
        written=tuple(chain.from_iterable(part.written for part in parts)),
        others=others,
        issues=tuple(chain(told, *(part.issues for part in parts))),
    )


def _parts(project: Project, articles: Articles, spread: Shards) -> Iterator[WordsReport]:
    """Have workers make words, and yield what each says of its articles."""
    paths = article_files(project.articles)
    starts = range(0, len(paths), ARTICLES_A_SHARD) or [0]
    shards = ((project, paths[start : start + ARTICLES_A_SHARD]) for start in starts)
    for (_, its), path in spread.results(_write_words, shards, *stamps(paths), *stamps_in(_folder(project))):
        if path is None:
            yield _updated(project, articles.read(its))
        else:
            yield msgspec.json.decode(path.read_bytes(), type=WordsReport)


def _write_words(shard: tuple[Project, list[Path]], target: Path) -> None:
    """Make the words of some articles that lack them, in a worker; write the report to `target`."""
    project, paths = shard
    with keeping_work_folders():
        report = _updated(project, Articles(project.articles).read(paths))
    target.write_bytes(msgspec.json.encode(report))


def _updated(project: Project, articles: Iterator[Article | Issue]) -> WordsReport:
    """Make the words of the articles that lack them, and return how it is with all of these."""
    written: list[str] = []
    report = _sum_up(_made(project, articles, written), project)
    return msgspec.structs.replace(report, written=tuple(written))


def _made(project: Project, articles: Iterator[Article | Issue], written: list[str]) -> Iterator[Article | Issue]:
    """Yield every article, its words being there by then, and every issue of articles.

    `written` gets the ids of those whose words are new.
    """
    tool = None
    for article in articles:
        if (
            isinstance(article, Article)
            and article.language == LANGUAGE
            and isinstance(_words_of(article, project), Issue)
        ):
            tool = tool or segmenter()
            name, cut = tool
            sentences = segment(article.text, article.sentences, cut)
            path, folder = words_path(project, article.id), _folder(project)
            words = Words(
                schema=SCHEMA if path.parent == folder else f"../{SCHEMA}",
                article_id=article.id,
                text_sha256=article.text_sha256,
                segmenter=name,
                sentences=sentences,
            )
            write_bytes(path, words_bytes(words), work=folder)
            written.append(article.id)
        yield article


def _words_of(article: Article | Issue, project: Project) -> Words | Issue:
    if isinstance(article, Issue):
        return article
    return read_words(project, article.id, article.text, article.text_sha256)


def _sum_up(articles: Iterator[Article | Issue], project: Project) -> WordsReport:
    issues: list[Issue] = []
    number = count = others = 0
    for article in articles:
        words = _words_of(article, project)
        if isinstance(words, Issue) and isinstance(article, Article) and article.language != LANGUAGE:
            others += 1
        elif isinstance(words, Issue):
            issues.append(words)
        else:
            number, count = number + 1, count + len(words.stretches)
    return WordsReport(articles=number, words=count, others=others, issues=tuple(issues))


def words_bytes(words: Words) -> bytes:
    """Return words as a file's content: JSON, a sentence a line."""
    head = {key: value for key, value in msgspec.to_builtins(words).items() if key != "sentences"}
    lines = ",\n".join("    " + msgspec.json.encode(sentence).decode() for sentence in words.sentences)
    start = msgspec.json.format(msgspec.json.encode(head), indent=2).decode().removesuffix("\n}")
    return f'{start},\n  "sentences": [\n{lines}\n  ]\n}}\n'.encode()


_JOINT = re.compile(r"(?<=[^\W\d_])[-‐‑–](?=[^\W\d_])")


def shadow(sentence: str) -> str:
    """Return what the segmenter is given in the place of `sentence`: a text of the same length."""
    return _JOINT.sub(lambda joint: "," if sentence[joint.end()].isupper() else joint[0], new_tones(sentence))


def segmenter() -> tuple[str, Segmenter]:
    """Return the segmenter's name with its version, and the segmenter; raise `MissingExtraError` without it."""
    try:
        from underthesea import word_tokenize  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Cutting text into words", "words") from error
    return f"underthesea {importlib.metadata.version('underthesea')}", lambda text: word_tokenize(
        text, use_token_normalize=False
    )


def segment(text: str, sentences: Iterable[Sentence], cut: Segmenter) -> list[list[tuple[int, int]]]:
    """Return the words of every sentence as stretches of `text`.

    A sentence whose words do not add up to it is cut into syllable tokens instead, which never fails.
    """
    words = []
    for sentence in sentences:
        line = shadow(text[sentence.start : sentence.end])
        stretches = lay(cut(line), line)
        if stretches is None:
            words.append(list(syllables(text, sentence.start, sentence.end)))
        else:
            words.append([(sentence.start + start, sentence.start + end) for start, end in stretches])
    return words


def lay(words: list[str], line: str) -> list[tuple[int, int]] | None:
    """Return where the words stand in `line`, white space between them aside; None if they do not add up to it.

    >>> lay(["Hà Nội", "mưa"], "Hà Nội mưa")
    [(0, 6), (7, 10)]
    """
    stretches: list[tuple[int, int]] = []
    place = 0
    for word in words:
        while line[place : place + 1].isspace():
            place += 1
        stretches.append((place, place + len(word)))
        place += len(word)
        if [char.isspace() for char in word] != [char.isspace() for char in line[stretches[-1][0] : place]]:
            return None
    return stretches if not line[place:].strip() else None


@dataclass(frozen=True, slots=True)
class KeptWords:
    """The words of the articles as kept files; making them takes a segmenter, checking them does not."""

    articles: Articles
    workers: Workers
    name: str = "words"
    after: tuple[str, ...] = ("articles",)
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps words."""
        return _folder(project).is_dir()

    def check(self, project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield an error for each article without words, or with those of another text."""
        for problem in check_words(project, self.articles).issues:
            yield msgspec.structs.replace(problem, level="error")

    def update(self, project: Project, _progress: Progress) -> Iterator[Issue | Path]:
        """Make the words of the articles that lack them."""
        report = update_words(project, self.articles, jobs=self.workers.jobs, scheduler=self.workers.scheduler)
        yield from (words_path(project, article_id) for article_id in report.written)
        yield from report.issues
