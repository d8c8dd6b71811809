"""Pictures as SVG, each from a Jinja template with a background of its own: the same bytes for the same data.

The templates stand beside the code, not with the pages in `card/` that a project may write anew: a picture and the
layout that is computed for it change together.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

WIDTH = 760


def draw(template: str, title: str, height: float, **values: Any) -> str:
    """Return a picture of `WIDTH` by `height` pixels with a title for those who cannot see it.

    `template` names a file `<template>.svg.j2` beside this module; `values` are what it uses.
    """
    page = _environment().get_template(f"{template}.svg.j2")
    return page.render(title=title, height=height, width=WIDTH, **values)


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["px"] = pixels
    return environment


def pixels(value: float) -> str:
    """Return a length with two decimals at most, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
