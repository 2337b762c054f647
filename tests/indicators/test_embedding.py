"""An indicator on other sites' pages: framed where their host is named, a picture of its day, its citation."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from plan.models import Plan
from tests.factories import make_component, make_observation, make_plan

PAGE = "/test-plan/indicators/I-01/"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def place(db):
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2021, "110")
    make_observation(component, 2022, "140", released="2023-06-01")
    return plan


def policy_of(answer):
    return dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))


def test_only_named_hosts_show_it_in_a_frame(place, client, settings):
    closed = client.get(f"{PAGE}embed/")
    settings.EMBED_HOSTS = ["https://www.example.org"]
    opened = client.get(f"{PAGE}embed/")
    page = client.get(PAGE)

    assert policy_of(closed)["frame-ancestors"] == "'none'"
    assert closed["X-Frame-Options"] == "DENY"
    assert policy_of(opened)["frame-ancestors"] == "https://www.example.org"
    assert "X-Frame-Options" not in opened
    assert (policy_of(page)["frame-ancestors"], page["X-Frame-Options"]) == ("'none'", "DENY")


@pytest.mark.parametrize("show", ["card", "chart"])
def test_card_and_chart_say_source_and_day_and_lead_back(place, client, show):
    html = client.get(f"{PAGE}embed/?show={show}&as_of=2022-12-31").content.decode()

    assert "Release of 2022-06-01" in html
    assert "Release of 2023-06-01" not in html
    assert "数据截至 2022-12-31" in html
    assert 'href="http://testserver/test-plan/indicators/I-01/?as_of=2022-12-31"' in html
    assert "<script" not in html
    assert ("<svg" in html.partition("<figure")[2]) == (show == "chart")


def test_the_picture_is_a_file_of_its_own_with_source_day_and_address(place, client):
    answer = client.get(f"{PAGE}embed/I-01.svg?as_of=2022-12-31")
    tree = ElementTree.fromstring(answer.content)
    words = " ".join(one.text or "" for one in tree.iter(f"{SVG}text"))

    assert answer["Content-Type"].startswith("image/svg+xml")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Content-Disposition" not in answer
    assert "来源：Release of 2022-06-01" in words
    assert "数据截至 2022-12-31" in words
    assert "testserver/test-plan/indicators/I-01/" in words.replace(" ", "")
    again = client.get(f"{PAGE}embed/I-01.svg?as_of=2022-12-31", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{PAGE}embed/?show=table", 400),
        (f"{PAGE}embed/?shwo=card", 400),
        ("/test-plan/indicators/X-99/embed/", 404),
        (f"{PAGE}embed/X-99.svg", 404),
    ],
)
def test_what_is_not_there_is_refused(place, client, address, status):
    assert client.get(address).status_code == status


def test_a_closed_site_shows_nothing(place, client, settings):
    settings.PUBLIC_READ = False

    assert client.get(f"{PAGE}embed/").status_code == 302
    assert client.get(f"{PAGE}embed/I-01.svg").status_code == 302


def test_the_page_says_how_it_is_cited_and_that_address_repeats_itself(place, client):
    html = client.get(f"{PAGE}?as_of=2023-12-31").content.decode()
    cited = re.search(r"data-citation>\s*(.*?)\s*</p>", html, re.S)[1].replace("&amp;", "&")
    today = timezone.localdate().isoformat()
    address = re.search(r"http://testserver\S+", cited)[0]

    assert address == f"http://testserver{PAGE}?as_of=2023-12-31&known_by={today}"
    assert "截至 2023-12-31 已公布" in cited
    assert "Release of 2022-06-01" in cited
    assert "Release of 2023-06-01" in cited
    assert client.get(address.removeprefix("http://testserver")).status_code == 200


def test_snippets_for_a_frame_are_given_where_some_host_is_named(place, client, settings):
    before = client.get(PAGE).content.decode()
    settings.EMBED_HOSTS = ["https://www.example.org"]
    after = client.get(f"{PAGE}?as_of={timezone.localdate()}").content.decode()

    assert "&lt;iframe" not in before
    assert "&lt;iframe src=&quot;http://testserver/test-plan/indicators/I-01/embed/?show=card&quot;" in after
    assert "https://www.example.org" in after
    assert "&lt;img src=&quot;http://testserver/test-plan/indicators/I-01/embed/I-01.svg?as_of=" in before


def test_the_page_says_what_data_it_is_in_the_words_of_catalogues(place, client):
    place.items.update(title="</script><b>&")
    html = client.get(f"{PAGE}?as_of=2023-12-31").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    said = json.loads(block)

    assert (said["@context"], said["@type"]) == ("https://schema.org", "Dataset")
    assert said["name"].startswith("</script><b>&")
    assert 50 <= len(said["description"]) <= 5000
    assert said["dateModified"] == "2023-12-31"
    for file in said["distribution"]:
        answer = client.get(file["contentUrl"].removeprefix("http://testserver"))
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, file["encodingFormat"])


def test_what_did_not_change_today_does_not_say_so(place, client):
    changed = timezone.localtime() - timedelta(days=40)
    Plan.objects.update(changed_at=changed, figures_version=7)

    day = changed.date().isoformat()
    assert f'"dateModified":"{day}"' in client.get(PAGE).content.decode()
    catalogue = client.get("/test-plan/dataset.jsonld").json()["dcat:dataset"][0]
    assert (catalogue["dct:modified"]["@value"], catalogue["schema:dateModified"]) == (day, day)
