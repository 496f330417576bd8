"""Which of the scopes asked for a customer has to allow first.

What an administrator has granted for all customers needs no question. Of the rest the customer is asked where the
application is set so, or asks for it itself (prompt=consent).
"""

from collections.abc import Collection

from applications.lookup.entitlements import Entitlements
from oidc.authorization.interaction import CONSENT
from oidc.authorization.requests.request import AuthorizationRequest
from oidc.tokens.person_claims import SCOPES_OF_CLAIMS
from userflows.lookup import custom_names_of


def scopes_to_allow(wanted: AuthorizationRequest, entitlements: Entitlements) -> frozenset[str]:
    """The keys of the scopes that need the customer's consent, whether it was given or not."""
    if not entitlements.asks_for_consent and CONSENT not in wanted.prompts:
        return frozenset()
    named = (*wanted.claims.id_token, *wanted.claims.userinfo)
    custom_names = custom_names_of(wanted.to.client.flow_id) if named else frozenset()
    of_claims = {_scope_of_claim(name, entitlements, custom_names) for name in named}
    return entitlements.keys_to_allow((*wanted.scopes, *filter(None, of_claims)))


def _scope_of_claim(name: str, entitlements: Entitlements, custom_names: Collection[str]) -> str:
    """The scope that tells what a claim named in the request tells; "" for one that tells nothing, or goes with any."""
    for claim in entitlements.claims:
        if claim.name == name:
            return claim.scope
    return "profile" if name in custom_names else SCOPES_OF_CLAIMS.get(name, "")
