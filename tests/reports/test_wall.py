"""The wall: whole without a script, a fragment for the script, parameters refused by name."""

import re

import pytest

ROOT = "/sz-sti-14/wall/"


def test_page_holds_all_panels_and_refreshes_itself_without_a_script(plan, client):
    html = client.get(ROOT).content.decode()

    assert len(re.findall(r'<section class="w-panel', html)) == 8
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in html
    assert "style=" not in html
    assert "暂无数据" in html


def test_fragment_is_the_panels_alone(plan, client):
    html = client.get(ROOT + "?fragment=1").content.decode().strip()

    assert html.startswith('<section class="w-panel')
    assert html.endswith("</section>")
    assert "<html" not in html


def test_day_is_kept_and_said(plan, client):
    html = client.get(ROOT + "?as_of=2023-06-30").content.decode()

    assert 'data-fragment="/sz-sti-14/wall/?fragment=1&amp;as_of=2023-06-30"' in html
    assert "截至 2023年6月30日" in html


@pytest.mark.parametrize("query", ["turn=0", "turn=x", "refresh=99999", "fragment=2"])
def test_bad_parameter_is_named(plan, client, query):
    response = client.get(f"{ROOT}?{query}")

    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_query_budget(plan, client, django_assert_max_num_queries):
    client.get(ROOT)
    with django_assert_max_num_queries(5):
        client.get(ROOT)
