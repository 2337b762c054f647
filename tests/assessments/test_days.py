"""Where a day begins and ends for what happened at a moment: midnight of the site, to the microsecond."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assessments.models import Round, RoundStep
from plan.days import end_of, start_of, with_knowledge

DAY = date(2024, 2, 29)
MIDNIGHT = datetime(2024, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
INSTANT = timedelta(microseconds=1)


def test_a_day_ends_where_the_next_begins():
    assert end_of(DAY) == MIDNIGHT == start_of(date(2024, 3, 1))
    assert start_of(with_knowledge(DAY, date(2024, 5, 1))) == MIDNIGHT - timedelta(days=1)


@pytest.mark.parametrize(("at", "is_of_the_day"), [(MIDNIGHT - INSTANT, True), (MIDNIGHT, False)])
def test_what_was_done_at_midnight_is_of_the_next_day(midterm, at, is_of_the_day):
    midterm.steps.update(at=at)
    Round.objects.update(created_at=at)

    assert RoundStep.objects.until(DAY).exists() is is_of_the_day
    assert RoundStep.objects.after(DAY).exists() is not is_of_the_day
    assert Round.objects.known_on(DAY).exists() is is_of_the_day
