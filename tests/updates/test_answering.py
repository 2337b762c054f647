"""The link in a reminder: it answers once, for its person's right, and never by being opened."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from home.reminders import everything_pending, remind
from notices.models import Notice
from plan.params import today
from tests.test_forms import Page
from updates.answering import address_of, send_link
from updates.models import AnswerLink, StatusUpdate


@pytest.fixture
def link(small, report):
    """A link of the reporter's; of P-1.1 there is a report of an earlier period."""
    report(small.task, "approved", status_on=date(2022, 6, 30), known_on=date(2022, 7, 1), progress=40)
    return send_link(small.plan, small.reporter)


def said(small, **more):
    one, two, _three = small.tasks
    return {f"a{one.pk}": "same", f"a{two.pk}": "done", f"d{two.pk}": "2023-05-01"} | more


def test_a_link_answers_once(small, link):
    address, client = address_of(link), Client()
    page = client.get(address)
    assert page.status_code == 200
    assert client.head(address).status_code == 200
    # Looking, as programs that search mail do, answers nothing.
    assert StatusUpdate.objects.filter(state="submitted").count() == 0
    assert AnswerLink.objects.get().used_at is None

    assert "已提交 2 项" in client.post(address, said(small)).content.decode()

    one, two = (StatusUpdate.objects.get(item=item, state="submitted") for item in small.tasks[:2])
    assert (one.progress, one.entered_by, one.organisation) == (40, small.reporter, small.own)
    assert one.done == "较上次填报（截至2022-06-30）无变化（邮件答复）。"
    assert (two.status, two.progress, two.done) == ("done", 100, "已于2023-05-01完成（邮件答复）。")
    assert AuditEvent.objects.get(action="update.answered_by_link").after["items"] == ["P-1.1", "P-1.2"]

    for again in (client.get(address), client.post(address, said(small)), Client().post(address, said(small))):
        assert again.status_code == 410
        assert "已用过" in again.content.decode()
    assert StatusUpdate.objects.filter(state="submitted").count() == 2


def test_what_is_wrong_uses_no_link_up(small, link):
    address, client, two = address_of(link), Client(), small.tasks[1]
    late = (today() + timedelta(1)).isoformat()
    for wrong in (
        {},
        said(small) | {f"d{two.pk}": late},
        said(small) | {f"d{two.pk}": ""},
        said(small) | {f"d{two.pk}": "2023-13-01"},
        # Of what was never reported nothing can have stayed the same.
        {f"a{two.pk}": "same"},
        {"a999999": "done", "d999999": "2023-05-01"},
    ):
        assert client.post(address, wrong).status_code == 400, wrong
    assert not StatusUpdate.objects.filter(state="submitted").exists()
    assert AnswerLink.objects.get().used_at is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("case", ["nothing", "no day", "late day", "no date", "never reported", "a blocker"])
def test_a_wrong_answer_says_at_its_top_what_is_wrong_and_leads_there(small, link, case, language):
    one, two, _three = small.tasks
    late = (today() + timedelta(1)).isoformat()
    sent, led = {
        "nothing": ({}, f"answer-{one.pk}"),
        "no day": (said(small) | {f"d{two.pk}": ""}, f"day-{two.pk}"),
        "late day": (said(small) | {f"d{two.pk}": late}, f"day-{two.pk}"),
        "no date": (said(small) | {f"d{two.pk}": "2023-13-01"}, f"day-{two.pk}"),
        "never reported": (said(small) | {f"a{two.pk}": "same"}, f"answer-{two.pk}"),
        "a blocker": (said(small), f"answer-{one.pk}"),
    }[case]
    if case == "a blocker":
        # What is behind says why; what stayed so without saying why would not be taken.
        StatusUpdate.objects.filter(item=one).update(status="behind", problems="")
    client = Client()
    client.cookies["django_language"] = language

    answer = client.post(address_of(link), sent)

    html = answer.content.decode()
    page = Page(html)
    assert answer.status_code == 400
    assert page.title.strip().startswith("错误：" if language == "zh-hans" else "Error: ")
    summary = html[html.index('id="faults"') :].split("</section>")[0]
    assert f'<a href="#{led}">' in summary
    assert {led, f"{led}_error"} <= page.ids
    # What was chosen stands there as it was sent.
    for name, value in sent.items():
        assert f'name="{name}" value="{value}" checked' in html or f'value="{value}"' in html


def test_a_link_is_worth_what_its_person_may(small, link):
    address = address_of(link)
    forged = address[:-3] + "xyz/"
    assert Client().get(forged).status_code == 410
    assert Client().get(f"{small.root}updates/answer/{link.nonce}/").status_code == 410

    small.reporter.is_reporter = False
    small.reporter.save()
    assert Client().post(address, said(small)).status_code == 400
    small.reporter.is_active = False
    small.reporter.save()
    assert Client().post(address, said(small)).status_code == 410

    small.reporter.is_active = small.reporter.is_reporter = True
    small.reporter.save()
    AnswerLink.objects.update(expires_at=timezone.now())
    assert Client().post(address, said(small)).status_code == 410
    assert not StatusUpdate.objects.filter(state="submitted").exists()


def test_a_reminder_of_reports_brings_one_link(small, settings):
    day = date(2023, 7, 20)
    for _night in (1, 2):
        remind(small.plan, everything_pending(small.plan, today=day), today=day)
    notice = Notice.objects.get(person=small.reporter, key__startswith="update:answer:")
    assert "可直接答复" in notice.title
    assert Client().get(notice.url).status_code == 200

    AnswerLink.objects.all().delete()
    settings.ANSWER_LINK_DAYS = 0
    assert send_link(small.plan, small.reporter) is None
