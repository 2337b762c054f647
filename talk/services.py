"""The life of a thread: begun, answered, resolved, reopened; words can be mended for a while and taken back.

Each act is one of the house's engine (plan.workflow): one audit row with the words, and one notice a comment to
whoever is named, takes part, wrote what it is about or follows it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from audit.refusals import WrongState
from audit.services import record_audit
from following.queries import followers_of
from notices.models import Notice, NoticeKind
from notices.phrases import Said, in_chinese, say
from notices.services import notify
from plan.models import Plan
from plan.workflow import ActRule, Life, Tells, demand_handing, demand_reason
from talk.models import COMMENT_LENGTH, Comment, TalkMention, Thread
from talk.naming import named_in
from talk.subjects import About, Sight, about_of

State = Thread.State
BEGUN, REPLIED, CHANGED, WITHDRAWN = "begun", "replied", "changed", "withdrawn"
RESOLVED, REOPENED = "resolved", "reopened"


class Talk(Life):
    """Whoever may see a thing may talk about it; nothing is decided by it."""

    name, holder = "talk", "keeper"

    def __init__(self) -> None:
        speaks, sees = {"person": self.may_speak}, {"person": self.may_see}
        self.rules = {
            BEGUN: ActRule(to=State.OPEN, **speaks),
            REPLIED: ActRule((State.OPEN,), **speaks),
            REOPENED: ActRule((State.RESOLVED,), to=State.OPEN, **speaks),
            CHANGED: ActRule((State.OPEN, State.RESOLVED), **speaks),
            WITHDRAWN: ActRule((State.OPEN, State.RESOLVED), **sees),
            RESOLVED: ActRule(
                (State.OPEN,),
                to=State.RESOLVED,
                tells=Tells(
                    NoticeKind.TALK, gettext_noop("%(who)s 已将讨论标为已解决：%(what)s"), self.other_keeper
                ),
                **sees,
            ),
            self.HANDED: ActRule((State.OPEN,)),
        }

    def rows(self):
        return Thread.objects.select_related("plan", "keeper", *SUBJECT_ROWS)

    def plan(self, row: Thread) -> Plan:
        return row.plan

    def thing(self, row: Thread) -> dict[str, str]:
        told = about_of(row)
        code = told.item.code if told.item else str(told.key)
        return {"plan_slug": row.plan.slug, "object_code": code[:60], "object_label": in_chinese(told.label)}

    def names(self, row: Thread, action: str) -> dict[str, Said]:
        who = {"who": str(row.resolved_by)} if action == RESOLVED else {}
        return {"what": about_of(row).label} | who

    def other_keeper(self, row: Thread, by: Any) -> list[Any]:
        return [] if row.keeper_id == by.pk else [row.keeper]

    def address(self, row: Thread) -> str:
        return row.get_absolute_url()

    def may_see(self, rows: Sequence[Thread], by: Any) -> None:
        if not all(about_of(row).seen_by(Sight(row.plan, by)) for row in rows):
            raise PermissionDenied(_("您看不到所谈的内容，不能参与讨论"))

    def may_speak(self, rows: Sequence[Thread], by: Any) -> None:
        self.may_see(rows, by)
        if why := next(filter(None, (about_of(row).closed for row in rows)), ""):
            raise WrongState(why)

    def demand_taker(self, row: Thread, to: Any) -> None:
        self.may_see([row], to)

    def demand_state(self, row: Thread, states: Sequence[str]) -> None:
        if row.state in states:
            return
        if row.state == State.OPEN:
            raise WrongState(_("这一讨论还在进行"))
        told = {"who": row.resolved_by, "time": timezone.localtime(row.resolved_at).strftime("%Y-%m-%d %H:%M")}
        raise WrongState(_("这一讨论已由 %(who)s 于 %(time)s 标为已解决") % told)

    def after(self, row: Thread, action: str) -> Any:
        return getattr(row, "told", None)


SUBJECT_ROWS = (
    "item__plan",
    "item__parent__parent__parent",
    "figure__component__indicator__plan",
    "figure__component__indicator__parent",
    "figure__entered_by",
    "update__item__plan",
    "update__item__parent__parent__parent",
    "update__entered_by",
    "chapter__round__plan",
    "chapter__author",
    "round",
    "resolved_by",
)
TALK = Talk()


def begin_thread(told: About, *, text: str, is_question: bool = False, by: User) -> Thread:
    """Begins to talk about something. Raises PermissionDenied, WrongState, ValidationError (text)."""
    text = _words(text)
    row = Thread(plan=told.plan, keeper=by, is_question=is_question, **{told.key: told.row})
    named = _named(told, text)

    def then(held: Thread) -> None:
        _say(held, text, named, by)

    return TALK.begin(row, BEGUN, by=by, then=then).row


def reply(thread: Thread, *, text: str, by: User) -> Thread:
    """Says something more; in a thread that was resolved it opens it again.

    Raises PermissionDenied, WrongState, ValidationError (text).
    """
    text = _words(text)
    named = _named(about_of(thread), text)

    def edit(held: Thread) -> None:
        held.resolved_by, held.resolved_at = None, None
        _say(held, text, named, by)

    action = REPLIED if thread.state == State.OPEN else REOPENED
    return TALK.step(thread, action, by=by, edit=edit).row


def resolve(thread: Thread, *, edition: int, by: User) -> Thread:
    """Says that it is resolved, of what was read at an edition. Raises WrongState, Overtaken, PermissionDenied."""

    def edit(held: Thread) -> None:
        held.resolved_by, held.resolved_at = by, timezone.now()
        TalkMention.objects.filter(comment__thread=held, settled_at=None).update(settled_at=timezone.now())

    if (now := TALK.rows().filter(pk=thread.pk).first()) is not None:
        TALK.demand_state(now, (State.OPEN,))
    return TALK.step(thread, RESOLVED, edition=edition, by=by, edit=edit).row


def change_comment(comment: Comment, *, text: str, by: User) -> Comment:
    """Mends one's own words while they are fresh; whoever is named only now is told.

    Raises PermissionDenied, WrongState (too late, withdrawn, closed), ValidationError (text).
    """
    text = _words(text)
    named = _named(about_of(comment.thread), text)

    def edit(held: Thread) -> None:
        row = _own(comment, by)
        if not is_fresh(row):
            told = {"n": settings.TALK_EDIT_MINUTES}
            raise WrongState(_("发出超过 %(n)s 分钟，不能修改；可以撤回，或再发一条") % told)
        held.told = {"comment": row.pk, "before": row.text, "text": text}
        row.text, row.edited_at = text, timezone.now()
        row.save(update_fields=["text", "edited_at"])
        _name(row, named)
        row.mentions.exclude(person__in=list(named)).delete()
        _tell_named(held, row, by)

    TALK.step(comment.thread, CHANGED, by=by, edit=edit)
    comment.refresh_from_db()
    return comment


def withdraw_comment(comment: Comment, *, by: User) -> Comment:
    """Takes one's own words back: pages and notices say no more of them, the audit log keeps them."""

    def edit(held: Thread) -> None:
        row = _own(comment, by)
        held.told = {"comment": row.pk, "before": row.text}
        row.text, row.withdrawn_at = "", timezone.now()
        row.save(update_fields=["text", "withdrawn_at"])
        row.mentions.filter(settled_at=None).update(settled_at=timezone.now())
        Notice.objects.filter(key=_key(row)).update(body="")

    TALK.step(comment.thread, WITHDRAWN, by=by, edit=edit)
    comment.refresh_from_db()
    return comment


def hand_mention(mention: TalkMention, *, to: User, by: User, reason: str) -> None:
    """What somebody was asked is another's to answer. Raises ValidationError, PermissionDenied, WrongState."""
    reason = demand_reason(reason, _("移交须写明事由"))
    with transaction.atomic():
        thread = TALK.locked(mention.comment.thread)
        held = TalkMention.objects.select_for_update().get(pk=mention.pk)
        if held.settled_at is not None:
            raise WrongState(_("这一讨论已经答复"))
        demand_handing(mention.person, to, by, thread.plan.slug)
        TALK.demand_taker(thread, to)
        TalkMention.objects.filter(pk=held.pk).update(settled_at=timezone.now())
        TalkMention.objects.update_or_create(comment=mention.comment, person=to, defaults={"settled_at": None})
        record_audit(
            action="talk.mention_handed",
            by=by,
            before={"person": mention.person.username},
            after={"person": to.username, "reason": reason},
            **TALK.thing(thread),
        )


def heard(comment: Comment) -> int:
    """How many people were told of a comment."""
    return Notice.objects.filter(key=_key(comment)).count()


def is_fresh(comment: Comment) -> bool:
    """Whether the words may still be mended: so many minutes after they were sent."""
    return timezone.now() - comment.at <= timedelta(minutes=settings.TALK_EDIT_MINUTES)


def _words(text: str) -> str:
    text = demand_reason(text, _("请写下要说的话"), "text")
    if len(text) > COMMENT_LENGTH:
        raise ValidationError({"text": _("最多 %(number)s 字") % {"number": COMMENT_LENGTH}})
    return text


def _named(told: About, text: str) -> dict[User, str]:
    """Who is named; raises ValidationError for somebody who may not see what is talked about."""
    named = named_in(text)
    for person, said in named.items():
        if not told.seen_by(Sight(told.plan, person)):
            raise ValidationError({"text": _("%(name)s 看不到所谈的内容，不能提到") % {"name": said}})
    return named


def _own(comment: Comment, by: User) -> Comment:
    row = Comment.objects.select_for_update().get(pk=comment.pk)
    if row.by_id != by.pk:
        raise PermissionDenied(_("只能修改或撤回自己的发言"))
    if row.withdrawn_at is not None:
        raise WrongState(_("这条发言已撤回"))
    return row


def _say(thread: Thread, text: str, named: dict[User, str], by: User) -> None:
    """Stores a comment, settles what was asked of its writer, and tells whom it concerns."""
    row = Comment.objects.create(thread=thread, by=by, text=text)
    thread.told = {"comment": row.pk, "text": text}
    TalkMention.objects.filter(comment__thread=thread, person=by, settled_at=None).update(settled_at=row.at)
    _name(row, named)
    _tell_named(thread, row, by)
    title = (
        gettext_noop("%(who)s 提问：%(what)s")
        if _is_asked(thread, row)
        else gettext_noop("%(who)s 发言：%(what)s")
    )
    _tell(thread, row, _hearers(thread, row, by), title)


def _is_asked(thread: Thread, comment: Comment) -> bool:
    return thread.is_question and not thread.comments.filter(pk__lt=comment.pk).exists()


def _name(comment: Comment, named: dict[User, str]) -> None:
    for person, said in named.items():
        # Who names himself owes himself no answer.
        settled = comment.at if person.pk == comment.by_id else None
        TalkMention.objects.get_or_create(
            comment=comment, person=person, defaults={"said": said, "settled_at": settled}
        )


def _key(comment: Comment) -> str:
    return f"talk:{comment.thread_id}:{comment.pk}"


def _tell_named(thread: Thread, comment: Comment, by: User) -> None:
    people = [row.person for row in comment.mentions.select_related("person") if row.person_id != by.pk]
    _tell(thread, comment, people, gettext_noop("%(who)s 在讨论中提到您：%(what)s"))


def _tell(thread: Thread, comment: Comment, people: list[User], title: str) -> None:
    """Everybody once a comment, in however many ways it concerns him: the key is the comment's."""
    notify(
        people,
        kind=NoticeKind.TALK,
        key=_key(comment),
        title=say(title, who=str(comment.by), **TALK.names(thread, REPLIED)),
        body=comment.text,
        url=f"{TALK.address(thread)}#c{comment.pk}",
    )


def _hearers(thread: Thread, comment: Comment, by: User) -> list[User]:
    """Who takes part, who keeps the thread, who wrote what it is about, and of what is public who follows it."""
    told = about_of(thread)
    spoke = thread.comments.filter(withdrawn_at=None).values("by")
    people = {row.pk: row for row in User.objects.filter(pk__in=spoke)}
    people |= {row.pk: row for row in (thread.keeper, told.writer) if row is not None}
    if not told.is_public:
        people = {pk: row for pk, row in people.items() if told.seen_by(Sight(told.plan, row))}
    elif told.item is not None:
        people |= {row.pk: row for row in followers_of(told.item) if row.works_in(told.plan.slug)}
    people.pop(by.pk, None)
    return list(people.values())
