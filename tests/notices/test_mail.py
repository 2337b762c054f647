from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue, run_job
from notices.mail import NotDelivered, send_at_once, send_digests
from notices.models import Notice, Preference
from notices.services import notify, prune
from notices.tasks import daily
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def told(person, key="k", kind="returned", title="已退回：I-01", **fields):
    notify([person], kind=kind, key=key, title=title, **fields)


def test_the_digest_is_one_mail_with_everything_by_kind(settings):
    settings.SITE_URL = "https://plan.example.org"
    ana = make_person("ana", "analyst", email="ana@example.org", name="安娜")
    told(ana, "1", "returned", "已退回：I-01", body="来源不清", url="/p/data/figures/1/")
    told(ana, "2", "due", "您单位有 2 项即将到期")
    told(ana, "3", "returned", "已退回：I-02")

    sent = send_digests()

    message = mail.outbox[0]
    assert (sent, len(mail.outbox), message.to) == (1, 1, ["ana@example.org"])
    assert message.extra_headers["List-Unsubscribe"] == "<https://plan.example.org/inbox/preferences/>"
    assert message.subject == "规划跟踪：3 条提醒"
    assert message.body == (
        "安娜，您好：\n\n规划跟踪有 3 条新提醒。\n\n"
        "【即将到期】\n· 您单位有 2 项即将到期\n\n"
        "【已退回】\n· 已退回：I-02\n· 已退回：I-01\n来源不清\n  https://plan.example.org/p/data/figures/1/\n\n"
        "全部提醒：https://plan.example.org/inbox/\n提醒方式：https://plan.example.org/inbox/preferences/\n"
        "本邮件由系统发送，请勿回复。\n"
    )
    html = message.alternatives[0].content
    assert '<a href="https://plan.example.org/p/data/figures/1/">已退回：I-01</a>' in html
    assert "style=" not in html


def test_a_long_list_is_cut_in_the_mail():
    told(make_person("ana", email="ana@example.org"), body="\n".join(f"第 {line} 项" for line in range(60)))

    send_digests()

    assert mail.outbox[0].body.count("第 ") == 10
    assert "另有 50 项，见站内提醒" in mail.outbox[0].body


def test_a_second_digest_sends_nothing():
    ana = make_person("ana", email="ana@example.org")
    told(ana)
    send_digests()

    assert (send_digests(), len(mail.outbox)) == (0, 1)
    assert Notice.objects.filter(mailed_at=None).count() == 0


def test_nobody_is_mailed_who_did_not_want_it_or_has_read_it_or_cannot_be():
    for name, fields in {
        "read": {}, "unwanted": {}, "old": {}, "gone": {"is_active": True}, "no_address": {"email": ""},
    }.items():  # fmt: skip
        told(make_person(name, **({"email": f"{name}@example.org"} | fields)))
    Notice.objects.filter(person__username="read").update(read_at=timezone.now())
    Notice.objects.filter(person__username="old").update(created_at=timezone.now() - timedelta(days=15))
    unwanted = Notice.objects.get(person__username="unwanted").person
    Preference.objects.create(person=unwanted, kind="returned", mail="none")
    gone = Notice.objects.get(person__username="gone").person
    gone.is_active = False
    gone.save()

    assert (send_digests(), mail.outbox) == (0, [])


def test_one_persons_failure_costs_nobody_else_theirs_and_is_tried_again(settings):
    for name in ("anna", "refused", "zoe"):
        told(make_person(name, email=f"{name}@example.org"))
    settings.EMAIL_BACKEND = "tests.notices.backends.Refusing"

    with pytest.raises(NotDelivered) as failure:
        send_digests()

    assert list(failure.value.failed) == ["refused"]
    assert [message.to for message in mail.outbox] == [["anna@example.org"], ["zoe@example.org"]]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (send_digests(), mail.outbox[-1].to) == (1, ["refused@example.org"])


def test_the_job_says_whom_it_could_not_reach_and_stays_in_the_queue(settings):
    settings.EMAIL_BACKEND = "tests.notices.backends.Refusing"
    told(make_person("refused", email="refused@example.org"))
    job = enqueue("notices.digest", {"day": "2026-01-01"})

    run_job(job.pk)

    job.refresh_from_db()
    assert job.state == "queued"
    assert job.error.startswith("NotDelivered: refused: SMTPRecipientsRefused")


def test_a_mail_server_that_is_away_loses_nothing(settings):
    settings.EMAIL_BACKEND = "tests.notices.backends.Away"
    told(make_person("ana", email="ana@example.org"))

    with pytest.raises(ConnectionRefusedError):
        send_digests()

    assert Notice.objects.get().mailed_at is None


def test_at_once_is_for_the_kinds_and_people_that_asked_for_it():
    ana, ben = (make_person(name, email=f"{name}@example.org") for name in ("ana", "ben"))
    Preference.objects.create(person=ana, kind="returned", mail="at_once")
    for person in (ana, ben):
        told(person, "1", "returned", "已退回：I-01\n第二行")
        told(person, "2", "approved", "已核定：I-02")

    sent = send_at_once()

    assert (sent, mail.outbox[0].subject) == (1, "规划跟踪：已退回：I-01 第二行")
    assert list(Notice.objects.filter(mailed_at=None).values_list("person__username", "kind").order_by("id")) == [
        ("ana", "approved"),
        ("ben", "returned"),
        ("ben", "approved"),
    ]


def test_the_job_at_once_is_made_only_where_somebody_wants_it(django_assert_num_queries):
    ana = make_person("ana", email="ana@example.org")
    silent = make_person("silent")
    for person in (ana, silent):
        Preference.objects.create(person=person, kind="approved", mail="at_once")
    with django_assert_num_queries(3):
        told(ana)
    told(silent, kind="approved")
    assert Job.objects.count() == 0

    told(ana, "2", kind="approved")
    told(ana, "3", kind="approved")
    told(ana, "3", kind="approved")

    assert list(Job.objects.values_list("kind", flat=True)) == ["notices.mail_at_once"]


def test_a_day_has_one_digest_job():
    daily()
    daily()

    assert Job.objects.filter(kind="notices.digest").count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_a_digest_costs_a_constant_number_of_queries_a_person(django_assert_num_queries, number):
    for place in range(number):
        ana = make_person(f"p{place}", email=f"p{place}@example.org")
        for key in range(number):
            told(ana, str(key))

    # Wishes, people; then for each: savepoint, rows, mark, release.
    with django_assert_num_queries(2 + 4 * number):
        send_digests()


def test_read_notices_go_after_half_a_year_and_unread_stay():
    ana = make_person("ana")
    for key, days in (("read", 181), ("lately", 179), ("unread", None)):
        told(ana, key)
        if days:
            Notice.objects.filter(key=key).update(read_at=timezone.now() - timedelta(days=days))
    Notice.objects.filter(key="unread").update(created_at=timezone.now() - timedelta(days=400))

    assert prune() == 1
    assert sorted(Notice.objects.values_list("key", flat=True)) == ["lately", "unread"]
