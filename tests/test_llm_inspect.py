"""Language models are asked through Inspect: against a server on this machine that fails, is busy, and sees kills."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import vinese
from support.chat_server import ChatServer
from vinese import cli
from vinese.core.errors import FileProblemError, UsageError, VineseError
from vinese.core.project import Project
from vinese.score.measures import HEADLINES
from vinese.systems.corpus import Corpus
from vinese.systems.llm.prompts import numbered, requests
from vinese.systems.llm.read_reply import Passage
from vinese.systems.llm.shots import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

# Warnings of Inspect's own packages are theirs; as errors they would be failed requests.
pytestmark = [pytest.mark.extra("inspect_ai", "openai"), pytest.mark.filterwarnings("ignore")]

MODEL = "openai-api/local/some-model"


@pytest.fixture
def server(gold: Corpus, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """A server that answers with gold, for whichever task the reply's schema is."""
    documents = {numbered(Passage(document.text, document.sentences)): document for document in gold.documents}

    def answer(question: str, task: str) -> str:
        document = documents[question]
        return json.dumps(wanted(document, task, gold.ontology, document.sentences), ensure_ascii=False)

    with ChatServer(answer) as running:
        monkeypatch.setenv("LOCAL_BASE_URL", running.url)
        monkeypatch.setenv("LOCAL_API_KEY", "none")
        monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("INSPECT_LOG_DIR", str(tmp_path / "logs"))
        assert project.root is not None
        monkeypatch.chdir(project.root)
        yield running
    gc.collect()  # connections that Inspect leaves open are to be found here, not in some other test


def predict(task: str = "events", **more: object) -> vinese.PredictReport:
    return vinese.predict(task, model=MODEL, **more)  # type: ignore[arg-type]


def headline(report: vinese.PredictReport) -> float:
    name = HEADLINES[report.task]
    assert name is not None
    return vinese.score(None, report.predictions, [name])[name].value


def test_failures_are_counted_and_the_same_call_asks_only_for_what_is_missing(
    server: ChatServer, gold: Corpus
) -> None:
    server.faults = ["busy", "wrong", "cut"]
    number = len(gold.documents)
    first = predict()
    assert len(first.failed) == 2
    assert [record["id"] for record in first.predictions] == [document.id for document in gold.documents]
    why = sorted(record["failed"] for record in first.predictions if "failed" in record)
    assert why[0].startswith("the reply is no JSON object")
    assert why[1] == "the request failed: BadRequestError(Error code: 400 - no such thing)"
    assert 0 < headline(first) < 100
    assert server.requests.total() == number + 1

    second = predict()
    assert server.requests.total() == number + 2
    assert len(second.failed) == 1
    assert set(second.failed) < set(first.failed)
    assert max(server.replies.values()) == 1

    assert second.log is not None
    again = vinese.predict("events", replies=second.log)
    assert again.predictions == second.predictions
    with pytest.raises(UsageError, match="there are some to events"):
        vinese.predict("entities", replies=second.log)


def test_what_is_sent_is_what_batches_have(server: ChatServer, gold: Corpus) -> None:
    report = predict("opinions", lang="en", shots=1, max_tokens=500)
    assert headline(report) == 100
    assert report.system == MODEL
    asked = {request.messages[-1]["content"]: request for request in requests("opinions", gold, lang="en", shots=1)}
    for body in server.bodies:
        request = asked[body["messages"][-1]["content"]]
        assert [(message["role"], message["content"]) for message in body["messages"]] == [
            (message["role"], message["content"]) for message in request.messages
        ]
        sent = body["response_format"]["json_schema"]
        assert (sent["name"], sent["strict"]) == ("vinese_opinions", True)
        assert sent["schema"] == request.schema
        assert (body["temperature"], body["max_tokens"], body["seed"]) == (0, 500, 0)


def test_command_that_was_killed_ends_when_it_is_run_again_and_pays_for_no_reply_twice(
    server: ChatServer, gold: Corpus, tmp_path: Path
) -> None:
    number = len(gold.documents)
    server.faults = ["", "", *["hang"] * (number - 2)]
    out = tmp_path / "predictions.jsonl"
    words = ["predict", "--task", "entities", "--model", MODEL, "--out", str(out)]
    command = [sys.executable, "-m", "vinese", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        deadline = time.monotonic() + 300
        while len(kept(tmp_path)) < 2 or server.requests.total() < number:
            assert running.poll() is None, running.stdout.read() if running.stdout else ""
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.kill(running.pid, signal.SIGKILL)
    assert not out.exists()
    assert server.replies.total() == 2
    assert cli.run([*words, "--json"]) == 0
    assert server.replies == Counter(dict.fromkeys(server.requests, 1))
    assert server.replies.total() == number
    assert cli.run([*words, "--json"]) == 0
    assert server.replies.total() == number
    assert vinese.score(None, out, ["entities.f1"])["entities.f1"].value == 100


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "cache").rglob("*") if path.is_file() and path.stat().st_size]


def test_model_that_answers_nothing_is_told_and_nothing_is_written(
    server: ChatServer, gold: Corpus, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server.faults = ["wrong"] * len(gold.documents)
    with pytest.raises(VineseError, match="answered no request: BadRequestError"):
        predict("entities")
    out = tmp_path / "out.jsonl"
    words = ["predict", "--task", "entities", "--model", "nosuch/model", "--out", str(out)]
    assert cli.run(words) == 2
    assert "'nosuch/model' cannot be asked" in capfd.readouterr().err
    assert not out.exists()
    broken = tmp_path / "broken.eval"
    broken.write_bytes(b"PK\x03\x04")
    with pytest.raises(FileProblemError, match="Cannot read"):
        vinese.predict("entities", replies=broken)


def test_interruption_is_told_and_nothing_is_written(
    server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("inspect_ai.eval", lambda *_, **__: [])  # so it ends after an interruption
    out = tmp_path / "out.jsonl"
    assert cli.run(["predict", "--task", "entities", "--model", MODEL, "--out", str(out)]) == 130
    assert "interrupted; run the same command again to finish" in capfd.readouterr().err
    assert not out.exists()


def test_inspect_finds_the_tasks_by_name_and_scores_failures_as_nothing_found(
    server: ChatServer, gold: Corpus, tmp_path: Path
) -> None:
    server.faults = ["wrong"]
    inspect = Path(sys.executable).with_name("inspect")
    words = ["eval", "vinese/entities", "--model", MODEL, "-T", "lang=en", "-T", "shots=1", "--display", "none"]
    done = subprocess.run([inspect, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    from inspect_ai.log import read_eval_log

    (path,) = (tmp_path / "logs").glob("*.eval")
    log = read_eval_log(str(path))
    assert log.results is not None
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["failed"] == 1
    report = vinese.predict("entities", replies=path)
    scored = vinese.score(None, report.predictions, ["entities.f1"])["entities.f1"]
    assert scored.value < 100
    assert metrics["f1"] == pytest.approx(scored.value)
    assert (metrics["low"], metrics["high"]) == pytest.approx((scored.estimate.low, scored.estimate.high))
