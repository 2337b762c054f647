from django import forms
from django.utils.translation import gettext_lazy as _

from plan.models import Plan
from texts.forms import AddressField, LineField, ProseField
from webhooks.messages import GAPS
from webhooks.models import CHOSEN


class HookForm(forms.Form):
    """An address to be told; whether it may be is for the service to say."""

    plan = forms.ModelChoiceField(Plan.objects.order_by("starts_on", "slug"), label=_("规划"), empty_label=None)
    name = LineField(label=_("名称"), max_length=100)
    address = AddressField(label=_("网址"), max_length=1000, assume_scheme="https")
    events = forms.MultipleChoiceField(
        label=_("推送内容"),
        choices=[(event.value, event.label) for event in CHOSEN],
        widget=forms.CheckboxSelectMultiple,
    )
    template = ProseField(
        label=_("消息模板"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("留空用本站格式；群机器人用 JSON 模板，占位符：%(gaps)s")
        % {"gaps": " ".join(f"{{{gap}}}" for gap in GAPS)},
    )
