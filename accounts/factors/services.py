"""Giving an account a second factor, proving by it, taking it away."""

from time import time

from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.db import transaction
from django.utils import timezone

from accounts.errors import CodeRefused, FactorTaken
from accounts.factors.recovery_codes import new_codes, read_recovery_code
from accounts.factors.totp import step_of
from accounts.finding.services import update_person
from accounts.models import Account, AuthenticatorApp, RecoveryCode
from audit.services import Actor, Circumstances, record
from common.crypto.encryption import seal, unseal
from tenants.postgresql import current_schema

APP = "app"


def sealing_context(account_id: object) -> str:
    """What the secret of an account's app is sealed for."""
    return f"authenticator app {current_schema()} {account_id}"


def now() -> float:
    """The time by which codes of apps are judged, in seconds since 1970."""
    return time()


def add_app(
    account: Account,
    *,
    secret: bytes,
    code: str,
    replaces: bool,
    actor: Actor,
    circumstances: Circumstances | None = None,
) -> list[str]:
    """Give the account an authenticator app, which shows by its code that it knows the secret.

    Returns ten new recovery codes, which are kept nowhere but as hashes. Whoever `replaces` an app has shown the one
    there is. Raises `CodeRefused`, or `FactorTaken` if the account got one meanwhile, or has lost the one to be
    replaced. Call it within the change that goes on with it.
    """
    step = step_of(secret, code, seconds=now(), after=0)
    if step is None:
        raise CodeRefused(is_spent=False)
    with transaction.atomic():
        locked = Account.objects.select_for_update().only("has_app").get(pk=account.pk)
        if locked.has_app != replaces:
            raise FactorTaken
        values = {
            "sealed_secret": seal(secret, context=sealing_context(account.pk)),
            "last_step": step,
            "created_at": timezone.now(),
            "used_at": None,
        }
        AuthenticatorApp.objects.update_or_create(account=account, defaults=values)
        _note_app(account, has_app=True)
        codes = _renew_codes(account)
        record(
            "customer.factor_added", actor=actor, target=account, circumstances=circumstances, details={"factor": APP}
        )
    return codes


def use_app(account: Account, *, code: str) -> None:
    """Use a code of the account's app, by a try that was counted. A code is good once, whoever else has it as well.

    Call it within the change that goes on with it. Raises `CodeRefused`, as spent if it was used before.
    """
    app = AuthenticatorApp.objects.filter(account=account).first()
    if app is None:
        raise CodeRefused(is_spent=False)
    secret, seconds = unseal(app.sealed_secret, context=sealing_context(account.pk)), now()
    step = step_of(secret, code, seconds=seconds, after=0)
    if step is None:
        raise CodeRefused(is_spent=False)
    unused = AuthenticatorApp.objects.filter(account=account, sealed_secret=app.sealed_secret, last_step__lt=step)
    if not unused.update(last_step=step, used_at=timezone.now()):
        raise CodeRefused(is_spent=True)


def remove_app(account: Account, *, actor: Actor, reason: str = "") -> bool:
    """Take the authenticator app away, and the recovery codes with it. Returns whether there was one."""
    with transaction.atomic():
        # Held first, as whoever replaces the app holds it: otherwise each could wait for the other.
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        removed, _ = AuthenticatorApp.objects.filter(account=account).delete()
        RecoveryCode.objects.filter(account=account).delete()
        if not removed:
            return False
        _note_app(account, has_app=False)
        details = {"factor": APP, **({"reason": reason} if reason else {})}
        record("customer.factor_removed", actor=actor, target=account, details=details)
    return True


def renew_recovery_codes(account: Account, *, actor: Actor) -> list[str]:
    """Ten new recovery codes; those there were are worth nothing any more."""
    with transaction.atomic():
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        codes = _renew_codes(account)
        record("customer.recovery_codes_renewed", actor=actor, target=account)
    return codes


def forget_recovery_codes(account: Account) -> None:
    """Delete the account's recovery codes. Call it within the change that asks for it."""
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    RecoveryCode.objects.filter(account=account).delete()


def use_recovery_code(account: Account, *, typed: str, actor: Actor, circumstances: Circumstances | None = None) -> int:
    """Use up one of the account's recovery codes, by a try that was counted. Returns how many are left.

    Call it within the change that goes on with it. Raises `CodeRefused`.
    """
    code = read_recovery_code(typed)
    found = next((kept for kept in RecoveryCode.objects.filter(account=account) if _is_code(code, kept.encoded)), None)
    # Deleted by one of two who bring it at once: the other finds no row.
    if found is None or not RecoveryCode.objects.filter(pk=found.pk).delete()[0]:
        raise CodeRefused(is_spent=False)
    left = codes_left(account)
    record(
        "customer.recovery_code_used",
        actor=actor,
        target=account,
        circumstances=circumstances,
        details={"left": left},
    )
    return left


def codes_left(account: Account) -> int:
    """How many recovery codes are still good."""
    return RecoveryCode.objects.filter(account=account).count()


def newest_code(account: Account) -> int:
    """By what codes that are made later are told from those there are; 0 if there are none."""
    newest = RecoveryCode.objects.filter(account=account).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def _note_app(account: Account, *, has_app: bool) -> None:
    account.has_app, account.browsers_forgotten_at = has_app, timezone.now()
    update_person(account, ["has_app", "browsers_forgotten_at"])


def _renew_codes(account: Account) -> list[str]:
    RecoveryCode.objects.filter(account=account).delete()
    codes, hasher = new_codes(), get_hasher()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, encoded=hasher.encode(read_recovery_code(code), hasher.salt())) for code in codes
    )
    return codes


def _is_code(code: str, encoded: str) -> bool:
    return bool(code) and bool(identify_hasher(encoded).verify(code, encoded))
