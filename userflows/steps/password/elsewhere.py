"""A password that isn't here yet: whoever keeps it is asked, and once it was right, it is kept here."""

from typing import Any

from accounts.credentials.policies import ELSEWHERE, MAX_PASSWORD_LENGTH
from accounts.credentials.services.elsewhere import adopt_password
from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from hooks.calls.asking import ask
from hooks.calls.likeness import wait_as_if_asked
from hooks.lookup import hook_for
from hooks.policies import PASSWORD
from hooks.wire.answers import BLOCK_PASSWORD, MIGRATE, UPDATE
from hooks.wire.requests import Customer, password_request
from userflows.journeys.account.hooks import TurnedAway, about_journey
from userflows.models import Journey


def asks_hook(journey: Journey) -> bool:
    """Whether a hook stands at the journey's flow that may be asked."""
    return hook_for(PASSWORD, str(journey.user_flow_id)) is not None


def account_elsewhere(journey: Journey, password: str) -> Account | None:
    """The account, if a hook says that this is its password. Call it when the password was looked for here in vain.

    About whom nobody is asked, it takes as long, and a try counts for all alike: while the hook is down nobody guesses
    for nothing, and nobody finds out who has a password elsewhere. Raises `HookDown`, `TurnedAway` or `Busy`.
    """
    hook = hook_for(PASSWORD, str(journey.user_flow_id))
    if hook is None:
        return None
    account = Account.objects.able_to_sign_in().with_email(journey.whose).first()
    if account is None or account.password != ELSEWHERE or not 0 < len(password) <= MAX_PASSWORD_LENGTH:
        wait_as_if_asked(hook)
        return None
    facts = Customer(_facts(account))
    about = about_journey(journey)
    request, nonce = password_request(hook, about, facts, username=journey.whose, password=password)
    answer = ask(hook, request, nonce=nonce)
    if answer.action == BLOCK_PASSWORD:
        raise TurnedAway(hook, answer)
    if answer.action not in {MIGRATE, UPDATE}:
        return None
    needs_another = answer.action == UPDATE
    return account if adopt_password(account, password, needs_another=needs_another, actor=actor_of(account)) else None


def _facts(account: Account) -> dict[str, Any]:
    return {
        "id": str(account.pk),
        "mail": account.email,
        "userPrincipalName": account.email,
        "userType": "Member",
        "displayName": account.name,
        "givenName": account.given_name,
        "surname": account.surname,
    }
