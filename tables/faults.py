"""What is wrong with a file, a heading or a cell: a code, said in the reader's language with the remedy."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Of the file as a whole; rooms that read more from a table add what they find wrong (`add_reasons`).
REASONS: dict[str, Any] = {
    "too_large": _("文件有 %(size)s MB，上限 %(limit)s MB；请分成几份"),
    "not_text": _("不是文本文件，也不是电子表格；请另存为 .xlsx 或 CSV UTF-8"),
    "encoding": _("不是 UTF-8、GB18030 或 UTF-16 文本；请另存为 CSV UTF-8"),
    "which_encoding": _(
        "两种编码都读得通：UTF-8 读作“%(utf8)s”，GB18030 读作“%(gb18030)s”；请选定编码，或另存为 CSV UTF-8"
    ),
    "wrong_byte": _("第 %(line)s 行有 %(encoding)s 中没有的字节；请另存为 CSV UTF-8"),
    "quotes": _("CSV 引号不成对；请检查带引号的单元格"),
    "long_cell": _("一个单元格超过 %(limit)s 字；请检查引号是否成对"),
    "empty_file": _("文件是空的；第一行应为列名"),
    "encrypted": _("工作簿设有打开密码；请去掉密码后另存为 .xlsx"),
    "other_ole": _("像是旧版 .xls，但其中没有工作簿；请在 Excel 或 WPS 中另存为 .xlsx"),
    "old_xml": _("是“XML 电子表格 2003”；请在 Excel 或 WPS 中另存为 .xlsx"),
    "mhtml": _("是单个文件网页（MHTML）；请在 Excel 或 WPS 中另存为 .xlsx"),
    "no_web_table": _("网页中没有表格；请在 Excel 或 WPS 中打开后另存为 .xlsx"),
    "macros": _("工作簿含有宏；请另存为不含宏的 .xlsx"),
    "not_workbook": _("不是 Excel 工作簿；请另存为 .xlsx"),
    "bomb": _("工作簿解压后过大；请删去无关的工作表和格式，或另存为 CSV"),
    "broken_workbook": _("工作簿已损坏；请在 Excel 或 WPS 中打开后另存为 .xlsx"),
    "no_sheet": _("工作簿中没有可见的工作表"),
    "too_many_columns": _("超过 %(limit)s 列；请删去无关的列"),
    "too_many_rows": _("超过 %(limit)s 行；请分成几份"),
    "too_many_merged": _("合并单元格共占 %(limit)s 格以上；请取消合并，或另存为 CSV"),
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


class BrokenFile(Exception):
    """Every fault of a file; nothing of it was stored."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def broken(code: str, /, *, row: int = 1, value: str = "—", **params: Any) -> BrokenFile:
    """A file that cannot be read at all, for one reason."""
    return BrokenFile([Fault(row, "—", value, code, params)])
