"""Replays of published and exact answers (tests/vectors/)."""

import csv
import json
from decimal import Decimal as D
from fractions import Fraction as F
from pathlib import Path

import pytest

from judging.calculator_json import read_body
from judging.progress import assess, assess_compound, count_final
from judging.statements import Figure
from judging.terms import Assessment, TargetRule

FOLDER = Path(__file__).resolve().parent.parent / "vectors"
SPEC = json.loads((FOLDER / "spec_cases.json").read_text(encoding="utf-8"))
PERIOD = json.loads((FOLDER / "period_cases.json").read_text(encoding="utf-8"))["cases"]
CHINESE = json.loads((FOLDER / "cn_published_examples.json").read_text(encoding="utf-8"))["examples"]
with (FOLDER / "cagr_replay_statcan.csv").open(encoding="utf-8", newline="") as file:
    STATCAN = list(csv.DictReader(file))


def run(case) -> Assessment:
    target = case["target"]
    numbers = {name: D(target[name]) for name in ("value", "low", "high") if target.get(name) is not None}
    figures = [
        Figure(
            row["year"],
            None if row["value"] is None else D(row["value"]),
            "preliminary" if row.get("provisional") else row.get("status") or "final",
        )
        for row in case["observations"]
    ]
    return assess(
        base_year=case["base_year"],
        base_value=None if case["base_value"] is None else D(case["base_value"]),
        target_year=case["target_year"],
        target=TargetRule(target["type"], target.get("direction"), **numbers),
        observations=figures,
    )


def compare(result: Assessment, expected) -> None:
    assert result.final_verdict == expected["final_verdict"]
    assert result.provisional == expected["provisional"]
    assert result.first_attained_year == expected["first_attained_year"]
    assert (result.latest.year if result.latest else None) == expected.get("latest_year")
    assert result.late_attained_year == expected.get("late_attainment")
    for name, value in expected["linear"].items():
        assert getattr(result.linear, name) == (value if name in ("status", "reason") else F(value)), name
    if expected.get("tau"):
        assert result.linear.tau == F(expected["tau"])
    for name, value in expected["cagr"].items():
        if name == "ratio":
            assert float(result.cagr.ratio) == pytest.approx(value, rel=1e-9, abs=1e-9)
        else:
            assert getattr(result.cagr, name) == value


@pytest.mark.parametrize("case", SPEC["cases"], ids=lambda case: case["id"])
def test_spec_case(case):
    compare(run(case), case["expect"])


@pytest.mark.parametrize("case", SPEC["compound_cases"], ids=lambda case: case["id"])
def test_spec_compound_case(case):
    parts = [run(part) for part in case["components"]]
    for part, expected in zip(parts, case["expect_components"], strict=True):
        compare(part, expected)

    whole = assess_compound(parts)

    assert whole.linear_status == case["expect"]["linear"]["status"]
    assert whole.cagr_status == case["expect"]["cagr"]["status"]
    assert whole.final_verdict == case["expect"]["final_verdict"]


@pytest.mark.parametrize("case", PERIOD, ids=lambda case: case["id"])
def test_period_case(case):
    result, expected = assess(**read_body(case["body"])), case["expect"]

    found = {name: getattr(result.linear, name) for name in expected["linear"]}
    assert found == {
        name: value if value is None or name in ("status", "reason") else F(value)
        for name, value in expected["linear"].items()
    }
    assert result.final_verdict == expected["final_verdict"]
    assert (result.latest.year if result.latest else None) == expected["latest_year"]
    assert result.basis == expected["basis"]


@pytest.mark.parametrize("row", STATCAN, ids=lambda row: row["id"])
def test_growth_ratio_replays_statistics_canada(row):
    result = assess(
        base_year=int(row["base_year"]),
        base_value=D(row["base_value"]),
        target_year=int(row["target_year"]),
        target=TargetRule("point", "up" if row["direction"] == "1" else "down", D(row["target"])),
        observations=[Figure(int(row["current_year"]), D(row["current_value"]))],
    )

    assert float(result.cagr.ratio) == pytest.approx(float(row["ratio"]), rel=1e-9, abs=1e-9)
    if row["final_verdict"]:
        assert result.final_verdict == row["final_verdict"]
        assert result.cagr.status in ("achieved", "missed")
    else:
        assert result.cagr.status == row["source_status"]


@pytest.mark.parametrize(
    "example", [row for row in CHINESE if "actual" in row and "plan" in row], ids=lambda row: row["id"]
)
def test_completion_agrees_with_chinese_textbooks(example):
    """计划完成程度 = 实际 ÷ 计划 × 100 %."""
    result = assess(
        base_year=None,
        base_value=None,
        target_year=2025,
        target=TargetRule("point", "up", D(str(example["plan"]))),
        observations=[Figure(2025, D(str(example["actual"])))],
    )

    expected = example.get("expect_percent") or 100 * example["actual"] / example["plan"]
    assert float(result.completion[0]) == pytest.approx(expected, abs=0.1)


def chinese(kind):
    return [pytest.param(row, id=row["id"]) for row in CHINESE if row["kind"] == kind]


@pytest.mark.parametrize("example", chinese("final_verdict"))
def test_final_verdict_agrees_with_the_national_evaluation(example):
    """R&D of 2.1 against 2.2 % was 未完成: no tolerance."""
    result = assess(
        base_year=None,
        base_value=None,
        target_year=2015,
        target=TargetRule("point", "up", D(str(example["target"]))),
        observations=[Figure(2015, D(str(example["actual"])))],
    )

    assert result.final_verdict == example["expect"]


@pytest.mark.parametrize("example", chinese("completion_rate"))
def test_completion_rate_agrees_with_the_national_evaluation(example):
    achieved, total = example["achieved"], example["total"]

    counts = count_final(["achieved"] * achieved + ["not_achieved"] * (total - achieved))

    assert float(counts.low * 100) == pytest.approx(example["expect_percent"], abs=0.05)
    assert counts.low == counts.high


@pytest.mark.parametrize("example", chinese("fulfilment_of_planned_change"))
def test_completion_of_a_planned_change_agrees_with_chinese_textbooks(example):
    """With a base of 100 the level reached over the level planned: (100 % + 实际) ÷ (100 % + 计划)."""
    planned, actual = (100 + 100 * D(str(example[name])) for name in ("plan_change", "actual_change"))

    result = assess(
        base_year=2024,
        base_value=D(100),
        target_year=2025,
        target=TargetRule("point", "down", planned),
        observations=[Figure(2025, actual)],
    )

    assert float(result.completion[0]) == pytest.approx(example["expect_percent"], abs=0.005)
    assert result.final_verdict == "achieved"
