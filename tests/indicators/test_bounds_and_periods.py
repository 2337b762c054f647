"""What offices publish beside plain levels, judged as stored: bounds, means, yearly targets, done or not."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from indicators.figures.workflow import enter_figure
from indicators.models import Component, Observation, RuleInForce, Target, Verdict
from indicators.queries import read_overview
from indicators.services import audit_verdicts, recompute
from indicators.shown.bullets import bullet, common_axis, gauged
from indicators.shown.examples import kind_examples
from judging.terms import BEFORE_BOUNDS, RULE_VERSION
from plan.models import Plan
from tests.breadth import BREADTH
from tests.conftest import FOLDER
from tests.factories import make_component, make_observation, make_person, make_plan

DAY = date(2026, 6, 1)


@pytest.fixture
def plan(db):
    return make_plan("bounds")


@pytest.fixture
def plan_14(db):
    if not Plan.objects.filter(slug="sz-sti-14").exists():
        call_command("load_plan", str(FOLDER), verbosity=0)
    return Plan.objects.get(slug="sz-sti-14")


def part_of(plan, code="I-01", day=DAY):
    return read_overview(plan, day).by_code[code].first


def make_of_kind(plan, kind, **target):
    component = make_component(plan, base=None)
    Component.objects.filter(pk=component.pk).update(accumulation=kind)
    Target.objects.filter(component=component).update(**target)
    component.refresh_from_db()
    return component


def make_bound(component, year, value, **fields):
    fields = {"precision": "lower_bound", "exclusive": True, "value_status": "preliminary"} | fields
    return make_observation(component, year, value, released="2026-02-24", **fields)


def test_a_bound_above_a_strict_target_decides_the_final_verdict_provisionally(plan):
    component = make_component(plan, base="18600", target="22000", kind="strict")
    make_observation(component, 2022, "23000")
    bound = make_bound(component, 2025, "26000", published_text="总量突破2.6万家")

    part = part_of(plan)
    recompute(plan, as_of=DAY, cause="test")
    stored = Verdict.objects.get(component=component)

    assert part.assessment.final_verdict == "provisional_achieved"
    assert (part.assessment.basis, part.latest) == ("bound", bound)
    assert stored.final_verdict == "provisional_achieved"
    assert stored.outcome["basis"] == "bound"
    assert stored.inputs["observations"][-1]["exclusive"] is True
    assert audit_verdicts(plan, as_of=DAY) == []


def test_a_bound_beside_an_exact_figure_of_its_year_counts_for_nothing(plan):
    component = make_component(plan, base="100", target="200")
    make_bound(component, 2025, "210")
    make_observation(component, 2025, "199", released="2026-03-01")

    recompute(plan, as_of=DAY, cause="test")

    assert part_of(plan).assessment.final_verdict == "not_achieved"
    assert len(part_of(plan).inputs["observations"]) == 1
    assert audit_verdicts(plan, as_of=DAY) == []


def test_a_day_of_the_earlier_rule_is_judged_without_bounds_and_says_so(plan):
    component = make_component(plan, base="18600", target="22000", kind="strict")
    make_bound(component, 2025, "26000")
    cutoffs = {"ahead": "1.05", "on_schedule": "0.95", "slightly_behind": "0.60"}
    RuleInForce.objects.create(plan=plan, since=plan.published_on, rule_version=BEFORE_BOUNDS, **cutoffs)
    RuleInForce.objects.create(plan=plan, since=date(2026, 5, 1), rule_version=RULE_VERSION, **cutoffs)

    before, after = part_of(plan, day=date(2026, 4, 30)), part_of(plan, day=date(2026, 5, 1))

    assert (before.rule.version, before.assessment.final_verdict) == ("2026.1", "pending")
    assert (after.rule.version, after.assessment.final_verdict) == ("2026.2", "provisional_achieved")


def test_a_verdict_stored_under_the_earlier_rule_stays_as_it_was(plan):
    component = make_component(plan, base="18600", target="22000", kind="strict")
    make_bound(component, 2025, "26000")
    cutoffs = {"ahead": "1.05", "on_schedule": "0.95", "slightly_behind": "0.60"}
    RuleInForce.objects.create(plan=plan, since=plan.published_on, rule_version=BEFORE_BOUNDS, **cutoffs)
    old = Verdict.objects.create(
        component=component, fingerprint="f", basis="{}", linear_status="not_assessable",
        cagr_status="not_assessable", final_verdict="pending", rule_version=BEFORE_BOUNDS,
    )  # fmt: skip

    recompute(plan, as_of=DAY, cause="upgrade")
    kept, new = Verdict.objects.filter(component=component).order_by("id")

    assert kept == old
    assert (kept.final_verdict, kept.rule_version, kept.is_current) == ("pending", "2026.1", False)
    assert (new.final_verdict, new.rule_version) == ("provisional_achieved", "2026.2")


def test_a_mean_of_the_period_counts_its_years_from_the_plan_s_beginning(plan):
    component = make_of_kind(plan, "mean", value=Decimal(5))
    for year, value in enumerate((8, 8, 8, 8, "4.9"), 2021):
        make_observation(component, year, value, released=f"{year + 1}-02-01")

    part = part_of(plan)

    assert (part.assessment.final_verdict, part.assessment.compared) == ("achieved", Decimal("7.38"))
    assert part.inputs["accumulation"] == "mean"


def test_done_or_not_takes_one_and_nought_alone(plan):
    component = make_of_kind(plan, "level", type="done", value=None)
    make_observation(component, 2023, "1", released="2024-02-01")

    assert part_of(plan).assessment.final_verdict == "achieved"
    row = Observation.objects.get(component=component)
    with pytest.raises(ValidationError) as error:
        enter_figure(component=component, by=make_person("ana", "analyst"), source=row.source, year=2024,
                     value=Decimal("0.5"), value_status="final", released_on=date(2025, 2, 1))  # fmt: skip
    assert "value" in error.value.message_dict


def test_yearly_targets_bend_the_expected_path(plan):
    component = make_component(plan, base="100", target="200")
    Target.objects.filter(component=component).update(path={"2021": "110", "2023": "130"})
    make_observation(component, 2022, "118", released="2023-02-01")

    recompute(plan, as_of=DAY, cause="test")

    assert part_of(plan).assessment.linear.expected == 120
    assert Verdict.objects.get(component=component).inputs["path"] == {"2021": "110", "2023": "130"}
    assert audit_verdicts(plan, as_of=DAY) == []


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Component, {"accumulation": "total"}),
        (Target, {"type": "done", "value": Decimal(1)}),
        (Observation, {"precision": "exact", "exclusive": True}),
    ],
)
def test_the_database_refuses_what_no_rule_takes(plan, model, fields):
    make_observation(make_component(plan), 2022, "1")

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**fields)


KINDS = (
    ("level", "point", "200"),
    ("annual_growth", "point", "6"),
    ("level", "done", None),
)
MORE_KINDS = (
    ("sum", "strict", "1000"),
    ("mean", "point", "5"),
    ("growth", "point", "50"),
    ("every_year", "point", "30"),
)


KNOWN = ((), ((2023, "1"),), ((2021, "1"), (2022, "1")), tuple((year, "1") for year in range(2021, 2026)))
PAGES = ("", "indicators/", "indicators/?view=bullet", "indicators.csv", "wall/", "methods/")


@pytest.mark.parametrize(
    ("kind", "type", "value"), [*KINDS, *(pytest.param(*kind, marks=BREADTH) for kind in MORE_KINDS)]
)
def test_every_page_opens_whatever_the_kind_and_however_much_is_known(plan, client, kind, type, value):
    for number, (figures, base) in enumerate(product(KNOWN, (None, "100")), 1):
        component = make_component(plan, f"I-0{number}", base=base)
        Component.objects.filter(pk=component.pk).update(accumulation=kind)
        Target.objects.filter(component=component).update(type=type, value=value and Decimal(value))
        for year, figure in figures:
            make_observation(component, year, figure, released=f"{year + 1}-02-01")

    recompute(plan, as_of=DAY, cause="test")

    assert audit_verdicts(plan, as_of=DAY) == []
    details = [f"indicators/I-0{number}/" for number in range(1, 9)]
    for page in (*PAGES, *details, "indicators/I-08/?what_if=I-08&year=2024&value=0.5"):
        assert client.get(f"/bounds/{page}", follow=True).status_code == 200, page


def test_the_page_says_what_is_known_and_never_that_nothing_was_published(plan, client):
    component = make_component(plan, base="18600", target="22000", kind="strict")
    make_bound(component, 2025, "26000", published_text="总量突破2.6万家")

    page = client.get("/bounds/indicators/I-01/").content.decode()

    assert "初步判定已实现" in page
    assert "总量突破2.6万家" in page
    assert "足以判定" in page
    assert "2025 年的数据尚未公布" not in page


def test_an_open_bound_is_said_with_what_it_leaves_open(plan, client):
    component = make_component(plan, base="18600", target="22000", kind="strict")
    make_bound(component, 2025, "21000", published_text="超2.1万家")

    page = client.get("/bounds/indicators/I-01/").content.decode()

    assert "不足以判定是否高于 22,000" in page
    assert "尚未公布" not in page
    # What is open says nothing (docs/methods.md 1.14); that something was published stands beside the word.
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "暂无数据 · 2025 · 初 · 下限" in said


def test_a_later_value_of_the_base_year_is_said_beside_the_plan_s_own(plan, client):
    component = make_component(plan, base="5.46", target="6")
    make_observation(component, 2020, "5.3", released="2026-05-01")
    make_observation(component, 2022, "5.8", released="2023-05-01")

    page = client.get("/bounds/indicators/I-01/").content.decode()

    assert "基期年另有修订值 5.3（2026-05-01），判定仍用 5.46。" in page


def test_old_and_estimated_verdicts_are_marked(plan, client):
    component = make_component(plan, base="100", target="200")
    make_observation(component, 2022, "142", released="2023-05-01", value_status="estimated")

    part = part_of(plan)
    page = client.get("/bounds/").content.decode()

    assert (part.is_stale, part.is_estimated) == (True, True)
    assert not part_of(plan, day=date(2024, 12, 31)).is_stale
    assert "陈旧" in page
    assert "推算" in page


def test_the_methods_page_works_an_example_of_each_kind():
    told = {row.about: (row.linear.key, row.final.key) for row in kind_examples()}

    assert told == {
        "范围足以判定": ("achieved", "provisional_achieved"),
        "范围不足以判定": ("not_assessable", "pending"),
        "逐年相加": ("on_schedule", "pending"),
        "年均值": ("achieved", "achieved"),
        "累计增长": ("on_schedule", "pending"),
        "年均增长": ("on_schedule", "pending"),
        "每年保持": ("missed", "not_achieved"),
        "完成（是或否）": ("achieved", "achieved"),
        "年度目标": ("slightly_behind", "pending"),
    }


def test_a_bullet_shows_how_far_a_sum_and_a_mean_have_come(plan):
    total = make_of_kind(plan, "sum", value=Decimal(100))
    mean = make_component(plan, "I-02", base=None)
    Component.objects.filter(pk=mean.pk).update(accumulation="mean")
    Target.objects.filter(component=mean).update(value=Decimal(10))
    for year, value in enumerate((10, 20), 2021):
        make_observation(total, year, value, released=f"{year + 1}-02-01")
        make_observation(mean, year, value, released=f"{year + 1}-02-01")

    rows = {code: gauged(part_of(plan, code)) for code in ("I-01", "I-02")}
    told = {code: bullet(row, common_axis(list(rows.values())), label="x") for code, row in rows.items()}

    assert rows["I-01"].share == Fraction(3, 10)
    assert rows["I-02"].share == Fraction(3, 2)
    assert told["I-01"].lack == "还差 70 件"
    assert "零（累计数从 2020 年末起算）" in told["I-01"].start
    assert told["I-02"].lack == "已达目标"


def test_a_mean_with_a_year_missing_has_no_bar(plan):
    mean = make_of_kind(plan, "mean", value=Decimal(10))
    make_observation(mean, 2022, 20, released="2023-02-01")

    assert gauged(part_of(plan)).share is None


def test_old_and_estimated_verdicts_are_counted_apart_and_found_by_their_count(plan, client):
    sure, old, guess = (make_component(plan, code) for code in ("I-01", "I-02", "I-03"))
    make_observation(sure, 2024, 210, released="2025-02-01")
    make_observation(old, 2022, 210, released="2023-02-01")
    make_observation(guess, 2024, 210, released="2025-02-01", value_status="estimated")

    html = client.get("/bounds/?as_of=2026-06-01").content.decode()
    links = re.findall(r'href="(/bounds/indicators/\?[^"]*status=achieved[^"]*)"', html)
    counts = dict(zip(links, re.findall(r"status=achieved[^>]*>.*?<b>(\d+)</b>", html, re.S), strict=True))

    assert sorted(counts.values()) == ["1", "2"]
    for address, number in counts.items():
        rows = client.get(address.replace("&amp;", "&").replace("/indicators/", "/indicators.json")).json()
        assert rows["count"] == int(number), address


def test_the_high_tech_enterprises_of_2025_are_reached_by_what_was_said(db, plan_14, client):
    component = Component.objects.get(code="I-07", indicator__plan=plan_14)
    make_bound(component, 2025, "26000", published_text="总量突破2.6万家")

    html = client.get("/sz-sti-14/indicators/I-07/?as_of=2026-06-01").content.decode()
    text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))

    assert "初步判定已实现" in text
    assert "总量突破2.6万家" in text
    assert "2025年的数据尚未公布" not in text
    assert 'class="c-bound"' in html
    bullets = client.get("/sz-sti-14/indicators/?view=bullet&as_of=2026-06-01").content.decode()
    row = next(row for row in bullets.split('<li class="bullet-row">') if ">I-07</span>" in row)
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))
    assert "&gt; 26,000" in told
    assert "据范围判定 已达目标" in told
    assert "还差" not in told
    row = client.get("/sz-sti-14/indicators.json?as_of=2026-06-01").json()["results"]
    told = next(one for one in row if one["component"] == "I-07")
    assert (told["final_verdict"], told["linear_lead"], told["linear_reason"]) == (
        "provisional_achieved", None, "by_bound",
    )  # fmt: skip
