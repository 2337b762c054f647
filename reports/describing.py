"""What files of tables are, said in two vocabularies: CSV on the Web and Data Package (Frictionless).

Both say of every column what its values are, so that no reader has to guess: rule_version is text although it
looks like a number, a code is text, a year a year.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from plan.columns import PLACE, Column, Type
from plan.exports.register import rule_version
from plan.models import Plan

# CSV on the Web has its words in Type; these are those of a Table Schema.
FIELD_TYPES = {
    Type.TEXT: "string",
    Type.NUMBER: "number",
    Type.WHOLE: "integer",
    Type.YEAR: "year",
    Type.DAY: "date",
    Type.MOMENT: "datetime",
    Type.YES_NO: "boolean",
}


@dataclass(frozen=True)
class Described:
    """A file of a table: `refers` as in reports.package_tables, own column → (table, its column)."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    refers: tuple[tuple[str, str, str], ...] = ()


def csv_on_the_web(plan: Plan, as_of: date, tables: Iterable[Described]) -> dict[str, Any]:
    """As https://www.w3.org/TR/tabular-metadata/ has it.

    A key that may be empty is left out there: its validators look for a row of no key, where Data Package takes
    it for no reference.
    """
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
        "dc:title": [{"@value": plan.title, "@language": "zh"}, {"@value": plan.title_en, "@language": "en"}],
        "dc:description": {"@value": f"截至 {as_of.isoformat()} 已公布的情况", "@language": "zh"},
        "dc:source": plan.source.url or plan.source.title,
        "dc:temporal": as_of.isoformat(),
        "dc:conformsTo": f"rule {rule_version(plan.slug, as_of)}",
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\r\n"]},
        "tables": [_csvw_table(table) for table in tables],
    }


def _csvw_table(table: Described) -> dict[str, Any]:
    always = {column.name for column in table.columns if column.required}
    keys = [
        {"columnReference": own, "reference": {"resource": f"{other}.csv", "columnReference": column}}
        for own, other, column in table.refers
        if own in always
    ]
    schema: dict[str, Any] = {"columns": [_csvw_column(column) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if keys:
        schema["foreignKeys"] = keys
    return {
        "url": f"{table.name}.csv",
        "dc:title": [{"@value": table.zh, "@language": "zh"}, {"@value": table.en, "@language": "en"}],
        "tableSchema": schema,
    }


def _csvw_column(column: Column) -> dict[str, Any]:
    # The heading in the file is the machine name; titles in both languages are for people.
    titles = {"und": column.name, "zh": column.zh, "en": column.en}
    body: dict[str, Any] = {"name": column.name, "titles": titles, "datatype": str(column.type)}
    if column.is_place:
        body["dc:description"] = f"A section's number behind {PLACE}."
    return body | ({"required": True} if column.required else {})


def data_package(plan: Plan, as_of: date, tables: Iterable[Described]) -> dict[str, Any]:
    """As https://specs.frictionlessdata.io/data-package/ has it."""
    return {
        "profile": "tabular-data-package",
        "name": plan.slug,
        "title": plan.title,
        "description": f"截至 {as_of.isoformat()} 已公布的情况",
        "version": as_of.isoformat(),
        "sources": [{"title": plan.source.title} | ({"path": plan.source.url} if plan.source.url else {})],
        "resources": [_resource(table) for table in tables],
    }


def _resource(table: Described) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    keys = [
        {"fields": [own], "reference": {"resource": "" if other == table.name else other, "fields": [column]}}
        for own, other, column in table.refers
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": f"{table.zh} / {table.en}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ",", "header": True, "lineTerminator": "\r\n"},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "title": f"{column.zh} / {column.en}",
        "type": FIELD_TYPES[column.type],
    }
    if column.type is Type.MOMENT:
        field["format"] = "%Y-%m-%dT%H:%M:%S%z"
    return field | ({"constraints": {"required": True}} if column.required else {})
