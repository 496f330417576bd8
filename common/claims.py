"""Names of claims: which may be chosen at all, and which have a meaning that nobody but the issuer gives them."""

import re

CLAIM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:/\-]{0,119}")
# RFC 7519, RFC 9068, OpenID Connect Core and its companions: what a relying party trusts the issuer to have said; and
# by what the issuer's own access tokens name claims for userinfo.
PROTOCOL_CLAIMS = frozenset(
    """
    iss sub aud exp nbf iat jti client_id scope scp azp nonce auth_time acr amr at_hash c_hash s_hash sid sub_jwk cnf
    act may_act events toe txn typ token_type active username email_verified phone_number_verified updated_at
    _claim_names _claim_sources entitlements authorization_details userinfo_claims
    """.split()
)
# Under which a relying party expects one thing only, and goes by it.
TRUSTED_CLAIMS = frozenset({"email", "roles", "groups"})
