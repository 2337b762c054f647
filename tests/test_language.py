"""An address that names a language: whose answer is in it, what the pages say of each other, what is refused."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from accounts.models import User
from plan.models import Plan
from shenzhen_plan import robots

# What the same rows are called.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/"
SITE = "http://testserver"
HTML_LANG = {"en": '<html lang="en"', "zh-hans": '<html lang="zh-CN"'}
XHTML = "{http://www.w3.org/1999/xhtml}"


def language_of(response) -> str:
    html = response.content.decode()
    return next(code for code, said in HTML_LANG.items() if said in html)


def alternates_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))


def test_what_cannot_know_the_readers_language_has_its_heading_in_both_and_fits_a_phone():
    """Pages of the edge, and those that must do without the database and the reader's choice."""
    base = Path(settings.BASE_DIR)
    pages = [
        path.read_text() for path in base.glob("templates/*.html") if '<html lang="zh-CN">' in path.read_text()
    ]
    pages += [
        line.replace(r"\"", '"')
        for line in (base / "deploy/nginx/plan.conf").read_text().splitlines()
        if "<!doctype html>" in line
    ]

    assert len(pages) == 5
    for page in pages:
        (heading,) = re.findall(r'<h1>[^<a-z]+<br><span lang="en">([^<]+)</span></h1>', page)
        assert f" {heading}</title>" in page
        assert '<meta name="viewport" content="width=device-width' in page


@pytest.mark.breadth
@pytest.mark.parametrize("other", ["", "en", "zh-hans"])
@pytest.mark.parametrize("asked", ["en", "zh-hans"])
def test_the_address_decides_its_own_answer_whatever_the_reader_chose(plan, client, asked, other):
    if other:
        client.cookies["django_language"] = other
    response = client.get(f"{ROOT}items/?lang={asked}", headers={"accept-language": "en;q=0.5, zh;q=0.4"})

    assert language_of(response) == asked
    assert response["Content-Language"] == asked
    # A choice of the reader's own stays; without one that of the page is kept, for its links.
    assert ("django_language" in response.cookies) == (not other)
    assert language_of(client.get(f"{ROOT}items/")) == (other or asked)


def test_the_cookie_that_is_kept_is_the_one_of_the_switch(plan, client):
    by_switch = client.post("/i18n/language/", {"language": "en", "next": "/"}).cookies["django_language"]
    client.cookies.clear()
    by_address = client.get(f"{ROOT}?lang=en").cookies["django_language"]

    # The moment at which each ends is a second later where a second passed between them.
    by_switch["expires"] = by_address["expires"]
    assert str(by_address) == str(by_switch)


def test_the_switch_leads_to_the_page_in_the_other_language(plan, client):
    html = client.get(f"{ROOT}items/?lang=en&kind=action").content.decode()
    (form,) = re.findall(r'<form class="lang fold".*?</form>', html, re.S)
    next_address = re.search(r'name="next" value="([^"]+)"', form)[1]
    answer = client.post("/i18n/language/", {"language": "zh-hans", "next": next_address})

    assert answer["Location"] == f"{ROOT}items/?kind=action"
    assert language_of(client.get(answer["Location"])) == "zh-hans"


def test_the_way_to_a_page_keeps_the_language(plan, client):
    client.cookies["django_language"] = "zh-hans"

    for address in ("/?lang=en", f"{ROOT.rstrip('/')}?lang=en", f"{ROOT}items/?q=%E7%A0%94&lang=en"):
        assert language_of(client.get(address, follow=True)) == "en", address
    asked = client.get(f"{ROOT}data/?lang=en")
    assert "lang%3Den" in asked["Location"]


@pytest.mark.parametrize("path", [ROOT, f"{ROOT}items/", "/plans/", "/api/v1/plans/", f"{ROOT}items.csv"])
@pytest.mark.parametrize(
    ("query", "said"), [("lang=fr", "fr"), ("lang=EN", "EN"), ("lang=en&lang=zh-hans", "en"), ("lang=../en", "en")]
)
def test_a_language_there_is_not_and_two_are_refused_by_name(plan, client, path, query, said):
    response = client.get(f"{path}?{query}")

    assert response.status_code == 400
    assert "lang" in response.content.decode()
    assert said in response.content.decode()
    assert "django_language" not in response.cookies


def test_one_said_twice_or_not_at_all_is_one_or_none(plan, client):
    assert language_of(client.get(f"{ROOT}?lang=en&lang=en")) == "en"
    client.cookies.clear()
    assert language_of(client.get(f"{ROOT}?lang=")) == "zh-hans"


def test_kept_pages_do_not_mix(plan, client):
    """Each of the three addresses is kept, in each of the reader's languages, and answers as it did when made."""
    answers = {}
    for _round in range(2):
        for own in ("en", "zh-hans"):
            for query in ("", "?lang=en", "?lang=zh-hans"):
                client.cookies["django_language"] = own
                response = client.get(f"{ROOT}{query}")
                wanted = query.removeprefix("?lang=") or own
                assert language_of(response) == wanted, (own, query)
                assert answers.setdefault((own, query), response["ETag"]) == response["ETag"]
    for query in ("?lang=en", "?lang=zh-hans"):
        assert len({answers[own, query] for own in ("en", "zh-hans")}) == 1
    assert len(set(answers.values())) == 4


def test_a_kept_page_in_a_named_language_asks_for_the_version_alone(plan, client, django_assert_num_queries):
    client.get(f"{ROOT}?lang=en")
    client.cookies.clear()
    with django_assert_num_queries(1):
        again = client.get(f"{ROOT}?lang=en")
    assert "django_language" in again.cookies


@pytest.mark.breadth
@pytest.mark.parametrize("asked", ["", "?lang=en", "?lang=zh-hans"])
def test_a_page_names_itself_in_each_language(plan, client, asked):
    html = client.get(f"{ROOT}items/{asked}").content.decode()
    address = f"{SITE}{ROOT}items/"

    assert f'<link rel="canonical" href="{address}{asked}">' in html
    assert alternates_of(html) == {
        "zh-Hans": f"{address}?lang=zh-hans",
        "en": f"{address}?lang=en",
        "x-default": address,
    }


def test_a_page_of_another_day_does_so_too(plan, client):
    html = client.get(f"{ROOT}items/?lang=en&as_of=2024-01-01").content.decode()

    assert f'<link rel="canonical" href="{SITE}{ROOT}items/?as_of=2024-01-01&amp;lang=en">' in html
    assert alternates_of(html)["x-default"] == f"{SITE}{ROOT}items/?as_of=2024-01-01"


def test_only_what_everybody_may_read_names_itself(plan, client, settings):
    client.force_login(User.objects.create_user("looks", is_analyst=True))
    assert alternates_of(client.get(f"{ROOT}data/").content.decode()) == {}
    assert alternates_of(client.get(f"{ROOT}items/").content.decode()) != {}
    settings.PUBLIC_READ = False
    assert alternates_of(client.get(f"{ROOT}items/").content.decode()) == {}


def test_the_sitemap_names_each_page_in_each_language(plan, client):
    tree = ElementTree.fromstring(client.get("/sitemap-pages.xml").content)
    urls = {one[0].text: {x.get("hreflang"): x.get("href") for x in one.iter(f"{XHTML}link")} for one in tree}
    address = f"{SITE}{ROOT}items/"

    every = {"zh-Hans": f"{address}?lang=zh-hans", "en": f"{address}?lang=en", "x-default": address}
    assert [urls[one] for one in every.values()] == [every] * 3
    assert len(urls) == 3 * Plan.objects.count() * len(robots.PAGES)


def test_robots_may_open_both_languages_and_no_other_question(plan, client, settings):
    said = client.get("/robots.txt").content.decode().splitlines()

    rules = [line.partition(": ")[::2] for line in said if line.startswith(("Allow", "Disallow"))]

    def may(path: str) -> bool:
        """As RFC 9309 has it: of the rules that fit, the longest."""
        fitting = [(len(rule), kind) for kind, rule in rules if _fits(rule, path)]
        return max(fitting, default=(0, "Allow"))[1] == "Allow"

    assert may(f"{ROOT}items/")
    assert may(f"{ROOT}items/?lang=en")
    assert may(f"{ROOT}?lang=zh-hans")
    assert not may(f"{ROOT}items/?lang=en&kind=action")
    assert not may(f"{ROOT}items/?kind=action")
    assert not may("/accounts/login/")


def _fits(rule: str, path: str) -> bool:
    pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$")
    return re.match(pattern, path) is not None


@pytest.mark.breadth
def test_files_feeds_and_the_api_answer_in_it(plan, client):
    client.cookies["django_language"] = "zh-hans"

    feed = client.get(f"{ROOT}changes.atom?lang=en").content.decode()
    assert 'xml:lang="en"' in feed
    assert "?lang=en" in re.search(r'<link href="([^"]+)" rel="self"', feed)[1]
    refused = client.get("/api/v1/sz-sti-14/items/?page_size=x&lang=en").json()
    assert refused["detail"].isascii()
    more = client.get("/api/v1/sz-sti-14/items/?page_size=5&lang=en").json()["next"]
    assert "lang=en" in more
    assert "django_language" not in client.get("/api/v1/plans/?lang=en").cookies
    assert client.get(f"{ROOT}items.csv?lang=en").status_code == 200


def test_the_description_names_it_and_is_given_in_it(client, db):
    described = client.get("/api/schema/?format=json&lang=en").json()
    operation = described["paths"]["/api/v1/{slug}/items/"]["get"]

    (named,) = [one for one in operation["parameters"] if one["name"] == "lang"]
    assert named["schema"] == {"type": "string", "enum": ["zh-hans", "en"]}
    assert client.get("/api/docs/?lang=en").status_code == 200
