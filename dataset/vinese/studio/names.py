"""Find the pseudonym of everybody at work in a snapshot: by the earlier file, by the register, or a new one.

An annotation keeps its `unique_id` wherever the server is reached, moved or restored. So what the layer's own file
says of an annotation comes first, then the register, then what other layers say; only people of whom none of them
knows get a new number. Work whose account is gone keeps the pseudonym that the file has; without one it gets a name
of its own, for nobody can say which of it is one person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from vinese.studio.annotators import UNKNOWN, number, read_register, server_key, write_register
from vinese.studio.layer_file import key, pseudonyms_in
from vinese.studio.scrub import draft_user

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vinese.studio.connection import Studio
    from vinese.studio.folder import StudioFolder
    from vinese.studio.layer_file import Earlier

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Hold the pseudonyms of users, and those that annotations had in the earlier file."""

    users: dict[int, str]
    earlier: dict[str, str]

    def annotation(self, one: Json) -> str:
        """Return the pseudonym of who made an annotation."""
        user = one.get("completed_by")
        if user in self.users:
            return self.users[user]
        name = key(one.get("unique_id"), one.get("id"))
        before = self.earlier.get(name, UNKNOWN)
        return before if before != UNKNOWN else f"{UNKNOWN}-{name.removeprefix('number ').replace('-', '')[:12]}"

    def draft(self, one: Json) -> str:
        """Return the pseudonym of whose draft it is."""
        user = draft_user(one)
        return self.users[user] if user in self.users else f"{UNKNOWN}-draft-{one.get('id')}"


def names_of(
    studio: Studio,
    url: str | None,
    folder: StudioFolder,
    tasks: Iterable[msgspec.Raw],
    *,
    earlier: Earlier,
    exports: Path,
) -> Names:
    """Return the pseudonyms of everybody at work in `tasks`; new ones are remembered in the register of `folder`.

    `earlier` is the layer's own file, `exports` the folder with those of others.
    """
    users = _users(tasks)
    own = earlier.pseudonyms
    with folder.taking_turns("annotators"):
        register = read_register(folder)
        server = server_key(register, studio.url if url is not None else None, folder)
        said = own
        emails: dict[int, str] = {}
        if users.keys() - register.pseudonyms(server).keys():
            said = pseudonyms_in(exports) | own
            emails = {person.id: person.email or "" for person in studio.api.users.list()}
        proven = {user: name for user, keys in users.items() if (name := _proof(keys, own) or _proof(keys, said))}
        before = msgspec.json.encode(register)
        given = register.give(server, users, proven=proven, emails=emails, used=set(said.values()))
        if msgspec.json.encode(register) != before:
            write_register(folder, register)
    return Names(given, own)


def _proof(keys: list[str], said: dict[str, str]) -> str:
    """Return the numbered pseudonym that files have for any of the annotations, or nothing."""
    return next((said[one] for one in keys if number(said.get(one, ""))), "")


def _users(tasks: Iterable[msgspec.Raw]) -> dict[int, list[str]]:
    """Return every user at work with the unique ids of their annotations."""
    found: dict[int, list[str]] = {}
    for raw in tasks:
        task = msgspec.json.decode(raw)
        for one in task["annotations"]:
            if one.get("completed_by") is not None:
                found.setdefault(one["completed_by"], []).append(str(one.get("unique_id") or ""))
        for user in filter(None, map(draft_user, task["drafts"])):
            found.setdefault(user, [])
    return found
