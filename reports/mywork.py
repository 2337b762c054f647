"""我的工作: what a signed-in person has to do next, by what their roles let them do.

Each group says how many there are and names the first few; the page of its app lists all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import Permission as P
from accounts.permissions import may
from assessments.models import Assignment, Finding, Note, Round
from desk.queries import WorkList, waiting_figures, work_list
from indicators.models import Target
from indicators.queries import overview
from notices.models import Notice
from plan.models import Plan
from plan.templatetags.site import plain_number
from reports.changes import events
from reports.queries import attention
from updates.queries import waiting
from updates.worklist import counts_of, work_rows

SHOWN = 5
# Without an earlier sign-in: how many days back the changes go.
FIRST_VISIT_DAYS = 30


@dataclass(frozen=True)
class Count:
    """How many there are of one kind; `late` ones are what to look at first."""

    word: str
    number: int
    url: str
    late: bool = False


@dataclass(frozen=True)
class Line:
    """One thing to do: a badge where the list mixes states, `aside` in the page's language, `said` as stored."""

    url: str
    code: str
    text: str
    look: str = ""
    sign: str = ""
    word: str = ""
    aside: str = ""
    said: str = ""


@dataclass(frozen=True)
class Group:
    """What one page asks of the person; `calm` is said where nothing is to be done."""

    key: str
    title: str
    url: str
    counts: list[Count]
    lines: list[Line]
    calm: str

    @property
    def open(self) -> int:
        return sum(count.number for count in self.counts)

    @property
    def left_out(self) -> int:
        return max(0, self.open - len(self.lines))


@dataclass(frozen=True)
class Since:
    """What changed since the last visit, or, on a first one, in the last days."""

    day: date
    visited: bool
    changes: list
    total: int


BACK = {"look": "missed", "sign": "↩"}
LATE = {"look": "behind", "sign": "▼"}
SOON = {"look": "slightly_behind", "sign": "◐"}
DRAFT = {"look": "not_assessable", "sign": "✎"}
WAITING = {"look": "pending", "sign": "◷"}


def groups(plan: Plan, user, *, today: date) -> list[Group]:
    """What the person's roles ask of them, returned work before new work, their own before what they review."""
    makers: tuple[tuple[P, Callable[..., Group | None]], ...] = (
        (P.ENTER_FIGURES, figures),
        (P.REPORT_STATUS, reports),
        (P.ANSWER_FINDINGS, findings),
        (P.EVALUATE, evaluations),
        (P.APPROVE_FIGURES, figures_to_review),
        (P.APPROVE_STATUS, reports_to_review),
        (P.REVIEW_NOTES, notes_to_review),
    )
    found = [make(plan, user, today=today) for permission, make in makers if may(user, permission)]
    kept = [group for group in found if group is not None]
    return kept or [indicators_to_watch(plan, user, today=today)]


def figures(plan: Plan, user, *, today: date) -> Group:
    """Figures to enter: returned, overdue, due soon, begun."""
    todo = work_list(plan, user, today=today)
    home = reverse("desk:home", args=[plan.slug])
    counts = [
        Count(_("被退回"), len(todo.returned), f"{home}#returned", late=True),
        Count(_("已逾期"), todo.overdue, f"{home}#due", late=True),
        Count(_("即将到期"), todo.soon, f"{home}#due"),
        Count(_("草稿"), len(todo.drafts), f"{home}#drafts"),
    ]
    lines = list(islice(_figure_lines(plan, todo), SHOWN))
    return Group("figures", _("应录入的数据"), home, counts, lines, _("没有要录入的数据。"))


def _figure_lines(plan: Plan, todo: WorkList) -> Iterator[Line]:
    def enter(row, look: dict, word: str, said: str = "") -> Line:
        url = reverse("desk:figure", args=[plan.slug, row.pk])
        part = row.component
        return Line(url, part.code, f"{part.label} {row.year}", word=word, said=said, **look)

    for row in todo.returned:
        step = row.returned_step
        yield enter(row, BACK, _("被退回"), f"{step.by}：{step.reason}" if step else "")
    begun = {row.pk for row in (*todo.returned, *todo.drafts)}
    new = reverse("desk:figure_new", args=[plan.slug])
    cells = [
        (cell, row.component) for group in todo.groups for row in group.rows if row.may_enter for cell in row.cells
    ]
    for state, look, word in (("overdue", LATE, _("已逾期")), ("due_soon", SOON, _("即将到期"))):
        for cell, part in cells:
            if cell.due and cell.due.state == state and (cell.open is None or cell.open.pk not in begun):
                aside = _("期限 %(day)s") % {"day": cell.due.due_on.isoformat()}
                url = f"{new}?component={part.code}&year={cell.year}"
                yield Line(url, part.code, f"{part.label} {cell.year}", word=word, aside=aside, **look)
    for row in todo.drafts:
        yield enter(row, DRAFT, _("草稿"))


def reports(plan: Plan, user, *, today: date) -> Group:
    """Progress reports to write."""
    rows = work_rows(plan, user, today=today)
    number = counts_of(rows)
    home = reverse("updates:index", args=[plan.slug])
    looks = {
        "returned": (BACK, _("被退回")),
        "overdue": (LATE, _("已逾期")),
        "due_soon": (SOON, _("应填报")),
        "draft": (DRAFT, _("草稿")),
    }
    counts = [
        Count(word, number[state], f"{home}?state={state}", late=state in ("returned", "overdue"))
        for state, (_look, word) in looks.items()
    ]
    wanted = sorted((row for row in rows if row.state in looks), key=lambda row: list(looks).index(row.state))
    lines = []
    for row in wanted[:SHOWN]:
        look, word = looks[row.state]
        url = reverse("updates:report", args=[plan.slug, row.item.code])
        if row.may_go_on:
            url = reverse("updates:edit", args=[plan.slug, row.current.pk])
        due = _("期限 %(day)s") % {"day": row.due.due_on.isoformat()} if row.due else ""
        aside = "" if row.reason else due
        lines.append(Line(url, row.item.code, row.item.label, word=word, aside=aside, said=row.reason, **look))
    return Group("reports", _("应填报的进展"), home, counts, lines, _("没有要填报的进展。"))


def findings(plan: Plan, user, *, today: date) -> Group | None:
    """What evaluators asked the person's organisation to put right; None where nothing was asked."""
    if user.organisation_id is None:
        return None
    wanted = (Finding.State.OPEN, Finding.State.RETURNED)
    rows = list(
        Finding.objects.filter(note__round__plan=plan, organisation=user.organisation_id, state__in=wanted)
        .select_related("note__item")
        .order_by("due_on", "id")
    )
    if not rows:
        return None
    home = page("assessments:findings", plan.slug)
    lines = [
        Line(
            page("assessments:finding", plan.slug, row.pk) or row.note.item.path(plan.slug),
            row.note.item.code,
            row.title,
            word=str(row.get_state_display()),
            aside=_("期限 %(day)s") % {"day": row.due_on.isoformat()},
            **(LATE if row.due_on < today else SOON),
        )
        for row in rows[:SHOWN]
    ]
    late = sum(row.due_on < today for row in rows)
    counts = [Count(_("已逾期"), late, home, late=True), Count(_("待整改"), len(rows) - late, home)]
    return Group("findings", _("待整改的问题"), home, counts, lines, "")


def evaluations(plan: Plan, user, *, today: date) -> Group:
    """Notes the person was asked for in the open rounds and has not handed in."""
    rows = list(
        Assignment.objects.filter(round__plan=plan, round__state=Round.State.OPEN, evaluator=user)
        .select_related("round", "item")
        .order_by("due_on", "item__order")
    )
    told = Note.objects.filter(round__in={row.round_id for row in rows}).values_list(
        "round_id", "item_id", "state"
    )
    states = {(round_id, item_id): state for round_id, item_id, state in told}
    home = page("assessments:work", plan.slug)
    returned, late, rest = [], [], []
    for row in rows:
        state = states.get((row.round_id, row.item_id), "")
        if state == Note.State.RETURNED:
            returned.append((row, BACK, _("被退回")))
        elif state in ("", Note.State.DRAFT, Note.State.WITHDRAWN):
            bucket, look = (late, LATE) if row.due_on < today else (rest, SOON)
            bucket.append((row, look, _("草稿") if state else _("待写")))
    lines = [
        Line(
            page("assessments:item_note", plan.slug, row.round.code, row.item.code) or row.item.path(plan.slug),
            row.item.code,
            row.item.label,
            word=word,
            aside=f"{row.round.label} · " + _("期限 %(day)s") % {"day": row.due_on.isoformat()},
            **look,
        )
        for row, look, word in [*returned, *late, *rest][:SHOWN]
    ]
    counts = [
        Count(_("被退回"), len(returned), home, late=True),
        Count(_("已逾期"), len(late), home, late=True),
        Count(_("待写"), len(rest), home),
    ]
    return Group("evaluations", _("待写的评估意见"), home, counts, lines, _("没有分给您、尚未提交的评估意见。"))


def figures_to_review(plan: Plan, user, *, today: date) -> Group:
    rows = waiting_figures(plan).select_related("component__indicator", "entered_by")
    proposals = Target.objects.filter(component__indicator__plan=plan, state=Target.State.PROPOSED)
    home = reverse("desk:review", args=[plan.slug])
    lines = [
        Line(
            reverse("desk:figure", args=[plan.slug, row.pk]),
            row.component.code,
            f"{row.component.label} {row.year}",
            aside=f"{plain_number(row.value)} {row.component.indicator.unit_label}",
            said=str(row.entered_by or ""),
        )
        for row in rows[:SHOWN]
    ]
    counts = [
        Count(_("待核定"), rows.count(), home),
        Count(_("目标调整"), proposals.count(), reverse("desk:targets", args=[plan.slug])),
    ]
    return Group("figures-review", _("待核定的数据"), home, counts, lines, _("没有等待核定的数据。"))


def reports_to_review(plan: Plan, user, *, today: date) -> Group:
    rows = list(waiting(plan))
    home = reverse("updates:index", args=[plan.slug])
    lines = [
        Line(
            reverse("updates:detail", args=[plan.slug, row.pk]),
            row.item.code,
            row.item.label,
            aside=str(row.get_status_display()),
            said=str(row.organisation or row.entered_by),
        )
        for row in rows[:SHOWN]
    ]
    counts = [Count(_("待核定"), len(rows), f"{home}#queue")]
    return Group("reports-review", _("待核定的进展"), home, counts, lines, _("没有等待核定的填报。"))


def notes_to_review(plan: Plan, user, *, today: date) -> Group | None:
    """Notes handed in by others; None before the first round."""
    if not plan.rounds.exists():
        return None
    handed_in = Q(state__in=(Note.State.SUBMITTED, Note.State.UNDER_REVIEW))
    rows = list(
        Note.objects.filter(handed_in, round__plan=plan)
        .exclude(author=user)
        .select_related("item", "author", "round")
        .order_by("submitted_at", "id")
    )
    home = page("assessments:queue", plan.slug)
    lines = [
        Line(
            page("assessments:note", plan.slug, row.pk) or row.item.path(plan.slug),
            row.item.code,
            row.item.label,
            aside=row.round.label,
            said=str(row.author),
            word=str(row.get_state_display()),
            **WAITING,
        )
        for row in rows[:SHOWN]
    ]
    counts = [Count(_("待复核"), len(rows), home)]
    return Group("notes-review", _("待复核的评估意见"), home, counts, lines, _("没有等待复核的评估意见。"))


def indicators_to_watch(plan: Plan, user, *, today: date) -> Group:
    """For whoever comes to read: the indicators that lag or lack figures."""
    rows = attention(overview(plan, today))
    home = reverse("overview", args=[plan.slug])
    lines = [Line(row.url, "", row.title, row.look, row.sign, str(row.word)) for row in rows[:SHOWN]]
    counts = [Count(_("需要关注的指标"), len(rows), f"{home}#attention")]
    return Group("watch", _("需要关注"), home, counts, lines, _("没有滞后或缺数据的指标。"))


def page(name: str, *args) -> str:
    """The address of a page that an installation may be without; empty then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def unread(user) -> tuple[list[Notice], int]:
    """The newest unread notices and how many there are."""
    rows = Notice.objects.in_inbox_of(user).unread()
    return list(rows.unread_first()[:SHOWN]), rows.count()


def since_last_visit(plan: Plan, previous: str, *, today: date) -> Since:
    """What became known since the sign-in before this one, that day included (its evening may hold news)."""
    visited = bool(previous)
    last = timezone.localdate(datetime.fromisoformat(previous)) if visited else today
    day = max(plan.published_on, min(last, today) - timedelta(days=1 if visited else FIRST_VISIT_DAYS))
    told = events(plan, day, today)
    return Since(day, visited, told[:SHOWN], len(told))


def shortcuts(plan: Plan, user) -> list[tuple[str, str]]:
    """What somebody of these roles opens most: (label, address)."""
    wanted = (
        (_("录入一个数"), "desk:figure_new", P.ENTER_FIGURES),
        (_("按表格录入"), "desk:grid", P.ENTER_FIGURES),
        (_("导入文件"), "desk_import:list", P.IMPORT_FIGURES),
        (_("批量填报进展"), "updates:bulk", P.ASSIGN),
        (_("责任分工"), "updates:responsibilities", P.ASSIGN),
        (_("总览"), "overview", P.READ),
        (_("变化"), "changes", P.READ),
        (_("全规划状态"), "status", P.READ),
    )
    found = [(label, reverse(name, args=[plan.slug])) for label, name, right in wanted if may(user, right)]
    return [*found, (_("使用指南"), reverse("guide_role", args=[plan.slug, guide_of(user)]))]


def guide_of(user) -> str:
    """The guide that fits somebody best."""
    for role in (Role.ANALYST, Role.EVALUATOR, Role.REPORTER):
        if role in user.roles:
            return str(role.value)
    return "official"
