"""What planners type of a kind of commitment."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plan.kind_files import KEY
from plan.kinds import DoneBy, Kind
from studio.held import DraftContent
from studio.kinds import told_kinds
from texts.forms import LineField

WORDS = ("name", "name_en", "plural", "plural_en", "short", "short_en", "prefix")
FLAGS = ("reported", "due", "policy", "menu", "overview", "wall")
ALONE = "-"


class KindForm(forms.Form):
    """What a kind is called, what it may stand below, who reports on it, where it is shown."""

    key = LineField(
        label=gettext_lazy("代号"),
        max_length=20,
        help_text=gettext_lazy("小写英文字母、数字和下划线，例如 key_task；以后不再改动"),
    )
    name = LineField(label=gettext_lazy("名称"), max_length=40)
    name_en = LineField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    plural = LineField(label=gettext_lazy("统称"), max_length=40, required=False)
    plural_en = LineField(label=gettext_lazy("英文统称"), max_length=60, required=False)
    short = LineField(label=gettext_lazy("菜单用语"), max_length=12, required=False)
    short_en = LineField(label=gettext_lazy("英文菜单用语"), max_length=30, required=False)
    prefix = LineField(
        label=gettext_lazy("编码前缀"),
        max_length=6,
        required=False,
        help_text=gettext_lazy("例如 L：编码为 L-1、L-2"),
    )
    parents = forms.MultipleChoiceField(
        label=gettext_lazy("上级类别"), required=False, widget=forms.CheckboxSelectMultiple
    )
    entry = forms.BooleanField(label=gettext_lazy("列在其他条目的文字之内（如项目、要点）"), required=False)
    reported = forms.BooleanField(label=gettext_lazy("由责任单位填报"), required=False)
    due = forms.BooleanField(label=gettext_lazy("每期须填报"), required=False)
    done_by = forms.ChoiceField(
        label=gettext_lazy("公开信息怎样算完成"),
        choices=[("", gettext_lazy("照常规")), *DoneBy.choices],
        required=False,
        help_text=gettext_lazy("照常规：列在其他条目文字之内的，每期须填报的按实物，其余按制度；别的按工作"),
    )
    policy = forms.BooleanField(label=gettext_lazy("在评估报告的政策措施一章说明"), required=False)
    menu = forms.BooleanField(label=gettext_lazy("列入菜单"), required=False)
    overview = forms.BooleanField(label=gettext_lazy("列入总览"), required=False)
    wall = forms.BooleanField(label=gettext_lazy("列入大屏"), required=False)

    def __init__(self, *args, held: DraftContent, key: str = "", **options):
        self.held, self.own = held, key
        self.told = next((kind for kind in told_kinds(held) if kind["key"] == key), {})
        super().__init__(*args, initial=_initial(self.told), **options)
        others = [(kind["key"], kind["name"]) for kind in held.kinds if not kind.get("entry")]
        own = [] if key else [(SELF, _("这一类别自己"))]
        above = [(other, name) for other, name in others if other != Kind.INDICATOR]
        self.fields["parents"].choices = [(ALONE, _("也可以没有上级")), *above, *own]
        for name in self._out_of_place():
            del self.fields[name]

    def _out_of_place(self) -> tuple[str, ...]:
        """What is not asked of this kind."""
        if not self.own:
            return ()
        if self.own == Kind.INDICATOR:
            return ("key", "parents", "entry", "done_by", *FLAGS)
        return ("key", "entry", "parents") if self.told.get("entry") else ("key", "entry")

    def clean_key(self):
        key = self.cleaned_data["key"]
        if not KEY.fullmatch(key):
            raise forms.ValidationError(_("代号应为小写英文字母、数字和下划线，以字母开头"))
        if any(kind["key"] == key for kind in self.held.kinds):
            raise forms.ValidationError(_("已有代号为 %(key)s 的类别") % {"key": key})
        return key

    def clean_prefix(self):
        prefix = self.cleaned_data["prefix"]
        if prefix and not re.fullmatch(r"[A-Za-z]{1,6}", prefix):
            raise forms.ValidationError(_("前缀为一至六个英文字母"))
        if prefix != self.told.get("prefix", ""):
            codes = [row.code for row in self.held.items.values() if row.kind == self.own and row.code]
            if wrong := [code for code in codes if not code.startswith(prefix)]:
                raise forms.ValidationError(_("已有编码 %(code)s 不以它开头") % {"code": wrong[0]})
        return prefix

    def clean(self):
        data = super().clean()
        if data.get("due") and not data.get("reported"):
            self.add_error("due", _("每期须填报的类别，须由责任单位填报"))
        if data.get("entry") and data.get("parents"):
            self.add_error("parents", _("列在其他条目文字之内的类别不选上级"))
        return data

    @property
    def key_of_kind(self) -> str:
        return self.own or self.cleaned_data["key"]

    def table(self) -> dict[str, Any]:
        """The kind as kinds.toml has it; what the form does not ask stays."""
        data = {name: value for name, value in self.cleaned_data.items() if name in self.fields and name != "key"}
        if "parents" in data:
            names = {ALONE: "", SELF: self.key_of_kind}
            data["parents"] = [names.get(name, name) for name in data["parents"]]
            # Alone and below nothing is what goes without saying.
            data["parents"] = [] if data["parents"] == [""] else data["parents"]
        if not data.get("entry", True):
            data.pop("entry")
        return {name: value for name, value in self.told.items() if name != "key"} | data


# The new kind among its own parents, before it has a key.
SELF = "+"


def _initial(told: dict[str, Any]) -> dict[str, Any]:
    if not told:
        return {"reported": True, "due": True}
    names = {name: told.get(name, "") for name in (*WORDS, "done_by")}
    names |= {name: told.get(name, False) for name in FLAGS}
    return names | {"parents": [name or ALONE for name in told.get("parents", [])]}
