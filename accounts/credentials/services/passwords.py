"""New passwords: checked against the rules, set, changed."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.credentials.password_rules import refuse_if_too_long
from accounts.credentials.policies import normalise_password
from accounts.models import Account
from accounts.sessions.services import end_sessions
from audit.services import Actor, record
from common.problems import Refused, problems_in


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
    validate_password(normalise_password(password), account)


def change_password(account: Account, *, password: str, actor: Actor) -> None:
    """Set another password, and sign the account out everywhere. Raises `Refused` for `password`."""
    set_new_password(account, password)
    account.needs_new_password = False
    with transaction.atomic():
        account.save(update_fields=["password", "needs_new_password"])
        end_sessions(account)
        record("customer.password_changed", actor=actor, target=account)


def remove_password(account: Account, *, actor: Actor) -> None:
    """Take the password away, and sign the account out everywhere. Its owner chooses another one by a code by mail."""
    account.set_unusable_password()
    account.needs_new_password = False
    with transaction.atomic():
        account.save(update_fields=["password", "needs_new_password"])
        end_sessions(account)
        record("customer.password_removed", actor=actor, target=account)


def require_new_password(account: Account, *, actor: Actor) -> None:
    """Have the account's owner choose another password at the next sign-in with the one they have."""
    account.needs_new_password = True
    with transaction.atomic():
        account.save(update_fields=["needs_new_password"])
        record("customer.new_password_required", actor=actor, target=account)
