"""Progress reports as programs write them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from plan.models import Item
from plan.own import OwnSerializer
from plan.writing import Writing, WritingSerializer, text_of
from updates.checks import MILESTONES_MAX, TEXT_LENGTH, MilestoneWords
from updates.forms import REPORTED, MilestoneForm, UpdateForm
from updates.models import StatusUpdate
from updates.queries import may_report
from updates.services import EDITABLE, TableRow, begin_or_change, submit_together

STATUSES = [str(value) for value, _label in REPORTED]
OF_MILESTONE = ("title", "planned_on", "actual_on")


class MilestoneWritingSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    planned_on = serializers.DateField()
    actual_on = serializers.DateField(required=False, allow_null=True)


class UpdateWritingSerializer(WritingSerializer):
    """A progress report; the names are those of the file of updates, milestones in full."""

    item = serializers.CharField(required=False, help_text="Code of the commitment; of a new one required.")
    status_on = serializers.DateField(required=False)
    status = serializers.ChoiceField(STATUSES, required=False)
    progress = serializers.DecimalField(
        required=False, allow_null=True, max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    done = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    problems = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    next_steps = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    milestones = serializers.ListField(
        child=MilestoneWritingSerializer(), required=False, max_length=MILESTONES_MAX,
        help_text="All of them; left out, those that stand remain.",
    )  # fmt: skip


class OwnUpdateSerializer(OwnSerializer, UpdateWritingSerializer):
    """A progress report somebody wrote, as it stands."""


class UpdateWriting(Writing):
    names = {key: key for key in ("item", *EDITABLE)}
    lists = ("milestones",)
    states = StatusUpdate.State.values

    def found(self, said: Mapping[str, Any]) -> StatusUpdate | None:
        if "id" not in said:
            self._demand_own(self.item(said))
            return None
        rows = StatusUpdate.objects.select_related("item__plan").filter(item__plan=self.plan, pk=said["id"])
        if (row := rows.first()) is None:
            raise ValidationError({"id": _("没有编号为 %(number)s 的填报") % {"number": said["id"]}})
        self._demand_own(row.item)
        if said.get("item", row.item.code) != row.item.code:
            raise ValidationError({"item": _("已填的报告不能改到别的条目；请另填一份")})
        return row

    def _demand_own(self, item: Item) -> None:
        if not may_report(item, self.by):
            raise PermissionDenied(_("这一条目不由本单位填报"))

    def stands(self, row: StatusUpdate) -> dict[str, Any]:
        values = {name: getattr(row, name) for name in EDITABLE}
        share = "" if row.progress is None else f"{row.progress:f}"
        return values | {"status_on": row.status_on.isoformat(), "progress": share}

    def form(self, row: StatusUpdate | None, data: dict[str, Any]) -> UpdateForm:
        return UpdateForm(data)

    def keep(self, row: StatusUpdate | None, form: Any, said: Mapping[str, Any]) -> StatusUpdate:
        fields = {name: form.cleaned_data[name] for name in EDITABLE}
        if "milestones" in said:
            fields["milestones"] = _milestones(said["milestones"])
        item = row.item if row else self.item(said)
        return begin_or_change(TableRow(item, row, said.get("edition", 0), fields), by=self.by)

    def submit(self, rows: Sequence[StatusUpdate]) -> None:
        submit_together(self.plan, rows, by=self.by)

    def address(self, row: StatusUpdate) -> str:
        return reverse("updates:detail", args=[self.plan.slug, row.pk])

    def own(self) -> QuerySet[StatusUpdate]:
        rows = StatusUpdate.objects.filter(item__plan=self.plan, entered_by=self.by)
        return rows.select_related("item").prefetch_related("milestones")

    def said(self, row: StatusUpdate) -> dict[str, Any]:
        milestones = [{name: getattr(one, name) for name in OF_MILESTONE} for one in row.milestones.all()]
        return {"item": row.item.code, "milestones": milestones} | self.stands(row)


def _milestones(said: Any) -> list[MilestoneWords]:
    """Raises ValidationError naming the first that cannot be used."""
    if not isinstance(said, list):
        raise ValidationError({"milestones": _("应为列表，每项有 title, planned_on, actual_on")})
    return [_milestone(place, one) for place, one in enumerate(said)]


def _milestone(place: int, said: Any) -> MilestoneWords:
    if not isinstance(said, dict) or set(said) - set(OF_MILESTONE):
        raise ValidationError({f"milestones[{place}]": _("应为对象，只有 title, planned_on, actual_on")})
    form = MilestoneForm({name: text_of(said.get(name)) for name in OF_MILESTONE})
    if not form.is_valid() or not form.cleaned_data["title"]:
        faults = [told for found in form.errors.values() for told in found] or [_("里程碑须有名称和计划日期")]
        raise ValidationError({f"milestones[{place}]": faults})
    return MilestoneWords(**{name: form.cleaned_data[name] for name in OF_MILESTONE})
