"""Rows that programs write: as many as a body holds, all of them or none, by the forms and services of the pages.

A row is read by the very form a person fills in, and kept by the service behind it, so that a program and a person
are let in, refused and told the same. Each fault names its row, field and value and says what may stand there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.idempotency import HEADER, KEY, OtherRequest, digest_of, do_once
from accounts.problems import problem
from accounts.wording import refusal_told
from audit.models import AuditEvent
from audit.services import record_audit
from plan.models import Item, Plan
from plan.params import BadParameter
from plan.workflow import Overtaken, WrongState
from texts.cleaning import RefusedText, clean_text
from texts.forms import NumberLineField, explain
from texts.names import nearest

MOST_ROWS = 500
DRAFT, SUBMITTED = STATES = ("draft", "submitted")
RETURNED = "returned"
SHOWN = 200
# Of longer numbers a program loses digits before it sends them.
EXACT_DIGITS = 15
REPLAYED = "Idempotency-Replayed"
NUMBERS = (forms.IntegerField, forms.DecimalField, NumberLineField)


class WritingSerializer(serializers.Serializer):
    """What every row may say: which draft or returned one it changes, and whether it is handed in."""

    id = serializers.IntegerField(required=False, min_value=1, help_text="Of a draft or returned row to change.")
    edition = serializers.IntegerField(required=False, min_value=1, help_text="Of that row, as it was last read.")
    state = serializers.ChoiceField(STATES, required=False, help_text="Default draft.")


class WrittenSerializer(serializers.Serializer):
    """A row as it was kept: `id` and `edition` name it when it is to be changed."""

    id = serializers.IntegerField()
    edition = serializers.IntegerField()
    state = serializers.CharField()
    url = serializers.CharField()


@dataclass(frozen=True)
class WriteFault:
    """What is wrong with one field of one row, by its place in the body; `more` is what helps to go on."""

    row: int
    field: str
    value: str
    detail: str
    remedy: str = ""
    status: int = 400
    more: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        named = {"row": self.row, "field": self.field, "value": self.value, "detail": self.detail}
        return named | ({"remedy": self.remedy} if self.remedy else {}) | dict(self.more)


class Faulty(Exception):
    """Nothing was kept, because of these."""

    def __init__(self, faults: Sequence[WriteFault]):
        super().__init__(faults)
        self.faults = faults


class Kept(NamedTuple):
    """A row as it was kept, and whether it is new."""

    row: Any
    is_new: bool


class Writing:
    """How rows of one kind are read and kept; each room has its own, made anew for every request."""

    # What a row may say beside id, edition and state: the key, and the field of the form it goes into.
    names: ClassVar[Mapping[str, str]]
    # What stands in a list of objects, read by the room itself.
    lists: ClassVar[tuple[str, ...]] = ()
    # What names and leads a row besides what it says.
    commons: ClassVar[tuple[str, ...]] = ("id", "edition", "state")
    # The states its rows are in, a decision's too.
    states: ClassVar[Sequence[str]]
    # What a form takes for granted where a row says nothing.
    usual: ClassVar[Mapping[str, str]] = {}

    def __init__(self, plan: Plan, by: Any):
        self.plan, self.by = plan, by

    def item(self, said: Mapping[str, Any]) -> Item:
        """The commitment a row names by its code. Raises ValidationError, with the code that was likely meant."""
        code = f"{said.get('item') or ''}"
        if item := self.plan.items.filter(code=code).first():
            return item
        near = nearest(code, self.plan.items.values_list("code", flat=True)) if code else ""
        told = _("规划中没有条目“%(code)s”") % {"code": code[:40]}
        raise ValidationError({"item": f"{told}{'；' + near if near else ''}"})

    def found(self, said: Mapping[str, Any]) -> Any:
        """The row that is to be changed; None for a new one. Raises ValidationError by key."""
        raise NotImplementedError

    def is_new(self, row: Any) -> bool:
        """Whether what `found` gave had not been there."""
        return row is None

    def stands(self, row: Any) -> dict[str, Any]:
        """What the fields of the form hold of a row that is to be changed."""
        raise NotImplementedError

    def form(self, row: Any, data: dict[str, Any]) -> forms.BaseForm:
        raise NotImplementedError

    def prepared(self, data: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
        """What the form is sent, once it is known what the row says of itself."""
        return data

    def keep(self, row: Any, form: Any, said: Mapping[str, Any]) -> Any:
        """The draft as it was kept. Raises what services raise."""
        raise NotImplementedError

    def submit(self, rows: Sequence[Any]) -> None:
        """Hands kept rows in together, and tells those who may approve once."""
        raise NotImplementedError

    def check(self, row: Any) -> None:
        """Raises ValidationError where a row is not ready to be handed in."""

    def address(self, row: Any) -> str:
        raise NotImplementedError

    def own(self) -> QuerySet:
        """What the person has written, in whatever state, with what `said` reads."""
        raise NotImplementedError

    def said(self, row: Any) -> dict[str, Any]:
        """What a row says, by the keys under which it is written."""
        stands = self.stands(row)
        return {key: stands[name] for key, name in self.names.items()}

    def reason(self, row: Any) -> str:
        """Why a row came back; empty where it did not."""
        steps = sorted(row.steps.all(), key=lambda step: step.pk, reverse=True)
        returns = (step.reason for step in steps if step.action == RETURNED)
        return next(returns, "") if row.state == RETURNED else ""


def answer_writing(request: Any, writing: Writing) -> HttpResponse:
    """What a program is answered that sent a row, or a list of rows; with a key the same request is done once."""
    key = request.headers.get(HEADER, "")
    # An empty one is a variable that was not filled: whoever sent it counts on being protected.
    if HEADER in request.headers and not KEY.fullmatch(key):
        raise BadParameter(HEADER, key, _("应为 1 到 255 个 ASCII 字符，不含空格"))
    asked = request._request
    digest = digest_of(asked.method, asked.get_full_path(), asked.body)
    try:
        done = do_once(request.user, key, digest, lambda: _write(writing, request))
    except OtherRequest:
        told = _("这个 Idempotency-Key 已用于另一个请求；请换一个，或把原来的请求原样重发")
        return problem(422, told, parameter=HEADER, value=key)
    except Faulty as error:
        return _refused(request, error.faults)
    return Response(done.body, status=done.status, headers={REPLAYED: "true"} if done.is_repeated else None)


def _refused(request: Any, faults: Sequence[WriteFault]) -> HttpResponse:
    """All faults, and the first of them as any other refusal names it; what is not theirs to write is logged."""
    first, status = faults[0], max(fault.status for fault in faults)
    if status == 403:
        record_audit(
            action="refused",
            by=request.user,
            outcome=AuditEvent.Outcome.REFUSED,
            object_label=f"{request.method} {request.path}",
            after={"reason": next(fault.detail for fault in faults if fault.status == 403)},
        )
    told = _("第 %(row)s 行：%(detail)s") % {"row": first.row, "detail": first.detail}
    listed = [fault.told() for fault in faults]
    return problem(min(status, 409), told, field=first.field, value=first.value, faults=listed)


def _write(writing: Writing, request: Any) -> tuple[int, Any]:
    body = request.data
    rows = body if isinstance(body, list) else [body]
    if not rows or len(rows) > MOST_ROWS:
        told = _("应为一行或 1 到 %(most)s 行，现有 %(number)s 行；请分几次发送")
        raise Faulty([WriteFault(1, "body", "", told % {"most": MOST_ROWS, "number": len(rows)})])
    kept, handed, faults = [], [], []
    with transaction.atomic():
        for number, said in enumerate(rows, 1):
            try:
                kept.append(_keep(writing, number, said))
                if said.get("state") == SUBMITTED:
                    _check(writing, number, kept[-1].row)
                    handed.append(kept[-1].row)
            except Faulty as error:
                faults += error.faults
        if faults:
            raise Faulty(faults)
        if handed:
            writing.submit(handed)
    now = type(kept[0].row).objects.in_bulk([one.row.pk for one in kept])
    told = [_told(writing, request, now[one.row.pk]) for one in kept]
    return (201 if any(one.is_new for one in kept) else 200), told if isinstance(body, list) else told[0]


def _told(writing: Writing, request: Any, row: Any) -> dict[str, Any]:
    address = request.build_absolute_uri(writing.address(row))
    return {"id": row.pk, "edition": row.edition, "state": row.state, "url": address}


def _check(writing: Writing, number: int, row: Any) -> None:
    try:
        writing.check(row)
    except ValidationError as error:
        raise Faulty(_faults_of(number, error, {}, writing)) from error


def _keep(writing: Writing, number: int, said: Any) -> Kept:
    """Keeps one row of a body, by itself; raises Faulty with all that is wrong with it."""
    if not isinstance(said, dict):
        raise Faulty([WriteFault(number, "body", _shown(said), _("应为一个对象，键为字段名"))])
    wrong = (*_unknown(writing, number, said), *_commons(writing, number, said), *_unclean(writing, number, said))
    if faults := list(wrong):
        raise Faulty(faults)
    try:
        row = writing.found(said)
        stands = dict(writing.usual) if row is None else writing.stands(row)
        given = {name: text_of(said[key]) for key, name in writing.names.items() if key in said}
        form = writing.form(row, writing.prepared(stands, said) | given)
        if faults := _wrong_types(writing, form, number, said):
            raise Faulty(faults)
        if not form.is_valid():
            raise Faulty(_faults_of_form(writing, form, number, said))
        with transaction.atomic():
            return Kept(writing.keep(row, form, said), writing.is_new(row))
    except ValidationError as error:
        raise Faulty(_faults_of(number, error, said, writing)) from error
    except PermissionDenied as error:
        raise Faulty(
            [WriteFault(number, "id" if "id" in said else "", "", refusal_told(str(error)), status=403)]
        ) from error
    except (Overtaken, WrongState) as error:
        raise Faulty([_overtaken(number, said, error)]) from error


def _overtaken(number: int, said: Mapping[str, Any], error: Overtaken | WrongState) -> WriteFault:
    row = getattr(error, "row", None)
    more = {} if row is None else {"id": row.pk, "edition": row.edition, "state": row.state}
    remedy = _("用这里给出的 id 和 edition 再发") if more else ""
    return WriteFault(number, "edition", _shown(said.get("edition", "")), str(error), remedy, 409, more)


def _unknown(writing: Writing, number: int, said: Mapping[str, Any]) -> list[WriteFault]:
    known = (*writing.names, *writing.lists, *writing.commons)
    return [
        WriteFault(
            number, _shown(key), _shown(said[key]), _("没有这个字段"), nearest(key, known) or ", ".join(known)
        )
        for key in said
        if key not in known
    ]


def _commons(writing: Writing, number: int, said: Mapping[str, Any]) -> list[WriteFault]:
    faults = [
        WriteFault(number, name, _shown(said[name]), _("应为正整数"), _("上次答复给出的数"))
        for name in ("id", "edition")
        if name in said and not (type(said[name]) is int and 0 < said[name] < 2**31)
    ]
    if (state := said.get("state", DRAFT)) not in (DRAFT, SUBMITTED):
        told = _("核定和退回由第二人在页面上办理，接口只存草稿或提交")
        faults.append(WriteFault(number, "state", _shown(state), told, f"{DRAFT}, {SUBMITTED}"))
    if "edition" in said and "id" not in said and "id" in writing.commons:
        faults.append(WriteFault(number, "id", "", _("有 edition 时须同时给出 id")))
    return faults


def _unclean(writing: Writing, number: int, said: Mapping[str, Any]) -> list[WriteFault]:
    """Texts that no column holds: codes are looked up before a form reads them."""
    faults = []
    for key in writing.names:
        try:
            clean_text(text_of(said.get(key)), lines=True)
        except RefusedText as error:
            faults.append(WriteFault(number, key, "", explain(error)))
    return faults


def _wrong_types(writing: Writing, form: forms.BaseForm, number: int, said: Mapping[str, Any]) -> list[WriteFault]:
    faults = []
    for key, name in writing.names.items():
        if key in said and name in form.fields and (told := _wrong_type(form.fields[name], said[key])):
            faults.append(WriteFault(number, key, _shown(said[key]), told, remedy_of(form.fields[name])))
    return faults


def _wrong_type(asked: forms.Field, value: Any) -> str:
    """Why a value of JSON cannot go into a field; empty where it can."""
    if value is None or (isinstance(value, str) and not isinstance(asked, forms.BooleanField)):
        return ""
    if isinstance(asked, forms.BooleanField):
        return "" if isinstance(value, bool) else _("应为 true 或 false")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _("应为文字")
    if not isinstance(asked, NUMBERS):
        return _("应为文字，请加引号")
    digits = Decimal(repr(value)).normalize().as_tuple().digits
    return "" if len(digits) <= EXACT_DIGITS else _("数字超过 %(n)s 位会失真，请写成文字") % {"n": EXACT_DIGITS}


def text_of(value: Any) -> str:
    """A value of JSON as a form is sent it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else f"{value}"


def remedy_of(asked: forms.Field) -> str:
    """What may stand in a field, where its kind says it."""
    if isinstance(asked, forms.ChoiceField) and not isinstance(asked, forms.ModelChoiceField):
        return ", ".join(str(value) for value, _label in asked.choices if value)
    if isinstance(asked, forms.DateField):
        return _("YYYY-MM-DD，例如 2023-06-30")
    if isinstance(asked, forms.IntegerField) and asked.min_value is not None and asked.max_value is not None:
        return _("%(low)s 到 %(high)s 的整数") % {"low": asked.min_value, "high": asked.max_value}
    return str(asked.help_text or "")


def _faults_of_form(
    writing: Writing, form: forms.BaseForm, number: int, said: Mapping[str, Any]
) -> list[WriteFault]:
    keys = {name: key for key, name in writing.names.items()}
    return [
        WriteFault(
            number, key := keys.get(name, name if name != "__all__" else "body"), _shown(said.get(key, "")),
            str(told), remedy_of(form.fields[name]) if name in form.fields else "",
        )
        for name, found in form.errors.items()
        for told in found
    ]  # fmt: skip


def _faults_of(number: int, error: ValidationError, said: Mapping[str, Any], writing: Writing) -> list[WriteFault]:
    found = error.message_dict if hasattr(error, "error_dict") else {"body": error.messages}
    keys = {name: key for key, name in writing.names.items()}
    return [
        WriteFault(
            number, key := keys.get(name, "body" if name == "__all__" else name), _shown(said.get(key, "")), told
        )
        for name, faults in found.items()
        for told in faults
    ]


def _shown(value: Any) -> str:
    """A value, or the name of a field, as it can be told: JSON takes half a character, an answer does not."""
    if isinstance(value, dict | list):
        return "…"
    return f"{value}"[:SHOWN].encode(errors="replace").decode()
