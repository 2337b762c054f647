"""The API's own view of a token: whoever the middleware let in, without the check against forged forms."""

from rest_framework.authentication import BaseAuthentication


class TokenAuthentication(BaseAuthentication):
    """Takes what accounts.middleware found; browsers send no such header by themselves, so no CSRF check."""

    def authenticate(self, request):
        token = getattr(request._request, "api_token", None)
        return (token.user, token) if token else None

    def authenticate_header(self, request):
        return "Bearer"
