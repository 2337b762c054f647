"""The user guides: in both languages, with every picture and every link they promise."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from home.guide_views import GUIDES
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ROOT = "/sz-sti-14/guide/"
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def page_of(client, role: str, language: str) -> str:
    client.cookies["django_language"] = LANGUAGES[language]
    return client.get(f"{ROOT}{role}/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", GUIDES)
def test_every_picture_of_a_guide_is_there_small_and_described(plan, client, role, language):
    html = page_of(client, role, language)

    pictures = re.findall(r'<img src="/static/(guide/[^"]+)" alt="([^"]+)"', html)
    assert len(pictures) == html.count("<img")
    assert pictures
    for path, _words in pictures:
        found = finders.find(path)
        assert found, path
        with open(found, "rb") as file:
            assert len(file.read()) < 80_000, path
        assert path.endswith(f".{language}.webp")


@pytest.mark.breadth
@pytest.mark.parametrize("role", GUIDES)
def test_every_link_of_a_guide_leads_somewhere(plan, role):
    client = Client()
    client.force_login(make_person("all", "analyst", "reporter", "evaluator", "reviewer", "planner"))
    html = page_of(client, role, "zh")
    body = html[html.index('<div class="guide">') : html.index('<p class="note">')]

    links = set(re.findall(r'href="(/[^"#]*)', body))

    assert len(links) >= 2
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_both_languages_of_a_guide_have_the_same_sections(plan, client):
    for role in GUIDES:
        counted = [len(re.findall("<li>", page_of(client, role, language))) for language in LANGUAGES]
        assert counted[0] == counted[1], role


def test_the_choice_of_guides_names_each(plan, client):
    html = client.get(ROOT).content.decode()

    assert re.findall(r'<h2><a href="(/[^"]+)"', html) == [f"{ROOT}{role}/" for role in GUIDES]


def test_an_unknown_guide_is_a_404_in_words(plan, client):
    response = client.get(f"{ROOT}mayor/")

    assert response.status_code == 404
    assert "没有“mayor”的使用指南" in response.content.decode()
