"""The screen is good to work in: nothing covers the text of a long annotated article, all labels stay in reach."""

from __future__ import annotations

import json

import pytest

from support.browser import TEXT
from vinese.core.project import Project, packaged
from vinese.corpus.articles import Articles
from vinese.studio.connection import connect
from vinese.studio.push import push

pytestmark = [pytest.mark.studio, pytest.mark.browser]

ARTICLE = "003-eae7b0701f9fa981"
CHOICES = ".vinese-side, .vinese-row"
WINDOWS = ((1280, 800), (1920, 1080), (1024, 768))

# Say what lies over each character that is inside the window, between the bar of labels and the buttons below.
COVERED = """
() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const text = document.querySelector('.lsf-richtext__container');
  const above = box('.vinese-labels').bottom;
  const below = box('[data-testid=bottombar-update-button]').top - 10;
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const covered = [];
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.data.length; at += 1) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const place = range.getBoundingClientRect();
      if (place.width === 0 || place.top < above || place.bottom > below) continue;
      seen += 1;
      const top = document.elementFromPoint((place.left + place.right) / 2, (place.top + place.bottom) / 2);
      if (!text.contains(top)) covered.push(node.data[at] + ' under ' + (top && top.className));
    }
  }
  return [seen, covered.slice(0, 5)];
}
"""

# Let the pointer find arcs and their names, which Label Studio lets it pass through.
FOUND_BY_POINTER = ".relations-overlay, .relations-overlay * { pointer-events: all !important }"

# Count, of the names of arcs, those that meet a word, those that meet each other and those that leave the screen. An
# arc that ends beside its words, not above them, starts with a turn down or up to a vertical line.
NAMES = """
() => {
  const words = [];
  const walker = document.createTreeWalker(document.querySelector('.lsf-richtext__container'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      words.push(...range.getClientRects());
    }
  }
  // The box of a name is higher than its letters.
  const meet = (a, b, rim) =>
    a.left < b.right - rim && b.left < a.right - rim && a.top < b.bottom - rim && b.top < a.bottom - rim;
  const found = { above: 0, beside: 0, aboveOnWords: 0, besideOnWords: 0, together: 0, outside: 0 };
  const overlay = document.querySelector('.relations-overlay');
  const boxes = [];
  for (const arc of overlay.querySelectorAll(':scope > g')) {
    const path = [...arc.querySelectorAll('path[stroke]')].pop().getAttribute('d');
    const kind = /0 0 0 5 5|0 0 1 -5 -5|0 0 1 -5 5|0 0 0 5 -5/.test(path) ? 'beside' : 'above';
    const box = arc.querySelector('g[transform] text').getBoundingClientRect();
    found[kind] += 1;
    found[kind + 'OnWords'] += words.some((word) => meet(word, box, 2));
    found.together += boxes.some((other) => meet(other, box, 3));
    found.outside += box.left < overlay.getBoundingClientRect().left;
    boxes.push(box);
  }
  return found;
}
"""

# Say which of the elements cannot be pressed where they are.
OUT_OF_REACH = """
(elements) => elements.filter((element) => {
  const place = element.getBoundingClientRect();
  const top = document.elementFromPoint((place.left + place.right) / 2, (place.top + place.bottom) / 2);
  return !(top && (element.contains(top) || top.contains(element)) && top.closest('.vinese-labels, .vinese-side'));
}).map((element) => element.textContent)
"""

# Give the contrast (WCAG 2) of the text of each element with what lies under it, the least first, with its words.
CONTRASTS = """
(elements) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (above, below) => [0, 1, 2].map((i) => above[i] * above[3] + below[i] * (1 - above[3]));
  const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => [r, g, b].reduce((sum, part, i) =>
    sum + [0.2126, 0.7152, 0.0722][i] * linear(part / 255), 0);
  const contrasts = [];
  for (const element of elements) {
    if (element.children.length || !element.textContent.trim()) continue;
    const grounds = [];
    for (let node = element; node; node = node.parentElement)
      grounds.unshift(rgba(getComputedStyle(node).backgroundColor));
    const ground = grounds.reduce((below, above) => over(above, below), [255, 255, 255]);
    const ink = over(rgba(getComputedStyle(element).color), ground);
    const [dark, light] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    contrasts.push([(light + 0.05) / (dark + 0.05), element.textContent]);
  }
  return contrasts.sort((a, b) => a[0] - b[0]);
}
"""
READABLE = 4.5  # the least contrast of small text, by WCAG 2, level AA


def result(stage):
    """Return the regions of an annotated article that a stage shows."""
    tasks = json.loads((Project().exports / "annotator-1.json").read_bytes())
    regions = next(task["annotations"][0]["result"] for task in tasks if task["data"]["article_id"] == ARTICLE)
    if stage in {"all", "stance"}:
        return regions
    controls = {"entity", "note", "event", "modality"} if stage == "events" else {"entity", "note"}
    shown = [one for one in regions if one.get("from_name") in controls]
    ids = {one["id"] for one in shown}
    return shown + [one for one in regions if one["type"] == "relation" and {one["from_id"], one["to_id"]} <= ids]


@pytest.fixture
def opened(annotator, studio_server, corpus, layer):
    """Return a function that pushes a stage and opens the annotated article in a window."""
    assert Articles(corpus.articles).find(ARTICLE) is not None

    def open_stage(stage, lang):
        name = f"{stage}-{layer}"[:40].strip("-")
        pushed = push(name, project=corpus, folder=studio_server.folder, stage=stage, lang=lang)
        assert pushed.issues == ()
        with connect(studio_server.folder) as studio:
            tasks = studio.api.tasks.list(project=pushed.project)
            task = next(one.id for one in tasks if one.data["article_id"] == ARTICLE)
            studio.api.annotations.create(id=task, result=result(stage))
        annotator.open_task(pushed.project, task)
        return annotator

    return open_stage


def scroll(page, to):
    """Scroll the article to a share of its way, and wait until the screen shows it."""
    page.locator(TEXT).evaluate(
        """(text, to) => {
          let box = text;
          while (box.scrollHeight <= box.clientHeight || getComputedStyle(box).overflowY === 'visible')
            box = box.parentElement;
          box.scrollTop = to * (text.scrollHeight - box.clientHeight);
          return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        to,
    )


def look(page, needed, least):
    """Look at the text, the labels and the choices at several places of the article."""
    page.add_style_tag(content=FOUND_BY_POINTER)
    for to in (0, 0.3, 0.6, 1):
        scroll(page, to)
        seen, covered = page.evaluate(COVERED)
        assert seen > 100
        assert covered == []
        labels = page.locator(".vinese-labels .lsf-label")
        assert labels.evaluate_all(OUT_OF_REACH) == []
        choices = page.locator(needed)
        assert choices.count() >= least
        assert choices.evaluate_all(OUT_OF_REACH) == []


@pytest.mark.parametrize(("stage", "lang"), [("all", "vi"), ("entities", "vi"), ("events", "en"), ("stance", "vi")])
def test_nothing_covers_the_text_and_all_is_in_reach(opened, stage, lang):
    annotator = opened(stage, lang)
    page = annotator.page
    names = {"entities": [], "events": ["ASSERTED", "NEGATED"]}.get(stage, ["FAVOR", "DIRECT_QUOTE", "IMPLICIT"])
    needed = ", ".join(f":is({CHOICES}) .lsf-choice:has(input[name={name}])" for name in names) or "no-choice"
    kind = "STANCE" if stage in {"all", "stance"} else "SUPPORT"
    page.locator(".relations-overlay path[stroke]").first.wait_for(state="attached")
    if names:
        # A click on words that are marked twice selects the innermost region.
        page.locator(f'.htx-highlight[data-label$=":{kind}"]:not(:has(.htx-highlight))').first.click()
        page.locator(".vinese-labels .lsf-label_selected").wait_for()
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        # In a narrow window Label Studio moves its panels below the text.
        page.locator(".lsf-sidepanels_collapsed").wait_for(state="attached" if width < 1100 else "detached")
        look(page, needed, len(names))


@pytest.mark.parametrize("stage", ["all", "entities", "events", "stance"])
def test_names_of_arcs_stand_between_the_lines(opened, stage):
    relations = sum(one["type"] == "relation" for one in result(stage))
    page = opened(stage, "vi").page
    page.locator(".relations-overlay g[transform] text").first.wait_for(state="attached")
    for width, height in (*WINDOWS, (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator(".lsf-sidepanels_collapsed").wait_for(state="attached" if width < 1100 else "detached")
        scroll(page, 0)
        found = page.evaluate(NAMES)
        arcs = found["above"] + found["beside"]
        assert arcs == relations
        assert found["outside"] == 0, found
        # Not one of the names above their words; beside them, halfway between lines that are an even number apart, a
        # few lie behind words, and some relations of neighbours have their names at one place.
        assert found["aboveOnWords"] == 0, found
        assert found["besideOnWords"] <= 4, found
        assert found["together"] * 8 <= arcs, found


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_setting_that_the_guidelines_name_selects_what_is_marked(annotator, studio_server, corpus, layer, lang):
    name = "Select region after creating it"
    page = packaged("annotations", "guidelines", f"short.{lang}.md")
    assert f"“{name}”" in page.read_text(encoding="utf-8")
    pushed = push(layer, project=corpus, folder=studio_server.folder, stage="stance", lang=lang)
    annotator.open_stream(pushed.project)
    annotator.turn_on(name, "selectAfterCreate")
    annotator.page.keyboard.press("s")
    annotator.page.locator(".vinese-labels .lsf-label_selected").wait_for()
    annotator.drag(10, 20)
    annotator.page.locator(".htx-highlight").first.wait_for()
    annotator.page.locator(".htx-highlight.__active").first.wait_for()
    annotator.page.locator(".vinese-side input[name=FAVOR]").wait_for()


def legible(page, rows):
    """Look at the contrast of all that stands in the rows of a list, a number and a label at least in each."""
    page.locator(rows).first.wait_for()
    # Colours change little by little.
    page.wait_for_function("() => !document.getAnimations().some((each) => each instanceof CSSTransition)")
    contrasts = page.locator(f"{rows} *").evaluate_all(CONTRASTS)
    assert len(contrasts) >= 2 * page.locator(rows).count()
    assert [each for each in contrasts if each[0] < READABLE] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_labels_in_the_lists_of_regions_and_relations_can_be_read(opened, scheme):
    page = opened("all", "vi").page
    page.evaluate("(scheme) => document.documentElement.setAttribute('data-color-scheme', scheme)", scheme)
    legible(page, ".lsf-outliner-item")
    page.locator(".lsf-outliner-item").first.click()
    legible(page, ".lsf-detailed-region__head")
    legible(page, ".lsf-outliner-item")
    page.keyboard.press("Escape")
    page.locator("#Relations-draggable").click()
    row = page.locator(".lsf-relations__item").first
    row.hover()
    row.get_by_label("Show Relation Labels").click()
    row.get_by_test_id("select-display-value").wait_for()
    legible(page, ".lsf-relations__item")


def test_arcs_are_pale_until_their_row_is_pointed_at(opened):
    page = opened("stance", "en").page
    arcs = page.locator(".relations-overlay path[stroke]")
    arcs.first.wait_for(state="attached")
    assert arcs.count() >= 60
    widths = arcs.evaluate_all("(all) => all.map((arc) => getComputedStyle(arc).strokeWidth)")
    assert set(widths) == {"1px"}
    page.locator("#Relations-draggable").click()
    page.locator(".lsf-relations__item").first.hover()
    strong = page.locator(".relations-overlay [class*=_highlighted] path[stroke]")
    strong.first.wait_for(state="attached")
    assert strong.first.evaluate("(arc) => getComputedStyle(arc).opacity") == "1"
