"""战略平台: items of one kind. A proxy until there is a column that only this kind has."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from plan.models import Item, ItemQuerySet


class PlatformManager(models.Manager.from_queryset(ItemQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(kind=Item.Kind.PLATFORM)


class Platform(Item):
    PART = Item.Kind.PLATFORM_TASK

    objects = PlatformManager()

    class Meta:
        proxy = True
        verbose_name = _("战略平台")
