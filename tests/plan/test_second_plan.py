"""A second plan, with the kinds of target that the first one does not have, on every page and in every file."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from indicators.models import Component
from plan.models import Plan
from tests.breadth import more
from tests.factories import make_observation
from tests.plan import small

FOLDER = Path(os.environ.get("SECOND_PLAN", settings.BASE_DIR.parent / "shared" / "plan15"))
PLAN = small.PLAN.replace('slug = "small"', 'slug = "second"').replace('"2" = "Tasks"\n', "")
PLAN = (
    PLAN.replace("2021-01-01", "2026-01-01")
    .replace("2025-12-31", "2030-12-31")
    .replace("2021-03-01", "2026-05-26")
)
# Words of the plan, and what is to hold: accumulation, type, value, further lines.
PROMISES = {
    "I-01": ("全社会研发投入强度提升至7%", "%", "level", "point", "7", 'target_path = { "2028" = "6.9" }'),
    "I-02": ("年均增速力争保持在5%以上", "%", "mean", "point", "5", ""),
    "I-03": ("居民人均可支配收入超11万元", "万元", "level", "strict", "11", ""),
    "I-04": ("累计布局重大科技基础设施及大科学装置总数达12个", "个", "sum", "point", "12", ""),
    "I-05": ("加快建成自由电子激光", "项", "level", "done", "", ""),
    "I-06": ("保持工业合理比重", "%", "every_year", "point", "35", ""),
    "I-07": ("地区生产总值超过5万亿元", "万亿元", "annual_growth", "point", "5.2", ""),
}
BASES = {"I-01": ("2025", "6.9"), "I-07": ("2025", "3.87")}


def promise(code: str) -> str:
    words, unit, accumulation, kind, value, more = PROMISES[code]
    table = small.indicator(code, code, words[:10], words, unit, value or "0").replace("2025", "2030")
    table = table.replace('accumulation = "level"', f'accumulation = "{accumulation}"')
    table = table.replace('target_type = "point"', f'target_type = "{kind}"')
    if kind == "done":
        table = table.replace('target_value = "0"\n', "").replace('target_text = "0"', 'target_text = "建成"')
    if code in BASES:
        year, base = BASES[code]
        more += f'\n  baseline_year = {year}\n  baseline_value = "{base}"\n  baseline_quote = "{words}"'
        more += '\n  baseline_section = "1"\n  baseline_note = "2025年"'
    return f"{table}  {more}\n"


def folder_of(path: Path, text: str) -> Path:
    return small.write(
        path, indicators=[promise(code) for code in PROMISES], platforms=(), safeguards=(), figures=(), text=text,
        plan=PLAN,
    )  # fmt: skip


@pytest.fixture(params=["small", *more("printed")])
def second(request, db, tmp_path):
    """The plan by a text of its sentences alone, and by the chapters as printed where they are at hand."""
    text = "# 一、目标\n\n" + "".join(f"{words}。" for words, *_rest in PROMISES.values()) + "\n"
    if request.param == "printed":
        if not (FOLDER / "text.txt").exists():
            pytest.skip("the chapters of the second plan are not at hand")
        lines = (FOLDER / "text.txt").read_text(encoding="utf-8").splitlines()[1:]
        text = "# 一、目标\n\n" + "\n\n".join(line for line in lines if line and not line.startswith("第")) + "\n"
    call_command("load_plan", str(folder_of(tmp_path / "second", text)), verbosity=0)
    plan = Plan.objects.get(slug="second")
    values = {"I-01": "6.95", "I-02": "5.6", "I-04": "3", "I-05": "0", "I-06": "36", "I-07": "4.1"}
    for code, value in values.items():
        make_observation(
            Component.objects.get(code=code, indicator__plan=plan), 2026, value, released="2026-11-01"
        )
    make_observation(
        Component.objects.get(code="I-03", indicator__plan=plan), 2026, "9", released="2026-11-01",
        precision="lower_bound", exclusive=True, value_status="preliminary", published_text="超过9万元",
    )  # fmt: skip
    return plan


def test_every_page_and_file_knows_the_new_kinds(second, client):
    pages = ["", "indicators/", "indicators/?view=bullet", "methods/", "changes/", "status/", "text/"]
    pages += [f"indicators/{code}/" for code in PROMISES]
    files = [
        "indicators.csv?header=zh",
        "indicators.json",
        "wide.csv",
        "observations.csv?header=zh",
        "package.zip",
    ]
    files += ["package.zip", "reports/file/?dataset=progress&format=xlsx", "indicators/I-02.json"]

    for address in [*pages, *files]:
        answer = client.get(f"/second/{address}")
        assert answer.status_code == 200, address

    rows = {row["component"]: row for row in client.get("/second/indicators.json").json()["results"]}
    words = {
        code: (row["linear_status"], row["final_verdict"], row["linear_reason"]) for code, row in rows.items()
    }
    assert words == {
        "I-01": ("on_schedule", "pending", "path_at_baseline"),
        "I-02": ("ahead", "pending", None),
        "I-03": ("not_assessable", "pending", "bound_open"),
        "I-04": ("ahead", "pending", None),
        "I-05": ("not_assessable", "pending", "done_or_not"),
        "I-06": ("on_schedule", "pending", None),
        "I-07": ("ahead", "pending", None),
    }
