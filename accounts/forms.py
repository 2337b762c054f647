"""What is typed on the pages of people and signing in: labels, help and refusals in the reader's words."""

import unicodedata
from collections.abc import Callable

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext_lazy as _

from accounts.credentials import is_over
from accounts.models import Organisation, Role, User
from accounts.passwords import same_as_before
from accounts.signin import old_password_is_right
from texts.forms import CleanText, LineField
from texts.numbers import whole_number

CURRENT, NEW = {"autocomplete": "current-password"}, {"autocomplete": "new-password"}


class NameField(CleanText, UsernameField):
    """The name somebody signs in with."""


class SignInForm(AuthenticationForm):
    username = NameField(widget=forms.TextInput(attrs={"autofocus": True}))
    error_messages = {
        "invalid_login": _("用户名或密码不正确。请核对大小写；忘记密码请联系系统管理员重置。"),
        "inactive": _("这个账号已停用，请联系系统管理员。"),
        "expired": _("这个一次性密码已过期，请联系系统管理员重置。"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        self.label_suffix = ""

    def confirm_login_allowed(self, user):
        """Besides an account that is closed: a one-time password nobody used in time opens nothing."""
        super().confirm_login_allowed(user)
        if is_over(user):
            raise forms.ValidationError(self.error_messages["expired"], code="expired")

    def clean_username(self):
        """A name longer than any account's is wrong before anything is looked up or stored under it."""
        if len(self.cleaned_data["username"]) > User._meta.get_field("username").max_length:
            raise self.get_invalid_login_error()
        return self.cleaned_data["username"]


class PasswordForm(forms.Form):
    old = forms.CharField(label=_("现在的密码"), strip=False, widget=forms.PasswordInput(attrs=CURRENT))
    new = forms.CharField(label=_("新密码"), strip=False, max_length=128, widget=forms.PasswordInput(attrs=NEW))
    again = forms.CharField(label=_("再输一次新密码"), strip=False, widget=forms.PasswordInput(attrs=NEW))

    def __init__(self, *args, person: User, request, **kwargs):
        super().__init__(*args, **kwargs, label_suffix="")
        self.person, self.request = person, request
        self.rules = password_validators_help_texts()

    def clean_old(self):
        if not old_password_is_right(self.request, self.cleaned_data["old"]):
            raise forms.ValidationError(_("现在的密码不正确，请重新输入。"))
        return self.cleaned_data["old"]

    def clean(self):
        old, new, again = (self.cleaned_data.get(name) for name in ("old", "new", "again"))
        if new and again and new != again:
            self.add_error("again", _("两次输入的新密码不同，请重新输入。"))
        if new and new == old:
            self.add_error("new", same_as_before())
        elif new:
            try:
                validate_password(new, self.person)
            except forms.ValidationError as error:
                self.add_error("new", error)
        return self.cleaned_data


class CodeForm(forms.Form):
    code = LineField(
        label=_("六位验证码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input", "size": 8}
        ),
    )

    def clean_code(self):
        """Digits as people copy them: with spaces, or in full width."""
        code = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        if len(code) != 6 or whole_number(code) is None:
            raise forms.ValidationError(_("验证码应为六位数字，请照认证应用显示的输入。"))
        return code


class PersonForm(forms.ModelForm):
    """Who a person is; roles are another administrator's business."""

    seen = LineField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ["name", "email", "organisation"]
        labels = {"name": _("姓名"), "email": _("电子邮箱"), "organisation": _("责任单位")}
        help_texts = {"email": _("接收提醒用，可不填。"), "organisation": _("填报人只能填报本单位负责的内容。")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, label_suffix="")
        self.fields["organisation"].empty_label = _("（无）")
        self.fields["name"].required = True


class NewPersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["username", "name", "email", "organisation"]
        labels = PersonForm.Meta.labels | {"username": _("用户名")}
        help_texts = PersonForm.Meta.help_texts | {
            "username": _("登录用，开户后不能更改；可用字母、数字和 @ . + - _，一人一个。")
        }
        error_messages = {"username": {"unique": _("已有这个用户名的账号，请换一个。")}}


class OrganisationForm(forms.ModelForm):
    seen = LineField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Organisation
        fields = ["name", "name_en"]
        labels = {"name": _("名称"), "name_en": _("英文名称")}
        help_texts = {"name_en": _("英文界面显示用，可不填。")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, label_suffix="")


class NewOrganisationForm(OrganisationForm):
    class Meta(OrganisationForm.Meta):
        fields = ["code", "name", "name_en"]
        labels = OrganisationForm.Meta.labels | {"code": _("代码")}
        help_texts = OrganisationForm.Meta.help_texts | {
            "code": _("导入导出文件用它指称本单位，建立后不能更改；小写字母、数字和连字符，例如 kjcxj。")
        }
        error_messages = {
            "code": {
                "unique": _("已有这个代码的单位，请换一个。"),
                "invalid": _("代码只能用字母、数字、连字符和下划线，例如 kjcxj。"),
            }
        }


# The plans there are, as (address, name): the room that has them adds its reader here (plan.apps).
plan_lists: list[Callable[[], list[tuple[str, str]]]] = []


class RolesForm(forms.Form):
    """Four roles of the work beside each other, or one administration."""

    seen = LineField(required=False, widget=forms.HiddenInput)
    business = forms.MultipleChoiceField(
        label=_("业务角色"), required=False, choices=[], widget=forms.CheckboxSelectMultiple
    )
    administers = forms.ChoiceField(label=_("管理员"), required=False, choices=[], widget=forms.RadioSelect)
    plans = forms.MultipleChoiceField(
        label=_("限于规划"), required=False, choices=[], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, label_suffix="")
        self.fields["plans"].choices = [pair for read in plan_lists for pair in read()]
        business = [role for role in Role if role not in (Role.VIEWER, *User.Administers.values)]
        self.fields["business"].choices = [(role.value, role.label) for role in business]
        self.fields["administers"].choices = [("", _("不是管理员")), *User.Administers.choices]

    def limits(self) -> list[str]:
        """The plans the roles are limited to; all of them chosen is no limit."""
        chosen = self.cleaned_data["plans"]
        return [] if len(chosen) == len(self.fields["plans"].choices) else chosen

    def roles(self) -> set[str]:
        chosen = {*self.cleaned_data["business"], self.cleaned_data["administers"]}
        return chosen - {""}
