from datetime import date

import pytest

from accounts.models import Organisation
from indicators.figures.due import due_day, figures_due, years_due
from indicators.models import Component, Observation
from tests.factories import make_component, make_observation, make_plan

pytestmark = pytest.mark.django_db


def states(plan, today):
    return {due.year: str(due.state) for due in figures_due(plan, today=today)}


def test_a_years_figure_is_due_in_the_middle_of_the_next(settings):
    assert due_day(2023) == date(2024, 6, 30)
    settings.FIGURE_DUE_MONTH_DAY = "03-15"
    assert due_day(2023) == date(2024, 3, 15)


@pytest.mark.parametrize("year", [0, 1, 998, 9998, 9999])
def test_no_stored_year_breaks_a_page(year, settings):
    """A plan of the year 1 made a day of 2-06-30, and its pages answered 500."""
    assert due_day(year).year == min(year + 1, 9999)
    settings.FIGURE_DUE_MONTH_DAY = "02-29"
    assert due_day(year).month == 2


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2022, 1, 1), "upcoming"),
        (date(2022, 4, 30), "upcoming"),
        (date(2022, 5, 1), "due_soon"),
        (date(2022, 6, 30), "due_soon"),
        (date(2022, 7, 1), "overdue"),
    ],
)
def test_the_calendar_speaks_where_nothing_was_entered(today, state):
    plan = make_plan()
    make_component(plan)

    assert states(plan, today) == {2021: state}


def test_only_years_of_the_plan_that_are_over_are_due():
    plan = make_plan()

    assert list(years_due(plan, date(2021, 12, 31))) == []
    assert list(years_due(plan, date(2023, 1, 1))) == [2021, 2022]
    assert list(years_due(plan, date(2031, 1, 1))) == [2021, 2022, 2023, 2024, 2025]


def test_what_was_entered_comes_before_the_calendar():
    plan = make_plan()
    component = make_component(plan)
    for year, state in ((2021, "approved"), (2022, "draft"), (2023, "returned"), (2024, "submitted")):
        make_observation(component, year, "1", released="2025-06-01", state=state)

    assert states(plan, date(2026, 7, 1)) == {
        2022: "draft",
        2023: "returned",
        2024: "submitted",
        2025: "overdue",
    }


def test_a_statement_that_is_no_figure_leaves_the_year_open():
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2021, "1", precision="lower_bound")
    make_observation(component, 2022, "1", released="2023-06-01", state="rejected", note="口径不同")

    assert states(plan, date(2023, 7, 1)) == {2021: "overdue", 2022: "overdue"}


def test_of_two_rows_of_a_year_the_one_to_act_on_is_named():
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2021, "1", state="submitted")
    returned = make_observation(component, 2021, "2", released="2022-06-02", state="returned")

    (due,) = figures_due(plan, today=date(2022, 7, 1))

    assert (due.observation, due.is_overdue, due.days_late) == (returned, True, 1)


def test_the_organisation_that_leads_answers_and_the_queries_do_not_grow(django_assert_num_queries):
    plan = make_plan()
    own = Organisation.objects.create(code="own", name="科技局")
    first = make_component(plan)
    first.indicator.lead = own
    first.indicator.save()

    with django_assert_num_queries(3):
        (due,) = figures_due(plan, today=date(2022, 7, 1))
        assert due.organisation.name == "科技局"
    for code in ("I-02", "I-03"):
        make_component(plan, code)
    with django_assert_num_queries(3):
        assert len(figures_due(plan, today=date(2023, 7, 1))) == 6


def test_the_real_plan_states_only_rhythms_its_published_rows_show(plan):
    """A month stands only where a published row came out by it; a publisher also where pages name one."""
    told = {part.code: (part.usual_publisher, part.due_month) for part in Component.objects.of(plan)}
    stated = {code: month for code, (_who, month) in told.items() if month}

    assert set(stated) == {"I-01", "I-02", "I-03", "I-07", "T-02"}
    assert [code for code, (who, _month) in told.items() if not who] == ["T-01"]
    assert told["I-05"] == ("科技部火炬中心", None)
    for code, month in stated.items():
        rows = Observation.objects.filter(component__code=code, component__indicator__plan=plan).approved()
        by_then = [row for row in rows if (row.released_on.year, row.released_on.month) <= (row.year + 1, month)]
        assert by_then, code
    assert due_day(2025, Component.objects.get(code="I-03", indicator__plan=plan)) == date(2026, 4, 30)
    assert due_day(2025, Component.objects.get(code="I-05", indicator__plan=plan)) == date(2026, 6, 30)
