"""An indicator that goes on from one plan to the next: figures entered once, told through both periods."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from charts.key import key
from indicators import continuing
from indicators.models import Component
from indicators.queries import overview
from indicators.shown import tracks
from plan.models import Plan
from plan.params import today
from plan.services import touch_plans
from studio import publishing
from studio.models import PlanDraft
from tests.factories import make_observation, make_person
from tests.plan import small

EARLIER = small.PLAN.replace('slug = "small"', 'slug = "earlier"').replace('"2" = "Tasks"\n', "")
EARLIER = EARLIER.replace('short = "小"', 'short = "前规划"')
LATER = EARLIER.replace('slug = "earlier"', 'slug = "later"').replace('short = "前规划"', 'short = "后规划"')
LATER = LATER.replace("2021-01-01", "2026-01-01").replace("2025-12-31", "2030-12-31")
LATER = LATER.replace("2021-03", "2026-05")
TEXT = "# 一、总体\n\n技术合同成交额达到1500亿元。\n"
NEXT = "# 一、总体\n\n技术合同成交额超过2000亿元。\n"


def contracts(words: str, target: str, year: int, more: str = "") -> str:
    table = small.indicator("I-05", "I-05", "技术合同成交额", words, "亿元", target)
    return f"{table.replace('2025', str(year))}  {more}\n"


def folder(path, plan: str, text: str, table: str, figures=()):
    return small.write(
        path, indicators=[table], platforms=(), safeguards=(), figures=figures, text=text, plan=plan
    )


GOES_ON = 'continues = "earlier/I-05"\n  continues_note = "口径扩大到技术服务。"'


def load_later(path, more: str = GOES_ON, edit=lambda table: table) -> None:
    table = edit(contracts("技术合同成交额超过2000亿元", "2000", 2030, more))
    call_command("load_plan", str(folder(path, LATER, NEXT, table)), verbosity=0)


def load_earlier(path) -> None:
    figures = [f"I-05,I-05,亿元,{year},{value},final,{year + 1}-03-01,公报" for year, value in FIGURES.items()]
    table = contracts("技术合同成交额达到1500亿元", "1500", 2025)
    call_command("load_plan", str(folder(path, EARLIER, TEXT, table, figures)), verbosity=0)


FIGURES = {2023: "1400", 2024: "1580", 2025: "1620"}


@pytest.fixture
def both(db, tmp_path):
    load_earlier(tmp_path / "earlier")
    load_later(tmp_path / "later")
    return Plan.objects.get(slug="earlier"), Plan.objects.get(slug="later")


def part_of(plan):
    return overview(Plan.objects.get(pk=plan.pk), today()).by_code["I-05"].first


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_last_figure_of_one_plan_is_proposed_as_the_base_of_the_next(both, client):
    part = part_of(both[1])
    before = continuing.before(part, today())

    base = continuing.proposed_base(part, before)
    assert (base.year, base.value) == (2025, Decimal("1620"))
    assert part.component.baseline_value is None, "a proposal is no base"
    page = words(client.get("/later/indicators/I-05/"))
    assert "接续上一规划" in page
    assert "前规划 I-05 技术合同成交额" in page
    assert "2025 年 1,620 亿元（公报），建议作为基期" in page
    assert "口径扩大到技术服务。" in page


def test_the_chart_runs_through_both_periods_and_figures_are_stored_once(both, client):
    make_observation(Component.objects.get(indicator__plan=both[1]), 2026, "1700", released="2026-11-01")
    touch_plans(both)

    part = part_of(both[1])
    drawn = tracks.track(part, before=continuing.before(part, today()))
    assert [point.year for point in drawn.points] == [2023, 2024, 2025, 2026]
    assert [(goal.goal.yardstick, goal.goal.year) for goal in drawn.earlier_goals] == [(Decimal(1500), 2025)]
    assert drawn.points[0].place.startswith("/earlier/indicators/I-05/#obs-")
    assert [point.year for point in tracks.track(part).points] == [2026], "elsewhere a plan has its own figures"
    body = client.get("/later/indicators/I-05/figure/I-05.json").json()
    assert any(set(FIGURES) <= set(trace.get("x", [])) for trace in body["data"])
    assert client.get("/later/indicators/I-05/picture/I-05.svg").status_code == 200


def test_the_earlier_plan_says_what_continues_it(both, client):
    page = words(client.get("/earlier/indicators/I-05/"))

    assert "由下一规划接续 后规划 I-05 技术合同成交额" in page
    assert "2030 年 2000" in page


def test_a_figure_of_the_earlier_plan_shows_on_the_later_page_at_once(both, client):
    assert "1,620" in words(client.get("/later/indicators/I-05/"))
    make_observation(
        Component.objects.get(indicator__plan=both[0]), 2025, "1650", released="2026-11-01", value_status="revised"
    )
    touch_plans([both[0]])

    assert "2025 年 1,650 亿元" in words(client.get("/later/indicators/I-05/"))


def test_what_was_known_on_a_day_holds_for_both(both, client):
    page = words(client.get("/later/indicators/I-05/?as_of=2026-02-01"))

    assert "2024 年 1,580 亿元" in page


def test_other_units_are_said_and_not_drawn_on_one_line(db, tmp_path, client):
    load_earlier(tmp_path / "earlier")
    load_later(tmp_path / "later", edit=lambda table: table.replace('unit = "亿元"', 'unit = "万亿元"'))

    part = part_of(Plan.objects.get(slug="later"))
    before = continuing.before(part, today())
    assert not before.is_comparable
    assert continuing.proposed_base(part, before) is None
    assert tracks.track(part, before=before).points == ()
    assert "口径不同，两个规划期的数据不画在同一条线上" in words(client.get("/later/indicators/I-05/"))


def test_a_plan_not_loaded_yet_is_passed_over_and_tied_later(db, tmp_path, capsys):
    load_later(tmp_path / "later")
    assert "continues earlier/I-05：前一规划尚未载入" in capsys.readouterr().out
    load_earlier(tmp_path / "earlier")
    load_later(tmp_path / "later")

    assert Component.objects.get(indicator__plan__slug="later").continues.indicator.plan.slug == "earlier"


@pytest.mark.parametrize("text", ["earlier/I-99", "later/I-05", "I-05", "earlier/I-05/x"])
def test_a_component_that_is_not_there_is_refused_in_words(db, tmp_path, text):
    load_earlier(tmp_path / "earlier")

    with pytest.raises(CommandError, match="没有这一分项"):
        load_later(tmp_path / "later", f'continues = "{text}"')
    assert not Plan.objects.filter(slug="later").exists()


def test_the_legend_says_of_which_plan_the_earlier_target_is(both):
    part = part_of(both[1])
    track = tracks.track(part, before=continuing.before(part, today()))
    assert "前规划的目标" in [entry.text for entry in key(track, tracks.words())]


def test_api_and_package_say_what_it_goes_on_from(both, client):
    part = client.get("/api/v1/later/indicators/I-05/").json()["components"][0]
    assert part["continues"] == {
        "plan": "earlier", "component": "I-05", "note": "口径扩大到技术服务。", "note_en": "",
    }  # fmt: skip
    assert client.get("/api/v1/earlier/indicators/I-05/").json()["components"][0]["continues"] is None
    answer = client.get("/later/package.zip")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "earlier,I-05,口径扩大到技术服务。" in archive.read("components.csv").decode()


def test_the_last_figure_of_the_plan_before_becomes_the_base_by_one_act(both, client):
    """A planner's: it goes the way of every correction, a reason and a second person."""
    page = client.get("/later/indicators/I-05/")
    assert "采用为基期" not in page.content.decode()
    planner, second = make_person("planner", "planner"), make_person("second", "planner")
    client.force_login(planner)
    assert "采用为基期" in client.get("/later/indicators/I-05/").content.decode()
    told = client.post("/studio/later/base/I-05/", follow=True)
    assert "1620" in told.content.decode()
    again = client.post("/studio/later/base/I-05/", follow=True)
    assert "没有可以采用的上一规划数据" in again.content.decode()
    draft = PlanDraft.objects.get(slug="later")
    # What the form does not ask stays when something else of it is changed.
    key = next(iter(draft.held.items))
    form = {
        "unit": "亿元", "target_text": "2000", "target_year": 2030, "direction": "up", "accumulation": "level",
        "nature": "expected", "frequency": "year", "continues": "earlier/I-05", "baseline_year": 2025,
        "baseline_value": "1620", "usual_publisher": "市统计局", "edition": draft.edition,
    }  # fmt: skip
    draft = PlanDraft.objects.get(slug="later")
    assert client.post(f"/studio/later/indicators/{key}/", form | {"edition": draft.edition}).status_code == 302
    publishing.submit(PlanDraft.objects.get(slug="later"), reason="承接上一规划", by=planner)
    draft = PlanDraft.objects.get(slug="later")
    publishing.publish(draft, edition=draft.edition, by=second)
    base = Component.objects.get(indicator__plan__slug="later")
    assert (base.baseline_year, base.baseline_value, base.baseline_source.title) == (2025, 1620, "公报")
    assert (base.continues.indicator.plan.slug, base.usual_publisher) == ("earlier", "市统计局")
    assert part_of(both[1]).component.baseline_value == 1620


def test_a_base_that_is_taken_over_says_where_it_is_from(both, tmp_path):
    more = f'{GOES_ON}\n  baseline_year = 2025\n  baseline_value = "1620"'
    with pytest.raises(CommandError, match="baseline_note"):
        load_later(tmp_path / "again", more)
