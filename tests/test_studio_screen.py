"""Stage and language of a layer's screen: kept when nobody says otherwise, and said when they change."""

from __future__ import annotations

import re

import pytest

from support.fake_studio import fetch, send
from vinese.cli import run
from vinese.core.errors import ProjectError

pytestmark = pytest.mark.extra("label_studio_sdk")


def test_a_new_project_has_all_stages_in_vietnamese(fake, corpus, folder):
    pushed = send(fake, corpus, folder)
    assert (pushed.stage, pushed.lang, pushed.stage_before, pushed.lang_before) == ("all", "vi", None, None)


def test_another_push_keeps_the_screen(fake, corpus, folder):
    send(fake, corpus, folder, stage="entities", lang="en")
    config = fake.project["label_config"]
    again = send(fake, corpus, folder)
    assert (again.screen, again.stage, again.lang) == ("unchanged", "entities", "en")
    later = send(fake, corpus, folder, stage="events")
    assert (later.screen, later.stage_before, later.stage, later.lang) == ("updated", "entities", "events", "en")
    assert fake.project["label_config"] != config


def test_the_command_says_what_it_changed(fake, corpus, folder, capfd):
    here = ["studio", "push", "--layer", "trial", "--data-dir", str(folder.path), "--url", fake.url]
    here += ["--project", str(corpus.root)]
    assert run([*here, "--stage", "entities", "--lang", "en"]) == 0
    assert "stage entities, language en: project made." in capfd.readouterr().out
    assert run(here) == 0
    assert "stage entities, language en: project unchanged." in capfd.readouterr().out
    assert run([*here, "--stage", "events", "--lang", "vi"]) == 0
    assert "stage entities -> events, language en -> vi: project updated." in capfd.readouterr().out


def test_advice_to_push_again_names_stage_and_language(fake, corpus, folder):
    send(fake, corpus, folder, stage="entities", lang="en")
    fake.project["label_config"] = fake.project["label_config"].replace("GPE", "PLACE")
    with pytest.raises(ProjectError, match="--layer trial --stage entities --lang en --update-config"):
        send(fake, corpus, folder)
    assert send(fake, corpus, folder, update_config=True).stage == "entities"
    fake.project = None
    with pytest.raises(ProjectError, match="--stage and --lang that it had"):
        fetch(fake, corpus, folder)


def test_a_marker_with_a_stage_that_does_not_exist_is_not_guessed(fake, corpus, folder):
    send(fake, corpus, folder)
    fake.project["description"] = fake.project["description"].replace("stage=all", "stage=most")
    with pytest.raises(ProjectError, match="lacks vinese's line"):
        send(fake, corpus, folder)


def test_each_stage_has_instructions_of_its_own(fake, corpus, folder):
    titles = {
        "entities": ["1. Article text", "2. Entities"],
        "events": ["1. Article text", "4. Events and arguments"],
        "stance": ["1. Article text", "3. Stance", "5. Article stance"],
    }
    opening = {
        "entities": "This stage: Entities (<code>refers_to</code>).",
        "events": "This stage: Events, Modality of the event (<code>ACTOR</code>, ",
        "stance": "This stage: Stance, Judgements of a whole article (<code>holder</code>, ",
    }
    for stage, pages in titles.items():
        assert send(fake, corpus, folder, stage=stage, lang="en").screen == (
            "made" if stage == "entities" else "updated"
        )
        shown = fake.project["expert_instruction"]
        assert shown.startswith(f"<p><strong>{opening[stage]}")
        assert shown.index("<h1>Annotating an article</h1>") < shown.index("<details>")
        assert re.findall("<details><summary>(.*)</summary>", shown) == pages
        assert "href" not in shown
        assert send(fake, corpus, folder).screen == "unchanged"
    assert "list of labels" in shown


def test_a_projects_own_guidelines_are_shown_alone(fake, corpus, folder):
    guidelines = corpus.own("annotations", "guidelines")
    guidelines.mkdir()
    (guidelines / "short.vi.md").write_text("Ngắn.", encoding="utf-8")
    send(fake, corpus, folder, stage="entities")
    assert "<details>" not in fake.project["expert_instruction"]
    page = "# Tên <b>\n\nXem [nhãn](labels.vi.md#a), ![hình](a.png), [mạng](https://example.org)."
    (guidelines / "2-entities.vi.md").write_text(page, encoding="utf-8")
    assert send(fake, corpus, folder).screen == "updated"
    (folded,) = re.findall("<details>.*</details>", fake.project["expert_instruction"], re.DOTALL)
    assert folded == (
        "<details><summary>Tên &lt;b&gt;</summary>\n"
        '<p>Xem nhãn, hình, <a href="https://example.org">mạng</a>.</p>\n</details>'
    )
