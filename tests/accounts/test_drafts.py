"""What somebody typed and has not handed in: theirs alone, offered until it is taken in, and gone in the end."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import drafts
from accounts.models import FormDraft
from audit.models import AuditEvent
from indicators.models import NoFigure
from operations.retention import prune
from tests.factories import make_component, make_person, make_plan

pytestmark = pytest.mark.django_db
DRAFT, SESSION = "/accounts/draft/", "/accounts/session/"
FORM = "/test-plan/data/figures/new/"
TEXT = [["value", "142"], ["note", "打字中"]]


@pytest.fixture
def ana():
    return make_person("ana", "analyst")


@pytest.fixture
def client(ana):
    client = Client()
    client.force_login(ana)
    return client


def save(client, person, *, values=TEXT, revision=0, content="c1", **more):
    fields = {"person": person.pk, "form": FORM, "content": content, "revision": revision, "address": FORM}
    return client.post(DRAFT, fields | {"values": json.dumps(values), "title": "录入数据"} | more)


def read(client, form=FORM):
    return client.get(DRAFT, {"form": form}).json()


def test_a_draft_comes_back_in_another_browser_and_belongs_to_its_writer_alone(client, ana):
    assert save(client, ana, edition="3").json()["revision"] == 1
    assert save(client, ana, revision=1, values=[["value", "143"]]).json()["revision"] == 2

    elsewhere = Client()
    elsewhere.force_login(ana)
    assert read(elsewhere)["values"] == [["value", "143"]]
    other = Client()
    other.force_login(make_person("bob", "analyst"))
    assert read(other) == {"revision": 0, "content": "", "taken": "", "values": []}


def test_of_two_tabs_the_slower_is_told_what_the_other_saved(client, ana):
    save(client, ana)
    save(client, ana, revision=1, values=[["note", "甲"]])

    late = save(client, ana, revision=1, values=[["note", "乙"]])

    assert late.status_code == 409
    assert late.json()["values"] == [["note", "甲"]]
    assert read(client)["values"] == [["note", "甲"]]
    assert save(client, ana, revision=2, values=[["note", "乙"]]).status_code == 200


def test_a_form_opened_by_another_person_is_not_saved_for_who_is_signed_in_now(client, ana):
    bob = make_person("bob", "analyst")

    answer = save(client, bob)

    assert (answer.status_code, answer.json()) == (409, {"person": ana.pk})
    assert not FormDraft.objects.exists()


def test_a_form_opened_by_another_person_is_not_taken_in_for_who_is_signed_in_now(client, ana):
    component, bob = make_component(make_plan()), make_person("bob", "analyst")
    fields = {"component": component.pk, "year": 2022, "kind": "not_published", "reason": "等年鉴"}

    answer = client.post("/test-plan/data/figures/none/", fields | {"draft": f"{bob.pk}:/x/:c1"})

    assert answer.status_code == 403
    assert "另一个账号打开的" in answer.content.decode()
    assert not NoFigure.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": "no json"},
        {"values": json.dumps([["a"]])},
        {"values": json.dumps(3)},
        {"form": ""},
        {"form": "x" * 301},
        {"content": ""},
        {"values": json.dumps([["note", "x" * (drafts.LARGEST + 1)]])},
    ],
)
def test_what_is_no_draft_is_refused_and_nothing_is_kept(client, ana, wrong):
    fields = {"person": ana.pk, "form": FORM, "content": "c", "revision": 0, "values": json.dumps(TEXT)}

    assert client.post(DRAFT, fields | wrong).status_code == 400
    assert not FormDraft.objects.exists()


def test_any_text_can_be_typed_and_a_foreign_address_is_dropped(client, ana):
    assert save(client, ana, values=[["note", "a\x00b\ud800"]], address="//evil.example/").status_code == 200

    row = FormDraft.objects.get()
    assert row.values == [["note", "ab\ufffd"]]
    assert row.address == ""


def test_a_form_that_was_taken_in_is_not_offered_again(client, ana):
    component = make_component(make_plan())
    path = "/test-plan/data/figures/none/"
    save(client, ana, form=path)
    fields = {"component": component.pk, "year": 2022, "kind": "not_published", "reason": "等年鉴"}
    fields["draft"] = f"{ana.pk}:{path}:c1"

    # Refused: its view leads back and tells of a fault.
    assert client.post(path, fields | {"reason": ""}).status_code == 302
    assert read(client, path)["content"] == "c1"
    assert client.post(path, fields).status_code == 302

    assert NoFigure.objects.exists()
    left = read(client, path)
    assert (left["content"], left["taken"], left["values"]) == ("", "c1", [])
    assert not drafts.waiting(ana)


def test_a_form_sent_after_the_session_ended_keeps_its_draft(client, ana):
    make_component(make_plan())
    save(client, ana)
    Session.objects.all().delete()

    answer = client.post(FORM, {"value": "142", "draft": f"{ana.pk}:{FORM}:c1"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    client.force_login(ana)
    assert read(client)["values"] == TEXT


def test_a_draft_is_no_record_and_leaves_no_trail(client, ana):
    before = AuditEvent.objects.count()
    save(client, ana)

    assert AuditEvent.objects.count() == before


def test_drafts_wait_in_my_work_until_they_are_thrown_away(client, ana):
    make_plan()
    save(client, ana)
    page = client.get("/test-plan/home/")
    assert "填了还没有提交的" in page.content.decode()

    gone = client.post(DRAFT, {"person": ana.pk, "form": FORM, "forget": 1, "next": "/test-plan/home/"})

    assert gone["Location"] == "/test-plan/home/"
    assert "填了还没有提交的" not in client.get("/test-plan/home/").content.decode()


def test_drafts_go_after_their_days_and_the_oldest_make_room(client, ana, monkeypatch):
    save(client, ana)
    FormDraft.objects.update(saved_at=timezone.now() - timedelta(days=15))
    save(client, ana, form="/young/")
    assert prune()["drafts"] == 1
    assert [row.form for row in FormDraft.objects.all()] == ["/young/"]

    monkeypatch.setattr(drafts, "MOST", 3)
    for number in range(5):
        save(client, ana, form=f"/{number}/")
    assert [row.form for row in drafts.waiting(ana)] == ["/4/", "/3/", "/2/"]


def test_the_session_says_how_long_it_goes_on_and_asking_by_itself_does_not_lengthen_it(client, ana):
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=300))

    automatic = client.get(SESSION, headers={"x-automatic": "1"}).json()
    assert automatic["person"] == ana.pk
    assert 290 < automatic["left"] <= 300
    assert client.get(SESSION).json()["left"] > 1790
    assert client.get(SESSION, headers={"x-automatic": "1"}).json()["left"] > 1700
    assert save(client, ana).json()["left"] > 1700


def test_nobody_signed_in_is_told_nothing(db):
    for address in (SESSION, DRAFT):
        assert Client().get(address).status_code == 302


def test_no_form_has_a_field_named_as_the_one_that_says_whose_draft_it_is():
    """A button of that name was taken for the key of account 1: all others were refused without scripts."""
    templates = (settings.BASE_DIR / "templates").rglob("*.html")

    assert [path.name for path in templates if 'name="draft"' in path.read_text(encoding="utf-8")] == []


def test_drafts_kept_before_get_the_name_of_what_their_address_chose(ana):
    """Migration 0013: the name is the one that static/js/form-text.js gives the form now."""
    row = {"person": ana, "saved_at": timezone.now(), "content": "c"}
    new, path = "/test-plan/data/figures/new/", "/test-plan/items/P-1/report/"
    kept = [
        FormDraft.objects.create(form=new, address=f"{new}?component=I-04.1&lang=en&year=2009", **row),
        FormDraft.objects.create(form=path, address=f"{path}?as_of=2023-01-01", **row),
    ]

    import_module("accounts.migrations.0013_drafts_by_what_is_chosen").name_in_full(apps, None)

    for one in kept:
        one.refresh_from_db()
    assert [one.form for one in kept] == [f"{new}?component=I-04.1&year=2009", path]
