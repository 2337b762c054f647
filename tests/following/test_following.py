"""Following: what changed comes once to whoever follows it, and to nobody by whose hands it went."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.tokens import create_token
from audit.models import AuditEvent
from following import services
from following.models import Follow, TellingMark
from following.queries import Followed, followers_of
from following.services import follow, unfollow
from following.telling import tell_followers
from indicators.figures import workflow as figures
from indicators.models import Observation
from indicators.verdicts.stored import recompute
from notices.models import Notice
from plan.converters import RESERVED
from plan.models import Source
from plan.params import today
from plan.services import touch_plan
from shenzhen_plan.api_urls import urlpatterns as api_urlpatterns
from shenzhen_plan.urls import urlpatterns
from tests.approving import approve_update
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from updates import services as updates

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    unit = Organisation.objects.create(code="sti", name="科技局")
    plan = make_plan()
    component = make_component(plan)
    component.indicator.lead = unit
    component.indicator.save()
    platform = make_item(plan, "P-1", "platform", lead=unit)
    task = make_item(plan, "P-1.1", parent=platform)
    return {
        "plan": plan,
        "unit": unit,
        "component": component,
        "indicator": component.indicator,
        "platform": platform,
        "task": task,
        "ana": make_person("ana", "analyst"),
        "rev": make_person("rev", "reviewer"),
        "off": make_person("off"),
    }


def entered(office, year=2024, value="150", **fields):
    return make_observation(
        office["component"], year, value, state="submitted", entered_by=office["ana"], released=f"{year}-12-31",
        **fields,
    )  # fmt: skip


def approved(office, rows):
    figures.approve_rows(office["plan"], rows, by=office["rev"], reasons={row.pk: "已核对" for row in rows})


def tell(office, minutes=15):
    return tell_followers(office["plan"], now=timezone.now() + timedelta(minutes=minutes))


def of(person):
    return Notice.objects.filter(person=person, kind="followed")


def test_one_hears_of_what_one_follows_once_and_not_of_one_s_own_act(office):
    for name in ("off", "ana", "rev"):
        follow(office["plan"], office["indicator"], by=office[name])
    follow(office["plan"], office["unit"], by=office["off"])
    approved(office, [entered(office)])

    assert tell(office) == 1
    assert tell(office, minutes=40) == 0

    notice = of(office["off"]).get()
    assert notice.title == "您关注的 I-01 指标I-01 有变化"
    assert "新数据：2024 年 150 件" in notice.body
    assert notice.url == office["indicator"].path("test-plan")
    assert not Notice.objects.filter(kind="followed").exclude(person=office["off"]).exists()


def test_a_unit_s_followers_hear_of_all_it_answers_for_and_of_reports_below(office):
    follow(office["plan"], office["unit"], by=office["off"])
    approved(office, [entered(office)])
    row = updates.file_update(
        item=office["task"], by=office["ana"], status_on=today(), status="on_schedule", done="已开工"
    )
    row = updates.submit_update(row, edition=row.edition, by=office["ana"])
    approve_update(row, edition=row.edition, by=office["rev"])

    tell(office)

    notice = of(office["off"]).get()
    assert notice.title == "您关注的 2 个条目有变化"
    assert f"P-1.1 条目P-1.1　进展填报：截至 {today().isoformat()}" in notice.body
    assert notice.url.startswith("/test-plan/changes/?from=")


def test_five_hundred_rows_are_one_notice(office):
    follow(office["plan"], office["indicator"], by=office["off"])
    now = timezone.now()
    source = Source.objects.create(title="年鉴")
    Observation.objects.bulk_create(
        Observation(
            component=office["component"], year=1500 + n, value=n, released_on="2024-01-01", source=source,
            state="approved", approved_at=now, approved_by=office["rev"], entered_by=office["ana"],
            value_status="final", precision="exact",
        )
        for n in range(500)
    )  # fmt: skip

    assert tell(office) == 1
    assert of(office["off"]).get().body.endswith("另有 497 项")


def test_what_was_taken_back_meanwhile_is_told_to_nobody(office):
    follow(office["plan"], office["indicator"], by=office["off"])
    row = entered(office)
    approved(office, [row])
    row.refresh_from_db()
    figures.FIGURES.undo(row, edition=row.edition, by=office["rev"])

    assert tell(office) == 0


def test_a_change_before_one_followed_is_no_news(office):
    follow(office["plan"], office["indicator"], by=office["off"])
    approved(office, [entered(office)])
    late = make_person("late")
    follow(office["plan"], office["indicator"], by=late)

    tell(office)

    assert of(office["off"]).count() == 1
    assert of(late).count() == 0


def test_a_revised_figure_a_changed_verdict_and_a_closed_account(office):
    make_observation(office["component"], 2024, "105", released="2025-01-01")
    gone = make_person("gone", is_active=False)
    for person in (office["off"], gone):
        Follow.objects.create(person=person, plan=office["plan"], item=office["indicator"])
    TellingMark.objects.create(plan=office["plan"], until=timezone.now())
    touch_plan(office["plan"])
    recompute(office["plan"], as_of=today(), cause="始")
    row = entered(office, value="220")
    Observation.objects.filter(pk=row.pk).update(released_on="2025-06-01")
    row.refresh_from_db()
    approved(office, [row])
    office["plan"].refresh_from_db()
    recompute(office["plan"], as_of=today(), cause="核定")

    tell(office)

    body = of(office["off"]).get().body
    assert "修订数据：2024 年 220 件" in body
    assert "结论 " in body
    assert "→ 已达目标" in body
    assert of(gone).count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_telling_costs_the_same_for_one_change_and_for_three(office, number, django_assert_max_num_queries):
    for n in range(number):
        follow(office["plan"], office["indicator"], by=make_person(f"p{n}"))
    approved(office, [entered(office, year=2021 + n, value=f"{110 + n}") for n in range(number)])

    with django_assert_max_num_queries(20):
        assert tell(office) == number


def test_following_twice_is_once_and_ends_once(office):
    first = follow(office["plan"], office["unit"], by=office["off"])
    again = follow(office["plan"], office["unit"], by=office["off"])
    unfollow(office["plan"], office["unit"], by=office["off"])
    unfollow(office["plan"], office["unit"], by=office["off"])

    assert first == again
    told = list(
        AuditEvent.objects.filter(action__startswith="follow.").order_by("id").values_list("action", flat=True)
    )
    assert told == ["follow.begun", "follow.ended"]


def test_a_retired_commitment_and_one_too_many_are_refused_in_words(office, monkeypatch):
    monkeypatch.setattr(services, "MOST", 1)
    follow(office["plan"], office["task"], by=office["off"])
    with pytest.raises(ValidationError, match="最多关注 1 项"):
        follow(office["plan"], office["platform"], by=office["off"])
    office["platform"].retired_on = today()
    with pytest.raises(ValidationError, match="P-1 已停用"):
        follow(office["plan"], office["platform"], by=office["ana"])


def test_followers_of_a_task_follow_it_what_it_is_part_of_or_its_unit(office):
    other = Organisation.objects.create(code="far", name="别局")
    follow(office["plan"], office["platform"], by=office["off"])
    follow(office["plan"], office["unit"], by=office["ana"])
    follow(office["plan"], other, by=office["rev"])

    assert set(followers_of(office["task"])) == {office["off"], office["ana"]}
    rows = Follow.objects.filter(plan=office["plan"])
    assert {row.person for row in Followed(office["plan"], rows).of(office["task"])} == {
        office["off"],
        office["ana"],
    }


def test_the_button_the_page_and_the_end(office):
    client = Client()
    client.force_login(office["off"])
    page = office["indicator"].path("test-plan")
    assert "有变化时提醒我" in client.get(page).content.decode()

    answer = client.post("/test-plan/following/", {"item": "I-01", "on": "1", "next": page}, follow=True)

    assert answer.redirect_chain == [(page, 302)]
    assert "已关注 I-01" in answer.content.decode()
    assert "取消关注" in answer.content.decode()
    client.post("/test-plan/following/", {"unit": "sti", "on": "1", "next": "//evil.example/"})
    mine = client.get("/following/").content.decode()
    assert "指标I-01" in mine
    assert "科技局" in mine
    client.post("/test-plan/following/", {"item": "I-01"})
    client.get("/following/")  # says that it ended
    assert "指标I-01" not in client.get("/following/").content.decode()
    assert client.post("/test-plan/following/", {"item": "X-9", "on": "1"}).status_code == 404
    assert client.post("/test-plan/following/", {"unit": "nobody\x00", "on": "1"}).status_code in (400, 404)
    assert "关注" not in Client().get(page).content.decode().split("<main")[1]


def test_the_feed_opens_by_its_own_token_alone_and_holds_what_one_follows(office):
    make_observation(office["component"], 2023, "140", released="2024-02-01")
    far = make_component(office["plan"], "I-02")
    make_observation(far, 2023, "150", released="2024-02-02")
    touch_plan(office["plan"])
    follow(office["plan"], office["indicator"], by=office["off"])
    made = {
        scope: create_token(by=office["off"], name="n", scope=scope, days=30, today=today())[1]
        for scope in ("feed", "calendar", "export")
    }

    feed = Client().get(reverse("following:atom", args=[made["feed"]]))

    text = feed.content.decode()
    assert feed.status_code == 200
    assert "新数据：2023 年 140 件" in text
    assert "I-02" not in text
    assert "no-store" in feed["Cache-Control"]
    for scope in ("calendar", "export"):
        assert Client().get(reverse("following:rss", args=[made[scope]])).status_code == 404
    assert Client().get("/following/none.rss").status_code == 404
    refused = Client().get("/api/v1/plans/", headers={"Authorization": f"Bearer {made['feed']}"})
    assert refused.status_code == 403
    assert "feed" in refused.json()["detail"]


def test_no_plan_takes_an_address_of_the_site():
    first = {str(one.pattern).split("/")[0] for one in urlpatterns} - {""}
    below_api = [str(one.pattern) for one in api_urlpatterns]
    first |= {pattern.split("/")[1] for pattern in below_api if pattern.startswith("v1/")} - {""}
    words = {word.split(".")[0] for word in first if not word.startswith("<") and "<" not in word}
    assert words - RESERVED <= {"handler"}
