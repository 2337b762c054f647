"""Pages of a past day show follow-up actions, rounds and reports as they stood on it, and nothing to do."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from assessments import findings, rounds, versions
from assessments.models import Finding, Round
from assessments.queries import get_note, previous_note, round_on, rounds_of
from assessments.report.files import ask_for_report
from home.agenda import next_days
from jobs.models import Job
from plan.params import today
from tests.assessments.scene import filed, open_round, published
from tests.factories import make_person

ROOT = "/test-plan/assessments/"
ASKED, ANSWERED, CLOSED = date(2024, 2, 1), date(2024, 2, 20), date(2024, 3, 10)
OPENED, PUBLISHED, REOPENED = date(2024, 1, 5), date(2024, 1, 20), date(2024, 3, 1)
BEFORE, BETWEEN = date(2024, 1, 31), date(2024, 2, 10)
BUTTONS = ("<button name=", "/respond/", 'name="act"', "/step/")


def at(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(address: str, day: date | None = None, client: Client | None = None) -> str:
    """The page's own text, without the frame around it."""
    answer = (client or Client()).get(ROOT + address, {"as_of": day.isoformat()} if day else {})
    assert answer.status_code == 200, (address, day, answer.status_code)
    return answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def status(address: str, day: date, client: Client | None = None) -> int:
    return (client or Client()).get(ROOT + address, {"as_of": day.isoformat()}).status_code


@pytest.fixture
def note(midterm, component, people):
    note = published(midterm, component.indicator, by=people["eva"], reviewer=people["rev"])
    note.steps.update(at=at(date(2024, 1, 10)))
    midterm.steps.update(at=at(OPENED))
    return note


@pytest.fixture
def finding(note, people):
    """Asked for, answered, accepted and closed, each on a day of its own; its day was over in between."""
    own = Organisation.objects.create(code="own", name="市某局")
    people["rep"] = make_person("rep", "reporter", organisation=own)
    fields = {"request": "统一口径", "organisation": own, "due_on": today(), "by": people["eva"]}
    row = findings.raise_finding(note=note, title="数据口径不一", **fields)
    later = findings.raise_finding(note=note, title="后来提出的", **fields)
    findings.respond(row, edition=1, by=people["rep"], text="已统一")
    findings.accept(row, edition=2, by=people["rev"])
    findings.close(row, edition=3, by=people["rev"])
    Finding.objects.filter(pk=row.pk).update(created_at=at(ASKED), due_on=date(2024, 2, 5), closed_on=CLOSED)
    for action, day in (("created", ASKED), ("responded", ANSWERED), ("accepted", ANSWERED), ("closed", CLOSED)):
        row.steps.filter(action=action).update(at=at(day))
    assert later.state == "open"
    return Finding.objects.get(pk=row.pk)


def test_a_note_s_page_lists_what_had_been_asked_for_as_it_stood(note, finding):
    address = f"notes/{note.pk}/"

    before, between, now = page(address, BEFORE), page(address, BETWEEN), page(address)

    assert "数据口径不一" not in before
    assert "数据口径不一" in between
    assert "待整改" in between
    assert "后来提出的" not in between
    assert "已办结" not in between
    assert "已办结" in now
    assert "后来提出的" in now


@pytest.mark.parametrize(("day", "state", "is_late"), [
    (BEFORE, "", False), (ASKED, "待整改", False), (BETWEEN, "待整改", True), (ANSWERED, "反馈采纳", False),
    (CLOSED, "", False),
])  # fmt: skip
def test_an_item_s_page_names_what_was_not_closed_then(finding, day, state, is_late):
    html = Client().get("/test-plan/indicators/I-01/", {"as_of": day.isoformat()}).content.decode()
    told = html.split("未办结的整改事项")[-1] if "未办结的整改事项" in html else ""

    assert ("数据口径不一" in told) == bool(state)
    assert state in told
    assert ('class="late"' in told) == is_late


def test_the_page_of_a_follow_up_action_is_as_it_stood(finding, people):
    address, reviewer = f"findings/{finding.pk}/", signed_in(people["rev"])

    between, answered, now = (page(address, day, reviewer) for day in (BETWEEN, ANSWERED, None))

    assert "待整改" in between
    assert "逾期 5 天" in between
    assert "已统一" not in between
    assert "办结日期" not in between
    assert "反馈采纳" in answered
    assert "逾期" not in answered
    assert "已统一" in answered
    assert "办结日期" not in answered
    assert "办结日期" in now
    assert status(address, BEFORE) == 404


def test_nothing_is_answered_or_decided_on_a_page_of_a_past_day(finding, people, note):
    row = note.findings.get(title="后来提出的")
    Finding.objects.filter(pk=row.pk).update(created_at=at(ASKED))
    row.steps.update(at=at(ASKED))
    address, reporter, reviewer = f"findings/{row.pk}/", signed_in(people["rep"]), signed_in(people["rev"])

    assert "/respond/" in page(address, None, reporter)
    assert not [word for word in BUTTONS if word in page(address, BETWEEN, reporter)]
    row = findings.respond(row, edition=1, by=people["rep"], text="已办").finding
    row.steps.filter(action="responded").update(at=at(ANSWERED))
    assert 'value="approve"' in page(address, None, reviewer)
    assert not [word for word in BUTTONS if word in page(address, ANSWERED, reviewer)]
    row = findings.accept(row, edition=2, by=people["rev"]).finding
    row.steps.filter(action="accepted").update(at=at(ANSWERED))
    assert 'value="close"' in page(address, None, reviewer)
    assert not [word for word in BUTTONS if word in page(address, ANSWERED, reviewer)]


@pytest.fixture
def reopened(note, people):
    """Published with its report on one day, opened again for a reason on a later one."""
    row = Round.objects.get(pk=note.round_id)
    row = rounds.close_round(row, edition=row.edition, by=people["rev"])
    row = versions.publish_with_report(row, edition=row.edition, by=people["rev"])
    row.versions.update(at=at(PUBLISHED))
    row.steps.filter(action__in=("closed", "published")).update(at=at(PUBLISHED))
    row = rounds.reopen_round(row, edition=row.edition, by=people["rev"], reason="漏了一项")
    row.steps.filter(action="reopened").update(at=at(REOPENED))
    return row


def test_a_round_s_page_is_as_it_stood(reopened, people):
    address, manager = "rounds/midterm/", signed_in(people["rev"])

    early, public, now = (page(address, day) for day in (OPENED, BETWEEN, None))

    assert "进行中" in early
    assert "发布日期</dt>" not in early
    assert "已发布</span>" in public.split("</h1>")[0]
    assert "<dd>2024-01-20</dd>" in public
    assert "漏了一项" not in public
    assert "查看评估报告" in public
    assert "漏了一项" in now
    assert "查看评估报告" not in now
    assert status(address, OPENED - timedelta(days=1), manager) == 404
    assert "/step/" in page(address, None, manager)
    past = page(address, BETWEEN, manager)
    assert not [word for word in (*BUTTONS, "/board/", "/assign/", "/edit/", "漏了一项") if word in past]
    assert "发布" in past.split('id="trail"')[1]


def test_a_round_in_preparation_then_is_known_to_few(component, people):
    plan = component.indicator.plan
    row = open_round(plan, by=people["rev"], items=[component.indicator], evaluator=people["eva"], code="later")
    row.steps.filter(action="created").update(at=at(OPENED))

    for address in ("rounds/later/", "rounds/later/compare/"):
        assert status(address, BETWEEN) == 404
        assert status(address, BETWEEN, signed_in(people["eva"])) == 200
        assert status(address, today()) == 200


def test_the_list_of_rounds_says_the_same_as_their_pages(reopened, people, component):
    plan = component.indicator.plan
    assert rounds_of(plan, people["rev"], OPENED - timedelta(days=1)) == []
    for day in (OPENED, PUBLISHED, BETWEEN, REOPENED, today()):
        (listed,), alone = rounds_of(plan, people["rev"], day), round_on(plan, "midterm", people["rev"], day)

        assert (listed.state, listed.published_on) == (alone.state, alone.published_on), day
    assert f"{ROOT}rounds/midterm/report/" in page("", BETWEEN)
    assert f"{ROOT}rounds/midterm/report/" not in page("")
    assert "新建轮次" in page("", None, signed_in(people["rev"]))
    assert "新建轮次" not in page("", BETWEEN, signed_in(people["rev"]))


def test_a_report_stays_public_on_the_days_it_was(reopened, note, people, component):
    report, public = "rounds/midterm/report/", page("rounds/midterm/report/", BETWEEN)
    title = "重新打开以后改的标题"
    type(component.indicator.plan).objects.update(title=title)

    assert page(report, BETWEEN) == public
    assert title not in public
    assert title in page(report, None, signed_in(people["eva"]))
    assert Client().get(ROOT + report).status_code == 302
    assert status(report, REOPENED) == 404
    assert status(report, REOPENED, signed_in(people["eva"])) == 404
    assert status(report, OPENED) == 404
    assert "<button>" not in page(report, BETWEEN, signed_in(people["rev"]))


def test_a_report_of_which_nothing_was_kept_is_not_made_up_from_what_is_written_since(reopened):
    report = "rounds/midterm/report/"
    reopened.versions.all().delete()

    assert status(report, BETWEEN) == 404
    reopened.steps.filter(action="reopened").delete()
    Round.objects.update(state="published", published_on=PUBLISHED)
    assert status(report, BETWEEN) == 200


def test_files_and_versions_made_since_are_not_public_by_a_past_day(reopened, people):
    then = ask_for_report(reopened, by=people["rev"])
    since = Job.objects.create(kind=then.kind, arguments=then.arguments, state="done", finished_at=at(REOPENED))
    Job.objects.filter(pk=then.pk).update(state="done", finished_at=at(PUBLISHED))
    type(reopened.plan).objects.update(title="改了")
    kept = versions.keep_version(Round.objects.get(pk=reopened.pk), by=people["rev"])
    official = signed_in(make_person("off"))

    assert [status(f"reports/{job.pk}/", BETWEEN) for job in (then, since)] == [200, 404]
    assert f"reports/{since.pk}/" not in page("rounds/midterm/report/", BETWEEN)
    assert f"reports/{then.pk}/file/?as_of=2024-02-10" in page("rounds/midterm/report/", BETWEEN)
    assert [status(f"rounds/midterm/report/versions/{n}/", BETWEEN) for n in (1, kept.number)] == [200, 404]
    assert status(f"rounds/midterm/report/versions/{kept.number}/", BETWEEN, signed_in(people["eva"])) == 200
    build = f"{ROOT}rounds/midterm/report/build/?as_of={BETWEEN}"
    assert official.post(build).status_code == 403


def test_paper_of_a_past_day_is_what_was_published_on_it(midterm, component, people):
    note = filed(midterm, component.indicator, by=people["eva"])
    address, author = f"notes/{note.pk}/print/", signed_in(people["eva"])

    assert "增长平稳" in page(address, None, author)
    assert status(address, BETWEEN, author) == 404


def test_the_text_of_the_round_before_is_that_of_the_page_s_day(note, component, people):
    days = {"cut_off": date(2022, 12, 31), "code": "earlier", "name": "年度评估"}
    item = component.indicator
    before = open_round(item.plan, by=people["rev"], items=[item], evaluator=people["eva"], **days)
    told = published(before, item, by=people["eva"], reviewer=people["rev"])
    row = get_note(item.plan, note.pk)

    assert previous_note(row, BETWEEN) is None
    assert previous_note(row, today()).note == told
    assert "上一轮意见" not in page(f"notes/{note.pk}/", BETWEEN)
    assert "上一轮意见" in page(f"notes/{note.pk}/")


def test_the_trail_of_a_text_ends_with_the_page_s_day(note, people):
    step = note.steps.get(action="published")
    note.steps.create(action="confirmed", by=people["eva"], body=step.body)
    address = f"notes/{note.pk}/steps/{step.pk}/"

    assert page(address).count("确认") > page(address, BETWEEN).count("确认")


def test_days_ahead_are_those_of_rounds_under_way_then(reopened, component):
    plan, person = component.indicator.plan, make_person("vie")
    Round.objects.update(due_on=date(2024, 6, 1))

    told = {day: [row.words for row in next_days(plan, person, day=day)] for day in (OPENED, BETWEEN, REOPENED)}

    assert [day for day, words in told.items() if "中期评估：提交期限" in words] == [OPENED, REOPENED]
