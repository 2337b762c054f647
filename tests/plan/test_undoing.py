"""A decision is taken back by who took it, for a while, until something rests on it; a question leaves the row."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import AuditEvent
from audit.services import record_audit
from indicators.figures.workflow import FIGURES
from indicators.models import Observation, ObservationStep
from indicators.queries import read_overview
from indicators.services import recompute
from jobs.models import Job
from notices.models import Notice
from plan.models import Item, Plan
from plan.params import today
from plan.workflow import WrongState
from tests.factories import make_observation
from tests.plan.lives import FigureLife, Office, UpdateLife, take
from updates.services import UPDATES

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def approved(office):
    life = office.life("figure")
    life.bring("approved")
    life.row.refresh_from_db()
    return life


def undo(life: FigureLife | UpdateLife, who="rev"):
    life.row.refresh_from_db()
    engine = FIGURES if isinstance(life, FigureLife) else UPDATES
    return engine.undo(life.row, edition=life.row.edition, by=life.people[who])


def test_an_undone_approval_counts_no_more_after_the_recompute(approved, office):
    recompute(office.plan, as_of=today(), cause="test")
    assert read_overview(office.plan, today()).standings[0].first.in_force()[approved.row.year] == approved.row

    row = undo(approved)

    assert (row.state, row.approved_at, row.approved_by) == ("submitted", None, None)
    assert approved.row not in read_overview(office.plan, today()).standings[0].first.in_force().values()
    assert Job.objects.filter(kind="indicators.recompute").latest("id").arguments["cause"].startswith("撤销核定")


def test_nothing_can_be_undone_later_or_on_another_day(approved, settings):
    step = ObservationStep.objects.filter(observation=approved.row, action="approved")
    step.update(at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(WrongState, match="超过 10 分钟"):
        undo(approved)
    settings.UNDO_MINUTES = 60 * 48
    step.update(at=timezone.now() - timedelta(days=1))
    with pytest.raises(WrongState, match="已过当天"):
        undo(approved)


def test_nobody_undoes_anothers(approved):
    with pytest.raises(PermissionDenied, match="作出决定的人"):
        undo(approved, "cal")


@pytest.mark.breadth
@pytest.mark.parametrize("action", ["export", "brief.saved", "round.report_asked", "round.version_kept"])
def test_what_somebody_took_away_keeps_it(approved, office, action):
    record_audit(action=action, by=office.people["vic"], plan_slug=office.plan.slug)

    with pytest.raises(WrongState, match="导出或留存"):
        undo(approved)


def test_a_strangers_download_does_not_keep_it(approved, office):
    AuditEvent.objects.create(action="export", actor_name="", plan_slug=office.plan.slug)

    assert undo(approved).state == "submitted"


def test_a_note_that_saw_it_keeps_it(approved, office):
    note = office.life("note")
    take(note, "submitted", "eva")

    with pytest.raises(WrongState, match="评估意见已引用"):
        undo(approved)


def test_a_later_figure_of_the_year_keeps_it(approved, office):
    later = make_observation(office.component, approved.row.year, "131", released="2025-06-01")
    Observation.objects.filter(pk=later.pk).update(approved_at=timezone.now())

    with pytest.raises(WrongState, match="又核定了别的数"):
        undo(approved)


def test_what_was_returned_waits_again_until_its_author_changed_it(office):
    life = office.life("figure")
    life.bring("returned")
    assert undo(life).state == "submitted"
    life.row.refresh_from_db()
    FIGURES.send_back(life.row, edition=life.row.edition, by=life.people["rev"], reason="再看")
    life.row.refresh_from_db()
    FIGURES.submit(life.row, edition=life.row.edition, by=life.people["cal"])

    with pytest.raises(WrongState):
        undo(life)


def test_a_commitment_shows_what_it_showed_before(office):
    life = office.life("update")
    life.bring("approved")
    assert Item.objects.get(pk=office.task.pk).status == "on_schedule"
    version = Plan.objects.get(pk=office.plan.pk).figures_version

    undo(life)

    item = Item.objects.get(pk=office.task.pk)
    assert (item.status, item.progress, item.status_as_of) == ("not_reported", None, None)
    assert Plan.objects.get(pk=office.plan.pk).figures_version > version


def test_a_question_to_a_closed_account_goes_to_the_unit_or_nobody(office):
    life = office.life("figure")
    life.bring("submitted")
    ana = office.people["ana"]
    ana.is_active = False
    ana.save()
    life.row.refresh_from_db()

    row = FIGURES.ask(life.row, edition=life.row.edition, by=office.people["rev"], reason="口径？")

    assert (row.state, FIGURES.open_question(row).reason) == ("submitted", "口径？")
    assert not Notice.objects.filter(title__startswith="询问").exists()
    assert FIGURES.asked(row, office.people["rev"]) == []


def test_what_nobody_entered_cannot_be_asked_about(office):
    row = make_observation(office.component, 2022, "140", released="2023-06-01")
    Observation.objects.filter(pk=row.pk).update(state="submitted", approved_at=None, submitted_at=timezone.now())
    row.refresh_from_db()

    with pytest.raises(WrongState, match="没有录入人可问"):
        FIGURES.ask(row, edition=row.edition, by=office.people["rev"], reason="口径？")
