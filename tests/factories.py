"""Small invented rows for tests; the shipped fixtures are used where the plan itself is meant."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from indicators.models import Component, Indicator, Observation, Target
from plan.models import Item, Paragraph, Plan, Section, Source


def make_plan(slug="test-plan") -> Plan:
    source, _ = Source.objects.get_or_create(title=f"Source of {slug}", url="")
    plan = Plan.objects.create(
        slug=slug,
        title="测试规划",
        title_en="Test plan",
        short="测试",
        short_en="Test",
        starts_on=date(2021, 1, 1),
        ends_on=date(2025, 12, 31),
        published_on=date(2021, 1, 1),
        source=source,
    )
    section = Section.objects.create(plan=plan, number="1", title="一、测试", order=0)
    Paragraph.objects.create(plan=plan, section=section, order=0, text="到2025年达到目标。")
    return plan


def make_component(plan: Plan, code="I-01", *, base="100", target="200", kind="point", direction="up"):
    paragraph = plan.paragraphs.first()
    indicator = Indicator.objects.create(
        plan=plan,
        code=code,
        kind=Item.Kind.INDICATOR,
        order=plan.items.count(),
        title=f"指标{code}",
        title_en=f"Indicator {code}",
        section=paragraph.section,
        paragraph=paragraph,
        quote=paragraph.text,
        start=0,
        end=len(paragraph.text),
        unit="件",
        unit_en="pieces",
        direction=direction,
        nature="expected",
        in_table=True,
        short=code,
        short_en=code,
        definition="—",
        definition_en="—",
    )
    component = Component.objects.create(
        indicator=indicator,
        code=code,
        name=indicator.title,
        name_en=indicator.title_en,
        order=0,
        baseline_year=2020 if base else None,
        baseline_value=Decimal(base) if base else None,
        baseline_source=plan.source if base else None,
    )
    Target.objects.create(component=component, version=1, type=kind, value=Decimal(target), year=2025, text=target)
    return component


def make_item(plan: Plan, code: str, kind="platform_task", *, parent=None, **fields) -> Item:
    """A commitment of the first paragraph: make_item(plan, "P-1.1", parent=platform, weight=2)."""
    paragraph = plan.paragraphs.first()
    return Item.objects.create(
        plan=plan,
        code=code,
        kind=kind,
        parent=parent,
        order=plan.items.count(),
        title=f"条目{code}",
        title_en=f"Item {code}",
        section=paragraph.section,
        paragraph=paragraph,
        quote=paragraph.text,
        start=0,
        end=len(paragraph.text),
        **fields,
    )


def make_observation(component, year, value, *, released="2022-06-01", **fields) -> Observation:
    source, _ = Source.objects.get_or_create(title=f"Release of {released}", url="")
    fields = {"value_status": "final", "precision": "exact", "state": "approved", "source": source} | fields
    if fields["state"] == "approved":
        fields.setdefault("approved_at", timezone.now())
    return Observation.objects.create(
        component=component,
        year=year,
        value=Decimal(value),
        released_on=date.fromisoformat(released),
        **fields,
    )


BUSINESS = ("reporter", "analyst", "evaluator", "reviewer", "planner")


def make_person(username, *roles, organisation=None, password="right-Horse-7", **fields) -> User:
    """An account with roles by name: make_person("ana", "analyst", "reviewer")."""
    business = {f"is_{role}": True for role in roles if role in BUSINESS}
    administers = next((role for role in roles if role in User.Administers.values), "")
    return User.objects.create_user(
        username, password=password, organisation=organisation, administers=administers, **business, **fields
    )
