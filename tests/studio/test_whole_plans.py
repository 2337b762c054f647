"""Everything that is proposed, accepted at once: the whole of a plan loads, with nothing left to judge."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from studio.checking import coverage, faults_of
from studio.choosing import adopted, items_of, proposals, waiting
from studio.held import DraftContent, accept
from studio.proposing.rules import templates
from studio.publishing import folder_faults
from studio.reading.document import read_text

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
