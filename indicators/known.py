"""What was known of figures and targets on a day: said once, for queries and for statements written as SQL.

A figure is known from the day it was released. A target is known once its act is dated, and in force from the day
it takes effect; the plan's own has neither day and always was. Many components are read at once without objects:
those conditions stand beside the queries they repeat, and tests/indicators/test_known.py compares the two.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q

# A number rather than a bound or a phrase.
JUDGED_PRECISIONS = ("exact", "rounded", "derived")
# "超 2.4 万家" says at least, not how many: it counts where it decides (docs/methods.md 1.10).
BOUND_PRECISIONS = ("lower_bound", "upper_bound")


class ComponentQuerySet(models.QuerySet):
    def current(self) -> "ComponentQuerySet":
        """Without what the plan's files no longer list; a retired indicator has no component that stands."""
        return self.filter(retired_on=None)

    def of(self, plan) -> "ComponentQuerySet":
        """A plan's components that stand."""
        return self.current().filter(indicator__plan=plan)


def current_sql(component: str) -> str:
    return f"{component}.retired_on IS NULL"


class ObservationQuerySet(models.QuerySet):
    def of_current(self) -> "ObservationQuerySet":
        """Of components that stand (`ComponentQuerySet.current`)."""
        return self.filter(component__retired_on=None)

    def approved(self) -> "ObservationQuerySet":
        return self.filter(state=self.model.State.APPROVED)

    def known_on(self, day: date) -> "ObservationQuerySet":
        """Public by a day and decided on: approved, or kept to be seen although it is not used."""
        settled = (self.model.State.APPROVED, self.model.State.REJECTED)
        return self.filter(state__in=settled, released_on__lte=day)

    def judged(self) -> "ObservationQuerySet":
        """Figures that are numbers: approved, and exact."""
        return self.approved().filter(precision__in=JUDGED_PRECISIONS)

    def bounds(self) -> "ObservationQuerySet":
        """What says at least or at most: approved."""
        return self.approved().filter(precision__in=BOUND_PRECISIONS)

    def by_release(self) -> "ObservationQuerySet":
        """Year by year, and of a year the release that counts last."""
        return self.order_by("year", "released_on", "id")


def judged_sql(figure: str) -> str:
    """`judged`, of the row with that alias."""
    words = ", ".join(f"'{word}'" for word in JUDGED_PRECISIONS)
    return f"""{figure}.state = 'approved' AND {figure}."precision" IN ({words})"""


def released_sql(figure: str, day: date | None = None) -> str:
    """The day of `known_on`; without one its place is a parameter."""
    return f"{figure}.released_on <= {_day(day)}"


def by_release_sql(figure: str) -> str:
    return f"{figure}.year, {figure}.released_on, {figure}.id"


class TargetQuerySet(models.QuerySet):
    def approved(self) -> "TargetQuerySet":
        return self.filter(state=self.model.State.APPROVED)

    def known_on(self, day: date) -> "TargetQuerySet":
        """Decided by a day, in force or to take effect later."""
        return self.approved().filter(_in_force(day) | Q(document_date__lte=day))

    def in_force_on(self, day: date) -> "TargetQuerySet":
        """Every version that had taken effect by a day; of a component the last one counts."""
        return self.approved().filter(_in_force(day))

    def by_effect(self) -> "TargetQuerySet":
        """In the order they took effect, the plan's own first."""
        return self.order_by(F("effective_on").asc(nulls_first=True), "version")


def in_force_sql(target: str, day: date | None = None) -> str:
    """`in_force_on`, of the row with that alias."""
    return (
        f"{target}.state = 'approved' AND ({target}.effective_on IS NULL OR {target}.effective_on <= {_day(day)})"
    )


def by_effect_sql(target: str) -> str:
    return f"{target}.effective_on NULLS FIRST, {target}.version"


def _in_force(day: date) -> Q:
    return Q(effective_on__isnull=True) | Q(effective_on__lte=day)


def _day(day: date | None) -> str:
    return "%s" if day is None else f"'{day.isoformat()}'"
