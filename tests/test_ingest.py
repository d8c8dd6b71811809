"""`vinese ingest` turns raw pages into articles, again and again with the same result, and refuses what is none."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.pages import ARTICLES, IDS, PAGES, ZONES_FILE
from vinese.checks.article import check_article
from vinese.cli import run
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.places import article_path, raw_path
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.ingest.page import RawPage
from vinese.ingest.run import article_of, ingest_files
from vinese.model.records import Article
from vinese.text.normalise import is_clean

PAGE = (
    "Tổng thư ký NATO đến Hà Nội\n"
    "Ngày 24/5, Tổng thư ký NATO đã đến Hà Nội để tham dự một hội nghị.\n"
    "Tại cuộc họp, ông nhấn mạnh sự hợp tác giữa hai bên. Ông cũng cảm ơn nước chủ nhà.\n"
)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "corpus" / "annotations").mkdir(parents=True)
    return Project(tmp_path / "corpus")


@pytest.fixture
def page(tmp_path):
    def write(content=PAGE, name="Trang_01.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def ingest(project, *files, **options):
    return list(ingest_files(files, project, **options))


def one(project, file, **options):
    (outcome,) = ingest(project, file, **options)
    return outcome


def codes(outcome):
    return [found.code for found in outcome.issues]


def snapshot(project):
    return {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def test_a_page_becomes_an_article_beside_its_raw_bytes(project, page):
    outcome = one(project, page("\ufeff" + PAGE.replace("\n", "\r\n")))
    assert (outcome.status, outcome.article_id, outcome.sentences) == ("new", "trang-01", 4)
    assert outcome.zones == {"title": 1, "lead": 1, "body": 1}
    assert raw_path(project.articles, "trang-01").read_bytes() == ("\ufeff" + PAGE.replace("\n", "\r\n")).encode()
    article = Articles(project.articles).find("trang-01")
    assert article.text == PAGE.rstrip()
    assert (article.zoning, article.needs_review) == ("rules", ())
    assert article.raw.file == "raw/trang-01.txt"
    assert [(zone.raw_start, zone.raw_end) for zone in article.zones] == [(1, 28), (30, 96), (98, 180)]


def test_the_five_articles_come_out_as_they_are_stored(project):
    files = [ARTICLES / "raw" / f"{page}.txt" for page in IDS]
    outcomes = ingest(project, *files, zones=ZONES_FILE)
    assert [outcome.status for outcome in outcomes] == ["new"] * 5
    assert [outcome.issues for outcome in outcomes] == [()] * 5
    for article in IDS:
        assert article_path(project.articles, article).read_bytes() == article_path(ARTICLES, article).read_bytes()
        assert raw_path(project.articles, article).read_bytes() == raw_path(ARTICLES, article).read_bytes()


def test_rules_alone_give_the_same_articles_but_for_the_review(project):
    for page in IDS:
        one(project, ARTICLES / "raw" / f"{page}.txt")
        by_rules, reviewed = Articles(project.articles).find(page), Articles(ARTICLES).find(page)
        assert (by_rules.text, by_rules.zones, by_rules.metadata) == (
            reviewed.text,
            reviewed.zones,
            reviewed.metadata,
        )
        assert (by_rules.zoning, reviewed.zoning, reviewed.needs_review) == ("rules", "reviewed", ())


def test_again_changes_no_byte(project, page):
    file = page()
    one(project, file)
    before = snapshot(project)
    assert one(project, file).status == "unchanged"
    assert one(project, file, replace=True).status == "unchanged"
    assert one(project, raw_path(project.articles, "trang-01")).status == "unchanged"
    assert snapshot(project) == before


def test_a_lost_half_is_made_again(project, page):
    file = page()
    one(project, file)
    before = snapshot(project)
    for lost in (raw_path(project.articles, "trang-01"), article_path(project.articles, "trang-01")):
        lost.unlink()
        assert one(project, file).status in {"new", "updated"}
        assert snapshot(project) == before


def test_an_id_is_never_given_to_another_page_unless_told(project, page):
    one(project, page())
    before = snapshot(project)
    other = page(PAGE + "Thêm một đoạn nữa ở cuối bài.\n", "other/TRANG-01.txt")
    outcome = one(project, other)
    assert (outcome.status, codes(outcome)) == ("refused", ["raw-id-taken"])
    assert snapshot(project) == before
    assert one(project, other, replace=True).status == "updated"
    assert Articles(project.articles).find("trang-01").text.endswith("Thêm một đoạn nữa ở cuối bài.")


def test_two_pages_of_one_id_in_one_run(project, page):
    first, second = page(), page(PAGE + "Thêm.\n", "b/trang-01.txt")
    outcomes = ingest(project, first, second, replace=True)
    assert [outcome.status for outcome in outcomes] == ["new", "refused"]
    assert codes(outcomes[1]) == ["raw-id-taken"]
    assert Articles(project.articles).find("trang-01").text == PAGE.rstrip()


def test_what_is_no_article_or_has_none_is_not_overwritten(project, page):
    file = page()
    article_path(project.articles, "trang-01").parent.mkdir(parents=True)
    article_path(project.articles, "trang-01").write_text("{", encoding="utf-8")
    assert codes(one(project, file)) == ["raw-id-taken"]
    article_path(project.articles, "trang-01").unlink()
    raw_path(project.articles, "trang-01").parent.mkdir()
    raw_path(project.articles, "trang-01").write_text("khác", encoding="utf-8")
    assert codes(one(project, file)) == ["raw-id-taken"]
    assert one(project, file, replace=True).status == "new"


def test_text_that_labels_may_point_into_does_not_change_by_itself(project, page, tmp_path):
    file = page()
    table = tmp_path / "zones.tsv"
    table.write_text("file\tline\tzone\nTrang_01.txt\t1\ttitle\nTrang_01.txt\t2\tcaption\nTrang_01.txt\t3\tbody\n")
    one(project, file, zones=table)
    path = article_path(project.articles, "trang-01")
    path.write_text(path.read_text(encoding="utf-8").replace('"reviewed"', '"rules"'), encoding="utf-8")
    assert codes(one(project, file)) == ["raw-text-changed"]
    assert one(project, file, replace=True).status == "updated"


# Reviewed zones


def test_reviewed_zones_override_the_rules_and_stay(project, page, tmp_path):
    file = page(PAGE.split("\n", 1)[1])
    assert codes(one(project, file)) == ["zoning-unsure", "zoning-unsure"]
    table = tmp_path / "zones.tsv"
    table.write_bytes(
        "\ufefffile\tline\tzone\r\ntrang_01.txt\t1\tbody\r\nTrang_01.txt\t2\tbody\r\nx.txt\t1\tbody\r\n".encode()
    )
    outcome = one(project, file, zones=table)
    assert (outcome.status, outcome.zoning, outcome.issues) == ("updated", "reviewed", ())
    assert outcome.zones == {"body": 2}
    before = snapshot(project)
    again = one(project, file)
    assert (again.status, again.zoning) == ("unchanged", "reviewed")
    assert snapshot(project) == before
    assert one(project, file, replace=True).zoning == "rules"


@pytest.mark.parametrize(
    ("rows", "expected", "says"),
    [
        ("1\ttitle\nF\t2\tlead\nF\t3\tbdoy", ["zones-row", "zones-incomplete"], "'bdoy' is no zone"),
        ("1\ttitle\nF\t2\tlead", ["zones-incomplete"], "lines 3"),
        ("1\ttitle\nF\t2\tlead\nF\t3\tbody\nF\t4\tbody", ["zones-row"], "line 4 is blank"),
        ("1\ttitle\nF\t2\tlead\nF\t3\tbody\nF\t3\tlead", ["zones-row"], "has a zone already"),
        ("1\ttitle\nF\t2\ttitle\nF\t3\tbody", ["zones-row", "zones-incomplete"], "second title"),
        ("1\ttitle\nF\t2\twidget\nF\t3\tcredit", ["raw-no-body"], "3 lines"),
    ],
)
def test_wrong_zones_are_issues_of_their_page(project, page, rows, expected, says):
    table = page("file\tline\tzone\n" + ("F\t" + rows).replace("F\t", "trang-01\t"), "zones.tsv")
    outcome = one(project, page(), zones=table)
    assert (outcome.status, codes(outcome)) == ("refused", expected)
    assert says in outcome.issues[0].message
    assert snapshot(project) == {}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"line\tzone\n", "columns file, line and zone"),
        (b"", "columns file, line and zone"),
        (b"file\tline\tzone\ntrang-01 1 body\n", "row 2"),
        (b"file\tline\tzone\ntrang-01\tone\tbody\n", "row 2"),
        (b"file\tline\tzone\nother\t1\tbody\n", "no row for any"),
        (b"file\tline\tzone\nother\t1\t\xff\n", "byte 23"),
    ],
)
def test_a_table_that_is_none_is_wrong_use(project, page, tmp_path, content, says):
    table = tmp_path / "zones.tsv"
    table.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        one(project, page(), zones=table)
    assert snapshot(project) == {}


# Input that is none


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [
        (("a.pdf", b"%PDF-1.7"), "raw-kind", "PDF"),
        (("a.html", b"<p>"), "raw-kind", "HTML"),
        (("a.json", b"{}"), "raw-kind", "JSON"),
        (("a", b"x"), "raw-kind", "without suffix"),
        (("a.xyz", b"x"), "raw-kind", "*.xyz"),
        (("a.txt", b"%PDF-1.7"), "raw-kind", "PDF"),
        (("a.txt", b"\xef\xbb\xbf <!DOCTYPE html><p>"), "raw-kind", "HTML"),
        (("a.txt", b'{"text": "x"}'), "raw-kind", "JSON"),
        (("a.txt", b"MZ\x00\x01\x02"), "raw-kind", "binary"),
        (("a.txt", "Tổng".encode("utf-16")), "raw-kind", "UTF-16"),
        (("a.txt", b""), "file-empty", "no content"),
        (("a.txt", b"\n \r\n\xe2\x80\x8b\xc2\xa0\n"), "raw-blank", "nothing to see"),
        (("a.txt", b"T\xe1\xbb\x95ng \xf4ng"), "raw-not-utf8", "offset 7 (0xF4)"),
        (("a.txt", b"Top\nAFP\n"), "raw-no-body", "2 lines"),
        (("bài báo.txt", PAGE.encode()), "article-id", "bài báo"),
        (("-a.txt", PAGE.encode()), "article-id", "-a"),
        (("a" * 65 + ".txt", PAGE.encode()), "article-id", "1 to 64"),
    ],
)
def test_input_that_is_no_page(project, page, file, code, says):
    name, content = file
    outcome = one(project, page(content, name))
    assert (outcome.status, codes(outcome)) == ("refused", [code])
    assert says in outcome.issues[0].message
    assert outcome.issues[0].file.endswith(name)
    assert snapshot(project) == {}


def test_one_bad_file_does_not_stop_the_others(project, page):
    outcomes = ingest(
        project, page(b"", "a.txt"), page(PAGE, "b.txt"), page(b"\xff\xff", "c.txt"), page(PAGE, "d.txt")
    )
    assert [outcome.status for outcome in outcomes] == ["refused", "new", "refused", "new"]
    assert [article.id for article in Articles(project.articles).read()] == ["b", "d"]


def test_an_unreadable_file_is_an_issue(project, page, monkeypatch):
    file = page()

    def refuse(path):
        raise FileProblemError(f"Cannot read {path}: permission denied.")

    monkeypatch.setattr("vinese.ingest.page.read_bytes", refuse)
    outcome = one(project, file)
    assert (outcome.status, codes(outcome)) == ("refused", ["raw-unreadable"])
    assert "permission denied" in outcome.issues[0].message


@pytest.mark.parametrize("wrong", ["", "nowhere.txt", "pipe.txt"])
def test_a_folder_a_missing_file_or_a_pipe_stops_before_anything_is_done(project, page, tmp_path, wrong):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises((UsageError, FileProblemError)):
        ingest(project, page(), tmp_path / wrong)
    assert snapshot(project) == {}


def test_without_a_project_nothing_is_written(page):
    with pytest.raises(UsageError, match="no project"):
        ingest(Project(None), page())


def test_a_full_disk_leaves_what_was_there(project, page, monkeypatch):
    one(project, page())
    before = snapshot(project)
    new = page(PAGE + "Thêm.\n", "b/trang-01.txt")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileProblemError, match="the disk is full"):
        one(project, new, replace=True)
    assert snapshot(project) == before


# The command


def test_command_prints_a_line_a_file_and_ends_with_zero(project, page, capsys):
    assert run(["ingest", str(page()), "--project", str(project.root)]) == 0
    out = capsys.readouterr().out
    assert "new        trang-01    4 sentences  rules     title 1, lead 1, body 1" in out
    assert f"1 new; in {project.articles}" in out


def test_command_prints_issues_and_ends_with_one(project, page, capsys):
    assert run(["ingest", str(page(b"", "a.txt")), str(page()), "--project", str(project.root)]) == 1
    printed = capsys.readouterr()
    assert "refused    a         file-empty" in printed.out
    assert "1 new, 1 refused" in printed.out
    assert "Export or scrape it again." in printed.err


def test_command_prints_what_needs_review(project, capsys):
    assert run(["ingest", str(ARTICLES / "raw" / f"{IDS[0]}.txt"), "--project", str(project.root)]) == 0
    printed = capsys.readouterr()
    assert "needs review: title-missing, lead-missing" in printed.out
    assert "Line 3: No line looks like the title. (title-missing)" in printed.err


def test_command_prints_json(project, page, capsys):
    assert run(["ingest", "--json", str(page()), str(page(b"", "a.txt")), "--project", str(project.root)]) == 1
    printed = json.loads(capsys.readouterr().out)
    first, second = printed["result"]
    assert (first["status"], first["article_id"], first["sentences"]) == ("new", "trang-01", 4)
    assert (second["status"], printed["issues"][0]["code"]) == ("refused", "file-empty")


def test_command_refuses_a_folder(project, page, capsys):
    assert run(["ingest", str(page().parent), "--project", str(project.root)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_command_tells_what_was_done_before_the_disk_was_full(project, page, capsys, monkeypatch):
    good, bad = page(PAGE, "a.txt"), page(PAGE, "b.txt")
    fsync, calls = os.fsync, []

    def full_later(handle):
        calls.append(handle)
        if len(calls) > 3:  # the first article takes three
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full_later)
    assert run(["ingest", str(good), str(bad), "--project", str(project.root)]) == 2
    printed = capsys.readouterr()
    assert "1 new" in printed.out
    assert "the disk is full" in printed.err
    assert {path.name for path in snapshot(project)} == {"a.json", "a.txt"}


# Any page at all

NOISE = [
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\r",
    "\t",
    "  ",
    "\u00ad",
    "\u2028",
    "👨\u200d👩",
    "\x00",
    "\n",
    "\r\n",
    "\u2029",
]
LINES = [line for page in PAGES.values() for line in page.split("\n")][:90]
raw_pages = st.lists(st.sampled_from(LINES) | st.sampled_from(NOISE) | st.text(max_size=20), max_size=25).map(
    "\n".join
)


@given(raw_pages, st.sampled_from(["NFC", "NFD"]), st.lists(st.tuples(st.integers(0, 4000), st.sampled_from(NOISE))))
def test_any_page_gives_a_sound_article_or_an_issue(raw, form, noise):
    raw = unicodedata.normalize(form, raw)
    for place, char in noise:
        raw = raw[:place] + char + raw[place:]
    made = article_of(RawPage("a.txt", "a", raw.encode(), raw))
    if isinstance(made, Article):
        assert list(check_article(made, raw)) == []
        assert is_clean(made.text)
    else:
        assert {found.code for found in made} <= {"raw-blank", "raw-no-body"}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("page_id", IDS)
def test_spoiled_encodings_give_the_same_text(page_id, form):
    clean = article_of(RawPage("a.txt", "a", PAGES[page_id].encode(), PAGES[page_id]))
    spoiled = "\ufeff" + unicodedata.normalize(form, PAGES[page_id]).replace(" ", "\u00a0\u200b").replace(
        "\n", " \r\n"
    )
    made = article_of(RawPage("a.txt", "a", spoiled.encode(), spoiled))
    assert (made.text, made.sentences, made.metadata) == (clean.text, clean.sentences, clean.metadata)
    assert [zone.type for zone in made.zones] == [zone.type for zone in clean.zones]
    assert list(check_article(made, spoiled)) == []


def test_ingest_needs_no_raw_file_of_the_checkout(project, tmp_path):
    shutil.copy(ARTICLES / "raw" / f"{IDS[4]}.txt", tmp_path / "004_146dfaa2a71e0c91.txt")
    outcome = one(project, tmp_path / "004_146dfaa2a71e0c91.txt", zones=ZONES_FILE)
    assert (outcome.article_id, outcome.zoning) == (IDS[4], "reviewed")


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("slow", [True, False])
def test_a_bar_shows_only_on_a_terminal_and_only_when_slow(project, page, monkeypatch, terminal, slow):
    class Screen(io.StringIO):
        def isatty(self):
            return terminal

    class Timer(threading.Timer):
        def start(self):
            if slow:
                self.run()

        def run(self):
            self.function()

        def join(self):
            pass

    screen = Screen()
    monkeypatch.setattr("vinese.cli.progress.threading.Timer", Timer)
    monkeypatch.setattr("sys.stderr", screen)
    files = [str(page(PAGE, f"{name}.txt")) for name in "abcd"]
    assert run(["ingest", *files, "--project", str(project.root)]) == 0
    assert len(snapshot(project)) == 8
    assert ("4/4" in screen.getvalue()) is (terminal and slow)
