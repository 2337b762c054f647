"""Breaks the rules nobody may get wrong, one small change at a time, and counts what the tests notice.

Called by `make mutants`, at night: cosmic-ray changes a copy of the sources in the data folder, not the checkout,
and each change runs the tests of its group in a fresh process. `--sample N` takes N changes a group at random (the
same ones for the same `--seed`). Prints the score of each group and every change that no test noticed.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ("var", "node_modules", ".git", ".venv", "__pycache__", "staticfiles")
# Annotations are never run, and no rule here stands in a decorator.
PASSED = ("core/ReplaceBinaryOperator_BitOr_", "core/RemoveDecorator")
TIMEOUT = 300
# A table's own conditions are what its migrations made of them: a change there has to ask for a migration.
MIGRATIONS = "tests/test_architecture.py::test_migrations_are_complete"


@dataclass(frozen=True)
class Group:
    """Sources to change, and the tests that should notice."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = {
    "judging": Group(("judging",), ("tests/judging",)),
    "workflow": Group(
        ("plan/workflow.py",),
        (
            "tests/plan/test_lives.py",
            "tests/updates/test_services.py",
            "tests/assessments/test_notes.py",
            MIGRATIONS,
        ),
    ),
    "permissions": Group(("accounts/permissions.py",), ("tests/test_permissions.py", "tests/plan/test_lives.py")),
    "day": Group(
        ("indicators/known.py", "updates/models.py", "assessments/queries.py"),
        (
            "tests/indicators/test_known.py",
            "tests/assessments/test_notes.py",
            "tests/assessments/test_findings.py",
            "tests/assessments/test_pages.py",
            "tests/updates/test_timeline.py",
        ),
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", default=[], metavar="GROUP", help=f"of {', '.join(GROUPS)}; else all")
    parser.add_argument("--sample", type=int, default=0, help="so many changes of each group; 0 takes all")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := set(asked.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    folder = Path(os.environ.get("DATA_DIR", ROOT / "var")) / "mutants"
    for name in asked.groups or GROUPS:
        copy = _copy(folder / name)
        _run(copy, GROUPS[name], asked.sample, asked.seed)
        _report(copy, name)
    return 0


def _copy(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return place


def _run(copy: Path, group: Group, sample: int, seed: int) -> None:
    # The real plan is loaded by the few tests that ask for it, not before each change.
    environment = os.environ | {"DATA_DIR": str(copy / "var"), "TESTS_WITHOUT_PLAN": "1"}
    tests = f"{sys.executable} -m pytest -q -x -p no:cacheprovider {' '.join(group.tests)}"
    sources = ", ".join(f'"{path}"' for path in group.sources)
    (copy / "mutants.toml").write_text(
        f"[cosmic-ray]\nmodule-path = [{sources}]\ntimeout = {TIMEOUT}\nexcluded-modules = []\n"
        f'test-command = "{tests}"\n[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )

    def call(*command: str) -> None:
        subprocess.run(command, cwd=copy, env=environment, check=True)

    cosmic_ray = str(Path(sys.executable).with_name("cosmic-ray"))
    call(*tests.split())
    call(cosmic_ray, "init", "mutants.toml", "session.sqlite")
    _choose(copy / "session.sqlite", sample, seed)
    call(cosmic_ray, "exec", "mutants.toml", "session.sqlite")


def _choose(session: Path, sample: int, seed: int) -> None:
    with closing(sqlite3.connect(session)) as rows, rows:
        found = rows.execute("SELECT job_id, operator_name FROM mutation_specs ORDER BY job_id").fetchall()
        order = "SELECT job_id FROM mutation_specs ORDER BY module_path, operator_name, occurrence"
        passed = {job for job, operator in found if operator.startswith(PASSED)}
        jobs = [job for (job,) in rows.execute(order) if job not in passed]
        kept = set(random.Random(seed).sample(jobs, min(sample, len(jobs))) if sample else jobs)
        gone = [(job,) for job, _ in found if job not in kept]
        rows.executemany("DELETE FROM mutation_specs WHERE job_id = ?", gone)
        rows.executemany("DELETE FROM work_items WHERE job_id = ?", gone)
        print(f"{len(kept)} of {len(jobs)} changes", flush=True)


def _report(copy: Path, name: str) -> None:
    with closing(sqlite3.connect(copy / "session.sqlite")) as rows:
        outcomes = rows.execute(
            "SELECT module_path, start_pos_row, test_outcome, diff FROM mutation_specs"
            " JOIN work_results USING (job_id) ORDER BY module_path, start_pos_row"
        ).fetchall()
    alive = [row for row in outcomes if row[2] == "SURVIVED"]
    share = 100 * (len(outcomes) - len(alive)) / len(outcomes) if outcomes else 0
    print(f"{name}: {len(outcomes) - len(alive)} of {len(outcomes)} noticed, {share:.0f} %", flush=True)
    for path, line, _, diff in alive:
        print(f"  {path}:{line}")
        changed = [
            text for text in (diff or "").splitlines() if text[:1] in "+-" and text[:3] not in ("+++", "---")
        ]
        print("\n".join(f"    {text}" for text in changed), flush=True)


if __name__ == "__main__":
    sys.exit(main())
