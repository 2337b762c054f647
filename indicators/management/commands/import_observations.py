import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indicators.files.faults import BrokenFile
from indicators.files.importing import tell
from indicators.models import Observation
from indicators.services import import_observations
from jobs.services import enqueue
from plan.commands import plan_named
from plan.params import today
from tables.encodings import CHOICES

DEFAULTS = {"source": "source_title", "url": "source_url", "released_on": "released_on", "status": "value_status"}
GOOD = ("new", "same", "changed", "passed")
# Of what is passed over; with --json all of it is told.
PASSED_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Import published figures from a table (CSV, XLSX, XLS, XLSB, ODS, HTML; long or wide), all or nothing; "
        "the same file again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True, help="slug of the plan, for example sz-sti-14")
        parser.add_argument("--source", default="", help="title of the source, where the file names none")
        parser.add_argument("--url", default="", help="address of the source, where the file names none")
        parser.add_argument("--released-on", default="", help="day of publication, where the file names none")
        parser.add_argument(
            "--status",
            default="",
            choices=["", *Observation.ValueStatus.values],
            help="kind of figure, where the file names none",
        )
        parser.add_argument(
            "--name",
            action="append",
            default=[],
            metavar="NAME=CODE",
            help="what the file calls a component; NAME= says that the plan has none",
        )
        parser.add_argument("--sheet", default="", help="the worksheet to read; default: the first with headings")
        parser.add_argument("--encoding", default="", choices=["", *CHOICES], help="where the file leaves it open")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, store nothing")
        parser.add_argument("--json", action="store_true", help="with --dry-run: one JSON object with every row")

    def handle(self, file, plan, dry_run, **options):
        found = plan_named(plan)
        if options["json"] and not dry_run:
            raise CommandError("--json 只与 --dry-run 合用 / only with --dry-run")
        said = {
            "defaults": {column: options[name] for name, column in DEFAULTS.items()},
            "names": dict(_name(text) for text in options["name"]),
            "encoding": options["encoding"],
            "sheet": options["sheet"],
            "file_name": file.name,
        }
        try:
            with file.open("rb") as stream, transaction.atomic():
                if options["json"]:
                    self._tell(found, stream, said)
                    return
                result = import_observations(found, stream, today=today(), dry_run=dry_run, **said)
                if result.new and not dry_run:
                    enqueue("indicators.recompute", {"plan": plan, "cause": f"导入 {file.name}"})
        except OSError as error:
            raise CommandError(f"无法读取 / cannot read {file}: {error.strerror}") from error
        except BrokenFile as error:
            raise CommandError(f"什么也没有写入 / nothing was stored:\n{error}") from error
        verb = "将新增 / would add" if dry_run else "新增 / added"
        for fault in result.passed[:PASSED_SHOWN]:
            self.stdout.write(f"略过 / passed over: {fault}")
        if len(result.passed) > PASSED_SHOWN:
            self.stdout.write("……（--json 列出全部 / lists them all）")
        self.stdout.write(
            f"{verb} {result.new}，相同 / unchanged {result.same}，略过 / passed over {len(result.passed)}，"
            f"SHA-256 {result.sha256}"
        )

    def _tell(self, plan, stream, said) -> None:
        """Row by row, so that a large file needs no more memory than a small one."""
        counts: dict[str, int] = {}
        self.stdout.write('{"rows": [', ending="")
        for number, row in enumerate(tell(plan, stream, today=today(), **said)):
            counts[row.state] = counts.get(row.state, 0) + 1
            self.stdout.write(f"{',' if number else ''}\n{json.dumps(asdict(row), ensure_ascii=False)}", ending="")
        self.stdout.write(f'],\n"counts": {json.dumps(counts)}}}')
        if any(state not in GOOD for state in counts):
            raise SystemExit(1)


def _name(text: str) -> tuple[str, str]:
    name, sign, code = text.partition("=")
    if not sign or not name.strip():
        raise CommandError(f"--name {text}: NAME=CODE")
    return name.strip(), code.strip()
