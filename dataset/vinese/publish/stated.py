"""Compare what a build says of itself, its version and its address, with what it is published as."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vinese.issues import issue
from vinese.publish.beside import CROISSANT
from vinese.publish.upload import read_checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.issues import Issue
    from vinese.publish.records import Built
    from vinese.publish.version import Version

HUB = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})


def check_stated(built: Built, version: Version) -> Iterator[Issue]:
    """Yield an issue for every place where the build says that it is another version."""
    for path, pointer, stated in dict.fromkeys(_versions(built)):
        if stated != str(version):
            yield issue(
                "publish-version-stated", file=path, pointer=pointer, path=path, stated=stated, version=str(version)
            )


def _versions(built: Built) -> Iterator[tuple[str, str, str]]:
    """Yield file, pointer and version wherever the build states its version: Croissant, BibTeX, references."""
    about = _croissant(built)
    if "version" in about:
        yield CROISSANT, "/version", str(about["version"])
    entry = re.compile(rf"@\w+\{{{re.escape(str(about.get('name', '')))},\s[^@]*?\bversion = \{{([^}}]*)\}}")
    yield from ((CROISSANT, "/citeAs", found[1]) for found in entry.finditer(str(about.get("citeAs", ""))))
    title = re.escape(str(built.card.get("pretty_name", "")))
    said = re.compile(rf"{entry.pattern}|\*{title}\* \(Version ([^)]*)\) \[Data set\]|^- Version: ([^,\n]+)", re.M)
    for path in (path for path in built.files if path.endswith(".md") and "/" not in path):
        text = read_checked(built, path).decode("utf-8", "replace")
        for found in said.finditer(text):
            yield path, "", str(found[found.lastindex or 0]).strip()


def check_address(built: Built, address: str) -> Iterator[Issue]:
    """Yield an issue if the build does not say where it is published, or says that it is elsewhere on the Hub.

    `address` is where it will be. What is no place on the Hub, a page of its makers' own, may stand.
    """
    stated = str(_croissant(built).get("url") or "")
    said, real = urlsplit(stated), urlsplit(address)
    if not said.netloc:
        yield issue("publish-address-missing", file=CROISSANT, pointer="/url", address=address)
    elif said.netloc.lower() in {*HUB, real.netloc.lower()} and _names(said.path) != _names(real.path):
        yield issue("publish-address-stated", file=CROISSANT, pointer="/url", stated=stated, address=address)


def _names(path: str) -> list[str]:
    """Return the first parts of a path, which name a repository: `datasets`, its owner, itself."""
    return path.strip("/").split("/")[:3]


def _croissant(built: Built) -> dict[str, Any]:
    if CROISSANT not in built.files:
        return {}
    found = json.loads(read_checked(built, CROISSANT))
    return found if isinstance(found, dict) else {}
