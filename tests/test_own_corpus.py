"""Somebody's own pages and labels go the whole road that README shows, and stay their own to the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from support.described import described
from support.documents import of_article
from vinese.cli import run
from vinese.core.project import Project, packaged
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.document import canonical
from vinese.model.ontology_file import load_ontology
from vinese.model.records import (
    Argument,
    Article,
    ArticleStance,
    Entity,
    Event,
    Provenance,
    Span,
    Stance,
    Target,
)

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    "ca-phe": (
        "Giá cà phê Đắk Lắk tăng mạnh đầu vụ\n\nThứ hai, 3/11/2025 08:15 GMT+7\n\n"
        "Công ty Simexco đã ký hợp đồng mua 500 tấn cà phê nhân xô của hợp tác xã Ea Kiết.\n\n"
        "Hiệp hội Cà phê Ca cao Việt Nam phản đối Công ty Simexco trong vụ thu hoạch.\n"
    ),
    "hoa-da-lat": (
        "Đà Lạt khai mạc lễ hội hoa lần thứ mười\n\nChủ nhật, 7/12/2025 19:30 GMT+7\n\n"
        "Bà Nguyễn Thị Mai hoan nghênh làng hoa Vạn Thành đã mang hơn hai trăm loài hoa đến trưng bày.\n\n"
        "Thành phố Đà Lạt trao giải nhất cho làng hoa Vạn Thành.\n"
    ),
}
MENTIONS = {
    "ca-phe": {
        "Công ty Simexco": "ORG_OTH",
        "cà phê nhân xô": "CROP",
        "hợp tác xã Ea Kiết": "COOP",
        "Hiệp hội Cà phê Ca cao Việt Nam": "ORG_OTH",
    },
    "hoa-da-lat": {"Nguyễn Thị Mai": "PER", "làng hoa Vạn Thành": "COOP", "Thành phố Đà Lạt": "GPE"},
}
EVENTS = {
    "ca-phe": ("AGREE", "ký hợp đồng", "Công ty Simexco", "hợp tác xã Ea Kiết"),
    "hoa-da-lat": ("AWARD", "trao giải", "Thành phố Đà Lạt", "làng hoa Vạn Thành"),
}
STANCES = {
    "ca-phe": ("AGAINST", "phản đối", "Hiệp hội Cà phê Ca cao Việt Nam", "Công ty Simexco"),
    "hoa-da-lat": ("FAVOR", "hoan nghênh", "Nguyễn Thị Mai", "làng hoa Vạn Thành"),
}


def own_ontology() -> dict[str, Any]:
    """Return vinese's ontology with WPN called CROP, without PROG, and with the types COOP and AWARD added."""
    raw: dict[str, Any] = json.loads(packaged("schema", "ontology.json").read_text(encoding="utf-8"))
    types = [label for label in raw["entities"] if label["id"] != "PROG"]
    next(label for label in types if label["id"] == "WPN")["id"] = "CROP"
    types.append({**added("COOP", "Hợp tác xã", "c"), "coarse": "ORG", "auxiliary": False})
    raw["entities"] = types
    raw["events"].append(added("AWARD", "Trao giải", None))
    raw["projections"]["plover"] += [
        {"event": "AWARD", "modality": modality["id"], "code": None} for modality in raw["modalities"]
    ]
    raw["conventions"]["no_trigger_inside"].remove("PROG")
    for end in [*raw["roles"], *raw["relations"]]:
        for key in {"fillers", "sources"} & end.keys():
            end[key] = [{"WPN": "CROP"}.get(one, one) for one in end[key] if one != "PROG"]
        end["fillers"].append("COOP")
    return raw


def added(label: str, name: str, key: str | None) -> dict[str, Any]:
    """Return a label of one's own, with counterparts in no other scheme."""
    wording = {"en": f"Own {label}", "vi": name}
    plain = {"name": wording, "definition": {"en": "Ours.", "vi": "Của chúng tôi."}, "example": None, "mappings": {}}
    return {"id": label, **plain, "color": "#ffcc00", "hotkey": key}


def annotate(article: Article, project: Project) -> dict[str, Any]:
    """Return the article as a task of Label Studio that an annotator has finished."""
    text, ids = article.text, {}
    entities = []
    for words, label in MENTIONS[article.id].items():
        ids[words] = f"e{len(ids)}"
        place = span(text, words)
        entities.append(Entity(id=ids[words], start=place.start, end=place.end, text=words, type=label))
    kind, trigger, actor, recipient = EVENTS[article.id]
    arguments = (Argument(role="ACTOR", entity=ids[actor]), Argument(role="RECIPIENT", entity=ids[recipient]))
    event = Event(id="v0", type=kind, modality="ASSERTED", trigger=span(text, trigger), arguments=arguments)
    polarity, expression, holder, target = STANCES[article.id]
    stance = Stance(
        id="s0",
        polarity=polarity,
        attribution="REPORTED",
        expression=span(text, expression),
        holder_kind="ENTITY",
        holders=(ids[holder],),
        target=Target(mention=ids[target], topic="other"),
    )
    document = of_article(
        article,
        entities=tuple(entities),
        events=(event,),
        stances=(stance,),
        article_stance=ArticleStance(
            topic="european_defence_cooperation", outlet_stance="NEUTRAL", overall_leaning="NEUTRAL"
        ),
        provenance=Provenance(
            layer="first", annotator="a1", tool="label-studio", annotated_at="2026-01-01T00:00:00Z"
        ),
    )
    ontology = load_ontology(project)
    return document_to_task(canonical(document, ontology), ontology)


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start=start, end=start + len(words), text=words)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a folder with an ontology alone, in which one works."""
    (tmp_path / "own" / "schema").mkdir(parents=True)
    text = json.dumps(own_ontology(), ensure_ascii=False)
    (tmp_path / "own" / "schema" / "ontology.json").write_text(text, encoding="utf-8")
    for name, page in PAGES.items():
        (tmp_path / f"{name}.txt").write_text(page, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "own")
    return Project(tmp_path / "own")


@pytest.mark.extra("datasketch")
def test_own_pages_and_labels_become_a_dataset(project: Project, tmp_path: Path) -> None:
    from datasets import load_dataset

    assert run(["update"]) == 0
    assert run(["ingest", *(str(tmp_path / f"{name}.txt") for name in PAGES)]) == 0
    articles = [Articles(project.articles).find(name) for name in PAGES]
    project.exports.mkdir()
    tasks = [annotate(article, project) for article in articles if article is not None]
    layer = project.exports / "first.json"
    layer.write_bytes(msgspec.json.encode(tasks))
    assert run(["validate", str(layer)]) == 0
    assert run(["convert", str(layer), "--out", str(tmp_path / "first.jsonl")]) == 0
    assert run(["validate", str(tmp_path / "first.jsonl")]) == 0
    assert run(["update", "splits"]) == 0
    assert run(["build"]) == 0
    assert run(["update", "card", "checksums"]) == 0
    assert run(["check", "--built", "build/vinese"]) == 0
    rows = load_dataset("build/vinese", "entities", split="test", cache_dir=str(tmp_path / "cache"))
    assert {"CROP", "COOP"} < set(load_ontology(project).named_entity_ids)
    found = {span["text"]: span["type"] for row in rows for span in row["entities"]}
    assert found == {words: label for mentions in MENTIONS.values() for words, label in mentions.items()}
    card = described(project.own("build") / "vinese")
    assert "| `AWARD` | Own AWARD | Ours. |" in card
    assert "`WPN`" not in card
    assert "license: unknown" in card
    example = next(label["example"]["text"] for label in own_ontology()["entities"] if label["example"])
    assert f"**{example}**" in project.own("annotations", "guidelines", "labels.en.md").read_text(encoding="utf-8")
