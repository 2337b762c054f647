"""The paper for a meeting: its form, its sheets, its Word file, and the papers that were kept."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from assessments.report.docx import write_docx
from assessments.report.files import rows_of
from charts.large import trend_svg
from charts.qr import qr_svg
from dashboard.brief import BriefAsked, brief_of, choices, read_asked
from dashboard.brief_document import document_of
from dashboard.saved_briefs import keep_brief, kept_briefs
from dashboard.unit_views import sheet_of
from dashboard.units import duties_of
from indicators.figures.gaps import answers_of, gap_rows_of
from indicators.queries import Overview, Standing, overview
from indicators.shown import tracks
from indicators.shown.cards import card
from indicators.shown.derivation import derive
from indicators.targets.versions import target_lines
from plan.days import learned_by
from plan.exports.download import Download
from plan.params import BadParameter, today
from plan.queries import get_plan


def brief(request, slug):
    """The form beside the paper; a choice that cannot be used is named above the form, and nothing is shown."""
    plan = get_plan(slug)
    try:
        asked, fault = read_asked(plan, request.GET), None
    except BadParameter as error:
        asked, fault = None, error
    signed_in = may(request.user, Permission.OWN_ACCOUNT)
    context = {
        "plan": plan,
        "asked": asked,
        "fault": fault,
        "since": asked.since.isoformat() if asked else request.GET.get("since", ""),
        "choices": choices(plan, overview(plan, request.as_of), asked),
        "signed_in": signed_in,
        # Who made which is for those with an account.
        "kept": kept_briefs(plan) if signed_in else (),
    }
    if asked:
        context |= _paper(request, plan, asked)
    return render(request, "dashboard/brief.html", context, status=400 if fault else 200)


def brief_file(request, slug):
    """The same paper as a Word file, in Chinese whoever takes it; made again by its whole address."""
    plan = get_plan(slug)
    asked = read_asked(plan, request.GET)
    with override("zh-hans"):
        address = _address(request, plan, asked)
        document = document_of(brief_of(plan, asked), address)
        data = write_docx(document)
    name = f"{plan.short}会议材料"
    return Download(name=name, format="docx", pieces=[data], rows=rows_of(document), query=asked.query).response(
        request
    )


@require_POST
def brief_save(request, slug):
    """Keeps the paper and opens it at its own address."""
    plan = get_plan(slug)
    row = keep_brief(plan, read_asked(plan, request.POST), by=request.user)
    return redirect(f"{reverse('brief', args=[slug])}?{row.query}")


def _address(request, plan, asked: BriefAsked) -> str:
    """Where the paper stands for ever."""
    return request.build_absolute_uri(f"{reverse('brief', args=[plan.slug])}?{asked.query}")


def _paper(request, plan, asked: BriefAsked) -> dict:
    found, address = brief_of(plan, asked), _address(request, plan, asked)
    sheets = [_indicator(found.found, found.found.by_code[code], asked) for code in asked.indicators]
    units = [sheet_of(plan, duties_of(plan, unit, asked.day), request.user) for unit in asked.units]
    return {
        "brief": found,
        "address": address,
        "qr": qr_svg(address, label=_("扫码打开同一份材料")),
        "known_by": learned_by(asked.day) or today(),
        "indicator_sheets": sheets,
        "unit_sheets": units,
        "total": 3 + len(sheets) + len(units),
        "rule": found.found.rule,
    }


def _indicator(found: Overview, standing: Standing, asked: BriefAsked) -> dict:
    """One indicator's sheet: as its own page prints, picture and figures with numbered sources and the reasons."""
    size = {"width": 400, "height": 260, "kind": "narrow"} if standing.is_compound else {}
    gaps = {row.component.pk: row for row in gap_rows_of(found, standing, answers_of(found))}
    return {
        "item": standing.indicator,
        "standing": standing,
        "card": card(standing),
        "parts": [
            {
                "part": part,
                "svg": trend_svg(tracks.track(part), label=tracks.sentence(part), words=tracks.words(), **size),
                "sentence": tracks.sentence(part),
                "told": derive(part),
                "targets": target_lines(part, [], asked.day),
                "gap": gaps[part.component.pk],
            }
            for part in standing.components
        ],
    }
