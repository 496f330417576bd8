import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.errors import AccountRefused
from accounts.models import Account
from providers.models import IdentityProvider
from providers.relying_party.exchange import Challenge, Identity
from providers.services import linked_account_id
from userflows.journeys.account.admission import SignUpClosed
from userflows.journeys.account.linking import bring
from userflows.journeys.attempts.crowds import POSTED, of_journeys
from userflows.journeys.progress import note_mail_language, save_progress
from userflows.models import Journey
from userflows.state import PROVIDER, SIGN_IN, SIGN_UP, method_of_provider

# RFC 8176 has no value for it. What the provider says of its own sign-in isn't told on as ours.
AMR = "fed"
# The request that an answer is awaited to, beside what was posted in answer to it, and whether there was one before.
REQUEST, WAS_THERE = "request", "was_there"
# Apple tells it once in a lifetime: it stays for the next try in the same journey.
TOLD_ONCE = "user"


class SomebodyElse(Exception):
    """The identity is linked with another account than the one whose owner is to prove themself here."""


def set_out(journey: Journey, provider: IdentityProvider, challenge: Challenge) -> None:
    """Keep that the browser goes to the provider now, and what its request is bound by.

    Only the last request counts: of two tabs, that of the one that left later.
    """
    request = {"provider": provider.pk, "digest": challenge.digest}
    journey.note(PROVIDER, **{REQUEST: request, WAS_THERE: True, POSTED: _told_once(journey)})
    save_progress(journey)


def was_there(journey: Journey) -> bool:
    """Whether somebody has been sent to a provider before in this journey, and was let in by none."""
    return bool(journey.step_data.get(PROVIDER, {}).get(WAS_THERE))


def state_of(journey_id: UUID, challenge: Challenge) -> str:
    """What goes to the provider and back: no more than 80 characters, which is what SAML allows."""
    return f"{journey_id.hex}.{challenge.secret}"


def read_state(state: str) -> tuple[UUID, Challenge]:
    """The journey that a state is about, and what its request is bound by; of nobody's, if it can't be read."""
    named, _, secret = state.partition(".")
    try:
        return UUID(named), Challenge(secret)
    except ValueError:
        return UUID(bytes=secrets.token_bytes(16)), Challenge("")


def is_awaited(journey: Journey, provider_id: str, challenge: Challenge) -> bool:
    """Whether the journey's last request was this one, and nothing has come of it yet."""
    request: Mapping[str, Any] = journey.step_data.get(PROVIDER, {}).get(REQUEST) or {}
    return request == {"provider": provider_id, "digest": challenge.digest}


def keep_posted(journey_id: UUID, provider_id: str, challenge: Challenge, sent: Mapping[str, str]) -> None:
    """Keep what a page of the provider's has posted, until the browser comes for it with its cookies.

    Whoever knows the challenge is answering the request; nothing is kept of anything else, nor of a second answer.
    """
    journey = Journey.objects.open().filter(pk=journey_id).first()
    if journey is None or not is_awaited(journey, provider_id, challenge) or posted(journey).keys() - {TOLD_ONCE}:
        return
    if sent.keys() - {TOLD_ONCE}:
        journey.note(PROVIDER, **{POSTED: {**posted(journey), **sent}})
        _save_if_awaited(journey, provider_id, challenge)
        of_journeys.kept(sum(map(len, sent.values())))


def posted(journey: Journey) -> Mapping[str, str]:
    """What was posted in answer to the journey's request; empty if nothing was."""
    kept: Mapping[str, str] = journey.step_data.get(PROVIDER, {}).get(POSTED) or {}
    return kept


def take_answer(journey: Journey, provider: IdentityProvider, challenge: Challenge) -> bool:
    """Use the request up, so that an answer counts once. Returns whether this is the first; not in a transaction."""
    journey.note(PROVIDER, **{REQUEST: None, POSTED: _told_once(journey)})
    return _save_if_awaited(journey, provider.pk, challenge)


def _told_once(journey: Journey) -> Mapping[str, str]:
    """What of an answer is still good for the next one."""
    return {name: value for name, value in posted(journey).items() if name == TOLD_ONCE}


def _save_if_awaited(journey: Journey, provider_id: str, challenge: Challenge) -> bool:
    awaited = {f"step_data__{PROVIDER}__{REQUEST}": {"provider": provider_id, "digest": challenge.digest}}
    return bool(Journey.objects.open().filter(pk=journey.pk, **awaited).update(step_data=journey.step_data))


def accept(journey: Journey, provider: IdentityProvider, identity: Identity) -> None:
    """Go on with who has come from the provider. Call it within the change that goes on with it.

    Whoever is linked with an account is signed in. Whoever isn't makes one, if the provider's word for their address is
    enough and nobody has it; otherwise they show first that the address, and so the account, is theirs.

    Raises `AccountRefused`, `SomebodyElse` or `SignUpClosed`.
    """
    account_id = linked_account_id(provider, identity)
    if account_id is not None:
        _sign_in(journey, provider, account_id)
    elif journey.account_id is not None:
        # Whose journey it is, is known; what they prove here themselves links the identity with their account.
        bring(journey, provider, identity, needs_mailbox=False)
    else:
        _make_known(journey, provider, identity)


def _sign_in(journey: Journey, provider: IdentityProvider, account_id: UUID) -> None:
    account = Account.objects.able_to_sign_in().filter(pk=account_id).first()
    if account is None:
        raise AccountRefused
    if journey.account_id not in {None, account.pk}:
        raise SomebodyElse
    if journey.account_id is None:
        journey.begin_anew(purpose=SIGN_IN, email=account.email)
    journey.prove(method_of_provider(provider.pk), amr=AMR, account=account)


def _make_known(journey: Journey, provider: IdentityProvider, identity: Identity) -> None:
    email, is_vouched_for = identity.email, identity.is_vouched_for(provider)
    account = Account.objects.with_email(email).first() if is_vouched_for else None
    if not is_vouched_for:
        # The same, whether the address has an account or not: anybody may have a provider say any address.
        journey.begin_anew(purpose=journey.purpose, email=email)
        bring(journey, provider, identity, needs_mailbox=True)
    elif account is not None:
        journey.begin_anew(purpose=SIGN_IN, email=email)
        bring(journey, provider, identity, needs_mailbox=not account.email_verified)
    elif journey.rules.allows_sign_up:
        journey.begin_anew(purpose=SIGN_UP, email=email)
        bring(journey, provider, identity, needs_mailbox=False)
        journey.prove(method_of_provider(provider.pk), amr=AMR)
    else:
        raise SignUpClosed
    note_mail_language(journey)
