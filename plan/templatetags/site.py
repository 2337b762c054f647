"""Template tags of the frame: links that keep the as-of day, the menu, numbers."""

import re

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from charts import bundles
from plan import links
from plan.after_period import STATE_WORDS, state_on
from plan.badges import item_badge
from plan.demo import any_demo
from plan.models import Plan
from plan.params import today
from plan.queries import tied
from plan.wording import as_place, measured, plain_number, publisher_name, publisher_of

register = template.Library()
register.simple_tag(links.query_as_of, takes_context=True)
register.simple_tag(links.item_url, takes_context=True)
register.filter(plain_number)
register.filter(as_place)


@register.filter(name="measured")
def measured_value(value, unit):
    """A number with its unit: 2,413.11 亿元, 2.65 %, 第 1 位."""
    return measured(plain_number(value), unit)


# Chinese characters and punctuation with the figures among them: "2.47万家", "深府〔2024〕12号".
HAN = re.compile(r"[\d.,]*[\u3000-\u303f\u3400-\u9fff\uff00-\uffef][\d.,\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*")
TAG = re.compile(r"(<[^>]*>)")
# 1,234,567,890 and longer.
LONG_NUMBER = re.compile(r"\d[\d,.]{12,}")


@register.simple_tag(takes_context=True)
def holds_demo(context) -> bool:
    """Whether the page needs the banner: its plan holds invented figures, or any plan where it shows none."""
    plan = context.get("plan")
    return plan.is_demo if isinstance(plan, Plan) else any_demo()


@register.simple_tag(takes_context=True)
def keep_as_of(context, url):
    return f"{url}{links.query_as_of(context)}"


@register.simple_tag(takes_context=True)
def without_as_of(context):
    query = context["request"].GET.copy()
    for name in ("as_of", "known_by"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


@register.simple_tag(takes_context=True)
def with_known_by(context):
    """The page's query, with only what had been learned here by its day."""
    query, day = context["request"].GET.copy(), context["as_of"].isoformat()
    query.update({"known_by": day})
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def without_known_by(context):
    query = context["request"].GET.copy()
    query.pop("known_by", None)
    query["as_of"] = context["as_of"].isoformat()
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def unit_link(context, organisation):
    """A unit's name, leading to what it answers for in the page's plan; the bare name where the page has none."""
    name, plan = f"{organisation}", context.get("plan")
    if not isinstance(plan, Plan):
        return format_html('<span lang="zh-CN">{}</span>', name)
    address = reverse("unit", args=[plan.slug, organisation.code]) + links.query_as_of(context)
    return format_html('<a href="{}" lang="zh-CN">{}</a>', address, name)


@register.simple_tag(takes_context=True)
def as_of_field(context):
    pairs = links.day_of(context).items()
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def other_fields(context):
    """The page's other parameters, so that choosing a day keeps the filters."""
    pairs = [
        (key, value)
        for key, values in context["request"].GET.lists()
        for value in values
        if key not in ("as_of", "page")
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag
def plotly_js(bundle):
    """Address of the plotly.js a page loads: "basic", "cartesian" or "whole", as far as they are there."""
    return static(f"vendor/{bundles.name_of(bundle, settings.NODE_MODULES)}")


@register.simple_tag
def inline_styles(*paths):
    """Style sheets written into the page (`settings.INLINE_STYLES`); linked where they are being worked on."""
    if settings.DEBUG:
        links = [(static(path),) for path in paths]
        return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)
    # Ours, and known to the policy by their hash: not a letter may be escaped.
    return mark_safe("".join(f"<style>{settings.INLINE_STYLES[path]}</style>" for path in paths))


def shown_state(context, item) -> str:
    """The state of a commitment as the page's day and the plan's period have it (plan.after_period)."""
    plan = context.get("plan")
    if not isinstance(plan, Plan):
        return item.status
    return state_on(item.status, item.status_as_of, plan.ends_on, context.get("as_of") or today())


@register.inclusion_tag("_components/badge.html", takes_context=True)
def item_status(context, item):
    """A commitment's state in the users' words; an indicator's own verdict is another component."""
    return {"badge": item_badge(shown_state(context, item))}


@register.simple_tag(takes_context=True)
def reported_word(context, item):
    """What the report itself said, where the period's end has changed what pages show; else empty."""
    return "" if shown_state(context, item) == item.status else STATE_WORDS[item.status]


@register.filter
def reported_label(item):
    """The state its reports gave a commitment, in words."""
    return STATE_WORDS.get(item.status, item.status)


@register.simple_tag
def answering(*chain):
    """The organisation that answers for the first of the items, each below the next: its own lead, or the nearest
    above, as `lead`; `is_own` says which. None where nobody leads."""
    for at, item in enumerate(chain):
        if item and item.lead:
            return {"lead": item.lead, "is_own": at == 0}
    return None


@register.inclusion_tag("plan/_crumbs.html", takes_context=True)
def crumbs(context, item, here=""):
    """The way to a commitment: the list of its kind, what it stands below, itself; `here` names a page of it."""
    above, plan = item.line, context["plan"]
    top = above[0]
    # The list stands at the address of its entries, without their code.
    folder = top.path(plan.slug).removesuffix(f"{top.code}/")
    every = folder == reverse("plan:items", args=[plan.slug])
    return {
        "folder": folder + links.query_as_of(context),
        "label": _("全部条目") if every else top.plan_kind.plural_label,
        "above": above if here else above[:-1],
        "item": item,
        "here": here,
        "plan": plan,
        "request": context["request"],
        "as_of": context.get("as_of"),
    }


@register.inclusion_tag("plan/_siblings.html", takes_context=True)
def siblings(context, item):
    """The commitments of its kind before and after it, which plan.queries.parts_of found."""
    return {
        "before": item.before,
        "after": item.after,
        "plan": context["plan"],
        "request": context["request"],
        "as_of": context.get("as_of"),
    }


@register.simple_tag
def tied_items(item, links):
    """Every other commitment once, with all that ties it (plan.queries.tied)."""
    return tied(item, links)


@register.filter
def clause(text, limit):
    """A quotation cut at the end of a clause, with an ellipsis; whole where it is short enough."""
    if len(text) <= limit:
        return text
    at = max(text.rfind(mark, 0, limit) for mark in "。；，")
    return f"{text[: at + 1] if at > 0 else text[:limit]}…"


@register.filter
def industry_root(code):
    """The industry whose page shows this one: a cluster's group (G-1 for G-1.3), else itself."""
    return code.split(".")[0]


@register.filter
def table_row(text):
    """A row of the plan's table without its ruling: "| 5 | 技术合同成交额 | 亿元 | 1500 |"."""
    return "　".join(text.strip("| ").split(" | ")) if text.startswith("|") else text


@register.filter
def published_by(source):
    """Who published a source, in the reader's language; the source's title where nobody is named."""
    return chinese_marked(publisher_of(source))


@register.filter
def publisher(name):
    return chinese_marked(publisher_name(name))


# A share with its sign, or a row of them, "91 %"; a day, "2026-02-24".
WHOLE = re.compile(r"\d{4}-\d\d-\d\d|\d[\d.,–]* %")


@register.filter
def whole_numbers(text):
    """The words with no line ending between a number and its per cent sign, or within a day."""
    return mark_safe(WHOLE.sub(r'<span class="whole">\g<0></span>', conditional_escape(text)))


@register.filter
def chinese_marked(text):
    """A sentence whose Chinese words, examples as printed, are marked as such where the page is English."""
    escaped = conditional_escape(text)
    if (get_language() or "").startswith("zh"):
        return escaped
    # What is safe may hold links: their tags stay as they are.
    parts = TAG.split(escaped)
    parts[::2] = [HAN.sub(r'<span lang="zh-CN">\g<0></span>', part) for part in parts[::2]]
    return mark_safe("".join(parts))


@register.filter
def by_groups(text):
    """Numbers of more digits than a column holds may go on in the next line, after a comma and nowhere else."""
    return mark_safe(LONG_NUMBER.sub(_in_groups, conditional_escape(text)))


def _in_groups(number):
    return f'<span class="by-groups">{number[0].replace(",", ",<wbr>")}</span>'


@register.filter
def marked(pieces):
    """A text in pieces, those that were looked for marked (plan.text.mark)."""
    return mark_safe("".join(f"<mark>{escape(text)}</mark>" if hit else escape(text) for text, hit in pieces))


@register.filter
def own_words(text):
    """The page's words in an element that says of its tip, what others published, that it is Chinese."""
    marked = whole_numbers(chinese_marked(text))
    if (get_language() or "").startswith("zh"):
        return marked
    return format_html('<span lang="{}">{}</span>', get_language(), marked)
