"""See that a build folder is what its project gives now: what `vinese build --check` and `card --check` find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.build.recorded import check
from vinese.build.rendered import check_card
from vinese.issues import has_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from vinese.issues import Issue
    from vinese.publish.records import Built
    from vinese.resources import Project

LAYER = "provenance.layer"


def check_origin(project: Project, built: Built, say: Callable[[str], None]) -> list[Issue]:
    """Validate and build the project anew, and return what is wrong with it, its record, its card or the folder.

    The new build is made from the layer that the rows name.
    """
    layer = layer_of(built)
    found = check(project, layer, folder=built.folder, say=say)
    return found if has_errors(found) else [*found, *check_card(project, layer, folder=built.folder)]


def layer_of(built: Built) -> str | None:
    """Return the layer that a build was made from, as the statistics of its Parquet name it; None if none does."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    for path in built.files:
        if path.startswith("data/articles/") and path.endswith(".parquet"):
            metadata = pq.read_metadata(built.folder / path)
            columns = (metadata.row_group(0).column(number) for number in range(metadata.num_columns))
            found = next((one.statistics for one in columns if one.path_in_schema == LAYER and one.statistics), None)
            return str(found.max) if found is not None else None
    return None
