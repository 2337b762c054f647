"""Other programs are told: with what happened, signed, again where it failed, and nowhere private."""

import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.sealing import unseal
from audit.models import AuditEvent
from indicators.figures.workflow import approve_figure, enter_figure, submit_figure
from jobs.models import Job
from notices.models import Notice
from plan.models import Source
from tests.evidence.scene import people, published
from tests.factories import make_component, make_item, make_person, make_plan
from webhooks import sending, services
from webhooks.messages import BadTemplate, body_of, check_template, preset_text
from webhooks.models import Attempt, Delivery, Event, Hook
from webhooks.services import WAITS, deliver_due, register_hook

EVENTS = ["figures.approved", "verdicts.changed", "updates.approved", "evidence.approved"]


class Receiver(ThreadingHTTPServer):
    """Another program: keeps what it got, answers as it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answers, self.over = [], [], threading.Event()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/hook?key=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status, text, headers = self.server.answers.pop(0) if self.server.answers else (200, b"ok", {})
        if status == "slow":
            self.server.over.wait(text)
            status, text = 200, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_PRIVATE = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(db):
    plan = make_plan()
    return make_component(plan)


@pytest.fixture
def admin(db):
    return make_person("sys", "system_admin", email="")


def hook_for(receiver, plan, by, **fields):
    fields = {"name": "大屏", "address": receiver.address, "events": EVENTS, "template": ""} | fields
    return register_hook(plan=plan, by=by, **fields)


def approved(component, value="140"):
    ana, rev = make_person(f"ana{value}", "analyst"), make_person(f"rev{value}", "reviewer")
    fields = {
        "year": 2023,
        "value_status": "final",
        "released_on": timezone.localdate() - timedelta(days=int(value)),
    }
    source = Source.objects.get_or_create(title=f"统计公报 {value}", url="")[0]
    row = enter_figure(component=component, by=ana, source=source, value=value, **fields)
    row = submit_figure(row, edition=row.edition, by=ana)
    return approve_figure(row, edition=row.edition, by=rev, reason="已核对")


def test_an_approved_figure_is_told_with_a_signature_that_holds(place, admin, receiver):
    _hook, secret = hook_for(receiver, place.indicator.plan, admin)
    approved(place)
    assert Job.objects.filter(kind="webhooks.deliver", state="queued").exists()

    assert deliver_due() == {"sent": 1, "failed": 0}
    ((path, headers, body),) = receiver.got
    told = json.loads(body)
    moment, given = (part.partition("=")[2] for part in headers["X-Plan-Signature"].split(","))
    wanted = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (path, given) == ("/hook?key=1", wanted)
    assert abs(int(moment) - time.time()) < 60
    assert (told["event"], told["plan"], told["count"]) == ("figures.approved", "test-plan", 1)
    assert (told["rows"][0]["component"], told["rows"][0]["value"]) == ("I-01", "140")
    assert headers["X-Plan-Delivery"] == told["id"] == str(Delivery.objects.get().key)
    assert told["url"].endswith("/test-plan/changes/")
    assert Attempt.objects.get().status == 200


def test_what_is_rolled_back_is_told_to_nobody(place, admin, receiver):
    hook_for(receiver, place.indicator.plan, admin)
    with transaction.atomic():
        approved(place)
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert (Delivery.objects.count(), receiver.got) == (0, [])


def test_a_changed_verdict_is_told_and_a_first_one_is_not(place, admin, receiver):
    from indicators.verdicts.stored import recompute

    plan = place.indicator.plan
    hook_for(receiver, plan, admin, events=["verdicts.changed"])
    recompute(plan, as_of=timezone.localdate(), cause="首次")
    assert not Delivery.objects.exists()
    approved(place, "190")
    recompute(plan, as_of=timezone.localdate(), cause="核定数据")
    recompute(plan, as_of=timezone.localdate(), cause="再来一次")

    (row,) = Delivery.objects.all()
    assert (row.event, row.body["rows"][0]["component"]) == ("verdicts.changed", "I-01")
    before, after = (row.body["rows"][0][name] for name in ("before", "after"))
    assert (before, before != after) == ("not_assessable", True)
    assert " → " in row.body["text"]
    assert before not in row.body["text"]


def test_public_statements_are_told_together(place, admin, receiver):
    plan = place.indicator.plan
    hook_for(receiver, plan, admin)
    analyst, reviewer = people()
    published(make_item(plan, "P-1.1"), analyst, reviewer)

    assert [row.event for row in Delivery.objects.all()] == ["evidence.approved"]


def test_only_what_an_address_asked_for_and_of_its_plan(place, admin, receiver):
    hook_for(receiver, place.indicator.plan, admin, events=["evidence.approved"])
    hook_for(receiver, make_plan("other"), admin)
    approved(place)

    assert not Delivery.objects.exists()


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(place, admin, receiver):
    hook_for(receiver, place.indicator.plan, admin)
    approved(place)
    receiver.answers = [(500, b"", {})] * 20
    now = timezone.now()
    waits = []
    for _attempt in range(len(WAITS) + 1):
        deliver_due(now=now + timedelta(days=9))
        row = Delivery.objects.get()
        waits.append(round((row.due_at - timezone.now()).total_seconds() / 60))
        assert deliver_due() == {"sent": 0, "failed": 0}

    assert waits[:-1] == list(WAITS)
    assert (row.state, row.attempts, len(receiver.got)) == ("given_up", len(WAITS) + 1, len(WAITS) + 1)
    assert [one.fault for one in row.tried.all()] == ["HTTP 500"] * (len(WAITS) + 1)
    assert len({headers["X-Plan-Delivery"] for _path, headers, _body in receiver.got}) == 1


def test_an_address_that_keeps_failing_is_left_alone_and_its_keeper_told(place, admin, receiver, monkeypatch):
    monkeypatch.setattr(services, "PAUSED_AFTER", 3)
    hook, _secret = hook_for(receiver, place.indicator.plan, admin)
    approved(place)
    receiver.answers = [(500, b"", {})] * 3
    for _attempt in range(5):
        deliver_due(now=timezone.now() + timedelta(days=9))
    hook.refresh_from_db()
    assert (len(receiver.got), hook.failures, hook.paused_at is not None) == (3, 3, True)
    assert "已暂停" in Notice.objects.get(person=admin).title
    assert AuditEvent.objects.filter(action="webhook.paused").count() == 1

    services.resume_hook(hook, by=admin)
    assert deliver_due() == {"sent": 1, "failed": 0}
    hook.refresh_from_db()
    assert (hook.failures, hook.paused_at) == (0, None)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((302, b"", {"Location": "http://127.0.0.1:1/"}), "HTTP 302"),
        ((200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', {}), "errcode 93000: invalid webhook url"),
        ((200, b'{"errcode": 0}', {}), ""),
        ((204, b"", {}), ""),
        ((404, b"", {}), "HTTP 404"),
    ],
)
def test_what_counts_as_taken_in(place, admin, receiver, answer, fault):
    hook_for(receiver, place.indicator.plan, admin)
    approved(place)
    receiver.answers = [answer]
    deliver_due()

    assert Attempt.objects.get().fault == fault
    assert len(receiver.got) == 1


def test_who_does_not_answer_holds_nobody_up(receiver, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    receiver.answers = [("slow", 30, {})]
    began = time.monotonic()
    answer = sending.send(receiver.address, b"{}", {}, private=True)

    assert time.monotonic() - began < 15
    assert (answer.status, answer.fault) == (None, "no answer in time")


def test_who_drips_an_answer_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            talk, _peer = server.accept()
            with talk:
                for _byte in range(600):
                    try:
                        talk.sendall(b"H")
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        answer = sending.send(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, private=True)
        assert time.monotonic() - began < 30
        assert answer.status is None
        thread.join()


PRIVATE = [
    "https://127.0.0.1/", "https://10.0.0.8/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[fd00::1]/",
    "https://[2002:a00:1::]/", "https://0.0.0.0/", "https://localhost/", "https://224.0.0.1/",
    "https://[::a00:1]/", "https://[::ffff:0:a00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[fec0::1]/",
    "https://[5f00::1]/", "https://[3fff::1]/", "https://100.64.0.1/", "https://2130706433/", "https://0x7f.1/",
]  # fmt: skip


@pytest.mark.parametrize("number", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_open_to_all_is_asked(number):
    assert sending.is_public(number)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_neither_registered_nor_asked(place, admin, address):
    with pytest.raises(ValidationError) as refused:
        register_hook(plan=place.indicator.plan, by=admin, name="x", address=address, events=EVENTS, template="")
    assert "address" in refused.value.message_dict
    assert sending.send(address, b"{}", {}, private=False).fault.startswith("not a public address")


def test_a_name_that_moved_to_a_private_number_is_not_asked(monkeypatch):
    """DNS said something public when it was registered; each request looks anew, and asks what it looked at."""
    asked = []
    monkeypatch.setattr(
        sending.socket,
        "getaddrinfo",
        lambda *a, **k: [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))],
    )
    monkeypatch.setattr(sending.socket, "create_connection", lambda *a, **k: asked.append(a))

    assert "10.0.0.1" in sending.send("https://hooks.example.org/", b"{}", {}, private=False).fault
    assert asked == []


@pytest.mark.parametrize(
    "address", ["http://example.org/", "https://user:pass@example.org/", "ftp://example.org/", "x"]
)
def test_other_addresses_are_refused(place, admin, address):
    with pytest.raises(ValidationError):
        register_hook(plan=place.indicator.plan, by=admin, name="x", address=address, events=EVENTS, template="")


def test_a_robot_of_a_chat_gets_its_own_form(place, admin, receiver):
    hook_for(receiver, place.indicator.plan, admin, template=preset_text("wecom"))
    approved(place)
    deliver_due()

    told = json.loads(receiver.got[0][2])
    assert told["msgtype"] == "markdown"
    assert "核定 1 条数据" in told["markdown"]["content"]
    assert "{" not in told["markdown"]["content"]


def test_what_a_title_holds_closes_no_quote_of_a_template():
    message = {"title": '"}], "x": ["{url}', "text": "a\nb", "url": "https://x"}
    for name in ("wecom", "dingtalk", "feishu"):
        made = json.loads(body_of(preset_text(name), message))
        assert set(made) == set(json.loads(preset_text(name)))
        assert '"}], "x": ["{url}' in json.dumps(made, ensure_ascii=False).replace('\\"', '"')


@pytest.mark.parametrize("template", ["", "[]", "{", '{"text": "{secret}"}', '"{title}"', "3"])
def test_a_template_that_cannot_be_filled_is_refused(template):
    with pytest.raises(BadTemplate):
        check_template(template)


def test_registering_is_the_system_administrator_s_and_keeps_the_secret_sealed(place, admin, receiver):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        hook_for(receiver, place.indicator.plan, make_person("ana", "analyst"))
    hook, secret = hook_for(receiver, place.indicator.plan, admin)

    assert secret not in hook.secret
    assert unseal(hook.secret) == secret
    row = AuditEvent.objects.get(action="webhook.registered")
    assert secret not in json.dumps(row.after)
    assert "key=1" not in row.object_label


def test_the_pages(place, admin, receiver, client):
    client.force_login(admin)
    given = {
        "plan": place.indicator.plan.pk, "name": "大屏", "address": receiver.address,
        "events": ["figures.approved"], "template": "",
    }  # fmt: skip
    made = client.post("/webhooks/", given).content.decode()
    hook = Hook.objects.get(name="大屏")
    assert f"<code>{unseal(hook.secret)}</code>" in made
    assert unseal(hook.secret) not in client.get("/webhooks/").content.decode()
    assert client.post("/webhooks/", given | {"address": "nowhere"}).status_code == 400
    assert "markdown" in client.get("/webhooks/?preset=wecom").content.decode()

    client.post(f"/webhooks/{hook.pk}/test/")
    deliver_due()
    page = client.get(f"/webhooks/{hook.pk}/").content.decode()
    assert json.loads(receiver.got[0][2])["event"] == Event.TEST
    assert "已送达" in page
    client.post(f"/webhooks/{hook.pk}/end/")
    approved(place)
    assert Delivery.objects.exclude(event=Event.TEST).count() == 0


def test_old_messages_go(place, admin, receiver, settings):
    from operations.retention import prune

    hook_for(receiver, place.indicator.plan, admin)
    approved(place)
    Delivery.objects.update(made_at=timezone.now() - timedelta(days=settings.WEBHOOK_KEEP_DAYS + 1))

    assert prune()["deliveries"] == 1


def test_the_clock_wakes_what_is_due(place, admin, receiver):
    from webhooks.tasks import by_the_clock

    hook_for(receiver, place.indicator.plan, admin)
    approved(place)
    Job.objects.all().delete()
    Delivery.objects.update(due_at=timezone.now() + timedelta(hours=1))
    by_the_clock()
    assert not Job.objects.filter(kind="webhooks.deliver").exists()
    Delivery.objects.update(due_at=timezone.now())
    by_the_clock()
    assert Job.objects.filter(kind="webhooks.deliver").count() == 1
