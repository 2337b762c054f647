"""What pages say of themselves to programs that gather pages: true, whole, harmless, the same names everywhere."""

import json
import re

import pytest
from django.http import Http404
from django.urls import reverse

from evidence.models import PublicEvidence
from plan.models import Item, Plan, Source
from plan.queries import MOST_OTHERS, get_plan
from tests.factories import make_item, make_person, make_plan

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
PAGES = [
    "/plans/",
    *(f"/sz-sti-14/{path}" for path in ("", "items/P-1.1/", "platforms/P-1/", "actions/A-01/", "clusters/C-01/")),
    *(f"/sz-sti-14/{path}" for path in ("industries/G-1/", "pillars/S-1/", "indicators/I-01/")),
]


def said_by(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    (text,) = BLOCK.findall(answer.content.decode())
    return json.loads(text)


@pytest.mark.breadth
@pytest.mark.parametrize("address", PAGES)
def test_each_page_says_what_it_is_and_leads_to_what_there_is(plan, client, address):
    said = said_by(client, address)

    assert (said["@context"], said["url"]) == ("https://schema.org", f"http://testserver{address}")
    assert None not in said.values()
    files = [*said.get("distribution", []), *([said["encoding"]] if "encoding" in said else [])]
    for file in files:
        answer = client.get(file["contentUrl"].removeprefix("http://testserver"))
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, file["encodingFormat"])
    assert files or said["@type"] == "DataCatalog"


def test_they_name_the_plan_as_its_catalogue_does(plan, client):
    whole = client.get("/sz-sti-14/dataset.jsonld").json()["dcat:dataset"][0]["@id"]

    assert said_by(client, "/sz-sti-14/")["@id"] == whole
    assert {one["@id"] for one in said_by(client, "/plans/")["dataset"]} == {whole}
    assert said_by(client, "/sz-sti-14/items/P-1.1/")["isPartOf"]["@id"] == whole
    assert said_by(client, "/sz-sti-14/indicators/I-01/")["isPartOf"]["@id"] == whole


def test_a_commitment_says_its_words_and_a_statement_who_said_what(plan, client):
    item = plan.items.get(code="P-1.1")
    said = said_by(client, "/sz-sti-14/items/P-1.1/")
    assert (said["@type"], said["text"], said["identifier"]) == ("CreativeWork", item.quote, "sz-sti-14/P-1.1")

    row = PublicEvidence.objects.filter(item__plan=plan, state="approved").exclude(source__url="").first()
    page = reverse("evidence:detail", args=["sz-sti-14", row.pk])
    claim = said_by(client, page)
    assert (claim["@type"], claim["name"]) == ("Claim", row.fact)
    assert (claim["appearance"]["url"], claim["appearance"]["datePublished"]) == (row.source.url, row.published)
    about = said_by(client, row.item.path("sz-sti-14"))
    assert claim["about"]["@id"] in (about["@id"], about["@id"].replace("#dataset", "#commitment"))


def test_a_title_ends_no_block(db, client):
    plan = make_plan()
    make_item(plan, "P-1")
    Item.objects.filter(plan=plan).update(title='</script><b>&"')
    Plan.objects.filter(pk=plan.pk).update(title="</script><i>")

    assert said_by(client, "/test-plan/items/P-1/")["name"] == '</script><b>&"'
    assert said_by(client, "/test-plan/")["name"] == "</script><i>"
    assert "</script><i>" in {one["name"] for one in said_by(client, "/plans/")["dataset"]}


def test_a_draft_says_nothing(db, client):
    plan = make_plan()
    item = make_item(plan, "P-1")
    row = PublicEvidence.objects.create(
        item=item, source=Source.objects.create(title="新闻"), says="started", fact="开工"
    )
    client.force_login(make_person("ana", "analyst"))
    text = client.get(reverse("evidence:detail", args=["test-plan", row.pk])).content.decode()
    assert "开工" in text
    assert not BLOCK.search(text)


def test_a_menu_of_plans_has_an_end(db, client, django_assert_max_num_queries):
    """At 3,000 plans it was most of every page, and every page read them all."""
    for number in range(MOST_OTHERS + 5):
        make_plan(f"plan-{number:02}")
    plan = get_plan("plan-24")
    text = client.get("/plan-24/text/").content.decode()

    assert (plan.slug, len(plan.others)) == ("plan-24", MOST_OTHERS)
    assert plan not in plan.others
    menu = text.partition('<details class="kinds plans"')[2].partition("</details>")[0]
    assert menu.count("<a ") == MOST_OTHERS + 1
    assert "/plans/" in menu
    with django_assert_max_num_queries(1):
        get_plan("plan-00")
    with pytest.raises(Http404):
        get_plan("plan-99")
