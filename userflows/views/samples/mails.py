"""The mails, as they would come."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.factors.recoveries import wait_hours
from accounts.models import UNDO_FOR
from branding.look import Look
from branding.preview.samples import Sample, SampleGroup
from mail.own_servers.description import sender_name
from userflows.journeys.messages.mails import MINUTES, pictures_of, surroundings
from userflows.models import Journey
from userflows.own_account.jobs import COPY_KEPT_FOR
from userflows.views.samples.cast import SAMPLE_ADDRESS, SAMPLE_CODE, later, sample_journey

# By which somebody goes on with a journey.
WITH_TICKET = ("code", "account_exists")
# What each sample tells beside what all of them do.
TOLD: dict[str, dict[str, Any]] = {
    "mail_welcome": {"user_name": "robin"},
    "mail_second_factor": {"what": "code_used", "left": 9},
    "mail_passkey": {"what": "passkey_added", "name": "Windows Hello"},
    "mail_phone": {"what": "phone_added"},
    "mail_protection": {"what": "new_browser"},
    "mail_guessing": {"what": "guessing"},
    "mail_recovery": {"what": "begun", "hours": 72},
    "mail_address_undo": {"days": UNDO_FOR.days},
    "mail_data_ready": {"owners_link": "#"},
}
# In how many days what is told of comes, if not when an address can't be had back any more.
UNTIL = {"mail_data_ready": COPY_KEPT_FOR.days, "mail_recovery": 3}


def _mail(look: Look, name: str, key: str) -> dict[str, Any]:
    """Each takes what it needs."""
    until = later(UNTIL.get(key, UNDO_FOR.days))
    told: dict[str, Any] = {
        "to": SAMPLE_ADDRESS,
        "sender": sender_name() or look.tenant_name,
        "days": 7,
        "minutes": MINUTES,
        "can_reset": True,
        "has_password": True,
        "until": until,
        "closes_at": until,
        "account_email": SAMPLE_ADDRESS,
        "provider": "Google",
        "hours": wait_hours(),
    }
    # The pictures come with the look, and not from where a mail program would load it.
    page = {
        **surroundings(sample_journey(), look),
        **pictures_of(look, host=""),
        **told,
    }
    link = page["sign_in_url"]
    ticket = _ticket(page["journey"], link) if name in WITH_TICKET else {"link": link, "code": SAMPLE_CODE}
    return {**page, **ticket, **TOLD.get(key, {})}


def _ticket(journey: Journey, link: str) -> dict[str, str]:
    """The code, the link or both, as the flow mails them."""
    rules = journey.rules
    return {"code": SAMPLE_CODE if rules.mails_code else "", "link": link if rules.mails_link else ""}


def _sample(name: str, called: Any, key: str = "") -> Sample:
    key = key or f"mail_{name}"
    return Sample(key, called, f"emails/{name}.html", lambda look: _mail(look, name, key), SampleGroup.MAILS)


SAMPLES = (
    _sample("code", _("Your code"), "mail"),
    _sample("account_exists", _("You already have an account")),
    _sample("account_shut", _("Account blocked")),
    _sample("welcome", _("Welcome")),
    _sample("invitation_link", _("Invitation")),
    _sample("password_link", _("Choose a new password")),
    _sample("password_changed", _("Your password was changed")),
    _sample("second_factor", _("A recovery code was used")),
    _sample("passkey", _("A passkey was added")),
    _sample("phone", _("A phone number was added")),
    _sample("protection", _("New sign-in")),
    _sample("protection", _("Many attempts to sign in"), "mail_guessing"),
    _sample("recovery", _("Get back into your account")),
    _sample("provider_linked", _("Way to sign in connected")),
    _sample("provider_unlinked", _("Way to sign in removed")),
    _sample("address_code", _("Change of email address requested")),
    _sample("address_new", _("This is your email address now")),
    _sample("address_changed", _("Your email address was changed")),
    _sample("address_undo", _("Undo the change")),
    _sample("address_taken", _("This address has an account already")),
    _sample("data_ready", _("Your data is ready to download")),
    _sample("deletion", _("Your account will be deleted")),
    _sample("deletion_done", _("Your account was deleted")),
)
