"""The form of a note: whole without scripts, saved by itself every few seconds with them."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from assessments import notes, open_editors
from assessments.evidence import Cited, file_note, is_removable
from assessments.forms import EvidenceForm, NoteForm
from assessments.models import Note, NoteStep
from assessments.queries import get_note, is_author, pin_of, previous_note
from assessments.sentences import offered
from assessments.wording import LABELS, said, show_pin
from evidence.models import PublicEvidence
from evidence.queries import of_item
from plan import held_uploads
from plan.params import read_edition, read_keys, today
from plan.queries import get_plan
from plan.workflow import Overtaken, WrongState
from texts.forms import show_faults
from updates.models import StatusUpdate

REPORTS_SHOWN, PUBLIC_SHOWN = 12, 20


@never_cache
def note_edit(request, slug, pk):
    """The note's form for its author, beside what the system says as of the round's cut-off."""
    row = get_note(get_plan(slug), pk)
    if row.state not in notes.WRITABLE or not row.round.is_open:
        return redirect("assessments:note", slug, pk)
    _own(row, request.user)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    pin = pin_of(row.item, row.round.cut_off)
    form = NoteForm(*data, note=row, computed=pin["status"], initial=_values(row))
    evidence = EvidenceForm(*data)
    newer, saved, is_lost = None, None, False
    if request.method == "POST" and all([form.is_valid(), evidence.is_valid()]):
        try:
            saved = _save(request, row, form, evidence)
            if request.POST.get("then") != "submit":
                messages.success(request, _("草稿已保存"))
                return redirect("assessments:note_edit", slug, pk)
            notes.submit_note(saved, edition=saved.edition, by=request.user)
            open_editors.left(row, request.user)
            messages.success(request, _("已提交，等待复核"))
            return redirect("assessments:note", slug, pk)
        except ValidationError as error:
            show_faults(evidence if "uploads" in getattr(error, "error_dict", {}) else form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        except Overtaken as error:
            newer = error.row
    if request.method == "POST" and saved is None:
        is_lost = held_uploads.hold(request, request.FILES.getlist("uploads"))
    return _render(request, row, form, evidence, newer=newer, saved=saved, pin=pin, is_lost=is_lost)


def _save(request, row: Note, form: NoteForm, evidence: EvidenceForm) -> Note:
    uploads = [*evidence.cleaned_data["uploads"], *held_uploads.ticked(request)]
    saved = file_note(
        row,
        edition=read_edition(request.POST),
        by=request.user,
        fields={name: form.cleaned_data[name] for name in notes.FIELDS if name in form.cleaned_data},
        added=replace(
            evidence.added,
            uploads=uploads,
            cited=_cited(request, row),
            is_internal=request.POST.get("sight") != "public",
        ),
        remove=read_keys(request.POST, "remove")[:100],
        public=read_keys(request.POST, "public") if "sight" in request.POST else None,
    )
    held_uploads.let_go(request)
    return saved


def _public(row: Note) -> list[PublicEvidence]:
    """What was public of the commitment and what stands below it by the round's cut-off, the newest first."""
    told = of_item(row.round.plan, row.item, row.round.cut_off, with_parts=True)
    return [one.row for one in told[:PUBLIC_SHOWN]]


def _reports(row: Note) -> list[StatusUpdate]:
    """What was reported of the commitment and what stands below it as of the cut-off, the newest first."""
    rows = StatusUpdate.objects.filter(Q(item=row.item) | Q(item__parent=row.item))
    known = rows.of_state_on(row.round.cut_off)
    return list(known.select_related("item", "organisation").order_by("-status_on", "-pk")[:REPORTS_SHOWN])


def _cited(request, row: Note) -> list[Cited]:
    """The statement or report whose button was pressed; nothing where it is cited already."""
    wanted = read_keys(request.POST, "cite")[:1]
    cited = [_citation(request, row, one) for one in _public(row) if one.pk in wanted]
    wanted = read_keys(request.POST, "cite_report")[:1]
    cited += [_report_citation(request, row, one) for one in _reports(row) if one.pk in wanted]
    return [one for one in cited if not row.evidence.filter(title=one.title).exists()]


def _citation(request, row: Note, public: PublicEvidence) -> Cited:
    source, told = public.source, f"{public.source.publisher or public.source.title}，{public.published} 公布"
    here = reverse("evidence:detail", args=[row.round.plan.slug, public.pk])
    fact = public.fact[: 190 - len(told)]
    part = "" if public.item_id == row.item_id else f"{public.item.code} "
    return Cited(
        f"公开信息：{part}{fact}（{told}）", source.url or request.build_absolute_uri(here), source.document_number
    )


def _report_citation(request, row: Note, update: StatusUpdate) -> Cited:
    here = reverse("updates:detail", args=[row.round.plan.slug, update.pk])
    unit = f"{update.organisation}，" if update.organisation else ""
    told = f"责任单位填报：{update.item.code} {update.done}"[: 170 - len(unit)]
    return Cited(f"{told}（{unit}截至 {update.status_on:%Y-%m-%d}）", request.build_absolute_uri(here))


def _render(request, row: Note, form, evidence, *, newer, saved, pin, is_lost):
    previous = previous_note(row, today())
    edition = newer.edition if newer else saved.edition if saved else request.POST.get("edition") or row.edition
    returned = row.steps.filter(action=NoteStep.Action.RETURNED).select_related("by").last()
    kept = list(row.evidence.all())
    titles = {one.title for one in kept}
    context = {
        "plan": row.round.plan,
        "note": row,
        "item": row.item,
        "round": row.round,
        "form": form,
        "evidence_form": evidence,
        "evidence": [{"row": one, "removable": is_removable(one)} for one in kept],
        # Each with whether it is cited already.
        "public": [(one, _citation(request, row, one).title in titles) for one in _public(row)],
        "reports": [(one, _report_citation(request, row, one).title in titles) for one in _reports(row)],
        "sentences": offered(row, pin),
        "edition": edition,
        "newer": said(notes.body_of(newer), newer) if newer else None,
        "faults_heading": _("草稿已保存，但还不能提交，请补齐以下各处") if saved else "",
        "lost_files": is_lost,
        "held": held_uploads.held(request),
        "pin": show_pin(pin),
        "previous": previous,
        "previous_said": said(previous.body, previous.note) if previous else None,
        "returned": returned if row.state == Note.State.RETURNED else None,
        "remarks": [one for one in row.comments.select_related("by") if one.settled_at is None],
        "editors": open_editors.seen(row, request.user),
    }
    faulty = form.errors or evidence.errors or newer
    return render(request, "assessments/note_form.html", context, status=400 if faulty else 200)


def _values(row: Note) -> dict:
    values = notes.body_of(row)
    return values | {"forecast_value": values["forecast_value"] or None}


def _own(row: Note, user) -> Note:
    if not is_author(row, user):
        raise PermissionDenied(_("只有评估人本人可以填写这份意见"))
    return row


@require_POST
@never_cache
def note_save(request, slug, pk):
    """Saves what can be read of the form as it is being typed, and says who else has it open.

    200 with the new edition and the faults by field; 409 with the text that stands there now when somebody else
    saved it meanwhile, or when the note or its round no longer takes changes. Without an edition it is only a
    sign of life, answered with who is there.
    """
    row = _own(get_note(get_plan(slug), pk), request.user)
    editors = open_editors.seen(row, request.user)
    if "edition" not in request.POST:
        return JsonResponse({"edition": row.edition, "state": row.state, "editors": editors})
    form = NoteForm(request.POST, note=row)
    form.is_valid()
    # A field that cannot be read keeps what was stored; the person is told at once.
    fields = {name: form.cleaned_data[name] for name in notes.FIELDS if name in form.cleaned_data}
    try:
        saved = notes.change_note(row, edition=read_edition(request.POST), by=request.user, **fields)
    except Overtaken as error:
        # A save whose answer was lost, as when its page was left, is no quarrel.
        if not notes.says_the_same(error.row, fields):
            return JsonResponse({"detail": str(error), "newer": _words(error.row)}, status=409)
        saved = error.row
    except WrongState as error:
        return JsonResponse({"detail": str(error)}, status=409)
    except ValidationError as error:
        form.add_error(None, error)
        saved = row
    body = {
        "edition": saved.edition,
        "at": timezone.localtime().strftime("%H:%M:%S"),
        "editors": editors,
        "faults": {name: [str(fault) for fault in faults] for name, faults in form.errors.items()},
    }
    return JsonResponse(body)


def _words(row: Note) -> dict:
    """The stored text by field, for a form that was overtaken."""
    body = notes.body_of(row)
    lines = [{"label": str(LABELS[name]), "text": text} for name, text in body.items() if text]
    return {"edition": row.edition, "fields": body, "lines": lines}
