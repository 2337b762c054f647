"""What the studio holds leaves as the folder of a plan, and that folder is the plan again, to the last row."""

import tomllib
from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils.functional import Promise

from indicators.services import load_indicators
from plan.digests import digest_of, said
from plan.fixtures import read_plan
from plan.kind_files import as_tables, declared_kinds
from plan.kinds import STANDARD, kind_table
from plan.models import Item, Plan
from plan.services import load_plan
from studio.folder import files_of, held_of, standard_kinds, toml, write
from studio.held import DraftContent, HeldItem, accept
from studio.published import rows_of

FOLDER = settings.BASE_DIR / "fixtures" / "sz-sti-14"


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


@pytest.mark.breadth
def test_a_folder_becomes_a_draft_and_the_same_folder_again(tmp_path):
    rows = read_plan(FOLDER)
    held = held_of(rows)
    again = read_plan(write(files_of(DraftContent.of_json(held.as_json())), tmp_path / "plan"))
    assert said(again) == said(rows)
    assert digest_of(again) == digest_of(rows)


@pytest.mark.breadth
@pytest.mark.django_db
def test_what_is_published_leaves_as_a_folder_that_changes_nothing(tmp_path):
    loaded = load_plan(FOLDER)
    load_indicators(loaded)
    taken = rows_of(Plan.objects.get())
    assert said(taken) == said(loaded.rows)
    again = load_plan(write(files_of(held_of(taken)), tmp_path / "sz-sti-14"))
    assert (again.written, again.changes.changed) == (0, {})
    assert load_indicators(again) == 0
    assert Item.objects.count() == len(loaded.rows.items)
    assert digest_of(again.rows) == digest_of(taken)


def with_own_kinds() -> DraftContent:
    """A draft whose kinds were renamed, with one kind below itself, words over two paragraphs and a weight."""
    text = "# 一、任务\n\n## （一）科学城\n\n建设科学城：\n\n一是集聚资源；\n\n二是开放共享。\n\n推进基础研究。"
    kinds = [
        {"key": "field", "name": "领域", "name_en": "Field", "prefix": "L"},
        {"key": "task", "name": "任务", "plural_en": "Tasks", "parents": ["field", "task"], "due": False},
    ]
    held = DraftContent(
        frame={
            "slug": "own-kinds", "title": "规划", "starts_on": "2026-01-01", "ends_on": "2030-12-31",
            "published_on": "2026-02-01", "source": {"title": "规划", "publisher": "", "url": ""},
        },
        text=text, kinds=kinds,
    )  # fmt: skip
    rows = [
        HeldItem("field", "科学城", "建设科学城：\n一是集聚资源；\n二是开放共享。", (2, 0, 6), last=(4, 7)),
        HeldItem("task", "集聚资源", "集聚资源", (3, 2, 6), parent="1", weight="2.5"),
        HeldItem("task", "基础研究", "推进基础研究", (5, 0, 6), parent="2"),
    ]
    return accept(held, rows)[0]


@pytest.mark.django_db
def test_a_draft_s_folder_loads_to_the_plan_that_it_is(tmp_path):
    held = with_own_kinds()
    loaded = load_plan(write(files_of(held), tmp_path / "own-kinds"))
    plan = loaded.plan
    assert [(kind.label, kind.traits.parents) for kind in plan.kinds.values()][1:] == [
        ("领域", ()), ("任务", ("field", "task")),
    ]  # fmt: skip
    item = plan.items.get(code="L-1")
    assert (item.quote, item.last_paragraph.text) == (held.items["1"].quote, "二是开放共享。")
    assert plan.items.get(title="集聚资源").weight == Decimal("2.5")
    taken = rows_of(plan)
    assert digest_of(taken) == digest_of(loaded.rows)
    again = files_of(held_of(taken))
    assert digest_of(load_plan(write(again, tmp_path / "again")).rows) == digest_of(taken)
    assert load_plan(tmp_path / "again").written == 0


def test_the_kinds_of_a_five_year_plan_are_the_standard_ones():
    """So that a draft with them unchanged needs no kinds.toml."""
    declared, faults = declared_kinds(standard_kinds())
    assert faults == []
    of_words = ("name_en", "plural", "plural_en", "short_en", "prefix")
    for key, traits in kind_table(declared).items():
        told, usual = asdict(traits.traits), asdict(STANDARD[key])
        plain = {name: str(value) if isinstance(value, Promise) else value for name, value in usual.items()}
        assert {name: value for name, value in told.items() if name not in of_words} == {
            name: value for name, value in plain.items() if name not in of_words
        }, key
    assert list(kind_table(declared)) == list(STANDARD)


def test_kinds_a_plan_keeps_are_written_as_they_were_said():
    declared, _faults = declared_kinds(with_own_kinds().kinds)
    assert declared_kinds(as_tables(declared)) == (declared, [])


def test_a_prefix_that_codes_in_use_do_not_have_is_no_rule(tmp_path):
    """T-01 of the first plan is an indicator: whoever renames a kind must be able to publish it."""
    held = held_of(read_plan(FOLDER))
    held.kinds = [kind | {"name": "战略载体"} if kind["key"] == "platform" else kind for kind in held.kinds]
    rows = read_plan(write(files_of(held), tmp_path / "plan"))
    assert next(kind["name"] for kind in rows.kinds if kind["key"] == "platform") == "战略载体"
