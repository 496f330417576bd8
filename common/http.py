"""Facts about a request that every floor may need."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN_IP = "unknown"


def client_ip(request: HttpRequest) -> str:
    """The address of the browser, seen through exactly `CIAM_TRUSTED_PROXIES` proxies.

    Each trusted proxy appends the address it was called from to X-Forwarded-For, so only that many entries from the
    right are believed. What doesn't parse is "unknown", which shares one bucket: a garbled header buys no attempts.
    """
    trusted = settings.CIAM_TRUSTED_PROXIES
    address = request.META.get("REMOTE_ADDR", "")
    if trusted:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-trusted] if len(hops) >= trusted else ""
    try:
        # Without the zone of a link-local address: it names an interface, and may be any text of any length.
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return UNKNOWN_IP
