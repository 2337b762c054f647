from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from plan.fixtures import BrokenFixtures, read_plan
from studio.loaded import document_of, stretches_of
from studio.proposing.measuring import FoundOfKind, Stretch, UnknownMark, measure, read_marks
from studio.proposing.proposals import propose
from studio.proposing.rules import templates
from studio.reading.document import PlanText, read_text


class Command(BaseCommand):
    help = "How many items of a plan the studio's proposals find, and how many are proposed in vain."

    def add_arguments(self, parser):
        parser.add_argument("plan", type=Path, help="its folder, for example fixtures/sz-sti-14, or its text")
        parser.add_argument("--marks", type=Path, help="of a text: the items that a person marked in it")
        parser.add_argument("--year", type=int, default=2030, help="of a text: the last of its period")
        parser.add_argument("--template", default="five-year-plan", choices=sorted(templates()))
        parser.add_argument("--show", default="", help="a kind whose missed items and vain proposals are listed")

    def handle(self, plan, *, marks, year, template, show, **options):
        document, items, year = _of_text(plan, marks, year) if marks else _of_folder(plan)
        found = propose(document, templates()[template], year)
        made = [Stretch(one.kind, one.block, one.start, one.end, one.title) for one in found if one.same_as < 0]
        counts = measure(items, made)
        self.stdout.write("| kind | items | found | recall | proposed | precision | touching an item |")
        self.stdout.write("|---|---:|---:|---:|---:|---:|---:|")
        for kind, count in sorted(counts.items()):
            self.stdout.write(_line(kind, count))
        if show:
            self._show(counts.get(show, FoundOfKind()), document)

    def _show(self, count, document):
        for word, rows in (("missed", count.missed), ("in vain", count.vain)):
            for row in rows:
                self.stdout.write(f"{word}: {document.blocks[row.block].text[row.start : row.end]}")


def _of_folder(folder: Path) -> tuple[PlanText, list[Stretch], int]:
    try:
        rows = read_plan(folder)
    except BrokenFixtures as error:
        raise CommandError(str(error)) from error
    ends_on = rows.meta["ends_on"]
    assert isinstance(ends_on, date)
    return document_of(rows), stretches_of(rows), ends_on.year


def _of_text(text: Path, marks: Path, year: int) -> tuple[PlanText, list[Stretch], int]:
    try:
        document = read_text(text.read_text(encoding="utf-8"))
        lines = marks.read_text(encoding="utf-8").splitlines()
        return document, read_marks(lines, [block.text for block in document.blocks]), year
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from error
    except UnknownMark as error:
        raise CommandError(f"{marks}: “{error}” stands nowhere behind the mark before it") from error


def _line(kind: str, count: FoundOfKind) -> str:
    touching = _share(count.touching / count.proposed if count.proposed else None)
    return (
        f"| {kind} | {count.items} | {count.found} | {_share(count.recall)} | {count.proposed} "
        f"| {_share(count.precision)} | {touching} |"
    )


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
