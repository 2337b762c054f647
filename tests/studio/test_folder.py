"""What the studio holds leaves as the folder of a plan, and that folder is the plan again, to the last row."""

import tomllib
from dataclasses import asdict
from datetime import date

import pytest
from django.conf import settings

from indicators.services import load_indicators
from plan.fixtures import read_plan
from plan.models import Item, Plan
from plan.services import load_plan
from studio.folder import files_of, held_of, toml, write
from studio.held import DraftContent
from studio.proposing.rules import templates
from studio.published import rows_of

FOLDER = settings.BASE_DIR / "fixtures" / "sz-sti-14"
KINDS = [dict(kind) for kind in templates()["five-year-plan"].kinds]


LINK = {"basis": "text", "note": ""}


def plain(rows) -> dict:
    """A plan's rows without what a folder may say in more than one way: the order of what has its own place."""
    table = asdict(rows)
    table["indicators"] = sorted(table["indicators"], key=lambda row: row["code"])
    table["items"] = sorted(table["items"], key=lambda row: row["code"])
    table["links"] = sorted(
        (
            {"basis": "text", "note": ""} | {name: str(row[name]) for name in row if name != "section"}
            for row in table["links"]
        ),
        key=lambda row: (row["source"], row["target"], row["kind"], row["quote"]),
    )
    return table


@pytest.mark.parametrize(
    "value",
    [
        {"a": 'Anführung " und \\ Rückstrich', "b": "两行\n与\t制表", "c": True, "d": 3, "e": date(2026, 1, 1)},
        {"list": ["甲", "乙"], "target_path": {"2026": "5.6"}},
        {"item": [{"code": "A-1", "entry": [{"phrase": "x\x7f"}, {"phrase": "y"}]}, {"code": "A-2", "entry": []}]},
        {"sections": {"1.1": "One", "专栏3": "Box"}, "renames": {}},
    ],
)
def test_toml_that_is_written_is_read_as_it_was(value):
    kept = tomllib.loads(toml(value))
    assert {name: part for name, part in value.items() if part != {}} == kept


def test_a_folder_becomes_a_draft_and_the_same_folder_again(tmp_path):
    rows = read_plan(FOLDER)
    held = held_of(rows, KINDS)
    again = read_plan(write(files_of(DraftContent.of_json(held.as_json())), tmp_path / "plan"))
    before, after = plain(rows), plain(again)
    for name in before:
        assert after[name] == before[name], name


@pytest.mark.django_db
def test_what_is_published_leaves_as_a_folder_that_changes_nothing(tmp_path):
    loaded = load_plan(FOLDER)
    load_indicators(loaded)
    held = held_of(rows_of(Plan.objects.get()), KINDS)
    again = load_plan(write(files_of(held), tmp_path / "sz-sti-14"))
    assert (again.written, again.changes.changed) == (0, {})
    assert load_indicators(again) == 0
    assert Item.objects.count() == len(loaded.rows.items)
