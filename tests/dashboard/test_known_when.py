"""As of a past day: every link, form and file of every page keeps the day, and shows nothing released later."""

import html
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.formats import date_format

from indicators.models import Observation
from judging.decimals import plain
from plan.wording import plain_number
from tests.breadth import more

ROOT = "/sz-sti-14/"
DAY = "2023-06-30"
KEPT = f"as_of={DAY}"
# Pages of one shape (the same page of other items) say the same: one of each is read, or a few; of indicators all.
A_FEW = 3
CODE = re.compile(r"([A-Z]{1,3})-[0-9]+(?:[.\-][0-9]+)*")
API = ("items/", "items/I-01/", "indicators/", "indicators/I-07/", "observations/", "changes/?from=2022-01-01")


def own_addresses(page: str) -> list[str]:
    """Addresses of the plan that a page leads to; the banner's two ways out of the past are not asked."""
    page = re.sub(r'<p class="banner past">.*?</p>', "", page, flags=re.DOTALL)
    found = re.findall(r'(?:href|action|data-figure)="([^"#]+)', page)
    return [html.unescape(address) for address in found if address.startswith(ROOT)]


def asking_forms(page: str) -> list[str]:
    forms = re.findall(r"<form\b[^>]*>.*?</form>", page, flags=re.DOTALL)
    return [form for form in forms if 'method="post"' not in form.split(">")[0]]


def shape(address: str) -> str:
    path = urlsplit(address).path
    return path if re.search(r"/[IT]-0\d", path) else CODE.sub(lambda code: code[1], path)


@pytest.fixture
def visited(plan, client, request):
    """Every kind of page and file reached by links from the overview of that day: address → what it says."""
    waiting, seen, visits = [f"{ROOT}?{KEPT}"], {f"{ROOT}?{KEPT}"}, Counter()
    answers: dict[str, str] = {}
    while waiting:
        address = waiting.pop(0)
        if visits[shape(address)] >= request.param:
            continue
        visits[shape(address)] += 1
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        # A picture or a package is bytes; its words are those of the page it stands on.
        answers[address] = response.getvalue().decode(errors="replace")
        if response["Content-Type"].startswith("text/html"):
            links = [link for link in own_addresses(answers[address]) if KEPT in link and link not in seen]
            seen.update(links)
            waiting += links
    for address in API:
        mark = "&" if "?" in address else "?"
        answers[address] = client.get(f"/api/v1/sz-sti-14/{address}{mark}{KEPT}").getvalue().decode()
    answers["observations"] = client.get(f"/api/v1/observations.csv?{KEPT}").getvalue().decode()
    return answers


@pytest.mark.slow
@pytest.mark.parametrize("visited", [1, *more(A_FEW)], indirect=True)
def test_every_page_keeps_the_day_and_shows_nothing_released_later(visited):
    shapes = {shape(address) for address in visited}
    lost, forgetful = set(), set()
    for address, text in visited.items():
        if "<!doctype html>" not in text:
            continue
        for link in own_addresses(text):
            if parse_qs(urlsplit(link).query).get("as_of") != [DAY]:
                lost.add((shape(address), link))
        for form in asking_forms(text):
            if 'name="as_of"' not in form:
                forgetful.add((shape(address), form[:120]))
    # Search and text lead nowhere new, so a link for each page of the menu is the least.
    assert {f"{ROOT}{path}" for path in ("changes/", "items/", "text/", "clusters/", "wide.csv")} <= shapes
    assert f"{ROOT}items/I-07/history/" in shapes
    assert f"{ROOT}indicators/I-01/figure/I-01.json" in shapes
    assert (lost - allowed(lost), forgetful) == (set(), set())

    later = Observation.objects.filter(component__indicator__plan__slug="sz-sti-14", released_on__gt=DAY)
    earlier = Observation.objects.filter(released_on__lte=DAY)
    known = {row.value for row in earlier}
    words = {row.released_on.isoformat() for row in later}
    words |= {date_format(row.released_on, "DATE_FORMAT") for row in later}
    words |= {row.source.title for row in later} - {row.source.title for row in earlier}
    values = {row.value for row in later} - known
    numbers = {plain(value) for value in values} | {plain_number(value) for value in values}
    # The article of 2020 that gave the firms of 2014 gave this share too; its own release came later.
    numbers -= {"4.02"}
    pattern = re.compile(rf"(?<![\d.,])(?:{'|'.join(map(re.escape, numbers))})(?![\d,.])")
    leaks = set()
    for address, text in visited.items():
        text = re.sub(r"<svg.*?</svg>", lambda svg: " ".join(re.findall(r">([^<]+)<", svg[0])), text, flags=re.S)
        leaks |= {(shape(address), word) for word in words if word in text or html.escape(word) in text}
        leaks |= {(shape(address), number) for number in pattern.findall(text)}
    assert leaks == set()


def allowed(lost: set) -> set:
    """The search form has the day as a field, its address no query; the catalogue and one's work are of today."""
    work = {f"{ROOT}{path}" for path in ("talk/", "studio/", "responsibilities/")}
    return {(place, link) for place, link in lost if link in work | {f"{ROOT}search/", f"{ROOT}dataset.jsonld"}}


def test_banner_leads_back_to_today_and_to_what_changed_since(plan, client):
    page = client.get(f"{ROOT}indicators/I-01/?{KEPT}").content.decode()
    (banner,) = re.findall(r'<p class="banner past">.*?</p>', page, flags=re.DOTALL)

    assert re.findall(r'href="([^"]+)"', banner) == [
        f"{ROOT}indicators/I-01/?{KEPT}&amp;known_by={DAY}",
        f"{ROOT}indicators/I-01/",
        f"{ROOT}changes/?from={DAY}",
    ]
    assert "banner past" not in client.get(f"{ROOT}indicators/I-01/").content.decode()


def test_page_that_is_not_there_keeps_the_day_on_the_way_back(plan, client):
    assert f'href="{ROOT}?{KEPT}"' in client.get(f"{ROOT}nothing/?{KEPT}").content.decode()


def test_note_written_later_is_not_shown_on_an_earlier_day(plan, client):
    address = f"{ROOT}indicators/I-01/?as_of="
    api = "/api/v1/sz-sti-14/observations/?state=rejected&component=I-01&as_of="

    assert "2021 年为 5.49%" not in client.get(address + "2022-05-01").content.decode()
    assert "2021 年为 5.49%" in client.get(address + DAY).content.decode()
    assert [row["note"] for row in client.get(api + "2022-05-01").json()["results"]] == [""]
    assert "5.49" in client.get(api + DAY).json()["results"][0]["note"]
