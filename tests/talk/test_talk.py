"""What people of the house say to each other: who may, who hears of it, how it ends, and what is never shown."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from accounts.services import set_active
from audit.models import AuditEvent
from audit.refusals import Overtaken, WrongState
from following.services import follow
from home.handover import hand_over
from home.open_work import open_counts, open_things
from home.to_do import groups
from indicators.figures import workflow as figures
from notices.models import Notice
from plan.models import Plan
from plan.params import today
from plan.services import touch_plan
from talk.models import Comment, TalkMention, Thread
from talk.naming import named_in
from talk.queries import concerning
from talk.services import begin_thread, change_comment, reply, resolve, withdraw_comment
from talk.subjects import about
from tests.assessments.scene import open_round
from tests.factories import make_component, make_item, make_observation, make_plan
from tests.updates.people import make_person
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
WORDS = "暗号：口径变了吗"


@pytest.fixture
def office():
    own, far = (Organisation.objects.create(code=code, name=code) for code in ("own", "far"))
    plan = make_plan()
    component = make_component(plan)
    component.indicator.lead = own
    component.indicator.save()
    people = {
        "eva": make_person("eva", "evaluator", name="伊娃"),
        "ana": make_person("ana", "analyst", name="安娜"),
        "rev": make_person("rev", "reviewer", name="任薇"),
        "rep": make_person("rep", "reporter", organisation=own, name="李四"),
        "far": make_person("far", "reporter", organisation=far, name="李四光"),
        "off": make_person("off", name="王官"),
        "sys": make_person("sys", "system_admin"),
    }
    return {"plan": plan, "component": component, "indicator": component.indicator, "own": own} | people


def thing(office, key="item", row=None):
    return about(office["plan"], key, (row or office["indicator"]).pk)


def talk(office, text=WORDS, by="eva", told=None, **fields):
    return begin_thread(told or thing(office), text=text, by=office[by], **fields)


def heard(person):
    return Notice.objects.filter(person=person, kind="talk")


def page_of(person, address, **options):
    client = Client()
    if person:
        client.force_login(person)
    return client.get(address, **options)


@pytest.mark.breadth
def test_a_question_is_told_to_whom_it_names_answered_and_resolved(office):
    row = talk(office, "@安娜 口径变了吗？", is_question=True)
    assert heard(office["ana"]).get().title == "伊娃 在讨论中提到您：I-01 指标I-01"
    assert [one.pk for one in concerning(office["plan"], office["ana"]).asked] == [row.pk]
    (group,) = [one for one in groups(office["plan"], office["ana"], today=today()) if one.key == "talk"]
    assert (group.open, group.urgency) == (1, 1)

    row = reply(row, text="没有变。", by=office["ana"])
    assert heard(office["eva"]).get().title == "安娜 发言：I-01 指标I-01"
    assert concerning(office["plan"], office["ana"]).asked == []
    row = resolve(row, edition=row.edition, by=office["eva"])

    assert (row.state, row.resolved_by) == ("resolved", office["eva"])
    assert concerning(office["plan"], office["eva"]).kept == []
    told = list(
        AuditEvent.objects.filter(action__startswith="talk.").order_by("id").values_list("action", flat=True)
    )
    assert told == ["talk.begun", "talk.replied", "talk.resolved"]


def test_who_keeps_a_thread_hears_that_another_resolved_it(office):
    row = talk(office)

    resolve(row, edition=row.edition, by=office["ana"])

    assert heard(office["eva"]).get().title == "安娜 已将讨论标为已解决：I-01 指标I-01"


def test_everybody_is_told_once_a_comment_in_however_many_ways_it_concerns_him(office):
    follow(office["plan"], office["indicator"], by=office["ana"])
    follow(office["plan"], office["own"], by=office["ana"])
    follow(office["plan"], office["indicator"], by=office["off"])
    row = talk(office, "@ana @安娜 看看", by="eva")
    reply(row, text="@安娜 再看看，@伊娃 自己也看", by=office["eva"])

    assert heard(office["ana"]).count() == 2
    assert heard(office["off"]).count() == 2
    assert heard(office["eva"]).count() == 0
    assert TalkMention.objects.filter(person=office["eva"], settled_at=None).count() == 0


def test_who_speaks_is_told_whom_it_reached(office):
    """A question that reaches nobody is not left to be waited for."""
    address = f"/test-plan/talk/about/item/{office['indicator'].pk}/"
    client = Client()
    client.force_login(office["eva"])
    told = [
        client.post(address, {"text": words, "is_question": "on"}, follow=True).content.decode()
        for words in (WORDS, f"@任薇 {WORDS}")
    ]

    assert ["没有通知到人" in page for page in told] == [True, False]
    assert "已通知 1 人" in told[1]


def test_two_who_resolve_at_once(office):
    row = talk(office)
    first, second = Thread.objects.get(pk=row.pk), Thread.objects.get(pk=row.pk)
    resolve(first, edition=first.edition, by=office["eva"])
    with pytest.raises(WrongState, match="已由 伊娃 于 .* 标为已解决"):
        resolve(second, edition=second.edition, by=office["ana"])
    again = talk(office)
    reply(again, text="还有一句", by=office["ana"])
    with pytest.raises(Overtaken):
        resolve(again, edition=again.edition, by=office["eva"])


def test_a_reply_opens_again_what_was_resolved(office):
    row = talk(office)
    row = resolve(row, edition=row.edition, by=office["ana"])
    assert heard(office["eva"]).get().title.startswith("安娜 已将讨论标为已解决")
    row = reply(row, text="没有解决", by=office["eva"])
    assert (row.state, row.resolved_by, row.resolved_at) == ("open", None, None)


def test_words_are_mended_for_a_while_and_taken_back_for_good(office, settings):
    row = talk(office, "@安娜 看")
    comment = row.comments.get()
    change_comment(comment, text="@任薇 看", by=office["eva"])
    assert heard(office["rev"]).count() == 1
    assert [one.person for one in comment.mentions.all()] == [office["rev"]]
    with pytest.raises(PermissionDenied):
        change_comment(comment, text="x", by=office["ana"])
    Comment.objects.filter(pk=comment.pk).update(
        at=timezone.now() - timedelta(minutes=settings.TALK_EDIT_MINUTES + 1)
    )
    with pytest.raises(WrongState, match="不能修改"):
        change_comment(comment, text="晚了", by=office["eva"])

    withdraw_comment(comment, by=office["eva"])

    comment.refresh_from_db()
    assert (comment.text, heard(office["rev"]).get().body) == ("", "")
    assert AuditEvent.objects.get(action="talk.withdrawn").after["before"] == "@任薇 看"
    page = page_of(office["ana"], row.get_absolute_url()).content.decode()
    assert "发言人已于" in page
    assert "@任薇" not in page
    with pytest.raises(WrongState, match="已撤回"):
        withdraw_comment(comment, by=office["eva"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "请写下要说的话"),
        ("  \n ", "请写下要说的话"),
        ("长" * 5001, "最多 5000 字"),
        ("@没有这人 看", "没有叫“没有这人”的账号或人"),
        ("@gone 看", "gone 的账号已停用"),
        ("@老李 看", "有 2 人叫“老李”，请写账号名：@l1、@l2"),
        ("@ana " * 21, "最多提到 20 人"),
    ],
)
def test_what_cannot_be_said(office, text, why):
    make_person("gone", is_active=False)
    for name in ("l1", "l2"):
        make_person(name, name="老李")
    with pytest.raises(ValidationError, match=re.escape(why)):
        talk(office, text)
    assert not Thread.objects.exists()


def test_names_are_read_the_longest_first_and_mail_is_no_name(office):
    found = named_in("请@李四光看，@李四请看；@ana, x@ana.example @ 空 邮件 a@b.cn")
    assert [(person.username, said) for person, said in found.items()] == [
        ("far", "李四光"), ("rep", "李四"), ("ana", "ana"),
    ]  # fmt: skip
    with pytest.raises(ValidationError, match="analyst"):
        named_in("@analyst")


@pytest.mark.breadth
def test_control_characters_two_megabytes_and_nothing_come_back_with_what_is_wrong(office):
    client = Client()
    client.force_login(office["eva"])
    make_observation(office["component"], 2023, "140", released="2024-02-01")
    address = f"/test-plan/talk/about/item/{office['indicator'].pk}/"

    for text, status, why in (("", 400, "发言"), ("一\x00二", 400, "空字符"), ("长" * 700_000, 400, "5000")):
        answer = client.post(address, {"text": text})
        assert answer.status_code in (status, 413), text[:5]
        if answer.status_code == status:
            assert why in answer.content.decode()
    assert client.post(address, {"text": "好\x07的", "is_question": "on"}).status_code == 302
    assert Comment.objects.get().text == "好的"
    assert client.post(address, {"text": "x", "about": "figure:99"}).status_code == 400


def test_what_is_not_public_is_talked_about_by_those_who_see_it(office):
    figure = make_observation(office["component"], 2024, "7", state="submitted", entered_by=office["rep"])
    told = thing(office, "figure", figure)
    row = talk(office, by="rev", told=told)
    assert heard(office["rep"]).count() == 1
    for name in ("far", "eva", "off", "sys"):
        with pytest.raises(PermissionDenied):
            reply(row, text="我也说", by=office[name])
        for address in (row.get_absolute_url(), f"/test-plan/talk/about/figure/{figure.pk}/"):
            assert page_of(office[name], address).status_code == 404
        assert WORDS not in page_of(office[name], office["indicator"].path("test-plan")).content.decode()
    with pytest.raises(ValidationError, match="王官 看不到"):
        reply(row, text="@王官 看", by=office["rev"])
    assert WORDS in page_of(office["rep"], office["indicator"].path("test-plan")).content.decode()


def test_a_figure_taken_back_to_a_draft_keeps_what_was_said_and_stays(office):
    figure = figures.enter_figure(
        component=office["component"], by=office["rep"], source=office["plan"].source, year=2024, value=7,
        value_status="final", precision="exact", released_on=today(),
    )  # fmt: skip
    figure = figures.submit_figure(figure, edition=figure.edition, by=office["rep"])
    row = talk(office, by="rev", told=thing(office, "figure", figure))
    figure = figures.withdraw_figure(figure, edition=figure.edition, by=office["rep"])
    with pytest.raises(WrongState, match="已撤回"):
        reply(Thread.objects.get(pk=row.pk), text="还在吗", by=office["rev"])
    with pytest.raises(WrongState, match="讨论"):
        figures.discard_figure(figure, edition=figure.edition, by=office["rep"])
    assert Thread.objects.filter(pk=row.pk).exists()


def test_another_unit_s_internal_report_is_not_there(office):
    task = make_item(office["plan"], "P-1", "platform", lead=office["own"])
    row = StatusUpdate.objects.create(
        item=task, organisation=office["own"], status_on=today(), status="done", done="x", state="submitted",
        entered_by=office["rep"],
    )  # fmt: skip
    assert page_of(office["far"], f"/test-plan/talk/about/update/{row.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        talk(office, by="far", told=thing(office, "update", row))
    assert talk(office, by="rep", told=thing(office, "update", row)).update == row


def test_chapters_and_reports_of_rounds_are_for_those_who_take_part(office):
    round = open_round(office["plan"], by=office["rev"], items=[office["indicator"]], evaluator=office["eva"])
    talk(office, by="eva", told=thing(office, "round", round))
    with pytest.raises(PermissionDenied):
        talk(office, by="off", told=thing(office, "round", round))


@pytest.mark.breadth
def test_whose_roles_hold_in_another_plan_does_not_talk_here(office):
    make_plan("other")
    away = make_person("away", "analyst", plans=" other ")
    row = talk(office)
    with pytest.raises(PermissionDenied):
        reply(row, text="x", by=away)
    with pytest.raises(ValidationError, match="away 看不到"):
        talk(office, "@away 看")
    assert page_of(away, row.get_absolute_url()).status_code == 404
    assert 'id="talk"' not in page_of(away, office["indicator"].path("test-plan")).content.decode()


def test_nothing_said_is_public_or_in_a_file(office):
    make_observation(office["component"], 2024, "150", released="2025-01-01")
    talk(office)
    touch_plan(office["plan"])
    page = office["indicator"].path("test-plan")
    files = ("/test-plan/items.csv", "/test-plan/items/I-01/history.json", "/test-plan/indicators/I-01.json")
    for address in (page, f"{page}?as_of={today() - timedelta(1)}", *files, "/api/v1/test-plan/items/I-01/"):
        for person in (None, office["ana"]):
            answer = page_of(person, address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown = person is not None and address == page
            assert (WORDS in body.decode()) == shown, address
    answer = page_of(office["ana"], "/test-plan/package.zip")
    package = b"".join(answer.streaming_content) if answer.streaming else answer.content
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert not any(WORDS.encode() in archive.read(name) for name in archive.namelist())


def test_open_threads_are_handed_over_with_the_other_work(office):
    kept = talk(office, "跟进")
    asked = talk(office, "@伊娃 请答复", by="ana")
    assert open_counts(office["eva"]) == [("讨论", 1), ("待答复的讨论", 1)]
    keys = [one.key for one in open_things(office["eva"])]

    found = hand_over(person=office["eva"], to=office["rev"], keys=keys, reason="离职", by=office["eva"])

    assert found.refused == []
    kept.refresh_from_db()
    assert kept.keeper == office["rev"]
    assert open_counts(office["eva"]) == []
    assert [one.pk for one in concerning(office["plan"], office["rev"]).asked] == [asked.pk]


def test_closing_an_account_lists_its_threads(office):
    talk(office)
    set_active(person_id=office["eva"].pk, active=False, by=office["sys"])
    assert "1 项工作待移交" in Notice.objects.get(person=office["rev"], kind="overdue").title


def test_a_retired_commitment_shows_what_was_said_and_takes_no_more(office):
    row = talk(office)
    office["indicator"].retired_on, office["indicator"].retired_reason = today(), "并入"
    office["indicator"].save()
    with pytest.raises(WrongState, match="已停用"):
        reply(Thread.objects.get(pk=row.pk), text="x", by=office["ana"])
    assert WORDS in page_of(office["ana"], row.get_absolute_url()).content.decode()


def test_the_names_behind_an_at(office):
    client = Client()
    client.force_login(office["off"])
    ask = lambda q: [row["said"] for row in client.get("/test-plan/talk/people/", {"q": q}).json()["people"]]  # noqa: E731
    assert ask("李四") == ["李四", "李四光"]
    assert ask("AN") == ["安娜"]
    assert ask("") == []
    assert Client().get("/test-plan/talk/people/?q=a").status_code == 302


def _filled(office, number):
    for n in range(number):
        row = talk(office, f"@安娜 {n}")
        reply(row, text="答", by=office["ana"])
    return Plan.objects.get(pk=office["plan"].pk)


@pytest.mark.parametrize("number", [1, 3])
def test_the_section_and_the_list_cost_the_same_for_one_thread_and_for_three(office, number):
    client = Client()
    client.force_login(office["eva"])
    page = office["indicator"].path("test-plan")
    # Where nobody has talked, whether somebody has is all that is asked.
    assert _asked_of_talk(client, page) == 1
    assert _asked_of_talk(client, "/test-plan/talk/") == 1
    _filled(office, number)
    assert _asked_of_talk(client, page) == 4
    assert _asked_of_talk(client, "/test-plan/talk/") == 3


def _asked_of_talk(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as found:
        client.get(page)
    return len([one for one in found.captured_queries if "talk_" in one["sql"]])
