import io
from typing import Any

import segno
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.errors import CodeRefused
from accounts.factors.totp import address_of, written
from branding.look import look_for
from userflows.forms.codes import AppCodeForm
from userflows.journeys.addresses import see_other
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, show_step
from userflows.journeys.progress import save_progress
from userflows.models import Journey
from userflows.state import APP_SETUP
from userflows.steps.app_setup.actions import begin, prove_setup, secret_of

WRONG = _("That code is incorrect. Enter the one your app shows now, and check your device's clock.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[AppCodeForm, dict[str, Any]]:
    return AppCodeForm(initial={"stay": journey.stays}), _about(journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """A code of the app, by which it shows that it knows the secret."""
    form = AppCodeForm(request.POST)
    if not form.is_valid():
        return show_step(request, APP_SETUP, form, status=400, **_about(journey))
    code = form.cleaned_data["code"]
    journey.stays = form.cleaned_data["stay"]
    about = _about(journey)
    try:
        return go_on(request, journey, change=lambda: prove_setup(journey, code=code))
    except CodeRefused:
        form.add_error("code", WRONG)
        return show_step(request, APP_SETUP, form, status=400, **about)


def choose(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """An app rather than what else could be set up."""
    if "sealed" not in journey.step_data.get(APP_SETUP, {}):
        with transaction.atomic():
            begin(journey, visitor_of(request))
            save_progress(journey)
    return see_other(reverse("customer:step", args=[journey.pk, APP_SETUP]))


def _about(journey: Journey) -> dict[str, Any]:
    """The secret as a picture, as an address that opens an app on the same device, and as people type it."""
    secret = secret_of(journey)
    issuer = look_for(get_language() or "").tenant_name
    address = address_of(secret, issuer=issuer, account=journey.email)
    return {"picture": picture_of(address), "app_address": address, "secret": written(secret)}


def picture_of(address: str) -> SafeString:
    """A QR code of the address, as SVG."""
    picture = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(picture, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=3, dark="#000", light="#fff")
    return mark_safe(picture.getvalue().decode())  # noqa: S308 - shapes that segno draws, without a word of anybody's
