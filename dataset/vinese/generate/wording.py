"""Say in English and Vietnamese what the screen and the tables need besides the ontology's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinese.ontology import Language, Wording

EN: dict[str, str] = {
    "entity_type": "Entities",
    "event_type": "Events",
    "stance_expression": "Stance",
    "modality": "Modality of the event",
    "polarity": "Polarity",
    "attribution": "How it reaches the reader",
    "holder_kind": "Whose opinion",
    "topic": "Topic",
    "role": "Roles in an event",
    "relation": "Other relations",
    "article": "The whole article",
    "article_stance_judgement": "Judgements of a whole article",
    "article_stance_value": "Article stance",
    "note": "Note to the adjudicator",
    "note_hint": "What you were unsure of",
    "missing": "Missing: {name}. Choose one before you submit.",
    "keys": "Keys and relations",
    "keys_use": (
        "Select a marked stretch, Alt+R, click the other end; then name the relation in the Relations tab. "
        "U or Esc: let go of the selection. Backspace: delete it. Ctrl+Z: undo. "
        "Switch Vietnamese typing (Telex, VNI) off while you label, or it swallows keys and sends Backspace."
    ),
    "tables": "Labels",
    "tables_intro": (
        "Generated from `schema/ontology.json` by `vinese schema --update`; edit that file, not this one. "
        "An example shows the marked words in bold; a dash means that the articles have none, "
        "or that the label is about a whole article."
    ),
    "label": "Label",
    "name": "Name",
    "key": "Key",
    "definition": "What counts",
    "example": "Example",
    "fillers": "From, to",
    "filled_by": "Filled by",
    "events": "events",
    "stance": "stance expression",
    "vlsp2018": "VLSP 2016/18",
    "vlsp2021": "VLSP 2021",
    "ontonotes": "OntoNotes",
    "plover": "PLOVER",
    "quad": "Quad class",
    "ace": "ACE",
}

VI: dict[str, str] = {
    "entity_type": "Thực thể",
    "event_type": "Sự kiện",
    "stance_expression": "Quan điểm",
    "modality": "Tình thái của sự kiện",
    "polarity": "Chiều quan điểm",
    "attribution": "Cách dẫn",
    "holder_kind": "Quan điểm của ai",
    "topic": "Chủ đề",
    "role": "Vai trong sự kiện",
    "relation": "Quan hệ khác",
    "article": "Cả bài",
    "article_stance_judgement": "Đánh giá cả bài",
    "article_stance_value": "Quan điểm của cả bài",
    "note": "Ghi chú cho người phân xử",
    "note_hint": "Điều còn băn khoăn",
    "missing": "Còn thiếu: {name}. Hãy chọn trước khi nộp.",
    "keys": "Phím tắt và quan hệ",
    "keys_use": (
        "Chọn một đoạn đã đánh dấu, nhấn Alt+R rồi bấm vào đầu kia; sau đó đặt tên quan hệ trong thẻ Relations. "
        "U hoặc Esc: bỏ chọn. Backspace: xóa. Ctrl+Z: hoàn tác. "
        "Hãy tắt bộ gõ tiếng Việt (Telex, VNI) khi gán nhãn, vì bộ gõ nuốt phím và tự gửi Backspace."
    ),
    "tables": "Các nhãn",
    "tables_intro": (
        "Sinh ra từ `schema/ontology.json` bằng `vinese schema --update`; hãy sửa tệp đó, đừng sửa tệp này. "
        "Trong ví dụ, phần được đánh dấu in đậm; dấu gạch ngang nghĩa là các bài báo không có ví dụ, "
        "hoặc nhãn dành cho cả bài."
    ),
    "label": "Nhãn",
    "name": "Tên",
    "key": "Phím",
    "definition": "Khi nào dùng",
    "example": "Ví dụ",
    "fillers": "Từ, tới",
    "filled_by": "Có thể là",
    "events": "sự kiện",
    "stance": "cụm quan điểm",
    "vlsp2018": "VLSP 2016/18",
    "vlsp2021": "VLSP 2021",
    "ontonotes": "OntoNotes",
    "plover": "PLOVER",
    "quad": "Nhóm PLOVER",
    "ace": "ACE",
}


def words(lang: Language) -> dict[str, str]:
    """Return the wording in `lang`."""
    return VI if lang == "vi" else EN


def said(wording: Wording, lang: Language) -> str:
    """Return `wording` in `lang`."""
    return wording.vi if lang == "vi" else wording.en
