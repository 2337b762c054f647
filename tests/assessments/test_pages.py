"""Who sees which page of an evaluation, in which words, and what its buttons do."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Organisation
from assessments import findings, notes, rounds
from assessments.models import Note, Round
from assessments.queries import note_events
from audit.models import AuditEvent
from plan.params import today
from tests.assessments.scene import DAYS, ended, filed, open_round, published
from tests.factories import make_component, make_item, make_observation, make_person, make_plan

ROOT = "/test-plan/assessments/"


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def note(midterm, component, people):
    return notes.begin_note(round=midterm, item=component.indicator, by=people["eva"])


@pytest.fixture
def known(midterm, component, people):
    return published(midterm, component.indicator, by=people["eva"], reviewer=people["rev"])


@pytest.fixture
def finding(known, people):
    own = Organisation.objects.create(code="own", name="市某局")
    people["rep"] = make_person("rep", "reporter", organisation=own)
    return findings.raise_finding(
        note=known,
        title="数据口径不一",
        request="统一口径",
        organisation=own,
        due_on=today() + timedelta(days=9),
        by=people["eva"],
    )


def pages(note: Note, finding=None, job=None) -> list[str]:
    """assessments: index, file, work, queue, board, assign, report, comment, past, note_print and the rest."""
    found = ["", "rounds/midterm/", f"notes/{note.pk}/", f"notes/{note.pk}/print/", "findings/"]
    found += [f"notes/{note.pk}/steps/{step.pk}/" for step in note.steps.filter(action="published")]
    return found + ([f"findings/{finding.pk}/"] if finding else [])


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_public_page_answers_in_both_languages(known, finding, people, language):
    ended(known.round, by=people["rev"])
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    for page in [*pages(known, finding), "rounds/midterm/report/"]:
        response = client.get(ROOT + page)

        html = response.content.decode()
        assert response.status_code == 200, page
        assert len(re.findall(r"<h1\b", html)) in (1, 2), page
        assert "style=" not in html, page
        assert not re.findall(r"<script(?![^>]*\bsrc=)", html), page


@pytest.mark.breadth
def test_the_pages_of_those_who_take_part(note, people):
    evaluator, reviewer = signed_in(people["eva"]), signed_in(people["rev"])

    for client, page in [
        (evaluator, "work/"),
        (evaluator, f"notes/{note.pk}/edit/"),
        (evaluator, "rounds/midterm/board/"),
        (evaluator, "rounds/midterm/report/"),
        (reviewer, "queue/"),
        (reviewer, "rounds/new/"),
        (reviewer, "rounds/midterm/edit/"),
        (reviewer, "rounds/midterm/assign/"),
        (reviewer, "rounds/midterm/board/?state=draft&kind=indicator&evaluator=eva&q=I-01"),
        (reviewer, f"notes/{note.pk}/"),
        (reviewer, f"notes/{note.pk}/print/"),
    ]:
        assert client.get(ROOT + page).status_code == 200, page


def test_a_draft_is_seen_by_its_author_and_reviewers_alone(note, people):
    step = note.steps.get()
    addresses = [f"notes/{note.pk}/", f"notes/{note.pk}/print/", f"notes/{note.pk}/steps/{step.pk}/"]

    for address in addresses:
        seen = {name: signed_in(people[name]).get(ROOT + address).status_code for name in ("eva", "evi", "rev")}

        assert seen == {"eva": 200, "evi": 403, "rev": 200}, address
        assert Client().get(ROOT + address).status_code == 302
    assert signed_in(people["evi"]).get(f"{ROOT}notes/{note.pk}/edit/").status_code == 403
    assert signed_in(people["rev"]).get(f"{ROOT}notes/{note.pk}/edit/").status_code == 403


def test_a_round_being_planned_and_an_unpublished_report_are_not_public(midterm, people, component):
    plan = component.indicator.plan
    fields = DAYS | {"kind": Round.Kind.ANNUAL, "name": "年度评估"}
    rounds.create_round(plan=plan, code="later", by=people["rev"], **fields)

    public, evaluator = Client(), signed_in(people["eva"])

    assert "年度评估" not in public.get(ROOT).content.decode()
    assert public.get(f"{ROOT}rounds/later/").status_code == 404
    assert evaluator.get(f"{ROOT}rounds/later/").status_code == 200
    assert public.get(f"{ROOT}rounds/midterm/report/").status_code == 302
    assert evaluator.get(f"{ROOT}rounds/midterm/report/").status_code == 200


def test_a_note_is_shown_as_of_a_day_with_the_text_it_had(known, people):
    Note.objects.get().steps.update(at="2024-01-10T04:00:00Z")
    address = f"{ROOT}notes/{known.pk}/"

    assert Client().get(f"{address}?as_of=2024-01-09").status_code == 404
    assert "增长平稳" in Client().get(f"{address}?as_of=2024-01-10").content.decode()
    amended = notes.amend_note(known, edition=known.edition, by=people["eva"])
    assert "增长平稳" in Client().get(f"{address}?as_of=2024-01-10").content.decode()
    assert Client().get(address).status_code == 404
    step = amended.steps.get(action="published")
    assert Client().get(f"{address}steps/{step.pk}/").status_code == 200
    assert Client().get(f"{address}pinned/").url == f"{address}steps/{step.pk}/"


def test_a_revised_figure_prompts_and_the_pinned_page_keeps_the_old_value(known, component, people):
    address = f"{ROOT}notes/{known.pk}/"
    step = known.steps.get(action="published")
    before = Client().get(f"{address}steps/{step.pk}/").content.decode()
    make_observation(component, 2022, "150", released="2023-09-20", value_status="revised")
    plan = component.indicator.plan
    type(plan).objects.filter(pk=plan.pk).update(figures_version=plan.figures_version + 99)

    public = Client().get(address).content.decode()
    own = signed_in(people["eva"]).get(address).content.decode()

    words = "写成时 2022 年的数值为 142，现为 150（2023-09-20 公布）"
    assert words in public
    assert words in own
    assert 'value="confirm"' in own
    assert 'value="confirm"' not in public
    assert 'value="amend"' in own
    assert words in Client().get(f"/test-plan/indicators/{component.code}/").content.decode()
    assert notes.ask_authors(plan) == 1
    assert known.item.code in signed_in(people["eva"]).get(f"{ROOT}work/").content.decode()
    after = Client().get(f"{address}steps/{step.pk}/").content.decode()
    assert "150" not in main(after)
    assert main(after) == main(before)
    about = re.search(r'name="about" value="([0-9a-f]+)"', own)[1]
    signed_in(people["eva"]).post(f"{address}step/", {"action": "confirm", "about": about})
    assert Note.objects.get().steps.last().action == "confirmed"
    assert "依据有变化" not in signed_in(people["eva"]).get(f"{ROOT}work/").content.decode()


def main(html: str) -> str:
    """The page's own text, without its frame and the trail that grows."""
    return html.split("<main", 1)[1].split("</main>", 1)[0].split('id="trail"', 1)[0]


def test_steps_by_buttons_to_the_end(note, people):
    evaluator, reviewer = signed_in(people["eva"]), signed_in(people["rev"])
    address = f"{ROOT}notes/{note.pk}/"

    def press(client, action, **more):
        edition = Note.objects.get().edition
        return client.post(f"{address}step/", {"action": action, "edition": edition, **more}, follow=True)

    def decide(client, act, said=""):
        sent = {"act": act, "edition": Note.objects.get().edition, "said": said}
        return client.post(f"/test-plan/review/note/{note.pk}/", sent, follow=True)

    refused = press(evaluator, "submit")
    notes.change_note(note, edition=1, by=people["eva"], progress="平稳。", conclusion="ahead")
    press(evaluator, "submit")
    own = decide(evaluator, "approve")
    press(reviewer, "take")
    silent = decide(reviewer, "return", " ")
    decide(reviewer, "return", "请补充")
    press(evaluator, "submit")
    press(evaluator, "withdraw")
    press(evaluator, "submit")
    decide(reviewer, "approve")
    stale = evaluator.post(f"{address}step/", {"action": "amend", "edition": 1}, follow=True)

    assert "请写明进展情况" in refused.content.decode()
    assert own.status_code == 403
    assert "退回须写明理由" in silent.content.decode()
    assert "已被他人修改" in stale.content.decode()
    assert [step.action for step in note.steps.all()] == [
        "created", "submitted", "taken", "returned", "submitted", "withdrawn", "submitted", "published",
    ]  # fmt: skip
    assert press(reviewer, "jump").status_code == 400


def test_remarks_on_fields_are_made_and_settled(midterm, component, people):
    note = filed(midterm, component.indicator, by=people["eva"])
    reviewer, address = signed_in(people["rev"]), f"{ROOT}notes/{note.pk}/comments/"

    reviewer.post(address, {"field": "progress", "text": "<script>alert(1)</script>"})
    wrong = reviewer.post(address, {"field": "nothing", "text": "x"}, follow=True).content.decode()
    html = signed_in(people["eva"]).get(f"{ROOT}notes/{note.pk}/").content.decode()
    signed_in(people["eva"]).post(address, {"settle": note.comments.get().pk})

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert "没有这一栏目" in wrong
    assert note.comments.get().settled_by == people["eva"]
    assert signed_in(people["evi"]).post(address, {"field": "progress", "text": "x"}).status_code == 403
    assert reviewer.post(address, {"settle": "99999"}).status_code == 404


def test_a_round_is_made_given_out_and_ended_by_its_pages(component, people):
    reviewer = signed_in(people["rev"])
    plan = component.indicator.plan
    organisation = Organisation.objects.create(code="own", name="市某局")
    platform = make_item(plan, "P-1", "platform", lead=organisation)
    make_item(plan, "P-1.1", parent=platform)
    fields = {name: day.isoformat() for name, day in DAYS.items()} | {"kind": "midterm", "name": "中期"}

    wrong = reviewer.post(f"{ROOT}rounds/new/", fields | {"code": "new", "cut_off": "2099-01-01"})
    late = reviewer.post(f"{ROOT}rounds/new/", fields | {"code": "m", "cut_off": "2099-01-01"})
    reviewer.post(f"{ROOT}rounds/new/", fields | {"code": "m"})
    twice = reviewer.post(f"{ROOT}rounds/new/", fields | {"code": "m"})
    assign, give = f"{ROOT}rounds/m/assign/", {"then": "assign"}
    nobody = reviewer.post(assign, give | {"item": ["I-01"], "evaluator": "rev"})
    nothing = reviewer.post(assign, give | {"evaluator": "eva"})
    reviewer.post(assign, give | {"item": ["I-01"], "evaluator": "eva", "due_on": "2023-09-01"})
    reviewer.post(f"{assign}?organisation=own", give | {"all": "1", "evaluator": "evi"})
    reviewer.post(assign, {"item": ["P-1"], "then": "unassign"})
    steps = f"{ROOT}rounds/m/step/"
    for edition, action in enumerate(["open", "close", "reopen", "reopen", "close", "publish"], 1):
        reason = {"reason": "补一项"} if edition == 4 else {}
        sent = edition if edition < 4 else edition - 1
        reviewer.post(steps, {"action": action, "edition": sent, **reason})

    row = Round.objects.get(code="m")
    assert (wrong.status_code, late.status_code, twice.status_code) == (400, 400, 400)
    assert "数据截止日不能晚于今天" in late.content.decode()
    assert (nobody.status_code, nothing.status_code) == (400, 400)
    given = {(one.item.code, one.evaluator.username, str(one.due_on)) for one in row.assignments.all()}
    assert given == {("I-01", "eva", "2023-09-01"), ("P-1.1", "evi", "2023-09-30")}
    assert (row.state, row.published_on) == ("published", today())
    assert "补一项" in Client().get(f"{ROOT}rounds/m/").content.decode()
    assert reviewer.post(f"{ROOT}rounds/m/edit/", fields | {"edition": row.edition}).status_code == 400


def test_a_closed_round_refuses_every_change_by_its_pages(note, people):
    row = Round.objects.get()
    rounds.close_round(row, edition=row.edition, by=people["rev"])
    evaluator = signed_in(people["eva"])

    saved = evaluator.post(f"{ROOT}notes/{note.pk}/save/", {"edition": note.edition, "progress": "晚了"})
    form = evaluator.post(f"{ROOT}notes/{note.pk}/edit/", {"edition": note.edition, "progress": "晚了"})

    assert saved.status_code == 409
    assert "已结束" in saved.json()["detail"]
    assert form.url == f"{ROOT}notes/{note.pk}/"
    assert Note.objects.get().progress == ""


def test_a_finding_goes_its_way_by_its_pages(finding, known, people):
    reporter, reviewer = signed_in(people["rep"]), signed_in(people["rev"])
    address = f"{ROOT}findings/{finding.pk}/"

    empty = reporter.post(f"{address}respond/", {"edition": 1, "text": ""})
    reporter.post(f"{address}respond/", {"edition": 1, "text": "<b>已统一</b>"})
    public = Client().get(address).content.decode()
    html = reviewer.get(address).content.decode()
    desk = f"/test-plan/review/finding/{finding.pk}/"
    silent = reviewer.post(desk, {"act": "return", "edition": 2}).content.decode()
    reviewer.post(desk, {"act": "return", "edition": 2, "said": "缺附件"})
    reporter.post(f"{address}respond/", {"edition": 3, "text": "已补"})
    reviewer.post(desk, {"act": "approve", "edition": 4})
    reviewer.post(f"{address}step/", {"action": "close", "edition": 5})

    finding.refresh_from_db()
    assert (finding.state, finding.closed_on) == ("closed", today())
    assert empty.status_code == 400
    assert "已统一" not in public
    assert "&lt;b&gt;已统一&lt;/b&gt;" in html
    assert "退回须写明理由" in silent
    stranger = make_person("str", "reporter", organisation=Organisation.objects.create(code="x", name="x"))
    assert signed_in(stranger).post(f"{address}respond/", {"edition": 6, "text": "x"}).status_code == 403


def test_findings_are_raised_from_published_notes_and_overdue_ones_stand_on_the_overview(known, people, component):
    organisation = Organisation.objects.create(code="own", name="市某局")
    evaluator, address = signed_in(people["eva"]), f"{ROOT}notes/{known.pk}/findings/new/"
    sent = {"title": "口径不一", "request": "统一", "organisation": organisation.pk}

    early = evaluator.post(address, sent | {"due_on": "2020-01-01"})
    evaluator.post(address, sent | {"due_on": today().isoformat()})
    other = signed_in(people["evi"]).post(address, sent | {"due_on": today().isoformat()})
    row = known.findings.get()
    type(row).objects.update(due_on=today() - timedelta(days=3), created_at="2024-01-01T00:00:00Z")
    plan = component.indicator.plan
    type(plan).objects.filter(pk=plan.pk).update(figures_version=plan.figures_version + 99)
    html = Client().get("/test-plan/").content.decode()

    assert early.status_code == 400
    assert "整改期限不能早于今天" in early.content.decode()
    assert other.status_code == 403
    assert "整改逾期" in html
    assert "口径不一" in html
    assert "口径不一" in Client().get(f"{ROOT}findings/?state=overdue").content.decode()


def test_notes_waiting_for_review_are_named_to_reviewers_alone(midterm, component, people):
    filed(midterm, component.indicator, by=people["eva"])

    assert "1 份评估意见待复核" in signed_in(people["rev"]).get("/test-plan/").content.decode()
    assert "份评估意见待复核" not in signed_in(people["eva"]).get("/test-plan/").content.decode()
    assert "份评估意见待复核" not in Client().get("/test-plan/").content.decode()


def test_what_was_published_is_among_the_changes_and_in_the_history(known, people, component):
    plan, day = component.indicator.plan, today()

    told = note_events(plan, day - timedelta(days=1), day)
    page = Client().get(f"/test-plan/changes/?cause=note&from={day - timedelta(days=1)}").content.decode()
    history = Client().get(f"/test-plan/items/{component.code}/history/").content.decode()
    later = notes.revoke_note(known, edition=known.edition, by=people["eva"], reason="数据有误")

    assert [(event.day, event.item.code, event.action, event.conclusion) for event in told] == [
        (day, "I-01", "published", "快于预期")
    ]
    assert "中期评估：评估结论“快于预期”" in page
    assert "评估结论“快于预期”" in history
    assert [event.action for event in note_events(plan, day - timedelta(days=1), day, later.item)] == [
        "published", "revoked",
    ]  # fmt: skip
    assert note_events(plan, day, day) == []


def test_published_notes_as_files_and_by_the_api(known, people):
    file = Client().get("/test-plan/assessments.json").json()
    body = Client().get("/api/v1/test-plan/assessments/?item=I-01&round=midterm&conclusion=ahead").json()
    table = Client().get("/test-plan/assessments.csv?header=zh").content.decode("utf-8-sig")

    assert file["count"] == 1
    assert body["results"] == file["results"]
    assert file["results"][0] | {"url": ""} == {
        "plan": "test-plan", "round": "midterm", "round_name": "中期评估", "round_kind": "midterm",
        "cut_off": "2023-06-30", "item": "I-01", "title": "指标I-01", "kind": "indicator",
        "conclusion": "ahead", "conclusion_text": "快于预期", "computed": "ahead",
        "difference_reason": "综合判断。", "progress": "增长平稳。", "results": "", "problems": "", "causes": "",
        "remedies": "", "adjustment": "none", "adjustment_reason": "", "adjustment_document": "",
        "forecast_value": None, "forecast": "", "evidence": [], "organisation": None,
        "published_on": today().isoformat(), "rule_version": "2026.2", "url": "",
    }  # fmt: skip
    assert table.startswith("规划,轮次代码,轮次,")
    assert Client().get("/api/v1/test-plan/assessments/?as_of=2023-01-01").json()["count"] == 0
    assert Client().get("/api/v1/test-plan/assessments/?item=I-99").status_code == 400
    assert Client().get("/api/v1/test-plan/assessments/?conclusion=fine").status_code == 400


def test_unpublished_notes_are_in_no_file(note, people):
    assert signed_in(people["rev"]).get("/test-plan/assessments.json").json()["count"] == 0


@pytest.mark.parametrize(
    ("page", "budget"),
    [("", 5), ("rounds/midterm/", 5), ("findings/", 3), ("work/", 10), ("rounds/midterm/board/", 10)],
)
def test_lists_take_no_query_a_row(db, people, page, budget, django_assert_max_num_queries):
    plan = make_plan()
    items = [make_component(plan, f"I-0{number}").indicator for number in (1, 2, 3)]
    row = open_round(plan, by=people["rev"], items=items, evaluator=people["eva"])
    published(row, items[0], by=people["eva"], reviewer=people["rev"], conclusion="not_assessable")
    public = page in ("", "rounds/midterm/", "findings/")
    client = Client() if public else signed_in(people["eva"])

    with django_assert_max_num_queries(budget):
        client.get(ROOT + page)
    for item in items[1:]:
        published(row, item, by=people["eva"], reviewer=people["rev"], conclusion="not_assessable")
    with django_assert_max_num_queries(budget):
        assert client.get(ROOT + page).status_code == 200


def test_refusals_are_logged(note, people):
    signed_in(people["evi"]).get(f"{ROOT}notes/{note.pk}/")

    assert AuditEvent.objects.order_by("-id").first().action == "refused"


@pytest.mark.parametrize("address", ["rounds/none/", "notes/99999/", "findings/99999/", "reports/99999/"])
def test_unknown_addresses_are_404(midterm, address):
    assert Client().get(ROOT + address).status_code == 404


def test_dates_of_the_scene_are_in_the_past():
    assert max(DAYS.values()) < date(2026, 1, 1)
