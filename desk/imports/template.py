"""The files an analyst fills in: each component and year whose figure is due, with headings that may be
translated or moved because a hidden first row holds the columns' machine names."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from desk.imports.words import COLUMN_HELP, TEMPLATE_COLUMNS, column_label
from indicators.files.headings import COLUMNS, REQUIRED
from indicators.models import Component, Observation
from plan.exports.cells import guard
from plan.exports.csvfile import csv_bytes
from plan.exports.workbook import without_moments
from plan.models import Plan, in_language
from tables.table import ID_MARK
from texts.xml import xml_safe_all

WIDTHS = {"indicator": 34, "source_title": 40, "source_url": 40, "source_publisher": 18, "published_text": 20}
WIDTHS |= {"note": 30, "component": 10, "year": 8, "unit": 10}
SPARE_ROWS = 200


def due_rows(plan: Plan, *, today: date) -> Iterator[dict[str, Any]]:
    """One row a component and past year of the plan without an approved figure; nothing in them but that."""
    figures = Observation.objects.filter(component__in=Component.objects.of(plan)).approved()
    known = set(figures.order_by().values_list("component_id", "year").distinct())
    rows = Component.objects.of(plan).select_related("indicator")
    for component in rows:
        indicator = component.indicator
        name = indicator.short_label
        if component.code != indicator.code:
            name = f"{name} · {component.label}"
        for year in range(plan.starts_on.year, min(plan.ends_on.year, today.year - 1) + 1):
            if (component.pk, year) not in known:
                row = dict.fromkeys(TEMPLATE_COLUMNS)
                yield row | {
                    "component": component.code,
                    "indicator": name,
                    "unit": indicator.unit_label,
                    "year": year,
                }


def template_csv(plan: Plan, *, today: date) -> bytes:
    columns = {name: COLUMNS[name] for name in TEMPLATE_COLUMNS}
    header = in_language("zh", "en")
    return csv_bytes(columns, due_rows(plan, today=today), header=header, encoding="utf-8")


def template_xlsx(plan: Plan, *, today: date) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    _fill_in(book.active, plan, today)
    _explain(book.create_sheet(_("填写说明")), plan)
    raw = io.BytesIO()
    book.save(raw)
    with without_moments(raw) as file:
        return file.read()


def _fill_in(sheet, plan: Plan, today: date) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.title = _("数据")
    sheet.append([f"{ID_MARK}{name}" for name in TEMPLATE_COLUMNS])
    sheet.row_dimensions[1].hidden = True
    sheet.append([column_label(name) for name in TEMPLATE_COLUMNS])
    for row in due_rows(plan, today=today):
        sheet.append([xml_safe_all(guard(row[name])) or None for name in TEMPLATE_COLUMNS])
    last = sheet.max_row + SPARE_ROWS
    places = {name: get_column_letter(place) for place, name in enumerate(TEMPLATE_COLUMNS, 1)}
    for name, letter in places.items():
        heading = sheet[f"{letter}2"]
        heading.font = Font(bold=True)
        heading.alignment = Alignment(vertical="center")
        heading.fill = PatternFill("solid", fgColor="DCE9F5" if name in REQUIRED else "F0F2F4")
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 13)
    sheet.row_dimensions[2].height = 22
    sheet.freeze_panes = f"{places['value']}3"
    for row in range(3, last + 1):
        sheet[f"{places['released_on']}{row}"].number_format = "yyyy-mm-dd"
    for name, choices in (("value_status", Observation.ValueStatus), ("precision", Observation.Precision)):
        options = ",".join(str(label) for label in choices.labels)
        rule = DataValidation(type="list", formula1=f'"{options}"', allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{places[name]}3:{places[name]}{last}")


def _explain(sheet, plan: Plan) -> None:
    from openpyxl.styles import Alignment, Font

    rules = [
        _("每行一个数：一个分项、一个年份、一次发布。没有数就让这一行空着，不要填 0。"),
        _("蓝底的列必须填。列可以移动、改名、隐藏；第 1 行（隐藏）是系统认列用的，请不要删。"),
        _("数以指标的单位填。“1.2万亿”“2.47万家”这样的写法只在意思唯一时换算，原写法会留下。"),
        _("单位是 % 的填 6.46；单元格设为百分比格式也可以。"),
        _("已核定的数不能改：更正请另起一行，填更正公布的日期和来源。"),
        _("导入的数一律提交待核定，由另一人核定后才公开。"),
    ]
    sheet.append([_("填写说明")])
    for rule in rules:
        sheet.append([rule])
    sheet.append([])
    sheet.append([_("列"), _("必须"), _("含义")])
    first = sheet.max_row
    for name in TEMPLATE_COLUMNS:
        sheet.append([column_label(name), _("是") if name in REQUIRED else "", str(COLUMN_HELP[name])])
    sheet.append([])
    sheet.append([_("分项编码"), _("单位"), _("名称")])
    second = sheet.max_row
    for component in Component.objects.of(plan).select_related("indicator"):
        sheet.append(xml_safe_all([component.code, component.indicator.unit_label, component.label]))
    for row in (1, first, second):
        for cell in sheet[row]:
            cell.font = Font(bold=True)
    for row in range(2, len(rules) + 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
        sheet.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 32
    for letter, width in (("A", 18), ("B", 14), ("C", 60)):
        sheet.column_dimensions[letter].width = width
