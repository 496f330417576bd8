"""Which grants an application may have, by its kind."""

from collections.abc import Collection

from applications.policies.kinds import NATIVE, SERVICE, SPA, WEB
from common.text.translation import gettext as _

# RFC 6749 section 4, RFC 8628 section 3.4, RFC 8693 section 2.1.
AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS = "authorization_code", "refresh_token", "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a wire name
# The grants an application may have, by its kind. Of these it has all but the further ones unless somebody chooses.
POSSIBLE_GRANTS = {
    WEB: (AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS, DEVICE_CODE, TOKEN_EXCHANGE),
    SPA: (AUTHORIZATION_CODE, REFRESH_TOKEN),
    NATIVE: (AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE),
    SERVICE: (CLIENT_CREDENTIALS, TOKEN_EXCHANGE),
}

FURTHER_GRANTS = frozenset({DEVICE_CODE, TOKEN_EXCHANGE})
# By these somebody signs in, of whom a refresh token can go on to speak.
SIGN_IN_GRANTS = frozenset({AUTHORIZATION_CODE, DEVICE_CODE})


def usual_grants(kind: str) -> tuple[str, ...]:
    """The grants an application of this kind has if nobody chooses."""
    return tuple(grant for grant in POSSIBLE_GRANTS[kind] if grant not in FURTHER_GRANTS)


def chosen_grants(asked: Collection[str], *, kind: str) -> tuple[str, ...]:
    """The grants asked for, each once, in the order in which they are told."""
    return tuple(grant for grant in POSSIBLE_GRANTS[kind] if grant in asked)


def grants_problem(asked: Collection[str], *, kind: str) -> str:
    """What is wrong with these grants for an application of this kind, as a sentence; empty if nothing is."""
    possible = POSSIBLE_GRANTS[kind]
    impossible = [grant for grant in asked if grant not in possible]
    if impossible:
        return _("An application of type %(kind)s can’t use %(grant)s, only: %(possible)s.") % {
            "kind": kind,
            "grant": impossible[0],
            "possible": ", ".join(possible),
        }
    if not asked:
        return _("Choose at least one.")
    if REFRESH_TOKEN in asked and not SIGN_IN_GRANTS & set(asked):
        said = _("Refresh tokens come from a sign-in: choose %(code)s as well, or leave %(refresh_token)s out.")
        return said % {"code": AUTHORIZATION_CODE, "refresh_token": REFRESH_TOKEN}
    return ""
