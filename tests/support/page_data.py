"""Read a page that vinese wrote as its script does: its index, and the HTML of each article."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r'<script type="application/json" (class="article"|id="index")>(.*?)</script>', re.DOTALL)


@dataclass
class Page:
    """The frame of a page without its data, what its script knows, and the HTML of each article."""

    frame: str
    index: dict[str, Any]
    articles: list[str]

    @property
    def plain(self) -> str:
        """Return the articles' words without marks, labels and numbers."""
        marks = re.compile(r'<b class="t".*?</b>|<a class="n".*?</a>|<[^>]*>')
        return html.unescape(marks.sub("", "\n".join(self.articles)))


def read_page(file: Path) -> Page:
    """Return a page in one file, or with its articles beside it."""
    content = file.read_text(encoding="utf-8")
    blocks = _BLOCK.findall(content)
    articles = [json.loads(data) for kind, data in blocks if "article" in kind]
    (index,) = (json.loads(data) for kind, data in blocks if "index" in kind)
    for number, path in enumerate(sorted(file.parent.glob("articles/*.js")) if not index["inline"] else ()):
        call = re.fullmatch(r"vinese\((\d+),(.*)\);\n", path.read_text(encoding="utf-8"))
        assert call is not None
        assert int(call[1]) == number
        articles.append(json.loads(call[2]))
    return Page(_BLOCK.sub("", content), index, articles)
