"""Invite an annotator: the link to sign up with, the page of a layer, and what to write to somebody new to both."""

from __future__ import annotations

import msgspec

from vinese.studio.connection import Studio
from vinese.studio.project import require

_EN = (
    "Make your account here, with an e-mail address and a password of your own, of 8 characters or more, and leave "
    "the other fields: {url}\n"
    "Then open this page, the only one you need: {page}\n"
    "Press “Label All Tasks” once and read the instructions that open; then go back and click an article in the "
    "list; Ctrl+Enter (Submit) saves and stays there, and what is not submitted does not count.\n"
    "Before you begin, read the pages that came with this message: guidelines 1 to 5 and the list of labels."
)
_VI = (
    "Bạn hãy tạo tài khoản riêng ở đây, bằng địa chỉ e-mail và mật khẩu của bạn, từ 8 ký tự trở lên; các ô khác để "
    "nguyên: {url}\n"
    "Sau đó mở trang này, trang duy nhất bạn cần: {page}\n"
    "Bấm “Label All Tasks” một lần và đọc phần hướng dẫn hiện ra; rồi quay lại, bấm vào một bài trong danh sách; "
    "Ctrl+Enter (Submit) lưu bài và ở lại bài đó, bài chưa Submit thì chưa được tính.\n"
    "Trước khi bắt đầu, hãy đọc các trang gửi kèm tin này: hướng dẫn 1 đến 5 và danh sách nhãn."
)


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The link to sign up with; with a layer its page, and four sentences in Vietnamese and in English."""

    url: str
    layer: str | None = None
    page: str | None = None
    vi: str | None = None
    en: str | None = None


def invitation(studio: Studio, layer: str | None = None) -> Invitation:
    """Return what to send to an annotator, of a layer or of none; raise `ProjectError` if there is no such layer."""
    page = studio.project_url(require(studio, layer).id) if layer is not None else None
    url = f"{studio.url}{studio.api.organizations.invites.get_invite_link().invite_url}"
    if page is None:
        return Invitation(url=url)
    letters = {name: letter.format(url=url, page=page) for name, letter in (("vi", _VI), ("en", _EN))}
    return Invitation(url=url, layer=layer, page=page, **letters)
