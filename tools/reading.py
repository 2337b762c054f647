"""How long tables of figures take to be read and judged row by row, beside programs that only open them.

100,000 figures one a row (CSV), and 5,000 rows across 40 years (XLSX): the product's dry run, the csv module,
pandas, python-calamine. Each runs in a process of its own, in alternating order; wall time, processor time and
the largest memory are medians. `python -m tools.reading [rounds]`, with DATA_DIR at an installation with a plan.
"""

import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LONG, ROWS, YEARS = 100_000, 5_000, 40
FIRST_YEAR = 1986
NAME = "技术合同成交额"


def write_long(path: Path) -> None:
    """One figure a row; of each year many releases, as an archive of a statistical office has them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编码", "年份", "数值", "数据性质", "公布日期", "来源"])
        for number in range(LONG):
            writer.writerow(
                ["I-05", 2000 + number % 25, 1000 + number / 100, "final", "2026-01-01", f"公报{number}"]
            )


def write_wide(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["指标", "单位", *(f"{FIRST_YEAR + number} 年" for number in range(YEARS))])
    for row in range(ROWS):
        name = NAME if row % 100 == 0 else f"别的指标{row}"
        sheet.append([name, "亿元", *(1000 + row + number / 10 for number in range(YEARS))])
    book.save(path)


def by_product(path: Path) -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
    import django

    django.setup()
    from indicators.files.importing import tell
    from plan.models import Plan
    from plan.params import today

    said = {"released_on": "2026-01-01", "source_title": "年鉴", "value_status": "final"}
    with path.open("rb") as file:
        return sum(1 for _row in tell(Plan.objects.earliest("pk"), file, today=today(), defaults=said))


def by_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(len(row) for row in csv.reader(file))


def by_pandas(path: Path) -> int:
    import pandas

    return int((pandas.read_csv(path) if path.suffix == ".csv" else pandas.read_excel(path)).size)


def by_calamine(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return sum(len(row) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


READERS = {"product": by_product, "csv": by_csv, "pandas": by_pandas, "calamine": by_calamine}
CONTESTS = {"long.csv": ("csv", "pandas", "product"), "wide.xlsx": ("calamine", "pandas", "product")}


def once(reader: str, path: Path) -> dict[str, float]:
    """One reading in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tools.reading", "--once", reader, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout.splitlines()[-1])


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("long.csv", write_long), ("wide.xlsx", write_wide)):
            write(Path(folder) / name)
        for name, readers in CONTESTS.items():
            found: dict[str, list[dict[str, float]]] = {reader: [] for reader in readers}
            for number in range(rounds):
                for reader in readers if number % 2 == 0 else reversed(readers):
                    found[reader].append(once(reader, Path(folder) / name))
            print(f"\n### {name}\n| reader | wall s | processor s | MB | cells or rows | ÷ {readers[0]} |")
            print("|---|---|---|---|---|---|")
            median = {
                reader: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
                for reader, rows in found.items()
            }
            for reader, row in median.items():
                ratio = row["wall"] / median[readers[0]]["wall"]
                print(
                    f"| {reader} | {row['wall']:.2f} | {row['cpu']:.2f} | {row['mb']:.0f} | {row['read']:.0f} "
                    f"| {ratio:.1f} |"
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        wall, cpu = time.perf_counter(), time.process_time()
        number = READERS[sys.argv[2]](Path(sys.argv[3]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "mb": peak, "read": number}
        print(json.dumps(spent))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 3)
