"""An indicator on pages of other sites, in papers and in catalogues: its name, its day and where it is from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indicators.models import Component, Indicator
from plan import linked
from plan.days import Day
from plan.models import Plan

SHOWS = ("chart", "card")


@dataclass(frozen=True)
class Quoted:
    """The addresses of one page of a day: as it is read, and as it stays for ever."""

    page: str
    as_of: date
    known_by: date

    @property
    def repeatable(self) -> str:
        """What was public on the day and known here by the day: the same figures whenever it is opened."""
        days = {"as_of": self.as_of.isoformat(), "known_by": self.known_by.isoformat()}
        return f"{self.page}?{urlencode(days)}"


def quoted(page: str, day: date, today: date) -> Quoted:
    """Of a page's day; one whose knowledge has no day is held to what is known today."""
    known = day.known_by if isinstance(day, Day) and day.known_by else None
    return Quoted(page, day, known or max(day, today))


def citation(plan: Plan, indicator: Indicator, found: Quoted, sources: Sequence[str]) -> str:
    """How the indicator is cited, with the address that gives the same figures for ever."""
    named = {
        "plan": plan.label,
        "title": indicator.label,
        "code": indicator.code,
        "as_of": found.as_of.isoformat(),
        "known_by": found.known_by.isoformat(),
        "sources": "；".join(sources) or _("暂无数据"),
        "address": found.repeatable,
    }
    return (
        _(
            "%(plan)s跟踪：%(title)s（%(code)s），截至 %(as_of)s 已公布、%(known_by)s 前已录入的数据。"
            "原始来源：%(sources)s。%(address)s"
        )
        % named
    )


def frame_snippet(address: str, title: str, height: int) -> str:
    """What another page puts into its own for the card or the chart."""
    return (
        f'<iframe src="{address}" title="{escape(title)}" width="100%" height="{height}" loading="lazy"></iframe>'
    )


def picture_snippet(address: str, page: str, title: str) -> str:
    """The same as a picture alone, of its day, with a link back."""
    return f'<a href="{page}"><img src="{address}" alt="{escape(title)}" loading="lazy"></a>'


def _description(plan: Plan, indicator: Indicator) -> str:
    """Between fifty and five thousand letters, as gatherers of data sets ask for."""
    period = f"{plan.starts_on.isoformat()} 至 {plan.ends_on.isoformat()}"
    return f"{indicator.title}：{indicator.quote[:4000]}（{plan.title}，{period}，已公布的数据、来源和判定）"


def dataset(plan: Plan, indicator: Indicator, parts: Sequence[Component], found: Quoted, site: str) -> SafeString:
    """The figures of the page as a data set in the words of schema.org (plan.linked)."""
    file = found.page.rstrip("/")
    days = urlencode({"as_of": found.as_of.isoformat()})
    kinds = (("csv", "text/csv"), ("json", "application/json"))
    body: dict[str, Any] = {
        "@type": "Dataset",
        "@id": f"{found.page}#dataset",
        "name": f"{indicator.title}（{plan.title}）",
        "alternateName": indicator.title_en,
        "description": _description(plan, indicator),
        "identifier": f"{plan.slug}/{indicator.code}",
        "url": found.page,
        "dateModified": plan.changed_on(found.as_of).isoformat(),
        "temporalCoverage": f"{plan.starts_on.isoformat()}/{plan.ends_on.isoformat()}",
        "isPartOf": linked.reference(plan, site),
        "creator": linked.organisation(plan.source.publisher or plan.title),
        "variableMeasured": [
            {"@type": "PropertyValue", "name": part.name or indicator.title, "unitText": indicator.unit}
            for part in parts
        ],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{file}.{ending}?{days}"}
            for ending, kind in kinds
        ],
    }
    return linked.block(body)
