"""The API's own view of a token: whoever the middleware let in, without the check against forged forms."""

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from audit.models import AuditEvent
from audit.services import record_audit


class TokenAuthentication(BaseAuthentication):
    """Takes what accounts.middleware found; browsers send no such header by themselves, so no CSRF check."""

    def authenticate(self, request):
        token = getattr(request._request, "api_token", None)
        return (token.user, token) if token else None

    def authenticate_header(self, request):
        return "Bearer"


class PersonAuthentication(SessionAuthentication):
    """A signed-in person; a forged call is refused as a forged form is, and logged (shenzhen_plan.errors)."""

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            record_audit(
                action="csrf.refused",
                by=request._request.user,
                outcome=AuditEvent.Outcome.REFUSED,
                object_label=f"{request.method} {request.path}",
                after={"reason": str(error)},
            )
            raise


class PersonScheme(SessionScheme):
    """The same cookie as any session's, for the API's own description."""

    target_class = PersonAuthentication
    priority = 1


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's own description speaks of it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return build_bearer_security_scheme_object("Authorization", "Bearer")
