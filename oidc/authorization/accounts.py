"""Which of a browser's accounts a request is answered for."""

from typing import cast
from uuid import UUID

from accounts.sessions.beside import SignedInHere, accounts_here, act_for, last_used_by
from oidc.authorization.interaction import CREATE, NONE, NOTHING_DONE, SELECT_ACCOUNT, DoneSoFar
from oidc.authorization.policies import is_among
from oidc.authorization.requests.request import AuthorizationRequest
from oidc.clients.vouching import is_vouched_for
from oidc.wire.requests import TenantRequest
from userflows.forms.fields import typed_address
from userflows.lookup import flow_by_id


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
    person = _hinted(here, wanted)
    if person is None and wanted.subjects is None:
        # Where nobody is current, somebody has signed out or stayed away for long: those left may be other people.
        person = last_used_by(wanted.to.client.client_id, here) if current else None
        if person is None and (current is None or NONE in wanted.prompts):
            return True
        person = person or current
    if person and not person.is_current:
        act_for(request, person)
    return False


def _hinted(here: list[SignedInHere], wanted: AuthorizationRequest) -> SignedInHere | None:
    """The one that a hint names."""
    if wanted.subjects is not None:
        return next((person for person in here if is_among(str(person.account.pk), wanted.subjects)), None)
    rules = flow_by_id(cast(UUID, wanted.to.client.flow_id)).rules
    hint = typed_address(wanted.login_hint, or_user_name=rules.takes_user_names).casefold() if wanted.login_hint else ""
    named = (person for person in here if hint in {person.account.email.casefold(), person.account.user_name})
    hinted = next(named, None) if hint else None
    return hinted if hinted and _may_name(hinted, wanted) else None


def _may_name(person: SignedInHere, wanted: AuthorizationRequest) -> bool:
    """Whether a hint at this account counts. Unseen, nobody finds out who is signed in here by trying addresses."""
    client = wanted.to.client
    return NONE not in wanted.prompts or client.client_id in person.client_ids or is_vouched_for(client)
