"""Facts about a request that every floor may need."""

import ipaddress
import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings

UNKNOWN_IP = "unknown"
# Some proxies write the port along: 192.0.2.9:4711, [2001:db8::1]:4711.
WITH_PORT = re.compile(r"\[(?P<v6>[^]]*)\](:\d{1,5})?|(?P<v4>[\d.]+):\d{1,5}")
# What a 503 bears that was given before anything was done: by no other header can nginx be told to ask another server
# (compose/nginx.conf). Without it, a form or a code must not be sent again.
NOTHING_WAS_DONE = "X-Accel-Redirect", "@another"
# What one subscriber has to choose from, and the most that one site has (RFC 6177).
V6_NETWORK, V6_SITE = 64, 48

logger = logging.getLogger(__name__)


class Head(Protocol):
    """The head of a request: what is read of one of Django's, or of another that is like it."""

    @property
    def META(self) -> Mapping[str, Any]: ...  # noqa: N802 - as Django calls it
    @property
    def headers(self) -> Mapping[str, str]: ...


def client_ip(request: Head) -> str:
    """The address of the browser."""
    return client_address(request.META)


def client_address(environ: Mapping[str, Any]) -> str:
    """The address of the browser, seen through exactly `CIAM_TRUSTED_PROXIES` proxies.

    Each trusted proxy appends the address it was called from to X-Forwarded-For, so only that many entries from the
    right are believed. What doesn't parse is "unknown", which shares one bucket: a garbled header buys no attempts.
    """
    trusted = settings.CIAM_TRUSTED_PROXIES
    address = environ.get("REMOTE_ADDR", "")
    if trusted:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-trusted] if len(hops) >= trusted else _warn_of_missing(trusted, len(hops))
    elif "HTTP_X_FORWARDED_FOR" in environ:
        _warn_of_proxy(_plain(address))
    return _plain(address) or UNKNOWN_IP


def network_of(ip: str) -> str:
    """Whom a limit by address counts: an IPv4 address, or the IPv6 network of one subscriber."""
    if ":" not in ip:
        return ip
    return str(ipaddress.ip_network((ip, V6_NETWORK), strict=False))


def site_of(ip: str) -> str:
    """The IPv6 site around a subscriber's network, whose owner may have thousands of those; "" for IPv4."""
    return str(ipaddress.ip_network((ip, V6_SITE), strict=False)) if ":" in ip else ""


@lru_cache(maxsize=100)
def _warn_of_proxy(peer: str) -> None:
    """Say so once for each proxy there seems to be: anybody can send the header, but not from a private address."""
    if peer and ipaddress.ip_address(peer).is_private:
        logger.warning(
            "A proxy seems to stand at %s, and CIAM_TRUSTED_PROXIES is 0: all customers share its address, and its"
            " limits. Set it to the number of proxies.",
            peer,
        )


@lru_cache(maxsize=100)
def _warn_of_missing(trusted: int, told: int) -> str:
    """Say so once: everybody is "unknown" then, and shares the limits. The empty address, since none is told."""
    logger.warning(
        "CIAM_TRUSTED_PROXIES is %s, and X-Forwarded-For tells of %s: all customers share one address, and its limits."
        " Set it to the number of proxies that add to that header.",
        trusted,
        told,
    )
    return ""


@lru_cache(maxsize=1000)
def _plain(written: str) -> str:
    """An address as it is written everywhere here, an IPv4 one in IPv6's clothes as IPv4; "" if it is none."""
    has_port = WITH_PORT.fullmatch(written)
    bare = (has_port["v6"] or has_port["v4"]) if has_port else written
    try:
        # Without the zone of a link-local address: it names an interface, and may be any text of any length.
        address = ipaddress.ip_address((bare or "").partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
