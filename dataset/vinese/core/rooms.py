"""Make a room callable where it has the name of a public function, `vinese.ingest(...)` and `vinese.score(...)`."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A package that is called as the function of its name."""

    __function__: tuple[str, str]

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return what the function returns for the same arguments."""
        module, name = self.__function__
        return getattr(importlib.import_module(module), name)(*args, **options)


def callable_room(room: str, module: str, function: str) -> None:
    """Make the package `room` callable as `function` of `module`, which is imported when it is first called.

    A package and a function of one name stand in each other's way: whichever module of the room is imported first
    puts the package where the function was.
    """
    package = sys.modules[room]
    package.__class__ = _Room
    package.__dict__["__function__"] = (module, function)
