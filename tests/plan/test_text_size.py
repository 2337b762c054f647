"""The size of letters is remembered in a cookie, without a script."""

import pytest

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

PAGE = "/sz-sti-14/items/?kind=action"
ADDRESS = "/i18n/text-size/"


def test_size_is_kept_and_taken_back(plan, client):
    answer = client.post(ADDRESS, {"size": "larger", "next": PAGE})
    large = client.get(PAGE).content.decode()
    client.post(ADDRESS, {"size": "normal", "next": PAGE})
    normal = client.get(PAGE).content.decode()

    assert (answer.status_code, answer.url) == (302, PAGE)
    assert '<html lang="zh-CN" class="text-larger">' in large
    assert 'value="larger" aria-pressed="true"' in large
    assert '<html lang="zh-CN">' in normal


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_no_other_site_is_led_to(db, client, back):
    assert client.post(ADDRESS, {"size": "large", "next": back}).url == "/"


def test_wrong_size_and_wrong_method_are_refused(plan, client):
    assert client.post(ADDRESS, {"size": "huge"}).status_code == 400
    assert client.get(ADDRESS).status_code == 405
    client.cookies["text_size"] = '"><script>'
    assert '<html lang="zh-CN">' in client.get(PAGE).content.decode()
