from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from audit.models import AuditEvent
from notices.models import Notice, NoticeKind, Preference
from notices.phrases import both, day_of, say, tell
from notices.services import notify
from tests.factories import make_person

pytestmark = pytest.mark.django_db
INBOX, PREFERENCES = "/inbox/", "/inbox/preferences/"


@pytest.fixture
def ana():
    return make_person("ana", "analyst", email="ana@example.org")


@pytest.fixture
def signed_in(client, ana):
    client.force_login(ana)
    return client


def told(person, key, kind="approved", **fields):
    notify([person], kind=kind, key=key, title=f"标题 {key}", **fields)
    return Notice.objects.get(person=person, key=key)


def listed(response):
    return [
        [notice.key for notice in day["notices"]] for part in response.context["parts"] for day in part["days"]
    ]


def wishes(**changed):
    chosen = {f"inbox_{kind}": "on" for kind in NoticeKind.values} | {
        f"mail_{kind}": "digest" for kind in NoticeKind.values
    }
    return {name: value for name, value in (chosen | changed).items() if value is not None}


def test_the_inbox_shows_unread_first_then_by_day(signed_in, ana):
    for key in ("old", "read", "new"):
        told(ana, key)
    Notice.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=2))
    Notice.objects.filter(key="read").update(read_at=timezone.now())

    response = signed_in.get(INBOX)

    assert listed(response) == [["new"], ["old"], ["read"]]
    assert [part["is_read"] for part in response.context["parts"]] == [False, True]
    assert response.context["unread"] == 2
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.parametrize("page", ["x", "²", "2", "0"])
def test_a_page_that_is_none_is_refused_by_its_name(signed_in, page):
    answer = signed_in.get(INBOX, {"page": page})

    assert (answer.status_code, "页码" in answer.content.decode()) == (400, True)


def test_an_empty_inbox_says_so(signed_in):
    assert "还没有提醒" in signed_in.get(INBOX).content.decode()


@pytest.mark.parametrize(("lines", "folded"), [(0, 0), (1, 0), (6, 0), (7, 3), (100, 96)])
def test_a_long_list_is_folded_away(signed_in, ana, lines, folded):
    body = "\n".join(f"第 {line} 项" for line in range(lines))
    notice = told(ana, "1", body=body)

    page = signed_in.get(INBOX).content.decode()

    assert notice.excerpt[2] == folded
    assert (f"<summary>另有 {folded} 项</summary>" in page) == bool(folded)
    assert page.count("第 ") == lines


def test_the_filter_shows_one_kind_and_refuses_an_unknown_one(signed_in, ana):
    told(ana, "1", "due")
    told(ana, "2", "job")

    assert listed(signed_in.get(INBOX, {"kind": "due"})) == [["1"]]
    assert signed_in.get(INBOX, {"kind": "gossip"}).status_code == 404


def test_opening_a_notice_marks_it_and_leads_to_the_thing(signed_in, ana):
    notice = told(ana, "1", url="/sz-sti-14/indicators/I-01/")

    response = signed_in.post(f"/inbox/{notice.pk}/read/", {"open": "1"})

    assert response["Location"] == "/sz-sti-14/indicators/I-01/"
    assert Notice.objects.get().read_at is not None


def test_marking_twice_keeps_the_first_time_and_leads_back(signed_in, ana):
    notice = told(ana, "1")
    signed_in.post(f"/inbox/{notice.pk}/read/")
    first = Notice.objects.get().read_at

    response = signed_in.post(f"/inbox/{notice.pk}/read/", {"next": "/inbox/?kind=approved"})

    assert response["Location"] == "/inbox/?kind=approved"
    assert Notice.objects.get().read_at == first


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_notice_and_no_form_leads_to_another_site(signed_in, ana, address):
    notice = told(ana, "1", url=address)

    opened = signed_in.post(f"/inbox/{notice.pk}/read/", {"open": "1", "next": address})

    assert opened["Location"] == INBOX


def test_marking_all_leaves_what_arrived_meanwhile(signed_in, ana):
    shown = [told(ana, key) for key in ("1", "2")]
    told(ana, "later")

    signed_in.post("/inbox/read/", {"newest": shown[-1].pk})

    assert list(Notice.objects.filter(read_at=None).values_list("key", flat=True)) == ["later"]


@pytest.mark.parametrize("newest", ["", "-1", "many", "9" * 40, "１"])
def test_marking_all_with_no_number_marks_nothing(signed_in, ana, newest):
    told(ana, "1")

    response = signed_in.post("/inbox/read/", {"newest": newest})

    assert response.status_code == 302
    assert Notice.objects.filter(read_at=None).count() == 1


def test_marking_all_of_a_kind_leaves_the_others(signed_in, ana):
    told(ana, "1", "due")
    last = told(ana, "2", "job")

    signed_in.post("/inbox/read/", {"newest": last.pk, "kind": "due"})

    assert list(Notice.objects.filter(read_at=None).values_list("key", flat=True)) == ["2"]


def test_another_persons_notice_is_not_found(signed_in):
    theirs = told(make_person("ben"), "1")

    assert signed_in.post(f"/inbox/{theirs.pk}/read/").status_code == 404
    assert listed(signed_in.get(INBOX)) == []
    assert Notice.objects.get().read_at is None


def test_visitors_are_asked_to_sign_in_and_writing_needs_the_token(client, ana):
    assert client.get(INBOX)["Location"] == "/accounts/login/?next=/inbox/"
    assert client.get(PREFERENCES).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post("/inbox/read/", {"newest": "1"}).status_code == 403
    strict.logout()
    assert client.get("/inbox/read/").status_code == 405


def test_the_header_counts_what_is_unread_for_signed_in_people_alone(plan, client, signed_in, ana):
    for key in ("1", "2"):
        told(ana, key)

    assert '<span class="unread">2<' in signed_in.get("/sz-sti-14/text/").content.decode()
    assert "inbox-link" not in Client().get("/sz-sti-14/text/").content.decode()


def test_a_notice_is_read_in_the_language_of_its_reader(signed_in, ana):
    what = say("%(code)s %(title)s", code="I-01", title=both("研发投入强度", "R&D intensity"))
    notify(
        [ana],
        kind="returned",
        key="1",
        title=say("已退回：%(what)s", what=what),
        body="请补来源",
        url="/sz-sti-14/",
    )
    told(ana, "as stored before there were phrases")

    english = signed_in.get(INBOX, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    chinese = signed_in.get(INBOX).content.decode()

    assert "Returned: I-01 R&amp;D intensity" in english
    assert '<p class="notice-body"><span lang="zh-CN">请补来源</span></p>' in english
    assert '<span lang="zh-CN">标题</span> as stored' in english
    assert "已退回：I-01 研发投入强度" in chinese
    assert Notice.objects.get(key="1").title == "已退回：I-01 研发投入强度"


def test_a_sentence_the_catalogue_has_lost_is_told_in_chinese():
    with override("en"):
        assert tell(say("从前的一句话：%(count)s 项", count=2)) == "从前的一句话：2 项"
        assert tell(say("%(day)s 之前", day=day_of(date(2026, 11, 24)))) == "24 November 2026 之前"


@pytest.mark.parametrize("number", [1, 3])
def test_the_inbox_costs_the_same_for_one_and_three(signed_in, ana, django_assert_num_queries, number):
    for key in range(number):
        told(ana, str(key))
    signed_in.get(INBOX)

    # Session, person; page count, newest, unread, page; the header's count; whether the installation is a demo.
    with django_assert_num_queries(8):
        signed_in.get(INBOX)


def test_preferences_start_from_the_default_and_keep_what_was_chosen(signed_in, ana):
    changed = wishes(inbox_due=None, mail_due="none", mail_returned="at_once")

    response = signed_in.post(PREFERENCES, changed, follow=True)

    assert "提醒方式已保存" in response.content.decode()
    assert list(Preference.objects.order_by("kind").values_list("kind", "inbox", "mail")) == [
        ("due", False, "none"),
        ("returned", True, "at_once"),
    ]
    event = AuditEvent.objects.get(action="preferences.changed")
    assert (event.actor, event.after) == (ana, {"due": [False, "none"], "returned": [True, "at_once"]})


def test_saving_the_same_again_writes_nothing(signed_in):
    for _ in range(2):
        signed_in.post(PREFERENCES, wishes())

    assert (Preference.objects.count(), AuditEvent.objects.filter(action="preferences.changed").count()) == (0, 0)


def test_a_wrong_choice_is_refused_in_place_and_names_the_value(signed_in):
    response = signed_in.post(PREFERENCES, wishes(mail_due="pigeon", mail_job=None))

    page = response.content.decode()
    assert response.status_code == 400
    assert "没有“pigeon”这种邮件方式，请从列表中选择" in page
    assert "请选择邮件方式" in page
    assert Preference.objects.count() == 0


def test_a_kind_wanted_neither_way_is_not_stored_and_one_by_mail_only_is_hidden(signed_in, ana):
    Preference.objects.create(person=ana, kind="due", inbox=False, mail="none")
    Preference.objects.create(person=ana, kind="job", inbox=False, mail="digest")

    notify([ana], kind="due", key="1", title="—")
    notify([ana], kind="job", key="2", title="—")

    assert list(Notice.objects.values_list("key", flat=True)) == ["2"]
    assert listed(signed_in.get(INBOX)) == []
