"""What happened at an account, in plain words for its owner: the account's own events of the audit log, of 90 days.

What stands in no line here is told to administrators alone, such as in which groups somebody is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from audit.models import Event, EventQuerySet, Result
from audit.reasons import Reason
from common.database.keyset import page_of

SHOWN_FOR = timedelta(days=90)
PAGE_SIZE = 25

WORDS: Mapping[str, str | Promise] = {
    "customer.signed_up": _("Account created"),
    "customer.created": _("Account created"),
    "customer.signed_in": _("Signed in"),
    "customer.sign_in_failed": _("Sign-in failed"),
    "customer.reset_failed": _("Choosing a new password failed"),
    "customer.signed_out": _("Signed out"),
    "customer.session_ended": _("Signed out of one browser"),
    "customer.other_sessions_ended": _("Signed out of all other browsers"),
    "customer.sessions_revoked": _("Signed out everywhere"),
    "customer.password_changed": _("Password changed"),
    "customer.password_removed": _("Password removed"),
    "customer.new_password_required": _("New password required"),
    "customer.password_link_sent": _("Link to a new password sent"),
    "customer.consented": _("Access given to an app"),
    "customer.consent_withdrawn": _("Access of an app removed"),
    "customer.secured": _("Account secured"),
    "customer.terms_accepted": _("Terms of use accepted"),
    "customer.profile_changed": _("Personal details changed"),
    "customer.email_change_asked": _("Change of email address requested"),
    "customer.email_changed": _("Email address changed"),
    "customer.email_change_undone": _("Change of email address undone"),
    "customer.factor_added": _("Authenticator app set up"),
    "customer.factor_removed": _("Authenticator app removed"),
    "customer.recovery_codes_renewed": _("New recovery codes created"),
    "customer.recovery_code_used": _("Recovery code used"),
    "customer.recovery_asked": _("Recovery without second factors requested"),
    "customer.recovery_stopped": _("Recovery without second factors stopped"),
    "customer.recovery_hastened": _("Wait for the recovery ended early"),
    "customer.recovered": _("Account recovered without second factors"),
    "customer.factors_returned": _("Second factors restored"),
    "customer.passkey_added": _("Passkey added"),
    "customer.passkey_removed": _("Passkey removed"),
    "customer.phone_added": _("Phone number added"),
    "customer.phone_removed": _("Phone number removed"),
    "customer.provider_linked": _("Way to sign in connected"),
    "customer.provider_unlinked": _("Way to sign in removed"),
    "customer.disabled": _("Account blocked"),
    "customer.enabled": _("Account unblocked"),
    "customer.deletion_asked": _("Deletion of the account requested"),
    "customer.deletion_taken_back": _("Deletion of the account canceled"),
    "customer.restored": _("Account restored"),
    "customer.copy_asked": _("Copy of your data requested"),
    "customer.copy_downloaded": _("Copy of your data downloaded"),
    "device.approved": _("Device signed in"),
}
REASONS: Mapping[str, str | Promise] = {
    Reason.PASSWORD_WRONG: _("Wrong password"),
    Reason.CODE_WRONG: _("Wrong code"),
    Reason.CODE_EXPIRED: _("Expired code"),
    Reason.SECOND_FACTOR_WRONG: _("Wrong code"),
    Reason.SECOND_FACTOR_USED: _("Code used before"),
    Reason.TOO_MANY_ATTEMPTS: _("Too many attempts"),
}


@dataclass(frozen=True)
class Happening:
    """A line of the list. `about` is the app or the identity provider, `is_own` whether the owner did it."""

    at: datetime
    words: str | Promise
    why: str | Promise
    about: str
    browser: str
    ip: str
    is_own: bool
    is_failure: bool


def last_of(account: Account, *, most: int) -> list[Happening]:
    """What happened at the account last, the newest first."""
    return [_happening(event) for event in _events_of(account).newest_first()[:most]]


def page_of_activity(account: Account, *, cursor: str = "") -> tuple[list[Happening], str]:
    """A page of it, and the cursor of the next one, "" if there is none. Raises `NoSuchPage`."""
    page = page_of(_events_of(account), by="-at", cursor=cursor, size=PAGE_SIZE)
    return [_happening(event) for event in page.rows], page.next_cursor


def events_told_to(account: Account) -> EventQuerySet:
    """The account's events; that it was made isn't told beside the sign-up that made it."""
    events = Event.objects.of_account(account.pk)
    signed_up = events.filter(action="customer.signed_up")
    return events.filter(~Q(action="customer.created") | ~Exists(signed_up))


def _events_of(account: Account) -> EventQuerySet:
    return events_told_to(account).since(timezone.now() - SHOWN_FOR).filter(action__in=list(WORDS))


def _happening(event: Event) -> Happening:
    return Happening(
        at=event.at,
        words=WORDS[event.action],
        why=REASONS.get(event.reason, ""),
        about=_about(event),
        browser=event.browser,
        ip=event.ip or "",
        is_own=event.actor_kind == "customer",
        is_failure=event.result == Result.FAILURE,
    )


def _about(event: Event) -> str:
    """An app; of a consent it is what was acted on."""
    if event.action.startswith("customer.provider_"):
        return str(event.details.get("provider", ""))
    return event.target_name if event.target_kind == "application" else event.application
