"""What is wrong with a file, a heading or a cell: a code, said in the reader's language with the remedy."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tables.badcell import BadCell

# Of the file as a whole; rooms that read more from a table add what they find wrong (`add_reasons`).
REASONS: dict[str, Any] = {
    "too_large": _("文件有 %(size)s MB，上限 %(limit)s MB；请分成几份"),
    "not_text": _("不是文本文件，也不是电子表格；请另存为 .xlsx 或 CSV UTF-8"),
    "encoding": _("不是 UTF-8、GB18030 或 UTF-16 文本；请另存为 CSV UTF-8"),
    "which_encoding": _(
        "两种编码都读得通：UTF-8 读作“%(utf8)s”，GB18030 读作“%(gb18030)s”；请选定编码，或另存为 CSV UTF-8"
    ),
    "wrong_byte": _("有 %(encoding)s 中没有的字节；请另存为 CSV UTF-8"),
    "quotes": _("CSV 引号不成对；请检查带引号的单元格"),
    "long_cell": _("一个单元格超过 %(limit)s 字；请检查引号是否成对"),
    "empty_file": _("文件是空的；第一行应为列名"),
    "document": _("是 %(kind)s 文件，不是表格；请把其中的表复制到 Excel 或 WPS 表格，另存为 .xlsx"),
    "encrypted": _("工作簿设有打开密码；请去掉密码后另存为 .xlsx"),
    "other_ole": _("像是旧版 .xls，但其中没有工作簿；请在 Excel 或 WPS 中另存为 .xlsx"),
    "old_xml": _("是“XML 电子表格 2003”；请在 Excel 或 WPS 中另存为 .xlsx"),
    "mhtml": _("是单个文件网页（MHTML）；请在 Excel 或 WPS 中另存为 .xlsx"),
    "no_web_table": _("网页中没有表格；请在 Excel 或 WPS 中打开后另存为 .xlsx"),
    "macros": _("工作簿含有宏；请另存为不含宏的 .xlsx"),
    "not_workbook": _("不是 Excel 工作簿；请另存为 .xlsx"),
    "bomb": _("工作簿解压后过大；请删去无关的工作表和格式，或另存为 CSV"),
    "broken_workbook": _("工作簿已损坏；请在 Excel 或 WPS 中打开后另存为 .xlsx"),
    "too_much_work": _("工作簿太大，读到一半停下了；请另存为 .xlsx 或 CSV，或分成几份"),
    "no_such_sheet": _("没有叫“%(sheet)s”的可见工作表；有：%(names)s"),
    "no_sheet": _("工作簿中没有可见的工作表"),
    "too_many_columns": _("超过 %(limit)s 列；请删去无关的列"),
    "too_many_rows": _("超过 %(limit)s 行；请分成几份"),
    "too_many_merged": _("合并单元格共占 %(limit)s 格以上；请取消合并，或另存为 CSV"),
    # A number (tables.numbers)
    "not_a_number": _("应为数字，例如 1400.5；没有数就不要这一行，不要填 0"),
    "no_number": _("没有数就不要这一行，不要填 0"),
    "approximate": _("只收一个确定的数；“约”“超”一类的写法请填在“公布时的写法”，并注明“精确程度”"),
    "percent": _("单位是 %(unit)s，不是百分比；请写 %(unit)s 的数"),
    "other_words": _("应为数字或以 %(unit)s 计的数，不能带“%(words)s”"),
    "which_unit": _("不知是多少 %(unit)s；请写成以 %(unit)s 计的数，或写全单位，例如 2.47万元"),
    "grouping": _("千分位逗号的位置不对；请写成 1,234.5 或 1234.5"),
    "scientific": _("请写成普通数字，不用科学记数法"),
    "is_date": _("单元格是日期；请把这一列设为数值格式"),
    "too_many_digits": _("整数至多 22 位，小数至多 8 位；请先四舍五入"),
    "excel_error": _("是 Excel 的错误值；请更正公式"),
    "array_formula": _("数组公式没有计算结果；请在 Excel 或 WPS 中打开、重算并保存，或改成数值"),
    "formula": _("公式没有计算结果；请在 Excel 或 WPS 中打开、重算并保存，或改成数值"),
    "as_told": _("%(reason)s"),  # in the words of a version that kept no codes
}
_LABELS: dict[str, dict[str, Any]] = {}


def add_reasons(reasons: dict[str, Any], labels: dict[str, dict[str, Any]] | None = None) -> None:
    """Further codes, and parameters that are shown by their label: {"status": {"final": "最终核实"}}."""
    REASONS.update(reasons)
    _LABELS.update(labels or {})


@dataclass(frozen=True)
class Fault:
    """Why something cannot be used; `row` counts as a spreadsheet does, `column` is a machine name or "—"."""

    row: int
    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    place: str = ""  # the cell, where a row alone does not say it

    @property
    def reason(self) -> str:
        words = {
            name: _LABELS[name].get(value, value) if name in _LABELS else value
            for name, value in self.params.items()
        }
        if self.code not in REASONS:  # stored by another version
            return gettext("本版本不认识的原因：%(code)s") % {"code": self.code}
        return str(REASONS[self.code]) % words

    def __str__(self) -> str:
        return gettext("第 %(row)s 行 %(column)s「%(value)s」：%(reason)s") % {
            "row": self.row,
            "column": f"{self.place} {self.column}".strip(),
            "value": self.value[:100],
            "reason": self.reason,
        }

    def as_json(self) -> dict[str, Any]:
        """Without the row, which the stored row says itself."""
        return {"column": self.column, "value": self.value[:200], "code": self.code, "params": self.params}


# A file is told to leave such rows out; a form has one field and nothing to leave out.
_NO_NUMBER = ("not_a_number", "no_number")
_TYPED = 40


def why_no_number(typed: str, bad: BadCell) -> str:
    """Why what was typed into a field is no number, and what to write."""
    shown = typed.strip()[:_TYPED]
    if bad.code in _NO_NUMBER:
        return gettext("“%(typed)s”不是数字；只填数，例如 1234.5") % {"typed": shown}
    reason = Fault(0, "value", typed, bad.code, bad.params).reason
    return gettext("“%(typed)s”：%(reason)s") % {"typed": shown, "reason": reason}


class BrokenFile(Exception):
    """Every fault of a file; nothing of it was stored."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def broken(code: str, /, *, row: int = 1, value: str = "—", **params: Any) -> BrokenFile:
    """A file that cannot be read at all, for one reason."""
    return BrokenFile([Fault(row, "—", value, code, params)])
