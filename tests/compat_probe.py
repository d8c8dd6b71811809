"""Load a built folder in every way that this version of `datasets` has, and print what came of it as JSON.

Runs where vinese is not installed: `python compat_probe.py SETTINGS`, a JSON object with `folder` (built), `staging`
and `loader` (the script and what it reads), `digest` (the module `vinese/release/digest.py`), `cache` and `configs`.
"""

import importlib.metadata
import importlib.util
import json
import platform
import sys
from pathlib import Path

import datasets

PACKAGES = ("datasets", "pyarrow", "numpy", "pandas", "huggingface-hub")
VERSION = tuple(int(part) for part in datasets.__version__.split(".")[:2])
# 2.14 takes the word for a setting of the script; it is known from 2.16 on.
TRUST = {} if VERSION < (2, 16) else {"trust_remote_code": True}


def by_path(name, path):
    """Import a file under a name."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def folder(given, config):
    return datasets.load_dataset(given["folder"], config)


def streamed(given, config):
    return datasets.load_dataset(given["folder"], config, streaming=True)


def parquet(given, config):
    files = {}
    for path in sorted(Path(given["folder"], "data", config).glob("*.parquet")):
        files.setdefault(path.name.split("-")[0], []).append(str(path))
    return datasets.load_dataset("parquet", data_files=files)


def script(given, config):
    return datasets.load_dataset(given["loader"], config, data_dir=given["staging"], **TRUST)


def builder(given, config):
    made = class_of(given)(config_name=config, data_dir=given["staging"], cache_dir=given["cache"], hash="probe")
    made.download_and_prepare()
    return made.as_dataset()


def builder_streamed(given, config):
    return class_of(given)(
        config_name=config, data_dir=given["staging"], cache_dir=given["cache"], hash="probe"
    ).as_streaming_dataset()


def class_of(given):
    name = "vinese_loader_by_path"
    return (sys.modules.get(name) or by_path(name, given["loader"])).Vinese


ROUTES = {
    "folder": folder,
    "streamed": streamed,
    "parquet": parquet,
    "script": script,
    "class": builder,
    "class streamed": builder_streamed,
}


def summary(found, digest):
    """Return rows and features of every split of a config as digests, and one value read as a label's name."""
    splits = {}
    for name, rows in sorted(found.items()):
        number, total = digest.rows_digest(rows)
        splits[str(name)] = {"rows": number, "sha256": total}
        features = rows.features
    return {"splits": splits, "features": digest.features_digest(features.to_dict())}


def attempt(route, given, config, digest):
    try:
        return summary(route(given, config), digest)
    except Exception as error:  # any error is a result here; the caller says which one is right
        return {"error": type(error).__name__, "message": str(error)}


def main():
    given = json.loads(sys.argv[1])
    digest = by_path("digest", given["digest"])
    datasets.utils.logging.disable_progress_bar()
    found = {
        name: {config: attempt(route, given, config, digest) for config in given["configs"]}
        for name, route in ROUTES.items()
    }
    packages = {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in PACKAGES}}
    print(json.dumps({"packages": packages, "routes": found}))


if __name__ == "__main__":
    main()
