"""What is typed when work is handed over or a substitute named; who may take what is for the services to say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from plan.workflow import REASON_LENGTH
from texts.forms import DayInput, LineField


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person} · {person.organisation}" if person.organisation else str(person)


def takers(person: User):
    """Who may be given somebody's work: everybody with a business role but him."""
    rows = User.objects.filter(is_active=True, administers="").exclude(pk=person.pk)
    return rows.select_related("organisation").order_by("organisation__code", "username")


class HandForm(forms.Form):
    to = PersonField(User.objects.none(), label=_("交给"), widget=forms.Select(attrs={"lang": "zh-CN"}))
    reason = LineField(
        label=_("事由"), max_length=min(200, REASON_LENGTH), help_text=_("如：离职、病假、调往某局")
    )

    def __init__(self, *args, person: User, **options):
        super().__init__(*args, **options)
        self.fields["to"].queryset = takers(person)


class SubstituteForm(forms.Form):
    substitute = PersonField(User.objects.none(), label=_("代办人"), widget=forms.Select(attrs={"lang": "zh-CN"}))
    starts_on = forms.DateField(label=_("自"), widget=DayInput())
    ends_on = forms.DateField(label=_("至"), widget=DayInput(), help_text=_("当天含在内，最长一年"))
    reason = LineField(label=_("事由"), max_length=200, help_text=_("如：出差、病假"))

    def __init__(self, *args, person: User, **options):
        super().__init__(*args, **options)
        self.fields["substitute"].queryset = takers(person)
