"""What programs that gather pages are told: where they may go, which pages there are, which address is the one."""

import re
from xml.etree import ElementTree

import pytest

from plan.models import Item
from shenzhen_plan import robots
from tests.factories import make_plan

# What programs are told of the same pages.
pytestmark = pytest.mark.one_database

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ROOT = "/sz-sti-14/"


@pytest.mark.breadth
def test_the_pages_of_plans_are_listed_and_answer(plan, client, django_assert_max_num_queries):
    said = client.get("/robots.txt").content.decode()
    with django_assert_max_num_queries(6):
        listed = ElementTree.fromstring(client.get("/sitemap.xml").content)
    files = [one.text.removeprefix("http://testserver") for one in listed.iter(f"{MAP}loc")]
    assert files == ["/sitemap-pages.xml", "/sitemap-items.xml"]
    trees = []
    for file in files:
        with django_assert_max_num_queries(6):
            trees.append(ElementTree.fromstring(client.get(file).content))
    addresses = [one.text for tree in trees for one in tree.iter(f"{MAP}loc")]

    assert "Sitemap: http://testserver/sitemap.xml" in said
    assert "Disallow: /*?" in said
    assert len(addresses) == len(set(addresses)) > Item.objects.filter(plan=plan).count()
    assert {one.text[:4] for tree in (listed, *trees) for one in tree.iter(f"{MAP}lastmod")} != set()
    for address in [*addresses[:9], addresses[-1]]:
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


def test_many_plans_are_many_small_files(plan, client, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(robots.OfPlans, "limit", 7)
    for number in range(3):
        make_plan(f"plan-{number}")
    with django_assert_max_num_queries(6):
        listed = ElementTree.fromstring(client.get("/sitemap.xml").content)
    files = [one.text.removeprefix("http://testserver") for one in listed.iter(f"{MAP}loc")]
    pages = [file for file in files if "pages" in file]
    found = []
    for file in pages:
        with django_assert_max_num_queries(6):
            tree = ElementTree.fromstring(client.get(file).content)
        found.append([one.text for one in tree.iter(f"{MAP}loc")])

    whole = 4 * len(robots.PAGES) * 3
    assert len(pages) == -(-4 * len(robots.PAGES) // 7)
    assert all(len(some) <= 3 * 7 for some in found)
    assert len({one for some in found for one in some}) == whole
    assert client.get(f"/sitemap-pages.xml?p={len(pages) + 1}").status_code == 404
    assert client.get("/sitemap-none.xml").status_code == 404


def test_a_list_s_own_page_is_its_address(plan, client):
    for asked, kept in (("?page=2", "?page=2"), ("?page=1", ""), ("?page=2&kind=point", "")):
        html = client.get(f"{ROOT}items/{asked}").content.decode()
        assert f'<link rel="canonical" href="http://testserver/sz-sti-14/items/{kept}">' in html


def test_a_closed_site_tells_them_to_stay_away(client, db, settings):
    settings.PUBLIC_READ = False

    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
    assert client.get("/sitemap.xml").status_code == 302


def test_a_page_says_what_it_is_of_and_its_one_address(plan, client):
    html = client.get(f"{ROOT}items/?kind=action&as_of=2024-01-01&page=1").content.decode()

    assert '<link rel="canonical" href="http://testserver/sz-sti-14/items/?as_of=2024-01-01">' in html
    assert f'<link rel="describedby" type="application/ld+json" href="{ROOT}dataset.jsonld">' in html
    assert re.search(r'<meta\s+name="description"\s+content="[^"]{20,}"', html)


def test_the_page_of_the_api_says_its_language(client, db):
    html = client.get("/api/docs/").content.decode()
    client.cookies["django_language"] = "en"

    assert '<html lang="zh-CN">' in html
    assert "数据接口" in html
    assert '<html lang="en">' in client.get("/api/docs/").content.decode()
