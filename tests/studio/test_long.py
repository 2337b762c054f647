"""A long text is read by a job: pages say how far it is, and nothing is decided or handed in before it is done."""

import pytest

from jobs.models import Job
from jobs.services import run_job
from studio import choosing
from studio.choosing import waiting
from studio.models import PlanDraft
from tests.studio.test_pages import FORM, TEXT, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/studio/some-31/"


@pytest.fixture
def planner(monkeypatch):
    monkeypatch.setattr(choosing, "LONG", 100)
    monkeypatch.setattr(choosing, "_read", {})
    client = signed_in("maker")
    client.post("/studio/", FORM)
    client.post(f"{ROOT}text/", {"raw": TEXT, "edition": 1, "then": "text"})
    return client


def draft() -> PlanDraft:
    return PlanDraft.objects.get(slug="some-31")


def test_pages_say_how_far_the_reading_is_and_then_propose(planner):
    page = planner.get(f"{ROOT}commitments/").content.decode()
    assert "正在逐句生成建议：0%" in page
    assert "asked" not in page
    job = Job.objects.get(kind="studio.propose")
    Job.objects.update(progress=40)
    assert "正在逐句生成建议：40%" in planner.get(f"{ROOT}text/").content.decode()
    assert Job.objects.count() == 1
    assert run_job(job.pk)
    answer = planner.get(f"{ROOT}commitments/")
    assert "正在逐句生成建议" not in answer.content.decode()
    row = draft()
    assert len(waiting(row.held, row.template)) > 5
    number = next(one.number for one in waiting(row.held, row.template) if one.readings)
    planner.post(f"{ROOT}decide/", {"act": f"accept-{number}", "text_key": answer.context["text_key"]})
    item = draft().held.items["1"]
    assert item.numbers["component"][0]["target_value"] == "7"


def test_the_same_is_proposed_as_of_a_short_text(planner, monkeypatch):
    planner.get(f"{ROOT}commitments/")
    run_job(Job.objects.get().pk)
    planner.get(f"{ROOT}commitments/")
    row = draft()
    read = choosing.proposals(row.held, row.template)
    monkeypatch.setattr(choosing, "LONG", 10**9)
    assert read == choosing.proposals(row.held, row.template)


def test_nothing_is_decided_or_handed_in_before_it_is_done(planner):
    key = planner.get(f"{ROOT}commitments/").context["text_key"]
    told = planner.post(f"{ROOT}decide/", {"act": "accept-0", "text_key": key}, follow=True)
    assert "建议还在生成" in told.content.decode()
    told = planner.post(f"{ROOT}step/", {"action": "submit", "reason": ""}, follow=True)
    assert "完成后再提交" in told.content.decode()
    assert draft().is_open


def test_a_text_that_was_changed_meanwhile_is_read_anew(planner):
    planner.get(f"{ROOT}commitments/")
    first = Job.objects.get()
    changed = TEXT.replace("科学城", "大学城")
    planner.post(f"{ROOT}text/", {"raw": changed, "edition": draft().edition, "then": "text"})
    run_job(first.pk)
    first.refresh_from_db()
    assert first.result == {"proposals": None}
    planner.get(f"{ROOT}commitments/")
    second = Job.objects.exclude(pk=first.pk).get()
    run_job(second.pk)
    assert "大学城" in planner.get(f"{ROOT}commitments/?section=4").content.decode()


def test_a_reading_that_was_given_up_begins_again(planner):
    planner.get(f"{ROOT}commitments/")
    Job.objects.update(state=Job.State.DEAD)
    planner.get(f"{ROOT}commitments/")
    assert Job.objects.filter(state=Job.State.QUEUED).count() == 1
