"""The way back for whoever has lost what their account is protected with: a wait, of which its owner is told, and which
they stop. At its end the factors are put aside, not deleted: whoever waited for it may be somebody else.
"""

from datetime import timedelta
from uuid import UUID

from django.core import serializers
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.finding.services import update_person
from accounts.models import (
    CLOSED_AFTER_RECOVERY_FOR,
    FACTORS_KEPT_FOR,
    LEAST_WAIT_HOURS,
    MOST_WAIT_HOURS,
    USUAL_WAIT_HOURS,
    Account,
    AddressChange,
    AuthenticatorApp,
    DataExport,
    Passkey,
    Recovery,
    RecoveryCode,
    RecoverySettings,
)
from accounts.sessions.services import end_sessions
from audit.services import Actor, record
from common.problems import Code, Problem, Refused
from common.text.written_dates import moment_and_zone
from tenants.known import KnownPart, NeededBy
from tenants.lookup import current_tenant
from tenants.postgresql import announce_change

FACTORS = ("has_app", "passkeys_at", "phone_number")


def wait_hours() -> int:
    """How many hours whoever has lost their factors waits; 0 where nobody comes back so."""
    return _hours.get()


def set_wait_hours(hours: int, *, actor: Actor) -> None:
    """Set how many hours those wait who ask from now on; 0 lets nobody recover. Where it is the same, nothing is noted.

    Raises `Refused` for `wait_hours`.
    """
    if hours and not LEAST_WAIT_HOURS <= hours <= MOST_WAIT_HOURS:
        bounds = {"least": LEAST_WAIT_HOURS, "most": MOST_WAIT_HOURS}
        sentence = pgettext("portal", "Choose %(least)d to %(most)d hours, or 0 to turn recovery off.") % bounds
        raise Refused([Problem(Code.OUT_OF_RANGE, "wait_hours", sentence)])
    with transaction.atomic():
        if hours == wait_hours():
            return
        RecoverySettings.objects.update_or_create(pk=1, defaults={"wait_hours": hours})
        record("customers.recovery_wait_changed", actor=actor, details={"hours": hours})
        announce_change()


def may_recover(account: Account) -> bool:
    """Whether somebody may wait for a way back into the account: where the tenant lets them, and for one with factors.

    Not as long as others of it are put aside: those would be gone for good, and whoever has put them there may be
    somebody else.
    """
    has_factors = bool(account.factors)
    keeps_others = account.recovered_at is not None and account.recovered_at > timezone.now() - FACTORS_KEPT_FOR
    return has_factors and not keeps_others and wait_hours() > 0


def begin_recovery(account: Account, *, from_where: str, actor: Actor) -> bool:
    """Begin the wait, unless one runs already. Returns whether one has begun.

    Nobody waits for an account that they may not recover.
    """
    with transaction.atomic():
        waiting = Account.objects.able_to_sign_in().select_for_update().filter(pk=account.pk, recovers_at=None)
        held = waiting.first()
        if held is None or not may_recover(held):
            return False
        now = timezone.now()
        # What is left of an earlier one can't be given back any more.
        Recovery.objects.filter(account_id=held.pk).delete()
        Recovery.objects.create(account_id=held.pk, asked_at=now, from_where=from_where)
        _set(account, recovers_at=now + timedelta(hours=wait_hours()))
        details = {"until": account.recovers_at.isoformat() if account.recovers_at else ""}
        record("customer.recovery_asked", actor=actor, target=account, details=details)
    return True


def stop_recovery(account: Account, *, actor: Actor) -> bool:
    """Stop the wait. Returns whether one ran."""
    with transaction.atomic():
        held = Account.objects.select_for_update().filter(pk=account.pk).exclude(recovers_at=None)
        if not held.exists():
            return False
        Recovery.objects.filter(account_id=account.pk).delete()
        _set(account, recovers_at=None)
        record("customer.recovery_stopped", actor=actor, target=account)
    return True


def hasten_recovery(account: Account, *, reason: str, actor: Actor) -> bool:
    """Hasten the wait, for this reason: it is over now. Returns whether one ran."""
    with transaction.atomic():
        held = Account.objects.select_for_update().filter(pk=account.pk).exclude(recovers_at=None)
        if not held.exists():
            return False
        _set(account, recovers_at=timezone.now())
        record("customer.recovery_hastened", actor=actor, target=account, details={"reason": reason})
        is_over = complete_recovery(account.pk, actor=actor) is not None
        account.refresh_from_db()
    return is_over


def complete_recovery(account_id: UUID, *, actor: Actor) -> Account | None:
    """Put the factors aside of an account whose wait is over, sign it out everywhere, and remember no browser.

    Returns the account; None if there is nothing to wait for any more, or not yet, or it may not sign in.
    """
    with transaction.atomic():
        due = Account.objects.able_to_sign_in().filter(pk=account_id, recovers_at__lte=timezone.now())
        account = due.select_for_update().first()
        if account is None:
            return None
        _put_aside(account)
        _set(account, recovers_at=None, recovered_at=timezone.now())
        end_sessions(account)
        record("customer.recovered", actor=actor, target=account)
    return account


def give_factors_back(account: Account, *, reason: str, actor: Actor) -> bool:
    """Let the factors count again that a wait has put aside, and sign the account out everywhere: whoever waited was
    somebody else. One that was set up in the meantime goes. Returns whether there were any.
    """
    with transaction.atomic():
        held: Account = Account.objects.select_for_update().get(pk=account.pk)
        kept = Recovery.objects.with_factors().filter(account_id=account.pk).first()
        if kept is None:
            return False
        for model in (AuthenticatorApp, RecoveryCode, Passkey):
            model.objects.filter(account=held).delete()
        for each in serializers.deserialize("json", kept.rows):
            if isinstance(each.object, AuthenticatorApp):
                each.object.sealed_secret = kept.sealed_secret
            each.save()
        hosts = Passkey.objects.filter(account=held).order_by("rp_id").values_list("rp_id", flat=True).distinct()
        account.has_app, account.phone_number = bool(kept.sealed_secret), kept.phone_number
        account.passkeys_at, account.recovered_at = list(hosts), None
        update_person(account, [*FACTORS, "recovered_at"])
        kept.delete()
        end_sessions(account)
        record("customer.factors_returned", actor=actor, target=account, details={"reason": reason})
    return True


def factors_kept(account: Account) -> Recovery | None:
    """The recovery whose factors may still be given back to this account."""
    return Recovery.objects.with_factors().filter(account_id=account.pk).first()


def due_recoveries() -> list[UUID]:
    """The accounts whose wait is over."""
    return list(Account.objects.able_to_sign_in().filter(recovers_at__lte=Now()).values_list("pk", flat=True))


def refuse_if_recovered(account: Account, *, field: str = "") -> None:
    """Raises `Refused` as long as whoever has waited for an account may not take it away from its owner for good."""
    ends_at = account.recovered_at + CLOSED_AFTER_RECOVERY_FOR if account.recovered_at else None
    if ends_at is not None and ends_at > timezone.now():
        until = moment_and_zone(timezone.localtime(ends_at))
        sentence = _("This account was recovered a short while ago. You can do this from %(until)s on.")
        raise Refused([Problem(Code.NOT_ALLOWED, field, sentence % {"until": until})])


def forget_factors() -> None:
    """Forget factors that can't be given back any more, in this tenant."""
    Recovery.objects.over().delete()


def _put_aside(account: Account) -> None:
    app = AuthenticatorApp.objects.filter(account=account).first()
    secret = app.sealed_secret if app else ""
    if app:
        app.sealed_secret = ""
    # Whoever was in before goes no further with what they have begun.
    AddressChange.objects.filter(account_id=account.pk, done_at=None).delete()
    DataExport.objects.filter(account_id=account.pk).delete()
    others = (RecoveryCode.objects.filter(account=account), Passkey.objects.filter(account=account))
    rows = [*([app] if app else []), *(row for each in others for row in each)]
    Recovery.objects.filter(account_id=account.pk).update(
        kept_until=timezone.now() + FACTORS_KEPT_FOR,
        rows=serializers.serialize("json", rows),
        sealed_secret=secret,
        phone_number=account.phone_number,
    )
    for model in (AuthenticatorApp, RecoveryCode, Passkey):
        model.objects.filter(account=account).delete()
    account.has_app, account.passkeys_at, account.phone_number = False, [], ""
    update_person(account, FACTORS)


def _set(account: Account, **values: object) -> None:
    for name, value in values.items():
        setattr(account, name, value)
    Account.objects.filter(pk=account.pk).update(**values)


def _hours_of(hours: int | None) -> int:
    """The tenant's own, or what is usual: for administrators, that others let them in."""
    if hours is not None:
        return hours
    tenant = current_tenant()
    return 0 if tenant is not None and tenant.is_home else USUAL_WAIT_HOURS


_hours = KnownPart(
    "SELECT to_jsonb(settings.wait_hours) FROM accounts_recoverysettings settings", _hours_of, needed_by=NeededBy.PAGES
)
