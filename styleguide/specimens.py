"""Invented rows for the style guide: every state a component can be in, none of it stored, none of it real."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _

from charts.large import trend_svg
from indicators.models import Component, Indicator, Observation, Target
from indicators.queries import Overview, Standing, standing_of
from indicators.shown import tracks
from indicators.shown.bullets import axis_head, bullet, common_axis, gauged
from indicators.shown.derivation import derive
from indicators.shown.wording import cagr_badge, linear_word
from notices.models import Notice, NoticeKind
from plan.annotated_text import COVERAGE, Wanted
from plan.changes import Cause, Change, Method, ReadingChange
from plan.models import Item, Plan, Source
from plan.queries import strip
from texts.forms import LineField, ProseField
from updates.diff import FieldDifference, pieces
from updates.models import Milestone

Figures = dict[int, tuple[str, str]]


def sample_plan() -> Plan:
    return Plan(
        slug=settings.DEFAULT_PLAN,
        title="示例规划",
        title_en="Sample plan",
        short="示例",
        short_en="Sample",
        starts_on=date(2031, 1, 1),
        ends_on=date(2035, 12, 31),
    )


def sample_standings(plan: Plan) -> list[Standing]:
    """Normal, provisional, a range, behind, without figures, and of two parts."""
    final, first = "final", "preliminary"
    point, strict = {"type": "point", "value": Decimal(200)}, {"type": "strict", "value": Decimal(200)}
    ranged = {"type": "range_floor", "low": Decimal(150), "high": Decimal(200)}
    rising: Figures = {2031: ("118", final), 2032: ("141", final), 2033: ("163", final)}
    return [
        _standing(plan, "I-01", ("普通", "Normal"), [("100", point, rising)]),
        _standing(plan, "I-02", ("初步数", "Preliminary"), [("100", strict, rising | {2034: ("189", first)})]),
        _standing(plan, "I-03", ("区间", "Range"), [("100", ranged, rising)]),
        _standing(
            plan, "I-04", ("滞后", "Behind"), [("100", point, {2031: ("101", final), 2032: ("104", final)})]
        ),
        _standing(plan, "I-05", ("没有数据", "No data"), [(None, point, {})]),
        _standing(plan, "I-06", ("两项", "Two parts"), [("100", point, rising), (None, point, {})]),
    ]


def _standing(
    plan: Plan, code: str, names: tuple[str, str], parts: list[tuple[str | None, dict, Figures]]
) -> Standing:
    indicator = Indicator(
        plan=plan,
        code=code,
        kind=Item.Kind.INDICATOR,
        title=names[0],
        title_en=names[1],
        short=names[0],
        short_en=names[1],
        unit="件",
        unit_en="pieces",
        direction="up",
        nature="expected",
        in_table=True,
    )
    rows = [_part(indicator, number, *part) for number, part in enumerate(parts, 1)]
    return standing_of(indicator, rows)


def _part(indicator: Indicator, number: int, base: str | None, target: dict[str, Any], figures: Figures):
    component = Component(
        indicator=indicator,
        code=f"{indicator.code}.{number}",
        name=f"分项 {number}",
        name_en=f"Part {number}",
        baseline_year=2030 if base else None,
        baseline_value=Decimal(base) if base else None,
    )
    # Nobody answered for a missing figure of an invented one: nothing is asked of the database.
    component.is_answered = False
    aim = Target(component=component, version=1, year=2035, text="200", state=Target.State.APPROVED, **target)
    source = Source(title="示例来源")
    known = [
        Observation(
            component=component,
            year=year,
            value=Decimal(value),
            value_status=status,
            precision=Observation.Precision.EXACT,
            state=Observation.State.APPROVED,
            released_on=date(year + 1, 4, 1),
            source=source,
        )
        for year, (value, status) in figures.items()
    ]
    return component, [aim], known


def sample_strips() -> list[dict[str, Any]]:
    """Nothing reported, some, all, and an item that has no parts."""
    State = Item.Status
    wanted = [
        ("P-1", ("都未填报", "Nothing reported"), {State.NOT_REPORTED: 3}),
        ("P-2", ("部分已填报", "Partly reported"), {State.NOT_REPORTED: 1, State.ON_SCHEDULE: 1, State.BEHIND: 1}),
        ("P-3", ("全部完成", "All done"), {State.DONE: 3}),
        ("P-4", ("没有下级任务", "Without tasks"), {}),
    ]
    return [
        strip(
            Item(code=code, kind=Item.Kind.PLATFORM, title=names[0], title_en=names[1]),
            [Item(status=state) for state, number in counts.items() for _part in range(number)],
        )
        for code, names, counts in wanted
    ]


def sample_items() -> list[Item]:
    """One commitment in each state of tasks."""
    return [Item(code=f"A-0{at}", status=state) for at, state in enumerate(Item.Status.values, 1)]


def sample_moves() -> list[ReadingChange]:
    """A verdict that changed, one said for the first time, one of the second method."""
    return [
        ReadingChange(Method.LINEAR, linear_word("behind"), linear_word("on_schedule")),
        ReadingChange(Method.LINEAR, None, linear_word("slightly_behind")),
        ReadingChange(Method.CAGR, cagr_badge("insufficient"), cagr_badge("significant")),
    ]


def sample_changes() -> list[Change]:
    """One of each cause; the first moves a verdict, the second leaves it."""
    item = Item(code="I-01", kind=Item.Kind.INDICATOR, title="普通", title_en="Normal")
    day, moves = date(2034, 4, 28), sample_moves()
    still = ReadingChange(Method.LINEAR, linear_word("on_schedule"), linear_word("on_schedule"))
    told: list[tuple[Cause, str, str, tuple[ReadingChange, ...]]] = [
        (Cause.NEW_FIGURE, "", "163", (moves[0],)),
        (Cause.REVISED_FIGURE, "161", "163", (still,)),
        (
            Cause.REVISED_TARGET,
            "≥ 200",
            "≥ 220",
            (ReadingChange(Method.LINEAR, linear_word("ahead"), linear_word("behind")),),
        ),
        (Cause.CHANGED_RULE, "1.0", "1.1", ()),
        (Cause.STATUS_UPDATE, "", "60 %", ()),
        (Cause.NOTE, "", str(Item.Status.DONE.label), ()),
    ]
    return [
        Change(day, cause, f"{cause}", item, label=item.label, old=old, new=new, steps=steps)
        for cause, old, new, steps in told
    ]


def sample_overview(plan: Plan, standings: list[Standing]) -> Overview:
    """As the wall reads it, in the middle of the sample's period."""
    return Overview(plan, date(2034, 6, 30), standings, [])


def sample_trends(standings: list[Standing]) -> list[tuple[str, str]]:
    """The large picture: a strict target with a preliminary figure, a range, nothing published."""
    shown = [standings[1], standings[2], standings[4]]
    return [(standing.indicator.label, _trend(standing)) for standing in shown]


def _trend(standing: Standing) -> str:
    track = tracks.track(standing.first)
    return trend_svg(track, label=tracks.sentence(standing.first), words=tracks.words())


def sample_bullets(standings: list[Standing]) -> dict[str, Any]:
    """Every standing of one part on one scale."""
    rows = [(standing, gauged(standing.first)) for standing in standings if not standing.is_compound]
    axis = common_axis([row for _standing, row in rows])
    pictures = [
        (standing.indicator.label, bullet(row, axis, label=tracks.sentence(standing.first)))
        for standing, row in rows
    ]
    return {"axis": axis_head(axis), "rows": pictures}


def sample_derivations(standings: list[Standing]) -> list[Any]:
    """One that can be reckoned, one without figures."""
    chosen = [standings[3], standings[4]]
    return [derive(standing.first) for standing in chosen]


def sample_milestones(day: date) -> list[dict[str, Any]]:
    """In time, late, overdue, still to come."""
    return [{"milestone": row, "late": row.late_on(day)} for row in _milestones(day)]


def _milestones(day: date) -> list[Milestone]:
    days = timedelta(days=1)
    return [
        Milestone(title="示例：完成选址", planned_on=day - 400 * days, actual_on=day - 410 * days),
        Milestone(title="示例：开工", planned_on=day - 200 * days, actual_on=day - 160 * days),
        Milestone(title="示例：主体封顶", planned_on=day - 20 * days),
        Milestone(title="示例：竣工", planned_on=day + 300 * days),
    ]


def sample_differences() -> list[FieldDifference]:
    """Of a report: a word, a share, a text with what is new and what is gone."""
    old, new = "示例：完成选址，启动可行性研究。", "示例：完成选址和可行性研究，启动初步设计。"
    return [
        FieldDifference(_("状态"), str(Item.Status.BEHIND.label), str(Item.Status.ON_SCHEDULE.label)),
        FieldDifference(_("完成份额"), "35 %", "60 %"),
        FieldDifference(_("进展情况"), old, new, list(pieces(old, new))),
    ]


def sample_audit() -> Any:
    """A row of the audit log with what it says of a field that changed, is new, is gone."""
    rows = (
        (_("数值"), "5.46", "5.49", True),
        (_("说明"), "", "示例", False),
        (_("来源"), "示例", "", False),
    )
    names = ("name", "old", "new", "changed")
    return SimpleNamespace(differences=[dict(zip(names, row, strict=True)) for row in rows])


def sample_notices() -> list[Notice]:
    """One of each kind; none of them has an address."""
    now = timezone.now()
    return [Notice(pk=0, kind=kind, title=f"示例：{kind.label}", created_at=now) for kind in NoticeKind]


def sample_messages() -> list[Message]:
    levels = (
        (25, _("已保存")),
        (30, _("已保存；这一年的数比上年大一倍，请再看一眼。")),
        (40, _("没有保存：请看标红的各项。")),
    )
    return [Message(level, text) for level, text in levels]


# The list of the specimen of pages: rows, and how many of them a page shows.
LISTED = (range(30), 10)


def sample_page() -> Any:
    rows, size = LISTED
    return Paginator(rows, size).page(2)


def sample_coverage() -> dict[str, Any]:
    """Counts that add up: 7 of 10 commitments have something."""
    numbers = {"any": 7, "indicator": 3, "reported": 4, "noted": 2, "none": 3}
    rows = [(word, label, numbers[word]) for word, label in COVERAGE.items()]
    return {"rows": rows, "total": 10, "counts": numbers, "wanted": Wanted()}


def sample_cells() -> list[Any]:
    """Named more than once, named once, meant by a whole group, and a place where nothing ties the two."""
    cells = ((2, 0), (1, 0), (0, 3), (0, 0))
    return [SimpleNamespace(direct=a, indirect=b, mentions=a + b) for a, b in cells]


def sample_form(theme: str) -> forms.Form:
    """A field of every kind; one disabled, one wrong. Names carry the theme: the page shows the form twice."""
    fields: dict[str, forms.Field] = {
        "value": forms.DecimalField(label=_("数值"), help_text=_("不带单位和百分号")),
        "wrong": forms.DecimalField(
            label=_("数值"),
            widget=forms.TextInput,
            error_messages={"invalid": _("“%(text)s”不是数字：去掉百分号，只写 5.46。") % {"text": "5.46%"}},
        ),
        "fixed": LineField(label=_("单位"), disabled=True, required=False, initial="%"),
        "year": forms.ChoiceField(label=_("年份"), choices=[("2034", "2034"), ("2033", "2033")]),
        "day": forms.DateField(label=_("公布日期"), widget=forms.DateInput(attrs={"type": "date"})),
        "file": forms.FileField(label=_("文件"), required=False, help_text=_("PDF 或图片，不超过 20 MB")),
        "text": ProseField(label=_("进展情况"), required=False, widget=forms.Textarea(attrs={"rows": 3})),
        "status": forms.ChoiceField(label=_("状态"), choices=Item.Status.choices[2:5], widget=forms.RadioSelect),
        "shared": forms.BooleanField(label=_("共享给所有登录用户"), required=False),
    }
    given = {"value": "5.46", "wrong": "5.46%", "year": "2034", "day": "2035-04-28", "status": "behind"}
    kind = type("Specimen", (forms.Form,), {f"{theme}_{name}": field for name, field in fields.items()})
    form = kind({f"{theme}_{name}": text for name, text in given.items()} | {f"{theme}_shared": "on"})
    form.use_required_attribute = False
    form.full_clean()
    return form
