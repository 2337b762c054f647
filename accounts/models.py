"""People and the organisations responsible for the plan's commitments."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """责任单位: leads or supports commitments of a plan."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("责任单位")
        ordering = ["code"]

    def __str__(self):
        return self.name


class User(AbstractUser):
    """An account. Its own class from the start, because Django cannot exchange it later."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("责任单位")
    )

    class Meta:
        verbose_name = _("用户")
