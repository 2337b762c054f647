"""evidence.csv: every row checked, doubtful ones drafts, what people took in hand left alone."""

import csv
import shutil
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from evidence.days import as_printed, read_rough
from evidence.loading import COLUMNS
from evidence.models import PHRASE_LENGTH, PublicEvidence
from evidence.services import change_evidence
from plan.models import Plan
from plan.queries import get_plan
from tests.conftest import FOLDER
from tests.factories import make_person


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "sz-sti-14"
    shutil.copytree(FOLDER, copy)
    return copy


def rewrite(folder, change):
    path = folder / "evidence.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = change(rows) or rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def load(folder):
    call_command("load_plan", str(folder), verbosity=0)


def test_the_real_file_has_facts_in_short_words_and_drafts_for_what_is_doubtful(plan):
    rows = PublicEvidence.objects.of(plan)

    assert rows.count() > 300
    assert not rows.approved().filter(published_on=None).exists()
    assert not rows.approved().filter(source__rank="").exists()
    assert rows.filter(source__rank="", state="draft").exists()
    assert max(len(row.phrase) for row in rows) <= PHRASE_LENGTH
    assert not [row.fact for row in rows if len(row.fact) > 60]


def test_as_of_the_end_of_2023_the_academy_is_founded_and_the_museum_under_construction(plan):
    day = date(2023, 12, 31)
    academy = PublicEvidence.objects.of(plan).filter(item__code="S-2.5-07").known_on(day).newest_last().last()
    museum = PublicEvidence.objects.of(plan).filter(item__code="A-08.3-04").known_on(day).newest_last().last()

    assert (academy.says, academy.took_place) == ("founded", "2023-11-21")
    assert museum.says == "started"


def test_the_same_file_twice_writes_nothing(plan):
    version, rows = plan.figures_version, list(PublicEvidence.objects.values())
    load(FOLDER)

    assert Plan.objects.get(pk=plan.pk).figures_version == version
    assert list(PublicEvidence.objects.values()) == rows


def test_a_corrected_row_is_written_and_a_row_that_is_gone_goes(plan, folder):
    def change(rows):
        rows[0]["fact"] = "改正后的事实"
        return rows[:-3] + rows[-1:]

    number = PublicEvidence.objects.count()
    rewrite(folder, change)
    load(folder)

    assert PublicEvidence.objects.get(key="E001").fact == "改正后的事实"
    assert PublicEvidence.objects.count() == number - 2


def test_what_a_person_took_in_hand_outlives_the_file(plan, folder, capsys):
    draft = PublicEvidence.objects.filter(state="draft").first()
    change_evidence(draft, edition=draft.edition, by=make_person("analyst", "analyst"), fact="人写的事实")

    def change(rows):
        for row in rows:
            if row["key"] == draft.key:
                row["fact"] = "文件的事实"

    rewrite(folder, change)
    load(folder)
    assert PublicEvidence.objects.get(key=draft.key).fact == "人写的事实"
    assert draft.key in capsys.readouterr().out

    rewrite(folder, lambda rows: [row for row in rows if row["key"] != draft.key])
    load(folder)
    assert PublicEvidence.objects.get(key=draft.key).fact == "人写的事实"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("item", "P-9.9", "没有条目"),
        ("says", "done", "says"),
        ("rank", "sure", "rank"),
        ("rank", "", "只能是草稿"),
        ("state", "submitted", "state"),
        ("published_on", "2025-13", "published_on"),
        ("published_on", "2999", "晚于今天"),
        ("published_on", "", "只能是草稿"),
        ("took_place_on", "2026-12-31", "took_place_on"),
        ("number", "many", "number"),
        ("phrase", "字" * 21, "phrase"),
        ("fact", "", "fact"),
        ("contradicts", "E001", "contradicts"),
        ("key", "E002", "编号重复"),
        ("title", "标题\x00", "title"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_nothing_is_written(plan, folder, name, value, said):
    def change(rows):
        rows[0][name] = value

    rewrite(folder, change)
    before = list(PublicEvidence.objects.values())
    with pytest.raises(CommandError) as refused:
        load(folder)

    assert said in str(refused.value)
    assert "evidence.csv: 第" in str(refused.value)
    assert list(PublicEvidence.objects.values()) == before


def test_a_plan_without_the_file_loads(plan, folder):
    (folder / "evidence.csv").unlink()
    load(folder)
    assert PublicEvidence.objects.of(get_plan("sz-sti-14")).count() > 300


@pytest.mark.parametrize("text", ["2025-05-01", "2025-05", "2025"])
def test_a_day_is_said_as_far_as_it_is_printed(text):
    found = read_rough(text)
    assert as_printed(found.first, found.precision) == as_printed(found.last, found.precision) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("２０２５", "2025"),
        ("2025/5/1", "2025-05-01"),
        ("2025.5", "2025-05"),
        ("2025年5月1日", "2025-05-01"),
        ("2025 年 12 月 31 号", "2025-12-31"),
        ("2025年５月", "2025-05"),
        ("2025年", "2025"),
        ("20250501", "2025-05-01"),
    ],
)
def test_a_day_is_read_as_people_write_it(text, printed):
    found = read_rough(text)
    assert as_printed(found.first, found.precision) == printed


@pytest.mark.parametrize("text", ["", "2025-13", "2025-02-30", "25-01-01", "五月", "2025-5/1", "2025年5日"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):
        read_rough(text)
