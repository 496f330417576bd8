"""The life of an account: made, changed, disabled, deleted, purged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, USER_NAME
from accounts.credentials.services.passwords import set_new_password
from accounts.errors import AccountRefused, EmailAddressTaken
from accounts.factors.recoveries import stop_recovery
from accounts.finding.services import insert_account, update_person, update_standing
from accounts.identity.services.uniqueness import keep_unique
from accounts.identity.signals import account_shutting, address_changed
from accounts.identity.values import clean_address, clean_text, judged
from accounts.models import ACCOUNT_RESTORABLE_FOR, USER_NAME_CONSTRAINT, Account, AddressChange, Block
from accounts.sessions.services import end_sessions
from audit.services import Actor, record
from common.database.rows import is_against
from common.problems import Code, Problem, Refused, problems_in
from common.text.email_address import canonical_email
from common.text.time_zones import is_time_zone
from common.text.user_names import NOT_FREE
from tenants.limits import CUSTOMERS, refuse_beyond
from tenants.lookup import current_tenant

MAX_REASON = 250
# What stands beside an account's row, and goes with it.
KEPT_BESIDE = (
    "accounts_groupmember",
    "accounts_customerentry",
    "accounts_activity",
    "accounts_block",
    "accounts_authenticatorapp",
    "accounts_recoverycode",
    "accounts_passkey",
    "accounts_formerpassword",
    "accounts_uncheckedpassword",
    "accounts_addresschange",
    "accounts_dataexport",
    "accounts_recovery",
    "accounts_uniquevalue",
)


def create_account(
    *,
    email: str,
    password: str | None,
    attributes: Mapping[str, Any] | None = None,
    email_verified: bool,
    language: str = "",
    is_invited: bool = False,
    actor: Actor | None = None,
) -> Account:
    """Make an account; without a password its owner signs in by code. Without an actor it is its owner's own doing.

    One that `is_invited` waits for its owner, until they have shown to read the mail of the address.

    `attributes` goes by attribute name, built-in or custom; their values are judged here (`identity.values`).
    Raises `EmailAddressTaken`, `BeyondLimit` if the tenant has as many customers as it may have, or `Refused` for
    `email`, `password` and names of attributes.
    """
    address = judged_address(email)
    account = Account(email=address, canonical_email=canonical_email(address))
    account.email_verified, account.language = email_verified, language
    account.invited_at = timezone.now() if is_invited else None
    _set_attributes(account, judged(attributes or {}))
    set_new_password(account, password)
    try:
        with transaction.atomic():
            refuse_beyond(current_tenant(), CUSTOMERS, Account.objects.all(), field="email")
            insert_account(account)
            keep_unique(account, account.custom_attributes)
            _refuse_if_kept(account)
            record("customer.created", actor=actor or actor_of(account), target=account)
    except IntegrityError as error:
        _refuse_taken_name(error)
        raise EmailAddressTaken from error
    return account


def _refuse_taken_name(error: IntegrityError) -> None:
    """Raises `Refused` if the database wouldn't have two of a user name. Whose the other one is, nobody is told."""
    if is_against(error, USER_NAME_CONSTRAINT):
        raise Refused([Problem(Code.TAKEN, USER_NAME, str(NOT_FREE))]) from error


def judged_address(email: str) -> str:
    """The address as it is kept. Raises `Refused` for `email`."""
    try:
        return clean_address(email)
    except ValidationError as error:
        raise Refused(problems_in(error, "email")) from error


def update_profile(
    account: Account,
    *,
    attributes: Mapping[str, Any],
    language: str | None = None,
    time_zone: str | None = None,
    actor: Actor,
) -> None:
    """Change some attributes, the language or the time zone; what isn't named stays.

    Where nothing differs, nothing is noted. Raises `Refused` for names of attributes, and for `time_zone`, or
    `AccountRefused` if the account is gone.
    """
    try:
        _update_profile(account, attributes=attributes, language=language, time_zone=time_zone, actor=actor)
    except IntegrityError as error:
        _refuse_taken_name(error)
        raise


def _update_profile(
    account: Account, *, attributes: Mapping[str, Any], language: str | None, time_zone: str | None, actor: Actor
) -> None:
    with transaction.atomic():
        hold_account(account)
        values = judged(attributes, country=account.country)
        changed = [name for name, value in values.items() if account.attribute(name) != value]
        if language is not None and language != account.language:
            account.language = language
            changed.append("language")
        if time_zone is not None and time_zone != account.time_zone:
            account.time_zone = _judged_zone(time_zone)
            changed.append("time_zone")
        if not changed:
            return
        _set_attributes(account, values)
        columns = [BUILT_IN_ATTRIBUTES[name].column for name in values if name in BUILT_IN_ATTRIBUTES]
        update_person(account, [*columns, "custom_attributes", "agreed_at", "language", "time_zone"])
        keep_unique(account, {name: values[name] for name in changed if name in values})
        record("customer.profile_changed", actor=actor, target=account, details={"attributes": changed})


def hold_account(account: Account) -> None:
    """Let nobody else write the row until this transaction ends, and have it as it is by now: columns of JSON are
    written whole, so what was read before might undo what somebody else has written since.

    Raises `AccountRefused` if there is none any more.
    """
    try:
        account.refresh_from_db(from_queryset=Account.objects.select_for_update())
    except Account.DoesNotExist as error:
        raise AccountRefused from error


def _judged_zone(name: str) -> str:
    if name and not is_time_zone(name):
        raise Refused([Problem(Code.INVALID, "time_zone", _("Choose a time zone from the list."))])
    return name


def verify_address(account: Account) -> None:
    """Its owner has shown to read its mail. Whoever calls it notes how."""
    account.email_verified = True
    update_person(account, ["email_verified"], changes_standing=bool(account.invited_at))


def accept_invitation(account: Account) -> bool:
    """Its owner has come to the end of the way that an invitation opened: they are waited for no more, whatever becomes
    of the address. Returns whether they were until now. Call it within the change that signs them in.
    """
    if not Account.objects.select_for_update().filter(pk=account.pk).exclude(invited_at=None).exists():
        return False
    account.invited_at = None
    update_person(account, ["invited_at"])
    record("customer.invitation_accepted", actor=actor_of(account), target=account)
    return True


def keep_language(account: Account, language: str) -> None:
    """Its owner reads this language from now on. No event tells of it."""
    if account.language != language:
        account.language = language
        update_person(account, ["language"])


def disable_account(account: Account, *, reason: str = "", until: datetime | None = None, actor: Actor) -> None:
    """Block the account: sign it out everywhere and keep it from signing in, for good or until then. Nobody waits for a
    way into it any more.

    A block that has an end ends by itself. Raises `Refused` for `reason` and `until`, or if it is the last owner's.
    """
    reason = judged_reason(reason)
    if until is not None and until <= timezone.now():
        raise Refused([Problem(Code.OUT_OF_RANGE, "until", _("Choose a future time."))])
    with transaction.atomic():
        account_shutting.send(Account, account=account)
        stop_recovery(account, actor=actor)
        update_standing(account, is_active=False, blocked_until=until)
        block = {"since": timezone.now(), "reason": reason, "by": actor.name}
        Block.objects.update_or_create(account=account, defaults=block)
        end_sessions(account)
        details = {"reason": reason, "until": until.isoformat() if until else ""}
        record("customer.disabled", actor=actor, target=account, details={k: v for k, v in details.items() if v})


def enable_account(account: Account, *, actor: Actor) -> None:
    """Unblock an account: it may sign in again."""
    with transaction.atomic():
        update_standing(account, is_active=True, blocked_until=None)
        Block.objects.filter(account=account).delete()
        record("customer.enabled", actor=actor, target=account)


def judged_reason(reason: str) -> str:
    """Why something is done to somebody, as it may be kept. Raises `Refused` for `reason`."""
    try:
        return clean_text(reason, longest=MAX_REASON)
    except ValidationError as error:
        raise Refused(problems_in(error, "reason")) from error


def change_email(account: Account, *, email: str, is_verified: bool = False, actor: Actor) -> str:
    """Give the account another address, which isn't verified until somebody has shown to read its mail, as its owner
    may have before.

    A change that was asked for is asked for no more; where a former address comes back, nothing that it could undo is
    left, nor what could be undone into an address in between.

    Returns the one it had. Raises `EmailAddressTaken`, or `Refused` for `email`.
    """
    before, after = account.email, judged_address(email)
    if after == before:
        return before
    try:
        with transaction.atomic():
            had_come = Account.objects.select_for_update().only("email_verified").get(pk=account.pk).email_verified
            account.email, account.canonical_email, account.email_verified = after, canonical_email(after), is_verified
            account.invited_at = None if had_come or is_verified else account.invited_at
            update_person(account, ["email", "canonical_email", "email_verified", "invited_at"])
            _refuse_if_kept(account)
            _settle_changes(account)
            # Whoever is on a way that the old address opened, or has a link from its mail, goes no further.
            address_changed.send(Account, account=account)
            record("customer.email_changed", actor=actor, target=account, details={"before": before})
    except (IntegrityError, EmailAddressTaken) as error:
        account.email, account.canonical_email = before, canonical_email(before)
        raise EmailAddressTaken from error
    return before


def _refuse_if_kept(account: Account) -> None:
    """Leave an address to whoever may take it back, with the account that had it. Asked once the address is written:
    who waited for the change that has freed it sees that.
    """
    if AddressChange.objects.keeping(account.canonical_email).exclude(account_id=account.pk).exists():
        raise EmailAddressTaken


def _settle_changes(account: Account) -> None:
    """Leave no change of address that was asked for from another one, or made since the account had this one before:
    whoever reads the mail of an address in between has perhaps brought it in.
    """
    changes = AddressChange.objects.filter(account_id=account.pk)
    changes.filter(done_at=None).delete()
    left = changes.keeping(account.canonical_email).order_by("done_at").first()
    if left is not None:
        changes.filter(done_at__gte=left.done_at).delete()


def delete_account(account: Account, *, actor: Actor) -> None:
    """Put the account aside for 30 days; it can't sign in and its address stays taken until it is gone. Nobody waits
    for a way into it any more.

    Raises `Refused` if it is the last owner's.
    """
    with transaction.atomic():
        account_shutting.send(Account, account=account)
        stop_recovery(account, actor=actor)
        update_standing(account, deleted_at=timezone.now())
        end_sessions(account)
        record("customer.deleted", actor=actor, target=account)


def restore_account(account: Account, *, actor: Actor) -> None:
    """Restore a deleted account: the account is as it was, with its groups, roles and consents, and signed out.

    Raises `Refused` if its 30 days are over.
    """
    if account.deleted_at is None:
        return
    if account.deleted_at < timezone.now() - ACCOUNT_RESTORABLE_FOR:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("The 30 days are over: this customer can’t be restored."))])
    with transaction.atomic():
        update_standing(account, deleted_at=None, closes_at=None)
        record("customer.restored", actor=actor, target=account)


def purge_account(account: Account, *, actor: Actor) -> None:
    """Remove a deleted account for good. What floors above keep about it has to be gone already.

    Where it is gone itself, because somebody else was faster, nothing is noted.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        end_sessions(account)
        # Plainly, since Django would first look for rows of allauth's, which has no tables here.
        for table in KEPT_BESIDE:
            cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account.pk])  # noqa: S608 - names of our own
        cursor.execute("DELETE FROM accounts_account WHERE id = %s", [account.pk])
        if cursor.rowcount:
            record("customer.purged", actor=actor, target=account)


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
