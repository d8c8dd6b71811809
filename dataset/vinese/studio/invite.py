"""Invite an annotator: the link to sign up with, the page of a layer, and what to write to somebody new to both."""

from __future__ import annotations

import msgspec

from vinese.studio.connection import Studio
from vinese.studio.project import require

_EN = (
    "Make your account here, with an e-mail address and a password of your own: {url}\n"
    "Then open this page, the only one you need, and press “Label All Tasks”: {page}\n"
    "Read the instructions that open first, and press Submit when an article is done: what is not submitted does not "
    "count."
)
_VI = (
    "Bạn hãy tạo tài khoản riêng ở đây, bằng địa chỉ e-mail và mật khẩu của bạn: {url}\n"
    "Sau đó mở trang này, trang duy nhất bạn cần, rồi bấm “Label All Tasks”: {page}\n"
    "Hãy đọc phần hướng dẫn hiện ra đầu tiên, và bấm Submit khi làm xong một bài: bài chưa Submit thì chưa được tính."
)


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The link to sign up with; with a layer its page, and three sentences in Vietnamese and in English."""

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
