"""By unit: what each answers for, worst first, what is overdue of it, and every unit's name leading there."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation
from dashboard.units import WORST_FIRST, Duty, UnitDuties, units_on
from indicators.models import Indicator
from plan.models import Item
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from updates.models import StatusUpdate

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

DAY = date(2026, 11, 28)
ROOT = "/test-plan/units/"


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def unit(code="sti", name="市科技创新局") -> Organisation:
    return Organisation.objects.create(code=code, name=name)


def lead(organisation, *items) -> None:
    Item.objects.filter(pk__in=[item.pk for item in items]).update(lead=organisation)


def report(item, status="done", *, on="2025-12-31", known="2026-01-10", progress=None) -> StatusUpdate:
    known_on = date.fromisoformat(known)
    update = StatusUpdate.objects.create(
        item=item,
        status=status,
        status_on=date.fromisoformat(on),
        done="已办",
        progress=progress,
        state="approved",
        entered_by=make_person(f"writer-{item.code}-{known}", "reporter"),
        approved_at=timezone.make_aware(datetime(known_on.year, known_on.month, known_on.day, 9)),
        known_on=known_on,
    )
    Item.objects.filter(pk=item.pk).update(status=status, status_as_of=on, progress=progress and progress / 100)
    return update


@pytest.fixture
def scene(db):
    """Three tasks and an indicator below one unit, one task below another, nobody on the rest."""
    plan = make_plan()
    first, second = unit(), unit("edu", "市教育局")
    top = make_item(plan, "P-1", "platform")
    done, poor, silent = (make_item(plan, f"P-1.{n}", parent=top) for n in (1, 2, 3))
    lead(first, top)
    other = make_item(plan, "A-01.1", "measure", parent=make_item(plan, "A-01", "action"))
    lead(second, other)
    report(done)
    report(poor, "behind", progress=Decimal(40))
    component = make_component(plan)
    make_observation(component, 2024, "150", released="2025-03-01")
    Indicator.objects.filter(pk=component.indicator.pk).update(lead=first)
    return plan


def test_the_sentence_adds_up_and_says_for_how_long(scene):
    first, second = units_on(scene, DAY)

    assert first.sentence == "牵头 1 项指标、3 项任务：已完成 1，期末未完成 1，未填报 1（逾期 302 天）"
    assert second.sentence == "牵头 1 项任务：未填报 1（逾期 302 天）"
    assert (first.late_reports, first.missing, first.overdue) == (1, 4, 5)


@pytest.mark.breadth
@given(st.lists(st.sampled_from(WORST_FIRST), max_size=30))
def test_every_task_is_counted_in_one_state(states):
    duties = [Duty(Item(code=f"P-1.{n}", kind="platform_task"), state) for n, state in enumerate(states)]
    found = UnitDuties(Organisation(code="sti", name="局"), DAY, duties=duties)

    assert sum(len(rows) for _badge, rows in found.groups()) == len(states)
    assert found.done + found.others + found.silent == len(states)
    if states:
        assert sum(map(int, re.findall(r" (\d+)", found.sentence.split("：")[1]))) == len(states)


def test_tasks_stand_worst_first(scene, client):
    html = client.get(f"{ROOT}sti/?as_of=2026-11-28").content.decode()

    told = text(html)
    assert told.index("P-1.2") < told.index("P-1.3") < told.index("P-1.1")
    assert "A-01.1" not in told
    assert "2021–2023、2025" in told
    assert "40 % · 2025-12-31" in told


def test_index_has_what_is_most_overdue_on_top_and_as_a_file(scene, client):
    page = text(client.get(f"{ROOT}?as_of=2026-11-28").content.decode())
    rows = client.get("/test-plan/units.json?as_of=2026-11-28").json()["results"]

    assert page.index("市科技创新局") < page.index("市教育局")
    assert "逾期未填报 2 条，逾期未公布数据 4 个，整改逾期 0 项" in page
    assert [(row["organisation"], row["tasks"], row["reports_overdue"]) for row in rows] == [
        ("sti", 3, 1),
        ("edu", 1, 1),
    ]
    listed = client.get("/test-plan/units/sti.json?as_of=2026-11-28").json()["results"]
    assert [row["code"] for row in listed] == ["P-1.1", "P-1.2", "P-1.3", "I-01"]


def test_a_past_day_knows_no_later_report_and_no_later_due_day(scene, client):
    first = next(row for row in units_on(scene, date(2026, 1, 5)) if row.organisation.code == "sti")

    # Both reports were approved on the tenth; those of the second half of 2025 are due at the end of the month.
    assert first.sentence == "牵头 1 项指标、3 项任务：未填报 3"
    assert first.late_reports == 0
    html = client.get(f"{ROOT}sti/?as_of=2026-01-05").content.decode()
    assert "未填报 3" in text(html)
    assert f'href="{ROOT}?as_of=2026-01-05"' in html


def test_without_assignments_the_pages_say_so_and_lead_to_the_places(plan, client):
    unit()
    html = client.get("/sz-sti-14/units/").content.decode()

    assert "还没有落实到责任单位" in text(html)
    assert html.count('href="/sz-sti-14/clusters/C-') == 11
    assert "落实责任分工" not in html
    assert client.get("/sz-sti-14/units.json").json()["count"] == 0
    assert "本规划没有由该单位牵头的指标和任务" in text(client.get("/sz-sti-14/units/sti/").content.decode())
    client.force_login(make_person("ana", "analyst"))
    assert "落实责任分工" in client.get("/sz-sti-14/units/").content.decode()


def test_a_unit_of_another_plan_leads_nothing_here_and_an_unknown_one_is_not_found(scene, client):
    make_plan("other-plan")

    html = client.get("/other-plan/units/sti/").content.decode()
    assert "没有由该单位牵头" in text(html)
    assert "P-1.2" not in html
    assert "市科技创新局" not in text(client.get("/other-plan/units/").content.decode())
    missing = client.get(f"{ROOT}nobody/")
    assert missing.status_code == 404
    assert "没有代码为“nobody”的责任单位" in missing.content.decode()
    assert client.get(f"{ROOT}sti/?sort=name").status_code == 400


def test_whose_account_it_is_is_told_to_those_who_work_here(scene, client):
    sti = Organisation.objects.get(code="sti")
    make_person("li", "reporter", organisation=sti, name="李四")
    make_person("gone", "reporter", organisation=sti, name="已离任", is_active=False)

    assert "李四" not in client.get(f"{ROOT}sti/").content.decode()
    client.force_login(make_person("official"))
    assert "李四" not in client.get(f"{ROOT}sti/").content.decode()
    client.force_login(make_person("ana", "analyst"))
    html = client.get(f"{ROOT}sti/").content.decode()
    assert "李四" in html
    assert "已离任" not in html


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("address", "budget"), [("", 14), ("u1/", 16)])
def test_query_budget(db, client, django_assert_max_num_queries, number, address, budget):
    plan = make_plan()
    for at in range(1, number + 1):
        organisation = unit(f"u{at}", f"单位{at}")
        task = make_item(plan, f"P-{at}.1", parent=make_item(plan, f"P-{at}", "platform"))
        component = make_component(plan, f"I-0{at}")
        lead(organisation, task, component.indicator)
        report(task, "behind")

    with django_assert_max_num_queries(budget):
        assert client.get(f"{ROOT}{address}").status_code == 200


@pytest.mark.breadth
def test_a_unit_s_name_leads_to_its_page_and_keeps_the_day(rows, client):
    """Of a commitment, of the lists, of the gaps."""
    for page in ("items/P-1.1/", "indicators/", "indicators/?view=bullet", "gaps/", "platforms/P-1/"):
        html = client.get(f"/sz-sti-14/{page}{'&' if '?' in page else '?'}as_of=2026-06-30").content.decode()
        assert '<a href="/sz-sti-14/units/o1/?as_of=2026-06-30" lang="zh-CN">责任单位</a>' in html, page


# Where it is the page's own heading, pages that belong to no plan or show a change to be confirmed, and the lead
# of an indicator over its schedule.
BARE_NAMES = tuple(
    f"templates/{name}"
    for name in (
        "accounts/",
        "home/handover.html",
        "dashboard/unit.html",
        "dashboard/brief.html",
        "updates/assign_preview.html",
        "indicators/_table.html",
    )
)
BARE = re.compile(r"\{\{ *[\w.]*\b(organisation|lead|answers)(\.name)? *(\|[^}]*)?\}\}")
CHOICE_OR_TAG = re.compile(r"<option.*?</option>|<[^>]*>", re.DOTALL)


def test_no_template_shows_the_name_of_a_unit_without_its_page():
    found = []
    for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        name = str(path.relative_to(settings.BASE_DIR))
        if not name.startswith(BARE_NAMES):
            found += [f"{name}: {one.group()}" for one in BARE.finditer(CHOICE_OR_TAG.sub(" ", path.read_text()))]

    assert found == []


def test_a_plan_without_units_and_clusters_says_that_nobody_is_in_charge_yet(client, db):
    make_plan("bare")

    page = client.get("/bare/units/").content.decode()

    assert "还没有落实到责任单位" in page
    assert "按地区看" not in page
