"""Lists of people for the administrators' pages."""

from django.db.models import Count, Q, QuerySet

from accounts.models import Organisation, Role, User


def people(*, words: str = "", organisation: str = "", state: str = "", role: str = "") -> QuerySet[User]:
    """Accounts with their organisation and second factor, narrowed; active ones first."""
    rows = User.objects.with_second_factor().order_by("-is_active", "username")
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(name__icontains=words) | Q(email__icontains=words))
    if organisation:
        rows = rows.filter(organisation__code=organisation)
    if state:
        rows = rows.filter(is_active=state == "active")
    if role in User.Administers.values:
        rows = rows.filter(administers=role)
    elif role in Role.values and role != Role.VIEWER:
        rows = rows.filter(**{f"is_{role}": True})
    return rows


def organisations() -> QuerySet[Organisation]:
    """Organisations with the number of active people of each."""
    return Organisation.objects.annotate(number=Count("people", filter=Q(people__is_active=True))).order_by("code")
