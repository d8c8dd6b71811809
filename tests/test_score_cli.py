"""`vinese score` as it is typed: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.page_data import read_page
from vinese import cli
from vinese.score.hub import eval_results
from vinese.score.records import ScoreReport
from vinese.score.scorer import score

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Đức & Pháp <b>gặp</b> NATO ở Bonn."
NAMES = {"Đức": "GPE", "Pháp": "GPE", "NATO": "ORG_IGO", "Bonn": "GPE"}


def entities(*words: str) -> list[dict[str, Any]]:
    return [
        {"id": f"e{i}", "start": TEXT.index(one), "end": TEXT.index(one) + len(one), "text": one, "type": NAMES[one]}
        for i, one in enumerate(words)
    ]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Gold of five articles, systems that find all, some and half of it, and the articles."""
    ids = [f"x{i}" for i in range(5)]
    found = {
        "gold": [entities(*NAMES)] * 5,
        "all": [entities(*NAMES)] * 5,
        "some": [entities("Đức", "NATO", *(["Bonn"] if i % 2 else [])) for i in range(5)],
        "four": [entities(*NAMES)] * 4,
    }
    paths = {}
    for name, sides in found.items():
        paths[name] = tmp_path / f"{name}.jsonl"
        rows = [{"id": key, "entities": side} for key, side in zip(ids, sides, strict=False)]
        paths[name].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    paths["articles"] = tmp_path / "articles.jsonl"
    paths["articles"].write_text(
        "".join(json.dumps({"id": key, "text": TEXT}) + "\n" for key in ids), encoding="utf-8"
    )
    return paths


@pytest.fixture
def vinese(capsys: pytest.CaptureFixture[str], files: dict[str, Path]) -> Any:
    def run(*words: str) -> tuple[int, str, str]:
        named = [str(files[word.removeprefix("@")]) if word.startswith("@") else word for word in words]
        code = cli.run(["score", *named])
        return code, *capsys.readouterr()

    return run


def test_prints_tables_with_intervals_and_the_signature(vinese: Any) -> None:
    code, out, err = vinese("@gold", "@some", "--articles", "@articles")
    assert code == 0
    assert "error" not in err
    assert "entities.f1 (headline)" in out
    assert "ORG_IGO" in out
    assert "x4" in out
    assert "n = 5 articles (leave one out, t with 4 degrees of freedom)" in out
    assert "vinese|task:entities|stat:f1|match:exact|labels:fine|" in out


def test_one_file_is_scored_against_the_projects_gold(vinese: Any, files: dict[str, Path]) -> None:
    from vinese.core.project import packaged

    gold = packaged("annotations", "exports", "gold.json")
    code, out, _ = vinese(str(gold), "--task", "entities")
    assert code == 0
    assert "100.0" in out
    assert "Annotators who did not see each other's work agree: entities.f1 " in out


def test_json_holds_the_whole_report(vinese: Any) -> None:
    import msgspec

    code, out, _ = vinese("@gold", "@some", "@all", "--articles", "@articles", "--json", "-m", "entities.f1")
    assert code == 0
    reports = [msgspec.convert(one, ScoreReport) for one in json.loads(out)["result"]["reports"]]
    assert [round(report["entities.f1"].value, 1) for report in reports] == [75.0, 100.0]


def test_latex_escapes_names_and_gives_signatures_as_comments(vinese: Any) -> None:
    _, out, _ = vinese("@gold", "@some", "--articles", "@articles", "--latex", "-m", "entities.f1(match=overlap)")
    assert out.startswith("% entities.f1(match=overlap): vinese|")
    assert r"\bottomrule" in out


def test_compare_prints_the_smallest_p_that_five_articles_allow(vinese: Any) -> None:
    code, out, _ = vinese("@gold", "--compare", "@all", "@some", "--articles", "@articles", "-m", "entities.f1")
    assert code == 0
    assert "The smallest possible p is 0.0625 with 5 articles; 6 are needed to go below 0.05." in out
    assert "5 : 0" in out
    code, _, err = vinese("--compare", "@all")
    assert code == 2
    assert "two files" in err


def test_missing_article_ends_with_1_unless_it_is_accepted_or_left_out(vinese: Any) -> None:
    words = ("@gold", "@four", "--articles", "@articles", "-m", "entities.f1")
    code, out, err = vinese(*words)
    assert code == 1
    assert "missing-article" in err
    assert "88.9" in out
    assert vinese(*words, "--missing-as-empty")[0] == 0
    code, out, _ = vinese(*words, "--partial")
    assert code == 0
    assert "100.0" in out
    assert "1 article without predictions: left out." in out
    code, _, err = vinese(*words, "--partial", "--missing-as-empty")
    assert code == 2


@pytest.mark.parametrize(
    "words", [(), ("none.jsonl",), ("@gold", "@all", "-m", "entities.f9"), ("@gold", "--task", "x")]
)
def test_wrong_use_ends_with_2_and_one_message(vinese: Any, words: tuple[str, ...]) -> None:
    code, out, err = vinese(*words)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_half_a_line_is_an_error_with_its_place_and_nothing_is_written(
    vinese: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    files["all"].write_text(files["all"].read_text(encoding="utf-8")[:-20], encoding="utf-8")
    code, out, err = vinese("@gold", "@all", "--articles", "@articles", "--html", str(tmp_path / "page.html"))
    assert (code, out) == (1, "")
    assert f"{files['all']}:5" in err
    assert "nothing was scored" in err
    assert not (tmp_path / "page.html").exists()


def test_page_shows_each_miss_in_its_sentence_with_text_escaped(vinese: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, _, _ = vinese("@gold", "@some", "--articles", "@articles", "--html", str(page))
    assert code == 0
    shown = read_page(page)
    errors = [error for article in shown.index["articles"] for error in article["errors"]]
    assert sum(number for kind, _, number in errors if kind == "entity:missed") == 8
    articles = "".join(shown.articles)
    assert "&lt;b&gt;" in articles
    assert "<b>gặp" not in articles
    assert "<script" not in articles
    assert "http" not in articles + shown.frame.replace("http-equiv", "")
    assert articles.count("<span") == articles.count("</span>")


def test_entry_for_the_hub_is_what_its_client_writes(vinese: Any, tmp_path: Path) -> None:
    code, _, _ = vinese(
        "@gold",
        "@some",
        "--articles",
        "@articles",
        "--eval-results",
        str(tmp_path),
        "--dataset",
        "org/vinese@0123abc",
    )
    assert code == 0
    (entry,) = yaml.safe_load((tmp_path / ".eval_results" / "vinese.yaml").read_text(encoding="utf-8"))
    assert entry["dataset"] == {"id": "org/vinese", "task_id": "entities", "revision": "0123abc"}
    assert entry["value"] == 75.0
    assert "95% interval [" in entry["notes"]
    assert "vinese|task:entities|" in entry["notes"]
    hub = pytest.importorskip("huggingface_hub")
    if hasattr(hub, "eval_result_entries_to_yaml"):
        (read,) = hub.parse_eval_result_entries([entry])
        assert (read.dataset_id, read.task_id, read.dataset_revision) == ("org/vinese", "entities", "0123abc")
        assert hub.eval_result_entries_to_yaml([read]) == [entry]


def test_unsound_report_is_kept_off_the_leaderboard(vinese: Any, tmp_path: Path) -> None:
    words = ("@gold", "@four", "--articles", "@articles", "--eval-results", str(tmp_path), "--dataset", "org/vinese")
    code, _, err = vinese(*words)
    assert code == 2
    assert "not fit for a leaderboard" in err
    assert not (tmp_path / ".eval_results").exists()


def test_dataset_is_named_as_the_hub_names_it(vinese: Any, tmp_path: Path) -> None:
    code, _, err = vinese("@gold", "@all", "--articles", "@articles", "--eval-results", str(tmp_path))
    assert code == 2
    assert "ORG/NAME" in err
    assert not (tmp_path / ".eval_results").exists()


def test_nothing_to_find_is_said_and_looks_like_no_result(vinese: Any) -> None:
    code, out, _ = vinese("@gold", "@all", "--articles", "@articles", "-m", "AC+", "-m", "entities.f1")
    assert code == 0
    (row,) = [line for line in out.splitlines() if line.strip().startswith("AC+")]
    assert "nothing to find" in row
    assert "100" not in row
    assert "100.0" in out
    _, out, _ = vinese("@gold", "@all", "--articles", "@articles", "-m", "AC+", "--json")
    (score,) = json.loads(out)["result"]["reports"][0]["scores"]
    assert (score["estimate"]["value"], score["gold"], score["predicted"]) == (100, 0, 0)
    assert "nothing to find" in vinese("@gold", "@all", "--articles", "@articles", "-m", "AC+", "--latex")[1]


def test_gold_of_one_class_is_told_and_has_no_interval() -> None:
    stance = {"topic": "other", "outlet_stance": "NEUTRAL", "overall_leaning": "FAVOR"}
    gold = [{"id": f"x{i}", "article_stance": stance} for i in range(5)]
    report = score(gold, gold, ["article_stance.accuracy"])
    assert {issue.code for issue in report.issues} >= {"gold-has-one-class"}
    assert report["article_stance.accuracy"].estimate.low is None
    assert eval_results(report, "org/vinese")
