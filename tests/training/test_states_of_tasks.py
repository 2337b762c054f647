"""Every task says how it stands in one word of the ladder, with one sign and one colour, wherever it stands."""

from collections import defaultdict

import pytest
from django.conf import settings
from django.utils import translation
from lxml import html as parser

from plan.after_period import STATE_WORDS
from tests.status_words import PUBLIC, badges_of, wrong_states
from tests.test_pages import PAGES, ROOT

LANGUAGES = ["zh-hans", pytest.param("en", marks=pytest.mark.drills)]


@pytest.mark.breadth
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_task_of_the_demo_has_one_state_on_its_page_and_it_is_the_ladder_s(demo, client, language):
    assert wrong_states(demo, client, language) == []


@pytest.mark.breadth
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_has_one_sign_and_one_colour_on_every_page(demo, client, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with translation.override(language):
        ladder = {str(word) for word in STATE_WORDS.values()}
    looks = defaultdict(set)
    for path in [*PAGES, "items/?kind=platform_task", "items/?kind=measure"]:
        page = parser.fromstring(client.get(ROOT + path).content.decode())
        for word, sign, look in badges_of(page):
            if word in ladder and look not in PUBLIC:
                looks[word].add((sign, look))

    assert {word: marks for word, marks in looks.items() if len(marks) > 1} == {}
    assert len(looks) >= 5


@pytest.mark.breadth
def test_a_report_of_the_end_is_told_beside_the_state_and_not_as_another(demo, client):
    html = client.get(f"{ROOT}items/P-1.1/").content.decode()
    facts = parser.fromstring(html).xpath("//dl[contains(@class, 'facts')]")[0]

    text = "".join(facts.text_content().split())
    assert [word for word, _sign, look in badges_of(facts) if look not in PUBLIC] == ["期末未完成"]
    assert "单位报告：完成" in text
    assert "推进中" not in text
