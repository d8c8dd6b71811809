"""Agreement over time: since a day, and by week or month."""

from __future__ import annotations

import msgspec
import pytest

from support.documents import full, write
from vinese import cli
from vinese.compare.agree import agree
from vinese.core.errors import UsageError
from vinese.core.project import Project

pytest.importorskip("krippendorff")


def made(key, day, **changes):
    """Return a document of article `key` that was annotated on `day`; None for one that does not say when."""
    document = full(key=key, **changes)
    when = f"{day}T23:30:00Z" if day else None
    return msgspec.structs.replace(
        document, provenance=msgspec.structs.replace(document.provenance, annotated_at=when)
    )


@pytest.fixture
def layers(tmp_path):
    """Two layers that agree in October and differ in stances since."""
    a = [made("k1", "2026-10-04"), made("k2", "2026-11-02"), made("k3", "2026-11-09"), made("k4", None)]
    b = [made("k1", "2026-10-31"), made("k2", "2026-11-03", stances={}), made("k3", "2026-11-01"), made("k4", None)]
    return {"a": write(tmp_path, "a", *a), "b": write(tmp_path, "b", *b)}


def test_batches_are_those_of_the_last_layer(layers):
    report = agree(layers, Project(), resamples=0, by="month")
    assert [(batch.name, batch.articles) for batch in report.batches] == [
        ("2026-10", 1),
        ("2026-11", 2),
        ("not known", 1),
    ]
    october, november, _ = report.batches
    assert (october.f1["stance pairs"].value, november.f1["stance pairs"].value) == (1.0, pytest.approx(2 / 3))
    assert november.f1["entities"].value == 1.0
    assert october.alpha["outlet_stance"].value is None
    assert (report.articles, sum(batch.articles for batch in report.batches)) == (4, 4)
    weeks = agree(layers, Project(), resamples=0, by="week").batches
    assert [week.name for week in weeks] == ["2026-W44", "2026-W45", "2026-W46", "not known"]


def test_a_batch_is_what_was_sent_on_one_day(tmp_path):
    def sent(key, day):
        document = full(key=key)
        return msgspec.structs.replace(document, provenance=msgspec.structs.replace(document.provenance, batch=day))

    days = {"k1": "2026-11-01", "k2": "2026-11-01", "k3": "2026-11-15", "k4": None}
    a = write(tmp_path, "a", *(sent(key, day) for key, day in days.items()))
    b = write(tmp_path, "b", *(sent(key, None if key == "k2" else day) for key, day in days.items()))
    report = agree({"a": a, "b": b}, Project(), resamples=0, by="batch")
    assert [(batch.name, batch.articles) for batch in report.batches] == [
        ("2026-11-01", 2),
        ("2026-11-15", 1),
        ("not known", 1),
    ]


def test_articles_before_a_day_and_of_no_known_time_are_left_out_and_counted(layers):
    report = agree(layers, Project(), resamples=0, since="2026-11-01")
    assert report.articles == 2
    assert "left out: 2 of 4" in report.notes[-1]
    assert report.batches == ()
    with pytest.raises(UsageError, match="'yesterday' is no day"):
        agree(layers, Project(), since="yesterday")


def test_the_command_prints_a_line_a_batch(layers, capsys):
    assert cli.run(["agree", *map(str, layers.values()), "--by", "month", "--since", "2026-11-01"]) == 0
    out = capsys.readouterr().out
    assert "2026-11" in out
    assert "2026-10" not in out
