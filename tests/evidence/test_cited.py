"""What evaluators and units do with published statements: cite one in a note, confirm one in a report."""

import pytest
from django.test import Client
from django.utils.dateparse import parse_date

from accounts.models import Organisation
from assessments.models import Note
from assessments.notes import begin_note
from evidence.models import PublicEvidence
from tests.assessments.scene import open_round
from tests.evidence.scene import published
from tests.factories import make_person

ROOT = "/sz-sti-14/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_an_evaluator_cites_one_by_one_click_and_it_stays_as_it_was(plan):
    evaluator, reviewer = make_person("eva", "evaluator"), make_person("rev", "reviewer")
    item = plan.items.get(code="P-1")
    late = published(item, make_person("ana", "analyst"), reviewer, published_on=parse_date("2026-10-01"))
    round = open_round(plan, by=reviewer, items=[item], evaluator=evaluator)
    note = begin_note(round=round, item=item, by=evaluator)
    client = Client()
    client.force_login(evaluator)
    address = f"{ROOT}assessments/notes/{note.pk}/edit/"
    page = client.get(address).content.decode()
    known = list(PublicEvidence.objects.filter(item=item).known_on(round.cut_off))
    assert known
    assert f'name="cite" value="{known[0].pk}"' in page
    assert f'name="cite" value="{late.pk}"' not in page

    for edition in (note.edition, note.edition + 1):
        client.post(address, {"edition": edition, "progress": "已开馆。", "cite": known[0].pk})
    kept = Note.objects.get(pk=note.pk).evidence.get()
    assert known[0].fact in kept.title
    assert known[0].source.publisher in kept.title
    assert kept.url == known[0].source.url


def test_a_unit_sees_what_is_public_and_starts_from_it(plan):
    unit = Organisation.objects.create(code="kx", name="市科协")
    item = plan.items.get(code="A-08.3-04")
    plan.items.filter(pk=item.pk).update(lead=unit)
    client = Client()
    client.force_login(make_person("rep", "reporter", organisation=unit))
    page = client.get(f"{ROOT}items/A-08.3-04/report/").content.decode()
    assert "公开信息说" in page
    assert "是否确认" in page
    form = client.get(f"{ROOT}items/A-08.3-04/report/?confirm=1").context["form"]
    assert form.initial["status"] == "done"
    assert "公布）" in form.initial["done"]


def test_statements_on_parts_are_offered_to_whoever_judges_or_reports_the_whole(plan):
    """P-1.1 itself was never spoken of; six of its facilities were."""
    evaluator, reviewer = make_person("eva", "evaluator"), make_person("rev", "reviewer")
    unit = Organisation.objects.create(code="kx", name="市科协")
    item = plan.items.get(code="P-1.1")
    plan.items.filter(pk=item.pk).update(lead=unit)
    part = published(plan.items.get(code="P-1.1-06"), make_person("ana", "analyst"), reviewer)
    round = open_round(plan, by=reviewer, items=[item], evaluator=evaluator, cut_off=parse_date("2025-12-31"))
    note = begin_note(round=round, item=item, by=evaluator)
    client = Client()
    client.force_login(evaluator)
    address = f"{ROOT}assessments/notes/{note.pk}/edit/"
    assert f'name="cite" value="{part.pk}"' in client.get(address).content.decode()
    client.post(address, {"edition": note.edition, "progress": "已成立。", "cite": part.pk})
    assert "P-1.1-06" in Note.objects.get(pk=note.pk).evidence.get().title

    client.force_login(make_person("rep", "reporter", organisation=unit))
    page = client.get(f"{ROOT}items/P-1.1/report/").content.decode()
    assert "所含各项的公开信息" in page
    assert part.fact in page
