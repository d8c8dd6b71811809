"""Make the tables of labels for guidelines and card."""

from __future__ import annotations

import re

import msgspec

from vinese.model.ontology import Example, Label, Language, Ontology, Relation, Role, Wording

_ORDER = (
    "entity_type",
    "event_type",
    "modality",
    "role",
    "relation",
    "stance_expression",
    "polarity",
    "attribution",
    "holder_kind",
    "topic",
    "article_stance_judgement",
    "article_stance_value",
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Describe one label in one language, ready for a table; `fillers` is null unless it is a role or relation."""

    id: str
    name: str
    definition: str
    example: Example | None
    hotkey: str | None
    mappings: dict[str, str | None]
    fillers: str | None = None

    @property
    def quote(self) -> str:
        """Return the example in Markdown, the marked words in bold, or a dash."""
        if self.example is None:
            return "–"
        return self.example.context.replace(self.example.text, f"**{self.example.text}**", 1)


def rows(ontology: Ontology, lang: Language) -> dict[str, tuple[Row, ...]]:
    """Return the rows of every table by the name of its list, in the order to print them.

    The names are those of `Ontology.lists`; `relation` holds the relations that are no roles.
    """
    lists: dict[str, tuple[Label, ...]] = ontology.lists() | {"relation": ontology.relations}
    return {name: tuple(_row(label, lang) for label in lists[name]) for name in _ORDER}


def _row(label: Label, lang: Language) -> Row:
    return Row(
        id=label.id,
        name=wording_in(label.name, lang),
        definition=wording_in(label.definition, lang),
        example=label.example,
        hotkey=label.hotkey,
        mappings=label.mappings,
        fillers=_fillers(label, lang),
    )


def _fillers(label: Label, lang: Language) -> str | None:
    """Return which types may stand at the end of a role or relation, and for a relation where it starts."""
    if not isinstance(label, Role | Relation):
        return None
    say = words(lang)
    ends = ", ".join(label.fillers + ((say["events"],) if label.events else ()))
    if isinstance(label, Role):
        return ends
    starts = label.sources or (label.fillers if label.source == "entity" else (say["stance"],))
    return f"{', '.join(starts)} → {ends}"


def table(rows_: tuple[Row, ...], lang: Language) -> str:
    """Return one table as Markdown, its columns chosen by what its rows have."""
    say = words(lang)
    columns = [(say["label"], [f"`{row.id}`" for row in rows_]), (say["name"], [row.name for row in rows_])]
    if any(row.hotkey for row in rows_):
        columns.append((say["key"], [f"`{row.hotkey}`" if row.hotkey else "" for row in rows_]))
    columns.append((say["definition"], [row.definition for row in rows_]))
    if any(row.fillers for row in rows_):
        title = say["filled_by"] if "→" not in (rows_[0].fillers or "") else say["fillers"]
        columns.append((title, [row.fillers or "" for row in rows_]))
    if any(row.example for row in rows_):
        columns.append((say["example"], [row.quote for row in rows_]))
    columns += [
        (say.get(scheme, scheme), [row.mappings.get(scheme) or "–" for row in rows_])
        for scheme in dict.fromkeys(scheme for row in rows_ for scheme in row.mappings)
        if any(row.mappings.get(scheme) != row.id for row in rows_)  # not PLOVER where it only repeats the ids
    ]
    lines = [[title for title, _ in columns], ["---"] * len(columns)]
    lines += [list(cells) for cells in zip(*(cells for _, cells in columns), strict=True)]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    """Return text that neither ends a cell nor begins HTML, a link or a picture; code is shown as it is written."""
    signs = {"<": "&lt;", "](": "]\\("}
    line = " ".join(text.split())
    return re.sub(r"(`[^`]*`)|<|\]\(", lambda match: match[1] or signs[match[0]], line).replace("|", "\\|")


def render(ontology: Ontology, lang: Language) -> str:
    """Return all tables as one Markdown page, for annotators and readers of the card."""
    say = words(lang)
    parts = [f"# {say['tables']}", say["tables_intro"]]
    for name, rows_ in rows(ontology, lang).items():
        parts += [f"## {say[name]}", table(rows_, lang)]
    return "\n\n".join(parts) + "\n"


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
    "missing_here": (
        "Not sent yet. One {kind} lacks “{name}”. It is selected now: the tab Info shows its words and its number, "
        "and the text has moved to it. Choose {place} (its key stands beside each choice), then press Submit or "
        "Update again."
    ),
    "choices_above": "in the row under the labels",
    "choices_beside": "in the column beside the text",
    "missing_below": (
        "Not sent yet. “{name}” is not chosen. It is below the end of the text, under “{heading}”: scroll down, "
        "choose one, then press Submit or Update again."
    ),
    "keys": "Keys and relations",
    "keys_use": (
        "Select a marked stretch, Alt+R, click the other end; then name the relation in the Relations tab, with "
        "several names for several roles, by the mouse: letters typed there are keys of labels. "
        "A relation alone is not saved: press Ctrl+Enter, or mark or choose something after it. "
        "U or Esc: let go of the selection. Backspace: delete it. Ctrl+Z: undo. "
        "Switch Vietnamese typing (Telex, VNI) off while you label, or it swallows keys and sends Backspace."
    ),
    "stage": "This stage",
    "stage_rest": "Leave other labels to their own stage; what you see wrong of an earlier stage, mend.",
    "stage_all": "All in one stage",
    "tables": "Labels",
    "tables_intro": (
        "Generated from `schema/ontology.json` by `vinese update`; edit that file, not this one. "
        "An example shows the marked words in bold; no sentence is from the corpus. "
        "A dash: the label is about a whole article."
    ),
    "label": "Label",
    "name": "Name",
    "key": "Key",
    "definition": "What counts",
    "example": "Example",
    "fillers": "From, to",
    "filled_by": "Filled by",
    "event": "event",
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
    "missing_here": (
        "Chưa nộp được. Một {kind} còn thiếu “{name}”. Chỗ ấy đang được chọn: thẻ Info ghi từ ngữ và số của nó, "
        "bài đã cuộn tới đó. Hãy chọn {place} (phím ghi cạnh từng mục) rồi nhấn Submit hoặc Update lần nữa."
    ),
    "choices_above": "ở hàng dưới các nhãn",
    "choices_beside": "ở cột bên cạnh bài",
    "missing_below": (
        "Chưa nộp được. Chưa chọn “{name}”. Mục này ở dưới cuối bài, dưới tiêu đề “{heading}”: hãy kéo xuống, chọn "
        "một mục rồi nhấn Submit hoặc Update lần nữa."
    ),
    "keys": "Phím tắt và quan hệ",
    "keys_use": (
        "Chọn một đoạn đã đánh dấu, nhấn Alt+R rồi bấm vào đầu kia; sau đó đặt tên quan hệ trong thẻ Relations, "
        "nhiều vai thì nhiều tên, bằng chuột: chữ gõ ở đó là phím của nhãn. "
        "Riêng quan hệ không được tự lưu: nhấn Ctrl+Enter, hoặc đánh dấu hay chọn thêm gì đó. "
        "U hoặc Esc: bỏ chọn. Backspace: xóa. Ctrl+Z: hoàn tác. "
        "Hãy tắt bộ gõ tiếng Việt (Telex, VNI) khi gán nhãn, vì bộ gõ nuốt phím và tự gửi Backspace."
    ),
    "stage": "Lượt này",
    "stage_rest": "Điều nói ở đây về nhãn khác thì để lượt của nhãn ấy; thấy lượt trước sai thì sửa.",
    "stage_all": "Tất cả trong một lượt",
    "tables": "Các nhãn",
    "tables_intro": (
        "Sinh ra từ `schema/ontology.json` bằng `vinese update`; hãy sửa tệp đó, đừng sửa tệp này. "
        "Trong ví dụ, phần được đánh dấu in đậm; không câu nào lấy từ ngữ liệu. "
        "Dấu gạch ngang: nhãn dành cho cả bài."
    ),
    "label": "Nhãn",
    "name": "Tên",
    "key": "Phím",
    "definition": "Khi nào dùng",
    "example": "Ví dụ",
    "fillers": "Từ, tới",
    "filled_by": "Có thể là",
    "event": "sự kiện",
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


def wording_in(wording: Wording, lang: Language) -> str:
    """Return `wording` in `lang`."""
    return wording.vi if lang == "vi" else wording.en
