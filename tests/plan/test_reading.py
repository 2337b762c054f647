"""The annotated plan: coverage, filters, sentences with addresses, words found."""

import re
from datetime import date

import pytest
from django.utils import timezone

from plan.annotated_text import (
    COVERAGE,
    KnownCodes,
    Wanted,
    coverage_counts,
    sentence_with,
    sentences,
    state_choices,
    state_keys,
    state_of,
)
from plan.models import Item, Paragraph
from plan.readers import scales
from plan.text import annotate
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
ROOT = "/test-plan/text/"
CODE = re.compile(r'<span class="code">([^<]+)</span>')


@pytest.fixture
def small(db):
    """A plan of two paragraphs: the first of an indicator and a task, the second of a task that reported."""
    plan = make_plan()
    make_component(plan)
    make_item(plan, "P-1.1")
    section = plan.sections.get()
    second = Paragraph.objects.create(
        plan=plan, section=section, order=1, text="建设量子中心。完善政策；扩大开放。"
    )
    task = make_item(plan, "P-1.2", status="behind")
    task.paragraph, task.quote, task.start, task.end = second, "量子中心", 2, 6
    task.save()
    return plan


def test_coverage_counts_each_commitment_where_it_belongs(small, client):
    html = client.get(ROOT).content.decode()

    figures = re.findall(r'<a class="(all|any|none|indicator|reported|noted)"[^>]*><b>(\d+)</b>', html)
    assert figures == [
        ("all", "3"),
        ("any", "2"),
        ("none", "1"),
        ("indicator", "1"),
        ("reported", "1"),
        ("noted", "0"),
    ]


def options(html: str) -> dict[str, int]:
    """The choices of the state filter with what each says it would show."""
    found = re.findall(r'<option value="([^"]*)"[^>]*>[^<]*\((\d+)\)</option>', html)
    return {key: int(number) for key, number in found}


def test_figures_of_the_whole_plan_add_up(plan, client):
    """With something known and with nothing: the whole. By state: the whole."""
    html = client.get("/sz-sti-14/text/").content.decode()

    figures = dict(re.findall(r'<a class="(\w+)" href="[^"]*"[^>]*><b>(\d+)</b>', html))
    total, numbers = plan.items.count(), options(html)
    assert int(figures["all"]) == int(figures["any"]) + int(figures["none"]) == total
    assert numbers.pop("") == total
    judged = sum(number for key, number in numbers.items() if key.startswith("state-"))
    assert judged == plan.items.filter(kind="indicator").count()
    assert sum(numbers.values()) == total


def test_each_figure_is_what_its_link_shows(small, client):
    """A figure keeps the other filters, so what it counts is what one gets by following it."""
    html = client.get(ROOT, {"status": "behind"}).content.decode()
    links = re.findall(r'<a class="(?:all|any|none|indicator|reported|noted)" href="([^"]+)"[^>]*><b>(\d+)', html)

    assert links[1] == (f"{ROOT}?coverage=any&amp;status=behind", "1")
    for address, number in links:
        shown = client.get(address.replace("&amp;", "&")).content.decode()
        assert f"{number} 条 · " in shown


@pytest.mark.breadth
def test_every_choice_of_state_counts_what_it_shows(small, client):
    numbers = options(client.get(ROOT).content.decode())
    assert numbers.pop("")
    assert numbers
    for key, number in numbers.items():
        shown = client.get(ROOT, {"status": key}).content.decode()
        assert f"{number} 条 · " in shown, key


def test_a_filter_shows_only_paragraphs_of_the_state(small, client):
    html = client.get(ROOT, {"status": "behind"}).content.decode()

    assert re.findall(r'<div class="para[^"]*" id="(p\d+)"', html) == ["p1"]
    assert "1 条 · 1 段" in html


def test_indicators_are_found_by_their_verdict(small, client):
    make_observation(small.items.get(code="I-01").indicator.components.get(), 2024, "110")

    late = client.get(ROOT, {"status": "state-behind"}).content.decode()
    by_method = client.get(ROOT, {"status": "linear-behind"}).content.decode()
    pending = client.get(ROOT, {"status": "final-pending"}).content.decode()
    tasks = client.get(ROOT, {"status": "behind"}).content.decode()

    assert re.findall(r'<div class="para[^"]*" id="(p\d+)"', late) == ["p0"]
    assert re.search(r'<option value="state-behind" selected>滞后 \(1\)', late)
    assert "linear-" not in late
    # What a method calls it is no choice of the page; an address that asks for it still finds it.
    assert re.findall(r'<div class="para[^"]*" id="(p\d+)"', by_method) == ["p0"]
    assert re.search(r'<option value="linear-behind" selected>进度滞后 \(1\)', by_method)
    assert re.findall(r'<div class="para[^"]*" id="(p\d+)"', pending) == ["p0"]
    assert re.findall(r'<div class="para[^"]*" id="(p\d+)"', tasks) == ["p1"]


def test_a_heading_that_is_a_commitment_shows_its_state_too(plan, client):
    """The actions stand in the headings: they are linked, counted and found like any other words."""
    action = plan.items.get(code="A-04")
    html = client.get("/sz-sti-14/text/").content.decode()
    part = html[html.index(f'id="{action.paragraph.anchor}"') :]

    assert re.search(r'<a class="tracked"[^>]*href="/sz-sti-14/actions/A-04/"[^>]*title="([^"]+)"', part)[1] == (
        "A-04 行动：未填报"
    )
    assert "1 项未填报" in part[: part.index("</details>")]


def test_coverage_and_words_narrow_together(small, client):
    both = client.get(ROOT, {"coverage": "none", "words": "量子"}).content.decode()

    assert "没有符合条件的段落" in both


def test_words_are_marked_inside_links_and_text(small, client):
    html = client.get(ROOT, {"words": "量子 政策"}).content.decode()

    assert re.findall("<mark>([^<]+)</mark>", html) == ["量子", "政策"]


def test_a_script_looked_for_is_shown_as_text(small, client):
    html = client.get(ROOT, {"words": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in html


@pytest.mark.parametrize("query", [{"coverage": "all"}, {"status": "fine"}, {"words": "a\0"}])
def test_what_cannot_be_asked_is_a_400(small, client, query):
    assert client.get(ROOT, query).status_code == 400


def test_a_huge_search_is_cut_and_answers(small, client):
    assert client.get(ROOT, {"words": "量" * 5000}).status_code == 200


def test_every_sentence_has_an_anchor_of_its_own(small, client):
    html = client.get(ROOT).content.decode()

    anchors = re.findall(r'class="sentence" id="([^"]+)"', html)
    assert anchors == ["p0-1", "p1-1", "p1-2"]
    links = re.findall(r'<a href="/test-plan/text/#(p\d[^"]*)">(.*?)</a>', html)
    named = {anchor: re.sub("<[^>]+>", "", text).strip() for anchor, text in links}
    assert named["p1"] == "第 2 段的链接"
    assert named["p1-2"].startswith("第 2 段的第 2 句的链接")
    assert anchors == [anchor for anchor in named if "-" in anchor]


def test_sentences_links_keep_the_day(small, client):
    html = client.get(ROOT, {"as_of": "2024-06-30", "words": "量子"}).content.decode()

    assert 'href="/test-plan/text/?as_of=2024-06-30#p1-1"' in html


def test_links_that_keep_two_days_are_escaped(small, client):
    html = client.get(ROOT, {"as_of": "2024-06-30", "known_by": "2026-06-30"}).content.decode()

    text = html[html.index('<article class="text">') : html.index("</article>")]
    assert 'href="/test-plan/text/?as_of=2024-06-30&amp;known_by=2026-06-30#p1-1"' in text
    assert 'href="/test-plan/items/P-1.1/?as_of=2024-06-30&amp;known_by=2026-06-30"' in text
    assert not re.search(r"&(?!\w+;|#)", text)


def test_the_sentence_of_a_word_is_named(small):
    row = annotate(small.paragraphs.get(order=1), small.items.filter(code="P-1.2"))

    assert sentence_with(row, ["开放"]) == "p1-2"
    assert sentence_with(row, ["没有"]) == "p1"


def test_sentences_keep_every_letter_and_never_cut_a_tracked_phrase(plan):
    rows, seen = list(plan.paragraphs.filter(kind="prose")), 0
    items: dict[int, list] = {}
    for item in plan.items.all():
        items.setdefault(item.paragraph_id, []).append(item)
    for paragraph in rows:
        row = annotate(paragraph, items.get(paragraph.pk, []))

        found = sentences(row, ["创新"])

        told = "".join(text for sentence in found for pieces, _item in sentence.pieces for text, _hit in pieces)
        tracked = [item for sentence in found for _pieces, item in sentence.pieces if item]
        assert told == paragraph.text
        assert tracked == [piece.item for piece in row.pieces if piece.item]
        seen += len(tracked)
    assert seen


def test_the_indicator_s_verdict_stands_in_the_margin(small, client):
    html = client.get(ROOT).content.decode()

    margin = html[html.index('<div class="margin"') :]
    assert "暂无数据" in margin[: margin.index("</ul>")]


def test_every_tracked_phrase_says_its_state(plan, client):
    """In its title whatever the state; in the margin in full where known, else folded under its number."""
    html = client.get("/sz-sti-14/text/").content.decode()
    beside = {code for part in html.split('<div class="margin"')[1:] for code in CODE.findall(part)}

    titles = re.findall(r'<a class="tracked[^"]*"[^>]*title="(\S+) [^"：]+：([^"]+)"', html)
    assert len(titles) > 400
    assert all(word for _code, word in titles)
    assert beside >= {code for code, _word in titles}
    assert beside >= set(plan.items.values_list("code", flat=True))


def test_names_in_the_margin_are_whole_and_in_the_reader_s_language(small, client):
    Item.objects.filter(code="P-1.2").update(title_en="A very long name of a centre that nobody may cut short")

    html = client.get(ROOT, headers={"Accept-Language": "en"}).content.decode()

    margin = html[html.rindex('<div class="margin" lang="en">') :]
    assert "A very long name of a centre that nobody may cut short" in margin


def test_a_reported_phrase_carries_its_sign_outside_of_the_text(small, client):
    html = client.get(ROOT, {"as_of": "2025-06-30"}).content.decode()

    phrase = re.search(r'<a class="tracked" data-look="([^"]+)" data-sign="([^"]+)"[^>]*>量子中心</a>', html)
    assert (phrase[1], phrase[2]) == ("behind", "▼")


def test_a_report_of_a_period_gone_by_is_found_by_both_words():
    """Pages say what it comes to after the last day; its own word still leads to it."""
    task = Item(code="P-1", kind="platform_task", status="behind", status_as_of=date(2025, 12, 31))

    during = state_of(task, {}, date(2025, 12, 31), date(2025, 12, 31))
    after = state_of(task, {}, date(2025, 12, 31), date(2026, 1, 1))

    assert (during.badge.word, during.keys) == ("滞后", {"behind"})
    assert (after.badge.word, after.keys) == ("期末未完成", {"unfinished", "behind"})


def test_the_filter_offers_what_pages_show_and_what_was_asked():
    def first(*asked):
        return [
            choice.key for choice in state_choices(scales, [], date(2025, 12, 31), date(2026, 1, 1), *asked)[0][1]
        ]

    assert "behind" not in first()
    assert first("behind") == [*first(), "behind"]
    assert {"missed", "linear-missed", "final-pending"} & set(state_keys(scales)) == {
        "linear-missed",
        "final-pending",
    }


def test_a_past_day_shows_the_state_of_that_day(small, client):
    task = small.items.get(code="P-1.2")
    StatusUpdate.objects.create(
        item=task,
        status_on=date(2024, 6, 30),
        status="behind",
        done="一",
        state="approved",
        entered_by=make_person("a"),
        approved_at=timezone.now(),
        known_on=date(2024, 7, 1),
    )

    before = client.get(ROOT, {"status": "behind", "as_of": "2024-06-30"}).content.decode()
    after = client.get(ROOT, {"status": "behind", "as_of": "2024-07-01"}).content.decode()

    assert "没有符合条件的段落" in before
    assert 'id="p1"' in after


def test_counts_of_nothing_are_zero():
    known = KnownCodes(frozenset(), frozenset())

    assert coverage_counts([], known) == dict.fromkeys(COVERAGE, 0)
    assert Wanted().narrows is False


@pytest.mark.parametrize("number", [1, 3])
def test_the_text_stays_within_its_query_budget(small, client, number, django_assert_max_num_queries):
    for at in range(number):
        make_item(small, f"P-2.{at}")

    with django_assert_max_num_queries(14):
        client.get(ROOT)
