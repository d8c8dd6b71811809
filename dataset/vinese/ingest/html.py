"""Read an HTML page: trafilatura takes the article out of it, and its head states title, date, author and site.

What is taken out becomes text, a paragraph a line, which is zoned and kept like any other raw page; beside it stands
the digest of the HTML. A line whose zone the markup tells needs no rule.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vinese.checks.personal import personal_data
from vinese.core.errors import MissingExtraError
from vinese.ingest import heuristics
from vinese.ingest.dates import is_date, iso_time
from vinese.text.normalise import fold

SUFFIXES = (".html", ".htm", ".xhtml")
SIMILAR = 0.5
"""Two titles that share so much of their words are one."""

_CHARSET = re.compile(rb"charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_PUBLISHED = (
    *("article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish-date"),
    *("dc.date.issued", "dc.date", "dcterms.created", "date", "article:published"),
)
_TITLES = ("og:title", "twitter:title", "title")
_DATE_CLASS = re.compile(r"date|time|publish", re.IGNORECASE)
_AUTHOR_CLASS = re.compile(r"(?:^|[\s_-])author(?:$|[\s_-](?:name)?)|byline|tac-?gia", re.IGNORECASE)
_SUFFIX = re.compile(r"\s+[-–|]\s+[^-–|]{2,40}$")


@dataclass(frozen=True, slots=True)
class Extract:
    """The text taken out of a page, with the zones that its markup tells by line, and what its head states."""

    text: str
    zones: dict[int, str]
    publisher: str | None
    url: str | None
    html_sha256: str
    title_sure: bool


def decode_html(content: bytes) -> str:
    """Return the text of an HTML file by the encoding that it names, UTF-8 where it is that; raise `LookupError`."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        named = _CHARSET.search(content[:4096])
        if not named or named[1].lower() in (b"utf-8", b"utf8"):
            raise LookupError("its encoding") from error
        return content.decode(named[1].decode(), errors="replace")


def extract(content: bytes) -> Extract | None:
    """Return what the article of an HTML page holds, or None where there is none.

    Raise `MissingExtraError` where trafilatura is not installed, `LookupError` where nothing tells the encoding.
    """
    try:
        import trafilatura  # noqa: PLC0415
        from lxml import html as lxml_html  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Reading HTML", "html") from error
    text = decode_html(content)
    if not text.strip():
        return None
    document: Any = trafilatura.bare_extraction(
        text, with_metadata=False, include_comments=False, include_tables=False
    )
    if document is None or getattr(document, "body", None) is None:
        return None
    tree = lxml_html.fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    head = _Head(tree)
    title, title_sure = head.title()
    rows: list[tuple[str, str | None]] = [(title, "title")] if title else []
    rows += [(date, "date") for date in head.dates()]
    rows += [(author, "byline") for author in head.authors()]
    seen = {heuristics.bare_words(title)} if title else set()
    for line, zone in _body(document.body):
        if heuristics.bare_words(line) not in seen:
            rows.append((line, zone))
            seen.clear()  # the title again is left out above the text alone
    if not rows:
        return None
    return Extract(
        text="".join(f"{line}\n" for line, _ in rows),
        zones={number: zone for number, (_, zone) in enumerate(rows, 1) if zone},
        publisher=head.site,
        url=head.url(),
        html_sha256=hashlib.sha256(content).hexdigest(),
        title_sure=title_sure,
    )


def _body(body: Any) -> Iterator[tuple[str, str | None]]:
    """Yield the lines of an article with the zone that their element tells: an item of a list is a paragraph."""
    for element in body:
        if element.tag in ("quote", "list", "div", "table", "row"):
            if (element.text or "").strip():
                yield from _lines(element.text, None)
            yield from _body(element)
        elif element.tag not in ("graphic", "lb"):
            for line in ("\n".join(_pieces(element))).split("\n"):
                yield from _lines(line, "body" if element.tag in ("item", "cell") else None)
        if (element.tail or "").strip():
            yield from _lines(element.tail, None)


def _lines(text: str, zone: str | None) -> Iterator[tuple[str, str | None]]:
    """Yield the clean line of a text, if anything of it is seen."""
    line = fold(text)
    if line:
        yield line, None if personal_data(line) else zone


def _pieces(element: Any) -> Iterator[str]:
    """Yield the text of an element between its line breaks."""
    words = [element.text or ""]
    for child in element:
        if child.tag == "lb":
            yield "".join(words)
            words = []
        else:
            words.append("".join(child.itertext()))
        words.append(child.tail or "")
    yield "".join(words)


class _Head:
    """What a page states of itself in its head, its linked data and beside its headline."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.meta: dict[str, str] = {}
        for element in tree.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = fold(element.get("content") or "")
            if name and content:
                self.meta.setdefault(name.lower(), content)
        self.linked = list(_linked(tree))
        publisher = next((value for value in _values(self.linked, "publisher")), None)
        self.site = self.meta.get("og:site_name") or publisher

    def title(self) -> tuple[str | None, bool]:
        """Return the headline, and whether nothing else on the page contradicts it."""
        stated = [_without_site(self.meta[name], self.site) for name in _TITLES if name in self.meta]
        stated += [_without_site(fold(" ".join(_text(element))), self.site) for element in self.tree.iter("title")]
        stated = [title for title in stated if len(heuristics.words(title)) > 1]
        printed = [line for element in self.tree.iter("h1") if (line := fold(" ".join(_text(element))))]
        printed = [line for line in printed if len(heuristics.words(line)) > 1]
        if not stated:
            return (printed[0], len(printed) == 1) if printed else (None, True)
        best = max(printed, key=lambda line: _likeness(line, stated[0]), default=None)
        if best is not None and _likeness(best, stated[0]) >= SIMILAR:
            return best, True
        return stated[0], best is None

    def dates(self) -> list[str]:
        """Return the day of publication as the page states it, and one of another day if it states two."""
        stated = [self.meta[name] for name in _PUBLISHED if name in self.meta]
        stated += _values(self.linked, "datePublished")
        stated += self._printed_dates()
        stated = [text for text in map(fold, stated) if iso_time(text) and len(text) <= 100]
        days = {(iso_time(text) or "")[:10]: text for text in reversed(stated)}
        first = (iso_time(stated[0]) or "")[:10] if stated else ""
        return [days[first], *(text for day, text in days.items() if day != first)][:2] if stated else []

    def _printed_dates(self) -> list[str]:
        """Return the first date that stands below the headline, by its element's name or class."""
        below = self.tree.find(".//h1") is None
        for element in self.tree.iter():
            if element.tag == "h1":
                below = True
            if not (below and isinstance(element.tag, str)):
                continue
            if element.tag == "time" or _DATE_CLASS.search(element.get("class") or ""):
                text = fold(" ".join(_text(element)))
                if is_date(text) or heuristics.is_dated(text):
                    return [text]
                if element.tag == "time" and iso_time(element.get("datetime") or ""):
                    return [element.get("datetime")]
        return []

    def authors(self) -> list[str]:
        """Return who wrote the article, without addresses; the site itself is no author."""
        names = [self.meta["author"]] if "author" in self.meta else []
        names += _values(self.linked, "author")
        if not names:
            for element in self.tree.iter("a", "span", "p", "div", "strong", "b"):
                if element.get("rel") == "author" or _AUTHOR_CLASS.search(element.get("class") or ""):
                    names.append(fold(" ".join(_text(element))))
        bare = (heuristics.strip_contacts(name) for name in names)
        site = heuristics.bare_words(self.site or "")
        return list(
            dict.fromkeys(
                name
                for name in bare
                if heuristics.is_byline(name) and heuristics.bare_words(name) not in site and "://" not in name
            )
        )[:3]

    def url(self) -> str | None:
        """Return the page's own address."""
        canonical = next(
            (link.get("href") for link in self.tree.iter("link") if link.get("rel") == "canonical"), None
        )
        address = self.meta.get("og:url") or canonical
        return address if address and address.startswith(("http://", "https://")) else None


def _text(element: Any) -> Iterator[str]:
    """Yield the text inside an element, scripts left out."""
    if element.tag in ("script", "style") or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from _text(child)
        yield child.tail or ""


def _linked(tree: Any) -> Iterator[Any]:
    """Yield the linked data of a page that can be read."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                yield json.loads(script.text or "", strict=False)
            except (ValueError, RecursionError):
                continue


def _values(data: Any, key: str) -> list[str]:
    """Return the strings, and names of records, that stand under `key` anywhere in linked data."""
    values: list[str] = []
    if isinstance(data, list):
        for item in data:
            values += _values(item, key)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name == key:
                for item in value if isinstance(value, list) else [value]:
                    text = item.get("name") if isinstance(item, dict) else item
                    values += [fold(text)] if isinstance(text, str) and text.strip() else []
            elif name in ("@graph", "mainEntity", "mainEntityOfPage"):
                values += _values(value, key)
    return values


def _likeness(name: str, other: str) -> float:
    """Return how much of the words of two titles is the same, from 0 to 1."""
    words, others = set(heuristics.words(name)), set(heuristics.words(other))
    return len(words & others) / max(len(words | others), 1)


def _without_site(title: str, site: str | None) -> str:
    """Return a title without the name of its site at the end."""
    suffix = _SUFFIX.search(title)
    if not suffix:
        return title
    name = heuristics.bare_words(suffix[0])
    known = site is not None and (name in heuristics.bare_words(site) or heuristics.bare_words(site) in name)
    is_site = known or re.match(r"(?:bao|tap chi|kenh|trang|tin)\b|.*\b(?:vn|com|net|online|news)\b", name)
    return title[: suffix.start()] if is_site and len(heuristics.words(title[: suffix.start()])) > 3 else title
