"""Make articles of the texts of somebody else's tasks, and say where their spans went."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from vinese.checks.article import ARTICLE_ID
from vinese.core.files import record_bytes, text_digest, write_bytes
from vinese.core.inside import refuse_trouble
from vinese.core.issues import Issue, issue
from vinese.core.places import article_path, make_room, raw_path
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.corpus.articles import with_page
from vinese.formats.foreign import LeftOut, entries_of
from vinese.formats.format import Item
from vinese.formats.mapping import Mapping
from vinese.formats.offsets import Marked, cleaned, recognise
from vinese.formats.survey import labels_in, text_of
from vinese.model.records import Article, Metadata, Sentence, Source, Zone
from vinese.text.sentences import sentences


class ForeignTask(NamedTuple):
    """A task with a text: where its spans are in the text's clean form, by annotation and entry, and its article."""

    item: Item
    article: Article
    spans: dict[tuple[int, int], tuple[int, int]]


class ForeignArticles:
    """Articles of the texts of one file, written into a project; how many there were, and how many are new."""

    def __init__(
        self,
        project: Project,
        mapping: Mapping,
        *,
        shown_as: Collection[str],
        issues: list[Issue],
        left: LeftOut,
        progress: Progress,
    ) -> None:
        """Write with a mapping; `issues` and `left` take what is to be said and what is left out.

        `shown_as` are the names of the text on the screen, whose spans alone are of it.
        """
        self.project = project
        self.file = left.file
        self.mapping = mapping
        self.shown_as = shown_as
        self.issues = issues
        self.left = left
        self.progress = progress
        self.articles = self.new_articles = 0

    def tasks(self, items: list[Item]) -> Iterator[ForeignTask]:
        """Yield every task with a text, its article written; tasks with the same text share one."""
        by_text: dict[str, list[Item]] = defaultdict(list)
        others: Counter[str] = Counter()
        for item in items:
            text = text_of(item, self.mapping.text)
            if text is None:
                self.left.task(item, f"the task has no text under data.{self.mapping.text}")
            else:
                by_text[text].append(item)
                others.update(key for key in item.value["data"] if key not in {self.mapping.text, self.mapping.title})
        changes: Counter[str] = Counter()
        make_room(self.project.articles, {_article_id(text, items[0]) for text, items in by_text.items()})
        for done, (text, same_text) in enumerate(by_text.items()):
            self.progress("writing articles", done, len(by_text))
            yield from self._of_text(text, same_text, changes)
        if changes["unclean"]:
            what = f"was not clean in {changes['unclean']} of {len(by_text)} articles"
            self.issues.append(issue("text-cleaned", file=self.file, what=what, count=changes["moved"]))
        for code in ("init-lines-joined", "init-trimmed"):
            if changes[code]:
                self.issues.append(issue(code, file=self.file, count=changes[code]))
        if others:
            keys = ", ".join(f"data.{key}" for key in others)
            self.issues.append(issue("init-unmapped", file=self.file, keys=keys, text=f"data.{self.mapping.text}"))
        if self.mapping.language != "vi":
            self.issues.append(issue("init-language", file=self.file, language=self.mapping.language))

    def _of_text(self, text: str, items: list[Item], changes: Counter[str]) -> Iterator[ForeignTask]:
        """Write the article of a text, and yield the tasks that have it, where their spans are in it."""
        spans = {id(item): self._spans(item, text) for item in items}
        every = [place for places in spans.values() for place in places.values()]
        across = [place for place in every if "\n" in text[place[0] : place[1]].strip()]
        clean = cleaned(text, across)
        if not clean.text:
            for item in items:
                self.left.task(item, "the text holds nothing to see")
            return
        changes["init-lines-joined"] += len(across)
        changes["unclean"] += clean.text != text
        moved: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
        for item in items:
            places = moved[id(item)] = {}
            for key, (start, end) in spans[id(item)].items():
                places[key] = _trim(clean.text, *clean.span(start, end))
                changes["init-trimmed"] += text[start:end] != text[start:end].strip()
                changes["moved"] += places[key] != (start, end)
        article = self._article(
            text, clean, items[0], [place for places in moved.values() for place in places.values()]
        )
        self.articles += 1
        self.new_articles += self._write_article(article, text)
        for item in items:
            yield ForeignTask(item, article, moved[id(item)])

    def _spans(self, item: Item, text: str) -> dict[tuple[int, int], tuple[int, int]]:
        """Return where the spans of a task are in its text, by annotation and entry, whatever their offsets count."""
        place = {"file": self.file, "pointer": f"{item.pointer}/annotations"}
        marked = []
        for number, index, entry in entries_of(item):
            if not labels_in(entry) or str(entry.get("to_name")) not in self.shown_as:
                continue
            if (offsets := _offsets(entry["value"])) is not None:
                words = entry["value"].get("text")
                marked.append((number, index, Marked(*offsets, words if isinstance(words, str) else None)))
        spans = [span for _, _, span in marked]
        places: list[tuple[int, int] | None] = [(span.start, span.end) for span in spans]
        if item.inclusive and not any(span.words for span in spans):
            places = [(span.start, span.end + 1) for span in spans]
        elif (reading := recognise(text, spans)) is not None:
            places = reading.places
            changed = sum(moved != (span.start, span.end) for moved, span in zip(places, spans, strict=True))
            self.issues.append(issue("offsets-converted", **place, count=changed, what=reading.what))
        elif spans and all(span.words is None for span in spans) and any(char > "\uffff" for char in text):
            self.issues.append(issue("offsets-unsure", **place, count=len(spans)))
        return {
            (number, index): span
            for (number, index, _), span in zip(marked, places, strict=True)
            if span is not None and 0 <= span[0] < span[1] <= len(text)
        }

    def _article(self, raw: str, clean: Any, item: Item, spans: list[tuple[int, int]]) -> Article:
        """Return the article of a text: every line is body, traced to the text as it was."""
        name = _article_id(raw, item)
        zones, at = [], 0
        for line in clean.text.split("\n"):
            end = at + len(line)
            zones.append(Zone("body", at, end, *clean.origin(at, end)))
            at = end + 1
        title = item.value["data"].get(self.mapping.title) if self.mapping.title else None
        title = " ".join(title.split()) if isinstance(title, str) and title.strip() else None
        return Article(
            id=name,
            language=self.mapping.language,
            text=clean.text,
            text_sha256=text_digest(clean.text),
            sentences=_sentences(clean.text, self.mapping.language, spans),
            zones=tuple(zones),
            zoning="rules",
            metadata=Metadata(title=title),
            raw=Source(f"raw/{name}.txt", text_digest(raw), len(raw)),
        )

    def _write_article(self, article: Article, raw: str) -> bool:
        """Write an article and its raw text; return whether it is new."""
        folder = self.project.articles
        path, page = article_path(folder, article.id), raw_path(folder, article.id)
        new = not path.exists()
        for file in (path, page):
            refuse_trouble(file, folder)
        (folder / "raw").mkdir(parents=True, exist_ok=True)
        write_bytes(page, raw.encode(), work=folder / "raw")
        write_bytes(path, record_bytes(with_page(article, folder)), work=folder)
        return new


def _article_id(text: str, item: Item) -> str:
    """Return the id that a task gives its article, or else one that follows from the text."""
    stated = item.value["data"].get("article_id")
    return stated if isinstance(stated, str) and ARTICLE_ID.fullmatch(stated) else f"text-{text_digest(text)[:16]}"


def _offsets(value: dict[str, Any]) -> tuple[int, int] | None:
    offsets = []
    for key in ("start", "end"):
        offset = value.get(key)
        if isinstance(offset, str) and re.fullmatch("[0-9]{1,12}", offset):
            offset = int(offset)
        if isinstance(offset, bool) or not isinstance(offset, int | float) or offset != int(offset):
            return None
        offsets.append(int(offset))
    return offsets[0], offsets[1]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without white space at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _sentences(text: str, language: str, spans: list[tuple[int, int]]) -> tuple[Sentence, ...]:
    """Return the sentences of a text; those that a span goes across are one, and in other languages each line is."""
    parts: list[Sentence] = []
    if language == "vi":
        parts = list(sentences(text))
    else:
        at = 0
        for line in text.split("\n"):
            parts.append(Sentence(at, at + len(line)))
            at += len(line) + 1
    crossed = sorted(spans)
    whole: list[Sentence] = []
    furthest = index = 0
    for part in parts:
        if whole and furthest > part.start and "\n" not in text[whole[-1].end : part.start]:
            whole[-1] = Sentence(whole[-1].start, part.end)
        else:
            whole.append(part)
        while index < len(crossed) and crossed[index][0] < part.end:
            furthest = max(furthest, crossed[index][1])
            index += 1
    return tuple(whole)
