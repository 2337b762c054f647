"""What is wrong with a file, a heading or a cell: a code, said in the reader's language with the remedy."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.models import Observation

REASONS = {
    # The file as a whole
    "too_large": _("文件有 %(size)s MB，上限 %(limit)s MB；请分成几份"),
    "not_text": _("不是文本文件，也不是 .xlsx；请另存为 CSV UTF-8 或 .xlsx"),
    "encoding": _("不是 UTF-8 或 GB18030 文本；请另存为 CSV UTF-8"),
    "utf16": _("是 UTF-16 文本；请另存为 CSV UTF-8"),
    "wrong_byte": _("第 %(line)s 行有 %(encoding)s 中没有的字节；请另存为 CSV UTF-8"),
    "quotes": _("CSV 引号不成对；请检查带引号的单元格"),
    "long_cell": _("一个单元格超过 %(limit)s 字；请检查引号是否成对"),
    "empty_file": _("文件是空的；第一行应为列名"),
    "old_excel": _("是旧版 .xls 或加密的工作簿；请另存为不加密的 .xlsx"),
    "macros": _("工作簿含有宏；请另存为不含宏的 .xlsx"),
    "not_workbook": _("不是 Excel 工作簿；请另存为 .xlsx"),
    "bomb": _("工作簿解压后过大；请删去无关的工作表和格式，或另存为 CSV"),
    "broken_workbook": _("工作簿已损坏；请在 Excel 或 WPS 中打开后另存为 .xlsx"),
    "no_sheet": _("工作簿中没有可见的工作表"),
    "too_many_columns": _("超过 %(limit)s 列；请删去无关的列"),
    "too_many_rows": _("超过 %(limit)s 行；请分成几份"),
    "gone": _("上传的文件已不在服务器上；请重新上传"),
    "from_demo": _("文件来自演示系统，其中的数是虚构的，不能导入正式规划"),
    # The heading row
    "unknown_heading": _("不认识的列名；可用：%(names)s"),
    "missing_column": _("缺少这一列"),
    "double_heading": _("列名重复"),
    # A row
    "cell_count": _("有 %(found)s 格，列名有 %(wanted)s 个"),
    "other_plan": _("不是这一规划：%(slug)s"),
    "no_component": _("没有这一分项；可用：%(codes)s"),
    "other_indicator": _("分项 %(component)s 属于指标 %(code)s"),
    "other_unit": _("单位应为 %(unit)s；请先换算"),
    "no_source": _("没有来源的数不收；请写明来源"),
    "no_reason": _("不采用的数须写明理由"),
    "no_bound": _("只有下限、上限表述才有不含本数之说"),
    "not_done": _("这一目标只问是否完成：填 1（已完成）或 0（未完成）"),
    "not_by_file": _("不采用的数不能由文件导入；请删去这一行"),
    "too_long": _("至多 %(limit)s 字，现有 %(found)s 字"),
    "text_nul": _("第 %(place)s 个字是空字符；请删去后重新上传"),
    "text_half": _("第 %(place)s 个字不完整；请重新输入这个字"),
    "text_lost": _("第 %(place)s 个字是乱码“�”，原来的字已丢失；请重新输入这个字"),
    "text_override": _("第 %(place)s 个字会颠倒文字方向，看到的与保存的不一样；请删去后重新上传"),
    "bad_address": _("应为 http:// 或 https:// 开头的网址，或留空"),
    "as_told": _("%(reason)s"),  # in the words of a version that kept no codes
    # A cell
    "year": _("应为四位年份，例如 2023"),
    "year_range": _("年份应在 1949 与 %(last)s 之间"),
    "year_after_release": _("数据年份晚于公布日期"),
    "date": _("应为日期，例如 2024-01-29"),
    "date_serial": _("像是 Excel 的日期序号；请把这一列设为日期格式后再存，或写成 2024-01-29"),
    "future": _("公布日期晚于今天"),
    "choice": _("应为其中之一：%(options)s"),
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
    "formula": _("公式没有计算结果；请在 Excel 或 WPS 中打开、重算并保存，或改成数值"),
    # A row beside what is stored, and beside the file's other rows
    "stored_otherwise": _(
        "同一来源同一天已有 %(old)s（%(status)s，%(state)s）；已核定的数不改，更正请按新的公布日期另行发布"
    ),
    "double_row": _("与第 %(row)s 行重复"),
}
_LABELS = {
    "status": dict(Observation.ValueStatus.choices),
    "state": dict(Observation.State.choices),
}


@dataclass(frozen=True)
class Fault:
    """Why something cannot be used; `row` counts as a spreadsheet does, `column` is a machine name or "—"."""

    row: int
    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

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
            "column": self.column,
            "value": self.value[:100],
            "reason": self.reason,
        }

    def as_json(self) -> dict[str, Any]:
        """Without the row, which the stored row says itself."""
        return {"column": self.column, "value": self.value[:200], "code": self.code, "params": self.params}


class BrokenFile(Exception):
    """Every fault of a file; nothing of it was stored."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def broken(code: str, /, *, row: int = 1, value: str = "—", **params: Any) -> BrokenFile:
    """A file that cannot be read at all, for one reason."""
    return BrokenFile([Fault(row, "—", value, code, params)])
