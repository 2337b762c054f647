"""Opinions on the draft of a report: entered, answered with what became of them, reopened with a reason."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from assessments.chapters import demand_unpublished
from assessments.models import Opinion, OpinionStep, Round
from plan.models import Plan
from plan.params import today
from plan.workflow import ActRule, Life

State = Opinion.State
Action = OpinionStep.Action
ANSWERS = {State.ADOPTED: Action.ADOPTED, State.PARTLY: Action.PARTLY, State.NOT_ADOPTED: Action.NOT_ADOPTED}


class Opinions(Life):
    name, steps, link = "opinion", OpinionStep, "opinion"

    def __init__(self) -> None:
        takes_part = {"permission": Permission.SEE_ROUNDS}
        why = gettext_lazy("部分采纳或不采纳须写明理由")
        self.rules = {
            Action.ENTERED: ActRule(to=State.OPEN, **takes_part),
            Action.ADOPTED: ActRule((State.OPEN,), to=State.ADOPTED, **takes_part),
            Action.PARTLY: ActRule((State.OPEN,), to=State.PARTLY, why=why, **takes_part),
            Action.NOT_ADOPTED: ActRule((State.OPEN,), to=State.NOT_ADOPTED, why=why, **takes_part),
            Action.REOPENED: ActRule(
                tuple(ANSWERS), to=State.OPEN, why=gettext_lazy("重新处理须写明理由"), **takes_part
            ),
        }

    def rows(self):
        return Opinion.objects.select_related("round__plan", "chapter")

    def plan(self, row: Opinion) -> Plan:
        return row.round.plan

    def hold(self, row: Opinion, action: str) -> None:
        demand_unpublished(row.round)

    def thing(self, row: Opinion) -> dict[str, str]:
        label = f"{row.round.name} {row.who}"
        return {"plan_slug": row.round.plan.slug, "object_code": row.round.code, "object_label": label}

    def before(self, row: Opinion, action: str) -> Any:
        return self.after(row, action)

    def after(self, row: Opinion, action: str) -> Any:
        told = {"kind": row.kind, "who": row.who, "text": row.text, "chapter": row.chapter_id}
        return told | {"received_on": str(row.received_on), "state": row.state, "answer": row.answer}


OPINIONS = Opinions()


def enter_opinion(round: Round, *, by, **fields: Any) -> Opinion:
    """Raises ValidationError by field."""
    row = Opinion(round=round, entered_by=by, **fields)
    return OPINIONS.begin(row, Action.ENTERED, by=by, edit=_check).row


def answer_opinion(opinion: Opinion, *, edition: int, by, state: str, answer: str) -> Opinion:
    """What becomes of an opinion. Raises ValidationError where it must be said why."""

    def edit(row: Opinion) -> None:
        row.answer = answer.strip()

    return OPINIONS.step(opinion, ANSWERS[state], edition=edition, by=by, reason=answer, edit=edit).row


def reopen_opinion(opinion: Opinion, *, edition: int, by, reason: str) -> Opinion:
    return OPINIONS.step(opinion, Action.REOPENED, edition=edition, by=by, reason=reason, answer="").row


def _check(row: Opinion) -> None:
    demand_unpublished(row.round)
    if row.received_on and row.received_on > today():
        raise ValidationError({"received_on": _("收到日期不能晚于今天")})
    if row.chapter and row.chapter.round_id != row.round_id:
        raise ValidationError({"chapter": _("所选章节不属于本轮报告")})
    row.full_clean(exclude=["round", "entered_by", "chapter"], validate_constraints=False)
