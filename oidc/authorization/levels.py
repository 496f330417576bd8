"""Whether a customer can reach the acr that an application asks for: by a second factor, if their flow has one."""

from typing import Any

from accounts.models import Account, AuthenticatorApp
from oidc.authorization.request import AuthorizationRequest
from oidc.wire.errors import UnmetAuthenticationRequirements
from oidc.wire.policies import TWO_FACTORS, asks_for_two
from userflows.state import APP, CODE, LINK, SMS, WHO_HAS_ONE, FlowRules


def check_reachable(wanted: AuthorizationRequest, *, account: Any, rules: FlowRules) -> None:
    """Raises `UnmetAuthenticationRequirements` if nobody who comes by this flow could (OpenID Connect Core section
    5.5.1.1): whoever came through all of it would have to be sent back all the same.
    """
    takes_two = asks_for_two(wanted.acr_values, rules.methods)
    takes_any = rules.strictest(wanted.to.client.second_factor) and not (rules.factors or rules.has_passkeys)
    if (takes_two or takes_any) and not _has_second_factors(account, rules):
        raise UnmetAuthenticationRequirements("The user flow of this application has no second factor.")


def reachable_wishes(wanted: AuthorizationRequest, *, account: Any, rules: FlowRules) -> frozenset[str] | None:
    """The acr that is only wished for, without what can't be reached; None if nothing is left to wish."""
    wished = wanted.wished_acr_values
    if asks_for_two(wished, rules.methods) and not _has_second_factors(account, rules):
        return frozenset(wished or ()) - {TWO_FACTORS} or None
    return wished


def _has_second_factors(account: Any, rules: FlowRules) -> bool:
    has_own = getattr(account, "has_app", False) or bool(getattr(account, "passkeys_at", ()))
    # Beside the mailbox, or another text message, a phone makes no two factors.
    by_phone = SMS in rules.factors and not {CODE, LINK, SMS} & set(rules.methods)
    if APP in rules.factors or by_phone or rules.has_passkeys or has_own:
        return True
    # Whoever comes may have set an app up by another flow; a flow that asks for more than that has it shown.
    is_somebody = isinstance(account, Account)
    return not is_somebody and rules.second_factor == WHO_HAS_ONE and AuthenticatorApp.objects.exists()
