"""Statements on what is retired, on parts of a whole, and on the way back from approval."""

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from evidence.models import PublicEvidence
from evidence.queries import states_on
from evidence.services import EVIDENCE, enter_evidence, submit_evidence, withdraw_evidence
from plan.params import today
from plan.public import public_words, show_public
from plan.queries import get_plan
from plan.services import touch_plan
from tests.approving import approve_evidence
from tests.evidence.scene import fields, people, published

ROOT = "/sz-sti-14/evidence"


def retire(item):
    item.retired_on = today()
    item.retired_reason = "规划文件不再列出这一编码"
    item.save()
    return item


def exported(client, **asked):
    text = client.get(f"{ROOT}.csv", asked).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_retired_commitment_keeps_its_statements_on_its_own_page_and_in_no_list(plan, client):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.1-06")
    published(item, analyst, reviewer, fact="当时说的一件事")
    retire(item)

    client.force_login(analyst)
    page = client.get(item.path(plan.slug)).content.decode()
    assert "当时说的一件事" in page
    assert "录入公开信息" not in page
    assert "当时说的一件事" not in client.get(item.path(plan.slug), {"as_of": "2023-11-21"}).content.decode()
    assert "当时说的一件事" not in client.get(f"{ROOT}/").content.decode()
    assert not [row for row in exported(client) if row["item"] == item.code]
    assert item.code not in states_on(get_plan(plan.slug), today())
    with pytest.raises(ValidationError, match="已停用"):
        enter_evidence(by=analyst, **fields(item, fact="再一条"))


def test_what_it_contradicts_is_told_from_the_day_that_was_public(plan, client):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.1-06")
    late = published(item, analyst, reviewer, published_on=date(2025, 3, 1), says="unfinished", fact="其实仍在建")
    early = published(item, analyst, reviewer, contradicts=late)
    draft = enter_evidence(by=analyst, **fields(item, fact="还没有核定的说法"))
    upon = published(item, analyst, reviewer, fact="与草稿矛盾的", contradicts=draft)

    def told(row, **asked):
        (found,) = [one for one in exported(client, **asked) if one["id"] == str(row.pk)]
        api = client.get(f"/api/v1/sz-sti-14/evidence/?item={item.code}", asked).json()["results"]
        assert [one["contradicts"] for one in api if one["id"] == row.pk] == [
            int(found["contradicts"]) if found["contradicts"] else None
        ]
        return found["contradicts"], client.get(f"{ROOT}/{row.pk}/", asked).content.decode()

    number, page = told(early)
    assert (number, "其实仍在建" in page) == (str(late.pk), True)
    number, page = told(early, as_of="2024-01-01")
    assert (number, "其实仍在建" in page) == ("", False)
    number, page = told(upon)
    assert (number, "还没有核定的说法" in page) == ("", False)
    # And the one that is contradicted says so too.
    assert "与之矛盾" in told(late)[1]


def test_an_approval_taken_back_takes_the_statement_off_every_page(plan, client):
    analyst, reviewer = people()
    item = plan.items.get(code="P-1.1-06")
    row = published(item, analyst, reviewer, fact="说错了的一件事")
    assert "说错了的一件事" in client.get(item.path(plan.slug)).content.decode()

    row = EVIDENCE.undo(row, edition=row.edition, by=reviewer)

    assert row.state == "submitted"
    for url in (item.path(plan.slug), f"{ROOT}/", "/sz-sti-14/changes/?from=2020-01-01", f"{ROOT}.csv"):
        answer = client.get(url)
        text = answer.getvalue() if answer.streaming else answer.content
        assert "说错了的一件事" not in text.decode(), url
    row = withdraw_evidence(row, edition=row.edition, by=analyst)
    row = submit_evidence(row, edition=row.edition, by=analyst)
    assert approve_evidence(row, edition=row.edition, by=reviewer).state == "approved"


@pytest.mark.breadth
def test_statements_on_parts_add_up_on_the_whole_each_once(plan, client):
    analyst, reviewer = people()
    PublicEvidence.objects.filter(item__plan=plan).delete()
    whole = plan.items.get(code="P-1.1")
    parts = list(whole.children.order_by("order")[:3])
    things = {"project": "operating"}
    for part in parts:
        published(part, analyst, reviewer, says=things.get(part.kind, "unfinished"))
    # Two on one part are one commitment; one on the whole itself is another.
    published(parts[0], analyst, reviewer, says="listed", fact="又一条")
    published(whole, analyst, reviewer, says="started", fact="整体在建")
    plan = get_plan(plan.slug)
    items = list(plan.items.filter(pk__in=[whole.pk, *(part.pk for part in parts)]))
    show_public(plan, items, today())

    (top,) = [item for item in items if item.pk == whole.pk]
    assert sorted(state.code for state in top.public_below) == sorted([whole.code, *(part.code for part in parts)])
    there = sum(part.kind == "project" for part in parts)
    still = len(parts) - there + 1
    words = public_words([top])
    assert "4 项有公开信息" in words
    assert (f"{there} 项已建成" in words) == (there > 0)
    assert f"{still} 项在建" in words
    # Named with its parts beside it, nothing is counted twice.
    assert "4 项有公开信息" in public_words(items)
    # Its page counts its parts, shows its own beside them, and neither on a day before.
    page = client.get(whole.path(plan.slug)).content.decode()
    assert "0 项填报，3 项有公开信息" in page
    assert "整体在建" in page
    assert "项有公开信息" not in client.get(whole.path(plan.slug), {"as_of": "2023-11-21"}).content.decode()
    retire(parts[0])
    plan = get_plan(plan.slug)
    touch_plan(plan)
    top = get_plan(plan.slug).items.get(pk=whole.pk)
    show_public(get_plan(plan.slug), [top], today())
    assert "3 项有公开信息" in public_words([top])
