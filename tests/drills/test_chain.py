"""What the chain of the audit log costs writers who write at the same time, on PostgreSQL."""

import contextlib
import json
import statistics
import subprocess
import sys

import pytest
from django.conf import settings

from tests.drills.product import Production, number, record

pytestmark = [pytest.mark.services, pytest.mark.drills]

WRITERS = (1, 4, 8)
SWITCH = "ALTER TABLE audit_auditevent {} TRIGGER audit_seal"
# A commit that writes a row of the log and nothing else: all the line at commit could ever cost.
COLUMNS = "at, action, plan_slug, object_code, object_label, address, outcome, actor_name, digest"
ROW = f"""
INSERT INTO audit_auditevent ({COLUMNS}) SELECT {COLUMNS} FROM audit_auditevent ORDER BY id LIMIT 1;
"""
# Both ways in turn, so that whatever else the machine does meets both; pairs of runs for each number of writers.
PAIRS = 3


def together(product, count, seconds, run):
    """Milliseconds of every figure that so many processes entered at once."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.drills.writers", f"writer{place}", str(seconds)],
            cwd=settings.BASE_DIR, env=product.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for place in range(count)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write(f"{run}\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate(timeout=seconds + 60)[0]) for process in processes]
    assert all(process.returncode == 0 for process in processes)
    return [took for answer in answers for took in answer]


def told(runs, seconds):
    """Figures a second (the median of the runs), milliseconds in the middle and of the slowest twentieth."""
    every = sorted(took for run in runs for took in run)
    return {
        "a_second": round(statistics.median(len(run) for run in runs) / seconds, 1),
        "median_ms": round(statistics.median(every), 1),
        "p95_ms": round(every[len(every) * 95 // 100], 1),
    }


def bare(postgres, script, seconds):
    """Rows of the log a second, by so many connections, from pgbench: the median of the pairs."""
    script.write_text(ROW)
    found = {}
    for count in WRITERS:
        runs = {"chain": [], "without": []}
        for _ in range(PAIRS):
            for switch, row in zip(("ENABLE", "DISABLE"), runs.values(), strict=True):
                postgres.sql(SWITCH.format(switch))
                row.append(postgres.bench(script, count, seconds))
        found[count] = {name: round(statistics.median(row)) for name, row in runs.items()}
    return found


def test_writers_at_once(tmp_path):
    seconds, found, runs_made = number("DRILL_CHAIN_SECONDS", 10), {}, 0
    with contextlib.ExitStack() as stack:
        product = Production(tmp_path, stack)
        product.examine("prepare_writers", {"count": max(WRITERS)})
        for count in WRITERS:
            runs = {"ENABLE": [], "DISABLE": []}
            for _ in range(PAIRS):
                for switch, row in runs.items():
                    product.postgres.sql(SWITCH.format(switch))
                    row.append(together(product, count, seconds, runs_made))
                    runs_made += 1
            found[count] = {"chain": told(runs["ENABLE"], seconds), "without": told(runs["DISABLE"], seconds)}
        rows = bare(product.postgres, tmp_path / "row.sql", seconds)
        record("writers at once", seconds=seconds, pairs=PAIRS, writers=found, rows_a_second=rows)
    # Standing in line at commit costs, but nobody's write takes a multiple of what it took.
    for count, both in found.items():
        assert both["chain"]["a_second"] > both["without"]["a_second"] / 2, (count, both)
