"""Many processes find and write exactly what one does, and a run that was killed goes on where it was."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from support.job_calls import calls, contents, left_over, made_in, pages_of, vinese
from support.many_articles import make_many
from support.mutants import mutant
from support.small_shards import SIZES
from vinese.cli import run
from vinese.core import pools, shards, workplace
from vinese.core.errors import LostWorkersError, MissingExtraError, UsageError
from vinese.core.issues import Issue, Tally, split
from vinese.core.project import Project
from vinese.core.shards import shards_in
from vinese.corpus.articles import Articles
from vinese.corpus.words import update_words
from vinese.formats.convert import convert_file
from vinese.formats.labelstudio import stretches
from vinese.formats.read import read_export
from vinese.formats.validate import validate_file
from vinese.ingest.run import ingest_files
from vinese.release.build import build
from vinese.systems.llm.predict import predict

if TYPE_CHECKING:
    from collections.abc import Callable

TWO = pools.Workers(2)
PEOPLE = ({"id": 7, "email": "lan@example.com"}, {"id": 7, "email": "minh@example.com"})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_many(tmp_path_factory.mktemp("many") / "project", 24)


@pytest.fixture(scope="module")
def tasks(project: Project) -> list[dict[str, Any]]:
    decoded: list[dict[str, Any]] = msgspec.json.decode(project.export("annotator-1").read_bytes())
    return decoded


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, size in SIZES:
        monkeypatch.setattr(module, name, size)


class _Threads(ThreadPoolExecutor):
    """Workers that need no start, for many small runs."""

    def __init__(self, jobs: int, **_more: Any) -> None:
        super().__init__(jobs)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Work in threads; return the list of the results that they wrote."""
    written: list[Path] = []
    make = shards._make

    def noted(function: Any, shard: Any, target: Path, here: Any) -> str:
        reason = make(function, shard, target, here)
        if not reason:
            written.append(target)
        return reason

    monkeypatch.setattr(pools, "ProcessPoolExecutor", _Threads)
    monkeypatch.setattr(shards, "_make", noted)
    return written


def validated(path: Path, project: Project, **workers: Any) -> tuple[list[Issue], Tally]:
    tally = Tally(str(path))
    return list(validate_file(path, project, tally=tally, **workers)), tally


def converted(path: Path, project: Project, **workers: Any) -> tuple[bytes | None, list[Issue], Tally]:
    out, issues = path.with_suffix(".out"), []
    told = convert_file(path, str(out), project, report=issues.append, **workers)
    content = out.read_bytes() if out.exists() else None
    out.unlink(missing_ok=True)
    return content, issues, told


def same(path: Path, project: Project) -> tuple[list[Issue], Tally]:
    """Return what is found in a file, having seen that two jobs find it, too, in both verbs."""
    alone = validated(path, project)
    assert validated(path, project, jobs=2) == alone
    content, issues, told = converted(path, project)
    assert converted(path, project, jobs=2) == (content, issues, told)
    assert split(read_export(path, project, jobs=2)) == split(read_export(path, project))
    return alone


def dirty(tasks: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Return tasks of which some were changed, some stand twice, and some are by two people with one id."""
    made = [mutant(task, chance) if chance.random() < 0.3 else task for task in tasks]
    made += chance.choices(made, k=4)
    chance.shuffle(made)
    for number in chance.sample(range(len(made)), 8):
        work = made[number].get("annotations")
        if isinstance(work, list) and work:
            made[number] = {**made[number], "annotations": [{**work[0], "completed_by": chance.choice(PEOPLE)}]}
    return made


def listed(tasks: list[Any]) -> bytes:
    return b" [" + b" ,\n".join(map(msgspec.json.encode, tasks)) + b"\n] "


def lined(tasks: list[Any]) -> bytes:
    return b"\n".join([*map(msgspec.json.encode, tasks[:3]), b" ", *map(msgspec.json.encode, tasks[3:])])


@pytest.fixture(params=[(form, seed) for form in (listed, lined) for seed in range(4)])
def dirty_file(request: pytest.FixtureRequest, tasks: list[dict[str, Any]], tmp_path: Path) -> Path:
    form, seed = request.param
    path = tmp_path / "layer.json"
    path.write_bytes(form(dirty(tasks, random.Random(seed))))
    return path


def test_two_jobs_find_in_a_dirty_file_what_one_does(dirty_file: Path, project: Project, threads: list[Path]) -> None:
    issues, tally = same(dirty_file, project)
    assert {"task-duplicate", "annotator-collision"} <= {one.code for one in issues}
    assert tally.documents
    assert threads


@pytest.mark.parametrize("form", [listed, lined])
def test_an_item_that_cannot_be_read_is_told_with_its_byte_of_the_whole_file(
    form: Callable[[list[Any]], bytes],
    project: Project,
    tasks: list[dict[str, Any]],
    threads: list[Path],
    tmp_path: Path,
) -> None:
    path = tmp_path / "layer.json"
    mark = {"data": {"text": "BROKEN"}}
    path.write_bytes(form([mark, *tasks[:14], mark, *tasks[14:]]).replace(b"BROKEN", b"\xff"))
    issues, _ = same(path, project)
    unreadable = [one.pointer for one in issues if one.code == "item-unreadable"]
    assert unreadable == ["/0", "/15" if form is listed else "/16"]
    assert threads


@pytest.mark.parametrize("kind", ["document", "prediction", "article"])
def test_two_jobs_look_at_records_as_one_does(
    kind: str, project: Project, threads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "SIZE", 20_000)
    monkeypatch.setattr(stretches, "LARGE", 20_000)
    path = tmp_path / "records.jsonl"
    documents, _ = split(read_export(project.export("annotator-1"), project))
    values: list[Any] = msgspec.to_builtins(documents)
    if kind == "prediction":
        values = [{key: value[key] for key in ("id", "entities", "events", "stances")} for value in values]
    elif kind == "article":
        values = [msgspec.json.decode(file.read_bytes()) for file in sorted(project.articles.glob("*.json"))]
    values[9] = {**values[9], "entities": [{"start": 1}], "zones": 1}
    path.write_bytes(lined([*values, *values[2:4]]))
    issues, tally = same(path, project)
    assert tally.kind == kind
    assert {"id-duplicate"} < {one.code for one in issues}
    assert threads


def test_a_large_file_of_another_format_is_read_by_one_job(
    project: Project, threads: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "layer.jsonl"
    text = next(iter(Articles(project.articles))).text
    line = {"text": text, "label": [[0, len(text.split()[0]), "ORG_GOV"]]}
    path.write_bytes(lined([{"id": number, **line} for number in range(200)]))
    assert stretches.is_large(path)
    _, tally = same(path, project)
    assert tally.items == 200
    assert threads == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"[1",
        b'[{"a": 1}, {"b": 2}]',
        b'\xef\xbb\xbf[{"data": {}}]',
        b'{"data": {"text": "x"}}',
        b"x\ty\n",
    ],
)
def test_what_cannot_be_cut_is_read_by_one_job(
    content: bytes, project: Project, threads: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stretches, "SIZE", 1)
    monkeypatch.setattr(stretches, "LARGE", 1)
    path = tmp_path / "file.json"
    path.write_bytes(content)
    same(path, project)


@pytest.mark.parametrize("end", [b"", b"]]", b', {"data"', b"] x"])
def test_what_is_wrong_with_a_file_in_its_end_is_found_after_workers_have_begun(
    end: bytes, project: Project, tasks: list[dict[str, Any]], threads: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "layer.json"
    path.write_bytes(listed(tasks).removesuffix(b"\n] ") + end)
    issues, tally = same(path, project)
    assert issues
    assert tally.items == (len(tasks) if tally.documents else 0)
    assert threads


def test_processes_do_what_the_command_line_asks_for(
    project: Project, tasks: list[dict[str, Any]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "layer.json", tmp_path / "out.jsonl"
    path.write_bytes(listed(dirty(tasks, random.Random(1))))
    ended = []
    for jobs in ("1", "2"):
        code = run(
            ["convert", str(path), "--out", str(out), "--project", str(project.root), "--json", "--jobs", jobs]
        )
        ended.append((code, capfd.readouterr(), out.read_bytes()))
    assert ended[0] == ended[1]
    assert sorted(found.name for found in tmp_path.iterdir()) == ["layer.json", "out.jsonl"]


@pytest.mark.parametrize("other_threads", [0, 1])
def test_a_program_is_not_run_again_by_its_processes(project: Project, tmp_path: Path, other_threads: int) -> None:
    path = project.export("annotator-1")
    (tmp_path / "program.py").write_text(
        f"import threading\n"
        f"from pathlib import Path\n"
        f"from vinese import Project, convert\n"
        f"from vinese.formats.labelstudio import stretches\n"
        f"stretches.SIZE = stretches.LARGE = 150_000\n"
        f"for _ in range({other_threads}):\n"
        f"    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        f"print(len(list(convert(Path({str(path)!r}), Project(Path({str(project.root)!r})), jobs=2))))\n",
        encoding="utf-8",
    )
    run = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("24\n", "")


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    from support.shard_work import die_once

    shards = [str(tmp_path / "died") if number == 3 else "" for number in range(6)]
    with shards_in(tmp_path / "work", "test", TWO) as place:
        made = [path.read_text() for _, path in place.results(die_once, shards) if path is not None]
    assert made == ["done"] * 6
    assert (tmp_path / "died").exists()
    assert list((tmp_path / "work").iterdir()) == []


def test_workers_that_are_always_killed_end_the_work_with_an_error(tmp_path: Path) -> None:
    from support.shard_work import die

    with pytest.raises(LostWorkersError, match="ended 3 times"), shards_in(tmp_path, "test", TWO) as place:
        list(place.results(die, range(2)))
    workplace.remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_was_done_before_the_workers_were_lost_is_kept(tmp_path: Path) -> None:
    from support.shard_work import die_without

    shards, place = [str(tmp_path), str(tmp_path), str(tmp_path / "there")], tmp_path / "work"
    with pytest.raises(LostWorkersError), shards_in(place, "test", TWO) as lost:
        list(lost.results(die_without, shards))
    before = {path.read_text() for path in place.rglob("00000?")}
    assert len(before) == 2
    (tmp_path / "there").touch()
    with shards_in(place, "test", TWO) as again:
        made = [path.read_text() for _, path in again.results(die_without, shards) if path is not None]
    assert before == {*made[:2]}
    assert list(place.iterdir()) == []


def test_what_was_done_before_the_machine_was_started_again_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from support.shard_work import die_without

    shards_, place = [str(tmp_path), str(tmp_path), str(tmp_path / "there")], tmp_path / "work"
    boot = tmp_path / "boot"
    monkeypatch.setattr(shards, "_BOOT", boot)
    boot.write_text("one")
    with pytest.raises(LostWorkersError), shards_in(place, "test", TWO) as lost:
        list(lost.results(die_without, shards_))
    before = {path.read_text() for path in place.rglob("00000?")}
    (tmp_path / "there").touch()
    boot.write_text("another")
    with shards_in(place, "test", TWO) as again:
        made = {path.read_text() for _, path in again.results(die_without, shards_) if path is not None}
    assert len(made) == 3
    assert not before & made


def test_what_a_worker_cannot_do_is_left_to_the_caller(tmp_path: Path) -> None:
    from support.shard_work import refuse_odd

    with shards_in(tmp_path, "test", TWO) as place:
        made = [(number, path is not None) for number, path in place.results(refuse_odd, range(4))]
    assert made == [(0, True), (1, False), (2, True), (3, False)]


@pytest.mark.parametrize("workers", [{"jobs": 0}, {"jobs": 2, "scheduler": "tcp://127.0.0.1:1"}])
def test_workers_that_make_no_sense_are_refused(project: Project, workers: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        list(validate_file(project.export("gold"), project, **workers))


def test_a_cluster_without_dask_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match="cluster"):
        list(validate_file(project.export("annotator-1"), project, scheduler="tcp://127.0.0.1:1"))


def test_two_jobs_ingest_what_one_does(project: Project, threads: list[Path], tmp_path: Path) -> None:
    pages = [*pages_of(project)[:9], *(str(tmp_path / name) for name in ("again.txt", "empty.txt", "page.pdf"))]
    (tmp_path / "again.txt").write_bytes((project.articles / "raw" / "000000-copy.txt").read_bytes())
    for name in ("empty.txt", "page.pdf"):
        (tmp_path / name).touch()
    alone, two = (list(ingest_files(pages, Project(tmp_path / f"jobs-{jobs}"), jobs=jobs)) for jobs in (1, 2))
    assert two == alone
    assert {outcome.status for outcome in alone} == {"new", "refused"}
    assert contents(tmp_path / "jobs-2") == contents(tmp_path / "jobs-1")
    assert threads


def test_two_jobs_build_what_one_does(project: Project, threads: list[Path], tmp_path: Path) -> None:
    reports = [build(project, tmp_path / f"jobs-{jobs}", jobs=jobs) for jobs in (1, 2)]
    assert contents(tmp_path / "jobs-2") == contents(tmp_path / "jobs-1")
    alone, two = (msgspec.structs.replace(report, out=None) for report in reports)
    assert two == alone
    assert {path.parent.name.partition("-")[0] for path in threads} == {"read_stretch", "write_tables"}


def replies_to(project: Project, path: Path) -> Path:
    """Write replies about all articles but two, one of which names what is not there."""
    lines = []
    for article in list(Articles(project.articles))[2:]:
        entities = [{"sentence": 1, "text": article.text.split()[0], "type": "ORG_GOV"}]
        entities += [{"sentence": 2, "text": "Atlantis", "type": "GPE"}] if article.id.startswith("000007") else []
        choice = {"message": {"content": json.dumps({"entities": entities})}, "finish_reason": "stop"}
        lines.append({"custom_id": f"{article.id}/entities", "response": {"body": {"choices": [choice]}}})
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_two_jobs_read_replies_as_one_does(project: Project, threads: list[Path], tmp_path: Path) -> None:
    replies = replies_to(project, tmp_path / "replies.jsonl")
    alone, two = (predict("entities", replies=replies, project=project, jobs=jobs) for jobs in (1, 2))
    assert two == alone
    assert (len(alone.failed), alone.unresolved) == (2, 1)
    assert threads


@pytest.mark.extra("underthesea")
def test_two_jobs_cut_words_as_one_does(project: Project, threads: list[Path], tmp_path: Path) -> None:
    for jobs in (1, 2):
        shutil.copytree(project.articles, tmp_path / str(jobs) / "annotations" / "articles")
    alone, two = (update_words(Project(tmp_path / str(jobs)), jobs=jobs) for jobs in (1, 2))
    assert two == alone
    assert len(alone.written) == 24
    assert contents(tmp_path / "2") == contents(tmp_path / "1")
    assert threads
    for jobs in (1, 2):
        words = sorted((tmp_path / str(jobs) / "annotations" / "words").iterdir())
        words[3].unlink()
        words[4].write_bytes(b"{}")
    alone, two = (update_words(Project(tmp_path / str(jobs)), jobs=jobs) for jobs in (1, 2))
    assert two == alone
    assert (len(alone.written), alone.articles) == (2, 24)


def test_two_jobs_find_no_article_where_one_finds_none(threads: list[Path], tmp_path: Path) -> None:
    alone, two = (update_words(Project(tmp_path), jobs=jobs) for jobs in (1, 2))
    assert two == alone
    assert [problem.code for problem in two.issues] == ["articles-none"]


@pytest.mark.skipif(importlib.util.find_spec("underthesea") is not None, reason="there is a segmenter")
def test_two_jobs_say_what_is_missing_as_one_does(project: Project, threads: list[Path], tmp_path: Path) -> None:
    shutil.copytree(project.articles, tmp_path / "annotations" / "articles")
    with pytest.raises(MissingExtraError):
        update_words(Project(tmp_path), jobs=2)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("verb", ["convert", "build", "ingest"])
def test_what_was_killed_goes_on_where_it_was(verb: str, project: Project, tmp_path: Path) -> None:
    words = calls(project)[verb]
    alone = vinese(tmp_path, *words)
    assert alone.returncode == 0, alone.stderr
    expected = made_in(tmp_path)
    killed = vinese(tmp_path, *words, "--jobs", "2", KILL_AFTER="2")
    assert killed.returncode == -signal.SIGKILL
    assert left_over(tmp_path)
    again = vinese(tmp_path, *words, "--jobs", "2")
    assert again.returncode == 0, again.stderr
    assert int(again.stderr.splitlines()[-1].split()[0]) >= 2, again.stderr
    assert made_in(tmp_path) == expected
    assert left_over(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_the_next_run_of_another_verb_removes_what_a_killed_one_left(project: Project, tmp_path: Path) -> None:
    assert vinese(tmp_path, *calls(project)["convert"], "--jobs", "2", KILL_AFTER="1").returncode == -signal.SIGKILL
    assert left_over(tmp_path)
    assert vinese(tmp_path, "schema").returncode == 0
    assert left_over(tmp_path) == []
