"""One change of status or dates for many items: choose, preview, hand in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from plan.models import Item
from plan.params import page_of, today
from plan.queries import get_plan
from plan.workflow import Overtaken
from texts.forms import posted, refuse
from updates.bulk import BulkChange, file_bulk, plan_bulk, seen_of
from updates.filters import chosen_items, name_answerable, read_codes, read_filters
from updates.forms import BulkForm

PAGE_SIZE = 100


def bulk(request, slug):
    """The table to choose from; posted, the preview of what would be filed."""
    plan = get_plan(slug)
    form = BulkForm(posted(request), initial={"status_on": today()})
    codes = read_codes(request.POST)
    if request.method == "POST" and form.is_valid() and "seen" not in request.POST:
        if codes:
            return _show(request, plan, plan_bulk(plan, codes, _change(form), by=request.user))
        form.add_error(None, _("请先在表中勾选条目"))
    organisations = list(Organisation.objects.all())
    filters = read_filters(plan, request.GET, organisations)
    page = page_of(chosen_items(plan, filters, reported_on=True), PAGE_SIZE, request.GET)
    name_answerable(plan, page)
    context = {
        "plan": plan,
        "rows": page,
        "filters": filters,
        "organisations": organisations,
        "kinds": [choice for choice in plan.kinds.choices if choice[0] in plan.kinds.reported],
        "statuses": Item.Status.choices,
        "form": form,
        "chosen": set(codes),
    }
    return render(request, "updates/bulk.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def apply(request, slug):
    """Files what the preview showed, unless something of it has changed meanwhile."""
    plan = get_plan(slug)
    form = BulkForm(request.POST)
    if not form.is_valid():
        return bulk(request, slug)
    seen = request.POST.get("seen", "")
    try:
        filed = file_bulk(plan, read_codes(request.POST), _change(form), by=request.user, seen=seen)
    except Overtaken as error:
        messages.error(request, str(error))
        return _show(request, plan, error.row, status=409)
    except ValidationError as error:
        refuse(request, error)
        return bulk(request, slug)
    number = len(filed)
    messages.success(
        request,
        ngettext("已提交 %(n)s 项，等待他人核定", "已提交 %(n)s 项，等待他人核定", number) % {"n": number},
    )
    return redirect("updates:index", slug)


def _change(form: BulkForm) -> BulkChange:
    values = form.cleaned_data
    return BulkChange(
        status_on=values["status_on"],
        done=values["done"],
        status=values["status"],
        progress=values["progress"],
        problems=values["problems"],
        shift=values["shift"] or 0,
    )


def _show(request, plan, rows, *, status: int = 200):
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "plan": plan,
        "rows": rows,
        "ready": sum(bool(row.fields) for row in rows),
        "seen": seen_of(rows),
        "sent": [pair for pair in sent if pair[0] not in ("csrfmiddlewaretoken", "seen")],
    }
    return render(request, "updates/bulk_preview.html", context, status=status)
