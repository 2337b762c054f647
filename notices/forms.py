"""How somebody wants to hear of each kind of notice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.models import ALWAYS_TOLD, NoticeKind, Preference

Mail = Preference.Mail
HELP = {
    NoticeKind.DUE: _("本单位的数据或进展快到填报期限"),
    NoticeKind.OVERDUE: _("本单位的数据或进展已过填报期限"),
    NoticeKind.SUBMITTED: _("有数据、目标或进展等待您核定"),
    NoticeKind.RETURNED: _("您提交的内容被退回，附理由"),
    NoticeKind.APPROVED: _("您提交的内容已核定"),
    NoticeKind.TALK: _("有人在讨论中提到您，或在您参与、关注的讨论中发言"),
    NoticeKind.FOLLOWED: _("您关注的条目或单位有了变化"),
    NoticeKind.JOB: _("您发起的导入、导出等任务已结束"),
}


CHOSEN = [kind for kind in NoticeKind if kind not in ALWAYS_TOLD]


class PreferenceForm(forms.Form):
    """A tick for the inbox and a choice of mail per kind; starts from what is stored or the default."""

    def __init__(self, *args, stored: dict[str, Preference], **kwargs):
        super().__init__(*args, **kwargs)
        for kind in CHOSEN:
            row = stored.get(kind) or Preference(kind=kind)
            label = kind.label
            self.fields[f"inbox_{kind}"] = forms.BooleanField(
                label=_("%(kind)s：站内提醒") % {"kind": label}, required=False, initial=row.inbox
            )
            self.fields[f"mail_{kind}"] = forms.ChoiceField(
                label=_("%(kind)s：邮件") % {"kind": label},
                choices=Mail.choices,
                initial=row.mail,
                error_messages={
                    "required": _("请选择邮件方式"),
                    "invalid_choice": _("没有“%(value)s”这种邮件方式，请从列表中选择"),
                },
            )

    def rows(self):
        """(kind's label, what it means, tick, choice) for the table of the page."""
        return [(kind.label, HELP[kind], self[f"inbox_{kind}"], self[f"mail_{kind}"]) for kind in CHOSEN]

    def wishes(self) -> dict[str, tuple[bool, str]]:
        data = self.cleaned_data
        return {str(kind): (data[f"inbox_{kind}"], data[f"mail_{kind}"]) for kind in CHOSEN}
