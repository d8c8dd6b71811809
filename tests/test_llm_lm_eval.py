"""The task files for lm-evaluation-harness: with its dummy model, and with one that answers as gold does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import vinese
from vinese.core.project import Project
from vinese.score.options import options
from vinese.systems.corpus import read_corpus
from vinese.systems.llm.prompts import requests
from vinese.systems.llm.reply_schema import TASKS

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.extra("lm_eval"), pytest.mark.filterwarnings("ignore")]


def test_dummy_model_finds_nothing_and_its_samples_are_read(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    program = [Path(sys.executable).with_name("lm_eval"), "--model", "dummy", "--include_path", vinese.tasks_path()]
    words = [*program, "--tasks", "vinese", "--log_samples", "--output_path", tmp_path]
    done = subprocess.run(words, cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = tmp_path.rglob("results_*.json")
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    number = len(read_corpus(None, options(project)).documents)
    for task in TASKS:
        assert (results[f"vinese_{task}"]["f1,none"], results[f"vinese_{task}"]["failed,none"]) == (0, number)
        (samples,) = tmp_path.rglob(f"samples_vinese_{task}_*.jsonl")
        report = vinese.predict(task, replies=samples, project=project)
        assert len(report.failed) == number
        assert {record["failed"] for record in report.predictions} == {"the reply is no JSON object"}


def test_gold_as_replies_scores_1_in_the_language_and_with_the_examples_that_are_asked_for(project: Project) -> None:
    from lm_eval import simple_evaluate
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    class Gold(LM):  # type: ignore[misc]
        """Answers all questions but the second with gold, and keeps what it was asked."""

        def __init__(self) -> None:
            super().__init__()
            self.asked: dict[str, str] = {}

        def generate_until(self, requests: Sequence[Any], **_: object) -> list[str]:
            self.asked = {request.doc["custom_id"]: request.arguments[0] for request in requests}
            assert all(request.arguments[1]["until"] == [] for request in requests)
            return ["" if number == 1 else request.doc["reply"] for number, request in enumerate(requests)]

        def loglikelihood(self, requests: Any, **_: object) -> list[Any]:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    model = Gold()
    manager = TaskManager(
        include_path=str(vinese.tasks_path()), metadata={"lang": "en", "shots": 2, "project": str(project.root)}
    )
    found = simple_evaluate(model=model, tasks=["vinese_events"], task_manager=manager, bootstrap_iters=0)
    result = found["results"]["vinese_events"]
    corpus = read_corpus(None, options(project))
    expected = requests("events", corpus, lang="en", shots=2)
    assert list(model.asked) == [request.custom_id for request in expected]
    for request in expected:
        text = model.asked[request.custom_id]
        contents = [message["content"] for message in request.messages]
        places = [text.index(content) for content in contents]
        assert places == sorted(places)
        assert text.endswith("# Output\n\n")
    assert result["precision,none"] == 1
    assert 0 < result["recall,none"] < 1
    assert result["failed,none"] == 1
