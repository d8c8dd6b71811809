"""The connection to one Label Studio, vinese's own or one elsewhere, with a name for every way it can fail.

This is the one module that imports label-studio-sdk, and only when it connects, for that takes two seconds. Nothing
is tried twice by itself: a request whose answer was lost may have been carried out, so the caller looks what is there
and goes on from that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vinese.core.errors import (
    AuthError,
    MissingExtraError,
    ProjectError,
    ServerError,
    StudioError,
    UsageError,
    VineseError,
)
from vinese.studio.environment import SERVER_VERSION
from vinese.studio.folder import StudioFolder, read_secrets
from vinese.studio.server import status

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TOKEN_VARIABLE = "VINESE_STUDIO_TOKEN"  # noqa: S105  # the name of a variable
ANSWER_WITHIN = 1800.0  # seconds; the server makes a snapshot of 100,000 tasks before it answers
_SHORTEST = 16  # characters
_CUT = frozenset((408, 502, 504, 524))  # how proxies answer for a server that takes them too long
_AGAIN = (
    "Check that the server is up and the network works, then run the command again: it goes on from what is there."
)


@dataclass(frozen=True, slots=True)
class Studio:
    """An open connection: the client of label-studio-sdk, where it goes, and the server's version."""

    url: str
    version: str
    api: LabelStudio

    def labels_in_use(self, project: int) -> dict[str, dict[str, int]]:
        """Return how often annotations of a project have each label, by control; the client has no call for it."""
        answer = self.api._client_wrapper.httpx_client.request(f"api/projects/{project}/summary/", method="GET")
        answer.raise_for_status()
        return dict(answer.json()["created_labels"])

    def set_field(self, project: int, tasks: list[int], name: str, value: str) -> None:
        """Give one field of the data of tasks (one at least, or it would be all) a value, in one request.

        That is what "Add Or Modify Data Field" does in the list of tasks, for which the client has no call. To
        take a field away would take a request for each task, with all its data.
        """
        chosen = {"all": False, "included": tasks}
        answer = self.api._client_wrapper.httpx_client.request(
            "api/dm/actions/",
            method="POST",
            params={"id": "add_data_field", "project": project},
            json={"value_name": name, "value_type": "String", "value": value, "selectedItems": chosen},
        )
        answer.raise_for_status()

    def project_url(self, project: int) -> str:
        """Return the address at which a person opens the project."""
        return f"{self.url}/projects/{project}/data"


@contextmanager
def connect(folder: StudioFolder, url: str | None = None) -> Iterator[Studio]:
    """Open a connection to the Label Studio at `url`, or to the one of `folder` that runs; close it at the end.

    The token of a server at `url` comes from VINESE_STUDIO_TOKEN. Inside the block every error of the client or the
    network becomes a `ServerError`, `AuthError` or `ProjectError` that names the server and says what to do.
    """
    address, token = _address(folder, url)
    sdk = _sdk()
    near = urlsplit(address).hostname in {"127.0.0.1", "localhost", "::1"}
    limits = sdk.httpx.Timeout(ANSWER_WITHIN, connect=10.0)
    with (
        without(token),
        sdk.httpx.Client(timeout=limits, follow_redirects=True, trust_env=not near) as client,
        named(address),
    ):
        api = sdk.LabelStudio(base_url=address, api_key=token, httpx_client=client, max_retries=0)
        yield Studio(url=address, version=_version(api, address), api=api)


def _sdk() -> SimpleNamespace:
    """Return what vinese uses of httpx and label-studio-sdk; raise `MissingExtraError` if they are not installed."""
    try:
        import httpx  # noqa: PLC0415
        from label_studio_sdk import LabelStudio  # noqa: PLC0415
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415
        from label_studio_sdk.core.parse_error import ParsingError  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Talking to Label Studio", "studio") from error
    return SimpleNamespace(httpx=httpx, LabelStudio=LabelStudio, ApiError=ApiError, ParsingError=ParsingError)


def _address(folder: StudioFolder, url: str | None) -> tuple[str, str]:
    """Return the URL and the token of the server that is meant."""
    if url is not None:
        address = checked_url(url)
        return address, _token(address)
    running = status(folder)
    if running is None:
        raise ServerError(
            f"No Label Studio runs in {folder.path}.",
            "Start it with: vinese studio up. For one that runs elsewhere give --url URL.",
        )
    return running.url, read_secrets(folder).token


def _token(address: str) -> str:
    """Return the token for a server elsewhere; raise `AuthError` if there is none, or none that can be sent."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    todo = f"Copy yours from Label Studio (Account & Settings) into the variable {TOKEN_VARIABLE}."
    if not token:
        raise AuthError(f"There is no token for {address}.", todo)
    if not all("!" <= char <= "~" for char in token):
        raise AuthError(f"What {TOKEN_VARIABLE} holds is no token: it has spaces, line ends or odd letters.", todo)
    return token


@contextmanager
def without(token: str) -> Iterator[None]:
    """Remove the token from every error that passes: the network's own messages may quote what was sent."""
    try:
        yield
    except VineseError as error:
        # A token shorter than any that Label Studio gives would be found in words and numbers.
        if len(token) >= _SHORTEST:
            error.message, error.todo = (text.replace(token, "[token]") for text in (error.message, error.todo))
        error.args = (error.message,)
        raise


def checked_url(url: str) -> str:
    """Return `url` without a slash at its end; raise `UsageError` if it is no plain web address."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise UsageError("--url needs an address like https://studio.example.org.", "Check what you gave.")
    if parts.username or parts.password:
        raise UsageError(
            "--url must not hold a name or password: it is shown in messages.", f"Give a token in {TOKEN_VARIABLE}."
        )
    return url.rstrip("/")


def _version(api: LabelStudio, url: str) -> str:
    """Return the server's version once it took the token; raise `ServerError` if it is not of the series we know."""
    version = str(getattr(_ask(api.versions.get, url), "release", ""))
    series = SERVER_VERSION.rpartition(".")[0]
    if not version.startswith(f"{series}."):
        raise ServerError(
            f"The server at {url} is Label Studio {version or 'of no known version'}; vinese needs {series}.x.",
            f"Install label-studio=={SERVER_VERSION} there, or use vinese studio up.",
        )
    _ask(api.users.whoami, url)
    return version


def _ask(question: Callable[[], Any], url: str) -> Any:
    """Return the answer to what every Label Studio can be asked; raise `ServerError` if it is no Label Studio."""
    try:
        return question()
    except _sdk().ApiError as error:
        code = error.status_code or 0
        # What a Label Studio refuses it refuses in JSON; what stands before one may ask for a password, or be down.
        if code != 404 and (isinstance(error.body, dict) or code in {401, 403} or code >= 500):
            raise
        raise _stranger(url) from error


def _stranger(url: str) -> ServerError:
    return ServerError(f"No Label Studio answers at {url}; something else does.", "Check the address and its port.")


def _ended(error: Exception) -> str:
    """Return what an error says, with one full stop at its end."""
    return f"{str(error).rstrip('.')}."


@contextmanager
def named(url: str) -> Iterator[None]:
    """Turn whatever the client or the network raises into an error that names the server and what to do."""
    sdk = _sdk()
    try:
        yield
    except sdk.ApiError as error:
        raise _refused(url, error) from error
    except (sdk.httpx.ConnectError, sdk.httpx.ConnectTimeout) as error:
        raise ServerError(f"Cannot reach Label Studio at {url}: {_ended(error)}", _AGAIN) from error
    except sdk.httpx.TimeoutException as error:
        raise ServerError(f"Label Studio at {url} took too long to answer.", _AGAIN) from error
    except sdk.httpx.HTTPError as error:
        raise ServerError(f"The connection to Label Studio at {url} was cut: {_ended(error)}", _AGAIN) from error
    except (sdk.ParsingError, json.JSONDecodeError) as error:
        raise _stranger(url) from error


def was_cut(error: Exception) -> bool:
    """Return whether a request may have reached the server, and only its answer was lost on the way."""
    sdk = _sdk()
    if isinstance(error, sdk.ApiError):
        return error.status_code in _CUT
    unreached = (sdk.httpx.ConnectError, sdk.httpx.ConnectTimeout, sdk.httpx.PoolTimeout)
    return isinstance(error, sdk.httpx.TransportError) and not isinstance(error, unreached)


@contextmanager
def refusing(refusal: Callable[[str], StudioError]) -> Iterator[None]:
    """Raise `refusal(reason)` where the server refuses (400) what the block asks; other errors pass."""
    try:
        yield
    except _sdk().ApiError as error:
        if error.status_code != 400:
            raise
        raise refusal(_detail(error)) from error


def _refused(url: str, error: Any) -> StudioError:
    """Return the error for an answer (an `ApiError`) that is no success."""
    reason = _detail(error)
    status_code = error.status_code or 0
    if status_code in {401, 403}:
        return AuthError(
            f"Label Studio at {url} refuses the token: {reason}",
            f"For --url check {TOKEN_VARIABLE}; a legacy token must be allowed in the organization's settings.",
        )
    if status_code == 404:
        return ProjectError(
            f"Label Studio at {url} no longer has what was asked for: {reason}",
            "A project or task may have been deleted meanwhile; run the command again to see what is there.",
        )
    if 400 <= status_code < 500:
        return ProjectError(
            f"Label Studio at {url} refuses the request: {reason}", "See what it says, then run again."
        )
    if status_code >= 500:
        return ServerError(f"Label Studio at {url} failed ({status_code}): {reason}", _AGAIN)
    return _stranger(url)


def _detail(error: Any) -> str:
    """Return what the server said about a request it refused, on one line of at most 400 characters; no HTML."""
    body = error.body
    if isinstance(body, str) and body.lstrip().startswith("<"):
        body = f"error {error.status_code}, with a page instead of an answer"
    if isinstance(body, dict):
        parts = [body.get("detail"), body.get("validation_errors")]
        body = " ".join(
            part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in parts if part
        )
    words = " ".join(str(body or error.status_code).split())
    return words if len(words) <= 400 else f"{words[:400]} ..."
