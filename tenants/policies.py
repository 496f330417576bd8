"""Yes/no rules about tenants, without database or request."""

import re

MAX_NAME_LENGTH = 256
DOMAIN_NAME = re.compile(r"[a-z0-9]{1,26}")
# What a name may be made of, and how long (RFC 1035 section 2.3.4).
HOST_NAME = re.compile(r"[a-z0-9._-]{1,253}")
SCHEMA_NAME = re.compile(r"t_[a-z2-7]{20}")
RESERVED_DOMAIN_NAMES = frozenset(
    "admin administrator api app apps assets auth ciam console customer customers dashboard default docs"
    " health help home id identity installation internal issuer login mail mta oauth oauth2 oidc operator"
    " portal postgres public root smtp sso static status support system t template tenant tenants www".split()
)


def normalise_domain_name(typed: str) -> str:
    """The spelling in which domain names are kept and compared."""
    return typed.strip().lower()


def domain_name_problem(domain_name: str) -> str:
    """What is wrong with a domain name, as a sentence; empty if nothing is."""
    if not DOMAIN_NAME.fullmatch(domain_name):
        return "Use 1 to 26 letters or digits, without spaces, hyphens or accents."
    if domain_name in RESERVED_DOMAIN_NAMES:
        return f"“{domain_name}” is reserved. Choose another one."
    return ""
