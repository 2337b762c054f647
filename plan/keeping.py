"""What hangs on the rows of a plan: everything that did not come out of its fixtures is somebody's, and stays.

Nobody lists here which tables those are. The relations of a model are walked as Django knows them, so that a
table added later is kept from the day it exists; only a model that says `FROM_FIXTURES` (a condition: which of
its rows the loader writes) is passed through, and with it what hangs on it in turn. A many-to-many table belongs
to the fixtures where its model names the field in `FROM_FIXTURES_TOO`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.deletion import Collector
from django.db.models.fields.related import ForeignKey

# By the key of a row: what hangs on it, as (table, key) with the table's name for people.
Kept = dict[Any, dict[tuple[str, Any], str]]


class WouldLose(Exception):
    """A deletion that would have taken with it what people entered; the text names the tables."""


def relations(model: type[Model]) -> Iterator[ForeignKey]:
    """Every foreign key that points at a model, hidden ones and those to a proxy of it included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        field = relation.field
        # A child of several tables is asked for its own relations, not again for those of its parents.
        if field.remote_field.model._meta.concrete_model is model._meta.concrete_model:
            yield field


def from_fixtures(model: type[Model]) -> Q | None:
    """Which rows of a model the loader writes; None: none of them."""
    owner = model._meta.auto_created
    if owner:  # the table of a many-to-many field
        names = getattr(owner, "FROM_FIXTURES_TOO", ())
        return Q() if any(owner._meta.get_field(name).remote_field.through is model for name in names) else None
    # Not inherited: a table below a loader's one speaks for itself.
    declared = vars(model).get("FROM_FIXTURES")
    return declared if isinstance(declared, Q) else None


def kept_with(rows: QuerySet) -> Kept:
    """What hangs on rows of a loader's model, by their keys; rows that nothing hangs on are not in it."""
    found: Kept = defaultdict(dict)
    for row in rows:
        for name in vars(rows.model).get("GIVEN", ()):
            field = row._meta.get_field(name)
            if getattr(row, field.attname) != field.get_default():
                found[row.pk][f"{row._meta.label}.{name}", row.pk] = str(field.verbose_name)
    _walk(rows.model, {row.pk: row.pk for row in rows}, found)
    return dict(found)


def _walk(model: type[Model], roots: Mapping[Any, Any], found: Kept) -> None:
    for field in relations(model):
        related = field.model
        if related._meta.concrete_model is model._meta.concrete_model:
            continue  # children are in the files themselves, or are asked about in their turn
        rows = related._base_manager.filter(**{f"{field.name}__in": list(roots)})
        loaded = from_fixtures(related)
        others = rows if loaded is None else rows.exclude(loaded) if loaded else rows.none()
        for pk, root in others.values_list("pk", field.attname):
            found[roots[root]][related._meta.label, pk] = str(_name_of(related))
        if loaded is not None:
            own = {pk: roots[root] for pk, root in rows.filter(loaded).values_list("pk", field.attname)}
            if own:
                _walk(related, own, found)


def _name_of(model: type[Model]) -> str:
    owner = model._meta.auto_created
    if not owner:
        return model._meta.verbose_name
    fields = owner._meta.many_to_many
    return next(field.verbose_name for field in fields if field.remote_field.through is model)


def told(kept: Mapping[tuple[str, Any], str]) -> str:
    """What hangs on a row, in words: 「观测值 3、目标值 1」."""
    counts: dict[str, int] = defaultdict(int)
    for name in kept.values():
        counts[name] += 1
    return "、".join(f"{name} {number}" for name, number in sorted(counts.items()))


def remove(rows: QuerySet | Iterable[Model]) -> int:
    """Deletes a loader's rows and what came with them out of the fixtures; the number of rows named.

    Raises WouldLose, or Django's ProtectedError, before anything is deleted when a row of anybody else would
    go along or lose its tie.
    """
    rows = list(rows)
    if not rows:
        return 0
    collector = Collector(using=rows[0]._state.db, origin=rows)
    collector.collect(rows)
    going = {model: {row.pk for row in found} for model, found in collector.data.items()}
    for fast in collector.fast_deletes:
        going.setdefault(fast.model, set()).update(fast.values_list("pk", flat=True))
    for model, keys in going.items():
        loaded = from_fixtures(model)
        lost = keys if loaded is None else _outside(model, keys, loaded)
        if lost:
            raise WouldLose(f"{_name_of(model)} {len(lost)}")
    for (field, _value), untied in collector.field_updates.items():
        if any(list(some) for some in untied) and from_fixtures(field.model) is None:
            raise WouldLose(f"{_name_of(field.model)}.{field.verbose_name}")
    type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _outside(model: type[Model], keys: set, loaded: Q) -> set:
    if not loaded:
        return set()
    return keys - set(model._base_manager.filter(loaded, pk__in=keys).values_list("pk", flat=True))
