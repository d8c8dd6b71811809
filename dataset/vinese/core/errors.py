"""Exceptions: wrong use and broken surroundings, never bad data.

Bad data is never an exception: it is an `Issue` (see `vinese.core.issues`). What stands here is wrong use and broken
surroundings, and the command line turns each into one message and exit code 2.

VineseError
├── UsageError           the call's words do not fit together
├── FileProblemError     a file or folder cannot be read or written
├── MissingExtraError    a feature needs packages that are not installed
├── LostWorkersError     processes or a cluster that did the work are gone
├── PublishError         a dataset cannot be published
│   ├── HubError         the Hub cannot be reached, or fails
│   ├── AccessError      nobody is logged in, or the login may not write there
│   ├── ChangedError     the build changed while it was published
│   └── ConflictError    somebody else changed the repository meanwhile
└── StudioError          Label Studio cannot be started, reached or used
    ├── ServerError      the server is down, busy, unhealthy or of another version
    ├── AuthError        the server refuses the token
    └── ProjectError     a project is gone, or is not what was left there
"""

from __future__ import annotations


class VineseError(Exception):
    """Wrong use or a broken environment: what is wrong in one sentence, and what to do in another."""

    def __init__(self, message: str, todo: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo

    def __str__(self) -> str:
        """Return the message and, where there is one, what to do."""
        return f"{self.message}\n  {self.todo}" if self.todo else self.message


class UsageError(VineseError):
    """The words of a call do not fit together."""


class FileProblemError(VineseError):
    """A file or folder cannot be read or written."""


class MissingExtraError(VineseError):
    """The optional packages of a feature are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed.",
            f'Install them with: pip install "vinese[{extra}]"',
        )
        self.extra = extra


class LostWorkersError(VineseError):
    """The processes or the cluster that did the work are gone; what they had done is kept for the next run."""


class PublishError(VineseError):
    """A dataset cannot be published."""


class HubError(PublishError):
    """The Hub cannot be reached, or fails."""


class AccessError(PublishError):
    """Nobody is logged in to the Hub, or the login may not do what was asked."""


class ChangedError(PublishError):
    """A build is no longer what was checked."""


class ConflictError(PublishError):
    """Somebody else changed the repository meanwhile."""


class StudioError(VineseError):
    """Label Studio cannot be started, reached or used."""


class ServerError(StudioError):
    """The server is down, busy, unhealthy or of another version."""


class AuthError(StudioError):
    """The server refuses the token."""


class ProjectError(StudioError):
    """A project is gone, or is not what was left there."""
