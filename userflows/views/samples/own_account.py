"""The pages of customers' own accounts."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import UNDO_FOR, DataExport, Passkey
from branding.look import Look
from branding.preview.samples import Sample, SampleGroup
from providers.models import IdentityProvider, LinkedIdentity
from userflows.forms.codes import CodeForm
from userflows.forms.own_account import DeletionForm, NewAddressForm, PreferencesForm
from userflows.forms.profile import ProfileForm
from userflows.journeys.messages.mails import MINUTES
from userflows.own_account.activity import SHOWN_FOR, WORDS, Happening
from userflows.views.customer.credentials.factors import factors_of
from userflows.views.customer.credentials.providers import connectable
from userflows.views.customer.own import usual_zone
from userflows.views.customer.own_account.sessions import SignedInBrowser
from userflows.views.samples.cast import (
    OTHER_ADDRESS,
    SAMPLE_ADDRESS,
    SAMPLE_HOST,
    later,
    sample_account,
    sample_change,
    sample_flow,
    sample_people,
    still,
)


def _own(form: Any = None, **more: Any) -> dict[str, Any]:
    shown = {"form": still(form), **form.parts} if form else {}
    return {"account": sample_account(), **shown, **more}


def _profile(_look: Look) -> dict[str, Any]:
    account, flow = sample_account(), sample_flow()
    form = ProfileForm(flow, account)
    return _own(
        form,
        takes_passwords=flow.rules.has_passwords,
        has_password=True,
        told=set(),
        browsers=[SignedInBrowser("", "Firefox", timezone.now(), is_current=True)],
        connectable=connectable(flow, []),
        happenings=_happenings(),
        zone=usual_zone(),
        **factors_of(account, flow),
    )


def _happenings() -> list[Happening]:
    told = ("customer.signed_in", "customer.password_changed", "customer.signed_up")
    return [
        Happening(timezone.now(), WORDS[each], "", "", "Firefox", "203.0.113.7", is_own=True, is_failure=False)
        for each in told
    ]


def _activity(_look: Look) -> dict[str, Any]:
    takes_passwords = sample_flow().rules.has_passwords
    return _own(happenings=_happenings(), is_first=True, days=SHOWN_FOR.days, may_change_password=takes_passwords)


def _preferences(_look: Look) -> dict[str, Any]:
    form = PreferencesForm(sample_account(), usual=usual_zone(), initial={"language": get_language()})
    return _own(form)


def _email(_look: Look) -> dict[str, Any]:
    return _own(NewAddressForm(), days=UNDO_FOR.days)


def _email_code(_look: Look) -> dict[str, Any]:
    return _own(CodeForm(), change=sample_change(), expires_in=MINUTES * 60, minutes=MINUTES, wait=0)


def _passkeys(_look: Look) -> dict[str, Any]:
    passkey = Passkey(name="Windows Hello", rp_id=SAMPLE_HOST, created_at=timezone.now())
    return _own(passkeys=[passkey], host=SAMPLE_HOST, may_add=True)


def _remove_provider(_look: Look) -> dict[str, Any]:
    provider = IdentityProvider(name="Google", kind="google")
    return _own(identity=LinkedIdentity(provider=provider, email=SAMPLE_ADDRESS), is_last=False)


def _data(_look: Look) -> dict[str, Any]:
    return _own(copy=DataExport(ready_at=timezone.now(), expires_at=later(1)))


def _delete(_look: Look) -> dict[str, Any]:
    return _own(DeletionForm(sample_account()), closes_at=later())


def _closing(_look: Look) -> dict[str, Any]:
    return {"closes_at": later(), "email": SAMPLE_ADDRESS}


def _accounts(_look: Look) -> dict[str, Any]:
    return {"people": sample_people(), "return_path": ""}


def _another(_look: Look) -> dict[str, Any]:
    return {"account": sample_account(), "meant": sample_account(OTHER_ADDRESS), "sent": [], "sent_as": ""}


def _page(key: str, name: Any, context: Any, template: str = "") -> Sample:
    return Sample(key, name, f"customer/{template or f'account/{key}'}.html", context, SampleGroup.ACCOUNT)


SAMPLES = (
    _page("account", _("Your profile"), _profile, "account/profile"),
    _page("preferences", _("Language and time zone"), _preferences),
    _page("email", _("Change your email address"), _email),
    _page("email_code", _("Enter the code"), _email_code),
    _page("passkeys", _("Your passkeys"), _passkeys, "passkeys"),
    _page("remove_provider", _("Other ways to sign in"), _remove_provider, "remove_provider"),
    _page("activity", _("Activity"), _activity),
    _page("data", _("Download your data"), _data),
    _page("delete", _("Delete your account"), _delete),
    _page("closing", _("Your account will be deleted"), _closing),
    _page("accounts", _("Choose an account"), _accounts, "accounts"),
    _page("another", _("You're using another account"), _another),
)
