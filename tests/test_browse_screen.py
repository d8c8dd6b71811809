"""The pages of browse, agree and score in a real browser, opened from the disk: what a reader sees and can do."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from support.documents import ENTITIES, EVENTS, TEXT, full, write
from vinese.compare.agree import agree
from vinese.core.project import Project
from vinese.formats.read import read_export
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document
from vinese.render.agreement_page import write_agreement_page
from vinese.render.browse import browse
from vinese.render.score_page import write_score_page
from vinese.score.errors import errors
from vinese.score.scorer import score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

MANY = 500
CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colors) => {
    canvas.fillStyle = "#fff"; canvas.fillRect(0, 0, 1, 1);
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = rgb.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, noscript")) continue;
    if (!element.checkVisibility()) continue;
    const backgrounds = [];
    for (let at = element; at; at = at.parentElement) backgrounds.unshift(getComputedStyle(at).backgroundColor);
    const behind = light(over(backgrounds)), ink = light(over([...backgrounds, getComputedStyle(element).color]));
    const ratio = (Math.max(behind, ink) + 0.05) / (Math.min(behind, ink) + 0.05);
    seen += 1;
    if (ratio < 4.5) poor.push([ratio.toFixed(2), element.className, walker.currentNode.data.slice(0, 30)]);
  }
  return { seen, poor };
}
"""


@pytest.fixture
def show(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Return what opens a page; at the end, it must have asked for nothing but its own files, and said nothing."""
    contexts, asked, told = [], [], []

    def opened(file: Path, place: str = "", width: int = 1200, **settings: Any) -> Any:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 850}, **settings))
        contexts[-1].set_default_timeout(4_000)
        view = contexts[-1].new_page()
        view.on("request", lambda request: asked.append((request.url, file.parent.as_uri())))
        view.on("console", lambda message: told.append(message.text))
        view.on("pageerror", lambda error: told.append(str(error)))
        view.on("dialog", lambda dialog: told.append(dialog.message))
        view.goto(file.as_uri() + place)
        return view

    yield opened
    for context in contexts:
        context.close()
    assert asked
    assert all(url.startswith(folder) for url, folder in asked)
    assert told == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of the corpus: two layers, gold beside a system, the agreement, the errors."""
    folder, project = tmp_path_factory.mktemp("pages"), Project()
    layers = {name: project.export(name) for name in ("annotator-1", "annotator-2")}
    predictions = project.own("annotations", "predictions", "events-crf.jsonl")
    browse(list(layers), folder / "layers", project)
    browse([predictions], folder / "system", project)
    agree(layers, project, resamples=0, page=partial(write_agreement_page, folder / "agree.html"))
    report = score(None, predictions, ["AC+", "entities.f1"], project=project)
    found = errors(None, predictions, project=project)
    write_score_page(folder / "score.html", report, found, load_ontology(project))
    return {
        "layers": folder / "layers" / "index.html",
        "system": folder / "system" / "index.html",
        "agree": folder / "agree.html",
        "score": folder / "score.html",
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two articles in two layers that differ in a type of the first and a modality of the second, a hostile text."""
    folder = tmp_path_factory.mktemp("small")
    hostile = f'{TEXT}\n<img src="http://evil.example/x.png" onerror="alert(1)"><script>alert(2)</script>'
    a = write(folder, "a", full(), full(key="two", text=hostile))
    changed = full(entities={**ENTITIES, "duc": ("Đức", "LOC")})
    events = {**EVENTS, "mobilize": (*EVENTS["mobilize"][:2], "FUTURE", EVENTS["mobilize"][3])}
    b = write(folder, "b", changed, full(key="two", text=hostile, events=events))
    assert browse([a, b], folder / "site", Project()).issues == ()
    return folder / "site" / "index.html"


def filled(view: Any, number: int) -> None:
    view.wait_for_function("number => document.querySelectorAll('article.filled').length >= number", arg=number)


def count(view: Any, text: str) -> None:
    view.wait_for_function("text => document.getElementById('count').textContent === text", arg=text)


def test_foreign_text_is_text(show: Any, small: Path) -> None:
    view = show(small)
    filled(view, 2)
    assert view.locator("main img, main script").count() == 0
    assert view.locator("p", has_text="onerror=").count() == 2


def test_filters_leave_the_lines_articles_and_marks_that_match(show: Any, small: Path) -> None:
    view = show(small, locale="en-US")
    filled(view, 2)
    view.check("input[value='entity:type']")
    count(view, "1 of 2 articles")
    assert view.locator("article:visible").count() == 1
    assert view.locator(".m:not(.off):visible").count() == 2
    view.check("#only")
    assert view.locator(".line:visible").count() == 1
    view.check("input[value='FUTURE']")
    count(view, "0 of 2 articles")
    assert view.locator(".nothing").is_visible()
    view.click("#reset")
    count(view, "2 articles")
    view.check("input[value='FUTURE']")
    count(view, "1 of 2 articles")
    view.click("#reset")
    count(view, "2 articles")
    view.check("input[value='AGAINST']")
    count(view, "2 articles")
    labels = view.locator(".m:not(.off):visible > .t").all_text_contents()
    assert set(labels) == {"Against"}
    view.evaluate("location.hash = '#one/d1'")  # a link leads there whatever is filtered
    view.wait_for_selector(".difference.target", state="visible")
    count(view, "2 articles")
    assert not view.is_checked("input[value='AGAINST']")


@pytest.mark.parametrize("page", ["agree", "score"])
def test_the_tables_of_figures_are_in_the_readers_language(page: str, show: Any, pages: dict[str, Path]) -> None:
    view = show(pages[page], locale="vi-VN")
    view.click("#figures > summary")
    heads = view.locator("#figures :is(caption, thead th)")
    names = view.locator("#figures tbody th")
    vietnamese = heads.all_text_contents()
    assert "khoảng 95%" in vietnamese
    # Names of layers and measures stand as they are.
    assert page == "score" or {"thực thể", "quan điểm của tờ báo"} <= set(names.all_text_contents())
    assert not {"what", "value", "exact", "units", "articles", "predicted"} & set(vietnamese)
    view.click("[data-language=en]")
    assert "95% interval" in heads.all_text_contents()
    assert page == "score" or {"entities", "outlet stance"} <= set(names.all_text_contents())


def test_a_layer_can_be_put_away_but_not_the_last(show: Any, small: Path) -> None:
    view = show(small)
    filled(view, 2)
    boxes = view.locator("fieldset").first.locator("input")
    boxes.nth(0).uncheck()
    assert view.locator(".cell[data-layer='a']:visible").count() == 0
    boxes.nth(1).click()
    assert boxes.nth(1).is_checked()
    assert view.locator(".cell[data-layer='b']:visible").count() > 0


def test_an_article_of_one_layer_takes_the_whole_width(show: Any, tmp_path: Path) -> None:
    a, b = write(tmp_path, "a", full(), full(key="two")), write(tmp_path, "b", full())
    browse([a, b], tmp_path / "site", Project())
    view = show(tmp_path / "site" / "index.html")
    filled(view, 2)
    widths = [view.locator(f"#{key} p").first.bounding_box()["width"] for key in ("one", "two")]
    assert widths[1] > 1.9 * widths[0]


@pytest.mark.parametrize("words", ["phản đối việc", "PHẢN ĐỐI VIỆC", "phan doi viec"])
def test_search_finds_words_with_or_without_diacritics(show: Any, small: Path, words: str) -> None:
    view = show(small, locale="en-US")
    filled(view, 2)
    view.check("#only")
    view.fill("#search", words)
    view.wait_for_function("() => CSS.highlights.has('query')")
    assert view.locator(".line:visible").count() == 2
    shown = view.evaluate("[...CSS.highlights.get('query')].map(String)")
    assert len(shown) == 4
    view.fill("#search", "onerror")
    count(view, "1 of 2 articles")
    view.fill("#search", "nowhere at all")
    count(view, "0 of 2 articles")


def test_a_link_leads_to_an_item_and_says_what_it_is(show: Any, pages: dict[str, Path]) -> None:
    last = list(read_export(Project().export("annotator-1"), Project()))[-1]
    assert isinstance(last, Document)
    event = last.events[-1]
    view = show(pages["layers"], f"#{last.id}/annotator-1/{event.id}", locale="vi-VN")
    mark = view.locator(".m.target")
    mark.wait_for()
    view.wait_for_function(
        "() => { const box = document.querySelector('.m.target').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    name = next(label for label in load_ontology(Project()).events if label.id == event.type)
    assert f"{name.name.vi} ({event.type})" in view.locator("#detail").inner_text()
    assert name.definition.vi in view.locator("#detail").inner_text()
    assert view.locator(".facts .target").count() == 1


def test_keys_step_search_and_change_the_language(show: Any, small: Path) -> None:
    view = show(small, locale="en-US")
    for place in ("#one/d1", "#two/d1", "#one/d1"):
        view.keyboard.press("n")
        view.wait_for_function("place => decodeURIComponent(location.hash) === place", arg=place)
    view.keyboard.press("p")
    view.wait_for_function("() => decodeURIComponent(location.hash) === '#two/d1'")
    assert view.locator(".difference.target").is_visible()
    view.keyboard.press("/")
    view.keyboard.type("nato")
    assert view.input_value("#search") == "nato"
    view.keyboard.press("Escape")
    view.keyboard.press("l")
    assert view.locator("html").get_attribute("lang") == "vi"
    assert view.locator("#filters").get_attribute("open") is not None
    view.keyboard.press("f")
    assert view.locator("#filters").get_attribute("open") is None


@pytest.mark.parametrize(("language", "locale"), [("vi", "vi-VN"), ("en", "en-GB")])
def test_labels_and_words_are_in_the_readers_language(
    show: Any, pages: dict[str, Path], language: str, locale: str
) -> None:
    view = show(pages["system"], locale=locale)
    filled(view, 1)
    names = {label.id: getattr(label.name, language) for label in load_ontology(Project()).entities}
    shown = view.evaluate("[...document.querySelectorAll('.entity > .t')].map((t) => [t.dataset.l, t.textContent])")
    assert shown
    assert all(names[label] == text for label, text in shown)
    view.check("#codes")
    shown = view.evaluate("[...document.querySelectorAll('.entity > .t')].map((t) => [t.dataset.l, t.textContent])")
    assert all(label == text for label, text in shown)


@pytest.mark.parametrize("name", ["layers", "system", "agree", "score"])
def test_a_telephone_shows_all_without_scrolling_sideways(show: Any, pages: dict[str, Path], name: str) -> None:
    view = show(pages[name], width=400, has_touch=True, is_mobile=True)
    filled(view, 1)
    view.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    view.locator(".m[id]").first.tap()
    view.locator("#detail").wait_for()
    assert view.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["layers", "score", "agree"])
def test_all_text_stands_out_from_what_is_behind_it(
    show: Any, pages: dict[str, Path], name: str, scheme: str
) -> None:
    view = show(pages[name], color_scheme=scheme)
    view.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for article in view.locator("article").all():
        article.scroll_into_view_if_needed()
    filled(view, 5)
    view.locator(".m[id]").first.click()
    view.locator("#detail").wait_for()
    found = view.evaluate(CONTRAST)
    assert found["seen"] > 1000
    assert found["poor"] == []


def test_hundreds_of_articles_open_and_only_those_in_view_are_made(show: Any, tmp_path: Path) -> None:
    project = Project()
    layers = []
    for name in ("annotator-1", "annotator-2"):
        documents = [read for read in read_export(project.export(name), project) if isinstance(read, Document)]
        copies = [msgspec.structs.replace(documents[n % 5], id=f"{n:03}-copy") for n in range(MANY)]
        layers.append(write(tmp_path, name, *copies))
    browse(layers, tmp_path / "site", project)
    began = time.perf_counter()
    view = show(tmp_path / "site" / "index.html", locale="en-US")
    filled(view, 1)
    print(f"\n{MANY} articles open after {time.perf_counter() - began:.2f} s")
    assert view.locator("article").count() == MANY
    assert view.locator("article.filled").count() < 20
    began = time.perf_counter()
    view.fill("#search", "charles michel")
    count(view, f"{MANY // 5} of {MANY} articles")
    print(f"searched after {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    view.evaluate("location.hash = '#495-copy'")
    view.wait_for_function("() => document.getElementById('495-copy').classList.contains('filled')")
    print(f"the last but four is there after {time.perf_counter() - began:.2f} s")
    assert view.locator("article.filled").count() < 40


def test_printing_makes_every_article_of_a_page_in_one_file(show: Any, pages: dict[str, Path]) -> None:
    view = show(pages["agree"])
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.locator("article.filled").count() == 5
