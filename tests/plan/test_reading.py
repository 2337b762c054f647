"""The annotated plan: coverage, filters, sentences with addresses, words found."""

import re
from datetime import date

import pytest
from django.utils import timezone

from plan.models import Paragraph
from plan.reading import Known, Wanted, coverage_counts, sentences
from plan.text import annotate
from tests.factories import make_component, make_item, make_person, make_plan
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
ROOT = "/test-plan/text/"


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

    figures = re.findall(r'<a class="(indicator|reported|noted|none)"[^>]*><b>(\d+)</b>', html)
    assert figures == [("indicator", "1"), ("reported", "1"), ("noted", "0"), ("none", "1")]


def test_a_filter_shows_only_paragraphs_of_the_state(small, client):
    html = client.get(ROOT, {"status": "behind"}).content.decode()

    assert re.findall(r'<div class="para" id="(p\d+)"', html) == ["p1"]
    assert "1 段" in html


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
    assert 'href="/test-plan/text/#p1-1"' in html


def test_sentences_keep_every_letter_and_never_cut_a_tracked_phrase(plan):
    rows = list(plan.paragraphs.filter(kind="prose"))
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


def test_the_indicator_s_verdict_stands_in_the_margin(small, client):
    html = client.get(ROOT).content.decode()

    margin = html[html.index('<ul class="margin">') :]
    assert "暂无数据" in margin[: margin.index("</ul>")]


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
    known = Known(frozenset(), frozenset())

    assert set(coverage_counts([], known).values()) == {0}
    assert Wanted().narrows is False


@pytest.mark.parametrize("number", [1, 3])
def test_the_text_stays_within_its_query_budget(small, client, number, django_assert_max_num_queries):
    for at in range(number):
        make_item(small, f"P-2.{at}")

    with django_assert_max_num_queries(12):
        client.get(ROOT)
