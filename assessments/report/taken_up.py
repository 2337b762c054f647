"""Which notes changed since a chapter was drafted, so that its text is behind them: new ones it does not say, and
some taken back that it still says. Nothing here changes a text: its author does, by hand or by drafting it anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Max
from django.utils.translation import override

from assessments.models import ChapterStep, Note, NoteStep, ReportChapter, Round
from assessments.queries import TURNS
from assessments.report.context import ReportContext
from assessments.report.drafting import cited
from assessments.report.facts import facts_of
from assessments.report.outline import drafter_of

DRAFTED = (ChapterStep.Action.CREATED, ChapterStep.Action.DRAFTED)
# What a chapter quotes of a note; its conclusion alone may be anybody's.
QUOTED = ("progress", "results", "causes")


@dataclass(frozen=True)
class NoteSince:
    """A note that a chapter is behind: published since and not in its text or, `is_gone`, taken back and still
    in it."""

    note: Note
    is_gone: bool


@dataclass(frozen=True)
class ChapterBehind:
    """A chapter with the notes that it is behind."""

    chapter: ReportChapter
    notes: list[NoteSince]


class NotesSince:
    """Asked of the chapters of one round; what they share is read once."""

    def __init__(self, round: Round):
        self.round = round
        self.context = ReportContext(round)

    def behind(self) -> list[ChapterBehind]:
        """The chapters of the report that are behind, in order; none of a published round."""
        if self.round.state == Round.State.PUBLISHED:
            return []
        rows = self.round.chapters.select_related("round__plan").filter(is_left_out=False)
        return [ChapterBehind(row, notes) for row in rows if (notes := self.of(row))]

    def of(self, chapter: ReportChapter) -> list[NoteSince]:
        """The notes that a chapter is behind, in the plan's order."""
        drafter = drafter_of(self.round.kind, chapter.key)
        # Where nobody has begun the report drafts it as it is made, and a published one stands as it is.
        is_live = not chapter.body and not chapter.is_begun
        since, body = self._drafted_at.get(chapter.pk), _flat(chapter.body)
        if since is None or not drafter or is_live or self.round.state == Round.State.PUBLISHED:
            return []
        with override("zh-hans"):
            texts = cited(self.context, drafter, self._facts)
        known = self.context.notes
        new = [note for pk, note in known.items() if pk in texts and note.published_at > since]
        gone = [step for step in self._standing(since) if step.note.item_id not in known]
        found = [NoteSince(note, is_gone=False) for note in new if not all(_lines(texts[note.item_id], body))]
        found += [NoteSince(step.note, is_gone=True) for step in gone if any(_lines(_quoted(step), body))]
        return sorted(found, key=lambda row: row.note.item.order)

    @cached_property
    def _facts(self) -> dict[str, str]:
        return facts_of(self.context)

    @cached_property
    def _drafted_at(self) -> dict[int, datetime]:
        """When the product last wrote the text of each chapter."""
        steps = ChapterStep.objects.filter(chapter__round=self.round, action__in=DRAFTED).order_by()
        return dict(steps.values_list("chapter").annotate(Max("at")))

    @cached_property
    def _turns(self) -> list[NoteStep]:
        steps = NoteStep.objects.filter(note__round=self.round, action__in=TURNS)
        return list(steps.select_related("note__item__plan").order_by("id"))

    def _standing(self, at: datetime) -> Iterable[NoteStep]:
        """The steps whose texts stood published at a moment."""
        last = {step.note_id: step for step in self._turns if step.at <= at}
        return [step for step in last.values() if step.action == NoteStep.Action.PUBLISHED]


def _quoted(step: NoteStep) -> list[str]:
    return [step.body.get(name, "") for name in QUOTED]


def _lines(texts: Iterable[str], body: str) -> Iterable[bool]:
    """Of each line of some texts, whether a chapter says it."""
    return (line in body for text in texts for line in _flat(text).splitlines() if line)


def _flat(text: str) -> str:
    """A text with the blanks that a chapter is kept with."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines())
