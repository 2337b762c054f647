from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from plan.fixtures import BrokenFixtures, read_plan
from studio.loaded import document_of, stretches_of
from studio.proposing.measuring import FoundOfKind, Stretch, measure
from studio.proposing.proposals import propose
from studio.proposing.rules import templates


class Command(BaseCommand):
    help = "How many items of a plan's folder the studio's proposals find, and how many are proposed in vain."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="for example fixtures/sz-sti-14")
        parser.add_argument("--template", default="five-year-plan", choices=sorted(templates()))
        parser.add_argument("--show", default="", help="a kind whose missed items and vain proposals are listed")

    def handle(self, folder, *, template, show, **options):
        try:
            rows = read_plan(folder)
        except BrokenFixtures as error:
            raise CommandError(str(error)) from error
        document, ends_on = document_of(rows), rows.meta["ends_on"]
        assert isinstance(ends_on, date)
        found = propose(document, templates()[template], ends_on.year)
        made = [Stretch(one.kind, one.block, one.start, one.end, one.title) for one in found if one.same_as < 0]
        counts = measure(stretches_of(rows), made)
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


def _line(kind: str, count: FoundOfKind) -> str:
    touching = _share(count.touching / count.proposed if count.proposed else None)
    return (
        f"| {kind} | {count.items} | {count.found} | {_share(count.recall)} | {count.proposed} "
        f"| {_share(count.precision)} | {touching} |"
    )


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
