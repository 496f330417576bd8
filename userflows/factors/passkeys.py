"""Passkeys on journeys: what a page asks a browser for, and what its answer proves or adds.

What a page asks for is signed for its journey and costs no row: it is good for ten minutes, and what was answered right
once is noted on the journey.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import AccountRefused, PasskeyRefused
from accounts.factors.ceremonies import (
    RelyingParty,
    check_made,
    new_handle,
    options_to_make,
    options_to_show,
    read_answer,
)
from accounts.factors.passkeys import (
    add_passkey,
    check_passkey,
    passkey_shown,
    passkeys_of,
    remove_passkey,
    use_passkey,
)
from accounts.identity.services.accounts import actor_of, judged_reason
from accounts.models import Account, Passkey
from audit.services import Actor
from branding.look import look_for
from common.crypto.digests import digest_of
from tenants.addressing import uses_paths
from tenants.lookup import related_urls, url_at
from tenants.postgresql import current_schema
from userflows.factors.jobs import PASSKEY_ADDED, PASSKEY_REMOVED, send_factor_notice
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.events import circumstances_of
from userflows.journeys.progress import JourneyMovedOn
from userflows.models import Journey
from userflows.state import PASSKEY, PASSKEY_SETUP, REMEMBER, SIGN_IN, SPENT

# RFC 8176: possession of a key was shown. That its owner was verified makes it `mfa` besides.
AMR = "pop"
GOOD_FOR = timedelta(minutes=10)
SHOW, MAKE = "show", "make"


@dataclass(frozen=True)
class PasskeyOptions:
    """What a page asks the browser for: options as JSON, and the token by which the answer is judged."""

    options: str
    token: str


def party_of(request: HttpRequest) -> RelyingParty:
    """Who asks at the address at which the tenant is visited."""
    parts = urlsplit(url_at(request.get_host(), request.tenant))  # type: ignore[attr-defined]
    name = look_for(get_language() or "").tenant_name
    return RelyingParty(id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}", name=name)


def related_origins(request: HttpRequest) -> list[str]:
    """The tenant's origins, which browsers may take for one site (Web Authentication Level 3, section 5.11).

    There is none where other tenants share this host, or where it doesn't lead here any more.
    """
    urls = related_urls(request.tenant)  # type: ignore[attr-defined]
    return urls if party_of(request).origin in urls else []


def usable_here(request: HttpRequest, known: Sequence[Passkey]) -> list[Passkey]:
    """Those that can be asked for at this host: its own; if there is none, those of one that is related."""
    host = party_of(request).id
    here = [each for each in known if each.rp_id == host]
    if here or not known:
        return here
    hosts = {urlsplit(origin).hostname for origin in related_origins(request)}
    related = [each for each in known if each.rp_id in hosts]
    newest = max(related, key=lambda each: each.used_at or each.created_at, default=None)
    return [each for each in related if newest and each.rp_id == newest.rp_id]


def ask_to_show(request: HttpRequest, journey: Journey, *, allowed: Sequence[Passkey] = ()) -> PasskeyOptions:
    """Any passkey that the browser has for this host, or one of those `allowed`, which are all of one host."""
    party = party_of(request)
    if allowed:
        party = replace(party, id=allowed[0].rp_id)
    token = signing.dumps([secrets.token_urlsafe(24), party.id], salt=_salt(SHOW, journey, at=party.origin))
    credential_ids = [each.credential_id for each in allowed]
    options = options_to_show(party, challenge=_challenge(token), allowed=credential_ids)
    return PasskeyOptions(json.dumps(options), token)


def ask_to_make(request: HttpRequest, journey: Journey) -> PasskeyOptions:
    """A passkey for the journey's account, which has none yet in this authenticator. Raises `AccountRefused`."""
    account, party = _account_of(journey), party_of(request)
    handle = account.passkey_handle or new_handle(current_schema())
    token = signing.dumps([secrets.token_urlsafe(24), handle], salt=_salt(MAKE, journey))
    is_shared = uses_paths() and party.id == urlsplit(settings.CIAM_BASE_URL).hostname
    options = options_to_make(
        party,
        challenge=_challenge(token),
        handle=handle,
        # Keys of several tenants stand side by side in the browser's list, where one host serves them all.
        account_name=f"{account.email} ({party.name})" if is_shared and party.name else account.email,
        known=[each.credential_id for each in passkeys_of(account) if each.rp_id == party.id],
    )
    return PasskeyOptions(json.dumps(options), token)


def prove_by_passkey(
    journey: Journey, *, party: RelyingParty, answer: str, token: str, remembers: bool = False
) -> None:
    """Keep what a passkey proves: both factors, and whose journey it is where that wasn't known.

    Call it within the change that goes on with it. Raises `PasskeyRefused`, `AccountRefused`, `JourneyMovedOn`.
    """
    # Which host it was asked for as, was judged when it was asked, for pages of this very origin.
    _random, asked_as = _payload(token, SHOW, journey, at=party.origin)
    party, read = replace(party, id=asked_as), read_answer(answer)
    passkey = passkey_shown(read, party=party, names_owner=journey.account_id is None)
    if journey.account_id not in {None, passkey.account_id}:
        raise PasskeyRefused(PasskeyRefused.SOMEBODY_ELSE)
    shown = check_passkey(passkey, read, challenge=_challenge(token), party=party)
    _spend(journey, token)
    account = Account.objects.able_to_sign_in().filter(pk=passkey.account_id).first()
    if account is None:
        raise AccountRefused
    use_passkey(passkey, shown)
    if journey.account_id is None:
        journey.begin_anew(purpose=SIGN_IN, email=account.email)
    journey.prove(PASSKEY, amr=AMR, account=account)
    if remembers:
        journey.note(REMEMBER, is_wanted=True)


def set_up_passkey(journey: Journey, *, party: RelyingParty, answer: str, token: str, visitor: Visitor) -> None:
    """Give the journey's account the passkey that was made for it, which proves it from now on.

    Call it within the change that goes on with it. Raises `PasskeyRefused`, `AccountRefused`, `JourneyMovedOn`.
    """
    account = _account_of(journey)
    _random, handle = _payload(token, MAKE, journey)
    key = check_made(read_answer(answer), challenge=_challenge(token), party=party)
    _spend(journey, token)
    passkey = add_passkey(
        account,
        key=key,
        handle=handle,
        party=party,
        name=key.keeper or visitor.browser_name or _("Passkey"),
        actor=actor_of(account),
        circumstances=circumstances_of(journey),
    )
    journey.prove(PASSKEY, amr=AMR, account=account)
    journey.note(PASSKEY_SETUP, is_done=True)
    _tell(journey, account, PASSKEY_ADDED, passkey)


def take_passkey_away(journey: Journey, passkey: Passkey) -> None:
    """Its owner wants it no more. Call it within the change that goes on with it."""
    if remove_passkey(passkey, actor=actor_of(passkey.account)):
        _tell(journey, passkey.account, PASSKEY_REMOVED, passkey)


def remove_lost_passkey(passkey: Passkey, *, reason: str, actor: Actor) -> None:
    """Take a passkey away from somebody who has lost it, for this reason. Raises `Refused` for `reason`."""
    reason = judged_reason(reason)
    with transaction.atomic():
        if remove_passkey(passkey, actor=actor, reason=reason):
            send_factor_notice.enqueue(str(passkey.account_id), PASSKEY_REMOVED, name=passkey.name)


def remove_lost_passkeys(account: Account, *, reason: str, actor: Actor) -> bool:
    """Take all passkeys away from somebody who has lost them, likewise. Returns whether there were any."""
    found = passkeys_of(account)
    for passkey in found:
        remove_lost_passkey(passkey, reason=reason, actor=actor)
    return bool(found)


def _tell(journey: Journey, account: Account, what: str, passkey: Passkey) -> None:
    where = (journey.client_ip, journey.client_name)
    send_factor_notice.enqueue(str(account.pk), what, *where, name=passkey.name)


def _account_of(journey: Journey) -> Account:
    if journey.account is None:
        raise AccountRefused
    return journey.account


def _salt(what: str, journey: Journey, *, at: str = "") -> str:
    """What was asked on one journey, of one account or at one origin, to do one thing is worth nothing elsewhere."""
    whose = journey.account_id if what == MAKE else at
    return f"passkey to {what} {current_schema()} {journey.pk} {whose}"


def _challenge(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _payload(token: str, what: str, journey: Journey, *, at: str = "") -> Any:
    try:
        return signing.loads(token, salt=_salt(what, journey, at=at), max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise PasskeyRefused(PasskeyRefused.LATE) from error


def _spend(journey: Journey, token: str) -> None:
    """Note that this was answered, and keep a second press waiting until the transaction ends.

    Raises `PasskeyRefused` if it was answered before, or `JourneyMovedOn`.
    """
    email, purpose = journey.as_read
    rows = Journey.objects.open().filter(pk=journey.pk, email=email, purpose=purpose).select_for_update()
    kept = rows.values_list("step_data", flat=True).first()
    if kept is None:
        raise JourneyMovedOn
    digest, spent = digest_of(token), kept.get(SPENT, {}).get("challenges", [])
    if digest in spent:
        raise PasskeyRefused(PasskeyRefused.LATE)
    journey.note(SPENT, challenges=[*spent, digest])
