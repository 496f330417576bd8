"""The life of an account: made, changed, disabled, deleted, purged."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.credentials.services.passwords import set_new_password
from accounts.errors import EmailAddressTaken
from accounts.finding.services import insert_account, update_person, update_standing
from accounts.identity.values import clean_address, judged
from accounts.models import Account
from accounts.sessions.services import end_sessions
from audit.services import Actor, record
from common.problems import Refused, problems_in
from common.text.email_address import canonical_email

# What stands beside an account's row, and goes with it.
KEPT_BESIDE = ("accounts_groupmember", "accounts_customerentry", "accounts_activity", "accounts_block")


def create_account(
    *,
    email: str,
    password: str | None,
    attributes: Mapping[str, Any] | None = None,
    email_verified: bool,
    language: str = "",
    actor: Actor | None = None,
) -> Account:
    """Make an account; without a password its owner signs in by code. Without an actor it is its owner's own doing.

    `attributes` goes by attribute name, built-in or custom; their values are judged here (`identity.values`).
    Raises `EmailAddressTaken`, or `Refused` for `email`, `password` and names of attributes.
    """
    try:
        account = Account(email=clean_address(email), canonical_email=canonical_email(email))
    except ValidationError as error:
        raise Refused(problems_in(error, "email")) from error
    account.email_verified, account.language = email_verified, language
    _set_attributes(account, judged(attributes or {}))
    set_new_password(account, password)
    try:
        with transaction.atomic():
            insert_account(account)
            record("customer.created", actor=actor or actor_of(account), target=account)
    except IntegrityError as error:
        raise EmailAddressTaken from error
    return account


def update_profile(account: Account, *, attributes: Mapping[str, Any], actor: Actor) -> None:
    """Change some attributes; the ones not named stay. Where nothing differs, nothing is noted.

    Raises `Refused` for names of attributes.
    """
    values = judged(attributes, country=account.country)
    changed = [name for name, value in values.items() if account.attribute(name) != value]
    if not changed:
        return
    _set_attributes(account, values)
    columns = [BUILT_IN_ATTRIBUTES[name].column for name in values if name in BUILT_IN_ATTRIBUTES]
    with transaction.atomic():
        update_person(account, [*columns, "custom_attributes", "agreed_at"])
        record("customer.profile_changed", actor=actor, target=account, details={"attributes": changed})


def verify_address(account: Account) -> None:
    """Its owner has shown to read its mail. Whoever calls it notes how."""
    account.email_verified = True
    update_person(account, ["email_verified"], changes_standing=bool(account.invited_at))


def keep_language(account: Account, language: str) -> None:
    """Its owner reads this language from now on. No event tells of it."""
    if account.language != language:
        account.language = language
        update_person(account, ["language"])


def disable_account(account: Account, *, actor: Actor) -> None:
    """Keep the account from signing in, and sign it out everywhere."""
    with transaction.atomic():
        update_standing(account, is_active=False)
        end_sessions(account)
        record("customer.disabled", actor=actor, target=account)


def enable_account(account: Account, *, actor: Actor) -> None:
    """Let a disabled account sign in again."""
    with transaction.atomic():
        update_standing(account, is_active=True)
        record("customer.enabled", actor=actor, target=account)


def delete_account(account: Account, *, actor: Actor) -> None:
    """Put the account aside for 30 days; it can't sign in and its address stays taken until it is gone."""
    with transaction.atomic():
        update_standing(account, deleted_at=timezone.now())
        end_sessions(account)
        record("customer.deleted", actor=actor, target=account)


def purge_account(account: Account, *, actor: Actor) -> None:
    """Remove a deleted account for good. What floors above keep about it has to be gone already."""
    with transaction.atomic(), connection.cursor() as cursor:
        record("customer.purged", actor=actor, target=account)
        end_sessions(account)
        # Plainly, since Django would first look for rows of allauth's, which has no tables here.
        for table in KEPT_BESIDE:
            cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account.pk])  # noqa: S608 - names of our own
        cursor.execute("DELETE FROM accounts_account WHERE id = %s", [account.pk])


def actor_of(account: Account) -> Actor:
    """The account's owner as the one who acts."""
    return Actor("customer", str(account.pk), account.email)


def _set_attributes(account: Account, attributes: Mapping[str, Any]) -> None:
    """Set judged values on the account, unsaved."""
    custom = dict(account.custom_attributes)
    for name, value in attributes.items():
        if name in BUILT_IN_ATTRIBUTES:
            setattr(account, BUILT_IN_ATTRIBUTES[name].column, value or "")
        elif value is None:
            custom.pop(name, None)
        else:
            custom[name] = value
    account.agreed_at = {
        name: account.agreed_at.get(name, timezone.now().isoformat()) for name, value in custom.items() if value is True
    }
    account.custom_attributes = custom
