"""The history of one item: everything known of it merged on one time line, newest first."""

from datetime import date
from decimal import Decimal

import pytest

from dashboard.columns import ENTRY
from dashboard.history import history
from evidence.models import PublicEvidence
from indicators.changes import verdict_history
from indicators.models import VerdictChange
from indicators.queries import overview
from indicators.services import recompute
from plan.models import Plan
from plan.params import today
from plan.queries import get_plan
from tests.dashboard.test_changes import report, revise_target
from tests.factories import make_component, make_observation, make_plan

ROOT = "/sz-sti-14/"
DAY = date(2024, 12, 31)


@pytest.fixture
def component(db):
    component = make_component(make_plan())
    make_observation(component, 2021, "110", released="2022-01-01")
    return component


def lines(found) -> list[tuple]:
    return [(entry.day.isoformat(), str(entry.kind), entry.what, entry.mark) for entry in found]


def of(component, day=DAY):
    plan = Plan.objects.get(pk=component.indicator.plan_id)
    return history(plan, plan.items.get(pk=component.indicator_id), day)


def test_everything_known_of_an_indicator_stands_on_one_line(component, settings):
    recompute(component.indicator.plan, as_of=date(2021, 1, 1), cause="test")
    make_observation(component, 2022, "140", released="2023-01-20", value_status="preliminary")
    make_observation(component, 2022, "150", released="2023-03-01")
    make_observation(component, 2022, "150", released="2023-04-01")
    make_observation(component, 2022, "999", released="2023-05-01", state="rejected", note="年份有误")
    make_observation(
        component, 2023, "160", released="2024-02-01", precision="lower_bound", published_text="超160"
    )
    revise_target(component, "120", on="2024-03-01")
    settings.PROGRESS_CUTOFFS = {**settings.PROGRESS_CUTOFFS, "ahead": Decimal("1.1")}
    recompute(component.indicator.plan, as_of=date(2024, 6, 1), cause="test")
    VerdictChange.objects.all().delete()

    found = of(component)

    assert lines(found) == [
        ("2024-06-01", "rule", "界线 105/95/60 (规则 2026.2) → 界线 110/95/60 (规则 2026.2)", "规则变化"),
        ("2024-03-01", "verdict", "", "因调整目标"),
        ("2024-03-01", "target", "≥ 200 件 (2025) → ≥ 120 件 (2025)", "第 2 版"),
        ("2024-02-01", "release", "超160", "下限表述"),
        ("2023-05-01", "release", "999 件", "不采用"),
        ("2023-04-01", "release", "150 件", "另一来源"),
        ("2023-03-01", "verdict", "", "因修订数据"),
        ("2023-03-01", "release", "150 件", "修订数据，原为 140 件 (初步)"),
        ("2023-01-20", "verdict", "", "因新数据"),
        ("2023-01-20", "release", "140 件 (初步)", "新数据；已被替代 → 150（2023-04-01）"),
        ("2022-01-01", "verdict", "", "因新数据"),
        ("2022-01-01", "release", "110 件", "新数据"),
        ("2021-01-01", "verdict", "", "规划公布时"),
        ("2021-01-01", "target", "≥ 200 件 (2025)", "规划原定"),
        ("2021-01-01", "rule", "界线 105/95/60 (规则 2026.2)", "起初的规则"),
    ]
    steps = [entry.steps[0] for entry in found if entry.kind == "verdict"]
    assert [(step.before.key if step.before else None, step.after.key) for step in steps] == [
        ("ahead", "reached"),
        ("on_schedule", "ahead"),
        ("behind", "on_schedule"),
        ("no_data", "behind"),
        (None, "no_data"),
    ]
    assert next(entry.text for entry in found if entry.mark == "不采用") == "年份有误"


def test_history_as_of_a_day_ends_on_it(component):
    make_observation(component, 2022, "150", released="2023-03-01")

    assert {entry.day for entry in of(component, date(2023, 2, 28))} == {date(2021, 1, 1), date(2022, 1, 1)}
    assert lines(of(component, date(2020, 12, 31))) == []


def test_log_says_on_which_other_day_the_system_noted_a_verdict(component):
    recompute(component.indicator.plan, as_of=DAY, cause="载入规划")
    noted = today()

    moved = [entry for entry in of(component, noted) if entry.kind == "verdict"]

    assert [(entry.day.isoformat(), entry.logged_on) for entry in moved] == [
        ("2022-01-01", noted),
        ("2021-01-01", None),
    ]
    # Before that day nobody could have known of the log.
    assert [entry.logged_on for entry in of(component) if entry.kind == "verdict"] == [None, None]


def test_log_that_nothing_known_explains_is_a_line_of_its_own(component):
    make_observation(component, 2022, "150", released="2023-03-01")
    recompute(component.indicator.plan, as_of=DAY, cause="载入规划")
    component.observations.filter(year=2022).delete()

    (line,) = [entry for entry in of(component, today()) if entry.mark == "系统记录"]

    assert (line.day, line.steps[0].before, line.steps[0].after.word, line.text) == (
        today(),
        None,
        "快于预期",
        "首次判定",
    )


def test_both_components_of_a_compound_are_told(plan):
    found = history(plan, plan.items.get(code="I-04"), DAY)

    # The pair that was published and is not used comes first.
    assert [(str(entry.kind), entry.code) for entry in found] == [
        ("release", "I-04.1"),
        ("release", "I-04.2"),
        ("verdict", "I-04.1"),
        ("verdict", "I-04.2"),
        ("target", "I-04.1"),
        ("target", "I-04.2"),
        ("rule", ""),
    ]


def test_reports_of_an_item_and_of_what_is_below_it(plan):
    PublicEvidence.objects.all().delete()
    report(plan.items.get(code="P-1.1"), "on_schedule", known="2023-05-04")
    report(plan.items.get(code="P-1.2"), "behind", known="2023-06-04")

    own = history(plan, plan.items.get(code="P-1.1"), DAY)
    above = history(plan, plan.items.get(code="P-1"), DAY)

    assert [(entry.day.isoformat(), entry.code, entry.text) for entry in own] == [
        ("2023-05-04", "", "已开工建设。")
    ]
    assert [(entry.day.isoformat(), entry.code) for entry in above] == [
        ("2023-06-04", "P-1.2"),
        ("2023-05-04", "P-1.1"),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_history_asks_eight_queries_for_one_and_three(component, django_assert_num_queries, number):
    for year in range(2022, 2022 + number):
        make_observation(component, year, str(year), released=f"{year + 1}-03-01")
    plan = get_plan(component.indicator.plan.slug)
    item = plan.items.get(pk=component.indicator_id)

    with django_assert_num_queries(8):
        history(plan, item, DAY)
    with django_assert_num_queries(3):
        history(plan, item, DAY)


@pytest.mark.parametrize(("code", "budget"), [("I-07", 12), ("P-1", 5), ("P-1.1", 5)])
def test_page_stays_within_its_query_budget(plan, client, django_assert_max_num_queries, code, budget):
    with django_assert_max_num_queries(budget):
        assert client.get(f"{ROOT}items/{code}/history/").status_code == 200


def test_page_filters_by_kind_and_counts(plan, client):
    page = client.get(f"{ROOT}items/I-07/history/?kind=target")

    assert [[str(entry.kind) for entry in entries] for _day, entries in page.context["days"]] == [["target"]]
    assert {str(kind): number for kind, number in page.context["counts"]} == {
        "verdict": 3,
        "release": 15,
        "target": 1,
        "rule": 1,
    }
    assert client.get(f"{ROOT}items/I-07/history/?kind=rumour").status_code == 400
    assert client.get(f"{ROOT}items/I-99/history/").status_code == 404


def test_page_of_an_item_without_reports_says_so(plan, client):
    page = client.get(f"{ROOT}items/P-1.1/history/?as_of=2021-01-01").content.decode()
    assert "既没有核定的进展填报，也没有公开信息" in page


def test_files_hold_the_same_lines(plan, client):
    text = client.get(f"{ROOT}items/I-01/history.csv?kind=release").content.decode("utf-8-sig")
    body = client.get(f"{ROOT}items/I-01/history.json?kind=release").json()

    assert text.splitlines()[0].split(",") == list(ENTRY)
    assert body["count"] == 12
    assert [row["day"] for row in body["results"]] == sorted((row["day"] for row in body["results"]), reverse=True)
    assert {row["mark"] for row in body["results"]} == {"新数据", "另一来源", "不采用"}


def test_indicator_page_tells_its_verdicts_from_the_same_history(plan, client):
    page = client.get(f"{ROOT}indicators/I-07/?as_of=2024-01-31")
    found = overview(plan, date(2024, 1, 31))

    assert page.context["changes"] == verdict_history(found, found.by_code["I-07"])
    assert f"{ROOT}items/I-07/history/?as_of=2024-01-31" in page.content.decode()
    assert "新数据：2022 年 23,000 家" in page.content.decode()


@pytest.mark.breadth
@pytest.mark.parametrize("path", ["indicators/I-01/", "platforms/P-1/", "items/P-1.1/", "industries/G-1/"])
def test_every_page_of_an_item_leads_to_its_history(plan, client, path):
    code = path.split("/")[1]

    assert f'href="{ROOT}items/{code}/history/"' in client.get(ROOT + path).content.decode()
