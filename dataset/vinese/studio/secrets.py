"""Make and read the server's password and token: random, in a file that only their owner can read."""

from __future__ import annotations

import secrets as randomness
from typing import TYPE_CHECKING

import msgspec

from vinese.errors import FileProblemError, ServerError
from vinese.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder

USERNAME = "vinese@localhost"


class Secrets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold what opens the server: a person logs in with `username` and `password`, vinese with `token`."""

    username: str
    password: str
    token: str

    def scrub(self, text: str) -> str:
        """Return `text` without the password and the token."""
        return text.replace(self.password, "[password]").replace(self.token, "[token]")


def read_secrets(folder: StudioFolder) -> Secrets:
    """Return the secrets of the server in `folder`; raise `FileProblemError` if the file is missing or broken."""
    try:
        return msgspec.json.decode(read_bytes(folder.secrets), type=Secrets)
    except msgspec.DecodeError as error:
        raise FileProblemError(
            f"{folder.secrets} does not hold the server's secrets: {error}.", "Restore it, or use another --data-dir."
        ) from error


def ensure_secrets(folder: StudioFolder) -> Secrets:
    """Return the secrets of the server in `folder`, made now if it has never run.

    Label Studio takes password and token only when it makes its database: a database without its secrets is a
    `ServerError`, for new ones would not open it.
    """
    if folder.secrets.exists():
        return read_secrets(folder)
    if folder.database.exists():
        raise ServerError(
            f"{folder.secrets} is gone, but {folder.database} was made with what it held.",
            "Restore the file, or start a new Label Studio with another --data-dir.",
        )
    made = Secrets(
        username=USERNAME,
        password=randomness.token_urlsafe(18),
        token=randomness.token_hex(20),
    )
    write_bytes(folder.secrets, msgspec.json.format(msgspec.json.encode(made)) + b"\n", mode=0o600)
    return made
