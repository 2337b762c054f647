"""Writes to drafts: each change whole or not at all, one step and one audit row with it."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.refusals import Overtaken, WrongState
from audit.services import record_audit
from jobs.models import Job
from jobs.services import enqueue
from plan.converters import PLAN_ADDRESS_RULE, is_plan_address
from plan.models import Plan
from studio import held as content
from studio import outside
from studio.choosing import adopted, is_read, items_of, of_stored, place_of, proposals, reading_key, remember
from studio.held import CannotChange, DraftContent
from studio.models import DraftStep, PlanDraft
from studio.outside import OUTSIDE
from studio.proposing.proposals import Proposal
from studio.proposing.rules import templates
from studio.reading.document import read_text

Action = DraftStep.Action
# Steps of a draft's life, which change nothing in it.
OF_ITS_LIFE = (
    Action.STARTED, Action.UNDONE, Action.SUBMITTED, Action.RETURNED, Action.WITHDRAWN, Action.PUBLISHED,
    Action.HANDED,
)  # fmt: skip
# The job that reads a long text.
PROPOSE = "studio.propose"
# The job that asks the installation's own program.
ASK = "studio.ask"


@transaction.atomic
def start(*, slug: str, template: str, frame: dict[str, Any], by) -> PlanDraft:
    """A new draft with nothing in it but its name. Raises ValidationError where the address is taken."""
    require(by, Permission.EDIT_PLAN)
    if not by.works_in(slug):
        raise PermissionDenied(_("您的角色限于指定的规划，不能新建规划"))
    if not is_plan_address(slug):
        raise ValidationError({"slug": PLAN_ADDRESS_RULE})
    if Plan.objects.filter(slug=slug).exists():
        raise ValidationError({"slug": _("这个地址已有规划，请换一个")})
    kinds = [dict(kind) for kind in templates()[template].kinds]
    held = DraftContent(frame={"slug": slug} | frame, kinds=kinds)
    try:
        with transaction.atomic():
            draft = PlanDraft.objects.create(
                slug=slug, title=frame["title"], template=template, content=held.as_json(),
                started_by=by, keeper=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise ValidationError({"slug": _("这个地址已有编制稿，请换一个")}) from error
    note(draft, Action.STARTED, by, frame["title"])
    return draft


def reading(draft: PlanDraft) -> Job | None:
    """The job that still reads the draft's text, asked for where there is none; None once all was proposed."""
    held = draft.held
    if is_read(held, draft.template):
        return None
    arguments = {"draft": draft.pk, "key": reading_key(held, draft.template)}
    job = Job.objects.filter(kind=PROPOSE, arguments=arguments).order_by("-id").first()
    if job is None or job.state in (Job.State.DEAD, Job.State.CANCELLED):
        return enqueue(PROPOSE, arguments)
    if job.state != Job.State.DONE:
        return job
    remember(arguments["key"], job.result["proposals"] or [])
    return None


@dataclass(frozen=True)
class Outside:
    """What the installation's own program proposes (studio.outside); `is_asked` while it has not answered."""

    program: str
    is_asked: bool = False
    proposals: tuple[Proposal, ...] = ()
    told: tuple[str, ...] = ()


def outside_of(draft: PlanDraft) -> Outside | None:
    """The program's answer, asked for by a job where there is none. A text it failed on is not sent to it again.

    None where there is no program, or the rules are not done.
    """
    held, program = draft.held, settings.STUDIO_PROPOSER
    if not program or not held.text or not is_read(held, draft.template):
        return None
    arguments = {"draft": draft.pk, "key": outside.key_of(held, draft.template)}
    job = Job.objects.filter(kind=ASK, arguments=arguments).order_by("-id").first() or enqueue(ASK, arguments)
    if job.state == Job.State.DONE and job.result.get("proposals") is not None:
        return Outside(program, False, of_stored(job.result["proposals"]), tuple(job.result["told"]))
    if job.state in (Job.State.QUEUED, Job.State.RUNNING):
        return Outside(program, True)
    return Outside(program, told=(_("没有应答"),))


def locked(pk: int) -> PlanDraft:
    return PlanDraft.objects.select_for_update().get(pk=pk)


@transaction.atomic
def change(
    draft: PlanDraft,
    make: Callable[[DraftContent], DraftContent],
    *,
    action: str,
    by,
    edition: int | None = None,
    told: str | list[str] = "",
    **columns: Any,
) -> PlanDraft:
    """Applies a pure change to what a draft holds; `columns` of its row go with it.

    `edition` is the one that was read: with it a draft that somebody changed meanwhile is refused (Overtaken).
    Without it the change says itself what must still be there; a list that it fills is told. Raises WrongState and
    ValidationError.
    """
    require(by, Permission.EDIT_PLAN)
    draft = locked(draft.pk)
    if not draft.is_open:
        raise WrongState(_("这份编制稿已提交发布，先撤回才能修改"))
    if edition is not None and edition != draft.edition:
        raise Overtaken(draft, _overtaken_by(draft))
    before = draft.held
    try:
        after = make(before)
    except CannotChange as error:
        raise ValidationError(str(error)) from error
    changed = content.difference(before, after)
    if not columns and changed == {"items": {}}:
        return draft
    for name, value in columns.items():
        setattr(draft, name, value)
    draft.content, draft.title = after.as_json(), after.frame.get("title") or draft.title
    draft.edition += 1
    draft.save()
    note(draft, action, by, told if isinstance(told, str) else "、".join(told), changed)
    return draft


def _overtaken_by(draft: PlanDraft) -> str:
    last = draft.steps.select_related("by").first()
    return _("%(who)s 刚刚改动过（%(what)s）；页面已是最新内容，请再做一次") % {
        "who": last.by, "what": last.get_action_display(),
    }  # fmt: skip


def note(draft: PlanDraft, action: str, by, told: str = "", changed: dict | None = None) -> DraftStep:
    step = draft.steps.create(by=by, action=action, told=told[:300], changed=changed or {})
    record_audit(
        action="studio",
        by=by,
        plan_slug=draft.slug,
        object_code=draft.slug,
        object_label=draft.title,
        after={"step": action, "told": told[:300], "items": len((changed or {}).get("items", {}))},
    )
    return step


def take_text(
    draft: PlanDraft, raw: str, *, by, edition: int, passed: Collection[str] = ()
) -> tuple[PlanDraft, list[str]]:
    """Reads a text into the draft; items stay where their words stand now. Returns the titles of those whose words
    are gone."""
    document = read_text(raw, passed)
    lost: list[str] = []

    def make(held: DraftContent) -> DraftContent:
        new, gone = content.with_text(held, document.as_files())
        lost.extend(new.items[key].title for key in gone)
        return new

    numbers = {"blocks": len(document.blocks), "repairs": len(document.repairs)}
    draft = change(
        draft, make, action=Action.TEXT, by=by, edition=edition, raw=raw, passed=sorted(passed),
        told=_("%(blocks)s 段，%(repairs)s 处修补") % numbers,
    )  # fmt: skip
    return draft, lost


def accept(draft: PlanDraft, numbers: Collection[int], *, by, text_key: str) -> PlanDraft:
    """Takes proposals in by their numbers; `text_key` says of which text the numbers are."""
    told: list[str] = []

    def make(held: DraftContent) -> DraftContent:
        found = _found(held, draft, text_key)
        rows = items_of(held, found, [number for number in numbers if number < len(found)])
        held, _keys = content.accept(held, rows)
        told.extend([*_from_outside(found, numbers), *(row.title for row in rows)])
        for key, parent in adopted(held, found).items():
            held.items[key].parent = parent
        return held

    return change(draft, make, action=Action.ACCEPTED, by=by, told=told) if numbers else draft


def _from_outside(found: tuple[Proposal, ...], numbers: Collection[int]) -> list[str]:
    """For the draft's trace, where some of what was accepted came from."""
    taken = sum(found[number].rule == OUTSIDE for number in numbers if number < len(found))
    return (
        [_("%(n)s 条来自外接程序 %(program)s") % {"n": taken, "program": settings.STUDIO_PROPOSER}]
        if taken
        else []
    )


def reject(draft: PlanDraft, numbers: Collection[int], *, by, text_key: str) -> PlanDraft:
    """Judges that the words of proposals promise nothing."""

    def make(held: DraftContent) -> DraftContent:
        found = _found(held, draft, text_key)
        return content.judge_none(held, [place_of(found[number]) for number in numbers if number < len(found)])

    return change(draft, make, action=Action.NONE, by=by, told=str(len(numbers))) if numbers else draft


def _found(held: DraftContent, draft: PlanDraft, text_key: str) -> tuple[Proposal, ...]:
    if reading(draft) is not None:
        raise CannotChange("建议还在生成，请稍候再试")
    if key_of(held) != text_key:
        raise CannotChange("文本刚刚改动过，建议已重新生成；页面已更新，请再看一遍")
    more = outside_of(draft)
    return proposals(held, draft.template) + (more.proposals if more else ())


def key_of(held: DraftContent) -> str:
    """Names a text for as long as it stays."""

    return hashlib.sha256(held.text.encode()).hexdigest()[:16]


@transaction.atomic
def undo(draft: PlanDraft, *, by) -> DraftStep:
    """Takes the last step back that is not; several times takes back several."""
    require(by, Permission.EDIT_PLAN)
    draft = locked(draft.pk)
    if not draft.is_open:
        raise WrongState(_("这份编制稿已提交发布，先撤回才能修改"))
    step = draft.steps.filter(undone=False).exclude(action__in=OF_ITS_LIFE).first()
    last = draft.steps.filter(action=Action.PUBLISHED).first()
    if step is None or (last and step.pk < last.pk):
        raise ValidationError(_("没有可以撤销的步骤"))
    try:
        draft.content = content.undone(draft.held, step.changed).as_json()
    except CannotChange as error:
        raise ValidationError(str(error)) from error
    draft.edition += 1
    draft.save()
    step.undone = True
    step.save(update_fields=["undone"])
    note(draft, Action.UNDONE, by, f"{step.get_action_display()} {step.told}")
    return step


def frame_of(data: dict[str, Any]) -> dict[str, Any]:
    """The frame as a draft holds it, from a form's clean data."""
    days = {name: value.isoformat() for name, value in data.items() if isinstance(value, date)}
    names = ("title", "title_en", "short", "short_en")
    source = {name: data.get(f"source_{name}", "") for name in ("publisher", "title", "url")}
    return {name: data.get(name, "") for name in names} | days | {"source": source}
