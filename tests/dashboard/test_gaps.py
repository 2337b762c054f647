"""What is missing, said once: by component and year, by commitment, by the unit that owes it."""

import re
from datetime import UTC, date, datetime

import pytest

from accounts.models import Organisation, User
from dashboard.gaps import UnitGaps, by_unit, report_gaps
from indicators.figures.gaps import GapState, final_year, gap_rows, years_words
from indicators.figures.no_figure import answer_due, withdraw_answer
from indicators.models import Component, Indicator, NoFigure
from indicators.queries import overview
from plan.models import Item, Plan
from plan.services import touch_plan
from tests.factories import make_component, make_item, make_observation, make_person, make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/"
DAY = date(2025, 9, 1)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def states(plan, day=DAY, answers=()):
    (row,) = gap_rows(overview(plan, day), answers)
    return {year.year: (year.state, year.days) for year in row.years}


def test_each_year_has_one_state_and_a_late_one_its_days(db):
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2021, "110", released="2022-03-01")
    make_observation(component, 2022, "120", released="2023-03-01", value_status="preliminary")
    make_observation(component, 2023, "100", released="2024-03-01", precision="lower_bound")

    assert states(plan) == {
        2021: (GapState.PUBLISHED, 0),
        2022: (GapState.PRELIMINARY, 0),
        2023: (GapState.BOUND, 0),
        2024: (GapState.OVERDUE, 63),
        2025: (GapState.NOT_DUE, 0),
    }
    assert states(plan, date(2025, 6, 30))[2024] == (GapState.NOT_DUE, 0)


def test_the_last_figure_is_the_release_that_counts(db):
    """As on every other page: a revision of the same year, and an exact number where there was a bound."""
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2022, "120", released="2023-03-01", value_status="preliminary")
    make_observation(component, 2022, "118", released="2023-09-01", value_status="revised")

    def last():
        touch_plan(plan)
        [row] = gap_rows(overview(plan, DAY), ())
        return row.last.value, row.part.heard.value

    assert last() == (118, 118)
    make_observation(component, 2023, "230", released="2024-03-01", precision="lower_bound")
    assert last() == (230, 230)
    make_observation(component, 2023, "210", released="2024-02-01")
    assert last() == (210, 210)


def test_a_day_before_a_release_knows_of_a_gap(db):
    plan = make_plan()
    make_observation(make_component(plan), 2021, "110", released="2023-03-01")

    assert states(plan, date(2022, 8, 1))[2021] == (GapState.OVERDUE, 32)


def test_own_month_survey_years_and_answers_count(db, client):
    plan = make_plan()
    component = make_component(plan)
    Component.objects.filter(pk=component.pk).update(
        due_month=12, frequency="several_years", every_years=2, first_due_year=2022
    )
    answer = NoFigure(component=component, year=2022, kind="not_published", reason="主管部门未公布")
    answer.answered_by = make_person("ana", "analyst")
    answer.save()
    NoFigure.objects.update(answered_at=datetime(2026, 11, 1, tzinfo=UTC))

    found = states(plan, date(2026, 11, 29), NoFigure.objects.all())

    assert found[2021][0] == GapState.NOT_EXPECTED
    rows = gap_rows(overview(plan, date(2026, 11, 29)), ())
    assert {str(year.badge.why) for year in rows[0].years if not year.is_missing} == {"每 2 年一次，次年 12 月"}
    # 2025 is the plan's last year, and no figure of it comes out.
    assert final_year(rows) is None
    assert "每 2 年公布一次，2025 年不在其中" in client.get(f"/{plan.slug}/indicators/I-01/").content.decode()
    assert found[2022][0] == GapState.DECLARED
    assert found[2024] == (GapState.OVERDUE, 333)
    # What was answered later was not known earlier.
    assert states(plan, date(2024, 6, 1), NoFigure.objects.all())[2022][0] == GapState.OVERDUE


def test_final_year_counts_and_years_are_written_as_runs(db):
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2025, "110", released="2026-03-01")
    make_component(plan, "I-02")

    found = final_year(gap_rows(overview(plan, date(2026, 11, 28)), ()))

    assert (found.published, found.total, found.late, found.days) == (1, 2, 1, 151)
    assert years_words([2021, 2022, 2023, 2025]) == "2021–2023、2025"


def test_reports_are_missing_by_what_was_approved_and_each_unit_has_its_list(db):
    plan = make_plan()
    bureau = Organisation.objects.create(code="sti", name="市科技创新局")
    top = make_item(plan, "P-1", "platform")
    Item.objects.filter(pk=make_item(plan, "P-1.1", parent=top).pk).update(lead=bureau)
    make_item(plan, "P-1.2", parent=top)
    component = make_component(plan)
    Indicator.objects.filter(pk=component.indicator.pk).update(lead=bureau)

    units = by_unit(gap_rows(overview(plan, DAY), ()), report_gaps(plan, DAY))

    assert [(unit.code, unit.missing, [row.item.code for row in unit.reports]) for unit in units] == [
        ("sti", 4, ["P-1.1"]),
        ("-", 0, ["P-1.2"]),
    ]


def test_page_of_the_real_plan_says_what_is_overdue_without_signing_in(plan, client):
    html = client.get(f"{ROOT}gaps/?as_of=2026-11-28").content.decode()

    told = text(html)
    assert "逾期 151 天" in told
    assert "从未公布" in told
    assert "催报清单：" in told.replace(" ", "")
    assert "在办" not in told
    assert "签收人" in told
    assert "逾期" in text(client.get(f"{ROOT}?as_of=2026-11-28").content.decode())


def test_files_hold_every_year_and_every_missing_report(plan, client):
    rows = client.get(f"{ROOT}gaps.json?as_of=2026-11-28").json()["results"]

    figures = [row for row in rows if row["subject"] == "figure"]
    assert len(figures) == 5 * Component.objects.of(plan).count()
    assert {row["state"] for row in rows if row["subject"] == "report"} == {"report_backlog"}
    late = next(row for row in figures if row["code"] == "I-05" and row["year"] == 2021)
    assert late["state"] == "overdue"
    assert late["days_overdue"] > 0
    csv = client.get(f"{ROOT}gaps.csv?header=zh&as_of=2026-11-28").content.decode("utf-8-sig")
    assert csv.startswith("事项,编码,名称,年份,状态")
    assert "逾期未公布" in csv


def test_one_unit_alone_is_a_sheet_of_its_own(plan, client):
    html = client.get(f"{ROOT}gaps/?organisation=-").content.decode()

    assert html.count('class="unit-gaps"') == 1
    assert "gap-years" not in html
    assert client.get(f"{ROOT}gaps/?organisation=nobody").status_code == 400


def test_what_was_published_and_is_not_used_is_not_called_unpublished(plan, client):
    """One pair of numbers on instruments is in print, without its year and of a part of them: put aside, shown."""
    page = text(client.get(f"{ROOT}indicators/I-04/?as_of=2026-11-28").content.decode())
    before = text(client.get(f"{ROOT}indicators/I-04/?as_of=2022-12-07").content.decode())
    listed = text(client.get(f"{ROOT}gaps/?as_of=2026-11-28").content.decode())

    assert page.count("公布过的数没有采用") >= 2
    assert "应由深圳市科技创新局于次年 6 月 30 日前公布" in page
    assert "从未公布" not in page
    assert "109.1" in page
    assert "原文没有印年份" in page
    assert "从未公布" in before
    assert listed.count("公布过的数没有采用") == 2


def test_a_sheet_names_what_it_has_room_for_and_gives_the_codes_of_the_rest(plan):
    """Codes alone, of the projects first: a list that is cut off is no list of what is owed."""
    reports = report_gaps(plan, DAY)
    (unit,) = by_unit((), reports)
    tasks, projects = unit.tasks, unit.projects

    def by_code(*rows) -> tuple[bool, bool]:
        one = UnitGaps(None, reports=[row for found in rows for row in found])
        return one.tasks_by_code, one.projects_by_code

    assert by_code(tasks, projects) == (False, False)
    assert by_code(tasks, projects * 4) == (False, True)
    assert by_code(tasks * 3, projects) == (True, True)


def test_an_indicator_without_data_says_who_owes_it_in_place_of_a_chart(plan, client):
    html = client.get(f"{ROOT}indicators/I-05/?as_of=2026-11-28").content.decode()

    panel = text(html.split('class="gap-panel"')[1].split("</div>")[0])
    assert "从未公布" in panel
    assert "2021–2025 缺 5 年" in panel
    assert "目标 ≥ 1,500 亿元" in panel
    assert "录入数据" not in panel
    assert 'class="trend"' not in html
    assert 'class="trend"' in client.get(f"{ROOT}indicators/I-01/").content.decode()
    client.force_login(make_person("ana", "analyst"))
    assert "?component=I-05" in client.get(f"{ROOT}indicators/I-05/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_query_budget(db, client, django_assert_max_num_queries, number):
    plan = make_plan()
    for at in range(1, number + 1):
        make_component(plan, f"I-0{at}")
        make_item(plan, f"P-{at}.1", parent=make_item(plan, f"P-{at}", "platform"))

    with django_assert_max_num_queries(14):
        client.get("/test-plan/gaps/")


def test_what_is_in_review_is_for_those_who_work_with_figures(db, client):
    plan = make_plan()
    make_observation(make_component(plan), 2023, "110", state="submitted")

    assert '<span class="tag">2023 ' not in client.get("/test-plan/gaps/").content.decode()
    client.force_login(make_person("ana", "analyst"))
    assert '<span class="tag">2023 ' in client.get("/test-plan/gaps/").content.decode()


def test_an_answer_is_on_the_remembered_overview_at_once(db, client):
    plan = make_plan()
    component = make_component(plan)
    assert "4 项应于" not in client.get("/test-plan/").content.decode()
    assert "1 项应于" in client.get("/test-plan/").content.decode()

    answer_due(component, 2025, kind="not_published", reason="主管部门未公布", by=make_person("ana", "analyst"))

    assert "1 项应于" not in client.get("/test-plan/").content.decode()
    withdraw_answer(component, 2025, by=User.objects.get(username="ana"))
    assert "1 项应于" in client.get("/test-plan/").content.decode()


def test_a_plan_loaded_late_has_reports_to_fill_in_and_none_that_are_late(plan, client):
    """The real plan, loaded today: what its publishers owe is late, what nobody could report yet is not."""
    loaded = plan.loaded_on.isoformat()
    rows = client.get(f"{ROOT}gaps.json?as_of={loaded}").json()["results"]
    reports = [row for row in rows if row["subject"] == "report"]
    html = client.get(f"{ROOT}gaps/?as_of={loaded}").content.decode()
    told = text(html)

    assert len(reports) > 100
    assert {(row["state"], row["days_overdue"]) for row in reports} == {("report_backlog", None)}
    assert "任务和项目逾期未填报 0 条" in told
    assert f"另有 {len(reports)} 条应于规划载入（{loaded}）以前填报，待补录" in told
    assert "未填报的任务和项目" not in told
    assert "早于规划载入，录入工作记为“待补录”" in html
    assert "待补录" in client.get(f"{ROOT}gaps.csv?header=zh&as_of={loaded}").content.decode("utf-8-sig")


def test_of_a_plan_loaded_in_time_they_are_late(plan, client):
    Plan.objects.filter(pk=plan.pk).update(loaded_on=plan.starts_on)

    rows = client.get(f"{ROOT}gaps.json?as_of=2026-11-28").json()["results"]

    assert {row["state"] for row in rows if row["subject"] == "report"} == {"report_overdue"}


def test_english_names_the_month_in_which_a_figure_comes_out(plan, client):
    page = client.get("/sz-sti-14/gaps/", headers={"accept-language": "en"}).content.decode()
    words = " ".join(re.sub("<[^>]+>", " ", page).split())

    assert "in December of the following year" in words
    assert "by 30 June of the following year" in words
    assert "of the year after" not in words
