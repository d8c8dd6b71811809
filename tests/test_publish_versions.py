"""A version must be one, come after what is there, and be as large a step as the change; a tag never moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub_releases import (
    Place,
    copied,
    digest,
    made,
    with_card,
    with_columns,
    with_rows,
)
from vinese.publish.rewrite import rewrite
from vinese.publish.version import Version, latest

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


def test_a_build_that_says_it_is_another_version_is_warned_of(place: Place, tmp_path: Path) -> None:
    other = copied(place, tmp_path)
    (other.root / "CITATION.cff").write_text("title: A corpus\nversion: 0.3.0\n", encoding="utf-8")
    made(other.project, other.build)
    assert other.publish("0.3.0").report["issues"] == []
    warned = other.publish("7.0.0").report["issues"]
    assert [(one["code"], one["level"]) for one in warned] == [("publish-version-stated", "warning")]


def test_a_tag_of_other_content_is_never_moved(published: Place, tmp_path: Path) -> None:
    before = dict(published.repo.tags)
    done = with_rows(published, tmp_path).publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-tag-taken"})
    assert published.repo.tags == before
    assert published.hub.writes() == []


def test_versions_are_compared_as_numbers() -> None:
    assert latest(["v0.9.0", "v0.10.0", "latest", "v1", "0.11.0"]) == Version(0, 10, 0)
    assert latest(["latest"]) is None
