"""The formats of annotation that are read, the most particular first."""

from __future__ import annotations

from pathlib import Path

from vinese.core.files import problem
from vinese.formats.conll import Conll
from vinese.formats.doccano import Doccano
from vinese.formats.format import Format
from vinese.formats.labelstudio.items import STDIN, LabelStudio

FORMATS: tuple[Format, ...] = (Doccano(), Conll(), LabelStudio())
_HEAD = 1 << 16


def format_of(path: Path) -> Format:
    """Return the format that a file is of; the last one, which says what is wrong with a file, if it is of none."""
    return (None if path == STDIN else known_format(path)) or FORMATS[-1]


def known_format(path: Path) -> Format | None:
    """Return the format that a file is of, None if it is of none, or no file."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise problem(path, error, "read") from error
    return next((form for form in FORMATS if form.sniff(head, path.name)), None)
