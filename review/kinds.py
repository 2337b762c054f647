"""What waits for a second person, kind by kind: which rows, how a line tells of one, who decides by which service.

The rules are each life's own; nothing is decided here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.permissions import Permission
from assessments import findings, notes
from assessments.findings import FINDINGS
from assessments.models import Finding, FindingStep, Note, Round
from assessments.notes import NOTES
from desk.figures import approve_picked
from desk.imports.reviewing import mark_decided
from desk.queries import batches_to_review, waiting_figures
from evidence.models import PublicEvidence
from evidence.services import EVIDENCE, approve_many, return_evidence
from indicators.figures import workflow
from indicators.figures.grades import Grade, grades_of
from indicators.figures.workflow import FIGURES
from indicators.models import Component, Target
from indicators.shown.wording import goal_text, number
from indicators.targets import workflow as targets
from indicators.targets.doubts import doubts_of
from indicators.targets.workflow import TARGETS
from plan.models import Plan, Source
from plan.wording import measured
from plan.workflow import EntryLife, QuestionedLife, WrongState
from updates.queries import waiting as waiting_updates
from updates.services import UPDATES, approve_updates, return_update

# As many waiting figures as are looked at and put in order together. An import of more is decided on as a whole.
LISTED = 500
# Groups of the list, in their order.
FLAGGED, FLIPS, QUIET = 0, 1, 2


class Paths(NamedTuple):
    """Where a kind's rows name the commitment they are of and who wrote them; empty where they do not."""

    item: str = ""
    by: str = ""


@dataclass(frozen=True)
class Waiting:
    """One line of the list: what waits, of whom, since when, and why it asks for a look of its own.

    `members` are the figures of a release, each a line of its own otherwise.
    """

    kind: "Reviewed"
    row: Any
    code: str
    title: str
    said: str
    by: Any
    at: datetime | None
    grades: list[Grade] = field(default_factory=list)
    members: list["Waiting"] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.kind.key}:{self.row.pk}"

    @property
    def edition(self) -> int:
        return getattr(self.row, "edition", 0)

    @property
    def pick(self) -> str:
        return f"{self.key}:{self.edition}"

    @property
    def group(self) -> int:
        if set(self.grades) - {Grade.FLIP}:
            return FLAGGED
        return FLIPS if self.grades else QUIET

    @property
    def may_be_chosen(self) -> bool:
        """Whether it may be decided on among others: what asks for a look of its own never is."""
        return self.kind.approve_many is not None and not self.grades


# What most returns say; stored as it is read, so in Chinese.
_FIGURE = ["数值与原文不符，请核对后重报", "口径或单位与指标不一致", "来源不清，请附原文或网址", "公布日期有误"]
_TEXT = ["情况写得过简，请补充具体进展", "与上期内容不一致，请说明", "请附证明材料", "状态与所述情况不符"]
PHRASES = {
    "figure": _FIGURE,
    "release": _FIGURE,
    "target": ["未附批准文件", "文号或生效日期有误", "目标写法与文件不一致"],
    "update": _TEXT,
    "evidence": ["原文没有这样说", "来源不清，请附原文或网址", "与规划条目不是一回事"],
    "note": ["依据不足，请补充", "结论与所列数据不一致", "请说明与系统判定不同的理由"],
    "finding": _TEXT,
}


@dataclass(frozen=True)
class Reviewed:
    """`approve` and `send_back` take (row, edition, by, said); `approve_many` takes (plan, key → edition, by).

    `lasting` says what follows from a decision that cannot be taken back, `edition` what its decision is held to,
    `grades_of` which rows ask for a look of their own.
    """

    key: str
    word: Any
    permission: Permission
    life: Any
    waiting: Callable[[Plan], QuerySet]
    own: Callable[[Any, list[Any]], set[int]]
    line: Callable[["Reviewed", Any], Waiting]
    approve: Callable[..., Any]
    send_back: Callable[..., Any]
    paths: Paths
    ask: Callable[..., Any] | None = None
    approve_many: Callable[..., Any] | None = None
    lasting: Callable[[Any], str] | None = None
    edition: Callable[[Any], int] = lambda row: getattr(row, "edition", 0)
    grades_of: Callable[[list[Any]], Mapping[int, Collection[Grade]]] | None = None

    def grades(self, rows: list[Any]) -> dict[int, list[Grade]]:
        """By key, why each row asks for a look of its own; nothing where its kind asks for none."""
        if self.grades_of is None or not rows:
            return {row.pk: [] for row in rows}
        return {pk: list(grades) for pk, grades in self.grades_of(rows).items()}

    def waits(self, row: Any) -> bool:
        """Whether a row waits to be decided here."""
        return self.waiting(self.life.plan(row)).filter(pk=row.pk).exists()

    def writer(self, row: Any) -> Any | None:
        """Who wrote what waits, and is asked about it."""
        if isinstance(self.life, QuestionedLife):
            return self.life.writer(row)
        return getattr(row, self.paths.by, None)

    def hears(self, row: Any, by: Any) -> list[Any]:
        """Who hears a question of somebody about a row; nobody where no open account answers."""
        if isinstance(self.life, QuestionedLife):
            return self.life.asked(row, by)
        writer = self.writer(row)
        return [writer] if writer is not None and writer.is_active else []

    def item(self, row: Any) -> Any:
        """The commitment a row is of."""
        return reduce(getattr, self.paths.item.split("__"), row)

    @property
    def asks(self) -> bool:
        return self.ask is not None

    @property
    def is_undoable(self) -> bool:
        return self.steps is not None

    @property
    def steps(self):
        """The table of its steps where a decision can be taken back, else None."""
        return self.life.steps if isinstance(self.life, EntryLife) else None


def large_imports(plan: Plan) -> list[Any]:
    """The imports whose rows are too many to be looked at one by one here."""
    return [batch for batch in batches_to_review(plan) if batch.counts.get("applied", 0) > LISTED]


def _figure_line(kind: Reviewed, row: Any) -> Waiting:
    title = f"{row.component.label} {row.year}"
    said = measured(number(row.value, 8), row.component.indicator.unit_label)
    return Waiting(kind, row, row.component.code, title, said, row.entered_by, row.submitted_at)


def _approve_figure(row, *, edition, by, said):
    found = workflow.approve_figure(row, edition=edition, by=by, reason=said)
    mark_decided([row.pk])
    return found


def _return_figure(row, *, edition, by, said):
    found = workflow.return_figure(row, edition=edition, by=by, reason=said)
    mark_decided([row.pk])
    return found


@transaction.atomic
def _approve_figures(plan, picked, *, by):
    approve_picked(plan, picked, by=by)
    mark_decided(picked)


class Releases:
    """Publications of which several figures wait: decided on in one act by desk.releases, no life of their own."""

    def rows(self) -> QuerySet:
        return Source.objects.all()

    def address(self, row: Source, plan: Plan) -> str:
        return reverse("desk:release", args=[plan.slug, row.pk])

    def thing(self, row: Source) -> dict[str, str]:
        return {"object_code": row.title}


def release_line(members: list[Waiting]) -> Waiting:
    """One line for the figures of a publication, as doubtful as the most doubtful of them."""
    row, first = members[0].row, members[0]
    grades = sorted({grade for one in members for grade in one.grades}, key=list(Grade).index)
    said = ngettext("%(number)s 条数据", "%(number)s 条数据", len(members)) % {"number": len(members)}
    return Waiting(
        BY_KEY["release"], row.source, row.released_on.isoformat(), row.source.title, said, first.by, first.at,
        grades, members,
    )  # fmt: skip


def _targets(plan: Plan) -> QuerySet:
    rows = TARGETS.rows().filter(component__indicator__plan=plan, state=Target.State.PROPOSED)
    return rows.order_by("proposed_at", "id")


def latest_version(component: Component) -> int:
    """The newest version of a component's target, to which the decision on another is held."""
    return component.targets.exclude(version=None).aggregate(last=Max("version"))["last"] or 0


def _of_target(row: Target) -> str:
    goal = goal_text(row, row.component.indicator)
    told = {"target": goal, "day": row.effective_on.isoformat() if row.effective_on else "—"}
    words = _("通过后目标自 %(day)s 起改为 %(target)s，判定随即重新计算，不能撤销；要再改，须另提一次目标调整。")
    return words % told


def _no_line(*args, **kwargs):
    """Releases are put together of their figures, and decided on by an act of their own."""
    raise WrongState(_("这一类不能这样操作"))


def _own_findings(user, rows) -> set[int]:
    answered = FindingStep.objects.filter(finding__in=rows, action=FindingStep.Action.RESPONDED, by=user)
    return set(answered.values_list("finding_id", flat=True))


KINDS: tuple[Reviewed, ...] = (
    Reviewed(
        "figure", gettext_lazy("数据"), Permission.APPROVE_FIGURES, FIGURES, waiting_figures,
        FIGURES.written_by, _figure_line, _approve_figure, _return_figure,
        Paths("component__indicator", "entered_by"),
        ask=FIGURES.ask, approve_many=_approve_figures,
        grades_of=lambda rows: grades_of(FIGURES.plan(rows[0]), rows),
    ),
    Reviewed(
        "release", pgettext_lazy("publication", "发布"), Permission.APPROVE_FIGURES, Releases(),
        lambda plan: Source.objects.none(), lambda user, rows: set(), _no_line, _no_line, _no_line,
        Paths(),
    ),
    Reviewed(
        "target", gettext_lazy("目标调整"), Permission.APPROVE_TARGETS, TARGETS, _targets,
        TARGETS.written_by,
        lambda kind, row: Waiting(
            kind, row, row.component.code, row.component.label, row.text, row.proposed_by, row.proposed_at
        ),
        lambda row, *, edition, by, said: targets.approve_target(
            row, latest_version=edition, by=by, reason=said
        ),
        lambda row, *, edition, by, said: targets.refuse_target(row, by=by, reason=said),
        Paths("component__indicator", "proposed_by"),
        ask=lambda row, *, edition, by, reason: TARGETS.ask(row, edition=None, by=by, reason=reason),
        lasting=_of_target, edition=lambda row: latest_version(row.component), grades_of=doubts_of,
    ),
    Reviewed(
        "update", gettext_lazy("进展填报"), Permission.APPROVE_STATUS, UPDATES, waiting_updates,
        UPDATES.written_by,
        lambda kind, row: Waiting(
            kind, row, row.item.code, row.item.title, row.done, row.entered_by, row.submitted_at
        ),
        lambda row, *, edition, by, said: approve_updates(row.item.plan, [(row.pk, edition)], by=by),
        lambda row, *, edition, by, said: return_update(row, edition=edition, by=by, reason=said),
        Paths("item", "entered_by"),
        ask=UPDATES.ask,
        approve_many=lambda plan, picked, *, by: approve_updates(plan, list(picked.items()), by=by),
    ),
    Reviewed(
        "evidence", gettext_lazy("公开信息"), Permission.APPROVE_EVIDENCE, EVIDENCE,
        lambda plan: EVIDENCE.rows().filter(
            item__plan=plan, state=PublicEvidence.State.SUBMITTED
        ).order_by("submitted_at", "id"),
        EVIDENCE.written_by,
        lambda kind, row: Waiting(
            kind, row, row.item.code, row.item.title, row.fact, row.entered_by, row.submitted_at
        ),
        lambda row, *, edition, by, said: approve_many(row.item.plan, [(row.pk, edition)], by=by),
        lambda row, *, edition, by, said: return_evidence(row, edition=edition, by=by, reason=said),
        Paths("item", "entered_by"),
        ask=EVIDENCE.ask,
        approve_many=lambda plan, picked, *, by: approve_many(plan, list(picked.items()), by=by),
    ),
    Reviewed(
        "note", pgettext_lazy("work", "评估意见"), Permission.REVIEW_NOTES, NOTES,
        lambda plan: NOTES.rows().filter(
            round__plan=plan, round__state=Round.State.OPEN,
            state__in=(Note.State.SUBMITTED, Note.State.UNDER_REVIEW),
        ).order_by("submitted_at", "id"),
        NOTES.written_by,
        lambda kind, row: Waiting(
            kind, row, row.item.code, row.item.title, row.get_conclusion_display(), row.author, row.submitted_at
        ),
        lambda row, *, edition, by, said: notes.publish_note(row, edition=edition, by=by),
        lambda row, *, edition, by, said: notes.return_note(row, edition=edition, by=by, reason=said),
        Paths("item", "author"),
        ask=lambda row, *, edition, by, reason: notes.comment(row, field="conclusion", text=reason, by=by),
        lasting=lambda row: _(
            "通过后意见即公开，并计入本轮评估报告，已起草的章节会提示执笔人补写；复核人不能再收回，此后只有评估人可凭理由撤销发布。"
            "退回后由评估人修改再提交。"
        ),
    ),
    Reviewed(
        "finding", gettext_lazy("整改反馈"), Permission.REVIEW_NOTES, FINDINGS,
        lambda plan: FINDINGS.rows().filter(
            note__round__plan=plan, state=Finding.State.RESPONDED
        ).order_by("due_on", "id"),
        _own_findings,
        lambda kind, row: Waiting(kind, row, row.note.item.code, row.title, str(row.organisation), None, None),
        lambda row, *, edition, by, said: findings.accept(row, edition=edition, by=by, text=said),
        lambda row, *, edition, by, said: findings.send_back(row, edition=edition, by=by, text=said),
        Paths("note__item"),
        ask=FINDINGS.ask,
        lasting=lambda row: _("通过后整改反馈即告采纳，责任单位会收到通知，不能撤销；退回后由责任单位另行反馈。"),
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Reviewed] = {kind.key: kind for kind in KINDS}


def group_words() -> dict[int, str]:
    return {FLAGGED: _("须单独核对"), FLIPS: _("结论改变"), QUIET: _("其余")}
