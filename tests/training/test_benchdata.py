import csv
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from indicators.models import Component, Observation, Target, Verdict, VerdictChange
from indicators.queries import read_overview
from indicators.verdicts.stored import recompute_all
from plan.models import Item, Plan, Source
from training.benchdata import in_order, item_code

INDICATORS = [
    ("1", "1", "P001-I001", "研发投入强度", "%", "1", "ge", "2015", "2025", "161.051", ""),
    ("2", "1", "P001-I002", "企业数量", "家", "1", "gt", "2015", "2025", "200.0", ""),
    ("3", "2", "P002-I001", "投入占比", "%", "1", "range", "2015", "2025", "150.0", "165.0"),
    ("4", "2", "P002-I002", "能耗", "吨", "-1", "le", "2015", "2025", "60.0", ""),
]
# Code, year, revision, value, day: the later revision of 2024 is dated before the earlier one.
FIGURES = [
    *((code, "2015", "1", "100.0", "2016-03-01") for _, _, code, *_ in INDICATORS),
    ("P001-I001", "2015", "2", "100.0", "2016-02-01"),
    ("P001-I001", "2024", "1", "300.0", "2025-09-09"),
    ("P001-I001", "2024", "2", "150.0", "2025-03-03"),
    ("P001-I002", "2024", "1", "200.0", "2025-03-03"),
    ("P002-I001", "2024", "1", "170.0", "2025-03-03"),
    ("P002-I002", "2024", "1", "95.5", "2025-03-03"),
]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "plan.csv", ("id", "code", "name"), [("1", "P001", "甲规划"), ("2", "P002", "乙规划")])
    names = "id plan_id code name unit direction comparator base_year target_year target target_high"
    write(tmp_path / "indicator.csv", names.split(), INDICATORS)
    names = "id plan_code plan_name indicator_code indicator_name unit year revision value status source"
    names += " published_on note"
    rows = [
        (number, code[:4], "", code, "", "", year, revision, value, "", "统计局", day, '含"引号"\\N\t制表')
        for number, (code, year, revision, value, day) in enumerate(sorted(FIGURES), 1)
    ]
    write(tmp_path / "nation.csv", names.split(), rows)
    return tmp_path


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def empty(db):
    """A database without any plan."""
    VerdictChange.objects.all().delete()
    Item.objects.all().delete()
    Plan.objects.all().delete()


def test_folder_is_loaded_judged_and_left_alone_the_second_time(empty, folder, capsys):
    call_command("bench_load", folder)
    call_command("bench_load", folder)

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "0"]
    assert [model.objects.count() for model in (Plan, Item, Component, Target)] == [2, 4, 4, 4]
    assert Observation.objects.count() == len(FIGURES)
    results = {result.plan: result for result in recompute_all(as_of=date(2026, 1, 1), cause="test")}
    assert results["P001"].growth == {"moderate": 1, "significant": 1}
    assert results["P002"].growth == {"achieved": 1, "insufficient": 1}
    found = read_overview(Plan.objects.get(slug="P001"), date(2026, 1, 1)).by_code
    assert list(found) == ["I-001", "I-002"]
    assert (found["I-001"].first.latest.value, found["I-001"].first.latest.note) == (150, '含"引号"\\N\t制表')


@pytest.mark.breadth
def test_new_rows_find_their_keys_after_a_load(empty, folder):
    call_command("bench_load", folder)
    last = Observation.objects.order_by("pk").last()

    last.pk, last.source = None, Source.objects.create(title="another")
    last.save(force_insert=True)

    assert Observation.objects.count() == len(FIGURES) + 1


def test_verdicts_can_be_forgotten(empty, folder):
    call_command("bench_load", folder)
    list(recompute_all(as_of=date(2026, 1, 1), cause="test"))
    # A commit lies between the two outside of a test; tables with checks pending cannot be emptied.
    connection.check_constraints()

    call_command("bench_load", folder, "--forget")

    assert (Verdict.objects.count(), VerdictChange.objects.count()) == (0, 0)
    assert set(Item.objects.values_list("status", "progress", "status_as_of")) == {("not_reported", None, None)}


def test_database_with_other_plans_is_refused(plan, folder):
    with pytest.raises(CommandError, match="holds other plans: sz-sti-14"):
        call_command("bench_load", folder)

    assert not Plan.objects.filter(slug="P001").exists()


def test_another_set_is_refused(empty, folder):
    call_command("bench_load", folder)
    (folder / "plan.csv").write_text("id,code,name\n1,P001,丙规划\n", encoding="utf-8")

    with pytest.raises(CommandError, match="another set"):
        call_command("bench_load", folder)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [("indicator.csv", None, "missing indicator.csv"), ("indicator.csv", "id\n1\n", "KeyError: 'code'")],
)
def test_broken_folder_is_refused_and_nothing_written(empty, folder, name, text, message):
    (folder / name).unlink() if text is None else (folder / name).write_text(text)

    with pytest.raises(CommandError, match=message):
        call_command("bench_load", folder)

    assert not Plan.objects.exists()


def test_a_later_revision_is_never_out_before_an_earlier_one():
    rows = [{"published_on": day} for day in ("2020-05-05", "2020-01-01", "2020-05-06", "2021-01-01")]

    assert [str(day) for _, day in in_order(rows)] == ["2020-05-05", "2020-05-06", "2020-05-07", "2021-01-01"]


def test_codes_are_written_as_pages_write_them():
    assert [item_code("P001-I007", "P001"), item_code("X.1", "P001")] == ["I-007", "X.1"]
