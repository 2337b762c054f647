"""Columns of the files of figures and of progress, in their order; those of the first go in and out.

The names are a contract with everyone who reads the files (design: exports); add only at the end.
"""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from indicators.models import Indicator, Observation, Target
from indicators.queries import ComponentStanding, Standing
from indicators.shown.wording import CAGR, FILE_REASONS, FINAL, LINEAR_STATUSES, has_short_road
from judging.decimals import decimal_of
from plan.columns import Column, Type, columns

DAY, NUMBER, YEAR = Type.DAY, Type.NUMBER, Type.YEAR


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure on its way into a file; `logins`: whoever reads it may see people by their login."""

    row: Observation
    slug: str
    logins: bool

    @property
    def entered_by(self) -> str:
        person = self.row.entered_by
        if person is None:
            return ""
        if self.logins:
            return person.get_username()
        return person.organisation.name if person.organisation else ""

    @property
    def in_force(self) -> bool:
        """As the query found (`with_in_force`); the figure a verdict rests on, read without it, is."""
        return getattr(self.row, "in_force", True)

    @property
    def approved_at(self) -> str:
        moment = self.row.approved_at
        return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


OBSERVATION = columns(
    Column("plan", "规划", "Plan", find=lambda line: line.slug),
    Column(
        "code", "指标编码", "Code", find=lambda line: line.row.component.indicator.code,
        also=("Indicator code", "指标代码"),
    ),
    Column(
        "component", "分项编码", "Component", find=lambda line: line.row.component.code,
        also=("Component code", "分项", "分项代码"),
    ),
    Column(
        "indicator", "指标名称", "Indicator", find=lambda line: line.row.component.full_name,
        also=("指标", "名称"),
    ),
    Column("unit", "单位", "Unit", find=lambda line: line.row.component.indicator.unit),
    Column("year", "年份", "Year", YEAR, lambda line: line.row.year, also=("年度", "数据年份")),
    Column("value", "数值", "Value", NUMBER, lambda line: line.row.value, also=("值", "数据", "实际值")),
    Column(
        "value_status", "数据性质", "Kind of figure", find=lambda line: line.row.value_status,
        also=("Kind of value", "性质"), words=dict(Observation.ValueStatus.choices),
    ),
    Column(
        "released_on", "公布日期", "Released on", DAY, lambda line: line.row.released_on.isoformat(),
        also=("发布日期", "公布时间", "发布时间"),
    ),
    Column(
        "source_title", "来源", "Source", find=lambda line: line.row.source.title,
        also=("数据来源", "来源名称"),
    ),
    Column(
        "source_url", "来源网址", "Source address", find=lambda line: line.row.source.url,
        also=("网址", "链接"),
    ),
    Column("entered_by", "填报人", "Entered by", find=lambda line: line.entered_by),
    Column("approved_at", "核定时间", "Approved at", Type.MOMENT, lambda line: line.approved_at),
    Column(
        "precision", "精确程度", "Precision", find=lambda line: line.row.precision,
        words=dict(Observation.Precision.choices),
    ),
    Column("exclusive", "不含本数", "Number excluded", Type.YES_NO, lambda line: line.row.exclusive),
    Column("in_force", "现行", "In force", Type.YES_NO, lambda line: line.in_force),
    Column("known_on", "录入核定日", "Approved here on", DAY, lambda line: line.approved_at[:10]),
)  # fmt: skip
# Understood on the way in as well; a file without them means: exact, approved, released on that very day.
IMPORT_ONLY = columns(
    Column("state", "状态", "State"),
    Column("release_precision", "公布日期精确到", "Release day exact to"),
    Column("source_publisher", "发布单位", "Publisher"),
    Column("published_text", "公布时的写法", "As published", also=("原文写法",)),
    Column("note", "说明", "Note", also=("备注", "注", "附注")),
    Column(
        "period", "时期", "Period", also=("期间", "期别", "报告期", "统计期", "时段", "统计时段", "所属期", "期数")
    ),
    Column("half", "半年", "Half", also=("半年度", "Half-year")),
    Column("quarter", "季度", "Quarter", also=("季", "季别", "Q")),
    Column("month", "月份", "Month", also=("月", "月度", "月别")),
    Column("frequency", "频率", "Frequency", also=("频度", "周期", "统计频率", "统计周期", "Freq")),
)
# Of these only rows that speak of a whole year are taken.
SPELLS = ("period", "half", "quarter", "month", "frequency")


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """Where a component stands on a day, on its way into a file."""

    standing: Standing
    part: ComponentStanding
    as_of: date

    def latest(self, name: str):
        """A value of the latest figure; None without one."""
        return getattr(self.part.latest, name) if self.part.latest else None

    @property
    def is_meaningless(self) -> bool:
        """Whether shares and ratios would mislead: pages do not list them, and neither does a file."""
        return has_short_road(self.part)

    @property
    def linear_reason(self) -> str | None:
        """Why method A's numbers are empty, or as they are; a code of FILE_REASONS."""
        found = self.part.assessment.linear
        return self._reason(found.reason, found.lead if found.progress is None else found.progress)

    @property
    def cagr_reason(self) -> str | None:
        found = self.part.assessment.cagr
        return self._reason(found.reason, found.ratio)

    def _reason(self, said: str | None, number: object) -> str | None:
        if self.part.assessment.basis == "bound":
            return "by_bound"
        if said is None and self.part.latest and self.is_meaningless:
            return "short_road"
        # Reached without a share of the way: there is no base to count from, or nothing was to be gained.
        is_reached = self.part.assessment.linear.status == "achieved"
        if said is None and number is None and self.part.latest and is_reached:
            return "no_baseline" if self.part.component.baseline_value is None else "met_at_baseline"
        return said


PROGRESS = columns(
    Column("code", "指标编码", "Code", find=lambda line: line.standing.indicator.code),
    Column("component", "分项编码", "Component", find=lambda line: line.part.component.code),
    Column("indicator", "指标名称", "Indicator", find=lambda line: line.part.component.full_name),
    Column("unit", "单位", "Unit", find=lambda line: line.standing.indicator.unit),
    Column("baseline_year", "基期年", "Baseline year", YEAR, lambda line: line.part.component.baseline_year),
    Column("baseline_value", "基期值", "Baseline", NUMBER, lambda line: line.part.component.baseline_value),
    Column(
        "target_operator", "目标类型", "Kind of target", find=lambda line: line.part.target.type,
        words=dict(Target.Type.choices),
    ),
    Column(
        "target_low", "目标下限", "Target, low", NUMBER,
        lambda line: line.part.target.value if line.part.target.low is None else line.part.target.low,
    ),
    Column("target_high", "目标上限", "Target, high", NUMBER, lambda line: line.part.target.high),
    Column("target_year", "目标年", "Target year", YEAR, lambda line: line.part.target.year),
    Column("target_text", "目标原文", "Target as printed", find=lambda line: line.part.target.text),
    Column("latest_year", "数据年份", "Latest year", YEAR, lambda line: line.latest("year")),
    Column("latest_value", "最新值", "Latest figure", NUMBER, lambda line: line.latest("value")),
    Column(
        "value_status", "数据性质", "Kind of figure", find=lambda line: line.latest("value_status"),
        words=dict(Observation.ValueStatus.choices),
    ),
    Column(
        "released_on", "公布日期", "Released on", DAY,
        lambda line: line.part.latest.released_on.isoformat() if line.part.latest else None,
    ),
    Column(
        "source_title", "来源", "Source",
        find=lambda line: line.part.latest.source.title if line.part.latest else None,
    ),
    Column(
        "linear_status", "时间进度法判定", "Linear verdict",
        find=lambda line: line.part.assessment.linear.status, words=LINEAR_STATUSES,
    ),
    Column(
        "linear_progress", "完成份额", "Share of the way done", NUMBER,
        lambda line: None if line.is_meaningless else decimal_of(line.part.assessment.linear.progress),
    ),
    Column(
        "linear_lead", "进度比", "Pace ratio", NUMBER,
        lambda line: None if line.is_meaningless else decimal_of(line.part.assessment.linear.lead),
    ),
    Column(
        "cagr_status", "复合增长率比值法判定", "Growth-ratio verdict",
        find=lambda line: line.part.assessment.cagr.status, words=CAGR,
    ),
    Column(
        "cagr_ratio", "增长率比值", "Growth ratio", NUMBER,
        lambda line: None if line.is_meaningless else line.part.assessment.cagr.ratio,
    ),
    Column(
        "final_verdict", "期末判定", "Final verdict", find=lambda line: line.part.assessment.final_verdict,
        words=FINAL,
    ),
    Column("as_of", "截至", "As of", DAY, lambda line: line.as_of.isoformat()),
    Column("rule_version", "规则版本", "Rule version", find=lambda line: line.part.rule.version),
    Column(
        "linear_reason", "时间进度法空缺原因", "Why linear numbers are empty",
        find=lambda line: line.linear_reason, words=FILE_REASONS,
    ),
    Column(
        "cagr_reason", "增长率空缺原因", "Why the growth ratio is empty", find=lambda line: line.cagr_reason,
        words=FILE_REASONS,
    ),
    Column(
        "latest_precision", "最新值精确程度", "Precision of the latest figure",
        find=lambda line: line.latest("precision"), words=dict(Observation.Precision.choices),
    ),
    # Which side of the target is better: without it a ceiling looks like a floor.
    Column(
        "direction", "方向", "Direction", find=lambda line: line.standing.indicator.direction,
        words=dict(Indicator.Direction.choices),
    ),
)  # fmt: skip
# One row a component; behind these columns stands one for each year.
WIDE = columns(
    PROGRESS["code"],
    PROGRESS["component"],
    PROGRESS["indicator"],
    PROGRESS["unit"],
    PROGRESS["target_text"],
)
