"""Load rows of a corpus straight from its annotation: offline, without a built folder, kept for the next time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vinese.core.errors import UsageError, VineseError
from vinese.core.files import file_digest, problem
from vinese.core.places import PATTERNS
from vinese.core.project import LOADER, Project, packaged
from vinese.core.workplace import work_folder
from vinese.corpus.layers import choose_layer, layer_exports, load_layers
from vinese.loader import Vinese
from vinese.package.stage import stage

SOURCES = (
    *(f"annotations/articles/{pattern}" for pattern in PATTERNS),
    "annotations/exports/*.json",
    *(f"annotations/words/{pattern}" for pattern in PATTERNS),
    "annotations/*.json",
    "schema/*.json",
    "schema/v1/*.json",
)


def load(
    config: str = "articles",
    split: str | None = None,
    *,
    layer: str | None = None,
    project: Project | str | Path | None = None,
    cache_dir: str | Path | None = None,
) -> Any:
    """Return the rows of a config as a `datasets.Dataset`, or without `split` all splits as a `DatasetDict`.

    Needs no network. By default the corpus is the one that vinese brings, and the layer is gold, or the only one.
    The first call validates and builds what later ones read, in `cache_dir` or else the cache of `datasets`, under a
    digest of all that went in; changed files are built anew. `split` is as in `datasets`: `test`, `test[:10]`.

    Raise `UsageError` if there is no such config, split or layer, `VineseError` if the annotation has errors, and
    `FileProblemError` if a file cannot be read or the cache not written.

    Examples
    --------
    >>> import vinese
    >>> rows = vinese.load("entities", split="test", cache_dir="cache")
    >>> rows[0]["article_id"], rows.column_names[0]
    ('000-fbdd747fbc1d4b56', 'id')
    """
    from datasets import config as settings  # noqa: PLC0415

    corpus = project if isinstance(project, Project) else Project(None if project is None else Path(project))
    chosen = choose_layer(layer_exports(corpus), layer, load_layers(corpus).default)
    cache = Path(settings.HF_DATASETS_CACHE if cache_dir is None else cache_dir).expanduser()
    digest = _digest(corpus, chosen)
    home = cache / f"vinese-{digest[:16]}"
    try:
        if not (home / "staging").is_dir():
            _stage(corpus, chosen, home)
        return _rows(config, split, home, digest)
    except OSError as error:
        raise problem(home, error, "write") from error


def _digest(project: Project, layer: str) -> str:
    """Return a digest of every file that rows depend on, the code of vinese among them, and of the layer."""
    sources = sorted(LOADER.parent.rglob("*.py"))
    for pattern in SOURCES:
        for root in dict.fromkeys((packaged("schema").parent, project.own())):
            sources += sorted(root.glob(pattern))
    total = hashlib.sha256(f"{layer}\n".encode())
    for path in sources:
        total.update(f"{path.name} {file_digest(path)}\n".encode())
    return total.hexdigest()


def _stage(project: Project, layer: str, home: Path) -> None:
    """Stage what the loader reads in `home`, at once or not at all; if another process was faster, its work stays."""
    home.mkdir(parents=True, exist_ok=True)
    with work_folder(home) as work:
        fresh = work / "staging"
        fresh.mkdir()
        staged = stage(project, layer_exports(project), layer, fresh)
        errors = [issue for issue in staged.issues if issue.level == "error"]
        if errors:
            raise VineseError(
                f"{len(errors)} errors in the annotation keep it from being loaded, the first: {errors[0].message}",
                "Run: vinese build",
            )
        try:
            fresh.rename(home / "staging")
        except OSError:
            if not (home / "staging").is_dir():
                raise


def _rows(config: str, split: str | None, home: Path, digest: str) -> Any:
    configs = json.loads((home / "staging" / "scheme.json").read_bytes())["features"]
    if config not in configs:
        raise UsageError(f"There is no config {config!r} here.", f"Configs there: {', '.join(configs)}.")
    with _quiet():
        builder = Vinese(
            config_name=config, data_dir=str(home / "staging"), cache_dir=str(home / "rows"), hash=digest[:32]
        )
        builder.download_and_prepare()
        try:
            return builder.as_dataset(split=split)
        except ValueError as error:
            raise UsageError(
                f"There are no rows {split!r} in {config!r}: {error}",
                f"Splits there: {', '.join(builder.info.splits)}.",
            ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide the progress bars of `datasets`, and restore its switch afterwards."""
    from datasets.utils import logging  # noqa: PLC0415

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
