"""What was known of figures and targets on a day: said once, for queries and for statements written as SQL.

A figure is known from the day it was released, and counts until the day it was taken out. A target is known once
its act is dated, and in force from the day it takes effect; the plan's own has neither day and always was. Where
the day says what had been learned here (`plan.days`), what was approved later is not known yet.

Many components are read at once without objects: those conditions stand beside the queries they repeat, and
tests/indicators/test_known.py compares the two.
"""

from datetime import UTC, date

from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce

from plan.days import end_of, learned_by

# A number rather than a bound or a phrase.
JUDGED_PRECISIONS = ("exact", "rounded", "derived")
# "超 2.4 万家" says at least, not how many: it counts where it decides (docs/methods.md 1.10).
BOUND_PRECISIONS = ("lower_bound", "upper_bound")
# Places bounds before the exact figures of their year.
BOUNDS_FIRST = Case(When(precision__in=BOUND_PRECISIONS, then=0), default=1)
STATED_PRECISIONS = (*JUDGED_PRECISIONS, *BOUND_PRECISIONS)


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

    def under_way(self) -> "ObservationQuerySet":
        """Drafts, what was returned and what waits, by the index of what is not approved."""
        states = self.model.State
        return self.exclude(state=states.APPROVED).filter(
            state__in=(states.DRAFT, states.RETURNED, states.SUBMITTED)
        )

    def known_on(self, day: date) -> "ObservationQuerySet":
        """Public by a day and decided on: approved, or kept to be seen although it is not used."""
        settled = (self.model.State.APPROVED, self.model.State.REJECTED)
        rows = self.filter(state__in=settled, released_on__lte=day)
        learned = learned_by(day)
        if learned is None:
            return rows
        # What came with the plan's files as not used was never approved: the day it was entered is its own.
        return rows.alias(learned_at=Coalesce("approved_at", "entered_at")).filter(learned_at__lt=end_of(learned))

    def judged(self) -> "ObservationQuerySet":
        """Figures that are numbers: approved, and exact."""
        return self.approved().filter(precision__in=JUDGED_PRECISIONS)

    def bounding(self) -> "ObservationQuerySet":
        """Figures that say at least or at most: approved."""
        return self.approved().filter(precision__in=BOUND_PRECISIONS)

    def judged_on(self, day: date) -> "ObservationQuerySet":
        """Those of a day: known by it and not taken out by then."""
        return self.counting_on(day).filter(precision__in=JUDGED_PRECISIONS)

    def bounds_on(self, day: date) -> "ObservationQuerySet":
        """What says at least or at most and counts on a day."""
        return self.counting_on(day).filter(precision__in=BOUND_PRECISIONS)

    def stated_on(self, day: date) -> "ObservationQuerySet":
        """What a verdict of a day can rest on: exact figures, and what says at least or at most."""
        return self.counting_on(day).filter(precision__in=STATED_PRECISIONS)

    def counting_on(self, day: date) -> "ObservationQuerySet":
        """Known by a day and not taken out by then."""
        state = Q(state=self.model.State.APPROVED) | Q(taken_out_at__gte=end_of(day))
        return self.known_on(day).filter(state)

    def by_release(self) -> "ObservationQuerySet":
        """Year by year, and of a year the release that counts last."""
        return self.order_by("year", "released_on", "id")

    def with_in_force(self, day: date) -> "ObservationQuerySet":
        """Each row with `in_force`: whether it counts for its year among what was public by a day.

        The last exact release of a year counts; without one all that bounds the year does.
        """
        exact = self.model.objects.judged_on(day)
        exact = exact.filter(component=OuterRef("component"), year=OuterRef("year"))
        later = exact.filter(
            Q(released_on__gt=OuterRef("released_on"))
            | Q(released_on=OuterRef("released_on"), id__gt=OuterRef("id"))
        )
        found = Case(When(precision__in=BOUND_PRECISIONS, then=~Exists(exact)), default=~Exists(later))
        return self.annotate(in_force=found)


class ReferenceQuerySet(models.QuerySet):
    def known_on(self, day: date) -> "ReferenceQuerySet":
        """Public by a day and, where the day says what had been learned here, in the plan's files by then."""
        rows, learned = self.filter(released_on__lte=day), learned_by(day)
        return rows if learned is None else rows.filter(loaded_at__lt=end_of(learned))


def counting_sql(figure: str, day: date) -> str:
    """That a figure counts on a day, of the row with that alias: known by it, not taken out by then."""
    learned = learned_by(day)
    conditions = [
        f"({figure}.state = 'approved' OR {figure}.taken_out_at >= {_moment(day)})",
        f"{figure}.released_on <= {_day(day)}",
        *([f"{figure}.approved_at < {_moment(learned)}"] if learned else []),
    ]
    return " AND ".join(conditions)


def judged_sql(figure: str, day: date) -> str:
    """`judged_on`, of the row with that alias."""
    words = ", ".join(f"'{word}'" for word in JUDGED_PRECISIONS)
    return f"""{counting_sql(figure, day)} AND {figure}."precision" IN ({words})"""


def stated_sql(figure: str, day: date) -> str:
    """`stated_on`, of the row with that alias."""
    words = ", ".join(f"'{word}'" for word in STATED_PRECISIONS)
    return f"""{counting_sql(figure, day)} AND {figure}."precision" IN ({words})"""


def bound_sql(figure: str) -> str:
    """Whether the row with that alias is a bound."""
    return f"""({figure}."precision" IN ({", ".join(f"'{word}'" for word in BOUND_PRECISIONS)}))"""


def exact_of_year_sql(figure: str, day: date) -> str:
    """The exact figures of the component and year of the row with that alias, for EXISTS; their alias is e."""
    return f"""SELECT 1 FROM indicators_observation e WHERE e.component_id = {figure}.component_id
      AND e.year = {figure}.year AND {judged_sql("e", day)}"""


def counts_sql(figure: str, day: date) -> str:
    """`in_force` of `with_in_force`, of a counting row with that alias."""
    exact = exact_of_year_sql(figure, day)
    later = f"(e.released_on, e.id) > ({figure}.released_on, {figure}.id)"
    return f"CASE WHEN {bound_sql(figure)} THEN NOT EXISTS ({exact}) ELSE NOT EXISTS ({exact} AND {later}) END"


def not_counting_sql(figure: str, day: date) -> str:
    """What is known on a day and kept to be seen only, of the row with that alias."""
    learned = learned_by(day)
    out = f"({figure}.taken_out_at IS NULL OR {figure}.taken_out_at < {_moment(day)})"
    known = f" AND coalesce({figure}.approved_at, {figure}.entered_at) < {_moment(learned)}" if learned else ""
    return f"{figure}.state = 'rejected' AND {out} AND {figure}.released_on <= {_day(day)}{known}"


def by_statement_sql(figure: str) -> str:
    """By release, and of a year the bounds first: after an exact release of a year comes one that replaces it."""
    return f"{figure}.year, {bound_sql(figure)} DESC, {figure}.released_on, {figure}.id"


class TargetQuerySet(models.QuerySet):
    def approved(self) -> "TargetQuerySet":
        return self.filter(state=self.model.State.APPROVED)

    def known_on(self, day: date) -> "TargetQuerySet":
        """Decided by a day, in force or to take effect later."""
        return self.approved().filter(_in_force(day) | Q(document_date__lte=day), _learned(day))

    def in_force_on(self, day: date) -> "TargetQuerySet":
        """Every version that had taken effect by a day; of a component the last one counts."""
        return self.approved().filter(_in_force(day), _learned(day))

    def by_effect(self) -> "TargetQuerySet":
        """In the order they took effect, the plan's own first."""
        return self.order_by(F("effective_on").asc(nulls_first=True), "version")


def in_force_sql(target: str, day: date) -> str:
    """`in_force_on`, of the row with that alias."""
    learned = learned_by(day)
    known = f" AND ({target}.decided_at IS NULL OR {target}.decided_at < {_moment(learned)})" if learned else ""
    return (
        f"{target}.state = 'approved' AND ({target}.effective_on IS NULL OR {target}.effective_on <= {_day(day)})"
        f"{known}"
    )


def by_effect_sql(target: str) -> str:
    return f"{target}.effective_on NULLS FIRST, {target}.version"


def _in_force(day: date) -> Q:
    return Q(effective_on__isnull=True) | Q(effective_on__lte=day)


def _learned(day: date) -> Q:
    """The plan's own target was decided before there was a system."""
    learned = learned_by(day)
    return Q() if learned is None else Q(decided_at__isnull=True) | Q(decided_at__lt=end_of(learned))


def _day(day: date) -> str:
    return f"'{day.isoformat()}'"


def _moment(day: date) -> str:
    """The end of a day as the database keeps moments: PostgreSQL reads the zone, SQLite compares text in UTC."""
    return f"'{end_of(day).astimezone(UTC):%Y-%m-%d %H:%M:%S}{'+00' if connection.vendor == 'postgresql' else ''}'"
