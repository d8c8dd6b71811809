"""Whatever cuts publishing off: a named error, nothing half published, and the same command finishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.hub import Client, Place, is_sent, signed, tampered, with_rows
from support.hub_server import READ_TOKEN, TOKEN, Fault, HubDouble, Repo
from vinese.core.errors import ChangedError
from vinese.hub import publish as publishing

if TYPE_CHECKING:
    from pathlib import Path

    from support.hub_server import Mode
    from vinese.core.issues import Issue

COMMIT, TAG, LOOK = "POST .*/commit/main", "POST .*/tag/", "GET /api/datasets/"


@pytest.fixture
def published_elsewhere(place: Place) -> Repo:
    """The same release, in a repository that is nowhere yet."""
    assert place.publish("0.1.0", "--push").code == 0
    return place.hub.repos.pop(place.name)


def is_published(place: Place, version: str = "0.1.0", commits: int = 1) -> bool:
    """Tell whether the release is whole: so many commits, the tag on the last, every file as it was built."""
    repo = place.repo
    return is_sent(place, version) and len(repo.titles) == commits + 1 and repo.tags.get(f"v{version}") == repo.main


@pytest.mark.parametrize("mode", ["503-after", "drop-after"])
@pytest.mark.parametrize("request_", ["POST /api/repos/create", COMMIT, TAG], ids=["create", "commit", "tag"])
def test_a_lost_answer_is_looked_up_and_publishing_goes_on(place: Place, request_: str, mode: Mode) -> None:
    place.hub.faults.append(Fault(request_, mode))
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place)


@pytest.mark.parametrize("mode", ["503-before", "drop-before"])
def test_a_commit_that_did_not_land_is_an_error_and_the_same_command_finishes(place: Place, mode: Mode) -> None:
    place.hub.faults.append(Fault(COMMIT, mode))
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert "Nothing was published." in done.err
    assert place.repo.titles == ["initial commit"]
    assert place.repo.tags == {}
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place)


def test_a_tag_that_was_not_made_is_an_error_and_the_same_command_makes_it(place: Place) -> None:
    place.hub.faults.append(Fault(TAG, "503-before"))
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert "is there, its tag is not" in done.err
    before = place.repo.main
    assert place.publish("0.1.0", "--push").code == 0
    assert place.repo.main == before
    assert is_published(place)


def test_where_nobody_can_look_after_a_lost_answer_the_same_command_finishes(place: Place) -> None:
    place.publish("0.1.0", "--push")
    place.repo.tags.clear()
    place.repo.main = place.repo.commits[place.repo.main].parent or ""
    place.hub.faults += [Fault(COMMIT, "drop-after"), Fault(f"{LOOK}[^?]*$", "503-before", times=0)]
    place.hub.before_commit = lambda _repo: setattr(place.hub.faults[1], "times", 1)
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert "What is there now cannot be seen" in done.err
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place)


@pytest.mark.parametrize("mode", [None, "503-after", "drop-after"])
@pytest.mark.parametrize(
    ("words", "private", "path", "code"),
    [
        (("--private",), False, "NOTES.txt", "publish-not-private"),
        ((), True, "{name}.py", "publish-script"),
        ((), False, "data/events/test-extra.parquet", "publish-foreign-file"),
        ((), False, "README.md", "publish-hub-edited"),
        ((), False, "SHA256SUMS.full", "publish-adds-text"),
    ],
)
def test_a_repository_that_somebody_else_makes_meanwhile_is_judged_like_any(  # all vary  # noqa: PLR0917
    place: Place, words: tuple[str, ...], private: bool, path: str, code: str, mode: Mode | None
) -> None:
    theirs = Repo(private=private)
    theirs.edit(path.format(name=place.name.partition("/")[2]), b"PAR1")
    if code == "publish-adds-text":
        theirs.edit("data/events/test-00000-of-00001.parquet", b"PAR1")
    before = theirs.main
    place.hub.before.append(("POST /api/repos/create", lambda: place.hub.repos.update({place.name: theirs})))
    if mode is not None:
        place.hub.faults.append(Fault("POST /api/repos/create", mode))
    done = place.publish("0.1.0", "--push", *words)
    assert (done.code, done.codes) == (1, {code})
    assert (done.report["outcome"], done.report["exists"], done.report["private"]) == ("refused", True, private)
    assert (place.repo.main, place.repo.tags) == (before, {})


def test_a_version_that_somebody_else_publishes_while_the_repository_is_made_stays(
    place: Place, published_elsewhere: Repo
) -> None:
    place.hub.before.append(
        ("POST /api/repos/create", lambda: place.hub.repos.update({place.name: published_elsewhere}))
    )
    before = published_elsewhere.main
    assert place.publish("0.1.0", "--push").report["outcome"] == "already-published"
    assert (place.repo.main, place.repo.tags) == (before, {"v0.1.0": before})


@pytest.mark.parametrize("mode", ["503-after", "drop-after"])
def test_a_lost_answer_leaves_a_private_repository_private(place: Place, mode: Mode) -> None:
    place.hub.faults.append(Fault("POST /api/repos/create", mode))
    done = place.publish("0.1.0", "--push", "--private")
    assert (done.code, done.report["private"], place.repo.private) == (0, True, True)
    assert done.report["steps"][0] == f"make the private repository {place.name}"
    assert is_published(place)


def test_the_report_says_what_the_hub_says_and_not_what_was_asked_for(place: Place) -> None:
    theirs = Repo(private=True)
    place.hub.before.append(("POST /api/repos/create", lambda: place.hub.repos.update({place.name: theirs})))
    assert place.publish("0.1.0", "--push").report["private"] is True
    assert is_published(place)


@pytest.mark.parametrize("how", ["--push", "--pr"])
@pytest.mark.parametrize("path", ["README.md", "data/events/test-00000-of-00001.parquet", "data-statement.md"])
def test_a_build_that_changes_after_the_check_is_not_sent(
    published: Place, tmp_path: Path, path: str, how: str
) -> None:
    place = with_rows(published, tmp_path)
    checked, before = (place.build / path).read_bytes(), published.repo.main
    gone = path == "data-statement.md"
    place.hub.before.append(
        ("GET .*/refs", (place.build / path).unlink if gone else lambda: (place.build / path).write_bytes(b"MIT"))
    )
    done = place.publish("0.2.0", how)
    assert done.code == 2
    assert f"{path} in {place.build} changed after it was checked. Nothing was published" in done.err
    assert "Build again" in done.err
    assert (place.repo.main, set(place.repo.tags), place.repo.requests) == (before, {"v0.1.0"}, {})
    (place.build / path).write_bytes(b"MIT")
    assert "build-file-changed" in place.publish("0.2.0", how).codes
    (place.build / path).write_bytes(checked)
    assert place.publish("0.2.0", how).code == 0
    assert how == "--pr" or is_published(place, "0.2.0", commits=2)


def test_a_large_file_that_changes_before_it_is_uploaded_is_not_committed(place: Place, tmp_path: Path) -> None:
    other = tampered(place, tmp_path)
    path = other.build / "data/events/test-00000-of-00001.parquet"
    place.hub.before.append(("POST .*/preupload/", lambda: path.write_bytes(b"PAR1")))
    done = other.publish("0.1.0", "--push")
    assert done.code == 2
    assert f"{path.relative_to(other.build)} in {other.build} changed after it was checked" in done.err
    assert (place.repo.titles, place.repo.tags) == (["initial commit"], {})
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place)


def test_what_changes_while_the_commit_is_sent_is_sent_as_it_was_checked(place: Place, tmp_path: Path) -> None:
    other = tampered(place, tmp_path)
    for path in ("LICENSE.md", "README.md", "data/events/test-00000-of-00001.parquet"):
        place.hub.before.append(("POST .*/commit/main", lambda path=path: (other.build / path).write_bytes(b"MIT")))
    assert other.publish("0.1.0", "--push").code == 0
    assert is_published(place)


def test_what_the_hub_holds_is_compared_before_it_is_tagged(place: Place) -> None:
    def keep_another() -> None:
        place.repo.files["LICENSE.md"] = b"MIT"

    place.hub.before_commit = lambda _repo: place.hub.before.append(("GET .*/refs", keep_another))
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert f"LICENSE.md in {place.name} is not what was checked and sent." in done.err
    assert f"The commit {place.repo.main[:7]} is on main; no tag was made." in done.err
    assert place.repo.tags == {}
    del place.repo.files["LICENSE.md"]
    assert place.publish("0.1.0", "--push").code == 0
    assert place.repo.files["LICENSE.md"] == (place.build / "LICENSE.md").read_bytes()
    assert place.repo.tags == {"v0.1.0": place.repo.main}


def test_a_repository_that_is_made_public_meanwhile_is_not_tagged_as_private(place: Place) -> None:
    place.hub.before_commit = lambda repo: setattr(repo, "private", False)
    done = place.publish("0.1.0", "--push", "--private")
    assert done.code == 2
    assert "this one is there and public" in done.err
    assert "is on main; no tag was made" in done.err
    assert place.repo.tags == {}


@pytest.mark.parametrize("tag", ["v0.3.0", "v0-draft"])
def test_another_tag_that_somebody_makes_meanwhile_is_looked_at_first(place: Place, tag: str) -> None:
    place.hub.before_commit = lambda repo: repo.tags.update({tag: repo.main})
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert f"Somebody made the tag {tag} meanwhile. The commit {place.repo.main[:7]} is on main" in done.err
    assert set(place.repo.tags) == {tag}
    assert place.publish("0.1.0", "--push").codes == ({"publish-version-behind"} if tag == "v0.3.0" else set())


def test_a_look_that_fails_after_the_commit_is_named_and_the_same_command_finishes(place: Place) -> None:
    fault = Fault("GET .*/refs", "503-before", times=0)
    place.hub.faults.append(fault)
    place.hub.before_commit = lambda _repo: setattr(fault, "times", 1)
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert f"The commit {place.repo.main[:7]} is on main; no tag was made." in done.err
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place)


def test_a_build_that_changes_while_the_text_is_left_out_is_not_published(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, leave_out = tampered(place, tmp_path), publishing.make_standoff

    def meanwhile(folder: Path, out: Path) -> tuple[Issue, ...]:
        (folder / "LICENSE.md").write_bytes(b"MIT")
        signed(other)
        return leave_out(folder, out)

    monkeypatch.setattr(publishing, "make_standoff", meanwhile)
    with pytest.raises(ChangedError, match=r"LICENSE.md in .* changed after it was checked"):
        publishing.publish(other.project, other.name, "0.1.0", build=other.build, standoff=True)


def test_a_dropped_upload_is_sent_again(place: Place) -> None:
    place.hub.faults.append(Fault("PUT /_lfs/", "drop-before"))
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place)


def test_a_refused_upload_publishes_nothing_and_the_same_command_finishes(place: Place, tmp_path: Path) -> None:
    place.publish("0.1.0", "--push")
    other = with_rows(place, tmp_path)
    place.hub.faults.append(Fault("PUT /_lfs/", "400-before"))
    done = other.publish("0.2.0", "--push")
    assert done.code == 2
    assert "the Hub answered 400" in done.err
    assert "Nothing was published." in done.err
    assert is_published(place)
    assert other.publish("0.2.0", "--push").code == 0
    assert is_published(other, "0.2.0", commits=2)


def test_a_commit_of_somebody_else_meanwhile_is_named_and_kept(place: Place) -> None:
    place.hub.before_commit = lambda repo: repo.edit("NOTES.txt", b"meanwhile")
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert "main moved from" in done.err
    assert place.repo.titles == ["edit", "initial commit"]
    assert place.publish("0.1.0", "--push").code == 0
    assert is_published(place, commits=2)
    assert place.repo.files["NOTES.txt"] == b"meanwhile"


def test_the_same_content_from_somebody_else_meanwhile_is_tagged(place: Place, published_elsewhere: Repo) -> None:
    def publish_too(repo: Repo) -> None:
        every = {**repo.files, **published_elsewhere.files}
        repo.main = repo.add(every, "the same, elsewhere", repo.main)

    place.hub.before_commit = publish_too
    assert place.publish("0.1.0", "--push").code == 0
    assert place.repo.titles == ["the same, elsewhere", "initial commit"]
    assert is_published(place)


def test_a_tag_that_somebody_else_makes_meanwhile_stays(place: Place) -> None:
    place.hub.before_commit = lambda repo: repo.tags.update({"v0.1.0": repo.main})
    done = place.publish("0.1.0", "--push")
    assert done.code == 2
    assert "Somebody else made v0.1.0" in done.err
    assert place.repo.tags["v0.1.0"] != place.repo.main
    assert place.publish("0.1.0", "--push").codes == {"publish-tag-taken"}


@pytest.mark.parametrize("mode", ["503-after", "drop-after"])
def test_a_lost_answer_opens_no_second_pull_request(place: Place, tmp_path: Path, mode: Mode) -> None:
    place.publish("0.1.0", "--push")
    other = with_rows(place, tmp_path)
    place.hub.faults.append(Fault("POST .*create_pr=1", "503-before", times=0))
    place.hub.faults.append(Fault(r"POST .*/commit/main\?create_pr=1", mode))
    assert other.publish("0.2.0", "--pr").report["pull_request"].endswith("/1")
    assert other.publish("0.2.0", "--pr").report["pull_request"].endswith("/1")
    assert list(place.repo.requests) == [1]


def test_a_pull_request_that_was_not_opened_is_an_error(place: Place, tmp_path: Path) -> None:
    place.publish("0.1.0", "--push")
    other = with_rows(place, tmp_path)
    place.hub.faults.append(Fault(r"POST .*/commit/main\?create_pr=1", "503-before"))
    done = other.publish("0.2.0", "--pr")
    assert (done.code, place.repo.requests) == (2, {})
    assert "No pull request was opened." in done.err
    assert other.publish("0.2.0", "--pr").code == 0


# Who may, and whether anybody answers


def test_a_wrong_token_is_named_and_not_shown(place: Place) -> None:
    for words in ((), ("--push",), ("--pr",)):
        done = place.publish("0.1.0", *words, token="hf_wrongTokenThatNobodyHas")
        assert done.code == 2
        assert "401" in done.err
        assert "hf auth login" in done.err
        assert "hf_wrong" not in done.out + done.err
    assert place.name not in place.hub.repos


def test_a_login_that_may_only_read_publishes_nothing(place: Place) -> None:
    done = place.publish("0.1.0", "--push", token=READ_TOKEN)
    assert done.code == 2
    assert "403" in done.err
    assert place.name not in place.hub.repos
    place.publish("0.1.0", "--push")
    place.repo.tags.clear()
    done = place.publish("0.1.0", "--push", token=READ_TOKEN)
    assert done.code == 2
    assert place.repo.tags == {}


@pytest.mark.parametrize("how", ["--push", "--pr"])
def test_without_a_login_nothing_is_even_asked(place: Place, how: str) -> None:
    done = place.publish("0.1.0", how, token="")
    assert done.code == 2
    assert "Nobody is logged in" in done.err
    assert place.hub.log == []


def test_a_private_repository_is_not_told_from_none_without_a_login(place: Place) -> None:
    place.publish("0.1.0", "--push", "--private")
    words = ("--version", "0.1.0", "--project", place.root, "--build", place.build)
    assert "or this login may not see it" in place.client.run("publish", place.name, *words, token="").out


def test_a_hub_that_fails_is_named(place: Place) -> None:
    place.publish("0.1.0", "--push")
    place.hub.faults.append(Fault(f"{LOOK}.*/refs", "503-before"))
    done = place.publish("0.1.0")
    assert done.code == 2
    assert "the Hub answered 503" in done.err
    assert place.publish("0.1.0").code == 0


def test_no_network_is_named(place: Place, tmp_path: Path) -> None:
    with HubDouble() as gone:
        address = gone.url
    nobody = Client(address, tmp_path / "home")
    done = Place(place.hub, nobody, place.name, place.project, place.build).publish("0.1.0", "--push")
    nobody.close()
    assert done.code == 2
    assert "Check the network" in done.err
    assert TOKEN not in done.err


def test_offline_mode_is_named(place: Place, tmp_path: Path) -> None:
    offline = Client(place.hub.url, tmp_path / "home", HF_HUB_OFFLINE="1")
    done = Place(place.hub, offline, place.name, place.project, place.build).publish("0.1.0")
    offline.close()
    assert done.code == 2
    assert "HF_HUB_OFFLINE" in done.err
