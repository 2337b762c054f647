from django.conf import settings

from audit.address import PROTOCOL, comes_from_proxy, visitor_address
from audit.services import current_address


class AddressMiddleware:
    """Puts the visitor's address in the place of the proxy's, for everything behind that asks for it.

    It stands first: the audit log, lock-outs and limits (also those of libraries) all read REMOTE_ADDR, and no
    header lifts any of them. Where proxies are named, only they may say that a request came by https.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.TRUSTED_PROXIES and not comes_from_proxy(request):
            request.META.pop(PROTOCOL, None)
        request.META["REMOTE_ADDR"] = address = visitor_address(request)
        token = current_address.set(address)
        try:
            return self.get_response(request)
        finally:
            current_address.reset(token)
