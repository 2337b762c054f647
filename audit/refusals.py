"""Why a write is refused although everything typed is right: somebody was quicker, or the time for it is past."""

from typing import Any

from django.utils.translation import gettext as _


class Overtaken(Exception):
    """Somebody else changed the row since it was read; `row` is what stands there now."""

    def __init__(self, row: Any, words: str = ""):
        super().__init__(words or _("这条记录已被他人修改，请先查看最新内容"))
        self.row = row


class WrongState(Exception):
    """The row is not in a state this act starts from; the message says which it would have to be."""
