"""Who has come from a provider and isn't linked with an account yet: kept with the journey, and dead with it.

It is linked at the end, with the account whose owner has proved themself in this journey, or with the one that is made
for somebody new, and nowhere else: an address that a provider tells takes nobody's account over.
"""

from typing import Any

from django.db import transaction

from accounts.credentials.services.passwords import has_password, remove_password
from accounts.factors.passkeys import passkeys_of, remove_passkey
from accounts.factors.phones import remove_phone
from accounts.identity.lookup import unique_attributes
from accounts.identity.services.accounts import actor_of
from accounts.identity.values import judged
from accounts.models import Account
from accounts.sessions.services import end_sessions
from audit.services import Actor
from common.problems import Refused
from providers.models import IdentityProvider, LinkedIdentity
from providers.relying_party.exchange import Identity
from providers.services import hold_provider, link, unlink, unlink_all
from userflows.journeys.events import circumstances_of
from userflows.journeys.jobs import send_provider_notice
from userflows.journeys.progress import outlive_sessions
from userflows.models import Journey
from userflows.state import BROUGHT, CODE, NEEDS_MAILBOX, PASSKEY, PROVIDER, SIGN_UP, method_of_provider

# What the code step notes of an address that nobody had proved before.
IS_FIRST_PROOF = "is_first_proof"


def bring(journey: Journey, provider: IdentityProvider, identity: Identity, *, needs_mailbox: bool) -> None:
    """Keep who has come, until it is known whose account it is. Values nobody could keep are left out.

    What is told of them fills the form in by which they make an account, if that is what it comes to.
    """
    brought = {
        "provider": provider.pk,
        "name": provider.name,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "attributes": _kept(identity.attributes(provider)),
        NEEDS_MAILBOX: needs_mailbox,
    }
    journey.note(PROVIDER, **{BROUGHT: brought})
    journey.typed = brought_attributes(journey)


def brought_attributes(journey: Journey) -> dict[str, Any]:
    """What a provider has told for the account to be, by attribute name."""
    return dict(journey.state.brought.get("attributes", {}))


def link_brought(journey: Journey, account: Account) -> bool:
    """Link whoever has come with the account whose owner has proved themself. Call it when that is done.

    If nobody had shown before to read the mail of the address, whoever set the account up was somebody else, perhaps:
    their password, sessions and identities go. Returns whether the account was signed out so.
    """
    brought = journey.state.brought
    provider = hold_provider(brought["provider"])
    if provider is None:
        return False
    is_reclaimed = journey.purpose != SIGN_UP and bool(journey.step_data.get(CODE, {}).get(IS_FIRST_PROOF))
    if is_reclaimed:
        _reclaim(account, keeps_passkeys=journey.state.has_proved(PASSKEY))
        outlive_sessions(journey)
    try:
        is_new = link(
            account,
            provider=provider,
            issuer=brought["issuer"],
            subject=brought["subject"],
            email=brought["email"],
            actor=actor_of(account),
            about=circumstances_of(journey, method_of_provider(provider.pk)),
        )
    except Refused:
        # Somebody else's meanwhile, in another tab; here its owner has proved enough to be signed in.
        is_new = False
    if is_new and journey.purpose != SIGN_UP:
        send_provider_notice.enqueue(str(account.pk), provider.name, is_linked=True)
    return is_reclaimed


def unlink_and_tell(account: Account, *, linked: LinkedIdentity, actor: Actor) -> None:
    """Unlink an identity from the account, and mail that to its owner. Whether another way in is left,
    whoever calls it has asked.
    """
    with transaction.atomic():
        unlink(account, linked=linked, actor=actor)
        send_provider_notice.enqueue(str(account.pk), linked.provider.name, is_linked=False)


def _reclaim(account: Account, *, keeps_passkeys: bool) -> None:
    actor = actor_of(account)
    for passkey in () if keeps_passkeys else passkeys_of(account):
        remove_passkey(passkey, actor=actor)
    remove_phone(account, actor=actor)
    unlink_all(account, actor=actor)
    if has_password(account):
        remove_password(account, actor=actor)
    else:
        end_sessions(account)


def _kept(told: dict[str, Any]) -> dict[str, Any]:
    """The values that may be kept as they are told."""
    kept: dict[str, Any] = {}
    for name, value in told.items():
        if name in unique_attributes():
            # It may be somebody else's here, and not every way has a page on which to say another one.
            continue
        try:
            kept |= {name: good for name, good in judged({name: value}).items() if good is not None}
        except Refused:
            continue
    return kept
