"""Search: substrings of any length on every database, grouped, counted, marked; wrong input says so."""

import re

import pytest

from plan.searching import AT_MOST, EACH, TEXT, find_everywhere, split_words
from plan.text import clip, mark

ROOT = "/sz-sti-14/search/"


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html))


@pytest.mark.parametrize(
    "words", ["量子", "区", "大湾区综合性国家科学中心", "P-1.1", "pengcheng", "5G", "%", "_", "'"]
)
def test_groups_hold_what_contains_the_word_in_plan_order(plan, words):
    groups = find_everywhere(plan, split_words(words))

    low = words.lower()
    items = [
        item.code
        for item in plan.items.in_plan_order()
        if any(low in text.lower() for text in (item.title, item.title_en, item.quote)) or item.code.lower() == low
    ]
    found = {group.key: [getattr(hit.row, "code", hit.row.pk) for hit in group.hits] for group in groups}
    texts = found.pop(TEXT, [])
    assert sorted(code for codes in found.values() for code in codes) == sorted(items)
    for codes in found.values():
        assert codes == [code for code in items if code in codes]
    assert len(texts) == sum(low in row.text.lower() for row in plan.paragraphs.all())


def test_several_words_must_all_occur(plan):
    both = {hit.row.pk for group in find_everywhere(plan, ["实验室", "鹏城"]) for hit in group.hits}
    one = {hit.row.pk for group in find_everywhere(plan, ["鹏城"]) for hit in group.hits}

    assert both
    assert both < one


def test_full_width_letters_find_their_narrow_ones():
    assert split_words("５Ｇ　ａｉ （三）") == ["5G", "ai", "（三）"]


def test_page_counts_groups_and_filters_by_kind_with_the_day_kept(plan, client):
    html = client.get(ROOT, {"q": "量子", "as_of": "2023-06-30"}).content.decode()
    only = client.get(ROOT, {"q": "量子", "kind": "project"}).content.decode()

    total = int(re.search(r'<h1>.*?<span class="sub">(\d+)</span></h1>', html)[1])
    facets = [int(number) for number in re.findall(r"<b>(\d+)</b></a>", html)]
    assert facets[0] == total == sum(facets[1:])
    links = re.findall(r'<li><a href="([^"]+)"', html)
    assert links
    assert all("as_of=2023-06-30" in link for link in links)
    assert plain(only).count("三、高质量建设国家重大战略平台 ›") + plain(only).count("›") > 0
    assert '<h2>项目 <span class="sub">' in only
    assert "<h2>要点" not in only


def test_what_is_left_out_is_said(plan, client):
    everything = client.get(ROOT, {"q": "创新"}).content.decode()
    points = client.get(ROOT, {"q": "的", "kind": TEXT}).content.decode()

    assert re.search(r"看全部 \d+ 个（要点）", everything)
    assert everything.split("<h2>要点")[1].split("</ul>")[0].count("<li>") == EACH
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


def test_query_budget(plan, client, django_assert_max_num_queries):
    for words in ("量子", "创新"):
        with django_assert_max_num_queries(4):
            client.get(ROOT, {"q": words})


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
