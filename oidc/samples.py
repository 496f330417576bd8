"""What customers see on the way to applications and devices, as administrators see it while they choose a look."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.models import Application
from branding.look import Look
from branding.preview.samples import Sample, SampleGroup, offer_samples
from oidc.authorization.requests.request import WRONG_ADDRESS
from oidc.consents.scope_words import Allowance, allowances_by_key
from oidc.devices.forms import UserCodeForm
from oidc.devices.views import NO_SUCH_CODE
from oidc.sign_out.views.customer import WRONG_RETURN
from oidc.wire.pages import OVER, UNREADABLE
from userflows.views.samples.cast import SAMPLE_ADDRESS, SAMPLE_HOST, sample_account, sample_people, still, wrong
from userflows.views.samples.variants.telling import WITH_ERRORS, varied

SCOPES = ("openid", "profile", "email", "offline_access")
USER_CODE = "WDJB-MJHT"


def offer() -> None:
    """Offer the pages in the order in which customers meet them."""
    offer_samples(*SAMPLES, *VARIANTS)


def _application(look: Look) -> str:
    """The name of one that customers sign in to; of a tenant that has none, the tenant's."""
    names = Application.objects.exclude(kind=Application.Kind.SERVICE).order_by("name").values_list("name", flat=True)
    return names.first() or look.tenant_name


def _about(look: Look, **more: Any) -> dict[str, Any]:
    return {"account": sample_account(), "application_name": _application(look), "application_look": {}, **more}


def _consent(look: Look) -> dict[str, Any]:
    return _about(look, allowances=allowances_by_key(SCOPES, email=SAMPLE_ADDRESS))


def _people(look: Look) -> dict[str, Any]:
    return _about(look, people=sample_people(), here="")


def _connected(look: Look) -> dict[str, Any]:
    told = {"name": _application(look), "client_id": "sample", "keeps_access": True}
    return _about(look, applications=[(told, allowances_by_key(SCOPES, email=SAMPLE_ADDRESS))])


def _device(look: Look) -> dict[str, Any]:
    return {**_consent(look), "user_code": USER_CODE}


def _device_code(_look: Look) -> dict[str, Any]:
    return {"form": still(UserCodeForm())}


def _form_post(look: Look) -> dict[str, Any]:
    return _about(look, redirect_uri="#", members={})


def _end_session(look: Look) -> dict[str, Any]:
    return _about(look, fields={}, has_others=False)


def _leaving(_look: Look) -> dict[str, Any]:
    return {"leads_to": SAMPLE_HOST, "address": "#"}


def _refused(_look: Look) -> dict[str, Any]:
    return {"message": UNREADABLE}


def _unverified(_look: Look) -> dict[str, Any]:
    """An application that registered itself, and wants more than most."""
    asked = [*allowances_by_key([*SCOPES, "address"], email=SAMPLE_ADDRESS), Allowance(SAMPLE_HOST, api=SAMPLE_HOST)]
    return {"allowances": asked, "leads_to": SAMPLE_HOST}


def _spared(look: Look) -> dict[str, Any]:
    """Applications that nobody was asked about."""
    told = [
        {"name": _application(look), "client_id": "sample", "keeps_access": True},
        {"name": SAMPLE_HOST, "client_id": "another", "keeps_access": False},
    ]
    return {"applications": [(each, []) for each in told], "is_withdrawn": True}


def _wrong_code(_look: Look) -> dict[str, Any]:
    return wrong(*(UserCodeForm({"user_code": code}) for code in ("", "1")), also={"user_code": [NO_SUCH_CODE]})


def _brought(_look: Look) -> dict[str, Any]:
    return {"form": still(UserCodeForm(initial={"user_code": USER_CODE})), "brought": True}


def _detailed(look: Look) -> dict[str, Any]:
    return {"message": OVER, "application_name": _application(look), "application_url": "#", "detail": SAMPLE_HOST}


def _page(
    key: str, name: Any, context: Any, group: SampleGroup = SampleGroup.APPLICATIONS, template: str = ""
) -> Sample:
    return Sample(key, name, f"customer/{template or key}.html", context, group)


SAMPLES = (
    _page("consent", _("Consent"), _consent),
    _page("continue", _("Continue to the app?"), _about),
    _page("choose_account", _("Choose an account"), _people),
    _page("form_post", _("Back to the app"), _form_post),
    _page("device_code", _("Connect a device"), _device_code),
    _page("device", _("Sign in on another device?"), _device),
    _page("device_approved", _("Your device is signed in"), _about),
    _page("device_denied", _("Sign-in denied"), _about),
    _page("device_over", _("This code is no longer valid"), _about),
    _page("applications", _("Connected apps"), _connected, SampleGroup.ACCOUNT, "account/applications"),
    _page("end_session", _("Sign-out, asked by an app"), _end_session, SampleGroup.SIGN_OUT),
    _page("leaving", _("Leaving for another site"), _leaving, SampleGroup.DEAD_ENDS),
    _page("refused_request", _("This link doesn't work"), _refused, SampleGroup.DEAD_ENDS),
)
_of = varied(SAMPLES)
VARIANTS = (
    _of("consent", "unverified", _("See your postal address"), _unverified),
    _of("device_code", "errors", WITH_ERRORS, _wrong_code),
    _of("device_code", "brought", _("Make sure your other device shows this code."), _brought),
    _of("applications", "none", _("No apps have access to your account."), applications=()),
    _of("applications", "spared", _("Access of an app removed"), _spared),
    _of("refused_request", "over", _("For developers"), _detailed),
    _of("refused_request", "elsewhere", WRONG_ADDRESS, message=WRONG_ADDRESS),
    _of("refused_request", "sign_out", WRONG_RETURN, message=WRONG_RETURN),
)
