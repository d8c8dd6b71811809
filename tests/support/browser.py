"""Do in a real browser what an annotator does: log in, mark, link, choose, submit."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from support.studio import User

TEXT = ".lsf-richtext__container"

# Give the rectangles of the characters `start` to `end` (code points; a line break is one) of the text on the screen.
RECTANGLES = """
([start, end]) => {
  const root = document.querySelector('.lsf-richtext__container');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const found = [];
  let at = 0;
  for (let node = walker.nextNode(); node && at < end; node = walker.nextNode()) {
    if (node.nodeName === 'BR') { at += 1; continue; }
    if (node.nodeType !== Node.TEXT_NODE) continue;
    let unit = 0;
    for (const char of node.data) {
      if (at >= start && at < end) {
        const range = document.createRange();
        range.setStart(node, unit);
        range.setEnd(node, unit + char.length);
        const box = range.getBoundingClientRect();
        found.push([box.left, box.top, box.right, box.bottom]);
      }
      unit += char.length;
      at += 1;
    }
  }
  return found;
}
"""

# Give the same rectangles once the text is there and its first and last character can be pressed: a dialog lies over
# neither.
WITHIN_REACH = f"""
(range) => {{
  const text = document.querySelector('{TEXT}');
  if (!text) return false;
  const boxes = ({RECTANGLES})(range);
  const reached = [boxes[0], boxes.at(-1)].every(([left, top, right, bottom]) =>
    text.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)));
  return reached && boxes;
}}
"""

# Count how often Label Studio has drawn the text since the page was opened.
COUNT_DRAWINGS = f"""
let drawn = null;
window.drawings = 0;
new MutationObserver(() => {{
  const text = document.querySelector('{TEXT}');
  if (text && text !== drawn) window.drawings += 1;
  drawn = text;
}}).observe(document, {{ childList: true, subtree: true }});
"""

# Say whether relations with these names are drawn, and no others.
ARCS_ARE = """
(names) => {
  const arcs = [...document.querySelectorAll('.relations-overlay g[transform] text')];
  return JSON.stringify(arcs.map((arc) => arc.textContent).sort()) === JSON.stringify(names);
}
"""

# Say that no dialog is opening or closing. While one grows, its buttons move away from under the pointer: a press
# that begins on one element and ends on another is no click, and nothing says so.
AT_REST = """
() => [...document.querySelectorAll('.ant-modal-root, [class*=modal-ls]')].every((dialog) =>
  !dialog.matches('[class*=appear]') &&
  !dialog.querySelector('[class*=-appear], [class*=-enter], [class*=-leave]') &&
  dialog.getAnimations({ subtree: true }).length === 0)
"""


@dataclass
class Annotator:
    """Drive one page as a person would; offsets are code points of the article's text."""

    page: Page
    url: str

    def __post_init__(self) -> None:
        self.page.add_init_script(COUNT_DRAWINGS)

    def log_in(self, user: User) -> None:
        self.page.goto(f"{self.url}/user/login/")
        self.page.fill("input[name=email]", user.email)
        self.page.fill("input[name=password]", user.password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(re.compile(r"^(?!.*/user/login).*$"))

    def open_stream(self, project: int) -> None:
        """Open the next article of a project, as "Label All Tasks" does, and close the instructions."""
        self._open(f"{self.url}/projects/{project}/data?labeling=1", drawings=1)
        close = self.page.get_by_label("Close modal")
        close.wait_for()
        self._rest()
        close.click()
        close.wait_for(state="detached")

    def open_task(self, project: int, task: int) -> None:
        """Open an article from the list.

        Label Studio draws it from what the list has, and anew when the server has answered: what was marked or
        selected in between is gone.
        """
        self._open(f"{self.url}/projects/{project}/data?task={task}", drawings=2)

    def _open(self, address: str, drawings: int) -> None:
        self.page.goto(address)
        self.page.wait_for_function("(drawings) => window.drawings >= drawings", arg=drawings)
        self.save_button.wait_for()

    def _rest(self) -> None:
        """Wait until no dialog is opening or closing."""
        self.page.wait_for_function(AT_REST)

    def turn_on(self, name: str, stored: str) -> None:
        """Turn on a setting of Label Studio by its name, and wait until the browser keeps it under another."""
        self.page.locator(".lsf-bottombar").get_by_role("button", name="settings").click()
        setting = self.page.get_by_text(name)
        setting.wait_for()
        self._rest()
        setting.click()
        self.page.wait_for_function(
            "(stored) => JSON.parse(localStorage.getItem('labelStudio:settings') ?? '{}')[stored]", arg=stored
        )
        self.page.keyboard.press("Escape")
        setting.wait_for(state="hidden")
        self._rest()

    @property
    def save_button(self) -> Locator:
        """Find Submit or, for an annotation that is there already, Update."""
        return self.page.locator("[data-testid=bottombar-submit-button], [data-testid=bottombar-update-button]")

    def region(self, label: str, start: int, end: int) -> Locator:
        return self.page.locator(f'.htx-highlight[data-label$=":{label}"][data-start="{start}"][data-end="{end}"]')

    def mark(self, key: str, label: str, start: int, end: int) -> None:
        """Press a label's key, drag over the text, and let go of the label."""
        self.page.keyboard.press(key)
        self.page.locator(".vinese-labels .lsf-label_selected").wait_for()
        self.drag(start, end)
        self.region(label, start, end).wait_for()
        self.let_go()

    def drag(self, start: int, end: int) -> None:
        boxes = self.page.wait_for_function(WITHIN_REACH, arg=[start, end]).json_value()
        (left, top, _, bottom), (_, last_top, right, last_bottom) = boxes[0], boxes[-1]
        self.page.mouse.move(left + 1, (top + bottom) / 2)
        self.page.mouse.down()
        self.page.mouse.move(right - 1, (last_top + last_bottom) / 2, steps=5)
        self.page.mouse.up()

    def let_go(self) -> None:
        """Press Esc, so that neither a label nor a region is selected."""
        self.page.keyboard.press("Escape")
        self.page.locator(".vinese-labels .lsf-label_selected").wait_for(state="detached")

    def select(self, label: str, start: int, end: int) -> None:
        """Click a region; a click on one that is selected already would unselect it."""
        self.let_go()
        self.region(label, start, end).click()
        self.page.locator(".vinese-labels .lsf-label_selected").wait_for()

    def choose(self, key: str, value: str, where: str = ".vinese-side") -> None:
        """Press the key of a choice, about the selected region or in `.vinese-article`."""
        self.page.keyboard.press(key)
        self.page.locator(f"{where} input[name={value}]:checked").wait_for()

    def link(self, source: tuple[str, int, int], target: tuple[str, int, int], *names: str) -> None:
        """Draw a relation between two regions and give it its names in the Relations tab."""
        self.select(*source)
        self.page.keyboard.press("Alt+r")
        self.region(*target).click()
        self.page.locator("#Relations-draggable").click()
        row = self.page.locator(".lsf-relations__item").last
        row.hover()
        row.get_by_label("Show Relation Labels").click()
        row.get_by_test_id("select-trigger-").click()
        for name in names:
            self.page.get_by_role("option", name=name, exact=True).click()
        self.page.keyboard.press("Escape")
        for name in names:
            row.get_by_test_id("select-display-value").get_by_text(name).wait_for()
        self.page.locator("#Regions-draggable").click()
        self.let_go()

    def wait_for_arcs(self, *names: str) -> None:
        """Wait until relations with these names are drawn, and no others."""
        self.page.wait_for_function(ARCS_ARE, arg=sorted(names))

    def refused(self) -> str:
        """Press Submit, which is refused, and return what the screen says."""
        self.save_button.click()
        dialog = self.page.locator(".ant-modal-confirm")
        said = dialog.locator(".ant-modal-confirm-content").inner_text()
        self._rest()
        dialog.get_by_role("button", name="OK").click()
        dialog.wait_for(state="detached")
        return said

    def info(self) -> str:
        """Return what the tab Info shows of the selected region."""
        return self.page.get_by_test_id("detailed-region").inner_text()

    def save(self) -> None:
        """Press Submit or Update, and wait until the server has it."""
        with self.sent("annotations"):
            self.save_button.click()

    @contextmanager
    def sent(self, what: str) -> Iterator[None]:
        """Wait until the server has `annotations` or `drafts` that the body sends."""

        def is_it(answer) -> bool:
            path = answer.url.split("?")[0]
            return f"/{what}" in path and answer.request.method in {"POST", "PATCH", "PUT"}

        with self.page.expect_response(is_it) as saved:
            yield
        assert saved.value.ok, saved.value.status
