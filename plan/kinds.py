"""The kinds of commitment of a plan: what each is called, what its parts are, whether units report on it, where
it is told.

A plan says its own (`Plan.kinds`, from kinds.toml of its folder or from the studio); one that says none has those
of a five-year plan, `STANDARD`. Reporting, due lists, counts of states, menu, overview, wall, matrix, the chapters
of the evaluation report, the check of fixtures and the time lines all read its table (docs/decisions/0043).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The standard kinds, which have pages of their own; another plan may use them beside kinds of its own."""

    INDICATOR = "indicator", pgettext_lazy("one", "指标")
    PLATFORM = "platform", pgettext_lazy("one", "战略平台")
    PLATFORM_TASK = "platform_task", pgettext_lazy("one", "平台任务")
    PILLAR = "pillar", pgettext_lazy("one", "战略支撑")
    PILLAR_TASK = "pillar_task", pgettext_lazy("one", "支撑任务")
    INDUSTRY_GROUP = "industry_group", pgettext_lazy("one", "战略性新兴产业")
    FUTURE_INDUSTRY = "future_industry", pgettext_lazy("one", "未来产业")
    ACTION = "action", pgettext_lazy("one", "行动")
    MEASURE = "measure", pgettext_lazy("one", "举措")
    CLUSTER = "cluster", pgettext_lazy("one", "创新集群区")
    AREA = "area", pgettext_lazy("one", "片区")
    PROJECT = "project", pgettext_lazy("one", "项目")
    POINT = "point", pgettext_lazy("one", "要点")
    GOAL_DIMENSION = "goal_dimension", pgettext_lazy("one", "目标维度")
    GOAL = "goal", pgettext_lazy("one", "定性目标")
    SAFEGUARD = "safeguard", pgettext_lazy("one", "保障措施")


# What a kind can be set against in a matrix.
INDUSTRIES, INDICATORS = "industries", "indicators"


class DoneBy(models.TextChoices):
    """What a public statement has to say of a commitment of a kind for it to be fulfilled (decision 0027)."""

    THING = "thing", _("一件实物：建成、投用、成立或施行即为完成")
    RULE = "rule", _("一项制度：印发、施行即为完成")
    PROGRESS = "progress", _("一项工作：公开信息只说明有进展")


@dataclass(frozen=True)
class KindTraits:
    """What holds of every commitment of a kind.

    `name` is what one is called, `plural` what several are; `short` is its word in the menu; `prefix` what its
    codes begin with; `parents` the kinds it may stand below, its own too, "" where it may also stand alone (none:
    it always does). `part`: the kind of its parts in lists and time lines. `is_entry`: a named facility or a
    single promise below whatever makes it. `is_reported`: a responsible organisation may report on it; `is_due`:
    it has to, each period. `has_chapter`: it opens a chapter of the evaluation report, `is_policy`: it is told in
    that of policies. `in_menu`, `in_overview`, `on_wall`: where it is shown once the plan has any. `matrix`: what
    it is set against, INDUSTRIES or INDICATORS. `done_by`: what fulfils it, where the plan says so.
    """

    name: Any = ""
    name_en: str = ""
    plural: Any = ""
    plural_en: str = ""
    short: Any = ""
    short_en: str = ""
    prefix: str = ""
    parents: tuple[str, ...] = ()
    part: str = ""
    is_entry: bool = False
    is_reported: bool = False
    is_due: bool = False
    has_chapter: bool = False
    is_policy: bool = False
    in_menu: bool = False
    in_overview: bool = False
    on_wall: bool = False
    matrix: str = ""
    done_by: str = ""

    def __post_init__(self):
        assert self.is_reported or not self.is_due, "what is due can be reported"

    @property
    def fulfilled_by(self) -> DoneBy:
        """What fulfils it; unsaid, an entry to report each period is a thing, any other a rule, all else work."""
        if self.done_by:
            return DoneBy(self.done_by)
        if not self.is_entry:
            return DoneBy.PROGRESS
        return DoneBy.THING if self.is_due else DoneBy.RULE


# Made once: each call of `lazy` makes a class, and a plan has sixteen kinds.
_lazy_label = lazy(lambda kind: kind.label, str)


class PlanKind(str):
    """A kind of a plan: its key, as items hold it, with what the plan says of it."""

    traits: KindTraits
    number: int | None  # of its items; None where nobody counted
    words: Mapping[str, Any]  # what files call it, in whatever language they are written

    def __new__(cls, key: str, traits: KindTraits, number: int | None = None):
        self = super().__new__(cls, key)
        self.traits, self.number = traits, number
        self.words = {key: _lazy_label(self)}
        return self

    def __reduce__(self):
        return PlanKind, (str(self), self.traits, self.number)

    @property
    def value(self) -> str:
        return str(self)

    @property
    def label(self) -> str:
        return _in_language(self.traits.name, self.traits.name_en)

    @property
    def plural_label(self) -> str:
        """What several are called."""
        return _in_language(self.traits.plural, self.traits.plural_en or self.traits.name_en) or self.label

    @property
    def short_label(self) -> str:
        """Its word in the menu."""
        return _in_language(self.traits.short, self.traits.short_en) or self.plural_label

    @property
    def is_there(self) -> bool:
        """Whether the plan has any of it."""
        return self.number is None or self.number > 0


def kind_words(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the kind of a file's row is called."""
    kind = row["kind"]
    return kind.words if isinstance(kind, PlanKind) else STANDARD_WORDS


def _in_language(chinese: Any, english: str) -> str:
    return english if english and (get_language() or "").startswith("en") else str(chinese)


class KindTable(dict[str, PlanKind]):
    """The kinds of a plan by key, in the order in which a chapter's states are told."""

    def __init__(self, rows: Mapping[str, KindTraits], counts: Mapping[str, int] | None = None):
        number = (lambda key: None) if counts is None else (lambda key: counts.get(key, 0))
        super().__init__((key, PlanKind(key, traits, number(key))) for key, traits in rows.items())

    def __missing__(self, key: str) -> PlanKind:
        """Of an item that outlived its kind: it is called as it was stored."""
        usual = STANDARD.get(key, KindTraits(name=key))
        return PlanKind(key, KindTraits(name=usual.name, plural=usual.plural), 0)

    def _with(self, name: str) -> tuple[PlanKind, ...]:
        return tuple(kind for kind in self.values() if getattr(kind.traits, name))

    @cached_property
    def top(self) -> tuple[PlanKind, ...]:
        """What has no parent."""
        return tuple(kind for kind in self.values() if not kind.traits.parents and not kind.traits.is_entry)

    @cached_property
    def entries(self) -> tuple[PlanKind, ...]:
        return self._with("is_entry")

    @cached_property
    def things(self) -> tuple[PlanKind, ...]:
        """Entries with a name of their own, each one thing: projects, as a plan may call them."""
        return tuple(kind for kind in self.entries if kind.traits.fulfilled_by == DoneBy.THING)

    @cached_property
    def policies(self) -> tuple[PlanKind, ...]:
        """What the evaluation report tells in its chapter on policies; safeguards always are."""
        return tuple(kind for kind in self.values() if kind.traits.is_policy or kind == Kind.SAFEGUARD)

    @cached_property
    def reported(self) -> tuple[PlanKind, ...]:
        return self._with("is_reported")

    @cached_property
    def due(self) -> tuple[PlanKind, ...]:
        return self._with("is_due")

    @cached_property
    def counted(self) -> tuple[PlanKind, ...]:
        """What is reported on or judged by figures; all else is made of these and speaks through them alone."""
        return tuple(kind for kind in self.values() if kind == Kind.INDICATOR or kind.traits.is_reported)

    @cached_property
    def made_of_parts(self) -> tuple[PlanKind, ...]:
        return tuple(kind for kind in self.values() if kind not in self.counted)

    @cached_property
    def parts(self) -> dict[PlanKind, PlanKind]:
        """By the kind of a list, the kind of its parts."""
        return {kind: self[kind.traits.part] for kind in self.values() if kind.traits.part}

    @cached_property
    def chapters(self) -> tuple[tuple[PlanKind, tuple[PlanKind, ...]], ...]:
        """What opens a chapter of the evaluation report, with the parts it tells one by one."""
        found = ((kind, self.parts.get(kind)) for kind in self._with("has_chapter"))
        return tuple((kind, (part,) if part and part not in self.entries else ()) for kind, part in found)

    def shown(self, place: str) -> tuple[PlanKind, ...]:
        """What the plan has and shows in a place: `in_menu`, `in_overview`, `on_wall`, `matrix`."""
        return tuple(kind for kind in self._with(place) if kind.is_there)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """What a filter may ask for: the kinds the plan has, in words."""
        return [(kind.value, kind.plural_label) for kind in self.values() if kind.is_there]

    def may_be_above(self, parent: str, kind: str) -> bool:
        """Whether an item of one kind may stand right below one of another."""
        traits = self[kind].traits
        return parent not in self.entries if traits.is_entry else parent in traits.parents

    def may_stand_alone(self, kind: str) -> bool:
        return kind in self.top or "" in self[kind].traits.parents


def _standard(kind: Kind, plural: Any, **traits: Any) -> tuple[str, KindTraits]:
    return kind.value, KindTraits(name=kind.label, plural=plural, **traits)


LISTED = {"has_chapter": True, "in_menu": True}
TOLD = {"in_overview": True, "on_wall": True}
WORK = {"is_reported": True, "is_due": True}
# In the order in which a chapter's states are told.
STANDARD = dict(
    [
        _standard(Kind.INDICATOR, _("指标")),
        _standard(Kind.GOAL_DIMENSION, _("目标维度"), part="goal"),
        _standard(Kind.GOAL, _("定性目标"), parents=("goal_dimension",), is_reported=True),
        _standard(
            Kind.PLATFORM, _("战略平台"), short=_("平台"), part="platform_task", matrix=INDUSTRIES,
            **LISTED, **TOLD,
        ),
        _standard(Kind.PLATFORM_TASK, _("平台任务"), parents=("platform", "platform_task"), **WORK),
        _standard(Kind.PILLAR, _("战略支撑"), short=_("支撑"), part="pillar_task", **LISTED, **TOLD),
        _standard(Kind.PILLAR_TASK, _("支撑任务"), parents=("pillar", "pillar_task"), **WORK),
        _standard(Kind.INDUSTRY_GROUP, _("战略性新兴产业"), short=_("产业"), **LISTED),
        _standard(Kind.FUTURE_INDUSTRY, _("未来产业"), short=_("产业"), **LISTED),
        _standard(Kind.ACTION, _("行动"), short=_("行动"), part="measure", matrix=INDICATORS, **LISTED, **TOLD),
        _standard(Kind.MEASURE, _("举措"), parents=("action", "measure"), **WORK),
        _standard(
            Kind.CLUSTER, _("创新集群区"), short=_("集群区"), part="area", matrix=INDUSTRIES, **LISTED, **TOLD,
        ),
        _standard(Kind.AREA, _("片区"), parents=("cluster",), **WORK),
        _standard(
            Kind.SAFEGUARD, _("保障措施"), short=_("保障"), part="point", is_policy=True, is_reported=True,
            **LISTED,
        ),
        _standard(Kind.PROJECT, pgettext_lazy("heading", "项目"), is_entry=True, **WORK),
        _standard(Kind.POINT, _("要点"), is_entry=True, is_reported=True),
    ]
)  # fmt: skip
STANDARD_WORDS = dict(Kind.choices)
NAMES = tuple(row.name for row in fields(KindTraits))


def kind_table(rows: Iterable[Mapping[str, Any]], counts: Mapping[str, int] | None = None) -> KindTable:
    """The table of a plan from what it keeps: its kinds, and how many items it has of each."""
    said = {
        row["key"]: KindTraits(
            **{name: tuple(row[name]) if name == "parents" else row[name] for name in NAMES if name in row}
        )
        for row in rows
    }
    return KindTable(said or STANDARD, counts)


def kept(key: str, traits: KindTraits) -> dict[str, Any]:
    """A kind as a plan keeps it: what goes without saying is left out."""
    plain = {str: str, tuple: list}
    said = {name: value for name, value in asdict(traits).items() if value not in ("", (), False)}
    words = {name: plain.get(type(value), str)(value) for name, value in said.items() if value is not True}
    return {"key": key} | said | words


# By kind, the name of the page of one commitment and that of the list; apps add theirs when they are ready.
pages: dict[str, str] = {}
lists: dict[str, str] = {}


def list_address(slug: str, kind: str) -> str:
    """Where a kind is listed: at its own address, else at that of any kind."""
    return reverse(lists[kind], args=[slug]) if kind in lists else reverse("plan:kind", args=[slug, kind])
