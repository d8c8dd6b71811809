"""Show text from elsewhere so that it is read, not obeyed, by a terminal or in a page of Markdown.

Characters that steer a terminal or turn lines round are shown as signs; what is markup is escaped. Counts and lists
are put in words here, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}  # Unicode's pictures of them
_SHOWN |= {0x7F: 0x2421} | dict.fromkeys((*range(0x80, 0xA0), *_BIDI), 0xFFFD)
_OBEYED = re.compile("[\x7f-\x9f{}]".format("".join(map(chr, _BIDI))))
_NOT_ASCII = re.compile(r"[^\x00-\x7e]")

_ADDRESS = re.compile(r"://|www\.|\w@\w", re.IGNORECASE)  # many readers make links of what holds these
_ACTIVE = re.compile(r"[\\`*\[\]<|~$]|(?<!\w)_|_(?!\w)|&(?=[#\w])")
_START = re.compile(r"^([0-9]*)(?=[.)]( |$)|[#+-]+( |$)|>)")  # of a list, a heading, a quotation


def printable(text: str) -> str:
    r"""Return text with one sign for each character that is obeyed instead of shown, and all of it encodable.

    >>> printable("a\x1b[31mb")
    'a␛[31mb'
    """
    return encodable(text).translate(_SHOWN)


def encodable(text: str) -> str:
    r"""Return text that UTF-8 can write: bytes of a path that are not UTF-8 are spelt out.

    >>> encodable("caf\udce9")
    'caf\\xe9'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        except UnicodeEncodeError:
            return text.encode("utf-8", "backslashreplace").decode()
    return text


def escaped_json(text: str, *, ascii_only: bool) -> str:
    """Return JSON that says the same, and spells out what a terminal obeys; `ascii_only` all that is not ASCII."""
    return (_NOT_ASCII if ascii_only else _OBEYED).sub(_units, text)


def _units(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def plain(words: object) -> str:
    r"""Return words on one line so that Markdown, and HTML in it, take them for words; addresses stand as code.

    >>> print(plain("Báo ![x](//a) & <b> https://example.com/*"))
    Báo !\[x\](//a) & \<b> `https://example.com/*`
    """
    parts = printable(str(words)).split()
    shown = (_code(part) if _ADDRESS.search(part) else _ACTIVE.sub(r"\\\g<0>", part) for part in parts)
    return _START.sub(r"\1\\", " ".join(shown))


def _code(address: str) -> str:
    """Return an address as code, without what would end code or a cell of a table."""
    return f"`{address.replace('`', '%60').replace('|', '%7C')}`"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is one."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(words: Sequence[str], most: int = 12, joint: str = "; ") -> str:
    """Return the first `most` of `words` on one line, and how many more there are."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return joint.join(words[:most]) + more
