from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from accounts.models import Organisation, Substitution
from home.reminders import Pending, pending_figures, pending_reports, remind
from notices.models import Notice
from notices.phrases import in_chinese
from tests.factories import make_person, make_plan

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


@dataclass
class Due:
    """What indicators.due and updates.due give of one thing."""

    organisation: Organisation | None
    due_on: date
    state: str
    component: object = None
    year: int = 0
    item: object = None
    period_end: date | None = None


@pytest.fixture(autouse=True)
def _without_links(settings):
    """Of the links that reminders bring: tests/updates/test_answering.py."""
    settings.ANSWER_LINK_DAYS = 0


@pytest.fixture
def bureau():
    return Organisation.objects.create(code="bureau", name="测试局")


@pytest.fixture
def plan():
    return make_plan()


def owed(organisation, number=1, *, what="数据", is_overdue=False, start=1):
    return [
        Pending(organisation, what, f"第 {place} 项", date(2024, 3, 31), is_overdue)
        for place in range(start, start + number)
    ]


def test_only_what_is_due_or_overdue_is_pending(bureau):
    component = SimpleNamespace(code="I-01", name="研发投入强度", name_en="R&D intensity")
    item = SimpleNamespace(code="P-1.1", title="建设平台", title_en="")
    states = ("overdue", "due_soon", "not_due", "done")

    figures = pending_figures([Due(bureau, DAY, state, component=component, year=2023) for state in states])
    reports = pending_reports(
        [Due(None, DAY, state, item=item, period_end=date(2023, 12, 31)) for state in states]
    )

    assert [in_chinese(row.line) for row in figures + reports] == [
        "已逾期　I-01 研发投入强度 2023 年数据（2024-03-01 前）",
        "即将到期　I-01 研发投入强度 2023 年数据（2024-03-01 前）",
        "已逾期　P-1.1 建设平台 截至 2023-12-31 的进展（2024-03-01 前）",
        "即将到期　P-1.1 建设平台 截至 2023-12-31 的进展（2024-03-01 前）",
    ]


def test_a_reporter_gets_one_notice_that_sums_up(plan, bureau):
    person = make_person("rep", "reporter", organisation=bureau)
    rows = owed(bureau, 5) + owed(bureau, 3, is_overdue=True) + owed(bureau, 1, what="进展", is_overdue=True)

    number = remind(plan, rows, today=DAY)

    notice = Notice.objects.get()
    assert (number, notice.person, notice.kind, notice.url) == (1, person, "overdue", "/test-plan/data/")
    assert notice.title == "测试局有 3 项数据、1 项进展逾期，5 项数据即将到期"
    assert len(notice.body.splitlines()) == 9


def test_an_english_reader_is_told_in_english_and_the_rest_in_chinese(plan, bureau):
    make_person("rep", "reporter", organisation=bureau)
    remind(plan, owed(bureau, 2) + owed(bureau, 1, what="进展", is_overdue=True), today=DAY)
    notice = Notice.objects.get()

    with override("en"):
        english = notice.title_told, notice.excerpt[0].splitlines()[0]
    with override("zh-hans"):
        chinese = notice.title_told, notice.excerpt[0].splitlines()[0]

    assert english == ("测试局: 1 progress report overdue, 2 figures due soon", "Overdue: 第 1 项 (by 2024-03-31)")
    assert chinese == ("测试局有 1 项进展逾期，2 项数据即将到期", "已逾期　第 1 项（2024-03-31 前）")
    assert (notice.title, notice.body.splitlines()[0]) == chinese


def test_what_is_only_due_soon_is_no_alarm(plan, bureau):
    make_person("rep", "reporter", organisation=bureau)

    remind(plan, owed(bureau, 2), today=DAY)

    assert Notice.objects.values_list("kind", "title").get() == ("due", "测试局有 2 项数据即将到期")


def test_the_same_is_repeated_after_a_week_and_not_before(plan, bureau):
    make_person("rep", "reporter", organisation=bureau)

    numbers = [remind(plan, owed(bureau, 2), today=DAY + timedelta(days=day)) for day in (0, 0, 1, 6, 7, 8)]

    assert numbers == [1, 0, 0, 0, 1, 0]


def test_something_new_is_told_the_next_day_and_less_is_not(plan, bureau):
    make_person("rep", "reporter", organisation=bureau)
    remind(plan, owed(bureau, 2), today=DAY)

    less = remind(plan, owed(bureau, 1), today=DAY + timedelta(days=1))
    more = remind(plan, owed(bureau, 3), today=DAY + timedelta(days=2))
    late = remind(plan, owed(bureau, 3, is_overdue=True), today=DAY + timedelta(days=3))

    assert (less, more, late) == (0, 1, 1)


def test_people_of_other_organisations_and_other_roles_hear_nothing(plan, bureau):
    other = Organisation.objects.create(code="other", name="其他局")
    make_person("other", "reporter", organisation=other)
    make_person("viewer", organisation=bureau)
    make_person("gone", "reporter", organisation=bureau, is_active=False)

    assert remind(plan, owed(bureau, 2), today=DAY) == 0


def test_analysts_hear_of_what_is_nobodys_and_of_units_without_a_reporter(plan, bureau):
    make_person("ana", "analyst")

    remind(plan, owed(None, 2) + owed(bureau, 1), today=DAY)

    assert list(Notice.objects.order_by("title").values_list("title", flat=True)) == [
        "未指定责任单位的事项中有 2 项数据即将到期",
        "测试局（没有填报人）有 1 项数据即将到期",
    ]


def test_doing_some_of_a_long_list_is_no_reason_to_tell_the_rest_again(plan, bureau):
    make_person("rep", "reporter", organisation=bureau)

    remind(plan, owed(bureau, 200), today=DAY)
    again = remind(plan, owed(bureau, 150, start=51), today=DAY + timedelta(days=1))

    assert (len(Notice.objects.get().body.splitlines()), again) == (200, 0)


def test_nothing_due_asks_nothing(plan, django_assert_num_queries):
    with django_assert_num_queries(2):  # the transaction
        assert remind(plan, [], today=DAY) == 0


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_what_is_due(plan, bureau, django_assert_num_queries, number):
    for place in range(number):
        make_person(f"rep{place}", "reporter", organisation=bureau)

    # Transaction, reporters, who stands in for them, analysts, what was told; then one organisation's wishes,
    # known and new notices.
    with django_assert_num_queries(9):
        remind(plan, owed(bureau, number), today=DAY)


def test_who_stands_in_for_a_reporter_is_reminded_too_while_it_lasts(plan, bureau):
    rep, sub, away, late = (
        make_person("rep", "reporter", organisation=bureau),
        make_person("sub", "reporter"),
        make_person("away", "reporter", plans=" other "),
        make_person("late", "reporter"),
    )
    for person, starts, ends in ((sub, 0, 9), (away, 0, 9), (late, 1, 9)):
        Substitution.objects.create(
            person=rep, substitute=person, starts_on=DAY + timedelta(starts), ends_on=DAY + timedelta(ends),
            reason="出差", named_by=rep,
        )  # fmt: skip

    assert remind(plan, owed(bureau, 2), today=DAY) == 2
    assert remind(plan, owed(bureau, 2), today=DAY) == 0

    assert set(Notice.objects.values_list("person__username", flat=True)) == {"rep", "sub"}
    assert Notice.objects.get(person=sub).title == "测试局有 2 项数据即将到期"
