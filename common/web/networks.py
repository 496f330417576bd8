"""Which IP addresses are internal: this machine's, its network's, those of no single machine in the world."""

import ipaddress

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Python's own list differs between its releases; these are internal, or lead into IPv4, whatever it says.
INTERNAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"
        " 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3"
        # The metadata and DNS service of Azure, the only one at a public address.
        " 168.63.129.16/32"
        " ::/8 100::/8 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/9 ff00::/8 64:ff9b:1::/48"
    ).split()
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def literal_address(host: str) -> IPAddress | None:
    """The address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(text: str) -> bool:
    """Whether an IP address is a public one, which may be called and shown."""
    return not is_internal(ipaddress.ip_address(text))


def is_internal(address: IPAddress) -> bool:
    """Whether nobody else's server may be called there. On a local installation its own addresses are none of these."""
    if address.is_loopback:
        return not settings.IS_LOCAL
    if isinstance(address, ipaddress.IPv6Address) and address in NAT64:
        # How an IPv6-only network reaches an IPv4 address (RFC 6052): it counts as that one.
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return embedded.is_loopback or is_internal(embedded)
    return not address.is_global or any(address in network for network in INTERNAL)
