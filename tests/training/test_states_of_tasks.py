"""Every task says how it stands in one word of the ladder, with one sign and one colour, wherever it stands."""

from collections import defaultdict

import pytest
from django.conf import settings
from django.utils import translation
from lxml import html as parser

from plan.after_period import STATE_WORDS, state_on
from plan.badges import EVIDENCE, ITEM
from plan.params import today
from tests.test_pages import PAGES, ROOT

pytestmark = pytest.mark.reading
# Lists that are no page of every kind.
LISTS = ["items/?kind=platform_task", "items/?kind=measure"]
PUBLIC = {mark.look for mark in EVIDENCE.values()}


def badges_of(page) -> list[tuple[str, str, str]]:
    """(word, sign, look) of every badge, the figure's year and kind left out."""
    found = []
    for badge in page.xpath(".//span[contains(concat(' ', @class, ' '), ' badge ')]"):
        sign = badge.xpath("string(span[@aria-hidden])").strip()
        words = " ".join(badge.text_content().split()).removeprefix(sign).strip()
        found.append((words.split(" · ")[0], sign, badge.get("class").split()[1]))
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_task_has_one_state_on_its_page_and_it_is_the_ladder_s(demo, client, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    wrong = []
    for item in demo.items.filter(kind__in=demo.kinds.due):
        page = parser.fromstring(client.get(f"{ROOT}items/{item.code}/").content.decode())
        state = state_on(item.status, item.status_as_of, demo.ends_on, today())
        with translation.override(language):
            word = str(STATE_WORDS[state])
        facts = page.xpath("//dl[contains(@class, 'facts')]")[0]
        told = [badge for badge in badges_of(facts) if badge[2] not in PUBLIC]
        if told != [(word, ITEM[state].sign, ITEM[state].look)]:
            wrong.append((item.code, word, told))

    assert wrong == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_word_has_one_sign_and_one_colour_on_every_page(demo, client, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with translation.override(language):
        ladder = {str(word): key for key, word in STATE_WORDS.items()}
    looks = defaultdict(set)
    for path in [*PAGES, *LISTS]:
        page = parser.fromstring(client.get(ROOT + path).content.decode())
        for word, sign, look in badges_of(page):
            if word in ladder and look not in PUBLIC:
                looks[word].add((sign, look))

    assert {word: marks for word, marks in looks.items() if len(marks) > 1} == {}
    assert len(looks) >= 5


def test_a_report_of_the_end_is_told_beside_the_state_and_not_as_another(demo, client):
    html = client.get(f"{ROOT}items/P-1.1/").content.decode()
    facts = parser.fromstring(html).xpath("//dl[contains(@class, 'facts')]")[0]

    text = "".join(facts.text_content().split())
    assert [word for word, _sign, look in badges_of(facts) if look not in PUBLIC] == ["期末未完成"]
    assert "单位报告：完成" in text
    assert "推进中" not in text
