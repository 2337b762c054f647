"""What a report says once the period is over: unfinished is unfinished, and silence is not a failure."""

from datetime import date

import pytest

from plan.after_period import STATE_WORDS, state_on, states
from plan.badges import ITEM, item_badge

END = date(2025, 12, 31)
AFTER = date(2026, 6, 30)


@pytest.mark.parametrize("status", ["not_started", "on_schedule", "behind"])
@pytest.mark.parametrize(
    ("status_on", "day", "shown"),
    [
        (date(2023, 6, 30), date(2025, 12, 31), None),
        (date(2026, 6, 30), AFTER, "unfinished"),
        (date(2025, 12, 31), AFTER, "unfinished"),
        (date(2025, 12, 30), AFTER, "unclosed"),
        (None, AFTER, "unclosed"),
    ],
)
def test_open_states_after_the_end(status, status_on, day, shown):
    assert state_on(status, status_on, END, day) == (shown or status)


@pytest.mark.parametrize("status", ["done", "adjusted", "not_reported", "achieved"])
def test_what_is_settled_or_silent_stays(status):
    assert state_on(status, date(2023, 6, 30), END, AFTER) == status


def test_every_state_has_words():
    assert {*states(END, END), *states(END, AFTER)} == set(STATE_WORDS)


def test_every_state_has_a_word_a_sign_and_a_colour_of_its_own():
    badges = [item_badge(state) for state in STATE_WORDS]

    assert set(ITEM) == set(STATE_WORDS)
    for names in zip(*((badge.word, badge.look) for badge in badges), strict=True):
        assert len(set(names)) == len(badges)
