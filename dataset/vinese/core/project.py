"""Locate the files that people edit as data: in a project folder, in the wheel, or in the checkout.

A project is a folder with some of `annotations/`, `schema/ontology.json` and `card/` in it. What it lacks is taken
from vinese itself, so that somebody with another corpus edits one ontology file and keeps all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vinese.core.errors import UsageError
from vinese.core.inside import refuse_trouble, trouble, troubles

_PACKAGE = Path(__file__).resolve().parents[1]
_IN_WHEEL = _PACKAGE / "data"
_DATA = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parents[1]

LOADER = _PACKAGE / "loader.py"
"""The loading script, whose code is part of what decides the rows."""

_TOP = ("annotations", "card", "schema", "CITATION.cff")
_SIGNS = (("annotations", ""), ("schema", "ontology.json"), ("card", ""))


def packaged(*parts: str) -> Path:
    """Return the path of a file or folder that vinese itself brings.

    The wheel carries `schema/`, `card/` and `annotations/` inside the package; in a checkout, and so in an editable
    installation, they stand beside `dataset/`.
    """
    return _DATA.joinpath(*parts)


@dataclass(frozen=True, slots=True)
class Project:
    """The folder that a corpus lives in; `root=None` is the corpus that vinese itself brings."""

    root: Path | None = None

    def __post_init__(self) -> None:
        """Take a string for a path, as every function does."""
        if self.root is not None:
            object.__setattr__(self, "root", Path(self.root))

    @classmethod
    def here(cls, folder: str | Path | None = None) -> Project:
        """Return the project at `folder`, or the one in the working directory, or else vinese's own."""
        if folder is not None:
            return cls(Path(folder))
        here = Path.cwd()
        signs = ((here / name / file).is_file() if file else (here / name).is_dir() for name, file in _SIGNS)
        return cls(here if any(signs) else None)

    def path(self, *parts: str) -> Path:
        """Return where the project has `parts`, or else where vinese has them."""
        if self.root is not None:
            own = self.own(*parts)
            if own.exists():
                return own
        return packaged(*parts)

    def own(self, *parts: str) -> Path:
        """Return where the project itself keeps, or would keep, `parts`; for writing and for the corpus.

        Ontology, schemas and card text fall back to vinese's; articles and exports never do, lest one corpus be
        taken for another. For vinese's own corpus this is the checkout or the installed package. Raise
        `FileProblemError` for a link that leads out of the project, and for what is neither file nor folder.
        """
        return packaged(*parts) if self.root is None else refuse_trouble(self.root.joinpath(*parts), self.root)

    def troubles(self) -> Iterator[tuple[Path, str]]:
        """Yield every path of the project that `own` would refuse, with the reason."""
        for name in _TOP if self.root is not None else ():
            path = self.own() / name
            reason = trouble(path, self.own())
            yield from troubles(path, self.own()) if reason is None else [(path, reason)]

    @property
    def is_own(self) -> bool:
        """Whether this is somebody's project; in what vinese itself brings nothing is ever written unasked."""
        return self.root is not None and self.root.resolve() not in {_PACKAGE, _IN_WHEEL}

    def must_be_own(self) -> None:
        """Raise `UsageError` if this is what vinese itself brings."""
        if not self.is_own:
            raise UsageError(
                "There is no project here, and vinese's own files are not written to.",
                "Run this in a folder with annotations/, schema/ontology.json or card/, or add --project DIR.",
            )

    @property
    def articles(self) -> Path:
        """Return the folder of article JSON files."""
        return self.own("annotations", "articles")

    @property
    def exports(self) -> Path:
        """Return the folder of Label Studio exports, one a layer."""
        return self.own("annotations", "exports")

    def export(self, layer: str) -> Path:
        """Return the export of a layer."""
        return self.own("annotations", "exports", f"{layer}.json")

    @property
    def ontology(self) -> Path:
        """Return the ontology file."""
        return self.path("schema", "ontology.json")
