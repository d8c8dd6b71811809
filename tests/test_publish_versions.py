"""A version must be one, come after what is there, and be as large a step as the change; a tag never moves."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from support.configs import CONFIGS
from support.hub import (
    Place,
    copied,
    digest,
    is_sent,
    made,
    python,
    tampered,
    with_card,
    with_columns,
    with_rows,
)
from vinese.core.project import packaged
from vinese.hub.rules import check_address, check_stated
from vinese.hub.standoff_files import by_row, rewrite
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
    rewrite(published.build / path, tmp_path / "old.parquet", by_row(lambda row: {**row, "schema_version": "0.9"}))
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


def test_a_build_without_an_address_gets_that_of_the_command_line(place: Place, tmp_path: Path) -> None:
    before = (place.build / "README.md").read_bytes()
    done = place.publish("0.1.0", "--push")
    assert (done.code, done.report["issues"]) == (0, [])
    assert is_sent(place)
    assert (place.build / "README.md").read_bytes() == before
    card = place.repo.files["README.md"].decode()
    assert "/path/to" not in card
    assert f"]({place.hub.url}/datasets/{place.name})" in card.split("Where to ask for removal:")[1]
    (code,) = re.findall(r"^```python\n(.*?)^```$", card, re.DOTALL | re.MULTILINE)
    look = "\nassert len(rows) and any(row['entities'] for row in rows)\nprint(len(rows))"
    rows = pq.read_metadata(place.build / "data/entities/test-00000-of-00001.parquet").num_rows
    assert python(code + look, url=place.hub.url, home=tmp_path).strip() == str(rows)


def test_a_card_that_cannot_load_the_release_is_refused(place: Place, tmp_path: Path) -> None:
    other = copied(place, tmp_path)
    template = packaged("card", "README.md.jinja").read_text(encoding="utf-8")
    other.project.own("card").mkdir(exist_ok=True)
    other.project.own("card", "README.md.jinja").write_text(template.replace("rows = load_dataset(", "rows = ("))
    made(other.project, other.build)
    done = other.publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-load-line"})
    assert f"loads {place.name} with the revision v0.1.0" in done.report["issues"][-1]["message"]
    assert other.hub.writes() == []


def test_an_address_elsewhere_on_the_hub_is_refused_naming_both(place: Place, tmp_path: Path) -> None:
    other = copied(place, tmp_path)
    cff = "title: A corpus\nversion: 0.1.0\nurl: https://huggingface.co/datasets/org/another\n"
    (other.root / "CITATION.cff").write_text(cff, encoding="utf-8")
    made(other.project, other.build)
    done = other.publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-address-stated"})
    (message,) = [one["message"] for one in done.report["issues"] if one["level"] == "error"]
    assert "datasets/org/another" in message
    assert place.name in message


def test_the_plan_has_rows_and_bytes_and_says_that_texts_go_public(place: Place) -> None:
    report = place.publish("0.1.0").report
    assert [one["name"] for one in report["configs"]] == list(CONFIGS)
    for one in report["configs"]:
        path = place.build / f"data/{one['name']}/test-00000-of-00001.parquet"
        assert (one["rows"], one["bytes"]) == ({"test": pq.read_metadata(path).num_rows}, path.stat().st_size)
    assert "remain their publishers', to everybody; --standoff leaves them out" in report["texts"]
    assert "private" in place.publish("0.1.0", "--private").report["texts"]
    assert place.publish("0.1.0", "--standoff").report["texts"] == ""
    where = ("--project", place.root, "--build", place.build)
    shown = place.client.run("publish", place.name, "--version", "0.1.0", *where)
    assert "--standoff leaves them out" in shown.out
    assert "  entities: test " in shown.out


def test_what_somebody_changed_on_main_is_shown_file_by_file(published: Place) -> None:
    published.repo.edit("NOTES.md", b"mine\n")
    published.repo.edit("datasheet.md", published.repo.files["datasheet.md"] + b"A remark.\n")
    done = published.publish("0.1.0")
    assert (done.code, done.report["outcome"]) == (0, "already-published")
    assert [(one["path"], one["action"], one["lines"]) for one in done.report["edits"]] == [
        ("NOTES.md", "add", ["+mine"]),
        ("datasheet.md", "change", ["+A remark."]),
    ]
    assert [one["code"] for one in done.report["issues"]] == ["publish-main-edited"] * 2
    assert "somebody changed datasheet.md after v0.1.0" in done.report["issues"][1]["message"]


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
