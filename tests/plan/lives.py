"""The six lives as the rules are written down (design 4, conventions): what the tests of the engine hold it to.

Nothing here is read from the product's own tables of rules. A `Life` follows one row: what state it must be in,
who wrote what stands there, who may take which act on it now, whom the act tells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from accounts.models import Organisation
from assessments import findings, notes, rounds, snapshots
from assessments.models import Finding, Note, Round
from assessments.queries import changes_since
from audit.models import AuditEvent
from indicators.figures import taking_out
from indicators.figures import workflow as figures
from indicators.models import Observation, Target
from indicators.targets import workflow as targets
from notices.models import Notice
from plan.models import Plan
from plan.params import today
from plan.services import touch_plan
from plan.workflow import Overtaken, WrongState
from tests.approving import approve_update
from tests.factories import make_component, make_item, make_observation, make_person, make_plan
from updates import services as updates
from updates.models import StatusUpdate

REFUSED = (PermissionDenied, WrongState, Overtaken, ValidationError)
# How an act is tried: as it should be; with an edition that somebody has saved over; saying nothing; too much.
RIGHT, LATE, MUTE, LONG = "right", "late", "mute", "long"
LIMIT = 5000
REVIEWERS = {"bob", "cal", "rev", "own", "eva"}
ANALYSTS = {"ana", "bob", "cal"}


class Office:
    """The plan, the people and the one round of a story."""

    def __init__(self) -> None:
        self.own, far = (Organisation.objects.create(code=code, name=code) for code in ("own", "far"))
        self.plan = make_plan()
        self.component = make_component(self.plan)
        self.component.indicator.lead = self.own
        self.component.indicator.save()
        self.task = make_item(self.plan, "P-1.1", lead=self.own)
        make_observation(self.component, 2021, "120", released="2022-02-01")
        self.people = {
            "ana": self._person("ana", "analyst"),
            "bob": self._person("bob", "analyst", "reviewer"),
            "cal": self._person("cal", "analyst", "reviewer"),
            "rev": self._person("rev", "reviewer"),
            "own": self._person("own", "reporter", "reviewer", organisation=self.own),
            "far": self._person("far", "reporter", organisation=far),
            "eva": self._person("eva", "evaluator", "reviewer"),
            "evi": self._person("evi", "evaluator"),
            "vic": self._person("vic"),
        }
        self.numbers = count(1)
        self.lives: dict[str, Life] = {}
        # The rows as they were when they were settled: never to change again.
        self.settled: dict[tuple[type, int], dict] = {}

    @staticmethod
    def _person(name, *roles, **fields):
        return make_person(name, *roles, password=None, **fields)

    def life(self, name: str) -> "Life":
        if name not in self.lives:
            self.lives[name] = LIVES[name](self)
        return self.lives[name]


@dataclass
class Act:
    """`starts`: the states it starts from; `to`: where it leads ("" stays); `may`: who may take it now;
    `says`: whether something must be said; `tells`: who hears of it, given who took it."""

    starts: tuple[str, ...]
    to: str
    may: set[str]
    call: Callable[..., Any]
    says: bool = False
    touches: bool = False
    tells: set[str] | None = None
    versioned: bool = True
    # The word in the audit log where it is not the act's own, and whether a step is kept.
    step: bool = True


class Life:
    """One row on its way; `state` is what it must be in, "" where there is none any more."""

    name: str
    model: type[models.Model]
    start: str
    # Paths of acts that bring a new row into each state: the act and who takes it.
    paths: dict[str, tuple[tuple[str, str], ...]]
    final: tuple[str, ...] = ()
    said_in = "reason"

    def __init__(self, office: Office):
        self.office = office
        self.begin()

    @property
    def people(self):
        return self.office.people

    def begin(self) -> None:
        self.state, self.wrote = self.start, set()
        self.row = self.make(next(self.office.numbers))

    def make(self, number: int):
        raise NotImplementedError

    def acts(self) -> dict[str, Act]:
        raise NotImplementedError

    def blocked(self, act: str) -> bool:
        """Whether something beside the row stands in the way."""
        return False

    def noted(self, act: str, who: str) -> None:
        """What an act means for who may take which."""

    def bring(self, state: str) -> None:
        for act, who in self.paths[state]:
            take(self, act, who)

    def steps(self) -> int:
        return self.row.steps.count() if hasattr(self.row, "steps") else 0


class Entry(Life):
    """Entered by ana; bob changes it on its way, so neither may approve it."""

    start = "draft"
    final = ("approved", "discarded")
    paths = {
        "draft": (),
        "submitted": (("changed", "bob"), ("submitted", "cal")),
        "returned": (("changed", "bob"), ("submitted", "cal"), ("returned", "rev")),
        "approved": (("changed", "bob"), ("submitted", "cal"), ("approved", "rev")),
    }
    # The product's functions: change, submit, withdraw, discard, return, approve.
    doing: dict[str, Callable]

    def begin(self) -> None:
        super().begin()
        self.wrote, self.returned = {"ana"}, False
        # Who took the last decision, while nothing was done since; who asked what is not answered.
        self.decider, self.asker = "", ""

    def changed(self) -> dict[str, Any]:
        raise NotImplementedError

    def acts(self) -> dict[str, Act]:
        writing = ANALYSTS | {"own"}
        judging = REVIEWERS - self.wrote
        do, open_, waiting = self.doing, ("draft", "returned"), ("submitted",)

        def change(row, edition, by, said):
            return do["change"](row, edition=edition, by=by, **self.changed())

        def send_back(row, edition, by, said):
            return do["return"](row, edition=edition, by=by, reason=said)

        def saying(name):
            return lambda row, edition, by, said: do[name](row, edition=edition, by=by, reason=said)

        return {
            "asked": Act(waiting, "", judging, saying("ask"), says=True, tells={"ana"}),
            "answered": Act(waiting, "", writing, saying("answer"), says=True, tells={self.asker} - {""}),
            "undone": Act(
                ("approved", "returned"),
                "submitted",
                {self.decider} - {""} or judging,
                _plain(do["undo"]),
                touches=True,
                tells={"ana"},
            ),
            "changed": Act(open_, "", writing, change),
            "submitted": Act(open_, "submitted", writing, _plain(do["submit"]), tells=judging),
            "withdrawn": Act(waiting, "draft", {"ana"}, _plain(do["withdraw"])),
            "discarded": Act(("draft",), "discarded", writing, _plain(do["discard"]), step=False),
            "returned": Act(waiting, "returned", judging, send_back, says=True, tells={"ana"}),
            "approved": Act(waiting, "approved", judging, _plain(do["approve"]), touches=True, tells={"ana"}),
        }

    def blocked(self, act: str) -> bool:
        if act == "answered":
            return not self.asker
        if act == "undone":
            return not self.decider
        return act == "discarded" and self.returned

    def noted(self, act: str, who: str) -> None:
        if act == "changed":
            self.wrote.add(who)
        self.returned |= act == "returned"
        self.decider = who if act in ("approved", "returned") else ""
        self.asker = who if act == "asked" else ""


class FigureLife(Entry):
    """As every entry; once approved it may be asked out by one person and taken out by another."""

    name, model = "figure", Observation
    final = ("rejected", "discarded")
    paths = Entry.paths | {"rejected": (*Entry.paths["approved"], ("out_asked", "cal"), ("taken_out", "rev"))}
    doing = {
        "change": figures.change_figure,
        "submit": figures.submit_figure,
        "withdraw": figures.withdraw_figure,
        "discard": figures.discard_figure,
        "return": figures.return_figure,
        "approve": figures.approve_figure,
        "ask": figures.FIGURES.ask,
        "answer": figures.FIGURES.answer,
        "undo": figures.FIGURES.undo,
    }

    def make(self, number: int) -> Observation:
        return figures.enter_figure(
            component=self.office.component,
            by=self.people["ana"],
            source=self.office.plan.source,
            # On the straight way to the target, so that it is quiet whatever was approved before it.
            year=2021 + number % 3,
            value=Decimal(120 + 20 * (number % 3)),
            value_status="final",
            released_on=date(2024, 1, 1) + timedelta(number),
        )

    def begin(self) -> None:
        super().begin()
        self.out_asker = ""

    def acts(self) -> dict[str, Act]:
        def saying(function):
            return lambda row, edition, by, said: function(row, edition=edition, by=by, reason=said)

        approved, deciders, asker = ("approved",), REVIEWERS - {self.out_asker}, {self.out_asker} - {""}
        return super().acts() | {
            "out_asked": Act(
                approved, "", ANALYSTS | {"own"}, saying(taking_out.ask_out), says=True, tells=REVIEWERS
            ),
            "taken_out": Act(
                approved, "rejected", deciders, _plain(taking_out.take_out), touches=True, tells=asker | {"ana"}
            ),
            "out_refused": Act(approved, "", deciders, saying(taking_out.keep_in), says=True, tells=asker),
        }

    def blocked(self, act: str) -> bool:
        if act == "out_asked":
            return bool(self.out_asker)
        return not self.out_asker if act in ("taken_out", "out_refused") else super().blocked(act)

    def noted(self, act: str, who: str) -> None:
        super().noted(act, who)
        if act in ("out_asked", "out_refused"):
            self.out_asker = who if act == "out_asked" else ""

    def changed(self) -> dict[str, Any]:
        return {"note": f"改{next(self.office.numbers)}"}


class UpdateLife(Entry):
    name, model = "update", StatusUpdate
    doing = {
        "change": updates.change_update,
        "submit": updates.submit_update,
        "withdraw": updates.withdraw_update,
        "discard": updates.discard_update,
        "return": updates.return_update,
        "approve": approve_update,
        "ask": updates.UPDATES.ask,
        "answer": updates.UPDATES.answer,
        "undo": updates.UPDATES.undo,
    }

    def make(self, number: int) -> StatusUpdate:
        day = date(2023, 1, 1) + timedelta(number)
        return updates.file_update(
            item=self.office.task, by=self.people["ana"], status_on=day, status="on_schedule", done=f"第{number}次"
        )

    def changed(self) -> dict[str, Any]:
        return {"done": f"改{next(self.office.numbers)}"}


class TargetLife(Life):
    """Proposed by bob, who is a reviewer too and may not decide it."""

    name, model, start = "target", Target, "proposed"
    final = ("approved", "refused")
    paths = {"proposed": (), "approved": (("approved", "rev"),), "refused": (("refused", "rev"),)}

    def make(self, number: int) -> Target:
        return targets.propose_target(
            component=self.office.component,
            by=self.people["bob"],
            type="point",
            value=Decimal(200 + number),
            year=2025,
            text=str(number),
            effective_on=date(2024, 1, 1) + timedelta(number),
            approving_body="市政府",
            document_number=f"{number}号",
            document_date=date(2024, 1, 1),
            reason="评估",
        )

    def acts(self) -> dict[str, Act]:
        others = REVIEWERS - {"bob"}

        def approve(row, edition, by, said):
            # What stands for the edition: the newest version of the component, one less where it was read before.
            latest = self.office.component.targets.filter(state="approved").count()
            latest -= edition == 0
            return targets.approve_target(row, latest_version=latest, by=by, reason="与文件一致")

        def refuse(row, edition, by, said):
            return targets.refuse_target(row, by=by, reason=said)

        return {
            "approved": Act(
                ("proposed",), "approved", others, approve, touches=True, tells={"bob"}, step=False
            ),
            "refused": Act(
                ("proposed",), "refused", others, refuse, says=True, tells={"bob"}, versioned=False, step=False
            ),
            "asked": Act(
                ("proposed",), "", others, self._saying(targets.TARGETS.ask), says=True, tells={"bob"},
                versioned=False,
            ),
            "answered": Act(
                ("proposed",), "", ANALYSTS, self._saying(targets.TARGETS.answer), says=True,
                tells={self.asker} - {""}, versioned=False,
            ),
        }  # fmt: skip

    @staticmethod
    def _saying(function):
        return lambda row, edition, by, said: function(row, edition=None, by=by, reason=said)

    def begin(self) -> None:
        super().begin()
        self.asker = ""

    def blocked(self, act: str) -> bool:
        return act == "answered" and not self.asker

    def noted(self, act: str, who: str) -> None:
        self.asker = who if act == "asked" else ""


class RoundLife(Life):
    name, model, start = "round", Round, "planned"
    paths = {
        "planned": (),
        "open": (("opened", "rev"),),
        "closed": (("opened", "rev"), ("closed", "rev")),
        "published": (("opened", "rev"), ("closed", "rev"), ("published", "rev")),
    }

    def make(self, number: int) -> Round:
        return rounds.create_round(
            plan=self.office.plan,
            code=f"round-{number}",
            by=self.people["rev"],
            kind="midterm",
            name="中期评估",
            starts_on=date(2021, 1, 1),
            ends_on=date(2023, 6, 30),
            cut_off=date(2023, 6, 30),
            due_on=date(2023, 9, 30),
        )

    def acts(self) -> dict[str, Act]:
        def change(row, edition, by, said):
            return rounds.change_round(row, edition=edition, by=by, name=f"中期评估{next(self.office.numbers)}")

        def reopen(row, edition, by, said):
            return rounds.reopen_round(row, edition=edition, by=by, reason=said)

        shown = {"may": REVIEWERS, "touches": True}
        return {
            "changed": Act(("planned", "open"), "", call=change, **shown),
            "opened": Act(("planned",), "open", call=_plain(rounds.open_round), **shown),
            "closed": Act(("open",), "closed", call=_plain(rounds.close_round), **shown),
            "reopened": Act(("closed", "published"), "open", call=reopen, says=True, **shown),
            "published": Act(("closed",), "published", call=_plain(rounds.publish_round), **shown),
        }


class NoteLife(Life):
    """Written by eva, who is a reviewer too; a commitment has one in a round, never begun again."""

    name, model, start = "note", Note, "draft"
    paths = {
        "draft": (),
        "submitted": (("submitted", "eva"),),
        "under_review": (("submitted", "eva"), ("taken", "rev")),
        "returned": (("submitted", "eva"), ("returned", "rev")),
        "published": (("submitted", "eva"), ("published", "rev")),
        "withdrawn": (("submitted", "eva"), ("withdrawn", "eva")),
    }

    def begin(self) -> None:
        self.round = self.office.life("round")
        if self.round.state == "planned":
            take(self.round, "opened", "rev")
        people, indicator = self.people, self.office.component.indicator
        self.round.row.refresh_from_db()
        rounds.assign(
            round=self.round.row, items=[indicator], evaluator=people["eva"], due_on=None, by=people["rev"]
        )
        super().begin()

    def make(self, number: int) -> Note:
        eva = self.people["eva"]
        note = notes.begin_note(round=self.round.row, item=self.office.component.indicator, by=eva)
        fields = {"progress": "平稳", "conclusion": "ahead", "difference_reason": "综合判断"}
        return notes.change_note(note, edition=note.edition, by=eva, **fields)

    def blocked(self, act: str) -> bool:
        """Nothing of a note changes in a round that is not open; that it still holds may be said."""
        return act != "confirmed" and self.round.state != "open"

    def acts(self) -> dict[str, Act]:
        author, others = {"eva"}, REVIEWERS - {"eva"}
        writable, waiting = ("draft", "returned", "withdrawn"), ("submitted", "under_review")

        def change(row, edition, by, said):
            return notes.change_note(row, edition=edition, by=by, progress=f"平稳{next(self.office.numbers)}")

        def send_back(row, edition, by, said):
            return notes.return_note(row, edition=edition, by=by, reason=said)

        def revoke(row, edition, by, said):
            return notes.revoke_note(row, edition=edition, by=by, reason=said)

        shown = {"may": author, "touches": True}
        return {
            "changed": Act(writable, "", author, change, step=False),
            "submitted": Act(writable, "submitted", author, _plain(notes.submit_note), tells=others),
            "withdrawn": Act(waiting, "withdrawn", author, _plain(notes.withdraw_note)),
            "taken": Act(("submitted",), "under_review", others, _plain(notes.take_note)),
            "returned": Act(waiting, "returned", others, send_back, says=True, tells={"eva"}),
            "published": Act(
                waiting, "published", others, _plain(notes.publish_note), touches=True, tells={"eva"}
            ),
            "confirmed": Act(("published",), "", author, self._confirm, versioned=False),
            "amended": Act(("published",), "draft", call=_plain(notes.amend_note), **shown),
            "revoked": Act(("published",), "withdrawn", call=revoke, says=True, **shown),
        }

    def _confirm(self, row, edition, by, said):
        """A figure of the note's day is revised, and the author says that the note holds."""
        number = next(self.office.numbers)
        day = (date(2022, 3, 1) + timedelta(number)).isoformat()
        make_observation(self.office.component, 2021, str(120 + number), released=day)
        touch_plan(self.office.plan)
        about = snapshots.fingerprint(changes_since(Note.objects.get(pk=row.pk)))
        return notes.confirm_note(row, by=by, about=about)


class FindingLife(Life):
    """Asked by eva of the organisation of own, who is a reviewer too and may not accept what he answered."""

    name, model, start, said_in = "finding", Finding, "open", "text"
    final = ("closed",)
    paths = {
        "open": (),
        "responded": (("responded", "own"),),
        "returned": (("responded", "own"), ("returned", "rev")),
        "accepted": (("responded", "own"), ("accepted", "rev")),
        "closed": (("responded", "own"), ("accepted", "rev"), ("closed", "rev")),
    }

    def begin(self) -> None:
        self.asker = ""
        note = self.office.life("note")
        if note.state != "published":
            for act, who in (("submitted", "eva"), ("published", "rev")):
                if note.state in note.acts()[act].starts:
                    take(note, act, who)
        self.note = note.row
        super().begin()

    def make(self, number: int) -> Finding:
        return findings.raise_finding(
            note=self.note,
            title=f"问题{number}",
            request="请整改",
            organisation=self.office.own,
            due_on=today() + timedelta(9),
            by=self.people["eva"],
        )

    def acts(self) -> dict[str, Act]:
        others, shown = REVIEWERS - self.wrote, {"touches": True}

        def saying(function):
            return lambda row, edition, by, said: function(row, edition=edition, by=by, text=said)

        answered = ("responded",)
        return {
            "responded": Act(
                ("open", "returned", "responded"), "responded", {"own"}, saying(findings.respond), says=True,
                tells=REVIEWERS, **shown,
            ),
            "accepted": Act(answered, "accepted", others, saying(findings.accept), tells={"own"}, **shown),
            "returned": Act(
                answered, "returned", others, saying(findings.send_back), says=True, tells={"own"}, **shown
            ),
            "closed": Act(("accepted",), "closed", REVIEWERS, saying(findings.close), **shown),
            "asked": Act(answered, "", others, self._ask, says=True, tells={"own"}),
            "answered": Act(answered, "", {"own"}, self._answer, says=True, tells={self.asker} - {""}),
        }  # fmt: skip

    @staticmethod
    def _ask(row, edition, by, said):
        return findings.FINDINGS.ask(row, edition=edition, by=by, reason=said)

    @staticmethod
    def _answer(row, edition, by, said):
        return findings.FINDINGS.answer(row, edition=edition, by=by, reason=said)

    def blocked(self, act: str) -> bool:
        return act == "answered" and not self.asker

    def noted(self, act: str, who: str) -> None:
        self.asker = who if act == "asked" else ""
        if act == "responded":
            self.wrote.add(who)


LIVES: dict[str, type[Life]] = {
    life.name: life for life in (FigureLife, TargetLife, UpdateLife, RoundLife, NoteLife, FindingLife)
}


def _plain(function):
    return lambda row, edition, by, said: function(row, edition=edition, by=by)


def expected(life: Life, act: str, who: str, mode: str = RIGHT) -> tuple[type[Exception], ...]:
    """What an act must be refused with; empty where it must be taken."""
    rule = life.acts()[act]
    refusals = []
    if who not in rule.may:
        refusals.append(PermissionDenied)
    if life.state not in rule.starts or life.blocked(act):
        refusals.append(WrongState)
    if mode == LATE and rule.versioned:
        refusals.append(Overtaken)
    if (mode == MUTE and rule.says) or (mode == LONG and (rule.says or life.said_in == "text")):
        refusals.append(ValidationError)
    return tuple(refusals)


def values_of(row) -> dict[str, Any]:
    return type(row).objects.filter(pk=row.pk).values().first() or {}


def attempt(life: Life, act: str, who: str, mode: str = RIGHT) -> Any:
    """Tries an act; returns what came of it or the refusal it raised."""
    rule, row = life.acts()[act], life.row
    edition = getattr(type(row).objects.filter(pk=row.pk).first(), "edition", 1) - (mode == LATE)
    said = {MUTE: " \n", LONG: "长" * (LIMIT + 1)}.get(mode, "说" * LIMIT if rule.says else "")
    try:
        with transaction.atomic():
            return rule.call(row, edition, life.people[who], said)
    except REFUSED as error:
        return error


def take(life: Life, act: str, who: str) -> None:
    """Takes an act that must go well, and holds it to leave exactly what an act leaves."""
    rule, by, row, said = life.acts()[act], life.people[who], life.row, "说" * LIMIT
    before, steps = values_of(row), life.steps()
    audited, told = _last(AuditEvent), _last(Notice)
    confirming = act == "confirmed"
    version = Plan.objects.get(pk=life.office.plan.pk).figures_version

    came = attempt(life, act, who)
    assert not isinstance(came, Exception), (life.name, life.state, act, who, came)

    life.noted(act, who)
    life.state = rule.to or life.state
    (event,) = AuditEvent.objects.filter(pk__gt=audited)
    assert (event.action, event.actor_id) == (f"{life.name}.{act}", by.pk)
    assert event.plan_slug == life.office.plan.slug
    now = values_of(row)
    if life.state == "discarded":
        assert not now
    else:
        assert now["state"] == life.state
        assert now.get("edition", 0) == before.get("edition", -1) + 1
        _check_step(life, act, by, steps, said if rule.says else "")
    raised = Plan.objects.get(pk=life.office.plan.pk).figures_version > version
    assert confirming or raised == rule.touches, (life.name, act, raised)
    heard = set(Notice.objects.filter(pk__gt=told).values_list("person__username", flat=True))
    # Whoever hands in is not asked to approve; the rest hear whatever they did themselves.
    assert heard - {who} == (rule.tells or set()) - {who}, (life.name, act, heard)
    if life.state in life.final and now:
        life.office.settled[type(row), row.pk] = now


def _check_step(life: Life, act: str, by, steps: int, said: str) -> None:
    kept = life.acts()[act].step and hasattr(life.row, "steps")
    assert life.steps() == steps + kept, (life.name, act)
    if kept:
        last = life.row.steps.order_by("-id")[0]
        assert (last.action, last.by_id, getattr(last, life.said_in)) == (act, by.pk, said)


def _last(model: type[models.Model]) -> int:
    return model.objects.aggregate(last=models.Max("pk"))["last"] or 0


def refuse(life: Life, act: str, who: str, mode: str = RIGHT) -> None:
    """Tries an act that must be refused, for one of the reasons it must be refused for."""
    came = attempt(life, act, who, mode)
    assert isinstance(came, expected(life, act, who, mode)), (life.name, life.state, act, who, mode, came)
    if isinstance(came, Overtaken) and hasattr(life.row, "edition"):
        assert came.row.pk == life.row.pk


def traces(life: Life) -> tuple:
    """What a refused act must leave as it was."""
    return values_of(life.row), life.steps(), AuditEvent.objects.count(), Notice.objects.count()
