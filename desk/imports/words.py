"""What the pages and templates of an import say: columns, outcomes, the size of a change."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.imports.mending import cells_of, mendable
from desk.models import ImportRow
from indicators.files.faults import WARNINGS, Fault
from indicators.files.headings import COLUMNS, REQUIRED
from indicators.models import Observation
from judging.decimals import plain
from plan.badges import IMPORT_ROW
from plan.columns import Column, columns
from plan.models import in_language

Outcome = ImportRow.Outcome
OUTCOME_HELP = {
    Outcome.NEW: gettext_lazy("这一年还没有已核定的数"),
    Outcome.CHANGED: gettext_lazy("这一年已有数或上下限，这是另一次发布"),
    Outcome.SAME: gettext_lazy("库内已有，不再写入"),
    Outcome.ASK: gettext_lazy("单元格可作几种理解，或名称没有见过"),
    Outcome.PASSED: gettext_lazy("标题、注释、没有数的格，或与本规划无关"),
    Outcome.CONFLICT: gettext_lazy("与库内同一次发布或文件中另一行不一致"),
    Outcome.INVALID: gettext_lazy("有单元格不能读取"),
}
COLUMN_HELP = {
    "component": gettext_lazy("指标分项的编码，例如 I-01、I-04.1"),
    "year": gettext_lazy("数据所属年份，四位数字"),
    "value": gettext_lazy("以指标的单位计的数；没有数就不要这一行，不要填 0"),
    "value_status": gettext_lazy("初步、最终核实、修订或推算"),
    "released_on": gettext_lazy("数据公布的日子，例如 2024-01-29；不能晚于今天"),
    "source_title": gettext_lazy("公布这个数的文件或页面的标题"),
    "source_url": gettext_lazy("来源的网址，可以不填"),
    "source_publisher": gettext_lazy("发布单位，可以不填"),
    "unit": gettext_lazy("数的单位；与指标的单位只差万、亿的按它换算，别的单位不收"),
    "code": gettext_lazy("填了就要与分项相符"),
    "plan": gettext_lazy("填了就要与本规划相符"),
    "precision": gettext_lazy("精确、约数、由公布数推算、下限表述、上限表述或大约；不填为精确"),
    "exclusive": gettext_lazy("下限、上限不含本数的（超、突破、不足）填“是”；不填则看公布时的写法"),
    "release_precision": gettext_lazy("日、月或年；不填为日"),
    "published_text": gettext_lazy("公布时的原话，例如“2.47万家”"),
    "note": gettext_lazy("口径变化等说明"),
    "period": gettext_lazy("只收写明全年的行（全年、年度、1—12月）；其余的列为略过或待确认"),
    "half": gettext_lazy("同“时期”：只收写明全年的行"),
    "quarter": gettext_lazy("同“时期”：只收写明全年的行"),
    "month": gettext_lazy("同“时期”：只收写明全年的行"),
    "frequency": gettext_lazy("同“时期”：只收按年的行"),
    "state": gettext_lazy("不起作用：导入的数一律提交待核定"),
    "indicator": gettext_lazy("没有填分项编码时按名称认指标；填了编码就只供阅读"),
    "entered_by": gettext_lazy("只供阅读，不导入"),
    "approved_at": gettext_lazy("只供阅读，不导入"),
    "in_force": gettext_lazy("只供阅读，不导入"),
    "known_on": gettext_lazy("只供阅读，不导入"),
}
# What can be said once for a whole file; its year only where each row is one figure.
YEAR = "year"
WHOLE_FILE = ("value_status", "released_on", "source_title", "source_url", "source_publisher")
# In the order in which a page or a template speaks of them.
TEMPLATE_COLUMNS = (
    "component",
    "indicator",
    "unit",
    "year",
    "value",
    "value_status",
    "released_on",
    "source_title",
    "source_url",
    "source_publisher",
    "published_text",
    "precision",
    "exclusive",
    "note",
)


def whole_file(*, is_wide: bool) -> tuple[str, ...]:
    """Machine names of what can be said once for a whole file of that layout."""
    return WHOLE_FILE if is_wide else (YEAR, *WHOLE_FILE)


# What is wrong with a file, as a file.
FAULTS = columns(
    Column("line", "行", "Row"),
    Column("outcome", "结果", "Outcome"),
    Column("column", "列", "Column"),
    Column("value", "值", "Value"),
    Column("reason", "原因", "Reason"),
)


def column_label(name: str) -> str:
    """A column's heading in the reader's language; what is no column stays as it is."""
    column = COLUMNS.get(name)
    return in_language(column.zh, column.en) if column else name


def column_table() -> list[dict]:
    return [
        {"name": name, "label": column_label(name), "help": COLUMN_HELP[name], "required": name in REQUIRED}
        for name in TEMPLATE_COLUMNS
    ]


def outcome_table(counts: dict[str, int]) -> list[dict]:
    return [
        {
            "value": outcome.value,
            "label": outcome.label,
            "sign": IMPORT_ROW[outcome].sign,
            "help": OUTCOME_HELP[outcome],
            "number": counts.get(outcome, 0),
        }
        for outcome in Outcome
    ]


def change_words(row: ImportRow) -> str:
    """How far a row moves the value in force: per cent, or points where the unit is per cent; or ""."""
    if row.outcome != Outcome.CHANGED or row.old is None or row.old.is_bound:
        return ""
    unit, difference = row.component.indicator.unit, row.value - row.old.value
    if not difference:
        return _("不变")
    if unit == "%":
        return _("%(points)s 个百分点") % {"points": f"{'+' if difference > 0 else ''}{plain(difference)}"}
    if not row.old.value:
        return f"{'+' if difference > 0 else ''}{plain(difference)}"
    return f"{difference / abs(row.old.value) * 100:+.1f} %"


HOW = {
    "read": gettext_lazy("按单元格所存"),
    "shown": gettext_lazy("按显示的"),
    "bare": gettext_lazy("不含上标和划掉的字"),
    "note": gettext_lazy("不含脚注号"),
    "mark": gettext_lazy("不含后面的记号"),
    "bound": gettext_lazy("作为上下限"),
    "about": gettext_lazy("作为大约的数"),
    "percent": gettext_lazy("换算为百分数"),
}


def readings_of(row: ImportRow) -> list[dict]:
    """The ways an asked cell can be meant, as one chooses among them; of two rows of one release, this one."""
    if row.is_double:
        more = row.get_value_status_display()
        return [{"place": "take", "value": plain(row.value), "how": _("用这一行"), "more": more}]
    if row.outcome != Outcome.ASK or row.name:
        return []
    labels = dict(Observation.Precision.choices) | dict(Observation.ValueStatus.choices)
    return [
        {
            "place": place,
            "value": answer["value"],
            "how": HOW.get(answer["how"], answer["how"]),
            "more": labels.get(answer["precision"] or answer["status"], ""),
        }
        for place, answer in enumerate(row.answers)
    ]


def mends_of(row: ImportRow) -> list[dict]:
    """The cells of a faulty or conflicting row that can be put right where it is shown, as they stand."""
    held, kinds = cells_of(row), {"value_status": Observation.ValueStatus.choices}
    return [
        {
            "name": f"m-{row.line}-{name}",
            "label": column_label(name),
            "text": held.get(name, ""),
            "choices": kinds.get(name, ()),
        }
        for name in mendable(row)
    ]


def status_word(row: ImportRow) -> str:
    """What kind of figure the row says it is, as a reader calls it."""
    said = row.value_status or row.cells.get("value_status", "")
    return str(dict(Observation.ValueStatus.choices).get(said, said))


def named_reasons(row: ImportRow) -> list[tuple[str, str, str]]:
    """Column, cell and words of what is wrong with a row or asked of it."""
    found: list[Fault] = [fault for fault in row.reasons if fault.code not in WARNINGS]
    return [(column_label(fault.column), fault.value, fault.reason) for fault in found]


def remarks(row: ImportRow) -> list[str]:
    """What a reader should know of a row that can be stored."""
    found = [fault.reason for fault in row.reasons if fault.code in WARNINGS] if row.is_outlier else []
    if row.is_outlier and not found:  # compared by a version that kept no reasons
        found.append(_("与相邻各年的数相差较大，请核对单位和小数点"))
    exact = row.old is not None and not row.old.is_bound
    if row.outcome == Outcome.CHANGED and exact and row.released_on < row.old.released_on:
        found.append(_("公布日期早于现值，核定后不取代现值"))
    return found
