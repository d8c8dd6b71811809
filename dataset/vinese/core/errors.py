"""Name what can go wrong outside the data.

Bad data is never an exception: it is an `Issue` (see `vinese.core.issues`). What stands here is wrong use and broken
surroundings, and the command line turns each into one message and exit code 2.

VineseError
├── UsageError           the call's words do not fit together
├── FileProblemError     a file or folder cannot be read or written
├── MissingExtraError    a feature needs packages that are not installed
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
    """Report wrong use or a broken environment in one sentence, and say what to do in another."""

    def __init__(self, message: str, todo: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo

    def __str__(self) -> str:
        """Return the message and, where there is one, what to do."""
        return f"{self.message}\n  {self.todo}" if self.todo else self.message


class UsageError(VineseError):
    """Report a call whose words do not fit together."""


class FileProblemError(VineseError):
    """Report a file or folder that cannot be read or written."""


class MissingExtraError(VineseError):
    """Report a feature whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed.",
            f'Install them with: pip install "vinese[{extra}]"',
        )
        self.extra = extra


class PublishError(VineseError):
    """Report that a dataset cannot be published."""


class HubError(PublishError):
    """Report that the Hub cannot be reached, or fails."""


class AccessError(PublishError):
    """Report that nobody is logged in to the Hub, or that the login may not do what was asked."""


class ChangedError(PublishError):
    """Report a build that is no longer what was checked."""


class ConflictError(PublishError):
    """Report that somebody else changed the repository meanwhile."""


class StudioError(VineseError):
    """Report that Label Studio cannot be started, reached or used."""


class ServerError(StudioError):
    """Report a server that is down, busy, unhealthy or of another version."""


class AuthError(StudioError):
    """Report a server that refuses the token."""


class ProjectError(StudioError):
    """Report a project that is gone, or is not what was left there."""
