"""Giving an account a passkey, proving by it, calling it something else, taking it away."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import PasskeyRefused
from accounts.factors.ceremonies import NewKey, RelyingParty, Shown, check_shown, is_handle_of, named_in
from accounts.finding.services import update_person
from accounts.models import Account, Passkey, Recovery
from audit.services import Actor, Circumstances, record
from common.problems import name_problems, refuse_if_any
from tenants.postgresql import current_schema

MOST_PASSKEYS = 20
LONGEST_NAME = 60


def passkeys_of(account: Account) -> list[Passkey]:
    """All of an account, in the order in which they were made."""
    passkeys = list(Passkey.objects.of_account(account.pk))
    for passkey in passkeys:
        passkey.account = account
    return passkeys


def passkey_shown(answer: Mapping[str, Any], *, party: RelyingParty, names_owner: bool) -> Passkey:
    """The passkey that an answer is about, unjudged. Where nobody has said who they are, the answer `names_owner`.

    Raises `PasskeyRefused`: as foreign if it is of another tenant at the same host.
    """
    credential_id, handle = named_in(answer)
    passkey = Passkey.objects.filter(credential_id=credential_id, rp_id=party.id).select_related("account").first()
    if passkey is None:
        is_foreign = bool(handle) and not is_handle_of(current_schema(), handle)
        raise PasskeyRefused(PasskeyRefused.FOREIGN if is_foreign else PasskeyRefused.UNKNOWN)
    if (names_owner or handle) and handle != passkey.account.passkey_handle:
        raise PasskeyRefused(PasskeyRefused.WRONG, "The answer names another account than the key's.")
    return passkey


def check_passkey(passkey: Passkey, answer: Mapping[str, Any], *, challenge: bytes, party: RelyingParty) -> Shown:
    """What the holder of the passkey has shown. Raises `PasskeyRefused`."""
    return check_shown(
        answer,
        challenge=challenge,
        party=party,
        public_key=bytes(passkey.public_key),
        sign_count=passkey.sign_count,
        may_be_backed_up=passkey.may_be_backed_up,
    )


def use_passkey(passkey: Passkey, shown: Shown) -> None:
    """Keep what was shown; of two who bring the same count at once, the second is refused. Raises `PasskeyRefused`."""
    unused = Q(may_be_backed_up=True) | Q(sign_count=0) | Q(sign_count__lt=shown.sign_count)
    used = Passkey.objects.filter(unused, pk=passkey.pk).update(
        sign_count=shown.sign_count, is_backed_up=shown.is_backed_up, used_at=timezone.now()
    )
    if not used:
        raise PasskeyRefused(PasskeyRefused.COPIED, "The count was brought before.")


def add_passkey(
    account: Account,
    *,
    key: NewKey,
    handle: str,
    party: RelyingParty,
    name: str,
    actor: Actor,
    circumstances: Circumstances | None = None,
) -> Passkey:
    """Give the account a passkey that was made for this handle. Call it within the change that goes on with it.

    Raises `PasskeyRefused` if the account has twenty, or is known to authenticators by another handle meanwhile, or
    the key is somebody's already.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().only("passkey_handle").get(pk=account.pk)
        if locked.passkey_handle not in {"", handle}:
            raise PasskeyRefused(PasskeyRefused.LATE)
        if Passkey.objects.of_account(account.pk).count() >= MOST_PASSKEYS:
            raise PasskeyRefused(PasskeyRefused.TOO_MANY)
        # One that was put aside may be given back: until then nobody else takes its ID.
        if Recovery.objects.with_passkey(key.credential_id).exclude(account_id=account.pk).exists():
            raise PasskeyRefused(PasskeyRefused.WRONG, "The key is somebody's, and was put aside.")
        passkey = Passkey(account=account, rp_id=party.id, name=name[:LONGEST_NAME], **_kept(key))
        try:
            with transaction.atomic():
                passkey.save(force_insert=True)
        except IntegrityError as error:
            raise PasskeyRefused(PasskeyRefused.WRONG, "The key is somebody's already.") from error
        account.passkey_handle = handle
        _note_passkeys(account, "passkey_handle")
        record(
            "customer.passkey_added",
            actor=actor,
            target=account,
            circumstances=circumstances,
            details={"passkey": passkey.name, "host": passkey.rp_id, "is_backed_up": passkey.is_backed_up},
        )
    return passkey


def rename_passkey(passkey: Passkey, *, name: str, actor: Actor) -> None:
    """Rename it. Raises `Refused` for `name`."""
    name = " ".join(name.split())
    refuse_if_any(name_problems(name, longest=LONGEST_NAME))
    if name == passkey.name:
        return
    with transaction.atomic():
        record("customer.passkey_renamed", actor=actor, target=passkey.account, details={"passkey": name})
        Passkey.objects.filter(pk=passkey.pk).update(name=name)
    passkey.name = name


def remove_passkey(passkey: Passkey, *, actor: Actor, reason: str = "") -> bool:
    """Take the passkey away; no browser is remembered from now on. Returns whether it was still there."""
    account = passkey.account
    with transaction.atomic():
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        removed, _rows = Passkey.objects.filter(pk=passkey.pk).delete()
        if not removed:
            return False
        account.browsers_forgotten_at = timezone.now()
        _note_passkeys(account, "browsers_forgotten_at")
        details = {"passkey": passkey.name, "host": passkey.rp_id, **({"reason": reason} if reason else {})}
        record("customer.passkey_removed", actor=actor, target=account, details=details)
    return True


def _note_passkeys(account: Account, *fields: str) -> None:
    hosts = Passkey.objects.filter(account=account).order_by("rp_id").values_list("rp_id", flat=True).distinct()
    account.passkeys_at = list(hosts)
    update_person(account, ["passkeys_at", *fields])


def _kept(key: NewKey) -> dict[str, Any]:
    return {name: value for name, value in key._asdict().items() if name != "keeper"}
