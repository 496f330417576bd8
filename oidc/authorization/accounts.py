"""Which of a browser's accounts a request is answered for."""

from accounts.sessions.beside import SignedInHere, accounts_here, act_for, last_used_by
from oidc.authorization.interaction import CREATE, NONE, NOTHING_DONE, SELECT_ACCOUNT, DoneSoFar
from oidc.authorization.policies import is_among
from oidc.authorization.request import AuthorizationRequest
from oidc.clients.vouching import is_vouched_for
from oidc.wire.requests import TenantRequest
from userflows.forms.fields import typed_address


def go_with_account(request: TenantRequest, wanted: AuthorizationRequest, done: DoneSoFar) -> bool:
    """Let the request be that of the account which the application means; it goes on with the one it has begun with.

    Returns whether only the customer can say which: the application asks for that, or nothing tells.
    """
    here = accounts_here(request)
    current = next((person for person in here if person.is_current), None)
    if done != NOTHING_DONE or CREATE in wanted.prompts or all(person is current for person in here):
        return False
    if SELECT_ACCOUNT in wanted.prompts:
        return True
    person = _meant(here, wanted)
    if person is None and wanted.subjects is None:
        is_unclear = NONE in wanted.prompts or current is None
        if is_unclear and len(here) > 1:
            return True
        person = here[0]
    if person and not person.is_current:
        act_for(request, person)
    return False


def _meant(here: list[SignedInHere], wanted: AuthorizationRequest) -> SignedInHere | None:
    """The one that a hint names, else the one that the application went with last."""
    if wanted.subjects is not None:
        return next((person for person in here if is_among(str(person.account.pk), wanted.subjects)), None)
    email = typed_address(wanted.login_hint).casefold() if wanted.login_hint else ""
    hinted = next((person for person in here if email and person.account.email.casefold() == email), None)
    if hinted and _may_name(hinted, wanted):
        return hinted
    return last_used_by(wanted.to.client.client_id, here)


def _may_name(person: SignedInHere, wanted: AuthorizationRequest) -> bool:
    """Whether a hint at this account counts. Unseen, nobody finds out who is signed in here by trying addresses."""
    client = wanted.to.client
    return NONE not in wanted.prompts or client.client_id in person.client_ids or is_vouched_for(client)
