from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.models import Organisation
from audit.models import AuditEvent
from notices.models import Notice
from plan.models import Item, Plan
from plan.params import today
from plan.queries import statuses_on
from plan.workflow import Overtaken, WrongState
from tests.approving import approve_update
from tests.factories import make_item, make_plan
from tests.updates.people import make_person
from updates import services
from updates.checks import MilestoneWords
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def item():
    organisation = Organisation.objects.create(code="sti", name="科技局")
    platform = make_item(make_plan(), "P-1", "platform", lead=organisation)
    return make_item(platform.plan, "P-1.1", parent=platform)


@pytest.fixture
def people(item):
    reporter = make_person("rep", "reporter", organisation=Organisation.objects.get(code="sti"))
    return reporter, make_person("rev", "reviewer")


def filed(item, by, **fields):
    return services.file_update(
        item=item, by=by, **{"status_on": date(2023, 6, 30), "status": "on_schedule", "done": "已开工"} | fields
    )


def handed_in(item, by, **fields):
    row = filed(item, by, **fields)
    return services.submit_update(row, edition=row.edition, by=by)


def approved(item, by, reviewer, **fields):
    row = handed_in(item, by, **fields)
    return approve_update(row, edition=row.edition, by=reviewer)


def test_an_update_lives_from_draft_to_approval(item, people):
    reporter, reviewer = people
    row = handed_in(item, reporter, progress=Decimal("37.5"))
    row = services.return_update(row, edition=row.edition, by=reviewer, reason="请写明资金到位情况")
    row = services.change_update(row, edition=row.edition, by=reporter, done="已开工，资金到位 60 %")
    row = services.submit_update(row, edition=row.edition, by=reporter)

    row = approve_update(row, edition=row.edition, by=reviewer)

    item.refresh_from_db()
    steps = list(row.steps.values_list("action", "reason"))
    assert [step[0] for step in steps] == ["entered", "submitted", "returned", "changed", "submitted", "approved"]
    assert steps[2] == ("returned", "请写明资金到位情况")
    assert (item.status, item.progress, item.status_as_of) == (
        "on_schedule",
        Decimal("0.375"),
        date(2023, 6, 30),
    )
    assert (row.known_on, row.organisation.code) == (today(), "sti")
    logged = AuditEvent.objects.filter(object_code="P-1.1").order_by("id").values_list("action", flat=True)
    assert list(logged) == [f"update.{step[0]}" for step in steps]
    assert list(Notice.objects.filter(person=reporter).order_by("id").values_list("kind", "body")) == [
        ("returned", "请写明资金到位情况"),
        ("approved", ""),
    ]
    assert Notice.objects.filter(person=reviewer, kind="submitted").count() == 2


def test_approval_raises_the_version_of_the_plan(item, people):
    before = item.plan.figures_version

    approved(item, *people)

    assert Plan.objects.get(pk=item.plan_id).figures_version == before + 1


def test_whoever_wrote_any_of_it_may_not_approve(item, people):
    reporter, _reviewer = people
    both = make_person("both", "analyst", "reviewer")
    row = filed(item, reporter)
    row = services.change_update(row, edition=row.edition, by=both, done="改写")
    row = services.submit_update(row, edition=row.edition, by=reporter)

    with pytest.raises(PermissionDenied):
        approve_update(row, edition=row.edition, by=both)

    assert StatusUpdate.objects.get(pk=row.pk).state == "submitted"


def test_an_approved_update_is_locked(item, people):
    reporter, reviewer = people
    row = approved(item, reporter, reviewer)

    for step in (
        lambda: services.change_update(row, edition=row.edition, by=reporter, done="x"),
        lambda: services.submit_update(row, edition=row.edition, by=reporter),
        lambda: services.discard_update(row, edition=row.edition, by=reporter),
        lambda: services.withdraw_update(row, edition=row.edition, by=reporter),
        lambda: services.return_update(row, edition=row.edition, by=reviewer, reason="x"),
        lambda: approve_update(row, edition=row.edition, by=reviewer),
    ):
        with pytest.raises(WrongState):
            step()

    assert StatusUpdate.objects.get(pk=row.pk).done == "已开工"


def test_the_second_editor_is_told_and_overwrites_nothing(item, people):
    reporter, _reviewer = people
    row = filed(item, reporter)
    services.change_update(row, edition=1, by=make_person("ana", "analyst"), done="先保存的")

    with pytest.raises(Overtaken) as caught:
        services.change_update(row, edition=1, by=reporter, done="后保存的")

    assert caught.value.row.done == "先保存的"
    assert StatusUpdate.objects.get(pk=row.pk).done == "先保存的"


def test_another_organisations_item_is_refused(item):
    stranger = make_person("str", "reporter", organisation=Organisation.objects.create(code="other", name="他局"))

    with pytest.raises(PermissionDenied):
        filed(item, stranger)

    assert not StatusUpdate.objects.exists()


def test_a_supporting_organisation_reports_too(item):
    other = Organisation.objects.create(code="other", name="他局")
    item.supporting.add(other)

    row = filed(item, make_person("sup", "reporter", organisation=other))

    assert row.organisation == other


def test_an_indicator_is_not_reported_on(item, people):
    item.kind = Item.Kind.PLATFORM
    item.save()

    with pytest.raises(PermissionDenied):
        filed(item, people[0])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"status_on": date(2099, 1, 1)}, "status_on"),
        ({"status_on": date(2019, 1, 1)}, "status_on"),
        ({"status": "not_reported"}, "status"),
        ({"status": "fine"}, "status"),
        ({"progress": Decimal("100.01")}, "progress"),
        ({"progress": Decimal("-1")}, "progress"),
        ({"progress": Decimal("NaN")}, "progress"),
        ({"status": "done", "progress": Decimal(99)}, "progress"),
        ({"status": "not_started", "progress": Decimal(1)}, "progress"),
        ({"status": "behind"}, "problems"),
        ({"done": "  "}, "done"),
        ({"done": "长" * 5001}, "done"),
        ({"milestones": [MilestoneWords("开工", date(2022, 1, 1))] * 2}, "milestones"),
        ({"milestones": [MilestoneWords("开工", date(2022, 1, 1), date(2099, 1, 1))]}, "milestones"),
        ({"milestones": [MilestoneWords("开工", date(1900, 1, 1))]}, "milestones"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(item, people, fields, named):
    with pytest.raises(ValidationError) as caught:
        filed(item, people[0], **fields)

    assert list(caught.value.message_dict) == [named]
    assert not StatusUpdate.objects.exists()


@pytest.mark.parametrize(("status", "share"), [("done", 100), ("not_started", 0), ("on_schedule", None)])
def test_a_status_carries_its_share_with_it(item, people, status, share):
    assert filed(item, people[0], status=status).progress == share


def test_a_return_needs_a_reason(item, people):
    row = handed_in(item, people[0])

    with pytest.raises(ValidationError):
        services.return_update(row, edition=row.edition, by=people[1], reason="  ")

    assert StatusUpdate.objects.get(pk=row.pk).state == "submitted"


def test_a_draft_goes_with_its_file_and_a_returned_one_stays(item, people, django_capture_on_commit_callbacks):
    reporter, reviewer = people
    row = filed(item, reporter, uploads=[SimpleUploadedFile("批复.pdf", PDF)])
    path = settings.DATA_DIR / "attachments" / "updates" / row.attachments.get().stored_as
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_update(row, edition=row.edition, by=reporter)
    kept = handed_in(item, reporter)
    kept = services.return_update(kept, edition=kept.edition, by=reviewer, reason="不清楚")
    kept = services.submit_update(kept, edition=kept.edition, by=reporter)
    kept = services.withdraw_update(kept, edition=kept.edition, by=reporter)

    with pytest.raises(WrongState, match="修改后重新提交"):
        services.discard_update(kept, edition=kept.edition, by=reporter)

    assert not path.exists()
    assert StatusUpdate.objects.get().pk == kept.pk


@pytest.mark.parametrize(
    "act",
    [
        lambda row, by: services.discard_update(row, edition=row.edition, by=by),
        lambda row, by: services.change_update(row, edition=row.edition, by=by, remove=[row.attachments.get().pk]),
    ],
    ids=["discarded", "taken off"],
)
def test_files_stay_until_the_act_that_removes_them_is_committed(item, people, act):
    reporter, _ = people
    row = filed(item, reporter, uploads=[SimpleUploadedFile("批复.pdf", PDF)])
    path = settings.DATA_DIR / "attachments" / "updates" / row.attachments.get().stored_as

    with transaction.atomic():
        act(row, reporter)
        assert not row.attachments.exists()
        transaction.set_rollback(True)

    assert row.attachments.get().stored_as == path.name
    assert path.read_bytes() == PDF


def test_a_refused_file_leaves_neither_rows_nor_files(item, people):
    folder = settings.DATA_DIR / "attachments" / "updates"
    before = set(folder.iterdir()) if folder.exists() else set()
    files = [SimpleUploadedFile("批复.pdf", PDF), SimpleUploadedFile("报告.pdf", b"MZ\x90\x00")]

    with pytest.raises(ValidationError) as caught:
        filed(item, people[0], uploads=files)

    assert list(caught.value.message_dict) == ["attachments"]
    assert not StatusUpdate.objects.exists()
    assert set(folder.iterdir()) == before


def test_milestones_are_replaced_as_a_whole(item, people):
    reporter, _reviewer = people
    row = filed(
        item,
        reporter,
        milestones=[MilestoneWords("开工", date(2022, 1, 1)), MilestoneWords("封顶", date(2023, 1, 1))],
    )

    row = services.change_update(
        row, edition=1, by=reporter, milestones=[MilestoneWords("开工", date(2022, 1, 1), date(2022, 3, 1))]
    )  # fmt: skip

    assert list(row.milestones.values_list("title", "actual_on")) == [("开工", date(2022, 3, 1))]
    assert row.edition == 2


def test_the_newest_day_counts_and_not_the_newest_approval(item, people):
    newest = approved(item, *people, status_on=date(2024, 6, 30), status="behind", problems="缓")

    approved(item, *people, status_on=date(2023, 6, 30))

    item.refresh_from_db()
    assert (item.status, item.status_as_of) == (newest.status, newest.status_on)


def test_a_past_day_shows_the_status_known_then(item, people):
    first = approved(item, *people, status_on=date(2023, 6, 30), progress=Decimal(30))
    second = approved(item, *people, status_on=date(2024, 6, 30), status="done")
    StatusUpdate.objects.filter(pk=first.pk).update(known_on=date(2023, 7, 10))
    StatusUpdate.objects.filter(pk=second.pk).update(known_on=date(2024, 7, 10))
    days = [date(2023, 7, 9), date(2023, 7, 10), date(2024, 7, 9), date(2024, 7, 10)]

    known = [statuses_on(item.plan, day, {item.kind})["P-1.1"] for day in days]

    assert [(row.status, row.progress, row.status_as_of) for row in known] == [
        ("not_reported", None, None),
        ("on_schedule", Decimal("0.3"), date(2023, 6, 30)),
        ("on_schedule", Decimal("0.3"), date(2023, 6, 30)),
        ("done", Decimal(1), date(2024, 6, 30)),
    ]


def test_many_are_approved_together_or_not_at_all(item, people):
    reporter, reviewer = people
    other = make_item(item.plan, "P-1.2", parent=item.parent)
    first, second = handed_in(item, reporter), handed_in(other, reporter)

    with pytest.raises(Overtaken):
        services.approve_updates(item.plan, [(first.pk, first.edition), (second.pk, 1)], by=reviewer)
    states = list(StatusUpdate.objects.values_list("state", flat=True))
    services.approve_updates(item.plan, [(row.pk, row.edition) for row in (first, second)], by=reviewer)

    assert states == ["submitted", "submitted"]
    assert [row.status for row in item.plan.items.filter(kind="platform_task")] == ["on_schedule"] * 2


def test_filing_together_is_one_notice_and_all_or_nothing(item, people):
    analyst = make_person("ana", "analyst")
    other = make_item(item.plan, "P-1.2", parent=item.parent)
    fields = {"status_on": today() - timedelta(days=1), "status": "done", "done": "全部完成"}
    with pytest.raises(ValidationError):
        services.file_together(
            item.plan, [fields | {"item": item}, fields | {"item": other, "done": ""}], by=analyst
        )
    assert not StatusUpdate.objects.exists()

    rows = services.file_together(item.plan, [fields | {"item": row} for row in (item, other)], by=analyst)

    assert [(row.state, row.progress) for row in rows] == [("submitted", 100)] * 2
    assert Notice.objects.get(person=people[1]).title == "待核定：批量填报 2 项"
    item.refresh_from_db()
    assert item.status == "not_reported"
