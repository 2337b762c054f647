"""The life of a chapter: drafted → under review → agreed, reopened with a reason; and how chapters are arranged.

Its author alone writes it, a second person agrees. Nothing in the report of a published round changes.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override

from accounts.permissions import Permission, may, people_who_may, require
from accounts.substitutes import stands_in
from assessments.models import ChapterReturn, ChapterStep, ReportChapter, ReportFront, Round
from assessments.report.chapter_text import TABLE, places_in
from assessments.report.context import ReportContext
from assessments.report.drafting import drafted
from assessments.report.facts import facts_of, renewed
from assessments.report.outline import drafter_of, outline_of
from assessments.report.tables import TABLES
from assessments.report.told_apart import SentenceChange, taken_over
from audit.services import record_audit
from notices.models import NoticeKind
from notices.phrases import Said, both, say
from plan.models import Plan
from plan.workflow import ActRule, Life, Tells, WrongState, demand_edition

State = ReportChapter.State
Action = ChapterStep.Action
FRONT = ("issued_by", "secrecy", "signatories", "consulted")
OWN_KEY = "own"
# Stored for later readers: Chinese whatever the language of the page.
BEFORE = "起草前的正文"


class Chapters(Life):
    """Every act keeps the whole text it was taken with."""

    name, steps, link, holder = "chapter", ChapterStep, "chapter", "author"
    # Whoever took one of these wrote what stands there, also where another is its author by now.
    WRITING = (Action.CHANGED, Action.DRAFTED, Action.RENEWED, Action.RETOLD)

    def __init__(self) -> None:
        manages = {"permission": Permission.MANAGE_ROUNDS}
        writes = {"permission": Permission.SEE_ROUNDS, "person": self.is_author}
        agrees = {"permission": Permission.REVIEW_NOTES, "person": self.is_other}
        back = Tells(NoticeKind.RETURNED, gettext_noop("章节已退回：%(what)s"), self.author, says_why=True)
        self.rules = {
            Action.CREATED: ActRule(**manages),
            Action.ARRANGED: ActRule(edits=True, **manages),
            Action.DRAFTED: ActRule((State.DRAFT,), edits=True, **writes),
            Action.RENEWED: ActRule((State.DRAFT,), edits=True, **writes),
            Action.RETOLD: ActRule((State.DRAFT,), edits=True, **writes),
            Action.CHANGED: ActRule((State.DRAFT,), edits=True, **writes),
            Action.SUBMITTED: ActRule(
                (State.DRAFT,),
                to=State.REVIEW,
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("章节待审：%(what)s"), self.reviewers),
                **writes,
            ),
            Action.WITHDRAWN: ActRule((State.REVIEW,), to=State.DRAFT, **writes),
            Action.RETURNED: ActRule(
                (State.REVIEW,), to=State.DRAFT, why=gettext_lazy("退回须写明理由"), tells=back, **agrees
            ),
            Action.AGREED: ActRule(
                (State.REVIEW,),
                to=State.AGREED,
                tells=Tells(NoticeKind.APPROVED, gettext_noop("章节已定稿：%(what)s"), self.author),
                **agrees,
            ),
            Action.REOPENED: ActRule(
                (State.AGREED,), to=State.DRAFT, why=gettext_lazy("重新起草须写明理由"), tells=back, **manages
            ),
            Action.HANDED: ActRule((State.DRAFT, State.REVIEW)),
        }

    def rows(self):
        return ReportChapter.objects.select_related("round__plan", "author")

    def plan(self, row: ReportChapter) -> Plan:
        return row.round.plan

    def hold(self, row: ReportChapter, action: str) -> None:
        """The round: the report of a published one stands as it is."""
        demand_unpublished(row.round)

    def is_author(self, rows: Sequence[ReportChapter], by) -> None:
        if not all(writes(row, by) for row in rows):
            raise PermissionDenied(_("只有执笔人可以这样操作"))

    def principal(self, row: ReportChapter, action: str, by):
        is_for = by is not None and by.pk != row.author_id and self.rules[action].person == self.is_author
        return row.author if is_for else super().principal(row, action, by)

    def demand_taker(self, row: ReportChapter, to) -> None:
        require(to, Permission.SEE_ROUNDS)

    def is_other(self, rows: Sequence[ReportChapter], by) -> None:
        wrote = ChapterStep.objects.filter(
            Q(action__in=self.WRITING, by=by) | Q(for_person=by), chapter__in=[row.pk for row in rows]
        )
        if any(row.author_id == by.pk for row in rows) or wrote.exists():
            raise PermissionDenied(_("执笔人不能审定自己写的章节"))

    def reviewers(self, row: ReportChapter, by):
        return people_who_may(Permission.REVIEW_NOTES, self.plan(row).slug).exclude(pk=row.author_id)

    def author(self, row: ReportChapter, by) -> list[Any]:
        return [row.author] if row.author else []

    def thing(self, row: ReportChapter) -> dict[str, str]:
        label = f"{row.round.name} {row.title}"
        return {"plan_slug": row.round.plan.slug, "object_code": row.round.code, "object_label": label}

    def before(self, row: ReportChapter, action: str) -> Any:
        return self.after(row, action)

    def after(self, row: ReportChapter, action: str) -> Any:
        if action == Action.ARRANGED:
            author = row.author.get_username() if row.author else ""
            told = {name: getattr(row, name) for name in ("title", "purpose", "position", "is_left_out")}
            return told | {"author": author}
        return {"body": row.body, "pins": row.pins} if self.rules[action].edits else {"state": row.state}

    def log(self, row: ReportChapter, action: str, *, by: Any, before: Any, after: Any) -> None:
        """Of a text that changed its length: the text itself stays with its steps."""
        if "body" in (after or {}):
            before, after = ({"characters": len(told["body"])} if told else None for told in (before, after))
        super().log(row, action, by=by, before=before, after=after)

    def names(self, row: ReportChapter, action: str) -> dict[str, Said]:
        what = say(
            gettext_noop("%(round)s“%(title)s”"), round=both(row.round.name, row.round.name_en), title=row.title
        )
        return {"what": what}

    def address(self, row: ReportChapter) -> str:
        return row.get_absolute_url()

    def step_fields(self, row: ReportChapter) -> dict[str, Any]:
        return {"body": row.body, "edition": row.edition}


CHAPTERS = Chapters()


def writes(row: ReportChapter, person) -> bool:
    """Whether a chapter is a person's to write: its author's, or whoever stands in for him today."""
    return row.author_id == person.pk or stands_in(person, row.author_id)


def demand_unpublished(round: Round) -> Round:
    """The round, nobody else's until the transaction ends. Raises WrongState for a published one."""
    row = Round.objects.select_for_update(of=("self",)).select_related("plan").get(pk=round.pk)
    if row.state == Round.State.PUBLISHED:
        raise WrongState(_("本轮报告已发布，不能再改；需要改时先重新打开本轮"))
    return row


def begin_chapters(round: Round, *, by) -> list[ReportChapter]:
    """The chapters of the round's outline, each with its first draft; those there are already stay as they are."""
    require(by, Permission.MANAGE_ROUNDS)
    with transaction.atomic(), override("zh-hans"):
        row = demand_unpublished(round)
        if row.chapters.exists():
            return list(row.chapters.all())
        context = ReportContext(row)
        made = []
        for position, told in enumerate(outline_of(row.kind), 1):
            body, pins = drafted(context, told.draft)
            chapter = ReportChapter(
                round=row, key=told.key, position=position, title=told.title, purpose=told.purpose
            )
            chapter.body, chapter.pins = body, pins
            made.append(CHAPTERS.begin(chapter, Action.CREATED, by=by).row)
        return made


def add_chapter(round: Round, *, title: str, purpose: str, by) -> ReportChapter:
    """One more chapter at the end, for people to write."""
    require(by, Permission.MANAGE_ROUNDS)
    with transaction.atomic():
        row = demand_unpublished(round)
        last = row.chapters.aggregate(last=Max("position"))["last"] or 0
        own = row.chapters.filter(key__startswith=OWN_KEY).count() + 1
        chapter = ReportChapter(round=row, key=f"{OWN_KEY}-{own}", position=last + 1, title=title, purpose=purpose)
        return CHAPTERS.begin(chapter, Action.CREATED, by=by, edit=_check).row


def arrange_chapter(chapter: ReportChapter, *, edition: int, by, **fields: Any) -> ReportChapter:
    """Changes title, purpose, position, author or whether it is left out of the report."""

    def edit(row: ReportChapter) -> None:
        author = fields.get("author", row.author)
        if author is not None and not may(author, Permission.SEE_ROUNDS):
            raise ValidationError({"author": _("%(name)s 没有评估或复核角色") % {"name": author}})
        if row.agreed_by_id and author is not None and author.pk == row.agreed_by_id:
            raise ValidationError({"author": _("这一章由该人定稿，不能再改为执笔人")})
        for name, value in fields.items():
            setattr(row, name, value)
        _check(row)

    return CHAPTERS.step(chapter, Action.ARRANGED, edition=edition, by=by, edit=edit).row


def write_chapter(chapter: ReportChapter, *, edition: int, by, body: str) -> ReportChapter:
    """Saves the text of its author. Raises ValidationError for a table or chart the report does not have."""

    def edit(row: ReportChapter) -> None:
        row.body = body
        _check(row)

    return CHAPTERS.step(chapter, Action.CHANGED, edition=edition, by=by, edit=edit).row


def draft_again(chapter: ReportChapter, *, edition: int, by) -> ReportChapter:
    """Replaces the text by a fresh draft; what stood there stays in the steps."""

    def edit(row: ReportChapter) -> None:
        drafter = drafter_of(row.round.kind, row.key)
        if not drafter:
            raise WrongState(_("这一章没有系统草稿，由执笔人撰写"))
        with override("zh-hans"):
            body, pins = drafted(ReportContext(row.round), drafter)
        if body != row.body:
            # The step below keeps the new text; this one what it replaces.
            ChapterStep.objects.create(chapter=row, action=Action.DRAFTED, by=by, body=row.body, reason=BEFORE)
        row.body, row.pins = body, pins

    return CHAPTERS.step(chapter, Action.DRAFTED, edition=edition, by=by, edit=edit).row


def renew_numbers(chapter: ReportChapter, *, edition: int, by) -> ReportChapter:
    """Says the chapter's pinned numbers as they are today; what was changed by hand stays as it is."""

    def edit(row: ReportChapter) -> None:
        with override("zh-hans"):
            row.body, row.pins = renewed(row.body, row.pins, facts_of(ReportContext(row.round)))

    return CHAPTERS.step(chapter, Action.RENEWED, edition=edition, by=by, edit=edit).row


def submit_chapter(chapter: ReportChapter, *, edition: int, by) -> ReportChapter:
    def edit(row: ReportChapter) -> None:
        if not row.body.strip():
            raise ValidationError({"body": _("正文是空的；不写这一章时请由轮次管理人设为“不写入报告”")})
        if row.returns.filter(settled_at=None).exists():
            raise WrongState(_("这一章有从 Word 带回的改动还没有逐句决定；请先处理，再送审"))

    return CHAPTERS.step(chapter, Action.SUBMITTED, edition=edition, by=by, edit=edit).row


def withdraw_chapter(chapter: ReportChapter, *, edition: int, by) -> ReportChapter:
    return CHAPTERS.step(chapter, Action.WITHDRAWN, edition=edition, by=by).row


def return_chapter(chapter: ReportChapter, *, edition: int, by, reason: str) -> ReportChapter:
    return CHAPTERS.step(chapter, Action.RETURNED, edition=edition, by=by, reason=reason).row


def agree_chapter(chapter: ReportChapter, *, edition: int, by) -> ReportChapter:
    return CHAPTERS.step(chapter, Action.AGREED, edition=edition, by=by, agreed_by=by).row


def reopen_chapter(chapter: ReportChapter, *, edition: int, by, reason: str) -> ReportChapter:
    return CHAPTERS.step(chapter, Action.REOPENED, edition=edition, by=by, reason=reason, agreed_by=None).row


def take_over(
    returned: ChapterReturn, changes: Sequence[SentenceChange], accepted: set[int], *, edition: int, by
) -> ReportChapter:
    """Takes the accepted changes of a returned text into its chapter and settles the return, all or nothing."""
    with transaction.atomic():
        held = ChapterReturn.objects.select_for_update().get(pk=returned.pk)
        if held.settled_at is not None:
            raise WrongState(_("这份带回的文件已处理过"))

        def edit(row: ReportChapter) -> None:
            row.body = taken_over(changes, accepted)
            _check(row)

        row = CHAPTERS.step(returned.chapter, Action.RETOLD, edition=edition, by=by, edit=edit).row
        held.settled_at = timezone.now()
        held.save(update_fields=["settled_at"])
    return row


def change_front(round: Round, *, edition: int, by, **fields: str) -> ReportFront:
    """What stands on the cover and the page after it. Raises Overtaken, ValidationError."""
    require(by, Permission.MANAGE_ROUNDS)
    with transaction.atomic():
        held = demand_unpublished(round)
        row, _made = ReportFront.objects.select_for_update().get_or_create(round=held)
        demand_edition(row, edition)
        before = {name: getattr(row, name) for name in FRONT}
        for name in FRONT:
            setattr(row, name, fields.get(name, before[name]))
        after = {name: getattr(row, name) for name in FRONT}
        if before != after:
            row.full_clean(exclude=["round"])
            row.edition += 1
            row.save()
            told = {"plan_slug": held.plan.slug, "object_code": held.code, "object_label": held.name}
            record_audit(action="round.front_changed", by=by, before=before, after=after, **told)
    return row


def unfinished(round: Round) -> list[ReportChapter]:
    """The chapters a report still waits for; none where nobody began to write one."""
    return list(round.chapters.filter(is_left_out=False).exclude(state=State.AGREED))


def _check(row: ReportChapter) -> None:
    # A line is a paragraph: what a Word file brings back is compared with it line by line.
    row.body = "\n".join(filter(None, map(str.strip, row.body.replace("\u00a0", " ").splitlines())))
    unknown = [name for what, name in places_in(row.body) if what == TABLE and name not in TABLES]
    if unknown:
        told = {"names": "、".join(unknown), "known": "、".join(TABLES)}
        raise ValidationError({"body": _("报告没有这些表：%(names)s。可用的表：%(known)s") % told})
    row.full_clean(exclude=["round", "author", "agreed_by", "pins"], validate_constraints=False)
