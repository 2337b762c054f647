"""Search: substrings of any length on every database, grouped, counted, marked; wrong input says so."""

import re
from datetime import timedelta

import pytest

from assessments import notes
from plan.models import Item, TextNote
from plan.params import today
from plan.searching import AT_MOST, EACH, TEXT, TEXT_NOTE, find_everywhere, split_words
from plan.text import clip, mark
from tests.assessments.scene import filed, open_round, published
from tests.factories import make_component, make_item, make_observation, make_person, make_plan

ROOT = "/sz-sti-14/search/"


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html))


@pytest.mark.breadth
@pytest.mark.parametrize(
    "words", ["量子", "区", "大湾区综合性国家科学中心", "P-1.1", "pengcheng", "5G", "%", "_", "'"]
)
def test_groups_hold_what_contains_the_word_in_plan_order(plan, words):
    groups = find_everywhere(plan, split_words(words), today())

    low = words.lower()
    items = [
        item.code
        for item in plan.items.in_plan_order()
        if any(low in text.lower() for text in (item.title, item.title_en, item.quote, item.also))
        or item.code.lower() == low
    ]
    kinds = [group for group in groups if group.key in Item.Kind.values]
    found = {group.key: [hit.row.code for hit in group.hits] for group in kinds}
    texts = [hit for group in groups if group.key == TEXT for hit in group.hits]
    assert sorted(code for codes in found.values() for code in codes) == sorted(items)
    for codes in found.values():
        assert codes == [code for code in items if code in codes]
    assert len(texts) == sum(low in row.text.lower() for row in plan.paragraphs.all())


def test_several_words_must_all_occur(plan):
    both = {
        (group.key, hit.row.pk)
        for group in find_everywhere(plan, ["实验室", "鹏城"], today())
        for hit in group.hits
    }
    one = {(group.key, hit.row.pk) for group in find_everywhere(plan, ["鹏城"], today()) for hit in group.hits}

    assert both
    assert both < one


def test_full_width_letters_find_their_narrow_ones():
    assert split_words("５Ｇ　ａｉ （三）") == ["5G", "ai", "（三）"]


@pytest.mark.breadth
def test_page_counts_groups_and_filters_by_kind_with_the_day_kept(plan, client):
    html = client.get(ROOT, {"q": "量子", "as_of": "2023-06-30"}).content.decode()
    only = client.get(ROOT, {"q": "量子", "kind": "project"}).content.decode()

    total = int(re.search(r'<h1>.*?<span class="sub">(\d+)</span>\s*</h1>', html, re.S)[1])
    facets = [int(number) for number in re.findall(r"<b>(\d+)</b></a>", html)]
    assert facets[0] == total == sum(facets[1:])
    links = re.findall(r'<(?:li|p class="place")><a[^>]* href="([^"]+)"', html)
    assert links
    assert all("as_of=2023-06-30" in link for link in links)
    assert plain(only).count("三、高质量建设国家重大战略平台 ›") + plain(only).count("›") > 0
    assert re.findall("<h2[^>]*>(\\S+) ", only) == ["项目"]


@pytest.mark.breadth
def test_what_is_left_out_is_said(plan, client):
    everything = client.get(ROOT, {"q": "创新"}).content.decode()
    points = client.get(ROOT, {"q": "的", "kind": TEXT}).content.decode()

    assert re.search(r"看全部 \d+ 个（要点）", everything)
    assert everything.split('id="g-point"')[1].split("</ul>")[0].count("<li>") == EACH
    number = plan.paragraphs.filter(text__contains="的").count()
    assert (f"只显示前 {AT_MOST} 个，还有 {number - AT_MOST} 个" in plain(points)) == (number > AT_MOST)


@pytest.mark.parametrize(
    "words", ["", "   ", "　", "没有这个词", "x" * 5000, "<script>alert(1)</script>", "量子 没有这个词"]
)
def test_nothing_found_is_a_calm_sentence(plan, client, words):
    response = client.get(ROOT, {"q": words})

    html = response.content.decode()
    assert response.status_code == 200
    assert 'class="calm"' in html
    assert "<script>alert" not in html


def test_unknown_kind_is_refused_by_name(plan, client):
    response = client.get(ROOT, {"q": "量子", "kind": "thing"})

    assert response.status_code == 400
    assert "kind" in response.content.decode()


@pytest.mark.parametrize("words", ["量子", "创新", "研发"])
@pytest.mark.parametrize("day", ["", "2023-06-30"])
def test_query_budget(plan, client, django_assert_max_num_queries, words, day):
    """The same whatever is found: the spine's six, one of notes, those of the indicators and of a past day."""
    with django_assert_max_num_queries(15):
        client.get(ROOT, {"q": words, "as_of": day})


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        (("量子",), [("粤港澳", False), ("量子", True), ("中心", False)]),
        (("量子", "子中"), [("粤港澳", False), ("量子", True), ("中", True), ("心", False)]),
        (("粤", "心"), [("粤", True), ("港澳量子中", False), ("心", True)]),
        ((), [("粤港澳量子中心", False)]),
        (("", "x"), [("粤港澳量子中心", False)]),
    ],
)
def test_hits_are_marked_once_and_nothing_is_lost(words, pieces):
    assert mark("粤港澳量子中心", *words) == pieces
    assert "".join(text for text, _hit in mark("粤港澳量子中心", *words)) == "粤港澳量子中心"


def test_mark_keeps_letters_whose_lower_case_is_longer():
    assert "".join(text for text, _hit in mark("İ量子", "量子")) == "İ量子"
    assert mark("", "x") == [("", False)]


def test_clip_shows_the_first_hit_with_ellipses():
    text = "甲" * 100 + "量子" + "乙" * 200

    assert "量子" in clip(text, "量子")
    assert clip(text, "量子").startswith("…")
    assert clip(text, "量子").endswith("…")
    assert clip("短句", "句") == "短句"


@pytest.fixture
def small(db):
    """A plan of one indicator and one task."""
    plan = make_plan()
    make_component(plan)
    make_item(plan, "P-1.1")
    return plan


def found(client, words: str, **asked) -> dict[str, str]:
    """Each group's part of the page of results, by its key."""
    html = client.get("/test-plan/search/", {"q": words, **asked}).content.decode()
    return {part.split('"', 1)[0]: part for part in html.split('<section class="found" aria-labelledby="g-')[1:]}


def first_link(part: str) -> str:
    return re.search(r'<li><a class="title" href="([^"]+)"', part)[1].replace("&amp;", "&")


@pytest.fixture
def evaluated(small):
    """An open round with both commitments given out, its evaluator and its reviewer."""
    eva, rev = make_person("eva", "evaluator"), make_person("rev", "reviewer")
    row = open_round(small, by=rev, items=list(small.items.all()), evaluator=eva)
    return row, {"by": eva, "reviewer": rev}


@pytest.mark.breadth
def test_a_published_note_is_found_by_what_it_says(small, evaluated, client):
    """Two characters of it, also with a word of the commitment's name; the link opens it at that field."""
    row, people = evaluated
    note = published(row, small.items.get(code="I-01"), **people)

    part = found(client, "平稳")["note"]
    both = found(client, "平稳 指标I")["note"]

    assert "<mark>平稳</mark>" in part
    assert first_link(part) == first_link(both) == f"/test-plan/assessments/notes/{note.pk}/#said-progress"
    assert 'id="said-progress"' in client.get(first_link(part)).content.decode()
    assert found(client, "平稳 没有这个词") == {}


def test_a_note_is_found_by_nobody_before_its_day_nor_while_it_is_none(small, evaluated, client):
    row, people = evaluated
    item = small.items.get(code="I-01")
    draft = filed(row, item, by=people["by"])

    for person in (None, *people.values()):
        if person:
            client.force_login(person)
        assert found(client, "平稳") == {}, person

    notes.publish_note(draft, edition=draft.edition, by=people["reviewer"])
    assert list(found(client, "平稳")) == ["note"]
    assert found(client, "平稳", as_of=str(today() - timedelta(1))) == {}


def test_a_note_taken_back_is_found_no_more(small, evaluated, client):
    row, people = evaluated
    note = published(row, small.items.get(code="I-01"), **people)

    notes.revoke_note(note, edition=note.edition, reason="数据有误", by=people["by"])

    assert found(client, "平稳") == {}


def test_notes_on_the_text_are_found_and_led_to(small, client):
    TextNote.objects.create(
        plan=small,
        key="D-9",
        kind="disagreement",
        section=small.sections.get(),
        title="前后两处不一",
        title_en="Two places disagree",
        text="正文写“万亿”，表中写“万亿元”。",
        text_en="Two units.",
    )

    part = found(client, "万亿")[TEXT_NOTE]

    assert "<mark>万亿</mark>" in part
    assert first_link(part) == "/test-plan/text/#note-D-9"
    assert 'id="note-D-9"' in client.get("/test-plan/text/").content.decode()
    assert TEXT_NOTE in found(client, "disagree TWO")


def test_sources_are_found_once_they_are_known(small, client):
    """Where a figure cites it, from the day it was released; a draft's source is nobody's yet."""
    component = small.items.get(code="I-01").indicator.components.get()
    row = make_observation(component, 2022, "120", released="2023-05-01")
    row.source.title = "深圳统计公报 2022"
    row.source.save()
    hidden = make_observation(component, 2023, "130", released="2024-05-01", state="draft")
    hidden.source.title = "尚未核定的公报"
    hidden.source.save()

    part = found(client, "统计 公报")["source"]

    assert first_link(part) == f"/test-plan/indicators/I-01/#obs-{row.pk}"
    assert "<mark>统计</mark>" in part
    assert f'id="obs-{row.pk}"' in client.get(first_link(part)).content.decode()
    assert "source" not in found(client, "统计 公报", as_of="2023-04-30")
    assert "source" in found(client, "统计 公报", as_of="2023-05-01")
    assert "source" not in found(client, "尚未核定")


@pytest.mark.breadth
def test_every_source_of_the_plan_is_led_to_where_it_stands(plan, client):
    """By the years in their titles all of them; each link names a row or a heading that is on its page."""
    html = client.get(ROOT, {"q": "20", "kind": "source"}).content.decode()
    links = {tuple(link.split("#")) for link in re.findall(r'href="(/sz-sti-14/indicators/[^"]+#[^"]+)"', html)}

    assert len(links) > 20
    pages = {address: client.get(address).content.decode() for address, _anchor in links}
    assert [(address, anchor) for address, anchor in links if f'id="{anchor}"' not in pages[address]] == []


@pytest.mark.breadth
@pytest.mark.parametrize("word", ["%", "_", "100%", "光_", "\\"])
def test_signs_of_patterns_are_letters_like_any_other(small, evaluated, client, word):
    """A per cent sign finds per cent signs, on every database, in notes as in the text."""
    row, people = evaluated
    published(row, small.items.get(code="I-01"), **people)
    assert found(client, word) == {}

    paragraph = small.paragraphs.get()
    paragraph.text = f"完成{word}。"
    paragraph.save()
    assert list(found(client, word)) == [TEXT]


def test_letters_are_found_in_either_case(small, client):
    Item.objects.filter(code="P-1.1").update(title="鹏城云脑Ⅲ", title_en="Pengcheng Cloud Brain III", quote="云脑")

    part = found(client, "pengCHENG brain")["platform_task"]

    assert "<mark>Pengcheng</mark> Cloud <mark>Brain</mark> III" in part


def test_a_paragraph_is_led_to_at_the_sentence_that_holds_the_word(small, client):
    paragraph = small.paragraphs.get()
    paragraph.text = "到2025年达到目标。建设光明科学城。"
    paragraph.save()

    part = found(client, "光明")[TEXT]

    assert first_link(part) == "/test-plan/text/#p0-2"
    assert 'id="p0-2"' in client.get("/test-plan/text/").content.decode()


def test_a_commitment_found_shows_its_state(small, client):
    Item.objects.filter(code="P-1.1").update(status="done")

    groups = found(client, "条目P")

    assert "已完成" in groups["platform_task"]
    assert "暂无数据" in found(client, "指标I")["indicator"]


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("高企", "I-07"),
        ("国高", "I-07"),
        ("研发强度", "I-01"),
        ("鹏城", "P-1.2-01"),
        ("大科学装置", "P-1.1"),
        ("1.1万亿", "I-06"),
        ("5.5%-6%", "I-01"),
        ("5.5％-6％", "I-01"),
        ("Ｉ－０１", "I-01"),
        ("I－01", "I-01"),
        ("5.5％", "I-01"),
        ("1.1 万亿", "I-06"),
        ("科交中心", "O-4.1-01"),
        ("Pengcheng Laboratory", "P-1.2-01"),
        ("深汕生态科技园", "C-11.2-02"),
        ("R＆D", "I-01"),
        ('"一把手抓人才第一资源"', ""),
    ],
)
def test_everyday_words_and_spellings_find_their_item(plan, client, asked, code):
    groups = client.get(ROOT, {"q": asked}).context["groups"]
    found = {hit.code for group in groups for hit in group.hits}
    assert groups
    assert not code or code in found


def test_nothing_found_offers_near_words_and_the_kinds(plan, client):
    page = client.get(ROOT, {"q": "鹏程云脑"})
    html = page.content.decode()
    assert page.context["near"]
    assert "您要找的是不是" in html
    assert "/items/?kind=project" in html
