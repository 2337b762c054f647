"""行动: items of one kind. A proxy until there is a column that only this kind has."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from plan.models import Item, ItemQuerySet


class ActionManager(models.Manager.from_queryset(ItemQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(kind=Item.Kind.ACTION)


class Action(Item):
    PART = Item.Kind.MEASURE

    objects = ActionManager()

    class Meta:
        proxy = True
        verbose_name = _("行动")
