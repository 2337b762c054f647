from django.conf import settings
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.models import Job
from operations import queries
from operations.retention import KEPT
from plan import disk


@never_cache
@require_safe
def overview(request):
    """How much the installation holds and grows by, and how backup, log and jobs did last."""
    archived, archive_fault = queries.archives()
    states = [(state.label, Job.objects.filter(state=state).count()) for state in Job.State]
    growing = list(queries.growing())
    context = {
        "growing": growing,
        "sized": any(table.size is not None for table in growing),
        "growth_days": queries.GROWTH_DAYS,
        "folders": queries.folders(),
        "free": disk.free_mb() * disk.MB,
        "database": queries.database_bytes(),
        "kept": KEPT,
        "states": states,
        "archived": archived,
        "archive_fault": archive_fault,
        "online_days": settings.AUDIT_ONLINE_DAYS,
        "waiting": queries.waiting(),
        **queries.last_runs(),
    }
    return render(request, "operations/overview.html", context)
