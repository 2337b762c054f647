from audit.services import current_address


class AddressMiddleware:
    """Remembers where a request comes from, for the audit rows written while it is answered.

    REMOTE_ADDR only: behind a proxy the server must be told to set it (gunicorn's --forwarded-allow-ips), a
    header that anybody can send is no evidence.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = current_address.set(request.META.get("REMOTE_ADDR", "")[:45])
        try:
            return self.get_response(request)
        finally:
            current_address.reset(token)
