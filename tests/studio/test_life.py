"""A draft from its first text to a plan that everybody sees, and its correction: two people, one transaction."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEvent
from audit.refusals import Overtaken, WrongState
from indicators.models import Component
from notices.models import Notice
from plan.models import Item, Plan
from studio import held as content
from studio import publishing, services
from studio.checking import coverage, faults_of
from studio.models import DraftStep, PlanDraft
from tests.factories import make_person
from tests.studio.scene import FRAME, TEXT, everything

pytestmark = pytest.mark.django_db


def test_nothing_is_an_item_until_somebody_accepts_it(draft):
    assert draft.held.items == {}
    assert coverage(draft.held, draft.template).per_cent == 0
    assert [fault.sort for fault in faults_of(draft.held, draft.template)] == ["empty", "open"]


@pytest.mark.breadth
def test_from_text_to_a_published_plan(draft, planner, second):
    row = everything(draft, planner)
    assert faults_of(row.held, row.template) == []
    assert coverage(row.held, row.template).per_cent == 100
    assert publishing.folder_faults(row.held) == []
    row = publishing.submit(row, reason="", by=planner)
    made = publishing.publish(row, edition=row.edition, by=second)
    plan = Plan.objects.get(slug="some-30")
    titles = dict(plan.items.values_list("code", "title"))
    assert titles["P-1"] == "科学城"
    assert titles["P-1.1"] == "集聚科研资源"
    assert titles["P-1.1-01"] == "国家应用数学中心"
    assert titles["B-1"] == "加强组织领导"
    assert set(plan.items.filter(kind="indicator").values_list("title", flat=True)) == {
        "研发投入强度", "技术合同成交额",
    }  # fmt: skip
    assert Component.objects.get(name="技术合同成交额", indicator__plan=plan).targets.get().type == "strict"
    assert (made.by, made.submitted_by) == (second, planner)
    assert AuditEvent.objects.filter(action="studio", object_code="some-30").count() >= 4
    assert AuditEvent.objects.filter(action="load_plan", actor=second).count() == 1


def test_who_took_part_does_not_publish(draft, planner):
    row = publishing.submit(everything(draft, planner), reason="", by=planner)
    with pytest.raises(ValidationError, match="参与编制的人不能发布"):
        publishing.publish(row, edition=row.edition, by=planner)
    assert not Plan.objects.filter(slug="some-30").exists()


def test_the_page_of_a_draft_names_its_kinds_and_steps_in_the_readers_language(client, draft, planner, second):
    publishing.submit(everything(draft, planner), reason="", by=planner)
    client.force_login(second)

    html = client.get("/studio/some-30/?lang=en").content.decode()

    assert re.findall(r'<button[^>]*name="action"[^>]*>([^<]+)</button>', html) == ["Publish", "Return"]
    tags = [" ".join(words.split()) for words in re.findall(r'<span class="tag">([^<]+)</span>', html)]
    assert ("Indicators 2" in tags, "Strategic platforms 1" in tags) == (True, True)
    client.force_login(planner)
    own = client.get("/studio/some-30/?lang=en").content.decode()
    assert re.findall(r'<button[^>]*name="action"[^>]*>([^<]+)</button>', own) == ["Withdraw"]


def inbox(person) -> list[str]:
    return [row.title for row in Notice.objects.in_inbox_of(person)]


def test_who_may_publish_is_told_and_who_made_it_what_became_of_it(draft, planner, second):
    """Only whoever happened to open the studio saw that a draft waited."""
    took_part, elsewhere = make_person("third", "planner"), make_person("fourth", "planner", plans=" other-30 ")
    row = services.take_text(draft, TEXT + "\n", by=took_part, edition=draft.edition)[0]
    row = publishing.submit(everything(row, planner), reason="请看第二章", by=planner)
    (told,) = Notice.objects.in_inbox_of(second)
    assert (told.title, told.body, told.kind) == ("待发布：某市科技规划", "请看第二章", "submitted")
    assert told.url == "/studio/some-30/"
    assert inbox(planner) == inbox(took_part) == inbox(elsewhere) == []

    row = publishing.take_back(row, reason="“科学城”没有年份", by=second)
    (told,) = Notice.objects.in_inbox_of(planner)
    assert (told.title, told.body, told.kind) == ("已退回：某市科技规划", "“科学城”没有年份", "returned")

    row = publishing.submit(row, reason="", by=planner)
    assert inbox(second) == ["待发布：某市科技规划"] * 2
    publishing.take_back(row, by=planner)
    assert len(inbox(planner)) == 1
    row = publishing.submit(row, reason="", by=planner)
    publishing.publish(row, edition=row.edition, by=second)
    assert inbox(planner) == ["已发布：某市科技规划", "已退回：某市科技规划"]


def test_the_page_names_who_may_publish_and_says_where_nobody_may(draft, planner, client):
    publishing.submit(everything(draft, planner), reason="", by=planner)
    client.force_login(planner)
    assert "目前没有这样的人" in client.get("/studio/some-30/").content.decode()
    make_person("second", "planner", name="发布人甲")
    page = client.get("/studio/some-30/").content.decode()
    assert "目前没有这样的人" not in page
    assert "发布人甲" in page


def test_of_two_who_publish_one_is_told(draft, planner, second):
    row = publishing.submit(everything(draft, planner), reason="", by=planner)
    publishing.publish(row, edition=row.edition, by=second)
    with pytest.raises(WrongState, match="已由他人发布"):
        publishing.publish(row, edition=row.edition, by=make_person("third", "planner"))


def test_what_the_loader_refuses_is_said_and_nothing_is_stored(draft, planner, second):
    row = everything(draft, planner)
    key = next(key for key, one in row.held.items.items() if one.kind == "platform")
    row = services.change(
        row, lambda held: content.edit(held, key, kind="nonsense"), action=DraftStep.Action.EDITED, by=planner
    )
    row = publishing.submit(row, reason="", by=planner)
    with pytest.raises(ValidationError) as refused:
        publishing.publish(row, edition=row.edition, by=second)
    assert any("nonsense" in words for words in refused.value.messages)
    assert not Plan.objects.filter(slug="some-30").exists()
    assert PlanDraft.objects.get().state == "submitted"


def test_a_draft_with_faults_is_not_handed_in(draft, planner):
    with pytest.raises(ValidationError, match="还没有接受任何条目"):
        publishing.submit(draft, reason="", by=planner)


def test_somebody_quicker_is_named(draft, planner, second):
    seen = draft.edition
    services.change(
        draft,
        lambda held: content.judge_none(held, [(1, 0, 3)]),
        action=DraftStep.Action.NONE,
        by=second,
        edition=seen,
    )
    with pytest.raises(Overtaken, match="second"):
        services.take_text(draft, TEXT + "再加一句。", by=planner, edition=seen)


def test_two_accept_different_proposals_and_the_same(draft, planner, second):
    key = services.key_of(draft.held)
    services.accept(draft, [0], by=planner, text_key=key)
    services.accept(draft, [1], by=second, text_key=key)
    with pytest.raises(ValidationError, match="已经是条目"):
        services.accept(draft, [0], by=second, text_key=key)
    assert len(PlanDraft.objects.get().held.items) == 2


def test_a_text_changed_under_somebodys_hands(draft, planner, second):
    key = services.key_of(draft.held)
    services.take_text(draft, "一、目标\n\n到2030年，研发投入强度提升至8%。\n", by=second, edition=draft.edition)
    with pytest.raises(ValidationError, match="文本刚刚改动过"):
        services.accept(draft, [0], by=planner, text_key=key)


def test_steps_are_taken_back_one_after_the_other(draft, planner):
    key = services.key_of(draft.held)
    before = draft.held.as_json()
    services.accept(draft, [0, 1], by=planner, text_key=key)
    services.reject(draft, [3], by=planner, text_key=key)
    services.undo(draft, by=planner)
    services.undo(draft, by=planner)
    assert PlanDraft.objects.get().held.as_json() == before
    services.undo(draft, by=planner)
    assert PlanDraft.objects.get().held.text == ""
    with pytest.raises(ValidationError, match="没有可以撤销"):
        services.undo(draft, by=planner)


def test_a_published_plan_is_corrected_with_a_reason_and_keeps_what_hangs_on_it(draft, planner, second):
    row = publishing.submit(everything(draft, planner), reason="", by=planner)
    publishing.publish(row, edition=row.edition, by=second)
    row = PlanDraft.objects.get()
    item = Item.objects.get(plan__slug="some-30", code="P-1.1-01")
    key = next(key for key, one in row.held.items.items() if one.code == "P-1.1-01")
    row = services.change(
        row, lambda held: content.edit(held, key, title="国家应用数学中心（深圳）"),
        action=DraftStep.Action.EDITED, by=planner,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="须写明理由"):
        publishing.submit(row, reason=" ", by=planner)
    row = publishing.submit(row, reason="依批复改名", by=planner)
    made = publishing.publish(row, edition=row.edition, by=second)
    item.refresh_from_db()
    assert item.title == "国家应用数学中心（深圳）"
    assert made.changes["changed"] == {"P-1.1-01": {"title": ["国家应用数学中心", "国家应用数学中心（深圳）"]}}
    assert made.is_correction
    assert made.reason == "依批复改名"


@pytest.mark.breadth
def test_a_plan_loaded_from_a_folder_is_taken_up(planner):
    plan = Plan.objects.get(slug="sz-sti-14")
    row = publishing.take_up(plan, by=planner)
    assert len(row.held.items) == plan.items.count()
    assert publishing.folder_faults(row.held) == []


def test_others_may_not(draft):
    stranger = make_person("analyst", "analyst")
    with pytest.raises(PermissionDenied):
        services.start(slug="x-1", template="five-year-plan", frame=FRAME, by=stranger)
    with pytest.raises(PermissionDenied):
        services.undo(draft, by=stranger)


@pytest.mark.parametrize(
    "slug",
    [
        "studio", "accounts", "api", "plans", "assess", "Studio", "SZ-STI-14", "-", "_", "a_b", "a--b",
        "-a", "..", "%2e", "a/b", "规划", "ａｂ", "a" * 51, "a\n", "",
    ],
)  # fmt: skip
def test_addresses_in_use_are_refused(slug, planner):
    with pytest.raises(ValidationError):
        services.start(slug=slug, template="five-year-plan", frame=FRAME, by=planner)
