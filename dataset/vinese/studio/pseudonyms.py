"""Give every annotator a pseudonym that stays: `annotator-1`, `annotator-2` and so on.

Who is behind which is kept in `annotators.json` of the studio's folder, readable by its owner alone, one list a
server; a number is never given twice, not even to users of two servers. Nothing that Label Studio says of itself
tells one server from another, a restored copy least of all, so the address does; and where the address misleads, or
on a machine that lacks the file, the layers pulled earlier tell: an annotation that is in one of them keeps the
pseudonym it has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from vinese.core.files import read_record, write_bytes
from vinese.studio.connection import Studio
from vinese.studio.folder import StudioFolder
from vinese.studio.layer_file import Earlier, key, pseudonyms_in
from vinese.studio.server import read_state

OWN = "own"
UNKNOWN = "annotator-unknown"
LOOPBACK = "127.0.0.1"
_LOOPBACK = frozenset((LOOPBACK, "localhost", "::1"))
_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"annotator-([0-9]+)\Z")


class Person(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Hold one user of a server: the number there, the name shown there, the pseudonym in exports."""

    user: int
    name: str
    pseudonym: str


class Register(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Hold the users of every server, by the server's address (`own` for vinese's own)."""

    servers: dict[str, list[Person]] = {}

    def pseudonyms(self, server: str) -> dict[int, str]:
        """Return the pseudonyms of a server's users."""
        return {person.user: person.pseudonym for person in self.servers.get(server, [])}

    def give(
        self,
        server: str,
        users: Iterable[int],
        *,
        proven: Mapping[int, str],
        emails: Mapping[int, str],
        used: set[str],
    ) -> dict[int, str]:
        """Return the pseudonyms of `users`, and remember new ones; two of a server never have the same.

        `proven` are those that pulled work shows to be theirs; they come before what is remembered, and with them
        what is remembered of a server that they show to be this one under another address. `used` stand in files.
        """
        known = self.pseudonyms(server)
        twin = self._twin(server, proven)
        given: dict[int, str] = {}
        for user in sorted(users, key=lambda user: (user not in proven, user not in known, user)):
            taken = {name for other, name in (known | given).items() if other != user}
            wanted = (proven.get(user), known.get(user), twin.get(user))
            name = next((name for name in wanted if name and name not in taken), None)
            given[user] = name or self._new(used | set(given.values()))
            if user not in known:
                self.servers.setdefault(server, []).append(
                    Person(user=user, name=emails.get(user, ""), pseudonym=given[user])
                )
        self.servers.get(server, []).sort(key=lambda person: person.user)
        return given

    def _twin(self, server: str, proven: Mapping[int, str]) -> dict[int, str]:
        """Return the pseudonyms of the list that has the proven ones for the same users: the server is the same."""
        for name in self.servers.keys() - {server}:
            there = self.pseudonyms(name)
            shared = proven.keys() & there.keys()
            if shared and all(proven[user] == there[user] for user in shared):
                return there
        return {}

    def _new(self, used: set[str]) -> str:
        """Return a pseudonym whose number nobody ever had."""
        taken = used | {person.pseudonym for listed in self.servers.values() for person in listed}
        return f"annotator-{max(map(number, taken), default=0) + 1}"


def server_key(register: Register, url: str | None, folder: StudioFolder) -> str:
    """Return under which name the register has the server at `url`, None for the one of `folder`.

    Addresses that can only be spellings of one are one; the server of `folder` is `own` however it is reached.
    """
    if url is None or url in register.servers:
        return OWN if url is None else url
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = LOOPBACK if host in _LOOPBACK else host
    port = parts.port or _PORTS[parts.scheme]
    running = read_state(folder)
    if running is not None and (host, port) == (LOOPBACK, running.port):
        return OWN
    return f"{parts.scheme}://{host}{'' if port == _PORTS[parts.scheme] else f':{port}'}{parts.path.rstrip('/')}"


def number(pseudonym: str) -> int:
    """Return the number of a pseudonym, 0 if it has none."""
    found = _NUMBER.match(pseudonym)
    return int(found[1]) if found else 0


def read_register(folder: StudioFolder) -> Register:
    """Return the register of `folder`, empty if there is none; raise `FileProblemError` if it is broken."""
    todo = "Restore it; without it nobody knows who is behind a pseudonym."
    return read_record(folder.annotators, Register, todo) or Register()


def write_register(folder: StudioFolder, register: Register) -> None:
    """Write the register, readable by its owner alone."""
    folder.make()
    write_bytes(folder.annotators, msgspec.json.format(msgspec.json.encode(register)) + b"\n", mode=0o600)


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


TOOL = "Label Studio"
_TASK = ("id", "data")
_ANNOTATION = (
    "id",
    "unique_id",
    "result",
    "was_cancelled",
    "ground_truth",
    "created_at",
    "updated_at",
    "parent_annotation",
    "parent_prediction",
)
_DRAFT = ("id", "annotation", "result", "created_at", "updated_at")
_PREDICTION = ("id", "model_version", "score", "result")
_USER = re.compile(r", ([0-9]+)\Z")


def scrubbed(task: Json, names: Names, layer: str, version: str) -> Json:
    """Return what is kept of `task`, people under their `names`; `version` is the server's."""
    kept: Json = {key: task[key] for key in _TASK if key in task}
    kept["vinese"] = {"layer": layer}
    kept["meta"] = {"tool": TOOL, "tool_version": version}
    kept["annotations"] = [
        {**_only(one, _ANNOTATION), "completed_by": names.annotation(one)} for one in _by_id(task.get("annotations"))
    ]
    kept["drafts"] = [{**_only(one, _DRAFT), "user": names.draft(one)} for one in _by_id(task.get("drafts"))]
    kept["predictions"] = [_only(one, _PREDICTION) for one in _by_id(task.get("predictions"))]
    return kept


def draft_user(draft: Json) -> int | None:
    """Return the number of the user whose draft it is; Label Studio gives it only at the end of the user's name."""
    found = _USER.search(str(draft.get("created_username") or ""))
    return int(found[1]) if found else None


def _only(one: Json, keys: tuple[str, ...]) -> Json:
    return {key: one[key] for key in keys if key in one}


def _by_id(listed: object) -> list[Json]:
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return sorted(found, key=lambda one: int(one.get("id") or 0))
