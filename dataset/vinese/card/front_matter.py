"""The YAML of a card: what the Hub shows, and what `load_dataset()` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from vinese.card.corpus import About
from vinese.card.licence import Licence
from vinese.card.statistics import Facts
from vinese.core.errors import FileProblemError
from vinese.core.project import packaged
from vinese.package.configs import Configs
from vinese.package.parquet import BuiltConfig
from vinese.package.stage import Staged

# The Hub knows no better word for people of whom it is not told whether they are experts or a crowd.
CREATORS = {"model": "machine-generated", "person": "other", None: "other"}
TAGS = {
    "entities": "nested-entities",
    "relations": "relation-extraction",
    "opinions": "stance-detection",
    "events": "event-extraction",
}
TASKS = {
    "entities": ("token-classification", "named-entity-recognition"),
    "article_stance": ("text-classification", "multi-class-classification"),
    "stance_pairs": ("text-classification", "multi-input-text-classification"),
    "opinions": ("token-classification", None),
    "events": ("token-classification", None),
}
"""What the Hub calls the tasks of a config: a category, and the task in it, None where it has no name for that."""

VARIETIES = {"vi": "vi-VN"}
STEPS = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


def front_matter(
    configs: Configs, staged: Staged, built: tuple[BuiltConfig, ...], about: About, licence: Licence, *, facts: Facts
) -> str:
    """Return the card's YAML without its fences; raise `FileProblemError` if it is not what the Hub takes.

    A local folder is cached by what its YAML says, not by what its files hold; so every config's description ends in
    a digest of the content, and changed data is not answered with rows of before. (`datasets` 2.14 looks at neither.)
    Columns and labels are left to the Parquet files, whose metadata every version reads.
    """
    descriptions = {config.name: config.row for config in configs.configs}
    document = {
        **_general(staged, built, about, licence, facts=facts),
        "configs": [
            _config(built_config, f"{descriptions[built_config.config]}; content {staged.digest[:16]}", number == 0)
            for number, built_config in enumerate(built)
        ],
        "dataset_info": [_info(built_config) for built_config in built],
    }
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    check_yaml(text)
    return text


def _general(
    staged: Staged, built: tuple[BuiltConfig, ...], about: About, licence: Licence, *, facts: Facts
) -> dict[str, Any]:
    languages = sorted({language.split("-")[0].lower() for language in facts.languages})
    names = {built_config.config for built_config in built}
    tasks = [task for config, task in TASKS.items() if config in names]
    tags = (*(("news",) if facts.is_news else ()), *(tag for config, tag in TAGS.items() if config in names))
    varieties = [VARIETIES[language] for language in languages if language in VARIETIES]
    creators = {CREATORS[kind] for layer in staged.layers for kind in layer.annotators.values()}
    return {
        "pretty_name": about.title,
        "language": languages,
        **licence.metadata(),
        "annotations_creators": sorted(creators),
        "language_creators": ["found"],
        **({"language_details": varieties} if varieties else {}),
        "multilinguality": ["monolingual" if len(languages) == 1 else "multilingual"],
        "size_categories": [size_category(sum(built_config.rows for built_config in built))],
        "source_datasets": ["original"],
        "task_categories": list(dict.fromkeys(category for category, _ in tasks)) or ["other"],
        "task_ids": list(dict.fromkeys(task for _, task in tasks if task is not None)),
        "tags": list(dict.fromkeys((*tags, *(word.lower().replace(" ", "-") for word in about.keywords)))),
    }


def size_category(rows: int) -> str:
    """Return the Hub's name for a number of rows."""
    step = next((number for number in range(len(STEPS)) if rows < 10 ** (number + 3)), None)
    if step is None:
        return f"n>{STEPS[-1]}"
    return f"{STEPS[step - 1]}<n<{STEPS[step]}" if step else f"n<{STEPS[0]}"


def _config(built: BuiltConfig, description: str, default: bool) -> dict[str, Any]:
    files = [{"split": part.split, "path": f"data/{built.config}/{part.split}-*.parquet"} for part in built.parts]
    entry: dict[str, Any] = {"config_name": built.config, "description": description, "data_files": files}
    return {**entry, "default": True} if default else entry


def _info(built: BuiltConfig) -> dict[str, Any]:
    splits = [{"name": part.split, "num_bytes": part.memory, "num_examples": part.rows} for part in built.parts]
    return {
        "config_name": built.config,
        "splits": splits,
        "download_size": built.bytes,
        "dataset_size": sum(part.memory for part in built.parts),
    }


SCHEMA = ("schema", "card-yaml.schema.json")


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first needs libyaml


def check_yaml(text: str) -> None:
    """Raise `FileProblemError`, naming the first breach, unless the Hub takes `text` as the YAML of a card."""
    breach = next(breaches(text), None)
    if breach is not None:
        raise FileProblemError(
            f"The card's YAML is not what the Hub takes: {breach}.", "Correct CITATION.cff or schema/configs.json."
        )


def breaches(text: str) -> Iterator[str]:
    """Yield what is wrong with the YAML of a card: where, and which rule it breaks."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    document = yaml.load(text, Loader=LOADER)  # noqa: S506  a safe one
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
