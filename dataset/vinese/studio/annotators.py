"""Give every annotator a pseudonym that stays: `annotator-1`, `annotator-2` and so on.

Who is behind which is kept in `annotators.json` of the studio's folder, readable by its owner alone, one list a
server; a number is never given twice, not even to users of two servers. On a machine that lacks the file, the layers
pulled earlier tell: an annotation that is in one of them keeps the pseudonym it has there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from vinese.errors import FileProblemError
from vinese.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vinese.studio.folder import StudioFolder

UNKNOWN = "annotator-unknown"
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

    def add(
        self,
        server: str,
        users: Iterable[int],
        *,
        names: Mapping[int, str],
        earlier: Mapping[int, str],
        used: set[str],
    ) -> None:
        """Give the users their pseudonyms: the one of `earlier` exports, or else a number that nobody has."""
        people = self.servers.setdefault(server, [])
        taken = {person.pseudonym for listed in self.servers.values() for person in listed}
        highest = max((number(name) for name in taken | used), default=0)
        for user in sorted(users):
            pseudonym = earlier.get(user, UNKNOWN)
            if number(pseudonym) == 0 or pseudonym in taken:
                highest += 1
                pseudonym = f"annotator-{highest}"
            taken.add(pseudonym)
            people.append(Person(user=user, name=names.get(user, ""), pseudonym=pseudonym))
        people.sort(key=lambda person: person.user)


def number(pseudonym: str) -> int:
    """Return the number of a pseudonym, 0 if it has none."""
    found = _NUMBER.match(pseudonym)
    return int(found[1]) if found else 0


def read_register(folder: StudioFolder) -> Register:
    """Return the register of `folder`, empty if there is none; raise `FileProblemError` if it is broken."""
    if not folder.annotators.exists():
        return Register()
    try:
        return msgspec.json.decode(read_bytes(folder.annotators), type=Register)
    except msgspec.DecodeError as error:
        raise FileProblemError(
            f"{folder.annotators} is not a register of annotators: {error}.",
            "Restore it; without it nobody knows who is behind a pseudonym.",
        ) from error


def write_register(folder: StudioFolder, register: Register) -> None:
    """Write the register, readable by its owner alone."""
    folder.make()
    write_bytes(folder.annotators, msgspec.json.format(msgspec.json.encode(register)) + b"\n", mode=0o600)
