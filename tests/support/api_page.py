"""Write the page of public functions in `dataset/README.md` from their docstrings."""

from __future__ import annotations

import inspect
from types import FunctionType

import vinese

BEGIN, END = "<!-- made from the docstrings by tests/test_docs.py -->\n", "<!-- end -->\n"


def page() -> str:
    """Return what stands between the marks: every public name with its signature and docstring."""
    return "\n".join(_entry(name, getattr(vinese, name)) for name in vinese.__all__ if name != "__version__")


def section(text: str) -> str:
    """Return what stands between the marks of a page."""
    return text.partition(BEGIN)[2].partition(END)[0]


def renewed(text: str) -> str:
    """Return a page with what stands between its marks made anew."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}{page()}{END}{rest.partition(END)[2]}"


def _entry(name: str, value: object) -> str:
    docstring = inspect.getdoc(value) or ""
    kind = "class" if inspect.isclass(value) else "def"
    return f"### `{name}`\n\n```python\n{kind} {name}{_signature(value)}\n```\n\n```text\n{docstring}\n```\n"


class _Name:
    """A function that shows as its name."""

    def __init__(self, function: FunctionType) -> None:
        self._name = function.__name__

    def __repr__(self) -> str:
        return self._name


def _signature(value: object) -> str:
    """Return the signature over lines if it is long; a record's fields are its parameters."""
    if inspect.isclass(value) and issubclass(value, BaseException):
        return "(message: str, todo: str = '')"
    signature = inspect.signature(value)  # type: ignore[arg-type]
    # A function as a default is printed by its name: its address is another one in every process.
    signature = signature.replace(
        parameters=[
            parameter.replace(default=_Name(parameter.default))
            if inspect.isfunction(parameter.default)
            else parameter
            for parameter in signature.parameters.values()
        ]
    )
    line = str(signature).replace("'", "")
    if len(line) <= 100:
        return line
    parameters, star = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            parameters.append("*")
            star = True
        star = star or parameter.kind is parameter.VAR_POSITIONAL
        parameters.append(str(parameter).replace("'", ""))
    returns = "" if signature.return_annotation is signature.empty else f" -> {signature.return_annotation}"
    inside = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"(\n{inside}){returns}"
