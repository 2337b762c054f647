from django.conf import settings
from django.contrib.auth.views import redirect_to_login

from accounts.permissions import may_read

# Open even when reading needs an account: signing in, the language switch, health, static files, and the
# API, which answers 403 itself instead of redirecting a program to a form.
OPEN = ("/accounts/", "/i18n/", "/healthz", "/readyz", "/metrics", "/static/", "/api/")


class ReadAccessMiddleware:
    """Sends visitors to the sign-in page when PUBLIC_READ is off."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.PUBLIC_READ or request.path.startswith(OPEN) or may_read(request.user):
            return self.get_response(request)
        return redirect_to_login(request.get_full_path())
