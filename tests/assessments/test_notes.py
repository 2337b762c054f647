"""The life of a note, what it is pinned to, and what a closed round refuses."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from assessments import notes, rounds
from assessments.models import Note, Round
from assessments.queries import changes_since, known_notes, pin_of
from assessments.report.content import build_report
from assessments.same_words import differs
from assessments.sentences import offered
from assessments.snapshots import fingerprint
from assessments.wording import change_words, show_pin
from audit.models import AuditEvent
from indicators.models import Target
from notices.models import Notice
from plan.params import today
from plan.workflow import Overtaken, WrongState
from tests.factories import make_item, make_observation
from updates.models import StatusUpdate

COMPLETE = {"progress": "增长平稳。", "conclusion": "ahead"}


@pytest.fixture
def note(midterm, component, people):
    return notes.begin_note(round=midterm, item=component.indicator, by=people["eva"])


def handed_in(note, people, **fields):
    note = notes.change_note(note, edition=note.edition, by=people["eva"], **(COMPLETE | fields))
    return notes.submit_note(note, edition=note.edition, by=people["eva"])


def published(note, people, **fields):
    note = handed_in(note, people, **fields)
    return notes.publish_note(note, edition=note.edition, by=people["rev"])


def test_a_note_is_sent_back_corrected_and_published_with_everything_kept(note, people):
    note = handed_in(note, people)
    note = notes.take_note(note, edition=note.edition, by=people["rev"])
    note = notes.return_note(note, edition=note.edition, by=people["rev"], reason="请补充成效")
    note = handed_in(note, people, results="新增 42 件。")

    note = notes.publish_note(note, edition=note.edition, by=people["rev"])

    steps = [(step.action, step.reason, step.body["results"]) for step in note.steps.all()]
    assert steps == [
        ("created", "", ""),
        ("submitted", "", ""),
        ("taken", "", ""),
        ("returned", "请补充成效", ""),
        ("submitted", "", "新增 42 件。"),
        ("published", "", "新增 42 件。"),
    ]
    actions = AuditEvent.objects.filter(action__startswith="note.").order_by("id").values_list("action", flat=True)
    assert [name for name in actions if name != "note.changed"] == [f"note.{step[0]}" for step in steps]
    assert note.published_on == today()


def test_the_author_never_reviews(note, people, midterm):
    people["eva"].is_reviewer = True
    people["eva"].save()
    note = handed_in(note, people)

    for step in (
        lambda: notes.take_note(note, edition=note.edition, by=people["eva"]),
        lambda: notes.publish_note(note, edition=note.edition, by=people["eva"]),
        lambda: notes.return_note(note, edition=note.edition, by=people["eva"], reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            step()

    assert Note.objects.get(pk=note.pk).state == "submitted"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"progress": " "}, {"progress"}),
        ({"conclusion": ""}, {"conclusion"}),
        ({"conclusion": "task_done"}, {"conclusion", "difference_reason"}),
        ({"conclusion": "behind"}, {"problems", "remedies", "difference_reason"}),
        ({"conclusion": "on_schedule"}, {"difference_reason"}),
        ({"adjustment": "target"}, {"adjustment_reason", "adjustment_document"}),
    ],
)
def test_what_is_required_depends_on_the_grade(note, people, fields, named):
    note = notes.change_note(note, edition=note.edition, by=people["eva"], **(COMPLETE | fields))

    with pytest.raises(ValidationError) as caught:
        notes.submit_note(note, edition=note.edition, by=people["eva"])

    assert set(caught.value.message_dict) == named
    assert Note.objects.get(pk=note.pk).state == "draft"


def test_a_final_evaluation_has_the_words_of_an_end(component):
    plan, task = component.indicator.plan, make_item(component.indicator.plan, "P-9", "platform")
    final = Round(plan=plan, code="final", kind=Round.Kind.FINAL)
    words = [
        [str(word.label) for word in Note(round=final, item=item).conclusions]
        for item in (component.indicator, task)
    ]

    assert words == [
        ["提前达到目标", "如期达到目标", "未完成", "无法评估"],
        ["已完成", "未完成", "调整", "无法评估"],
    ]


@pytest.mark.parametrize(
    ("computed", "same"),
    [
        ("achieved", {"achieved", "on_time"}),
        ("missed", {"not_done"}),
        ("behind", {"not_assessable"}),
        # Where nothing was published the system has not judged, and nothing differs from it.
        ("no_data", {"achieved", "on_time", "not_done", "not_assessable"}),
    ],
)
def test_a_final_conclusion_is_compared_with_what_the_period_ended_with(component, computed, same):
    note = Note(round=Round(kind=Round.Kind.FINAL), item=component.indicator, pinned={"status": computed})

    agreeing = set()
    for word in note.conclusions:
        note.conclusion = word
        if not differs(note):
            agreeing.add(str(word.value))

    assert agreeing == same


@pytest.mark.parametrize(("conclusion", "is_told"), [("ahead", False), ("on_schedule", True)])
def test_why_a_note_differs_is_told_only_where_it_does(midterm, note, people, client, conclusion, is_told):
    """The reason of a conclusion that was changed again afterwards stays in the note, and is not printed."""
    made = published(note, people, conclusion=conclusion, difference_reason="口径有变")
    client.force_login(people["rev"])
    body = made.steps.get(action="published").body

    assert body["difference_reason"] == "口径有变"
    pages = [
        client.get(f"/test-plan/assessments/notes/{made.pk}/{page}").content.decode() for page in ("", "print/")
    ]
    assert ["口径有变" in page for page in pages] == [is_told, is_told]
    told = "".join(getattr(block, "text", "") for block in build_report(midterm).blocks)
    assert ("：口径有变" in told) is is_told
    assert "增长平稳。评估结论为" in told


def test_a_task_note_is_pinned_to_what_was_known_on_the_cut_off(midterm, component, people):
    """A report of an earlier day that was approved after the cut-off is none the note could have spoken of."""
    task = make_item(component.indicator.plan, "P-1.1")
    rounds.assign(round=midterm, items=[task], evaluator=people["eva"], due_on=None, by=people["rev"])
    cut_off = midterm.cut_off
    words = [("早报", date(2023, 3, 31), cut_off), ("晚批", date(2023, 6, 30), cut_off + timedelta(1))]
    for done, status_on, known_on in words:
        StatusUpdate.objects.create(
            item=task, status_on=status_on, known_on=known_on, status="on_schedule", done=done, state="approved",
            approved_at=timezone.now(), entered_by=people["evi"],
        )  # fmt: skip
    note = notes.begin_note(round=midterm, item=task, by=people["eva"])

    note = handed_in(note, people, conclusion="task_on_schedule")

    assert note.pinned["update"]["done"] == "早报"
    assert note.pinned["as_of"] == cut_off.isoformat()


def test_a_report_corrected_since_is_a_change_and_one_of_a_later_day_is_none(midterm, component, people):
    task = make_item(component.indicator.plan, "P-1.1")
    rounds.assign(round=midterm, items=[task], evaluator=people["eva"], due_on=None, by=people["rev"])

    def report(status, status_on, known_on):
        StatusUpdate.objects.create(
            item=task, status_on=status_on, known_on=known_on, status=status, done="", state="approved",
            approved_at=timezone.now(), entered_by=people["evi"],
        )  # fmt: skip

    def since():
        found = changes_since(Note.objects.select_related("item", "round").get(pk=note.pk))
        return [(row["what"], row["was"], row["now"]) for row in found]

    report("on_schedule", date(2023, 3, 31), midterm.cut_off)
    note = notes.begin_note(round=midterm, item=task, by=people["eva"])
    note = handed_in(note, people, conclusion="task_on_schedule")
    report("done", date(2023, 9, 30), midterm.cut_off + timedelta(1))

    assert since() == []
    report("behind", date(2023, 3, 31), midterm.cut_off + timedelta(2))
    assert since() == [("update", "on_schedule", "behind")]


def test_a_note_is_pinned_to_what_it_spoke_of(note, people, component):
    note = published(note, people)
    make_observation(component, 2022, "120", released="2024-02-01")
    make_observation(component, 2023, "190", released="2024-02-01")
    component.indicator.plan.refresh_from_db()

    note.refresh_from_db()
    changes = changes_since(Note.objects.select_related("item", "round").get(pk=note.pk))

    part = note.pinned["components"][0]
    assert (note.pinned["as_of"], note.pinned["status"]) == ("2023-06-30", "ahead")
    assert (part["latest"]["value"], part["latest"]["released_on"]) == ("142", "2023-02-01")
    assert [(row["what"], row["year"], row["was"], row["now"]) for row in changes] == [
        ("figure", 2022, "142", "120")
    ]


# The target is 200: only a bound that reaches it is judged.
BOUND = {"value": 205, "precision": "lower_bound", "exclusive": True, "published_text": "突破205件"}
EXACT = {"precision": "exact", "exclusive": False, "published_text": ""}


def changes_of(note):
    return changes_since(Note.objects.select_related("item", "round").get(pk=note.pk))


def test_a_note_on_a_range_to_end_within_is_read(note, people, component, client):
    """Such a target has no direction."""
    component.targets.update(type="range_inside", value=None, low=150, high=160)
    published(note, people, conclusion="on_schedule", difference_reason="接近区间")

    assert client.get("/test-plan/indicators/I-01/").status_code == 200


def test_a_pinned_bound_keeps_its_sign(note, component, midterm):
    """“突破205件” is not 205: in the pin, and in the sentences offered."""
    component.observations.update(**BOUND)
    pin = pin_of(note.item, midterm.cut_off)

    [part] = show_pin(pin).parts
    told = {sentence.text for group in offered(note, pin) for sentence in group.sentences}

    assert (part.value, part.figures[0]["value"]) == ("> 205", "> 205")
    assert any("最新公布值为> 205" in text for text in told)


def test_an_exact_number_where_a_bound_was_is_a_change(note, people, component):
    component.observations.update(**BOUND)
    note = published(note, people, conclusion="achieved")
    component.observations.update(**EXACT)

    [change] = changes_of(note)

    assert (change["was"], change["now"]) == ("> 205", "205")
    assert str(change_words(change)).startswith("写成时 2022 年的数值为 > 205，现为 205（")


def test_a_pin_that_kept_no_signs_calls_no_bound_a_change(note, people, component):
    component.observations.update(**BOUND)
    note = published(note, people, conclusion="achieved")
    assert changes_of(note) == []
    for part in note.pinned["components"]:
        for row in (part["latest"], *part["figures"]):
            del row["sign"]
    Note.objects.filter(pk=note.pk).update(pinned=note.pinned)

    assert changes_of(note) == []


def test_a_revised_target_is_a_change_and_a_new_year_is_none(note, people, component):
    note = published(note, people)
    make_observation(component, 2023, "190", released="2024-02-01")
    Target.objects.create(
        component=component,
        version=2,
        type="point",
        value=180,
        year=2025,
        text="180",
        effective_on=date(2024, 3, 1),
        document_date=date(2024, 2, 1),
        approving_body="市政府",
        document_number="深府〔2024〕1号",
        reason="中期调整",
    )

    changes = changes_since(Note.objects.select_related("item", "round").get(pk=note.pk))

    assert [(row["what"], row["was"], row["now"]) for row in changes] == [("target", "200", "180")]


def test_the_author_is_asked_once_per_change_and_may_confirm(note, people, component, midterm):
    note = published(note, people)
    plan = component.indicator.plan
    make_observation(component, 2022, "120", released="2024-02-01")

    first, second = notes.ask_authors(plan), notes.ask_authors(plan)
    about = fingerprint(changes_since(Note.objects.select_related("item", "round").get(pk=note.pk)))
    with pytest.raises(WrongState):
        notes.confirm_note(note, by=people["eva"], about="something else")
    note = notes.confirm_note(note, by=people["eva"], about=about)

    assert (first, second, notes.ask_authors(plan)) == (1, 0, 0)
    assert Notice.objects.filter(person=people["eva"], title__contains="依据有变化").count() == 1
    assert note.steps.last().action == "confirmed"


def test_two_editors_do_not_overwrite_each_other(note, people):
    notes.change_note(note, edition=1, by=people["eva"], progress="第一版")

    with pytest.raises(Overtaken) as caught:
        notes.change_note(note, edition=1, by=people["eva"], progress="第二版")

    assert caught.value.row.progress == "第一版"


def test_a_closed_round_refuses_every_change_until_it_is_reopened_with_a_reason(note, people, midterm):
    note = handed_in(note, people)
    midterm.refresh_from_db()
    midterm = rounds.close_round(midterm, edition=midterm.edition, by=people["rev"])

    with pytest.raises(WrongState, match="重新打开"):
        notes.withdraw_note(note, edition=note.edition, by=people["eva"])
    with pytest.raises(WrongState):
        notes.publish_note(note, edition=note.edition, by=people["rev"])
    with pytest.raises(ValidationError):
        rounds.reopen_round(midterm, edition=midterm.edition, by=people["rev"], reason=" ")
    midterm = rounds.reopen_round(midterm, edition=midterm.edition, by=people["rev"], reason="补充材料")
    note = notes.withdraw_note(note, edition=note.edition, by=people["eva"])

    assert note.state == "withdrawn"
    assert midterm.steps.last().reason == "补充材料"
    assert AuditEvent.objects.get(action="round.reopened").after["reason"] == "补充材料"


def test_only_the_assigned_evaluator_begins_a_note(midterm, component, people):
    with pytest.raises(PermissionDenied):
        notes.begin_note(round=midterm, item=component.indicator, by=people["evi"])
    with pytest.raises(PermissionDenied):
        notes.begin_note(round=midterm, item=component.indicator, by=people["rev"])


def test_begun_work_cannot_be_given_to_another(note, midterm, component, people):
    given = rounds.assign(
        round=midterm, items=[component.indicator], evaluator=people["evi"], due_on=None, by=people["rev"]
    )

    assert (given.number, [item.code for item, _why in given.refused]) == (0, ["I-01"])
    assert rounds.unassign(round=midterm, items=[component.indicator], by=people["rev"]) == 0


def test_notes_known_on_a_day_keep_the_text_that_stood_then(note, people, component):
    note = published(note, people, results="第一版")
    note = notes.amend_note(note, edition=note.edition, by=people["eva"])
    plan = component.indicator.plan

    assert known_notes(plan, today()) == []
    published(note, people, results="第二版")

    assert [step.body["results"] for step in known_notes(plan, today())] == ["第二版"]
    assert known_notes(plan, date(2023, 1, 1)) == []


def test_comments_belong_to_a_field_and_are_settled(note, people):
    note = handed_in(note, people)
    remark = notes.comment(note, field="progress", text="请写具体数字", by=people["rev"])

    settled = notes.settle_comment(remark, by=people["eva"])

    assert (settled.settled_by, Notice.objects.filter(person=people["eva"], body="请写具体数字").count()) == (
        people["eva"],
        1,
    )
    with pytest.raises(ValidationError):
        notes.comment(note, field="edition", text="x", by=people["rev"])
    with pytest.raises(PermissionDenied):
        notes.comment(note, field="progress", text="x", by=people["evi"])
