"""Where the projects of a corpus' layers are, as push, pull and adjudicate found them last.

It stands in `projects.json` of the studio's folder, not beside the layers: an address is a machine's own.
"""

from __future__ import annotations

import msgspec

from vinese.core.files import read_record, write_bytes
from vinese.core.project import Project
from vinese.studio.folder import StudioFolder

Addresses = dict[str, dict[str, str]]  # by the folder of the corpus: the address of each layer's project


def remember(folder: StudioFolder, project: Project, layer: str, address: str) -> None:
    """Remember at which address a person opens the project of a layer."""
    addresses = read_record(folder.projects, Addresses) or {}
    addresses.setdefault(_corpus(project), {})[layer] = address
    folder.make()
    write_bytes(folder.projects, msgspec.json.format(msgspec.json.encode(addresses, order="sorted")), mode=0o600)


def address_of(folder: StudioFolder, project: Project, layer: str) -> str | None:
    """Return the address of the project of a layer, None if none is known."""
    return (read_record(folder.projects, Addresses) or {}).get(_corpus(project), {}).get(layer)


def _corpus(project: Project) -> str:
    return str(project.exports.resolve())
