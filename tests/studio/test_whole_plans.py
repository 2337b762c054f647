"""Everything that is proposed, accepted at once: the whole of a plan loads, with nothing left to judge."""

import os
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from plan.digests import digest_of
from plan.services import load_plan
from studio import publishing, services
from studio.checking import coverage, faults_of
from studio.choosing import adopted, items_of, proposals, waiting
from studio.folder import write
from studio.held import DraftContent, accept
from studio.proposing.rules import templates
from studio.published import rows_of
from studio.publishing import folder_faults
from studio.reading.document import read_text
from tests.factories import make_person

SECOND = Path(os.environ.get("SECOND_PLAN", settings.BASE_DIR.parent / "shared" / "plan15")) / "text.txt"
TEMPLATE = "five-year-plan"
PLANS = {
    "first": (settings.BASE_DIR / "fixtures" / "sz-sti-14" / "source.txt", "2025-12-31"),
    "second": (SECOND, "2030-12-31"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANS)
def test_a_plan_whose_proposals_are_all_accepted_is_taken_by_the_loader(name):
    path, ends_on = PLANS[name]
    if not path.exists():
        pytest.skip("the second plan's text is not at hand")
    frame = {
        "slug": "whole", "title": "规划", "starts_on": "2020-01-01", "ends_on": ends_on,
        "published_on": "2020-01-01", "source": {"title": "规划"},
    }  # fmt: skip
    text = read_text(path.read_text(encoding="utf-8")).as_files()
    held = DraftContent(frame=frame, text=text, kinds=[dict(kind) for kind in templates()[TEMPLATE].kinds])
    found = proposals(held, TEMPLATE)
    held, keys = accept(held, items_of(held, found, range(len(found))))
    assert adopted(held, found) == {}
    assert len(keys) == len(found) > 300
    assert faults_of(held, TEMPLATE) == []
    assert waiting(held, TEMPLATE) == []
    assert coverage(held, TEMPLATE).per_cent == 100
    assert folder_faults(held) == []


@pytest.mark.breadth
@pytest.mark.slow
@pytest.mark.django_db
def test_the_next_plan_goes_from_its_text_to_its_pages_and_out_again_as_a_folder(tmp_path, client):
    """Text in, all accepted, published by a second person, every page, the folder: by the services pages call."""
    if not SECOND.exists():
        pytest.skip("the second plan's text is not at hand")
    maker, second = make_person("maker", "planner"), make_person("second", "planner")
    frame = {
        "title": "第二个规划", "starts_on": "2026-01-01", "ends_on": "2030-12-31", "published_on": "2026-03-01",
        "source": {"publisher": "", "title": "第二个规划", "url": ""},
    }  # fmt: skip
    draft = services.start(slug="second", template=TEMPLATE, frame=frame, by=maker)
    draft, lost = services.take_text(draft, SECOND.read_text(encoding="utf-8"), by=maker, edition=draft.edition)
    assert lost == []
    numbers = range(len(proposals(draft.held, TEMPLATE)))
    draft = services.accept(draft, numbers, by=maker, text_key=services.key_of(draft.held))
    publishing.submit(draft, reason="", by=maker)
    draft.refresh_from_db()
    made = publishing.publish(draft, edition=draft.edition, by=second)
    draft.refresh_from_db()
    places = "indicators/ items/ text/ status/ gaps/ changes/ matrix/ wall/ search/?q=科技 changes.rss"
    for page in ("", *places.split()):
        assert client.get(f"/second/{page}").status_code == 200, page
    # What left as a folder and is loaded again is the same plan, to the last row.
    folder = write(publishing.files(draft), tmp_path / "second")
    again = load_plan(folder)
    assert again.written == 0
    assert digest_of(again.rows) == digest_of(rows_of(made.plan)) == made.digest


MARKED = Path(__file__).parent / "marked"
# Texts of other plans, each with a template and what its kinds are called instead.
SITE = {
    "water": ("five-year-plan", {"project": ("重大工程", "Works"), "pillar": ("重点任务", "Key task")}),
    "learning": ("action-plan", {"measure": ("重点任务1", "Task 1")}),
    "coast": ("work-report", {}),
}
PLACES = """
indicators/ methods/ items/ text/ coverage/ status/ gaps/ changes/ matrix/ wall/ units/ brief/ search/?q=工程
evidence/ changes.rss changes.atom reports/ releases/ guide/ package.zip items.csv indicators.csv status.csv
"""


def renamed(held: DraftContent, names: dict[str, tuple[str, str]]) -> DraftContent:
    kinds = [
        kind | dict(zip(("name", "name_en"), names.get(kind["key"], ()), strict=False)) for kind in held.kinds
    ]
    return replace(held, kinds=kinds)


def with_units(held: DraftContent) -> DraftContent:
    held = deepcopy(held)
    for row in held.items.values():
        if row.numbers and not row.numbers["unit"]:
            row.numbers["unit"] = "无量纲"
    return held


@pytest.mark.breadth
@pytest.mark.slow
@pytest.mark.django_db
def test_three_plans_of_different_kinds_stand_side_by_side(tmp_path, client):
    maker, second = make_person("maker", "planner"), make_person("second", "planner")
    for slug, (template, names) in SITE.items():
        frame = {
            "title": f"规划 {slug}", "starts_on": "2026-01-01", "ends_on": "2030-12-31",
            "published_on": "2026-03-01", "source": {"publisher": "某市", "title": f"规划 {slug}", "url": ""},
        }  # fmt: skip
        draft = services.start(slug=slug, template=template, frame=frame, by=maker)
        draft = services.change(draft, partial(renamed, names=names), action="kinds", by=maker)
        text = (MARKED / f"{slug}.txt").read_text(encoding="utf-8")
        draft, _lost = services.take_text(draft, text, by=maker, edition=draft.edition)
        numbers = range(len(proposals(draft.held, template)))
        draft = services.accept(draft, numbers, by=maker, text_key=services.key_of(draft.held))
        # What is printed without a unit gets one from the planner: the check asks for it.
        draft = services.change(draft, with_units, action="edited", by=maker)
        assert [fault.words for fault in faults_of(draft.held, template) if fault.stops] == []
        publishing.submit(draft, reason="", by=maker)
        draft.refresh_from_db()
        made = publishing.publish(draft, edition=draft.edition, by=second)
        draft.refresh_from_db()
        again = load_plan(write(publishing.files(draft), tmp_path / slug))
        assert digest_of(again.rows) == digest_of(rows_of(made.plan)) == made.digest
    for slug in SITE:
        for page in ("", *PLACES.split()):
            assert client.get(f"/{slug}/{page}").status_code == 200, (slug, page)
    assert "重大工程" in client.get("/water/items/").content.decode()
    assert "重点任务1" in client.get("/learning/items/").content.decode()
    listed = client.get("/plans/").content.decode()
    assert all(f"/{slug}/" in listed for slug in SITE)
