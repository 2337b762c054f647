"""A place in an order is told as one, 第 1 位, and the smaller is the higher; whole pages say it alike."""

import re

import pytest
from django.utils.translation import override

from indicators.queries import read_overview
from indicators.shown.derivation import derive
from indicators.shown.rows import change_words, lack_words
from indicators.shown.titles import active_title
from indicators.shown.tracks import sentence
from plan.params import today
from plan.wording import RankUnit, as_place, measured
from tests.factories import make_component, make_observation, make_plan

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def ranked(*, target="3", kind="point", base="5", values=()):
    component = make_component(make_plan(), base=base, target=target, kind=kind, direction="down")
    component.indicator.unit, component.indicator.unit_en, component.indicator.decimals = "位", "rank", 0
    component.indicator.save()
    for year, value in values:
        make_observation(component, year, value, released=f"{year + 1}-03-01")
    return read_overview(component.indicator.plan, today()).standings[0].first


def both(make):
    """What is said in Chinese and in English."""
    with override("zh-hans"):
        chinese = make()
    with override("en"):
        return chinese, make()


@pytest.mark.parametrize(
    ("target", "kind", "goal", "needed"),
    [
        ("1", "point", ("第 1 位", "rank 1"), ("不低于第 1 位", "rank 1 or better")),
        ("3", "point", ("前 3 位", "top 3"), ("不低于第 3 位", "rank 3 or better")),
        ("4", "strict", ("高于第 4 位", "better than rank 4"), ("高于第 4 位", "better than rank 4")),
    ],
)
def test_what_is_to_be_reached_is_a_place(target, kind, goal, needed):
    part = ranked(target=target, kind=kind, values=[(2022, "5")])

    assert both(lambda: derive(part).steps[0]) == (
        f"目标：2025 年 {goal[0]}。", f"Target: {goal[1]} in 2025.",
    )  # fmt: skip
    assert both(lambda: next(line for line in derive(part).changes if "final" in line or "期末" in line)) == (
        f"2025 年的数据{needed[0]}，期末判定才为已实现。",
        f"The final verdict is achieved only if the figure of 2025 is {needed[1]}.",
    )


@pytest.mark.parametrize(
    ("value", "title", "change", "lack"),
    [
        (
            "4",
            ("2023 年 第 4 位，还差 1 位（目标 前 3 位）", "rank 4 in 2023, 1 place short (target top 3)"),
            ("上升 1 位", "up 1"),
            ("还差 1 位", "1 place short"),
        ),
        (
            "6",
            ("2023 年 第 6 位，还差 3 位（目标 前 3 位）", "rank 6 in 2023, 3 places short (target top 3)"),
            ("下降 1 位", "down 1"),
            ("还差 3 位", "3 places short"),
        ),
        ("2", ("2023 年起达到前 3 位的目标", "Target of top 3 met since 2023"), ("上升 3 位", "up 3"), None),
    ],
)
def test_a_rank_rises_where_its_number_falls(value, title, change, lack):
    part = ranked(values=[(2022, "5"), (2023, value)])

    assert both(lambda: active_title(part)) == title
    assert both(lambda: change_words(part)) == change
    if lack:
        assert both(lambda: lack_words(part)) == lack


def test_figures_stand_as_places_in_sentences():
    part = ranked(target="1", base="1", values=[(2021, "1"), (2025, "1")])

    assert "从 2021 年的第 1 位到 2025 年的第 1 位" in sentence(part)
    assert "目标为 2025 年第 1 位。" in sentence(part)
    assert [step for step in derive(part).steps if "最新" in step] == ["最新数据：2025 年为 第 1 位。"]
    assert "只看 2025 年的数据，不设容差：第 1 位（最终核实）。" in derive(part).final_steps


def test_a_bound_and_a_dash_are_no_places():
    assert [as_place(words, RankUnit("位")) for words in ("3", "≤ 3", "—")] == ["第 3 位", "≤ 3", "—"]
    assert measured("≤ 3", RankUnit("位")) == "≤ 3 位"


def test_many_of_something_are_no_rank():
    """位 are people where more is better."""
    component = make_component(make_plan(), base="5", target="8")
    component.indicator.unit = "位"
    component.indicator.save()
    part = read_overview(component.indicator.plan, today()).standings[0].first

    assert derive(part).steps[0] == "目标：2025 年 ≥ 8位。"


@pytest.mark.parametrize(
    ("language", "never"), [("zh-hans", r"[≤<] ?1|(?<!第 )\b1 ?位"), ("en", r"\(rank\)|[≤<] ?1|1 rank")]
)
def test_the_page_of_a_rank_tells_places(plan, client, language, never):
    html = client.get(f"/sz-sti-14/indicators/T-02/?lang={language}").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("</main>")[0]))

    assert re.findall(never, text) == []
    assert text.count("第 1 位" if language == "zh-hans" else "rank 1") > 8
