"""Check a card's YAML offline against `schema/card-yaml.schema.json`; the Hub's own check needs the Hub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from vinese.errors import FileProblemError
from vinese.resources import packaged

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = ("schema", "card-yaml.schema.json")


class _Loader(yaml.SafeLoader):
    """Read YAML as `SafeLoader` does, and refuse what it swallows: a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; raise `ConstructorError` if a key is there twice."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def check_yaml(text: str) -> None:
    """Raise `FileProblemError`, naming the first breach, unless the Hub takes `text` as the YAML of a card."""
    found = next(breaches(text), None)
    if found is not None:
        raise FileProblemError(
            f"The card's YAML is not what the Hub takes: {found}.", "Correct CITATION.cff or schema/configs.json."
        )


def breaches(text: str) -> Iterator[str]:
    """Yield what is wrong with the YAML of a card: where, and which rule it breaks."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader that refuses more
    except yaml.YAMLError as error:
        yield " ".join(str(error).split())
        return
    schema = json.loads(packaged(*SCHEMA).read_text(encoding="utf-8"))
    for breach in Draft202012Validator(schema).iter_errors(document):
        yield f"/{'/'.join(str(part) for part in breach.absolute_path)}: {breach.message[:200]}"
    if isinstance(document, dict):
        yield from _defaults(document)


def _defaults(document: dict[str, Any]) -> Iterator[str]:
    """Yield what the schema cannot say: one default at most, and the same configs in both lists."""
    configs, infos = document.get("configs") or [], document.get("dataset_info") or []
    if sum(config.get("default", False) for config in configs) > 1:
        yield "/configs: more than one is the default"
    if [config.get("config_name") for config in configs] != [info.get("config_name") for info in infos]:
        yield "/dataset_info: does not describe the configs, in their order"
