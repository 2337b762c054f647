"""A program of the installation's own proposes too, and whatever it does, the studio goes on."""

import threading
from itertools import count

import pytest
from django.test import Client

from jobs.models import Job
from jobs.services import run_job
from studio import services
from studio.choosing import open_clauses, waiting
from studio.models import PlanDraft
from studio.proposing.proposals import propose
from studio.proposing.rules import templates

pytestmark = pytest.mark.django_db
ROOT = "/studio/some-30/commitments/"
NUMBER = "研发投入强度提升至7%"
forever = threading.Event()


def useful(paragraphs):
    at = next(one["paragraph"] for one in paragraphs if "开放共享机制" in one["text"])
    goal = next(one["paragraph"] for one in paragraphs if NUMBER in one["text"])
    return [
        {"kind": "project", "paragraph": at, "quote": "开放共享机制", "title": "共享机制"},
        {"kind": "indicator", "paragraph": goal, "quote": f"{NUMBER}，技术合同成交额超2000亿元"},
    ]


def careless(paragraphs):
    fine = useful(paragraphs)[0]
    yield fine
    yield fine | {"quote": "没有写过的话"}
    yield fine | {"kind": "wish"}
    yield fine | {"paragraph": 999}
    yield fine | {"paragraph": True}
    yield fine | {"quote": 7}
    yield fine | {"title": "两\n行"}
    yield "开放共享机制"
    yield fine
    # What the rules have already.
    yield fine | {"quote": "国家应用数学中心", "title": "国家应用数学中心"}


def broken(paragraphs):
    raise SystemExit("out of here")


def halfway(paragraphs):
    yield useful(paragraphs)[0]
    raise RuntimeError


def silent(paragraphs):
    forever.wait(30)
    return []


def endless(paragraphs):
    return ({"kind": "wish", "paragraph": number} for number in count())


def no_list(paragraphs):
    return None


@pytest.fixture
def look(draft, planner):
    client = Client()
    client.force_login(planner)
    return lambda: client.get(ROOT).content.decode()


def answered(settings, look, name: str) -> str:
    settings.STUDIO_PROPOSER = f"tests.studio.test_outside.{name}"
    asked = look()
    assert f"已请外接程序 tests.studio.test_outside.{name} 另提建议" in asked
    assert "来源：外接程序" not in asked
    run_job(Job.objects.get(kind="studio.ask").pk)
    return look()


def from_outside(draft) -> list[str]:
    more = services.outside_of(PlanDraft.objects.get(pk=draft.pk))
    return [one.title for one in more.proposals]


def test_it_is_off_unless_named(draft, look):
    assert services.outside_of(draft) is None
    assert "外接程序" not in look()
    assert not Job.objects.filter(kind="studio.ask").exists()


def test_what_it_proposes_is_marked_and_waits_for_a_person(settings, draft, planner, look):
    before = open_clauses(draft.held, draft.template)
    shown = answered(settings, look, "useful")
    assert "另提 2 条建议" in shown
    assert from_outside(draft) == ["共享机制", f"{NUMBER}，技术合同成交额超2000亿元"]
    row = PlanDraft.objects.get()
    assert row.held.items == {}
    more = services.outside_of(row)
    asked = waiting(row.held, row.template, more.proposals)
    own = [one for one in asked if one.proposal.rule == "outside"]
    assert [one.readings for one in own] == [(), ("不低于 7%",)]
    # The rules' numbers stay, and the check counts their clauses alone.
    rules = propose(row.held.document(), templates()[row.template], 2030)
    assert [one.number for one in own] == [len(rules), len(rules) + 1]
    assert open_clauses(row.held, row.template) == before
    row = services.accept(row, [own[0].number], by=planner, text_key=services.key_of(row.held))
    (item,) = row.held.items.values()
    assert (item.kind, item.title, item.quote) == ("project", "共享机制", "开放共享机制")
    told = row.steps.first().told
    assert told == "1 条来自外接程序 tests.studio.test_outside.useful、共享机制"
    assert from_outside(draft) == ["共享机制", f"{NUMBER}，技术合同成交额超2000亿元"]
    assert Job.objects.filter(kind="studio.ask").count() == 1


def test_what_does_not_stand_in_the_text_is_left_out_and_told(settings, draft, look):
    shown = answered(settings, look, "careless")
    assert from_outside(draft) == ["共享机制"]
    assert "第 2 条：引文不在这一段里；第 3 条：规划没有这一类别；第 4 条：没有这一段" in shown
    assert "另有 2 条不合要求" in shown


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("broken", "出错（SystemExit）"),
        ("halfway", "出错（RuntimeError）"),
        ("no_list", "出错（TypeError）"),
        ("nowhere", "无法载入（ImportError）"),
        ("NUMBER", "出错（TypeError）"),
    ],
)
def test_what_goes_wrong_in_it_is_told_and_the_rules_go_on(settings, draft, look, name, told):
    shown = answered(settings, look, name)
    assert told in shown
    assert from_outside(draft) == []
    assert "研发投入强度" in look()
    # It is not asked again for the same text.
    assert Job.objects.filter(kind="studio.ask").count() == 1


def test_nobody_waits_for_one_that_does_not_answer(settings, draft, look):
    settings.STUDIO_PROPOSER_SECONDS = 0
    try:
        assert "0 秒内没有应答" in answered(settings, look, "silent")
    finally:
        forever.set()


def test_one_without_an_end_is_cut_off(settings, draft, look):
    shown = answered(settings, look, "endless")
    assert "另有 1996 条不合要求" in shown


def test_a_text_changed_meanwhile_is_sent_anew(settings, draft, planner, look):
    settings.STUDIO_PROPOSER = "tests.studio.test_outside.useful"
    look()
    services.take_text(draft, draft.raw + "\n\n建设数学园。", by=planner, edition=draft.edition)
    first = Job.objects.get(kind="studio.ask")
    run_job(first.pk)
    assert Job.objects.get(pk=first.pk).result == {"proposals": None, "told": []}
    assert "已请外接程序" in look()
    run_job(Job.objects.exclude(pk=first.pk).get(kind="studio.ask").pk)
    assert "另提 2 条建议" in look()


def test_a_job_that_was_given_up_is_told(settings, draft, look):
    settings.STUDIO_PROPOSER = "tests.studio.test_outside.useful"
    look()
    Job.objects.update(state=Job.State.DEAD)
    assert "没有应答" in look()
