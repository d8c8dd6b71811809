"""What a file repeats of the articles is masked, whatever marks stand in it, and the file stays what it is."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.hub import Place, signed
from vinese.core.errors import PublishError
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.hub.masking import Masks
from vinese.hub.standoff import standoff
from vinese.text.quotes import Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "Tổng thư ký NATO kêu gọi các nước châu Âu tăng chi tiêu quốc phòng (theo Reuters), ông nói."


def mask(text: str, path: str = "a.md", said: str = TEXT) -> str:
    return Masks({path: text}).hide([Said("1", said, ())]).masked(path)


def said_by_the_articles(project: Project) -> Iterator[str]:
    for article in Articles(project.articles):
        about = article.metadata
        yield from (article.text, about.title or "", *about.captions, *about.bylines, *about.credits, *about.topics)


def windows(texts: Iterator[str]) -> set[str]:
    """Every stretch of 20 characters, white space folded."""
    return {text[at : at + 20] for text in (" ".join(one.split()) for one in texts) for at in range(len(text) - 19)}


def visible(path: Path) -> Iterator[str]:
    """What a reader sees of a file, white space folded, in each way that one may see it."""
    text = path.read_text(encoding="utf-8")
    for found in (text, re.sub(r"[*_`~|>#\\]", "", text), re.sub(r"<[^<>]*>|\]\([^)]*\)|[*_`~|>#\\\[]", " ", text)):
        yield " ".join(html.unescape(found).split())
    if path.suffix == ".json":
        yield " ".join(
            json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"').replace("\\n", " ").split()
        )


@pytest.fixture(scope="module")
def own(own_build: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The own corpus with its guidelines beside the card, and the same without the text."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(own_build, folder / "full")
    for path in Project().own("annotations", "guidelines").glob("*.md"):
        (folder / "full" / "guidelines").mkdir(exist_ok=True)
        shutil.copy(path, folder / "full" / "guidelines" / path.name)
    signed(Place(None, None, "", Project(), folder / "full"))  # type: ignore[arg-type]
    assert standoff(folder / "full", folder / "bare") == ()
    return folder / "full", folder / "bare"


def test_no_stretch_of_an_article_is_left_in_anything_that_can_be_read(own: tuple[Path, Path]) -> None:
    kept = windows(said_by_the_articles(Project()))
    full, bare = ([path for path in one.rglob("*") if path.is_file() and path.suffix != ".parquet"] for one in own)
    quoting = {path.name for path in full for text in visible(path) if not windows(iter([text])).isdisjoint(kept)}
    assert {"README.md", "2-entities.vi.md", "paragraph.svg"} <= quoting
    for path in bare:
        for text in visible(path):
            assert windows(iter([text])) & kept == set(), path


def test_markdown_keeps_its_blocks_cells_and_marks(own: tuple[Path, Path]) -> None:
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    for path in own[0].rglob("*.md"):
        before = path.read_text(encoding="utf-8").partition("\n---\n")[2] or path.read_text(encoding="utf-8")
        after = Masks({path.name: before}).hide(
            Said(one.id, one.text, (one.metadata.title or "",)) for one in Articles(Project().articles)
        )
        whole, masked = (parser.parse(text) for text in (before, after.masked(path.name)))
        assert [(one.type, one.level) for one in masked] == [(one.type, one.level) for one in whole], path
        stray = [Counter(re.findall(r"[*`]", "".join(loose(one)))) for one in (whole, masked)]
        assert not stray[1] - stray[0], path


def loose(tokens: list) -> Iterator[str]:
    """The text between marks: a mark that stands here has lost its other half."""
    for token in tokens:
        yield from (one.content for one in token.children or () if one.type == "text")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("| a | Tổng thư ký **NATO** kêu gọi | 3 |", "| a | […] | 3 |"),
        ("**Tổng thư ký NATO kêu gọi** is it", "**[…]** is it"),
        ("so **Tổng thư ký NATO** kêu gọi all", "so […] all"),
        ("so Tổng thư ký **NATO kêu gọi something** more", "so […] more"),
        ("`Tổng thư ký NATO kêu gọi`: here", "`[…]`: here"),
        ("Tổng thư ký `NATO` kêu gọi", "[…]"),
        ("- Tổng thư ký NATO\n  kêu gọi các nước\n- next", "- […]\n  […]\n- next"),
        ("> Tổng thư ký NATO\n> kêu gọi các nước", "> […]\n> […]"),
        ("1. Tổng thư ký\n2. NATO kêu gọi các", "1. […]\n2. […]"),
        ("Tổng <b>thư ký NATO</b> kêu gọi các", "[…] <b>[…]</b> […]"),
        ("Tổng thư ký [NATO](https://example.org/x) kêu gọi các", "[…]"),
        ("[Tổng thư ký NATO kêu gọi](a.md)", "[[…]](a.md)"),
        ("Tổng thư k&#253; NATO k&ecirc;u gọi các nước", "[…]"),
        ("Tổng thư ký NATO kêu gọi: all", "[…] : all"),
        ("Tổng thư ký NATO kêu gọi(x)", "[…] (x)"),
        ("quốc phòng (theo Reuters), ông", "[…]"),
        ("quốc phòng (theo Reuters) and", "[…] and"),
        ('"Tổng", "thư", "ký", "NATO", "kêu", "gọi"', '"[…]"'),
        ("reTổng thư ký NATO kêu gọi cácx", "reTổng […] cácx"),
        ("```\nTổng thư ký ** NATO kêu gọi\n```\n**a**", "```\n[…]\n```\n**a**"),
        ("| a |\n|---|\n| b | Tổng thư ký NATO kêu gọi |", "| a |\n|---|\n| b | […] |"),
        ("a [b]\n\n[b]: c.md 'Tổng thư ký NATO kêu gọi'", "a [b]\n\n[b]: c.md '[…]'"),
        ("```Tổng thư ký NATO kêu gọi\na\n```", "```[…]\na\n```"),
        ("a `b`, `Tổng thư ký NATO kêu gọi`, **x `Tổng thư ký NATO kêu gọi`** d", "a `b`, `[…]`, **x `[…]`** d"),
        ("1. 1\n2. Tổng thư ký NATO kêu gọi", "1. 1\n2. […]"),
        ("Tổng thư ký NATO kêu", "[…]"),
        ("Tổng thư ký NATO k and kêu gọi", "Tổng thư ký NATO k and kêu gọi"),
    ],
)
def test_a_stretch_is_masked_with_its_marks(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_row_of_dots_with_a_word_in_it_is_masked_where_it_stands_so() -> None:
    said = "Hạng 1 ............. EU ............. 12"
    assert mask("It says ............. EU .............", said=said) == "It says [….]".replace("….", "…")
    assert mask("EU, 12", said=said) == "EU, 12"


def test_json_stays_json() -> None:
    value = {"a": [f'"{TEXT}"', "short"], "b": {"c": "x\n" + TEXT.replace(" ", "\n"), "d": 1}}
    for readable in (True, False):
        for indent in (None, 1):
            found = json.loads(mask(json.dumps(value, ensure_ascii=readable, indent=indent), "a.json"))
            assert found["a"][1] == "short"
            assert found["b"]["d"] == 1
            assert found["a"][0] == '"[…]."'
            assert found["b"]["c"] == "x\n[…]."


def test_the_yaml_of_a_card_stays_yaml(own: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(own[0], tmp_path / "full")
    title = next(one.metadata.title for one in Articles(Project().articles) if one.metadata.title)
    card = tmp_path / "full" / "README.md"
    text = card.read_text(encoding="utf-8")
    card.write_text(re.sub(r"^pretty_name: .*$", f'pretty_name: "{title}"', text, flags=re.M), encoding="utf-8")
    assert standoff(tmp_path / "full", tmp_path / "bare") == ()
    head = (tmp_path / "bare" / "README.md").read_text(encoding="utf-8").partition("\n---\n")[0]
    assert "\npretty_name: '[…]'\n" in head
    assert "config_name: entities_words" in head


def test_a_file_of_which_nobody_knows_what_it_shows_is_refused(own: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(own[0], tmp_path / "full")
    (tmp_path / "full" / "figures" / "screen.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    with pytest.raises(PublishError, match=r"screen\.png may show text"):
        standoff(tmp_path / "full", tmp_path / "bare")
    assert not (tmp_path / "bare").exists()


MARKS = st.sampled_from([" ", "  ", "\n", " **", "** ", " `", "` ", " *", "_ ", "\n> ", " | ", "\\\n", "<br>", " ~~"])


@given(st.lists(MARKS, min_size=40, max_size=40), st.integers(0, 12), st.integers(0, 8))
def test_no_mark_keeps_a_stretch_from_being_found(marks: list[str], start: int, more: int) -> None:
    words = TEXT.split()[start:][: 5 + more]
    text = "".join(f"{word}{mark}" for word, mark in zip(words, marks, strict=False))
    shown = " ".join(re.sub(r"<br>|[*_`~|>\\]", " ", mask(f"Here {text} there")).split())
    assert windows(iter([shown])) & windows(iter([TEXT])) == set()
