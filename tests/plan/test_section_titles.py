"""Chapters and sections: the plan's own titles in Chinese, plain English ones for an English reader."""

import pytest

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database


@pytest.mark.breadth
@pytest.mark.parametrize("page", ["items/?section=3", "status/", "items/P-1/", "text/", "search/?q=光明"])
def test_an_english_reader_finds_chapters_by_english_titles(plan, client, page):
    english = client.get(f"/sz-sti-14/{page}", HTTP_ACCEPT_LANGUAGE="en", follow=True).content.decode()

    assert "National strategic platforms" in english or "3.1 Guangming Science City" in english


def test_the_plans_own_heading_stays_with_the_english_below_it(plan, client):
    english = client.get("/sz-sti-14/text/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    chinese = client.get("/sz-sti-14/text/").content.decode()

    line = '<span class="sub title-en" lang="en">Safeguards</span>'
    assert "八、保障措施" in english
    assert line in english
    assert "title-en" not in chinese
