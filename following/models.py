"""关注: what somebody wants to hear of, and up to which moment a plan's followers were told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from plan.models import Item, Plan


class Follow(models.Model):
    """One person follows one commitment with all below it, or what one unit answers for in a plan."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="follows")
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="follows")
    unit = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="follows")
    since = models.DateTimeField(_("关注时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("关注")
        ordering = ["plan", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, unit__isnull=True) | Q(item__isnull=True, unit__isnull=False),
                name="follow_of_one_thing",
            ),
            models.UniqueConstraint(fields=["person", "item"], name="item_followed_once"),
            models.UniqueConstraint(fields=["person", "plan", "unit"], name="unit_followed_once"),
        ]

    def __str__(self):
        return f"{self.person_id} {self.item_id or self.unit_id}"

    def get_absolute_url(self):
        slug = self.plan.slug
        return self.item.path(slug) if self.item else reverse("unit", args=[slug, self.unit.code])


class TellingMark(models.Model):
    """Up to which moment the followers of a plan were told; a plan nobody follows has none."""

    plan = models.OneToOneField(Plan, models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("关注已告知到")

    def __str__(self):
        return f"{self.plan_id} {self.until:%Y-%m-%d %H:%M}"
