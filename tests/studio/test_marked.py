"""Proposals beside what a person marked in other texts than the first plan's: the floors of docs/studio.md."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from studio.proposing.measuring import Stretch, UnknownMark, measure, read_marks
from studio.proposing.proposals import propose
from studio.proposing.rules import templates
from studio.reading.document import read_text

HERE = Path(__file__).parent / "marked"
SECOND = Path(os.environ.get("SECOND_PLAN", settings.BASE_DIR.parent / "shared" / "plan15")) / "text.txt"
TEXTS = {
    name: HERE / f"{name}.txt" for name in ("county", "health", "transport", "water", "learning", "coast")
} | {"second-plan": SECOND}
# By text and kind the least recall and precision.
FLOORS = {
    "county": {"indicator": (1, 1), "point": (0.9, 0.95), "project": (0.9, 0.9), "goal": (1, 1)},
    "health": {"indicator": (1, 1), "point": (0.95, 0.9), "project": (0.75, 0.85), "goal": (1, 1)},
    "transport": {"indicator": (1, 1), "point": (0.95, 0.95), "project": (0.95, 0.95), "goal": (1, 1)},
    "water": {"indicator": (1, 1), "point": (0.95, 0.95), "project": (0.95, 0.95), "goal": (1, 1)},
    "learning": {"indicator": (1, 1), "point": (0.95, 0.95), "project": (0.9, 0.95), "goal": (1, 1)},
    "coast": {"indicator": (1, 1), "point": (0.95, 0.95), "project": (0.95, 0.95), "goal": (1, 1)},
    "second-plan": {"indicator": (1, 1), "point": (0.92, 0.95), "project": (0.85, 0.75), "goal": (0.95, 0.95)},
}


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kinds in FLOORS.items() for kind in kinds])
def test_what_a_person_marked_is_found_and_little_in_vain(name, kind):
    if not TEXTS[name].exists():
        pytest.skip("the text is not at hand")
    document = read_text(TEXTS[name].read_text(encoding="utf-8"))
    lines = (HERE / f"{name}.marks").read_text(encoding="utf-8").splitlines()
    marks = read_marks(lines, [block.text for block in document.blocks])
    found = propose(document, templates()["five-year-plan"], 2030)
    made = [Stretch(one.kind, one.block, one.start, one.end, one.title) for one in found if one.same_as < 0]
    count = measure(marks, made)[kind]
    recall, precision = FLOORS[name][kind]
    assert count.recall >= recall, count.missed
    assert count.precision >= precision, count.vain


def test_marks_stand_in_the_order_of_the_text():
    blocks = ["建设甲平台，完善乙机制。", "建设丙平台。"]
    found = read_marks(["point 建设…平台", "", "project 甲平台", "point 建设丙…台"], blocks)
    assert [(one.block, one.start, one.end) for one in found] == [(0, 0, 5), (0, 2, 5), (1, 0, 5)]
    with pytest.raises(UnknownMark, match="乙机制"):
        read_marks(["point 建设丙…台", "point 完善乙机制"], blocks)
