"""`vinese publish` shows what it would do, does it in one commit and a tag, and refuses what would break readers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from support.hub import (
    ADDRESSED,
    CONFIGS,
    Place,
    digest,
    is_sent,
    python,
    tampered,
    with_card,
    with_rows,
)
from support.hub_server import TOKEN

if TYPE_CHECKING:
    from pathlib import Path


LOAD = """
import json, sys
from datasets import load_dataset
name, revision = sys.argv[1:3]
found = {config: load_dataset(name, config, revision=revision, split="test") for config in sys.argv[3:]}
stream = load_dataset(name, "entities", revision=revision, split="test", streaming=True)
print(json.dumps({config: list(rows) for config, rows in found.items()}, default=str))
assert list(stream) == list(found["entities"])
assert found["entities"].features["ner_tags"].feature.names[0] == "O"
"""


def test_a_dry_run_shows_every_file_and_only_reads(place: Place) -> None:
    done = place.publish("0.1.0")
    assert done.code == 0
    files = {path.relative_to(place.build).as_posix(): path for path in place.build.rglob("*") if path.is_file()}
    assert {one["path"] for one in done.report["changes"]} == set(files)
    sizes = {one["path"]: one["after"] for one in done.report["changes"]}
    assert all(sizes[path] == file.stat().st_size for path, file in files.items() if path not in ADDRESSED)
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
    assert is_sent(place, "0.2.0")


def test_a_file_that_an_earlier_release_brought_goes_and_a_file_of_others_stays(place: Place, tmp_path: Path) -> None:
    first = tampered(place, tmp_path)
    old = "data/article_stance/test-00000-of-00001.parquet"
    assert first.publish("0.1.0", "--push").code == 0
    place.repo.edit("NOTES.txt", b"by somebody")
    sums = place.repo.files["SHA256SUMS"] + f"{'0' * 64}  gone.txt\n".encode()
    place.repo.edit("gone.txt", b"brought earlier")
    place.repo.edit("SHA256SUMS", sums.replace(b"0" * 64, digest(b"brought earlier")))
    done = with_card(place, tmp_path / "next").publish("0.1.1", "--push")
    assert done.code == 0, done.out
    assert {"path": "gone.txt", "action": "remove", "before": 15, "after": None} in done.report["changes"]
    assert "gone.txt" not in place.repo.files
    assert place.repo.files["NOTES.txt"] == b"by somebody"
    assert old in place.repo.files


def test_a_private_repository_is_made_private_and_stays_so(place: Place) -> None:
    assert place.publish("0.1.0", "--push", "--private").report["private"] is True
    assert place.repo.private
    assert place.publish("0.1.0", "--push").report["private"] is True


def test_private_is_refused_where_the_repository_is_public(published: Place, tmp_path: Path) -> None:
    done = with_rows(published, tmp_path).publish("0.2.0", "--push", "--private")
    assert (done.code, done.codes) == (1, {"publish-not-private"})
    assert published.hub.writes() == []


def test_private_is_refused_where_the_version_is_public_already(published: Place) -> None:
    done = published.publish("0.1.0", "--push", "--private")
    assert (done.code, done.codes, done.report["private"]) == (1, {"publish-not-private"}, False)
    assert published.hub.writes() == []


def test_a_tag_with_more_than_the_build_is_not_taken_for_it(published: Place) -> None:
    commit = published.repo.tags["v0.1.0"]
    published.repo.commits[commit].files["data/events/test-extra.parquet"] = b"PAR1"
    assert published.publish("0.1.0", "--push").codes == {"publish-tag-taken"}


def test_a_tag_that_moves_while_its_release_is_read_is_read_as_it_was(published: Place, tmp_path: Path) -> None:
    place, hub = with_rows(published, tmp_path), published.hub
    other = place.repo.add({"README.md": b"# Another\n"}, "another", None)
    hub.before.append(("GET .*/tree/", lambda: hub.before.append(("GET .*/tree/", move))))

    def move() -> None:
        place.repo.tags["v0.1.0"] = other

    done = place.publish("0.2.0")
    assert (done.code, done.report["needed"]) == (0, "minor")
    assert place.repo.tags["v0.1.0"] == other


def test_the_token_is_never_shown(place: Place) -> None:
    done = place.publish("0.1.0", "--push")
    assert TOKEN in place.hub.seen_tokens
    assert TOKEN not in done.out + done.err


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
