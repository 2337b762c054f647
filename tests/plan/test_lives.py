"""All six lives, act by act: who may take it, from which state, what it leaves, and that a refusal leaves nothing.

First every act in every state by everybody; then stories of many acts by many people, as they come. The rules they
are held to are written in tests/plan/lives.py, not read from the product.
"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import notes
from indicators.models import Observation
from indicators.queries import read_overview
from plan.workflow import WrongState
from tests.plan.lives import (
    LATE,
    LIVES,
    LONG,
    MUTE,
    RIGHT,
    Life,
    NoteLife,
    Office,
    attempt,
    expected,
    refuse,
    take,
    traces,
)

EVERY_STATE = [(name, state) for name, life in LIVES.items() for state in life.paths]


def undone(act, *args) -> None:
    """Does something and takes it back: the next starts from the same rows."""
    with transaction.atomic():
        act(*args)
        transaction.set_rollback(True)


def brought(name: str, state: str) -> Life:
    life = Office().life(name)
    life.bring(state)
    assert life.state == state
    return life


def keeping(life: Life):
    """The life's own notes of where it is, to be put back after an act that was undone."""
    return {name: (set(value) if isinstance(value, set) else value) for name, value in vars(life).items()}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "state"), EVERY_STATE)
def test_every_act_by_everybody_in_every_state(name, state):
    life = brought(name, state)
    before = traces(life)
    taken = []
    for act, rule in life.acts().items():
        for who in life.people:
            if not expected(life, act, who):
                taken.append((act, who))
            # Neither the right person nor the right state: one of the two is enough to see.
            elif state in rule.starts or who in rule.may:
                refuse(life, act, who)
    assert traces(life) == before
    for act, who in taken:
        kept = keeping(life)
        undone(take, life, act, who)
        vars(life).update(kept)
        _refuse_late_and_wordless(life, act, who)
    assert traces(life) == before


def _refuse_late_and_wordless(life: Life, act: str, who: str) -> None:
    for mode in (LATE, MUTE, LONG):
        if expected(life, act, who, mode):
            refuse(life, act, who, mode)


@pytest.mark.django_db
@pytest.mark.parametrize("state", NoteLife.paths)
def test_nothing_of_a_note_changes_in_a_closed_round(state):
    life = brought("note", state)
    take(life.round, "closed", "rev")
    before = traces(life)

    for act, rule in life.acts().items():
        for who in rule.may if act != "confirmed" and state in rule.starts else ():
            assert isinstance(attempt(life, act, who), WrongState), (act, who)

    assert traces(life) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["figure", "update"])
def test_what_was_returned_once_is_never_deleted(name):
    life = brought(name, "returned")
    take(life, "submitted", "cal")
    take(life, "withdrawn", "ana")
    assert life.state == "draft"

    refuse(life, "discarded", "ana")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["figure", "update"])
def test_the_second_to_act_on_a_deleted_draft_is_told(name):
    life = brought(name, "draft")
    row = type(life.row).objects.get(pk=life.row.pk)
    take(life, "discarded", "ana")
    life.row = row

    assert isinstance(attempt(life, "submitted", "cal"), WrongState)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, life in LIVES.items() if name not in ("target",)])
def test_an_act_that_changes_nothing_leaves_nothing(name):
    life = brought(name, next(iter(LIVES[name].paths)))
    if "changed" not in life.acts():
        return
    take(life, "changed", sorted(life.acts()["changed"].may)[0])
    life.row.refresh_from_db()
    before, changed = traces(life), life.acts()["changed"]
    # The same words again: what a change last wrote is read back from the row.
    number = next(life.office.numbers)
    life.office.numbers = iter([number - 1] * 3)

    changed.call(life.row, life.row.edition, life.people[sorted(changed.may)[0]], "")

    assert traces(life) == before


@pytest.mark.django_db
def test_reasons_have_one_limit_wherever_they_are_given():
    life = brought("note", "draft")
    long = "长" * 5001

    for field in ("adjustment_reason", "difference_reason"):
        with pytest.raises(ValidationError) as caught:
            notes.change_note(life.row, edition=life.row.edition, by=life.people["eva"], **{field: long})
        assert "5000" in str(caught.value.message_dict[field])
    with pytest.raises(ValidationError) as caught:
        notes.comment(life.row, field="progress", text=long, by=life.people["eva"])
    assert "5000" in str(caught.value.message_dict["text"])


# One beat of a story: which life, a number that chooses act and person, how it is tried.
beats = st.lists(
    st.tuples(
        st.sampled_from(sorted(LIVES)), st.integers(0, 10_000), st.sampled_from([RIGHT, RIGHT, RIGHT, LATE, MUTE])
    ),
    min_size=25,
    max_size=60,
)


def tell(story) -> None:
    with transaction.atomic():
        office = Office()
        for name, number, mode in story:
            _beat(office, name, number, mode)
            for (model, pk), kept in office.settled.items():
                assert model.objects.filter(pk=pk).values().get() == kept
        _check_days(office)
        transaction.set_rollback(True)


def _beat(office: Office, name: str, number: int, mode: str) -> None:
    if name == "finding" and name not in office.lives and office.life("note").state != "published":
        name = "note"
    life = office.life(name)
    if life.state in life.final:
        if name == "finding" and life.office.life("note").state != "published":
            return
        life.begin()
        return
    pairs = [(act, who) for act in life.acts() for who in life.people]
    fitting = [pair for pair in pairs if not expected(life, *pair)]
    if mode == RIGHT and fitting and number % 4:
        take(life, *fitting[number % len(fitting)])
        return
    act, who = pairs[number % len(pairs)]
    if expected(life, act, who, mode):
        before = traces(life)
        refuse(life, act, who, mode)
        assert traces(life) == before
    elif mode == RIGHT:
        take(life, act, who)


def _check_days(office: Office) -> None:
    """On each day the figure released last counts for its year, and the target that took effect last.

    All of these days are before any was taken out, so that those count on them as they did.
    """
    approved = Observation.objects.filter(component=office.component, state__in=["approved", "rejected"])
    versions = list(office.component.targets.exclude(version=None).order_by("version"))
    assert [target.version for target in versions] == list(range(1, len(versions) + 1))
    for day in (date(2023, 12, 31), date(2024, 1, 1) + timedelta(30), date(2026, 1, 1)):
        part = read_overview(office.plan, day).standings[0].first
        public = sorted((row for row in approved if row.released_on <= day), key=lambda r: (r.released_on, r.pk))
        assert {year: row.pk for year, row in part.in_force().items()} == {row.year: row.pk for row in public}
        known = [row for row in versions if row.effective_on is None or row.effective_on <= day]
        assert part.target == max(known, key=lambda row: (row.effective_on or date.min, row.version))


@pytest.mark.django_db
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(beats)
def test_a_few_stories(story):
    tell(story)


@pytest.mark.drills
@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(beats)
def test_any_story(story):
    tell(story)
