"""Programs write what people enter: by the same rules, all rows or none, once a key, named by their token."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AnsweredOnce, ApiToken, Organisation
from accounts.tokens import create_token
from assessments.models import Assignment, Note, Round
from assessments.writing import NoteWriting
from audit.models import AuditEvent
from desk.writing import FigureWriting
from evidence.models import PublicEvidence
from evidence.writing import EvidenceWriting
from indicators.figures.workflow import return_figure
from indicators.models import Observation
from notices.models import Notice
from plan.models import Item, Plan
from tests.factories import make_component, make_item, make_person, make_plan
from updates.models import StatusUpdate
from updates.writing import UpdateWriting

API = "/api/v1/test-plan/"
FIGURE = {
    "component": "I-01", "year": 2023, "value": "140", "released_on": "2024-02-01",
    "source_title": "统计公报", "source_url": "https://stats.example.org/2023",
}  # fmt: skip
UPDATE = {"item": "P-1.1", "status_on": "2024-06-30", "status": "on_schedule", "done": "已开工"}
EVIDENCE = {
    "item": "P-1.1", "says": "started", "fact": "项目开工", "published_on": "2023-05",
    "publisher": "市科创委", "source_title": "开工新闻", "source_url": "https://news.example.org/1",
}  # fmt: skip


@pytest.fixture
def unit(db):
    return Organisation.objects.create(code="o1", name="市科创委")


@pytest.fixture
def place(unit):
    """A plan with an indicator and a task of a unit."""
    plan = make_plan()
    component = make_component(plan)
    Item.objects.filter(pk=component.indicator_id).update(lead=unit)
    make_item(plan, "P-1.1", lead=unit)
    return plan


@pytest.fixture
def ana(place):
    return make_person("ana", "analyst")


def token(by, *writes, scope="read"):
    return create_token(by=by, name="程序", scope=scope, days=30, today=timezone.localdate(), writes=writes)[1]


def send(secret, name, body, **headers):
    given = {"authorization": f"Bearer {secret}"} | headers
    return Client(enforce_csrf_checks=True).post(f"{API}{name}/", body, "application/json", headers=given)


def figures():
    return Observation.objects.filter(component__indicator__plan__slug="test-plan")


def statements():
    return PublicEvidence.objects.filter(item__plan__slug="test-plan")


def test_a_figure_is_a_draft_and_can_be_handed_in(ana):
    reviewer, secret = make_person("rev", "reviewer"), token(ana, "figures")
    draft = send(secret, "observations", FIGURE)
    told = draft.json()
    handed = send(secret, "observations", {"id": told["id"], "edition": told["edition"], "state": "submitted"})

    row = figures().get()
    assert (draft.status_code, told["state"], handed.status_code) == (201, "draft", 200)
    assert (row.state, row.entered_by, str(row.value.normalize()), row.source.title) == (
        "submitted", ana, "1.4E+2", "统计公报",
    )  # fmt: skip
    assert handed.json()["edition"] == row.edition
    assert told["url"].endswith(f"/test-plan/data/figures/{row.pk}/")
    assert Notice.objects.filter(person=reviewer).count() == 1


def test_every_row_of_the_log_names_the_token(ana):
    secret = token(ana, "figures")
    send(secret, "observations", FIGURE | {"state": "submitted"})

    named = str(ApiToken.objects.get())
    rows = AuditEvent.objects.filter(action__startswith="figure.")
    assert {(row.actor, row.after["token"]) for row in rows} == {(ana, named)}
    assert {row.action for row in rows} == {"figure.entered", "figure.submitted"}
    assert secret not in json.dumps([row.after for row in rows])


def test_a_value_is_read_as_a_form_reads_it(ana):
    answer = send(
        token(ana, "figures"),
        "observations",
        [FIGURE | {"value": 140.5}, FIGURE | {"year": 2022, "value": "超过120", "precision": "lower_bound"}],
    )

    assert answer.status_code == 201, answer.content.decode()
    rows = {row.year: row for row in figures().all()}
    assert (str(rows[2023].value.normalize()), rows[2022].precision) == ("140.5", "lower_bound")


WRONG = [
    ({"yaer": 2023}, "yaer", "year"),
    ({"value": "many"}, "value", ""),
    ({"value": True}, "value", ""),
    ({"value": 0.12345678901234567}, "value", ""),
    ({"value": ["1"]}, "value", ""),
    ({"year": "next"}, "year", "1949"),
    ({"year": 2030}, "year", ""),
    ({"released_on": "1 May"}, "released_on", "2023-06-30"),
    ({"released_on": "2999-01-01"}, "released_on", ""),
    ({"value_status": "sure"}, "value_status", "preliminary"),
    ({"exclusive": "yes"}, "exclusive", ""),
    ({"note": 5}, "note", ""),
    ({"note": "a\x00b"}, "note", ""),
    ({"note": "x" * 2001}, "note", ""),
    ({"source_title": ""}, "source", ""),
    ({"source_url": "javascript:alert(1)"}, "source_url", ""),
    ({"state": "approved"}, "state", "submitted"),
    ({"component": "I-011"}, "component", ""),
    ({"component": None}, "component", ""),
    ({"id": 0}, "id", ""),
    ({"id": 99}, "id", ""),
    ({"edition": 1}, "id", ""),
]


@pytest.mark.parametrize(("change", "field", "remedy"), WRONG)
def test_each_fault_names_row_field_value_and_remedy(ana, change, field, remedy):
    answer = send(token(ana, "figures"), "observations", [FIGURE, FIGURE | {"year": 2022} | change])
    body = answer.json()

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (body["faults"][0]["row"], body["faults"][0]["field"], body["field"]) == (2, field, field)
    assert body["faults"][0]["detail"]
    assert remedy in body["faults"][0].get("remedy", "")
    assert not figures().exists()


KINDS = {
    "observations": (FigureWriting, FIGURE),
    "updates": (UpdateWriting, UPDATE),
    "evidence": (EvidenceWriting, EVIDENCE),
    "assessments": (NoteWriting, {"round": "midterm", "item": "P-1.1", "progress": "开工"}),
}
ODD = ["a\x00b", "\ud800", "\ufffd", [], {}, {"\ud800": "\x00"}, -1, 2**70, True]


@pytest.mark.parametrize("name", KINDS)
def test_whatever_stands_in_a_field_is_kept_or_refused_in_words(place, name):
    """Codes are looked up before a form reads them: PostgreSQL holds no NUL, and no text half a character."""
    kind, row = KINDS[name]
    role = "evaluator" if name == "assessments" else "analyst"
    secret = token(make_person("ana", role), "figures", "updates", "evidence", "notes")
    for key in (*kind.names, *kind.lists, *kind.commons, "\ud800", "\x00"):
        for odd in ODD:
            answer = send(secret, name, json.dumps(row | {key: odd}))
            assert answer.status_code in (200, 201, 400, 403, 409), (key, odd)
            if answer.status_code == 400:
                assert answer.json()["faults"][0]["detail"], (key, odd)


@pytest.mark.parametrize("body", [[], [3], "text", 3, None, [[FIGURE]]])
def test_a_body_that_is_no_row_is_refused(ana, body):
    answer = send(token(ana, "figures"), "observations", json.dumps(body))

    assert (answer.status_code, answer.json()["field"]) == (400, "body")


@pytest.mark.breadth
def test_five_hundred_rows_and_no_more(ana):
    secret = token(ana, "evidence")
    rows = [EVIDENCE | {"fact": f"第{n}件", "source_title": f"新闻{n}", "state": "submitted"} for n in range(500)]
    reviewer = make_person("rev", "reviewer")
    more = send(secret, "evidence", [*rows, EVIDENCE])
    answer = send(secret, "evidence", rows)

    assert (more.status_code, "500" in more.json()["detail"]) == (400, True)
    assert (answer.status_code, len(answer.json())) == (201, 500)
    assert statements().filter(state="submitted").count() == 500
    assert Notice.objects.filter(person=reviewer).count() == 1


def test_the_same_row_twice_in_one_request_is_refused(ana):
    answer = send(token(ana, "figures"), "observations", [FIGURE, FIGURE])

    assert (answer.status_code, answer.json()["faults"][0]["row"]) == (400, 2)
    assert not figures().exists()


def test_a_scope_opens_its_own_rows_alone(ana):
    rows = {"observations": FIGURE, "updates": UPDATE, "evidence": EVIDENCE}
    for scope, name in (("figures", "observations"), ("updates", "updates"), ("evidence", "evidence")):
        secret = token(ana, scope)
        answers = {other: send(secret, other, rows[other]).status_code for other in rows}
        assert answers == {other: 201 if other == name else 403 for other in rows}
    assert send(token(ana), "observations", FIGURE).status_code == 403
    told = AuditEvent.objects.filter(action="refused").latest("id").after
    assert "write:figures" in told["reason"]


def test_a_token_writes_nothing_that_its_holder_may_not(place):
    for role in ("viewer", "reviewer", "system_admin", "audit_admin"):
        secret = token(make_person(role, role), "figures", "updates", "evidence", "notes")
        for name in ("observations", "updates", "evidence", "assessments"):
            assert send(secret, name, FIGURE).status_code == 403


def test_a_unit_writes_of_its_own_alone(place, unit):
    other = Organisation.objects.create(code="o2", name="别的单位")
    own = token(make_person("own", "reporter", organisation=unit), "figures", "updates")
    strange = token(make_person("strange", "reporter", organisation=other), "figures", "updates")

    assert [send(own, "observations", FIGURE).status_code, send(own, "updates", UPDATE).status_code] == [201, 201]
    for name, row in (("observations", FIGURE | {"year": 2022}), ("updates", UPDATE)):
        answer = send(strange, name, row)
        assert (answer.status_code, answer.json()["faults"][0]["row"]) == (403, 1)
    assert AuditEvent.objects.filter(action="refused", actor__username="strange").count() == 2
    theirs = figures().get()
    answer = send(strange, "observations", {"id": theirs.pk, "edition": theirs.edition, "value": "1"})
    assert answer.status_code in (400, 403)
    assert figures().get().value == 140


def test_roles_of_other_plans_do_not_write_here(ana):
    ana.plans = " other-plan "
    ana.save()

    assert send(token(ana, "figures"), "observations", FIGURE).status_code == 403


def test_a_session_needs_the_site_s_own_token_against_forged_forms(ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    refused = client.post(f"{API}observations/", FIGURE, "application/json")
    friend = Client()
    friend.force_login(ana)

    assert refused.status_code == 403
    assert friend.post(f"{API}observations/", FIGURE, "application/json").status_code == 201
    assert "token" not in AuditEvent.objects.get(action="figure.entered").after


def test_who_saves_an_older_edition_is_told_which_stands(ana):
    secret = token(ana, "figures")
    told = send(secret, "observations", FIGURE).json()
    newer = send(secret, "observations", {"id": told["id"], "edition": told["edition"], "value": "141"}).json()
    answer = send(secret, "observations", {"id": told["id"], "edition": told["edition"], "value": "142"})

    fault = answer.json()["faults"][0]
    assert (answer.status_code, fault["edition"], fault["id"]) == (409, newer["edition"], told["id"])
    row = figures().get()
    assert (row.value, row.year, row.source.title) == (141, 2023, "统计公报")


def test_what_waits_is_not_changed_and_what_came_back_is(ana):
    secret = token(ana, "figures")
    told = send(secret, "observations", FIGURE | {"state": "submitted"}).json()
    change = {"id": told["id"], "edition": told["edition"], "value": "141"}

    assert send(secret, "observations", change).status_code == 409
    row = return_figure(figures().get(), edition=told["edition"], by=make_person("rev", "reviewer"), reason="核对")
    again = send(secret, "observations", change | {"edition": row.edition, "state": "submitted"})
    assert (again.status_code, figures().get().state, figures().get().value) == (
        200, "submitted", 141,
    )  # fmt: skip


def test_a_report_with_its_milestones(ana):
    secret = token(ana, "updates")
    stones = [{"title": "开工", "planned_on": "2023-01-01", "actual_on": "2023-02-01"}]
    answer = send(secret, "updates", UPDATE | {"progress": 40, "milestones": stones})
    told = answer.json()
    begun = send(secret, "updates", UPDATE)
    kept = send(
        secret, "updates", {"id": told["id"], "edition": told["edition"], "done": "主体封顶", "state": "submitted"}
    )

    row = StatusUpdate.objects.get()
    assert (answer.status_code, begun.status_code, kept.status_code) == (201, 409, 200)
    assert begun.json()["faults"][0]["id"] == row.pk
    assert (row.state, row.done, str(row.progress), row.milestones.count()) == (
        "submitted", "主体封顶", "40.00", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": "P-1.9"}, "item"),
        ({"item": "I-01"}, ""),
        ({"status": "not_reported"}, "status"),
        ({"progress": 140}, "progress"),
        ({"status": "done", "progress": 40}, "progress"),
        ({"done": ""}, "done"),
        ({"milestones": {}}, "milestones"),
        ({"milestones": [{"title": "x"}]}, "milestones[0]"),
        ({"milestones": [{"title": "x", "planned_on": "2023-01-01", "by": 1}]}, "milestones[0]"),
        ({"attachments": []}, "attachments"),
    ],
)
def test_a_report_that_cannot_be_kept(ana, change, field):
    answer = send(token(ana, "updates"), "updates", UPDATE | change)

    assert answer.status_code in (400, 403)
    assert answer.json()["faults"][0]["field"] == field
    assert not StatusUpdate.objects.exists()


def test_a_published_statement(ana):
    secret = token(ana, "evidence")
    told = send(secret, "evidence", EVIDENCE | {"state": "submitted"}).json()
    unpublished = {name: value for name, value in EVIDENCE.items() if name != "published_on"}
    refused = send(secret, "evidence", unpublished | {"fact": "别的", "state": "submitted"})

    row = statements().get()
    assert (told["state"], row.published, row.source.publisher, row.entered_by) == (
        "submitted", "2023-05", "市科创委", ana,
    )  # fmt: skip
    assert (refused.status_code, refused.json()["field"]) == (400, "published_on")


@pytest.fixture
def round(place):
    day = timezone.localdate() - timedelta(days=10)
    return Round.objects.create(
        plan=place, code="midterm", kind=Round.Kind.MIDTERM, name="中期", starts_on=day, ends_on=day,
        cut_off=day, due_on=day + timedelta(days=60), state=Round.State.OPEN,
    )  # fmt: skip


NOTE = {"round": "midterm", "item": "P-1.1", "progress": "开工", "conclusion": "task_on_schedule"}


def assigned(round, evaluator):
    item = Item.objects.get(plan=round.plan, code="P-1.1")
    Assignment.objects.create(round=round, item=item, evaluator=evaluator, due_on=round.due_on)


def test_a_note_by_its_evaluator_alone(round):
    eva = make_person("eva", "evaluator")
    assigned(round, eva)
    stranger = send(token(make_person("other", "evaluator"), "notes"), "assessments", NOTE)
    secret = token(eva, "notes")
    begun = send(secret, "assessments", NOTE)
    blind = send(secret, "assessments", NOTE | {"results": "x"})
    handed = send(secret, "assessments", NOTE | {"edition": begun.json()["edition"], "state": "submitted"})

    assert [answer.status_code for answer in (stranger, begun, blind, handed)] == [403, 201, 409, 200]
    note = Note.objects.get()
    assert (note.state, note.author, note.progress) == ("submitted", eva, "开工")
    assert note.pinned is not None


def test_a_note_that_lacks_something_is_not_handed_in(round):
    eva = make_person("eva", "evaluator")
    assigned(round, eva)
    secret = token(eva, "notes")
    lacking = send(secret, "assessments", NOTE | {"progress": "", "state": "submitted"})
    wrong = send(secret, "assessments", NOTE | {"conclusion": "splendid"})

    assert (lacking.status_code, lacking.json()["field"]) == (400, "progress")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "conclusion")
    assert not Note.objects.exists()


def test_the_same_key_answers_alike_and_does_it_once(ana):
    secret = token(ana, "figures")
    first = send(secret, "observations", FIGURE, **{"idempotency-key": "a-1"})
    again = send(secret, "observations", FIGURE, **{"idempotency-key": "a-1"})
    other = send(secret, "observations", FIGURE | {"year": 2022}, **{"idempotency-key": "a-1"})
    elsewhere = send(secret, "observations", FIGURE | {"year": 2022}, **{"idempotency-key": "a-2"})

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    assert (other.status_code, other.json()["parameter"]) == (422, "Idempotency-Key")
    assert (elsewhere.status_code, figures().count()) == (201, 2)


def test_a_key_of_a_refused_request_can_be_used_again(ana):
    secret = token(ana, "figures")
    refused = send(secret, "observations", FIGURE | {"value": "x"}, **{"idempotency-key": "a-1"})
    mended = send(secret, "observations", FIGURE, **{"idempotency-key": "a-1"})

    assert (refused.status_code, mended.status_code) == (400, 201)


def test_keys_are_each_person_s_own(ana):
    bob = make_person("bob", "analyst")
    answers = [
        send(token(by, "figures"), "observations", FIGURE | {"year": year}, **{"idempotency-key": "1"})
        for by, year in ((ana, 2023), (bob, 2022))
    ]

    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(ana, key):
    answer = send(token(ana, "figures"), "observations", FIGURE, **{"idempotency-key": key})

    assert (answer.status_code, answer.json()["parameter"]) == (400, "Idempotency-Key")


def test_a_key_means_its_request_for_so_many_days(ana, settings):
    from operations.retention import prune

    secret = token(ana, "figures")
    send(secret, "observations", FIGURE, **{"idempotency-key": "a-1"})
    days = settings.IDEMPOTENCY_KEEP_DAYS
    AnsweredOnce.objects.update(at=timezone.now() - timedelta(days=days, hours=1))

    assert prune()["answers"] == 1
    assert send(secret, "observations", FIGURE | {"year": 2022}, **{"idempotency-key": "a-1"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_is_one_row(ana):
    secret, gate, answers = token(ana, "figures"), Barrier(4), []

    def write():
        gate.wait()
        answers.append(send(secret, "observations", FIGURE, **{"idempotency-key": "at-once"}))
        connection.close()

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert figures().count() == 1


def test_nothing_is_approved_by_a_program(ana):
    secret = token(make_person("rev", "reviewer", "analyst"), "figures", "updates", "evidence", "notes")
    for state in ("approved", "returned", "published"):
        assert send(secret, "observations", FIGURE | {"state": state}).status_code == 400
    assert not figures().exists()


def test_a_token_says_on_its_page_what_it_may_write(ana, client):
    client.force_login(ana)
    given = {"name": "上报", "scope": "read", "days": "90", "writes": ["notes", "figures"]}
    client.post("/accounts/tokens/", given)
    calendar = client.post("/accounts/tokens/", given | {"scope": "calendar"})
    unknown = client.post("/accounts/tokens/", given | {"writes": ["everything"]})

    assert ApiToken.objects.get().writes == "figures notes"
    assert "数据、评估意见" in client.get("/accounts/tokens/").content.decode()
    assert [calendar.status_code, unknown.status_code] == [400, 400]
    assert AuditEvent.objects.get(action="token.created").after["writes"] == "figures notes"


def test_nothing_else_of_the_plan_moves_with_a_draft(ana):
    before = Plan.objects.get(slug="test-plan").figures_version
    send(token(ana, "figures"), "observations", FIGURE)

    assert Plan.objects.get(slug="test-plan").figures_version == before


@pytest.mark.parametrize("name", ["observations", "updates", "evidence", "assessments"])
def test_a_form_in_place_of_json_is_refused_in_words(ana, name):
    """The body was read before its view could: an error of ours."""
    given = {"authorization": f"Bearer {token(ana, 'figures', 'updates', 'evidence', 'notes')}"}
    answer = Client().post(f"{API}{name}/", {"component": "I-01"}, headers=given)
    friend = Client()
    friend.force_login(ana)

    assert answer.status_code in (400, 403, 415)
    assert friend.post(f"{API}{name}/", {"component": "I-01"}).status_code in (400, 403, 415)


def test_a_program_is_told_in_words_what_it_may_not(place):
    answer = send(token(make_person("looks", "viewer"), "figures"), "observations", FIGURE)

    assert answer.status_code == 403
    assert "录入数据" in answer.json()["detail"]


def test_json_nested_without_end_is_no_error_of_ours(ana):
    answer = send(token(ana, "figures"), "observations", "[" * 100_000)

    assert (answer.status_code, answer.json()["field"]) == (400, "body")
