"""Write SVG by hand: a page with its own background, so that it reads the same on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

WIDTH = 760
STYLE = """
svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d8dee4; --mark: #2f6db3; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #151b23; --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d; --mark: #6ba4e7; }
}
.paper { fill: var(--paper); } .mark { fill: var(--mark); } .line { stroke: var(--line); }
.whisker { stroke: var(--mark); stroke-width: 1.5; }
text { font: 12px system-ui, "Segoe UI", "Noto Sans", sans-serif; fill: var(--ink); }
.head { font-size: 13px; font-weight: 600; } .soft { fill: var(--soft); } .small { font-size: 11px; }
.word { font-size: 14px; }
.tag { font-size: 10px; font-weight: 600; }
""".strip()


def page(title: str, height: float, parts: Iterable[str]) -> str:
    """Return a whole picture of `WIDTH` by `height` with a title for those who cannot see it."""
    size = number(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {size}" '
        f'width="{WIDTH}" height="{size}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n</style>\n"
        f'<rect class="paper" width="{WIDTH}" height="{size}" rx="8"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start", **more: str) -> str:
    """Return words whose anchor stands on the line at `y`; `kind` names classes of the style."""
    attributes = {"class": kind, "text-anchor": anchor if anchor != "start" else "", **more}
    written = "".join(f' {name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items() if value)
    return f'<text x="{number(x)}" y="{number(y)}"{written}>{escape(said)}</text>'


def rect(x: float, y: float, width: float, height: float, kind: str = "mark", **more: str) -> str:
    """Return a rectangle."""
    attributes = {"class": kind, **more}
    written = "".join(f' {name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items() if value)
    return f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"{written}/>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "line") -> str:
    """Return a straight line."""
    return f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" class="{kind}"/>'


def dot(x: float, y: float, radius: float = 3.5) -> str:
    """Return a dot."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" class="mark"/>'


def number(value: float) -> str:
    """Return a length with two decimals at most, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
