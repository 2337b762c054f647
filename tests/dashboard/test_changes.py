"""What changed between two days: each cause, old → new verdict, the ends of the span, page, files, API, feeds."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from dashboard.changes import events
from dashboard.columns import CHANGE
from dashboard.feeds import LATEST
from indicators.models import Target
from indicators.queries import part_on, read_overview
from indicators.services import recompute
from plan.models import Item, Plan
from plan.params import today
from tests.evidence.scene import people, published
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from updates.models import StatusUpdate

pytestmark = pytest.mark.usefixtures("without_evidence")
ROOT = "/sz-sti-14/"
START, END = date(2022, 1, 1), date(2024, 12, 31)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def component(db):
    """100 in 2020, 200 wanted in 2025; 110 for 2021 is behind (progress ratio 0.5)."""
    component = make_component(make_plan())
    make_observation(component, 2021, "110", released="2022-01-01")
    return component


def plan_of(component) -> Plan:
    return Plan.objects.get(pk=component.indicator.plan_id)


def told(found) -> list[tuple]:
    """Day, cause, words and the steps of method A."""
    return [
        (
            change.day.isoformat(),
            str(change.cause),
            change.words,
            tuple((step.before.key, step.after.key) for step in change.steps[:1]),
        )
        for change in found
    ]


def revise_target(component, value, *, on, version=2) -> Target:
    return Target.objects.create(
        component=component,
        version=version,
        type="point",
        value=Decimal(value),
        year=2025,
        text=value,
        effective_on=date.fromisoformat(on),
        approving_body="市人大常委会",
        document_number="深人常〔2023〕1号",
        document_date=date.fromisoformat(on),
        reason="中期评估后调整",
    )


def report(item, status, *, known="2023-05-04", speaks_of="2023-04-30", progress=None) -> StatusUpdate:
    reporter = make_person(f"reporter{StatusUpdate.objects.count()}", "reporter")
    return StatusUpdate.objects.create(
        item=item,
        status=status,
        status_on=date.fromisoformat(speaks_of),
        known_on=date.fromisoformat(known),
        state="approved",
        approved_at=timezone.now(),
        entered_by=reporter,
        done="已开工建设。",
        progress=progress,
    )


def test_figure_of_a_new_year_is_a_new_figure(component):
    make_observation(component, 2022, "142", released="2023-03-01")

    found = events(plan_of(component), START, END)

    assert told(found) == [("2023-03-01", "new_figure", "2022 年 142 件", (("behind", "ahead"),))]
    (change,) = found
    assert (change.year, change.old_value, change.new_value) == (2022, None, Decimal(142))
    assert [source.title for source in change.sources] == ["Release of 2023-03-01"]
    assert [step.method for step in change.moves] == ["state"]
    assert [step.method for step in change.steps if step.moved] == ["state", "linear", "cagr"]
    assert change.headline == ("I-01 I-01 新数据：2022 年 142 件，结论 滞后 → 快于预期")


def test_another_value_of_a_known_year_is_a_revised_figure(component):
    make_observation(component, 2021, "121", released="2022-11-01", value_status="revised")

    found = events(plan_of(component), START, END)

    assert told(found) == [
        ("2022-11-01", "revised_figure", "2021 年 110 件 → 121 件 (修订)", (("behind", "ahead"),))
    ]
    assert (found[0].old_value, found[0].new_value) == (Decimal(110), Decimal(121))


def test_change_that_moves_no_verdict_is_told_as_well(component):
    make_observation(component, 2019, "95", released="2022-11-01")

    (change,) = events(plan_of(component), START, END)

    assert (change.moves, change.standing_still.after.word) == ([], "滞后")
    assert change.effect == "结论不变：滞后"


def test_final_figure_in_place_of_a_preliminary_one_is_a_revision_and_a_second_source_is_nothing(component):
    make_observation(component, 2022, "142", released="2023-01-20", value_status="preliminary")
    make_observation(component, 2022, "142", released="2023-06-01")
    make_observation(component, 2022, "142", released="2023-07-01")

    found = events(plan_of(component), START, END)

    assert [(str(change.cause), change.words) for change in found] == [
        ("revised_figure", "2022 年 142 件 (初步) → 142 件"),
        ("new_figure", "2022 年 142 件 (初步)"),
    ]


def test_what_is_not_judged_is_no_change(component):
    make_observation(component, 2022, "120", released="2023-01-01", precision="lower_bound")
    make_observation(component, 2022, "998", released="2023-01-02", state="rejected", note="年份有误")
    make_observation(component, 2022, "997", released="2023-01-03", state="submitted")

    assert events(plan_of(component), START, END) == []


def test_two_sources_of_one_day_stand_at_one_change(component):
    make_observation(component, 2022, "142", released="2023-03-01")
    make_observation(component, 2022, "142", released="2023-03-01", source=component.indicator.plan.source)

    (change,) = events(plan_of(component), START, END)

    assert [source.title for source in change.sources] == ["Release of 2023-03-01", "Source of test-plan"]


def test_revised_target_names_its_act(component):
    revise_target(component, "120", on="2023-06-01")

    (change,) = events(plan_of(component), START, END)

    assert told([change]) == [
        ("2023-06-01", "revised_target", "≥ 200 件 (2025) → ≥ 120 件 (2025)", (("behind", "ahead"),))
    ]
    assert change.text == "市人大常委会 深人常〔2023〕1号 中期评估后调整"


def test_target_proposed_or_refused_is_no_change(component):
    target = revise_target(component, "120", on="2023-06-01")
    Target.objects.filter(pk=target.pk).update(state="proposed", version=None)

    assert events(plan_of(component), START, END) == []


def test_changed_rule_stands_once_for_the_plan_and_at_the_verdicts_it_moved(component, settings):
    still = make_component(component.indicator.plan, "I-02")
    make_observation(still, 2021, "190", released="2022-01-01")
    recompute(plan_of(component), as_of=START, cause="test")
    settings.PROGRESS_CUTOFFS = {**settings.PROGRESS_CUTOFFS, "slightly_behind": Decimal("0.5")}
    recompute(plan_of(component), as_of=date(2023, 9, 1), cause="test")

    plan = plan_of(component)
    found = events(plan, START, END)

    words = "界线 105/95/60 (规则 2026.2) → 界线 105/95/50 (规则 2026.2)"
    assert told(found) == [
        ("2023-09-01", "changed_rule", words, (("behind", "slightly_behind"),)),
        ("2023-09-01", "changed_rule", words, ()),
    ]
    assert [change.code for change in found] == ["I-01", ""]
    # Of one indicator it always stands, whether or not it moved the verdict.
    assert told(events(plan, START, END, Item.objects.get(pk=still.indicator_id))) == [
        ("2023-09-01", "changed_rule", words, (("ahead", "ahead"),))
    ]


def test_approved_report_changes_the_status_of_its_item(plan):
    item = plan.items.get(code="P-1.1")
    report(item, "on_schedule", known="2023-05-04", progress=Decimal("40.00"))
    report(item, "done", known="2024-02-01", speaks_of="2024-01-31", progress=Decimal(100))
    StatusUpdate.objects.create(
        item=item, status="behind", status_on=START, entered_by=make_person("later", "reporter"), done="—"
    )

    found = [change for change in events(plan, START, END) if change.cause == "status_update"]

    assert told(found) == [
        ("2024-02-01", "status_update", "100 %，截至 2024-01-31", (("on_schedule", "done"),)),
        ("2023-05-04", "status_update", "40 %，截至 2023-04-30", (("not_reported", "on_schedule"),)),
    ]
    assert found[0].headline == (f"P-1.1 {item.title} 进展填报：100 %，截至 2024-01-31，推进中 → 已完成")
    assert told(events(plan, date(2023, 12, 31), END, item)) == told(found[:1])
    # The platform tells what became known of its tasks.
    assert told(events(plan, START, END, plan.items.get(code="P-1"))) == told(found)
    assert events(plan, START, END, plan.items.get(code="P-2")) == []


def test_late_report_of_an_earlier_day_leaves_the_status(plan):
    item = plan.items.get(code="P-1.1")
    report(item, "done", known="2023-05-04", speaks_of="2023-04-30")
    report(item, "behind", known="2023-06-01", speaks_of="2023-01-31")

    late, first = events(plan, START, END, item)

    assert (first.steps[0].after.key, late.steps[0].before.key, late.steps[0].after.key) == ("done",) * 3
    assert (late.words, first.words) == ("滞后，截至 2023-01-31", "截至 2023-04-30")


def test_causes_of_one_day_share_the_verdicts_of_that_day(component):
    make_observation(component, 2022, "110", released="2023-06-01")
    make_observation(component, 2023, "118", released="2023-06-01")
    revise_target(component, "120", on="2023-06-01")

    found = events(plan_of(component), START, END)

    assert [(str(change.cause), change.year) for change in found] == [
        ("new_figure", 2023),
        ("new_figure", 2022),
        ("revised_target", None),
    ]
    assert {(change.steps[0].before.key, change.steps[0].after.key) for change in found} == {("behind", "ahead")}


def test_span_leaves_out_its_first_day_and_holds_its_last(component):
    make_observation(component, 2022, "142", released="2023-03-01")
    plan, day = plan_of(component), date(2023, 3, 1)

    assert events(plan, day, END) == []
    assert len(events(plan, day - timedelta(days=1), day)) == 1
    assert events(plan, day - timedelta(days=2), day - timedelta(days=1)) == []
    assert events(plan, day, day) == events(plan, END, START) == []


@pytest.mark.parametrize("number", [1, 3])
def test_events_ask_eight_queries_for_one_and_three(db, django_assert_num_queries, number):
    plan = make_plan()
    for code in range(number):
        component = make_component(plan, f"I-0{code + 1}")
        for year in range(2021, 2021 + number):
            make_observation(component, year, str(100 + year - 2000), released=f"{year + 1}-03-01")
    paragraph = plan.paragraphs.get()
    for order in range(number):
        fields = {"plan": plan, "section": paragraph.section, "paragraph": paragraph, "quote": "目标", "end": 2}
        item = Item.objects.create(
            **fields, code=f"P-{order + 1}", kind="project", order=50 + order, title="项目", start=0
        )
        report(item, "on_schedule")
    plan.refresh_from_db()

    with django_assert_num_queries(8):
        found = events(plan, START, END)
    with django_assert_num_queries(2):
        assert events(plan, START, END) == found
    assert len(found) == number * number + number


@pytest.mark.breadth
def test_earlier_day_read_from_a_later_overview_is_the_day_itself(plan):
    """The walk over the days rests on this: rewinding what is known equals reading that day."""
    late = read_overview(plan, date(2026, 1, 1))
    rows = [row for standing in late.standings for part in standing.components for row in part.known]

    assert rows
    for day in sorted({row.released_on for row in rows}):
        there = read_overview(plan, day)
        for standing in late.standings:
            for part, alone in zip(
                standing.components, there.by_code[standing.indicator.code].components, strict=True
            ):
                again = part_on(late, part, day)
                assert again.assessment == alone.assessment
                assert [row.pk for row in again.known] == [row.pk for row in alone.known]


# The page


def test_page_groups_by_item_with_the_verdicts_at_both_ends(plan, client):
    page = client.get(f"{ROOT}changes/?from=2023-06-30&to=2024-01-31")
    groups = page.context["groups"]

    assert [group.item.code for group in groups] == ["I-01", "I-07"]
    assert [(step.before.word, step.after.word) for step in groups[0].moves] == [
        ("快于预期", "已达目标"),
    ]
    assert [change.year for change in groups[0].changes] == [2014, 2022]
    assert dict(page.context["counts"]) == {
        "new_figure": 3,
        "revised_figure": 0,
        "taken_out": 0,
        "corrected_plan": 0,
        "revised_target": 0,
        "changed_rule": 0,
        "status_update": 0,
        "note": 0,
        "evidence": 0,
    }


def test_page_groups_by_day_newest_first(plan, client):
    groups = client.get(f"{ROOT}changes/?from=2023-06-30&to=2024-01-31&group=day").context["groups"]

    assert [group.day.isoformat() for group in groups] == ["2024-01-29", "2024-01-25", "2023-10-10"]


def test_page_filters_by_cause_and_kind(plan, client):
    report(plan.items.get(code="P-1.1"), "on_schedule", known="2025-03-01")
    address = f"{ROOT}changes/?from=2025-01-01&to=2025-12-31"

    def causes(query):
        page = client.get(address + query)
        return [str(change.cause) for group in page.context["groups"] for change in group.changes]

    assert causes("&cause=revised_figure") == ["revised_figure"]
    assert causes("&kind=platform_task") == ["status_update"]
    assert causes("&kind=platform_task&cause=new_figure") == []
    assert client.get(f"{address}&cause=weather").status_code == 400
    assert client.get(f"{address}&kind=thing").status_code == 400
    assert client.get(f"{address}&group=month").status_code == 400


def test_page_without_changes_is_calm_and_shows_the_way(plan, client):
    html = client.get(f"{ROOT}changes/?from=2023-01-01&to=2023-02-01").content.decode()

    assert "这段时间没有公布新数据，目标、规则和进展也没有变化。" in html
    assert "?from=2022-07-07&amp;to=2023-02-01" in html


def test_days_the_wrong_way_round_are_refused_in_place(plan, client):
    page = client.get(f"{ROOT}changes/?from=2024-01-01&to=2023-01-01")
    api = client.get("/api/v1/sz-sti-14/changes/?from=2024-01-01&to=2023-01-01")
    file = client.get(f"{ROOT}changes.csv?from=2024-01-01&to=2023-01-01")

    words = "起始日 2024-01-01 晚于截止日 2023-01-01，请把起始日改早，或把截止日改晚。"
    html = page.content.decode()
    assert (page.status_code, words in html, 'value="2024-01-01"' in html) == (400, True, True)
    assert (api.status_code, api.json()["parameter"]) == (400, "from")
    assert (file.status_code, file.json()["parameter"]) == (400, "from")
    assert client.get(f"{ROOT}changes/?from=soon").status_code == 400
    assert client.get(f"{ROOT}changes/?to=2999-01-01").status_code == 400


def test_page_as_of_a_day_ends_on_it_whatever_is_asked(plan, client):
    page = client.get(f"{ROOT}changes/?from=2022-07-07&to=2025-12-31&as_of=2023-06-30")

    assert page.context["asked"].until == date(2023, 6, 30)
    assert {change.day for group in page.context["groups"] for change in group.changes} == {date(2022, 11, 18)}


def test_usual_span_is_ninety_days(plan, client):
    asked = client.get(f"{ROOT}changes/").context["asked"]

    assert (asked.until, asked.since) == (today(), today() - timedelta(days=90))


@pytest.mark.parametrize("span", ["from=2024-04-01&to=2024-05-01", "from=2022-07-07&to=2025-12-31"])
def test_page_asks_the_same_queries_whatever_it_shows(plan, client, django_assert_max_num_queries, span):
    # Plan, five for the overview, reports, notes, published statements.
    with django_assert_max_num_queries(9):
        client.get(f"{ROOT}changes/?{span}")


def test_long_list_is_cut_and_says_so(plan, client, monkeypatch):
    monkeypatch.setattr("dashboard.change_views.SHOWN", 2)

    html = client.get(f"{ROOT}changes/?from=2022-07-07&to=2025-12-31").content.decode()

    assert "这里显示最近的 2 条，共 14 条；全部见文件。" in html


def test_rule_change_is_shown_for_the_whole_plan(plan, client, settings):
    settings.PROGRESS_CUTOFFS = {**settings.PROGRESS_CUTOFFS, "ahead": Decimal("1.5")}
    recompute(plan, as_of=date(2025, 6, 1), cause="test")

    for group in ("item", "day"):
        html = client.get(f"{ROOT}changes/?from=2025-05-01&to=2025-06-30&group={group}").content.decode()
        assert "整个规划" in html
        assert "界线 105/95/60 (规则 2026.2) → 界线 150/95/60 (规则 2026.2)" in html


# Files and the API


def test_csv_json_and_api_say_the_same(plan, client):
    query = "from=2023-06-30&to=2024-01-31&cause=new_figure"

    data = client.get(f"{ROOT}changes.csv?{query}").content.decode("utf-8-sig")
    body = client.get(f"{ROOT}changes.json?{query}").json()
    api = client.get(f"/api/v1/sz-sti-14/changes/?{query}").json()

    rows = list(csv.DictReader(io.StringIO(data)))
    assert list(rows[0]) == list(CHANGE)
    assert {name: body[name] for name in ("as_of", "from", "to", "count")} == {
        "as_of": today().isoformat(),
        "from": "2023-06-30",
        "to": "2024-01-31",
        "count": 3,
    }
    assert api == body | {"next": None, "previous": None}
    assert [row["new"] for row in body["results"]] == ["4.02", "5.81", "23000"]
    assert [row["code"] for row in rows] == [row["code"] for row in body["results"]] == ["I-01", "I-01", "I-07"]
    assert {name: value for name, value in rows[1].items() if name not in ("source_title", "source_url")} == {
        "day": "2024-01-25",
        "cause": "new_figure",
        "code": "I-01",
        "component": "I-01",
        "title": "全社会研发投入占地区生产总值比重",
        "kind": "indicator",
        "year": "2022",
        "old": "",
        "new": "5.81",
        "linear_before": "ahead",
        "linear_after": "achieved",
        "cagr_before": "significant",
        "cagr_after": "achieved",
        "final_before": "pending",
        "final_after": "pending",
        "status_before": "",
        "status_after": "",
        "text": "",
        "url": "http://testserver/sz-sti-14/indicators/I-01/",
        "public_on": "2024-01-25",
        "learned_on": today().isoformat(),
    }


def test_english_page_speaks_english(plan, client):
    client.cookies[site_settings.LANGUAGE_COOKIE_NAME] = "en"

    page = client.get(f"{ROOT}changes/?from=2022-07-07&to=2025-12-31")

    assert page.status_code == 200
    assert '<html lang="en">' in page.content.decode()


# Feeds


def entries(client, name, query="", root=ROOT):
    """(title, link, id, moment) of each entry; the moment must carry a zone."""
    response = client.get(f"{root}changes.{name}{query}")
    root = ElementTree.fromstring(response.content)
    if name == "atom":
        assert response["Content-Type"].startswith("application/atom+xml")
        return [
            (
                entry.find(f"{ATOM}title").text,
                entry.find(f"{ATOM}link").get("href"),
                entry.find(f"{ATOM}id").text,
                datetime.fromisoformat(entry.find(f"{ATOM}updated").text),
            )
            for entry in root.findall(f"{ATOM}entry")
        ]
    assert response["Content-Type"].startswith("application/rss+xml")
    return [
        (
            item.find("title").text,
            item.find("link").text,
            item.find("guid").text,
            datetime.strptime(item.find("pubDate").text, "%a, %d %b %Y %H:%M:%S %z"),
        )
        for item in root.findall("channel/item")
    ]


def test_feeds_hold_the_same_entries_in_words(plan, client):
    rss, atom = entries(client, "rss"), entries(client, "atom")

    assert rss == atom
    assert len(rss) == len({guid for _title, _link, guid, _day in rss}) == 16
    title, link, guid, moment = next(entry for entry in rss if "2022 年 5.81 %" in entry[0])
    assert title == ("I-01 研发投入强度 新数据：2022 年 5.81 %，结论 快于预期 → 已达目标")
    assert link == "http://testserver/sz-sti-14/indicators/I-01/"
    assert guid.startswith("urn:uuid:")
    assert moment.isoformat() == "2024-01-25T00:00:00+08:00"


def test_ids_of_a_feed_stay_when_more_becomes_known_and_in_another_language(plan, client):
    before = {guid for _title, _link, guid, _day in entries(client, "atom", "?as_of=2024-06-30")}
    client.cookies[site_settings.LANGUAGE_COOKIE_NAME] = "en"

    after = {guid for _title, _link, guid, _day in entries(client, "atom")}

    assert before < after


def test_feed_as_of_a_day_ends_on_it_and_keeps_it(plan, client):
    found = entries(client, "rss", "?as_of=2023-06-30")

    assert {(link.split("?")[1], moment.date().isoformat()) for _title, link, _id, moment in found} == {
        ("as_of=2023-06-30", "2022-11-18")
    }
    assert entries(client, "rss", "?as_of=2021-01-01") == []


def test_feed_takes_text_that_xml_does_not(plan, client):
    update = report(plan.items.get(code="P-1.1"), "on_schedule", known=today().isoformat())
    StatusUpdate.objects.filter(pk=update.pk).update(done="完成\x0b<b>一期</b> & 二期")

    titles = [title for title, *_ in entries(client, "atom")]

    assert titles[0].startswith("P-1.1 ")
    assert len(entries(client, "rss")) == 17


@pytest.mark.breadth
def test_feed_holds_fifty_at_most(db, client):
    plan = make_plan()
    for code in range(4):
        component = make_component(plan, f"I-0{code + 1}")
        for year in range(2005, 2021):
            make_observation(component, year, str(year), released=f"2022-{code + 1:02}-{year - 2000:02}")

    body = client.get(f"/{plan.slug}/changes.rss").content

    items = ElementTree.fromstring(body).findall("channel/item")
    assert len(items) == 50
    assert items[0].find("title").text.startswith("I-04 ")


@pytest.mark.breadth
def test_many_statements_of_one_day_leave_the_figures_in_the_feed(db, client):
    component = make_component(make_plan(), "I-01")
    make_observation(component, 2021, "1", released="2022-02-01")
    plan = component.indicator.plan
    item, (analyst, reviewer) = make_item(plan, "P-1", "platform"), people()
    for number in range(LATEST + 5):
        published(item, analyst, reviewer, fact=f"第 {number} 项已建成")

    told = [title for title, *_ in entries(client, "rss", root=f"/{plan.slug}/")]

    assert len([title for title in told if "公开信息" in title]) == LATEST
    assert [title for title in told if title.startswith("I-01 ")]


def test_pages_announce_their_feeds(plan, client):
    for path in ("", "changes/"):
        html = client.get(f"{ROOT}{path}?as_of=2023-06-30").content.decode()
        assert (
            f'type="application/rss+xml" title="深圳科技创新“十四五” 变化 RSS" href="{ROOT}changes.rss?as_of'
            in html
        )
        assert f'href="{ROOT}changes.atom?as_of=2023-06-30"' in html
