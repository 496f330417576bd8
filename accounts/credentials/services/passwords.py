"""New passwords: checked against the rules, set, changed."""

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.credentials.breaches import sealed_digest, unsealed_digest
from accounts.credentials.judging import refuse_if_guessable, refuse_if_too_long
from accounts.credentials.policies import ELSEWHERE, normalise_password
from accounts.credentials.rules import password_rules
from accounts.models import Account, FormerPassword, UncheckedPassword
from accounts.sessions.services import end_sessions
from audit.services import Actor, record
from common.problems import Code, Problem, Refused, problems_in

IS_YOURS = _("This is your password already. Choose another one.")
WAS_YOURS = _("You've had this password before. Choose another one.")


def set_new_password(account: Account, password: str | None) -> None:
    """Check a new password against the rules and set it on the account, unsaved. None makes it unusable.

    Raises `Refused` for `password`.
    """
    if password is None:
        account.set_unusable_password()
        return
    try:
        check_new_password(password, account)
    except ValidationError as error:
        raise Refused(problems_in(error, "password")) from error
    account.set_password(normalise_password(password))


def check_new_password(password: str, account: Account) -> None:
    """Whether the rules allow this password for the account. Raises `ValidationError`, as validators of a form do."""
    # As typed, too: what is longer nobody could sign in with, and to normalise it may take minutes.
    refuse_if_too_long(password)
    refuse_if_guessable(normalise_password(password), account)


def change_password(account: Account, *, password: str, actor: Actor, is_another: bool = False) -> None:
    """Set another password, and sign the account out everywhere. Raises `Refused` for `password`.

    It is none of the last ones, as many as the tenant says; with `is_another` not the one before in any case.
    """
    last = max(password_rules().history, int(is_another))
    _refuse_if_had(account, normalise_password(password), last=last)
    before = account.password
    set_new_password(account, password)
    account.needs_new_password = False
    with transaction.atomic():
        account.save(update_fields=["password", "needs_new_password"])
        _keep_former(account, before)
        forget_unchecked(account)
        end_sessions(account)
        record("customer.password_changed", actor=actor, target=account)


def has_password(account: Account) -> bool:
    """Whether somebody may come in by a password of this account, be it one that is still kept elsewhere."""
    return account.has_usable_password() or account.password == ELSEWHERE


def remove_password(account: Account, *, actor: Actor) -> None:
    """Take the password away, and sign the account out everywhere. Its owner chooses another one by a code by mail."""
    before = account.password
    account.set_unusable_password()
    account.needs_new_password = False
    with transaction.atomic():
        account.save(update_fields=["password", "needs_new_password"])
        _keep_former(account, before)
        forget_unchecked(account)
        end_sessions(account)
        record("customer.password_removed", actor=actor, target=account)


def require_new_password(account: Account, *, actor: Actor) -> None:
    """Make the account's owner choose another password at the next sign-in with the one they have."""
    account.needs_new_password = True
    with transaction.atomic():
        account.save(update_fields=["needs_new_password"])
        record("customer.new_password_required", actor=actor, target=account)


def keep_unchecked(account: Account, digest: str) -> None:
    """Remember by what to ask later whether the password that the account has now is known from a breach."""
    sealed = sealed_digest(digest, account.pk)
    UncheckedPassword.objects.update_or_create(account=account, defaults={"sealed_digest": sealed})


def unchecked_digest(account: Account) -> str:
    """By what to ask for the account's password; "" if nothing is to be asked any more."""
    kept = UncheckedPassword.objects.filter(account=account).first()
    return unsealed_digest(kept.sealed_digest, account.pk) if kept else ""


def forget_unchecked(account: Account) -> None:
    """It was asked, or the password is another one."""
    UncheckedPassword.objects.filter(account=account).delete()


def _refuse_if_had(account: Account, password: str, *, last: int) -> None:
    """Raises `Refused` if it is one of the last ones, the one there is included; one hash for each."""
    if not password or not last:
        return
    current = [account.password] if account.has_usable_password() else []
    formers = FormerPassword.objects.filter(account_id=account.pk).order_by("-until", "-pk")
    for number, encoded in enumerate([*current, *formers.values_list("encoded", flat=True)[:last]][:last]):
        if check_password(password, encoded):
            is_current = bool(current) and number == 0
            raise Refused([Problem(Code.NOT_ALLOWED, "password", str(IS_YOURS if is_current else WAS_YOURS))])


def _keep_former(account: Account, encoded: str) -> None:
    """Keep what was replaced as long as it isn't to be chosen again, and the last one, which may have been stolen."""
    if not Account(password=encoded).has_usable_password():
        return
    FormerPassword.objects.create(account_id=account.pk, encoded=encoded)
    formers = FormerPassword.objects.filter(account_id=account.pk)
    kept = formers.order_by("-until", "-pk").values_list("pk", flat=True)[: max(1, password_rules().history)]
    formers.exclude(pk__in=list(kept)).delete()
