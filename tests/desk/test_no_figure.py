"""Due rules of a component, and the answer that a due figure does not come."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import AuditEvent
from indicators.figures.due import due_day, figures_due
from indicators.figures.no_figure import answer_due, withdraw_answer
from indicators.models import NoFigure
from plan.models import Plan
from plan.params import today
from tests.factories import make_observation

ROOT = "/test-plan/data/"


def states(plan, day):
    return {due.year: due.word for due in figures_due(plan, today=day)}


def test_a_component_has_its_own_month(plan, component):
    component.due_month = 2
    component.save()

    assert due_day(2023, component) == date(2024, 2, 29)
    assert states(plan, date(2023, 2, 28))[2022] == "即将到期"
    assert states(plan, date(2023, 3, 1))[2022] == "已逾期"


def test_the_form_says_who_usually_publishes_and_when(component, sign_in):
    component.due_month, component.usual_publisher = 2, "市统计局"
    component.save()

    page = sign_in("ana").get(f"{ROOT}figures/new/?component=I-01&year=2022").content.decode()

    assert "市统计局" in page
    assert "次年 2 月" in page


def test_a_survey_of_every_few_years_is_due_in_its_own(plan, component):
    component.frequency, component.every_years, component.first_due_year = "several_years", 2, 2020
    component.save()

    assert list(states(plan, date(2026, 7, 1))) == [2022, 2024]


def test_the_desk_asks_for_no_year_between_two_surveys(plan, component, sign_in):
    component.frequency, component.every_years, component.first_due_year = "several_years", 2, 2020
    component.save()

    page = sign_in("ana").get(ROOT).content.decode()

    # 2021 has a figure all the same; 2023 and 2025 are between.
    assert page.count("当年不发布") == 2
    assert (
        "每 2 年一次，次年 6 月 30 日前"
        in sign_in("ana").get(f"{ROOT}figures/new/?component=I-01").content.decode()
    )


@pytest.mark.parametrize(("frequency", "often"), [("quarter", "每季度"), ("half_year", "每半年")])
def test_of_quarters_only_the_years_figure_is_due(plan, component, sign_in, frequency, often):
    component.frequency, component.due_month = frequency, 1
    component.save()

    assert states(plan, date(2023, 2, 1)) == {2022: "已逾期"}
    page = sign_in("ana").get(f"{ROOT}figures/new/?component=I-01").content.decode()
    assert f"次年 1 月（{often}公布，这里只收全年数）" in page


def test_a_plan_loaded_late_is_not_late(plan, component, sign_in):
    assert set(states(plan, date(2026, 11, 28)).values()) == {"已逾期"}
    Plan.objects.filter(pk=plan.pk).update(loaded_on=date(2026, 1, 15))
    plan.refresh_from_db()

    told = states(plan, date(2026, 11, 28))

    # Only what fell due since is late; what came before waits to be filled in.
    assert told == {2022: "待补录", 2023: "待补录", 2024: "待补录", 2025: "已逾期"}
    page = sign_in("ana").get(ROOT).content.decode()
    assert page.count("待补录") > 3


def test_an_answer_stands_in_the_cell_until_its_day(plan, component, people):
    until = today() + timedelta(100)
    answer_due(component, 2022, kind="not_collected", reason="三年一次普查", by=people["ana"], until=until)

    assert states(plan, today())[2022] == "当年未统计"
    assert states(plan, until)[2022] == "当年未统计"
    assert states(plan, until + timedelta(1))[2022] == "已逾期"
    event = AuditEvent.objects.get(action="figure.none")
    assert event.after == {"kind": "not_collected", "reason": "三年一次普查", "until": until.isoformat()}


def test_it_is_said_anew_and_taken_back(plan, component, people):
    answer_due(component, 2022, kind="not_published", reason="年鉴未列", by=people["rep"])
    answer_due(component, 2022, kind="not_collected", reason="指标已停", by=people["ana"])
    assert NoFigure.objects.get().kind == "not_collected"

    withdraw_answer(component, 2022, by=people["ana"])

    assert states(plan, today())[2022] == "已逾期"


def test_what_is_wrong_is_refused(component, people):
    with pytest.raises(ValidationError, match="为什么没有"):
        answer_due(component, 2022, kind="not_published", reason=" ", by=people["ana"])
    with pytest.raises(ValidationError, match="请选择"):
        answer_due(component, 2022, kind="never", reason="无", by=people["ana"])
    with pytest.raises(ValidationError, match="今天或以后"):
        answer_due(
            component, 2022, kind="not_published", reason="无", by=people["ana"], until=today() - timedelta(1)
        )
    with pytest.raises(PermissionDenied):
        answer_due(component, 2022, kind="not_published", reason="无", by=people["far"])


def test_a_figure_that_comes_after_all_counts(plan, component, people):
    answer_due(component, 2022, kind="not_published", reason="年鉴未列", by=people["ana"])
    make_observation(component, 2022, "130", released="2024-02-01", approved_at=timezone.now())

    assert 2022 not in states(plan, today())


def test_the_pages(plan, component, sign_in):
    ana = sign_in("ana")
    address = f"{ROOT}figures/new/?component=I-01&year=2022"
    assert "I-01 2022 年没有数据" in ana.get(address).content.decode()
    said = {"component": component.pk, "year": 2022, "kind": "not_published", "reason": "年鉴未列", "until": ""}
    assert "未公布" in ana.post(f"{ROOT}figures/none/", said, follow=True).content.decode()
    assert "年鉴未列" in ana.get(address).content.decode()
    bad = ana.post(f"{ROOT}figures/none/", said | {"until": "明天"}, follow=True).content.decode()
    assert "YYYY-MM-DD" in bad
    assert ana.post(f"{ROOT}figures/none/", said | {"year": 1950}).status_code == 404
    ana.post(f"{ROOT}figures/none/", said | {"withdraw": "1"})
    assert not NoFigure.objects.exists()
