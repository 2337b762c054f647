"""What an address asks for, as the floors below the plan read it too; the rest is in `plan.params`."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from texts.numbers import whole_number

# Parameters that have a field on a page.
LABELS = {
    "as_of": gettext_lazy("截至日期"),
    "known_by": gettext_lazy("当时已录入到"),
    "from": gettext_lazy("起始日"),
    "to": gettext_lazy("截止日"),
    "since": gettext_lazy("上次会议日"),
    "items": gettext_lazy("所选指标和单位"),
    "page": gettext_lazy("页码"),
}


class BadParameter(Exception):
    """A request parameter that cannot be used; becomes a 400 that names it."""

    def __init__(self, name: str, value: str, expected: str):
        super().__init__(f"{name}={value}: {expected}")
        self.name, self.value, self.expected = name, value[:100], expected

    @property
    def label(self) -> Any:
        """What a page calls the parameter, where people fill it in; empty of one that only addresses have."""
        return LABELS.get(self.name, "")


def read_number(params: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high` in plain digits, or the default when the parameter is absent."""
    text = params.get(name, "")
    if not text:
        return default
    number = whole_number(text, low=low, high=high)
    if number is None:
        raise BadParameter(name, text, _("应为 %(low)s 到 %(high)s 的整数") % {"low": low, "high": high})
    return number


def page_of(rows: Any, size: int, params: Mapping[str, str]) -> Page:
    """The page of a list that `page` names, the first without it; raises BadParameter for one that is none."""
    pages = Paginator(rows, size)
    return pages.page(read_number(params, "page", default=1, low=1, high=pages.num_pages))
