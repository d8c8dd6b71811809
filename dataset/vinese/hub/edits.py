"""What somebody changed on `main` after a release: file by file, with the lines of small texts."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import Literal

from vinese.hub.client import Hub
from vinese.hub.records import Edit, HubFile, Remote
from vinese.hub.versions import latest, tag_of
from vinese.package.folder import Built

TEXTS = (".md", ".json", ".txt", ".cff", ".svg", ".yaml", ".yml", ".csv")
LARGEST, LINES = 1 << 18, 20


def edits(hub: Hub, remote: Remote, built: Built) -> Iterator[Edit]:
    """Yield every file of `main` that is not as the tag of the highest version has it, nor as the build does.

    Hidden files are the Hub's own.
    """
    last = latest(remote.tags)
    if last is None or remote.head is None or remote.tags[tag_of(last)] == remote.head:
        return
    tag = tag_of(last)
    tagged = hub.files(remote.tags[tag])
    for path in sorted(tagged.keys() | remote.files.keys()):
        before, now, ours = tagged.get(path), remote.files.get(path), built.files.get(path)
        hidden = any(part.startswith(".") for part in path.split("/"))
        if hidden or before == now or (ours is not None and now is not None and now.holds(ours)):
            continue
        action: Literal["add", "change", "remove"] = "change"
        if before is None or now is None:
            action = "add" if before is None else "remove"
        lines = _lines(hub, path, (before, remote.tags[tag]), (now, remote.head))
        yield Edit(path=path, tag=tag, action=action, lines=tuple(lines))


def _lines(hub: Hub, path: str, *sides: tuple[HubFile | None, str]) -> list[str]:
    """Return the first lines that differ, with a sign before each; none of what is large or no text."""
    if not path.endswith(TEXTS) or any(file is not None and file.size > LARGEST for file, _ in sides):
        return []
    before, now = (
        hub.read(path, revision).decode("utf-8", "replace").splitlines() if file is not None else []
        for file, revision in sides
    )
    changed = [line for line in list(unified_diff(before, now, lineterm="", n=0))[2:] if not line.startswith("@@")]
    return [*changed[:LINES], *([f"... {len(changed) - LINES} more lines"] if len(changed) > LINES else [])]
