"""Everything that is proposed, accepted at once: the whole of a plan loads, with nothing left to judge."""

import os
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
