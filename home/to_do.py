"""我的工作: what a signed-in person has to do next, by what their roles let them do.

Each group says how many there are and names the first few, the most pressing first; the page of its app lists
all of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet, Value
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role
from accounts.permissions import Permission as P
from accounts.permissions import may
from accounts.substitutes import keys_of_principals
from assessments.models import Assignment, Note, Round
from assessments.queries import unanswered_findings
from dashboard.changes import counts, entered_late, events
from desk.queries import WorkList, waiting_figures, work_list
from indicators.figures.taking_out import asked_out
from indicators.models import Observation, Target
from indicators.queries import overview
from notices.models import Notice
from notices.phrases import tell
from plan.models import Plan
from plan.queries import Entrusted
from plan.wording import measured, overdue_words, plain_number
from studio import publishing
from talk.queries import concerning
from updates.due import Reporting
from updates.queries import waiting
from updates.worklist import counts_of, work_rows

# Rows to do on the page, which fits one screen; news and notices share a narrower column.
ROOM = 8
SHOWN = 4
NOTICES_SHOWN = 3
# Without an earlier sign-in: how many days back the changes go.
FIRST_VISIT_DAYS = 30


@dataclass(frozen=True)
class Count:
    """How many there are of one kind; `late` ones are what to look at first.

    No page lists what is not `is_listed`: it is a number beside the group's lines, which are none of it.
    """

    word: str
    number: int
    url: str
    late: bool = False
    is_listed: bool = True


@dataclass(frozen=True)
class ToDo:
    """One thing to do: what, why now, and the one step that is next (`action`, which leads to `url`).

    A badge says its state; `aside` is in the page's language, `said` and, where `is_stored`, `text` as stored.
    """

    url: str
    code: str
    text: str
    action: str
    look: str = ""
    sign: str = ""
    word: str = ""
    aside: str = ""
    said: str = ""
    is_stored: bool = False


@dataclass(frozen=True)
class ToDoGroup:
    """What one page asks of the person; `calm` is said where nothing is to be done.

    The lines stand in the order of the counts.
    """

    key: str
    title: str
    url: str
    counts: list[Count]
    lines: list[ToDo]
    calm: str

    @property
    def open(self) -> int:
        return sum(count.number for count in self.counts)

    @property
    def left_out(self) -> list[Count]:
        """What the lines leave out, each count with the list that holds it."""
        named, found = len(self.lines), []
        for count in self.counts:
            if not count.is_listed:
                continue
            if count.number > named:
                found.append(replace(count, number=count.number - named, url=count.url or self.url))
            named = max(0, named - count.number)
        return found

    @property
    def urgency(self) -> int:
        """0 where something is late or came back, 1 where something is to be done, 2 where nothing is."""
        if any(count.late and count.number for count in self.counts):
            return 0
        return 1 if self.open else 2


@dataclass(frozen=True)
class Since:
    """What changed since the last visit or a chosen day, or, on a first visit, in the last days."""

    day: date
    visited: bool
    chosen: bool
    changes: list
    total: int
    causes: list
    clock: str = ""
    entered_late: int = 0


# Of figures under way, what asks for a hand of those who enter them.
TO_ENTER = (Observation.State.RETURNED, Observation.State.DRAFT)
BACK = {"look": "missed", "sign": "↩"}
LATE = {"look": "behind", "sign": "▼"}
SOON = {"look": "slightly_behind", "sign": "◐"}
DRAFT = {"look": "not_assessable", "sign": "✎"}
BACKLOG = {"look": "not_assessable", "sign": "○"}
WAITING = {"look": "pending", "sign": "◷"}


def groups(plan: Plan, user, *, today: date, reporting: Reporting | None = None) -> list[ToDoGroup]:
    """What the person's roles ask of them, returned work before new work, their own before what they review."""
    reporting = reporting or Reporting(plan)
    own = Entrusted(plan, user)
    makers: tuple[tuple[P, Callable[..., ToDoGroup | None]], ...] = (
        (P.ENTER_FIGURES, partial(figures, own=own)),
        (P.REPORT_STATUS, partial(reports, own=own, reporting=reporting)),
        (P.ANSWER_FINDINGS, findings),
        (P.EVALUATE, evaluations),
        (P.APPROVE_FIGURES, figures_to_review),
        (P.APPROVE_STATUS, reports_to_review),
        (P.REVIEW_NOTES, notes_to_review),
        (P.PUBLISH_PLAN, drafts_to_publish),
        (P.OWN_ACCOUNT, discussions),
    )
    found = [make(plan, user, today=today) for permission, make in makers if may(user, permission)]
    return by_urgency(group for group in found if group is not None)


def by_urgency(found: Iterable[ToDoGroup], room: int = ROOM) -> list[ToDoGroup]:
    """Groups with something late first, those with nothing to do last, each with its share of the page's rows."""
    return share_room(sorted(found, key=lambda group: group.urgency), room)


def share_room(found: list[ToDoGroup], room: int) -> list[ToDoGroup]:
    """Cuts the lines to `room` in all, dealt out one by one: a long group does not crowd out the others."""
    shares = [0] * len(found)
    while room > 0:
        wanting = [at for at, group in enumerate(found) if shares[at] < len(group.lines)]
        for at in wanting[:room]:
            shares[at] += 1
        if not wanting:
            break
        room -= len(wanting)
    return [replace(group, lines=group.lines[:share]) for group, share in zip(found, shares, strict=True)]


def due_words(due_on: date, today: date) -> str:
    """A due day as a reason: 期限 2026年1月30日，逾期 298 天."""
    words = due_day_words(due_on)
    days = (due_on - today).days
    if days < 0:
        left = overdue_words(-days)
    elif days:
        left = ngettext("还有 %(n)s 天", "还有 %(n)s 天", days) % {"n": days}
    else:
        left = _("今天到期")
    return _("，").join((words, left))


def due_day_words(due_on: date) -> str:
    """A due day alone, of what is nobody's delay."""
    return _("期限 %(day)s") % {"day": date_format(due_on, "DATE_FORMAT")}


def figures(plan: Plan, user, *, today: date, own: Entrusted) -> ToDoGroup:
    """Figures to enter: returned, overdue, due soon, begun, and those due before the plan was loaded."""
    todo = work_list(plan, user, today=today, own=own, piled=TO_ENTER)
    home = reverse("desk:home", args=[plan.slug])
    counts = [
        Count(_("已退回"), todo.returned.number, f"{home}#returned", late=True),
        Count(_("已逾期"), todo.overdue, f"{home}#due", late=True),
        Count(_("即将到期"), todo.soon, f"{home}#due"),
        Count(_("草稿"), todo.drafts.number, f"{home}#drafts"),
        Count(_("待补录"), todo.backlog, f"{home}#due"),
    ]
    lines = list(islice(_figure_lines(plan, todo, today), ROOM))
    return ToDoGroup("figures", _("应录入的数据"), home, counts, lines, _("没有要录入的数据。"))


def _figure_lines(plan: Plan, todo: WorkList, today: date) -> Iterator[ToDo]:
    def enter(row, look: dict, word: str, action: str, said: str = "") -> ToDo:
        url = reverse("desk:figure", args=[plan.slug, row.pk])
        part = row.component
        return ToDo(url, part.code, f"{part.label} {row.year}", action, word=word, said=said, **look)

    for row in todo.returned.rows:
        step = row.returned_step
        yield enter(
            row, BACK, _("已退回"), pgettext("next step", "修改"), f"{step.by}：{step.reason}" if step else ""
        )
    new = reverse("desk:figure_new", args=[plan.slug])
    cells = [
        (cell, row.component) for group in todo.groups for row in group.rows if row.may_enter for cell in row.cells
    ]

    def due(state: str, look: dict, word: str) -> Iterator[ToDo]:
        for cell, part in cells:
            if cell.due and cell.due.state == state:
                day = cell.due.due_on
                aside = due_day_words(day) if state == "backlog" else due_words(day, today)
                url = f"{new}?component={part.code}&year={cell.year}"
                text = f"{part.label} {cell.year}"
                yield ToDo(url, part.code, text, pgettext("next step", "录入"), word=word, aside=aside, **look)

    yield from due("overdue", LATE, _("已逾期"))
    yield from due("due_soon", SOON, _("即将到期"))
    for row in todo.drafts.rows:
        yield enter(row, DRAFT, _("草稿"), pgettext("next step", "继续填写"))
    yield from due("backlog", BACKLOG, _("待补录"))


def reports(plan: Plan, user, *, today: date, own: Entrusted, reporting: Reporting) -> ToDoGroup:
    """Progress reports to write."""
    rows = work_rows(plan, user, today=today, own=own, reporting=reporting)
    number = counts_of(rows)
    home = reverse("updates:index", args=[plan.slug])
    looks = {
        "returned": (BACK, _("已退回")),
        "overdue": (LATE, _("已逾期")),
        "due_soon": (SOON, _("应填报")),
        "draft": (DRAFT, _("草稿")),
        "backlog": (BACKLOG, _("待补录")),
    }
    counts = [
        Count(word, number[state], f"{home}?state={state}", late=state in ("returned", "overdue"))
        for state, (_look, word) in looks.items()
    ]
    wanted = sorted((row for row in rows if row.state in looks), key=lambda row: list(looks).index(row.state))
    lines = []
    for row in wanted[:ROOM]:
        look, word = looks[row.state]
        url, action = reverse("updates:report", args=[plan.slug, row.item.code]), pgettext("next step", "填报")
        if row.may_go_on:
            url, action = (
                reverse("updates:edit", args=[plan.slug, row.current.pk]),
                pgettext("next step", "继续填写"),
            )
        aside = ""
        if row.due and not row.reason:
            day = row.due.due_on
            aside = due_day_words(day) if row.state == "backlog" else due_words(day, today)
        line = ToDo(url, row.item.code, row.item.label, action, word=word, aside=aside, said=row.reason, **look)
        lines.append(line)
    return ToDoGroup("reports", _("应填报的进展"), home, counts, lines, _("没有要填报的进展。"))


def findings(plan: Plan, user, *, today: date) -> ToDoGroup | None:
    """What evaluators asked the person's organisation to put right; None where nothing was asked."""
    if user.organisation_id is None:
        return None
    asked = unanswered_findings(plan, today).filter(organisation=user.organisation_id)
    rows = list(asked.order_by("due_on", "id"))
    if not rows:
        return None
    home = f"{page('assessments:findings', plan.slug)}?whose=mine"
    lines = [
        ToDo(
            page("assessments:finding", plan.slug, row.pk) or row.note.item.path(plan.slug),
            row.note.item.code,
            row.title,
            pgettext("next step", "反馈"),
            word=str(row.get_state_display()),
            aside=due_words(row.due_on, today),
            is_stored=True,
            **(LATE if row.is_late_on(today) else SOON),
        )
        for row in rows[:ROOM]
    ]
    late = sum(row.is_late_on(today) for row in rows)
    counts = [
        Count(_("已逾期"), late, f"{home}&state=overdue", late=True),
        Count(_("待整改"), len(rows) - late, f"{home}&state=due"),
    ]
    return ToDoGroup("findings", _("待整改的问题"), home, counts, lines, "")


def evaluations(plan: Plan, user, *, today: date) -> ToDoGroup:
    """Notes the person was asked for in the open rounds and has not handed in."""
    rows = list(
        Assignment.objects.filter(
            Q(evaluator=user) | Q(evaluator__in=keys_of_principals(user)),
            round__plan=plan,
            round__state=Round.State.OPEN,
        )
        .select_related("round", "item__plan")
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
            returned.append((row, BACK, _("已退回")))
        elif state in ("", Note.State.DRAFT, Note.State.WITHDRAWN):
            if row.due_on < today:
                late.append((row, LATE, _("已逾期")))
            else:
                rest.append((row, DRAFT, _("草稿")) if state else (row, SOON, _("待写")))
    lines = [
        ToDo(
            page("assessments:item_note", plan.slug, row.round.code, row.item.code) or row.item.path(plan.slug),
            row.item.code,
            row.item.label,
            pgettext("next step", "写意见"),
            word=word,
            aside=f"{due_words(row.due_on, today)} · {row.round.label}",
            **look,
        )
        for row, look, word in [*returned, *late, *rest][:ROOM]
    ]
    counts = [
        Count(_("已退回"), len(returned), home, late=True),
        Count(_("已逾期"), len(late), home, late=True),
        Count(_("待写"), len(rest), home),
    ]
    return ToDoGroup(
        "evaluations", _("待写的评估意见"), home, counts, lines, _("没有分给您、尚未提交的评估意见。")
    )


def figures_to_review(plan: Plan, user, *, today: date) -> ToDoGroup:
    rows, number = first_of(waiting_figures(plan).select_related("component__indicator", "entered_by"))
    asked, proposed = _numbers_to_decide(plan)
    home = reverse("review:index", args=[plan.slug])
    lines = [
        ToDo(
            reverse("review:record", args=[plan.slug, "figure", row.pk]),
            row.component.code,
            f"{row.component.label} {row.year}",
            pgettext("next step", "核定"),
            word=_("待核定"),
            aside=_told(measured(plain_number(row.value), row.component.indicator.unit_label), row.submitted_at),
            said=str(row.entered_by or ""),
            **WAITING,
        )
        for row in rows
    ]
    counts = [
        Count(_("待核定"), number, f"{home}?kind=figure"),
        Count(_("建议不采用"), asked, f"{home}#asked-out"),
        Count(_("目标调整"), proposed, f"{home}?kind=target"),
    ]
    return ToDoGroup("figures-review", _("待核定的数据"), home, counts, lines, _("没有等待核定的数据。"))


def _numbers_to_decide(plan: Plan) -> tuple[int, int]:
    """How many figures somebody asks to take out, and how many targets are proposed; one query."""
    proposals = Target.objects.filter(component__indicator__plan=plan, state=Target.State.PROPOSED)
    numbers = [
        rows.order_by().values_list(Value(at)).annotate(number=CountOf("pk"))
        for at, rows in enumerate((asked_out(plan).select_related(None), proposals))
    ]
    found = dict(numbers[0].union(numbers[1]))
    return found.get(0, 0), found.get(1, 0)


def reports_to_review(plan: Plan, user, *, today: date) -> ToDoGroup:
    rows, number = first_of(waiting(plan).prefetch_related(None))
    home = f"{reverse('review:index', args=[plan.slug])}?kind=update"
    lines = [
        ToDo(
            reverse("review:record", args=[plan.slug, "update", row.pk]),
            row.item.code,
            row.item.label,
            pgettext("next step", "核定"),
            word=_("待核定"),
            aside=_told(str(row.get_status_display()), row.submitted_at),
            said=str(row.organisation or row.entered_by),
            **WAITING,
        )
        for row in rows
    ]
    counts = [Count(_("待核定"), number, home)]
    return ToDoGroup("reports-review", _("待核定的进展"), home, counts, lines, _("没有等待核定的填报。"))


def notes_to_review(plan: Plan, user, *, today: date) -> ToDoGroup | None:
    """Notes handed in by others; None before the first round."""
    handed_in = Q(state__in=(Note.State.SUBMITTED, Note.State.UNDER_REVIEW))
    rows, number = first_of(
        Note.objects.filter(handed_in, round__plan=plan)
        .exclude(author=user)
        .select_related("item__plan", "author", "round")
        .order_by("submitted_at", "id")
    )
    if not rows and not plan.rounds.exists():
        return None
    home = f"{reverse('review:index', args=[plan.slug])}?kind=note"
    lines = [
        ToDo(
            reverse("review:record", args=[plan.slug, "note", row.pk]),
            row.item.code,
            row.item.label,
            pgettext("next step", "复核"),
            aside=_told(row.round.label, row.submitted_at),
            said=str(row.author),
            word=str(row.get_state_display()),
            **WAITING,
        )
        for row in rows
    ]
    counts = [Count(_("待复核"), number, home)]
    return ToDoGroup("notes-review", _("待复核的评估意见"), home, counts, lines, _("没有等待复核的评估意见。"))


def drafts_to_publish(plan: Plan, user, *, today: date) -> ToDoGroup:
    """Drafts, of whatever plan, that others handed in and the person may publish."""
    rows = [row for row in publishing.awaiting(user) if user.works_in(row.slug)]
    lines = [
        ToDo(
            reverse("studio:draft", args=[row.slug]),
            "",
            row.title,
            pgettext("next step", "发布"),
            word=str(row.get_state_display()),
            aside=_told(_("更正") if row.plan_id else _("新规划"), row.submitted_at),
            said=str(row.submitted_by or ""),
            is_stored=True,
            **WAITING,
        )
        for row in rows[:ROOM]
    ]
    home = reverse("studio:home")
    counts = [Count(_("待发布"), len(rows), home)]
    return ToDoGroup("drafts-publish", _("待发布的编制稿"), home, counts, lines, _("没有等待您发布的编制稿。"))


def discussions(plan: Plan, user, *, today: date) -> ToDoGroup | None:
    """Open threads that ask the person something or are his to bring to an end; None where there are none."""
    found = concerning(plan, user)
    if not (found.asked or found.kept):
        return None
    home = reverse("talk:mine", args=[plan.slug])
    looks = [(row, WAITING, _("待答复")) for row in found.asked] + [(row, SOON, _("待了结")) for row in found.kept]
    lines = [
        ToDo(
            row.get_absolute_url(),
            "",
            tell(row.about.label),
            pgettext("next step", "查看"),
            word=word,
            said=str(row.keeper),
            **look,
        )
        for row, look, word in looks[:ROOM]
    ]
    counts = [
        Count(_("待答复"), len(found.asked), f"{home}#asked"),
        Count(_("待了结"), len(found.kept), f"{home}#kept"),
    ]
    return ToDoGroup("talk", _("讨论"), home, counts, lines, "")


def first_of(rows: QuerySet) -> tuple[list[Any], int]:
    """The rows there is room for, and how many there are: what ends within the room is not counted by a query."""
    first = list(rows[: ROOM + 1])
    number = rows.count() if len(first) > ROOM else len(first)
    return first[:ROOM], number


def _told(what: str, at: datetime | None) -> str:
    """What was handed in, and when."""
    if at is None:
        return what
    return f"{what} · " + _("%(day)s 提交") % {"day": date_format(timezone.localtime(at), "DATE_FORMAT")}


def page(name: str, *args) -> str:
    """The address of a page that an installation may be without; empty then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def unread(user) -> tuple[list[Notice], int]:
    """The newest unread notices and how many there are, which the page's frame says as well."""
    rows = Notice.objects.in_inbox_of(user).unread()
    user.unread_notices = rows.count()
    return list(rows.unread_first()[:NOTICES_SHOWN]) if user.unread_notices else [], user.unread_notices


def since_last_visit(
    plan: Plan, previous: str, *, today: date, chosen: date | None = None, clock: str = ""
) -> Since:
    """What became known since the sign-in before this one, that day included (its evening may hold news).

    A `chosen` day, the last meeting's say, takes its place; what came on that day itself is not news then.
    """
    last = timezone.localdate(datetime.fromisoformat(previous)) if previous else None
    # Of a past day the visit lies ahead: then, as on a first one, the last days are told.
    was_here = last is not None and last <= today
    visited = was_here and chosen is None
    usual = last - timedelta(days=1) if last and was_here else today - timedelta(days=FIRST_VISIT_DAYS)
    day = max(plan.published_on, chosen or usual)
    told = events(plan, day, today, clock=clock)
    causes = [row for row in counts(told) if row[1]]
    missed = entered_late(overview(plan, today), day, clock)
    return Since(day, visited, chosen is not None, told[:SHOWN], len(told), causes, clock, missed)


def shortcuts(plan: Plan, user) -> list[tuple[str, str]]:
    """What somebody of these roles opens most: (label, address)."""
    wanted = (
        (_("录入一个数"), "desk:figure_new", P.ENTER_FIGURES),
        (_("按表格录入"), "desk:grid", P.ENTER_FIGURES),
        (_("导入文件"), "desk_import:list", P.IMPORT_FIGURES),
        (_("批量填报进展"), "updates:bulk", P.ASSIGN),
        (_("责任分工"), "updates:responsibilities", P.ASSIGN),
        (_("总览"), "overview", P.READ),
        (_("全规划状态"), "status", P.READ),
        (_("前后对比"), "changes", P.READ),
        (_("报表"), "report_desk", P.READ),
        (_("大屏"), "wall", P.READ),
    )
    found = [(label, reverse(name, args=[plan.slug])) for label, name, right in wanted if may(user, right)]
    return [*found, (_("使用指南"), reverse("guide_role", args=[plan.slug, guide_of(user)]))]


def guide_of(user) -> str:
    """The guide that fits somebody best."""
    for role in (Role.ANALYST, Role.EVALUATOR, Role.REPORTER):
        if role in user.roles:
            return str(role.value)
    return "official"
