"""A version must be one, come after what is there, and be as large a step as the change; a tag never moves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from support.hub import (
    Place,
    copied,
    digest,
    made,
    tampered,
    with_card,
    with_columns,
    with_rows,
)
from vinese.hub.rules import check_address, check_stated
from vinese.hub.standoff_files import rewrite
from vinese.hub.versions import latest, parse_version
from vinese.package.folder import read_build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("version", ["1", "v0.1.0", "0.1", "01.0.0", "0.1.0rc1", "0.1.0 ", "٠.١.٠", ""])
def test_what_is_no_version_is_wrong_use(place: Place, version: str) -> None:
    done = place.publish(version)
    assert done.code == 2
    assert "is not a version" in done.err
    assert place.hub.log == []


@pytest.mark.parametrize("name", ["vinese", "a/b/c", "-a/b", "org/na me", "org/"])
def test_what_is_no_repository_name_is_wrong_use(place: Place, name: str) -> None:
    done = place.client.run("publish", "--version", "0.1.0", "--build", place.build, "--", name)
    assert done.code == 2
    assert "Give ORG/NAME" in done.err


@pytest.mark.parametrize(
    "case",
    [
        (with_card, None, "0.1.1", "patch"),
        (with_rows, "0.1.1", "0.2.0", "minor"),
        (with_columns, "0.2.0", "1.0.0", "major"),
    ],
    ids=["card", "rows", "columns"],
)
def test_the_version_must_fit_the_change(
    published: Place, tmp_path: Path, case: tuple[Any, str | None, str, str]
) -> None:
    change, small, enough, step = case
    place = change(published, tmp_path)
    if small is not None:
        done = place.publish(small, "--push")
        assert (done.code, done.codes) == (1, {"publish-version-small"})
        assert enough in done.report["issues"][0]["message"]
        assert place.hub.writes() == []
    done = place.publish(enough)
    assert (done.code, done.report["needed"]) == (0, step)


def test_another_major_version_of_the_schema_asks_for_a_major_step(published: Place, tmp_path: Path) -> None:
    path = "data/articles/test-00000-of-00001.parquet"
    rewrite(published.build / path, tmp_path / "old.parquet", lambda row: {**row, "schema_version": "0.9"})
    commit = published.repo.commits[published.repo.tags["v0.1.0"]]
    commit.files[path] = (tmp_path / "old.parquet").read_bytes()
    sums = commit.files["SHA256SUMS"].splitlines()
    commit.files["SHA256SUMS"] = b"".join(
        (digest(commit.files[path]) + b"  " + path.encode() if line.endswith(path.encode()) else line) + b"\n"
        for line in sums
    )
    done = published.publish("0.2.0")
    assert done.codes == {"publish-version-small"}
    assert "the schema's version changed from 0 to 1" in done.report["issues"][0]["message"]


def test_a_version_must_come_after_those_that_are_there(published: Place, tmp_path: Path) -> None:
    done = with_rows(published, tmp_path).publish("0.0.9", "--push")
    assert (done.code, done.codes) == (1, {"publish-version-behind"})


def test_a_second_version_of_the_same_content_is_refused(published: Place) -> None:
    assert published.publish("0.2.0", "--push").codes == {"publish-nothing-new"}


def stating(place: Place, folder: Path, version: str) -> Place:
    """Return the place with a build that states this version."""
    found = copied(place, folder)
    (found.root / "CITATION.cff").write_text(f"title: A corpus\nversion: {version}\n", encoding="utf-8")
    made(found.project, found.build)
    return found


def test_a_build_that_says_it_is_another_version_is_refused(place: Place, tmp_path: Path) -> None:
    other = stating(place, tmp_path / "old", "0.3.0")
    for how in ((), ("--push",), ("--push", "--standoff")):
        done = other.publish("7.0.0", *how)
        assert (done.code, done.codes) == (1, {"publish-version-stated"})
        assert "would be published as 7.0.0" in done.report["issues"][0]["message"]
    assert place.name not in place.hub.repos
    assert other.publish("0.3.0", "--push").code == 0
    assert stating(place, tmp_path / "new", "0.4.0").publish("0.4.0", "--push").code == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("croissant.json", '"version": "{}"'),
        ("croissant.json", "version = {{{}}}"),
        ("README.md", "version = {{{}}}"),
        ("README.md", "*A corpus* (Version {}) [Data set]"),
        ("data-statement.md", "- Version: {}"),
        ("data-statement.md", "*A corpus* (Version {}) [Data set]"),
    ],
)
def test_every_place_that_states_the_version_is_looked_at(place: Place, tmp_path: Path, path: str, said: str) -> None:
    other = stating(place, tmp_path, "0.3.0")
    file = other.build / path
    text = file.read_text(encoding="utf-8")
    assert text.count(said.format("0.3.0")) == 1
    file.write_text(text.replace(said.format("0.3.0"), said.format("0.2.0")), encoding="utf-8")
    found = list(check_stated(read_build(other.build), parse_version("0.3.0")))
    assert [(one.code, one.level, one.file) for one in found] == [("publish-version-stated", "error", path)]
    assert f"{path} says that this is version 0.2.0" in found[0].message
    assert list(check_stated(read_build(other.build), parse_version("0.2.0"))) != []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("{hub}/datasets/{name}", None),
        ("https://huggingface.co/datasets/{name}", None),
        ("https://HuggingFace.co/datasets/{name}/", None),
        ("https://huggingface.co/datasets/{name}/tree/v0.1.0", None),
        ("https://example.org/corpus", None),
        ("https://huggingface.co/datasets/org/another", "publish-address-stated"),
        ("https://hf.co/{name}", "publish-address-stated"),
        ("https://huggingface.co/datasets/{name}-small", "publish-address-stated"),
        ("{hub}/datasets/org", "publish-address-stated"),
        ("README.md", "publish-address-missing"),
        (None, "publish-address-missing"),
    ],
)
def test_a_build_must_not_say_that_it_is_elsewhere_on_the_hub(
    place: Place, tmp_path: Path, url: str | None, code: str | None
) -> None:
    other = tampered(place, tmp_path)
    file = other.build / "croissant.json"
    stated = url and url.format(hub="https://hub.example.org", name=place.name)
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "url": stated}), encoding="utf-8")
    found = list(check_address(read_build(other.build), f"https://hub.example.org/datasets/{place.name}"))
    assert [one.code for one in found] == ([code] if code else [])
    assert all("Set url in CITATION.cff" in one.todo for one in found)


def test_a_build_without_an_address_is_published_with_a_warning(place: Place) -> None:
    done = place.publish("0.1.0", "--push")
    assert done.code == 0
    assert [(one["code"], one["level"]) for one in done.report["issues"]] == [("publish-address-missing", "warning")]
    assert f"{place.hub.url}/datasets/{place.name}" in done.report["issues"][0]["message"]


def test_the_version_of_another_work_that_a_card_cites_is_not_the_builds(place: Place, tmp_path: Path) -> None:
    other = stating(place, tmp_path, "0.3.0")
    card = other.build / "README.md"
    cited = "\n@misc{other-corpus,\n  version = {9.0}\n}\nA. Nobody. *Another* (Version 9.0) [Data set].\n"
    card.write_text(card.read_text(encoding="utf-8") + cited, encoding="utf-8")
    assert list(check_stated(read_build(other.build), parse_version("0.3.0"))) == []


def test_a_tag_of_other_content_is_never_moved(published: Place, tmp_path: Path) -> None:
    before = dict(published.repo.tags)
    done = with_rows(published, tmp_path).publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-tag-taken"})
    assert published.repo.tags == before
    assert published.hub.writes() == []


def test_versions_are_compared_as_numbers() -> None:
    assert latest(["v0.9.0", "v0.10.0", "latest", "v1", "0.11.0"]) == parse_version("0.10.0")
    assert latest(["latest"]) is None
