"""The lists of one kind, narrowed by their address: state, who answers, words; files and numbers follow."""

import re

import pytest

from accounts.models import Organisation
from plan.models import Item

ROOT = "/sz-sti-14/"


@pytest.fixture
def led(plan):
    """P-1 led by one organisation, its first task by another and done."""
    own, other = (Organisation.objects.create(code=c, name=n) for c, n in (("sti", "科技局"), ("drc", "发改委")))
    Item.objects.filter(code="P-1").update(lead=own)
    Item.objects.filter(code="P-1.1").update(lead=other, status="done", status_as_of=plan.ends_on)
    return plan


def codes(client, query, page="platforms"):
    html = client.get(f"{ROOT}{page}/{query}").content.decode()
    return re.findall(r'<h[23]><a href="[^"]+"><span class="code">([^<]+)</span>', html)


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["P-1", "P-2", "P-3", "P-4"]),
        ("?state=done", ["P-1"]),
        ("?state=adjusted", []),
        ("?organisation=drc", ["P-1"]),
        ("?organisation=sti", ["P-1"]),
        ("?organisation=-", ["P-2", "P-3", "P-4"]),
        ("?organisation=sti&state=done", []),
        ("?organisation=drc&state=done", ["P-1"]),
        ("?q=西丽湖", ["P-4"]),
        ("?q=鹏城云脑", ["P-1"]),
        ("?q=nowhere", []),
    ],
)
def test_platforms_are_narrowed(led, client, query, found):
    assert codes(client, query) == found


def test_file_holds_what_the_list_shows(led, client):
    rows = client.get(f"{ROOT}platforms.json?state=done").json()["results"]

    assert [row["code"] for row in rows] == ["P-1", "P-1.1", "P-1.2", "P-1.3"]
    html = client.get(f"{ROOT}platforms/?state=done&as_of=2026-01-01").content.decode()
    assert f"{ROOT}platforms.json?state=done&amp;as_of=2026-01-01" in html


def test_choices_are_held_to_what_there_is(led, client):
    assert client.get(f"{ROOT}platforms/?organisation=nobody").status_code == 400
    assert client.get(f"{ROOT}platforms/?state=fine").status_code == 400
    html = client.get(f"{ROOT}platforms/?q=西丽湖").content.decode()
    assert '<span class="sub">1/4</span>' in html


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("actions", "A-01"),
        ("clusters", "C-02"),
        ("pillars", "S-1"),
        ("safeguards", "B-1"),
        ("industries", "G-4"),
    ],
)
def test_every_list_is_narrowed(plan, client, page, code):
    Item.objects.filter(parent__code=code).update(status="done")

    assert client.get(f"{ROOT}{page}.json?state=done").json()["results"][0]["code"] == code
    html = client.get(f"{ROOT}{page}/?state=done").content.decode()
    assert re.search(r'<span class="sub">1/\d+</span>', html)
    assert "没有符合条件的条目。" in client.get(f"{ROOT}{page}/?q=nowhere").content.decode()
