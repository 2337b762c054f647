"""What pages say of themselves to programs that gather pages, in the words of schema.org (JSON-LD).

A block of data and no script: a browser runs nothing of it, whatever the policy of scripts says.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from plan.models import Item, Plan

CONTEXT = "https://schema.org"
Body = dict[str, Any]
# Names of views, each with the form of the file there.
DOWNLOADS = (
    ("package", "application/zip"),
    ("indicators:observations_file", "text/csv"),
    ("plan:items_file", "text/csv"),
)


def block(body: Body) -> SafeString:
    """For the head of a page; what is empty is left out."""
    said = {"@context": CONTEXT} | {name: value for name, value in body.items() if value not in ("", None)}
    # `<` as JSON escapes it: nothing in a title ends the block.
    text = (
        json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")
    )
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def reference(plan: Plan, site: str) -> Body:
    """The plan's data, as others name it."""
    return {"@type": "Dataset", "@id": f"{site}{plan.get_absolute_url()}#dataset", "name": plan.title}


def commitment_reference(item: Item, plan: Plan, site: str) -> Body:
    return {"@type": "CreativeWork", "@id": f"{site}{item.path(plan.slug)}#commitment", "name": item.title}


def organisation(name: str) -> Body:
    return {"@type": "Organization", "name": name}


def of_plan(plan: Plan, day: date, site: str) -> Body:
    """All that a plan's pages hold, as one data set."""
    files = [
        {"@type": "DataDownload", "encodingFormat": form, "contentUrl": site + _file(plan, name)}
        for name, form in DOWNLOADS
    ]
    return reference(plan, site) | {
        "alternateName": plan.title_en,
        "description": _("%(plan)s：承诺、指标、已公布的数据和判定，截至 %(day)s。")
        % {"plan": plan.title, "day": day.isoformat()},
        "identifier": plan.slug,
        "url": site + plan.get_absolute_url(),
        "datePublished": plan.published_on.isoformat(),
        "dateModified": plan.changed_on(day).isoformat(),
        "temporalCoverage": f"{plan.starts_on.isoformat()}/{plan.ends_on.isoformat()}",
        "creator": organisation(plan.source.publisher or plan.title),
        "isAccessibleForFree": settings.PUBLIC_READ,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{site}{reverse('plans')}#catalogue"},
        "distribution": files,
    }


def _file(plan: Plan, name: str) -> str:
    return reverse(name, args=[plan.slug] if name == "package" else [plan.slug, "csv"])


def of_plans(plans: Iterable[Plan], site: str) -> Body:
    """The data sets there are, of the page that lists the plans."""
    page = site + reverse("plans")
    datasets = [reference(plan, site) | {"url": site + plan.get_absolute_url()} for plan in plans]
    return {
        "@type": "DataCatalog",
        "@id": f"{page}#catalogue",
        "name": _("全部规划"),
        "url": page,
        "dataset": datasets,
    }


def of_item(plan: Plan, item: Item, day: date, site: str) -> Body:
    """A commitment with the words that make it one; how it stands is on its page, with the day and the reason."""
    page = site + item.path(plan.slug)
    data = {"@type": "MediaObject", "encodingFormat": "application/json", "contentUrl": f"{page.rstrip('/')}.json"}
    return commitment_reference(item, plan, site) | {
        "alternateName": item.title_en,
        "genre": str(plan.kinds[item.kind].label),
        "text": item.quote,
        "identifier": f"{plan.slug}/{item.code}",
        "url": page,
        "inLanguage": "zh-CN",
        "dateModified": plan.changed_on(day).isoformat(),
        "maintainer": organisation(item.lead.name) if item.lead else None,
        "isPartOf": reference(plan, site),
        "encoding": data,
    }
