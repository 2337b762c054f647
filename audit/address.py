"""Where a request comes from: the one answer that the audit log, lock-outs and every limit go by.

Anybody can send X-Forwarded-For. It is believed only from a proxy named in TRUSTED_PROXIES, and only the part the
proxies themselves wrote: hop by hop from the right, up to the first address that is none of them.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from python_ipware import IpWare

FORWARDED, PROTOCOL = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
UNIX = "unix"  # in TRUSTED_PROXIES: whoever reaches the server through its socket file, which has no address
MOST_HOPS = 20
# Reads one hop as proxies write it: with a port, in brackets, an IPv4 address in IPv6 notation.
_reader = IpWare(precedence=(FORWARDED,), proxy_count=0)
# What one household or office holds of IPv6; an IPv4 address stands for itself.
IPV6_PREFIX = 64


def visitor_address(request: HttpRequest) -> str:
    """The address of the visitor; the proxy's own where it names nobody that can be read."""
    peer = request.META.get("REMOTE_ADDR", "")[:45]
    if not comes_from_proxy(request):
        return peer
    address = peer
    for hop in reversed(request.META.get(FORWARDED, "").split(",")[-MOST_HOPS:]):
        found, _trusted = _reader.get_client_ip({FORWARDED: hop}, strict=True)
        if found is None:
            break
        address = str(found)[:45]
        if not _is_trusted(address):
            break
    return address


def comes_from_proxy(request: HttpRequest) -> bool:
    """Whether a trusted proxy sent the request on, so that what it says of the visitor counts."""
    return _is_trusted(request.META.get("REMOTE_ADDR", ""))


def counted_address(request: HttpRequest) -> str | None:
    """What limits count a request under: its address, of IPv6 the first of its network of 64 bits; None: unknown.

    Behind AddressMiddleware, which found the visitor's.
    """
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    if found.version == 4:
        return str(found)
    return str(ip_network((int(found), IPV6_PREFIX), strict=False).network_address)


def networks(words: list[str]) -> list[IPv4Network | IPv6Network]:
    """The addresses and networks of a setting. Raises ValueError."""
    return [ip_network(word, strict=False) for word in words if word != UNIX]


def _is_trusted(address: str) -> bool:
    if not address:
        return UNIX in settings.TRUSTED_PROXIES
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks(settings.TRUSTED_PROXIES))
