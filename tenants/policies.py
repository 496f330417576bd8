"""Yes/no rules about tenants, without database or request."""

import re
from enum import StrEnum

from common.text.translation import gettext as _

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
        return _("Use 1 to 26 letters or digits, without spaces, hyphens or accents.")
    if domain_name in RESERVED_DOMAIN_NAMES:
        return _("“%(domain)s” is reserved. Choose another one.") % {"domain": domain_name}
    return ""


class AdministratorRole(StrEnum):
    """What an administrator is to a tenant.

    What each may do stands in `portal_frame.access`, its words in `portal_frame.roles`.
    """

    OWNER = "owner"
    USER_ADMINISTRATOR = "user_administrator"
    APPLICATION_ADMINISTRATOR = "application_administrator"
    FLOW_ADMINISTRATOR = "flow_administrator"
    BRANDING_ADMINISTRATOR = "branding_administrator"
    SUPPORT = "support"
    AUDITOR = "auditor"
    READER = "reader"


# In the home tenant whoever changes accounts could take over an operator's: there is no role between all and looking.
ROLES_OF_OPERATORS = (AdministratorRole.OWNER, AdministratorRole.AUDITOR, AdministratorRole.READER)


def roles_in(*, is_home: bool) -> tuple[AdministratorRole, ...]:
    """The roles that there are in the home tenant, or in any other one."""
    return ROLES_OF_OPERATORS if is_home else tuple(AdministratorRole)
