"""How often a program or a visitor may ask; the rates are settings (TOKEN_RATE, ANONYMOUS_RATE, ASSESS_RATE …)."""

from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle

from audit.address import counted_address


class TokenThrottle(SimpleRateThrottle):
    """By token."""

    scope = "token"

    def get_cache_key(self, request, view):
        return f"throttle:token:{request.api_token.pk}"


class AnonymousThrottle(SimpleRateThrottle):
    """By address; where no rate is set none."""

    scope = "anonymous"

    def get_cache_key(self, request, view):
        return f"throttle:address:{counted_address(request)}"


class ScopeThrottle(ScopedRateThrottle):
    """By person, and by address where nobody signed in, for what a view names in `throttle_scope`."""

    def get_ident(self, request):
        return str(counted_address(request))
