"""Pseudonyms that stay for every annotator (`annotator-1` and so on), and tasks without personal data.

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
from urllib.parse import urlsplit

import msgspec

from vinese.core.files import read_record, record_bytes, write_bytes
from vinese.formats.labelstudio.regions import TOOL
from vinese.model.records import GIVEN
from vinese.studio.connection import Studio
from vinese.studio.folder import StudioFolder
from vinese.studio.layer_file import MEND, Earlier, Json, key, pseudonyms_in
from vinese.studio.process import HOST, read_state

OWN = "own"
UNKNOWN = "annotator-unknown"


_LOOPBACK = frozenset((HOST, "localhost", "::1"))
_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"annotator-([0-9]+)\Z")
_DRAFT_USER = re.compile(r", ([0-9]+)\Z")
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


class Annotator(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A user of a server: the number there, the name shown there, the pseudonym in exports."""

    user: int
    name: str
    pseudonym: str


class Register(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The annotators of every server, by the server's address (`own` for vinese's own)."""

    servers: dict[str, list[Annotator]] = {}

    def pseudonyms(self, server: str) -> dict[int, str]:
        """Return the pseudonyms of a server's users."""
        return {annotator.user: annotator.pseudonym for annotator in self.servers.get(server, [])}

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
        remembered = self.pseudonyms(server)
        twin = self._twin(server, proven)
        given: dict[int, str] = {}
        for user in sorted(users, key=lambda user: (user not in proven, user not in remembered, user)):
            taken = {pseudonym for other, pseudonym in (remembered | given).items() if other != user}
            wanted = (proven.get(user), remembered.get(user), twin.get(user))
            pseudonym = next((pseudonym for pseudonym in wanted if pseudonym and pseudonym not in taken), None)
            given[user] = pseudonym or self._new(used | set(given.values()))
            if user not in remembered:
                self.servers.setdefault(server, []).append(
                    Annotator(user=user, name=emails.get(user, ""), pseudonym=given[user])
                )
        self.servers.get(server, []).sort(key=lambda annotator: annotator.user)
        return given

    def _twin(self, server: str, proven: Mapping[int, str]) -> dict[int, str]:
        """Return the pseudonyms of the list that has the proven ones for the same users: the server is the same."""
        for other in self.servers.keys() - {server}:
            pseudonyms = self.pseudonyms(other)
            shared = proven.keys() & pseudonyms.keys()
            if shared and all(proven[user] == pseudonyms[user] for user in shared):
                return pseudonyms
        return {}

    def _new(self, used: set[str]) -> str:
        """Return a pseudonym whose number nobody ever had."""
        taken = used | {annotator.pseudonym for listed in self.servers.values() for annotator in listed}
        return f"annotator-{max(map(number, taken), default=0) + 1}"


def server_key(register: Register, url: str | None, folder: StudioFolder) -> str:
    """Return under which name the register has the server at `url`, None for the one of `folder`.

    Addresses that can only be spellings of one are one; the server of `folder` is `own` however it is reached.
    """
    if url is None or url in register.servers:
        return OWN if url is None else url
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = HOST if host in _LOOPBACK else host
    port = parts.port or _PORTS[parts.scheme]
    running = read_state(folder)
    if running is not None and (host, port) == (HOST, running.port):
        return OWN
    return f"{parts.scheme}://{host}{'' if port == _PORTS[parts.scheme] else f':{port}'}{parts.path.rstrip('/')}"


def number(pseudonym: str) -> int:
    """Return the number of a pseudonym, 0 if it has none."""
    match = _NUMBER.match(pseudonym)
    return int(match[1]) if match else 0


def read_register(folder: StudioFolder) -> Register:
    """Return the register of `folder`, empty if there is none; raise `FileProblemError` if it is broken."""
    todo = "Restore it; without it nobody knows who is behind a pseudonym."
    return read_record(folder.annotators, Register, todo) or Register()


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The pseudonyms of users, and those that annotations had in the earlier file."""

    users: dict[int, str]
    earlier: dict[str, str]

    def of_annotation(self, annotation: Json) -> str:
        """Return the pseudonym of who made an annotation."""
        user = annotation.get("completed_by")
        if user in self.users:
            return self.users[user]
        name = key(annotation.get("unique_id"), annotation.get("id"))
        before = self.earlier.get(name, UNKNOWN)
        return before if before != UNKNOWN else f"{UNKNOWN}-{name.removeprefix('number ').replace('-', '')[:12]}"

    def of_draft(self, draft: Json) -> str:
        """Return the pseudonym of whose draft it is."""
        user = draft_user(draft)
        return self.users[user] if user in self.users else f"{UNKNOWN}-draft-{draft.get('id')}"


def pseudonyms_of(
    studio: Studio,
    url: str | None,
    folder: StudioFolder,
    tasks: Iterable[msgspec.Raw],
    *,
    earlier: Earlier,
    exports: Path,
) -> Pseudonyms:
    """Return the pseudonyms of all annotators of `tasks`; new ones are remembered in the register of `folder`.

    `earlier` is the layer's own file, `exports` the folder with those of others.
    """
    users = _users(tasks)
    own = earlier.pseudonyms
    with folder.taking_turns("annotators"):
        register = read_register(folder)
        server = server_key(register, studio.url if url is not None else None, folder)
        in_files = own
        emails: dict[int, str] = {}
        if users.keys() - register.pseudonyms(server).keys():
            in_files = pseudonyms_in(exports) | own
            emails = {user.id: user.email or "" for user in studio.api.users.list()}
        proven = {}
        for user, annotations in users.items():
            pseudonym = _proof(annotations, own) or _proof(annotations, in_files)
            if pseudonym:
                proven[user] = pseudonym
        before = msgspec.json.encode(register)
        given = register.give(server, users, proven=proven, emails=emails, used=set(in_files.values()))
        if msgspec.json.encode(register) != before:
            folder.make()
            content = record_bytes(register)
            write_bytes(folder.annotators, content, mode=0o600)
    return Pseudonyms(given, own)


def _proof(annotations: list[str], in_files: dict[str, str]) -> str:
    """Return the numbered pseudonym that files have for any of the annotations, empty if there is none."""
    return next((in_files[name] for name in annotations if number(in_files.get(name, ""))), "")


def _users(tasks: Iterable[msgspec.Raw]) -> dict[int, list[str]]:
    """Return every user at work with the unique ids of their annotations."""
    users: dict[int, list[str]] = {}
    for raw in tasks:
        task = msgspec.json.decode(raw)
        for annotation in task["annotations"]:
            if annotation.get("completed_by") is not None:
                users.setdefault(annotation["completed_by"], []).append(str(annotation.get("unique_id") or ""))
        for user in filter(None, map(draft_user, task["drafts"])):
            users.setdefault(user, [])
    return users


def draft_user(draft: Json) -> int | None:
    """Return the number of the user whose draft it is; Label Studio gives it only at the end of the user's name."""
    match = _DRAFT_USER.search(str(draft.get("created_username") or ""))
    return int(match[1]) if match else None


def scrubbed(task: Json, pseudonyms: Pseudonyms, layer: str, version: str) -> Json:
    """Return what is kept of `task`, annotators under their `pseudonyms`; `version` is the server's."""
    kept = _only(task, _TASK)
    kept["data"] = {name: value for name, value in kept["data"].items() if name != MEND}
    kept["vinese"] = {"layer": layer}
    meta = task.get("meta")
    kept["meta"] = {"tool": TOOL, "tool_version": version, **_only(meta if isinstance(meta, dict) else {}, GIVEN)}
    kept["annotations"] = [
        {**_only(annotation, _ANNOTATION), "completed_by": pseudonyms.of_annotation(annotation)}
        for annotation in _by_id(task.get("annotations"))
    ]
    kept["drafts"] = [
        {**_only(draft, _DRAFT), "user": pseudonyms.of_draft(draft)} for draft in _by_id(task.get("drafts"))
    ]
    kept["predictions"] = [_only(prediction, _PREDICTION) for prediction in _by_id(task.get("predictions"))]
    return kept


def _only(record: Json, keys: tuple[str, ...]) -> Json:
    return {name: record[name] for name in keys if name in record}


def _by_id(listed: object) -> list[Json]:
    records = [record for record in listed if isinstance(record, dict)] if isinstance(listed, list) else []
    return sorted(records, key=lambda record: int(record.get("id") or 0))
