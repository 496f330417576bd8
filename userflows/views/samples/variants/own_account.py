"""Customers' own accounts: with all that one can have, with little of it, and after each change."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.forms import BooleanField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.attributes import COUNTRY, GIVEN_NAME, SURNAME, USER_NAME
from accounts.factors.recoveries import refuse_if_recovered
from accounts.models import Account, DataExport, Passkey
from branding.look import Look
from branding.preview.samples import Tell
from common.problems import Refused
from common.text.phone_numbers import masked_phone_number
from providers.models import IdentityProvider, LinkedIdentity
from userflows.forms.attributes import answer_in_words
from userflows.forms.codes import CodeForm
from userflows.forms.own_account import DeletionForm, NewAddressForm, PreferencesForm
from userflows.forms.pages import too_many_attempts
from userflows.forms.passkeys import PasskeyNameForm
from userflows.forms.profile import Agreement, Fact, ProfileForm
from userflows.journeys.attempts.refusals import NO_MORE_CODES
from userflows.models import Journey
from userflows.own_account.activity import REASONS, WORDS, Happening
from userflows.own_account.addresses import ALREADY_YOURS
from userflows.own_account.copies import read_copy
from userflows.views.customer.own import usual_zone
from userflows.views.customer.own_account.email import SPENT, WRONG
from userflows.views.customer.own_account.sessions import SignedInBrowser
from userflows.views.samples import own_account
from userflows.views.samples.cast import (
    OTHER_ADDRESS,
    SAMPLE_ADDRESS,
    SAMPLE_HOST,
    SAMPLE_NUMBER,
    SAMPLE_PLACE,
    sample_account,
    sample_change,
    sample_flow,
    sample_people,
    still,
    wrong,
)
from userflows.views.samples.variants.sign_in import misspelt
from userflows.views.samples.variants.telling import HOURS, WITH_ERRORS, varied

PURPOSE = Journey.Purpose
TERMS_VERSION, LAST_WEEK = "2026-01", timedelta(days=7)
EVERYTHING: dict[str, Any] = {
    "has_app": True,
    "codes_left": 2,
    "are_few": True,
    "phone": masked_phone_number(SAMPLE_NUMBER),
    "offers_phone": True,
    "passkeys": 2,
    "offers_passkeys": True,
    "way_back": {"name": SAMPLE_HOST, "url": "#"},
}
# Of a copy of somebody's data: what the account says of them.
DETAILS = {
    "displayName": "Robin Example",
    GIVEN_NAME: "Robin",
    SURNAME: "Example",
    "jobTitle": "CTO",
    "streetAddress": "1 Main Street",
    "postalCode": "10115",
    "city": "Berlin",
    "state": "BE",
    COUNTRY: "DE",
    USER_NAME: "robin",
}
LITTLE: dict[str, Any] = {"has_app": False, "offers_app": True, "phone": "", "offers_phone": True, "passkeys": 0}
LITTLE |= {"offers_passkeys": True, "takes_passwords": True, "has_password": False}


def _everything(_look: Look) -> dict[str, Any]:
    account, now = sample_account(), timezone.now()
    form = ProfileForm(sample_flow(), account)
    form.facts = [Fact("Newsletter", answer_in_words(True, BooleanField()))]
    form.agreements = [Agreement("", now, TERMS_VERSION), Agreement("", None, TERMS_VERSION)]
    return {
        **EVERYTHING,
        "form": form,
        "asked_change": sample_change(),
        "others": sample_people()[1:],
        "linked": [_identity()],
        "connectable": [IdentityProvider(name="Apple", kind="apple")],
        "browsers": [
            SignedInBrowser("", "Firefox", now, is_current=True),
            SignedInBrowser("", "", now - LAST_WEEK, is_current=False),
        ],
    }


def _identity() -> LinkedIdentity:
    return LinkedIdentity(pk=uuid4(), provider=IdentityProvider(name="Google", kind="google"), email=SAMPLE_ADDRESS)


def _removed(look: Look) -> dict[str, Any]:
    """After the last provider went."""
    providers = [IdentityProvider(name="Apple", kind="apple"), IdentityProvider(name="Google", kind="google")]
    return {**_everything(look), "linked": [], "connectable": providers, "told": {"removed"}}


def _told(name: str) -> Tell:
    """What a card of the account says after a change to it."""
    return lambda look: {**_everything(look), "told": {name}}


def _all_activity(_look: Look) -> dict[str, Any]:
    browser, ip = SAMPLE_PLACE.split(" · ")
    happened: list[tuple[str | Promise, str | Promise]] = [(words, "") for words in WORDS.values()]
    happened += [(WORDS["customer.sign_in_failed"], why) for why in REASONS.values()]
    happenings = [
        Happening(timezone.now(), words, why, "", browser, ip, is_own=number > 0, is_failure=bool(why))
        for number, (words, why) in enumerate(happened)
    ]
    return {"happenings": happenings, "is_first": False, "older": "1"}


def _old_zone(_look: Look) -> dict[str, Any]:
    """Of somebody whose time zone is one of those that aren't offered any more."""
    account = Account(email=SAMPLE_ADDRESS, time_zone="EST5EDT")
    initial = {"language": get_language(), "time_zone": account.time_zone}
    return {"form": still(PreferencesForm(account, usual=usual_zone(), initial=initial))}


def _wrong_address(_look: Look) -> dict[str, Any]:
    return wrong(NewAddressForm({}), NewAddressForm({"email": "robin@"}), also={"email": [ALREADY_YOURS]})


def _wrong_code(_look: Look) -> dict[str, Any]:
    return wrong(CodeForm({}), CodeForm({"code": "12"}), also={"code": [WRONG, SPENT]})


def _wrong_deletion(_look: Look) -> dict[str, Any]:
    return wrong(*(DeletionForm(sample_account(), {"address": typed}) for typed in ("", OTHER_ADDRESS)))


def _recovered(_look: Look) -> dict[str, Any]:
    """An account that can't be taken along yet."""
    try:
        refuse_if_recovered(Account(recovered_at=timezone.now()))
    except Refused as refusal:
        return {"refusal": refusal.problems[0].sentence, "copy": None}
    return {}


def _copy(_look: Look) -> dict[str, Any]:
    return {"sections": read_copy(json.dumps(_kept()), labels={})}


def _kept() -> dict[str, Any]:
    """Something of each kind that a copy tells of."""
    now = timezone.now().isoformat()
    browser, ip = SAMPLE_PLACE.split(" · ")
    ways = ("password", "authenticator_app", "passkey", "phone")
    return {
        "account": [
            {
                "email": SAMPLE_ADDRESS,
                "email_verified": True,
                **DETAILS,
                "language": get_language(),
                "time_zone": "UTC",
                "created_at": now,
                "closes_at": now,
            }
        ],
        "agreements": [{"name": "Newsletter", "accepted_at": now}, {"terms": TERMS_VERSION, "accepted_at": now}],
        "ways_to_sign_in": [{"way": way, "since": now, "last_used_at": now} for way in ways],
        "former_addresses": [{"before": OTHER_ADDRESS, "after": SAMPLE_ADDRESS, "at": now, "email_verified": False}],
        "groups": [{"name": "VIP", "since": now}],
        "roles": [{"name": "editor"}],
        "browsers": [{"browser": browser, "since": now, "last_used_at": now, "ends_at": now}],
        "apps": [{"app": SAMPLE_HOST, "permissions": ["orders.read"]}],
        "activity": [
            {"at": now, "action": action, "result": result, "reason": reason, "browser": browser, "ip": ip}
            for action, result, reason in (
                ("customer.signed_in", "success", ""),
                ("customer.sign_in_failed", "failure", next(iter(REASONS))),
            )
        ],
    }


def _passkey(**more: Any) -> Passkey:
    return Passkey(name="Windows Hello", rp_id=SAMPLE_HOST, created_at=timezone.now(), **more)


def _used_passkeys(_look: Look) -> dict[str, Any]:
    used = _passkey(used_at=timezone.now())
    elsewhere = _passkey()
    elsewhere.rp_id = f"www.{SAMPLE_HOST}"
    return {"passkeys": [used, elsewhere]}


def _wrong_name(_look: Look) -> dict[str, Any]:
    passkey = _passkey()
    shown = wrong(PasskeyNameForm({}), PasskeyNameForm({"name": "a" * 61}))
    return {**shown, "passkeys": [passkey], "renaming": passkey}


_of = varied(own_account.SAMPLES)
VARIANTS = (
    _of("account", "everything", _("More about your account"), _everything),
    _of("account", "little", _("Set up"), **LITTLE),
    _of("account", "saved", _("Changes saved."), told={"saved"}),
    _of("account", "unsaved", _("You're signed in again. Your changes aren't saved yet."), is_unsaved=True),
    _of("account", "tried", _("Confirm it's you"), is_tried=True),
    _of("account", "new", _("Account created"), finished_purpose=PURPOSE.SIGN_UP),
    _of("account", "signed_in", _("You are signed in."), finished_purpose=PURPOSE.SIGN_IN),
    _of("account", "password", _("Password changed"), finished_purpose=PURPOSE.CHANGE),
    _of("account", "new_password", _("Choose a new password"), finished_purpose=PURPOSE.RESET),
    _of("account", "email", _("Email address changed"), changed="email"),
    _of("account", "app", _("Authenticator app set up"), changed="app", **EVERYTHING),
    _of("account", "app_removed", _("Authenticator app removed"), changed="removed", **LITTLE),
    _of("account", "codes", _("New recovery codes created"), changed="codes", **EVERYTHING),
    _of("account", "stopped", _("Recovery stopped"), changed="recovery"),
    _of("account", "ended", _("Signed out of one browser"), _told("ended")),
    _of("account", "connected", _("Way to sign in connected"), _told("connected")),
    _of("account", "removed", _("Way to sign in removed"), _removed),
    _of("activity", "all", _("See all activity"), _all_activity),
    _of("activity", "none", _("Nothing more."), happenings=()),
    _of("preferences", "old", _("Time zone"), _old_zone),
    _of("email", "errors", WITH_ERRORS, _wrong_address),
    _of("email", "meant", _("Use another address"), misspelt(NewAddressForm)),
    _of("email", "closed", NO_MORE_CODES, lambda _look: {"refusal": too_many_attempts(HOURS)}),
    _of("email_code", "errors", WITH_ERRORS, _wrong_code),
    _of("email_code", "again", _("Send a new code"), is_sent_again=True),
    _of("passkeys", "used", _("Add another passkey"), _used_passkeys, changed="passkey"),
    _of("passkeys", "none", _("You have none yet."), passkeys=(), changed="passkey-removed"),
    _of("passkeys", "renamed", _("Changes saved."), changed="passkey-renamed"),
    _of("passkeys", "errors", WITH_ERRORS, _wrong_name),
    _of("remove_provider", "last", _("Ways to sign in"), is_last=True),
    _of("data", "none", _("Prepare a copy"), copy=None),
    _of("data", "gathered", _("One moment"), lambda _look: {"copy": DataExport()}),
    _of("data", "recovered", _("Account recovered without second factors"), _recovered),
    _of("data", "copy", _("Your data"), _copy, template="downloads/copy.html"),
    _of("delete", "errors", WITH_ERRORS, _wrong_deletion),
    _of("another", "gone", _("You are signed out"), meant=None, account=None),
)
