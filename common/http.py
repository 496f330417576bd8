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
        return str(ipaddress.ip_address(_without_port(address).partition("%")[0]))
    except ValueError:
        return UNKNOWN_IP


def _without_port(address: str) -> str:
    """Some proxies write where they were called from with the port: `192.0.2.7:49152`, `[2001:db8::7]:49152`."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, _, port = address.partition(":")
    return host if port.isdecimal() else address
