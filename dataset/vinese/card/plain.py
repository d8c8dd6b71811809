"""Words from elsewhere in a page of Markdown: what pages, annotators and tools say is shown and does nothing."""

from __future__ import annotations

import re

from vinese.core.printable import printable

_ADDRESS = re.compile(r"(\S*(?:://|www\.|\w@\w)\S*)", re.IGNORECASE)  # many readers make links of these
_ACTIVE = re.compile(r"[\\`*\[\]<|~$]|(?<!\w)_|_(?!\w)|&(?=[#\w])")
_START = re.compile(r"^([0-9]*)(?=[.)]( |$)|[#+-]+( |$)|>)")  # of a list, a heading, a quotation


def plain(words: object) -> str:
    r"""Return words on one line so that Markdown, and HTML in it, take them for words; addresses stand as code.

    >>> print(plain("Báo ![x](//a) & <b> https://example.com/*"))
    Báo !\[x\](//a) & \<b> `https://example.com/*`
    """
    parts = _ADDRESS.split(" ".join(printable(str(words)).split()))
    shown = (_code(part) if number % 2 else _ACTIVE.sub(r"\\\g<0>", part) for number, part in enumerate(parts))
    return _START.sub(r"\1\\", "".join(shown))


def _code(address: str) -> str:
    """Return an address as code, without what would end code or a cell of a table."""
    return f"`{address.replace('`', '%60').replace('|', '%7C')}`"
