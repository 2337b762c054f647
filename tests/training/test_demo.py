"""The demo as it stands: every state is in it, marked, and the past shows what was known then.

Loading it takes seconds, and these tests only read, so they share one that is rolled back at the end.
"""

import io
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import User
from assessments.models import Note
from audit.models import AuditEvent
from auditing.queries import differences
from desk.models import ImportBatch, ImportRow
from indicators.models import Observation, Target, Verdict, VerdictChange
from indicators.queries import overview
from indicators.services import audit_verdicts, import_observations
from jobs.models import Job
from notices.models import Notice, NoticeKind
from plan.models import Item
from plan.params import today
from talk.models import Thread
from updates.models import Attachment, Milestone, StatusUpdate

BANNER = '<p class="banner demo">'


def values(model, name, **conditions):
    return set(model.objects.filter(**conditions).values_list(name, flat=True))


@pytest.mark.breadth
def test_every_state_is_there(demo):
    assert values(Observation, "state") == set(Observation.State.values)
    assert values(Observation, "value_status") == set(Observation.ValueStatus.values)
    assert values(Target, "state") == set(Target.State.values)
    assert values(StatusUpdate, "state") == set(StatusUpdate.State.values)
    assert values(Item, "status", kind="measure") | values(Item, "status", kind="platform_task") == set(
        Item.Status.values
    )
    assert values(Note, "state") >= {"draft", "submitted", "returned", "published"}
    assert values(Job, "state") == {"done", "dead", "cancelled"}
    assert values(ImportBatch, "state") == {"applied", "checked", "undone", "cancelled", "failed"}
    assert values(ImportRow, "outcome") == set(ImportRow.Outcome.values)
    # Nobody acts on another administrator's account in the story; what is followed is told with its next change.
    assert values(Notice, "kind") == set(NoticeKind.values) - {NoticeKind.ACCOUNT, NoticeKind.FOLLOWED}
    assert values(Thread, "state") == set(Thread.State.values)
    assert Notice.objects.filter(read_at=None).exists()
    assert Notice.objects.exclude(read_at=None).exists()
    assert (Milestone.objects.count(), Attachment.objects.count()) == (6, 2)
    assert Item.objects.exclude(weight=None).count() == 13


def test_every_verdict_appears_somewhere(demo):
    assert values(Verdict, "linear_status") == {
        "achieved", "ahead", "on_schedule", "slightly_behind", "behind", "overshoot", "regressed", "missed",
        "not_assessable",
    }  # fmt: skip
    assert values(Verdict, "cagr_status") == {
        "achieved", "significant", "moderate", "insufficient", "away", "overshoot", "missed", "not_assessable",
    }  # fmt: skip
    assert values(Verdict, "final_verdict") == {
        "achieved", "not_achieved", "provisional_achieved", "provisional_not_achieved", "pending",
    }  # fmt: skip
    assert overview(demo, today()).by_code["I-08"].status == "no_data"


def test_the_past_shows_what_was_known_then(demo):
    statuses = [
        overview(demo, date.fromisoformat(day)).by_code["I-01"].status
        for day in ("2022-03-01", "2022-12-01", "2024-03-01", "2025-06-01", "2026-04-01")
    ]

    assert statuses == ["regressed", "ahead", "achieved", "overshoot", "achieved"]
    logged = VerdictChange.objects.filter(component__code="I-01").order_by("id")
    assert [change.after.linear_status for change in logged] == [
        "regressed", "ahead", "achieved", "overshoot", "achieved", "achieved",
    ]  # fmt: skip
    assert list(logged) == sorted(logged, key=lambda change: change.at)
    assert audit_verdicts(demo, as_of=today()) == []


def test_a_returned_figure_keeps_its_story_and_its_days(demo):
    figure = Observation.objects.get(component__code="I-05", year=2023)

    steps = [(step.action, step.at.date().isoformat()) for step in figure.steps.order_by("id")]
    assert steps == [
        ("entered", "2024-03-15"),
        ("submitted", "2024-03-15"),
        ("returned", "2024-03-17"),
        ("changed", "2024-03-18"),
        ("submitted", "2024-03-18"),
        ("approved", "2024-03-20"),
    ]
    assert (figure.value, figure.approved_at.date().isoformat()) == (1320, "2024-03-20")


def test_everything_invented_says_so(demo):
    entered = Observation.objects.exclude(entered_by=None)
    assert {row.source.title[:4] for row in entered.select_related("source")} == {"演示数据"}
    assert {name[:2] for name in values(User, "name")} == {"演示"}
    assert {name[:2] for name in values(StatusUpdate, "done")} == {"演示"}
    assert {name[:3] for name in values(ImportBatch, "name")} == {"演示-"}


def test_pages_and_exports_of_a_loaded_demo_are_marked(demo, client):
    client.force_login(User.objects.get(username="demo-analyst"))

    for address in (reverse("overview", args=[demo.slug]), reverse("notices:inbox"), "/nowhere/"):
        assert BANNER in client.get(address).content.decode(), address
    response = client.get(f"/{demo.slug}/observations.csv?header=zh")
    assert {line.rsplit(",", 1)[1] for line in response.content.decode("utf-8-sig").splitlines()} == {"演示数据"}
    assert import_observations(demo, io.BytesIO(response.content), today=today()).new == 0


def test_the_file_that_waits_lies_where_it_is_looked_for(demo, loaded):
    batch = ImportBatch.objects.get(state="checked")

    stored = (loaded / "imports" / batch.stored_as).read_bytes()
    assert len(stored) == batch.size
    for file in Attachment.objects.all():
        assert (loaded / "attachments" / "updates" / file.stored_as).stat().st_size == file.size


# Names that are the same in both languages.
SAME = {"SHA-256"}


def test_whatever_it_leaves_in_the_log_is_named_in_chinese(demo):
    events = list(AuditEvent.objects.all())
    names = {(event.action, row.name) for event in events for row in differences(event)}

    assert len({event.action for event in events}) > 20
    assert {pair for pair in names if pair[1].isascii()} == {
        (action, name) for action, name in names if name in SAME
    }
