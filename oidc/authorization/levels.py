"""How strong a sign-in a request takes, and whether a customer can reach it: by a second factor, if there is one."""

from typing import Any, cast
from uuid import UUID

from accounts.models import Account, AuthenticatorApp
from oidc.authorization.requests.request import AuthorizationRequest
from oidc.wire.errors import UnmetAuthenticationRequirements
from oidc.wire.policies import TWO_FACTORS, asks_for_two
from userflows.lookup import flow_by_id
from userflows.state import APP, CODE, LINK, SMS, WHO_HAS_ONE, FlowRules


def rules_of(wanted: AuthorizationRequest) -> FlowRules:
    """What the application and its user flow ask for. The request itself may ask for more."""
    client = wanted.to.client
    return _flow_rules_of(wanted).asking(client.second_factor, client.factors)


def check_reachable(wanted: AuthorizationRequest, *, account: Any) -> None:
    """Raises `UnmetAuthenticationRequirements` if nobody who comes by this flow could (OpenID Connect Core section
    5.5.1.1): whoever came through all of it would have to be sent back all the same.
    """
    rules = rules_of(wanted)
    takes_two = asks_for_two(wanted.acr_values, rules.methods)
    takes_any = rules.second_factor and not (rules.spares or rules.factors or rules.has_passkeys)
    if (takes_two or takes_any) and not _has_second_factors(account, wanted):
        raise UnmetAuthenticationRequirements("The user flow of this application has no second factor.")


def reachable_wishes(wanted: AuthorizationRequest, *, account: Any) -> frozenset[str] | None:
    """The acr that is only wished for, without what can't be reached; None if nothing is left to wish."""
    wished = wanted.wished_acr_values
    if asks_for_two(wished, rules_of(wanted).methods) and not _has_second_factors(account, wanted):
        return frozenset(wished or ()) - {TWO_FACTORS} or None
    return wished


def _flow_rules_of(wanted: AuthorizationRequest) -> FlowRules:
    return flow_by_id(cast(UUID, wanted.to.client.flow_id)).rules


def _has_second_factors(account: Any, wanted: AuthorizationRequest) -> bool:
    rules = rules_of(wanted)
    has_own = getattr(account, "has_app", False) or bool(getattr(account, "passkeys_at", ()))
    # Beside the mailbox, or another text message, a phone makes no two factors.
    by_phone = SMS in rules.factors and not {CODE, LINK, SMS} & set(rules.methods)
    if APP in rules.factors or by_phone or rules.has_passkeys or has_own:
        return True
    # Whoever comes may have set an app up by another flow; a flow that asks for more than that has it shown.
    is_somebody = isinstance(account, Account)
    asks_nobody = _flow_rules_of(wanted).second_factor == WHO_HAS_ONE
    return not is_somebody and asks_nobody and AuthenticatorApp.objects.exists()
