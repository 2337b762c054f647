"""Pages of the studio: the drafts, one of them, its name and period, the steps of its life, its folder."""

import io
import zipfile
from collections import Counter
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from plan.exports.download import Download
from plan.kinds import kind_table
from plan.params import read_act, read_choice, read_edition
from plan.queries import get_plan
from plan.steps import REFUSALS
from studio import publishing, services
from studio.checking import coverage
from studio.forms import FrameForm, StartForm
from studio.models import PlanDraft
from texts.forms import posted, refuse, show_faults, typed_text

STEPS_SHOWN = 30


def get_draft(slug: str) -> PlanDraft:
    row = PlanDraft.objects.select_related("plan", "submitted_by", "keeper").filter(slug=slug).first()
    if row is None:
        raise Http404(_("没有这份编制稿"))
    # A long text is read by a job; pages say how far it is.
    row.reading = services.reading(row)
    return row


def home(request):
    """The drafts, and a form for a new one."""
    form = StartForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.start(
                slug=data["slug"], template=data["template"], frame=services.frame_of(data), by=request.user
            )
            return redirect("studio:text", row.slug)
        except ValidationError as error:
            show_faults(form, error, {})
    drafts = [one for one in PlanDraft.objects.select_related("plan", "keeper") if request.user.works_in(one.slug)]
    context = {"form": form, "drafts": drafts}
    return render(request, "studio/home.html", context, status=400 if form.errors else 200)


def draft(request, slug):
    """Where a draft stands: what is done, what is left, who did what."""
    row = get_draft(slug)
    held = row.held
    kinds = kind_table(held.kinds, Counter(one.kind for one in held.items.values()))
    context = {
        "draft": row,
        "held": held,
        "counts": [(kind, kind.number) for kind in kinds.values() if kind.number],
        "coverage": coverage(held, row.template),
        "steps": row.steps.select_related("by")[:STEPS_SHOWN],
        "publications": row.publications.select_related("by", "submitted_by"),
        "publishers": None if row.is_open else publishing.publishers(row),
        "may_publish": not row.is_open and request.user.pk not in publishing.editors(row),
        "is_own": request.user.pk in (row.submitted_by_id, row.keeper_id),
    }
    return render(request, "studio/draft.html", context)


def frame(request, slug):
    """Name, period and source."""
    row = get_draft(slug)
    held = row.held
    source = {f"source_{name}": value for name, value in held.frame.get("source", {}).items()}
    form = FrameForm(posted(request), initial=held.frame | source)
    if request.method == "POST" and form.is_valid():
        new = {"slug": row.slug} | services.frame_of(form.cleaned_data)
        # A draft of its own: what a change made is found by what was before.
        if done(request, lambda: services.change(
            row, lambda held: replace(held, frame=new), action=services.Action.FRAME, by=request.user,
            edition=read_edition(request.POST),
        )):  # fmt: skip
            return redirect("studio:draft", slug)
    context = {"draft": row, "form": form}
    return render(request, "studio/frame.html", context, status=400 if form.errors else 200)


def done(request, act, told: str = "", target: str = "") -> bool:
    """Does something that may be refused, for the field of id `target`; what became of it the next page says."""
    try:
        act()
    except REFUSALS as error:
        refuse(request, error, target)
        return False
    if told:
        messages.success(request, told)
    return True


@require_POST
def step(request, slug):
    """Submits, withdraws, returns or publishes, as the pressed button says."""
    row, by = get_draft(slug), request.user
    try:
        reason = typed_text(request.POST, "reason", limit=2000)
    except ValidationError as error:
        refuse(request, error, "reason")
        return redirect("studio:draft", slug)
    action = read_act(request.POST, "action", ("submit", "withdraw", "return", "publish"))
    if action == "submit":
        done(request, lambda: publishing.submit(row, reason=reason, by=by), _("已提交，等待另一人发布"))
    elif action in ("withdraw", "return"):
        told = _("已撤回，可以继续编制") if action == "withdraw" else _("已退回编制人")
        done(request, lambda: publishing.take_back(row, reason=reason, by=by), told)
    else:
        edition = read_edition(request.POST)
        if done(request, lambda: publishing.publish(row, edition=edition, by=by), _("已发布")):
            return redirect("overview", slug)
    return redirect("studio:draft", slug)


@require_POST
def undo(request, slug):
    """Takes the last change back, and leads to where one was."""
    row = get_draft(slug)
    done(request, lambda: services.undo(row, by=request.user), _("已撤销上一步"))
    to = read_choice(request.POST, "to", ("text", "kinds", "commitments", "indicators", "check"), "draft")
    return redirect(f"studio:{to or 'draft'}", slug)


def folder(request, slug):
    """The draft as the folder of a plan, which load_plan takes."""
    row = get_draft(slug)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(publishing.files(row).items()):
            # One moment for all: the same draft gives the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{slug}/{name}", (2000, 1, 1, 0, 0, 0)), text)
    made = Download(
        name=f"{slug}_folder", format="zip", pieces=[kept.getvalue()], rows=len(row.held.items),
        file_name=f"{slug}.zip",
    )  # fmt: skip
    return made.response(request)


def door(request, slug):
    """From a plan to its draft: the one it was made in, or one taken up from what is published."""
    plan = get_plan(slug)
    if request.method == "POST" and not PlanDraft.objects.filter(slug=slug).exists():
        done(request, lambda: publishing.take_up(plan, by=request.user))
    if PlanDraft.objects.filter(slug=slug).exists():
        return redirect("studio:draft", slug)
    return render(request, "studio/door.html", {"plan": plan})
