"""A build that is not what its project gives, and a repository that somebody changed, are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.hub import (
    Place,
    signed,
    tampered,
    with_rows,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_build_changed_by_hand_is_refused_before_the_hub_is_asked(place: Place, tmp_path: Path) -> None:
    other = tampered(place, tmp_path)
    card = other.build / "README.md"
    card.write_text(card.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    (other.build / "data" / "extra.csv").write_text("1", encoding="utf-8")
    (other.build / "datasheet.md").unlink()
    done = other.publish("0.1.0", "--push")
    assert (done.code, done.codes) == (1, {"build-file-changed"})
    assert {one["message"].split()[0] for one in done.report["issues"]} == {
        "README.md", "data/extra.csv", "datasheet.md",
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
    card = published.repo.files["README.md"]
    published.repo.edit("README.md", card + b"\nA reader's remark.\n")
    place, before = with_rows(published, tmp_path), published.repo.main
    done = place.publish("0.2.0", "--push")
    assert (done.code, done.codes) == (1, {"publish-hub-edited"})
    assert [(one["path"], one["action"]) for one in done.report["edits"]] == [("README.md", "change")]
    assert done.report["edits"][0]["lines"] == ["+", "+A reader's remark."]
    assert place.repo.main == before
    published.repo.edit("README.md", card)
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
