"""What is said, and of what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.phrases import tell
from talk.models import COMMENT_LENGTH
from talk.subjects import About
from texts.forms import ProseField

PEOPLE_HELP = _("写 @ 和姓名或账号名可提到同事，对方会收到提醒。")


class CommentForm(forms.Form):
    """A comment; `said_of` keeps the labels of several forms of a page apart."""

    text = ProseField(
        label=_("发言"),
        max_length=COMMENT_LENGTH,
        help_text=PEOPLE_HELP,
        widget=forms.Textarea(attrs={"rows": 3, "data-people": "1"}),
    )

    def __init__(self, *args: Any, said_of: str = "talk", **options: Any):
        super().__init__(*args, auto_id=f"{said_of}-%s", **options)


class ThreadForm(CommentForm):
    """A first comment: what of several things it is about, and whether it asks for an answer."""

    is_question = forms.BooleanField(label=_("这是提问，需要答复"), required=False)

    def __init__(self, *args: Any, choices: list[About] | None = None, **options: Any):
        super().__init__(*args, **options)
        if choices and len(choices) > 1:
            words = [(f"{one.key}:{one.row.pk}", tell(one.label)) for one in choices]
            self.fields["about"] = forms.ChoiceField(label=_("针对"), choices=words, required=False)
            self.order_fields(["about", "text", "is_question"])
