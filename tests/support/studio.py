"""Accounts and addresses of the Label Studio that a test run starts, and what annotators judge there."""

from __future__ import annotations

import random
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vinese.model.records import JUDGEMENTS
from vinese.studio.folder import StudioFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from label_studio_sdk import LabelStudio


def free_port() -> int:
    """Return a port that nothing has, below those that the system gives to outgoing connections.

    One of theirs could be taken by any connection while a test restarts its server.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True)
class User:
    """An account on the test server."""

    id: int
    email: str
    password: str
    token: str


@dataclass(frozen=True)
class StudioServer:
    """The test run's Label Studio, with its admin and two annotators."""

    folder: StudioFolder
    environment: Path
    url: str
    port: int
    admin: User
    annotators: tuple[User, ...]

    @contextmanager
    def acting(self, user: User) -> Iterator[LabelStudio]:
        """Yield label-studio-sdk's client of a user."""
        import httpx
        from label_studio_sdk import LabelStudio

        with httpx.Client(timeout=60, trust_env=False, follow_redirects=True) as connection:
            yield LabelStudio(base_url=self.url, api_key=user.token, httpx_client=connection, max_retries=0)


def judgements(*values: str) -> list[dict[str, Any]]:
    """Return the judgements of a whole article, or the first of them, as entries of a `result`."""
    return [
        {"id": name, "type": "choices", "from_name": name, "to_name": "text", "value": {"choices": [value]}}
        for name, value in zip(JUDGEMENTS, values, strict=False)
    ]


def sign_up(url: str, admin: User, email: str) -> User:
    """Make an account by an invitation, as an annotator does in the browser."""
    import httpx

    password = "mat-khau-cua-toi-1"
    with httpx.Client(base_url=url, trust_env=False, follow_redirects=True) as client:
        invite = client.get("/api/invite", headers={"Authorization": f"Token {admin.token}"}).json()["invite_url"]
        page = str(client.get(invite).url)
        form = {"email": email, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post(page, data=form, headers={"Referer": page}).raise_for_status()
        user = client.get("/api/current-user/whoami").json()
        token = client.get("/api/current-user/token").json()["token"]
    return User(user["id"], email, password, token)
