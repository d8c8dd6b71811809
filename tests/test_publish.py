"""`vinese publish` shows what it would do, does it in one commit and a tag, and refuses what would break readers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from hub_client import Client, python
from hub_double import TOKEN, HubDouble
from hub_releases import (
    CONFIGS,
    Place,
    copied,
    made,
    named,
    release,
    signed,
    tampered,
    with_card,
    with_columns,
    with_rows,
)
from vinese.publish.rewrite import rewrite
from vinese.publish.version import Version, latest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.resources import Project

LOAD = """
import json, sys
from datasets import load_dataset
name, revision = sys.argv[1:3]
found = {config: load_dataset(name, config, revision=revision, split="test") for config in sys.argv[3:]}
stream = load_dataset(name, "entities", revision=revision, split="test", streaming=True)
print(json.dumps({config: list(rows) for config, rows in found.items()}, default=str))
assert list(stream) == list(found["entities"])
assert found["entities"].features["tags"].feature.names[0] == "O"
"""


@pytest.fixture(scope="module")
def hub() -> Iterator[HubDouble]:
    with HubDouble() as found:
        yield found


@pytest.fixture(scope="module")
def client(hub: HubDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    found = Client(hub.url, tmp_path_factory.mktemp("home"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    return release(tmp_path_factory.mktemp("release"))


@pytest.fixture
def place(hub: HubDouble, client: Client, built: tuple[Project, Path], request: pytest.FixtureRequest) -> Place:
    """A repository of this test's own, not made yet."""
    return Place(hub, client, named(request.node.name), *built)


@pytest.fixture
def published(place: Place) -> Place:
    """The same, published as 0.1.0."""
    assert place.publish("0.1.0", "--push").code == 0
    return place


def test_a_dry_run_shows_every_file_and_only_reads(place: Place) -> None:
    done = place.publish("0.1.0")
    assert done.code == 0
    files = {path.relative_to(place.build).as_posix(): path for path in place.build.rglob("*") if path.is_file()}
    assert {one["path"]: one["after"] for one in done.report["changes"]} == {
        path: file.stat().st_size for path, file in files.items()
    }
    assert done.report["outcome"] == "planned"
    assert done.report["steps"] == [
        f"make the public repository {place.name}",
        f"send one commit with {len(files)} changed files",
        "tag it v0.1.0",
    ]
    assert place.hub.writes() == []
    assert place.name not in place.hub.repos


def test_a_dry_run_needs_no_login(place: Place) -> None:
    assert place.publish("0.1.0", token="").report["outcome"] == "planned"


def test_what_is_published_loads_by_its_tag_with_the_same_rows(published: Place, tmp_path: Path) -> None:
    assert published.repo.titles == ["Publish v0.1.0", "initial commit"]
    assert published.repo.tags == {"v0.1.0": published.repo.main}
    loaded = json.loads(python(LOAD, published.name, "v0.1.0", *CONFIGS, url=published.hub.url, home=tmp_path / "a"))
    assert all(loaded.values())
    for config, rows in loaded.items():
        assert rows == pq.read_table(published.build / f"data/{config}/test-00000-of-00001.parquet").to_pylist()


def test_publishing_again_changes_nothing(published: Place) -> None:
    before = published.repo.main
    done = published.publish("0.1.0", "--push")
    assert (done.code, done.report["outcome"], done.report["commit"]) == (0, "already-published", before)
    assert published.hub.writes() == []
    assert published.repo.main == before


def test_a_commit_without_its_tag_gets_the_tag_and_no_second_commit(published: Place) -> None:
    published.repo.tags.clear()
    before = published.repo.main
    done = published.publish("0.1.0", "--push")
    assert done.report["outcome"] == "published"
    assert published.repo.main == before
    assert published.repo.tags == {"v0.1.0": before}
    assert [one.split()[0] for one in published.hub.writes()] == ["POST"]


def test_a_change_sends_only_what_differs_in_one_commit(published: Place, tmp_path: Path) -> None:
    place = with_rows(published, tmp_path)
    plan = place.publish("0.2.0")
    assert {one["action"] for one in plan.report["changes"]} == {"change"}
    assert {one["path"] for one in plan.report["changes"]} >= {"README.md", "SHA256SUMS"}
    assert "LICENSE.md" not in {one["path"] for one in plan.report["changes"]}
    assert plan.report["current"] == "0.1.0"
    before = place.repo.main
    done = place.publish("0.2.0", "--push")
    assert done.code == 0
    assert place.repo.commits[place.repo.main].parent == before
    assert place.repo.tags == {"v0.1.0": before, "v0.2.0": place.repo.main}
    assert place.repo.files["README.md"] == (place.build / "README.md").read_bytes()


def test_a_file_that_an_earlier_release_brought_goes_and_a_file_of_others_stays(place: Place, tmp_path: Path) -> None:
    first = tampered(place, tmp_path)
    old = "data/article_stance/test-00000-of-00001.parquet"
    assert first.publish("0.1.0", "--push").code == 0
    place.repo.edit("NOTES.txt", b"by somebody")
    sums = place.repo.files["SHA256SUMS"] + f"{'0' * 64}  gone.txt\n".encode()
    place.repo.edit("gone.txt", b"brought earlier")
    place.repo.edit("SHA256SUMS", sums.replace(b"0" * 64, _sha256(b"brought earlier")))
    done = with_card(place, tmp_path / "next").publish("0.1.1", "--push")
    assert done.code == 0, done.out
    assert {"path": "gone.txt", "action": "remove", "before": 15, "after": None} in done.report["changes"]
    assert "gone.txt" not in place.repo.files
    assert place.repo.files["NOTES.txt"] == b"by somebody"
    assert old in place.repo.files


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def test_a_private_repository_is_made_private_and_stays_so(place: Place) -> None:
    assert place.publish("0.1.0", "--push", "--private").report["private"] is True
    assert place.repo.private
    assert place.publish("0.1.0", "--push").report["private"] is True


def test_private_is_refused_where_the_repository_is_public(published: Place, tmp_path: Path) -> None:
    done = with_rows(published, tmp_path).publish("0.2.0", "--push", "--private")
    assert (done.code, done.codes) == (1, {"publish-not-private"})
    assert published.hub.writes() == []


def test_the_token_is_never_shown(place: Place) -> None:
    done = place.publish("0.1.0", "--push")
    assert TOKEN in place.hub.seen_tokens
    assert TOKEN not in done.out + done.err


# Pull requests


def test_a_pull_request_is_opened_once_and_tagged_after_it_is_merged(published: Place, tmp_path: Path) -> None:
    place = with_rows(published, tmp_path)
    before = place.repo.main
    done = place.publish("0.2.0", "--pr")
    assert (done.code, done.report["outcome"]) == (0, "pull-request")
    again = place.publish("0.2.0", "--pr")
    assert again.report["pull_request"] == done.report["pull_request"]
    assert done.report["pull_request"].endswith("/discussions/1")
    assert list(place.repo.requests) == [1]
    assert place.repo.main == before
    assert set(place.repo.tags) == {"v0.1.0"}
    place.repo.main = place.repo.requests[1].commit
    place.repo.requests[1].status = "merged"
    assert place.publish("0.2.0", "--push").report["outcome"] == "published"
    assert place.repo.tags["v0.2.0"] == place.repo.main == place.repo.requests[1].commit


def test_a_closed_pull_request_does_not_keep_from_opening_another(published: Place, tmp_path: Path) -> None:
    place = with_rows(published, tmp_path)
    place.publish("0.2.0", "--pr")
    place.repo.requests[1].status = "closed"
    assert place.publish("0.2.0", "--pr").report["pull_request"].endswith("/discussions/2")


def test_a_pull_request_needs_something_to_change(place: Place) -> None:
    assert place.publish("0.1.0", "--pr").code == 2
    place.publish("0.1.0", "--push")
    place.repo.tags.clear()
    done = place.publish("0.1.0", "--pr")
    assert done.code == 2
    assert "holds this build already" in done.err


# Versions


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
        (_sha256(commit.files[path]) + b"  " + path.encode() if line.endswith(path.encode()) else line) + b"\n"
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


# What is refused


def test_a_build_changed_by_hand_is_refused_before_the_hub_is_asked(place: Place, tmp_path: Path) -> None:
    other = tampered(place, tmp_path)
    card = other.build / "README.md"
    card.write_text(card.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    (other.build / "data" / "extra.csv").write_text("1", encoding="utf-8")
    (other.build / "LICENSE.md").unlink()
    done = other.publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"build-file-changed"})
    assert {one["message"].split()[0] for one in done.report["issues"]} == {
        "README.md", "data/extra.csv", "LICENSE.md",
    }  # fmt: skip
    assert other.hub.log == []


def test_a_config_whose_files_are_gone_is_refused(place: Place, tmp_path: Path) -> None:
    other = tampered(place, tmp_path)
    (other.build / "data/events/test-00000-of-00001.parquet").unlink()
    done = signed(other).publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"build-config-missing"})
    assert "events" in done.report["issues"][0]["message"]


def test_a_build_that_its_project_no_longer_gives_is_refused(place: Place, tmp_path: Path) -> None:
    other = with_rows(place, tmp_path)
    stale = Place(place.hub, place.client, place.name, other.project, place.build)
    done = stale.publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"build-file-stale"})
    assert stale.hub.log == []


def test_a_build_that_is_not_recorded_or_whose_card_is_not_rendered_is_refused(place: Place, tmp_path: Path) -> None:
    other = with_rows(place, tmp_path)
    (other.root / "card" / "rendered" / "README.md").write_text("of before", encoding="utf-8")
    assert other.publish("0.1.0", "--push").codes == {"card-stale"}
    (other.root / "card" / "checksums.json").unlink()
    assert other.publish("0.1.0", "--push").codes == {"build-unrecorded"}
    assert other.hub.log == []


def test_a_project_with_errors_is_refused(place: Place, tmp_path: Path) -> None:
    other = with_rows(place, tmp_path)
    export = other.project.exports / "trial.json"
    export.write_text(export.read_text(encoding="utf-8").replace("ORG_IGO", "NO_SUCH_TYPE"), encoding="utf-8")
    done = other.publish("0.1.0", "--push")
    assert done.code == 1
    assert "unknown-label" in done.codes
    assert other.hub.log == []


def test_a_folder_that_is_no_build_is_wrong_use(place: Place, tmp_path: Path) -> None:
    done = place.client.run("publish", place.name, "--version", "0.1.0", "--build", tmp_path)
    assert done.code == 2
    assert "is not a built dataset" in done.err


def test_a_repository_with_a_script_of_its_own_name_is_refused(published: Place, tmp_path: Path) -> None:
    published.repo.edit(f"{published.name.partition('/')[2]}.py", b"print()")
    done = with_rows(published, tmp_path).publish("0.2.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-script"})
    published.repo.edit("other.py", b"print()")
    assert published.hub.writes() == []


def test_a_card_that_was_edited_on_the_hub_is_not_overwritten(published: Place, tmp_path: Path) -> None:
    published.repo.edit("README.md", published.repo.files["README.md"] + b"\nA reader's remark.\n")
    place, before = with_rows(published, tmp_path), published.repo.main
    done = place.publish("0.2.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-hub-edited"})
    assert place.repo.main == before
    published.repo.edit("README.md", (published.build / "README.md").read_bytes())
    assert place.publish("0.2.0", "--push").code == 0


def test_a_card_of_somebody_else_is_not_overwritten(published: Place, place: Place) -> None:
    published.repo.main = published.repo.add({"README.md": b"# Mine\n"}, "another dataset", None)
    published.repo.tags.clear()
    done = place.publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-hub-edited"})


def test_data_of_somebody_else_that_a_config_would_load_is_refused(published: Place, tmp_path: Path) -> None:
    published.repo.edit("data/events/test-extra.parquet", b"PAR1")
    done = with_rows(published, tmp_path).publish("0.2.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-foreign-file"})


def test_the_plan_can_be_read_by_a_person(published: Place, tmp_path: Path) -> None:
    place = with_rows(published, tmp_path)
    words = ("--version", "0.2.0", "--project", place.root, "--build", place.build)
    plan = place.client.run("publish", place.name, *words)
    assert "~ README.md" in plan.out
    assert "KiB ->" in plan.out
    assert "public, 0.1.0" in plan.out
    assert "minor step" in plan.out
    assert "Nothing was sent; --push does it." in plan.out
    done = place.client.run("publish", place.name, *words, "--push")
    assert f'load_dataset("{place.name}", revision="v0.2.0")' in done.out
    refused = place.client.run("publish", place.name, "--version", "0.1.0", *words[2:])
    assert "publish-tag-taken" in refused.err
