"""One engine for every life: what is entered, proposed, written or asked for goes from state to state, act by act.

A life is a table of rules: from which states an act starts and where it leads, who may take it, what must be said,
who is told. `Life.step` takes one act, whole or not at all: it locks the row, compares the edition that was read,
checks person and state, moves the row, and leaves one step, one audit row, the notices and fresh pages. What is
stored for later readers is Chinese whatever the language of the request; errors speak the request's.

Figures and targets live by it (indicators), status updates (updates), published statements (evidence), what is
talked about (talk), and of an evaluation its rounds, notes, findings, chapters and opinions (assessments).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import Permission, people_who_may, require
from audit.models import AuditEvent
from audit.refusals import Overtaken, WrongState
from audit.services import record_audit
from notices.models import NoticeKind
from notices.phrases import Said, say
from notices.services import notify
from plan.days import end_of
from plan.models import Plan
from plan.services import touch_plan
from texts.fields import ProseField

REASON_LENGTH = 5000
# As many keys as a statement may list.
FEW = 500


class Stateful(models.Model):
    """What goes from state to state. The state's words are each model's own; `edition` counts its changes."""

    edition = models.PositiveIntegerField(
        default=1, help_text="Raised by every change before approval: who saved an older one is told."
    )

    class Meta:
        abstract = True


class StepQuerySet(models.QuerySet):
    def until(self, day: date) -> "StepQuerySet":
        """What had been done by the end of a day."""
        return self.filter(at__lt=end_of(day))

    def after(self, day: date) -> "StepQuerySet":
        """What was done on later days."""
        return self.filter(at__gte=end_of(day))


class Step(models.Model):
    """One act in the life of a row, by whom and why: kept for ever. Each life has a table of its own acts."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("经办人"),
    )
    # Whose work it was where another's hand did it; of a hand-over, in whose hand the row had been.
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(gettext_lazy("时间"), auto_now_add=True)
    reason = ProseField(gettext_lazy("理由"), blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self):
        return f"{self.action} {self.by_id}"


class EntryStep(Step):
    """A step of what one person enters and another approves: every return and its reason stay."""

    class Action(models.TextChoices):
        ENTERED = "entered", gettext_lazy("录入")
        CHANGED = "changed", gettext_lazy("修改")
        SUBMITTED = "submitted", gettext_lazy("提交")
        WITHDRAWN = "withdrawn", gettext_lazy("撤回")
        RETURNED = "returned", gettext_lazy("退回")
        APPROVED = "approved", gettext_lazy("核定")
        ASKED = "asked", gettext_lazy("询问")
        ANSWERED = "answered", gettext_lazy("答复")
        UNDONE = "undone", gettext_lazy("撤销决定")
        HANDED = "handed", gettext_lazy("移交")

    action = models.CharField(gettext_lazy("步骤"), max_length=10, choices=Action.choices)

    class Meta(Step.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(action="returned") | ~Q(reason=""), name="%(app_label)s_%(class)s_return_has_reason"
            )
        ]


@dataclass(frozen=True)
class Tells:
    """A notice of an act: its title has the gaps that `Life.names` fills, its body may be the reason."""

    kind: NoticeKind
    title: str
    people: Callable[[Any, Any], Iterable]
    says_why: bool = False


@dataclass(frozen=True)
class ActRule:
    """One act of a life. `starts` is empty where it makes the row, `to` where the state stays.

    `person` is asked of all rows an act takes together and raises PermissionDenied. `why` is what is answered
    where no reason is given; empty where none is asked for. An act that `edits` is none where nothing changed.
    """

    starts: tuple[str, ...] = ()
    to: str = ""
    permission: Permission | None = None
    person: Callable[[Sequence[Any], Any], None] | None = None
    why: str = ""
    edits: bool = False
    touches: bool = False
    tells: Tells | None = None


class ActResult(NamedTuple):
    """The row as it is after an act, and the step it left; None where the act keeps none."""

    row: Any
    step: Any


def demand_reason(reason: str, missing: str, field: str = "reason") -> str:
    """What was said, without blanks around it; raises ValidationError for nothing (`missing` says so) or too much.

    An empty `missing` lets nothing be said.
    """
    reason = reason.strip()
    if missing and not reason:
        raise ValidationError({field: str(missing)})
    if len(reason) > REASON_LENGTH:
        raise ValidationError({field: _("最多 %(number)s 字") % {"number": REASON_LENGTH}})
    return reason


def demand_state(row: Any, *states: str) -> None:
    """Raises WrongState unless the row's `state` is one of those."""
    if row.state in states:
        return
    labels = dict(row._meta.get_field("state").choices)
    wanted = _("、").join(str(labels[state]) for state in states)
    raise WrongState(
        _("当前状态为“%(now)s”，只有“%(wanted)s”时才能这样操作")
        % {"now": row.get_state_display(), "wanted": wanted}
    )


def may_be_undone(at: datetime) -> bool:
    """Whether a decision of a moment can still be taken back: within UNDO_MINUTES and the same day, because a page
    of what was known by the end of a day stays as it is."""
    now = timezone.now()
    is_today = timezone.localdate(at) == timezone.localdate(now)
    return is_today and now - at <= timedelta(minutes=settings.UNDO_MINUTES)


def rests_on(plan: Plan, code: str, since: datetime) -> str:
    """What people kept of a plan or wrote of a commitment since a moment, in words; empty where there is nothing.

    The audit log names it all: files that left with a person, papers for a meeting, evaluation reports, notes. A
    publication or an attachment, which somebody handed in, holds no decision.
    """
    kept = AuditEvent.objects.filter(at__gte=since, actor__isnull=False)
    # A file over all plans holds this one's as well.
    kept = kept.filter(Q(plan_slug=plan.slug) | Q(action="export", plan_slug=""))
    kept = kept.exclude(action="export", after__has_key="handed_in")
    of_plan = Q(action__in=("export", "brief.saved", "round.report_asked", "round.version_kept"))
    of_item = Q(action__in=("note.submitted", "note.published"), object_code=code)
    event = kept.filter(of_plan | of_item).order_by("id").first()
    if event is None:
        return ""
    if event.action.startswith("note."):
        return _("评估意见已引用这一决定，不能撤销")
    told = {"who": event.actor_name, "time": timezone.localtime(event.at).strftime("%H:%M")}
    return _("%(who)s 已于 %(time)s 导出或留存了含这一决定的材料，不能撤销") % told


def demand_handing(former: Any, to: Any, by: Any, slug: str = "") -> None:
    """Raises unless a person may put somebody's work into another's hand: his own, or by the right to."""
    if former is None or by.pk != former.pk:
        require(by, Permission.HAND_OVER)
        if slug and not by.works_in(slug):
            raise PermissionDenied(Permission.HAND_OVER)
    if slug and not to.works_in(slug):
        raise ValidationError(_("%(name)s 的角色不在这一规划") % {"name": to})
    if former is not None and to.pk == former.pk:
        raise ValidationError(_("已在 %(name)s 手中") % {"name": to})
    if not to.is_active:
        raise ValidationError(_("%(name)s 的账号已停用") % {"name": to})


def demand_edition(row: Any, edition: int) -> None:
    """Raises Overtaken unless nobody saved the row since `edition` was read."""
    if row.edition != edition:
        raise Overtaken(row)


class Life:
    """What the engine has to know of one life, and the engine itself; each life is one object of a subclass."""

    # The first word of its acts in the audit log and of the keys of its notices.
    name: ClassVar[str]
    # The table of its steps and the column there that names the row; none where the row itself keeps its acts.
    steps: ClassVar[type[Step] | None] = None
    link: ClassVar[str] = ""
    # Where a step keeps what was said.
    said: ClassVar[str] = "reason"
    # Under which name the audit row keeps it beside `after`; empty where that says it already.
    logged_as: ClassVar[str] = "reason"
    # The column that says in whose hand a row is; empty where nobody's.
    holder: ClassVar[str] = ""
    HANDED = "handed"
    rules: Mapping[str, ActRule]

    def rows(self) -> QuerySet:
        """The rows with what an act needs of them."""
        raise NotImplementedError

    def plan(self, row: Any) -> Plan:
        raise NotImplementedError

    def thing(self, row: Any) -> dict[str, str]:
        """What the audit log calls the row: plan_slug, object_code, object_label."""
        raise NotImplementedError

    def names(self, row: Any, action: str) -> dict[str, Said]:
        """What fills the gaps in the title of an act's notice."""
        raise NotImplementedError

    def address(self, row: Any) -> str:
        raise NotImplementedError

    def before(self, row: Any, action: str) -> Any:
        """What the audit log keeps of the row before an act."""
        return None

    def after(self, row: Any, action: str) -> Any:
        """What the audit log keeps of it afterwards, beside the reason."""
        return None

    def principal(self, row: Any, action: str, by: Any) -> Any:
        """Whose work an act was where another did it; None where it was one's own."""
        return row.former if action == self.HANDED else None

    def demand_taker(self, row: Any, to: Any) -> None:
        """Raises PermissionDenied where a row may not come into somebody's hand."""

    def hand_over(
        self, row: Any, *, to: Any, by: Any, reason: str, then: Callable[[Any], None] | None = None
    ) -> Any:
        """Puts a row into another's hand: what the former one wrote stays his, and neither may decide on it.

        Raises ValidationError, PermissionDenied (the taker, whoever hands), WrongState.
        """

        def edit(held: Any) -> None:
            held.former = getattr(held, self.holder)
            if held.former != former:
                raise Overtaken(held)
            demand_handing(held.former, to, by, self.plan(held).slug)
            self.demand_taker(held, to)
            setattr(held, self.holder, to)
            if then is not None:
                then(held)

        demand_reason(reason, _("移交须写明事由"))
        former = getattr(row, self.holder)
        said = f"{former or '—'} → {to}：{reason.strip()}"
        return self.step(row, self.HANDED, by=by, reason=said, edit=edit).row

    def hold(self, row: Any, action: str) -> None:
        """Locks what has to stand still with the row; before the row, so that nobody waits in a circle."""

    def save(self, row: Any, action: str) -> None:
        row.save()

    def demand_state(self, row: Any, states: Sequence[str]) -> None:
        demand_state(row, *states)

    def key(self, row: Any, kind: NoticeKind) -> str:
        return f"{self.name}:{row.pk}:{kind}:{row.edition}"

    def step_fields(self, row: Any) -> dict[str, Any]:
        """What a step keeps beside person, moment and reason."""
        return {}

    def follow(self, row: Any, action: str) -> None:
        """What an act brings about besides, in its transaction."""
        if self.rules[action].touches:
            touch_plan(self.plan(row))

    def step(
        self,
        row: Any,
        action: str,
        *,
        by: Any,
        edition: int | None = None,
        reason: str = "",
        edit: Callable[[Any], None] | None = None,
        **values: Any,
    ) -> ActResult:
        """Takes an act on a stored row: `edit` and `values` change it, `edit` may refuse.

        Without an edition the act does not depend on what was read. Raises PermissionDenied, ValidationError
        (a reason), Overtaken, WrongState, and what `edit` raises; nothing is stored then.
        """
        reason = self._admitted(action, by, reason)
        with transaction.atomic():
            held = self.locked(row, edition, action)
            self.demand([held], action, by)
            return self._take(held, action, by, reason, edit, values)

    def begin(self, row: Any, action: str, *, by: Any, reason: str = "", edit=None, then=None) -> ActResult:
        """The act that makes a row: `edit` checks it, `then` writes what belongs to it. Raises as `step` does."""
        reason = self._admitted(action, by, reason)
        with transaction.atomic():
            self.demand([row], action, by)
            return self._take(row, action, by, reason, edit, {}, then)

    def take_all(
        self, rows: Sequence[Any], action: str, *, by: Any, reason: str = "", **values: Any
    ) -> list[ActResult]:
        """Takes an act on rows that the caller locked, all or none, without telling anybody."""
        reason = self._admitted(action, by, reason)
        with transaction.atomic():
            self.demand(rows, action, by)
            return [self._take(row, action, by, reason, None, values, is_told=False) for row in rows]

    def locked(self, row: Any, edition: int | None = None, action: str = "") -> Any:
        """The row as it is now, nobody else's until the transaction ends."""
        self.hold(row, action)
        found = self.rows().select_for_update(of=("self",)).filter(pk=row.pk).first()
        if found is None:
            raise WrongState(_("这条草稿已被删除"))
        if edition is not None:
            demand_edition(found, edition)
        return found

    def locked_all(self, rows: QuerySet, editions: Mapping[int, int]) -> list[Any]:
        """The rows of these keys, each in the edition that was read; Overtaken or WrongState for the first not."""
        found = list(rows.select_for_update(of=("self",)).filter(pk__in=editions).order_by("pk"))
        if len(found) != len(editions):
            raise WrongState(_("所选数据中有的已不存在，请刷新后重选"))
        for row in found:
            demand_edition(row, editions[row.pk])
        return found

    def demand(self, rows: Sequence[Any], action: str, by: Any) -> None:
        """Raises PermissionDenied or WrongState where the act may not be taken on one of the rows."""
        rule = self.rules[action]
        if rule.person is not None:
            rule.person(rows, by)
        for row in rows if rule.starts else ():
            self.demand_state(row, rule.starts)

    def record(self, row: Any, action: str, *, by: Any, reason: str = "", before: Any = None) -> Any:
        """The one step and the one audit row of an act; returns the step."""
        step, principal = None, self.principal(row, action, by)
        if self.steps is not None and action in self.steps.Action.values:
            fields = {self.link: row, self.said: reason, "action": action, "by": by, "for_person": principal}
            step = self.steps.objects.create(**fields, **self.step_fields(row))
        after = self.after(row, action)
        if principal is not None:
            after = (after or {}) | {"for": principal.get_username()}
        if reason and self.logged_as:
            after = (after or {}) | {self.logged_as: reason}
        self.log(row, action, by=by, before=before, after=after)
        return step

    def log(self, row: Any, action: str, *, by: Any, before: Any, after: Any) -> None:
        record_audit(action=f"{self.name}.{action}", by=by, before=before, after=after, **self.thing(row))

    def tell(self, row: Any, action: str, by: Any, reason: str = "") -> None:
        """The notices of an act; call it once the row is saved."""
        if tells := self.rules[action].tells:
            notify(
                tells.people(row, by),
                kind=tells.kind,
                key=self.key(row, tells.kind),
                title=say(tells.title, **self.names(row, action)),
                body=reason if tells.says_why else "",
                url=self.address(row),
            )

    def _admitted(self, action: str, by: Any, reason: str) -> str:
        rule = self.rules[action]
        if rule.permission is not None:
            require(by, rule.permission)
        return demand_reason(reason, rule.why, self.said)

    def _take(
        self,
        row: Any,
        action: str,
        by: Any,
        reason: str,
        edit=None,
        values=None,
        then=None,
        *,
        is_told: bool = True,
    ) -> ActResult:
        rule, is_new = self.rules[action], row.pk is None
        before = None if is_new else self.before(row, action)
        if edit is not None:
            edit(row)
        for name, value in (values or {}).items():
            setattr(row, name, value)
        if rule.edits and not is_new and before == self.after(row, action):
            return ActResult(row, None)
        if rule.to:
            row.state = rule.to
        if not is_new and isinstance(row, Stateful):
            row.edition += 1
        self.save(row, action)
        if then is not None:
            then(row)
        step = self.record(row, action, by=by, reason=reason, before=before)
        if is_told:
            self.tell(row, action, by, reason)
        self.follow(row, action)
        return ActResult(row, step)


class QuestionedLife(Life):
    """What a reviewer may ask about a row that waits, without deciding: question and answer are steps of it."""

    Action: Any = EntryStep.Action
    WAITS: ClassVar[str] = "submitted"
    # Who may write such rows, and so answer.
    entering: ClassVar[Permission]

    def questions(self, waits: str, *, asks: Mapping, answers: Mapping) -> dict[str, ActRule]:
        """The rules of the two acts; each leaves the row where it is."""
        return {
            self.Action.ASKED: ActRule(
                (waits,),
                why=gettext_lazy("请写明要问什么"),
                tells=Tells(NoticeKind.RETURNED, gettext_noop("询问：%(what)s"), self.asked, says_why=True),
                **asks,
            ),
            self.Action.ANSWERED: ActRule(
                (waits,),
                why=gettext_lazy("请写明答复"),
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("已答复：%(what)s"), self.asker_of, says_why=True),
                **answers,
            ),
        }

    def writer(self, row: Any) -> Any | None:
        """Who wrote what waits; None where it was loaded."""
        return row.entered_by

    def asked(self, row: Any, by: Any) -> list[Any]:
        """Who hears a question: who wrote the row or, where that account is closed, who else of the unit may."""
        writer = self.writer(row)
        if writer is None or writer.is_active:
            return [writer] if writer else []
        others = people_who_may(self.entering, self.plan(row).slug).filter(organisation=writer.organisation_id)
        return list(others.exclude(pk=by.pk)) if writer.organisation_id else []

    def asker_of(self, row: Any, by: Any) -> list[Any]:
        step = row.steps.filter(action=self.Action.ASKED).select_related("by").order_by("-id").first()
        return [step.by] if step else []

    def open_question(self, row: Any) -> Any | None:
        """The question that waits for an answer, of those asked since the row was handed in; whose hand it is in
        makes no difference."""
        for step in row.steps.select_related("by").order_by("-id"):
            if step.action == self.Action.ASKED:
                return step
            if step.action not in (EntryStep.Action.UNDONE, self.HANDED):
                return None
        return None

    def ask(self, row: Any, *, edition: int | None, by: Any, reason: str) -> Any:
        """Asks who wrote a waiting row something, without sending it back; kept with its answer for ever.

        Raises WrongState for what nobody wrote.
        """

        def edit(held: Any) -> None:
            if self.writer(held) is None:
                raise WrongState(_("这一条由系统载入，没有录入人可问"))

        return self.step(row, self.Action.ASKED, edition=edition, by=by, reason=reason, edit=edit).row

    def answer(self, row: Any, *, edition: int | None, by: Any, reason: str) -> Any:
        """Answers the question that waits; raises WrongState where none does."""

        def edit(held: Any) -> None:
            if self.open_question(held) is None:
                raise WrongState(_("没有等待答复的问题"))

        return self.step(row, self.Action.ANSWERED, edition=edition, by=by, reason=reason, edit=edit).row


class EntryLife(QuestionedLife):
    """What one person enters and another approves: draft → submitted → approved (locked), or returned.

    Whoever entered or changed it may neither approve nor return it.
    """

    Action = EntryStep.Action
    DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
    OPEN = (DRAFT, RETURNED)
    # Whoever took one of these steps wrote what stands there.
    WRITING = (Action.ENTERED, Action.CHANGED)
    # What is deleted as long as it was never sent back.
    DISCARDED = "discarded"
    holder = "entered_by"
    approving: ClassVar[Permission]
    # What is answered to who may not: withdraw another's, approve one's own, delete what was returned.
    not_theirs: ClassVar[str]
    their_own: ClassVar[str]
    was_returned: ClassVar[str]

    def __init__(self) -> None:
        entrusted = {"permission": self.entering, "person": self.is_entrusted}
        another = {"permission": self.approving, "person": self.is_other}
        self.rules = {
            self.Action.ENTERED: ActRule(to=self.DRAFT, **entrusted),
            self.Action.CHANGED: ActRule(self.OPEN, edits=True, **entrusted),
            self.Action.SUBMITTED: ActRule(
                self.OPEN,
                to=self.SUBMITTED,
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("待核定：%(what)s"), self.reviewers),
                **entrusted,
            ),
            self.Action.WITHDRAWN: ActRule((self.SUBMITTED,), to=self.DRAFT, person=self.is_entrant),
            self.Action.RETURNED: ActRule(
                (self.SUBMITTED,),
                to=self.RETURNED,
                why=gettext_lazy("退回须写明理由"),
                tells=Tells(NoticeKind.RETURNED, gettext_noop("已退回：%(what)s"), self.entrant, says_why=True),
                **another,
            ),
            self.Action.APPROVED: ActRule(
                (self.SUBMITTED,),
                to=self.APPROVED,
                touches=True,
                tells=Tells(NoticeKind.APPROVED, gettext_noop("已核定：%(what)s"), self.entrant),
                **another,
            ),
            self.DISCARDED: ActRule((self.DRAFT,), **entrusted),
            **self.questions(self.SUBMITTED, asks=another, answers=entrusted),
            self.Action.UNDONE: ActRule(
                (self.APPROVED, self.RETURNED),
                to=self.SUBMITTED,
                permission=self.approving,
                touches=True,
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("决定已撤销，仍待核定：%(what)s"), self.entrant),
            ),
            self.HANDED: ActRule((*self.OPEN, self.SUBMITTED)),
        }

    def is_entrusted(self, rows: Sequence[Any], by: Any) -> None:
        """Raises PermissionDenied unless it is a person's to write all of these."""
        raise NotImplementedError

    def principal(self, row: Any, action: str, by: Any) -> Any:
        if by is not None and self.rules[action].person == self.is_entrusted:
            return self.stood_in_for(row, by)
        return super().principal(row, action, by)

    def stood_in_for(self, row: Any, by: Any) -> Any:
        """For whom a person writes what is not entrusted to him himself; None where it is."""
        return None

    def demand_taker(self, row: Any, to: Any) -> None:
        require(to, self.entering)
        self.is_entrusted([row], to)

    def written_by(self, person: Any, rows: Iterable[Any]) -> set[int]:
        """Which of the rows a person entered or changed, by primary key; one query for any number that wait."""
        rows = list(rows)
        own = {row.pk for row in rows if row.entered_by_id == person.pk}
        waiting: dict[str, Any] = {"by": person, "action__in": self.WRITING}
        if len(rows) <= FEW:
            waiting |= {f"{self.link}__in": [row.pk for row in rows if row.pk not in own]}
        else:
            # Without a list of keys in the statement: an import hands in thousands of rows.
            waiting |= {f"{self.link}__state": "submitted"}
        steps = self.steps.objects.filter(**waiting).values_list(f"{self.link}_id", flat=True)
        return own | (set(steps) & {row.pk for row in rows})

    def reviewers(self, row: Any, by: Any) -> QuerySet:
        """Those who may approve it: nobody who wrote it or hands it in."""
        wrote = row.steps.filter(action__in=self.WRITING, by__isnull=False).values("by")
        people = people_who_may(self.approving, self.plan(row).slug).exclude(pk__in=wrote)
        return people.exclude(pk__in=[pk for pk in (by.pk, row.entered_by_id) if pk])

    def entrant(self, row: Any, by: Any) -> list[Any]:
        return [row.entered_by]

    def is_entrant(self, rows: Sequence[Any], by: Any) -> None:
        if any(row.entered_by_id != by.pk for row in rows):
            raise PermissionDenied(str(self.not_theirs))

    def is_other(self, rows: Sequence[Any], by: Any) -> None:
        own = self.written_by(by, rows)
        if row := next((row for row in rows if row.pk in own), None):
            raise PermissionDenied(str(self.their_own) % {"code": self.thing(row)["object_code"]})

    def before(self, row: Any, action: str) -> Any:
        if action in (self.Action.APPROVED, self.Action.UNDONE):
            return {"state": row.state}
        return self.words(row) if action in (self.Action.CHANGED, self.DISCARDED) else None

    def after(self, row: Any, action: str) -> Any:
        if action == self.Action.UNDONE:
            return {"state": row.state}
        whole = (*self.WRITING, self.Action.SUBMITTED, self.Action.APPROVED)
        return self.words(row) if action in whole else None

    def words(self, row: Any) -> dict[str, Any]:
        """Everything the row says, for the audit log."""
        raise NotImplementedError

    def gone(self, row: Any) -> None:
        """What goes with a row that is deleted."""

    def submit(self, row: Any, *, edition: int, by: Any, edit: Callable[[Any], None] | None = None) -> Any:
        now = timezone.now()
        return self.step(row, self.Action.SUBMITTED, edition=edition, by=by, edit=edit, submitted_at=now).row

    def withdraw(self, row: Any, *, edition: int, by: Any) -> Any:
        return self.step(row, self.Action.WITHDRAWN, edition=edition, by=by, submitted_at=None).row

    def send_back(self, row: Any, *, edition: int, by: Any, reason: str) -> Any:
        return self.step(row, self.Action.RETURNED, edition=edition, by=by, reason=reason).row

    def undo(self, row: Any, *, edition: int, by: Any) -> Any:
        """Takes a decision back: the row waits again. Only who decided may, for UNDO_MINUTES of the same day, and
        as long as nothing was built on it (docs/decisions/0031). Raises WrongState, PermissionDenied."""

        def edit(held: Any) -> None:
            step = held.steps.order_by("-id").first()
            if step is None or step.action not in (self.Action.APPROVED, self.Action.RETURNED):
                raise WrongState(_("没有可以撤销的决定"))
            if step.by_id != by.pk:
                raise PermissionDenied(_("只有作出决定的人可以撤销"))
            if not may_be_undone(step.at):
                told = {"minutes": settings.UNDO_MINUTES}
                raise WrongState(_("决定作出超过 %(minutes)s 分钟或已过当天，不能撤销") % told)
            if held.state == self.APPROVED:
                if why := self.built_on(held, step.at):
                    raise WrongState(why)
                self.unapprove(held)

        return self.step(row, self.Action.UNDONE, edition=edition, by=by, edit=edit).row

    def unapprove(self, row: Any) -> None:
        """Takes off an approved row what its approval put on it."""
        row.was_approved, row.approved_at, row.approved_by = True, None, None

    def built_on(self, row: Any, since: datetime) -> str:
        """Why an approval of a moment cannot be taken back: what rests on it since; empty where nothing does."""
        return rests_on(self.plan(row), self.thing(row)["object_code"], since)

    def discard(self, row: Any, *, edition: int, by: Any) -> None:
        """Deletes a draft that was never returned; the audit row keeps what it said."""
        self._admitted(self.DISCARDED, by, "")
        with transaction.atomic():
            held = self.locked(row, edition)
            self.demand([held], self.DISCARDED, by)
            if held.steps.filter(action=self.Action.RETURNED).exists():
                raise WrongState(str(self.was_returned))
            self.record(held, self.DISCARDED, by=by, before=self.before(held, self.DISCARDED))
            self.gone(held)
            try:
                held.delete()
            except ProtectedError as error:
                raise WrongState(_("这一条下已有讨论，不能删除；可以修改后重新提交")) from error
