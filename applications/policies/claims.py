"""Which claims may be chosen for an application."""

import re

from common.text.translation import gettext as _

MAX_CLAIMS = 50
MAX_VALUE_LENGTH = 250
SOURCES = ("attribute", "roles", "groups", "constant")
# For which a claim may be sent: always, or only with one of these scopes granted.
CLAIM_SCOPES = ("", "profile", "email", "address")
CLAIM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:/\-]{0,119}")
# RFC 7519, RFC 9068, OpenID Connect Core and its companions: what a relying party trusts the issuer to have said.
PROTOCOL_CLAIMS = frozenset(
    """
    iss sub aud exp nbf iat jti client_id scope scp azp nonce auth_time acr amr at_hash c_hash s_hash sid sub_jwk cnf
    act may_act events toe txn typ token_type active username email_verified phone_number_verified updated_at
    _claim_names _claim_sources entitlements authorization_details
    """.split()
)

# Names under which a relying party expects one thing only.
ONE_SOURCE_CLAIMS = {"email": ("attribute", "email"), "roles": ("roles", ""), "groups": ("groups", "")}


def claim_problem(name: str, *, source: str, value: str) -> str:
    """What is wrong with a claim of this name from this source, as a sentence; empty if nothing is."""
    if not CLAIM_NAME.fullmatch(name):
        return _("Begin with a letter, then use letters, digits and . _ - : / only, 120 characters at most.")
    if name in PROTOCOL_CLAIMS:
        return _("“%(name)s” has a meaning of its own in tokens, so it can’t be chosen.") % {"name": name}
    expected = ONE_SOURCE_CLAIMS.get(name)
    if expected and expected != (source, value):
        return _("Applications trust “%(name)s” to be just that, so it can’t come from elsewhere.") % {"name": name}
    return ""
