import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.grid import read_pasted
from indicators.figures import workflow
from indicators.models import Observation
from plan.models import Source
from tests.desk.conftest import ROOT
from tests.factories import make_component, make_observation

pytestmark = pytest.mark.django_db
GRID = f"{ROOT}grid/"


def release(part, /, step="preview", **fields):
    return {
        "step": step,
        "source": part.indicator.plan.source_id,
        "released_on": "2025-05-01",
        "value_status": "final",
        "precision": "exact",
    } | fields


def cell(part, year, text):
    return {f"c-{part.pk}-{year}": text}


def confirmed(html, step):
    """The fields of the preview's own form, with the button that was pressed."""
    form = html[html.index('id="confirm"') :].split("</form>")[0]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form)) | {"step": step}


def lines(html):
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in row] for row in cells]


def counts(html):
    return re.findall(r"<dd>(\d+)</dd>", html)


def test_the_table_shows_what_is_in_force_and_only_ones_own(plan, component, sign_in):
    make_component(plan, "I-02")

    html = sign_in("rep").get(GRID).content.decode()

    assert f'name="c-{component.pk}-2021"' in html
    assert 'placeholder="120"' in html
    assert "I-02" not in html.split("<tbody>")[1]


def test_a_preview_says_what_each_cell_would_do_and_stores_nothing(component, sign_in):
    typed = cell(component, 2021, "125") | cell(component, 2022, "1,300") | cell(component, 2023, "2万")

    html = sign_in("ana").post(GRID, release(component, **typed)).content.decode()

    assert counts(html) == ["2", "1", "0", "0", "2"]
    assert lines(html) == [
        ["更新", "I-01 指标I-01", "2021", "120", "125", "+5 件（+4.2 %）", ""],
        [
            "新增",
            "I-01 指标I-01",
            "2022",
            "—",
            "1,300",
            "+1,180 件（+983.3 %） 较 2021 年",
            "异常 一年变化超过 50 %，请核对单位和小数点",
        ],
        [
            "新增",
            "I-01 指标I-01",
            "2023",
            "—",
            "20,000",
            "+19,880 件（+16,566.7 %） 较 2021 年",
            "由“2万”换算 异常 一年变化超过 50 %，请核对单位和小数点",
        ],
    ]
    assert component.observations.count() == 1


def test_a_cell_equal_to_the_one_in_force_is_the_same(component, sign_in):
    html = sign_in("ana").post(GRID, release(component, **cell(component, 2021, "120.0"))).content.decode()

    assert counts(html) == ["0", "0", "1", "0", "0"]
    assert "没有可保存的格" in html


@pytest.mark.breadth
@pytest.mark.parametrize(("step", "state"), [("draft", "draft"), ("submit", "submitted")])
def test_confirming_stores_what_was_shown_together(component, sign_in, step, state):
    ana = sign_in("ana")
    typed = cell(component, 2022, "１３０") | cell(component, 2023, "140") | cell(component, 2024, "好")
    shown = ana.post(GRID, release(component, **typed)).content.decode()

    answer = ana.post(GRID, confirmed(shown, step))

    assert answer.url == ROOT
    rows = component.observations.filter(year__gte=2022).order_by("year")
    assert list(rows.values_list("year", "value", "state")) == [(2022, 130, state), (2023, 140, state)]


def test_a_pasted_table_is_read_by_codes_and_years(component, sign_in):
    pasted = "编码\t单位\t2022年\t２０２３\r\nI-01\t件\t130\t\r\nI-99\t件\t5\t6\r\n"

    html = sign_in("ana").post(GRID, release(component, pasted=pasted)).content.decode()

    assert [line[:3] + line[6:] for line in lines(html)] == [
        ["跳过", "I-99", "", "本规划没有叫“I-99”的指标"],
        ["新增", "I-01 指标I-01", "2022", ""],
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("130\t140", "首行应为年份"),
        ("编码\t2022\nI-01\t130\t7", "这一列没有列名"),
        ("编码\t1850\nI-01\t1", "首行"),
    ],
)
def test_what_a_pasted_table_lacks_is_said(component, text, reason):
    found = read_pasted(text, component.indicator.plan, [component])

    assert found[-1].fault.startswith(reason)


def test_another_organisations_row_is_skipped_with_the_reason(component, sign_in):
    html = sign_in("far").post(GRID, release(component, **cell(component, 2022, "130"))).content.decode()

    assert lines(html)[0][-1] == "这一指标不由本单位填报"
    assert "没有可保存的格" in html
    stored = sign_in("far").post(GRID, release(component, "submit", **cell(component, 2022, "130")))
    assert stored.url == ROOT
    assert component.observations.count() == 1


def test_what_is_locked_or_handed_in_is_skipped_and_a_draft_is_changed(component, plan, sign_in, enter, people):
    make_observation(component, 2022, "130", released="2025-05-01", source=plan.source)
    enter(year=2023, value="140", released="2025-05-01", submit=True)
    draft = enter(year=2024, value="150", released="2025-05-01")
    typed = cell(component, 2022, "131") | cell(component, 2023, "141") | cell(component, 2024, "151")
    ana = sign_in("ana")

    html = ana.post(GRID, release(component, **typed)).content.decode()
    ana.post(GRID, confirmed(html, "draft"))

    assert [line[0] for line in lines(html)] == ["跳过", "跳过", "更新"]
    assert "已锁定" in lines(html)[0][-1]
    assert "待核定" in lines(html)[1][-1]
    assert Observation.objects.get(pk=draft.pk).value == 151


def test_what_changed_since_the_preview_is_told_and_nothing_is_stored(component, sign_in, enter, people):
    draft = enter(year=2024, value="150", released="2025-05-01")
    ana, typed = sign_in("ana"), cell(component, 2023, "140") | cell(component, 2024, "151")
    shown = ana.post(GRID, release(component, **typed)).content.decode()
    workflow.change_figure(draft, edition=1, by=people["bob"], value=Decimal(152))

    answer = ana.post(GRID, confirmed(shown, "draft"))
    told = answer.content.decode()
    again = ana.post(GRID, confirmed(told, "draft"))

    assert answer.status_code == 409
    assert "预览之后有 1 格的现有数据变了" in told
    assert again.status_code == 302
    assert list(
        component.observations.filter(year__gte=2023).order_by("year").values_list("value", flat=True)
    ) == [
        140,
        151,
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "表中没有填数"),
        ({"released_on": ""}, "请填写这一项"),
        ({"released_on": "2099-01-01"}, "公布日期晚于今天"),
        ({"source": ""}, "没有来源的数不收"),
        ({"pasted": "x" * 200_001}, "200000"),
    ],
)
def test_a_fault_of_the_release_is_said_in_place(component, sign_in, fields, words):
    typed = {} if not fields else cell(component, 2022, "130")

    answer = sign_in("ana").post(GRID, release(component, **typed, **fields))

    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_going_back_keeps_what_was_typed(component, sign_in):
    html = sign_in("ana").post(GRID, release(component, "edit", **cell(component, 2022, "2万"))).content.decode()

    assert 'value="2万"' in html


def test_the_same_confirmation_twice_stores_once(component, sign_in):
    ana = sign_in("ana")
    shown = ana.post(GRID, release(component, **cell(component, 2022, "130"))).content.decode()
    ana.post(GRID, confirmed(shown, "submit"))

    answer = ana.post(GRID, confirmed(shown, "submit"))

    assert answer.status_code == 409
    assert component.observations.filter(year=2022).count() == 1


def test_a_preliminary_figure_confirmed_as_final_is_a_change(component, sign_in):
    component.observations.update(value_status="preliminary")

    html = sign_in("ana").post(GRID, release(component, **cell(component, 2021, "120"))).content.decode()

    assert (lines(html)[0][0], lines(html)[0][-1]) == ("更新", "数值相同，数据性质 初步 → 最终核实")


def test_a_share_beyond_100_is_questioned_in_the_preview(component, sign_in):
    component.indicator.unit = "%"
    component.indicator.save()
    page = sign_in("ana").post(GRID, release(component, **cell(component, 2022, "130")))

    assert page.status_code == 200
    assert "百分比一般在 0 到 100 之间，请核对" in page.content.decode()
    assert counts(page.content.decode())[-1] == "1"


def test_a_release_before_its_source_is_refused_before_the_preview(component, sign_in):
    source = component.indicator.plan.source
    source.published_on = date(2025, 10, 30)
    source.save()

    page = sign_in("ana").post(GRID, release(component, **cell(component, 2022, "130")))

    assert page.status_code == 400
    assert "早于来源的发布日期 2025-10-30" in page.content.decode()


def test_no_column_of_a_pasted_table_vanishes(component, sign_in):
    heading = "编码\t2021\t2022（初步）\t2023p\t2024 年\t2025年1-3月\t2025年预计"
    pasted = f"{heading}\nI-01\t1\t2\t3\t4\t5\t6\n"

    html = sign_in("ana").post(GRID, release(component, pasted=pasted)).content.decode()

    assert [(line[0], line[2], line[4]) for line in lines(html)] == [
        ("跳过", "F1", "2025年1-3月"),
        ("更新", "2021", "1"),
        ("新增", "2022", "2"),
        ("新增", "2023", "3"),
        ("新增", "2024", "4"),
        ("新增", "2025", "6"),
    ]


def test_a_pasted_table_says_its_kinds_units_and_bounds_itself(component, sign_in):
    pasted = "指标\t单位\t2022（初步）\t2023\n指标I-01\t万件\t0.013\t突破0.014\n"
    ana = sign_in("ana")
    html = ana.post(GRID, release(component, pasted=pasted)).content.decode()
    assert [line[0] for line in lines(html)] == ["待确认", "新增"]
    again = ana.post(GRID, confirmed(html, "draft"))
    assert (again.status_code, "还有 1 格没有选定怎么读" in again.content.decode()) == (409, True)

    ana.post(GRID, confirmed(html, "draft") | {f"a-{component.pk}-2023": "0"})

    rows = component.observations.filter(year__gte=2022).order_by("year")
    assert list(rows.values_list("value", "value_status", "precision", "exclusive", "published_text")) == [
        (130, "preliminary", "rounded", False, "0.013万件"),
        (140, "final", "lower_bound", True, "突破0.014万件"),
    ]


def test_a_pasted_table_of_one_figure_a_row_knows_bounds_that_exclude(component, sign_in):
    pasted = "分项编码\t年份\t数值\t精确程度\t不含本数\t来源\nI-01\t2022\t130\t下限表述\t是\t别处\n"
    ana = sign_in("ana")

    html = ana.post(GRID, release(component, pasted=pasted)).content.decode()
    ana.post(GRID, confirmed(html, "draft"))

    assert ["跳过", "来源", "F1"] in [line[:3] for line in lines(html)]
    row = component.observations.get(year=2022)
    assert (row.precision, row.exclusive) == ("lower_bound", True)


def test_a_cell_may_be_left_out_and_a_paste_comes_back(component, sign_in):
    pasted = "编码\t2022\t2023\nI-01\t130\t140\nI-77\t1\t2\n"
    ana = sign_in("ana")
    html = ana.post(GRID, release(component, pasted=pasted)).content.decode()

    back = ana.post(GRID, release(component, "edit", kept=pasted)).content.decode()
    ana.post(GRID, confirmed(html, "draft") | {"ticked": "1", f"t-{component.pk}-2023": "1"})

    assert "I-77" in back
    assert list(component.observations.filter(year__gte=2022).values_list("year", flat=True)) == [2023]


def test_a_name_in_a_pasted_table_is_asked_once(component, sign_in):
    component.indicator.title = component.name = "公民科学素质比例"
    component.indicator.save()
    component.save()
    pasted, ana = "指标\t2022\t2023\n公民具备科学素质的比例\t130\t140\n", sign_in("ana")
    html = ana.post(GRID, release(component, pasted=pasted)).content.decode()
    assert [line[0] for line in lines(html)] == ["待确认", "待确认"]
    assert html.count('value="leave"') == 1

    ana.post(GRID, confirmed(html, "draft") | {f"a-{component.pk}-2022": "0"})

    assert component.observations.filter(year__gte=2022).count() == 2
    html = ana.post(GRID, release(component, pasted=pasted.replace("2022", "2024"))).content.decode()
    assert lines(html)[0][0] == "新增"


def test_a_faulty_cell_stands_first_and_is_put_right_there(component, sign_in):
    ana = sign_in("ana")
    typed = cell(component, 2022, "130") | cell(component, 2023, "好")
    shown = ana.post(GRID, release(component, **typed)).content.decode()
    fields = confirmed(shown, "submit") | {"ticked": "1", f"t-{component.pk}-2022": "1"}

    assert [line[0] for line in lines(shown)] == ["跳过", "新增"]
    assert re.search(rf'<input\s+type="text"\s+name="c-{component.pk}-2023"\s+value="好"', shown)
    unseen = ana.post(GRID, fields | cell(component, 2023, "140"))
    assert (unseen.status_code, component.observations.filter(year__gte=2022).count()) == (409, 0)
    assert "请再看一遍后确认" in unseen.content.decode()
    again = confirmed(unseen.content.decode(), "submit") | {"ticked": "1"}
    ana.post(GRID, again | {f"t-{component.pk}-{year}": "1" for year in (2022, 2023)})

    stored = component.observations.filter(year__gte=2022).order_by("year")
    assert [row.value for row in stored] == [130, 140]


def test_what_stands_out_is_stored_only_where_it_is_ticked_and_named_where_not(component, sign_in):
    ana = sign_in("ana")
    typed = cell(component, 2022, "130") | cell(component, 2023, "9000")
    shown = ana.post(GRID, release(component, **typed)).content.decode()

    told = ana.post(GRID, confirmed(shown, "submit"), follow=True).content.decode()

    assert re.findall(r'name="t-\d+-(\d+)"\s+value="1"\s+form="confirm"\s+checked', shown) == ["2022"]
    assert "已提交 1 条，等待核定；另有 1 格没有保存：I-01 2023" in told
    assert component.observations.filter(year=2023).count() == 0


@pytest.mark.parametrize(
    ("pasted", "outcomes"),
    [
        ("编码\t2023年\t2024年上半年\nI-01\t130\t70", ["skipped", "new"]),
        ("编码\t年份\t季度\t数值\nI-01\t2024\t上半年\t70\nI-01\t2023\t全年\t130", ["skipped", "new"]),
        ("编码\t年份\t季度\t数值\nI-01\t2023\t\t130", ["ask"]),
        ("编码\t时期\t数值\nI-01\t2024年1-6月\t70\nI-01\t2023年\t130", ["skipped", "new"]),
        ("2023年上半年主要指标\t\n编码\t2023\nI-01\t70", ["skipped", "ask"]),
        ("年份\t季度\t指标I-01\n2023\t上半年\t70\n2023\t全年\t130", ["skipped", "new"]),
        ("日期\t指标I-01\n2023-06-30\t70\n2023-12-31\t40", ["skipped", "ask"]),
        ("编码\t年份\t数值\t\nI-01\t2023\t130\t有变\nI-01\t2022\t\t", ["new", "skipped", "skipped"]),
    ],
)
def test_parts_of_years_are_told_from_years_in_what_is_pasted(component, sign_in, pasted, outcomes):
    shown = sign_in("ana").post(GRID, release(component, pasted=pasted)).context["shown"]

    assert [line.outcome for line in shown.lines] == outcomes
    assert all(line.reason for line in shown.lines if line.outcome in ("ask", "skipped"))


def test_a_question_about_a_title_is_answered_on_the_preview(component, sign_in):
    client, pasted = sign_in("ana"), "2023年上半年主要指标\t\n编码\t2023\nI-01\t130"
    html = client.post(GRID, release(component, pasted=pasted)).content.decode()
    fields = confirmed(html, "submit")
    fields = {name: unescape(value) for name, value in fields.items() if name != "kept"}

    fields["ticked"] = "1"
    again = client.post(GRID, release(component) | fields)
    done = client.post(GRID, release(component) | fields | {f"a-{component.pk}-2023": "0"})

    assert "表上写着“上半年”：这个数是全年的吗？" in html
    assert again.status_code == 409
    assert [line.outcome for line in done.context["shown"].lines] == ["new"]
    assert "没有保存：刚改好的格已列入，请再看一遍后确认" in done.content.decode()


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("pasted", "question"),
    [
        ("南山区主要指标\t\n编码\t2023\nI-01\t130", "南山区"),
        ("编码\t2023\n南山区\t\nI-01\t130", "南山区"),
        ("编码\t2023(1)\nI-01\t130", "像是脚注号"),
        ("编码\t2023\nI-01\t130\n单位：万件\t", "单位"),
    ],
)
def test_no_question_is_forgotten_between_preview_and_confirmation(component, sign_in, pasted, question):
    client = sign_in("ana")
    html = client.post(GRID, release(component, pasted=pasted)).content.decode()
    fields = {name: unescape(value) for name, value in confirmed(html, "submit").items() if name != "kept"}

    again = client.post(GRID, release(component) | fields | {"ticked": "1"})

    assert question in html
    assert (again.status_code, [line.outcome for line in again.context["shown"].lines]) == (409, ["ask"])
    assert not Observation.objects.filter(component=component, year=2023).exists()


def test_a_unit_below_a_pasted_table_gives_two_readings(component, sign_in):
    answer = sign_in("ana").post(GRID, release(component, pasted="编码\t2023\nI-01\t0.0130\n单位：万件\t"))

    (line,) = [line for line in answer.context["shown"].lines if line.outcome == "ask"]
    assert [value for _place, value, _word in line.readings] == ["130", "0.013"]
    assert "几个数" not in line.reason


def test_what_competes_is_shown_beside_it_and_not_ticked(component, people, sign_in):
    for value, title in (("150", "新闻稿"), ("160", "公报")):
        row = workflow.enter_figure(
            component=component, by=people["bob"], source=Source.objects.keep(title), year=2022,
            value=Decimal(value), value_status="final", released_on=date(2025, 5, 1),
        )  # fmt: skip
        workflow.submit_figure(row, edition=row.edition, by=people["bob"])

    answer = sign_in("ana").post(GRID, release(component, **cell(component, 2022, "150")))

    (line,) = answer.context["shown"].lines
    assert ([row.value for row in line.rivals.rows], line.is_kept) == ([150, 160], False)
    html = answer.content.decode()
    assert "同日另有" in html
    assert "新闻稿" in html


def test_two_numbers_of_one_cell_are_chosen_between(component, sign_in):
    client, pasted = sign_in("ana"), "编码\t2023（初步）\t2023（终）\t2022\t2022\nI-01\t130\t131\t140\t140"
    answer = client.post(GRID, release(component, pasted=pasted))
    fields = confirmed(answer.content.decode(), "submit") | {"ticked": "1", f"a-{component.pk}-2023": "1"}
    fields = {name: unescape(value) for name, value in fields.items() if name != "kept"}

    shown = client.post(GRID, release(component) | fields | {f"t-{component.pk}-2022": "1"}).context["shown"]

    assert [(line.outcome, line.reason) for line in answer.context["shown"].lines] == [
        ("ask", "表中同一格有 2 个数，请选定一个"),
        ("skipped", "表中同一格有几个数：请在前一格选定"),
        ("new", ""),
        ("skipped", "与表中另一格相同，只取一个"),
    ]
    assert [(line.value, line.status) for line in shown.lines] == [(131, "final"), (140, "")]


def test_what_competes_takes_as_many_queries_for_three_cells_as_for_one(component, sign_in):
    client = sign_in("ana")
    client.post(GRID, release(component, **cell(component, 2022, "150")))
    with CaptureQueriesContext(connection) as one:
        client.post(GRID, release(component, **cell(component, 2022, "150")))
    three = cell(component, 2022, "150") | cell(component, 2023, "151") | cell(component, 2024, "152")
    with CaptureQueriesContext(connection) as many:
        client.post(GRID, release(component, **three))
    assert len(many) == len(one)


def test_a_fraction_is_asked_about_as_an_import_asks(component, sign_in):
    component.indicator.unit = "%"
    component.indicator.save()
    make_observation(component, 2022, "6.46", released="2023-06-01")
    ana = sign_in("ana")

    html = ana.post(GRID, release(component, pasted="编码\t2023\nI-01\t0.0667")).content.decode()
    sent = confirmed(html, "submit") | {f"a-{component.pk}-2023": "1"}
    ana.post(GRID, sent)
    # What its nearest figures are like is nothing to ask about.
    usual = ana.post(GRID, release(component, pasted="编码\t2024\nI-01\t6.67")).content.decode()

    assert lines(html)[0][0] == "待确认"
    assert "0.0667 也可能是未换算的小数，即 6.67 %" in html
    row = Observation.objects.get(component=component, year=2023)
    assert (row.value, row.published_text) == (Decimal("6.67"), "0.0667")
    assert "未换算的小数" not in usual


def test_a_bound_stands_beside_a_cell_and_what_contradicts_it_is_not_ticked(component, sign_in):
    make_observation(component, 2022, "150", released="2023-06-01", precision="lower_bound", exclusive=True)
    ana = sign_in("ana")

    html = ana.post(GRID, release(component, **cell(component, 2022, "140"))).content.decode()
    fitting = ana.post(GRID, release(component, **cell(component, 2022, "160"))).content.decode()

    assert lines(html)[0][3] == "&gt; 150"
    assert "2022 年已公布“&gt; 150”（2023-06-01），这个数不在其内，请核对" in html
    assert "这个数不在其内" not in fitting


def test_a_final_figure_of_a_year_that_is_not_over_is_not_ticked(component, sign_in):
    sent = release(component, released_on="2023-07-20", **cell(component, 2023, "130"))

    html = sign_in("ana").post(GRID, sent).content.decode()
    preliminary = sign_in("ana").post(GRID, sent | {"value_status": "preliminary"}).content.decode()

    assert "2023 年在公布时还没有结束" in html
    assert "2023 年在公布时还没有结束" not in preliminary
