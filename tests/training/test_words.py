"""Every page of the demo, where every state is there, says it in the words of the two ladders."""

import pytest
from django.conf import settings

from accounts.models import User
from assessments.models import Note, Round
from indicators.models import Observation
from tests.breadth import more
from tests.markup import faults_of
from tests.status_words import strange_words
from tests.test_pages import EXPLAINS, PAGES, ROOT

AT_EACH_CHANGE = ("", "platforms/", "status/", "units/")
OTHERS = [page for page in PAGES if page not in EXPLAINS and page not in AT_EACH_CHANGE]
# What those who work here read beside the pages of readers.
WORK = {
    "demo-analyst": ["home/", "data/", "updates/"],
    "demo-reviewer": ["home/", "review/", "assessments/"],
    "demo-evaluator": ["home/", "assessments/work/"],
    "demo-planner": ["home/", "studio/"],
}


@pytest.mark.parametrize("language", ["zh-hans", *more("en")])
@pytest.mark.parametrize("page", [*AT_EACH_CHANGE, *more(*OTHERS)])
def test_a_page_of_the_demo_has_no_word_of_its_own_for_a_state(demo, client, page, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    html = client.get(ROOT + page).content.decode()

    assert strange_words(html, language) == []
    assert faults_of(html) == []


@pytest.mark.parametrize("language", ["zh-hans", *more("en")])
@pytest.mark.parametrize("username", WORK)
def test_a_page_of_work_has_no_word_of_its_own_for_a_state(demo, client, username, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(User.objects.get(username=username))
    notes = [f"assessments/notes/{note.pk}/" for note in Note.objects.all()]
    papers = [f"assessments/rounds/{row.code}/report/" for row in Round.objects.all()]
    figures = [f"data/figures/{row.pk}/" for row in Observation.objects.filter(state="submitted")]
    more = [*notes, *papers, *figures] if username == "demo-reviewer" else []

    for page in [*WORK[username], *more]:
        answer = client.get(ROOT + page)
        assert (page, answer.status_code) == (page, 200)
        assert (page, strange_words(answer.content.decode(), language)) == (page, [])
