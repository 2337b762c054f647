"""The same measure in other places: loaded from the plan's files, shown with its source, judged by nothing."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from charts.scale import drawn_elsewhere, value_span
from indicators.elsewhere import COLUMNS, elsewhere_on, file_of, load_references
from indicators.models import ReferenceFigure
from indicators.queries import read_overview
from indicators.reader_units import standing_for_reader
from indicators.shown import tracks
from plan.fixtures import BrokenFixtures
from tests.factories import make_component, make_observation, make_plan

ROW = "I-01,全国,China,2023,2.65,final,2024-10-02,国家统计局,公报,"
EARLIER = "I-01,全国,China,2023,2.64,preliminary,2024-02-29,国家统计局,快报,https://example.org/a"


@pytest.fixture
def indicator(db):
    component = make_component(make_plan(), base="5", target="6")
    component.indicator.unit = component.indicator.unit_en = "%"
    component.indicator.save()
    make_observation(component, 2022, "5.8", released="2023-06-01")
    return component.indicator


def load(indicator, folder, *rows):
    (folder / "references.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return load_references(indicator.plan, folder)


def kept_of(indicator):
    return ReferenceFigure.objects.filter(component__indicator=indicator)


def standing(indicator, day=date(2026, 1, 1)):
    return read_overview(indicator.plan, day).standings[0]


def test_a_load_makes_the_rows_those_of_the_file(indicator, tmp_path):
    assert load(indicator, tmp_path, EARLIER, ROW) == 2
    kept = set(kept_of(indicator).values_list("pk", flat=True))
    assert load(indicator, tmp_path, EARLIER, ROW) == 0
    assert set(kept_of(indicator).values_list("pk", flat=True)) == kept

    assert load(indicator, tmp_path, ROW.replace("2.65", "2.66")) == 2

    assert list(kept_of(indicator).values_list("value", flat=True)) == [Decimal("2.66")]


def test_the_rows_are_written_as_the_file_they_are_read_from(indicator, tmp_path):
    assert file_of(indicator.plan) == ""
    load(indicator, tmp_path, EARLIER, ROW)

    (tmp_path / "references.csv").write_text(file_of(indicator.plan), encoding="utf-8")

    assert load_references(indicator.plan, tmp_path) == 0
    assert kept_of(indicator).count() == 2


def test_a_folder_without_the_file_leaves_them_and_one_of_headings_takes_them_out(indicator, tmp_path):
    load(indicator, tmp_path, EARLIER, ROW)
    (tmp_path / "references.csv").unlink()
    assert load_references(indicator.plan, tmp_path) == 0
    assert kept_of(indicator).count() == 2

    assert load(indicator, tmp_path) == 2
    assert kept_of(indicator).count() == 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.replace("I-01", "I-99"), "没有这一分项"),
        (ROW.replace("2.65", "约 2.65"), "应为数字"),
        (ROW.replace("2.65", "NaN"), "应为数字"),
        (ROW.replace("2023", "23"), "应为四位年份"),
        (ROW.replace("2023", "Infinity"), "应为四位年份"),
        (ROW.replace("2024-10-02", "2024-13-02"), "应如 2024-10-02"),
        (ROW.replace("final", "sure"), "应为 / one of"),
        (ROW.replace("国家统计局", ""), "publisher: 不能留空"),
        (ROW.replace("全国", "全\ufffd国"), "第 2 行"),
        (f"{ROW}\n{ROW}", "有两行"),
    ],
)
def test_a_faulty_row_is_refused_and_nothing_is_written(indicator, tmp_path, row, said):
    load(indicator, tmp_path, EARLIER)

    with pytest.raises(BrokenFixtures, match=said):
        load(indicator, tmp_path, row)

    assert kept_of(indicator).count() == 1


def test_a_day_knows_what_was_public_by_it(indicator, tmp_path):
    load(indicator, tmp_path, EARLIER, ROW)

    def said(day):
        return [
            (row.year, row.value, row.value_status)
            for there in elsewhere_on(standing(indicator, day), day).get(indicator.components.get().pk, [])
            for row in there.rows
        ]

    assert said(date(2024, 1, 1)) == []
    assert said(date(2024, 5, 1)) == [(2023, Decimal("2.64"), "preliminary")]
    assert said(date(2025, 1, 1)) == [(2023, Decimal("2.65"), "final")]


@pytest.mark.breadth
def test_it_is_shown_with_its_source_and_changes_no_verdict(indicator, tmp_path, client):
    address = f"/test-plan/indicators/{indicator.code}"
    before = client.get(f"{address}.json").json()
    load(indicator, tmp_path, EARLIER, ROW)

    page, after = client.get(f"{address}/").content.decode(), client.get(f"{address}.json").json()
    english = client.get(f"{address}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert "全国 2023 年 2.65 %" in page
    assert "只供对比，不参与判定" in page
    assert "公报" in page
    assert "China 2.65%" not in page
    assert "China, 2023: 2.65%" in english
    assert after["progress"] == before["progress"]
    assert after["observations"] == before["observations"]
    assert [(row["place"], row["value"]) for row in after["elsewhere"]] == [("全国", "2.65")]


@pytest.mark.parametrize(
    ("language", "publisher", "told"),
    [
        ("zh-hans", "国家统计局", "（地址未登记）"),
        ("en", "National Bureau of Statistics", " (no address on record)"),
    ],
)
def test_a_source_without_an_address_says_so_and_one_with_it_leads_there(
    indicator, tmp_path, client, language, publisher, told
):
    load(
        indicator,
        tmp_path,
        ROW,
        "I-01,广东,Guangdong,2023,3.5,final,2024-10-02,省统计局,省公报,https://example.org/b",
    )

    page = client.get(f"/test-plan/indicators/{indicator.code}/?lang={language}").content.decode()
    table = page.split("只供对比" if language == "zh-hans" else "For comparison only")[1].split("</table>")[0]
    cells = re.findall(r'<td data-label="(?:来源|Source)">(.*?)</td>', table, re.S)
    texts = sorted(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells)

    assert texts == sorted([f"{publisher} · 公报{told}", "省公报"])
    assert [cell.count("https://example.org/b") for cell in cells if "省公报" in cell] == [1]


def test_a_chart_draws_another_place_where_it_has_room(indicator, tmp_path):
    load(indicator, tmp_path, ROW.replace("2.65", "4.9"), ROW.replace("全国", "北京").replace("2.65", "19"))
    told = standing(indicator)
    track = tracks.track(told.first, elsewhere=elsewhere_on(told, date(2026, 1, 1))[told.first.component.pk])

    assert [line.name for line in drawn_elsewhere(track)] == ["全国"]
    assert value_span(track, full=True)[0] < 4.9
    assert value_span(track, full=True)[1] < 8


def test_money_elsewhere_counts_like_the_page(indicator, tmp_path):
    indicator.unit, indicator.unit_en = "亿元", "100 million yuan"
    indicator.save()
    load(indicator, tmp_path, ROW.replace("2.65", "2413.11"))

    with override("en"):
        told = standing_for_reader(standing(indicator))
        there = elsewhere_on(told, date(2026, 1, 1))[told.first.component.pk]

    assert [row.value for row in there[0].rows] == [Decimal("241.311")]
    assert there[0].place == "China"
