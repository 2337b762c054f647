"""会议材料: briefs somebody kept, as the days and choices of their address."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plan.models import Plan
from texts.fields import LineField


class SavedBrief(models.Model):
    """A paper that was made for a meeting; nothing of its content, which its address gives again for ever."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="briefs")
    since = models.DateField(_("上次会议"))
    as_of = models.DateField(_("截至"))
    known_by = models.DateField(_("当时已录入"))
    items = LineField(_("所选指标和单位"), max_length=1000, blank=True, help_text="Codes joined by commas.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("制作人")
    )
    made_at = models.DateTimeField(_("制作时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("会议材料")
        ordering = ["-as_of", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "since", "as_of", "known_by", "items", "made_by"], name="brief_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(since__lte=F("as_of")) & Q(as_of__lte=F("known_by")), name="brief_days_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.as_of} / {self.since}"

    @property
    def query(self) -> str:
        """What gives the paper again."""
        pairs = {"since": self.since, "as_of": self.as_of, "known_by": self.known_by}
        said = "&".join(f"{name}={day.isoformat()}" for name, day in pairs.items())
        return f"{said}&items={self.items}" if self.items else said
