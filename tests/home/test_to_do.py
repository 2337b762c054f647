"""/<plan>/home/ (my_work): each role sees its own next things, and nobody else's."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from accounts.signin import PREVIOUS
from assessments.models import Assignment, Finding, Note, Round
from home import to_do, watching
from indicators.models import Target
from indicators.services import recompute
from notices.models import Notice
from plan.params import today
from talk.services import begin_thread
from talk.subjects import about
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from updates.due import Reporting
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
ROOT = "/test-plan/home/"


@pytest.fixture
def plan(db):
    return make_plan()


@pytest.fixture
def own(db):
    return Organisation.objects.create(code="own", name="科技局")


@pytest.fixture
def component(plan, own):
    """I-01 of `own`: 2021 published, 2022 to 2025 missing."""
    component = make_component(plan)
    component.indicator.lead = own
    component.indicator.save()
    make_observation(component, 2021, "120")
    return component


def page_of(person, **session) -> str:
    client = Client()
    client.force_login(person)
    if session:
        stored = client.session
        stored.update(session)
        stored.save()
    return client.get(ROOT).content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r'<h2 id="todo-[^"]*">([^<]+)</h2>', html)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def group_of(plan, person, key: str) -> to_do.ToDoGroup:
    return next(group for group in to_do.groups(plan, person, today=today()) if group.key == key)


def numbers(group: to_do.ToDoGroup) -> list[int]:
    return [count.number for count in group.counts]


def make_note(plan, item, author, state="submitted") -> Note:
    round = plan.rounds.first()
    if round is None:
        round = Round.objects.create(
            plan=plan,
            code="r1",
            kind="annual",
            name="年度评估",
            starts_on=date(2024, 1, 1),
            ends_on=date(2024, 12, 31),
            cut_off=date(2025, 1, 31),
            due_on=today() + timedelta(days=10),
            state="open",
        )
        round.steps.create(action="opened", by=author)
    return Note.objects.create(round=round, item=item, author=author, state=state, submitted_at=timezone.now())


def test_a_discussion_says_the_code_of_what_it_is_about_once(plan, component, own):
    person = make_person("ana", "analyst")
    begin_thread(about(plan, "item", component.indicator_id), text="口径变了吗？", by=person)

    (line,) = group_of(plan, person, "talk").lines

    assert f"{line.code} {line.text}".split().count(component.indicator.code) == 1


def test_each_role_has_its_own_groups(plan, component, own):
    people = {
        "analyst": make_person("ana", "analyst"),
        "reporter": make_person("rep", "reporter", organisation=own),
        "evaluator": make_person("eva", "evaluator"),
        "reviewer": make_person("rev", "reviewer"),
        "planner": make_person("pla", "planner"),
        "viewer": make_person("vie"),
    }

    shown = {role: titles(page_of(person)) for role, person in people.items()}

    # Who has little to do reads on.
    reading = ["需要关注的指标", "滞后的任务"]

    assert shown == {
        "analyst": ["应录入的数据", "应填报的进展", *reading],
        "reporter": ["应录入的数据", "应填报的进展", *reading],
        "evaluator": ["待写的评估意见", *reading],
        "reviewer": ["待核定的数据", "待核定的进展", *reading],
        "planner": ["待发布的编制稿", *reading],
        "viewer": reading,
    }


def test_somebody_of_two_roles_sees_both(plan, component, own):
    both = make_person("two", "evaluator", "reviewer")

    assert titles(page_of(both))[:3] == ["待写的评估意见", "待核定的数据", "待核定的进展"]


def test_figures_returned_come_before_what_is_overdue(plan, component, own):
    person = make_person("rep", "reporter", organisation=own)
    make_observation(component, 2023, "150", state="returned", entered_by=person)

    group = group_of(plan, person, "figures")

    assert [(line.code, line.word) for line in group.lines] == [
        ("I-01", "已退回"),
        ("I-01", "已逾期"),
        ("I-01", "已逾期"),
        ("I-01", "已逾期"),
    ]
    assert numbers(group) == [1, 3, 0, 0, 0]
    assert group.lines[1].url.endswith("/data/figures/new/?component=I-01&year=2025")


def test_another_organisation_s_work_is_not_shown(plan, component, own):
    other = Organisation.objects.create(code="other", name="另一单位")
    make_item(plan, "P-1", "platform", lead=own)
    make_item(plan, "P-1.1", parent=plan.items.get(code="P-1"))
    stranger = make_person("far", "reporter", organisation=other)

    html = page_of(stranger)

    assert "?component=" not in html
    assert "/report/" not in html
    assert text_of(html).count("没有要") == 2


def test_a_reporter_without_organisation_has_nothing_to_do(plan, component):
    html = page_of(make_person("lost", "reporter"))

    assert "没有要录入的数据" in html
    assert "没有要填报的进展" in html


def test_reports_lead_to_their_forms(plan, own):
    platform = make_item(plan, "P-1", "platform", lead=own)
    fresh = make_item(plan, "P-1.1", parent=platform)
    begun = make_item(plan, "P-1.2", parent=platform)
    person = make_person("rep", "reporter", organisation=own)
    update = StatusUpdate.objects.create(
        item=begun,
        organisation=own,
        status_on=date(2025, 6, 30),
        status="behind",
        done="一",
        state="returned",
        entered_by=person,
    )

    group = group_of(plan, person, "reports")

    assert [line.url for line in group.lines] == [
        f"/test-plan/updates/{update.pk}/edit/",
        f"/test-plan/items/{fresh.code}/report/",
    ]
    assert numbers(group) == [1, 1, 0, 0, 0]


def test_a_reviewer_sees_what_waits(plan, component, own):
    writer = make_person("rep", "reporter", organisation=own)
    row = make_observation(component, 2023, "150", state="submitted", entered_by=writer)
    Target.objects.create(
        component=component,
        state="proposed",
        type="point",
        value=6,
        year=2025,
        text="6",
        effective_on=date(2024, 1, 1),
        document_date=date(2023, 12, 1),
        approving_body="市政府",
        document_number="一号",
        reason="调整",
        proposed_by=writer,
    )
    make_note(plan, component.indicator, make_person("eva", "evaluator"))
    reviewer = make_person("rev", "reviewer")

    assert numbers(group_of(plan, reviewer, "figures-review")) == [1, 0, 1]
    assert group_of(plan, reviewer, "figures-review").lines[0].url == f"/test-plan/review/figure/{row.pk}/"
    assert numbers(group_of(plan, reviewer, "reports-review")) == [0]
    assert numbers(group_of(plan, reviewer, "notes-review")) == [1]


def test_nobody_reviews_their_own_note(plan, component):
    both = make_person("two", "evaluator", "reviewer")
    make_note(plan, component.indicator, both)

    assert numbers(group_of(plan, both, "notes-review")) == [0]


def test_an_evaluator_sees_what_was_asked_and_not_handed_in(plan, component):
    person = make_person("eva", "evaluator")
    tasks = [make_item(plan, f"P-1.{number}") for number in (1, 2, 3)]
    make_note(plan, tasks[0], person, state="returned")
    make_note(plan, tasks[1], person, state="submitted")
    round = plan.rounds.get()
    for task, days in zip(tasks, (5, 5, -5), strict=True):
        due = today() + timedelta(days=days)
        Assignment.objects.create(round=round, item=task, evaluator=person, due_on=due)

    group = group_of(plan, person, "evaluations")

    assert numbers(group) == [1, 1, 0]
    assert [(line.code, line.word) for line in group.lines] == [("P-1.1", "已退回"), ("P-1.3", "已逾期")]


def test_findings_of_the_own_organisation_are_listed(plan, component, own):
    author = make_person("eva", "evaluator")
    note = make_note(plan, component.indicator, author)
    for number, days in ((1, -3), (2, 3)):
        Finding.objects.create(
            note=note,
            number=number,
            title=f"问题{number}",
            request="整改",
            organisation=own,
            due_on=today() + timedelta(days=days),
            created_by=author,
        )

    group = group_of(plan, make_person("rep", "reporter", organisation=own), "findings")

    assert numbers(group) == [1, 1]
    assert [line.text for line in group.lines] == ["问题1", "问题2"]


def test_changes_since_the_last_visit(plan, component):
    person = make_person("vie")
    make_observation(component, 2022, "140", released=today().isoformat())
    last = timezone.now() - timedelta(days=3)

    html = page_of(person, **{PREVIOUS: last.isoformat()})

    assert "上次登录以来的变化" in html
    assert "2022 年 140" in text_of(html)
    assert f"?from={(timezone.localdate(last) - timedelta(days=1)).isoformat()}" in html


def test_a_first_visit_shows_the_last_month(plan, component):
    since = to_do.since_last_visit(plan, "", today=today())

    assert (since.visited, since.day, since.total) == (False, today() - timedelta(days=30), 0)


def test_of_a_past_day_the_month_before_it_is_shown(plan, component):
    then = today() - timedelta(days=400)

    since = to_do.since_last_visit(plan, timezone.now().isoformat(), today=then)

    assert (since.visited, since.day) == (False, max(plan.published_on, then - timedelta(days=30)))


def test_unread_notices_are_counted_and_the_newest_shown(plan):
    person = make_person("vie")
    for number in range(7):
        Notice.objects.create(person=person, kind="due", key=str(number), title=f"提醒{number}", url="/x/")

    rows, number = to_do.unread(person)

    assert (len(rows), number) == (to_do.NOTICES_SHOWN, 7)
    assert page_of(person).count('<a href="/x/"') == to_do.NOTICES_SHOWN


def test_nobody_unknown_is_let_in(plan):
    assert Client().get(ROOT).url == f"/accounts/login/?next={ROOT}"


@pytest.mark.parametrize(
    ("roles", "where"),
    [
        (["analyst"], "/sz-sti-14/home/"),
        (["reporter"], "/sz-sti-14/home/"),
        (["evaluator"], "/sz-sti-14/home/"),
        (["reviewer"], "/sz-sti-14/home/"),
        ([], "/sz-sti-14/home/"),
        (["system_admin"], "/accounts/people/"),
        (["security_admin"], "/accounts/roles/"),
        (["audit_admin"], "/audit/"),
    ],
)
def test_the_bare_address_leads_everybody_to_their_own(db, roles, where):
    client = Client()
    client.force_login(make_person("somebody", *roles))

    assert client.get("/").url == where


def test_the_bare_address_leads_a_reader_who_has_not_signed_in_to_the_overview(db):
    assert Client().get("/").url == "/sz-sti-14/"


def sign_in(person, password="right-Horse-7"):
    """Through the real form; the page it ends on."""
    client = Client()
    return client.post("/accounts/login/", {"username": person.username, "password": password}, follow=True)


@pytest.fixture
def site_plan(db, settings):
    settings.DEFAULT_PLAN = "test-plan"
    return make_plan()


@pytest.mark.breadth
def test_whoever_signs_in_lands_on_what_is_next(site_plan, own):
    platform = make_item(site_plan, "P-1", "platform", lead=own)
    late = make_item(site_plan, "P-1.1", parent=platform, status="behind", status_as_of=date(2025, 6, 30))
    writer = make_person("writer", "reporter", organisation=own)
    component = make_component(site_plan)
    handed_in = make_observation(component, 2022, "150", state="submitted", entered_by=writer)
    evaluator = make_person("eva", "evaluator")
    make_note(site_plan, late, evaluator, state="returned")
    round = site_plan.rounds.get()
    Assignment.objects.create(round=round, item=late, evaluator=evaluator, due_on=today() - timedelta(days=2))
    entry = f"/test-plan/data/figures/new/?component={component.code}&amp;year=2021"
    first = {
        make_person("ana", "analyst"): (entry, "录入"),
        writer: (f"/test-plan/items/{late.code}/report/", "填报"),
        evaluator: (f"/test-plan/assessments/rounds/{round.code}/items/{late.code}/", "写意见"),
        make_person("rev", "reviewer"): (f"/test-plan/review/figure/{handed_in.pk}/", "核定"),
        make_person("official"): (late.path("test-plan"), "查看"),
    }

    for person, (address, step) in first.items():
        response = sign_in(person)
        html = response.content.decode()

        assert response.redirect_chain[-1][0] == "/test-plan/home/", person
        assert f'<a class="act" href="{address}">{step}<' in html, person


def test_what_does_not_fit_is_a_link_to_its_filtered_list(plan, own):
    platform = make_item(plan, "P-1", "platform", lead=own)
    for at in range(1, 13):
        make_item(plan, f"P-1.{at}", parent=platform)

    html = page_of(make_person("rep", "reporter", organisation=own))

    assert html.count('<a class="act"') == to_do.ROOM
    assert re.search(r'<a href="/test-plan/updates/\?state=overdue">已逾期 4 项<', html)


def test_a_long_group_leaves_room_for_the_others():
    def group(key, number):
        lines = [to_do.ToDo("/", str(at), "", "看") for at in range(number)]
        return to_do.ToDoGroup(key, key, "/", [to_do.Count("", number, "/")], lines, "")

    shared = to_do.share_room([group("long", 20), group("short", 1), group("other", 5)], 8)

    assert [len(row.lines) for row in shared] == [4, 1, 3]
    assert [[count.number for count in row.left_out] for row in shared] == [[16], [], [2]]


def test_what_is_left_out_is_counted_where_it_stands():
    lines = [to_do.ToDo("/", str(at), "", "看") for at in range(3)]
    counts = [to_do.Count("退", 1, "/a"), to_do.Count("逾", 5, "/b"), to_do.Count("草", 2, "")]
    group = to_do.ToDoGroup("key", "", "/all", counts, lines, "")

    assert [(count.word, count.number, count.url) for count in group.left_out] == [
        ("逾", 3, "/b"),
        ("草", 2, "/all"),
    ]


def test_what_is_late_says_since_when(plan, component, own):
    person = make_person("rep", "reporter", organisation=own)

    html = text_of(page_of(person))

    days = (today() - date(2023, 6, 30)).days
    assert f"期限 2023年6月30日，逾期 {days} 天" in html


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "期限 2031年5月9日，逾期 1 天"),
        (0, "期限 2031年5月9日，今天到期"),
        (3, "期限 2031年5月9日，还有 3 天"),
    ],
)
def test_words_of_a_due_day(days, words):
    day = date(2031, 5, 9)

    assert to_do.due_words(day, day - timedelta(days=days)) == words


def test_an_official_sees_findings_without_an_answer_and_days_ahead(plan, component, own):
    author = make_person("eva", "evaluator")
    note = make_note(plan, component.indicator, author)
    for number, days in ((1, -3), (2, 3)):
        due = today() + timedelta(days=days)
        Finding.objects.create(
            note=note,
            number=number,
            title=f"问题{number}",
            request="整改",
            organisation=own,
            due_on=due,
            created_by=author,
        )

    html = page_of(make_person("official"))

    assert "评估提出的整改" in titles(html)
    assert re.search(r'href="/test-plan/assessments/findings/\?state=overdue">整改逾期 <b>1</b>', html)
    assert html.index("问题1") < html.index("问题2")
    ahead = html.split('<ul class="coming">')[1].split("</ul>")[0]
    assert "问题2" in ahead
    assert "年度评估：提交期限" in ahead


def test_changes_since_the_day_of_the_last_meeting(plan, component):
    make_observation(component, 2022, "140", released=(today() - timedelta(days=20)).isoformat())
    make_observation(component, 2023, "150", released=(today() - timedelta(days=2)).isoformat())
    client = Client()
    client.force_login(make_person("official"))
    meeting = today() - timedelta(days=10)

    html = client.get(ROOT, {"since": meeting.isoformat()}).content.decode()

    assert "2023 年 150" in text_of(html)
    assert "2022 年 140" not in text_of(html)
    assert f"?from={meeting.isoformat()}" in html
    assert client.get(ROOT, {"since": "yesterday"}).status_code == 400


def test_figures_begun_are_counted_once_however_late(plan, component, own):
    person = make_person("rep", "reporter", organisation=own)
    for year, state in ((2022, "returned"), (2023, "draft"), (2024, "submitted")):
        make_observation(component, year, "150", state=state, entered_by=person)

    group = group_of(plan, person, "figures")

    assert numbers(group) == [1, 1, 0, 1, 0]
    assert [line.word for line in group.lines] == ["已退回", "已逾期", "草稿"]


def test_what_was_due_before_the_plan_was_loaded_is_to_be_filled_in(plan, component, own):
    """Figures and reports alike: counted and offered, but neither late nor with days."""
    type(plan).objects.filter(pk=plan.pk).update(loaded_on=today())
    plan.refresh_from_db()
    make_item(plan, "P-1.1", parent=make_item(plan, "P-1", "platform", lead=own))
    person = make_person("rep", "reporter", organisation=own)

    for key in ("figures", "reports"):
        group = group_of(plan, person, key)
        found = [(count.word, count.number) for count in group.counts if count.number]
        assert found == [("待补录", {"figures": 4, "reports": 1}[key])]
        assert group.urgency == 1
        assert {line.word for line in group.lines} == {"待补录"}
        assert not any("逾期" in line.aside for line in group.lines)
    html = page_of(make_person("official"))
    assert "<li>待补录 <b>1</b></li>" in html
    assert "逾期未填报 <b>" not in html


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("day", "words"),
    [("", ["期末未完成", "待期末填报"]), ("2025-12-31", ["滞后", "未启动"])],
)
def test_tasks_are_called_and_counted_as_in_the_list_behind_the_count(plan, day, words):
    ends_on = plan.ends_on
    make_item(plan, "P-1.1", status="behind", status_as_of=ends_on)
    make_item(plan, "P-1.2", "project", status="behind", status_as_of=ends_on)
    make_item(plan, "P-1.3", status="not_started", status_as_of=date(2025, 6, 30))
    make_observation(make_component(plan), 2024, "110", released="2025-12-31")
    recompute(plan, as_of=today(), cause="test")
    client = Client()
    client.force_login(make_person("official"))

    then = date.fromisoformat(day) if day else today()
    group = watching.tasks(plan, make_person("other"), then, Reporting(plan))

    listed = [count for count in group.counts if count.is_listed]
    assert [(count.word, count.late) for count in listed] == [(words[0], True), (words[1], False)]
    for count in listed:
        html = client.get(count.url).content.decode()
        assert f'全部条目 <span class="sub">{count.number}</span>' in html
        assert (
            f'<option value="{count.url.split("status=")[1].split("&")[0]}" selected>{count.word}</option>' in html
        )
    assert [line.word for line in group.lines if line.code.startswith("P-")] == [words[0], words[0], words[1]]
    assert len(group.lines) == sum(count.number for count in listed)


def test_overdue_reports_are_a_number_without_a_list(plan, own):
    platform = make_item(plan, "P-1", "platform", lead=own)
    for at in range(1, 4):
        make_item(plan, f"P-1.{at}", parent=platform, status="behind", status_as_of=plan.ends_on)

    html = page_of(make_person("official")).split('id="todo-tasks"')[1].split("</section>")[0]

    assert re.search(r"<li>逾期未填报 <b>3</b></li>", html)
    assert "逾期未填报 3 项" not in html


def test_news_since_a_day_after_the_page_s_own_are_none(plan, component):
    client = Client()
    client.force_login(make_person("official"))

    html = client.get(ROOT, {"since": "2025-01-01", "as_of": "2024-01-01"}).content.decode()

    assert 'name="since" value="2024-01-01"' in html


def test_watched_indicators_are_counted_and_shown_by_the_word_they_are_known_by(plan, component):
    make_observation(component, 2025, "150", released="2026-03-01")
    make_observation(make_component(plan, "I-02"), 2024, "150", released="2026-03-01")
    make_component(plan, "I-03")

    group = watching.indicators(plan, today())

    assert [(count.word, count.number, count.url.split("?")[1]) for count in group.counts] == [
        ("未达目标", 1, "state=missed"),
        ("偏慢", 1, "state=slightly_behind"),
        ("暂无数据", 1, "state=no_data"),
    ]
    assert [(line.code, line.word) for line in group.lines] == [
        ("I-01", "未达目标"),
        ("I-02", "偏慢（2024）"),
        ("I-03", "暂无数据"),
    ]


def test_a_past_day_shows_what_there_was_to_read_and_keeps_itself(plan, component, own):
    make_observation(component, 2022, "140", released="2024-03-01")
    client = Client()
    client.force_login(make_person("ana", "analyst"))

    html = client.get(ROOT, {"as_of": "2023-12-31"}).content.decode()

    assert titles(html) == ["需要关注的指标", "滞后的任务"]
    assert "要办的事只有今天的" in html
    assert "未读提醒" not in html
    assert "140" not in html
    links = re.findall(r'href="(/test-plan/[^"]*)"', html.split("<main")[1].split("</main>")[0])
    assert links
    assert [link for link in links if "as_of=2023-12-31" not in link] == []


@pytest.mark.parametrize("number", [1, 3])
def test_an_official_s_page_stays_within_its_query_budget(
    plan, component, own, number, django_assert_max_num_queries
):
    platform = make_item(plan, "P-1", "platform", lead=own)
    author = make_person("eva", "evaluator")
    for at in range(1, number + 1):
        task = make_item(plan, f"P-1.{at}", parent=platform, status="behind")
        note = make_note(plan, task, author)
        Finding.objects.create(
            note=note,
            number=1,
            title=f"问题{at}",
            request="整改",
            organisation=own,
            due_on=today(),
            created_by=author,
        )
    client = Client()
    client.force_login(make_person("official", organisation=own))
    client.get(ROOT)

    with django_assert_max_num_queries(17):
        assert client.get(ROOT).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_stays_within_its_query_budget(plan, component, own, number, django_assert_max_num_queries):
    platform = make_item(plan, "P-1", "platform", lead=own)
    writer = make_person("rep", "reporter", organisation=own)
    for at in range(1, number + 1):
        task = make_item(plan, f"P-1.{at}", parent=platform)
        make_observation(component, 2021 + at, "150", state="submitted", entered_by=writer)
        StatusUpdate.objects.create(
            item=task,
            organisation=own,
            status_on=date(2025, 6, 30),
            status="behind",
            done="一",
            state="submitted",
            submitted_at=timezone.now(),
            entered_by=writer,
        )
    client = Client()
    client.force_login(make_person("all", "analyst", "reporter", "evaluator", "reviewer", organisation=own))
    client.get(ROOT)

    with django_assert_max_num_queries(25):
        assert client.get(ROOT).status_code == 200
