"""Feeds of a commitment, of a kind and of what a unit leads."""

from xml.etree import ElementTree

import pytest

from accounts.models import Organisation

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/"


def entries(client, query):
    tree = ElementTree.fromstring(client.get(f"{ROOT}changes.rss?{query}").content)
    return tree.findtext(".//title"), [row.findtext("link") for row in tree.iter("item")]


def test_a_feed_of_one_commitment_or_kind_has_nothing_else(plan, client):
    title, links = entries(client, "item=I-01")
    assert title.startswith(f"{plan.title}，全社会研发投入")
    assert {link.split("/")[-2] for link in links} == {"I-01"}
    assert len(links) > 3

    title, links = entries(client, "kind=indicator")
    assert "指标" in title
    assert {link.split("/")[-2][:2] for link in links} <= {"I-", "T-"}


def test_a_feed_of_what_a_unit_leads(plan, client):
    unit = Organisation.objects.create(code="o1", name="市统计局")
    plan.items.filter(code="I-02").update(lead=unit)
    plan.save()

    title, links = entries(client, "unit=o1")

    assert title.startswith(f"{plan.title}，市统计局")
    assert {link.split("/")[-2] for link in links} == {"I-02"}


@pytest.mark.parametrize("query", ["item=X-9", "unit=none", "kind=none"])
def test_a_code_there_is_none_of_is_refused(plan, client, query):
    assert client.get(f"{ROOT}changes.rss?{query}").status_code == 400


def test_the_pages_name_their_feeds(plan, client):
    assert "changes.rss?item=I-01" in client.get(f"{ROOT}items/I-01/history/").content.decode()
    Organisation.objects.create(code="o1", name="市统计局")
    assert "changes.atom?unit=o1" in client.get(f"{ROOT}units/o1/").content.decode()
