"""Corrections of published plans as changes: what was changed, from what to what, and why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plan.changes import Cause, Change
from plan.models import Item, Plan
from studio.models import Publication

FIELDS = {
    "title": gettext_lazy("标题"),
    "title_en": gettext_lazy("英文标题"),
    "quote": gettext_lazy("原文"),
    "kind": gettext_lazy("类别"),
    "parent": gettext_lazy("上级"),
    "section": gettext_lazy("章节"),
    "note": gettext_lazy("读法说明"),
    "also": gettext_lazy("又称"),
    "horizon": gettext_lazy("成长期（年）"),
    "weight": gettext_lazy("权重"),
    "unit": gettext_lazy("单位"),
    "unit_en": gettext_lazy("英文单位"),
    "direction": gettext_lazy("方向"),
    "nature": gettext_lazy("属性"),
    "definition": gettext_lazy("定义"),
    "definition_en": gettext_lazy("英文定义"),
    "name": gettext_lazy("分项名称"),
    "name_en": gettext_lazy("分项英文名称"),
    "accumulation": gettext_lazy("累计方式"),
    "target_text": gettext_lazy("目标值（照印）"),
    "baseline_year": gettext_lazy("基期年"),
    "baseline_value": gettext_lazy("基期值"),
    "baseline_quote": gettext_lazy("基期原文"),
    "frequency": gettext_lazy("公布频率"),
    "usual_publisher": gettext_lazy("通常由谁公布"),
    "continues": gettext_lazy("接续的指标"),
}
LONGEST = 60


def of_corrections(plan: Plan, since: date, until: date, item: Item | None, clock: str = "") -> list[Change]:
    """What was corrected after `since`, up to and on `until`; of an item, with all below it.

    Two queries where the plan was ever corrected, none where it was not.
    """
    if plan.corrected_on is None or plan.corrected_on <= since:
        return []
    rows = Publication.objects.filter(plan=plan, is_correction=True, day__gt=since, day__lte=until)
    told = [(row, *change) for row in rows for change in _told(row.changes)]
    items = {one.code: one for one in _items(plan, item, {code for _row, code, *_rest in told})}
    return [
        Change(
            day=row.day,
            cause=Cause.CORRECTED_PLAN,
            key=f"{row.day}:{code}:correction:{row.pk}",
            item=items.get(code),
            label=items[code].label if code in items else title,
            new=words,
            new_value=what,
            text=row.reason,
        )
        for row, code, what, title, words in told
        if code in items or item is None
    ]


def _items(plan: Plan, item: Item | None, codes: set[str]) -> list[Item]:
    rows = plan.every_item.filter(code__in=codes)
    if item is not None:
        steps = ("pk", "parent", "parent__parent", "parent__parent__parent")
        rows = rows.filter(Q(*((step, item.pk) for step in steps), _connector=Q.OR))
    return list(rows)


def _told(changes: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Of one publication: code, what was done, the title it then had, and all of it in words."""
    for code, title in changes["added"].items():
        yield code, "added", title, _("新增条目“%(title)s”") % {"title": _short(title)}
    for code, title in changes["gone"].items():
        yield code, "gone", title, _("不再列出条目“%(title)s”") % {"title": _short(title)}
    for code, fields in changes["changed"].items():
        words = _("；").join(_one(name, *pair) for name, pair in fields.items())
        yield code, "changed", fields.get("title", ["", ""])[1], words


def _one(name: str, old: str, new: str) -> str:
    field, _at, part = name.partition("@")
    what = f"{FIELDS.get(field, field)}{f' {part}' if part else ''}"
    words = {"what": what, "old": _short(old) or "—", "new": _short(new) or "—"}
    return _("%(what)s %(old)s → %(new)s") % words


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
