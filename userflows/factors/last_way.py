"""Whether a passkey is the last way into an account: none is ever taken away by its owner."""

from collections.abc import Sequence

from accounts.models import Account, Passkey
from providers.models import LinkedIdentity
from userflows.state import REQUIRE, FlowRules


def is_last_way(account: Account, rules: FlowRules, *, others: Sequence[Passkey]) -> bool:
    """Whether nothing is left without it beside these `others`, by a flow of these rules; or nothing that does there.

    A code and a new password are mailed to whoever has lost all else, where the flow has them.
    """
    if others:
        return False
    if rules.asks_passkey == REQUIRE and rules.has_passkeys:
        return True
    if not rules.rests_on_passkeys:
        return False
    linked = LinkedIdentity.objects.of_account(account.pk)
    return not any(each.provider_id in rules.providers and each.provider.is_on for each in linked)
